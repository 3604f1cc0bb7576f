"""What other tools see in a mesh file, in the form that content.py describes."""

from urllib.parse import unquote

import numpy as np

from content import field

# Tools that open no polyhedra, or not beside other cells.
NO_POLYHEDRA = {"meshio", "gmsh"}

VTK_SHAPES = {10: "tetrahedron", 11: "hexahedron", 12: "hexahedron", 13: "wedge", 14: "pyramid",
              42: "polyhedron"}


def open_with_pyvista(path):
    import pyvista
    grid = pyvista.read(str(path))
    while isinstance(grid, pyvista.MultiBlock):
        grid = grid[0] if len(grid) == 1 else grid.combine()
    grid = grid.cast_to_unstructured_grid()
    volumes = grid.compute_cell_sizes(length=False, area=False)["Volume"]
    fields = [field(name, location, data[name])
              for location, data in [("cells", grid.cell_data), ("nodes", grid.point_data)]
              for name in data.keys() if not name.startswith("vtkGhost")]
    return {"shapes": [VTK_SHAPES[kind] for kind in grid.celltypes], "nodes": grid.n_points,
            "volumes": np.abs(volumes), "fields": fields}


MESHIO_SHAPES = {"tetra": "tetrahedron", "pyramid": "pyramid", "wedge": "wedge",
                 "hexahedron": "hexahedron"}

# Faces of each shape, outward, as VTK and meshio number its corners.
FACES = {
    "tetrahedron": [[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]],
    "pyramid": [[0, 3, 2, 1], [0, 1, 4], [1, 2, 4], [2, 3, 4], [3, 0, 4]],
    "wedge": [[0, 2, 1], [3, 4, 5], [0, 1, 4, 3], [1, 2, 5, 4], [2, 0, 3, 5]],
    "hexahedron": [[0, 3, 2, 1], [4, 5, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6],
                   [3, 0, 4, 7]],
}


def volume(shape, corners):
    """The volume of a cell, by the divergence theorem: faces are fans around their means."""
    origin, total = corners[0], 0.0
    for face in FACES[shape]:
        ring = corners[face] - origin
        middle = ring.mean(axis=0)
        for one, other in zip(ring, np.roll(ring, -1, axis=0)):
            total += np.dot(middle, np.cross(one, other)) / 6
    return abs(total)


def open_with_meshio(path):
    import meshio
    mesh = meshio.read(path)
    shapes, volumes = [], []
    for block in mesh.cells:
        shape = MESHIO_SHAPES[block.type]
        shapes += [shape] * len(block.data)
        volumes += [volume(shape, mesh.points[cell]) for cell in block.data]
    # Names with blanks and accents are written in legacy VTK files as VTK does, %20 for a blank; meshio
    # leaves them so.
    fields = [field(unquote(name), "cells", np.concatenate(blocks))
              for name, blocks in mesh.cell_data.items()]
    fields += [field(unquote(name), "nodes", values) for name, values in mesh.point_data.items()]
    return {"shapes": shapes, "nodes": len(mesh.points), "volumes": volumes, "fields": fields}


GMSH_SHAPES = {4: "tetrahedron", 5: "hexahedron", 6: "wedge", 7: "pyramid"}


def open_with_gmsh(path):
    import gmsh
    gmsh.initialize()
    try:
        gmsh.option.setNumber("General.Terminal", 0)
        gmsh.open(str(path))
        kinds, tags_of_kinds, _ = gmsh.model.mesh.getElements(3)
        shapes, volumes, tags = [], [], []
        for kind, of_kind in zip(kinds, tags_of_kinds):
            shapes += [GMSH_SHAPES[kind]] * len(of_kind)
            volumes += list(gmsh.model.mesh.getElementQualities(of_kind, "volume"))
            tags += list(of_kind)
        node_tags = list(gmsh.model.mesh.getNodes()[0])
        fields = []
        for view in gmsh.view.getTags():
            name = gmsh.view.option.getString(view, "Name")
            kind, of_view, data, _, components = gmsh.view.getModelData(view, 0)
            location, wanted = {"ElementData": ("cells", tags), "NodeData": ("nodes", node_tags)}[kind]
            places = {tag: place for place, tag in enumerate(of_view)}
            values = np.array([data[places[tag]] for tag in wanted])
            # Integer fields of MED are taken for floats with the same bits: tiny numbers.
            if path.suffix == ".med" and np.abs(values).max() < 1e-300:
                values = values.view(np.int64)
            fields.append(field(name, location, values[:, 0] if components == 1 else values))
        return {"shapes": shapes, "nodes": len(node_tags), "volumes": np.abs(volumes),
                "fields": fields}
    finally:
        gmsh.finalize()


def open_with_medcoupling(path):
    import medcoupling as mc
    names = {mc.NORM_TETRA4: "tetrahedron", mc.NORM_PYRA5: "pyramid", mc.NORM_PENTA6: "wedge",
             mc.NORM_HEXA8: "hexahedron", mc.NORM_POLYHED: "polyhedron"}
    data = mc.MEDFileData(str(path))
    mesh = data.getMeshes()[0].getMeshAtLevel(0)
    shapes = [names[mesh.getTypeOfCell(cell)] for cell in range(mesh.getNumberOfCells())]
    volumes = mesh.getMeasureField(True).getArray().toNumPyArray()
    fields = []
    for series in data.getFields():
        step = series[len(series) - 1]
        on_cells = mc.ON_CELLS in step.getTypesOfFieldAvailable()
        values = step.field(data.getMeshes()[0]).getArray().toNumPyArray()
        fields.append(field(series.getName(), "cells" if on_cells else "nodes", values))
    return {"shapes": shapes, "nodes": mesh.getNumberOfNodes(), "volumes": np.abs(volumes),
            "fields": fields}

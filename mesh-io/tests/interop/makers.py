"""Meshes that other tools write, each with what should be found in it (see content.py).

MAKERS lists tool, extension, encoding as the table calls it, and a function that writes a file and
returns what it holds.
"""

import numpy as np

from content import field
from openers import MESHIO_SHAPES, volume

VTK_TYPES = {"tetrahedron": 10, "hexahedron": 12, "wedge": 13, "pyramid": 14}
CUBE = np.array([(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1),
                 (0, 1, 1)], dtype=float)
CORNERS = {"tetrahedron": [0, 1, 3, 4], "pyramid": [0, 1, 2, 3, 4], "wedge": [0, 1, 3, 4, 5, 7],
           "hexahedron": range(8)}


def cells():
    """Cells of all standard shapes side by side: shape and corners of each, and all points."""
    points, found = [], []
    for number, shape in enumerate(list(CORNERS) * 4):
        corners = CUBE[list(CORNERS[shape])] / [3, 7, 11] + [2 * number / 3, 0.02 * number, 0]
        found.append((shape, np.arange(len(corners)) + len(points)))
        points.extend(corners)
    return found, np.array(points)


def expected(found, points, with_fields=True):
    count = len(found)
    fields = [
        field("cell", "cells", np.arange(count)),
        field("température °C", "cells", np.arange(count) / 7 - 1),
        field("velocity", "cells", np.arange(3.0 * count).reshape(-1, 3) / 3),
        field("node", "nodes", np.arange(len(points))),
        field("height", "nodes", np.arange(len(points)) / 7 - 1),
    ]
    return {"shapes": [shape for shape, _ in found], "nodes": len(points),
            "volumes": [volume(shape, points[nodes]) for shape, nodes in found],
            "fields": fields if with_fields else []}


def values(wanted):
    """Array of the values of a field."""
    return np.asarray(wanted["values"]).reshape(
        (-1,) if wanted["components"] == 1 else (-1, wanted["components"]))


def pyvista_grid():
    import pyvista
    found, points = cells()
    content = expected(found, points)
    connectivity = np.concatenate([[len(nodes), *nodes] for _, nodes in found])
    grid = pyvista.UnstructuredGrid(connectivity, [VTK_TYPES[shape] for shape, _ in found], points)
    for wanted in content["fields"]:
        data = grid.cell_data if wanted["location"] == "cells" else grid.point_data
        data[wanted["name"]] = values(wanted)
    return grid, content


def vtk_xml(mode, compressor, encode=False, parallel=False):
    def make(path):
        import vtk
        grid, content = pyvista_grid()
        writer = vtk.vtkXMLPUnstructuredGridWriter() if parallel else \
            vtk.vtkXMLUnstructuredGridWriter()
        writer.SetInputData(grid)
        writer.SetFileName(str(path))
        getattr(writer, f"SetDataModeTo{mode}")()
        writer.SetEncodeAppendedData(encode)
        getattr(writer, f"SetCompressorTypeTo{compressor}")()
        if parallel:
            writer.SetNumberOfPieces(1)
        assert writer.Write() == 1
        return content
    return make


def vtk_legacy(binary, version):
    def make(path):
        import vtk
        grid, content = pyvista_grid()
        if not binary:
            # What VTK writes of a double.
            content["digits"] = 1e-10
        writer = vtk.vtkUnstructuredGridWriter()
        writer.SetInputData(grid)
        writer.SetFileName(str(path))
        writer.SetFileVersion(version)
        writer.SetFileTypeToBinary() if binary else writer.SetFileTypeToASCII()
        assert writer.Write() == 1
        return content
    return make


def vtk_grid(kind):
    """Rectilinear, structured and image grids: all cells are hexahedra."""
    def make(path):
        import pyvista
        if kind == "image":
            grid = pyvista.ImageData(dimensions=(4, 3, 3), spacing=(0.5, 0.25, 2), origin=(1, 2, 3))
        else:
            grid = pyvista.RectilinearGrid([0, 1 / 3, 1, 2], [0, 0.5, 0.7], [-1, 0, 1 / 7])
            if kind == "structured":
                grid = grid.cast_to_structured_grid()
        grid.cell_data["power"] = np.arange(grid.n_cells) / 7
        grid.point_data["height"] = np.arange(grid.n_points) / 7
        grid.save(str(path))
        sizes = grid.compute_cell_sizes(length=False, area=False)["Volume"]
        return {"shapes": ["hexahedron"] * grid.n_cells, "nodes": grid.n_points, "volumes": sizes,
                "fields": [field("power", "cells", np.arange(grid.n_cells) / 7),
                           field("height", "nodes", np.arange(grid.n_points) / 7)]}
    return make


def with_meshio(file_format, only=tuple(CORNERS), fields=True, blanks=True, digits=0, **options):
    """Cells in blocks of one shape, as meshio has them. Some of its writers take one shape only, no
    fields with blanks in their names, or write few digits."""
    def make(path):
        import meshio
        found, points = cells()
        found = [found[number] for shape in only
                 for number in range(len(found)) if found[number][0] == shape]
        content = expected(found, points, fields)
        content["digits"] = digits
        types = {shape: kind for kind, shape in MESHIO_SHAPES.items()}
        blocks, counts = [], []
        for shape in only:
            blocks.append((types[shape], np.array([nodes for kind, nodes in found if kind == shape])))
            counts.append(len(blocks[-1][1]))
        data = {"cells": {}, "nodes": {}}
        for wanted in content["fields"]:
            if not blanks:
                wanted["name"] = wanted["name"].replace(" ", "_")
            array = values(wanted)
            if wanted["location"] == "cells":
                array = np.split(array, np.cumsum(counts)[:-1])
            data[wanted["location"]][wanted["name"]] = array
        mesh = meshio.Mesh(points, blocks, point_data=data["nodes"], cell_data=data["cells"])
        mesh.write(path, file_format=file_format, **options)
        return content
    return make


def with_gmsh(version, binary):
    """A box of tetrahedra with a physical volume."""
    def make(path):
        import gmsh
        gmsh.initialize()
        try:
            gmsh.option.setNumber("General.Terminal", 0)
            gmsh.model.occ.addBox(0, 0, 0, 1, 2, 3)
            gmsh.model.occ.synchronize()
            gmsh.model.addPhysicalGroup(3, [1], 7, "the box")
            gmsh.option.setNumber("Mesh.MeshSizeMin", 1)
            gmsh.model.mesh.generate(3)
            tags = gmsh.model.mesh.getElementsByType(4)[0]
            volumes = gmsh.model.mesh.getElementQualities(tags, "volume")
            nodes = len(gmsh.model.mesh.getNodes()[0])
            if version:
                gmsh.option.setNumber("Mesh.MshFileVersion", version)
            gmsh.option.setNumber("Mesh.Binary", binary)
            gmsh.write(str(path))
            return {"shapes": ["tetrahedron"] * len(tags), "nodes": nodes,
                    "volumes": np.abs(volumes), "fields": []}
        finally:
            gmsh.finalize()
    return make


def with_medcoupling(path):
    """Cells of every shape, polyhedra among them, with fields; the library wants them by type."""
    import medcoupling as mc
    kinds = {"tetrahedron": mc.NORM_TETRA4, "pyramid": mc.NORM_PYRA5, "wedge": mc.NORM_PENTA6,
             "hexahedron": mc.NORM_HEXA8}
    found, points = cells()
    found.sort(key=lambda cell: list(CORNERS).index(cell[0]))
    content = expected(found, points)
    mesh = mc.MEDCouplingUMesh("mesh", 3)
    mesh.allocateCells()
    # MED numbers corners the other way round.
    mirrored = {"tetrahedron": [0, 2, 1, 3], "pyramid": [0, 3, 2, 1, 4], "wedge": [0, 2, 1, 3, 5, 4],
                "hexahedron": [0, 3, 2, 1, 4, 7, 6, 5]}
    for shape, nodes in found:
        mesh.insertNextCell(kinds[shape], [int(node) for node in nodes[mirrored[shape]]])
    mesh.setCoords(mc.DataArrayDouble(points))
    mc.WriteUMesh(str(path), mesh, True)
    for wanted in content["fields"]:
        array = values(wanted).astype(float)
        on = mc.ON_CELLS if wanted["location"] == "cells" else mc.ON_NODES
        written = mc.MEDCouplingFieldDouble(on, mc.ONE_TIME)
        written.setName(wanted["name"])
        written.setTime(0.0, 0, 0)
        written.setMesh(mesh)
        written.setArray(mc.DataArrayDouble(array))
        mc.WriteFieldUsingAlreadyWrittenMesh(str(path), written)
    return content


MAKERS = [
    ("vtk", "vtu", "digits", vtk_xml("Ascii", "None")),
    ("vtk", "vtu", "base64, zlib", vtk_xml("Binary", "ZLib")),
    ("vtk", "vtu", "base64, not compressed", vtk_xml("Binary", "None")),
    ("vtk", "vtu", "raw, not compressed", vtk_xml("Appended", "None")),
    ("vtk", "vtu", "raw, zlib", vtk_xml("Appended", "ZLib")),
    ("vtk", "vtu", "raw, lz4", vtk_xml("Appended", "LZ4")),
    ("vtk", "vtu", "raw, lzma", vtk_xml("Appended", "LZMA")),
    ("vtk", "vtu", "appended base64, lz4", vtk_xml("Appended", "LZ4", encode=True)),
    ("vtk", "pvtu", "raw, zlib", vtk_xml("Appended", "ZLib", parallel=True)),
    ("vtk", "vtk", "4.2, digits", vtk_legacy(False, 42)),
    ("vtk", "vtk", "4.2, binary", vtk_legacy(True, 42)),
    ("vtk", "vtk", "5.1, digits", vtk_legacy(False, 51)),
    ("vtk", "vtk", "5.1, binary", vtk_legacy(True, 51)),
    ("vtk", "vtr", "raw, zlib", vtk_grid("rectilinear")),
    ("vtk", "vts", "raw, zlib", vtk_grid("structured")),
    ("vtk", "vti", "raw, zlib", vtk_grid("image")),
    ("meshio", "vtu", "digits", with_meshio("vtu", binary=False, digits=1e-11)),
    ("meshio", "vtu", "base64, zlib", with_meshio("vtu", compression="zlib")),
    ("meshio", "vtu", "base64, lzma", with_meshio("vtu", compression="lzma")),
    ("meshio", "vtu", "base64, not compressed", with_meshio("vtu", compression=None)),
    ("meshio", "vtk", "4.2, digits", with_meshio("vtk42", blanks=False, binary=False)),
    ("meshio", "vtk", "5.1, binary", with_meshio("vtk51", blanks=False, binary=True)),
    # With NumPy 2, meshio writes `np.float64(0.5)` where digits should stand in fields.
    ("meshio", "msh", "2.2, digits", with_meshio("gmsh22", fields=False, binary=False)),
    ("meshio", "msh", "2.2, binary", with_meshio("gmsh22", binary=True)),
    ("meshio", "msh", "4.1, digits", with_meshio("gmsh", ["hexahedron"], False, binary=False)),
    ("meshio", "msh", "4.1, binary", with_meshio("gmsh", ["hexahedron"], binary=True)),
    ("meshio", "med", "4.0", with_meshio("med", fields=False)),
    ("gmsh", "msh", "2.2, digits", with_gmsh(2.2, False)),
    ("gmsh", "msh", "2.2, binary", with_gmsh(2.2, True)),
    ("gmsh", "msh", "4.1, digits", with_gmsh(4.1, False)),
    ("gmsh", "msh", "4.1, binary", with_gmsh(4.1, True)),
    ("gmsh", "med", "4", with_gmsh(None, False)),
    ("medcoupling", "med", "4.1", with_medcoupling),
]

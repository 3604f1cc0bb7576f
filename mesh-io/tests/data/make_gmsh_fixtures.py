"""Makes the files in gmsh/ with Gmsh and meshio.

Run once, by hand, from this directory; neither building nor testing needs Python. The files that
are checked in were made with Gmsh 4.15.2, meshio 5.3.5, NumPy 2.4.6:

    pip install gmsh meshio numpy && python make_gmsh_fixtures.py

The mesh in gmsh/mixed_* has two volumes. In volume 4, group 7 "fuel é", lie a tetrahedron and a
pyramid, in volume 9, groups 7 and 3 "cold water", a prism, two hexahedra and a tetrahedron; beside
them a triangle, a quadrilateral, a line and a point in groups of their own. Tags of nodes and
elements are far apart and do not ascend. The cells are two apart, a third wide.
"""

from pathlib import Path

import gmsh
import meshio
import numpy as np

HERE = Path(__file__).parent / "gmsh"
VERSIONS = [("22", 2.2, False), ("22", 2.2, True), ("40", 4.0, False), ("41", 4.1, False),
            ("41", 4.1, True)]
CUBE = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)]
# Gmsh's number of each type, and corners of the cube.
CELLS = [(4, [0, 1, 3, 4], 4), (7, [0, 1, 2, 3, 4], 4), (6, [0, 1, 3, 4, 5, 7], 9),
         (5, list(range(8)), 9), (5, list(range(8)), 9), (4, [0, 1, 3, 4], 9)]


def write(name, version, binary):
    gmsh.option.setNumber("Mesh.MshFileVersion", version)
    gmsh.option.setNumber("Mesh.Binary", int(binary))
    gmsh.write(str(HERE / f"{name}.msh"))


def write_all(name, versions=VERSIONS):
    for label, version, binary in versions:
        write(f"{name}_{label}_{'binary' if binary else 'ascii'}", version, binary)


def mixed():
    """Builds the mesh described above; the tags of its cells and nodes."""
    gmsh.clear()
    gmsh.model.add("mixed")
    for volume in (4, 9):
        gmsh.model.addDiscreteEntity(3, volume)
    gmsh.model.addDiscreteEntity(2, 5)
    gmsh.model.addDiscreteEntity(1, 6)
    gmsh.model.addDiscreteEntity(0, 8)
    next_node, next_cell, cells, nodes = 1000, 500, [], []
    for number, (kind, corners, volume) in enumerate(CELLS):
        tags = [next_node - 7 * i for i in range(len(corners))]
        next_node += 11 if number % 2 else 1_000_000
        points = [(2 * number + CUBE[c][0] / 3, CUBE[c][1] / 3, CUBE[c][2] / 3) for c in corners]
        gmsh.model.mesh.addNodes(3, volume, tags, np.array(points).ravel())
        gmsh.model.mesh.addElementsByType(volume, kind, [next_cell], tags)
        cells.append(next_cell)
        nodes.append(tags)
        next_cell += -3 if number % 2 else 77
    gmsh.model.mesh.addElementsByType(5, 2, [9001], nodes[0][:3])
    gmsh.model.mesh.addElementsByType(5, 3, [9002], nodes[1][:4])
    gmsh.model.mesh.addElementsByType(6, 1, [9003], nodes[0][:2])
    gmsh.model.mesh.addElementsByType(8, 15, [9004], nodes[0][:1])
    gmsh.model.addPhysicalGroup(3, [4, 9], 7, "fuel é")
    gmsh.model.addPhysicalGroup(3, [9], 3, "cold water")
    gmsh.model.addPhysicalGroup(2, [5], 2, "wall")
    gmsh.model.addPhysicalGroup(1, [6], 7, "edge")
    gmsh.model.addPhysicalGroup(0, [8], 1, "corner")
    return cells, [tag for of_cell in nodes for tag in of_cell]


def make_mixed():
    mixed()
    write_all("mixed")


def make_views():
    """Fields of one, three and nine components, at several steps, on all and on some."""
    cells, nodes = mixed()
    model = gmsh.model.getCurrent()
    add = gmsh.view.addHomogeneousModelData
    power = gmsh.view.add("power <W> é")
    for step in range(3):
        values = np.arange(len(cells)) / 4 + step
        add(power, step, model, "ElementData", cells, values, time=0.5 * step, numComponents=1)
    stress = gmsh.view.add("stress")
    values = np.arange(9.0 * len(cells))
    add(stress, 0, model, "ElementData", cells, values, time=0, numComponents=9)
    flow = gmsh.view.add("flow")
    values = np.arange(3.0 * len(nodes)) / 8
    add(flow, 0, model, "NodeData", nodes, values, time=0, numComponents=3)
    partial = gmsh.view.add("some cells")
    add(partial, 0, model, "ElementData", cells[1:3] + [9001], np.array([1.0, 2.0, 3.0]), time=0,
        numComponents=1)
    corners = gmsh.view.add("corners")
    add(corners, 0, model, "ElementNodeData", cells[:1], np.arange(4.0), time=0, numComponents=1)
    views = (power, stress, flow, partial, corners)
    for label, version, binary in VERSIONS:
        if version == 4.0:
            continue
        # With the mesh again before each view, as Gmsh appends views by default, and without.
        for save_mesh, name in ((1, "repeated"), (0, "views")):
            name = f"{name}_{label}_{'binary' if binary else 'ascii'}"
            gmsh.option.setNumber("PostProcessing.SaveMesh", save_mesh)
            write(name, version, binary)
            for view in views:
                gmsh.view.write(view, str(HERE / f"{name}.msh"), append=True)
    for view in views:
        gmsh.view.remove(view)


def boxes(order=1, hexahedra=False):
    """Two boxes side by side, meshed coarsely."""
    gmsh.clear()
    gmsh.model.add("boxes")
    if hexahedra:
        square = gmsh.model.occ.addRectangle(0, 0, 0, 1, 1)
        gmsh.model.occ.extrude([(2, square)], 0, 0, 1, numElements=[1], recombine=True)
        gmsh.model.occ.synchronize()
        gmsh.model.mesh.setTransfiniteSurface(square)
        gmsh.model.mesh.setRecombine(2, square)
    else:
        first = gmsh.model.occ.addBox(0, 0, 0, 1, 1, 1)
        second = gmsh.model.occ.addBox(1, 0, 0, 1, 1, 1)
        gmsh.model.occ.fragment([(3, first)], [(3, second)])
        gmsh.model.occ.synchronize()
        gmsh.model.addPhysicalGroup(3, [1], 1, "left")
        gmsh.model.addPhysicalGroup(3, [2], 2, "right")
    gmsh.option.setNumber("Mesh.MeshSizeMin", 2)
    gmsh.option.setNumber("Mesh.MeshSizeMax", 2)
    gmsh.model.mesh.generate(3)
    gmsh.model.mesh.setOrder(order)


def make_boxes():
    boxes()
    gmsh.option.setNumber("Mesh.SaveParametric", 1)
    write_all("parametric")
    gmsh.option.setNumber("Mesh.SaveParametric", 0)
    surfaces = gmsh.model.getEntities(2)
    # A surface whose mesh is that of another one moved by one: a section $Periodic.
    ends = {gmsh.model.getBoundingBox(*entity)[0] > 1.9: entity[1] for entity in surfaces
            if gmsh.model.getBoundingBox(*entity)[3] - gmsh.model.getBoundingBox(*entity)[0] < 0.1
            and not 0.9 < gmsh.model.getBoundingBox(*entity)[0] < 1.1}
    shift = [1, 0, 0, 2, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
    gmsh.model.mesh.clear()
    gmsh.model.mesh.setPeriodic(2, [ends[True]], [ends[False]], shift)
    gmsh.model.mesh.generate(3)
    gmsh.option.setNumber("Mesh.PartitionCreateGhostCells", 1)
    gmsh.model.mesh.partition(2)
    write_all("parts", [version for version in VERSIONS if version[1] != 4.0])
    gmsh.option.setNumber("Mesh.PartitionCreateGhostCells", 0)


def make_curved():
    """Tetrahedra and hexahedra of order 2, complete and not, and of order 3."""
    for name, order, hexahedra, incomplete in (
            ("tetrahedra_2", 2, False, 0), ("hexahedra_2", 2, True, 0),
            ("hexahedra_2_incomplete", 2, True, 1), ("hexahedra_3", 3, True, 0)):
        gmsh.option.setNumber("Mesh.SecondOrderIncomplete", incomplete)
        boxes(order, hexahedra)
        write_all(name, [VERSIONS[0], VERSIONS[4]])
    gmsh.option.setNumber("Mesh.SecondOrderIncomplete", 0)
    mixed()
    gmsh.model.mesh.setOrder(2)
    write_all("mixed_2", [VERSIONS[0], VERSIONS[4]])


def make_meshio_files():
    """meshio's own ways: all cells of one type, for it reads no others back with fields."""
    points = np.array([(x + 2.0 * cell, y, z) for cell in range(2) for x, y, z in CUBE]) / 3
    hexahedra = [("hexahedron", np.arange(16).reshape(2, 8))]
    mesh = meshio.Mesh(
        points, hexahedra,
        point_data={"t": np.arange(16) / 7, "gmsh:dim_tags": np.tile([3, 5], (16, 1))},
        cell_data={"power": [np.array([1 / 3, 2 / 3])],
                   "velocity": [np.arange(6).reshape(2, 3) / 3],
                   "gmsh:physical": [np.array([2, 2])], "gmsh:geometrical": [np.array([5, 5])]},
        field_data={"all of it": np.array([2, 3])})
    for label, file_format in (("22", "gmsh22"), ("41", "gmsh")):
        for binary in (False, True):
            name = f"meshio_{label}_{'binary' if binary else 'ascii'}.msh"
            meshio.write(HERE / name, mesh, file_format=file_format, binary=binary)
    plain = meshio.Mesh(points, hexahedra)
    meshio.write(HERE / "meshio_plain_41.msh", plain, file_format="gmsh", binary=True)


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    gmsh.initialize()
    gmsh.option.setNumber("General.Terminal", 0)
    make_mixed()
    make_views()
    make_boxes()
    make_curved()
    make_meshio_files()
    gmsh.finalize()

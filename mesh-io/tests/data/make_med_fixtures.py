"""Makes the files in med/ with MEDCoupling and h5py.

Run once, by hand, from this directory; neither building nor testing needs Python. The files that
are checked in were made with MEDCoupling 9.15.0 (libmed 4.2) and h5py 3.16.0:

    pip install medcoupling h5py numpy && python make_med_fixtures.py

`med/pins_coarse.med` was written by gmsh 4.15.2 from the mesh of `meshes/pins_coarse.vtu`.

The mesh in med/mixed*.med has a hexahedron, tetrahedron, polyhedron (a cube with its top face cut
in two), pyramid, wedge and tetrahedron, in this order, two apart and a third wide each; a triangle
and two quadrilaterals on its boundary; and groups of cells, of faces and of nodes.
"""

from pathlib import Path

import h5py
import medcoupling as mc
import numpy as np

MED = Path(__file__).parent / "med"

CUBE = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)]
# Faces of the cube, outward; the top one cut along 4-6.
CUBE_FACES = [[0, 3, 2, 1], [4, 5, 6], [4, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6],
              [3, 0, 4, 7]]


def mixed_mesh(name):
    """The mesh described above."""
    points, cells = [], []

    def add(corners):
        first = len(points)
        points.extend((2.0 * len(cells) + x / 3, y / 3, z / 3) for x, y, z in corners)
        return list(range(first, len(points)))

    def mirrored(nodes, order):
        return [nodes[i] for i in order]

    tetra, pyramid = [CUBE[i] for i in (0, 1, 3, 4)], [*CUBE[:4], (0.5, 0.5, 1)]
    wedge = [CUBE[i] for i in (0, 1, 3, 4, 5, 7)]
    # MED turns the base of each cell the other way round than VTK.
    cells.append((mc.NORM_HEXA8, mirrored(add(CUBE), (0, 3, 2, 1, 4, 7, 6, 5))))
    cells.append((mc.NORM_TETRA4, mirrored(add(tetra), (0, 2, 1, 3))))
    ids = add(CUBE)
    faces = []
    for face in CUBE_FACES:
        faces += [*(ids[i] for i in face), -1]
    cells.append((mc.NORM_POLYHED, faces[:-1]))
    cells.append((mc.NORM_PYRA5, mirrored(add(pyramid), (0, 3, 2, 1, 4))))
    cells.append((mc.NORM_PENTA6, mirrored(add(wedge), (0, 2, 1, 3, 5, 4))))
    cells.append((mc.NORM_TETRA4, mirrored(add(tetra), (0, 2, 1, 3))))

    mesh = mc.MEDCouplingUMesh(name, 3)
    mesh.setCoords(mc.DataArrayDouble(points))
    mesh.allocateCells(len(cells))
    for kind, nodes in cells:
        mesh.insertNextCell(kind, len(nodes), nodes)
    mesh.finishInsertingCells()
    mesh.checkConsistency()
    return mesh


def faces_of(mesh):
    """A triangle and two quadrilaterals."""
    faces = mc.MEDCouplingUMesh(mesh.getName(), 2)
    faces.setCoords(mesh.getCoords())
    faces.allocateCells(3)
    faces.insertNextCell(mc.NORM_TRI3, 3, [8, 9, 10])
    faces.insertNextCell(mc.NORM_QUAD4, 4, [0, 1, 2, 3])
    faces.insertNextCell(mc.NORM_QUAD4, 4, [4, 5, 6, 7])
    faces.finishInsertingCells()
    return faces


def mesh_file(mesh):
    """The mesh with its faces and groups, its cells sorted by type, and where each cell was."""
    sorted_mesh = mesh.deepCopy()
    to_new = sorted_mesh.sortCellsInMEDFileFrmt()
    file = mc.MEDFileUMesh()
    file.setName(mesh.getName())
    file.setMeshAtLevel(0, sorted_mesh)
    file.setMeshAtLevel(-1, faces_of(sorted_mesh))
    number = np.array(to_new.getValues())

    def group(name, ids, level):
        array = mc.DataArrayInt(sorted(ids))
        array.setName(name)
        return array

    where = lambda cells: [int(number[cell]) for cell in cells]
    file.setGroupsAtLevel(0, [group("fuel", where([0, 1]), 0), group("hot zone", where([1, 2]), 0),
                              group("Außen", where([5]), 0)])
    file.setGroupsAtLevel(-1, [group("bottom", [1], -1)])
    file.setGroupsAtLevel(1, [group("corners", [0, 3], 1)])
    return file, sorted_mesh, number


def values(mesh, order, on_cells, components=1, integer=False, shift=0.0):
    """One tuple per cell or node: the number of the cell as it was inserted, or of the node."""
    count = mesh.getNumberOfCells() if on_cells else mesh.getNumberOfNodes()
    index = np.argsort(order) if on_cells else np.arange(count)
    table = np.array([[10 * index[i] + c for c in range(components)] for i in range(count)])
    if integer:
        return table.astype({"32": np.int32, "64": np.int64}[integer]) - 3
    return table / 7 + shift


def field(kind, mesh, name, table, time=None, components=None):
    on = mc.ON_CELLS if kind == "cells" else mc.ON_NODES
    cls, array = {"f": (mc.MEDCouplingFieldDouble, mc.DataArrayDouble),
                  "i4": (mc.MEDCouplingFieldInt32, mc.DataArrayInt32),
                  "i8": (mc.MEDCouplingFieldInt64, mc.DataArrayInt64),
                  "f4": (mc.MEDCouplingFieldFloat, mc.DataArrayFloat)}[
                      {"f8": "f"}.get(table.dtype.str[1:], table.dtype.str[1:])]
    result = cls(on, mc.ONE_TIME)
    result.setName(name)
    result.setMesh(mesh)
    data = array(np.ascontiguousarray(table))
    for index, component in enumerate(components or []):
        data.setInfoOnComponent(index, component)
    result.setArray(data)
    # The step -1 stands for none.
    result.setTime(*(time or (0.0, -1, -1)))
    return result


def multi(fields, kind=mc.MEDFileFieldMultiTS):
    result = kind()
    for one in fields:
        result.appendFieldNoProfileSBT(one)
    return result


def fields_of(mesh, order):
    fields = mc.MEDFileFields()
    cells = lambda **more: values(mesh, order, True, **more)
    nodes = lambda **more: values(mesh, order, False, **more)
    # Three steps, two steps at other times, no step.
    steps = [(0.5, 1, -1), (1.0, 2, -1), (2.5, 3, -1)]
    fields.pushField(multi([field("cells", mesh, "power", cells(shift=100.0 * time), (time, *rest))
                            for time, *rest in steps]))
    fields.pushField(multi([field("nodes", mesh, "temperature", nodes(shift=time), (time, *rest),
                                  ["T [K]"]) for time, *rest in [(1.0, 5, 0), (2.5, 6, 0)]]))
    fields.pushField(multi([field("cells", mesh, "velocity größer", cells(components=3), None,
                                  ["vx [m/s]", "vy [m/s]", "vz"])]))
    fields.pushField(multi([field("cells", mesh, "small", cells(integer="32"))],
                           mc.MEDFileInt32FieldMultiTS))
    fields.pushField(multi([field("cells", mesh, "large", cells(integer="64"))],
                           mc.MEDFileInt64FieldMultiTS))
    fields.pushField(multi([field("cells", mesh, "single", cells().astype(np.float32))],
                           mc.MEDFileFloatFieldMultiTS))

    # On the hexahedron and one of the two tetrahedra.
    profile = mc.DataArrayInt(sorted(int(order[cell]) for cell in (0, 1)))
    profile.setName("two cells")
    table = values(mesh, order, True)[profile.toNumPyArray()]
    part = field("cells", mesh[profile], "partial", table, (2.5, 3, -1))
    partial = mc.MEDFileFieldMultiTS()
    partial.appendFieldProfile(part, mc.MEDFileMesh.New(str(MED / "mixed.med")), 0, profile)
    fields.pushField(partial)
    return fields


def data_of(mesh_files, fields):
    data, meshes = mc.MEDFileData(), mc.MEDFileMeshes()
    for file in mesh_files:
        meshes.pushMesh(file)
    data.setMeshes(meshes)
    data.setFields(fields)
    return data


def make_medcoupling_files():
    file, mesh, order = mesh_file(mixed_mesh("mixed"))
    # Where each cell of the sorted mesh was.
    file.setRenumFieldArr(0, mc.DataArrayInt(np.argsort(order) + 1))
    file.write(str(MED / "mixed.med"), 2)
    fields = fields_of(mesh, order)
    data = data_of([file], fields)
    data.write(str(MED / "mixed.med"), 2)
    data.write33(str(MED / "mixed_33.med"), 2)
    data.write40(str(MED / "mixed_40.med"), 2)

    box = mc.MEDCouplingCMesh()
    axis = mc.DataArrayDouble([0.0, 0.5, 1.0, 2.0])
    box.setCoords(axis, axis, axis)
    box = box.buildUnstructured()
    box.setName("a box")
    box_file = mc.MEDFileUMesh()
    box_file.setMeshAtLevel(0, box)
    first = multi([field("cells", box, "in the box", np.arange(27) / 3)])
    fields = mc.MEDFileFields()
    fields.pushField(first)
    fields.pushField(multi([field("cells", mesh, "mixed only", values(mesh, order, True))]))
    data_of([file, box_file], fields).write(str(MED / "two_meshes.med"), 2)

    mesh = mc.MEDCouplingUMesh("quadratic", 3)
    corners = np.array([(0, 0, 0), (0, 1, 0), (1, 0, 0), (0, 0, 1)], dtype=float)
    edges = [(0, 1), (1, 2), (2, 0), (0, 3), (1, 3), (2, 3)]
    points = [*corners, *[(corners[a] + corners[b]) / 2 for a, b in edges]]
    mesh.setCoords(mc.DataArrayDouble(np.array(points)))
    mesh.allocateCells(1)
    mesh.insertNextCell(mc.NORM_TETRA10, 10, list(range(10)))
    mesh.finishInsertingCells()
    mesh.write(str(MED / "quadratic.med"))

    # A prism of six sides, which is one of MED's linear cells.
    angles = np.arange(6) * np.pi / 3
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    points = np.concatenate([np.c_[ring[::-1], np.zeros(6)], np.c_[ring[::-1], np.ones(6)]])
    mesh = mc.MEDCouplingUMesh("prism", 3)
    mesh.setCoords(mc.DataArrayDouble(points))
    mesh.allocateCells(1)
    mesh.insertNextCell(mc.NORM_HEXGP12, 12, list(range(12)))
    mesh.finishInsertingCells()
    mesh.write(str(MED / "hexagonal_prism.med"))

    make_one_cell()

    # Many steps, groups and components: links and attributes leave the headers of their objects.
    box = mc.MEDCouplingCMesh()
    axis = mc.DataArrayDouble([0.0, 1.0])
    box.setCoords(axis, axis, axis)
    box = box.buildUnstructured()
    box.setName("cell")
    file = mc.MEDFileUMesh()
    file.setMeshAtLevel(0, box)
    fields = mc.MEDFileFields()
    fields.pushField(multi([field("cells", box, "series", np.array([0.25 * step]),
                                  (0.5 * step, step, -1)) for step in range(12)]))
    for index in range(10):
        fields.pushField(multi([field("cells", box, f"field {index:02}", np.array([1.0 * index]))]))
    # Per corner of each cell, and at Gauss points: not read.
    corners, gauss = (mc.MEDCouplingFieldDouble(on, mc.ONE_TIME)
                      for on in (mc.ON_GAUSS_NE, mc.ON_GAUSS_PT))
    for name, one, count in [("per corner", corners, 8), ("at points", gauss, 2)]:
        one.setName(name)
        one.setMesh(box)
        one.setTime(0.0, -1, -1)
        if one is gauss:
            corner = [(-1, -1, -1), (-1, 1, -1), (1, 1, -1), (1, -1, -1), (-1, -1, 1), (-1, 1, 1),
                      (1, 1, 1), (1, -1, 1)]
            one.setGaussLocalizationOnType(mc.NORM_HEXA8, [float(x) for p in corner for x in p],
                                           [-0.5, 0.0, 0.0, 0.5, 0.0, 0.0], [4.0, 4.0])
        one.setArray(mc.DataArrayDouble(np.arange(1.0 * count)))
        fields.pushField(multi([one]))
    data_of([file], fields).write(str(MED / "many.med"), 2)


def make_one_cell():
    """A small file, to be damaged: a cell in a group, a field of two steps on it."""
    cell = mc.MEDCouplingCMesh()
    axis = mc.DataArrayDouble([0.0, 1.0])
    cell.setCoords(axis, axis, axis)
    cell = cell.buildUnstructured()
    cell.setName("cell")
    file = mc.MEDFileUMesh()
    file.setMeshAtLevel(0, cell)
    group = mc.DataArrayInt([0])
    group.setName("all")
    file.setGroupsAtLevel(0, [group])
    fields = mc.MEDFileFields()
    fields.pushField(multi([field("cells", cell, "power", np.array([0.25 * step]),
                                  (0.5 * step, step, -1)) for step in range(2)]))
    data_of([file], fields).write(str(MED / "one_cell.med"), 2)


def copy(source, target, left_out, **options):
    for name, value in source.attrs.items():
        target.attrs.create(name, value, dtype=source.attrs.get_id(name).dtype)
    for name, node in source.items():
        if name in left_out:
            continue
        if hasattr(node, "keys"):
            copy(node, target.create_group(name), left_out, **options)
        elif node.shape[0] < 4 or not options:
            source.copy(node, target, name)
        else:
            made = target.create_dataset(name, data=node[()], dtype=node.dtype, **options)
            for key, value in node.attrs.items():
                made.attrs.create(key, value, dtype=node.attrs.get_id(key).dtype)


def make_one_cell_variants():
    with h5py.File(MED / "one_cell.med") as source:
        with h5py.File(MED / "one_cell_old_groups.med", "w", libver="earliest") as target:
            copy(source, target, [])
        with h5py.File(MED / "one_cell_chunked.med", "w", libver=("earliest", "v108")) as target:
            copy(source, target, [], chunks=(3,), compression="gzip", shuffle=True,
                 fletcher32=True)


def make_old_file():
    """A file as libmed 2.3 wrote it, which libmed 4 still reads: see check_old_file."""
    with h5py.File(MED / "mixed.med") as new, \
            h5py.File(MED / "mixed_23.med", "w", libver="earliest") as old:
        def attributes(node, **values):
            for name, value in values.items():
                if isinstance(value, bytes):
                    node.attrs.create(name, np.bytes_(value), dtype=f"S{len(value) + 1}")
                elif isinstance(value, float):
                    node.attrs.create(name, value, dtype="<f8")
                else:
                    node.attrs.create(name, value, dtype="<i4")

        attributes(old.create_group("INFOS_GENERALES"), MAJ=2, MIN=3, REL=6)
        mesh = old.create_group("ENS_MAA/mixed")
        attributes(mesh, DIM=3, TYP=0, DES=b"")
        step = new["ENS_MAA/mixed/-0000000000000000001-0000000000000000001"]
        axes = b"".join(name.ljust(16) for name in (b"x", b"y", b"z"))
        count = step["NOE/COO"].shape[0] // 3
        nodes = mesh.create_group("NOE")
        coordinates = nodes.create_dataset("COO", data=step["NOE/COO"][()])
        attributes(coordinates, NBR=count, REP=0, NOM=axes, UNI=b" " * 48)
        family = nodes.create_dataset("FAM", data=step["NOE/FAM"][()].astype("<i4"))
        attributes(family, NBR=count)
        for kind, group in step["MAI"].items():
            # Polyhedra have other names there.
            if kind == "POE":
                continue
            target = mesh.create_group(f"MAI/{kind}")
            for name, data in group.items():
                made = target.create_dataset(name, data=data[()].astype("<i4"))
                attributes(made, NBR=int(data.attrs["NBR"]))
        for families in ("ELEME", "NOEUD"):
            for name, group in new["FAS/mixed"][families].items():
                target = mesh.create_group(f"FAS/{families}/{name}")
                attributes(target, NUM=int(group.attrs["NUM"]))
                if "GRO" in group:
                    groups = target.create_group("GRO")
                    names = group["GRO/NOM"][()].astype("i1").tobytes().replace(b"\0", b" ")
                    attributes(groups, NBR=len(names) // 80, NOM=names)
        attributes(mesh.create_group("FAS/FAMILLE_ZERO"), NUM=0)
        for name in ("power", "temperature", "velocity größer"):
            source = new["CHA"][name]
            target = old.create_group(f"CHA/{name}")
            components = int(source.attrs["NCO"])
            integer = int(source.attrs["TYP"]) != 6
            attributes(target, NCO=components, TYP=24 if integer else 6,
                       NOM=source.attrs["NOM"].ljust(16 * components),
                       UNI=source.attrs["UNI"].ljust(16 * components))
            for step in source.values():
                number, order = int(step.attrs["NDT"]), int(step.attrs["NOR"])
                for entity, part in step.items():
                    data = part["MED_NO_PROFILE_INTERNAL/CO"][()]
                    # Numbers are filled up with blanks, not zeros.
                    path = f"{entity}/{number:20d}{order:20d}"
                    group = target.require_group(path)
                    attributes(group, NDT=number, NOR=order, PDT=float(step.attrs["PDT"]),
                               UNI=b" " * 16, MAI=b"mixed")
                    values = group.create_group("mixed")
                    attributes(values, NBR=data.shape[0] // components, NGA=1, GAU=b"", PFL=b"")
                    values.create_dataset("CO", data=data)


def check_old_file():
    """libmed 4 reads it, all but the names of groups, for which it wants more than there is."""
    path = str(MED / "mixed_23.med")
    mesh = mc.ReadUMeshFromFile(path, "mixed", 0)
    volumes = mesh.getMeasureField(False).getArray().toNumPyArray() * 162
    assert np.allclose(volumes, [6, 1, 2, 3, 1]), volumes
    assert "Family_-4" in mc.MEDFileMesh.New(path).getFamiliesNames()
    fields = mc.MEDFileFields(path)
    power = fields["power"]
    assert power.getTimeSteps() == [(1, -1, 0.5), (2, -1, 1.0), (3, -1, 2.5)]
    assert fields["temperature"].getInfo() == ("T [K]",)


def make_h5py_files():
    """The same file as other versions and settings of HDF5 write it."""
    left_out = ["velocity größer", "large", "single", "temperature"]
    with h5py.File(MED / "mixed.med") as source:
        with h5py.File(MED / "mixed_old_groups.med", "w", libver="earliest") as target:
            copy(source, target, left_out)
        with h5py.File(MED / "mixed_chunked.med", "w", libver=("earliest", "v108")) as target:
            copy(source, target, left_out, chunks=(3,), compression="gzip", shuffle=True, fletcher32=True)
        # An index of chunks that is not read; the HDF5 library from 1.10 on reads it.
        with h5py.File(MED / "mixed_latest.med", "w", libver=("v110", "v110")) as target:
            copy(source, target, left_out, chunks=(5,), compression="gzip")


if __name__ == "__main__":
    MED.mkdir(exist_ok=True)
    make_medcoupling_files()
    make_h5py_files()
    make_one_cell_variants()
    make_old_file()
    check_old_file()

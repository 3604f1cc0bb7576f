"""Opens what mesh-io writes as MED with MEDCoupling, gmsh and meshio.

    cargo run --release -p mesh-io --example med_files -- DIRECTORY
    pip install medcoupling gmsh meshio h5py numpy && python check_med.py DIRECTORY

gmsh and meshio know no polyhedra; they are asked about the files without.
"""

import sys
from pathlib import Path

import numpy as np

NAMES = ["hexahedra", "tetrahedra", "wedges", "pyramids", "polyhedra", "mixed"]


def check(condition, what):
    if not condition:
        raise SystemExit(f"check_med: {what}")


def check_with_medcoupling(directory):
    import medcoupling as mc

    for name in NAMES:
        path = str(directory / f"{name}.med")
        mesh = mc.ReadUMeshFromFile(path, name, 0)
        mesh.checkConsistency()
        check(mesh.arePolyhedronsNotCorrectlyOriented().getNumberOfTuples() == 0
              if any(mesh.getTypeOfCell(i) == mc.NORM_POLYHED for i in range(mesh.getNumberOfCells()))
              else True, f"{name}: polyhedra are turned round")
        for suffix in ("", "_series"):
            path = str(directory / f"{name}{suffix}.med")
            data = mc.MEDFileData(path)
            file = data.getMeshes()[0]
            fields = data.getFields()
            names = set(fields.getFieldsNames())
            check(names == {"volume", "half", "x of node", "centroid größer"}, f"{path}: {names}")
            series = fields["volume"]
            times = [step[2] for step in series.getTimeSteps()]
            expected = [0.25 * number for number in range(12)] if suffix else [0.0]
            check(times == expected, f"{path}: times {times}")
            for number, time in enumerate(times):
                volume = series[number].field(file).getArray().toNumPyArray()
                # Cells sorted by type, as the field is.
                own = file.getMeshAtLevel(0).getMeasureField(False).getArray().toNumPyArray()
                check((own > 0).all(), f"{path}: cells are turned round")
                check(np.allclose(own + time, volume, rtol=1e-12), f"{path}: volumes {own} {volume}")
            field = fields["centroid größer"][0]
            check(fields["centroid größer"].getInfo() == ("x [m]", "y [m]", "größer"),
                  f"{path}: {fields['centroid größer'].getInfo()}")
            centres = field.field(file).getArray().toNumPyArray()
            bary = file.getMeshAtLevel(0).computeIsoBarycenterOfNodesPerCell().toNumPyArray()
            check(np.abs(centres - bary).max() < 0.1, f"{path}: centroids of other cells")
            x = fields["x of node"][0].field(file).getArray().toNumPyArray()
            check((x == file.getCoords().toNumPyArray()[:, 0]).all(), f"{path}: nodes")
            third = "größer" if name in ("polyhedra", "mixed") else "greater"
            check(set(file.getGroupsNames()) == {"left", "right", third},
                  f"{path}: {file.getGroupsNames()}")
            left = file.getGroupArr(0, "left").toNumPyArray()
            half = fields["half"][0].field(file).getArray().toNumPyArray()
            check(half.dtype == np.int64, f"{path}: {half.dtype}")
            check((np.flatnonzero(half == 3) == np.sort(left)).all(), f"{path}: groups")
    print("MEDCoupling", mc.__version__ if hasattr(mc, "__version__") else "", "reads all")

    # In the order of the mesh, by the numbers of the cells.
    mesh = mc.ReadUMeshFromFile(str(directory / "mixed.med"), "mixed", 0)
    first = [mesh.getTypeOfCell(i) for i in range(5)]
    check(first == [mc.NORM_HEXA8, mc.NORM_TETRA4, mc.NORM_PENTA6, mc.NORM_PYRA5,
                    mc.NORM_POLYHED], f"mixed: {first}")
    # What libmed adds to such a file, it reads again.
    path = directory / "appended.med"
    path.write_bytes((directory / "mixed.med").read_bytes())
    file = mc.MEDFileMesh.New(str(path))
    data = mc.MEDFileData(str(path))
    field = data.getFields()["volume"][0].field(file)
    field.setName("added")
    mc.WriteFieldUsingAlreadyWrittenMesh(str(path), field)
    check("added" in mc.MEDFileFields(str(path)).getFieldsNames(), "a field cannot be added")
    print("MEDCoupling adds a field to a file")


def check_with_gmsh(directory):
    import gmsh

    gmsh.initialize()
    gmsh.option.setNumber("General.Terminal", 0)
    for name in NAMES:
        if name in ("polyhedra", "mixed"):
            continue
        gmsh.open(str(directory / f"{name}.med"))
        types, tags, _ = gmsh.model.mesh.getElements(3)
        count = sum(map(len, tags))
        expected = {"hexahedra": 24, "tetrahedra": 144, "wedges": 48, "pyramids": 144}[name]
        check(count == expected, f"gmsh: {name} has {count} cells")
        groups = {gmsh.model.getPhysicalName(*group) for group in gmsh.model.getPhysicalGroups()}
        check({"left", "right"} <= groups, f"gmsh: {name} has groups {groups}")
        views = gmsh.view.getTags()
        check(len(views) > 0, f"gmsh: {name} has no views")
        gmsh.clear()
    gmsh.finalize()
    print("gmsh", gmsh.__version__, "reads meshes, groups, fields")


def check_with_meshio(directory):
    import meshio

    for name in NAMES:
        if name in ("polyhedra", "mixed"):
            continue
        mesh = meshio.read(directory / f"{name}.med")
        check(sum(len(block.data) for block in mesh.cells) > 0, f"meshio: {name}")
        volume = np.concatenate(mesh.cell_data["volume"])
        check(abs(volume.sum() - 1.0) < 1e-12, f"meshio: {name} has volume {volume.sum()}")
    print("meshio", meshio.__version__, "reads meshes and fields")


if __name__ == "__main__":
    directory = Path(sys.argv[1])
    check_with_medcoupling(directory)
    check_with_gmsh(directory)
    check_with_meshio(directory)

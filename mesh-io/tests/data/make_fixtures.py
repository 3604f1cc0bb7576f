"""Makes the files in vtu/ and matrices/ with VTK, meshio and SciPy.

Run once, by hand, from this directory; neither building nor testing needs Python. The files that
are checked in were made with VTK 9.7.2, PyVista 0.49.1, meshio 5.3.5, NumPy 2.4.6, SciPy 1.17.1:

    pip install vtk pyvista meshio numpy scipy && python make_fixtures.py

The mesh in vtu/mixed_*.vtu has one cell of each shape: tetrahedron, pyramid, wedge, hexahedron,
voxel, polyhedron (a cube with its top face cut in two), and a triangle, a quadrilateral and a line
between them, which a reader of three-dimensional cells leaves out.
"""

from pathlib import Path

import meshio
import numpy as np
import scipy.io
import scipy.sparse
import vtk
from vtk.util.numpy_support import numpy_to_vtk

HERE = Path(__file__).parent
VTU = HERE / "vtu"
MATRICES = HERE / "matrices"

CUBE = [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)]
# Faces of the cube, outward; the top one cut along 4-6.
CUBE_FACES = [[0, 3, 2, 1], [4, 5, 6], [4, 6, 7], [0, 1, 5, 4], [1, 2, 6, 5], [2, 3, 7, 6],
              [3, 0, 4, 7]]


def mixed_grid(points_type=vtk.VTK_DOUBLE):
    """The mesh described above, its cells side by side, two apart."""
    grid = vtk.vtkUnstructuredGrid()
    points = vtk.vtkPoints()
    points.SetDataType(points_type)
    ids = lambda cell, corners: [
        points.InsertNextPoint(2.0 * cell + x / 3, y / 3, z / 3) for x, y, z in corners]
    tetra = ids(0, [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)])
    pyramid = ids(1, [(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0.5, 0.5, 1)])
    wedge = ids(2, [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (0, 1, 1)])
    cubes = [ids(cell, CUBE) for cell in (3, 4, 5)]
    grid.SetPoints(points)
    insert = lambda kind, nodes: grid.InsertNextCell(kind, len(nodes), nodes)
    insert(vtk.VTK_TRIANGLE, tetra[:3])
    insert(vtk.VTK_TETRA, tetra)
    insert(vtk.VTK_PYRAMID, pyramid)
    insert(vtk.VTK_QUAD, pyramid[:4])
    insert(vtk.VTK_WEDGE, wedge)
    insert(vtk.VTK_HEXAHEDRON, cubes[0])
    insert(vtk.VTK_VOXEL, [cubes[1][i] for i in (0, 1, 3, 2, 4, 5, 7, 6)])
    faces = vtk.vtkIdList()
    faces.InsertNextId(len(CUBE_FACES))
    for face in CUBE_FACES:
        faces.InsertNextId(len(face))
        for node in face:
            faces.InsertNextId(cubes[2][node])
    grid.InsertNextCell(vtk.VTK_POLYHEDRON, faces)
    insert(vtk.VTK_LINE, tetra[:2])

    def add(data, name, values, components=None):
        array = numpy_to_vtk(values, deep=True)
        array.SetName(name)
        for index, component in enumerate(components or []):
            array.SetComponentName(index, component)
        data.AddArray(array)

    cells, nodes = grid.GetNumberOfCells(), grid.GetNumberOfPoints()
    add(grid.GetCellData(), "power", np.arange(cells) / 7)
    add(grid.GetCellData(), "velocity", np.arange(3.0 * cells).reshape(-1, 3) / 3,
        ["vx", "vy", "vz"])
    add(grid.GetCellData(), "region", np.arange(cells, dtype=np.int32) - 2)
    add(grid.GetCellData(), "flag", np.arange(cells, dtype=np.uint8) + 250 - 10)
    add(grid.GetCellData(), "single", np.arange(cells, dtype=np.float32) / 7)
    add(grid.GetPointData(), "temperature", 300 + np.arange(nodes) / 7)
    add(grid.GetPointData(), "small", np.arange(nodes, dtype=np.int16) - 5)
    return grid


def write_grid(grid, path, mode, compressor, header, order="little", encode=False):
    writer = vtk.vtkXMLUnstructuredGridWriter()
    writer.SetInputData(grid)
    writer.SetFileName(str(path))
    {"ascii": writer.SetDataModeToAscii, "binary": writer.SetDataModeToBinary,
     "appended": writer.SetDataModeToAppended}[mode]()
    writer.SetEncodeAppendedData(encode)
    {"none": writer.SetCompressorTypeToNone, "zlib": writer.SetCompressorTypeToZLib,
     "lz4": writer.SetCompressorTypeToLZ4, "lzma": writer.SetCompressorTypeToLZMA}[compressor]()
    # Small blocks, so that there are several.
    writer.SetBlockSize(64 if compressor != "none" else 32768)
    {32: writer.SetHeaderTypeToUInt32, 64: writer.SetHeaderTypeToUInt64}[header]()
    {"little": writer.SetByteOrderToLittleEndian, "big": writer.SetByteOrderToBigEndian}[order]()
    assert writer.Write() == 1


def make_vtk_files():
    grid = mixed_grid()
    for mode, encode, name in [("ascii", False, "ascii"), ("binary", False, "inline"),
                               ("appended", False, "raw"), ("appended", True, "base64")]:
        for compressor in ["none", "zlib", "lz4", "lzma"]:
            if mode == "ascii" and compressor != "none":
                continue
            for header in [32, 64]:
                path = VTU / f"mixed_{name}_{compressor}_{header}.vtu"
                write_grid(grid, path, mode, compressor, header, encode=encode)
    write_grid(grid, VTU / "mixed_inline_zlib_big.vtu", "binary", "zlib", 32, "big")
    write_grid(grid, VTU / "mixed_raw_none_big.vtu", "appended", "none", 64, "big")
    write_grid(mixed_grid(vtk.VTK_FLOAT), VTU / "mixed_float32_points.vtu", "binary", "zlib", 32)
    quadratic = vtk.vtkUnstructuredGrid()
    cell = vtk.vtkQuadraticTetra()
    points = vtk.vtkPoints()
    points.SetDataTypeToDouble()
    corners = np.array([(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)], dtype=float)
    edges = [(0, 1), (1, 2), (2, 0), (0, 3), (1, 3), (2, 3)]
    for point in [*corners, *[(corners[a] + corners[b]) / 2 for a, b in edges]]:
        points.InsertNextPoint(point)
    quadratic.SetPoints(points)
    quadratic.InsertNextCell(cell.GetCellType(), 10, list(range(10)))
    write_grid(quadratic, VTU / "quadratic.vtu", "ascii", "none", 32)


def make_meshio_files():
    """meshio's own ways: a face stream in the old layout, several encodings."""
    points = np.array([(x + 2.0 * cell, y, z) for cell in range(2) for x, y, z in CUBE]) / 3
    polyhedra = [("polyhedron8", [[[node + 8 * cell for node in face] for face in CUBE_FACES]
                                  for cell in range(2)])]
    hexahedra = [("hexahedron", np.arange(16).reshape(2, 8))]
    for name, cells in [("polyhedra", polyhedra), ("hexahedra", hexahedra)]:
        mesh = meshio.Mesh(points, cells, cell_data={"power": [np.array([1 / 3, 2 / 3])]})
        for compression in [None, "zlib", "lzma"]:
            path = VTU / f"meshio_{name}_{compression or 'none'}.vtu"
            mesh.write(path, binary=True, compression=compression)
        mesh.write(VTU / f"meshio_{name}_ascii.vtu", binary=False)


def make_matrices():
    matrix = scipy.sparse.csr_matrix(
        (np.array([0.1, 1 / 3, 2.0, -1e-300]), np.array([2, 0, 1, 3]), np.array([0, 1, 1, 4])),
        shape=(3, 5))
    scipy.sparse.save_npz(MATRICES / "scipy_deflated.npz", matrix, compressed=True)
    scipy.sparse.save_npz(MATRICES / "scipy_stored.npz", matrix, compressed=False)
    wide = matrix.copy()
    wide.indices, wide.indptr = wide.indices.astype(np.int64), wide.indptr.astype(np.int64)
    scipy.sparse.save_npz(MATRICES / "scipy_int64.npz", wide)
    scipy.sparse.save_npz(MATRICES / "scipy_float32.npz", matrix.astype(np.float32))
    unsorted = scipy.sparse.csr_matrix(
        (np.array([1.0, 2.0, 3.0, 4.0]), np.array([3, 0, 3, 1]), np.array([0, 3, 3, 4])),
        shape=(3, 5))
    scipy.sparse.save_npz(MATRICES / "scipy_unsorted_duplicates.npz", unsorted)
    scipy.sparse.save_npz(MATRICES / "scipy_csc.npz", matrix.tocsc())
    scipy.sparse.save_npz(MATRICES / "scipy_array.npz", scipy.sparse.csr_array(matrix))
    scipy.io.mmwrite(MATRICES / "scipy.mtx", matrix)


if __name__ == "__main__":
    VTU.mkdir(exist_ok=True)
    MATRICES.mkdir(exist_ok=True)
    make_vtk_files()
    make_meshio_files()
    make_matrices()

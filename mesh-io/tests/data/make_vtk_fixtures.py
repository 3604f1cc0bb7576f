"""Makes the files in vtk_legacy/, vtk_grids/ and vtk_index/ with VTK, PyVista and meshio.

Run once, by hand, from this directory; neither building nor testing needs Python. The files that
are checked in were made with VTK 9.7.2, PyVista 0.49.1, meshio 5.3.5, NumPy 2.4.6:

    pip install vtk pyvista meshio numpy && python make_vtk_fixtures.py

Unstructured meshes are those of make_fixtures.py. All grids have 3 x 2 x 2 cells; "power" of cell n
is n / 7, "temperature" of node n is 300 + n / 7, in the order of VTK, x fastest.
"""

from pathlib import Path

import meshio
import numpy as np
import pyvista
import vtk
from vtk.util.numpy_support import numpy_to_vtk

from make_fixtures import CUBE, mixed_grid

HERE = Path(__file__).parent
LEGACY = HERE / "vtk_legacy"
GRIDS = HERE / "vtk_grids"
INDEX = HERE / "vtk_index"
DIMENSIONS = (4, 3, 3)


def add(data, name, values, components=None):
    array = numpy_to_vtk(np.ascontiguousarray(values), deep=True)
    array.SetName(name)
    for index, component in enumerate(components or []):
        array.SetComponentName(index, component)
    data.AddArray(array)
    return array


def add_attributes(grid):
    """Every kind of attribute that legacy files have."""
    cells, nodes = grid.GetCellData(), grid.GetPointData()
    count, points = grid.GetNumberOfCells(), grid.GetNumberOfPoints()
    add(cells, "größe 50 %", np.arange(count) / 3)
    add(cells, "long", np.arange(count, dtype=np.int64) - (1 << 60))
    add(cells, "colour", np.arange(3 * count, dtype=np.uint8).reshape(-1, 3))
    cells.SetActiveScalars("colour")
    for name, kind, values in [
            ("id", vtk.vtkIdTypeArray, [int(i) for i in range(count)]),
            ("bit", vtk.vtkBitArray, [i % 3 == 0 for i in range(count)]),
            ("unsigned", vtk.vtkUnsignedLongArray, list(range(count))),
            ("text", vtk.vtkStringArray, [f"cell {i} " + "x" * 100 * i for i in range(count)])]:
        array = kind()
        array.SetName(name)
        for value in values:
            array.InsertNextValue(value)
        cells.AddArray(array)
    add(nodes, "scalar", np.arange(points, dtype=np.float32) / 7)
    nodes.SetActiveScalars("scalar")
    add(nodes, "vector", np.arange(3.0 * points).reshape(-1, 3), ["x y", None, "z"])
    nodes.SetActiveVectors("vector")
    add(nodes, "normal", np.arange(3.0 * points).reshape(-1, 3))
    nodes.SetActiveNormals("normal")
    add(nodes, "tensor", np.arange(9.0 * points).reshape(-1, 9))
    nodes.SetActiveTensors("tensor")
    add(nodes, "texture", np.arange(2.0 * points).reshape(-1, 2))
    nodes.SetActiveTCoords("texture")
    add(nodes, "global", np.arange(points, dtype=np.int64))
    nodes.SetGlobalIds(nodes.GetArray("global"))
    time = vtk.vtkDoubleArray()
    time.SetName("TimeValue")
    time.InsertNextValue(0.5)
    grid.GetFieldData().AddArray(time)
    # A key that is written as METADATA.
    grid.GetPoints().GetData().GetFiniteRange(-1)


def write(writer, grid, path):
    writer.SetInputData(grid)
    writer.SetFileName(str(path))
    assert writer.Write() == 1


def legacy(writer, grid, name, versions=(42, 51)):
    for version in versions:
        for kind, word in [(vtk.VTK_ASCII, "ascii"), (vtk.VTK_BINARY, "binary")]:
            writer.SetFileVersion(version)
            writer.SetFileType(kind)
            write(writer, grid, LEGACY / f"{name}_{version}_{word}.vtk")


def rectilinear(descending=False):
    grid = vtk.vtkRectilinearGrid()
    grid.SetDimensions(*DIMENSIONS)
    axes = [np.array([0.0, 0.1, 0.3, 0.6]), np.array([0.0, 1.0, 1.5]), np.array([-1.0, 0.0, 2.0])]
    if descending:
        axes[0] = axes[0][::-1].copy()
    for values, setter in zip(
            axes, [grid.SetXCoordinates, grid.SetYCoordinates, grid.SetZCoordinates]):
        setter(numpy_to_vtk(values, deep=True))
    return with_fields(grid)


def structured(mirrored=False):
    """Blocks whose faces are warped a little; mirrored: left-handed."""
    grid = vtk.vtkStructuredGrid()
    grid.SetDimensions(*DIMENSIONS)
    points = vtk.vtkPoints()
    points.SetDataTypeToDouble()
    for k in range(DIMENSIONS[2]):
        for j in range(DIMENSIONS[1]):
            for i in range(DIMENSIONS[0]):
                x, y, z = i + 0.1 * j, j + 0.05 * i * k, k + 0.1 * i
                points.InsertNextPoint(*(y, x, z) if mirrored else (x, y, z))
    grid.SetPoints(points)
    return with_fields(grid)


def image(direction=None):
    grid = vtk.vtkImageData()
    grid.SetExtent(2, 5, -1, 1, 0, 2)
    grid.SetOrigin(1.0, 2.0, 3.0)
    grid.SetSpacing(0.5, 0.25, 2.0)
    if direction:
        grid.SetDirectionMatrix(*direction)
    return with_fields(grid)


def with_fields(grid):
    add(grid.GetCellData(), "power", np.arange(grid.GetNumberOfCells()) / 7)
    add(grid.GetPointData(), "temperature", 300 + np.arange(grid.GetNumberOfPoints()) / 7)
    return grid


def hide(grid, cells=(), nodes=()):
    """Blanks cells and nodes, and marks the last cell as another piece's."""
    marks = np.zeros(grid.GetNumberOfCells(), dtype=np.uint8)
    marks[list(cells)] = vtk.vtkDataSetAttributes.HIDDENCELL
    marks[-1] = vtk.vtkDataSetAttributes.DUPLICATECELL
    add(grid.GetCellData(), "vtkGhostType", marks)
    if nodes:
        marks = np.zeros(grid.GetNumberOfPoints(), dtype=np.uint8)
        marks[list(nodes)] = vtk.vtkDataSetAttributes.HIDDENPOINT
        add(grid.GetPointData(), "vtkGhostType", marks)
    return grid


def make_legacy():
    grid = mixed_grid()
    legacy(vtk.vtkUnstructuredGridWriter(), grid, "mixed")
    full = mixed_grid()
    add_attributes(full)
    legacy(vtk.vtkUnstructuredGridWriter(), full, "attributes")
    legacy(vtk.vtkUnstructuredGridWriter(), hide(mixed_grid(), cells=[1]), "hidden", [51])
    legacy(vtk.vtkRectilinearGridWriter(), rectilinear(), "rectilinear", [51])
    legacy(vtk.vtkStructuredGridWriter(), structured(), "structured", [51])
    legacy(vtk.vtkStructuredGridWriter(), hide(structured(), [2], [0]), "blanked", [51])
    legacy(vtk.vtkStructuredPointsWriter(), image(), "points", [51])
    quadratic = vtk.vtkUnstructuredGrid()
    points = vtk.vtkPoints()
    points.SetDataTypeToDouble()
    corners = np.array([(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)], dtype=float)
    edges = [(0, 1), (1, 2), (2, 0), (0, 3), (1, 3), (2, 3)]
    for point in [*corners, *[(corners[a] + corners[b]) / 2 for a, b in edges]]:
        points.InsertNextPoint(point)
    quadratic.SetPoints(points)
    quadratic.InsertNextCell(vtk.VTK_QUADRATIC_TETRA, 10, list(range(10)))
    legacy(vtk.vtkUnstructuredGridWriter(), quadratic, "quadratic", [51])
    points = np.array([(x + 2.0 * cell, y, z) for cell in range(2) for x, y, z in CUBE]) / 3
    mesh = meshio.Mesh(
        points, [("hexahedron", np.arange(16).reshape(2, 8))],
        cell_data={"power": [np.array([1 / 3, 2 / 3])], "region": [np.array([-3, 1 << 40])]},
        point_data={"velocity": np.arange(48.0).reshape(16, 3) / 7})
    for version in ["vtk42", "vtk51"]:
        for binary in [False, True]:
            name = f"meshio_{version[3:]}_{'binary' if binary else 'ascii'}.vtk"
            mesh.write(LEGACY / name, file_format=version, binary=binary)


def make_grids():
    writers = {"vtr": vtk.vtkXMLRectilinearGridWriter, "vts": vtk.vtkXMLStructuredGridWriter,
               "vti": vtk.vtkXMLImageDataWriter}
    modes = {"ascii": lambda w: w.SetDataModeToAscii(), "inline": lambda w: w.SetDataModeToBinary(),
             "raw": lambda w: (w.SetDataModeToAppended(), w.EncodeAppendedDataOff())}
    turned = (0, -1, 0, 1, 0, 0, 0, 0, 1)
    mirror = (1, 0, 0, 0, -1, 0, 0, 0, 1)
    for kind, name, grid in [
            ("vtr", "rectilinear", rectilinear()), ("vtr", "descending", rectilinear(True)),
            ("vts", "structured", structured()), ("vts", "mirrored", structured(True)),
            ("vts", "blanked", hide(structured(), [2], [0])),
            ("vti", "image", image()), ("vti", "turned", image(turned)),
            ("vti", "reflected", image(mirror))]:
        for mode, set_mode in modes.items():
            writer = writers[kind]()
            set_mode(writer)
            write(writer, grid, GRIDS / f"{name}_{mode}.{kind}")
    flat = vtk.vtkImageData()
    flat.SetDimensions(4, 1, 3)
    write(writers["vti"](), with_fields(flat), GRIDS / "flat.vti")
    # Files of three pieces; of the images the second piece overlaps the first, and both mark as
    # ghosts what is the other's. What one process writes of a parallel grid has one of them.
    for kind, grid in [("vtr", rectilinear()), ("vts", structured()), ("vti", image())]:
        extents = [(0, 1, 0, 2, 0, 2), (1, 3, 0, 1, 0, 2), (1, 3, 1, 2, 0, 2)]
        if kind == "vti":
            extents = [(2, 4, -1, 1, 0, 2), (3, 5, -1, 0, 0, 2), (3, 5, 0, 1, 0, 2)]
        texts = [piece_text(writers[kind](), kind, grid, extent) for extent in extents]
        if kind == "vti":
            texts[0] = with_ghosts(texts[0], [0, 1] * 4)
            texts[1] = with_ghosts(texts[1], [0, 0] * 2)
            texts[2] = with_ghosts(texts[2], [0, 0] * 2)
        for name, some in [("pieces", texts), ("part", texts[1:2])]:
            head, rest = texts[0].split("<Piece", 1)
            head = head.replace(whole_extent(head), " ".join(map(str, grid.GetExtent())), 1)
            pieces = ["<Piece" + text.split("<Piece", 1)[1].split("</Piece>")[0] + "</Piece>"
                      for text in some]
            tail = rest.split("</Piece>")[1]
            path = GRIDS / f"{name}.{kind}"
            path.write_text(head + "\n".join(pieces) + tail)
            assert pyvista.read(path).n_cells == 12


def piece_text(writer, kind, grid, extent):
    """A part of a grid, as VTK writes it."""
    extract = {"vtr": vtk.vtkExtractRectilinearGrid, "vts": vtk.vtkExtractGrid,
               "vti": vtk.vtkExtractVOI}[kind]()
    extract.SetInputData(grid)
    extract.SetVOI(*extent)
    extract.Update()
    piece = extract.GetOutput()
    assert piece.GetExtent() == extent, piece.GetExtent()
    writer.SetInputData(piece)
    writer.SetDataModeToAscii()
    writer.WriteToOutputStringOn()
    assert writer.Write() == 1
    return writer.GetOutputString()


def whole_extent(head):
    return head.split('WholeExtent="')[1].split('"')[0]


def with_ghosts(text, marks):
    array = '<DataArray type="UInt8" Name="vtkGhostType" format="ascii">' \
        + " ".join(map(str, marks)) + "</DataArray>"
    return text.replace("</CellData>", f"{array}\n</CellData>")


def make_index():
    """A box of 4 x 3 x 2 hexahedra in three pieces."""
    # Coordinates that single precision, as VTK extracts pieces, holds exactly.
    box = pyvista.ImageData(dimensions=(5, 4, 3), spacing=(0.25, 0.25, 0.5))
    box = box.cast_to_unstructured_grid()
    box.clear_data()
    add(box.GetCellData(), "power", np.arange(box.n_cells) / 7)
    add(box.GetPointData(), "temperature", 300 + np.arange(box.n_points) / 7)
    write(vtk.vtkXMLUnstructuredGridWriter(), box, INDEX / "whole.vtu")
    for name, ghosts in [("plain", 0), ("ghosts", 1)]:
        source = vtk.vtkTrivialProducer()
        source.SetOutput(box)
        extract = vtk.vtkExtractUnstructuredGridPiece()
        extract.SetCreateGhostCells(ghosts > 0)
        extract.SetInputConnection(source.GetOutputPort())
        writer = vtk.vtkXMLPUnstructuredGridWriter()
        writer.SetInputConnection(extract.GetOutputPort())
        writer.SetNumberOfPieces(3)
        writer.SetStartPiece(0)
        writer.SetEndPiece(2)
        writer.SetGhostLevel(ghosts)
        writer.SetDataModeToAscii()
        writer.SetFileName(str(INDEX / f"{name}.pvtu"))
        assert writer.Write() == 1
    # Nodes numbered backwards from 159.
    numbered = pyvista.UnstructuredGrid(box)
    add(numbered.GetPointData(), "number", 100 + np.arange(numbered.n_points)[::-1])
    for piece in range(3):
        extract = vtk.vtkExtractUnstructuredGridPiece()
        extract.SetInputData(numbered)
        extract.UpdatePiece(piece, 3, 1)
        part = extract.GetOutput()
        part.GetPointData().SetGlobalIds(part.GetPointData().GetArray("number"))
        writer = vtk.vtkXMLUnstructuredGridWriter()
        writer.SetDataModeToAscii()
        write(writer, part, INDEX / f"ids_{piece}.vtu")
    (INDEX / "ids.pvtu").write_text((INDEX / "ghosts.pvtu").read_text().replace("ghosts_", "ids_"))
    # Times out of order, one step in three parts, one as a whole file, one as pieces.
    files = [(1.5, 0, "whole.vtu"), (0.5, 0, "plain_0.vtu"), (0.5, 1, "plain_1.vtu"),
             (0.5, 2, "plain_2.vtu"), (1.0, 0, "ghosts.pvtu")]
    sets = "\n".join(f'    <DataSet timestep="{time}" group="" part="{part}" file="{file}"/>'
                     for time, part, file in files)
    (INDEX / "series.pvd").write_text(
        '<?xml version="1.0"?>\n<VTKFile type="Collection" version="0.1" '
        f'byte_order="LittleEndian">\n  <Collection>\n{sets}\n  </Collection>\n</VTKFile>\n')


if __name__ == "__main__":
    for directory in [LEGACY, GRIDS, INDEX]:
        directory.mkdir(exist_ok=True)
    make_legacy()
    make_grids()
    make_index()

#!/usr/bin/env python3
"""Times MEDCoupling and this library on the same meshes, and prints a table with the ratios.

    cargo build --release -p benches --example peer
    python3 -m venv SOMEWHERE && SOMEWHERE/bin/pip install medcoupling
    SOMEWHERE/bin/python benches/peers/medcoupling.py [CASE...] [--runs N] [--peer PATH]

Both use one thread. The two programs take turns: ours, theirs, ours, as often as there are runs, and
each keeps its shortest time, in seconds of the processor, so that what else a machine does counts for
less. Timed is what makes the matrix of two meshes in memory: `prepare` here,
`MEDCouplingRemapper.prepare` there. Of MEDCoupling's cells each is turned first, untimed, as it wants
them. Each sum of overlaps is held against the volume that the two bodies have in common.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

# This file would hide the module that it is named after.
sys.path = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).parent.resolve()]
import medcoupling  # noqa: E402


class Case(NamedTuple):
    exercise: str
    cells: int
    """Grid cells along an edge of the source; fewer than the benches have where MEDCoupling takes minutes."""
    policy: str
    """How MEDCoupling splits hexahedra; of other cells it makes tetrahedra in one way only."""
    runs: int
    target: str
    """What row of the targets it belongs to."""


REAL = 2
"""The size of meshes that have one."""
GENERAL = "GENERAL_24"
PLANAR = "PLANAR_FACE_5"
CASES = {
    "half-shifted": Case("half-shifted", 40, PLANAR, 2, "3: boxes"),
    "sheared": Case("sheared", 40, PLANAR, 2, "1: general hexahedra"),
    "rotated": Case("rotated", 40, PLANAR, 2, "2: both turned"),
    "turned-target": Case("turned-target", 40, PLANAR, 2, "2: target turned"),
    "pins": Case("pins", REAL, PLANAR, 5, "7: real tetrahedra"),
    "tetrahedra": Case("tetrahedra", 16, PLANAR, 3, "7: cube"),
    "warped": Case("warped", 10, GENERAL, 3, "8: warped hexahedra"),
    "polyhedra": Case("polyhedra", 8, PLANAR, 3, "9: lattice"),
    "polyhedra-24": Case("polyhedra", 8, GENERAL, 2, "9: lattice"),
    "polyhedra-swapped": Case("swapped:polyhedra", 8, PLANAR, 2, "9: onto the lattice"),
    "warped-polyhedra": Case("warped-polyhedra", 8, PLANAR, 3, "9: lattice, warped"),
    "dual": Case("dual", REAL, PLANAR, 2, "9: dual of a real mesh"),
    "dual-24": Case("dual", REAL, GENERAL, 2, "9: dual of a real mesh"),
    "dual-swapped": Case("swapped:dual", REAL, PLANAR, 2, "9: onto the dual"),
}


class Result(NamedTuple):
    seconds: float
    entries: int
    sum: float


def read_mesh(directory, name):
    """Reads what `peer export` has written."""
    nodes, cells, index = (np.load(directory / f"{name}_{array}.npy") for array in ("nodes", "cells", "index"))
    ids = {32: np.int32, 64: np.int64}[medcoupling.MEDCouplingSizeOfIDs()]
    mesh = medcoupling.MEDCouplingUMesh(name, 3)
    mesh.setCoords(medcoupling.DataArrayDouble(nodes))
    cells, index = (medcoupling.DataArrayInt(array.astype(ids)) for array in (cells, index))
    mesh.setConnectivity(cells, index, True)
    mesh.checkConsistencyLight()
    mesh.orientCorrectly3DCells()
    return mesh


def time_theirs(meshes, policy):
    remapper = medcoupling.MEDCouplingRemapper()
    remapper.setPrecision(1e-12)
    remapper.setSplittingPolicy(getattr(medcoupling, policy, None) or policy)
    start = time.thread_time()
    remapper.prepare(*meshes, "P0P0")
    seconds = time.thread_time() - start
    matrix = remapper.getCrudeCSRMatrix()
    return Result(seconds, matrix.nnz, math.fsum(matrix.data))


def time_ours(peer, case):
    command = [peer, "time", case.exercise, str(case.cells), "5"]
    output = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return Result(output["seconds"], output["entries"], output["sum"]), output["overlap"]


def run_case(peer, case, runs):
    with tempfile.TemporaryDirectory() as directory:
        command = [peer, "export", case.exercise, str(case.cells), directory]
        subprocess.run(command, check=True)
        meshes = [read_mesh(Path(directory), name) for name in ("source", "target")]
    ours, overlap = [], None
    theirs = []
    for _ in range(runs):
        result, overlap = time_ours(peer, case)
        ours.append(result)
        theirs.append(time_theirs(meshes, case.policy))
    ours.append(time_ours(peer, case)[0])
    return min(ours), min(theirs), overlap


def main():
    root = Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(CASES)}; all by default")
    parser.add_argument("--runs", type=int, help="runs of MEDCoupling per case, otherwise two or three")
    parser.add_argument("--peer", default=str(root / "target/release/examples/peer"), help="this library's side")
    arguments = parser.parse_args()
    unknown = set(arguments.cases) - set(CASES)
    if unknown:
        parser.error(f"no such case: {', '.join(sorted(unknown))}")
    print("| meshes | row | entries | this, ms | µs per entry | MEDCoupling, ms | µs per entry | ratio | splitting | its entries | its sum is off by |")
    print("|---|---|---:|---:|---:|---:|---:|---:|---|---:|---:|", flush=True)
    for name in arguments.cases or CASES:
        case = CASES[name]
        ours, theirs, overlap = run_case(arguments.peer, case, arguments.runs or case.runs)
        per_entry = [1e6 * result.seconds / ours.entries for result in (ours, theirs)]
        print(
            f"| {name}{'' if case.cells == REAL else f' {case.cells}³'} | {case.target} | {ours.entries} | {1e3 * ours.seconds:.1f} | {per_entry[0]:.3f} "
            f"| {1e3 * theirs.seconds:.0f} | {per_entry[1]:.1f} | {theirs.seconds / ours.seconds:.0f} "
            f"| {case.policy} | {theirs.entries} | {theirs.sum / overlap - 1:.0e} |",
            flush=True,
        )


if __name__ == "__main__":
    main()

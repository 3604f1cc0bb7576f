"""Tries every format in every encoding with every tool, both ways; see `run`.

A new format is a line in WRITTEN (files of ours), and functions in MAKERS (files of other tools).
"""

import argparse
import json
import shutil
import subprocess
import sys
import traceback
from pathlib import Path

import matrices
import openers
import makers
from content import difference

# What we write: extension, encoding as the table calls it, arguments of `remap convert`, whether
# polyhedra are written too, and the tools that open it. What is not tried is known not to work:
# meshio knows no LZ4, no VTU of version 2.3, and reads fields of Gmsh 2.2 on cells of one shape only.
WRITTEN = [
    ("vtu", "base64, zlib (default)", "", True, "pyvista meshio"),
    ("vtu", "base64, not compressed", "--compression none", True, "pyvista meshio"),
    ("vtu", "base64, LZ4", "--compression lz4", True, "pyvista"),
    ("vtu", "base64, LZMA", "--compression lzma", True, "pyvista meshio"),
    ("vtu", "digits", "--ascii", True, "pyvista meshio"),
    ("vtu", "raw, zlib", "--raw", True, "pyvista meshio"),
    ("vtu", "raw, not compressed", "--raw --compression none", True, "pyvista meshio"),
    ("vtu", "raw, LZ4", "--raw --compression lz4", True, "pyvista"),
    ("vtu", "raw, LZMA", "--raw --compression lzma", True, "pyvista meshio"),
    ("vtu", "version 2.3", "--format-version 2.3", True, "pyvista"),
    ("vtk", "4.2, binary (default)", "", True, "pyvista meshio"),
    ("vtk", "4.2, digits", "--ascii", True, "pyvista meshio"),
    ("vtk", "5.1, binary", "--format-version 5.1", True, "pyvista meshio"),
    ("vtk", "5.1, digits", "--format-version 5.1 --ascii", True, "pyvista meshio"),
    ("pvtu", "base64, zlib (default)", "", True, "pyvista"),
    ("pvtu", "raw, not compressed", "--raw --compression none", True, "pyvista"),
    ("pvd", "base64, zlib (default)", "", True, "pyvista"),
    ("msh", "4.1, binary (default)", "", False, "gmsh meshio"),
    ("msh", "4.1, digits", "--ascii", False, "gmsh meshio"),
    ("msh", "2.2, binary", "--format-version 2.2", False, "gmsh"),
    ("msh", "2.2, digits", "--format-version 2.2 --ascii", False, "gmsh"),
    ("med", "4.1.0", "", True, "medcoupling gmsh meshio"),
]


class Table:
    """What was tried and what came of it: one row per file, one column per tool."""

    def __init__(self):
        self.rows = []
        self.failures = []
        self.skipped = []

    def add(self, name, tool, reason):
        if reason:
            self.failures.append(f"{name}, {tool}: {reason}")
        row = next((row for row in self.rows if row[0] == name), None)
        if row is None:
            row = (name, {})
            self.rows.append(row)
        row[1][tool] = "FAILED" if reason else "yes"

    def attempt(self, name, tool, function):
        try:
            reason = function()
        except Exception as error:  # Any of theirs.
            where = traceback.extract_tb(error.__traceback__)[-1]
            reason = f"{type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})"
        self.add(name, tool, reason and " ".join(reason.split()))

    def print(self):
        for title, wanted in [("written by us, opened by", True), ("written by, read by us", False)]:
            rows = [row for row in self.rows if row[0].startswith("from") != wanted]
            tools = sorted({tool for _, results in rows for tool in results})
            if not rows:
                continue
            print(f"\n| {title} | " + " | ".join(tools) + " |")
            print("|---" * (len(tools) + 1) + "|")
            for name, results in rows:
                cells = [results.get(tool, "–") for tool in tools]
                print(f"| {name.removeprefix('from ')} | " + " | ".join(cells) + " |")


def run(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip() or f"exit status {done.returncode}")
    return done.stdout


class Ours:
    """Our command and our readers."""

    def __init__(self, remap, reader):
        self.remap, self.reader = remap, reader

    def convert(self, source, target, options):
        run(self.remap, "convert", "--quiet", source, target, *options.split())

    def read(self, path):
        return json.loads(run(self.reader, "read", path))

    def knows(self, folder, extension):
        """Whether this build has the format: a file of it that is not there is then missed."""
        try:
            run(self.reader, "read", folder / f"missing.{extension}")
        except RuntimeError as error:
            return "unknown extension" not in str(error)
        raise AssertionError("a file that is not there was read")


def try_written(ours, folder, table):
    run(ours.reader, "write", folder)
    for extension, encoding, options, polyhedra, tools in WRITTEN:
        if not ours.knows(folder, extension):
            table.skipped.append(f".{extension} {encoding}: this build does not know the format")
            continue
        for mesh in ["standard", "polyhedra"][: 2 if polyhedra else 1]:
            original = ours.read(folder / f"{mesh}.vtu")
            name = f"`.{extension}` {encoding}" + (", with polyhedra" if mesh == "polyhedra" else "")
            place = folder / "written" / f"{mesh} {encoding}.{extension}".replace(",", "")
            place.parent.mkdir(exist_ok=True)
            try:
                ours.convert(folder / f"{mesh}.vtu", place, options)
            except RuntimeError as error:
                # Said by a format that leaves no such choice.
                if "it leaves no choice" in str(error):
                    table.skipped.append(f".{extension} {encoding}: {error}")
                    continue
                table.add(name, "ours", str(error))
                continue
            table.attempt(name, "ours", lambda: difference(original, ours.read(place)))
            for tool in tools.split():
                if mesh == "polyhedra" and tool in openers.NO_POLYHEDRA:
                    continue
                opener = getattr(openers, f"open_with_{tool}")
                table.attempt(name, tool, lambda: difference(original, opener(place)))


def try_made(ours, folder, table):
    made = folder / "made"
    made.mkdir(exist_ok=True)
    for tool, extension, encoding, make in makers.MAKERS:
        if not ours.knows(folder, extension):
            table.skipped.append(f".{extension} of {tool}: this build does not know the format")
            continue
        place = made / f"{tool} {encoding}.{extension}".replace(",", "")

        def attempt():
            expected = make(place)
            return difference(expected, ours.read(place))

        table.attempt(f"from `.{extension}` {encoding}", tool, attempt)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    for name in ["--folder", "--remap", "--reader"]:
        arguments.add_argument(name, type=Path, required=True)
    arguments = arguments.parse_args()
    shutil.rmtree(arguments.folder, ignore_errors=True)
    arguments.folder.mkdir(parents=True)
    ours = Ours(arguments.remap.resolve(), arguments.reader.resolve())
    table = Table()
    try_written(ours, arguments.folder, table)
    try_made(ours, arguments.folder, table)
    matrices.try_all(ours, arguments.folder, table)
    table.print()
    print()
    for reason in table.skipped:
        print(f"SKIPPED: {reason}")
    for reason in table.failures:
        print(f"FAILED: {reason}")
    tried = sum(len(results) for _, results in table.rows)
    print(f"{tried} tried, {len(table.failures)} failed, {len(table.skipped)} skipped")
    sys.exit(1 if table.failures else 0)


if __name__ == "__main__":
    main()

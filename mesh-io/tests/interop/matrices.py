"""Matrix files: ours in SciPy and netCDF4, theirs in our readers."""

import numpy as np
import scipy.io
import scipy.sparse


def entries_of_ours(content):
    return scipy.sparse.csr_matrix(
        (content["values"], (content["rows"], content["columns"])), shape=content["shape"])


def unequal(expected, found):
    """Why two matrices are not the same to the last bit, or nothing."""
    expected, found = expected.tocsr(), found.tocsr()
    if expected.shape != found.shape:
        return f"shape {found.shape}, expected {expected.shape}"
    if expected.nnz != found.nnz or (expected != found).nnz > 0:
        return f"{found.nnz} entries, {(expected != found).nnz} of which differ"
    return None


def weights(file):
    """The weights of an ESMF file, as SciPy and xESMF take them: target = weights @ source."""
    # In the processor's order of bytes: SciPy's netCDF leaves that of the file.
    get = lambda name: np.array(file.variables[name][:]).astype(float)
    rows, columns = len(get("area_b")), len(get("area_a"))
    place = (get("row").astype(int) - 1, get("col").astype(int) - 1)
    return scipy.sparse.coo_matrix((get("S"), place), shape=(rows, columns)).tocsr()


def check_weights(overlaps, file):
    """The weights of an open file against the overlaps: they are divided by the target's volumes, so
    that a field of ones arrives as the covered fraction, and totals are kept."""
    found = weights(file)
    area_a, area_b, frac_a, frac_b = (
        np.array(file.variables[name][:]) for name in ["area_a", "area_b", "frac_a", "frac_b"])
    target = overlaps.copy()
    target.data = overlaps.data / np.repeat(area_b, np.diff(overlaps.indptr))
    if reason := unequal(target, found):
        return reason
    ones = found @ np.ones(found.shape[1])
    if not np.abs(ones - frac_b).max() <= 1e-13:
        return "a field of ones does not arrive as frac_b"
    total = area_b @ (found @ np.arange(found.shape[1]))
    if not abs(total - (frac_a * area_a) @ np.arange(found.shape[1])) <= 1e-12 * abs(total):
        return "a total is not kept"
    return None


def open_scipy_netcdf(path):
    return scipy.io.netcdf_file(path, "r", mmap=False)


def open_netcdf4(path):
    import netCDF4
    return netCDF4.Dataset(path)


def write_netcdf4(file_format, normalization):
    def write(path, matrix, area_a, area_b):
        import netCDF4
        entries = matrix.tocoo()
        sums = np.asarray(matrix.sum(axis=1)).ravel()
        divisor = sums if normalization == "fracarea" else area_b
        with netCDF4.Dataset(path, "w", format=file_format) as file:
            file.normalization = normalization
            for name, length in [("n_a", len(area_a)), ("n_b", len(area_b)), ("n_s", entries.nnz)]:
                file.createDimension(name, length)
            for name, kind, dimension, values in [
                    ("area_a", "f8", "n_a", area_a), ("area_b", "f8", "n_b", area_b),
                    ("frac_b", "f8", "n_b", sums / area_b), ("col", "i4", "n_s", entries.col + 1),
                    ("row", "i4", "n_s", entries.row + 1),
                    ("S", "f8", "n_s", entries.data / divisor[entries.row])]:
                file.createVariable(name, kind, (dimension,))[:] = values
    return write


def try_ours(ours, folder, table, run):
    source, target = folder / "a.vtu", folder / "b.vtu"
    run(ours.remap, "generate", "box", "--quiet", "--cells", "5,4,3", "--jitter", "0.1", "-o", source)
    run(ours.remap, "generate", "box", "--quiet", "--cells", "3,3,3", "--cell-shape", "tet",
        "--origin", "0.25,0,-0.5", "-o", target)
    for extension in ["npz", "mtx", "nc"]:
        path = folder / f"matrix.{extension}"
        run(ours.remap, "prepare", "--quiet", source, target, "-o", path)
        run(ours.remap, "check", "--quiet", path, source, target)
    matrix = entries_of_ours(ours.read(folder / "matrix.npz"))
    for extension, encoding, tool, check in [
            ("npz", "stored", "scipy",
             lambda path: unequal(matrix, scipy.sparse.load_npz(path))),
            ("mtx", "real, general", "scipy",
             lambda path: unequal(matrix, scipy.io.mmread(path).tocsr())),
            ("nc", "64-bit offset", "scipy",
             lambda path: check_weights(matrix, open_scipy_netcdf(path))),
            ("nc", "64-bit offset", "netCDF4",
             lambda path: check_weights(matrix, open_netcdf4(path)))]:
        path = folder / f"matrix.{extension}"
        name = f"`.{extension}` {encoding}"
        table.attempt(name, "ours", lambda: unequal(matrix, entries_of_ours(ours.read(path))))
        table.attempt(name, tool, lambda: check(path))
    return matrix


def try_theirs(ours, folder, table, matrix):
    random = np.random.default_rng(1)
    area_a, area_b = random.random(matrix.shape[1]), random.random(matrix.shape[0])
    # Powers of two: quotients and products are exact.
    exact = 2.0 ** np.floor(np.log2(area_b))
    close = lambda found: not abs(found - matrix).max() <= 1e-15 and "entries differ"
    same = lambda found: unequal(matrix, found)
    makers = [
        ("npz", "stored", "scipy", same,
         lambda path: scipy.sparse.save_npz(path, matrix, compressed=False)),
        ("npz", "deflated", "scipy", same, lambda path: scipy.sparse.save_npz(path, matrix)),
        ("mtx", "real, general", "scipy", same,
         lambda path: scipy.io.mmwrite(path, matrix, precision=17)),
    ]
    for file_format, encoding in [("NETCDF3_CLASSIC", "classic"),
                                  ("NETCDF3_64BIT_OFFSET", "64-bit offset"),
                                  ("NETCDF3_64BIT_DATA", "64-bit data"),
                                  ("NETCDF4", "netCDF-4")]:
        for normalization, areas, check in [("destarea", exact, same), ("fracarea", area_b, close)]:
            write = write_netcdf4(file_format, normalization)
            makers.append(("nc", f"{encoding}, {normalization}", "netCDF4", check,
                           lambda path, write=write, areas=areas: write(path, matrix, area_a, areas)))
    for extension, encoding, tool, check, write in makers:
        path = folder / "made" / f"{tool} {encoding}.{extension}".replace(",", "")

        def attempt():
            write(path)
            return check(entries_of_ours(ours.read(path)))

        table.attempt(f"from `.{extension}` {encoding}", tool, attempt)


def try_all(ours, folder, table):
    from interop import run
    matrix = try_ours(ours, folder, table, run)
    try_theirs(ours, folder, table, matrix)

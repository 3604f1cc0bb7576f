"""Makes the files in weights/ with the netCDF library, and one of matrices/ with NumPy.

Run once, by hand, from this directory; neither building nor testing needs Python. The files that
are checked in were made with netCDF4 1.7.5 (netCDF-C 4.10.1) and NumPy 2.4.6:

    pip install netCDF4 numpy && python make_weights.py

All hold the weights of one raw matrix of overlap volumes, 3 target cells and 4 source cells:

    0.5  0    0.25 0
    0    0    0    0
    0    1.5  0    0.125

with volumes 1, 2, 2 of target cells and 0.5, 2, 0.25, 1 of source cells. All numbers are sums of a
few powers of two, so that products and quotients are exact.
"""

from pathlib import Path

import netCDF4
import numpy as np

WEIGHTS = Path(__file__).parent / "weights"

ROW = np.array([1, 1, 3, 3])
COL = np.array([1, 3, 2, 4])
VOLUME = np.array([0.5, 0.25, 1.5, 0.125])
AREA_A = np.array([0.5, 2.0, 0.25, 1.0])
AREA_B = np.array([1.0, 2.0, 2.0])
FRAC_A = np.array([1.0, 0.75, 1.0, 0.125])
FRAC_B = np.array([0.75, 0.0, 0.8125])


def write(name, *, file_format="NETCDF3_64BIT_OFFSET", normalization="destarea", weights=None,
          order=None, records=False, kind="f8", index="i4", leave_out=(), more=None, **options):
    if weights is None:
        weights = VOLUME / AREA_B[ROW - 1]
    row, col = ROW, COL
    if order is not None:
        row, col, weights = row[order], col[order], weights[order]
    with netCDF4.Dataset(WEIGHTS / f"{name}.nc", "w", format=file_format) as file:
        file.title = "ESMF Offline Regridding Weight Generator"
        if normalization:
            file.normalization = normalization
        file.map_method = "Conservative remapping"
        file.conventions = "NCAR-CSM"
        file.createDimension("n_a", 4)
        file.createDimension("n_b", 3)
        file.createDimension("n_s", None if records else len(row))
        variables = {"area_a": (kind, "n_a", AREA_A), "area_b": (kind, "n_b", AREA_B),
                     "frac_a": (kind, "n_a", FRAC_A), "frac_b": (kind, "n_b", FRAC_B),
                     "mask_a": ("i4", "n_a", np.ones(4)), "mask_b": ("i4", "n_b", np.ones(3)),
                     "col": (index, "n_s", col), "row": (index, "n_s", row),
                     "S": (kind, "n_s", weights), **(more or {})}
        for variable, (dtype, dimension, values) in variables.items():
            if variable not in leave_out:
                file.createVariable(variable, dtype, (dimension,), **options)[:] = values


write("classic", file_format="NETCDF3_CLASSIC")
write("offset")
write("data", file_format="NETCDF3_64BIT_DATA")
write("data_int64", file_format="NETCDF3_64BIT_DATA", index="i8")
write("netcdf4", file_format="NETCDF4")
write("netcdf4_classic_model", file_format="NETCDF4_CLASSIC")
write("netcdf4_deflated", file_format="NETCDF4", zlib=True, shuffle=True, chunksizes=(2,))
write("netcdf4_records", file_format="NETCDF4", records=True)
write("records", records=True)
write("short_records", records=True, index="i2")
write("floats", kind="f4")
write("shuffled", order=[3, 0, 2, 1])
# Applied to a field, these give means over what is covered.
write("fracarea", normalization="fracarea",
      weights=np.array([0.5 / 0.75, 0.25 / 0.75, 1.5 / 1.625, 0.125 / 1.625]))
write("none", normalization="none", weights=VOLUME)
write("no_normalization", normalization=None)
write("no_areas", leave_out=("area_a", "area_b", "frac_a", "frac_b"))
write("none_no_areas", normalization="none", weights=VOLUME,
      leave_out=("area_a", "area_b", "frac_a", "frac_b"))
write("one_record_variable", records=True, leave_out=("col", "row"))

# A matrix of SciPy's with a digest that is not its own.
MATRICES = WEIGHTS.parent / "matrices"
np.savez(MATRICES / "scipy_wrong_digest.npz",
         **np.load(MATRICES / "scipy_stored.npz"), digest=b"0123456789abcdef".rjust(32, b"0"))

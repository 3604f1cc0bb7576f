//! Weight files of ESMF and its kin: netCDF with `col`, `row`, `S`, areas and fractions.
//!
//! | variable | holds |
//! |---|---|
//! | `col(n_s)`, `row(n_s)` | source and target of each weight, from 1 |
//! | `S(n_s)` | the weights: `target[row] += S · source[col]` |
//! | `area_a(n_a)`, `area_b(n_b)` | what source and target cells measure: here, volumes |
//! | `frac_a(n_a)`, `frac_b(n_b)` | the covered fraction of each |
//! | `mask_a(n_a)`, `mask_b(n_b)` | 1 |
//! | `src_grid_dims`, `dst_grid_dims` | the numbers of cells |
//! | `overlap_volume(n_s)` | ours: the entries of the raw matrix, to the last bit |
//! | `part_rows(n_b)` | ours: the row of the whole matrix for each row of a part, from 1 |
//!
//! **What `S` means.** A raw matrix has overlap volumes `V`; the attribute `normalization` says what
//! they were divided by. `destarea`, which is written: `S = V / area_b`. `fracarea`:
//! `S = V / (area_b · frac_b)`. `none`: `S = V`. A file without the attribute is taken for `destarea`,
//! with a note. So a source field of ones arrives as `frac_b`; of cells that are wholly covered, as
//! one.
//!
//! `S · area_b` is `V` only to rounding. Where the file has `overlap_volume` these are read, and
//! `S` has to be their quotients, so that a file whose weights were changed by another program is not
//! read as if nothing had happened.
//!
//! The digest, fingerprints, scheme, locations and part of the matrix are attributes of the file,
//! under the names that they have in [`npz`](crate::npz) files. A dimension of no cells is left
//! out, for the format has none of length 0.

mod error;
mod read;
mod write;

use std::path::Path;

use crate::matrix_file::{MatrixFile, MatrixFormat};
use crate::{ReadError, WriteError, read_file, write_atomically};

pub use error::{EsmfError, WeightsError};
pub use read::read;
pub use write::write;

use write::Weights;

/// ESMF weight files: netCDF.
///
/// The three classic formats and netCDF-4 are read; 64-bit offset is written, and 64-bit data (CDF-5)
/// where a variable has 4 GiB or more.
#[derive(Clone, Copy, Debug, Default)]
pub struct EsmfWeights;

impl MatrixFormat for EsmfWeights {
    fn name(&self) -> &'static str {
        "ESMF weights (netCDF)"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["nc"]
    }

    fn read(&self, path: &Path) -> Result<MatrixFile, ReadError> {
        read(&read_file(path)?).map_err(|source| ReadError::Esmf {
            path: path.to_owned(),
            source: Box::new(source),
        })
    }

    fn write(&self, path: &Path, matrix: &MatrixFile) -> Result<(), WriteError> {
        let weights = Weights::new(matrix).map_err(|source| WriteError::Weights {
            path: path.to_owned(),
            source,
        })?;
        write_atomically(path, |out| weights.write(out))
    }
}

/// How the entries of a raw matrix became weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Normalization {
    /// `S = V / area_b`.
    DestArea,
    /// `S = V / (area_b · frac_b)`.
    FracArea,
    /// `S = V`.
    None,
}

/// The weight of an overlap in a row of this measure.
fn weight(volume: f64, measure: f64) -> f64 {
    volume / measure
}

//! From a raw matrix to weights.

use std::io::{self, Write};
use std::iter;

use mesh_core::Location;

use super::error::WeightsError;
use super::weight;
use crate::labels::Labels;
use crate::matrix_file::MatrixFile;
use crate::netcdf::{Data, NewAttribute, Writer};

/// A matrix that can be written as weights: it has the measures of all rows and columns.
pub(super) struct Weights<'a> {
    file: &'a MatrixFile,
    source_measures: &'a [f64],
    target_measures: &'a [f64],
    source_fractions: Vec<f64>,
    target_fractions: Vec<f64>,
}

/// Writes a matrix and its labels as an ESMF weight file. The same matrix gives the same bytes.
///
/// # Errors
///
/// A matrix without the measures of its rows and columns ([`WeightsError`] inside), or whatever
/// `out` returns.
pub fn write(out: &mut dyn Write, file: &MatrixFile) -> io::Result<()> {
    let weights = Weights::new(file);
    weights
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?
        .write(out)
}

impl<'a> Weights<'a> {
    pub(super) fn new(file: &'a MatrixFile) -> Result<Self, WeightsError> {
        let (rows, columns) = file.matrix.shape();
        let source_measures = measures("source", file.source_measures.as_deref(), columns)?;
        let target_measures = measures("target", file.target_measures.as_deref(), rows)?;
        let (mut row_sums, mut column_sums) = (Vec::with_capacity(rows), vec![0.0; columns]);
        for (row, (entries, &measure)) in
            iter::zip(file.matrix.outer_iterator(), target_measures).enumerate()
        {
            if entries.nnz() > 0 && !(measure > 0.0 && measure.is_finite()) {
                return Err(WeightsError::Measure { row, measure });
            }
            let mut sum = 0.0;
            for (column, value) in entries.iter() {
                sum += value;
                column_sums[column] += value;
            }
            row_sums.push(sum);
        }
        Ok(Self {
            file,
            source_measures,
            target_measures,
            source_fractions: fractions(column_sums, source_measures),
            target_fractions: fractions(row_sums, target_measures),
        })
    }

    /// The file's attributes, as ESMF names them, then our labels.
    fn attributes(&self) -> Vec<(&'static str, NewAttribute)> {
        let file = self.file;
        let is_conservative = [file.source_location, file.target_location] == [Location::Cells; 2];
        let map_method = if is_conservative {
            "Conservative remapping"
        } else {
            "Finite element remapping"
        };
        let provenance = [
            ("title", "remap offline weights"),
            ("normalization", "destarea"),
            ("map_method", map_method),
            ("conventions", "NCAR-CSM"),
            ("created_by", concat!("remap ", env!("CARGO_PKG_VERSION"))),
        ];
        let text = |(name, text): (&'static str, String)| (name, NewAttribute::Text(text));
        let provenance = provenance.map(|(name, value)| text((name, value.to_owned())));
        let mut attributes = Vec::from(provenance);
        attributes.extend(Labels::texts(file).into_iter().map(text));
        if let Some(label) = &file.part {
            for (name, number) in [
                ("part", label.part),
                ("parts", label.parts),
                ("target_rows", label.target_rows),
            ] {
                attributes.push((name, NewAttribute::Number(number)));
            }
        }
        attributes
    }

    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let (rows, columns) = self.file.matrix.shape();
        let mut writer = Writer::new(self.attributes());
        let entries = writer.add_dimension("n_s", self.file.matrix.nnz());
        let source = Side {
            dimension: "n_a",
            variables: ["area_a", "frac_a", "mask_a"],
            rank: "src_grid_rank",
            extent: "src_grid_dims",
            measures: self.source_measures,
            fractions: &self.source_fractions,
        };
        let target = Side {
            dimension: "n_b",
            variables: ["area_b", "frac_b", "mask_b"],
            rank: "dst_grid_rank",
            extent: "dst_grid_dims",
            measures: self.target_measures,
            fractions: &self.target_fractions,
        };
        source.add_to(&mut writer, columns);
        let target_dimension = target.add_to(&mut writer, rows);
        if let (Some(label), Some(dimension)) = (&self.file.part, target_dimension) {
            let ids = Data::ids(from_one(&label.rows), label.target_rows);
            writer.add("part_rows", dimension, &[], ids);
        }
        self.add_entries(&mut writer, entries);
        writer.write(out)
    }

    fn add_entries<'w>(&'w self, writer: &mut Writer<'w>, entries: usize) {
        let matrix = &self.file.matrix;
        let (rows, columns) = matrix.shape();
        let row_of_entry = || {
            let counts = matrix.outer_iterator().map(|row| row.nnz());
            counts
                .enumerate()
                .flat_map(|(row, count)| iter::repeat_n(row, count))
        };
        let column_ids = Data::ids(from_one(matrix.indices()), columns);
        writer.add("col", entries, &[], column_ids);
        let row_ids = Data::ids(row_of_entry().map(|row| row as u64 + 1), rows);
        writer.add("row", entries, &[], row_ids);
        let measures = row_of_entry().map(|row| self.target_measures[row]);
        let weights =
            iter::zip(matrix.data(), measures).map(|(volume, measure)| weight(*volume, measure));
        writer.add("S", entries, &[], Data::doubles(weights));
        let meaning = [("long_name", "S times area_b, to the last bit")];
        let volumes = Data::doubles(matrix.data().iter().copied());
        writer.add("overlap_volume", entries, &meaning, volumes);
    }
}

/// What is written of the cells of one mesh.
struct Side<'a> {
    dimension: &'static str,
    /// Areas, fractions, masks.
    variables: [&'static str; 3],
    /// A dimension of length 1, and the variable on it.
    rank: &'static str,
    extent: &'static str,
    measures: &'a [f64],
    fractions: &'a [f64],
}

impl<'a> Side<'a> {
    /// Adds dimensions and variables; returns the dimension of the cells, where there are any: a
    /// second one of length 0 cannot be written, and what is not there is read as none.
    fn add_to(&self, writer: &mut Writer<'a>, count: usize) -> Option<usize> {
        let rank = writer.add_dimension(self.rank, 1);
        writer.add(
            self.extent,
            rank,
            &[],
            Data::ids(iter::once(count as u64), count),
        );
        if count == 0 {
            return None;
        }
        let cells = writer.add_dimension(self.dimension, count);
        let [area, fraction, mask] = self.variables;
        let meaning = [("long_name", "volume of the cell")];
        let unit = [("units", "unitless")];
        let doubles = |values: &'a [f64]| Data::doubles(values.iter().copied());
        writer.add(area, cells, &meaning, doubles(self.measures));
        writer.add(fraction, cells, &unit, doubles(self.fractions));
        writer.add(mask, cells, &unit, Data::ids(iter::repeat_n(1, count), 1));
        Some(cells)
    }
}

/// Ids as files count them.
fn from_one(ids: &[u32]) -> impl Iterator<Item = u64> {
    ids.iter().map(|id| u64::from(*id) + 1)
}

fn measures<'a>(
    side: &'static str,
    measures: Option<&'a [f64]>,
    expected: usize,
) -> Result<&'a [f64], WeightsError> {
    let measures = measures.ok_or(WeightsError::NoMeasures { side })?;
    if measures.len() != expected {
        return Err(WeightsError::MeasureCount {
            side,
            found: measures.len(),
            expected,
        });
    }
    Ok(measures)
}

/// The covered fraction of each cell; zero for a cell without volume.
fn fractions(mut sums: Vec<f64>, measures: &[f64]) -> Vec<f64> {
    for (sum, &measure) in sums.iter_mut().zip(measures) {
        *sum = if measure > 0.0 { *sum / measure } else { 0.0 };
    }
    sums
}

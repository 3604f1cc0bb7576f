//! From weights to the raw matrix that they were made of.

use mesh_core::CsrMatrix;

use super::error::EsmfError;
use super::{Normalization, weight};
use crate::labels::{Labels, TEXTS};
use crate::matrix_file::{MatrixFile, PartLabel};
use crate::netcdf::{self, Netcdf};
use crate::rows::{Entries, are_plausible};

/// The matrix and its labels in the bytes `file` of a weight file.
///
/// Weights may stand in any order; those that share row and column are added, in the order of the
/// file.
///
/// # Errors
///
/// What is wrong, and where.
pub fn read(file: &[u8]) -> Result<MatrixFile, EsmfError> {
    let file = Weights {
        netcdf: netcdf::open(file)?,
    };
    let mut labels = Labels::default();
    for name in TEXTS {
        if let Some(text) = file.netcdf.text(name)? {
            labels.take(name, &text)?;
        }
    }
    // Ours leave out a dimension of no cells.
    let is_ours = labels.digest.is_some();
    let columns = file.cells("n_a", is_ours)?;
    let rows = file.cells("n_b", is_ours)?;
    let of_rows = file.ids("row", rows)?;
    let of_columns = file.ids("col", columns)?;
    expect_length("col", of_columns.len(), of_rows.len())?;
    let mut weights = file.floats("S", of_rows.len())?;

    labels.source_measures = file.floats_if_there("area_a", columns)?;
    labels.target_measures = file.floats_if_there("area_b", rows)?;
    if is_ours && rows == 0 {
        labels.target_measures = Some(Vec::new());
    }
    if is_ours && columns == 0 {
        labels.source_measures = Some(Vec::new());
    }
    let areas = labels.target_measures.as_deref();
    if let Some(volumes) = file.floats_if_there("overlap_volume", of_rows.len())? {
        let areas = areas.ok_or(EsmfError::NoAreas { name: "area_b" })?;
        check_weights(&weights, &volumes, &of_rows, areas)?;
        weights = volumes;
    } else {
        let normalization = file.normalization(&mut labels.notes)?;
        file.to_volumes(&mut weights, &of_rows, normalization, areas)?;
    }
    if areas.is_none() && !are_plausible(rows, of_rows.len()) {
        let entries = of_rows.len();
        return Err(EsmfError::EmptyRows { rows, entries });
    }
    let shape = (rows, columns);
    let matrix = Entries::gather(shape, &of_rows, of_columns, weights).into_matrix()?;
    labels.part = file.part(&matrix)?;
    Ok(labels.attach(matrix))
}

struct Weights<'a> {
    netcdf: Box<dyn Netcdf + 'a>,
}

impl Weights<'_> {
    fn cells(&self, name: &'static str, is_ours: bool) -> Result<usize, EsmfError> {
        let what = "dimension";
        let found = match self.netcdf.dimension(name)? {
            Some(found) => found,
            None if is_ours => 0,
            None => return Err(EsmfError::Missing { what, name }),
        };
        let count = u32::try_from(found).map_err(|_| EsmfError::TooLarge { name, found })?;
        Ok(count as usize)
    }

    /// Ids of the file, which count from 1, counted from 0.
    fn ids(&self, name: &'static str, count: usize) -> Result<Vec<u32>, EsmfError> {
        let what = "variable";
        let ids = self.netcdf.ids(name, count as u32)?;
        ids.ok_or(EsmfError::Missing { what, name })
    }

    fn floats(&self, name: &'static str, expected: usize) -> Result<Vec<f64>, EsmfError> {
        let what = "variable";
        let values = self.floats_if_there(name, expected)?;
        values.ok_or(EsmfError::Missing { what, name })
    }

    fn floats_if_there(
        &self,
        name: &'static str,
        expected: usize,
    ) -> Result<Option<Vec<f64>>, EsmfError> {
        let values = self.netcdf.floats(name)?;
        if let Some(values) = &values {
            expect_length(name, values.len(), expected)?;
        }
        Ok(values)
    }

    fn normalization(&self, notes: &mut Vec<String>) -> Result<Normalization, EsmfError> {
        let Some(found) = self.netcdf.text("normalization")? else {
            notes.push(
                "does not say how its weights are normalized: taken for destarea, weights times \
                 area_b are the overlaps"
                    .to_owned(),
            );
            return Ok(Normalization::DestArea);
        };
        match found.to_ascii_lowercase().as_str() {
            "destarea" | "dstarea" => Ok(Normalization::DestArea),
            "fracarea" => Ok(Normalization::FracArea),
            "none" => Ok(Normalization::None),
            _ => Err(EsmfError::Normalization {
                found: crate::shorten(&found),
            }),
        }
    }

    /// Multiplies weights by what they were divided by.
    fn to_volumes(
        &self,
        weights: &mut [f64],
        of_rows: &[u32],
        normalization: Normalization,
        areas: Option<&[f64]>,
    ) -> Result<(), EsmfError> {
        if normalization == Normalization::None {
            return Ok(());
        }
        let areas = areas.ok_or(EsmfError::NoAreas { name: "area_b" })?;
        let fractions = match normalization {
            Normalization::FracArea => {
                let fractions = self.floats_if_there("frac_b", areas.len())?;
                Some(fractions.ok_or(EsmfError::NoAreas { name: "frac_b" })?)
            }
            _ => None,
        };
        let factor = |name, values: &[f64], row: u32| match values.get(row as usize) {
            Some(&value) if value > 0.0 && value.is_finite() => Ok(value),
            area => Err(EsmfError::Area {
                name,
                row,
                area: area.copied().unwrap_or(f64::NAN),
            }),
        };
        for (weight, &row) in weights.iter_mut().zip(of_rows) {
            *weight *= factor("area_b", areas, row)?;
            if let Some(fractions) = &fractions {
                *weight *= factor("frac_b", fractions, row)?;
            }
        }
        Ok(())
    }

    fn part(&self, matrix: &CsrMatrix) -> Result<Option<PartLabel>, EsmfError> {
        let Some(part) = self.netcdf.number("part")? else {
            return Ok(None);
        };
        let number = |name| {
            let number = self.netcdf.number(name)?;
            let number = number.ok_or(EsmfError::Part { name })?;
            let found = u32::try_from(number);
            found.map_err(|_| EsmfError::TooLarge {
                name,
                found: number,
            })
        };
        let (parts, target_rows) = (number("parts")?, number("target_rows")?);
        let rows = match matrix.rows() {
            0 => Vec::new(),
            _ => self.ids("part_rows", target_rows as usize)?,
        };
        expect_length("part_rows", rows.len(), matrix.rows())?;
        Ok(Some(PartLabel {
            part: part as usize,
            parts: parts as usize,
            rows,
            target_rows: target_rows as usize,
        }))
    }
}

/// Checks that the weights are the quotients of the overlaps, to the last bit.
fn check_weights(
    weights: &[f64],
    volumes: &[f64],
    of_rows: &[u32],
    areas: &[f64],
) -> Result<(), EsmfError> {
    let entries = weights.iter().zip(volumes).zip(of_rows).enumerate();
    for (index, ((&found, &volume), &row)) in entries {
        let area = areas.get(row as usize).copied().unwrap_or(f64::NAN);
        let expected = weight(volume, area);
        if found.to_bits() != expected.to_bits() {
            return Err(EsmfError::Weight {
                index,
                weight: found,
                expected,
            });
        }
    }
    Ok(())
}

fn expect_length(name: &'static str, found: usize, expected: usize) -> Result<(), EsmfError> {
    if found == expected {
        Ok(())
    } else {
        Err(EsmfError::Length {
            name,
            found,
            expected,
        })
    }
}

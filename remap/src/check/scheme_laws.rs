//! The laws of schemes: what a matrix owes to whoever made it, for tests of schemes anywhere.

use std::fmt;

use mesh_core::{CellId, DataArray, Location, Point3, UnstructuredMesh, Vector3};
use rayon::ThreadPoolBuilder;

use super::allowed_deviation;
use crate::error::PrepareError;
use crate::matrix_scheme::MatrixScheme;
use crate::operator::{Nature, RemapOperator};
use crate::overlap_matrix::OverlapMatrix;
use crate::prepare::prepare;
use crate::schemes::{P0P0, P0P1, P1P0};

/// A law that the matrices of a scheme may keep. The first five every scheme has to keep; the others
/// are what a scheme is chosen for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Law {
    /// The matrix has the same bits for any number of threads.
    Threads,
    /// The rows of a part of the target have the same bits as those of the whole; for rows of cells.
    Parts,
    /// The order in which cells are numbered changes nothing but rounding.
    Numbering,
    /// Where the meshes lie changes nothing but rounding.
    Translation,
    /// The unit of length changes nothing but a common factor.
    Scaling,
    /// No entry is negative: with intensive natures no value is beyond those it is made of.
    Bounds,
    /// Rows sum to the covered volumes of target cells or nodes: constants stay constant with
    /// [`Nature::IntensiveConservation`] where all is covered, as with
    /// [`Nature::IntensiveMaximum`] everywhere.
    Constants,
    /// Columns sum to the covered volumes of source cells or nodes: integrals and totals are kept.
    Totals,
    /// Linear fields come out exact where a target cell or the cells around a node are wholly covered.
    LinearFields,
    /// The matrix of the meshes exchanged is the transpose; for rows and columns of the same kind.
    Symmetry,
}

/// What was found of one law.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Finding {
    /// The law.
    pub law: Law,
    /// The largest relative deviation.
    pub worst: f64,
    /// What the rounding of the meshes' coordinates allows.
    pub allowed: f64,
}

impl Finding {
    /// Returns whether the law holds; not so if the deviation is not a number.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.worst <= self.allowed
    }
}

/// What [`laws_of_scheme`] found.
#[derive(Debug, Clone, PartialEq)]
pub struct SchemeReport {
    /// One for each law that applies.
    pub findings: Vec<Finding>,
}

impl SchemeReport {
    /// Returns the laws that do not hold.
    #[must_use]
    pub fn broken(&self) -> Vec<Law> {
        let broken = self.findings.iter().filter(|finding| !finding.holds());
        broken.map(|finding| finding.law).collect()
    }
}

impl fmt::Display for SchemeReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            let verdict = if finding.holds() { "holds" } else { "broken" };
            let Finding {
                law,
                worst,
                allowed,
            } = finding;
            let law = format!("{law:?}");
            writeln!(
                f,
                "{law:12} {verdict:6} worst {worst:.1e}, allowed {allowed:.1e}"
            )?;
        }
        Ok(())
    }
}

/// Holds a scheme against the laws, on two meshes.
///
/// `make` makes the scheme for two meshes: it is called again for these meshes moved, scaled, cut to
/// parts and with their cells in another order. Take small meshes of several shapes, that do not fit
/// each other, and source meshes that cover the target wholly and partly: some tens of cells are
/// enough, and a law that does not hold shows. Then say in a test which laws the scheme breaks, if any:
///
/// ```
/// use mesh_core::{BoxCellShape, BoxMesh};
/// use remap::P0P0;
/// use remap::check::{Law, laws_of_scheme};
///
/// let mesh = |shape, cells, seed| BoxMesh { shape, jitter: 0.2, seed, ..BoxMesh::unit([cells; 3]) };
/// let source = mesh(BoxCellShape::Hexahedron, 3, 1).generate()?;
/// let target = mesh(BoxCellShape::Tetrahedron, 2, 2).generate()?;
///
/// let report = laws_of_scheme(|_, _| P0P0, &source, &target)?;
/// assert_eq!(report.broken(), [Law::LinearFields], "{report}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Cost: the matrix is prepared eight times, and that of an overlap scheme three times.
///
/// # Errors
///
/// If the scheme makes no matrix of one of the pairs of meshes.
pub fn laws_of_scheme<S: MatrixScheme>(
    make: impl Fn(&UnstructuredMesh, &UnstructuredMesh) -> S + Sync,
    source: &UnstructuredMesh,
    target: &UnstructuredMesh,
) -> Result<SchemeReport, PrepareError> {
    let prepare = |source: &UnstructuredMesh, target: &UnstructuredMesh| {
        let scheme = make(source, target);
        let preparation = scheme.prepare_matrix(source, target, &|_| {})?;
        Ok(preparation.matrix)
    };
    let trial = Trial {
        prepare: &prepare,
        source,
        target,
        matrix: prepare(source, target)?,
        rounding: rounding(source).max(rounding(target)),
    };
    let laws = [
        trial.threads()?,
        trial.parts()?,
        trial.numbering()?,
        trial.translation()?,
        trial.scaling()?,
        Some(trial.bounds()),
        Some(trial.constants()?),
        Some(trial.totals()?),
        trial.linear_fields()?,
        trial.symmetry()?,
    ];
    Ok(SchemeReport {
        findings: laws.into_iter().flatten().collect(),
    })
}

/// Makes the matrix of a scheme.
type Prepare<'a> = &'a (dyn Fn(&UnstructuredMesh, &UnstructuredMesh) -> Outcome + Sync);
type Outcome = Result<OverlapMatrix, PrepareError>;

/// What is found of a law; none where it does not apply.
type Found = Result<Option<Finding>, PrepareError>;

struct Trial<'a> {
    prepare: Prepare<'a>,
    source: &'a UnstructuredMesh,
    target: &'a UnstructuredMesh,
    matrix: OverlapMatrix,
    /// What the rounding of the coordinates allows of a volume, relatively.
    rounding: f64,
}

impl Trial<'_> {
    /// A finding that allows rounding, some times over: it adds up in a row.
    fn finding(&self, law: Law, worst: f64) -> Finding {
        let allowed = 4.0 * self.rounding;
        Finding {
            law,
            worst,
            allowed,
        }
    }

    fn threads(&self) -> Found {
        let mut worst = 0.0;
        for threads in 1..=3 {
            let Ok(pool) = ThreadPoolBuilder::new().num_threads(threads).build() else {
                continue;
            };
            let matrix = pool.install(|| (self.prepare)(self.source, self.target))?;
            worst = larger(worst, difference_in_bits(&self.matrix, &matrix));
        }
        Ok(Some(exact(Law::Threads, worst)))
    }

    fn parts(&self) -> Found {
        if self.matrix.target_location() != Location::Cells {
            return Ok(None);
        }
        let chosen: Vec<CellId> = self.target.cell_ids().step_by(2).collect();
        let Ok(part) = self.target.extract(&chosen) else {
            return Ok(None);
        };
        let rows = (self.prepare)(self.source, &part)?;
        let whole = self.matrix.matrix();
        let same = rows
            .matrix()
            .outer_iterator()
            .zip(&chosen)
            .all(|(row, cell)| {
                whole.outer_view(cell.index()).is_some_and(|expected| {
                    let bits = |values: &[f64]| -> Vec<u64> {
                        values.iter().map(|value| value.to_bits()).collect()
                    };
                    row.indices() == expected.indices() && bits(row.data()) == bits(expected.data())
                })
            });
        let worst = if same { 0.0 } else { f64::INFINITY };
        Ok(Some(exact(Law::Parts, worst)))
    }

    fn numbering(&self) -> Found {
        let [of_source, of_target] = [self.source, self.target].map(scattered);
        let [source, target] = [(self.source, &of_source), (self.target, &of_target)]
            .map(|(mesh, order)| mesh.extract_keeping_nodes(order));
        let (Ok(source), Ok(target)) = (source, target) else {
            return Ok(None);
        };
        let found = (self.prepare)(&source, &target)?;
        let place = |location, order: &[CellId], index: usize| match location {
            Location::Cells => order[index].index(),
            Location::Nodes => index,
        };
        let (from, to) = (found.source_location(), found.target_location());
        let found = entries(&found).map(|(row, column, value)| {
            let place = (place(to, &of_target, row), place(from, &of_source, column));
            (place.0, place.1, value)
        });
        let worst = self.difference(found, 1.0);
        Ok(Some(self.finding(Law::Numbering, worst)))
    }

    fn translation(&self) -> Found {
        let bounds = self.source.bounds().union(&self.target.bounds());
        let offset = 2.0 * bounds.extent();
        let moved = [self.source, self.target].map(|mesh| mesh.translate(&offset));
        let [Ok(source), Ok(target)] = moved else {
            return Ok(None);
        };
        let found = (self.prepare)(&source, &target)?;
        let worst = self.difference(entries(&found), 1.0);
        let allowed = 8.0 * rounding(&source).max(rounding(&target));
        let law = Law::Translation;
        Ok(Some(Finding {
            law,
            worst,
            allowed,
        }))
    }

    fn scaling(&self) -> Found {
        let scaled = [self.source, self.target].map(|mesh| mesh.scale(&Vector3::repeat(2.0)));
        let [Ok(source), Ok(target)] = scaled else {
            return Ok(None);
        };
        let found = (self.prepare)(&source, &target)?;
        let (before, after) = (self.matrix.sum(), found.sum());
        let factor = if after == before { 1.0 } else { before / after };
        let worst = self.difference(entries(&found), factor);
        Ok(Some(self.finding(Law::Scaling, worst)))
    }

    fn bounds(&self) -> Finding {
        let values = self.matrix.matrix().data().iter();
        let sizes = self.row_sizes();
        let rows = entries(&self.matrix).map(|(row, _, _)| row);
        let worst = values.zip(rows).fold(0.0, |worst, (&value, row)| {
            larger(
                worst,
                if value >= 0.0 {
                    0.0
                } else {
                    -value / sizes[row]
                },
            )
        });
        exact(Law::Bounds, worst)
    }

    fn constants(&self) -> Result<Finding, PrepareError> {
        let expected = match self.matrix.target_location() {
            Location::Cells => prepare(self.source, self.target, &P0P0)?,
            Location::Nodes => prepare(self.source, self.target, &P0P1)?,
        };
        let measures = self.target.measures_on(self.matrix.target_location());
        let worst = worst_sum(&self.matrix.row_sums(), &expected.row_sums(), &measures);
        Ok(self.finding(Law::Constants, worst))
    }

    fn totals(&self) -> Result<Finding, PrepareError> {
        let expected = match self.matrix.source_location() {
            Location::Cells => prepare(self.source, self.target, &P0P0)?,
            Location::Nodes => prepare(self.source, self.target, &P1P0)?,
        };
        let measures = self.source.measures_on(self.matrix.source_location());
        let sums = (self.matrix.column_sums(), expected.column_sums());
        let worst = worst_sum(&sums.0, &sums.1, &measures);
        Ok(self.finding(Law::Totals, worst))
    }

    fn linear_fields(&self) -> Found {
        let (source, target) = (self.source, self.target);
        let nature = Nature::IntensiveMaximum;
        let Ok(operator) = RemapOperator::new(&self.matrix, source, target, nature) else {
            return Ok(None);
        };
        let location = self.matrix.target_location();
        let covered = match location {
            Location::Cells => prepare(source, target, &P0P0)?,
            Location::Nodes => prepare(source, target, &P0P1)?,
        };
        let bounds = source.bounds().union(&target.bounds());
        let size = bounds.extent().max();
        let field = |point: &Point3| Vector3::new(1.0, -2.0, 0.5).dot(&(point - bounds.min)) / size;
        let places = |mesh: &UnstructuredMesh, location| match location {
            Location::Cells => mesh.centroids(),
            Location::Nodes => mesh.nodes().to_vec(),
        };
        let values = places(source, self.matrix.source_location());
        let values = DataArray::scalars(values.iter().map(field).collect());
        let Ok(carried) = operator.apply(&values, f64::NAN) else {
            return Ok(None);
        };
        let measures = target.measures_on(location);
        let places = places(target, location);
        let covered = covered.row_sums();
        let worst = (0..places.len()).fold(0.0, |worst, index| {
            let missing = measures[index] - covered[index];
            if measures[index] > 0.0 && missing <= 4.0 * self.rounding * measures[index] {
                let error = carried.values()[index] - field(&places[index]);
                larger(worst, error.abs())
            } else {
                worst
            }
        });
        Ok(Some(self.finding(Law::LinearFields, worst)))
    }

    fn symmetry(&self) -> Found {
        if self.matrix.source_location() != self.matrix.target_location() {
            return Ok(None);
        }
        let back = (self.prepare)(self.target, self.source)?.transpose();
        let worst = self.difference(entries(&back), 1.0);
        Ok(Some(self.finding(Law::Symmetry, worst)))
    }

    /// The largest difference of a row's entries from others times a factor: the sum over the row,
    /// relative to the row.
    fn difference(&self, others: impl Iterator<Item = (usize, usize, f64)>, factor: f64) -> f64 {
        let columns = self.matrix.matrix().cols();
        let all = entries(&self.matrix)
            .chain(others.map(|(row, column, value)| (row, column, -factor * value)));
        let mut all: Vec<_> = all
            .map(|(row, column, value)| (row * columns + column, row, value))
            .collect();
        all.sort_by_key(|&(place, _, _)| place);
        let sizes = self.row_sizes();
        let mut apart = vec![0.0; sizes.len()];
        for same in all.chunk_by(|one, other| one.0 == other.0) {
            apart[same[0].1] += same.iter().map(|entry| entry.2).sum::<f64>().abs();
        }
        apart.iter().zip(&sizes).fold(0.0, |worst, (apart, size)| {
            larger(worst, if *apart == 0.0 { 0.0 } else { apart / size })
        })
    }

    /// The sum of the absolute values of each row, and at least a thousandth of the largest: what
    /// comes and goes with rounding where a cell is hardly touched is no row of its own.
    fn row_sizes(&self) -> Vec<f64> {
        let rows = self.matrix.matrix().outer_iterator();
        let sums: Vec<f64> = rows
            .map(|row| row.data().iter().map(|value| value.abs()).sum())
            .collect();
        let largest = sums.iter().copied().fold(0.0, f64::max);
        sums.iter().map(|sum| sum.max(1e-3 * largest)).collect()
    }
}

/// A finding that allows nothing.
fn exact(law: Law, worst: f64) -> Finding {
    Finding {
        law,
        worst,
        allowed: 0.0,
    }
}

fn entries(matrix: &OverlapMatrix) -> impl Iterator<Item = (usize, usize, f64)> {
    let rows = matrix.matrix().outer_iterator().enumerate();
    rows.flat_map(|(row, entries)| {
        let columns = entries.indices().to_vec().into_iter();
        let values = entries.data().to_vec();
        columns
            .zip(values)
            .map(move |(column, value)| (row, column as usize, value))
    })
}

/// Zero where two matrices have the same bits, else infinite.
fn difference_in_bits(one: &OverlapMatrix, other: &OverlapMatrix) -> f64 {
    if one.digest() == other.digest() {
        0.0
    } else {
        f64::INFINITY
    }
}

/// The largest deviation of sums from what they should be, relative to the measures; of what has none,
/// to nothing.
fn worst_sum(sums: &[f64], expected: &[f64], measures: &[f64]) -> f64 {
    let pairs = sums.iter().zip(expected).zip(measures);
    pairs.fold(0.0, |worst, ((sum, expected), measure)| {
        let apart = (sum - expected).abs();
        larger(
            worst,
            if apart == 0.0 {
                0.0
            } else {
                apart / measure.abs()
            },
        )
    })
}

/// The larger of two, or not a number if one of them is.
fn larger(one: f64, other: f64) -> f64 {
    if one >= other || one.is_nan() {
        one
    } else {
        other
    }
}

/// All cells of a mesh in an order that has little to do with their numbers.
fn scattered(mesh: &UnstructuredMesh) -> Vec<CellId> {
    let count = mesh.cell_count();
    // A step without a common divisor visits every cell once.
    let step = (count / 3..count).find(|&step| common_divisor(step, count) == 1);
    let step = step.unwrap_or(1);
    let order = (0..count).map(|place| (place * step + count / 2) % count);
    order.map(|cell| CellId::new(cell as u32)).collect()
}

fn common_divisor(one: usize, other: usize) -> usize {
    if other == 0 {
        one
    } else {
        common_divisor(other, one % other)
    }
}

/// The largest relative deviation that rounding allows of the volume of a cell.
fn rounding(mesh: &UnstructuredMesh) -> f64 {
    let cells = mesh.cell_ids().filter(|&cell| mesh.measure(cell) > 0.0);
    cells
        .map(|cell| allowed_deviation(&mesh.cell_bounds(cell), mesh.measure(cell)))
        .fold(0.0, f64::max)
}

//! What commands that make a matrix report, as the command line promises it to scripts.

use std::time::Instant;

use mesh_core::{Digest, UnstructuredMesh, compensated_sum};
use remap::OverlapMatrix;
use serde::Serialize;

use crate::output::{count_of, number, table_of_facts};

/// Wall time of the stages, in seconds. Search and intersection may run as one: then the time of
/// both is that of the intersection.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Seconds {
    pub(crate) read: f64,
    pub(crate) search: f64,
    pub(crate) intersect: f64,
    pub(crate) assemble: f64,
    /// Applying the matrix to fields; not there where no field is transferred.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) apply: Option<f64>,
    /// Sums, volumes and the digest: what is said of the matrix.
    pub(crate) report: f64,
    pub(crate) write: f64,
    pub(crate) total: f64,
}

impl Seconds {
    /// With the time of a preparation.
    pub(crate) fn preparing(&mut self, seconds: remap::Seconds) {
        self.search = seconds.search;
        self.intersect = seconds.intersect;
        self.assemble = seconds.assemble;
    }

    /// With the whole time since `start`.
    pub(crate) fn since(self, start: Instant) -> Seconds {
        Seconds {
            total: start.elapsed().as_secs_f64(),
            ..self
        }
    }
}

/// What is said of any matrix, found in one go.
pub(crate) struct MatrixFacts {
    source_cells: usize,
    target_cells: usize,
    nonzeros: usize,
    digest: Digest,
    /// Sum of all entries.
    pub(crate) sum: f64,
    /// Target cells without an entry.
    pub(crate) empty_rows: usize,
}

impl MatrixFacts {
    /// The facts of a matrix.
    pub(crate) fn new(matrix: &OverlapMatrix) -> MatrixFacts {
        let (target_cells, source_cells) = matrix.matrix().shape();
        // Sum and digest both go through all entries, one after the other.
        let (digest, sum) = rayon::join(|| matrix.digest(), || matrix.sum());
        let rows = matrix.matrix().outer_iterator();
        MatrixFacts {
            source_cells,
            target_cells,
            nonzeros: matrix.nonzeros(),
            digest,
            sum,
            empty_rows: rows.filter(|row| row.nnz() == 0).count(),
        }
    }
}

/// What is kept of the volumes.
#[derive(Debug, Serialize)]
pub(crate) struct Volumes {
    /// Volume of the source mesh.
    pub(crate) source_volume: f64,
    /// Volume of the target mesh (of the part, where only a part was prepared).
    pub(crate) target_volume: f64,
    /// Sum of all entries.
    pub(crate) overlap_volume: f64,
    /// Target cells without an entry.
    pub(crate) uncovered_target_cells: usize,
}

impl Volumes {
    /// The volumes of two meshes and of their overlaps; no target is an empty part of one.
    pub(crate) fn new(
        matrix: &MatrixFacts,
        source: &UnstructuredMesh,
        target: Option<&UnstructuredMesh>,
    ) -> Volumes {
        Measures::new(source, target).volumes(matrix)
    }
}

impl Volumes {
    /// What of the meshes is covered, for eyes, where the entries are volumes of overlaps; of the source nothing where
    /// only a part of the target was asked for.
    pub(crate) fn coverage_facts(
        &self,
        is_part: bool,
    ) -> impl Iterator<Item = (&'static str, String)> + use<> {
        let percent = |volume: f64| {
            format!(
                "{:.4} % of its volume",
                100.0 * self.overlap_volume / volume
            )
        };
        let uncovered = match self.uncovered_target_cells {
            0 => String::new(),
            cells => format!("; of {} nothing", count_of(cells, "cell")),
        };
        let target = format!("{}{uncovered}", percent(self.target_volume));
        let source = (!is_part).then(|| ("source covered", percent(self.source_volume)));
        [("target covered", target)].into_iter().chain(source)
    }
}

/// The volumes of all cells of two meshes.
pub(crate) struct Measures {
    pub(crate) source: Vec<f64>,
    pub(crate) target: Vec<f64>,
}

impl Measures {
    /// The volumes of the cells; no target is an empty part of one.
    pub(crate) fn new(source: &UnstructuredMesh, target: Option<&UnstructuredMesh>) -> Measures {
        let (source, target) = rayon::join(
            || source.measures(),
            || target.map_or_else(Vec::new, UnstructuredMesh::measures),
        );
        Measures { source, target }
    }

    /// Their sums, with what is known of the matrix.
    pub(crate) fn volumes(&self, matrix: &MatrixFacts) -> Volumes {
        let sum = |volumes: &[f64]| compensated_sum(volumes.iter().copied());
        Volumes {
            source_volume: sum(&self.source),
            target_volume: sum(&self.target),
            overlap_volume: matrix.sum,
            uncovered_target_cells: matrix.empty_rows,
        }
    }
}

/// Which part of a matrix was made.
#[derive(Debug, Serialize)]
pub(crate) struct PartReport {
    /// Counted from 0.
    pub(crate) part: usize,
    pub(crate) parts: usize,
    /// Rows of the whole matrix.
    pub(crate) target_cells_in_all: usize,
}

impl PartReport {
    /// Which part, for eyes.
    fn fact(&self) -> (&'static str, String) {
        let Self {
            part,
            parts,
            target_cells_in_all,
        } = self;
        let text = format!(
            "{part}/{parts} of {}",
            count_of(*target_cells_in_all, "target cell")
        );
        ("part", text)
    }
}

/// The report of `prepare`, `merge` and `transfer`.
#[derive(Debug, Serialize)]
pub(crate) struct MatrixReport<C: Serialize> {
    pub(crate) source_cells: usize,
    pub(crate) target_cells: usize,
    pub(crate) nonzeros: usize,
    pub(crate) threads: usize,
    pub(crate) sum: f64,
    pub(crate) digest: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) part: Option<PartReport>,
    pub(crate) seconds: Seconds,
    pub(crate) conservation: C,
}

impl<C: Serialize> MatrixReport<C> {
    /// The report of a matrix.
    pub(crate) fn new(matrix: &MatrixFacts, seconds: Seconds, conservation: C) -> Self {
        MatrixReport {
            source_cells: matrix.source_cells,
            target_cells: matrix.target_cells,
            nonzeros: matrix.nonzeros,
            threads: rayon::current_num_threads(),
            sum: matrix.sum,
            digest: matrix.digest.to_string(),
            part: None,
            seconds,
            conservation,
        }
    }

    /// The report for eyes.
    pub(crate) fn table(&self) -> String {
        self.table_with([])
    }

    /// The report for eyes, with more facts.
    pub(crate) fn table_with(
        &self,
        more: impl IntoIterator<Item = (&'static str, String)>,
    ) -> String {
        let Seconds {
            read,
            search,
            intersect,
            assemble,
            apply,
            write,
            total,
            ..
        } = self.seconds;
        let work = search + intersect + assemble + apply.unwrap_or(0.0);
        let part = self.part.as_ref().map(PartReport::fact);
        let of_matrix = [
            ("source cells", self.source_cells.to_string()),
            ("target cells", self.target_cells.to_string()),
            ("entries", self.nonzeros.to_string()),
            ("sum of entries", number(self.sum)),
        ];
        let of_job = [
            ("digest", self.digest.clone()),
            ("threads", self.threads.to_string()),
            (
                "seconds",
                format!("{total:.3} (read {read:.3}, compute {work:.3}, write {write:.3})"),
            ),
        ];
        let facts = part.into_iter().chain(of_matrix);
        table_of_facts(facts.chain(more).chain(of_job))
    }
}

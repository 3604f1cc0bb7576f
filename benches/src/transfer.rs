//! What a transfer of a field is compared with: the plainest product of a sparse matrix and a vector.

use mesh_core::{CsrMatrix, DataArray, UnstructuredMesh};
use rayon::prelude::*;

/// Multiplies a matrix with a vector, row by row, on one thread.
///
/// # Panics
///
/// If a column has no value.
pub fn plain_product(matrix: &CsrMatrix, values: &[f64], result: &mut [f64]) {
    let index_pointers = matrix.indptr();
    let offsets = index_pointers.raw_storage();
    let (columns, entries) = (matrix.indices(), matrix.data());
    for (place, ends) in result.iter_mut().zip(offsets.windows(2)) {
        let entries = &entries[ends[0]..ends[1]];
        let columns = &columns[ends[0]..ends[1]];
        let mut sum = 0.0;
        for (&column, entry) in columns.iter().zip(entries) {
            sum += entry * values[column as usize];
        }
        *place = sum;
    }
}

/// The same on all threads of the pool that it is called in.
///
/// # Panics
///
/// If a column has no value.
pub fn plain_parallel_product(matrix: &CsrMatrix, values: &[f64], result: &mut [f64]) {
    let index_pointers = matrix.indptr();
    let offsets = index_pointers.raw_storage();
    let (columns, entries) = (matrix.indices(), matrix.data());
    let rows = result.par_iter_mut().with_min_len(1024).enumerate();
    rows.for_each(|(row, place)| {
        let ends = offsets[row]..offsets[row + 1];
        let entries = columns[ends.clone()].iter().zip(&entries[ends]);
        *place = entries
            .map(|(&column, entry)| entry * values[column as usize])
            .sum();
    });
}

/// A field of so many components that is smooth and different in each.
///
/// # Panics
///
/// If there are no components.
#[must_use]
pub fn smooth_field(mesh: &UnstructuredMesh, components: usize) -> DataArray<f64> {
    let centroids = mesh.centroids();
    let values = centroids.iter().flat_map(|place| {
        (0..components)
            .map(move |component| 300.0 + place.x + (component + 1) as f64 * place.y * place.z)
    });
    let names = (0..components).map(|component| format!("component {component}"));
    DataArray::new(names, values.collect()).expect("one value for each component")
}

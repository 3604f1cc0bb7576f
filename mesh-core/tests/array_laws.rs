//! Laws of data arrays, slices, counts and offsets.

use mesh_core::{DataArray, counts_from_offsets, offsets_from_counts, slice_of_range};
use proptest::prelude::*;

/// A failing case is printed; it becomes a test with a name of its own.
fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn slices_cover_a_range_exactly_once(count in 0_usize..5000, slices in 1_usize..200) {
        let mut next = 0;
        for slice in 0..slices {
            let range = slice_of_range(count, slice, slices).unwrap();
            prop_assert_eq!(range.start, next);
            prop_assert!(range.len() == count / slices || range.len() == count / slices + 1);
            next = range.end;
        }
        prop_assert_eq!(next, count);
    }

    #[test]
    fn slices_of_an_array_put_together_are_the_array(
        values in proptest::collection::vec(any::<i64>(), 0..60),
        slices in 1_usize..10,
    ) {
        let tuples = values.len() / 2;
        let array = DataArray::new(["a", "b"], values[..2 * tuples].to_vec()).unwrap();
        let mut together = Vec::new();
        for slice in 0..slices {
            together.extend_from_slice(array.slice_of(slice, slices).unwrap().values());
        }
        prop_assert_eq!(together.as_slice(), array.values());
    }

    #[test]
    fn counts_and_offsets_are_inverse(counts in proptest::collection::vec(0_usize..1000, 0..50)) {
        let offsets = offsets_from_counts(&counts).unwrap();
        prop_assert_eq!(offsets.last().copied(), Some(counts.iter().sum()));
        prop_assert_eq!(counts_from_offsets(&offsets).unwrap(), counts);
    }

    #[test]
    fn scattering_what_was_gathered_restores_it(
        values in proptest::collection::vec(-1000_i64..1000, 1..40),
        seed in any::<u64>(),
    ) {
        let array = DataArray::scalars(values);
        let mut order: Vec<usize> = (0..array.tuple_count()).collect();
        order.sort_by_key(|&i| (i as u64 ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let gathered = array.gather(order.iter().copied()).unwrap();
        prop_assert_eq!(gathered.sum(), array.sum());
        prop_assert_eq!(gathered.min(), array.min());
        let mut restored = DataArray::scalars(vec![0; array.tuple_count()]);
        restored.scatter(&gathered, order).unwrap();
        prop_assert_eq!(restored, array);
    }

    #[test]
    fn per_row_counts_scattered_to_global_rows_give_global_offsets(
        counts in proptest::collection::vec(0_usize..9, 1..40),
        parts in 1_usize..5,
    ) {
        // The exercise's way from a part's rows to global rows: counts, scatter, prefix sum.
        let whole = DataArray::scalars(counts);
        let mut global = DataArray::scalars(vec![0; whole.tuple_count()]);
        for part in 0..parts {
            let rows = slice_of_range(whole.tuple_count(), part, parts).unwrap();
            let offsets = whole.slice(rows.clone()).unwrap().to_offsets().unwrap();
            global.scatter(&offsets.to_counts().unwrap(), rows).unwrap();
        }
        prop_assert_eq!(global.to_offsets().unwrap(), whole.to_offsets().unwrap());
    }

    #[test]
    fn scale_and_shift_can_be_undone(values in proptest::collection::vec(-1e3..1e3, 1..40)) {
        let array = DataArray::scalars(values);
        let mut moved = array.clone();
        moved.scale_and_shift(4.0, 1.0);
        moved.scale_and_shift(0.25, -0.25);
        prop_assert!(moved.is_close(&array, 1e-12));
        prop_assert!(array.is_close(&array, 0.0));
    }
}

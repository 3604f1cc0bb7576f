//! Asking for memory before it is needed. Here is the crate's only unsafe code.
#![allow(unsafe_code)]

/// Bytes that a processor reads at once.
const LINE: usize = 64;

/// Asks the processor for a value that will be needed soon, so that what it does meanwhile hides how far
/// away it is. Changes nothing but the time; where it is not known how to ask, it does nothing.
///
/// Pays where values come one after the other from all over a memory that is larger than the caches, and
/// where it is known early which: each then costs an instruction for every 64 bytes.
///
/// ```
/// let values: Vec<u64> = (0..1000).collect();
/// let order: Vec<usize> = (0..1000).map(|place| place * 7 % 1000).collect();
/// let mut sum = 0;
/// for (place, &value) in order.iter().enumerate() {
///     if let Some(&next) = order.get(place + 16) {
///         mesh_core::prefetch(&values[next]);
///     }
///     sum += values[value];
/// }
/// assert_eq!(sum, 499_500);
/// ```
#[inline(always)]
pub fn prefetch<T>(value: &T) {
    for offset in (0..size_of::<T>()).step_by(LINE) {
        ask_for_byte(value, offset);
    }
}

/// Does what [`prefetch()`] does, and asks as well for the 64 bytes in which the value ends, if they may be others: one point
/// in four lies across the border between two such pieces.
///
/// Pays instead of it where values are so far away that waiting for one in four takes longer than asking twice for
/// each.
///
/// ```
/// let points: Vec<[f64; 3]> = (0..1000).map(|place| [f64::from(place); 3]).collect();
/// let order: Vec<usize> = (0..1000).map(|place| place * 7 % 1000).collect();
/// let mut sum = 0.0;
/// for (place, &point) in order.iter().enumerate() {
///     if let Some(&next) = order.get(place + 16) {
///         mesh_core::prefetch_to_end(&points[next]);
///     }
///     sum += points[point][2];
/// }
/// assert_eq!(sum, 499_500.0);
/// ```
#[inline(always)]
pub fn prefetch_to_end<T>(value: &T) {
    prefetch(value);
    if size_of::<T>() > align_of::<T>() {
        ask_for_byte(value, size_of::<T>() - 1);
    }
}

/// Asks the processor for the line of a byte of a value.
#[inline(always)]
fn ask_for_byte<T>(value: &T, offset: usize) {
    debug_assert!(offset < size_of::<T>());
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        let start = std::ptr::from_ref(value).cast::<i8>();
        // SAFETY: every processor of this architecture has the instruction. It reads nothing that the program sees,
        // and the address is within the value.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(start.add(offset)) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (value, offset);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_changes() {
        let values = [[1.5; 100], [2.5; 100]];
        prefetch(&values);
        prefetch(&());
        prefetch_to_end(&values);
        prefetch_to_end(&1_u8);
        prefetch_to_end(&());
        assert_eq!(values, [[1.5; 100], [2.5; 100]]);
    }
}

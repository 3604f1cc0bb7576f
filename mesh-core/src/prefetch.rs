//! Asking for memory before it is needed. Here is the crate's only unsafe code.
#![allow(unsafe_code)]

/// Bytes that a processor reads at once.
const LINE: usize = 64;

/// Asks the processor for a value that will be needed soon, so that what it does meanwhile hides how far
/// away it is. Changes nothing but the time; where it is not known how to ask, it does nothing.
///
/// Pays where values come one after the other from all over a memory that is larger than the caches, and
/// where it is known early which: each then costs an instruction for every 64 bytes, and one more where a value may
/// lie across the border between two such pieces.
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
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        let start = std::ptr::from_ref(value).cast::<i8>();
        let pieces = (0..size_of::<T>()).step_by(LINE);
        // Three numbers of eight bytes, somewhere, lie in two lines once in four times.
        let last = ends_in_two_lines::<T>().then(|| size_of::<T>() - 1);
        for offset in pieces.chain(last) {
            // SAFETY: every processor of this architecture has the instruction. It reads nothing that
            // the program sees, and the address is within the value.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(start.add(offset)) };
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (value, ends_in_two_lines::<T>());
}

/// Whether the last of the pieces of a value, each as long as a line, may lie in two of them: a value begins at a
/// multiple of its alignment.
const fn ends_in_two_lines<T>() -> bool {
    let (size, align) = (size_of::<T>(), align_of::<T>());
    size > 0 && (size - 1) % LINE >= align
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_changes() {
        let values = [[1.5; 100], [2.5; 100]];
        prefetch(&values);
        prefetch(&());
        assert_eq!(values, [[1.5; 100], [2.5; 100]]);
    }

    #[test]
    fn only_what_may_lie_in_two_lines_is_asked_for_at_both_ends() {
        assert!(ends_in_two_lines::<[f64; 3]>());
        assert!(ends_in_two_lines::<[f64; 11]>());
        assert!(ends_in_two_lines::<[u32; 8]>());
        assert!(!ends_in_two_lines::<f64>());
        assert!(!ends_in_two_lines::<[f64; 9]>());
        assert!(!ends_in_two_lines::<()>());
        #[repr(align(64))]
        struct Aligned {
            _numbers: [f64; 9],
        }
        assert!(!ends_in_two_lines::<Aligned>());
    }
}

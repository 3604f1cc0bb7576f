//! What is found once when it is asked for.

use std::cell::{OnceCell, RefCell};

/// A large value that is found when it is first asked for, in the memory that the last one had: it is
/// never moved, and allocated once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Refilled<T> {
    value: OnceCell<Box<T>>,
    spare: RefCell<Option<Box<T>>>,
}

impl<T: Default> Refilled<T> {
    /// Returns the value, which `fill` makes of what was there before if there is none.
    #[inline]
    pub(crate) fn get_or_fill(&self, fill: impl FnOnce(&mut T)) -> &T {
        self.value.get_or_init(|| {
            let mut value = self.spare.take().unwrap_or_default();
            fill(&mut value);
            value
        })
    }

    /// Forgets the value, but not its memory.
    #[inline]
    pub(crate) fn clear(&mut self) {
        if let Some(value) = self.value.take() {
            *self.spare.get_mut() = Some(value);
        }
    }
}

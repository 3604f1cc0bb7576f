//! Volume and first moment of the overlap of two polyhedral cells.

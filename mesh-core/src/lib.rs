//! Data arrays, fields, Cartesian and unstructured meshes, valid by construction.

//! Files that are right, that are wrong, that are damaged, there and back.
//!
//! One program, of which each file is a module: one is built and linked in a tenth of the time of twenty.

mod bad_gmsh;
mod bad_input;
mod bad_med;
mod bad_vtk_legacy;
mod bad_vtk_xml;
mod common;
mod damage;
mod fixtures;
mod fixtures_gmsh;
mod fixtures_med;
mod fixtures_vtk;
mod matrices;
mod mutations;
mod mutations_gmsh;
mod mutations_matrices;
mod mutations_med;
mod mutations_vtk_grids;
mod mutations_vtk_index;
mod mutations_vtk_legacy;
mod refusals;
mod round_trip;
mod round_trip_gmsh;
mod round_trip_med;
mod round_trip_vtk;
mod weights;

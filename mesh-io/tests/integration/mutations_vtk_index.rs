//! Damaged `.pvtu` and `.pvd` files, and damaged files that they name, never make the reader panic
//! or hang: an error of one line, or a valid mesh.

use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;

use crate::damage::{apply, damage, runner};
use mesh_core::{BoxMesh, DataArray, Field, FieldValues, Location};
use mesh_io::vtk_index::{Pvtu, PvtuOptions};
use mesh_io::vtu::{DataMode, VtuOptions};
use mesh_io::{MeshFormat, ReadOptions, StepChoice, read_mesh, read_mesh_with, read_times};
use proptest::prelude::*;

/// A folder with a mesh in three pieces and a series of steps, one of them in pieces, one in two
/// files.
fn folder() -> tempfile::TempDir {
    // Tens of thousands of small files: in memory where the system has a folder there.
    let memory = Path::new("/dev/shm");
    let folder = tempfile::tempdir_in(memory).or_else(|_| tempfile::tempdir());
    let folder = folder.unwrap();
    let mesh = BoxMesh::unit([3, 1, 1]).generate().unwrap();
    let values = DataArray::scalars((0..16).map(f64::from).collect());
    let field = Field::new("heat", Location::Nodes, FieldValues::Float(values));
    let vtu = VtuOptions {
        data: DataMode::Ascii,
        ..VtuOptions::default()
    };
    let options = PvtuOptions {
        pieces: NonZeroUsize::new(3),
        vtu,
    };
    let path = folder.path().join("box.pvtu");
    Pvtu { options }.write(&path, &mesh, &[field]).unwrap();
    let entries = [
        (0.5, "box.pvtu"),
        (1.5, "box_0.vtu"),
        (1.5, "./box_1.vtu"),
        (-1.0, "box_2.vtu"),
    ];
    let entries = entries.map(|(time, file)| {
        format!("<DataSet timestep=\"{time}\" group=\"\" part=\"0\" file=\"{file}\"/>\n")
    });
    let text = format!(
        "<?xml version=\"1.0\"?>\n<VTKFile type=\"Collection\" version=\"0.1\">\n<Collection>\n{}\
         </Collection>\n</VTKFile>\n",
        entries.concat()
    );
    fs::write(folder.path().join("series.pvd"), text).unwrap();
    let series = folder.path().join("series.pvd");
    assert_eq!(read_times(&series).unwrap(), [-1.0, 0.5, 1.5]);
    assert_eq!(read_mesh(&series).unwrap().mesh.node_count(), 12);
    folder
}

fn is_fine<T>(result: Result<T, mesh_io::ReadError>, folder: &Path) -> Result<(), TestCaseError> {
    if let Err(error) = result {
        let message = error.to_string();
        prop_assert!(!message.contains('\n'), "{}", message);
        prop_assert!(message.len() < 1500, "{}", message);
        let start = folder.display().to_string();
        prop_assert!(message.starts_with(&start), "{}", message);
    }
    Ok(())
}

#[test]
fn no_damage_of_an_index_makes_the_reader_panic() {
    let folder = folder();
    for name in ["box.pvtu", "series.pvd"] {
        let original = fs::read(folder.path().join(name)).unwrap();
        let path = folder.path().join(format!("damaged_{name}"));
        let strategy = (proptest::collection::vec(damage(), 1..4), 0_usize..4);
        let mut runner = runner(10_000);
        let run = runner.run(&strategy, |(damages, step)| {
            let mut file = original.clone();
            for damage in &damages {
                apply(damage, &mut file);
            }
            fs::write(&path, &file).unwrap();
            let options = ReadOptions::default().step(StepChoice::Number(step));
            is_fine(read_mesh_with(&path, &options), folder.path())?;
            is_fine(read_times(&path), folder.path())
        });
        run.unwrap();
    }
}

#[test]
fn no_damage_of_a_piece_makes_the_reader_panic() {
    let folder = folder();
    let pieces = [0, 1, 2].map(|piece| folder.path().join(format!("box_{piece}.vtu")));
    let originals = pieces.each_ref().map(|path| fs::read(path).unwrap());
    let strategy = (0_usize..3, proptest::collection::vec(damage(), 1..4));
    let mut runner = runner(5_000);
    let run = runner.run(&strategy, |(which, damages)| {
        let mut file = originals[which].clone();
        for damage in &damages {
            apply(damage, &mut file);
        }
        fs::write(&pieces[which], &file).unwrap();
        let read = read_mesh(&folder.path().join("box.pvtu"));
        fs::write(&pieces[which], &originals[which]).unwrap();
        is_fine(read, folder.path())
    });
    run.unwrap();
}

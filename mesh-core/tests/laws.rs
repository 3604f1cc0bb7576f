//! Laws of meshes: what holds for every mesh, whatever its cells.

use std::collections::{BTreeSet, HashMap};

use mesh_core::{
    BoxCellShape, BoxMesh, CellId, MeshArrays, NodeId, Point3, Shape, UnstructuredMesh, Vector3,
};
use proptest::prelude::*;

fn any_box() -> impl Strategy<Value = BoxMesh> {
    let shape = prop_oneof![
        Just(BoxCellShape::Hexahedron),
        Just(BoxCellShape::Tetrahedron),
        Just(BoxCellShape::Wedge),
        Just(BoxCellShape::Pyramid),
        Just(BoxCellShape::Polyhedron),
    ];
    let cells = [1_usize..4, 1..4, 1..4];
    let origin = [-2.0..2.0, -2.0..2.0, -2.0..2.0];
    let size = [0.1..3.0, 0.1..3.0, 0.1..3.0];
    let jitter = prop_oneof![Just(0.0), 0.0..0.12];
    (cells, origin, size, shape, jitter, any::<u64>()).prop_map(
        |(cells, origin, size, shape, jitter, seed)| BoxMesh {
            cells,
            origin: Point3::from(origin),
            size: Vector3::from(size),
            shape,
            jitter,
            seed,
        },
    )
}

fn any_mesh() -> impl Strategy<Value = UnstructuredMesh> {
    any_box().prop_map(|description| description.generate().unwrap())
}

/// A mesh whose coordinates are multiples of 2^-20, so that moving it by whole numbers is exact.
fn any_rounded_mesh() -> impl Strategy<Value = UnstructuredMesh> {
    any_mesh().prop_map(|mesh| {
        let scale = f64::from(1 << 20);
        let mut arrays = to_arrays(&mesh);
        for node in &mut arrays.nodes {
            *node = Point3::from(node.coords.map(|x| (x * scale).round() / scale));
        }
        UnstructuredMesh::new(arrays).unwrap()
    })
}

fn to_arrays(mesh: &UnstructuredMesh) -> MeshArrays {
    MeshArrays {
        nodes: mesh.nodes().to_vec(),
        shapes: mesh.shapes().to_vec(),
        offsets: mesh.offsets().to_vec(),
        connectivity: mesh.connectivity().to_vec(),
        polyhedra: mesh.polyhedra().clone(),
    }
}

/// How large a rounding error of a volume of this cell may be.
fn slack(mesh: &UnstructuredMesh, cell: CellId) -> f64 {
    32.0 * f64::EPSILON * mesh.cell_bounds(cell).volume()
}

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
    fn measures_add_up_to_the_box(description in any_box()) {
        let sum: f64 = description.generate().unwrap().measures().iter().sum();
        let whole = description.size.product();
        prop_assert!((sum - whole).abs() <= 1e-14 * whole, "{sum} for {whole}");
    }

    #[test]
    fn first_moments_add_up_to_the_box(description in any_box()) {
        let mesh = description.generate().unwrap();
        let weighted = mesh.measures().into_iter().zip(mesh.centroids());
        let moment: Vector3 = weighted.map(|(measure, centroid)| centroid.coords * measure).sum();
        let center = description.origin + description.size / 2.0;
        let expected = center.coords * description.size.product();
        prop_assert!((moment - expected).norm() <= 1e-13 * description.size.product());
    }

    #[test]
    fn a_centroid_lies_within_the_bounds_of_its_cell(mesh in any_mesh()) {
        for (cell, centroid) in mesh.cell_ids().zip(mesh.centroids()) {
            prop_assert!(mesh.cell_bounds(cell).contains(&centroid));
            prop_assert_eq!(mesh.centroid(cell), centroid);
        }
    }

    #[test]
    fn an_exact_translation_changes_no_bit_of_a_measure(
        mesh in any_rounded_mesh(),
        offset in [-(1 << 30)..1 << 30, -(1 << 30)..1 << 30, -(1 << 30)..1 << 30],
    ) {
        let offset = Vector3::from(offset.map(f64::from));
        let moved = mesh.translate(&offset).unwrap();
        prop_assert_eq!(moved.measures(), mesh.measures());
        for (after, before) in moved.centroids().iter().zip(mesh.centroids()) {
            prop_assert!((after - (before + offset)).norm() <= f64::EPSILON * after.coords.norm());
        }
    }

    #[test]
    fn scaling_by_a_power_of_two_scales_measures_exactly(mesh in any_mesh(), power in -60..60) {
        let factor = 2.0_f64.powi(power);
        let scaled = mesh.scale(&Vector3::repeat(factor)).unwrap();
        let expected: Vec<f64> =
            mesh.measures().iter().map(|measure| measure * factor.powi(3)).collect();
        prop_assert_eq!(scaled.measures(), expected);
        for (after, before) in scaled.centroids().iter().zip(mesh.centroids()) {
            prop_assert_eq!(*after, before * factor);
        }
    }

    #[test]
    fn a_rotation_keeps_measures(
        mesh in any_mesh(),
        axis in [-1.0..1.0, -1.0..1.0, 0.1..1.0],
        angle in -3.0..3.0,
    ) {
        let axis = nalgebra::Unit::new_normalize(Vector3::from(axis));
        let rotation = nalgebra::Rotation3::from_axis_angle(&axis, angle);
        let turned = mesh.rotate(&rotation, &Point3::new(0.5, 0.5, 0.5)).unwrap();
        for cell in mesh.cell_ids() {
            let extent = mesh.bounds().extent().norm() + 4.0;
            let error = 64.0 * f64::EPSILON * extent * mesh.cell_bounds(cell).extent().norm_squared();
            prop_assert!((turned.measure(cell) - mesh.measure(cell)).abs() <= error);
        }
    }

    #[test]
    fn a_mirrored_mesh_has_the_same_measures(mesh in any_mesh()) {
        let mirrored = mesh.scale(&Vector3::new(-1.0, 1.0, 1.0)).unwrap();
        prop_assert_eq!(mirrored.mirrored_cells(), mesh.mirrored_cells());
        for cell in mesh.cell_ids() {
            let error = (mirrored.measure(cell) - mesh.measure(cell)).abs();
            prop_assert!(error <= slack(&mesh, cell));
        }
    }

    #[test]
    fn cells_given_inside_out_are_turned_round_and_counted(mesh in any_mesh()) {
        let mut arrays = to_arrays(&mesh);
        arrays.nodes.iter_mut().for_each(|node| node.y = -node.y);
        let mirrored = UnstructuredMesh::new(arrays).unwrap();
        prop_assert_eq!(mirrored.mirrored_cells(), mesh.cell_count());
        for cell in mesh.cell_ids() {
            let error = (mirrored.measure(cell) - mesh.measure(cell)).abs();
            prop_assert!(error <= slack(&mesh, cell));
        }
        // And what was turned round is a valid mesh that is not turned round again.
        let again = UnstructuredMesh::new(to_arrays(&mirrored)).unwrap();
        prop_assert_eq!(again.mirrored_cells(), 0);
        prop_assert_eq!(again.fingerprint(), mirrored.fingerprint());
    }

    #[test]
    fn all_measures_are_those_of_the_cells_whenever_they_were_found(
        mesh in any_mesh(),
        factor in prop_oneof![Just(1.0), Just(-1.0), Just(0.0), Just(1e-17)],
    ) {
        let mut arrays = to_arrays(&mesh);
        // As they are, mirrored, flat, or flat but for rounding: which may come out negative.
        arrays.nodes.iter_mut().for_each(|node| node.y = node.x + factor * (node.y - node.x));
        let built = UnstructuredMesh::new(arrays).unwrap();
        let moved = built.scale(&Vector3::new(2.0, 1.0, -0.5)).unwrap();
        let part = built.extract(&[CellId::new(0)]).unwrap();
        for mesh in [built, moved, part] {
            let one_by_one: Vec<_> = mesh.cell_ids().map(|cell| mesh.measure(cell).to_bits()).collect();
            for _ in 0..2 {
                let measures: Vec<_> = mesh.measures().into_iter().map(f64::to_bits).collect();
                prop_assert_eq!(&measures, &one_by_one);
            }
        }
    }

    #[test]
    fn renumbered_nodes_change_no_measure(mesh in any_mesh(), seed in any::<u64>()) {
        let mut order: Vec<usize> = (0..mesh.node_count()).collect();
        order.sort_by_key(|&node| (node as u64 ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut arrays = to_arrays(&mesh);
        let mut new_ids = vec![NodeId::default(); order.len()];
        for (new, &old) in order.iter().enumerate() {
            arrays.nodes[new] = mesh.nodes()[old];
            new_ids[old] = NodeId::new(u32::try_from(new).unwrap());
        }
        let all = arrays.connectivity.iter_mut().chain(&mut arrays.polyhedra.connectivity);
        all.for_each(|node| *node = new_ids[node.index()]);
        let renumbered = UnstructuredMesh::new(arrays).unwrap();
        prop_assert_eq!(renumbered.measures(), mesh.measures());
        prop_assert_eq!(renumbered.centroids(), mesh.centroids());
        prop_assert_eq!(renumbered.faces().count(), mesh.faces().count());
    }

    #[test]
    fn a_cell_as_polyhedron_has_the_same_measure(mesh in any_mesh()) {
        let mut arrays = MeshArrays::from_nodes(mesh.nodes().to_vec());
        for cell in mesh.cell_ids() {
            let mut faces = Vec::new();
            mesh.for_each_face(cell, |face| faces.push(face.to_vec()));
            arrays.push_polyhedron(faces.iter().map(Vec::as_slice));
        }
        let polyhedra = UnstructuredMesh::new(arrays).unwrap();
        for cell in mesh.cell_ids() {
            let error = (polyhedra.measure(cell) - mesh.measure(cell)).abs();
            prop_assert!(error <= slack(&mesh, cell));
            let error = (polyhedra.centroid(cell) - mesh.centroid(cell)).norm();
            prop_assert!(error <= 1e-13 * mesh.cell_bounds(cell).extent().norm());
        }
        prop_assert_eq!(polyhedra.faces().count(), mesh.faces().count());
    }

    #[test]
    fn a_hexahedron_is_the_sum_of_the_pyramids_over_its_faces(
        moves in proptest::collection::vec(-0.2..0.2, 24),
        apex in [0.3..0.7, 0.3..0.7, 0.3..0.7],
    ) {
        let mut nodes = BoxMesh::unit([1; 3]).generate().unwrap().nodes().to_vec();
        for (i, distance) in moves.into_iter().enumerate() {
            nodes[i / 3][i % 3] += distance;
        }
        let hexahedron = UnstructuredMesh::builder(nodes.clone())
            .cell(Shape::Hexahedron, &[0, 1, 3, 2, 4, 5, 7, 6])
            .build()
            .unwrap();
        nodes.push(Point3::from(apex));
        let mut builder = UnstructuredMesh::builder(nodes);
        hexahedron.for_each_face(CellId::new(0), |face| {
            let base: Vec<u32> = face.iter().rev().map(|node| node.get()).collect();
            let pyramid = [base[0], base[1], base[2], base[3], 8];
            builder = builder.clone().cell(Shape::Pyramid, &pyramid);
        });
        let pyramids = builder.build().unwrap();
        prop_assert_eq!(pyramids.mirrored_cells(), 0);
        let sum: f64 = pyramids.measures().iter().sum();
        prop_assert!((sum - hexahedron.measures()[0]).abs() <= 1e-14);
    }

    #[test]
    fn extracted_cells_keep_measures_and_faces(
        mesh in any_mesh(),
        chosen in prop::collection::vec(any::<prop::sample::Index>(), 1..60),
    ) {
        // In any order, and some of them twice.
        let chosen: Vec<CellId> = chosen
            .into_iter()
            .map(|index| CellId::new(index.index(mesh.cell_count()) as u32))
            .collect();
        let (part, old_ids) = mesh.extract_with_node_map(&chosen).unwrap();
        let whole = mesh.extract_keeping_nodes(&chosen).unwrap();
        let measures: Vec<f64> = chosen.iter().map(|&cell| mesh.measure(cell)).collect();
        prop_assert_eq!(&part.measures(), &measures);
        prop_assert_eq!(&whole.measures(), &measures);
        prop_assert_eq!(whole.nodes(), mesh.nodes());
        prop_assert!(old_ids.is_sorted());
        for (new, old) in old_ids.iter().enumerate() {
            prop_assert_eq!(part.nodes()[new], mesh.nodes()[old.index()]);
        }
        let used: BTreeSet<NodeId> =
            chosen.iter().flat_map(|&cell| mesh.cell_nodes(cell)).copied().collect();
        prop_assert_eq!(used.into_iter().collect::<Vec<_>>(), old_ids);
        // Both are valid and already in the form that construction gives.
        for extracted in [part, whole] {
            let again = UnstructuredMesh::new(to_arrays(&extracted)).unwrap();
            prop_assert_eq!(again.fingerprint(), extracted.fingerprint());
        }
    }

    #[test]
    fn every_face_has_two_cells_or_lies_on_the_boundary(mesh in any_mesh()) {
        let faces = mesh.faces();
        let (inside, outside) = (faces.interior_faces().count(), faces.boundary_faces().count());
        prop_assert_eq!(inside + outside, faces.count());
        let mut uses = 0;
        mesh.cell_ids().for_each(|cell| mesh.for_each_face(cell, |_| uses += 1));
        prop_assert_eq!(2 * inside + outside, uses);

        // Nodes − edges + faces − cells of a solid ball.
        let mut edges = BTreeSet::new();
        for face in 0..faces.count() {
            let nodes = faces.nodes(face);
            for (i, &node) in nodes.iter().enumerate() {
                let next = nodes[(i + 1) % nodes.len()];
                edges.insert((node.min(next), node.max(next)));
            }
        }
        let count = |number: usize| i64::try_from(number).unwrap();
        let euler = count(mesh.node_count()) - count(edges.len()) + count(faces.count())
            - count(mesh.cell_count());
        prop_assert_eq!(euler, 1);
    }

    #[test]
    fn neighbours_are_mutual_and_share_a_face(mesh in any_mesh()) {
        let neighbours = mesh.neighbours();
        let mut cells_of_face: HashMap<Vec<NodeId>, BTreeSet<CellId>> = HashMap::new();
        for cell in mesh.cell_ids() {
            mesh.for_each_face(cell, |face| {
                let mut nodes = face.to_vec();
                nodes.sort_unstable();
                cells_of_face.entry(nodes).or_default().insert(cell);
            });
        }
        let mut expected: HashMap<CellId, BTreeSet<CellId>> = HashMap::new();
        for cells in cells_of_face.values() {
            for &cell in cells {
                let others = cells.iter().filter(|&&other| other != cell);
                expected.entry(cell).or_default().extend(others);
            }
        }
        for cell in mesh.cell_ids() {
            let found: BTreeSet<CellId> = neighbours.of(cell).iter().copied().collect();
            prop_assert_eq!(neighbours.of(cell).len(), found.len());
            prop_assert_eq!(Some(&found), expected.get(&cell));
        }
        let boundary: BTreeSet<CellId> = mesh.boundary_cells().into_iter().collect();
        let faces = mesh.faces();
        let expected: BTreeSet<CellId> =
            faces.boundary_faces().map(|face| faces.cells(face)[0]).collect();
        prop_assert_eq!(boundary, expected);
    }

    #[test]
    fn merging_the_nodes_of_separate_cells_joins_the_mesh(
        mesh in any_mesh(),
        tolerance in prop_oneof![Just(0.0), 1e-12..1e-4],
    ) {
        let mut arrays = MeshArrays::from_nodes(Vec::new());
        for cell in mesh.cell_ids() {
            let single = mesh.extract(&[cell]).unwrap();
            let first = u32::try_from(arrays.nodes.len()).unwrap();
            let shift = |nodes: &[NodeId]| -> Vec<NodeId> {
                nodes.iter().map(|node| NodeId::new(node.get() + first)).collect()
            };
            if single.shapes()[0] == Shape::Polyhedron {
                let faces: Vec<_> = single.polyhedron_faces(CellId::new(0)).map(shift).collect();
                arrays.push_polyhedron(faces.iter().map(Vec::as_slice));
            } else {
                arrays.push_cell(single.shapes()[0], &shift(single.connectivity()));
            }
            arrays.nodes.extend_from_slice(single.nodes());
        }
        let separate = UnstructuredMesh::new(arrays).unwrap();
        prop_assert_eq!(separate.faces().interior_faces().count(), 0);
        let merged = separate.merge_coincident_nodes(tolerance).unwrap();
        prop_assert_eq!(merged.mesh.node_count(), mesh.node_count());
        prop_assert_eq!(merged.mesh.faces().count(), mesh.faces().count());
        prop_assert_eq!(merged.mesh.measures(), mesh.measures());
        prop_assert_eq!(merged.new_ids.len(), separate.node_count());
    }

    #[test]
    fn reversed_faces_are_found_and_turned_back(
        cells in [1_usize..3, 1..3, 1..3],
        mask in any::<u64>(),
    ) {
        let shape = BoxCellShape::Polyhedron;
        let mesh = BoxMesh { cells, shape, ..BoxMesh::unit([1; 3]) }.generate().unwrap();
        let mut arrays = to_arrays(&mesh);
        let offsets = arrays.polyhedra.face_offsets.clone();
        let mut reversed = 0;
        // At most every third face, so that the reversed ones are a minority in each cell.
        for face in (0..offsets.len() - 1).step_by(3).filter(|face| mask >> (face % 64) & 1 == 1) {
            arrays.polyhedra.connectivity[offsets[face]..offsets[face + 1]].reverse();
            reversed += 1;
        }
        prop_assert_eq!(UnstructuredMesh::new(arrays.clone()).is_ok(), reversed == 0);
        prop_assert_eq!(arrays.orient_polyhedra(), Ok(reversed));
        prop_assert_eq!(UnstructuredMesh::new(arrays).unwrap().fingerprint(), mesh.fingerprint());
    }

    #[test]
    fn the_fingerprint_tells_meshes_apart(mesh in any_mesh(), node in any::<prop::sample::Index>()) {
        prop_assert_eq!(mesh.clone().fingerprint(), mesh.fingerprint());
        prop_assert_eq!(UnstructuredMesh::new(to_arrays(&mesh)).unwrap().fingerprint(), mesh.fingerprint());
        let mut arrays = to_arrays(&mesh);
        let x = &mut arrays.nodes[node.index(mesh.node_count())].x;
        *x = x.next_up();
        let moved = UnstructuredMesh::new(arrays).unwrap();
        prop_assert_ne!(moved.fingerprint(), mesh.fingerprint());
    }

    #[test]
    fn results_do_not_depend_on_the_number_of_threads(description in any_box()) {
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let mesh = description.generate().unwrap();
                (mesh.fingerprint(), mesh.measures(), mesh.centroids(), mesh.faces())
            })
        };
        prop_assert_eq!(run(1), run(3));
    }
}

#[test]
fn measures_may_be_asked_for_by_many_threads_at_once() {
    let mesh = BoxMesh::unit([30; 3]).generate().unwrap();
    let expected: Vec<f64> = mesh
        .measures()
        .iter()
        .map(|measure| 8.0 * measure)
        .collect();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(3)
        .build()
        .unwrap();
    // While one thread waits for what another took of its work, it may be given a later call to do.
    for _ in 0..100 {
        let moved = mesh.scale(&Vector3::repeat(2.0)).unwrap();
        pool.install(|| {
            let ask = || assert_eq!(moved.measures(), expected);
            rayon::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(|_| ask());
                }
            });
        });
    }
}

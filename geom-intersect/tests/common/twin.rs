//! The slow obvious twin: cells as signed tetrahedra, tetrahedra cut into tetrahedra.

use geom_intersect::Moments;
use nalgebra::{Matrix3, Point3, Vector3};

use super::Cell;

type Tetrahedron = [Vector3<f64>; 4];

/// Volume and first moment about the world's origin: for every pair of signed tetrahedra of the two
/// cells, the one cut by the four planes of the other.
pub fn overlap(a: &Cell, b: &Cell) -> Moments {
    let mut total = Moments {
        volume: 0.0,
        first: Vector3::zeros(),
        origin: Point3::origin(),
    };
    for_each_piece(a, b, |sign, piece| {
        let volume = signed_volume(piece).abs();
        total.volume += sign * volume;
        total.first += piece.iter().sum::<Vector3<f64>>() * (sign * volume / 4.0);
    });
    total
}

/// The second moment about a point, of the same pieces: that of a tetrahedron by the quadrature at
/// four points that is exact for quadratic functions.
pub fn second_moment(a: &Cell, b: &Cell, about: &Point3<f64>) -> Matrix3<f64> {
    let mut total = Matrix3::zeros();
    let inner = (5.0 - 5.0_f64.sqrt()) / 20.0;
    for_each_piece(a, b, |sign, piece| {
        let weight = sign * signed_volume(piece).abs() / 4.0;
        let sum = piece.iter().sum::<Vector3<f64>>();
        for corner in piece {
            let point = sum * inner + corner * (1.0 - 4.0 * inner) - about.coords;
            total += point * point.transpose() * weight;
        }
    });
    total
}

fn for_each_piece(a: &Cell, b: &Cell, mut visit: impl FnMut(f64, &Tetrahedron)) {
    let (a, b) = (signed_tetrahedra(a), signed_tetrahedra(b));
    for first in &a {
        for second in &b {
            if apart(first, second) {
                continue;
            }
            let sign = signed_volume(first).signum() * signed_volume(second).signum();
            for piece in cut_by_tetrahedron(first, second) {
                visit(sign, &piece);
            }
        }
    }
}

/// One tetrahedron for each triangle of the faces' fans, from the mean of the nodes.
fn signed_tetrahedra(cell: &Cell) -> Vec<Tetrahedron> {
    let mean = |nodes: &[Vector3<f64>]| nodes.iter().sum::<Vector3<f64>>() / nodes.len() as f64;
    let nodes: Vec<_> = cell.nodes.iter().map(|node| node.coords).collect();
    let apex = mean(&nodes);
    let mut result = Vec::new();
    for face in &cell.faces {
        let corners: Vec<_> = face.iter().map(|&node| nodes[node as usize]).collect();
        if let &[a, b, c] = &corners[..] {
            result.push([apex, a, b, c]);
            continue;
        }
        let centre = mean(&corners);
        for (index, corner) in corners.iter().enumerate() {
            let next = corners[(index + 1) % corners.len()];
            result.push([apex, centre, *corner, next]);
        }
    }
    result.retain(|tetrahedron| signed_volume(tetrahedron) != 0.0);
    result
}

fn signed_volume([a, b, c, d]: &Tetrahedron) -> f64 {
    (b - a).dot(&(c - a).cross(&(d - a))) / 6.0
}

fn apart(first: &Tetrahedron, second: &Tetrahedron) -> bool {
    (0..3).any(|axis| {
        let range = |tetrahedron: &Tetrahedron| {
            let coordinates = tetrahedron.map(|corner| corner[axis]);
            let low = coordinates.iter().fold(f64::INFINITY, |a, &b| a.min(b));
            let high = coordinates.iter().fold(f64::NEG_INFINITY, |a, &b| a.max(b));
            (low, high)
        };
        let ((low, high), (other_low, other_high)) = (range(first), range(second));
        low >= other_high || high <= other_low
    })
}

fn cut_by_tetrahedron(first: &Tetrahedron, second: &Tetrahedron) -> Vec<Tetrahedron> {
    let mut pieces = vec![*first];
    for opposite in 0..4 {
        let [a, b, c] = [1, 2, 3].map(|step| second[(opposite + step) % 4]);
        let normal = (b - a).cross(&(c - a));
        let inward = normal * normal.dot(&(second[opposite] - a)).signum();
        pieces = pieces
            .iter()
            .flat_map(|piece| keep_inside(piece, &inward, &a))
            .collect();
    }
    pieces
}

/// Cuts a tetrahedron by a plane into up to three tetrahedra.
fn keep_inside(
    piece: &Tetrahedron,
    inward: &Vector3<f64>,
    point: &Vector3<f64>,
) -> Vec<Tetrahedron> {
    let height = |corner: &Vector3<f64>| inward.dot(&(corner - point));
    let (inside, outside): (Vec<_>, Vec<_>) = piece
        .iter()
        .copied()
        .partition(|corner| height(corner) >= 0.0);
    let cut = |from: Vector3<f64>, to: Vector3<f64>| {
        from + (to - from) * (height(&from) / (height(&from) - height(&to)))
    };
    match (&inside[..], &outside[..]) {
        (_, []) => vec![*piece],
        (&[a], &[p, q, r]) => vec![[a, cut(a, p), cut(a, q), cut(a, r)]],
        (&[a, b], &[p, q]) => {
            // A wedge with the triangles (a, ap, aq) and (b, bp, bq).
            wedge([a, cut(a, p), cut(a, q)], [b, cut(b, p), cut(b, q)])
        }
        (&[a, b, c], &[p]) => wedge([a, b, c], [cut(a, p), cut(b, p), cut(c, p)]),
        _ => Vec::new(),
    }
}

fn wedge([a, b, c]: [Vector3<f64>; 3], [d, e, f]: [Vector3<f64>; 3]) -> Vec<Tetrahedron> {
    vec![[a, b, c, d], [b, c, d, e], [c, d, e, f]]
}

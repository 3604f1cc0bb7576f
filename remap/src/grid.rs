//! The grid on which points lie, if they do: row by row, cells come as those of a well numbered mesh do.

use mesh_core::{Bounds, Point3};
use rayon::prelude::*;

use crate::counting_sort::{sort_into_bins, starts_of_bins};

/// How many points a thread takes at a time; the order does not depend on it.
const CHUNK: usize = 4096;

/// So many points from all over tell on what grid all lie: on up to some 300 planes across an axis they leave out none,
/// of a thousand every eighth, which then shares a bin with the next.
const SAMPLE: usize = 2048;

/// So many others, and itself, a point may have in its bin on average; of points at random there is one
/// other, of the first nodes of the tetrahedra of a mesh there are five and more.
const MAX_CROWD: u64 = 3;

/// So many bins there may be for a point.
const MAX_BINS: f64 = 8.0;

/// What is closer than this part of the whole, or than so many units in the last place, lies on one plane but for
/// rounding. Grids have cells of a millionth of their width; coordinates in files have rounding of a few units.
const THIN: f64 = 1.0 / (1_u64 << 32) as f64;
const UNITS: f64 = 8.0;

/// Into so many pieces an axis is cut to find a bin between planes.
const PIECES: usize = 4096;

/// Points that are read one by one: many times each, so that reading one is made part of what is done with it.
pub(crate) trait Points: Sync {
    /// How many there are.
    fn count(&self) -> usize;

    /// Returns one of them.
    fn point(&self, place: usize) -> Point3;
}

/// Bins along three axes.
#[derive(Debug)]
struct Grid {
    axes: [Axis; 3],
}

/// Bins along an axis.
#[derive(Debug)]
enum Axis {
    /// All of one width.
    Equal { low: f64, scale: f64, count: u32 },
    /// One around each plane on which points lie.
    Planes(Planes),
}

/// Bins of any widths.
#[derive(Debug)]
struct Planes {
    /// Where one bin ends and the next begins, ascending.
    ends: Vec<f64>,
    low: f64,
    scale: f64,
    /// How many ends lie before each of [`PIECES`] equal pieces from the first end to the last, and how many before the
    /// next piece.
    before: Vec<[u16; 2]>,
}

const _: () = assert!(SAMPLE <= u16::MAX as usize);

/// Returns the indices of points row by row of the grid on which they lie: of one whose planes are anywhere, or else of
/// even bins. None where they crowd in few bins, or would be alone in too many.
///
/// Cost: `O(n)`, some nanoseconds for each point; little where some tell that all lie on no grid. Some points are asked
/// for twice or three times.
pub(crate) fn rows_of_grid(points: &impl Points) -> Option<Vec<u32>> {
    let (some, count) = (sample(points), points.count());
    let by_planes = Grid::of_planes(&some, count).and_then(|grid| grid.sort(points));
    by_planes.or_else(|| {
        // What is beyond the bounds of some is in the outermost bins.
        let around = Bounds::from_points(&some);
        let coarse = Grid::of_equal_bins(&around, some.len())?;
        coarse.fill(&some.as_slice())?;
        Grid::of_equal_bins(&around, count)?.sort(points)
    })
}

/// Returns some of many points from all over, or all of few.
fn sample(points: &impl Points) -> Vec<Point3> {
    let count = points.count();
    if count <= SAMPLE {
        return (0..count).map(|place| points.point(place)).collect();
    }
    // Whatever repeats itself among them: at multiples of the golden ratio.
    let parts = (0..SAMPLE as u32).map(|index| index.wrapping_mul(0x9E37_79B9));
    let places = parts.map(|part| ((u64::from(part) * count as u64) >> 32) as usize);
    places.map(|place| points.point(place)).collect()
}

impl Points for &[Point3] {
    fn count(&self) -> usize {
        self.len()
    }

    fn point(&self, place: usize) -> Point3 {
        self[place]
    }
}

impl Grid {
    /// Returns a grid of equal bins, about as wide along each axis, for so many points: about as many. None where
    /// these lie in a plane.
    fn of_equal_bins(around: &Bounds, count: usize) -> Option<Self> {
        let size = around.extent();
        let width = (size.product() / count as f64).cbrt();
        if !(width > 0.0 && width.is_finite()) {
            return None;
        }
        let axes = [0, 1, 2].map(|axis: usize| {
            let count = (size[axis] / width).ceil().clamp(1.0, 2048.0);
            Axis::Equal {
                low: around.min[axis],
                scale: count / size[axis],
                count: count as u32,
            }
        });
        Some(Self { axes }).filter(|grid| are_few(grid.bins(), count))
    }

    /// Returns a grid with a bin around each plane across an axis on which some of `count` points lie. None if these
    /// are too many for a grid of so many points, or too few.
    fn of_planes(some: &[Point3], count: usize) -> Option<Self> {
        let ends = [0, 1, 2].map(|axis: usize| {
            let coordinates = some.iter().map(|point| point[axis]);
            between_planes(coordinates.collect())
        });
        let bins = ends.iter().map(|ends| ends.len() as f64 + 1.0).product();
        let may_do = bins * MAX_CROWD as f64 >= count as f64 && are_few(bins, count);
        may_do.then(|| Self {
            axes: ends.map(Axis::between),
        })
    }

    /// How many bins there are.
    fn bins(&self) -> f64 {
        let counts = self.axes.iter().map(Axis::count);
        counts.map(f64::from).product()
    }

    /// Returns the indices of points bin by bin, in their order in each; none where they crowd in few.
    fn sort(&self, points: &impl Points) -> Option<Vec<u32>> {
        let (bin_of, mut starts) = self.fill(points)?;
        Some(sort_into_bins(&bin_of, &mut starts))
    }

    /// Returns the bin of each point, and where each bin starts if they are sorted; none where they crowd in few.
    fn fill(&self, points: &impl Points) -> Option<(Vec<u32>, Vec<u32>)> {
        let [x, y, z] = &self.axes;
        let count = points.count();
        let bin_of = (0..count).into_par_iter().with_min_len(CHUNK).map(|place| {
            let point = points.point(place);
            let row = z.bin(point.z) * y.count() + y.bin(point.y);
            row * x.count() + x.bin(point.x)
        });
        let bin_of: Vec<u32> = bin_of.collect();
        let starts = starts_of_bins(&bin_of, self.bins() as usize);
        let counts = starts.iter().zip(&starts[1..]);
        let counts = counts.map(|(start, end)| u64::from(end - start));
        let crowds: u64 = counts.map(|count| count * count).sum();
        (crowds <= MAX_CROWD * count as u64).then_some((bin_of, starts))
    }
}

/// Whether there are not too many bins for so many points.
fn are_few(bins: f64, points: usize) -> bool {
    bins <= (MAX_BINS * points as f64).min(f64::from(u32::MAX))
}

/// Returns places between the planes across an axis on which points with these coordinates lie, ascending.
fn between_planes(mut coordinates: Vec<f64>) -> Vec<f64> {
    coordinates.sort_unstable_by(f64::total_cmp);
    let low = coordinates.first().copied().unwrap_or_default();
    let high = coordinates.last().copied().unwrap_or_default();
    let rounding = UNITS * f64::EPSILON * low.abs().max(high.abs());
    let least = (THIN * (high - low)).max(rounding);
    let steps = coordinates
        .windows(2)
        .map(|step| (step[0], step[1] - step[0]));
    let apart = steps.filter(|&(_, step)| step > least);
    apart.map(|(plane, step)| plane + 0.5 * step).collect()
}

impl Axis {
    /// Returns bins that end at these places between planes: of one width where that tells the same planes apart, as
    /// they are found without a search.
    fn between(ends: Vec<f64>) -> Self {
        match equal_bins(&ends) {
            Some(equal) => equal,
            None => Self::Planes(Planes::between(ends)),
        }
    }

    #[inline]
    fn count(&self) -> u32 {
        match self {
            Self::Equal { count, .. } => *count,
            Self::Planes(planes) => planes.ends.len() as u32 + 1,
        }
    }

    /// Returns the bin of a coordinate; what is beyond the ends is in the first or the last.
    #[inline]
    fn bin(&self, coordinate: f64) -> u32 {
        match self {
            // The cast takes what is below to zero.
            Self::Equal { low, scale, count } => {
                (((coordinate - low) * scale) as u32).min(count - 1)
            }
            Self::Planes(planes) => planes.bin(coordinate),
        }
    }
}

/// Returns bins of one width that tell the same planes apart as these ends of bins; none if the planes are not even.
fn equal_bins(ends: &[f64]) -> Option<Axis> {
    let (first, last) = (ends.first()?, ends.last()?);
    let width = (last - first) / (ends.len() - 1) as f64;
    // Between two planes there is half a bin on each side of an end.
    let is_near =
        |(place, end): (usize, &f64)| (end - (first + width * place as f64)).abs() <= 0.25 * width;
    (width > 0.0 && ends.iter().enumerate().all(is_near)).then_some(Axis::Equal {
        low: first - width,
        scale: 1.0 / width,
        count: ends.len() as u32 + 1,
    })
}

impl Planes {
    /// Returns bins that end at these places, which ascend.
    fn between(ends: Vec<f64>) -> Self {
        let low = ends.first().copied().unwrap_or_default();
        let width = ends.last().map_or(0.0, |high| high - low);
        // Of a single end what is beyond is in the last piece, all else in the first.
        let mut planes = Self {
            ends,
            low,
            scale: PIECES as f64 / width,
            before: Vec::with_capacity(PIECES),
        };
        let mut count = 0;
        for piece in 0..PIECES {
            let rest = planes.ends[count..].iter();
            let next = count + rest.take_while(|&&end| planes.piece(end) <= piece).count();
            planes.before.push([count as u16, next as u16]);
            count = next;
        }
        planes
    }

    /// Returns the piece of the axis in which a coordinate is: never a lower one for a higher coordinate.
    #[inline]
    fn piece(&self, coordinate: f64) -> usize {
        (((coordinate - self.low) * self.scale) as usize).min(PIECES - 1)
    }

    #[inline]
    fn bin(&self, coordinate: f64) -> u32 {
        let [first, next] = self.before[self.piece(coordinate)].map(usize::from);
        // Few pieces have an end, and the processor foresees that there is none; but where cells are a millionth of the
        // whole, all ends may be in one.
        if first == next {
            return first as u32;
        }
        let within = self.ends[first..next].partition_point(|&end| end <= coordinate);
        (first + within) as u32
    }
}

#[cfg(test)]
mod tests {
    use mesh_core::{BoxCellShape, BoxMesh};

    use super::*;

    /// The nodes of a grid with these coordinates along the axes, in another order: every 101st.
    fn scattered(axes: [&[f64]; 3]) -> Vec<Point3> {
        let counts = axes.map(<[f64]>::len);
        let count: usize = counts.iter().product();
        assert!(!count.is_multiple_of(101));
        let place = |index: usize| index * 101 % count;
        let node = |place: usize| {
            let [x, y, z] = [
                place % counts[0],
                place / counts[0] % counts[1],
                place / counts[0] / counts[1],
            ];
            Point3::new(axes[0][x], axes[1][y], axes[2][z])
        };
        (0..count).map(place).map(node).collect()
    }

    fn rows(points: &[Point3]) -> Option<Vec<u32>> {
        rows_of_grid(&points)
    }

    fn even(count: u32) -> Vec<f64> {
        (0..count).map(|place| f64::from(place) / 7.0).collect()
    }

    /// Widths from 1 to a thousand.
    fn graded(count: u32) -> Vec<f64> {
        graded_by(count, 1024.0)
    }

    fn graded_by(count: u32, ratio: f64) -> Vec<f64> {
        let widths = (0..count).map(|place| ratio.powf(f64::from(place) / f64::from(count)));
        let ends = widths.scan(0.0, |end, width| {
            *end += width;
            Some(*end)
        });
        ends.collect()
    }

    #[test]
    fn a_grid_comes_row_by_row_whatever_its_planes() {
        let uneven = [-3.0, 1e-3, 2e-3, 1.0, 1.5, 1e6];
        let (little, some) = (graded_by(40, 2.0), graded_by(40, 6.0));
        let far: Vec<f64> = even(30).iter().map(|place| 1e8 + place).collect();
        let axes: [[&[f64]; 3]; 10] = [
            [&little, &little, &little],
            [&some, &some, &some],
            [&far, &little, &graded(30)],
            // So many that some tell of all, and fewer.
            [&even(25), &even(25), &even(25)],
            [&even(9), &even(8), &even(7)],
            [&graded(25), &graded(26), &graded(27)],
            [&graded(9), &even(8), &uneven],
            // A plate, a layer, a line.
            [&even(90), &even(80), &even(2)],
            [&graded(50), &even(40), &[2.0]],
            [&graded(300), &[0.0], &[0.0]],
        ];
        for [x, y, z] in axes {
            let points = scattered([x, y, z]);
            let order = rows(&points).unwrap();
            let key = |&place: &u32| {
                let Point3 { coords } = points[place as usize];
                [coords.z, coords.y, coords.x]
            };
            assert!(
                order.is_sorted_by_key(key),
                "{} × {} × {}",
                x.len(),
                y.len(),
                z.len()
            );
            let mut sorted = order;
            sorted.sort_unstable();
            assert!(sorted.into_iter().eq(0..points.len() as u32));
        }
    }

    #[test]
    fn what_differs_by_rounding_lies_on_one_plane() {
        let noisy = |axis: Vec<f64>| {
            let ends = axis
                .into_iter()
                .flat_map(|end| [end, end * (1.0 + 2.0 * f64::EPSILON)]);
            ends.collect::<Vec<_>>()
        };
        // Of each two planes one node, which of them at random.
        let points = scattered([&noisy(graded(20)), &noisy(graded(18)), &noisy(graded(16))]);
        let grid = Grid::of_planes(&points[..SAMPLE], points.len() / 8).unwrap();
        assert_eq!(grid.axes.each_ref().map(Axis::count), [20, 18, 16]);
    }

    #[test]
    fn a_bin_is_found_where_a_plain_search_finds_it() {
        for axis in [
            even(100),
            graded(100),
            vec![1.0],
            vec![0.0, 1e-300],
            vec![-1e308, 1e308],
            [
                vec![0.0, 1e15],
                (1..2000).map(|place| f64::from(place) * 1e-3).collect(),
            ]
            .concat(),
        ] {
            let planes = Planes::between(between_planes(axis.clone()));
            let ends = planes
                .ends
                .iter()
                .flat_map(|&end| [end.next_down(), end, end.next_up()]);
            let beyond = [f64::MIN, 0.0, f64::MAX];
            for coordinate in ends.chain(axis).chain(beyond) {
                let expected = planes.ends.iter().filter(|&&end| end <= coordinate).count();
                assert_eq!(planes.bin(coordinate), expected as u32, "{coordinate}");
            }
        }
    }

    #[test]
    fn only_even_planes_are_told_apart_by_equal_bins() {
        let far: Vec<f64> = even(100).iter().map(|place| 1e8 - place).collect();
        for (axis, is_even) in [(even(100), true), (far, true), (graded_by(100, 2.0), false)] {
            let planes = Planes::between(between_planes(axis.clone()));
            let equal = equal_bins(&planes.ends);
            assert_eq!(equal.is_some(), is_even);
            for coordinate in axis {
                let bin = equal.as_ref().map(|equal| equal.bin(coordinate));
                assert!(
                    bin.is_none_or(|bin| bin == planes.bin(coordinate)),
                    "{coordinate}"
                );
            }
        }
        // Of one or two planes nobody can say.
        for axis in [vec![1.0], vec![1.0, 2.0]] {
            assert!(equal_bins(&between_planes(axis)).is_none());
        }
    }

    #[test]
    fn what_crowds_is_no_grid() {
        for (shape, jitter) in [
            (BoxCellShape::Tetrahedron, 0.0),
            (BoxCellShape::Tetrahedron, 0.1),
        ] {
            for cells in [[4, 3, 5], [12, 11, 13]] {
                let mesh = BoxMesh {
                    shape,
                    jitter,
                    ..BoxMesh::unit(cells)
                };
                let mesh = mesh.generate().unwrap();
                let first = |cell| mesh.nodes()[mesh.cell_nodes(cell)[0].index()];
                let points: Vec<_> = mesh.cell_ids().map(first).collect();
                assert_eq!(rows(&points), None, "{cells:?}");
            }
        }
        // As many planes as points.
        let diagonal: Vec<_> = even(5000).iter().map(|&x| Point3::new(x, x, x)).collect();
        assert_eq!(rows(&diagonal), None);
    }
}

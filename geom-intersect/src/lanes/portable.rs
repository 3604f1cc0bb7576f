//! The arithmetic of the fast path for any processor, without unsafe code: pairs of numbers by `wide`,
//! which takes the registers that every processor of its kind has.
#![deny(unsafe_code)]

use wide::{f32x4, f64x2, i16x8, i32x4, i32x8, u8x16, u16x8};

use super::{Axes, LANES, LaneMath, Lanes, PlaneRow};

/// Two lanes in each register, of which every processor has some.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Portable;

/// Registers for all lanes.
const PAIRS: usize = LANES / 2;

impl LaneMath for Portable {
    #[inline(always)]
    fn relative(self, numbers: &Lanes, origin: f64) -> Lanes {
        let mut result = Lanes::default();
        for pair in 0..PAIRS {
            put(
                &mut result.0,
                pair,
                get(&numbers.0, pair) - f64x2::splat(origin),
            );
        }
        result
    }

    #[inline(always)]
    fn distances(self, nodes: &[Lanes; 3], plane: &PlaneRow) -> (Lanes, u64) {
        let [x, y, z] = nodes;
        let [nx, ny, nz, offset, limit] = plane;
        let mut result = Lanes::default();
        let mut beyond = [f64x2::ZERO; PAIRS];
        for pair in 0..PAIRS {
            let x = get(&nx.0, 0) * get(&x.0, pair);
            let y = get(&ny.0, 0) * get(&y.0, pair);
            let z = get(&nz.0, 0) * get(&z.0, pair);
            let distance = ((x + y) + z) - get(&offset.0, 0);
            put(&mut result.0, pair, distance);
            beyond[pair] = distance.simd_gt(get(&limit.0, 0));
        }
        let [a, b, c, d] = beyond;
        let set = set_of_four(a, b) | set_of_four(c, d) << 4;
        (result, u64::from(set))
    }

    #[inline(always)]
    fn lanes_of(self, normal: &[Lanes; 3], point: &[Lanes; 3], vertex: [f64; 3]) -> Lanes {
        let [x, y, z] = vertex;
        let mut result = Lanes::default();
        for pair in 0..PAIRS {
            let x = get(&normal[0].0, pair) * (f64x2::splat(x) - get(&point[0].0, pair));
            let y = get(&normal[1].0, pair) * (f64x2::splat(y) - get(&point[1].0, pair));
            let z = get(&normal[2].0, pair) * (f64x2::splat(z) - get(&point[2].0, pair));
            put(&mut result.0, pair, (x + y) + z);
        }
        result
    }

    #[inline(always)]
    fn between(self, from: &Lanes, to: &Lanes, fraction: f64) -> Lanes {
        let mut result = Lanes::default();
        for pair in 0..PAIRS {
            let number = between(get(&from.0, pair), get(&to.0, pair), f64x2::splat(fraction));
            put(&mut result.0, pair, number);
        }
        result
    }

    #[inline(always)]
    fn lanes_beyond(self, value: &Lanes, limit: &Lanes) -> u8 {
        let mut beyond = [f64x2::ZERO; PAIRS];
        for (pair, beyond) in beyond.iter_mut().enumerate() {
            *beyond = get(&value.0, pair).simd_gt(get(&limit.0, pair));
        }
        let [a, b, c, d] = beyond;
        (set_of_four(a, b) | set_of_four(c, d) << 4) as u8
    }

    #[inline(always)]
    fn transpose(self, rows: &[Lanes; LANES], nodes: &mut [Lanes; LANES], half: bool) {
        for column in 0..if half { PAIRS / 2 } else { PAIRS } {
            for row in 0..PAIRS {
                let pairs = [
                    get(&rows[2 * row].0, column),
                    get(&rows[2 * row + 1].0, column),
                ];
                let [first, second] = f64x2::transpose(pairs);
                put(&mut nodes[2 * column].0, row, first);
                put(&mut nodes[2 * column + 1].0, row, second);
            }
        }
    }

    #[inline(always)]
    fn interpolate<const HALF: bool>(
        self,
        vertices: &mut [Lanes; 256],
        [from, to]: [u8; 2],
        fraction: f64,
        place: u8,
        limits: &Lanes,
    ) -> u8 {
        let (from, to) = (vertices[from as usize].0, vertices[to as usize].0);
        let vertex = &mut vertices[place as usize].0;
        let fraction = f64x2::splat(fraction);
        let mut beyond = [f64x2::ZERO; PAIRS];
        for pair in 0..if HALF { PAIRS / 2 } else { PAIRS } {
            let number = between(get(&from, pair), get(&to, pair), fraction);
            put(vertex, pair, number);
            beyond[pair] = number.simd_gt(get(&limits.0, pair));
        }
        // In the order of `BIT_OF_LANE`.
        let [a, b, c, d] = beyond;
        (set_of_four(a, c) | set_of_four(b, d) << 4) as u8
    }

    #[inline(always)]
    fn overlapping(
        self,
        lows: &[Lanes; 3],
        highs: &[Lanes; 3],
        low: [f64; 3],
        high: [f64; 3],
    ) -> u8 {
        let mut overlaps = [f64x2::ZERO; PAIRS];
        for (pair, overlaps) in overlaps.iter_mut().enumerate() {
            let along = |axis: usize| {
                let (from, to) = (f64x2::splat(low[axis]), f64x2::splat(high[axis]));
                get(&lows[axis].0, pair).simd_lt(to) & get(&highs[axis].0, pair).simd_gt(from)
            };
            *overlaps = (along(0) & along(1)) & along(2);
        }
        let [a, b, c, d] = overlaps;
        (set_of_four(a, b) | set_of_four(c, d) << 4) as u8
    }

    #[inline(always)]
    fn list(self, set: u8, first: u32, members: &mut [u32; LANES]) {
        let mut count = 0;
        for place in 0..LANES {
            // Written in any case and overwritten unless it is one: no branch to mispredict.
            members[count % LANES] = first + place as u32;
            count += usize::from(set >> place & 1);
        }
    }

    #[inline(always)]
    fn spread(self, bytes: u64, indices: &[u8; 16]) -> [u8; 16] {
        let bytes = bytes.to_le_bytes();
        indices.map(|index| bytes[usize::from(index) % 8])
    }

    #[inline(always)]
    fn bytes_with(self, bytes: &[u8; 64], bit: usize) -> u64 {
        let (parts, _) = bytes.as_chunks::<16>();
        let mut set = 0;
        for (part, bytes) in parts.iter().enumerate() {
            set |= u64::from(with_bit(u8x16::new(*bytes), bit)) << (16 * part);
        }
        set
    }

    #[inline(always)]
    fn bytes_changing(self, first: &[u8; 64], second: &[u8; 64], bit: usize) -> [u64; 2] {
        let first = self.bytes_with(first, bit);
        let second = self.bytes_with(second, bit);
        [first ^ second, second]
    }

    #[inline(always)]
    fn axes(self, vertex: &Lanes) -> Axes {
        let [x, y, z, ..] = vertex.0;
        Axes([z, x, y, 0.0])
    }

    #[inline(always)]
    fn minus(self, left: &Axes, right: &Axes) -> Axes {
        Axes([0, 1, 2, 3].map(|lane: usize| left.0[lane] - right.0[lane]))
    }

    #[inline(always)]
    fn difference(self, left: &Lanes, right: &Lanes) -> Axes {
        let [x, y] = (get(&left.0, 0) - get(&right.0, 0)).to_array();
        Axes([left.0[2] - right.0[2], x, y, 0.0])
    }

    #[inline(always)]
    fn add_edge(self, sum: &mut Axes, p: &Lanes, q: &Lanes, difference: &Axes) {
        let following = |vertex: &Lanes| f64x2::new([vertex.0[1], vertex.0[2]]);
        let areas = get(&p.0, 0) * following(q) - following(p) * get(&q.0, 0);
        let volumes = get(&sum.0, 0) + get(&difference.0, 0) * areas;
        put(&mut sum.0, 0, volumes);
        let area = p.0[2] * q.0[0] - p.0[0] * q.0[2];
        sum.0[2] += difference.0[2] * area;
    }
}

#[inline(always)]
fn get<const N: usize>(numbers: &[f64; N], pair: usize) -> f64x2 {
    f64x2::new([numbers[2 * pair], numbers[2 * pair + 1]])
}

#[inline(always)]
fn put<const N: usize>(numbers: &mut [f64; N], pair: usize, values: f64x2) {
    numbers[2 * pair..2 * pair + 2].copy_from_slice(&values.to_array());
}

#[inline(always)]
fn between(from: f64x2, to: f64x2, fraction: f64x2) -> f64x2 {
    from + (to - from) * fraction
}

/// Returns the set of lanes of two comparisons that hold.
#[inline(always)]
fn set_of_four(low: f64x2, high: f64x2) -> u32 {
    // All bits of a lane are one: half as many bits are so still.
    let [low, high]: [i32x4; 2] = [bytemuck::cast(low), bytemuck::cast(high)];
    let narrow = i16x8::from_i32x8_saturate(bytemuck::cast::<_, i32x8>([low, high]));
    bytemuck::cast::<_, f32x4>(narrow).to_bitmask()
}

/// Returns the set of bytes that have a bit.
#[inline(always)]
fn with_bit(bytes: u8x16, bit: usize) -> u32 {
    // The highest bit of each byte is what counts; what neighbours shift in is below.
    let shifted = bytemuck::cast::<_, u16x8>(bytes) << (7 - bit as u32 % 8);
    bytemuck::cast::<_, u8x16>(shifted).to_bitmask()
}

//! The arithmetic of the fast path for any processor, without unsafe code: pairs of numbers by `wide`,
//! which takes the registers that every processor of its kind has.
#![deny(unsafe_code)]

use wide::{f32x4, f64x2, i16x8, i32x4, i32x8, u8x16, u16x8};

use super::{Axes, LANES, LaneMath, Lanes, PlaneRow, SingleLanes};

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
    fn apart<const N: usize>(self, eight: &[[SingleLanes; 2]; N], other: &[[f32; 2]; N]) -> u8 {
        let mut apart = [false; LANES];
        for ([lows, highs], [low, high]) in eight.iter().zip(other) {
            for lane in 0..LANES {
                apart[lane] |= (lows.0[lane] > *high) | (highs.0[lane] < *low);
            }
        }
        (0..LANES).fold(0, |set, lane| set | u8::from(apart[lane]) << lane)
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
    fn bytes_with(self, bytes: &[u8; 64], bit: usize) -> u64 {
        bytes_with(bytes, bit)
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
        add_edge(sum, &p.0, &q.0, difference);
    }
}

/// Adds `difference · (p × q)`, as [`LaneMath::add_edge`] does.
#[inline(always)]
pub(super) fn add_edge<const N: usize>(
    sum: &mut Axes,
    p: &[f64; N],
    q: &[f64; N],
    difference: &Axes,
) {
    let following = |vertex: &[f64; N]| f64x2::new([vertex[1], vertex[2]]);
    let areas = get(p, 0) * following(q) - following(p) * get(q, 0);
    let volumes = get(&sum.0, 0) + get(&difference.0, 0) * areas;
    put(&mut sum.0, 0, volumes);
    let area = p[2] * q[0] - p[0] * q[2];
    sum.0[2] += difference.0[2] * area;
}

#[inline(always)]
pub(super) fn get<const N: usize>(numbers: &[f64; N], pair: usize) -> f64x2 {
    f64x2::new([numbers[2 * pair], numbers[2 * pair + 1]])
}

#[inline(always)]
pub(super) fn put<const N: usize>(numbers: &mut [f64; N], pair: usize, values: f64x2) {
    numbers[2 * pair..2 * pair + 2].copy_from_slice(&values.to_array());
}

#[inline(always)]
pub(super) fn between(from: f64x2, to: f64x2, fraction: f64x2) -> f64x2 {
    from + (to - from) * fraction
}

/// Returns the set of lanes of two comparisons that hold.
#[inline(always)]
pub(super) fn set_of_four(low: f64x2, high: f64x2) -> u32 {
    // All bits of a lane are one: half as many bits are so still.
    let [low, high]: [i32x4; 2] = [bytemuck::cast(low), bytemuck::cast(high)];
    let narrow = i16x8::from_i32x8_saturate(bytemuck::cast::<_, i32x8>([low, high]));
    bytemuck::cast::<_, f32x4>(narrow).to_bitmask()
}

/// Returns the set of bytes that have a bit, of a multiple of sixteen up to 64.
#[inline(always)]
pub(super) fn bytes_with(bytes: &[u8], bit: usize) -> u64 {
    let (parts, _) = bytes.as_chunks::<16>();
    let mut set = 0;
    for (part, bytes) in parts.iter().enumerate() {
        set |= u64::from(with_bit(u8x16::new(*bytes), bit)) << (16 * part);
    }
    set
}

/// Returns the set of bytes that have a bit.
#[inline(always)]
fn with_bit(bytes: u8x16, bit: usize) -> u32 {
    // The highest bit of each byte is what counts; what neighbours shift in is below.
    let shifted = bytemuck::cast::<_, u16x8>(bytes) << (7 - bit as u32 % 8);
    bytemuck::cast::<_, u8x16>(shifted).to_bitmask()
}

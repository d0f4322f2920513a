//! The inverse DCT of a block: at full size, or directly at a half, a quarter or an eighth of its size, from its lowest
//! coefficients.

use std::ops::{Add, Mul, Sub};

/// Half of the square root of two.
const HALF_ROOT: f32 = std::f32::consts::FRAC_1_SQRT_2;
/// The scale factors of the 8-point transform of Arai, Agui and Nakajima.
const AAN: [f32; 8] = [1.0, 1.387_039_8, 1.306_563, 1.175_875_6, 1.0, 0.785_694_96, 0.541_196_1, 0.275_899_38];

/// The coefficients of a block, row by row, as many as it has pixels; unused ones go to the last element.
pub(super) type Block = [i32; 256];
/// The element of unused coefficients.
pub(super) const NOWHERE: u8 = 255;

/// The natural positions of the coefficients in zigzag order.
const ZIGZAG: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21,
    28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54,
    47, 55, 62, 63,
];

/// The transformation of a component's coefficients to pixels.
pub(super) struct Steps {
    /// The target position of the coefficient at each position of the file; those after the 64th are dropped.
    pub(super) places: [u8; 256],
    /// Its factor at the target position.
    factors: [f32; 64],
}

impl Steps {
    /// The steps for blocks of `size` pixels across.
    pub(super) fn new(quantisation: &[u16; 64], size: usize) -> Self {
        let mut steps = Self { places: [NOWHERE; 256], factors: [0.0; 64] };
        for ((place, &natural), &step) in steps.places.iter_mut().zip(&ZIGZAG).zip(quantisation) {
            let (row, column) = (usize::from(natural / 8), usize::from(natural % 8));
            if row < size && column < size {
                let at = row * size + column;
                *place = u8::try_from(at).unwrap_or(NOWHERE);
                steps.factors[at] = f32::from(step) * scale(size, row) * scale(size, column);
            }
        }
        steps
    }

    /// Writes the pixels of a block of `N` × `N`.
    #[inline(always)]
    pub(super) fn pixels<const N: usize>(&self, block: &Block, out: &mut [u8], stride: usize) {
        let mut rows = [Row([0.0_f32; N]); N];
        for ((row, from), factors) in rows.iter_mut().zip(block.chunks_exact(N)).zip(self.factors.chunks_exact(N)) {
            for ((to, &value), factor) in row.0.iter_mut().zip(from).zip(factors) {
                *to = value as f32 * factor;
            }
        }
        down(&mut rows);
        rows = transposed(&rows);
        down(&mut rows);
        rows = transposed(&rows);
        for (index, row) in rows.iter().enumerate() {
            let mut line = [0; N];
            line.iter_mut().zip(row.0).for_each(|(to, value)| *to = pixel(value));
            out[index * stride..][..N].copy_from_slice(&line);
        }
    }

    /// Writes a block of one grey.
    #[inline(always)]
    pub(super) fn flat<const N: usize>(&self, constant: i32, out: &mut [u8], stride: usize) {
        let line = [pixel(constant as f32 * self.factors[0]); N];
        for index in 0..N {
            out[index * stride..][..N].copy_from_slice(&line);
        }
    }
}

/// The factors that the transform below leaves out.
fn scale(size: usize, frequency: usize) -> f32 {
    match (size, frequency) {
        (8, _) => AAN[frequency] * HALF_ROOT / 2.0,
        (4, 1 | 3) => 0.5,
        _ => HALF_ROOT / 2.0,
    }
}

/// A row of a block: an operation applies to all its columns at once.
#[derive(Clone, Copy)]
struct Row<const N: usize>([f32; N]);

impl<const N: usize> Add for Row<N> {
    type Output = Self;

    #[inline(always)]
    fn add(mut self, other: Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(to, value)| *to += value);
        self
    }
}

impl<const N: usize> Sub for Row<N> {
    type Output = Self;

    #[inline(always)]
    fn sub(mut self, other: Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(to, value)| *to -= value);
        self
    }
}

impl<const N: usize> Mul<f32> for Row<N> {
    type Output = Self;

    #[inline(always)]
    fn mul(mut self, factor: f32) -> Self {
        self.0.iter_mut().for_each(|to| *to *= factor);
        self
    }
}

#[inline(always)]
fn pixel(value: f32) -> u8 {
    let level = value + 128.0;
    let level = if level > 0.0 { level } else { 0.0 };
    let level = if level < 255.0 { level } else { 255.0 };
    // Above 2²³ the lowest bits of a float are its rounded whole number.
    (level + 8_388_608.0).to_bits() as u8
}

#[inline(always)]
fn transposed<const N: usize>(rows: &[Row<N>; N]) -> [Row<N>; N] {
    let mut turned = [Row([0.0; N]); N];
    for (index, row) in rows.iter().enumerate() {
        for (to, value) in turned.iter_mut().zip(row.0) {
            to.0[index] = value;
        }
    }
    turned
}

/// One transform for each column.
#[inline(always)]
fn down<const N: usize>(rows: &mut [Row<N>; N]) {
    match N {
        8 => eight(rows),
        4 => four(rows),
        2 => (rows[0], rows[1]) = (rows[0] + rows[1], rows[0] - rows[1]),
        _ => {}
    }
}

#[inline(always)]
fn four<const N: usize>(rows: &mut [Row<N>; N]) {
    const COS_1: f32 = 0.923_879_5;
    const COS_3: f32 = 0.382_683_43;
    let (even0, even1) = (rows[0] + rows[2], rows[0] - rows[2]);
    let odd0 = rows[1] * COS_1 + rows[3] * COS_3;
    let odd1 = rows[1] * COS_3 - rows[3] * COS_1;
    rows[0] = even0 + odd0;
    rows[1] = even1 + odd1;
    rows[2] = even1 - odd1;
    rows[3] = even0 - odd0;
}

/// The 8-point transform of Arai, Agui and Nakajima.
#[inline(always)]
fn eight<const N: usize>(rows: &mut [Row<N>; N]) {
    const ROOT: f32 = std::f32::consts::SQRT_2;
    let (sum04, difference04, sum26) = (rows[0] + rows[4], rows[0] - rows[4], rows[2] + rows[6]);
    let turned26 = (rows[2] - rows[6]) * ROOT - sum26;
    let (even0, even3) = (sum04 + sum26, sum04 - sum26);
    let (even1, even2) = (difference04 + turned26, difference04 - turned26);

    let (z13, z10, z11, z12) = (rows[5] + rows[3], rows[5] - rows[3], rows[1] + rows[7], rows[1] - rows[7]);
    let odd0 = z11 + z13;
    let z5 = (z10 + z12) * 1.847_759_1;
    let odd1 = z5 - z10 * 2.613_126 - odd0;
    let odd2 = (z11 - z13) * ROOT - odd1;
    let odd3 = z5 - z12 * 1.082_392_2 - odd2;
    (rows[0], rows[7]) = (even0 + odd0, even0 - odd0);
    (rows[1], rows[6]) = (even1 + odd1, even1 - odd1);
    (rows[2], rows[5]) = (even2 + odd2, even2 - odd2);
    (rows[3], rows[4]) = (even3 + odd3, even3 - odd3);
}

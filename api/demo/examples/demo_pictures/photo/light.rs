//! Uneven light, the roughness of surfaces and the grain of a phone's camera.

use std::sync::LazyLock;

use super::super::canvas::Canvas;
use super::super::dice::{Dice, noise};
use super::Stage;

/// The side of the repeating roughness pattern, a power of two.
const PATTERN: usize = 256;
/// Light is computed at the corners of squares of this many pixels and blended between them.
const CELL: usize = 40;

/// The brightness of each pixel of the pattern, relative to the surface.
static ROUGHNESS: LazyLock<Vec<i16>> = LazyLock::new(|| {
    let mut dice = Dice::new(1, 2);
    (0..PATTERN * PATTERN)
        .map(|i| {
            let (x, y) = ((i % PATTERN) as f32, (i / PATTERN) as f32);
            let bumps = noise(x / 7.0, y / 7.0, 5) + 0.6 * noise(x / 2.4, y / 2.4, 9) - 0.8;
            (bumps * 2.0 + dice.jitter(0.4)).round() as i16
        })
        .collect()
});

/// A lamp or window to one side, a bright spot, darker corners, slow unevenness.
fn brightness(seed: u64, stage: Stage) -> impl Fn(f32, f32) -> f32 {
    let mut dice = Dice::new(seed, 71 + stage as u64);
    let (slope, fall) = ((dice.jitter(0.16), dice.jitter(0.12)), dice.range(0.10, 0.24));
    let (spot, glow) = ((dice.range(0.2, 0.8), dice.range(0.1, 0.7)), dice.range(0.04, 0.16));
    let level = dice.range(0.93, 1.04);
    let noise_seed = seed as u32;
    move |x, y| {
        let (cx, cy) = (x - 0.5, y - 0.5);
        let near = (x - spot.0).powi(2) + (y - spot.1).powi(2);
        level + slope.0 * cx + slope.1 * cy - fall * (cx * cx + cy * cy) * 1.6
            + glow / (1.0 + near * 9.0)
            + 0.05 * (noise(x * 3.0, y * 3.0, noise_seed) - 0.5)
    }
}

/// Applies light and grain to the whole picture.
pub(super) fn shine(canvas: &mut Canvas, seed: u64, stage: Stage) {
    let (width, height) = canvas.size();
    let light = brightness(seed, stage);
    let columns = width / CELL + 2;
    let corner_row = |row: usize| -> Vec<f32> {
        let y = (row * CELL) as f32 / height as f32;
        (0..columns).map(|column| light((column * CELL) as f32 / width as f32, y)).collect()
    };
    let mut dice = Dice::new(seed, 81 + stage as u64);
    let offset = (dice.below(PATTERN), dice.below(PATTERN));
    let mut corners = (corner_row(0), corner_row(1));
    for (y, pixels) in canvas.rows_mut().enumerate() {
        if y > 0 && y % CELL == 0 {
            corners = (corners.1, corner_row(y / CELL + 1));
        }
        let down = (y % CELL) as f32 / CELL as f32;
        let edge = |column: usize| corners.0[column] + (corners.1[column] - corners.0[column]) * down;
        let line = ((y + offset.1) & (PATTERN - 1)) * PATTERN;
        for (cell, run) in pixels.chunks_mut(CELL * 3).enumerate() {
            let (from, to) = (edge(cell), edge(cell + 1));
            let step = (to - from) / CELL as f32;
            for (x, pixel) in run.chunks_exact_mut(3).enumerate() {
                let factor = ((from + step * x as f32) * 256.0) as i32;
                let rough = ROUGHNESS[line + ((cell * CELL + x + offset.0) & (PATTERN - 1))];
                for channel in pixel {
                    let lit = (i32::from(*channel) * factor) >> 8;
                    *channel = (lit + i32::from(rough)).clamp(0, 255) as u8;
                }
            }
        }
    }
}

//! The defects: each function draws its place, with the flaw or repaired, and answers where to look.

mod fitted;
mod laid;
mod painted;

pub(super) use fitted::{crooked_socket, dirty_glass};
pub(super) use laid::{chipped_tile, hollow_tile, scratch, skirting_gap};
pub(super) use painted::{crack, peeling_paint, stain};

use super::super::canvas::{Ink, Spot, ink};
use super::super::dice::noise;
use super::shot::Shot;

/// A jagged path of steps.
fn walk(shot: &mut Shot, start: Spot, heading: f32, steps: usize, length: f32) -> Vec<Spot> {
    let mut path = vec![start];
    let (mut at, mut angle) = (start, heading);
    for _ in 0..steps {
        angle += (heading - angle) * 0.35 + shot.flaw.jitter(0.75);
        let step = length * shot.flaw.range(0.4, 1.6);
        at = (at.0 + angle.cos() * step, at.1 + angle.sin() * step);
        path.push(at);
    }
    path
}

/// A crack along a path: dark, thinner towards its end, with a bright lower lip.
fn tear(shot: &mut Shot, path: &[Spot], width: f32) {
    let last = path.len() as f32;
    let width_at = |i: usize| (width * (1.0 - i as f32 / last).powf(0.6)).max(0.9);
    for (i, pair) in path.windows(2).enumerate() {
        let lip = pair.iter().map(|p| (p.0 + 2.6, p.1 + 1.6)).collect::<Vec<_>>();
        let widths = (width_at(i), width_at(i + 1));
        shot.taper(lip[0], lip[1], widths, ink(255, 255, 252).thin(0.45));
        shot.taper(pair[0], pair[1], widths, ink(52, 46, 42).thin(0.88));
    }
}

/// Fresh paint that is not quite the old tone, with soft edges.
fn repaint(shot: &mut Shot, centre: Spot, radius: Spot, paint: Ink) {
    let seed = shot.noise_seed();
    shot.patch(centre, radius, paint.lit(1.022), |u, v| {
        let edge = 1.0 - (u.abs().max(v.abs()) + (noise(u * 5.0, v * 5.0, seed) - 0.5) * 0.25);
        edge * 5.0
    });
}

//! What goes wrong on painted walls and ceilings.

use std::f32::consts::{FRAC_PI_2, TAU};

use super::super::super::canvas::{Ink, Spot, ink};
use super::super::super::dice::noise;
use super::super::scene;
use super::super::shot::Shot;
use super::{repaint, tear, walk};

/// A crack that runs down from a corner, with a branch or two. Repaired: filled and repainted.
pub(in super::super) fn crack(shot: &mut Shot) -> Spot {
    let paint = scene::wall(shot);
    if shot.scene.chance(0.6) {
        scene::door_frame(shot);
    }
    let start = (shot.flaw.range(420.0, 860.0), shot.flaw.range(90.0, 240.0));
    let heading = FRAC_PI_2 + shot.flaw.jitter(0.7);
    let path = walk(shot, start, heading, 46, 15.0);
    let focus = path[path.len() / 2];
    if shot.is_before() {
        tear(shot, &path, 6.5);
        for _ in 0..2 {
            let from = path[8 + shot.flaw.below(24)];
            let turn = heading + shot.flaw.pick([-0.9, 0.9]) + shot.flaw.jitter(0.3);
            let branch = walk(shot, from, turn, 16, 12.0);
            tear(shot, &branch, 3.2);
        }
    } else {
        repaint(shot, focus, (230.0, 380.0), paint);
    }
    focus
}

/// Brown rings of a leak under the ceiling. Repaired: repainted.
pub(in super::super) fn stain(shot: &mut Shot) -> Spot {
    let paint = scene::wall(shot);
    let line = scene::ceiling_line(shot, paint);
    let centre = (shot.flaw.range(430.0, 850.0), line + shot.flaw.range(60.0, 200.0));
    let radius = (shot.flaw.range(230.0, 330.0), shot.flaw.range(170.0, 260.0));
    if !shot.is_before() {
        repaint(shot, (centre.0, centre.1 + 60.0), (radius.0 * 1.1, radius.1), paint);
        return centre;
    }
    let seed = shot.noise_seed();
    for ring in 0..3u32 {
        let size = 1.0 - ring as f32 * 0.24;
        let shade = shot.flaw.pick([ink(146, 108, 56), ink(128, 98, 62), ink(150, 120, 70)]);
        shot.patch(centre, (radius.0 * size, radius.1 * size), shade, |u, v| {
            let rough = noise(u * 2.6 + 9.0, v * 2.6, seed + ring) + 0.4 * noise(u * 8.0, v * 8.0, seed + 7);
            let reach = (u * u + v * v).sqrt() + (rough - 0.7) * 0.42;
            let inside = ((0.86 - reach) * 9.0).clamp(0.0, 1.0);
            let rim = (1.0 - ((reach - 0.8) * 14.0).powi(2)).max(0.0);
            inside * 0.16 + rim * 0.4
        });
    }
    runs(shot, centre, radius);
    mould(shot, centre, radius);
    centre
}

/// Drops that ran down the wall.
fn runs(shot: &mut Shot, centre: Spot, radius: Spot) {
    for _ in 0..6 {
        let x = centre.0 + shot.flaw.jitter(radius.0 * 0.6);
        let (top, end) = (centre.1 + radius.1 * 0.5, centre.1 + radius.1 + shot.flaw.range(20.0, 240.0));
        let bend = shot.flaw.jitter(6.0);
        shot.taper((x, top), (x + bend, end), (13.0, 3.0), ink(140, 106, 60).thin(0.2));
    }
}

/// Black specks of mould.
fn mould(shot: &mut Shot, centre: Spot, radius: Spot) {
    for _ in 0..70 {
        let (angle, reach) = (shot.flaw.range(0.0, TAU), shot.flaw.unit().sqrt() * 0.7);
        let spot = (centre.0 + angle.cos() * reach * radius.0, centre.1 + angle.sin() * reach * radius.1);
        let size = shot.flaw.range(1.0, 4.5);
        shot.dot(spot, size, ink(48, 52, 44).thin(0.4));
    }
}

/// Flakes of paint off the plaster. Repaired: repainted.
pub(in super::super) fn peeling_paint(shot: &mut Shot) -> Spot {
    let paint = scene::wall(shot);
    let centre = (shot.flaw.range(480.0, 800.0), shot.flaw.range(340.0, 600.0));
    if !shot.is_before() {
        repaint(shot, centre, (370.0, 290.0), paint);
        return centre;
    }
    for flake in 0..7 {
        let spread = if flake == 0 { 0.0 } else { 1.0 };
        let at = (centre.0 + spread * shot.flaw.jitter(230.0), centre.1 + spread * shot.flaw.jitter(170.0));
        let size = if flake == 0 { shot.flaw.range(110.0, 150.0) } else { shot.flaw.range(16.0, 62.0) };
        peel(shot, at, size, paint);
    }
    centre
}

/// One bare spot with its curled edge.
fn peel(shot: &mut Shot, centre: Spot, size: f32, paint: Ink) {
    let corners = 26;
    let reach: Vec<f32> = (0..corners).map(|_| size * shot.flaw.range(0.68, 1.12)).collect();
    let place = |grow: f32, shift: f32| -> Vec<Spot> {
        (0..=corners)
            .map(|i| (i as f32 / corners as f32 * TAU, reach[i % corners] * grow))
            .map(|(angle, r)| (centre.0 + angle.cos() * r * 1.25 + shift, centre.1 + angle.sin() * r + shift))
            .collect()
    };
    let plaster = shot.flaw.pick([ink(164, 158, 148), ink(178, 170, 156), ink(150, 146, 140)]);
    shot.area(&place(1.08, 7.0), ink(30, 26, 22).thin(0.28));
    shot.area(&place(1.07, 0.0), paint.lit(1.1));
    shot.area(&place(1.0, 0.0), plaster);
    shot.area(&place(0.8, size * 0.04), plaster.lit(0.93));
    let rim = place(1.0, 0.0);
    shot.line(&rim[15..26], 4.0, ink(50, 44, 38).thin(0.55));
    let curl = [rim[2], rim[5], (rim[4].0 - size * 0.34, rim[4].1 + size * 0.1)];
    shot.area(&curl.map(|p| (p.0 + 5.0, p.1 + 8.0)), ink(20, 18, 16).thin(0.35));
    shot.area(&curl, paint.lit(1.06));
}

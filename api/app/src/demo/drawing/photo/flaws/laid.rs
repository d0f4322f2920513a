//! What goes wrong with tiles, boards and skirtings.

use std::f32::consts::{FRAC_PI_2, PI, TAU};

use super::super::super::canvas::{Spot, ink};
use super::super::scene::{self, Tiles};
use super::super::shot::Shot;
use super::{tear, walk};

/// A tile with a broken corner. Repaired: a new tile and fresh grout.
pub(in super::super) fn chipped_tile(shot: &mut Shot) -> Spot {
    let side = shot.scene.range(360.0, 460.0);
    let tiles = Tiles::lay(shot, (side, side));
    let (from, to) = tiles.cell((0, 0));
    let (toward_right, toward_low) = (shot.flaw.chance(0.5), shot.flaw.chance(0.5));
    let corner = (if toward_right { to.0 } else { from.0 }, if toward_low { to.1 } else { from.1 });
    let (sx, sy) = (if toward_right { -1.0 } else { 1.0 }, if toward_low { -1.0 } else { 1.0 });
    if !shot.is_before() {
        tiles.put(shot, (0, 0), 1.03);
        tiles.regrout(shot, (0, 0));
        return (corner.0 + sx * 60.0, corner.1 + sy * 60.0);
    }
    let size = shot.flaw.range(70.0, 130.0);
    let mut edge = vec![corner];
    for step in 0..=8 {
        let angle = FRAC_PI_2 * step as f32 / 8.0;
        let reach = size * if step % 8 == 0 { 1.0 } else { shot.flaw.range(0.55, 1.0) };
        edge.push((corner.0 + sx * angle.cos() * reach, corner.1 + sy * angle.sin() * reach));
    }
    shot.area(&edge, ink(158, 122, 92));
    shot.line(&edge[1..], 5.0, ink(70, 58, 48));
    let inner: Vec<Spot> = edge.iter().map(|p| (p.0 * 0.65 + corner.0 * 0.35, p.1 * 0.65 + corner.1 * 0.35)).collect();
    shot.area(&inner, ink(112, 90, 72));
    let heading = (sy * 0.8 + shot.flaw.jitter(0.2)).atan2(sx);
    let start = edge[4];
    let path = walk(shot, start, heading, 13, side / 15.0);
    tear(shot, &path, 3.6);
    for _ in 0..14 {
        let spot = (corner.0 - sx * shot.flaw.range(4.0, 110.0), corner.1 + shot.flaw.jitter(90.0));
        let grain = shot.flaw.range(1.5, 6.0);
        shot.dot(spot, grain, ink(176, 150, 124));
    }
    (corner.0 + sx * 60.0, corner.1 + sy * 60.0)
}

/// Long scratches across a wooden floor. Repaired: polished out.
pub(in super::super) fn scratch(shot: &mut Shot) -> Spot {
    let wood = scene::boards(shot, -700.0);
    let centre = (shot.flaw.range(500.0, 780.0), shot.flaw.range(360.0, 560.0));
    let heading = shot.flaw.range(0.2, 1.1) * shot.flaw.pick([-1.0, 1.0]);
    if !shot.is_before() {
        let glow = |u: f32, v: f32| 0.22 * (1.0 - (u * u + v * v).sqrt());
        shot.patch(centre, (330.0, 220.0), wood.lit(1.35), glow);
        return centre;
    }
    for _ in 0..7 {
        let (aside, along) = (shot.flaw.jitter(60.0), shot.flaw.jitter(90.0));
        let half = shot.flaw.range(90.0, 270.0);
        let angle = heading + shot.flaw.jitter(0.06);
        let middle = (centre.0 - heading.sin() * aside + along, centre.1 + heading.cos() * aside);
        let end = |s: f32| (middle.0 + angle.cos() * half * s, middle.1 + angle.sin() * half * s);
        let width = shot.flaw.range(2.0, 6.0);
        shot.taper(end(-1.0), end(0.1), (1.0, width + 1.5), wood.lit(0.42).thin(0.7));
        shot.taper(end(0.1), end(1.0), (width + 1.5, 1.0), wood.lit(0.42).thin(0.7));
        shot.taper(end(-0.9), end(0.9), (width * 0.6, 1.0), ink(232, 212, 180).thin(0.85));
    }
    centre
}

/// Wall tiles, one of them circled in chalk. Repaired: laid anew.
pub(in super::super) fn hollow_tile(shot: &mut Shot) -> Spot {
    let size = shot.scene.pick([(300.0, 600.0), (420.0, 280.0), (330.0, 330.0)]);
    let tiles = Tiles::lay(shot, size);
    let (from, to) = tiles.cell((0, 0));
    let centre = ((from.0 + to.0) / 2.0, (from.1 + to.1) / 2.0);
    if !shot.is_before() {
        tiles.put(shot, (0, 0), 1.02);
        tiles.regrout(shot, (0, 0));
        return centre;
    }
    let chalk = shot.flaw.pick([ink(40, 70, 170), ink(196, 48, 40), ink(30, 30, 34)]);
    let radius = ((to.0 - from.0) * 0.36, (to.1 - from.1) * 0.32);
    let start = shot.flaw.range(0.0, TAU);
    let mut last = None;
    for step in 0..=70 {
        let angle = start + step as f32 / 64.0 * TAU;
        let wobble = 1.0 + 0.05 * (angle * 2.3).sin() + shot.flaw.jitter(0.012);
        let spot = (centre.0 + angle.cos() * radius.0 * wobble, centre.1 + angle.sin() * radius.1 * wobble);
        if let Some(before) = last {
            let cover = shot.flaw.range(0.55, 0.95);
            shot.line(&[before, spot], 6.0, chalk.thin(cover));
        }
        last = Some(spot);
    }
    let arm = radius.0.min(radius.1) * 0.42;
    for (a, b) in [((-1.0, -1.0), (1.0, 1.0)), ((1.0, -1.0), (-1.0, 1.0))] {
        let tip = |p: Spot| (centre.0 + p.0 * arm, centre.1 + p.1 * arm);
        shot.line(&[tip(a), tip(b)], 6.0, chalk.thin(0.8));
    }
    centre
}

/// A skirting board that stands off the wall. Repaired: pressed home and sealed.
pub(in super::super) fn skirting_gap(shot: &mut Shot) -> Spot {
    scene::wall(shot);
    let top = scene::skirting(shot);
    let (from, to) = (shot.flaw.range(160.0, 320.0), shot.flaw.range(860.0, 1120.0));
    let depth = shot.flaw.range(15.0, 30.0);
    let focus = ((from + to) / 2.0, top);
    if !shot.is_before() {
        shot.line(&[(from - 40.0, top), (to + 40.0, top)], 6.0, ink(248, 248, 244));
        return focus;
    }
    let mut upper = Vec::new();
    for step in 0..=24 {
        let t = step as f32 / 24.0;
        let high = depth * (t * PI).sin() + shot.flaw.jitter(1.4);
        upper.push((from + (to - from) * t, top - high.max(0.0)));
    }
    let mut gap = upper.clone();
    gap.extend([(to, top + 2.0), (from, top + 2.0)]);
    shot.area(&gap, ink(32, 28, 26));
    shot.line(&upper, 4.0, ink(120, 112, 104));
    for _ in 0..16 {
        let spot = (shot.flaw.range(from, to), top - shot.flaw.range(0.0, 6.0));
        let crumb = shot.flaw.range(1.5, 4.5);
        shot.dot(spot, crumb, ink(206, 200, 188));
    }
    focus
}

//! Motifs of tiles, boards, skirtings and steps.

use std::f32::consts::{FRAC_PI_2, PI, TAU};

use super::super::super::canvas::{Spot, ink};
use super::super::scene::{self, Tiles};
use super::super::shot::Shot;
use super::{BLACK, HIGH, LOW, STEEL, WHITE, crumbs, tear, walk};

/// A tile with a broken corner. Repaired: a new tile and fresh grout.
pub(super) fn broken_tile(shot: &mut Shot) -> Spot {
    let side = shot.scene.range(440.0, 520.0);
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
    let size = shot.flaw.range(130.0, 170.0);
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

/// Two long scratches across a wooden floor, in the light of a window. Repaired: filled and waxed.
pub(super) fn scratches(shot: &mut Shot) -> Spot {
    let wood = scene::boards(shot, -700.0);
    shot.area(&[(760.0, LOW), (1_240.0, LOW), (820.0, HIGH), (340.0, HIGH)], ink(255, 246, 220).thin(0.16));
    let centre = (640.0, 470.0);
    if !shot.is_before() {
        let gloss = |u: f32, v: f32| 0.2 * (1.0 - (u * u + v * v).sqrt());
        shot.patch(centre, (380.0, 240.0), wood.lit(1.35), gloss);
        return centre;
    }
    for aside in [-46.0, 44.0] {
        let bend = shot.flaw.jitter(30.0);
        let (a, b, c) = ((330.0, 620.0 + aside), (640.0, 470.0 + aside + bend), (960.0, 330.0 + aside));
        for (from, to, widths) in [(a, b, (2.0, 10.0)), (b, c, (10.0, 2.0))] {
            shot.taper((from.0 + 3.0, from.1 + 4.0), (to.0 + 3.0, to.1 + 4.0), widths, wood.lit(0.4).thin(0.8));
            shot.taper(from, to, widths, ink(236, 216, 184));
        }
    }
    crumbs(shot, centre, (240.0, 150.0), (24, 4.0), ink(222, 200, 164));
    centre
}

/// A joint that has opened between boards at a door. Repaired: three boards laid again.
pub(super) fn board_gap(shot: &mut Shot) -> Spot {
    let wood = scene::boards(shot, -700.0);
    // The foot of the door's lining, and the threshold.
    shot.block((LOW, LOW), (300.0, HIGH), ink(206, 202, 194));
    shot.block((230.0, LOW), (320.0, HIGH), ink(176, 180, 184));
    shot.line(&[(320.0, LOW), (320.0, HIGH)], 5.0, BLACK.thin(0.6));
    shot.block((LOW, LOW), (300.0, 250.0), ink(112, 78, 54));
    shot.line(&[(300.0, LOW), (300.0, 250.0), (LOW, 250.0)], 6.0, BLACK.thin(0.6));
    if !shot.is_before() {
        for row in 0..3 {
            let y = 330.0 + row as f32 * 104.0;
            shot.block((330.0, y), (1_180.0, y + 101.0), wood.lit(1.04));
            shot.outline((330.0, y), (1_180.0, y + 101.0), 2.0, wood.lit(0.6));
            for vein in 0..4 {
                let height = y + 18.0 + vein as f32 * 22.0;
                shot.line(&[(350.0, height), (760.0, height + 6.0), (1_150.0, height - 3.0)], 1.8, wood.lit(0.9));
            }
        }
        return (700.0, 480.0);
    }
    for (y, wide) in [(384.0, 20.0), (488.0, 30.0)] {
        shot.area(&[(326.0, y - wide / 2.0), (1_140.0, y - 3.0), (1_140.0, y + 3.0), (326.0, y + wide / 2.0)], BLACK);
        shot.line(&[(326.0, y + wide / 2.0), (1_140.0, y + 3.0)], 4.0, wood.lit(1.3));
    }
    crumbs(shot, (560.0, 440.0), (200.0, 60.0), (20, 5.0), ink(206, 190, 164));
    (560.0, 470.0)
}

/// A tile that is higher than its neighbour, with a straightedge across. Repaired: ground and grouted.
pub(super) fn lippage(shot: &mut Shot) -> Spot {
    let tiles = Tiles::lay(shot, (430.0, 430.0));
    let (from, to) = tiles.cell((0, 0));
    let joint = to.0 + 3.0;
    if shot.is_before() {
        shot.block((joint, from.1), (joint + 14.0, to.1), BLACK.thin(0.6));
        shot.block((joint - 7.0, from.1), (joint, to.1), WHITE.thin(0.8));
    } else {
        tiles.put(shot, (0, 0), 1.02);
        tiles.regrout(shot, (0, 0));
    }
    let middle = (from.1 + to.1) / 2.0;
    let lift = if shot.is_before() { 10.0 } else { 0.0 };
    let ruler = [
        (joint - 330.0, middle - 20.0),
        (joint + 330.0, middle - 20.0 + lift),
        (joint + 330.0, middle + 26.0 + lift),
        (joint - 330.0, middle + 26.0),
    ];
    let shadow = ruler.map(|(x, y)| (x + 6.0, y + 10.0 + lift));
    shot.area(&shadow, BLACK.thin(0.35));
    shot.area(&ruler, STEEL);
    for mark in 0..32 {
        let x = joint - 320.0 + mark as f32 * 20.0;
        let long = if mark % 5 == 0 { 18.0 } else { 10.0 };
        shot.line(&[(x, middle - 18.0), (x, middle - 18.0 + long)], 2.0, ink(60, 62, 66));
    }
    (joint + 8.0, middle + 70.0)
}

/// Two hollow wall tiles, marked in chalk. Repaired: laid again.
pub(super) fn hollow_tiles(shot: &mut Shot) -> Spot {
    let tiles = Tiles::lay(shot, (330.0, 330.0));
    let chalk = shot.flaw.pick([ink(40, 70, 170), ink(196, 48, 40), ink(30, 30, 34)]);
    for cell in [(0, 0), (1, 0)] {
        if shot.is_before() {
            let (from, to) = tiles.cell(cell);
            let centre = ((from.0 + to.0) / 2.0, (from.1 + to.1) / 2.0);
            circled(shot, centre, ((to.0 - from.0) * 0.34, (to.1 - from.1) * 0.31), chalk);
        } else {
            tiles.put(shot, cell, 1.03);
            tiles.regrout(shot, cell);
        }
    }
    let (_, to) = tiles.cell((0, 0));
    (to.0, to.1 - 160.0)
}

/// A circle and a cross, drawn by hand.
fn circled(shot: &mut Shot, centre: Spot, radius: Spot, chalk: super::Ink) {
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
}

/// Steps seen from below; the edge of one is chipped. Repaired: the edge is whole.
pub(super) fn stair(shot: &mut Shot) -> Spot {
    let stone = ink(178, 174, 166);
    shot.block((LOW, LOW), (HIGH, HIGH), stone);
    for step in -4..8 {
        let y = 100.0 + step as f32 * 210.0;
        shot.block((LOW, y), (HIGH, y + 90.0), stone.lit(1.12));
        shot.block((LOW, y + 90.0), (HIGH, y + 210.0), stone.lit(0.72));
        shot.block((LOW, y + 90.0), (HIGH, y + 104.0), stone.lit(0.5));
        for groove in [52.0, 66.0] {
            shot.line(&[(LOW, y + groove), (HIGH, y + groove)], 5.0, stone.lit(0.8));
        }
    }
    let edge = 100.0 + 210.0 + 90.0;
    if !shot.is_before() {
        shot.block((540.0, edge - 88.0), (780.0, edge - 1.0), stone.lit(1.17));
        shot.outline((540.0, edge - 88.0), (780.0, edge - 1.0), 2.0, stone.lit(0.95));
        return (660.0, edge - 20.0);
    }
    let mut chip = vec![(556.0, edge + 16.0)];
    for step in 0..=8 {
        let t = step as f32 / 8.0;
        chip.push((566.0 + 190.0 * t, edge - 12.0 - 56.0 * (t * PI).sin() + shot.flaw.jitter(9.0)));
    }
    chip.push((770.0, edge + 16.0));
    shot.area(&chip, ink(132, 118, 100));
    shot.line(&chip[1..10], 6.0, ink(84, 76, 66));
    crumbs(shot, (660.0, edge + 140.0), (150.0, 30.0), (26, 9.0), stone);
    (660.0, edge - 20.0)
}

/// A skirting board that is loose from the wall. Repaired: pressed home and sealed.
pub(super) fn skirting_gap(shot: &mut Shot) -> Spot {
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

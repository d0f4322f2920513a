//! Motifs of windows, their sills and screens.

use super::super::super::canvas::{Ink, Spot, ink};
use super::super::scene;
use super::super::shot::Shot;
use super::{BLACK, HIGH, LOW, STEEL, WHITE, blot, crumbs, screw};

/// The shine of clean glass.
fn shine(shot: &mut Shot) {
    shot.area(&[(180.0, 66.0), (330.0, 66.0), (120.0, 700.0), (74.0, 700.0)], WHITE.thin(0.18));
}

/// A pane with a bundle of scratches. Repaired: another pane.
pub(super) fn scratched_glass(shot: &mut Shot) -> Spot {
    scene::window(shot);
    let centre = (440.0, 430.0);
    if !shot.is_before() {
        shine(shot);
        return centre;
    }
    for _ in 0..4 {
        let aside = shot.flaw.jitter(34.0);
        let from = (centre.0 - 130.0, centre.1 + 80.0 + aside);
        let to = (centre.0 + 130.0 + shot.flaw.jitter(40.0), centre.1 - 80.0 + aside);
        shot.taper((from.0 + 2.0, from.1 + 3.0), (to.0 + 2.0, to.1 + 3.0), (1.0, 5.0), BLACK.thin(0.45));
        shot.taper(from, to, (1.5, 6.0), WHITE);
    }
    centre
}

/// Film on the panes and mortar in the track. Repaired: clean.
pub(super) fn film(shot: &mut Shot) -> Spot {
    scene::window(shot);
    if !shot.is_before() {
        shine(shot);
        shot.block((LOW, 790.0), (HIGH, 868.0), ink(150, 152, 154));
        shot.line(&[(LOW, 828.0), (HIGH, 828.0)], 10.0, ink(60, 62, 66));
        return (520.0, 500.0);
    }
    let blue = ink(70, 130, 220);
    shot.area(&[(74.0, 66.0), (700.0, 66.0), (780.0, 210.0), (780.0, 790.0), (74.0, 790.0)], blue.thin(0.5));
    shot.block((LOW, 790.0), (HIGH, 868.0), ink(150, 152, 154));
    for x in [190.0, 390.0, 600.0] {
        shot.line(&[(x, 150.0), (x + 90.0, 420.0), (x - 30.0, 800.0)], 5.0, WHITE.thin(0.4));
    }
    // The corner that has come off.
    shot.area(&[(700.0, 66.0), (780.0, 210.0), (610.0, 240.0)], blue.lit(1.3).thin(0.85));
    shot.line(&[(700.0, 66.0), (610.0, 240.0), (780.0, 210.0)], 4.0, WHITE.thin(0.8));
    crumbs(shot, (520.0, 806.0), (400.0, 12.0), (60, 15.0), ink(168, 164, 156));
    (690.0, 330.0)
}

/// Cement and dust on a sill. Repaired: clean.
pub(super) fn sill(shot: &mut Shot) -> Spot {
    let paint = scene::wall(shot);
    shot.block((LOW, LOW), (HIGH, 330.0), ink(176, 202, 224));
    shot.block((LOW, 330.0), (HIGH, 420.0), ink(226, 228, 228));
    shot.line(&[(LOW, 330.0), (HIGH, 330.0)], 6.0, ink(120, 124, 128));
    shot.block((600.0, LOW), (670.0, 330.0), ink(226, 228, 228));
    shot.block((LOW, 420.0), (HIGH, 760.0), ink(224, 220, 212));
    shot.block((LOW, 420.0), (HIGH, 434.0), ink(150, 148, 144));
    shot.block((LOW, 760.0), (HIGH, 800.0), ink(180, 176, 168));
    shot.block((LOW, 800.0), (HIGH, 816.0), paint.lit(0.55));
    let centre = (620.0, 590.0);
    if !shot.is_before() {
        shot.area(&[(260.0, 440.0), (420.0, 440.0), (300.0, 750.0), (120.0, 750.0)], WHITE.thin(0.55));
        return centre;
    }
    blot(shot, centre, (620.0, 190.0), ink(150, 142, 130).thin(0.4));
    for (x, y, size) in [(560.0, 580.0, 70.0), (720.0, 620.0, 46.0), (420.0, 660.0, 36.0), (880.0, 540.0, 30.0)] {
        shot.ellipse((x + 8.0, y + 10.0), (size * 1.5, size * 0.72), BLACK.thin(0.35));
        shot.ellipse((x, y), (size * 1.5, size * 0.7), ink(142, 140, 136));
        shot.ellipse((x - size * 0.2, y - size * 0.15), (size, size * 0.36), ink(166, 164, 160));
    }
    crumbs(shot, centre, (480.0, 130.0), (110, 8.0), ink(150, 148, 144));
    centre
}

/// The edge of an opened sash: where the limiter belongs, there are two holes. Repaired: an arm of steel.
pub(super) fn limiter(shot: &mut Shot) -> Spot {
    shot.block((LOW, LOW), (HIGH, HIGH), ink(170, 198, 222));
    let frame = shot.scene.pick([ink(82, 86, 92), ink(108, 92, 80), ink(196, 198, 200)]);
    shot.area(&[(LOW, 150.0), (HIGH, 250.0), (HIGH, 400.0), (LOW, 300.0)], frame.lit(1.15));
    shot.line(&[(LOW, 300.0), (HIGH, 400.0)], 5.0, frame.lit(0.5));
    shot.line(&[(LOW, 164.0), (HIGH, 264.0)], 4.0, frame.lit(1.35));
    shot.block((LOW, 620.0), (HIGH, 800.0), frame);
    shot.block((LOW, 620.0), (HIGH, 644.0), frame.lit(1.3));
    shot.line(&[(LOW, 700.0), (HIGH, 700.0)], 8.0, frame.lit(0.5));
    shot.block((LOW, 800.0), (HIGH, HIGH), ink(222, 218, 210));
    let (low, high) = ((470.0, 662.0), (820.0, 300.0));
    if shot.is_before() {
        for at in [low, (low.0 + 70.0, low.1), high, (high.0 + 70.0, high.1 + 3.0)] {
            shot.dot(at, 14.0, frame.lit(0.7));
            shot.dot(at, 9.0, BLACK);
        }
        shot.outline((low.0 - 40.0, low.1 - 26.0), (low.0 + 110.0, low.1 + 24.0), 2.5, frame.lit(1.4));
        return (540.0, 600.0);
    }
    for (x, y) in [low, high] {
        shot.block((x - 40.0, y - 22.0), (x + 110.0, y + 22.0), STEEL);
        shot.outline((x - 40.0, y - 22.0), (x + 110.0, y + 22.0), 3.0, STEEL.lit(0.6));
    }
    let (from, to) = ((low.0 + 35.0, low.1), (high.0 + 35.0, high.1));
    shot.line(&[(from.0 + 5.0, from.1 + 8.0), (to.0 + 5.0, to.1 + 8.0)], 26.0, BLACK.thin(0.3));
    shot.line(&[from, to], 26.0, STEEL.lit(0.95));
    shot.line(&[from, to], 5.0, STEEL.lit(0.55));
    screw(shot, from);
    screw(shot, to);
    (620.0, 520.0)
}

/// A sliding window: the sky, the outer frame, both sashes. `gap` is the opening of the right one at the top.
fn sashes(shot: &mut Shot, gap: f32) -> Ink {
    let frame = shot.scene.pick([ink(84, 88, 94), ink(222, 224, 224), ink(112, 96, 82)]);
    for band in 0..14 {
        let y = if band == 0 { LOW } else { 60.0 + band as f32 * 58.0 };
        let sky = ink((150 + band * 6) as u8, (184 + band * 4) as u8, (220 + band) as u8);
        shot.block((LOW, y), (HIGH, 120.0 + band as f32 * 58.0), sky);
    }
    shot.block((LOW, 760.0), (HIGH, HIGH), ink(122, 140, 104));
    let bar = |x: f32, lean: f32| [(x + lean, 64.0), (x + 62.0 + lean, 64.0), (x + 62.0, 868.0), (x, 868.0)];
    for (bar, tone) in [(bar(574.0, 0.0), 0.86), (bar(640.0 + gap * 0.5, gap * 0.5), 1.0)] {
        shot.area(&bar, frame.lit(tone));
        shot.line(&[bar[0], bar[3]], 4.0, frame.lit(0.5));
        shot.line(&[bar[1], bar[2]], 4.0, frame.lit(0.5));
    }
    for (from, to) in [
        ((LOW, LOW), (70.0, HIGH)),
        ((1_210.0, LOW), (HIGH, HIGH)),
        ((LOW, LOW), (HIGH, 64.0)),
        ((LOW, 868.0), (HIGH, HIGH)),
    ] {
        shot.block(from, to, frame);
    }
    shot.outline((70.0, 64.0), (1_210.0, 868.0), 6.0, frame.lit(0.45));
    frame
}

/// Sashes that do not meet; a curtain moves in the draught. Repaired: tight.
pub(super) fn loose_sash(shot: &mut Shot) -> Spot {
    let gap = if shot.is_before() { 64.0 } else { 0.0 };
    let frame = sashes(shot, gap);
    shot.block((652.0 + gap * 0.75, 430.0), (690.0 + gap * 0.75, 540.0), STEEL);
    if shot.is_before() {
        shot.block((598.0, 450.0), (618.0, 520.0), frame.lit(0.4));
        for fold in 0..6 {
            let x = 790.0 + fold as f32 * 46.0;
            let points = [(x, 40.0), (x + 10.0, 300.0), (x + 76.0, 520.0), (x + 40.0, 690.0), (x + 110.0, 760.0)];
            shot.line(&points, 44.0, WHITE.lit(0.9 + fold as f32 * 0.02).thin(0.75));
        }
    } else {
        for fold in 0..6 {
            let x = 930.0 + fold as f32 * 46.0;
            shot.line(&[(x, 40.0), (x, HIGH)], 44.0, WHITE.lit(0.9 + fold as f32 * 0.02).thin(0.75));
        }
    }
    (640.0, 400.0)
}

/// Two halves of a window, one without its screen. Repaired: both have one.
pub(super) fn screens(shot: &mut Shot) -> Spot {
    let frame = sashes(shot, 0.0);
    mesh(shot, (78.0, 570.0), frame);
    if shot.is_before() {
        return (930.0, 430.0);
    }
    mesh(shot, (706.0, 1_204.0), frame);
    (930.0, 430.0)
}

/// A screen between two edges.
fn mesh(shot: &mut Shot, (left, right): (f32, f32), frame: Ink) {
    shot.block((left, 70.0), (right, 862.0), ink(40, 44, 48).thin(0.42));
    let wire = ink(30, 32, 36).thin(0.5);
    for row in 0..17 {
        let y = 80.0 + row as f32 * 47.0;
        shot.line(&[(left, y), (right, y)], 2.0, wire);
    }
    let columns = ((right - left) / 47.0) as i32;
    for column in 0..columns {
        let x = left + 12.0 + column as f32 * 47.0;
        shot.line(&[(x, 70.0), (x, 862.0)], 2.0, wire);
    }
    shot.outline((left + 8.0, 78.0), (right - 8.0, 854.0), 16.0, frame.lit(0.8));
}

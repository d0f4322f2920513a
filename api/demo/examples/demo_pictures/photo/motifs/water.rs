//! Motifs of drains, basins, toilets and showers.

use super::super::super::canvas::{Spot, ink};
use super::super::scene::Tiles;
use super::super::shot::Shot;
use super::{BLACK, HIGH, LOW, STEEL, WHITE, blot, crumbs, tear, walk, water};

/// A square floor drain with its slots.
fn grate(shot: &mut Shot, (x, y): Spot, half: f32) {
    shot.block((x - half - 5.0, y - half - 5.0), (x + half + 8.0, y + half + 9.0), BLACK.thin(0.35));
    shot.block((x - half, y - half), (x + half, y + half), STEEL);
    shot.outline((x - half, y - half), (x + half, y + half), 4.0, STEEL.lit(0.6));
    for slot in -3..4 {
        let height = y + slot as f32 * half * 0.24;
        shot.line(&[(x - half * 0.7, height), (x + half * 0.7, height)], half * 0.1, ink(46, 48, 52));
    }
}

/// Standing water beside the drain. Repaired: it has drained.
pub(super) fn puddle(shot: &mut Shot) -> Spot {
    Tiles::lay(shot, (250.0, 250.0));
    if shot.is_before() {
        water(shot, (500.0, 540.0), (330.0, 210.0));
    }
    grate(shot, (880.0, 380.0), 82.0);
    if shot.is_before() { (560.0, 540.0) } else { (800.0, 430.0) }
}

/// A drain without a seal: an open, dirty pipe beside its grate. Repaired: a new drain, closed.
pub(super) fn smelling_drain(shot: &mut Shot) -> Spot {
    Tiles::lay(shot, (300.0, 300.0));
    let at = (640.0, 470.0);
    if !shot.is_before() {
        grate(shot, at, 132.0);
        return at;
    }
    blot(shot, at, (250.0, 230.0), ink(72, 62, 44).thin(0.5));
    shot.block((at.0 - 132.0, at.1 - 132.0), (at.0 + 132.0, at.1 + 132.0), ink(120, 116, 108));
    shot.dot(at, 116.0, ink(86, 76, 58));
    shot.dot(at, 96.0, ink(18, 16, 14));
    shot.ring(at, (106.0, 106.0), 8.0, ink(58, 50, 36));
    crumbs(shot, at, (120.0, 120.0), (40, 6.0), ink(70, 62, 46));
    grate(shot, (980.0, 640.0), 110.0);
    at
}

/// The bead between tiles and basin, black and torn. Repaired: a new one.
pub(super) fn sealant(shot: &mut Shot) -> Spot {
    Tiles::lay(shot, (420.0, 260.0));
    let top = 470.0;
    shot.block((LOW, top), (HIGH, HIGH), ink(240, 240, 237));
    shot.block((LOW, top + 120.0), (HIGH, HIGH), ink(222, 224, 224));
    shot.ellipse((640.0, 1_150.0), (760.0, 470.0), ink(198, 202, 204));
    shot.block((600.0, top + 40.0), (680.0, top + 150.0), STEEL);
    shot.ellipse((640.0, top + 40.0), (40.0, 16.0), STEEL.lit(1.15));
    shot.block((LOW, top - 20.0), (HIGH, top + 26.0), WHITE);
    shot.line(&[(LOW, top + 26.0), (HIGH, top + 26.0)], 3.0, ink(176, 176, 172));
    if !shot.is_before() {
        shot.line(&[(LOW, top - 6.0), (HIGH, top - 6.0)], 5.0, ink(255, 255, 255));
        return (420.0, top);
    }
    shot.block((LOW, top - 20.0), (HIGH, top + 26.0), ink(176, 170, 154).thin(0.7));
    for _ in 0..150 {
        let spot = (-60.0 + shot.flaw.unit() * 1_400.0, top + 3.0 + shot.flaw.jitter(22.0));
        let size = shot.flaw.range(3.0, 13.0);
        shot.dot(spot, size, ink(28, 32, 26).thin(0.8));
    }
    for x in [60.0, 380.0, 760.0] {
        let path = walk(shot, (x, top + 4.0), 0.0, 16, 17.0);
        let path: Vec<Spot> = path.iter().map(|p| (p.0, top + 3.0 + (p.1 - top - 3.0) * 0.25)).collect();
        tear(shot, &path, 12.0);
    }
    (420.0, top)
}

/// The foot of a toilet with water around it. Repaired: dry.
pub(super) fn toilet(shot: &mut Shot) -> Spot {
    Tiles::lay(shot, (300.0, 300.0));
    if shot.is_before() {
        water(shot, (620.0, 600.0), (430.0, 220.0));
    }
    let white = ink(240, 240, 237);
    shot.ellipse((650.0, 452.0), (236.0, 132.0), BLACK.thin(0.3));
    shot.ellipse((640.0, 436.0), (226.0, 124.0), white.lit(0.86));
    shot.block((414.0, LOW), (866.0, 436.0), white);
    shot.ellipse((640.0, 420.0), (226.0, 118.0), white);
    shot.block((414.0, LOW), (500.0, 420.0), white.lit(0.94));
    shot.block((790.0, LOW), (866.0, 420.0), white.lit(0.9));
    for x in [470.0, 810.0] {
        shot.dot((x, 440.0), 17.0, STEEL);
        shot.dot((x, 440.0), 9.0, STEEL.lit(0.7));
    }
    if !shot.is_before() {
        shot.ring((640.0, 437.0), (228.0, 122.0), 7.0, WHITE);
        shot.block((420.0, LOW), (860.0, 424.0), white);
    }
    (620.0, 580.0)
}

/// Two valves below a basin whose hoses lead to the wrong taps: red to blue. Repaired: red to red.
pub(super) fn swapped_hoses(shot: &mut Shot) -> Spot {
    Tiles::lay(shot, (380.0, 280.0));
    let (red, blue) = (ink(214, 44, 38), ink(40, 90, 206));
    shot.area(&[(240.0, LOW), (1_040.0, LOW), (900.0, 190.0), (380.0, 190.0)], ink(238, 238, 235));
    shot.line(&[(240.0, -100.0), (380.0, 190.0), (900.0, 190.0), (1_040.0, -100.0)], 4.0, ink(170, 172, 172));
    let (taps, valves, y) = ([500.0, 780.0], [430.0, 850.0], 760.0);
    let ends = if shot.is_before() { [taps[1], taps[0]] } else { taps };
    for (n, colour) in [(0, red), (1, blue)] {
        let bend = if shot.is_before() { (640.0, 470.0) } else { ((valves[n] + ends[n]) / 2.0, 470.0) };
        let hose =
            [(valves[n], y - 40.0), ((valves[n] + bend.0) / 2.0, 610.0), bend, (ends[n], 330.0), (ends[n], 200.0)];
        shot.line(&hose.map(|p| (p.0 + 8.0, p.1 + 10.0)), 34.0, BLACK.thin(0.25));
        shot.line(&hose, 34.0, STEEL);
        shot.line(&hose, 10.0, colour);
    }
    for (n, colour) in [(0, red), (1, blue)] {
        shot.block((taps[n] - 34.0, 170.0), (taps[n] + 34.0, 250.0), STEEL.lit(0.8));
        shot.dot((taps[n], 140.0), 36.0, colour);
        shot.ring((taps[n], 140.0), (36.0, 36.0), 5.0, WHITE);
        shot.dot((valves[n], y), 70.0, STEEL.lit(0.9));
        shot.dot((valves[n], y), 44.0, colour);
        shot.line(&[(valves[n] - 60.0, y), (valves[n] + 60.0, y)], 22.0, STEEL.lit(0.7));
    }
    (640.0, 450.0)
}

/// A shower head that drips though it is off. Repaired: dry.
pub(super) fn shower(shot: &mut Shot) -> Spot {
    Tiles::lay(shot, (300.0, 300.0));
    shot.line(&[(640.0, LOW), (640.0, 250.0)], 40.0, STEEL.lit(0.85));
    shot.area(&[(600.0, 210.0), (680.0, 210.0), (860.0, 320.0), (420.0, 320.0)], STEEL);
    shot.ellipse((640.0, 326.0), (224.0, 52.0), STEEL.lit(0.7));
    shot.ellipse((640.0, 322.0), (214.0, 44.0), ink(92, 96, 102));
    for column in -6..7 {
        let x = 640.0 + column as f32 * 30.0;
        shot.ellipse((x, 322.0), (6.0, 4.0), ink(206, 210, 214));
        shot.ellipse((x + 14.0, 340.0), (5.0, 3.5), ink(206, 210, 214));
    }
    if shot.is_before() {
        for (x, y, size) in [
            (560.0, 392.0, 17.0),
            (640.0, 470.0, 20.0),
            (700.0, 400.0, 15.0),
            (590.0, 600.0, 19.0),
            (690.0, 700.0, 21.0),
        ] {
            shot.area(&[(x - size * 0.8, y), (x, y - size * 2.4), (x + size * 0.8, y)], ink(96, 150, 200));
            shot.dot((x, y), size, ink(96, 150, 200));
            shot.dot((x - size * 0.3, y - 3.0), size * 0.35, WHITE);
        }
    }
    (640.0, 430.0)
}

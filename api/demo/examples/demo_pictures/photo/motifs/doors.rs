//! Motifs of doors and cupboard doors.

use super::super::super::canvas::{Ink, Spot, ink};
use super::super::scene;
use super::super::shot::Shot;
use super::{BLACK, HIGH, LOW, STEEL, WHITE, crumbs, glow, screw};

/// A leaf that hangs from a loose hinge. Repaired: an even gap.
pub(super) fn hinge(shot: &mut Shot) -> Spot {
    scene::wall(shot);
    let wood = shot.scene.pick([ink(232, 230, 224), ink(168, 128, 88), ink(128, 92, 64)]);
    shot.block((380.0, LOW), (590.0, HIGH), wood.lit(0.92));
    shot.line(&[(380.0, LOW), (380.0, HIGH)], 4.0, wood.lit(0.55));
    shot.block((590.0, LOW), (HIGH, HIGH), BLACK);
    let (top, foot) = if shot.is_before() { (690.0, 600.0) } else { (604.0, 604.0) };
    let at = |y: f32| top + (foot - top) * y / 960.0;
    shot.area(&[(at(LOW), LOW), (HIGH, LOW), (HIGH, HIGH), (at(HIGH), HIGH)], wood);
    shot.line(&[(at(LOW), LOW), (at(HIGH), HIGH)], 4.0, wood.lit(0.6));
    shot.outline((at(480.0) + 150.0, -300.0), (1_500.0, 1_300.0), 6.0, wood.lit(0.78));
    let (y, lean) = (430.0, if shot.is_before() { 46.0 } else { 0.0 });
    let plate = [(500.0, y - 110.0), (588.0, y - 110.0), (588.0, y + 110.0), (500.0, y + 110.0)];
    let leaf = [(596.0, y - 110.0), (690.0 + lean, y - 120.0), (690.0 + lean, y + 100.0), (596.0, y + 110.0)];
    for side in [plate, leaf] {
        shot.area(&side.map(|p| (p.0 + 5.0, p.1 + 7.0)), BLACK.thin(0.3));
        shot.area(&side, STEEL);
    }
    shot.block((580.0, y - 122.0), (606.0, y + 122.0), STEEL.lit(0.75));
    for row in [-70.0, 0.0, 70.0] {
        screw(shot, (536.0, y + row));
        if shot.is_before() {
            // Two screws have come out, and one is missing.
            shot.dot((660.0 + lean, y + row - 6.0), 11.0, BLACK);
            if row < 60.0 {
                shot.line(&[(660.0 + lean, y + row - 6.0), (706.0 + lean, y + row + 16.0)], 9.0, ink(140, 142, 146));
                screw(shot, (712.0 + lean, y + row + 20.0));
            }
        } else {
            screw(shot, (650.0, y + row));
        }
    }
    (650.0, y)
}

/// Two scratches in the lining of a door. Repaired: touched up in colour.
pub(super) fn lining(shot: &mut Shot) -> Spot {
    scene::wall(shot);
    let wood = shot.scene.pick([ink(126, 88, 60), ink(150, 108, 74), ink(96, 70, 54)]);
    shot.block((430.0, LOW), (820.0, HIGH), wood);
    for vein in 0..16 {
        let x = 446.0 + vein as f32 * 23.0;
        let bend = shot.scene.jitter(9.0);
        shot.line(&[(x, LOW), (x + bend, 480.0), (x, HIGH)], 2.0, wood.lit(0.86));
    }
    shot.line(&[(430.0, LOW), (430.0, HIGH)], 5.0, wood.lit(0.5));
    shot.block((820.0, LOW), (880.0, HIGH), wood.lit(0.7));
    shot.block((880.0, LOW), (HIGH, HIGH), ink(58, 56, 56));
    for (x, y) in [(590.0, 330.0), (660.0, 560.0)] {
        if !shot.is_before() {
            shot.patch((x, y), (130.0, 90.0), wood.lit(1.1), |u, v| 0.45 * (1.0 - (u * u + v * v).sqrt()));
            continue;
        }
        for _ in 0..3 {
            let (a, b) = ((x - 90.0, y + shot.flaw.jitter(40.0)), (x + 100.0, y + shot.flaw.jitter(40.0)));
            shot.taper((a.0 + 3.0, a.1 + 4.0), (b.0 + 3.0, b.1 + 4.0), (2.0, 8.0), wood.lit(0.35));
            shot.taper(a, b, (2.0, 8.0), ink(226, 198, 160));
        }
        crumbs(shot, (x, y), (90.0, 50.0), (12, 4.0), ink(214, 186, 150));
    }
    (630.0, 440.0)
}

/// A sliding door that hangs askew in its rails. Repaired: upright.
pub(super) fn wardrobe(shot: &mut Shot) -> Spot {
    let wood = shot.scene.pick([ink(206, 190, 168), ink(186, 160, 128), ink(214, 212, 206)]);
    shot.block((LOW, LOW), (HIGH, HIGH), ink(44, 40, 38));
    shot.block((LOW, LOW), (600.0, HIGH), wood.lit(0.9));
    for vein in 0..9 {
        let x = 40.0 + vein as f32 * 62.0;
        shot.line(&[(x, LOW), (x + 8.0, 480.0), (x, HIGH)], 2.0, wood.lit(0.82));
    }
    let lean = if shot.is_before() { 84.0 } else { 0.0 };
    let at = |y: f32| 604.0 + lean * (y - 150.0) / 660.0;
    let drop = lean * 0.5;
    shot.area(&[(at(150.0), 150.0 + drop * 0.2), (HIGH, 150.0 + drop), (HIGH, 830.0), (at(830.0), 830.0)], wood);
    shot.line(&[(at(150.0), 150.0 + drop * 0.2), (at(830.0), 830.0)], 8.0, STEEL.lit(0.8));
    shot.block((at(480.0) + 40.0, 400.0), (at(480.0) + 62.0, 580.0), ink(110, 112, 116));
    for (from, to) in [(LOW, 150.0), (826.0, HIGH)] {
        shot.block((LOW, from), (HIGH, to), ink(150, 152, 156));
    }
    shot.block((LOW, 128.0), (HIGH, 150.0), STEEL.lit(0.7));
    shot.block((LOW, 826.0), (HIGH, 850.0), STEEL.lit(0.6));
    if shot.is_before() {
        shot.block((1_000.0, 150.0), (1_060.0, 186.0), BLACK);
        shot.dot((1_020.0, 172.0), 18.0, ink(120, 122, 126));
    }
    (at(700.0) - 20.0, 640.0)
}

/// A smart lock that shows red. Repaired: another panel, green.
pub(super) fn smart_lock(shot: &mut Shot) -> Spot {
    let door = shot.scene.pick([ink(92, 66, 52), ink(78, 80, 86), ink(110, 78, 56)]);
    shot.block((LOW, LOW), (HIGH, HIGH), door);
    for x in [260.0, 1_060.0] {
        shot.line(&[(x, LOW), (x, HIGH)], 6.0, door.lit(0.6));
        shot.line(&[(x + 7.0, LOW), (x + 7.0, HIGH)], 3.0, door.lit(1.25));
    }
    let body = if shot.is_before() { ink(34, 34, 38) } else { ink(70, 74, 80) };
    shot.block((500.0, 96.0), (800.0, 866.0), BLACK.thin(0.4));
    shot.block((490.0, 80.0), (790.0, 850.0), body);
    shot.outline((490.0, 80.0), (790.0, 850.0), 5.0, STEEL.lit(0.8));
    for row in 0..4 {
        for column in 0..3 {
            let at = (560.0 + column as f32 * 80.0, 160.0 + row as f32 * 76.0);
            shot.ring(at, (24.0, 24.0), 2.5, ink(150, 160, 172));
            shot.dot(at, 6.0, ink(190, 200, 212));
        }
    }
    let pad = (640.0, 560.0);
    let lamp = if shot.is_before() { ink(240, 44, 36) } else { ink(50, 226, 110) };
    glow(shot, pad, 190.0, lamp);
    shot.dot(pad, 82.0, ink(16, 16, 18));
    shot.ring(pad, (82.0, 82.0), 9.0, lamp);
    for arc in 1..6 {
        let radius = arc as f32 * 11.0;
        shot.ring(pad, (radius * 0.8, radius), 3.0, ink(130, 136, 144));
    }
    shot.block((600.0, 720.0), (960.0, 770.0), STEEL.lit(0.9));
    shot.block((600.0, 758.0), (960.0, 770.0), STEEL.lit(0.6));
    pad
}

/// A dent above the lower edge of an entrance door. Repaired: beaten out, repainted.
pub(super) fn dent(shot: &mut Shot) -> Spot {
    let door = shot.scene.pick([ink(112, 74, 58), ink(96, 98, 104), ink(84, 92, 88)]);
    shot.block((LOW, LOW), (HIGH, HIGH), door);
    for x in [180.0, 1_120.0] {
        shot.line(&[(x, LOW), (x, 560.0)], 6.0, door.lit(0.66));
    }
    shot.line(&[(180.0, 230.0), (1_120.0, 230.0)], 6.0, door.lit(0.66));
    shot.line(&[(180.0, 237.0), (1_120.0, 237.0)], 3.0, door.lit(1.2));
    shot.block((LOW, 700.0), (HIGH, 730.0), BLACK);
    shot.block((LOW, 730.0), (HIGH, 800.0), STEEL);
    shot.block((LOW, 792.0), (HIGH, 806.0), STEEL.lit(0.55));
    shot.block((LOW, 806.0), (HIGH, HIGH), ink(168, 162, 152));
    let centre = (620.0, 590.0);
    if !shot.is_before() {
        shot.patch(centre, (250.0, 120.0), door.lit(1.06), |u, v| 1.4 * (1.0 - (u * u + v * v).sqrt()));
        return centre;
    }
    shot.patch((600.0, 575.0), (210.0, 120.0), BLACK, |u, v| 0.85 * (1.0 - (u * u + v * v).sqrt()));
    shot.patch((664.0, 632.0), (170.0, 76.0), WHITE, |u, v| 0.55 * (1.0 - (u * u + v * v).sqrt()));
    shot.area(&[(520.0, 700.0), (570.0, 672.0), (640.0, 664.0), (700.0, 676.0), (740.0, 700.0)], BLACK);
    for _ in 0..6 {
        let from = (560.0 + shot.flaw.unit() * 110.0, 560.0 + shot.flaw.unit() * 70.0);
        let to = (from.0 + shot.flaw.range(20.0, 60.0), from.1 + shot.flaw.jitter(16.0));
        shot.taper(from, to, (2.0, 5.0), ink(206, 204, 198));
    }
    centre
}

/// A fire door that stays ajar, the arm of its closer loose. Repaired: shut.
pub(super) fn fire_door(shot: &mut Shot) -> Spot {
    let paint = scene::wall(shot);
    let red = ink(150, 62, 50);
    shot.block((230.0, 60.0), (1_080.0, HIGH), red.lit(0.7));
    shot.outline((230.0, 60.0), (1_080.0, HIGH), 6.0, paint.lit(0.5));
    shot.block((280.0, 110.0), (1_030.0, HIGH), ink(18, 20, 24));
    let (right, low) = if shot.is_before() { (850.0, 160.0) } else { (1_026.0, 114.0) };
    shot.area(&[(284.0, 114.0), (right, low), (right, HIGH), (284.0, HIGH)], red);
    shot.line(&[(right, low), (right, HIGH)], 9.0, red.lit(0.55));
    let glass = [(450.0, 420.0), (right - 190.0, 430.0), (right - 190.0, 760.0), (450.0, 760.0)];
    shot.area(&glass, ink(150, 168, 176));
    shot.line(&[glass[0], glass[1], glass[2], glass[3], glass[0]], 7.0, red.lit(0.5));
    shot.block((right - 86.0, 560.0), (right - 62.0, 720.0), STEEL);
    shot.block((340.0, 190.0), (580.0, 262.0), BLACK.thin(0.4));
    shot.block((334.0, 180.0), (574.0, 252.0), STEEL);
    let joint = (470.0, 200.0);
    if shot.is_before() {
        shot.line(&[joint, (640.0, 330.0), (600.0, 470.0)], 16.0, STEEL.lit(0.8));
        shot.block((660.0, 70.0), (740.0, 104.0), STEEL.lit(0.7));
        shot.dot((690.0, 88.0), 8.0, BLACK);
    } else {
        shot.line(&[joint, (640.0, 150.0), (700.0, 90.0)], 16.0, STEEL.lit(0.8));
        shot.block((660.0, 70.0), (740.0, 104.0), STEEL.lit(0.7));
    }
    screw(shot, joint);
    (620.0, 320.0)
}

/// Cabinet doors of which one hangs low. Repaired: level.
pub(super) fn cabinet_doors(shot: &mut Shot) -> Spot {
    let front = shot.scene.pick([ink(236, 234, 228), ink(176, 186, 182), ink(206, 190, 166)]);
    shot.block((LOW, LOW), (HIGH, HIGH), ink(60, 56, 54));
    shot.block((LOW, LOW), (HIGH, 120.0), ink(222, 220, 214));
    shot.block((LOW, 120.0), (HIGH, 190.0), ink(92, 90, 90));
    shot.block((LOW, 190.0), (HIGH, 204.0), BLACK);
    for column in -3..6 {
        let x = 20.0 + column as f32 * 316.0;
        let low = shot.is_before() && column == 2;
        let (drop, lean) = if low { (38.0, 14.0) } else { (0.0, 0.0) };
        cabinet_door(shot, (x, 214.0 + drop), lean, front);
    }
    shot.block((LOW, 830.0), (HIGH, HIGH), ink(52, 50, 50));
    (760.0, 250.0)
}

fn cabinet_door(shot: &mut Shot, (x, y): Spot, lean: f32, front: Ink) {
    let corners = [(x, y), (x + 308.0, y + lean), (x + 308.0 - lean, y + 620.0 + lean), (x - lean, y + 620.0)];
    shot.area(&corners, front);
    shot.line(&[corners[0], corners[1], corners[2], corners[3], corners[0]], 3.0, front.lit(0.7));
    shot.block((x + 240.0, y + 50.0), (x + 258.0, y + 190.0), ink(120, 122, 126));
}

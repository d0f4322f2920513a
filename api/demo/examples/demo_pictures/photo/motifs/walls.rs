//! Motifs of painted walls and ceilings.

use std::f32::consts::TAU;

use super::super::super::canvas::{Ink, Spot, ink};
use super::super::super::dice::noise;
use super::super::scene;
use super::super::shot::Shot;
use super::{BLACK, HIGH, LOW, WHITE, blot, crumbs, repaint, tear, walk};

const CEILING: Ink = ink(234, 233, 229);

/// A ceiling seen from below; its edge to the wall runs across the foot of the picture.
fn ceiling(shot: &mut Shot) {
    let wall = scene::paint(shot);
    shot.block((LOW, LOW), (HIGH, HIGH), CEILING);
    shot.block((LOW, 790.0), (HIGH, HIGH), wall.lit(0.84));
    shot.block((LOW, 790.0), (HIGH, 816.0), wall.lit(0.72));
    shot.line(&[(LOW, 790.0), (HIGH, 790.0)], 4.0, wall.lit(0.6));
}

/// A crack from the corner of a window. Repaired: filled and repainted.
pub(super) fn corner_crack(shot: &mut Shot) -> Spot {
    let paint = scene::wall(shot);
    let corner = (460.0, 330.0);
    for (inset, colour) in [(0.0, paint.lit(1.06)), (46.0, ink(74, 78, 84)), (84.0, ink(172, 200, 224))] {
        shot.block((LOW, LOW), (corner.0 - inset, corner.1 - inset), colour);
    }
    shot.line(&[(corner.0, LOW), corner, (LOW, corner.1)], 3.0, paint.lit(0.7));
    let path = walk(shot, corner, 0.62, 34, 15.0);
    let focus = path[13];
    if shot.is_before() {
        tear(shot, &path, 7.0);
        let branch = walk(shot, path[12], 1.2, 12, 11.0);
        tear(shot, &branch, 3.0);
    } else {
        repaint(shot, (focus.0 + 90.0, focus.1 + 60.0), (290.0, 260.0), paint);
    }
    focus
}

/// Patches of another tone and brush marks. Repaired: one coat over the whole wall.
pub(super) fn brush_marks(shot: &mut Shot) -> Spot {
    let paint = scene::wall(shot);
    if shot.is_before() {
        for tone in [0.9, 1.08, 0.93, 1.06, 0.91, 0.95] {
            let centre = (640.0 + shot.flaw.jitter(330.0), 380.0 + shot.flaw.jitter(190.0));
            let radius = (shot.flaw.range(120.0, 240.0), shot.flaw.range(70.0, 150.0));
            blot(shot, centre, radius, paint.lit(tone).thin(0.85));
        }
        for _ in 0..70 {
            let from = (640.0 + shot.flaw.jitter(430.0), 360.0 + shot.flaw.jitter(230.0));
            let (wide, high) = (shot.flaw.jitter(60.0), shot.flaw.range(60.0, 170.0));
            let tone = shot.flaw.pick([0.87, 0.92, 1.07]);
            shot.line(&[from, (from.0 + wide, from.1 + high)], 4.0, paint.lit(tone).thin(0.7));
        }
    }
    // The television's socket, cable and board.
    shot.block((596.0, 640.0), (684.0, 700.0), WHITE);
    shot.outline((596.0, 640.0), (684.0, 700.0), 2.0, ink(176, 176, 172));
    shot.dot((640.0, 670.0), 11.0, ink(60, 60, 64));
    shot.line(&[(640.0, 670.0), (660.0, 740.0), (720.0, 800.0)], 8.0, BLACK);
    shot.block((LOW, 790.0), (HIGH, 812.0), ink(120, 92, 66));
    shot.block((LOW, 812.0), (HIGH, HIGH), ink(92, 70, 52));
    (620.0, 400.0)
}

/// Dirt and knocks on the wall of a hall. Repaired: filled and touched up.
pub(super) fn scuffs(shot: &mut Shot) -> Spot {
    let paint = scene::wall(shot);
    shot.block((860.0, 250.0), (1010.0, 400.0), WHITE);
    shot.outline((860.0, 250.0), (1010.0, 400.0), 2.5, ink(180, 180, 176));
    shot.outline((886.0, 276.0), (984.0, 374.0), 2.0, ink(206, 206, 202));
    let centre = (560.0, 460.0);
    if !shot.is_before() {
        repaint(shot, centre, (300.0, 240.0), paint);
        return centre;
    }
    for _ in 0..5 {
        let (x, y) = (centre.0 + shot.flaw.jitter(180.0), centre.1 + shot.flaw.jitter(140.0));
        let radius = (shot.flaw.range(60.0, 140.0), shot.flaw.range(40.0, 90.0));
        blot(shot, (x, y), radius, ink(112, 98, 84).thin(0.32));
    }
    for _ in 0..14 {
        let from = (centre.0 + shot.flaw.jitter(240.0), centre.1 + shot.flaw.jitter(170.0));
        let to = (from.0 + shot.flaw.range(50.0, 170.0), from.1 + shot.flaw.jitter(34.0));
        shot.taper(from, to, (9.0, 2.0), ink(66, 62, 60).thin(0.5));
    }
    for (x, y) in [(centre.0 - 60.0, centre.1 - 40.0), (centre.0 + 90.0, centre.1 + 50.0)] {
        shot.ellipse((x, y), (34.0, 24.0), paint.lit(0.62));
        shot.ellipse((x + 5.0, y + 6.0), (26.0, 16.0), ink(196, 190, 180));
        crumbs(shot, (x, y), (30.0, 22.0), (8, 5.0), ink(206, 200, 190));
    }
    centre
}

/// Rising damp from the floor of a balcony. Repaired: sealed and repainted.
pub(super) fn damp_foot(shot: &mut Shot) -> Spot {
    let paint = scene::wall(shot);
    let foot = 650.0;
    if shot.is_before() {
        let seed = shot.noise_seed();
        shot.patch((640.0, foot), (760.0, 330.0), ink(112, 100, 84), |u, v| {
            let rough = noise(u * 4.0 + 3.0, v * 2.0, seed) + 0.4 * noise(u * 12.0, v * 9.0, seed + 1) - 0.7;
            (0.72 - v.abs() + rough * 0.6 - u * u * 0.4).clamp(0.0, 0.2) * 2.6
        });
        for _ in 0..120 {
            let spot = (640.0 + shot.flaw.jitter(460.0), foot - 40.0 - shot.flaw.unit() * 150.0);
            let grain = shot.flaw.range(1.5, 7.0);
            shot.dot(spot, grain, ink(246, 244, 238).thin(0.75));
        }
        crumbs(shot, (640.0, foot - 24.0), (400.0, 16.0), (50, 5.0), ink(70, 76, 62));
    } else {
        repaint(shot, (640.0, 560.0), (560.0, 170.0), paint);
    }
    shot.block((LOW, foot), (HIGH, HIGH), ink(150, 146, 138));
    shot.block((LOW, foot), (HIGH, foot + 14.0), ink(96, 92, 86));
    for joint in -6..14 {
        let x = joint as f32 * 170.0;
        shot.line(&[(x + 60.0, foot + 14.0), (x + (x - 640.0) * 0.5, HIGH)], 4.0, ink(112, 108, 102));
    }
    shot.line(&[(LOW, 790.0), (HIGH, 790.0)], 4.0, ink(112, 108, 102));
    (640.0, 540.0)
}

/// Cracks all over a skim coat. Repaired: scraped and skimmed.
pub(super) fn ceiling_cracks(shot: &mut Shot) -> Spot {
    ceiling(shot);
    let centre = (620.0, 400.0);
    if !shot.is_before() {
        repaint(shot, centre, (430.0, 280.0), CEILING);
        return centre;
    }
    for arm in 0..7 {
        let heading = arm as f32 / 7.0 * TAU + shot.flaw.jitter(0.3);
        let start = (centre.0 + heading.cos() * 20.0, centre.1 + heading.sin() * 14.0);
        let path = walk(shot, start, heading, 20, 14.0);
        tear(shot, &path, 4.6);
        let from = path[6 + shot.flaw.below(8)];
        let turn = heading + shot.flaw.pick([-1.1, 1.1]);
        let branch = walk(shot, from, turn, 10, 12.0);
        tear(shot, &branch, 2.8);
    }
    centre
}

/// A straight crack along a joint of two boards. Repaired: taped, filled, repainted.
pub(super) fn joint_crack(shot: &mut Shot) -> Spot {
    ceiling(shot);
    for (x, y) in [(300.0, 200.0), (1_000.0, 190.0)] {
        shot.dot((x, y), 74.0, ink(206, 206, 204));
        shot.dot((x, y), 62.0, ink(252, 250, 238));
        shot.ring((x, y), (74.0, 74.0), 3.0, ink(170, 170, 168));
    }
    if !shot.is_before() {
        repaint(shot, (640.0, 470.0), (700.0, 90.0), CEILING);
        return (640.0, 470.0);
    }
    let steps: Vec<f32> = (0..=60).map(|step| step as f32 / 60.0).collect();
    let path: Vec<Spot> =
        steps.iter().map(|t| (80.0 + 1_150.0 * t, 488.0 - 34.0 * t + shot.flaw.jitter(4.5))).collect();
    tear(shot, &path, 6.0);
    (640.0, 470.0)
}

/// A corner that is not parallel to a cupboard. Repaired: straight.
pub(super) fn crooked_corner(shot: &mut Shot) -> Spot {
    let paint = scene::wall(shot);
    let (top, foot) = if shot.is_before() { (430.0, 606.0) } else { (612.0, 612.0) };
    let at = |y: f32| top + (foot - top) * (y - 100.0) / 860.0;
    let left = [(LOW, LOW), (at(LOW), LOW), (at(HIGH), HIGH), (LOW, HIGH)];
    shot.area(&left, paint.lit(0.86));
    shot.line(&[(at(LOW), LOW), (at(HIGH), HIGH)], 3.0, paint.lit(0.66));
    let wood = ink(172, 134, 96);
    shot.area(&[(at(300.0), 300.0), (620.0, 300.0), (620.0, HIGH), (at(HIGH), HIGH)], paint.lit(0.5).thin(0.75));
    shot.block((620.0, 300.0), (HIGH, HIGH), wood);
    shot.block((620.0, 276.0), (HIGH, 304.0), wood.lit(1.14));
    shot.outline((660.0, 350.0), (1_130.0, 1_400.0), 4.0, wood.lit(0.6));
    shot.block((690.0, 560.0), (706.0, 700.0), ink(90, 90, 92));
    shot.line(&[(620.0, 300.0), (620.0, HIGH)], 4.0, wood.lit(0.5));
    (586.0, 420.0)
}

/// Water stains on a ceiling around a pipe. Repaired: sealed above, repainted.
pub(super) fn ceiling_leak(shot: &mut Shot) -> Spot {
    ceiling(shot);
    let centre = (620.0, 410.0);
    if shot.is_before() {
        let seed = shot.noise_seed();
        for ring in 0..3_u32 {
            let size = 1.0 - ring as f32 * 0.24;
            let shade = [ink(146, 108, 56), ink(128, 98, 62), ink(150, 120, 70)][ring as usize];
            shot.patch(centre, (380.0 * size, 270.0 * size), shade, |u, v| {
                let rough = noise(u * 2.6 + 9.0, v * 2.6, seed + ring) + 0.4 * noise(u * 8.0, v * 8.0, seed + 7);
                let reach = (u * u + v * v).sqrt() + (rough - 0.7) * 0.42;
                let inside = ((0.86 - reach) * 9.0).clamp(0.0, 1.0);
                let rim = (1.0 - ((reach - 0.8) * 14.0).powi(2)).max(0.0);
                inside * 0.2 + rim * 0.45
            });
        }
        crumbs(shot, centre, (190.0, 130.0), (50, 4.0), ink(70, 72, 58));
        for (x, y) in [(540.0, 480.0), (690.0, 500.0), (640.0, 330.0)] {
            shot.ellipse((x, y), (11.0, 14.0), ink(150, 160, 168));
            shot.dot((x - 3.0, y - 5.0), 3.5, WHITE);
        }
    } else {
        repaint(shot, centre, (430.0, 300.0), CEILING);
    }
    shot.ellipse((584.0, 396.0), (92.0, 84.0), BLACK.thin(0.25));
    shot.dot((576.0, 384.0), 84.0, ink(222, 222, 218));
    shot.dot((576.0, 384.0), 62.0, WHITE);
    shot.ring((576.0, 384.0), (62.0, 62.0), 4.0, ink(150, 150, 148));
    (690.0, 450.0)
}

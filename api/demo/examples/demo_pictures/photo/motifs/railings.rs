//! Motifs of railings.

use super::super::super::canvas::Spot;
use super::super::super::canvas::{Ink, ink};
use super::super::shot::Shot;
use super::{BLACK, HIGH, LOW, STEEL, blot, crumbs, screw};

const IRON: Ink = ink(52, 54, 58);

/// The view from a balcony.
fn view(shot: &mut Shot) {
    for band in 0..12 {
        let y = if band == 0 { LOW } else { band as f32 * 60.0 };
        let sky = ink((158 + band * 6) as u8, (190 + band * 4) as u8, (222 + band) as u8);
        shot.block((LOW, y), (HIGH, band as f32 * 60.0 + 62.0), sky);
    }
    for (x, top, wide) in [(-60.0, 420.0, 240.0), (330.0, 520.0, 180.0), (720.0, 380.0, 210.0), (1_060.0, 480.0, 260.0)]
    {
        shot.block((x, top), (x + wide, 800.0), ink(186, 190, 196));
        for floor in 0..8 {
            let y = top + 20.0 + floor as f32 * 40.0;
            shot.block((x + 16.0, y), (x + wide - 16.0, (y + 14.0).min(800.0)), ink(150, 158, 168));
        }
    }
    shot.block((LOW, 720.0), (HIGH, HIGH), ink(118, 140, 100));
}

/// Rust where the bars are welded to the rail. Repaired: ground and painted.
pub(super) fn rust(shot: &mut Shot) -> Spot {
    view(shot);
    let rail = 300.0;
    for bar in -3..9 {
        let x = 20.0 + bar as f32 * 206.0;
        shot.block((x, rail), (x + 44.0, HIGH), IRON);
        shot.block((x, rail), (x + 10.0, HIGH), IRON.lit(1.7));
    }
    shot.block((LOW, rail - 50.0), (HIGH, rail + 50.0), IRON);
    shot.block((LOW, rail - 50.0), (HIGH, rail - 34.0), IRON.lit(1.8));
    for bar in 0..6 {
        let at = (42.0 + bar as f32 * 206.0, rail + 54.0);
        if !shot.is_before() {
            shot.ellipse(at, (34.0, 12.0), IRON.lit(1.25));
            continue;
        }
        blot(shot, at, (90.0, 70.0), ink(150, 76, 30));
        blot(shot, (at.0, at.1 + 16.0), (50.0, 60.0), ink(104, 50, 22).thin(0.8));
        shot.taper((at.0, at.1 + 30.0), (at.0 - 6.0, at.1 + 190.0), (26.0, 4.0), ink(158, 84, 38).thin(0.55));
        crumbs(shot, at, (44.0, 30.0), (16, 6.0), ink(180, 100, 50));
    }
    (660.0, rail + 70.0)
}

/// The foot of a post that leans, its plate lifted. Repaired: upright, anchored and grouted.
pub(super) fn loose_post(shot: &mut Shot) -> Spot {
    view(shot);
    let floor = ink(172, 168, 160);
    shot.block((LOW, 600.0), (HIGH, HIGH), floor);
    shot.line(&[(LOW, 600.0), (HIGH, 600.0)], 6.0, floor.lit(0.6));
    for joint in -4..10 {
        let x = joint as f32 * 210.0;
        shot.line(&[(x + 80.0, 600.0), (x + (x - 640.0) * 0.4, HIGH)], 4.0, floor.lit(0.75));
    }
    let lean = if shot.is_before() { 150.0 } else { 0.0 };
    let lift = if shot.is_before() { 46.0 } else { 0.0 };
    shot.ellipse((640.0, 712.0), (250.0, 66.0), BLACK.thin(0.4));
    if shot.is_before() {
        shot.ellipse((640.0, 704.0), (230.0, 60.0), ink(112, 106, 98));
        shot.ellipse((600.0, 700.0), (150.0, 34.0), BLACK);
        crumbs(shot, (640.0, 740.0), (260.0, 50.0), (70, 13.0), ink(156, 150, 142));
    } else {
        shot.ellipse((640.0, 704.0), (230.0, 60.0), ink(196, 194, 188));
    }
    let plate = [(480.0, 680.0 - lift), (800.0, 680.0), (830.0, 724.0), (450.0, 724.0 - lift)];
    shot.area(&plate.map(|p| (p.0, p.1 + 12.0)), BLACK.thin(0.5));
    shot.area(&plate, IRON.lit(1.3));
    shot.line(&[plate[3], plate[2]], 10.0, IRON.lit(0.7));
    let post: [Spot; 4] = [(596.0 + lean, LOW), (684.0 + lean, LOW), (684.0, 700.0), (596.0, 700.0 - lift * 0.4)];
    shot.area(&post, IRON);
    shot.area(&[post[0], (post[0].0 + 18.0, LOW), (614.0, 698.0), post[3]], IRON.lit(1.7));
    shot.block((LOW, 120.0), (HIGH, 180.0), IRON.lit(1.1));
    for x in [520.0, 760.0] {
        let y = if x < 600.0 { 702.0 - lift } else { 702.0 };
        if shot.is_before() && x < 600.0 {
            shot.dot((x, y), 12.0, BLACK);
            shot.line(&[(x, y), (x - 14.0, y - 60.0)], 12.0, STEEL.lit(0.7));
            screw(shot, (x - 14.0, y - 64.0));
        } else {
            screw(shot, (x, y));
        }
    }
    (600.0, 660.0)
}

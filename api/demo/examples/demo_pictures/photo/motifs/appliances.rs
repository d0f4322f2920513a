//! Motifs of kitchens and air conditioning.

use super::super::super::canvas::{Spot, ink};
use super::super::scene::{self, Tiles};
use super::super::shot::Shot;
use super::{BLACK, HIGH, LOW, STEEL, WHITE, glow, tear, walk, water};

/// A hood whose display and lamps stay dark. Repaired: both are on.
pub(super) fn hood(shot: &mut Shot) -> Spot {
    Tiles::lay(shot, (300.0, 300.0));
    shot.block((520.0, LOW), (760.0, 230.0), STEEL.lit(0.86));
    shot.area(&[(520.0, 200.0), (760.0, 200.0), (1_080.0, 470.0), (200.0, 470.0)], STEEL);
    shot.line(&[(520.0, 200.0), (200.0, 470.0)], 4.0, STEEL.lit(0.6));
    shot.line(&[(760.0, 200.0), (1_080.0, 470.0)], 4.0, STEEL.lit(0.6));
    shot.block((180.0, 470.0), (1_100.0, 580.0), ink(40, 42, 46));
    shot.block((LOW, 860.0), (HIGH, HIGH), ink(60, 58, 58));
    let is_on = !shot.is_before();
    let lamp = if is_on { ink(255, 250, 224) } else { ink(96, 98, 102) };
    for x in [330.0, 950.0] {
        if is_on {
            glow(shot, (x, 620.0), 300.0, ink(255, 240, 190));
        }
        shot.ellipse((x, 590.0), (76.0, 18.0), lamp);
    }
    shot.block((540.0, 490.0), (740.0, 560.0), BLACK);
    shot.outline((540.0, 490.0), (740.0, 560.0), 3.0, ink(110, 112, 116));
    if is_on {
        for digit in [[true, true, true, true], [true, true, true, true]].iter().enumerate() {
            let x = 586.0 + digit.0 as f32 * 62.0;
            shot.outline((x, 502.0), (x + 30.0, 548.0), 6.0, ink(90, 220, 255));
        }
        glow(shot, (640.0, 525.0), 120.0, ink(90, 200, 255));
    }
    for x in [460.0, 500.0, 780.0, 820.0] {
        shot.ring((x, 525.0), (14.0, 14.0), 3.0, if is_on { ink(90, 220, 255) } else { ink(96, 98, 102) });
    }
    (640.0, 525.0)
}

/// A crack from the inner corner of a worktop. Repaired: the corner is a new piece.
pub(super) fn worktop(shot: &mut Shot) -> Spot {
    let stone = shot.scene.pick([ink(206, 204, 200), ink(170, 168, 166), ink(216, 208, 196)]);
    shot.block((LOW, LOW), (HIGH, HIGH), stone);
    for _ in 0..420 {
        let spot = (LOW + shot.scene.unit() * 3_000.0, LOW + shot.scene.unit() * 2_700.0);
        let (size, tone) = (shot.scene.range(1.5, 5.0), shot.scene.pick([0.7, 0.85, 1.12]));
        shot.dot(spot, size, stone.lit(tone));
    }
    let corner = (500.0, 580.0);
    shot.block((LOW, corner.1), (corner.0, HIGH), ink(112, 84, 60));
    shot.block((LOW, corner.1), (corner.0, corner.1 + 50.0), BLACK.thin(0.5));
    shot.block((corner.0 - 44.0, corner.1), (corner.0, HIGH), BLACK.thin(0.4));
    shot.line(&[(LOW, corner.1), corner, (corner.0, HIGH)], 14.0, stone.lit(0.74));
    shot.block((LOW, LOW), (HIGH, 90.0), ink(226, 224, 218));
    shot.line(&[(LOW, 90.0), (HIGH, 90.0)], 8.0, ink(120, 118, 114));
    if shot.is_before() {
        let path = walk(shot, corner, -0.85, 36, 15.0);
        tear(shot, &path, 9.0);
        return path[14];
    }
    shot.outline((corner.0 - 10.0, 94.0), (1_060.0, corner.1 + 4.0), 3.0, stone.lit(0.8));
    (680.0, 430.0)
}

/// An outdoor unit whose pipe rises and drips. Repaired: it falls to the drain.
pub(super) fn condensate_pipe(shot: &mut Shot) -> Spot {
    let paint = scene::wall(shot);
    shot.block((LOW, 780.0), (HIGH, HIGH), ink(146, 144, 138));
    shot.block((LOW, 780.0), (HIGH, 796.0), paint.lit(0.5));
    shot.block((-120.0, 180.0), (470.0, 700.0), BLACK.thin(0.25));
    shot.block((-140.0, 160.0), (450.0, 680.0), ink(226, 226, 222));
    shot.outline((-140.0, 160.0), (450.0, 680.0), 5.0, ink(150, 150, 148));
    for ring in 1..7 {
        let radius = ring as f32 * 34.0;
        shot.ring((150.0, 420.0), (radius, radius), 5.0, ink(110, 112, 114));
    }
    shot.line(&[(150.0, 210.0), (150.0, 630.0)], 6.0, ink(110, 112, 114));
    shot.line(&[(-60.0, 420.0), (360.0, 420.0)], 6.0, ink(110, 112, 114));
    // The rain pipe to which the water must drain.
    shot.block((1_010.0, LOW), (1_090.0, HIGH), ink(206, 206, 202));
    shot.line(&[(1_010.0, LOW), (1_010.0, HIGH)], 4.0, ink(150, 150, 148));
    let (from, bend, to) = if shot.is_before() {
        ((450.0, 560.0), (640.0, 610.0), (1_020.0, 430.0))
    } else {
        ((450.0, 560.0), (640.0, 584.0), (1_020.0, 640.0))
    };
    let pipe: [Spot; 3] = [from, bend, to];
    shot.line(&pipe.map(|p| (p.0 + 6.0, p.1 + 12.0)), 40.0, BLACK.thin(0.25));
    shot.line(&pipe, 40.0, WHITE);
    shot.line(&pipe.map(|p| (p.0, p.1 + 15.0)), 6.0, ink(170, 172, 174));
    shot.line(&[(bend.0, bend.1 - 26.0), (bend.0, bend.1 + 26.0)], 12.0, ink(190, 192, 194));
    if shot.is_before() {
        water(shot, (650.0, 850.0), (260.0, 60.0));
        for y in [668.0, 730.0, 790.0] {
            shot.area(&[(628.0, y), (642.0, y - 34.0), (656.0, y)], ink(80, 130, 190));
            shot.dot((642.0, y), 14.0, ink(80, 130, 190));
        }
    }
    (660.0, 590.0)
}

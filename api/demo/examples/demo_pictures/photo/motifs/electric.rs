//! Motifs of sockets and lamps.

use super::super::super::canvas::{Ink, Spot, ink};
use super::super::scene;
use super::super::shot::Shot;
use super::{BLACK, HIGH, LOW, WHITE, glow};

const WARM: Ink = ink(255, 240, 196);

/// Two sockets, one of them not level. Repaired: both level.
pub(super) fn crooked_socket(shot: &mut Shot) -> Spot {
    scene::wall(shot);
    let y = shot.scene.range(400.0, 540.0);
    let (left, right) = (shot.scene.range(380.0, 440.0), shot.scene.range(740.0, 820.0));
    let angle = shot.flaw.range(0.14, 0.22) * shot.flaw.pick([-1.0, 1.0]);
    let drop = shot.flaw.range(14.0, 26.0);
    plate(shot, (left, y), 0.0);
    if shot.is_before() {
        let corner = [(right - 128.0, y - 40.0), (right - 84.0, y - 84.0), (right - 84.0, y + 10.0)];
        shot.area(&corner, ink(52, 48, 46));
        plate(shot, (right, y + drop), angle);
    } else {
        plate(shot, (right, y), 0.0);
    }
    (right, y)
}

/// A socket's face plate with its five slots, turned about its middle.
fn plate(shot: &mut Shot, centre: Spot, angle: f32) {
    let (cos, sin) = (angle.cos(), angle.sin());
    let turn = |(x, y): Spot| (centre.0 + x * cos - y * sin, centre.1 + x * sin + y * cos);
    let face = |half: f32, shift: f32| -> Vec<Spot> {
        let cut = half * 0.1;
        [
            (-half + cut, -half),
            (half - cut, -half),
            (half, -half + cut),
            (half, half - cut),
            (half - cut, half),
            (-half + cut, half),
            (-half, half - cut),
            (-half, -half + cut),
            (-half + cut, -half),
        ]
        .iter()
        .map(|&p| turn((p.0 + shift, p.1 + shift)))
        .collect()
    };
    shot.area(&face(112.0, 9.0), ink(20, 20, 22).thin(0.3));
    shot.area(&face(110.0, 0.0), ink(242, 242, 238));
    shot.line(&face(110.0, 0.0), 2.0, ink(176, 176, 172));
    shot.line(&face(88.0, 0.0), 2.5, ink(206, 206, 202));
    let dark = ink(44, 44, 48);
    for (a, b) in [
        ((-26.0, -52.0), (-26.0, -22.0)),
        ((26.0, -52.0), (26.0, -22.0)),
        ((0.0, 10.0), (0.0, 34.0)),
        ((-34.0, 42.0), (-20.0, 64.0)),
        ((34.0, 42.0), (20.0, 64.0)),
    ] {
        shot.line(&[turn(a), turn(b)], 9.0, dark);
    }
}

/// A tester in a bedside socket: its lamps stay dark. Repaired: two are lit.
pub(super) fn dead_socket(shot: &mut Shot) -> Spot {
    scene::wall(shot);
    shot.block((LOW, 700.0), (HIGH, HIGH), ink(206, 196, 182));
    shot.block((LOW, 700.0), (HIGH, 726.0), ink(232, 226, 216));
    shot.block((LOW, 560.0), (330.0, HIGH), ink(150, 112, 78));
    shot.block((LOW, 560.0), (330.0, 590.0), ink(176, 136, 98));
    let at = (660.0, 420.0);
    plate(shot, at, 0.0);
    let (from, to) = ((at.0 - 70.0, at.1 - 62.0), (at.0 + 70.0, at.1 + 82.0));
    shot.block((from.0 + 10.0, from.1 + 14.0), (to.0 + 12.0, to.1 + 16.0), BLACK.thin(0.35));
    shot.block(from, to, ink(232, 120, 34));
    shot.outline(from, to, 4.0, ink(150, 74, 20));
    shot.block((from.0 + 16.0, to.1 - 48.0), (to.0 - 16.0, to.1 - 18.0), ink(250, 226, 190));
    let is_live = !shot.is_before();
    for (column, lit) in [(0, false), (1, is_live), (2, is_live)] {
        let lamp = (at.0 - 40.0 + column as f32 * 40.0, at.1 - 18.0);
        if lit {
            glow(shot, lamp, 60.0, ink(60, 255, 120));
        }
        shot.dot(lamp, 14.0, if lit { ink(70, 250, 120) } else { ink(66, 58, 52) });
        shot.ring(lamp, (14.0, 14.0), 3.0, ink(110, 60, 20));
    }
    at
}

/// The lamp of a hall with its sensor, dark. Repaired: it comes on.
pub(super) fn hall_light(shot: &mut Shot) -> Spot {
    let paint = scene::wall(shot);
    shot.area(
        &[(LOW, LOW), (HIGH, LOW), (HIGH, 300.0), (960.0, 620.0), (320.0, 620.0), (LOW, 300.0)],
        ink(234, 233, 229),
    );
    shot.line(&[(LOW, 300.0), (320.0, 620.0), (960.0, 620.0), (HIGH, 300.0)], 5.0, paint.lit(0.66));
    shot.line(&[(320.0, 620.0), (320.0, HIGH)], 4.0, paint.lit(0.7));
    shot.line(&[(960.0, 620.0), (960.0, HIGH)], 4.0, paint.lit(0.7));
    shot.block((520.0, 690.0), (760.0, HIGH), ink(140, 104, 74));
    shot.outline((520.0, 690.0), (760.0, HIGH), 6.0, ink(92, 66, 46));
    let at = (640.0, 340.0);
    let is_lit = !shot.is_before();
    if is_lit {
        glow(shot, at, 560.0, WARM);
    }
    shot.ellipse((at.0 + 4.0, at.1 + 14.0), (206.0, 106.0), BLACK.thin(0.3));
    shot.ellipse(at, (200.0, 100.0), ink(190, 190, 188));
    shot.ellipse(at, (180.0, 86.0), if is_lit { ink(255, 252, 232) } else { ink(128, 130, 134) });
    shot.ellipse((at.0, at.1 + 70.0), (16.0, 10.0), ink(60, 62, 66));
    if !is_lit {
        shot.block((LOW, LOW), (HIGH, HIGH), ink(14, 16, 30).thin(0.5));
    }
    at
}

/// The emergency light of a staircase, dark. Repaired: both heads shine.
pub(super) fn emergency_light(shot: &mut Shot) -> Spot {
    shot.block((LOW, LOW), (HIGH, HIGH), ink(222, 220, 214));
    shot.block((LOW, 660.0), (HIGH, HIGH), ink(120, 150, 140));
    shot.line(&[(LOW, 660.0), (HIGH, 660.0)], 6.0, ink(80, 104, 98));
    shot.line(&[(-200.0, 1_010.0), (1_480.0, 590.0)], 34.0, ink(120, 84, 58));
    for post in 0..9 {
        let x = post as f32 * 170.0 - 60.0;
        shot.line(&[(x, 960.0 - x * 0.25), (x, HIGH)], 10.0, ink(70, 72, 76));
    }
    let is_lit = !shot.is_before();
    let (heads, y) = ([480.0, 800.0], 300.0);
    if is_lit {
        heads.iter().for_each(|&x| glow(shot, (x, y), 420.0, WARM));
    }
    shot.block((468.0, 372.0), (828.0, 522.0), BLACK.thin(0.25));
    shot.block((460.0, 360.0), (820.0, 510.0), WHITE);
    shot.outline((460.0, 360.0), (820.0, 510.0), 4.0, ink(160, 160, 158));
    shot.block((500.0, 400.0), (640.0, 470.0), ink(40, 150, 84));
    shot.line(&[(520.0, 435.0), (610.0, 435.0)], 10.0, WHITE);
    shot.area(&[(606.0, 412.0), (632.0, 435.0), (606.0, 458.0)], WHITE);
    shot.dot((720.0, 436.0), 11.0, if is_lit { ink(60, 230, 100) } else { ink(70, 66, 64) });
    shot.dot((770.0, 436.0), 11.0, if is_lit { ink(70, 66, 64) } else { ink(226, 40, 34) });
    for x in heads {
        shot.block((x - 10.0, y + 20.0), (x + 10.0, 372.0), ink(190, 190, 188));
        shot.dot((x, y), 66.0, ink(206, 206, 204));
        shot.dot((x, y), 52.0, if is_lit { ink(255, 254, 240) } else { ink(92, 94, 98) });
        shot.ring((x, y), (66.0, 66.0), 4.0, ink(150, 150, 150));
    }
    if !is_lit {
        shot.block((LOW, LOW), (HIGH, HIGH), ink(14, 16, 30).thin(0.42));
    }
    (640.0, 350.0)
}

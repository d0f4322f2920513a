//! What goes wrong with sockets and windows.

use std::f32::consts::TAU;

use super::super::super::canvas::{Spot, ink};
use super::super::scene;
use super::super::shot::Shot;

/// Two sockets, one of them not level. Repaired: both level.
pub(in super::super) fn crooked_socket(shot: &mut Shot) -> Spot {
    scene::wall(shot);
    let y = shot.scene.range(400.0, 540.0);
    let (left, right) = (shot.scene.range(380.0, 440.0), shot.scene.range(740.0, 820.0));
    let angle = shot.flaw.range(0.09, 0.2) * shot.flaw.pick([-1.0, 1.0]);
    let drop = shot.flaw.range(8.0, 26.0);
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

/// A window with smears, paint and glue on its glass. Repaired: clean.
pub(in super::super) fn dirty_glass(shot: &mut Shot) -> Spot {
    scene::window(shot);
    let centre = (shot.flaw.range(340.0, 600.0), shot.flaw.range(300.0, 560.0));
    if !shot.is_before() {
        let shine = [(180.0, 66.0), (330.0, 66.0), (120.0, 700.0), (74.0, 700.0)];
        shot.area(&shine, ink(255, 255, 255).thin(0.16));
        return centre;
    }
    for _ in 0..9 {
        let (x, y) = (centre.0 + shot.flaw.jitter(190.0), centre.1 + shot.flaw.jitter(190.0));
        let (radius, from) = (shot.flaw.range(60.0, 190.0), shot.flaw.range(0.0, TAU));
        let width = shot.flaw.range(14.0, 46.0);
        let bend: Vec<Spot> = (0..14)
            .map(|i| from + i as f32 * 0.13)
            .map(|angle| (x + angle.cos() * radius, y + angle.sin() * radius * 0.7))
            .collect();
        shot.line(&bend, width, ink(246, 244, 236).thin(0.11));
    }
    for _ in 0..60 {
        let spot = (centre.0 + shot.flaw.jitter(250.0), centre.1 + shot.flaw.jitter(250.0));
        let size = shot.flaw.range(1.5, 9.0) * shot.flaw.unit().max(0.25);
        shot.dot(spot, size, ink(240, 238, 230).thin(0.85));
    }
    let (x, y) = (centre.0 - 60.0, centre.1 - 20.0);
    for _ in 0..26 {
        let (a, b) = ((x + shot.flaw.range(0.0, 150.0), y + shot.flaw.range(0.0, 96.0)), shot.flaw.range(10.0, 50.0));
        let end = (a.0 + b, a.1 + shot.flaw.jitter(5.0));
        shot.line(&[a, end], 6.0, ink(232, 226, 206).thin(0.5));
    }
    centre
}

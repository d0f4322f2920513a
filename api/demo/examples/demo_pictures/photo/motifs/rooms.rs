//! Overviews of rooms, in one-point perspective.

use super::super::super::canvas::{Ink, Spot, ink};
use super::super::scene;
use super::super::shot::Shot;
use super::{BLACK, HIGH, LOW, STEEL, WHITE};

/// The wall at the back: its upper left and its lower right corner.
const BACK: (Spot, Spot) = ((360.0, 230.0), (920.0, 620.0));
/// The distance by which the front edges of walls, floor and ceiling lie outside of the picture.
const NEAR: f32 = 3.4;

/// The point that lies `depth` towards the camera (from 0 at the back wall to 1) from a point of the back wall.
fn towards((x, y): Spot, depth: f32) -> Spot {
    let grown = 1.0 + (NEAR - 1.0) * depth;
    (640.0 + (x - 640.0) * grown, 425.0 + (y - 425.0) * grown)
}

/// An empty room: ceiling, walls, floor with its joints.
fn shell(shot: &mut Shot, wall: Ink, floor: Ink, joints: i32) {
    let (a, b) = BACK;
    let corners = [a, (b.0, a.1), b, (a.0, b.1)];
    let near = corners.map(|corner| towards(corner, 1.0));
    shot.block((LOW, LOW), (HIGH, HIGH), wall.lit(0.9));
    for (side, colour) in [(0, ink(240, 240, 237)), (1, wall.lit(0.9)), (2, floor), (3, wall.lit(0.94))] {
        let next = (side + 1) % 4;
        shot.area(&[corners[side], corners[next], near[next], near[side]], colour);
    }
    for joint in 0..=joints {
        let x = a.0 + (b.0 - a.0) * joint as f32 / joints as f32;
        shot.line(&[(x, b.1), towards((x, b.1), 1.0)], 2.5, floor.lit(0.84));
    }
    for row in 0..9 {
        let depth = (row as f32 / 9.0).powi(2);
        shot.line(&[towards((a.0, b.1), depth), towards(b, depth)], 2.0, floor.lit(0.84));
    }
    shot.block(a, b, wall);
    for (corner, near) in corners.into_iter().zip(near) {
        shot.line(&[corner, near], 3.0, wall.lit(0.7));
    }
    shot.outline(a, b, 3.0, wall.lit(0.74));
}

/// A box in front of the back wall.
fn furniture(shot: &mut Shot, (left, right): (f32, f32), height: f32, depth: f32, colour: Ink) {
    let foot = BACK.1.1;
    let (low_left, low_right) = (towards((left, foot), depth), towards((right, foot), depth));
    let (top_left, top_right) = (towards((left, foot - height), depth), towards((right, foot - height), depth));
    shot.area(&[(left, foot - height), (right, foot - height), top_right, top_left], colour.lit(1.12));
    shot.block(top_left, low_right, colour);
    shot.outline(top_left, low_right, 2.5, colour.lit(0.7));
    shot.line(&[low_left, low_right], 5.0, BLACK.thin(0.5));
}

/// A window in the back wall.
fn window(shot: &mut Shot, from: Spot, to: Spot) {
    shot.block((from.0 - 10.0, from.1 - 10.0), (to.0 + 10.0, to.1 + 10.0), ink(96, 100, 106));
    shot.block(from, to, ink(176, 208, 234));
    shot.block((from.0, to.1 - (to.1 - from.1) * 0.22), to, ink(132, 152, 116));
    let middle = (from.0 + to.0) / 2.0;
    shot.block((middle - 6.0, from.1), (middle + 6.0, to.1), ink(96, 100, 106));
}

/// A door in the back wall.
fn door(shot: &mut Shot, left: f32, colour: Ink) {
    shot.block((left - 10.0, 316.0), (left + 150.0, BACK.1.1), colour.lit(0.7));
    shot.block((left, 328.0), (left + 140.0, BACK.1.1), colour);
    shot.dot((left + 120.0, 480.0), 7.0, STEEL);
}

const WOOD: Ink = ink(184, 142, 98);
const TILE: Ink = ink(206, 206, 202);

pub(super) fn living(shot: &mut Shot) -> Spot {
    let paint = scene::paint(shot);
    shell(shot, paint, ink(214, 206, 192), 6);
    window(shot, (640.0, 290.0), (880.0, 560.0));
    furniture(shot, (390.0, 600.0), 56.0, 0.12, ink(120, 92, 66));
    shot.block((410.0, 400.0), (580.0, 500.0), BLACK);
    BACK.0
}

pub(super) fn bedroom(shot: &mut Shot) -> Spot {
    let paint = scene::paint(shot);
    shell(shot, paint, WOOD, 12);
    window(shot, (400.0, 290.0), (600.0, 500.0));
    door(shot, 730.0, ink(214, 210, 202));
    BACK.0
}

pub(super) fn hall(shot: &mut Shot) -> Spot {
    let paint = scene::paint(shot);
    shell(shot, paint, ink(220, 214, 204), 5);
    door(shot, 560.0, ink(112, 78, 56));
    furniture(shot, (380.0, 500.0), 250.0, 0.1, ink(196, 178, 152));
    shot.block((760.0, 430.0), (790.0, 460.0), WHITE);
    BACK.0
}

pub(super) fn bath(shot: &mut Shot) -> Spot {
    shell(shot, ink(216, 224, 228), TILE, 8);
    for line in 1..8 {
        let x = BACK.0.0 + line as f32 * 70.0;
        shot.line(&[(x, BACK.0.1), (x, BACK.1.1)], 2.0, ink(180, 188, 192));
    }
    for line in 1..6 {
        let y = BACK.0.1 + line as f32 * 65.0;
        shot.line(&[(BACK.0.0, y), (BACK.1.0, y)], 2.0, ink(180, 188, 192));
    }
    shot.block((400.0, 300.0), (590.0, 440.0), ink(196, 214, 222));
    shot.outline((400.0, 300.0), (590.0, 440.0), 5.0, STEEL.lit(0.8));
    furniture(shot, (390.0, 600.0), 130.0, 0.14, ink(236, 236, 233));
    shot.ellipse((745.0, 620.0), (66.0, 40.0), ink(226, 228, 228));
    shot.block((690.0, 520.0), (800.0, 600.0), WHITE);
    shot.line(&[(870.0, 260.0), (870.0, 520.0)], 8.0, STEEL);
    shot.ellipse((846.0, 262.0), (44.0, 12.0), STEEL.lit(0.8));
    BACK.0
}

pub(super) fn kitchen(shot: &mut Shot) -> Spot {
    shell(shot, ink(226, 222, 212), TILE, 6);
    window(shot, (560.0, 290.0), (720.0, 440.0));
    let front = ink(206, 190, 166);
    for x in [370.0, 455.0, 740.0, 825.0] {
        shot.block((x, 250.0), (x + 80.0, 380.0), front);
        shot.outline((x, 250.0), (x + 80.0, 380.0), 2.5, front.lit(0.7));
    }
    furniture(shot, (362.0, 918.0), 130.0, 0.16, front.lit(0.94));
    shot.block((560.0, 470.0), (640.0, 482.0), STEEL.lit(0.7));
    BACK.0
}

pub(super) fn balcony(shot: &mut Shot) -> Spot {
    shell(shot, ink(214, 216, 216), ink(160, 156, 148), 7);
    shot.block((372.0, 240.0), (908.0, 612.0), ink(176, 208, 234));
    shot.block((372.0, 520.0), (908.0, 612.0), ink(132, 152, 116));
    for x in [430.0, 560.0, 700.0, 800.0] {
        shot.block((x, 400.0), (x + 70.0, 540.0), ink(190, 194, 200));
    }
    for bar in 0..19 {
        let x = 376.0 + bar as f32 * 29.0;
        shot.line(&[(x, 440.0), (x, 612.0)], 5.0, ink(56, 58, 62));
    }
    shot.line(&[(366.0, 440.0), (914.0, 440.0)], 14.0, ink(56, 58, 62));
    BACK.0
}

pub(super) fn lobby(shot: &mut Shot) -> Spot {
    shell(shot, ink(208, 198, 182), ink(190, 184, 174), 5);
    for left in [430.0, 670.0] {
        shot.block((left - 12.0, 330.0), (left + 172.0, 620.0), ink(90, 84, 78));
        shot.block((left, 342.0), (left + 160.0, 620.0), STEEL);
        shot.line(&[(left + 80.0, 342.0), (left + 80.0, 620.0)], 4.0, STEEL.lit(0.5));
    }
    shot.dot((640.0, 480.0), 10.0, ink(240, 180, 60));
    BACK.0
}

pub(super) fn stairwell(shot: &mut Shot) -> Spot {
    shell(shot, ink(222, 220, 214), ink(168, 166, 160), 4);
    for step in 0..9 {
        let (x, y) = (420.0 + step as f32 * 52.0, 600.0 - step as f32 * 36.0);
        shot.block((x, y), (920.0, y + 20.0), ink(190, 186, 178));
        shot.block((x, y + 16.0), (920.0, y + 36.0), ink(140, 138, 132));
    }
    shot.line(&[(400.0, 500.0), (880.0, 166.0)], 16.0, ink(120, 84, 58));
    shot.block((440.0, 260.0), (520.0, 292.0), ink(40, 150, 84));
    BACK.0
}

//! The scenes of photos: painted walls, tiles, boards, a window.

use super::super::canvas::{Ink, Spot, ink};
use super::super::dice::noise;
use super::shot::Shot;

/// The margin of a scene around the picture, so that no tilt shows its end.
const BEYOND: f32 = 900.0;

/// The colour of a wall's paint.
pub(super) fn paint(shot: &mut Shot) -> Ink {
    shot.scene.pick([
        ink(226, 222, 212),
        ink(214, 216, 216),
        ink(228, 214, 192),
        ink(206, 214, 206),
        ink(220, 206, 200),
        ink(198, 206, 216),
    ])
}

/// A wall from edge to edge.
pub(super) fn wall(shot: &mut Shot) -> Ink {
    let colour = paint(shot);
    shot.block((-BEYOND, -BEYOND), (1280.0 + BEYOND, 960.0 + BEYOND), colour);
    colour
}

/// A grid of tiles with the positions of its cells.
pub(super) struct Tiles {
    size: Spot,
    origin: Spot,
    colour: Ink,
    grout: Ink,
    joint: f32,
}

impl Tiles {
    /// Draws tiles over the whole picture.
    pub(super) fn lay(shot: &mut Shot, size: Spot) -> Self {
        let colour = shot.scene.pick([
            ink(214, 208, 198),
            ink(188, 190, 192),
            ink(222, 220, 214),
            ink(172, 164, 152),
            ink(196, 204, 206),
        ]);
        let grout = shot.scene.pick([ink(128, 126, 120), ink(236, 234, 228), ink(96, 96, 98)]);
        let origin = (640.0 - size.0 * shot.scene.range(0.35, 0.65), 470.0 - size.1 * shot.scene.range(0.35, 0.65));
        let tiles = Self { size, origin, colour, grout, joint: 3.0 };
        shot.block((-BEYOND, -BEYOND), (1280.0 + BEYOND, 960.0 + BEYOND), grout);
        let (columns, rows) = (1400.0 / size.0, 1200.0 / size.1);
        for row in -(rows as i32)..=rows as i32 {
            for column in -(columns as i32)..=columns as i32 {
                tiles.put(shot, (column, row), 1.0);
            }
        }
        tiles
    }

    /// Upper left and lower right corner of a tile; (0, 0) is the one in the middle.
    pub(super) fn cell(&self, (column, row): (i32, i32)) -> (Spot, Spot) {
        let (x, y) = (self.origin.0 + column as f32 * self.size.0, self.origin.1 + row as f32 * self.size.1);
        ((x + self.joint, y + self.joint), (x + self.size.0 - self.joint, y + self.size.1 - self.joint))
    }

    /// Draws one tile, a little lighter or darker than the others if required.
    pub(super) fn put(&self, shot: &mut Shot, cell: (i32, i32), tone: f32) {
        let (from, to) = self.cell(cell);
        let shade = noise(cell.0 as f32 * 1.7, cell.1 as f32 * 2.3, shot.noise_seed()) - 0.5;
        let colour = self.colour.lit(tone + shade * 0.06);
        shot.block(from, to, colour);
        for vein in 0..3 {
            let at = |n: f32| noise(cell.0 as f32 * 3.1 + n, cell.1 as f32 * 5.3 + vein as f32, shot.noise_seed());
            let (w, h) = (to.0 - from.0, to.1 - from.1);
            let (a, b) = ((from.0 + w * at(0.2), from.1 + h * at(7.7)), (from.0 + w * at(11.4), from.1 + h * at(19.6)));
            shot.taper(a, b, (9.0, 2.0), colour.lit(0.95).thin(0.5));
        }
        shot.line(&[(from.0, to.1), from, (to.0, from.1)], 1.5, colour.lit(1.08));
        shot.line(&[(from.0, to.1), to, (to.0, from.1)], 1.5, colour.lit(0.86));
    }

    /// Fresh grout around a tile.
    pub(super) fn regrout(&self, shot: &mut Shot, cell: (i32, i32)) {
        let (from, to) = self.cell(cell);
        let half = self.joint;
        let (a, b) = ((from.0 - half, from.1 - half), (to.0 + half, to.1 + half));
        shot.line(&[a, (b.0, a.1), b, (a.0, b.1), a], self.joint * 2.0, self.grout.lit(1.15));
    }
}

/// A floor of boards that run across the picture; returns their colour.
pub(super) fn boards(shot: &mut Shot, from_height: f32) -> Ink {
    let wood = shot.scene.pick([ink(176, 132, 88), ink(148, 108, 74), ink(196, 164, 124), ink(134, 120, 106)]);
    let depth = shot.scene.range(104.0, 140.0);
    let mut y = from_height;
    while y < 960.0 + BEYOND {
        let mut x = -BEYOND + shot.scene.jitter(300.0);
        while x < 1280.0 + BEYOND {
            let length = shot.scene.range(620.0, 900.0);
            let colour = wood.lit(shot.scene.range(0.9, 1.08));
            board(shot, (x, y), (x + length, y + depth), colour);
            x += length;
        }
        y += depth;
    }
    wood
}

/// One board with its grain.
fn board(shot: &mut Shot, from: Spot, to: Spot, colour: Ink) {
    shot.block(from, to, colour);
    for _ in 0..9 {
        let y = shot.scene.range(from.1 + 4.0, to.1 - 4.0);
        let x = shot.scene.range(from.0, to.0 - 160.0);
        let end = (x + shot.scene.range(120.0, 520.0)).min(to.0);
        let bend = shot.scene.jitter(7.0);
        let tone = shot.scene.range(0.8, 0.96);
        let points = [(x, y), ((x + end) / 2.0, y + bend), (end, y + bend * 0.4)];
        shot.line(&points, 1.6, colour.lit(tone).thin(0.6));
    }
    shot.line(&[(from.0, to.1), from, (to.0, from.1)], 2.0, colour.lit(0.55));
}

/// A skirting board between wall and floor; returns the height of its upper edge.
pub(super) fn skirting(shot: &mut Shot) -> f32 {
    let top = shot.scene.range(470.0, 540.0);
    let foot = top + shot.scene.range(120.0, 150.0);
    boards(shot, foot);
    shot.block((-BEYOND, foot), (1280.0 + BEYOND, foot + 20.0), ink(20, 16, 12).thin(0.3));
    let colour = shot.scene.pick([ink(238, 237, 232), ink(222, 222, 220), ink(150, 112, 78), ink(84, 84, 86)]);
    shot.block((-BEYOND, top), (1280.0 + BEYOND, foot), colour);
    shot.block((-BEYOND, top), (1280.0 + BEYOND, top + 12.0), colour.lit(1.06));
    shot.line(&[(-BEYOND, top + 14.0), (1280.0 + BEYOND, top + 14.0)], 2.0, colour.lit(0.8));
    shot.line(&[(-BEYOND, foot), (1280.0 + BEYOND, foot)], 3.0, colour.lit(0.45));
    top
}

/// A window: sky, a few houses far away, the frame and its middle post.
pub(super) fn window(shot: &mut Shot) {
    let frame = shot.scene.pick([ink(70, 74, 80), ink(226, 228, 228), ink(104, 88, 76)]);
    let sky = |band: i32| ink((150 + band * 6) as u8, (184 + band * 4) as u8, (220 + band) as u8);
    for band in 0..14 {
        let y = if band == 0 { -BEYOND } else { 60.0 + band as f32 * 58.0 };
        shot.block((-BEYOND, y), (1280.0 + BEYOND, 120.0 + band as f32 * 58.0), sky(band));
    }
    for _ in 0..9 {
        let x = shot.scene.range(60.0, 1180.0);
        let (wide, high) = (shot.scene.range(60.0, 150.0), shot.scene.range(140.0, 460.0));
        house(shot, x, 830.0 - high, wide);
    }
    shot.block((-BEYOND, 800.0), (1280.0 + BEYOND, 960.0 + BEYOND), ink(112, 132, 96));
    let post = shot.scene.range(780.0, 900.0);
    for (from, to) in [
        ((-BEYOND, -BEYOND), (70.0, 960.0 + BEYOND)),
        ((1210.0, -BEYOND), (1280.0 + BEYOND, 960.0 + BEYOND)),
        ((-BEYOND, -BEYOND), (1280.0 + BEYOND, 64.0)),
        ((-BEYOND, 868.0), (1280.0 + BEYOND, 960.0 + BEYOND)),
        ((post, 0.0), (post + 62.0, 900.0)),
    ] {
        shot.block(from, to, frame);
    }
    for (left, right) in [(70.0, post), (post + 62.0, 1210.0)] {
        let corners = [(left, 64.0), (right, 64.0), (right, 868.0), (left, 868.0), (left, 64.0)];
        shot.line(&corners, 7.0, frame.lit(0.45));
        shot.line(&corners, 2.0, frame.lit(1.2));
    }
}

/// A block of flats in the distance.
fn house(shot: &mut Shot, x: f32, top: f32, wide: f32) {
    let colour = shot.scene.pick([ink(188, 192, 198), ink(204, 198, 190), ink(172, 180, 190)]);
    shot.block((x, top), (x + wide, 860.0), colour);
    let mut y = top + 16.0;
    while y < 790.0 {
        shot.block((x + 8.0, y), (x + wide - 8.0, y + 9.0), colour.lit(0.84));
        y += 26.0;
    }
}

//! The furniture and fittings of a plan, in thin lines.

use super::super::canvas::{Canvas, Ink, Spot, ink};
use super::walls::pixel;
use super::{Furniture, FurnitureKind, Side};

const LINE: Ink = ink(120, 124, 130);
const BODY: Ink = ink(255, 255, 255);
const WIDTH: f32 = 1.6;

/// A piece with coordinates of its own: u from 0 to 1 along its back, v from 0 (back) to 1 (front).
struct Piece<'a> {
    canvas: &'a mut Canvas,
    from: Spot,
    to: Spot,
    back: Side,
}

impl Piece<'_> {
    fn spot(&self, u: f32, v: f32) -> Spot {
        let (x, y) = match self.back {
            Side::North => (u, v),
            Side::South => (1.0 - u, 1.0 - v),
            Side::West => (v, 1.0 - u),
            Side::East => (1.0 - v, u),
        };
        (self.from.0 + (self.to.0 - self.from.0) * x, self.from.1 + (self.to.1 - self.from.1) * y)
    }

    /// The shorter side in pixels.
    fn short(&self) -> f32 {
        (self.to.0 - self.from.0).min(self.to.1 - self.from.1)
    }

    fn line(&mut self, points: &[(f32, f32)]) {
        let points: Vec<Spot> = points.iter().map(|&(u, v)| self.spot(u, v)).collect();
        self.canvas.stroke(&points, WIDTH, LINE);
    }

    fn frame(&mut self, (u0, v0): (f32, f32), (u1, v1): (f32, f32)) {
        let corners = [(u0, v0), (u1, v0), (u1, v1), (u0, v1), (u0, v0)];
        let points: Vec<Spot> = corners.iter().map(|&(u, v)| self.spot(u, v)).collect();
        self.canvas.polygon(&points[..4], BODY);
        self.canvas.stroke(&points, WIDTH, LINE);
    }

    /// An ellipse around (u, v) with half axes in shares of the piece.
    fn oval(&mut self, (u, v): (f32, f32), (ru, rv): (f32, f32)) {
        let points: Vec<(f32, f32)> = (0..=28)
            .map(|i| i as f32 / 28.0 * std::f32::consts::TAU)
            .map(|angle| (u + ru * angle.cos(), v + rv * angle.sin()))
            .collect();
        self.line(&points);
    }

    /// A circle around (u, v), its radius a share of the shorter side.
    fn circle(&mut self, (u, v): (f32, f32), radius: f32) {
        let (centre, radius) = (self.spot(u, v), radius * self.short());
        self.canvas.disc(centre, radius, BODY);
        self.canvas.arc(centre, radius, (0.0, std::f32::consts::TAU), WIDTH, LINE);
    }
}

/// Draws one piece.
pub(super) fn draw(canvas: &mut Canvas, furniture: &Furniture) {
    let spot = |p| {
        let (x, y) = pixel(p);
        (x as f32, y as f32)
    };
    let mut piece = Piece { canvas, from: spot(furniture.from), to: spot(furniture.to), back: furniture.back };
    match furniture.kind {
        FurnitureKind::Bed => bed(&mut piece),
        FurnitureKind::Sofa => sofa(&mut piece),
        FurnitureKind::Table => table(&mut piece),
        FurnitureKind::Television => television(&mut piece),
        FurnitureKind::Wardrobe => wardrobe(&mut piece),
        FurnitureKind::Toilet => toilet(&mut piece),
        FurnitureKind::Basin => basin(&mut piece),
        FurnitureKind::Shower => shower(&mut piece),
        FurnitureKind::Hob => hob(&mut piece),
        FurnitureKind::Sink => sink(&mut piece),
        FurnitureKind::Desk => piece.frame((0.0, 0.0), (1.0, 1.0)),
        FurnitureKind::Washer | FurnitureKind::AirUnit => machine(&mut piece),
    }
}

fn bed(piece: &mut Piece) {
    piece.frame((0.0, 0.0), (1.0, 1.0));
    piece.line(&[(0.0, 0.05), (1.0, 0.05)]);
    piece.frame((0.08, 0.1), (0.45, 0.28));
    piece.frame((0.55, 0.1), (0.92, 0.28));
    piece.line(&[(0.0, 0.38), (1.0, 0.38)]);
    piece.line(&[(0.6, 0.38), (1.0, 0.6)]);
}

fn sofa(piece: &mut Piece) {
    piece.frame((0.0, 0.0), (1.0, 1.0));
    piece.frame((0.1, 0.28), (0.9, 1.0));
    piece.line(&[(0.367, 0.28), (0.367, 1.0)]);
    piece.line(&[(0.633, 0.28), (0.633, 1.0)]);
}

/// A table; a large one has chairs on its long sides.
fn table(piece: &mut Piece) {
    let (wide, high) = (piece.to.0 - piece.from.0, piece.to.1 - piece.from.1);
    if piece.short() < 100.0 {
        piece.frame((0.0, 0.0), (1.0, 1.0));
        return;
    }
    for step in [0.3, 0.7] {
        let (a, b) = (step - 0.13, step + 0.13);
        if wide > high {
            piece.frame((a, 0.0), (b, 0.3));
            piece.frame((a, 0.7), (b, 1.0));
        } else {
            piece.frame((0.0, a), (0.3, b));
            piece.frame((0.7, a), (1.0, b));
        }
    }
    if wide > high {
        piece.frame((0.05, 0.2), (0.95, 0.8));
    } else {
        piece.frame((0.2, 0.05), (0.8, 0.95));
    }
}

fn television(piece: &mut Piece) {
    piece.frame((0.0, 0.0), (1.0, 1.0));
    piece.frame((0.15, 0.4), (0.85, 0.6));
}

/// A wardrobe with its hangers.
fn wardrobe(piece: &mut Piece) {
    piece.frame((0.0, 0.0), (1.0, 1.0));
    piece.line(&[(0.04, 0.5), (0.96, 0.5)]);
    for step in 1..9 {
        let u = step as f32 / 9.0;
        piece.line(&[(u - 0.02, 0.2), (u + 0.02, 0.8)]);
    }
}

fn toilet(piece: &mut Piece) {
    piece.frame((0.0, 0.0), (1.0, 0.3));
    piece.oval((0.5, 0.65), (0.46, 0.35));
    piece.oval((0.5, 0.64), (0.3, 0.24));
}

fn basin(piece: &mut Piece) {
    piece.frame((0.0, 0.0), (1.0, 1.0));
    piece.oval((0.5, 0.52), (0.32, 0.36));
    piece.circle((0.5, 0.5), 0.06);
}

fn shower(piece: &mut Piece) {
    piece.frame((0.0, 0.0), (1.0, 1.0));
    piece.line(&[(0.0, 0.0), (1.0, 1.0)]);
    piece.line(&[(1.0, 0.0), (0.0, 1.0)]);
    piece.circle((0.5, 0.5), 0.14);
}

fn hob(piece: &mut Piece) {
    piece.frame((0.0, 0.0), (1.0, 1.0));
    piece.circle((0.28, 0.5), 0.22);
    piece.circle((0.72, 0.5), 0.22);
    piece.circle((0.28, 0.5), 0.1);
    piece.circle((0.72, 0.5), 0.1);
}

fn sink(piece: &mut Piece) {
    piece.frame((0.0, 0.0), (1.0, 1.0));
    piece.frame((0.34, 0.15), (0.52, 0.85));
    piece.frame((0.55, 0.15), (0.68, 0.85));
    piece.circle((0.43, 0.5), 0.08);
}

fn machine(piece: &mut Piece) {
    piece.frame((0.0, 0.0), (1.0, 1.0));
    piece.circle((0.5, 0.5), 0.36);
    piece.circle((0.5, 0.5), 0.12);
}

//! Draws a figure on the canvas: first its outline, then its colour.

use domain::photo::markup::PhotoShapeColour;
use tiny_skia::{FillRule, LineCap, LineJoin, Paint, Path, Pixmap, Stroke, Transform};

/// A part of a shape: lines with a width, and filled areas.
pub(super) struct Figure {
    pub(super) lines: Option<Path>,
    pub(super) areas: Option<Path>,
    /// The width of the lines, in pixels.
    pub(super) width: f32,
    /// The width of the outline on each side, in pixels.
    pub(super) outline: f32,
}

type Rgb = [u8; 3];

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [16, 16, 16];

/// The colour, and that of its outline.
const fn colours(colour: PhotoShapeColour) -> (Rgb, Rgb) {
    match colour {
        PhotoShapeColour::Red => ([226, 18, 26], WHITE),
        PhotoShapeColour::Orange => ([255, 136, 0], BLACK),
        PhotoShapeColour::Yellow => ([255, 221, 0], BLACK),
        PhotoShapeColour::Green => ([0, 148, 50], WHITE),
        PhotoShapeColour::Blue => ([16, 84, 224], WHITE),
        PhotoShapeColour::White => (WHITE, BLACK),
        PhotoShapeColour::Black => (BLACK, WHITE),
    }
}

/// Paints a figure.
pub(super) fn paint(canvas: &mut Pixmap, figure: &Figure, colour: PhotoShapeColour) {
    let (inner, outer) = colours(colour);
    let around = 2.0 * figure.outline;
    if let Some(lines) = &figure.lines {
        stroke(canvas, lines, figure.width + around, outer);
    }
    if let Some(areas) = &figure.areas {
        stroke(canvas, areas, around, outer);
    }
    if let Some(lines) = &figure.lines {
        stroke(canvas, lines, figure.width, inner);
    }
    if let Some(areas) = &figure.areas {
        canvas.fill_path(areas, &paint_of(inner), FillRule::Winding, Transform::identity(), None);
    }
}

fn stroke(canvas: &mut Pixmap, path: &Path, width: f32, colour: Rgb) {
    let stroke = Stroke { width, line_cap: LineCap::Round, line_join: LineJoin::Round, ..Stroke::default() };
    canvas.stroke_path(path, &paint_of(colour), &stroke, Transform::identity(), None);
}

fn paint_of([red, green, blue]: Rgb) -> Paint<'static> {
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color_rgba8(red, green, blue, u8::MAX);
    paint
}

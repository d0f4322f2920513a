//! Text on a picture: the 8×8 bitmap letters, scaled with rounded edges.

use font8x8::{BASIC_FONTS, UnicodeFonts};

use super::canvas::{Canvas, Ink, Spot};

/// The advance of a letter in cells of 8: the bitmap letters are 7 wide with their gap.
const ADVANCE: f32 = 8.0;

/// The raised 2 of "m²", which the bitmap font lacks.
const SQUARED: [u8; 8] = [0x0E, 0x11, 0x08, 0x06, 0x1F, 0, 0, 0];

/// The width of a line of text in pixels; `scale` is the size of one of the 8 dots.
pub(super) fn text_width(text: &str, scale: f32) -> f32 {
    text.chars().count() as f32 * ADVANCE * scale
}

/// The direction of a line of text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Run {
    /// From left to right.
    Across,
    /// From below upwards, as on a dimension line at the side.
    Up,
}

/// Writes a line centred on a point.
pub(super) fn write_centred(canvas: &mut Canvas, text: &str, at: Spot, scale: f32, run: Run, ink: Ink) {
    let (half, rise) = (text_width(text, scale) / 2.0, 4.0 * scale);
    let start = match run {
        Run::Across => (at.0 - half, at.1 - rise),
        Run::Up => (at.0 - rise, at.1 + half),
    };
    write(canvas, text, start, scale, run, ink);
}

/// Writes a line that starts at a point (its upper left corner in reading direction). Characters that the font lacks
/// are left blank.
pub(super) fn write(canvas: &mut Canvas, text: &str, start: Spot, scale: f32, run: Run, ink: Ink) {
    for (position, letter) in text.chars().enumerate() {
        let dots = if letter == '\u{b2}' { Some(SQUARED) } else { BASIC_FONTS.get(letter) };
        let Some(dots) = dots else { continue };
        let offset = position as f32 * ADVANCE * scale;
        let extent = (8.0 * scale).ceil() as i32;
        for v in 0..extent {
            for u in 0..extent {
                let cover = dot_cover(dots, (u as f32 + 0.5) / scale, (v as f32 + 0.5) / scale, scale);
                if cover > 0.0 {
                    let (x, y) = match run {
                        Run::Across => (start.0 + offset + u as f32, start.1 + v as f32),
                        Run::Up => (start.0 + v as f32, start.1 - offset - u as f32),
                    };
                    canvas.dab(x as i32, y as i32, ink.thin(cover));
                }
            }
        }
    }
}

/// The coverage of a point within a letter: blends the four nearest dots, then sharpens.
fn dot_cover(dots: [u8; 8], x: f32, y: f32, scale: f32) -> f32 {
    let dot = |column: f32, row: f32| -> f32 {
        let inside = (0.0..8.0).contains(&column) && (0.0..8.0).contains(&row);
        f32::from(u8::from(inside && dots[row.max(0.0) as usize & 7] >> (column.max(0.0) as u32 & 7) & 1 == 1))
    };
    let (cx, cy) = ((x - 0.5).floor(), (y - 0.5).floor());
    let (u, v) = (x - 0.5 - cx, y - 0.5 - cy);
    let top = dot(cx, cy) * (1.0 - u) + dot(cx + 1.0, cy) * u;
    let low = dot(cx, cy + 1.0) * (1.0 - u) + dot(cx + 1.0, cy + 1.0) * u;
    ((top * (1.0 - v) + low * v - 0.46) * scale.max(1.2) + 0.5).clamp(0.0, 1.0)
}

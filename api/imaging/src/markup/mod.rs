//! Draws annotations into a picture: JPEG in, JPEG out. Pure, but slow, so it must not run on a thread that answers
//! requests.
//!
//! Every shape has an outline of the opposite brightness, so that it is visible on white plaster and on dark tiles.

mod brush;
mod figures;
mod letters;
#[cfg(test)]
mod tests;

use std::io::Cursor;

use domain::photo::Markup;
use image::codecs::jpeg::JpegEncoder;
use image::{ImageFormat, ImageReader, Limits, RgbImage};
use tiny_skia::{IntSize, Pixmap};

pub use letters::{FontError, FontSource};

/// JPEG quality: high, because the picture is compressed a second time and thin strokes show the loss.
const QUALITY: u8 = 88;
/// The maximum memory of the decoded picture; a rendition of 1,600 pixels takes 8 MB.
const MAX_DECODED: u64 = 64_000_000;

/// The errors of drawing.
#[derive(Debug, thiserror::Error)]
pub enum DrawingError {
    /// The picture cannot be read or written.
    #[error("the picture: {0}")]
    Picture(#[from] image::ImageError),
    /// The picture has no pixels, or too many.
    #[error("a picture of this size cannot be drawn on")]
    Size,
    /// The embedded fonts cannot be read.
    #[error("letters: {0}")]
    Letters(#[from] FontError),
}

/// The annotated picture, without any metadata. The same input gives the same bytes.
///
/// # Errors
/// When the picture cannot be read.
pub fn draw(jpeg: &[u8], markup: &Markup, font_source: &FontSource) -> Result<Vec<u8>, DrawingError> {
    let mut reader = ImageReader::with_format(Cursor::new(jpeg), ImageFormat::Jpeg);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODED);
    reader.limits(limits);
    let mut canvas = canvas_of(&reader.decode()?.into_rgb8())?;
    let letters = font_source.open(markup)?;
    let faces = letters.faces()?;
    let sheet = figures::Sheet::of(&canvas);
    for shape in markup.shapes() {
        for figure in sheet.figures(shape, &faces) {
            brush::paint(&mut canvas, &figure, shape.colour);
        }
    }
    let mut drawn = Vec::new();
    JpegEncoder::new_with_quality(&mut drawn, QUALITY).encode_image(&picture_of(&canvas)?)?;
    Ok(drawn)
}

fn canvas_of(picture: &RgbImage) -> Result<Pixmap, DrawingError> {
    let size = IntSize::from_wh(picture.width(), picture.height()).ok_or(DrawingError::Size)?;
    let pixels = picture.pixels().flat_map(|pixel| [pixel.0[0], pixel.0[1], pixel.0[2], u8::MAX]).collect();
    Pixmap::from_vec(pixels, size).ok_or(DrawingError::Size)
}

fn picture_of(canvas: &Pixmap) -> Result<RgbImage, DrawingError> {
    // The background is opaque, so the result is, too: no division by alpha is needed.
    let pixels = canvas.data().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    RgbImage::from_raw(canvas.width(), canvas.height(), pixels).ok_or(DrawingError::Size)
}

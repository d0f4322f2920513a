//! PNG and WebP, which are decoded by rows.

use std::io::Cursor;

use domain::photo::PhotoRejection::{self, Broken, TooManyPixels};
use domain::photo::{MAX_WEBP_PIXELS, PhotoType};
use fast_image_resize::Resizer;
use image::codecs::webp::WebPDecoder;
use image::{ColorType, ImageDecoder, Limits};
use png::{Decoder, Transformations};

use crate::container::check_pixels;
use crate::fit;
use crate::shrink::{Scattered, Shrink};

/// The maximum memory of a WebP, which is decoded as a whole: its maximum number of pixels, with transparency.
const MAX_DECODED: u64 = 4 * MAX_WEBP_PIXELS;
/// One of this many pixels may be lost. A picture with greater losses is refused.
const MOST_LOST: u64 = 4;
/// The value of a lost pixel.
const GREY: u8 = 128;
/// The passes of an interlaced PNG: its first column and row, and the steps to the next.
const PASSES: [[usize; 4]; 7] =
    [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]];
/// The maximum memory of the PNG decoder, mostly for rows.
const MAX_PNG_BUFFERS: usize = 64_000_000;

/// A picture, scaled down, in one channel of grey or three of colour.
pub(crate) struct Pixels {
    pub(crate) channels: usize,
    pub(crate) bytes: Vec<u8>,
    /// The size of the original.
    pub(crate) size: (u32, u32),
    /// The size of this picture.
    pub(crate) fitted: (usize, usize),
    /// Whether some rows are lost.
    pub(crate) is_damaged: bool,
}

/// Decodes a PNG by rows. Lost rows are grey.
pub(crate) fn png(bytes: &[u8], resizer: &mut Resizer, edge: u32) -> Result<Pixels, PhotoRejection> {
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), png::Limits { bytes: MAX_PNG_BUFFERS });
    decoder.set_transformations(Transformations::normalize_to_color8());
    // The checksums were checked before.
    decoder.ignore_checksums(true);
    let mut reader = decoder.read_info().map_err(|_| Broken)?;
    let size = reader.info().size();
    check_pixels(PhotoType::Png, size.0, size.1)?;
    let samples = reader.output_color_type().0.samples();
    let is_interlaced = reader.info().interlaced;
    let mut rows = Rows::new(size, samples, edge, is_interlaced);
    let all = u64::from(size.0) * u64::from(size.1);
    let (mut done, mut is_damaged) = (0, false);
    for line in lines(size, is_interlaced) {
        let row = if is_damaged { None } else { reader.next_row().ok().flatten() };
        match row {
            Some(row) => rows.line(line, row.data()),
            None if !is_damaged && (all - done) > all / MOST_LOST => return Err(Broken),
            None => {
                is_damaged = true;
                rows.line(line, &vec![GREY; samples * line.pixels]);
            }
        }
        done += line.pixels as u64;
    }
    Ok(Pixels { is_damaged, ..rows.finish(resizer, size, edge) })
}

/// The position of a row of the file in the picture.
#[derive(Clone, Copy)]
struct Line {
    row: usize,
    /// The first column, and the step to the next.
    first: usize,
    step: usize,
    pixels: usize,
}

/// The rows, in the order of the file.
fn lines((width, height): (u32, u32), is_interlaced: bool) -> impl Iterator<Item = Line> {
    let passes = if is_interlaced { PASSES.as_slice() } else { &[[0, 0, 1, 1]] };
    let (width, height) = (width as usize, height as usize);
    passes.iter().flat_map(move |&[first, top, step, down]| {
        let pixels = width.saturating_sub(first).div_ceil(step);
        // A pass without columns has no rows in the file.
        let rows = (top..height).step_by(down).take(if pixels > 0 { usize::MAX } else { 0 });
        rows.map(move |row| Line { row, first, step, pixels })
    })
}

/// Decodes a WebP; of an animation its first picture.
pub(crate) fn webp(bytes: &[u8], resizer: &mut Resizer, edge: u32) -> Result<Pixels, PhotoRejection> {
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(|_| Broken)?;
    let size = decoder.dimensions();
    check_pixels(PhotoType::Webp, size.0, size.1)?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODED);
    decoder.set_limits(limits).map_err(|_| TooManyPixels)?;
    let length = decoder.total_bytes();
    let samples = if decoder.color_type() == ColorType::Rgba8 { 4 } else { 3 };
    if length > MAX_DECODED {
        return Err(TooManyPixels);
    }
    let mut all = vec![0; usize::try_from(length).map_err(|_| TooManyPixels)?];
    decoder.read_image(&mut all).map_err(|_| Broken)?;
    let mut rows = Rows::new(size, samples, edge, false);
    all.chunks_exact(samples * size.0 as usize).for_each(|row| rows.row(row));
    drop(all);
    Ok(rows.finish(resizer, size, edge))
}

/// Consumes rows with or without transparency.
struct Rows {
    samples: usize,
    shrink: Way,
    opaque: Vec<u8>,
}

/// The layout of the rows.
enum Way {
    InOrder(Shrink),
    Scattered(Scattered),
}

impl Rows {
    fn new(size: (u32, u32), samples: usize, edge: u32, is_interlaced: bool) -> Self {
        let channels = if samples <= 2 { 1 } else { 3 };
        let shrink = match is_interlaced {
            true => Way::Scattered(Scattered::new(size, channels, edge)),
            false => Way::InOrder(Shrink::new(size, channels, edge)),
        };
        Self { samples, shrink, opaque: Vec::new() }
    }

    /// Consumes the next full row.
    fn row(&mut self, row: &[u8]) {
        self.line(Line { row: 0, first: 0, step: 1, pixels: 0 }, row);
    }

    /// Consumes a row and draws it on white, because black strokes on a transparent background would become black on
    /// black.
    fn line(&mut self, line: Line, row: &[u8]) {
        let over = |colour: u8, alpha: u8| {
            let sum = u16::from(colour) * u16::from(alpha) + 255 * (255 - u16::from(alpha));
            u8::try_from((sum + 127) / 255).unwrap_or(u8::MAX)
        };
        self.opaque.clear();
        let row = match self.samples {
            2 => {
                self.opaque.extend(row.as_chunks::<2>().0.iter().map(|&[grey, alpha]| over(grey, alpha)));
                &self.opaque
            }
            4 => {
                let pixels = row.as_chunks::<4>().0.iter();
                self.opaque
                    .extend(pixels.flat_map(|&[red, green, blue, alpha]| [red, green, blue].map(|c| over(c, alpha))));
                &self.opaque
            }
            _ => row,
        };
        match &mut self.shrink {
            Way::InOrder(shrink) => shrink.row(row),
            Way::Scattered(shrink) => shrink.row((line.first, line.row), line.step, row),
        }
    }

    fn finish(self, resizer: &mut Resizer, size: (u32, u32), edge: u32) -> Pixels {
        let fitted = fit(size, edge);
        let channels = if self.samples <= 2 { 1 } else { 3 };
        let bytes = match self.shrink {
            Way::InOrder(shrink) => shrink.finish(resizer, fitted),
            Way::Scattered(shrink) => shrink.finish(resizer, fitted),
        };
        Pixels { channels, bytes, size, fitted, is_damaged: false }
    }
}

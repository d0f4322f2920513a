//! PNG and WebP, whose pixels come in rows.

use std::io::Cursor;

use domain::photo::PhotoRejection::{self, Broken, TooManyPixels};
use fast_image_resize::Resizer;
use image::codecs::webp::WebPDecoder;
use image::{ColorType, ImageDecoder, Limits};
use png::{Decoder, Transformations};

use crate::container::check_pixels;
use crate::fit;
use crate::shrink::Shrink;

/// Most memory of a WebP, whose pixels are all there at once: 80 megapixels with transparency.
const MAX_DECODED: u64 = 320_000_000;
/// Most memory of a PNG whose rows do not come in order.
const MAX_INTERLACED: usize = 80_000_000;
/// Most memory that the decoder of PNG takes for itself: rows, mostly.
const MAX_PNG_BUFFERS: usize = 64_000_000;

/// A picture, already smaller, in one channel of grey or three of colour.
pub(crate) struct Pixels {
    pub(crate) channels: usize,
    pub(crate) bytes: Vec<u8>,
    /// Of the original.
    pub(crate) size: (u32, u32),
    /// Of this one.
    pub(crate) fitted: (usize, usize),
}

/// Reads a PNG, row by row.
pub(crate) fn png(bytes: &[u8], resizer: &mut Resizer, edge: u32) -> Result<Pixels, PhotoRejection> {
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), png::Limits { bytes: MAX_PNG_BUFFERS });
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(|_| Broken)?;
    let size = reader.info().size();
    check_pixels(size.0, size.1)?;
    let samples = reader.output_color_type().0.samples();
    let mut shrink = Rows::new(size, samples, edge);
    if reader.info().interlaced {
        let length = reader.output_buffer_size().filter(|&length| length <= MAX_INTERLACED).ok_or(TooManyPixels)?;
        let mut all = vec![0; length];
        reader.next_frame(&mut all).map_err(|_| Broken)?;
        all.chunks_exact(samples * size.0 as usize).for_each(|row| shrink.row(row));
    } else {
        while let Some(row) = reader.next_row().map_err(|_| Broken)? {
            shrink.row(row.data());
        }
    }
    Ok(shrink.finish(resizer, size, edge))
}

/// Reads a WebP; of a film its first picture.
pub(crate) fn webp(bytes: &[u8], resizer: &mut Resizer, edge: u32) -> Result<Pixels, PhotoRejection> {
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(|_| Broken)?;
    let size = decoder.dimensions();
    check_pixels(size.0, size.1)?;
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
    let mut shrink = Rows::new(size, samples, edge);
    all.chunks_exact(samples * size.0 as usize).for_each(|row| shrink.row(row));
    drop(all);
    Ok(shrink.finish(resizer, size, edge))
}

/// Takes rows with or without transparency.
struct Rows {
    samples: usize,
    shrink: Shrink,
    opaque: Vec<u8>,
}

impl Rows {
    fn new(size: (u32, u32), samples: usize, edge: u32) -> Self {
        let channels = if samples <= 2 { 1 } else { 3 };
        Self { samples, shrink: Shrink::new(size, channels, edge), opaque: Vec::new() }
    }

    /// Takes a row, on a white ground: a signature's strokes on nothing would turn black on black.
    fn row(&mut self, row: &[u8]) {
        let over = |colour: u8, alpha: u8| {
            let sum = u16::from(colour) * u16::from(alpha) + 255 * (255 - u16::from(alpha));
            u8::try_from((sum + 127) / 255).unwrap_or(u8::MAX)
        };
        self.opaque.clear();
        match self.samples {
            2 => self.opaque.extend(row.as_chunks::<2>().0.iter().map(|&[grey, alpha]| over(grey, alpha))),
            4 => {
                let pixels = row.as_chunks::<4>().0.iter();
                self.opaque
                    .extend(pixels.flat_map(|&[red, green, blue, alpha]| [red, green, blue].map(|c| over(c, alpha))));
            }
            _ => return self.shrink.row(row),
        }
        self.shrink.row(&self.opaque);
    }

    fn finish(self, resizer: &mut Resizer, size: (u32, u32), edge: u32) -> Pixels {
        let fitted = fit(size, edge);
        let channels = if self.samples <= 2 { 1 } else { 3 };
        Pixels { channels, bytes: self.shrink.finish(resizer, fitted), size, fitted }
    }
}

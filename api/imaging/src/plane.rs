//! One channel of a picture.

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8;
use fast_image_resize::{ResizeOptions, Resizer};
use image::metadata::Orientation;

/// Pixels of one channel, row by row. The picture is the upper left part; other pixels may follow in each row.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Plane {
    /// The number of pixels in a row.
    pub(crate) stride: usize,
    pub(crate) rows: usize,
    /// The size of the picture, in pixels and fractions.
    reach: (f64, f64),
    pub(crate) pixels: Vec<u8>,
}

impl Plane {
    /// A plane of zeros.
    pub(crate) fn new((stride, rows): (usize, usize), reach: (f64, f64)) -> Self {
        Self { stride, rows, reach, pixels: vec![0; stride * rows] }
    }

    /// A plane of pixels that the picture fills in part.
    pub(crate) fn partly(stride: usize, pixels: Vec<u8>, reach: (f64, f64)) -> Self {
        Self { reach, ..Self::whole(stride, pixels) }
    }

    /// A plane that the picture fills.
    pub(crate) fn whole(stride: usize, pixels: Vec<u8>) -> Self {
        let rows = pixels.len() / stride.max(1);
        Self { stride, rows, reach: (stride as f64, rows as f64), pixels }
    }

    /// The plane at another size, without the pixels outside of the picture.
    pub(crate) fn fitted(&self, resizer: &mut Resizer, width: usize, height: usize) -> Self {
        if self.reach == (width as f64, height as f64) {
            let rows = self.pixels.chunks_exact(self.stride.max(1)).take(height);
            return Self::whole(width, rows.flat_map(|row| &row[..width]).copied().collect());
        }
        let pixels = self.resized(resizer, width, height);
        Self::whole(width, pixels)
    }

    /// The pixels at another size, by a Lanczos filter.
    fn resized(&self, resizer: &mut Resizer, width: usize, height: usize) -> Vec<u8> {
        let side = |pixels: usize| u32::try_from(pixels).unwrap_or(u32::MAX);
        let options = ResizeOptions::new().crop(0.0, 0.0, self.reach.0, self.reach.1);
        let mut pixels = vec![0; width * height];
        // One pixel type only, because the resizer is compiled for each type, and each copy is large.
        let from = TypedImageRef::<U8>::from_buffer(side(self.stride), side(self.rows), &self.pixels);
        let to = TypedImage::<U8>::from_buffer(side(width), side(height), &mut pixels);
        // Neither can fail: the buffers have the right sizes, and the picture lies within them.
        if let (Ok(from), Ok(mut to)) = (from, to) {
            let done = resizer.resize_typed(&from, &mut to, &options);
            debug_assert!(done.is_ok(), "{done:?}");
        }
        pixels
    }

    /// The plane turned upright. Only for planes that the picture fills.
    pub(crate) fn turned(self, orientation: Orientation) -> Self {
        let Self { stride, rows, mut pixels, .. } = self;
        match orientation {
            Orientation::NoTransforms => {}
            Orientation::Rotate180 => pixels.reverse(),
            Orientation::FlipHorizontal => pixels.chunks_exact_mut(stride).for_each(<[u8]>::reverse),
            Orientation::FlipVertical => pixels = pixels.chunks_exact(stride).rev().flatten().copied().collect(),
            Orientation::Rotate90FlipH => return Self::whole(rows, across(&pixels, stride, rows)),
            // A rotation is a swap of the axes with a mirroring before or after.
            Orientation::Rotate90 => {
                let mut pixels = across(&pixels, stride, rows);
                pixels.chunks_exact_mut(rows).for_each(<[u8]>::reverse);
                return Self::whole(rows, pixels);
            }
            Orientation::Rotate270 => {
                pixels.chunks_exact_mut(stride).for_each(<[u8]>::reverse);
                return Self::whole(rows, across(&pixels, stride, rows));
            }
            Orientation::Rotate270FlipH => {
                pixels.reverse();
                return Self::whole(rows, across(&pixels, stride, rows));
            }
        }
        Self::whole(stride, pixels)
    }
}

/// Transposes in squares that fit the cache.
fn across(pixels: &[u8], stride: usize, rows: usize) -> Vec<u8> {
    const SQUARE: usize = 32;
    let mut turned = vec![0; pixels.len()];
    for top in (0..rows).step_by(SQUARE) {
        for left in (0..stride).step_by(SQUARE) {
            for x in left..(left + SQUARE).min(stride) {
                let bottom = (top + SQUARE).min(rows);
                for (y, to) in (top..).zip(&mut turned[x * rows + top..x * rows + bottom]) {
                    *to = pixels[y * stride + x];
                }
            }
        }
    }
    turned
}

//! The canvas of a picture: anti-aliased rectangles, polygons and strokes, and the two encoders.

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::imageops::{self, FilterType as Resampling};
use image::{ExtendedColorType, ImageEncoder, RgbImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::Picture;

/// A position in pixels.
pub(super) type Spot = (f32, f32);

/// A colour with its opacity.
#[derive(Clone, Copy)]
pub(super) struct Ink {
    /// Red, green, blue.
    pub(super) rgb: [u8; 3],
    /// From 0 (nothing) to 1 (opaque).
    pub(super) cover: f32,
}

/// An opaque colour.
pub(super) const fn ink(r: u8, g: u8, b: u8) -> Ink {
    Ink { rgb: [r, g, b], cover: 1.0 }
}

impl Ink {
    /// The same colour, more transparent.
    pub(super) fn thin(self, cover: f32) -> Self {
        Self { cover: self.cover * cover, ..self }
    }

    /// The same colour made lighter (above 1) or darker (below 1).
    pub(super) fn lit(self, factor: f32) -> Self {
        Self { rgb: self.rgb.map(|c| (f32::from(c) * factor).clamp(0.0, 255.0) as u8), ..self }
    }
}

/// The number of sample lines in each pixel row, for anti-aliasing.
const LINES: i32 = 4;

/// A picture of 8-bit red, green and blue.
pub(super) struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Canvas {
    /// A picture of one colour.
    pub(super) fn new(width: u32, height: u32, fill: Ink) -> Self {
        let (width, height) = (width as usize, height as usize);
        Self { width, height, pixels: fill.rgb.repeat(width * height) }
    }

    /// All pixels, row by row, three bytes each.
    pub(super) fn rows_mut(&mut self) -> impl Iterator<Item = &mut [u8]> {
        self.pixels.chunks_exact_mut(self.width * 3)
    }

    /// Width and height in pixels.
    pub(super) fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// Draws one pixel; a position outside of the picture is ignored.
    pub(super) fn dab(&mut self, x: i32, y: i32, ink: Ink) {
        if x < 0 || y < 0 || x as usize >= self.width || y as usize >= self.height {
            return;
        }
        let at = (y as usize * self.width + x as usize) * 3;
        let cover = (ink.cover.clamp(0.0, 1.0) * 256.0 + 0.5) as i32;
        if cover == 256 {
            self.pixels[at..at + 3].copy_from_slice(&ink.rgb);
            return;
        }
        for (pixel, colour) in self.pixels[at..at + 3].iter_mut().zip(ink.rgb) {
            let old = i32::from(*pixel);
            *pixel = (old + (((i32::from(colour) - old) * cover) >> 8)) as u8;
        }
    }

    /// A rectangle between two corners, with anti-aliased edges.
    pub(super) fn rect(&mut self, (x0, y0): Spot, (x1, y1): Spot, ink: Ink) {
        self.polygon(&[(x0, y0), (x1, y0), (x1, y1), (x0, y1)], ink);
    }

    /// A filled polygon of one colour.
    pub(super) fn polygon(&mut self, outline: &[Spot], ink: Ink) {
        self.polygon_by(outline, |_, _| ink);
    }

    /// A filled polygon whose ink may differ from pixel to pixel.
    pub(super) fn polygon_by(&mut self, outline: &[Spot], paint: impl Fn(i32, i32) -> Ink) {
        let top = outline.iter().map(|p| p.1).fold(f32::INFINITY, f32::min).max(0.0) as i32;
        let low = outline.iter().map(|p| p.1).fold(0.0, f32::max).min(self.height as f32) as i32;
        let limit = self.width as f32;
        // The increase of the coverage from one pixel to the next.
        let mut growth = vec![0f32; self.width + 2];
        let mut crossings = Vec::new();
        for y in top..=low.min(self.height as i32 - 1) {
            let mut reach = (self.width, 0);
            for line in 0..LINES {
                find_crossings(outline, y as f32 + (line as f32 + 0.5) / LINES as f32, &mut crossings);
                for pair in crossings.chunks_exact(2) {
                    let (from, to) = (pair[0].clamp(0.0, limit), pair[1].clamp(0.0, limit));
                    add_edge(&mut growth, from, 1.0);
                    add_edge(&mut growth, to, -1.0);
                    reach = (reach.0.min(from as usize), reach.1.max(to as usize + 2));
                }
            }
            let mut cover = 0.0;
            for x in reach.0..reach.1.min(growth.len()) {
                cover += std::mem::take(&mut growth[x]);
                if cover > 0.01 {
                    self.dab(x as i32, y, paint(x as i32, y).thin(cover / LINES as f32));
                }
            }
        }
    }

    /// A line through the points, round at its ends and corners.
    pub(super) fn stroke(&mut self, points: &[Spot], width: f32, ink: Ink) {
        for pair in points.windows(2) {
            self.tapered(pair[0], pair[1], (width, width), ink);
        }
    }

    /// A straight line whose width changes from one end to the other.
    pub(super) fn tapered(&mut self, a: Spot, b: Spot, widths: (f32, f32), ink: Ink) {
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let length = (dx * dx + dy * dy).max(1e-6);
        let margin = widths.0.max(widths.1) / 2.0 + 1.0;
        let (left, right) = (a.0.min(b.0) - margin, a.0.max(b.0) + margin);
        let (top, low) = (a.1.min(b.1) - margin, a.1.max(b.1) + margin);
        let (right, low) = (right.min(self.width as f32), low.min(self.height as f32));
        for y in top.max(0.0) as i32..=low as i32 {
            for x in left.max(0.0) as i32..=right as i32 {
                let (px, py) = (x as f32 + 0.5 - a.0, y as f32 + 0.5 - a.1);
                let along = ((px * dx + py * dy) / length).clamp(0.0, 1.0);
                let (ox, oy) = (px - along * dx, py - along * dy);
                let half = (widths.0 + (widths.1 - widths.0) * along) / 2.0;
                // A line thinner than a pixel is drawn paler instead of thinner.
                let cover = (half + 0.5 - (ox * ox + oy * oy).sqrt()).clamp(0.0, 1.0);
                if cover > 0.0 {
                    self.dab(x, y, ink.thin(cover * (half * 2.0).min(1.0)));
                }
            }
        }
    }

    /// A filled circle.
    pub(super) fn disc(&mut self, centre: Spot, radius: f32, ink: Ink) {
        self.tapered(centre, centre, (radius * 2.0, radius * 2.0), ink);
    }

    /// Part of a circle's edge; angles in radians, clockwise from the right.
    pub(super) fn arc(&mut self, centre: Spot, radius: f32, angles: (f32, f32), width: f32, ink: Ink) {
        let steps = ((radius * (angles.1 - angles.0).abs() / 5.0) as usize).max(6);
        let points: Vec<Spot> = (0..=steps)
            .map(|i| angles.0 + (angles.1 - angles.0) * i as f32 / steps as f32)
            .map(|angle| (centre.0 + radius * angle.cos(), centre.1 + radius * angle.sin()))
            .collect();
        self.stroke(&points, width, ink);
    }

    /// The same picture with fewer pixels.
    pub(super) fn shrunk(self, width: u32, height: u32) -> Result<Self, &'static str> {
        let picture =
            RgbImage::from_raw(self.width as u32, self.height as u32, self.pixels).ok_or("pixels are missing")?;
        let shrunk = imageops::resize(&picture, width, height, Resampling::CatmullRom);
        Ok(Self { width: width as usize, height: height as usize, pixels: shrunk.into_raw() })
    }

    /// The picture as a PNG file.
    pub(super) fn into_png(self) -> Picture {
        let mut bytes = Vec::new();
        PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, FilterType::Adaptive).write_image(
            &self.pixels,
            self.width as u32,
            self.height as u32,
            ExtendedColorType::Rgb8,
        )?;
        Ok(bytes)
    }

    /// The picture as a JPEG file of this quality (1 to 100).
    pub(super) fn into_jpeg(self, quality: u8) -> Picture {
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, quality);
        encoder.set_sampling_factor(SamplingFactor::F_2_2);
        // Without progressive scans this encoder writes one scan for each channel if it optimises the tables, and not
        // every decoder accepts that.
        encoder.set_progressive_scans(2);
        encoder.set_optimized_huffman_tables(true);
        encoder.encode(&self.pixels, self.width as u16, self.height as u16, ColorType::Rgb)?;
        Ok(bytes)
    }
}

/// Finds the crossings of a horizontal line with the outline, from left to right; their number is even.
fn find_crossings(outline: &[Spot], height: f32, found: &mut Vec<f32>) {
    let next = outline.iter().cycle().skip(1);
    found.clear();
    found.extend(
        outline
            .iter()
            .zip(next)
            .filter(|(a, b)| (a.1 <= height) != (b.1 <= height))
            .map(|(a, b)| a.0 + (height - a.1) / (b.1 - a.1) * (b.0 - a.0)),
    );
    found.sort_by(f32::total_cmp);
}

/// Raises the coverage from here to the right by one sample line; the pixel that is cut gets its share.
fn add_edge(growth: &mut [f32], at: f32, sign: f32) {
    let (pixel, share) = (at as usize, at.fract());
    growth[pixel] += sign * (1.0 - share);
    growth[pixel + 1] += sign * share;
}

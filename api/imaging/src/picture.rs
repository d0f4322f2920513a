//! The smaller picture in luma and colour differences, with colour at half the resolution, as in JPEG.

use fast_image_resize::Resizer;
use image::metadata::Orientation;

use crate::plane::Plane;

/// A picture.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Picture {
    pub(crate) luma: Plane,
    /// Blue and red difference; `None` for a grey picture.
    pub(crate) colour: Option<[Plane; 2]>,
}

impl Picture {
    /// The picture of planes of any size, at this size.
    pub(crate) fn of(planes: &[Plane], resizer: &mut Resizer, width: usize, height: usize) -> Self {
        let mut fit = |plane: &Plane, width, height| plane.fitted(resizer, width, height);
        let (half_width, half_height) = (width.div_ceil(2), height.div_ceil(2));
        let colour = match planes {
            [_, blue, red] => Some([blue, red].map(|plane| fit(plane, half_width, half_height))),
            _ => None,
        };
        let luma = planes.first().map(|plane| fit(plane, width, height));
        Self { luma: luma.unwrap_or_else(|| Plane::whole(width, Vec::new())), colour }
    }

    /// The picture of pixels in red, green and blue.
    pub(crate) fn from_rgb(rgb: &[u8], width: usize) -> Self {
        let rows = || rgb.chunks_exact(3 * width);
        let pixels = rgb.as_chunks::<3>().0;
        let luma = pixels.iter().map(|&[red, green, blue]| {
            ((19_595 * u32::from(red) + 38_470 * u32::from(green) + 7_471 * u32::from(blue) + 32_768) >> 16) as u8
        });
        let luma = Plane::whole(width, luma.collect());
        let half = width.div_ceil(2);
        let mut colour = [const { Vec::new() }; 2];
        let mut lower = rows().skip(1).step_by(2);
        for upper in rows().step_by(2) {
            let lower = lower.next().unwrap_or(upper);
            for (upper, lower) in upper.chunks(6).zip(lower.chunks(6)) {
                let last = upper.len() - 3;
                // Red, green and blue, each times four.
                let [red, green, blue] = [0, 1, 2].map(|of| {
                    [upper[of], upper[last + of], lower[of], lower[last + of]].map(i32::from).iter().sum::<i32>()
                });
                // Half at 2¹⁷, and 128 above zero at 2¹⁸.
                let rounded = |sum: i32| ((sum + (128 << 18) + (1 << 17)) >> 18).clamp(0, 255) as u8;
                colour[0].push(rounded(-11_059 * red - 21_709 * green + 32_768 * blue));
                colour[1].push(rounded(32_768 * red - 27_439 * green - 5_329 * blue));
            }
        }
        Self { luma, colour: Some(colour.map(|pixels| Plane::whole(half, pixels))) }
    }

    /// The picture in red, green and blue.
    pub(crate) fn rgb(&self) -> Vec<u8> {
        let Some([blue, red]) = &self.colour else {
            return self.luma.pixels.iter().flat_map(|&level| [level; 3]).collect();
        };
        let mut rgb = Vec::with_capacity(3 * self.luma.pixels.len());
        for (row, line) in self.luma.pixels.chunks_exact(self.luma.stride).enumerate() {
            let start = row / 2 * blue.stride;
            let colour = blue.pixels[start..].iter().zip(&red.pixels[start..]);
            for (levels, (&blue, &red)) in line.chunks(2).zip(colour) {
                let (blue, red) = (i32::from(blue) - 128, i32::from(red) - 128);
                let parts = [91_881 * red, -22_554 * blue - 46_802 * red, 116_130 * blue];
                for &level in levels {
                    let level = (i32::from(level) << 16) + 32_768;
                    rgb.extend(parts.map(|part| ((level + part) >> 16).clamp(0, 255) as u8));
                }
            }
        }
        rgb
    }

    pub(crate) fn size(&self) -> (usize, usize) {
        (self.luma.stride, self.luma.rows)
    }

    /// All planes, luma first.
    pub(crate) fn planes(&self) -> Vec<Plane> {
        std::iter::once(&self.luma).chain(self.colour.iter().flatten()).cloned().collect()
    }

    /// The picture turned upright.
    pub(crate) fn turned(self, orientation: Orientation) -> Self {
        let turn = |plane: Plane| plane.turned(orientation);
        Self { luma: turn(self.luma), colour: self.colour.map(|planes| planes.map(turn)) }
    }
}

/// Converts pixels of luma, two differences and black (YCCK) to the four inks.
pub(crate) fn inks_of_luma(pixels: &mut [u8]) {
    for [luma, blue, red, black] in pixels.as_chunks_mut::<4>().0 {
        let (level, blue_part, red_part) =
            ((i32::from(*luma) << 16) + 32_768, i32::from(*blue) - 128, i32::from(*red) - 128);
        let parts = [91_881 * red_part, -22_554 * blue_part - 46_802 * red_part, 116_130 * blue_part];
        [*luma, *blue, *red] = parts.map(|part| ((level + part) >> 16).clamp(0, 255) as u8);
        *black = 255 - *black;
    }
}

//! Scales a picture down by rows, so that it is never in memory as a whole.

use fast_image_resize::Resizer;

use crate::interleaved;
use crate::plane::Plane;

/// Averages squares of whole pixels to at least twice the wanted size; then a Lanczos filter makes the result.
pub(crate) struct Shrink {
    width: usize,
    by: usize,
    /// The sums of the incomplete squares, by channel within each.
    sums: Vec<u32>,
    /// The number of rows in the sums.
    summed: usize,
    rows: usize,
    channels: Vec<Vec<u8>>,
}

impl Shrink {
    /// For rows of `width` pixels of one or three bytes.
    pub(crate) fn new((width, height): (u32, u32), channels: usize, edge: u32) -> Self {
        let by = (width.max(height) / (2 * edge)).max(1) as usize;
        let width = width as usize;
        let sums = if by > 1 { vec![0; width.div_ceil(by) * channels] } else { Vec::new() };
        Self { width, by, sums, summed: 0, rows: 0, channels: vec![Vec::new(); channels] }
    }

    /// Consumes the next row.
    pub(crate) fn row(&mut self, row: &[u8]) {
        self.rows += 1;
        let count = self.channels.len();
        if self.by == 1 {
            for (index, channel) in self.channels.iter_mut().enumerate() {
                channel.extend(row.iter().skip(index).step_by(count));
            }
            return;
        }
        for (pixels, sums) in row.chunks(self.by * count).zip(self.sums.chunks_exact_mut(count)) {
            for pixel in pixels.chunks_exact(count) {
                for (sum, &value) in sums.iter_mut().zip(pixel) {
                    *sum += u32::from(value);
                }
            }
        }
        self.summed += 1;
        if self.summed == self.by {
            self.flush();
        }
    }

    /// Converts the sums to pixels.
    fn flush(&mut self) {
        for (column, sums) in self.sums.chunks_exact_mut(self.channels.len()).enumerate() {
            let across = (self.width - column * self.by).min(self.by);
            let count = u32::try_from(across * self.summed.max(1)).unwrap_or(1);
            for (sum, channel) in sums.iter_mut().zip(&mut self.channels) {
                channel.push(u8::try_from((*sum + count / 2) / count).unwrap_or(u8::MAX));
                *sum = 0;
            }
        }
        self.summed = 0;
    }

    /// The result at its size, interleaved by pixel.
    pub(crate) fn finish(mut self, resizer: &mut Resizer, (width, height): (usize, usize)) -> Vec<u8> {
        if self.summed > 0 {
            self.flush();
        }
        let part = |side: usize| (side as f64 / self.by as f64).max(1.0);
        let reach = (part(self.width), part(self.rows));
        let stride = self.width.div_ceil(self.by);
        let fitted = |channel: Vec<u8>| Plane::partly(stride, channel, reach).fitted(resizer, width, height).pixels;
        let mut channels: Vec<_> = self.channels.into_iter().map(fitted).collect();
        if channels.len() == 1 { channels.remove(0) } else { interleaved(&channels) }
    }
}

/// The same for pixels in any order: all squares are in memory until the end.
pub(crate) struct Scattered {
    shrink: Shrink,
    /// The sums of all squares, by channel within each; `None` if each pixel is a square.
    sums: Vec<u32>,
    stride: usize,
}

impl Scattered {
    /// For pixels of one or three bytes.
    pub(crate) fn new(size: (u32, u32), channels: usize, edge: u32) -> Self {
        let mut shrink = Shrink::new(size, channels, edge);
        let (stride, height) = (shrink.width.div_ceil(shrink.by), size.1 as usize);
        shrink.rows = height;
        let squares = stride * height.div_ceil(shrink.by);
        let sums = if shrink.by > 1 { vec![0; squares * channels] } else { Vec::new() };
        if shrink.by == 1 {
            shrink.channels.iter_mut().for_each(|channel| channel.resize(squares, 0));
        }
        Self { shrink, sums, stride }
    }

    /// Consumes pixels of a row, from a column on in steps.
    pub(crate) fn row(&mut self, (first, row): (usize, usize), step: usize, pixels: &[u8]) {
        let Shrink { by, channels, .. } = &mut self.shrink;
        let start = row / *by * self.stride;
        let count = channels.len();
        for (column, pixel) in (first..).step_by(step).zip(pixels.chunks_exact(count)) {
            let square = start + column / *by;
            if *by == 1 {
                channels.iter_mut().zip(pixel).for_each(|(channel, &value)| channel[square] = value);
            } else {
                let sums = &mut self.sums[square * count..][..count];
                sums.iter_mut().zip(pixel).for_each(|(sum, &value)| *sum += u32::from(value));
            }
        }
    }

    /// The result at its size, interleaved by pixel.
    pub(crate) fn finish(mut self, resizer: &mut Resizer, size: (usize, usize)) -> Vec<u8> {
        let (by, rows) = (self.shrink.by, self.shrink.rows);
        for (row, sums) in self.sums.chunks_exact(self.stride * self.shrink.channels.len()).enumerate() {
            self.shrink.sums.copy_from_slice(sums);
            self.shrink.summed = (rows - row * by).min(by);
            self.shrink.flush();
        }
        self.shrink.finish(resizer, size)
    }
}

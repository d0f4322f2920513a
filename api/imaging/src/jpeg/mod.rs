//! Decodes JPEGs directly at a smaller size.
//!
//! A photo of 12 megapixels is shown with two. Of each block of 8 × 8 pixels only the coefficients of the smaller
//! picture are transformed, as in libjpeg (see `idct`), and the channels stay separate, because they are encoded
//! separately. So most pixels are never computed, no colour is converted, and the memory is a few megabytes. Hostile
//! files are limited, too: decoding ends when too many bits are missing, and the memory is known from the header.
//!
//! Damaged files are shown as far as possible: a picture without its end marker is complete, and lost blocks are grey.

mod bits;
mod frame;
mod huffman;
mod idct;
mod progressive;
mod scan;
mod standard;
#[cfg(test)]
mod tests;

use domain::photo::PhotoRejection::{self, Broken};

use crate::container::segments;
use crate::plane::Plane;
use bits::Bits;
pub(crate) use frame::{ADOBE, JFIF};
use frame::{Frame, Marks, Tables};
use progressive::Frequencies;
use scan::Share;

/// The colour space of a JPEG.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channels {
    /// Grey, or luma and two colour differences.
    Luma,
    /// Red, green and blue.
    Colours,
    /// CMYK: the amount of each ink.
    Inks,
    /// Inverted CMYK: the lightness that each ink leaves.
    InksLeft,
    /// YCCK: the coloured inks as luma and differences, and the lightness that black leaves.
    LumaOfInks,
}

/// A decoded JPEG in channels, with a long edge of at least the requested one if the photo is that large.
#[derive(Debug)]
pub(crate) struct Jpeg {
    pub(crate) channels: Channels,
    /// Whether some of its pixels are lost.
    pub(crate) is_damaged: bool,
    /// The end of the pixels of its last scan.
    pub(crate) end: usize,
    pub(crate) planes: Vec<Plane>,
}

/// The state of decoding.
struct Reading<'a> {
    bytes: &'a [u8],
    frame: Frame,
    planes: Vec<Plane>,
    frequencies: [Option<Frequencies>; 4],
    is_damaged: bool,
    /// Whether a scan that only adds detail is mostly missing.
    lacks_detail: bool,
    end: usize,
}

/// Decodes a JPEG.
pub(crate) fn read(bytes: &[u8], edge: u32) -> Result<Jpeg, PhotoRejection> {
    let (mut tables, mut marks) = (Tables::default(), Marks::default());
    let mut reading: Option<Reading<'_>> = None;
    let mut at = 2;
    loop {
        let next = segments::next(bytes, at);
        if let Some(whole) = reading.take_if(|reading| reading.is_over(next.as_ref().ok().map(|next| next.0))) {
            return whole.finish(marks);
        }
        let (marker, segment, behind) = next?;
        at = behind;
        match marker {
            0xC4 => tables.read_codes(segment)?,
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF if reading.is_none() => {
                reading = Some(Reading::new(bytes, Frame::read(marker, segment, edge, marks)?));
            }
            0xDB => tables.read_quantisation(segment)?,
            0xDD => tables.restart = segment.first_chunk().map_or(0, |&bytes| u16::from_be_bytes(bytes).into()),
            0xE0 | 0xEE => marks.see(marker, segment),
            0xDA => at = reading.as_mut().ok_or(Broken)?.scan(&tables, segment, at)?,
            0xC0..=0xCF | 0xD8 | 0xD9 => return Err(Broken),
            _ => {}
        }
    }
}

impl<'a> Reading<'a> {
    fn new(bytes: &'a [u8], frame: Frame) -> Self {
        let planes = match frame.is_progressive {
            true => Vec::new(),
            false => frame.components.iter().map(frame::Component::plane).collect(),
        };
        Self { bytes, frame, planes, frequencies: [const { None }; 4], is_damaged: false, lacks_detail: false, end: 0 }
    }

    /// Whether the picture is complete before this marker or the end of the file. Scans of a progressive picture may
    /// leave out zeros; a picture without an end marker, or with an incomplete scan, must contain all coefficients.
    fn is_over(&self, next: Option<u8>) -> bool {
        let all = |is_so: fn(&frame::Component) -> bool| self.frame.components.iter().all(is_so);
        match next {
            _ if !self.frame.is_progressive => all(frame::Component::is_seen),
            Some(0xD9) if !self.lacks_detail => all(frame::Component::is_seen),
            None | Some(0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF | 0xD8 | 0xD9) => {
                all(frame::Component::is_complete)
            }
            Some(_) => false,
        }
    }

    /// Decodes a scan; returns its end.
    fn scan(&mut self, tables: &Tables, segment: &[u8], at: usize) -> Result<usize, PhotoRejection> {
        let end = segments::scan_end(self.bytes, at);
        let mut bits = Bits::new(&self.bytes[..end], at);
        let share = if self.frame.is_progressive {
            progressive::decode(&mut self.frame, tables, segment, &mut bits, &mut self.frequencies)?
        } else {
            scan::decode(&self.frame, tables, segment, &mut bits, &mut self.planes)?
        };
        if !self.frame.is_progressive {
            for part in scan::parts(&self.frame, segment)?.0 {
                self.frame.components[part.index].told = [Some(0); 64];
            }
        }
        // A scan that only adds detail may be lost.
        let is_detail = self.frame.is_progressive && segment.get(segment.len().wrapping_sub(3)) != Some(&0);
        if share == Share::Little && !is_detail {
            return Err(Broken);
        }
        self.lacks_detail |= share == Share::Little;
        // Without an end marker any bytes may follow the last pixels.
        let is_ended = self.bytes.get(end + 1).is_some_and(|&marker| marker != 0xD8);
        self.is_damaged |= share != Share::Whole || (is_ended && bits.has_rest());
        self.end = bits.used();
        Ok(end)
    }

    fn finish(mut self, marks: Marks) -> Result<Jpeg, PhotoRejection> {
        let channels = self.frame.channels(marks);
        for (component, frequencies) in self.frame.components.iter().zip(&mut self.frequencies) {
            if let Some(frequencies) = frequencies.take() {
                self.planes.push(frequencies.pixels(component));
            }
        }
        Ok(Jpeg { channels, is_damaged: self.is_damaged, end: self.end, planes: self.planes })
    }
}

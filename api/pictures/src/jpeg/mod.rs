//! Reads JPEGs, already smaller.
//!
//! A photo of 12 megapixels is shown with two. Of each block of 8 × 8 pixels only the frequencies that the smaller
//! picture shows are turned into pixels, as libjpeg does it (see `idct`), and the channels stay apart, as they will be
//! written again. So most pixels are never made, no colour is converted, and the memory is a few megabytes. It is a good
//! place for hostile files too: it ends as soon as bits are missing, and its memory is known from the header.

mod bits;
mod frame;
mod huffman;
mod idct;
mod progressive;
mod scan;
#[cfg(test)]
mod tests;

use domain::photo::PhotoRejection::{self, Broken};

use crate::container::segments;
use crate::plane::Plane;
use bits::Bits;
use frame::{Frame, Tables};
use progressive::Frequencies;

/// What the channels of a JPEG are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Channels {
    /// Grey, or luma and the differences of blue and red.
    Luma,
    /// Red, green and blue.
    Colours,
    /// Inks: how much of each.
    Inks,
    /// Inks, the lightness that they leave.
    InksLeft,
    /// The coloured inks as luma and differences, and what black leaves.
    LumaOfInks,
}

/// A JPEG in channels, with a long edge of at least what was asked for where it has so much.
#[derive(Debug)]
pub(crate) struct Jpeg {
    pub(crate) channels: Channels,
    pub(crate) planes: Vec<Plane>,
}

/// Where the pixels come together.
struct Reading<'a> {
    bytes: &'a [u8],
    frame: Frame,
    planes: Vec<Plane>,
    frequencies: [Option<Frequencies>; 4],
}

/// Reads a JPEG.
pub(crate) fn read(bytes: &[u8], edge: u32) -> Result<Jpeg, PhotoRejection> {
    let mut tables = Tables::default();
    let (mut reading, mut adobe) = (None, None);
    let mut at = 2;
    loop {
        let (marker, segment, behind) = segments::next(bytes, at)?;
        at = behind;
        match marker {
            0xC4 => tables.read_codes(segment)?,
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                reading = Some(Reading::new(bytes, Frame::read(marker, segment, edge)?));
            }
            0xDB => tables.read_quantisation(segment)?,
            0xDD => tables.restart = segment.first_chunk().map_or(0, |&bytes| u16::from_be_bytes(bytes).into()),
            0xEE if segment.starts_with(b"Adobe") => adobe = segment.get(11).copied(),
            0xDA => at = reading.as_mut().ok_or(Broken)?.scan(&tables, segment, at)?,
            0xD9 => return reading.ok_or(Broken)?.finish(adobe),
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
        Self { bytes, frame, planes, frequencies: [const { None }; 4] }
    }

    /// Reads a scan; says where it ends.
    fn scan(&mut self, tables: &Tables, segment: &[u8], at: usize) -> Result<usize, PhotoRejection> {
        let mut bits = Bits::new(self.bytes, at);
        if self.frame.is_progressive {
            progressive::decode(&self.frame, tables, segment, &mut bits, &mut self.frequencies)?;
        } else {
            scan::decode(&self.frame, tables, segment, &mut bits, &mut self.planes)?;
        }
        for part in scan::parts(&self.frame, segment)?.0 {
            self.frame.components[part.index].is_seen = true;
        }
        Ok(bits.end())
    }

    fn finish(mut self, adobe: Option<u8>) -> Result<Jpeg, PhotoRejection> {
        // A channel without a scan would be grey nothing.
        if !self.frame.components.iter().all(|component| component.is_seen) {
            return Err(Broken);
        }
        for (component, frequencies) in self.frame.components.iter().zip(&mut self.frequencies) {
            if let Some(frequencies) = frequencies.take() {
                self.planes.push(frequencies.pixels(component));
            }
        }
        let channels = match (self.planes.len(), adobe) {
            (3, Some(0)) => Channels::Colours,
            (3, None) if self.frame.names_colours() => Channels::Colours,
            (4, Some(2)) => Channels::LumaOfInks,
            (4, Some(_)) => Channels::InksLeft,
            (4, None) => Channels::Inks,
            _ => Channels::Luma,
        };
        Ok(Jpeg { channels, planes: self.planes })
    }
}

//! Decodes the scans of a progressive JPEG.
//!
//! A scan refines the scans before it, so that pixels can be computed only at the end. Only the coefficients of the
//! smaller picture are kept. For the others one bit records whether they are zero, because the format of a refinement
//! depends on it.

use domain::photo::PhotoRejection::{self, Broken};

use super::bits::Bits;
use super::frame::{Component, Frame, Tables};
use super::huffman::{Huffman, TO_THE_END};
use super::idct::{NOWHERE, Steps};
use super::scan::{Part, Place, Share, parts, walk};
use crate::plane::Plane;

/// The coefficients of a component.
pub(super) struct Frequencies {
    steps: Steps,
    /// The number of kept values of a block.
    per_block: usize,
    values: Vec<i16>,
    /// The coefficients that are not zero, one bit each, in the order of the file.
    present: Vec<u64>,
}

/// The band of a scan: the first and last coefficient, and the lowest bit.
struct Band<'a> {
    first: usize,
    last: usize,
    bit: u32,
    codes: &'a Huffman,
    /// The number of blocks that end before their first coefficient.
    ended: usize,
}

impl Frequencies {
    fn of(component: &Component, tables: &Tables) -> Result<Self, PhotoRejection> {
        let steps = Steps::new(tables.quantisation(component)?, component.size);
        let per_block = component.size * component.size;
        let blocks = component.all_blocks.0 * component.all_blocks.1;
        Ok(Self { steps, per_block, values: vec![0; blocks * per_block], present: vec![0; blocks] })
    }

    /// The position of a kept coefficient.
    #[inline(always)]
    fn value(&mut self, block: usize, frequency: usize) -> Option<&mut i16> {
        let index = self.steps.places[frequency & 63];
        if index == NOWHERE { None } else { self.values.get_mut(block * self.per_block + usize::from(index)) }
    }

    fn set(&mut self, block: usize, frequency: usize, value: i32) {
        self.present[block] |= 1 << (frequency & 63);
        if let Some(to) = self.value(block, frequency) {
            *to = value as i16;
        }
    }

    /// Transforms all coefficients to pixels.
    pub(super) fn pixels(&self, component: &Component) -> Plane {
        let mut plane = component.plane();
        let mut block = [0; 256];
        for (index, values) in self.values.chunks_exact(self.per_block).enumerate() {
            block.iter_mut().zip(values).for_each(|(to, &value)| *to = value.into());
            let (row, column) = (index / component.all_blocks.0, index % component.all_blocks.0);
            let out = &mut plane.pixels[row * component.size * plane.stride + column * component.size..];
            match component.size {
                1 => self.steps.pixels::<1>(&block, out, plane.stride),
                2 => self.steps.pixels::<2>(&block, out, plane.stride),
                4 => self.steps.pixels::<4>(&block, out, plane.stride),
                _ => self.steps.pixels::<8>(&block, out, plane.stride),
            }
        }
        plane
    }
}

/// Decodes a scan.
pub(super) fn decode(
    frame: &mut Frame,
    tables: &Tables,
    segment: &[u8],
    bits: &mut Bits<'_>,
    all: &mut [Option<Frequencies>; 4],
) -> Result<Share, PhotoRejection> {
    let (mut parts, [first, last, bit_range]) = parts(frame, segment)?;
    let (refines, bit) = (bit_range >> 4 != 0, u32::from(bit_range & 0xF));
    let (first, last) = (usize::from(first), usize::from(last));
    let is_constant = first == 0;
    if first > last || last > 63 || bit > 13 || (is_constant && last > 0) || (!is_constant && parts.len() > 1) {
        return Err(Broken);
    }
    for part in &parts {
        frame.components[part.index].told[first..=last].fill(u8::try_from(bit).ok());
        if all[part.index].is_none() {
            all[part.index] = Some(Frequencies::of(&frame.components[part.index], tables)?);
        }
    }
    if is_constant {
        return constants(frame, tables, bits, (&mut parts, all), refines, bit);
    }
    let Part { index, selector, .. } = parts[0];
    let mut band = Band { first, last, bit, codes: tables.ac(selector)?, ended: 0 };
    let across = frame.components[index].all_blocks.0;
    let Some(frequencies) = &mut all[index] else { return Err(Broken) };
    let block = |bits: &mut Bits<'_>, band: &mut Band<'_>, place: Place<'_>| {
        if place.is_lost {
            return;
        }
        let block = place.row * across + place.column;
        if refines { band.refine(bits, frequencies, block) } else { band.read(bits, frequencies, block) }
    };
    Ok(walk(frame, tables.restart, bits, (&mut parts, &mut band), block, |band| band.ended = 0))
}

/// A scan of DC coefficients.
fn constants(
    frame: &Frame,
    tables: &Tables,
    bits: &mut Bits<'_>,
    (parts, all): (&mut [Part], &mut [Option<Frequencies>; 4]),
    refines: bool,
    bit: u32,
) -> Result<Share, PhotoRejection> {
    let mut codes = [None; 4];
    for part in &*parts {
        codes[part.index] = if refines { None } else { Some(tables.dc(part.selector)?) };
    }
    let block = |bits: &mut Bits<'_>, all: &mut [Option<Frequencies>; 4], place: Place<'_>| {
        let part = place.part;
        if place.is_lost {
            return;
        }
        let block = place.row * frame.components[part.index].all_blocks.0 + place.column;
        let Some(to) = all[part.index].as_mut().and_then(|frequencies| frequencies.value(block, 0)) else { return };
        match codes[part.index] {
            Some(codes) => {
                part.constant = part.constant.wrapping_add(codes.next(bits).value);
                *to = (part.constant << bit) as i16;
            }
            None => *to |= (bits.take(1) << bit) as i16,
        }
    };
    Ok(walk(frame, tables.restart, bits, (parts, all), block, |_| {}))
}

impl Band<'_> {
    /// The number of blocks that an end-of-band code ends, including this one.
    fn blocks_ended(bits: &mut Bits<'_>, zeros: usize) -> usize {
        let more = (zeros - TO_THE_END as usize) as u32;
        (1 << more) + bits.take(more)
    }

    /// A block of the first scan of its band.
    fn read(&mut self, bits: &mut Bits<'_>, to: &mut Frequencies, block: usize) {
        if self.ended > 0 {
            self.ended -= 1;
            return;
        }
        let mut at = self.first;
        while at <= self.last {
            let step = self.codes.next(bits);
            if step.zeros >= TO_THE_END as usize {
                self.ended = Self::blocks_ended(bits, step.zeros) - 1;
                return;
            }
            at += step.zeros;
            if step.value != 0 && at <= self.last {
                to.set(block, at, step.value << self.bit);
            }
            at += 1;
        }
    }

    /// A block of a refinement scan.
    fn refine(&mut self, bits: &mut Bits<'_>, to: &mut Frequencies, block: usize) {
        let mut at = self.first;
        while self.ended == 0 && at <= self.last {
            let step = self.codes.next(bits);
            let mut zeros = step.zeros;
            if zeros >= TO_THE_END as usize {
                self.ended = Self::blocks_ended(bits, zeros);
                break;
            }
            // Skips the existing coefficients, each with its refinement bit, and this many zeros.
            while at <= self.last {
                if to.present[block] >> at & 1 == 1 {
                    self.add_bit(bits, to, block, at);
                } else if zeros == 0 {
                    break;
                } else {
                    zeros -= 1;
                }
                at += 1;
            }
            if step.value != 0 && at <= self.last {
                to.set(block, at, step.value.signum() << self.bit);
            }
            at += 1;
        }
        if self.ended > 0 {
            for at in at..=self.last {
                if to.present[block] >> at & 1 == 1 {
                    self.add_bit(bits, to, block, at);
                }
            }
            self.ended -= 1;
        }
    }

    fn add_bit(&self, bits: &mut Bits<'_>, to: &mut Frequencies, block: usize, at: usize) {
        let bit = (bits.take(1) << self.bit) as i16;
        if let Some(value) = to.value(block, at) {
            *value = if *value < 0 { value.wrapping_sub(bit) } else { value.wrapping_add(bit) };
        }
    }
}

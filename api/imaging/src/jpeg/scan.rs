//! Iterates over the blocks of a scan, and decodes those of a baseline JPEG.

use domain::photo::PhotoRejection::{self, Broken};

use super::bits::{Bits, Restart};
use super::frame::{Component, Frame, Tables};
use super::huffman::{Huffman, TO_THE_END};
use super::idct::{Block, Steps};
use crate::plane::Plane;

/// One of this many MCUs may be lost. A photo with greater losses is refused.
const MOST_LOST: usize = 4;

/// The value of a lost pixel.
const GREY: u8 = 128;

/// A component in a scan.
pub(super) struct Part {
    /// The index of the component.
    pub(super) index: usize,
    /// The indexes of its tables.
    pub(super) selector: u8,
    /// The DC coefficient of its last block.
    pub(super) constant: i32,
}

/// The components of a scan, each at most once, and the three bytes after them.
pub(super) fn parts(frame: &Frame, segment: &[u8]) -> Result<(Vec<Part>, [u8; 3]), PhotoRejection> {
    let (&count, rest) = segment.split_first().ok_or(Broken)?;
    let (specs, rest) = rest.split_at_checked(2 * usize::from(count)).ok_or(Broken)?;
    let part = |&[id, selector]: &[u8; 2]| Ok(Part { index: frame.find(id)?, selector, constant: 0 });
    let parts: Vec<_> = specs.as_chunks::<2>().0.iter().map(part).collect::<Result<_, _>>()?;
    let is_new = |at: usize| parts[..at].iter().all(|part| part.index != parts[at].index);
    if parts.is_empty() || !(1..parts.len()).all(is_new) {
        return Err(Broken);
    }
    Ok((parts, *rest.first_chunk().ok_or(Broken)?))
}

/// A block of a scan: its component, its position, and whether its bits are present.
pub(super) struct Place<'a> {
    pub(super) part: &'a mut Part,
    pub(super) column: usize,
    pub(super) row: usize,
    pub(super) is_lost: bool,
}

/// Iterates over the blocks of a scan, and records losses.
struct Walk {
    /// The number of MCUs between restarts; 0 for none.
    restart: usize,
    until_restart: usize,
    /// The number of the next restart.
    number: u8,
    is_lost: bool,
    /// The number of lost MCUs, and of those since the last check.
    lost: usize,
    unsure: usize,
}

impl Walk {
    /// Checks whether the bits since the last check were present.
    fn look(&mut self, bits: &Bits<'_>) {
        if !self.is_lost && bits.is_exhausted() {
            self.is_lost = true;
            self.lost += self.unsure;
        }
        self.unsure = 0;
    }

    /// Moves to the next MCU; returns whether a restart is there.
    fn step(&mut self, bits: &mut Bits<'_>) -> bool {
        let restarts = self.restart > 0 && self.until_restart == 0;
        if restarts {
            self.look(bits);
            self.is_lost = bits.restart(self.number) == Restart::Later;
            self.number = (self.number + 1) & 7;
            self.until_restart = self.restart;
        }
        self.until_restart = self.until_restart.wrapping_sub(1);
        if self.is_lost {
            self.lost += 1
        } else {
            self.unsure += 1
        }
        restarts
    }
}

/// The completeness of a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Share {
    /// Complete.
    Whole,
    /// Mostly complete.
    Most,
    /// Too incomplete.
    Little,
}

/// Passes each block of a scan to a function; `restarted` is called at each restart. Ends if too much is lost.
pub(super) fn walk<S>(
    frame: &Frame,
    restart: usize,
    bits: &mut Bits<'_>,
    (parts, state): (&mut [Part], &mut S),
    mut block: impl FnMut(&mut Bits<'_>, &mut S, Place<'_>),
    restarted: impl Fn(&mut S),
) -> Share {
    let alone = parts.len() == 1;
    let units = if alone { frame.components[parts[0].index].blocks } else { frame.units };
    let most_lost = units.0 * units.1 / MOST_LOST;
    let mut walk = Walk { restart, until_restart: restart, number: 0, is_lost: false, lost: 0, unsure: 0 };
    for row in 0..units.1 {
        for column in 0..units.0 {
            if walk.step(bits) {
                parts.iter_mut().for_each(|part| part.constant = 0);
                restarted(state);
            }
            let is_lost = walk.is_lost;
            for part in &mut *parts {
                let Component { across, down, .. } = frame.components[part.index];
                let (across, down) = if alone { (1, 1) } else { (across, down) };
                for y in 0..down {
                    for x in 0..across {
                        let (column, row) = (column * across + x, row * down + y);
                        block(bits, state, Place { part, column, row, is_lost });
                    }
                }
            }
        }
        // A check in each row ends soon enough and costs little.
        walk.look(bits);
        if walk.lost > most_lost {
            return Share::Little;
        }
    }
    if walk.lost == 0 && !bits.is_spoilt() { Share::Whole } else { Share::Most }
}

/// The decoder state of a component, by its index.
struct Target<'a> {
    dc: &'a Huffman,
    ac: &'a Huffman,
    steps: Steps,
    size: usize,
    plane: Plane,
}

/// Decodes a scan of a baseline JPEG into the planes of its components.
pub(super) fn decode(
    frame: &Frame,
    tables: &Tables,
    segment: &[u8],
    bits: &mut Bits<'_>,
    planes: &mut [Plane],
) -> Result<Share, PhotoRejection> {
    let (mut parts, _) = parts(frame, segment)?;
    let mut targets: [Option<Target<'_>>; 4] = [const { None }; 4];
    for part in &parts {
        let component = &frame.components[part.index];
        let steps = Steps::new(tables.quantisation(component)?, component.size);
        let plane = std::mem::take(&mut planes[part.index]);
        let (dc, ac) = (tables.dc(part.selector)?, tables.ac(part.selector)?);
        targets[part.index] = Some(Target { dc, ac, steps, size: component.size, plane });
    }
    let mut frequencies = [0; 256];
    let block = |bits: &mut Bits<'_>, targets: &mut [Option<Target<'_>>; 4], place: Place<'_>| {
        let Some(target) = &mut targets[place.part.index & 3] else { return };
        let at = (place.column, place.row);
        match place.is_lost {
            true => target.grey(at),
            false => target.block(bits, &mut place.part.constant, &mut frequencies, at),
        }
    };
    let share = walk(frame, tables.restart, bits, (&mut parts, &mut targets), block, |_| {});
    for (plane, target) in planes.iter_mut().zip(targets) {
        if let Some(target) = target {
            *plane = target.plane;
        }
    }
    Ok(share)
}

impl Target<'_> {
    #[inline(always)]
    fn block(&mut self, bits: &mut Bits<'_>, constant: &mut i32, frequencies: &mut Block, at: (usize, usize)) {
        match self.size {
            1 => self.block_of::<1>(bits, constant, frequencies, at),
            2 => self.block_of::<2>(bits, constant, frequencies, at),
            4 => self.block_of::<4>(bits, constant, frequencies, at),
            _ => self.block_of::<8>(bits, constant, frequencies, at),
        }
    }

    /// Fills a block whose bits are lost.
    fn grey(&mut self, (column, row): (usize, usize)) {
        let start = row * self.size * self.plane.stride + column * self.size;
        for line in self.plane.pixels[start..].chunks_mut(self.plane.stride).take(self.size) {
            line.iter_mut().take(self.size).for_each(|pixel| *pixel = GREY);
        }
    }

    // The cost of a call is small compared with decoding the bits, and it keeps the code small.
    #[inline(never)]
    fn block_of<const N: usize>(
        &mut self,
        bits_of_scan: &mut Bits<'_>,
        constant: &mut i32,
        frequencies: &mut Block,
        (column, row): (usize, usize),
    ) {
        let out = &mut self.plane.pixels[row * N * self.plane.stride + column * N..];
        let mut bits = *bits_of_scan;
        *constant = constant.wrapping_add(self.dc.next(&mut bits).value);
        let mut step = self.ac.next(&mut bits);
        if N == 1 || step.zeros >= 63 {
            let mut place = 1 + step.zeros;
            while place < 63 {
                step = self.ac.next(&mut bits);
                place += step.zeros + 1;
            }
            if place > 63 && step.zeros < TO_THE_END as usize {
                bits.spoil();
            }
            *bits_of_scan = bits;
            return self.steps.flat::<N>(*constant, out, self.plane.stride);
        }
        frequencies[..N * N].fill(0);
        frequencies[0] = *constant;
        let mut index = 1;
        loop {
            index += step.zeros;
            frequencies[usize::from(self.steps.places[index & 0xFF])] = step.value;
            index += 1;
            if index >= 64 {
                break;
            }
            step = self.ac.next(&mut bits);
        }
        if index > 64 && step.zeros < TO_THE_END as usize {
            bits.spoil();
        }
        *bits_of_scan = bits;
        self.steps.pixels::<N>(frequencies, out, self.plane.stride);
    }
}

//! Walks over the blocks of a scan, and decodes those of a baseline JPEG.

use domain::photo::PhotoRejection::{self, Broken};

use super::bits::Bits;
use super::frame::{Component, Frame, Tables};
use super::huffman::Huffman;
use super::idct::{Block, Steps};
use crate::plane::Plane;

/// A component in a scan.
pub(super) struct Part {
    /// Which.
    pub(super) index: usize,
    /// Which tables it takes.
    pub(super) selector: u8,
    /// The constant part of its last block.
    pub(super) constant: i32,
}

/// The components of a scan, each at most once, and the three bytes behind them.
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

/// Hands over each block of a scan, with its place; `restarted` is called at each restart of the bits.
pub(super) fn walk<S>(
    frame: &Frame,
    restart: usize,
    bits: &mut Bits<'_>,
    (parts, state): (&mut [Part], &mut S),
    mut block: impl FnMut(&mut Bits<'_>, &mut Part, &mut S, (usize, usize)),
    restarted: impl Fn(&mut S),
) -> Result<(), PhotoRejection> {
    let alone = parts.len() == 1;
    let units = if alone { frame.components[parts[0].index].blocks } else { frame.units };
    let mut until_restart = restart;
    for row in 0..units.1 {
        for column in 0..units.0 {
            if restart > 0 && until_restart == 0 {
                if bits.is_exhausted() || !bits.restart() {
                    return Err(Broken);
                }
                parts.iter_mut().for_each(|part| part.constant = 0);
                restarted(state);
                until_restart = restart;
            }
            until_restart = until_restart.wrapping_sub(1);
            for part in &mut *parts {
                let Component { across, down, .. } = frame.components[part.index];
                let (across, down) = if alone { (1, 1) } else { (across, down) };
                for y in 0..down {
                    for x in 0..across {
                        block(bits, part, state, (column * across + x, row * down + y));
                    }
                }
            }
        }
        // Once a row is often enough to end soon, and rare enough to cost nothing.
        if bits.is_exhausted() {
            return Err(Broken);
        }
    }
    Ok(())
}

/// What the blocks of a component need, by its index.
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
) -> Result<(), PhotoRejection> {
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
    let block = |bits: &mut Bits<'_>, part: &mut Part, targets: &mut [Option<Target<'_>>; 4], at| {
        if let Some(target) = &mut targets[part.index & 3] {
            target.block(bits, &mut part.constant, &mut frequencies, at);
        }
    };
    walk(frame, tables.restart, bits, (&mut parts, &mut targets), block, |_| {})?;
    for (plane, target) in planes.iter_mut().zip(targets) {
        if let Some(target) = target {
            *plane = target.plane;
        }
    }
    Ok(())
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

    // A call for each block costs nothing beside its bits, and keeps the code small.
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
        *bits_of_scan = bits;
        self.steps.pixels::<N>(frequencies, out, self.plane.stride);
    }
}

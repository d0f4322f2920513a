//! The segments before a scan: the frame, its components, the tables.

use domain::photo::PhotoRejection::{self, Broken};

use super::Channels;
use super::huffman::Huffman;
use super::standard;
use crate::plane::Plane;

/// The minimum sizes in bytes of a JFIF segment, and of Adobe's.
pub(crate) const JFIF: usize = 14;
pub(crate) const ADOBE: usize = 12;

/// One channel of the picture.
pub(super) struct Component {
    id: u8,
    /// Blocks across and down in an MCU.
    pub(super) across: usize,
    pub(super) down: usize,
    quantisation: usize,
    /// The decoded width of a block of eight pixels.
    pub(super) size: usize,
    /// Blocks across and down with pixels, without the padding of the last MCU.
    pub(super) blocks: (usize, usize),
    /// Blocks across and down in total.
    pub(super) all_blocks: (usize, usize),
    /// The size of the picture in pixels.
    reach: (f64, f64),
    /// For each coefficient, the lowest bit that scans have refined; `None` before its first scan.
    pub(super) told: [Option<u8>; 64],
}

/// The picture.
pub(super) struct Frame {
    pub(super) components: Vec<Component>,
    /// MCUs across and down of a scan of all components.
    pub(super) units: (usize, usize),
    /// Whether the picture is progressive.
    pub(super) is_progressive: bool,
}

/// The segments of programs that define the colour space.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Marks {
    is_jfif: bool,
    /// The colour transformation in Adobe's segment.
    adobe: Option<u8>,
}

impl Marks {
    /// Records a segment.
    pub(super) fn see(&mut self, marker: u8, segment: &[u8]) {
        match marker {
            0xE0 if segment.len() >= JFIF && segment.starts_with(b"JFIF\0") => self.is_jfif = true,
            0xEE if segment.len() >= ADOBE && segment.starts_with(b"Adobe") => self.adobe = Some(segment[11]),
            _ => {}
        }
    }

    /// The colour space of components with these ids, decided as libjpeg does: JFIF has precedence over Adobe's
    /// segment, and that over the ids.
    fn channels(self, names: &[u8]) -> Channels {
        match (names.len(), self.adobe) {
            (3, _) if self.is_jfif => Channels::Luma,
            (3, Some(0)) => Channels::Colours,
            (3, None) if names == b"RGB" => Channels::Colours,
            (4, Some(0)) => Channels::InksLeft,
            (4, Some(_)) => Channels::LumaOfInks,
            (4, None) => Channels::Inks,
            _ => Channels::Luma,
        }
    }
}

/// The present tables.
#[derive(Default)]
pub(super) struct Tables {
    quantisation: [Option<[u16; 64]>; 4],
    dc: [Option<Huffman>; 4],
    ac: [Option<Huffman>; 4],
    /// The number of MCUs between restart markers.
    pub(super) restart: usize,
}

impl Tables {
    /// The quantisation of a component.
    pub(super) fn quantisation(&self, component: &Component) -> Result<&[u16; 64], PhotoRejection> {
        self.quantisation.get(component.quantisation).and_then(Option::as_ref).ok_or(Broken)
    }

    /// The codes of DC coefficients.
    pub(super) fn dc(&self, selector: u8) -> Result<&Huffman, PhotoRejection> {
        let place = usize::from(selector >> 4);
        self.dc.get(place).and_then(Option::as_ref).or_else(|| standard::dc(place)).ok_or(Broken)
    }

    /// The codes of AC coefficients.
    pub(super) fn ac(&self, selector: u8) -> Result<&Huffman, PhotoRejection> {
        let place = usize::from(selector & 0xF);
        self.ac.get(place).and_then(Option::as_ref).or_else(|| standard::ac(place)).ok_or(Broken)
    }

    pub(super) fn read_quantisation(&mut self, mut segment: &[u8]) -> Result<(), PhotoRejection> {
        while let Some((&kind, rest)) = segment.split_first() {
            let wide = usize::from(kind >> 4 != 0) + 1;
            let (values, rest) = rest.split_at_checked(64 * wide).ok_or(Broken)?;
            let mut table = [0; 64];
            for (step, value) in table.iter_mut().zip(values.chunks_exact(wide)) {
                *step = value.iter().fold(0, |step, &byte| (step << 8) | u16::from(byte));
            }
            *self.quantisation.get_mut(usize::from(kind & 0xF)).ok_or(Broken)? = Some(table);
            segment = rest;
        }
        Ok(())
    }

    pub(super) fn read_codes(&mut self, mut segment: &[u8]) -> Result<(), PhotoRejection> {
        while let Some((&kind, rest)) = segment.split_first() {
            let (counts, rest) = rest.split_first_chunk::<16>().ok_or(Broken)?;
            let total = counts.iter().map(|&count| usize::from(count)).sum();
            let (symbols, rest) = rest.split_at_checked(total).ok_or(Broken)?;
            let is_dc = kind >> 4 == 0;
            let tables = if is_dc { &mut self.dc } else { &mut self.ac };
            *tables.get_mut(usize::from(kind & 0xF)).ok_or(Broken)? = Some(Huffman::new(counts, symbols, is_dc)?);
            segment = rest;
        }
        Ok(())
    }
}

impl Frame {
    /// The frame of a header, scaled down while its long edge stays at least `edge`. `marks` are the segments before
    /// it.
    pub(super) fn read(marker: u8, segment: &[u8], edge: u32, marks: Marks) -> Result<Self, PhotoRejection> {
        let (&[precision, h1, h0, w1, w0, count], rest) = segment.split_first_chunk::<6>().ok_or(Broken)?;
        // Deep colour, lossless and arithmetic coding are written by no camera, and shown by no browser.
        if !matches!(marker, 0xC0..=0xC2) || precision != 8 || !matches!(count, 1 | 3 | 4) {
            return Err(Broken);
        }
        let size = [u16::from_be_bytes([w1, w0]), u16::from_be_bytes([h1, h0])].map(usize::from);
        let specs = rest.as_chunks::<3>().0.get(..count.into()).ok_or(Broken)?;
        let sampling = |spec: &[u8; 3]| match spec[1] {
            // A single component has the size of the picture.
            _ if count == 1 => (1, 1),
            both => (usize::from(both >> 4), usize::from(both & 0xF)),
        };
        let samplings: Vec<_> = specs.iter().map(sampling).collect();
        if !samplings.iter().all(|(across, down)| (1..=4).contains(across) && (1..=4).contains(down)) {
            return Err(Broken);
        }
        let most = samplings.iter().fold((1, 1), |most, part| (most.0.max(part.0), most.1.max(part.1)));
        let units = (size[0].div_ceil(8 * most.0), size[1].div_ceil(8 * most.1));
        let kept = kept(size, edge);
        let is_luma = marks.channels(&specs.iter().map(|spec| spec[0]).collect::<Vec<_>>()) == Channels::Luma;
        let components = specs.iter().zip(samplings).enumerate().map(|(index, (spec, (across, down)))| {
            // The renditions have half the colour resolution, so full colour resolution is halved during decoding.
            let is_halved = count == 3 && index > 0 && (across, down) == most && is_luma;
            let kept = if is_halved && kept > 1 { kept / 2 } else { kept };
            let scaled =
                |side: usize, times: usize, most: usize| ((side * times * kept) as f64 / (8 * most) as f64).max(1.0);
            Component {
                id: spec[0],
                across,
                down,
                quantisation: spec[2].into(),
                size: kept,
                blocks: ((size[0] * across).div_ceil(8 * most.0), (size[1] * down).div_ceil(8 * most.1)),
                all_blocks: (units.0 * across, units.1 * down),
                reach: (scaled(size[0], across, most.0), scaled(size[1], down, most.1)),
                told: [None; 64],
            }
        });
        Ok(Self { components: components.collect(), units, is_progressive: marker == 0xC2 })
    }

    /// The index of the component with this id.
    pub(super) fn find(&self, id: u8) -> Result<usize, PhotoRejection> {
        self.components.iter().position(|component| component.id == id).ok_or(Broken)
    }

    /// The colour space, by the segments before the first scan and by the components' ids.
    pub(super) fn channels(&self, marks: Marks) -> Channels {
        marks.channels(&self.components.iter().map(|component| component.id).collect::<Vec<_>>())
    }
}

impl Component {
    /// Whether a scan contained it.
    pub(super) fn is_seen(&self) -> bool {
        self.told[0].is_some()
    }

    /// Whether scans contained all of it, to the last bit.
    pub(super) fn is_complete(&self) -> bool {
        self.told.iter().all(|bit| *bit == Some(0))
    }

    /// An empty plane for its pixels.
    pub(super) fn plane(&self) -> Plane {
        Plane::new((self.all_blocks.0 * self.size, self.all_blocks.1 * self.size), self.reach)
    }
}

/// The number of pixels of eight that are kept so that the long edge is still large enough.
fn kept([width, height]: [usize; 2], edge: u32) -> usize {
    let long = width.max(height);
    [1, 2, 4].into_iter().find(|kept| long * kept / 8 >= edge as usize).unwrap_or(8)
}

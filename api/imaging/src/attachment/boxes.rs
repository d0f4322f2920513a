//! The boxes of ISO base media files (ISO/IEC 14496-12): HEIF, MP4 and QuickTime.

/// A box in memory.
#[derive(Clone, Copy)]
pub(super) struct Boxed<'a> {
    pub(super) kind: [u8; 4],
    pub(super) body: &'a [u8],
}

/// The consecutive boxes in these bytes, up to the first invalid one; the last one may be cut off.
pub(super) fn boxes(mut bytes: &[u8]) -> impl Iterator<Item = Boxed<'_>> {
    std::iter::from_fn(move || {
        let (head, length) = header(bytes)?;
        let end = length.map_or(bytes.len(), |length| usize::try_from(length).unwrap_or(usize::MAX).min(bytes.len()));
        let kind = *bytes.get(4..)?.first_chunk()?;
        let body = bytes.get(head..end)?;
        bytes = &bytes[end..];
        Some(Boxed { kind, body })
    })
}

/// The size of a box's header and of the whole box in bytes; `None` for a box that extends to the end of the file.
pub(super) fn header(bytes: &[u8]) -> Option<(usize, Option<u64>)> {
    let short = u32::from_be_bytes(*bytes.first_chunk()?);
    let (head, length) = match short {
        0 => (8, None),
        1 => (16, Some(u64::from_be_bytes(*bytes.get(8..)?.first_chunk()?))),
        _ => (8, Some(u64::from(short))),
    };
    // A box that is shorter than its header would cause an endless loop.
    length.is_none_or(|length| length >= head as u64).then_some((head, length))
}

/// The first box of this type among the boxes in these bytes.
pub(super) fn find<'a>(bytes: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(bytes).find(|found| found.kind == *kind).map(|found| found.body)
}

/// The box at the end of a path of boxes.
pub(super) fn find_path<'a>(bytes: &'a [u8], path: &[&[u8; 4]]) -> Option<&'a [u8]> {
    path.iter().try_fold(bytes, |bytes, kind| find(bytes, kind))
}

/// Reads consecutive numbers.
pub(super) struct Numbers<'a> {
    rest: &'a [u8],
    /// The version of a full box.
    pub(super) version: u8,
    /// The flags of a full box.
    pub(super) flags: u32,
}

impl<'a> Numbers<'a> {
    /// A reader of a box that begins with version and flags.
    pub(super) fn full(body: &'a [u8]) -> Option<Self> {
        let (head, rest) = body.split_first_chunk::<4>()?;
        let head = u32::from_be_bytes(*head);
        Some(Self { rest, version: head.to_be_bytes()[0], flags: head & 0x00FF_FFFF })
    }

    /// The remaining bytes.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// A number of this many bytes, 0 to 8.
    pub(super) fn take(&mut self, bytes: usize) -> Option<u64> {
        let (number, rest) = self.rest.split_at_checked(bytes.min(8))?;
        self.rest = rest;
        Some(number.iter().fold(0, |sum, &byte| (sum << 8) | u64::from(byte)))
    }

    /// A number of four bytes.
    pub(super) fn word(&mut self) -> Option<u32> {
        u32::try_from(self.take(4)?).ok()
    }

    /// A number of eight bytes from version 1 on, else of four.
    pub(super) fn time(&mut self) -> Option<u64> {
        self.take(if self.version == 0 { 4 } else { 8 })
    }

    /// The same; `None` if all bits are set, which means "unknown", and for zero.
    pub(super) fn known_time(&mut self) -> Option<Option<u64>> {
        let unknown = if self.version == 0 { u64::from(u32::MAX) } else { u64::MAX };
        self.time().map(|time| Some(time).filter(|&time| time != 0 && time != unknown))
    }
}

//! The parts in which many bytes are uploaded.

use domain::photo::PART_BYTES;

/// A part as it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PartRange {
    pub(super) number: u16,
    pub(super) offset: u64,
    pub(super) length: u64,
}

/// The parts of so many bytes; none for what goes by one link alone.
pub(super) fn part_ranges(byte_size: u64) -> Vec<PartRange> {
    if byte_size <= PART_BYTES {
        return Vec::new();
    }
    let starts = (0..byte_size).step_by(usize::try_from(PART_BYTES).unwrap_or(usize::MAX));
    (1..)
        .zip(starts)
        .map(|(number, offset)| PartRange { number, offset, length: PART_BYTES.min(byte_size - offset) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_every_byte_once() {
        for (bytes, expected) in [
            (1, vec![]),
            (8_000_000, vec![]),
            (8_000_001, vec![8_000_000, 1]),
            (16_000_000, vec![8_000_000; 2]),
            (100_000_000, [vec![8_000_000; 12], vec![4_000_000]].concat()),
        ] {
            let spans = part_ranges(bytes);
            assert_eq!(spans.iter().map(|span| span.length).collect::<Vec<_>>(), expected);
            let mut end = 0;
            for (number, span) in (1..).zip(spans) {
                assert_eq!((span.number, span.offset), (number, end));
                end += span.length;
            }
        }
    }
}

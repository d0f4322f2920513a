//! The segments of a JPEG that make its picture.

use domain::photo::PhotoRejection;

use super::orientation_only;
use crate::container::segments;

/// Of "JFIF": up to the preview's size, which follows.
const JFIF_HEAD: usize = 12;
/// Of "Adobe": all of it.
const ADOBE: usize = 12;

/// The picture's segments and scans, to its end marker.
pub(super) fn strip(bytes: &[u8], held: Option<u8>) -> Result<Vec<u8>, PhotoRejection> {
    let mut kept = Vec::with_capacity(bytes.len());
    kept.extend_from_slice(&[0xFF, 0xD8]);
    let mut held = held;
    let (mut at, mut in_scan) = (2, false);
    loop {
        let (marker, segment, behind) = segments::next(bytes, at)?;
        let standalone = matches!(marker, 0x01 | 0xD0..=0xD9);
        let start = behind - if standalone { 2 } else { segment.len() + 4 };
        if in_scan {
            // The scan's pixels; between other segments there is nothing that counts.
            kept.extend_from_slice(&bytes[at..start]);
        }
        at = behind;
        in_scan = marker == 0xDA || (in_scan && matches!(marker, 0xD0..=0xD7));
        if let (Some(orientation), false) = (held, marker == 0xE0) {
            push(&mut kept, 0xE1, &[b"Exif\0\0", orientation_only(orientation).as_slice()].concat());
            held = None;
        }
        match marker {
            0xD9 => {
                kept.extend_from_slice(&[0xFF, 0xD9]);
                return Ok(kept);
            }
            0xD0..=0xD7 if in_scan => kept.extend_from_slice(&[0xFF, marker]),
            0xE0 if segment.starts_with(b"JFIF\0") && segment.len() >= JFIF_HEAD => {
                push(&mut kept, marker, &[&segment[..JFIF_HEAD], &[0, 0]].concat());
            }
            0xE2 if segment.starts_with(b"ICC_PROFILE\0") => push(&mut kept, marker, segment),
            0xEE if segment.starts_with(b"Adobe") => push(&mut kept, marker, &segment[..segment.len().min(ADOBE)]),
            // Frames, tables of Huffman, arithmetic and quantisation, restart interval, number of lines, scans.
            0xC0..=0xC7 | 0xC9..=0xCF | 0xDA..=0xDD => push(&mut kept, marker, segment),
            _ => {}
        }
    }
}

/// Writes a segment.
fn push(kept: &mut Vec<u8>, marker: u8, segment: &[u8]) {
    // It was read with a length of two bytes, or is shorter than what was.
    let length = u16::try_from(segment.len() + 2).unwrap_or(u16::MAX);
    kept.extend_from_slice(&[0xFF, marker]);
    kept.extend_from_slice(&length.to_be_bytes());
    kept.extend_from_slice(segment);
}

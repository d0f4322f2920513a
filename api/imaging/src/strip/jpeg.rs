//! The segments of a JPEG's picture.

use domain::photo::PhotoRejection;

use super::orientation_only;
use crate::container::segments;
use crate::jpeg::{self, ADOBE, JFIF};

/// The length of the JFIF segment before the size of the preview.
const JFIF_HEAD: usize = 12;

/// The picture's segments and scans, with an end marker.
pub(super) fn strip(bytes: &[u8], held: Option<u8>) -> Result<Vec<u8>, PhotoRejection> {
    let mut kept = Vec::with_capacity(bytes.len());
    kept.extend_from_slice(&[0xFF, 0xD8]);
    let mut held = held;
    let mut at = 2;
    // The start of the last scan, in the file and in the copy.
    let mut last_scan = None;
    loop {
        let (marker, segment, behind) = match segments::next(bytes, at) {
            Ok((0xD9, ..)) => break,
            // The file continues with other data, or ends.
            Ok((0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF | 0xD8, ..)) | Err(_) if last_scan.is_some() => {
                cut(bytes, &mut kept, last_scan)?;
                break;
            }
            next => next?,
        };
        at = behind;
        if let (Some(orientation), false) = (held, marker == 0xE0) {
            push(&mut kept, 0xE1, &[b"Exif\0\0", orientation_only(orientation).as_slice()].concat());
            held = None;
        }
        match marker {
            0xE0 if segment.starts_with(b"JFIF\0") && segment.len() >= JFIF => {
                push(&mut kept, marker, &[&segment[..JFIF_HEAD], &[0, 0]].concat());
            }
            0xE2 if segment.starts_with(b"ICC_PROFILE\0") => push(&mut kept, marker, segment),
            0xEE if segment.starts_with(b"Adobe") => push(&mut kept, marker, &segment[..segment.len().min(ADOBE)]),
            // Frames, Huffman, arithmetic and quantisation tables, restart interval, number of lines.
            0xC0..=0xC7 | 0xC9..=0xCF | 0xDB..=0xDD => push(&mut kept, marker, segment),
            0xDA => {
                push(&mut kept, marker, segment);
                last_scan = Some((at, kept.len()));
                let end = segments::scan_end(bytes, at);
                kept.extend_from_slice(&bytes[at..end]);
                at = end;
            }
            _ => {}
        }
    }
    kept.extend_from_slice(&[0xFF, 0xD9]);
    Ok(kept)
}

/// Cuts the copy at the end of the last scan's pixels, because without an end marker any bytes may follow them.
fn cut(bytes: &[u8], kept: &mut Vec<u8>, last_scan: Option<(usize, usize)>) -> Result<(), PhotoRejection> {
    let end = jpeg::read(bytes, 1)?.end;
    if let Some((start, start_of_copy)) = last_scan {
        kept.truncate(start_of_copy + end.saturating_sub(start));
    }
    Ok(())
}

/// Writes a segment.
fn push(kept: &mut Vec<u8>, marker: u8, segment: &[u8]) {
    // Its length was read from two bytes, or it is shorter than the segment that was read.
    let length = u16::try_from(segment.len() + 2).unwrap_or(u16::MAX);
    kept.extend_from_slice(&[0xFF, marker]);
    kept.extend_from_slice(&length.to_be_bytes());
    kept.extend_from_slice(segment);
}

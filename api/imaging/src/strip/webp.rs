//! The chunks of a WebP's picture, or of its animation.

use domain::photo::PhotoRejection::{self, Broken};

use super::orientation_only;
use crate::container::webp::{each_chunk, picture};

/// The flags of a `VP8X` chunk that announce EXIF and XMP.
const EXIF: u8 = 0x08;
const XMP: u8 = 0x04;
/// The size of a frame's header: position, size and duration.
const FRAME_HEAD: usize = 16;

/// The picture's chunks, to the declared end.
pub(super) fn strip(bytes: &[u8], held: Option<u8>) -> Result<Vec<u8>, PhotoRejection> {
    let mut kept = b"WEBP".to_vec();
    kept.reserve(bytes.len());
    let mut extended = false;
    each_chunk(picture(bytes)?, |kind, data| {
        match kind {
            b"VP8X" => {
                let (flags, rest) = data.split_first().ok_or(Broken)?;
                let exif = if held.is_some() { EXIF } else { 0 };
                push(&mut kept, *kind, &[&[(flags & !(EXIF | XMP)) | exif], rest].concat());
                extended = true;
            }
            b"ICCP" | b"ALPH" | b"VP8 " | b"VP8L" | b"ANIM" => push(&mut kept, *kind, data),
            b"ANMF" => {
                let (head, parts) = data.split_at_checked(FRAME_HEAD).ok_or(Broken)?;
                let mut frame = head.to_vec();
                each_chunk(parts, |kind, data| {
                    if matches!(kind, b"ALPH" | b"VP8 " | b"VP8L") {
                        push(&mut frame, *kind, data);
                    }
                    Ok(())
                })?;
                push(&mut kept, *kind, &frame);
            }
            _ => {}
        }
        Ok(())
    })?;
    if let Some(held) = held.filter(|_| extended) {
        push(&mut kept, *b"EXIF", &orientation_only(held));
    }
    let size = u32::try_from(kept.len()).map_err(|_| Broken)?;
    Ok([b"RIFF", size.to_le_bytes().as_slice(), &kept].concat())
}

/// Writes a chunk, padded to an even length.
fn push(kept: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    kept.extend_from_slice(&kind);
    // Its length was read from four bytes, or it is shorter than the chunk that was read.
    kept.extend_from_slice(&u32::try_from(data.len()).unwrap_or(u32::MAX).to_le_bytes());
    kept.extend_from_slice(data);
    if data.len() % 2 == 1 {
        kept.push(0);
    }
}

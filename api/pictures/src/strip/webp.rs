//! The chunks of a WebP that make its picture, or its film.

use domain::photo::PhotoRejection::{self, Broken};

use super::orientation_only;
use crate::container::Reader;

/// The flags of a `VP8X` chunk that announce EXIF and XMP.
const EXIF: u8 = 0x08;
const XMP: u8 = 0x04;
/// Of a film's picture: its place, size and time.
const FRAME_HEAD: usize = 16;

/// The picture's chunks, to the end that the file announces.
pub(super) fn strip(bytes: &[u8], held: Option<u8>) -> Result<Vec<u8>, PhotoRejection> {
    let mut reader = Reader { bytes, at: 4 };
    let size = usize::try_from(u32::from_le_bytes(reader.array()?)).map_err(|_| Broken)?;
    let whole = reader.take(size)?;
    let mut kept = b"WEBP".to_vec();
    kept.reserve(bytes.len());
    let mut extended = false;
    each_chunk(whole.get(4..).ok_or(Broken)?, |kind, data| {
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

fn each_chunk(
    bytes: &[u8],
    mut each: impl FnMut(&[u8; 4], &[u8]) -> Result<(), PhotoRejection>,
) -> Result<(), PhotoRejection> {
    let mut chunks = Reader { bytes, at: 0 };
    while chunks.at < bytes.len() {
        let kind: [u8; 4] = chunks.array()?;
        let length = u32::from_le_bytes(chunks.array()?);
        let data = chunks.take(usize::try_from(length).map_err(|_| Broken)?)?;
        if length % 2 == 1 && chunks.at < bytes.len() {
            chunks.take(1)?;
        }
        each(&kind, data)?;
    }
    Ok(())
}

/// Writes a chunk, padded to an even length.
fn push(kept: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    kept.extend_from_slice(&kind);
    // It was read with a length of four bytes, or is shorter than what was.
    kept.extend_from_slice(&u32::try_from(data.len()).unwrap_or(u32::MAX).to_le_bytes());
    kept.extend_from_slice(data);
    if data.len() % 2 == 1 {
        kept.push(0);
    }
}

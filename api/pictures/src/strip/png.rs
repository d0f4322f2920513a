//! The chunks of a PNG that make its first picture.

use domain::photo::PhotoRejection::{self, Broken};

use super::orientation_only;
use crate::container::Reader;

/// The picture's chunks, to its end.
pub(super) fn strip(bytes: &[u8], held: Option<u8>) -> Result<Vec<u8>, PhotoRejection> {
    let mut reader = Reader { bytes, at: 8 };
    let mut kept = Vec::with_capacity(bytes.len());
    kept.extend_from_slice(bytes.get(..8).ok_or(Broken)?);
    loop {
        let start = reader.at;
        let length = u32::from_be_bytes(reader.array()?);
        let kind: [u8; 4] = reader.array()?;
        let data = reader.take(usize::try_from(length).map_err(|_| Broken)?)?;
        reader.take(4)?;
        match &kind {
            b"IHDR" | b"PLTE" | b"tRNS" | b"IDAT" | b"IEND" | b"gAMA" | b"cHRM" | b"sRGB" | b"cICP" | b"sBIT"
            | b"bKGD" | b"pHYs" => kept.extend_from_slice(&bytes[start..reader.at]),
            b"iCCP" => push(&mut kept, kind, &renamed(data)),
            _ => {}
        }
        if let (Some(held), b"IHDR") = (held, &kind) {
            push(&mut kept, *b"eXIf", &orientation_only(held));
        }
        if &kind == b"IEND" {
            return Ok(kept);
        }
    }
}

/// A profile without the name that somebody gave it.
fn renamed(data: &[u8]) -> Vec<u8> {
    let name = data.iter().take(80).position(|&byte| byte == 0).unwrap_or(0);
    [b"icc", data.get(name..).unwrap_or_default()].concat()
}

/// Writes a chunk.
fn push(kept: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    // It was read with a length of four bytes, or is shorter than what was.
    kept.extend_from_slice(&u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes());
    let start = kept.len();
    kept.extend_from_slice(&kind);
    kept.extend_from_slice(data);
    let crc = crc(&kept[start..]);
    kept.extend_from_slice(&crc.to_be_bytes());
}

/// The CRC-32 of PNG chunks; of short ones only, so there is no table.
fn crc(bytes: &[u8]) -> u32 {
    let bit = |crc: u32| if crc & 1 == 1 { 0xEDB8_8320 ^ (crc >> 1) } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| bit(crc)))
}

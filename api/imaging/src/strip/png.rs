//! The chunks of a PNG's first picture.

use domain::photo::PhotoRejection::{self, Broken};

use super::orientation_only;
use crate::container::Reader;
use crate::container::png::{Chunk, write};

/// The picture's chunks, to its end or to that of the file.
pub(super) fn strip(bytes: &[u8], held: Option<u8>) -> Result<Vec<u8>, PhotoRejection> {
    let mut reader = Reader { bytes, at: 8 };
    let mut kept = Vec::with_capacity(bytes.len());
    kept.extend_from_slice(bytes.get(..8).ok_or(Broken)?);
    while let Some(Chunk { kind, data, .. }) = Chunk::read(&mut reader) {
        match &kind {
            b"IHDR" | b"PLTE" | b"tRNS" | b"IDAT" | b"gAMA" | b"cHRM" | b"sRGB" | b"cICP" | b"sBIT" | b"bKGD"
            | b"pHYs" => write(&mut kept, kind, data),
            b"iCCP" => write(&mut kept, kind, &renamed(data)),
            b"IEND" => break,
            _ => {}
        }
        if let (Some(held), b"IHDR") = (held, &kind) {
            write(&mut kept, *b"eXIf", &orientation_only(held));
        }
    }
    write(&mut kept, *b"IEND", &[]);
    Ok(kept)
}

/// A profile without its name, which a person may have chosen.
fn renamed(data: &[u8]) -> Vec<u8> {
    let name = data.iter().take(80).position(|&byte| byte == 0).unwrap_or(0);
    [b"icc", data.get(name..).unwrap_or_default()].concat()
}

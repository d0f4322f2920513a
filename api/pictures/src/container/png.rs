//! The chunks of a PNG.

use std::borrow::Cow;

use domain::photo::PhotoRejection::{self, Broken};
use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use super::{MAX_PROFILE, Notes, Reader, check_pixels};

/// Deflate makes at most this many bytes of one.
const MOST_INFLATED: u64 = 1_032;

/// The chunks of a PNG that make its first picture, to its end; comments, which may unpack to any size, and the other
/// pictures of a film are left out.
pub(super) fn check(bytes: &[u8]) -> Result<(Vec<u8>, Notes<'_>), PhotoRejection> {
    let mut reader = Reader { bytes, at: 8 };
    let mut kept = bytes.get(..8).ok_or(Broken)?.to_vec();
    let mut notes = Notes::default();
    let (mut announced, mut packed) = (0, 0);
    loop {
        let start = reader.at;
        let length = u32::from_be_bytes(reader.array()?);
        let kind: [u8; 4] = reader.array()?;
        let data = reader.take(usize::try_from(length).map_err(|_| Broken)?)?;
        reader.take(4)?;
        if (start == 8) != (&kind == b"IHDR") {
            return Err(Broken);
        }
        match &kind {
            b"IHDR" => (notes.size, announced) = header(data)?,
            b"IDAT" => packed += u64::from(length),
            b"eXIf" if notes.exif.is_none() => notes.exif = Some(data),
            b"iCCP" if notes.profile.is_none() => notes.profile = profile(data),
            _ => {}
        }
        if matches!(&kind, b"IHDR" | b"PLTE" | b"tRNS" | b"IDAT" | b"IEND") {
            kept.extend_from_slice(&bytes[start..reader.at]);
        }
        if &kind == b"IEND" {
            // So few bytes cannot be so many pixels: nobody needs to start on them.
            return if packed * MOST_INFLATED < announced { Err(Broken) } else { Ok((kept, notes)) };
        }
    }
}

/// The picture's size, and how many bytes its pixels have at least.
fn header(data: &[u8]) -> Result<((u32, u32), u64), PhotoRejection> {
    let mut header = Reader { bytes: data, at: 0 };
    let (width, height) = (u32::from_be_bytes(header.array()?), u32::from_be_bytes(header.array()?));
    check_pixels(width, height)?;
    let [depth, colour] = header.array()?;
    let samples = match colour {
        2 => 3,
        4 => 2,
        6 => 4,
        _ => 1,
    };
    Ok(((width, height), u64::from(width) * u64::from(height) * u64::from(depth) * samples / 8))
}

/// The colour profile: behind its name, packed.
fn profile(data: &[u8]) -> Option<Cow<'_, [u8]>> {
    let name = data.iter().take(80).position(|&byte| byte == 0)?;
    let packed = data.get(name + 2..)?;
    decompress_to_vec_zlib_with_limit(packed, MAX_PROFILE).ok().map(Cow::Owned)
}

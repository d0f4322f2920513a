//! The chunks of a PNG.

use std::borrow::Cow;

use domain::photo::PhotoRejection::{self, Broken};
use domain::photo::PhotoType;
use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use super::{MAX_PROFILE, Notes, Reader, check_pixels, crc32};

/// The maximum compression ratio of Deflate.
const MOST_INFLATED: u64 = 1_032;

/// The chunks of a PNG's first picture, to its end or to that of the file. Comments, which may decompress to any size,
/// and further frames of an animation are left out. Also whether the checksums of those chunks are right.
pub(super) fn check(bytes: &[u8]) -> Result<(Vec<u8>, bool, Notes<'_>), PhotoRejection> {
    let mut reader = Reader { bytes, at: 8 };
    let mut kept = bytes.get(..8).ok_or(Broken)?.to_vec();
    let mut notes = Notes::default();
    let (mut announced, mut packed, mut is_sound) = (0, 0, true);
    while let Some(Chunk { kind, data, is_first, is_whole }) = Chunk::read(&mut reader) {
        if is_first != (&kind == b"IHDR") {
            return Err(Broken);
        }
        match &kind {
            b"IHDR" => (notes.size, announced) = header(data)?,
            b"IDAT" => packed += data.len() as u64,
            b"eXIf" if notes.exif.is_none() => notes.exif = Some(data),
            b"iCCP" if notes.profile.is_none() => notes.profile = profile(data),
            b"IEND" => break,
            _ => {}
        }
        if matches!(&kind, b"IHDR" | b"PLTE" | b"tRNS" | b"IDAT") {
            is_sound &= is_whole;
            write(&mut kept, kind, data);
        }
    }
    write(&mut kept, *b"IEND", &[]);
    // The compressed data is too small for this many pixels, so decoding is not attempted.
    if notes.size == (0, 0) || packed * MOST_INFLATED < announced { Err(Broken) } else { Ok((kept, is_sound, notes)) }
}

/// A chunk, possibly cut off.
pub(crate) struct Chunk<'a> {
    pub(crate) kind: [u8; 4],
    pub(crate) data: &'a [u8],
    is_first: bool,
    /// Whether it is complete and has the right checksum.
    is_whole: bool,
}

impl<'a> Chunk<'a> {
    /// The next chunk; `None` if not even its type is present.
    pub(crate) fn read(reader: &mut Reader<'a>) -> Option<Self> {
        let start = reader.at;
        let length = usize::try_from(u32::from_be_bytes(reader.array().ok()?)).ok()?;
        let kind: [u8; 4] = reader.array().ok()?;
        let data = reader.take_up_to(length);
        let crc = reader.array().map(u32::from_be_bytes);
        let is_whole = data.len() == length && crc == Ok(crc32(&reader.bytes[start + 4..start + 8 + length]));
        Some(Self { kind, data, is_first: start == 8, is_whole })
    }
}

/// Writes a chunk.
pub(crate) fn write(to: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    // Its length was read from four bytes, or it is shorter than the chunk that was read.
    to.extend_from_slice(&u32::try_from(data.len()).unwrap_or(u32::MAX).to_be_bytes());
    let start = to.len();
    to.extend_from_slice(&kind);
    to.extend_from_slice(data);
    let crc = crc32(&to[start..]);
    to.extend_from_slice(&crc.to_be_bytes());
}

/// The picture's size, and the minimum size of its pixels in bytes.
fn header(data: &[u8]) -> Result<((u32, u32), u64), PhotoRejection> {
    let mut header = Reader { bytes: data, at: 0 };
    let (width, height) = (u32::from_be_bytes(header.array()?), u32::from_be_bytes(header.array()?));
    check_pixels(PhotoType::Png, width, height)?;
    let [depth, colour] = header.array()?;
    let samples = match colour {
        2 => 3,
        4 => 2,
        6 => 4,
        _ => 1,
    };
    Ok(((width, height), u64::from(width) * u64::from(height) * u64::from(depth) * samples / 8))
}

/// The colour profile: its name, then the compressed data.
fn profile(data: &[u8]) -> Option<Cow<'_, [u8]>> {
    let name = data.iter().take(80).position(|&byte| byte == 0)?;
    let packed = data.get(name + 2..)?;
    decompress_to_vec_zlib_with_limit(packed, MAX_PROFILE).ok().map(Cow::Owned)
}

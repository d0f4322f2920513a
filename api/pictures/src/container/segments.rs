//! Steps through the segments of a JPEG.

use domain::photo::PhotoRejection::{self, Broken};

/// The marker behind `at`, over the pixels of a scan and over padding; its segment, empty where it has none; and where
/// the file goes on.
pub(crate) fn next(bytes: &[u8], at: usize) -> Result<(u8, &[u8], usize), PhotoRejection> {
    let (marker, at) = marker(bytes, at)?;
    // Markers without a segment: restarts, the start and the end of a picture.
    if matches!(marker, 0x01 | 0xD0..=0xD9) {
        return Ok((marker, &[], at));
    }
    let rest = bytes.get(at..).ok_or(Broken)?;
    let length = usize::from(u16::from_be_bytes(*rest.first_chunk().ok_or(Broken)?));
    let segment = rest.get(2..length).ok_or(Broken)?;
    Ok((marker, segment, at + length))
}

fn marker(bytes: &[u8], mut at: usize) -> Result<(u8, usize), PhotoRejection> {
    loop {
        let rest = bytes.get(at..).ok_or(Broken)?;
        at += memchr::memchr(0xFF, rest).ok_or(Broken)? + 1;
        while bytes.get(at) == Some(&0xFF) {
            at += 1;
        }
        let marker = *bytes.get(at).ok_or(Broken)?;
        at += 1;
        // 0xFF 0x00 is a pixel's byte.
        if marker != 0 {
            return Ok((marker, at));
        }
    }
}

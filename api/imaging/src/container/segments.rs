//! Iteration over the segments of a JPEG.

use domain::photo::PhotoRejection::{self, Broken};

/// The marker after `at`, skipping padding and garbage; its segment, empty for markers without one; and the next
/// position.
pub(crate) fn next(bytes: &[u8], at: usize) -> Result<(u8, &[u8], usize), PhotoRejection> {
    let (marker, at) = marker(bytes, at)?;
    // Markers without a segment: restarts, and start and end of a picture.
    if matches!(marker, 0x01 | 0xD0..=0xD9) {
        return Ok((marker, &[], at));
    }
    let (segment, behind) = segment(bytes, at).ok_or(Broken)?;
    Ok((marker, segment, behind))
}

/// The end of the pixels of a scan that begins at `at`: the first marker that can follow a scan, or the end of the
/// file. Damage can look like a marker, but is not followed by a valid segment, so it belongs to the pixels.
pub(crate) fn scan_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr::memchr(0xFF, rest)) {
        let start = at + found;
        let padding = bytes[start..].iter().take_while(|&&byte| byte == 0xFF).count();
        at = start + padding;
        if bytes.get(at).is_some_and(|&marker| ends_scan(bytes, marker, at + 1)) {
            return at - 1;
        }
    }
    bytes.len()
}

/// Whether a scan can end with this marker, whose segment would begin at `at`.
fn ends_scan(bytes: &[u8], marker: u8, at: usize) -> bool {
    let goes_on = |behind: usize| matches!(bytes.get(behind..), Some([0xFF, 1..=0xFF, ..]));
    match marker {
        0xD9 => true,
        // The start of another picture.
        0xD8 => bytes.get(at) == Some(&0xFF),
        // The header of a scan contains its number of components.
        0xDA => segment(bytes, at).is_some_and(|(head, _)| {
            head.first().is_some_and(|&count| (1..=4).contains(&count) && head.len() == 4 + 2 * usize::from(count))
        }),
        0xC4 | 0xCC | 0xDB..=0xDD | 0xE0..=0xEF | 0xFE => segment(bytes, at).is_some_and(|(_, behind)| goes_on(behind)),
        _ => false,
    }
}

/// The segment at `at`, and its end.
fn segment(bytes: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let rest = bytes.get(at..)?;
    let length = usize::from(u16::from_be_bytes(*rest.first_chunk()?));
    Some((rest.get(2..length)?, at + length))
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
        // 0xFF 0x00 is an escaped byte of the pixels.
        if marker != 0 {
            return Ok((marker, at));
        }
    }
}

//! The segments of a JPEG.

use std::borrow::Cow;

use domain::photo::PhotoRejection::{self, Broken};
use domain::photo::PhotoType;

use super::{MAX_PROFILE, Notes, check_pixels, segments};

/// The maximum number of scans: a progressive JPEG has 10, at most some 20, and each costs a pass over the whole
/// picture.
const MAX_SCANS: u32 = 40;

/// Reads the segments up to the end of the picture. A file may lack its end marker: the decoder detects whether all
/// pixels are present.
pub(super) fn check(bytes: &[u8]) -> Result<Notes<'_>, PhotoRejection> {
    let mut notes = Notes::default();
    let mut profile = Vec::new();
    let (mut scans, mut at) = (0, 2);
    loop {
        let (marker, segment, behind) = match segments::next(bytes, at) {
            Ok(next) => next,
            Err(_) if scans > 0 => break,
            Err(error) => return Err(error),
        };
        at = behind;
        match marker {
            0xD8 | 0xD9 if scans > 0 => break,
            0xD9 => return Err(Broken),
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                if scans > 0 {
                    break;
                }
                if notes.size != (0, 0) {
                    return Err(Broken);
                }
                let [_, h1, h0, w1, w0] = *segment.first_chunk().ok_or(Broken)?;
                notes.size = (u16::from_be_bytes([w1, w0]).into(), u16::from_be_bytes([h1, h0]).into());
                check_pixels(PhotoType::Jpeg, notes.size.0, notes.size.1)?;
            }
            0xDA => {
                scans += 1;
                at = segments::scan_end(bytes, at);
            }
            0xE1 if notes.exif.is_none() => notes.exif = segment.strip_prefix(b"Exif\0\0"),
            0xE2 => profile.extend(segment.strip_prefix(b"ICC_PROFILE\0")),
            _ => {}
        }
        if scans > MAX_SCANS {
            return Err(Broken);
        }
    }
    notes.profile = joined(profile);
    Ok(notes)
}

/// The profile, joined from its parts; each part contains its number and the total.
fn joined(mut parts: Vec<&[u8]>) -> Option<Cow<'_, [u8]>> {
    if parts.len() > 255 || parts.iter().any(|part| part.len() < 2) {
        return None;
    }
    // Parts out of order are allowed; a missing part invalidates the profile.
    parts.sort_by_key(|part| part[0]);
    if !parts.iter().zip(1..).all(|(part, index)| part[..2] == [index, parts[0][1]]) {
        return None;
    }
    let bytes = parts.iter().map(|part| part.len() - 2).sum::<usize>();
    match parts.as_slice() {
        [] => None,
        [only] => Some(Cow::Borrowed(&only[2..])),
        _ if bytes > MAX_PROFILE => None,
        _ => Some(Cow::Owned(parts.iter().flat_map(|part| &part[2..]).copied().collect())),
    }
}

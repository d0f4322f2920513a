//! The chunks of a WebP.

use std::borrow::Cow;

use domain::photo::PhotoRejection::{self, Broken};

use super::{MAX_PROFILE, Notes, Reader};

/// Walks the chunks: all that the file announces must be there. Its size is told by the decoder, from the header.
pub(super) fn check(bytes: &[u8]) -> Result<Notes<'_>, PhotoRejection> {
    let mut reader = Reader { bytes, at: 4 };
    let size = u32::from_le_bytes(reader.array()?);
    let whole = reader.take(usize::try_from(size).map_err(|_| Broken)?)?;
    let mut chunks = Reader { bytes: whole, at: 4 };
    let mut notes = Notes::default();
    while chunks.at < whole.len() {
        let kind: [u8; 4] = chunks.array()?;
        let length = u32::from_le_bytes(chunks.array()?);
        let data = chunks.take(usize::try_from(length).map_err(|_| Broken)?)?;
        match &kind {
            b"EXIF" if notes.exif.is_none() => notes.exif = Some(data.strip_prefix(b"Exif\0\0").unwrap_or(data)),
            b"ICCP" if data.len() <= MAX_PROFILE => notes.profile = Some(Cow::Borrowed(data)),
            _ => {}
        }
        if length % 2 == 1 && chunks.at < whole.len() {
            chunks.take(1)?;
        }
    }
    Ok(notes)
}

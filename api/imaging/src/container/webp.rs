//! The chunks of a WebP.

use std::borrow::Cow;

use domain::photo::PhotoRejection::{self, Broken};

use super::{MAX_PROFILE, Notes, Reader};

/// Reads the chunks up to the declared end, or to that of the file. The decoder reads the size from the header.
pub(super) fn check(bytes: &[u8]) -> Result<Notes<'_>, PhotoRejection> {
    let mut notes = Notes::default();
    each_chunk(picture(bytes)?, |kind, data| {
        match kind {
            b"EXIF" if notes.exif.is_none() => notes.exif = Some(data.strip_prefix(b"Exif\0\0").unwrap_or(data)),
            b"ICCP" if data.len() <= MAX_PROFILE => notes.profile = Some(Cow::Borrowed(data)),
            _ => {}
        }
        Ok(())
    })?;
    Ok(notes)
}

/// All chunks that the file declares, as far as they are present.
pub(crate) fn picture(bytes: &[u8]) -> Result<&[u8], PhotoRejection> {
    let mut reader = Reader { bytes, at: 4 };
    let size = usize::try_from(u32::from_le_bytes(reader.array()?)).map_err(|_| Broken)?;
    reader.take_up_to(size).get(4..).ok_or(Broken)
}

/// Passes each chunk to a function; the last one may be cut off.
pub(crate) fn each_chunk<'a>(
    bytes: &'a [u8],
    mut each: impl FnMut(&[u8; 4], &'a [u8]) -> Result<(), PhotoRejection>,
) -> Result<(), PhotoRejection> {
    let mut chunks = Reader { bytes, at: 0 };
    while let (Ok(kind), Ok(length)) = (chunks.array::<4>(), chunks.array().map(u32::from_le_bytes)) {
        let length = usize::try_from(length).map_err(|_| Broken)?;
        let data = chunks.take_up_to(length);
        chunks.take_up_to(length % 2);
        each(&kind, data)?;
    }
    Ok(())
}

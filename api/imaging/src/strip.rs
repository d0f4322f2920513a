//! A copy of a photo without its metadata: the same pixels, bit for bit, and nothing that says where, when or with
//! which camera it was taken.
//!
//! What is kept is a closed list: the parts of the file that make the picture, its colour profile, and how it was held.
//! Everything else is left out: EXIF with the place, XMP, IPTC, comments, previews, the pictures of a film (PNG), and
//! all bytes behind the picture's end, where phones put a film or a second picture with metadata of its own.

mod jpeg;
mod png;
mod webp;

use domain::photo::PhotoRejection;

use crate::camera::Camera;
use crate::container::{Checked, check};

/// The photo's file without metadata; of JPEG, PNG and WebP. Equal to the file if it has none.
///
/// # Errors
/// Why the photo cannot be used.
pub fn without_metadata(bytes: &[u8]) -> Result<Vec<u8>, PhotoRejection> {
    let (checked, notes) = check(bytes)?;
    // Upright needs no word.
    let held = Camera::read(notes.exif).orientation.filter(|held| *held != 1);
    match checked {
        Checked::Jpeg(bytes) => jpeg::strip(bytes, held),
        Checked::Png(..) => png::strip(bytes, held),
        Checked::Webp(_) => webp::strip(bytes, held),
    }
}

/// The chunks of a WebP that make its picture.
pub(crate) fn webp_picture(bytes: &[u8]) -> Result<Vec<u8>, PhotoRejection> {
    webp::strip(bytes, None)
}

/// The camera's notes, as TIFF, that say nothing but how it was held.
fn orientation_only(held: u8) -> Vec<u8> {
    // One field in the first folder: tag 0x0112, one SHORT.
    let mut notes = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    notes.extend_from_slice(&[held, 0, 0, 0, 0, 0, 0, 0]);
    notes
}

//! A copy of a photo without its metadata: the same pixels, bit for bit, without position, time and camera.
//!
//! A closed list is kept: the parts of the file that form the picture, its colour profile, and its orientation.
//! Everything else is left out: EXIF with the position, XMP, IPTC, comments, previews, further frames of a PNG
//! animation, and all bytes after the picture's end, where phones append a video or a second picture with its own
//! metadata.

mod jpeg;
mod png;
mod webp;

use domain::photo::PhotoRejection;

use crate::camera::Camera;
use crate::container::{Checked, check};

/// The photo's file without metadata, for JPEG, PNG and WebP. Equal to the file if it has none.
///
/// # Errors
/// The reason why the photo cannot be used.
pub fn without_metadata(bytes: &[u8]) -> Result<Vec<u8>, PhotoRejection> {
    let (checked, notes) = check(bytes)?;
    // Orientation 1 is the default.
    let held = Camera::read(notes.exif).orientation.filter(|held| *held != 1);
    match checked {
        Checked::Jpeg(bytes) => jpeg::strip(bytes, held),
        Checked::Png(..) => png::strip(bytes, held),
        Checked::Webp(_) => webp::strip(bytes, held),
    }
}

/// The chunks of a WebP's picture.
pub(crate) fn webp_picture(bytes: &[u8]) -> Result<Vec<u8>, PhotoRejection> {
    webp::strip(bytes, None)
}

/// EXIF data as TIFF, with the orientation alone.
fn orientation_only(held: u8) -> Vec<u8> {
    // One field in the first directory: tag 0x0112, one SHORT.
    let mut notes = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    notes.extend_from_slice(&[held, 0, 0, 0, 0, 0, 0, 0]);
    notes
}

//! Pictures of the HEIF family: recognised by their brand, asked for what the camera wrote into them.

use bytes::Bytes;
use domain::photo::PhotoRejection;
use nom_exif::{EntryValue, ExifTag, MediaParser, MediaSource};
use store::photos::Camera;

use super::{Attachment, device, taken};

/// The brands of still pictures in the HEIF family.
const BRANDS: [&[u8; 4]; 8] = [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"];

/// Reads a whole file.
pub(super) fn examine(bytes: Bytes) -> Result<Attachment, PhotoRejection> {
    if !is_heif(&bytes) {
        return Err(PhotoRejection::NotAnImage);
    }
    // A camera's notes that cannot be read are no reason to refuse its picture.
    Ok(Attachment { camera: camera(bytes).unwrap_or_default(), duration_ms: None })
}

/// Whether the file begins with a type box that names a still picture as its own or as a compatible brand.
fn is_heif(bytes: &[u8]) -> bool {
    let Some((length, rest)) = bytes.split_first_chunk::<4>() else { return false };
    let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(0);
    let Some(body) = rest.strip_prefix(b"ftyp").and_then(|body| body.get(..length.checked_sub(8)?)) else {
        return false;
    };
    // The own brand, its version, then the compatible ones.
    let mut brands = body.chunks_exact(4).enumerate().filter(|(place, _)| *place != 1).map(|(_, brand)| brand);
    brands.any(|brand| BRANDS.iter().any(|known| brand == *known))
}

fn camera(bytes: Bytes) -> Option<Camera> {
    let source = MediaSource::from_memory(bytes).ok()?;
    let exif: nom_exif::Exif = MediaParser::new().parse_exif(source).ok()?.into();
    let (taken_local, taken_offset) = taken(exif.get(ExifTag::DateTimeOriginal));
    let orientation = exif.get(ExifTag::Orientation).and_then(EntryValue::as_u16);
    Some(Camera {
        taken_local,
        taken_offset,
        device: device(exif.get(ExifTag::Make), exif.get(ExifTag::Model)),
        orientation: orientation.filter(|held| (1..=8).contains(held)).map(i32::from),
    })
}

//! The media type of a file, by its first bytes.

use domain::photo::PhotoType;
use image::ImageFormat;

/// Brands of still pictures in the HEIF family. The major brand decides between HEIC, HEIF, and another type that is
/// compatible with one of these.
const HEIC: [&[u8; 4]; 8] = [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"];
const HEIF: [&[u8; 4]; 5] = [b"mif1", b"mif2", b"mif3", b"msf1", b"miaf"];
/// The first boxes of a QuickTime movie without a brand.
const OLD_QUICKTIME: [&[u8; 4]; 5] = [b"moov", b"mdat", b"wide", b"free", b"skip"];

/// The media type of a file that begins with these bytes; `None` for unsupported types.
#[must_use]
pub fn kind(bytes: &[u8]) -> Option<PhotoType> {
    match image::guess_format(bytes) {
        Ok(ImageFormat::Jpeg) => return Some(PhotoType::Jpeg),
        Ok(ImageFormat::Png) => return Some(PhotoType::Png),
        Ok(ImageFormat::WebP) => return Some(PhotoType::Webp),
        _ => {}
    }
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (name, rest) = rest.split_first_chunk::<4>()?;
    if OLD_QUICKTIME.contains(&name) {
        return Some(PhotoType::QuickTime);
    }
    let length = usize::try_from(u32::from_be_bytes(*length)).ok()?.checked_sub(8)?;
    let brands = rest.get(..length).filter(|_| name == b"ftyp")?.as_chunks::<4>().0;
    by_brands(*brands.first()?, brands.get(2..).unwrap_or_default())
}

/// By the major brand, else by the compatible brands.
fn by_brands(own: [u8; 4], others: &[[u8; 4]]) -> Option<PhotoType> {
    let is_one_of = |known: &[&[u8; 4]], brand: &[u8; 4]| known.contains(&brand);
    match &own {
        brand if is_one_of(&HEIC, brand) => Some(PhotoType::Heic),
        brand if is_one_of(&HEIF, brand) => Some(PhotoType::Heif),
        b"qt  " => Some(PhotoType::QuickTime),
        b"isom" | b"avc1" | b"dash" | b"mmp4" | b"MSNV" | b"XAVC" => Some(PhotoType::Mp4),
        [b'i', b's', b'o', _] | [b'm', b'p', b'4', _] | [b'M', b'4', b'V', _] | [b'3', b'g', ..] => {
            Some(PhotoType::Mp4)
        }
        _ if others.iter().any(|brand| is_one_of(&HEIC, brand) || is_one_of(&HEIF, brand)) => Some(PhotoType::Heif),
        _ if others.iter().any(|brand| matches!(brand, [b'i', b's', b'o', _] | [b'm', b'p', b'4', _])) => {
            Some(PhotoType::Mp4)
        }
        _ => None,
    }
}

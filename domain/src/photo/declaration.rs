//! The check of what a tablet declares before it uploads.

use super::{MAX_VIDEO_BYTES, PhotoType};
use crate::refusal::{Refusal, RefusalCode};

/// A declaration that passed the check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Declared {
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
    /// Their number.
    pub byte_size: u64,
    /// Their media type.
    pub content_type: PhotoType,
}

/// Checks a tablet's declaration of a photo that it is about to upload; `size` is its width and height in pixels, if
/// the tablet knows them.
///
/// # Errors
/// All faults, each at its field (`sha256`, `byteSize`, `contentType`, `width`).
pub fn check_declaration(
    sha256: &str,
    byte_size: i64,
    content_type: &str,
    size: Option<(i32, i32)>,
) -> Result<Declared, Vec<Refusal>> {
    let mut refusals = Vec::new();
    let mut hash = [0; 32];
    if hex::decode_to_slice(sha256, &mut hash).is_err() {
        let wrong = Refusal::at(RefusalCode::InvalidValue, "sha256");
        refusals.push(wrong.because("64 hexadecimal digits are needed", "须为 64 位十六进制数"));
    }
    let bytes = u64::try_from(byte_size).unwrap_or(0);
    if bytes == 0 {
        let wrong = Refusal::at(RefusalCode::InvalidValue, "byteSize");
        refusals.push(wrong.because("a photo has at least 1 byte", "照片至少 1 字节"));
    }
    let content_type = PhotoType::of_media_type(content_type);
    let limit = content_type.map_or(MAX_VIDEO_BYTES, |kind| kind.max_bytes());
    if bytes > limit {
        refusals.push(Refusal::at(RefusalCode::PhotoTooLarge, "byteSize").with("limit", limit));
    }
    if size.is_some_and(|(width, height)| width < 1 || height < 1) {
        let wrong = Refusal::at(RefusalCode::InvalidValue, "width");
        refusals.push(wrong.because("a photo is at least 1 pixel wide and high", "照片的宽和高至少 1 像素"));
    }
    if let (Some(most), Some(pixels)) = (content_type.and_then(PhotoType::max_pixels), size.map(pixels))
        && pixels > most
    {
        refusals.push(Refusal::at(RefusalCode::PhotoTooManyPixels, "width").with("limit", most));
    }
    match content_type {
        Some(content_type) if refusals.is_empty() => Ok(Declared { sha256: hash, byte_size: bytes, content_type }),
        Some(_) => Err(refusals),
        None => {
            refusals.push(Refusal::at(RefusalCode::PhotoTypeUnsupported, "contentType"));
            Err(refusals)
        }
    }
}

/// Width times height.
fn pixels((width, height): (i32, i32)) -> u64 {
    let side = |side: i32| u64::try_from(side).unwrap_or(0);
    side(width) * side(height)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_at_and_beyond_their_limits() {
        use RefusalCode::{InvalidValue, PhotoTooLarge, PhotoTypeUnsupported};
        let hash = "aB".repeat(32);
        let codes = |sha256: &str, size, media: &str| -> Vec<RefusalCode> {
            check_declaration(sha256, size, media, None)
                .err()
                .into_iter()
                .flatten()
                .map(|refusal| refusal.code)
                .collect()
        };
        for media in ["image/jpeg", "image/png", "image/webp"] {
            assert_eq!(codes(&hash, 1, media), []);
            assert_eq!(codes(&hash, 30_000_000, media), []);
        }
        for kept in ["image/heic", "image/heif"] {
            assert_eq!(codes(&hash, 30_000_000, kept), []);
            assert_eq!(codes(&hash, 30_000_001, kept), [PhotoTooLarge]);
        }
        for video in ["video/mp4", "video/quicktime"] {
            assert_eq!(codes(&hash, 100_000_000, video), []);
            assert_eq!(codes(&hash, 100_000_001, video), [PhotoTooLarge]);
        }
        assert_eq!(codes(&hash, 30_000_001, "image/jpeg"), [PhotoTooLarge]);
        assert_eq!(codes(&hash, 0, "image/jpeg"), [InvalidValue]);
        assert_eq!(codes(&hash, i64::MIN, "image/jpeg"), [InvalidValue]);
        for alias in
            ["IMAGE/JPEG", "image/jpeg; q=1", " image/jpg", "image/pjpeg", "image/x-png", "image/heic-sequence"]
        {
            assert_eq!(codes(&hash, 1, alias), [], "{alias}");
        }
        for media in ["image/gif", "image/svg+xml", "image", "jpeg", "; image/jpeg", ""] {
            assert_eq!(codes(&hash, 1, media), [PhotoTypeUnsupported], "{media}");
        }
        for short in ["", "ab", &"g".repeat(64), &"a".repeat(63), &"a".repeat(66)] {
            assert_eq!(codes(short, 1, "image/png"), [InvalidValue], "{short}");
        }
        assert_eq!(codes("", 0, ""), [InvalidValue, InvalidValue, PhotoTypeUnsupported], "all faults at once");
        let declared = check_declaration(&hash, 7, "image/PNG;a=b", Some((4, 3))).expect("good");
        for (media, size, is_taken) in [
            ("image/jpeg", (16_320, 12_240), true),
            ("image/jpeg", (25_000, 10_001), false),
            ("image/webp", (10_000, 8_001), false),
            ("image/heic", (i32::MAX, i32::MAX), true),
            ("image/png", (i32::MAX, i32::MAX), false),
        ] {
            let checked = check_declaration(&hash, 7, media, Some(size));
            assert_eq!(checked.is_ok(), is_taken, "{media} {size:?}");
        }
        assert_eq!((declared.sha256, declared.byte_size, declared.content_type), ([0xab; 32], 7, PhotoType::Png));
    }
}

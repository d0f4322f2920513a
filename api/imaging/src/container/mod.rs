//! Checks of an image file before it is decoded: its format, its size in pixels, and the absence of content that only
//! wastes time or memory. Decoders accept all of this. The decoder detects whether all pixels are present.

mod crc;
mod jpeg;
pub(crate) mod png;
pub(crate) mod segments;
pub(crate) mod webp;

use std::borrow::Cow;

use domain::photo::{PhotoRejection, PhotoType};
use image::ImageFormat;

pub(crate) use crc::crc32;

/// The maximum size of a colour profile in bytes; those of printers have some megabytes.
const MAX_PROFILE: usize = 4_000_000;

/// A file that is safe to decode.
#[derive(Debug)]
pub(crate) enum Checked<'a> {
    Jpeg(&'a [u8]),
    /// Only the chunks of its first picture, and whether their checksums are right.
    Png(Vec<u8>, bool),
    /// Only the chunks of its picture, or of its animation.
    Webp(Vec<u8>),
}

/// The metadata besides the pixels.
#[derive(Debug, Default)]
pub(crate) struct Notes<'a> {
    /// The EXIF data, as TIFF.
    pub(crate) exif: Option<&'a [u8]>,
    /// The colour profile.
    pub(crate) profile: Option<Cow<'a, [u8]>>,
    /// Width and height in stored orientation, in pixels.
    pub(crate) size: (u32, u32),
}

/// Checks a file.
pub(crate) fn check(bytes: &[u8]) -> Result<(Checked<'_>, Notes<'_>), PhotoRejection> {
    match image::guess_format(bytes) {
        Ok(ImageFormat::Jpeg) => Ok((Checked::Jpeg(bytes), jpeg::check(bytes)?)),
        Ok(ImageFormat::Png) => {
            let (kept, is_sound, notes) = png::check(bytes)?;
            Ok((Checked::Png(kept, is_sound), notes))
        }
        Ok(ImageFormat::WebP) => {
            let notes = webp::check(bytes)?;
            Ok((Checked::Webp(crate::strip::webp_picture(bytes)?), notes))
        }
        _ => Err(PhotoRejection::NotAnImage),
    }
}

/// Refuses a picture without pixels, or with more than its type may have.
pub(crate) fn check_pixels(kind: PhotoType, width: u32, height: u32) -> Result<(), PhotoRejection> {
    match u64::from(width) * u64::from(height) {
        0 => Err(PhotoRejection::Broken),
        pixels if kind.max_pixels().is_some_and(|most| pixels > most) => Err(PhotoRejection::TooManyPixels),
        _ => Ok(()),
    }
}

/// Reads from a position, or finds that the file is broken.
pub(crate) struct Reader<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], PhotoRejection> {
        let end = self.at.checked_add(count).ok_or(PhotoRejection::Broken)?;
        let taken = self.bytes.get(self.at..end).ok_or(PhotoRejection::Broken)?;
        self.at = end;
        Ok(taken)
    }

    /// This many bytes, or the remaining ones.
    pub(crate) fn take_up_to(&mut self, count: usize) -> &'a [u8] {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let taken = &rest[..count.min(rest.len())];
        self.at += taken.len();
        taken
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], PhotoRejection> {
        self.take(N)?.try_into().map_err(|_| PhotoRejection::Broken)
    }
}

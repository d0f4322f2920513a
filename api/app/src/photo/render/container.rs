//! What can be told of an image file before it is decoded: its format, its size in pixels, that it is whole, and that
//! it holds nothing that only wastes time or memory. Decoders are too patient with all of these.

use std::borrow::Cow;

use domain::photo::{MAX_PIXELS, PhotoRejection};
use image::ImageFormat;

/// A progressive JPEG has 10 scans, at most some 20; each costs a pass over the whole picture.
const MAX_SCANS: u32 = 40;

/// An image file that is fit to be decoded.
#[derive(Debug)]
pub(super) struct Checked<'a> {
    pub(super) format: ImageFormat,
    pub(super) bytes: Cow<'a, [u8]>,
}

/// Checks a file.
pub(super) fn check(bytes: &[u8]) -> Result<Checked<'_>, PhotoRejection> {
    let format = image::guess_format(bytes).map_err(|_| PhotoRejection::NotAnImage)?;
    let bytes = match format {
        ImageFormat::Jpeg => {
            check_jpeg(bytes)?;
            Cow::Borrowed(bytes)
        }
        ImageFormat::Png => Cow::Owned(pixels_of_png(bytes)?),
        ImageFormat::WebP => {
            check_webp(bytes)?;
            Cow::Borrowed(bytes)
        }
        _ => return Err(PhotoRejection::NotAnImage),
    };
    Ok(Checked { format, bytes })
}

/// Refuses what has no pixels, or too many.
pub(super) fn check_pixels(width: u32, height: u32) -> Result<(), PhotoRejection> {
    match u64::from(width) * u64::from(height) {
        0 => Err(PhotoRejection::Broken),
        pixels if pixels > MAX_PIXELS => Err(PhotoRejection::TooManyPixels),
        _ => Ok(()),
    }
}

/// Reads on from a place, or finds that the file is broken.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], PhotoRejection> {
        let end = self.at.checked_add(count).ok_or(PhotoRejection::Broken)?;
        let taken = self.bytes.get(self.at..end).ok_or(PhotoRejection::Broken)?;
        self.at = end;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], PhotoRejection> {
        self.take(N)?.try_into().map_err(|_| PhotoRejection::Broken)
    }

    fn byte(&mut self) -> Result<u8, PhotoRejection> {
        Ok(self.array::<1>()?[0])
    }
}

/// Walks the segments of a JPEG to its end marker: a decoder would fill in what is missing with grey.
fn check_jpeg(bytes: &[u8]) -> Result<(), PhotoRejection> {
    let mut reader = Reader { bytes, at: 2 };
    let (mut frames, mut scans) = (0, 0);
    loop {
        match next_marker(&mut reader)? {
            0xD9 => return if scans > 0 { Ok(()) } else { Err(PhotoRejection::Broken) },
            // Markers without a segment: restarts, and the start of a picture.
            0x01 | 0xD0..=0xD8 => {}
            marker => {
                let length = usize::from(u16::from_be_bytes(reader.array()?));
                let segment = reader.take(length.checked_sub(2).ok_or(PhotoRejection::Broken)?)?;
                match marker {
                    0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                        check_jpeg_frame(segment)?;
                        frames += 1;
                    }
                    0xDA => scans += 1,
                    _ => {}
                }
                if frames > 1 || scans > MAX_SCANS {
                    return Err(PhotoRejection::Broken);
                }
            }
        }
    }
}

/// Goes behind the next marker, over the pixels of a scan and over padding.
fn next_marker(reader: &mut Reader<'_>) -> Result<u8, PhotoRejection> {
    loop {
        let rest = reader.bytes.get(reader.at..).ok_or(PhotoRejection::Broken)?;
        reader.at += rest.iter().position(|&byte| byte == 0xFF).ok_or(PhotoRejection::Broken)? + 1;
        let mut marker = reader.byte()?;
        while marker == 0xFF {
            marker = reader.byte()?;
        }
        // 0xFF 0x00 is a pixel's byte.
        if marker != 0 {
            return Ok(marker);
        }
    }
}

fn check_jpeg_frame(segment: &[u8]) -> Result<(), PhotoRejection> {
    let mut reader = Reader { bytes: segment, at: 1 };
    let height = u16::from_be_bytes(reader.array()?);
    let width = u16::from_be_bytes(reader.array()?);
    check_pixels(width.into(), height.into())
}

/// The chunks of a PNG that make its first picture, to its end; comments and colour profiles, which may unpack to any
/// size, are left out.
fn pixels_of_png(bytes: &[u8]) -> Result<Vec<u8>, PhotoRejection> {
    let mut reader = Reader { bytes, at: 8 };
    let mut kept = bytes.get(..8).ok_or(PhotoRejection::Broken)?.to_vec();
    loop {
        let start = reader.at;
        let length = usize::try_from(u32::from_be_bytes(reader.array()?)).map_err(|_| PhotoRejection::Broken)?;
        let kind: [u8; 4] = reader.array()?;
        let data = reader.take(length)?;
        reader.take(4)?;
        if (start == 8) != (&kind == b"IHDR") {
            return Err(PhotoRejection::Broken);
        }
        if &kind == b"IHDR" {
            let mut header = Reader { bytes: data, at: 0 };
            let (width, height) = (u32::from_be_bytes(header.array()?), u32::from_be_bytes(header.array()?));
            check_pixels(width, height)?;
        }
        if matches!(&kind, b"IHDR" | b"PLTE" | b"tRNS" | b"IDAT" | b"IEND" | b"eXIf") {
            kept.extend_from_slice(&bytes[start..reader.at]);
        }
        if &kind == b"IEND" {
            return Ok(kept);
        }
    }
}

/// Walks the chunks of a WebP: all that it announces must be there. Its size is told by the decoder, from the header.
fn check_webp(bytes: &[u8]) -> Result<(), PhotoRejection> {
    let mut reader = Reader { bytes, at: 4 };
    let size = u32::from_le_bytes(reader.array()?);
    let whole = reader.take(usize::try_from(size).map_err(|_| PhotoRejection::Broken)?)?;
    let mut chunks = Reader { bytes: whole, at: 4 };
    while chunks.at < whole.len() {
        chunks.take(4)?;
        let length = u32::from_le_bytes(chunks.array()?);
        chunks.take(usize::try_from(length).map_err(|_| PhotoRejection::Broken)?)?;
        if length % 2 == 1 && chunks.at < whole.len() {
            chunks.take(1)?;
        }
    }
    Ok(())
}

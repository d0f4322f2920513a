//! Pictures as they come in: looked at before they are put into a document, because one that cannot be read would spoil
//! all of it.

use std::sync::Arc;

use bytes::Bytes;
use krilla::image::Image;

use crate::layout::draft::Area;

/// Most pixels of a picture: larger ones are shown as a box that says so.
pub const MAX_PIXELS: u64 = 40_000_000;
/// Most bytes that a PNG may take when it is unpacked.
const MAX_UNPACKED: usize = 200_000_000;

/// A picture that can be put into a document.
#[derive(Debug, Clone)]
pub(crate) struct Loaded {
    pub(crate) image: Image,
    width: f32,
    height: f32,
}

impl Loaded {
    /// A JPEG or PNG; none if it is neither, is broken, or too large.
    pub(crate) fn read(bytes: &Bytes) -> Option<Self> {
        let image = match bytes.as_ref() {
            [0xFF, 0xD8, ..] => jpeg(bytes)?,
            [0x89, b'P', b'N', b'G', ..] => png(bytes)?,
            _ => return None,
        };
        let (width, height) = image.size();
        if width == 0 || height == 0 {
            return None;
        }
        #[allow(clippy::cast_precision_loss)]
        Some(Self { width: width as f32, height: height as f32, image })
    }

    /// The largest area of the picture's form in this width and height. A picture is not made larger than a point for
    /// each pixel.
    pub(crate) fn fit(&self, width: f32, height: f32) -> Area {
        let scale = (width / self.width).min(height / self.height).min(1.0);
        Area::new(0.0, 0.0, self.width * scale, self.height * scale)
    }
}

/// A JPEG, which goes into the document as it is.
fn jpeg(bytes: &Bytes) -> Option<Image> {
    let (width, height) = jpeg_size(bytes)?;
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return None;
    }
    let shared: Arc<dyn AsRef<[u8]> + Send + Sync> = Arc::new(bytes.clone());
    Image::from_jpeg(shared.into(), false).ok()
}

/// Width and height from the frame header of a JPEG that a PDF can show: 8 bits, grey or three colours.
fn jpeg_size(bytes: &[u8]) -> Option<(u16, u16)> {
    let mut at = 2;
    loop {
        let [0xFF, marker] = *bytes.get(at..at + 2)? else { return None };
        let length = usize::from(u16::from_be_bytes(bytes.get(at + 2..at + 4)?.try_into().ok()?));
        match marker {
            // The other frames are lossless, hierarchical or arithmetic.
            0xC0..=0xC2 => {
                let [8, h1, h2, w1, w2, 1 | 3] = *bytes.get(at + 4..at + 10)? else { return None };
                return Some((u16::from_be_bytes([w1, w2]), u16::from_be_bytes([h1, h2])));
            }
            0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF | 0xD9 | 0xDA => return None,
            // A fill byte.
            0xFF => at += 1,
            _ => at += 2 + length,
        }
    }
}

/// A PNG, unpacked.
fn png(bytes: &Bytes) -> Option<Image> {
    let limits = png::Limits { bytes: MAX_UNPACKED };
    let mut decoder = png::Decoder::new_with_limits(std::io::Cursor::new(bytes.as_ref()), limits);
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().ok()?;
    let (width, height) = reader.info().size();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return None;
    }
    let mut pixels = vec![0; reader.output_buffer_size()?];
    let frame = reader.next_frame(&mut pixels).ok()?;
    pixels.truncate(frame.buffer_size());
    Some(Image::from_rgba8(rgba(&pixels, frame.color_type)?, width, height))
}

/// Pixels with all four channels.
fn rgba(pixels: &[u8], color: png::ColorType) -> Option<Vec<u8>> {
    let from = |count: usize, make: fn(&[u8]) -> [u8; 4]| pixels.chunks_exact(count).flat_map(make).collect();
    match color {
        png::ColorType::Rgba => Some(pixels.to_vec()),
        png::ColorType::Rgb => Some(from(3, |p| [p[0], p[1], p[2], 255])),
        png::ColorType::GrayscaleAlpha => Some(from(2, |p| [p[0], p[0], p[0], p[1]])),
        png::ColorType::Grayscale => Some(from(1, |p| [p[0], p[0], p[0], 255])),
        png::ColorType::Indexed => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_picture_is_read_from_other_bytes() {
        for bytes in [&b""[..], b"\xFF\xD8", b"\xFF\xD8\xFF\xC0\x00\x0B\x08", b"\x89PNG\r\n", b"GIF89a", b"text"] {
            assert!(Loaded::read(&Bytes::from_static(bytes)).is_none(), "{bytes:?}");
        }
    }

    #[test]
    fn frames_that_a_pdf_cannot_show_are_none() {
        let frame = |marker, bits, channels| {
            let head = [0xFF, 0xD8, 0xFF, marker, 0, 11, bits, 0, 2, 0, 3, channels, 0, 0, 0];
            jpeg_size(&head)
        };
        assert_eq!(frame(0xC0, 8, 3), Some((3, 2)));
        assert_eq!(frame(0xC2, 8, 1), Some((3, 2)));
        assert_eq!((frame(0xC0, 8, 4), frame(0xC0, 12, 3), frame(0xC9, 8, 3)), (None, None, None));
    }
}

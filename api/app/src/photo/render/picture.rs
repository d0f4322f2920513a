//! From the bytes of a photo to its renditions.

use std::io::Cursor;

use domain::photo::PhotoRejection;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, GenericImageView, ImageDecoder, ImageReader, Limits, Rgb, RgbImage};

use super::container::{Checked, check, check_pixels};

/// Long edge of the small rendition in pixels.
pub const THUMB_EDGE: u32 = 320;
/// Long edge of the large rendition in pixels.
pub const LARGE_EDGE: u32 = 1_600;
/// JPEG quality of renditions.
const QUALITY: u8 = 80;
/// Most memory for a decoded picture: 80 megapixels with transparency, or 53 in deep colour.
const MAX_DECODED: u64 = 320_000_000;

/// The renditions of a photo, as JPEG.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renditions {
    /// The small one.
    pub thumb: Vec<u8>,
    /// The large one.
    pub large: Vec<u8>,
    /// Pixels across of the original when it stands upright.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// Makes the renditions of a photo: upright, never larger than the original, without metadata. Takes long and much
/// memory: not for a thread that answers requests.
///
/// # Errors
/// Why the photo cannot be used.
pub fn renditions(bytes: &[u8]) -> Result<Renditions, PhotoRejection> {
    let (image, orientation) = decode(check(bytes)?)?;
    let (width, height) = upright_size(image.dimensions(), orientation);
    let large = fitted(&image, LARGE_EDGE);
    drop(image);
    let mut large = DynamicImage::ImageRgb8(on_white(large));
    large.apply_orientation(orientation);
    let thumb = fitted(&large, THUMB_EDGE);
    Ok(Renditions { thumb: jpeg(&thumb)?, large: jpeg(&large)?, width, height })
}

fn decode(checked: Checked<'_>) -> Result<(DynamicImage, Orientation), PhotoRejection> {
    let broken = |_| PhotoRejection::Broken;
    let mut reader = ImageReader::with_format(Cursor::new(checked.bytes.as_ref()), checked.format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODED);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    check_pixels(width, height)?;
    if decoder.total_bytes() > MAX_DECODED {
        return Err(PhotoRejection::TooManyPixels);
    }
    // A camera's notes that cannot be read are no reason to refuse its picture.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let image = DynamicImage::from_decoder(decoder).map_err(broken)?;
    Ok((image, orientation))
}

fn upright_size((width, height): (u32, u32), orientation: Orientation) -> (u32, u32) {
    match orientation {
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH => {
            (height, width)
        }
        Orientation::NoTransforms
        | Orientation::Rotate180
        | Orientation::FlipHorizontal
        | Orientation::FlipVertical => (width, height),
    }
}

/// The picture with a long edge of at most `edge`.
fn fitted(image: &DynamicImage, edge: u32) -> DynamicImage {
    let (width, height) = image.dimensions();
    let long = width.max(height);
    if long <= edge {
        return image.clone();
    }
    // An edge may have 80 million pixels.
    let (wide_edge, wide_long) = (u64::from(edge), u64::from(long));
    let scaled = |side: u32| {
        let exact = (u64::from(side) * wide_edge + wide_long / 2) / wide_long;
        u32::try_from(exact).unwrap_or(edge).max(1)
    };
    let (to_width, to_height) = (scaled(width), scaled(height));
    // Plain averages of blocks are quick, and good where a block is of four pixels or more.
    if long >= 4 * edge {
        image.thumbnail_exact(to_width, to_height)
    } else {
        image.resize_exact(to_width, to_height, FilterType::Triangle)
    }
}

/// The picture on a white ground: a signature's strokes on nothing would turn black on black.
fn on_white(image: DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.into_rgb8();
    }
    let image = image.into_rgba8();
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let [red, green, blue, alpha] = image.get_pixel(x, y).0.map(u32::from);
        let over = |colour: u32| u8::try_from((colour * alpha + 255 * (255 - alpha)) / 255).unwrap_or(255);
        Rgb([over(red), over(green), over(blue)])
    })
}

fn jpeg(image: &DynamicImage) -> Result<Vec<u8>, PhotoRejection> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(image).map_err(|_| PhotoRejection::Broken)?;
    Ok(bytes)
}

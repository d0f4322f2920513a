//! Image processing on bytes. Makes renditions of an uploaded photo that are upright, in sRGB, and contain only pixels.
//! No network and no waiting; the only file is a font for rare characters (see [`markup`]).
//!
//! | media type | renditions | of an animation |
//! | --- | --- | --- |
//! | `image/jpeg` | yes: baseline and progressive; grey, colour, CMYK | – |
//! | `image/png` | yes: all depths and kinds, interlaced too | its first picture |
//! | `image/webp` | yes: with and without loss | its first picture |
//! | `image/heic`, `image/heif`, `video/mp4`, `video/quicktime` | no: see [`attachment`] | |
//! | `image/gif`, `image/svg+xml` and all others | no: not an image | |
//!
//! A picture with some lost pixels is shown with the others, and reported as damaged. A picture with all pixels is
//! complete without its end marker. A picture that lost a quarter is refused.
//!
//! The steps for a JPEG: [`renditions`] checks the file (`container`), decodes it at about the shown size (`jpeg`),
//! scales each channel (`plane`), turns it upright, and encodes the channels (`encode`). Colours are converted if a
//! profile says that they are not sRGB (`colour`). Code for hostile input is fuzzed: see `fuzz/README.md`.

pub mod attachment;
mod camera;
mod colour;
mod container;
mod encode;
mod jpeg;
mod kind;
pub mod markup;
mod picture;
mod placeholder;
mod plane;
mod rows;
mod shrink;
mod strip;

use domain::photo::PhotoRejection;
use fast_image_resize::Resizer;
use image::metadata::Orientation;

pub use camera::Camera;
pub use encode::{WebpRenditions, webp};
pub use kind::kind;
pub use strip::without_metadata;

use container::{Checked, check};
use jpeg::{Channels, Jpeg};
use picture::Picture;
use plane::Plane;
use rows::Pixels;

/// The version of the decoder: raised when it accepts files that it refused before. Photos that an older version
/// rejected are checked again.
pub const READER_VERSION: i32 = 2;
/// Long edge of the small rendition in pixels.
pub const THUMB_EDGE: u32 = 320;
/// Long edge of the large rendition in pixels.
pub const LARGE_EDGE: u32 = 1_600;

/// The renditions of a photo, as JPEG, and further facts about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renditions {
    /// The small rendition.
    pub thumb: Vec<u8>,
    /// The large rendition.
    pub large: Vec<u8>,
    /// The width of the upright original in pixels.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
    /// A ThumbHash: some 25 bytes that give a blurred preview.
    pub placeholder: Vec<u8>,
    /// Whether some of its pixels are lost.
    pub is_damaged: bool,
    /// The camera's metadata.
    pub camera: Camera,
}

/// Makes the renditions of a photo: upright, in sRGB, never larger than the original, without metadata. Takes some
/// hundredths of a second, so it must not run on a thread that answers requests.
///
/// # Errors
/// The reason why the photo cannot be used.
pub fn renditions(bytes: &[u8]) -> Result<Renditions, PhotoRejection> {
    let (checked, notes) = check(bytes)?;
    let camera = Camera::read(notes.exif);
    let profile = notes.profile.as_deref();
    let mut resizer = Resizer::new();
    let (picture, size, is_damaged) = match checked {
        Checked::Jpeg(bytes) => {
            let jpeg = jpeg::read(bytes, LARGE_EDGE)?;
            let is_damaged = jpeg.is_damaged;
            (of_jpeg(jpeg, profile, &mut resizer, notes.size), notes.size, is_damaged)
        }
        Checked::Png(bytes, is_sound) => {
            let pixels = rows::png(&bytes, &mut resizer, LARGE_EDGE)?;
            let (size, is_damaged) = (pixels.size, pixels.is_damaged || !is_sound);
            (of_pixels(pixels, profile), size, is_damaged)
        }
        Checked::Webp(bytes) => {
            let pixels = rows::webp(&bytes, &mut resizer, LARGE_EDGE)?;
            let size = pixels.size;
            (of_pixels(pixels, profile), size, false)
        }
    };
    let large = picture.turned(camera.turn());
    let (width, height) = upright_size(size, camera.turn());
    let thumb_size = fit((large.size().0 as u32, large.size().1 as u32), THUMB_EDGE);
    let thumb = Picture::of(&large.planes(), &mut resizer, thumb_size.0, thumb_size.1);
    Ok(Renditions {
        thumb: encode::jpeg(&thumb)?,
        large: encode::jpeg(&large)?,
        width,
        height,
        placeholder: placeholder::of(&thumb, &mut resizer),
        is_damaged,
        camera,
    })
}

fn of_jpeg(jpeg: Jpeg, profile: Option<&[u8]>, resizer: &mut Resizer, size: (u32, u32)) -> Picture {
    let (width, height) = fit(size, LARGE_EDGE);
    let mut whole = |planes: &[Plane]| -> Vec<Vec<u8>> {
        planes.iter().map(|plane| plane.fitted(resizer, width, height).pixels).collect()
    };
    match jpeg.channels {
        Channels::Luma => {
            let picture = Picture::of(&jpeg.planes, resizer, width, height);
            in_srgb(picture, profile)
        }
        Channels::Colours => {
            let pixels = interleaved(&whole(&jpeg.planes));
            let is_damaged = jpeg.is_damaged;
            of_pixels(Pixels { channels: 3, bytes: pixels, size, fitted: (width, height), is_damaged }, profile)
        }
        Channels::Inks | Channels::InksLeft | Channels::LumaOfInks => {
            let mut inks = interleaved(&whole(&jpeg.planes));
            if jpeg.channels == Channels::InksLeft {
                inks.iter_mut().for_each(|ink| *ink = 255 - *ink);
            }
            if jpeg.channels == Channels::LumaOfInks {
                picture::inks_of_luma(&mut inks);
            }
            let rgb = colour::to_srgb(profile, 4).and_then(|convert| convert(&inks));
            Picture::from_rgb(&rgb.unwrap_or_else(|| colour::of_inks(&inks)), width)
        }
    }
}

/// The picture with its colours converted by the profile.
fn in_srgb(picture: Picture, profile: Option<&[u8]>) -> Picture {
    let width = picture.size().0;
    let converted = match &picture.colour {
        None => colour::to_srgb(profile, 1).and_then(|convert| convert(&picture.luma.pixels)),
        Some(_) => colour::to_srgb(profile, 3).and_then(|convert| convert(&picture.rgb())),
    };
    converted.map_or(picture, |rgb| Picture::from_rgb(&rgb, width))
}

fn of_pixels(pixels: Pixels, profile: Option<&[u8]>) -> Picture {
    let Pixels { channels, bytes, fitted, .. } = pixels;
    match colour::to_srgb(profile, channels).and_then(|convert| convert(&bytes)) {
        Some(rgb) => Picture::from_rgb(&rgb, fitted.0),
        None if channels == 1 => Picture { luma: Plane::whole(fitted.0, bytes), colour: None },
        None => Picture::from_rgb(&bytes, fitted.0),
    }
}

/// The planes, interleaved by pixel.
fn interleaved(planes: &[Vec<u8>]) -> Vec<u8> {
    let pixels = planes.first().map_or(0, Vec::len);
    (0..pixels).flat_map(|at| planes.iter().map(move |plane| plane[at])).collect()
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

/// The size with a long edge of at most `edge`.
fn fit((width, height): (u32, u32), edge: u32) -> (usize, usize) {
    let long = u64::from(width.max(height));
    let scaled = |side: u32| {
        let side = u64::from(side);
        let exact = if long <= edge.into() { side } else { (side * u64::from(edge) + long / 2) / long };
        usize::try_from(exact).unwrap_or(edge as usize).max(1)
    };
    (scaled(width), scaled(height))
}

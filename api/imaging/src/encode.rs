//! Encoding of pictures.

use domain::photo::PhotoRejection;
use fast_image_resize::Resizer;
use jpeg_encoder::{Encoder, ImageBuffer, JpegColorType, SamplingFactor};

use crate::picture::Picture;
use crate::{LARGE_EDGE, THUMB_EDGE};

/// JPEG quality of renditions.
const QUALITY: u8 = 80;
/// The WebP quality of a similar look.
const WEBP_QUALITY: f32 = 78.0;

/// The picture as JPEG, without metadata.
pub(crate) fn jpeg(picture: &Picture) -> Result<Vec<u8>, PhotoRejection> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, QUALITY);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    // The DC coefficients first, so that a preview appears soon. With optimised tables this encoder writes a sequential
    // JPEG with one scan for each channel, which not every decoder accepts.
    encoder.set_progressive_scans(2);
    encoder.set_optimized_huffman_tables(true);
    // It fails only for pictures without pixels.
    encoder.encode_image(Rows(picture)).map_err(|_| PhotoRejection::Broken)?;
    Ok(bytes)
}

/// The rows of a picture. The encoder uses the first of four colour values, so each is given four times.
struct Rows<'a>(&'a Picture);

impl ImageBuffer for Rows<'_> {
    fn get_jpeg_color_type(&self) -> JpegColorType {
        if self.0.colour.is_some() { JpegColorType::Ycbcr } else { JpegColorType::Luma }
    }

    fn width(&self) -> u16 {
        u16::try_from(self.0.luma.stride).unwrap_or(u16::MAX)
    }

    fn height(&self) -> u16 {
        u16::try_from(self.0.luma.rows).unwrap_or(u16::MAX)
    }

    fn fill_buffers(&self, y: u16, buffers: &mut [Vec<u8>; 4]) {
        let [to_luma, to_colour @ ..] = buffers;
        let width = self.0.luma.stride;
        let row = usize::from(y);
        to_luma.extend_from_slice(&self.0.luma.pixels[row * width..(row + 1) * width]);
        for (plane, to) in self.0.colour.iter().flatten().zip(to_colour) {
            let start = row / 2 * plane.stride;
            let end = to.len() + width;
            to.extend(plane.pixels[start..start + plane.stride].iter().flat_map(|&value| [value; 2]));
            to.truncate(end);
        }
    }
}

/// The renditions of a photo as WebP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebpRenditions {
    /// The small rendition.
    pub thumb: Vec<u8>,
    /// The large rendition.
    pub large: Vec<u8>,
}

/// Makes WebP from a large rendition of [`crate::renditions`]: about two thirds of the bytes, for three times the work.
/// The small one is made from the large one.
///
/// # Errors
/// When the bytes are no JPEG.
pub fn webp(large: &[u8]) -> Result<WebpRenditions, PhotoRejection> {
    let (_, notes) = crate::container::check(large)?;
    let mut resizer = Resizer::new();
    let jpeg = crate::jpeg::read(large, LARGE_EDGE)?;
    let mut written = |edge| {
        let (width, height) = crate::fit(notes.size, edge);
        let picture = Picture::of(&jpeg.planes, &mut resizer, width, height);
        let (width, height) = (width as u32, height as u32);
        let rgb = picture.rgb();
        let written = webp::Encoder::from_rgb(&rgb, width, height).encode_simple(false, WEBP_QUALITY);
        written.map(|bytes| bytes.to_vec()).map_err(|_| PhotoRejection::Broken)
    };
    Ok(WebpRenditions { thumb: written(THUMB_EDGE)?, large: written(LARGE_EDGE)? })
}

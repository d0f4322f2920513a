//! The placeholder of a photo until it is loaded.

use fast_image_resize::Resizer;

use crate::fit;
use crate::picture::Picture;

/// The hash contains seven waves at most, so a few dozen pixels are enough.
const EDGE: u32 = 48;

/// The picture's ThumbHash.
pub(crate) fn of(picture: &Picture, resizer: &mut Resizer) -> Vec<u8> {
    let (width, height) = picture.size();
    let (width, height) = fit((width as u32, height as u32), EDGE);
    let rgb = Picture::of(&picture.planes(), resizer, width, height).rgb();
    let rgba: Vec<u8> = rgb.as_chunks::<3>().0.iter().flat_map(|&[red, green, blue]| [red, green, blue, 255]).collect();
    thumbhash::rgba_to_thumb_hash(width, height, &rgba)
}

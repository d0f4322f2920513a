//! The similarity of two pictures: SSIM of luma over squares of 8 × 8.

use std::path::Path;

use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, GrayImage};

/// The photo upright at this size, by a Lanczos filter over all its pixels.
pub(crate) fn reference(path: &Path, edge: u32) -> GrayImage {
    let mut photo = image::open(path).expect("a photo");
    photo.apply_orientation(Orientation::Rotate90);
    photo.resize(edge, edge, FilterType::Lanczos3).into_luma8()
}

/// The mean SSIM of a rendition.
pub(crate) fn ssim(reference: &GrayImage, path: &Path) -> f64 {
    const SIDE: u32 = 8;
    let seen = image::open(path).map(DynamicImage::into_luma8).expect("a rendition");
    assert_eq!(seen.dimensions(), reference.dimensions());
    let (width, height) = seen.dimensions();
    let (mut sum, mut count) = (0.0, 0.0);
    for top in (0..=height - SIDE).step_by(4) {
        for left in (0..=width - SIDE).step_by(4) {
            let places = (0..SIDE * SIDE).map(|at| (left + at % SIDE, top + at / SIDE));
            sum += of_square(
                places.map(|(x, y)| [reference, &seen].map(|picture| f64::from(picture.get_pixel(x, y).0[0]))),
            );
            count += 1.0;
        }
    }
    sum / count
}

fn of_square(pairs: impl Iterator<Item = [f64; 2]>) -> f64 {
    const STEADY: [f64; 2] = [6.502_5, 58.522_5];
    let (mut count, mut sums, mut squares, mut product) = (0.0, [0.0; 2], [0.0; 2], 0.0);
    for [one, other] in pairs {
        count += 1.0;
        sums = [sums[0] + one, sums[1] + other];
        squares = [squares[0] + one * one, squares[1] + other * other];
        product += one * other;
    }
    let means = sums.map(|sum| sum / count);
    let spread = [0, 1].map(|of| squares[of] / count - means[of] * means[of]);
    let shared = product / count - means[0] * means[1];
    (2.0 * means[0] * means[1] + STEADY[0]) * (2.0 * shared + STEADY[1])
        / ((means[0] * means[0] + means[1] * means[1] + STEADY[0]) * (spread[0] + spread[1] + STEADY[1]))
}

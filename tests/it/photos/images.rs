//! From a file to its renditions: upright, small, without metadata, and only from files that are what they say.

use app::photo::render::{Renditions, renditions};
use domain::photo::PhotoRejection::{self, Broken, NotAnImage, TooManyPixels};
use image::{DynamicImage, GenericImageView, ImageFormat, Rgba, RgbaImage};

use super::pictures::{chunk, corners, file, huge_png, jpeg, scan_start, seen_corners, with_exif};

fn size(bytes: &[u8]) -> (u32, u32) {
    image::load_from_memory_with_format(bytes, ImageFormat::Jpeg).expect("a JPEG").dimensions()
}

fn sizes(made: &Renditions) -> [(u32, u32); 3] {
    [(made.width, made.height), size(&made.large), size(&made.thumb)]
}

fn refusal(bytes: &[u8]) -> Option<PhotoRejection> {
    renditions(bytes).err()
}

#[test]
fn renditions_have_their_long_edge_and_are_never_enlarged() {
    for (width, height, large, thumb) in [
        (4000, 3000, (1600, 1200), (320, 240)),
        (1000, 3600, (444, 1600), (89, 320)),
        (1600, 900, (1600, 900), (320, 180)),
        (320, 200, (320, 200), (320, 200)),
        (16, 16, (16, 16), (16, 16)),
    ] {
        let made = renditions(&jpeg(width, height)).expect("good");
        assert_eq!(sizes(&made), [(width, height), large, thumb]);
    }
    // A line stays a line.
    let line = file(&corners(4_000_000, 2), ImageFormat::Png);
    assert_eq!(sizes(&renditions(&line).expect("good"))[1..], [(1600, 1), (320, 1)]);
    assert_eq!(sizes(&renditions(&jpeg(5000, 1)).expect("good"))[1..], [(1600, 1), (320, 1)]);
}

#[test]
fn every_orientation_of_a_camera_stands_upright() {
    let upright = [
        (1, "RGBW", (600, 400)),
        (2, "GRWB", (600, 400)),
        (3, "BWRG", (600, 400)),
        (4, "WBGR", (600, 400)),
        (5, "RWBG", (400, 600)),
        (6, "WRGB", (400, 600)),
        (7, "BGRW", (400, 600)),
        (8, "GBWR", (400, 600)),
        // No such orientation: as it is.
        (9, "RGBW", (600, 400)),
    ];
    for (orientation, seen, shape) in upright {
        let made = renditions(&with_exif(&jpeg(600, 400), orientation)).expect("good");
        assert_eq!((made.width, made.height), shape, "{orientation}");
        assert_eq!((seen_corners(&made.large), size(&made.large)), (seen.to_owned(), shape), "{orientation}");
        assert_eq!(seen_corners(&made.thumb), seen, "{orientation}");
    }
}

#[test]
fn renditions_hold_nothing_but_pixels() {
    let photo = with_exif(&jpeg(800, 600), 1);
    assert!(photo.windows(8).any(|bytes| bytes == b"31.2304N"));
    let made = renditions(&photo).expect("good");
    for rendition in [&made.large, &made.thumb] {
        for hidden in [b"31.2304N".as_slice(), b"Exif", b"\xFF\xE1", b"ICC_", b"http"] {
            let end = scan_start(rendition);
            assert!(!rendition[..end].windows(hidden.len()).any(|bytes| bytes == hidden), "{hidden:?}");
        }
    }
}

#[test]
fn png_and_webp_of_every_kind_are_photos() {
    let picture = corners(500, 400);
    let kinds = [
        file(&picture, ImageFormat::Png),
        file(&picture, ImageFormat::WebP),
        file(&DynamicImage::ImageRgba8(picture.to_rgba8()), ImageFormat::WebP),
        file(&DynamicImage::ImageRgba8(picture.to_rgba8()), ImageFormat::Png),
        file(&DynamicImage::ImageRgb16(picture.to_rgb16()), ImageFormat::Png),
    ];
    for bytes in kinds {
        let made = renditions(&bytes).expect("good");
        assert_eq!((seen_corners(&made.large).as_str(), sizes(&made)[2]), ("RGBW", (320, 256)));
    }
    for grey in [
        file(&DynamicImage::ImageLuma8(picture.to_luma8()), ImageFormat::Jpeg),
        file(&DynamicImage::ImageLumaA8(picture.to_luma_alpha8()), ImageFormat::Png),
        file(&DynamicImage::ImageLuma16(picture.to_luma16()), ImageFormat::Png),
    ] {
        assert_eq!(sizes(&renditions(&grey).expect("good"))[2], (320, 256));
    }
}

#[test]
fn a_signature_on_nothing_stands_on_white() {
    let strokes = RgbaImage::from_fn(400, 200, |x, _| Rgba([0, 0, 0, if x < 100 { 255 } else { 0 }]));
    let made = renditions(&file(&DynamicImage::ImageRgba8(strokes), ImageFormat::Png)).expect("good");
    let seen = image::load_from_memory(&made.large).expect("a picture").into_luma8();
    assert!(seen.get_pixel(50, 100).0[0] < 20 && seen.get_pixel(300, 100).0[0] > 235);
}

#[test]
fn what_is_no_image_is_refused() {
    let text = b"This is a text that somebody named photo.jpg";
    let gif = b"GIF89a\x01\0\x01\0\0\0\0;";
    for bytes in [b"".as_slice(), text, gif, b"%PDF-1.7", b"<svg/>", b"\x89PNG", b"RIFF\x04\0\0\0WAVE"] {
        assert_eq!(refusal(bytes), Some(NotAnImage), "{bytes:?}");
    }
}

#[test]
fn a_file_that_ends_too_early_is_broken_wherever_it_ends() {
    let picture = corners(300, 200);
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let whole = file(&picture, format);
        assert_eq!(refusal(&whole), None);
        for part in 1..20 {
            let cut = &whole[..whole.len() * part / 20];
            assert!(matches!(refusal(cut), Some(Broken | NotAnImage)), "{format:?} cut at {part}/20");
        }
        assert_eq!(refusal(&whole[..whole.len() - 2]), Some(Broken), "{format:?} without its last two bytes");
    }
}

#[test]
fn a_jpeg_cut_behind_its_thumbnail_is_broken() {
    // The end marker of the small picture inside is not the end of the large one.
    let mut inner = b"Exif\0\0".to_vec();
    inner.extend_from_slice(&jpeg(16, 16));
    let outer = jpeg(600, 400);
    let mut bytes = vec![0xFF, 0xD8, 0xFF, 0xE1];
    bytes.extend_from_slice(&u16::try_from(inner.len() + 2).expect("short").to_be_bytes());
    bytes.extend_from_slice(&inner);
    bytes.extend_from_slice(&outer[2..]);
    assert_eq!(refusal(&bytes), None);
    assert_eq!(refusal(&bytes[..bytes.len() / 2]), Some(Broken));
}

#[test]
fn what_follows_the_end_is_ignored() {
    // Phones append a film, or a second picture.
    let mut bytes = jpeg(300, 200);
    bytes.extend_from_slice(&[0; 5000]);
    assert_eq!(refusal(&bytes), None);
}

#[test]
fn too_many_pixels_are_refused_before_they_are_decoded() {
    for bytes in [huge_png(50_000, 50_000), huge_png(80_000_001, 1), huge_png(20_000, 20_000)] {
        assert_eq!(refusal(&bytes), Some(TooManyPixels));
    }
    assert_eq!(refusal(&huge_png(0, 100)), Some(Broken));
    // At the limit the pixels are looked for, and are not there.
    assert_eq!(refusal(&huge_png(8_000, 10_000)), Some(Broken));

    let mut giant = jpeg(64, 64);
    let frame = giant.windows(2).position(|pair| pair == [0xFF, 0xC0]).expect("a frame");
    giant[frame + 5..frame + 9].copy_from_slice(&[0xFF; 4]);
    assert_eq!(refusal(&giant), Some(TooManyPixels));
}

#[test]
fn a_jpeg_of_endless_scans_is_broken() {
    let whole = jpeg(64, 64);
    let (start, end) = (scan_start(&whole), whole.len() - 2);
    let mut bytes = whole[..start].to_vec();
    for _ in 0..1_000 {
        bytes.extend_from_slice(&whole[start..end]);
    }
    bytes.extend_from_slice(&[0xFF, 0xD9]);
    assert_eq!(refusal(&bytes), Some(Broken));
}

#[test]
fn a_pngs_comments_and_profiles_are_not_even_read() {
    let whole = file(&corners(64, 64), ImageFormat::Png);
    let mut bytes = whole[..33].to_vec();
    // Neither is what it should be: a decoder that looks at them fails.
    bytes.extend_from_slice(&chunk(b"iCCP", b"profile\0\0no profile"));
    bytes.extend_from_slice(&chunk(b"zTXt", b"Comment\0\0no comment"));
    bytes.extend_from_slice(&whole[33..]);
    assert_eq!(refusal(&bytes), None);
}

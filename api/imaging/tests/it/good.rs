//! Photos of every kind give renditions that are upright, small, in sRGB and without metadata.

use image::{DynamicImage, GenericImageView, ImageFormat, Rgba, RgbaImage};
use imaging::{Renditions, renditions, webp};
use jpeg_encoder::{ColorType, Encoder};

use super::files::{chunk, corners, file, jpeg, png, scan_start, seen_corners, with_orientation, with_segment};

fn size(bytes: &[u8]) -> (u32, u32) {
    image::load_from_memory_with_format(bytes, ImageFormat::Jpeg).expect("a JPEG").dimensions()
}

fn sizes(made: &Renditions) -> [(u32, u32); 3] {
    [(made.width, made.height), size(&made.large), size(&made.thumb)]
}

#[test]
fn renditions_have_the_required_long_edge_and_are_never_enlarged() {
    for (width, height, large, thumb) in [
        (4000, 3000, (1600, 1200), (320, 240)),
        (1000, 3600, (444, 1600), (89, 320)),
        (1600, 900, (1600, 900), (320, 180)),
        (1601, 901, (1600, 900), (320, 180)),
        (3199, 2401, (1600, 1201), (320, 240)),
        (321, 200, (321, 200), (320, 199)),
        (320, 200, (320, 200), (320, 200)),
        (16, 16, (16, 16), (16, 16)),
        (1, 1, (1, 1), (1, 1)),
        (5000, 1, (1600, 1), (320, 1)),
        (1, 65_000, (1, 1600), (1, 320)),
    ] {
        let made = renditions(&jpeg(width, height)).expect("good");
        assert_eq!(sizes(&made), [(width, height), large, thumb]);
    }
    let line = file(&corners(4_000_000, 2), ImageFormat::Png);
    assert_eq!(sizes(&renditions(&line).expect("good"))[1..], [(1600, 1), (320, 1)]);
}

#[test]
fn every_orientation_is_turned_upright_at_every_size() {
    let upright = [
        (1, "RGBW", false),
        (2, "GRWB", false),
        (3, "BWRG", false),
        (4, "WBGR", false),
        (5, "RWBG", true),
        (6, "WRGB", true),
        (7, "BGRW", true),
        (8, "GBWR", true),
        // Invalid orientations are ignored.
        (0, "RGBW", false),
        (9, "RGBW", false),
    ];
    for (width, height) in [(603, 401), (3600, 2500)] {
        let photo = jpeg(width, height);
        for (orientation, seen, is_turned) in upright {
            let made = renditions(&with_orientation(&photo, orientation)).expect("good");
            let shape = if is_turned { (height, width) } else { (width, height) };
            assert_eq!((made.width, made.height), shape, "{orientation}");
            assert_eq!(seen_corners(&made.large), seen, "{orientation}");
            assert_eq!(seen_corners(&made.thumb), seen, "{orientation}");
        }
    }
}

#[test]
fn renditions_contain_only_pixels() {
    let mut photo = with_segment(&with_orientation(&jpeg(800, 600), 1), 0xE1, b"http://ns.adobe.com/xap/1.0/\0<x/>");
    // Bytes after the end: an archive, a page, a video.
    photo.extend_from_slice(b"PK\x03\x04<html><script>alert(1)</script>");
    let made = renditions(&photo).expect("good");
    for rendition in [&made.large, &made.thumb] {
        let end = scan_start(rendition);
        for hidden in [b"31.2304N".as_slice(), b"Exif", b"\xFF\xE1", b"ICC_", b"http"] {
            assert!(!rendition[..end].windows(hidden.len()).any(|bytes| bytes == hidden), "{hidden:?}");
        }
        for hidden in [b"PK\x03\x04".as_slice(), b"<script>"] {
            assert!(!rendition.windows(hidden.len()).any(|bytes| bytes == hidden), "{hidden:?}");
        }
        assert!(rendition.ends_with(b"\xFF\xD9"));
    }
}

#[test]
fn png_and_webp_of_every_kind_have_renditions() {
    let picture = corners(500, 400);
    let kinds = [
        file(&picture, ImageFormat::Png),
        file(&picture, ImageFormat::WebP),
        file(&DynamicImage::ImageRgba8(picture.to_rgba8()), ImageFormat::WebP),
        file(&DynamicImage::ImageRgba8(picture.to_rgba8()), ImageFormat::Png),
        file(&DynamicImage::ImageRgb16(picture.to_rgb16()), ImageFormat::Png),
        file(&corners(4000, 3200), ImageFormat::Png),
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
        let made = renditions(&grey).expect("good");
        let seen = image::load_from_memory(&made.large).expect("a picture").into_luma8();
        assert_eq!(sizes(&made)[2], (320, 256));
        assert!(seen.get_pixel(10, 390).0[0] > 230 && seen.get_pixel(490, 390).0[0] < 60);
    }
}

#[test]
fn interlaced_png_is_decoded_completely() {
    // One row of each of the seven passes, all of the same grey, with a filter byte before each row.
    let rows: [(usize, usize); 7] = [(1, 1), (1, 1), (2, 1), (2, 2), (4, 2), (4, 4), (8, 4)];
    let raw: Vec<u8> =
        rows.iter().flat_map(|&(width, rows)| [[0].as_slice(), &vec![200; width]].concat().repeat(rows)).collect();
    let bytes = png(8, 8, [8, 0, 0, 0, 1], &miniz_oxide::deflate::compress_to_vec_zlib(&raw, 6));
    let made = renditions(&bytes).expect("good");
    let seen = image::load_from_memory(&made.large).expect("a picture").into_luma8();
    assert!(seen.pixels().all(|pixel| pixel.0[0].abs_diff(200) < 3));
}

#[test]
fn first_picture_of_an_animation_is_shown() {
    // A PNG whose second frame is invalid.
    let whole = file(&corners(64, 64), ImageFormat::Png);
    let second = [chunk(b"fdAT", b"\0\0\0\x01no picture"), chunk(b"IEND", &[])].concat();
    let film =
        [&whole[..33], &chunk(b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]), &whole[33..whole.len() - 12], &second].concat();
    assert_eq!(seen_corners(&renditions(&film).expect("good").large), "RGBW");

    let film = include_bytes!("../files/film.webp");
    let seen = image::load_from_memory(&renditions(film).expect("good").large).expect("a picture").into_rgb8();
    assert!(seen.get_pixel(4, 4).0[0] > 200 && seen.get_pixel(4, 4).0[2] < 60, "red comes first");
}

#[test]
fn transparent_signature_is_drawn_on_white() {
    let strokes = RgbaImage::from_fn(400, 200, |x, _| Rgba([0, 0, 0, if x < 100 { 255 } else { 0 }]));
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let made = renditions(&file(&DynamicImage::ImageRgba8(strokes.clone()), format)).expect("good");
        let seen = image::load_from_memory(&made.large).expect("a picture").into_luma8();
        assert!(seen.get_pixel(50, 100).0[0] < 20 && seen.get_pixel(300, 100).0[0] > 235);
    }
}

#[test]
fn colours_of_a_phone_are_converted_to_srgb() {
    // The strongest red of Display P3 is outside of sRGB; a grey is the same in both.
    let with_profile = include_bytes!("../files/p3.jpg");
    let (start, length) = profile(with_profile);
    let plain = file(
        &DynamicImage::ImageRgb8(image::RgbImage::from_pixel(64, 48, image::Rgb([180, 60, 60]))),
        ImageFormat::Jpeg,
    );
    let tagged = with_segment(&plain, 0xE2, &with_profile[start..start + length]);
    let colour = |bytes: &[u8]| {
        let seen = image::load_from_memory(&renditions(bytes).expect("good").large).expect("a picture").into_rgb8();
        seen.get_pixel(32, 24).0
    };
    let ([red, green, _], [plain_red, plain_green, _]) = (colour(&tagged), colour(&plain));
    assert!(
        red > plain_red + 8 && green + 8 < plain_green,
        "{red} {green}, without a profile {plain_red} {plain_green}"
    );
    // The same as a PNG.
    let mut packed = b"P3\0\0".to_vec();
    packed.extend(miniz_oxide::deflate::compress_to_vec_zlib(&with_profile[start + 14..start + length], 6));
    let whole = file(&image::load_from_memory(&plain).expect("a picture"), ImageFormat::Png);
    let [png_red, ..] = colour(&[&whole[..33], &chunk(b"iCCP", &packed), &whole[33..]].concat());
    assert!(png_red.abs_diff(red) < 4, "{png_red} {red}");
}

/// The position of the profile's segment, and its length.
fn profile(jpeg: &[u8]) -> (usize, usize) {
    let start = jpeg.windows(12).position(|bytes| bytes == b"ICC_PROFILE\0").expect("a profile");
    (start, usize::from(u16::from_be_bytes([jpeg[start - 2], jpeg[start - 1]])) - 2)
}

#[test]
fn broken_profile_is_ignored() {
    let plain = jpeg(64, 48);
    let expected = renditions(&plain).expect("good").large;
    for profile in
        [b"ICC_PROFILE\0\x01\x01no profile".as_slice(), b"ICC_PROFILE\0", b"ICC_PROFILE\0\x02\x02second of two"]
    {
        assert!(renditions(&with_segment(&plain, 0xE2, profile)).expect("good").large == expected, "{profile:?}");
    }
    let real = include_bytes!("../files/p3.jpg");
    let (start, length) = profile(real);
    for at in 0..length - 14 {
        let mut damaged = real[start..start + length].to_vec();
        damaged[14 + at] ^= 0xFF;
        renditions(&with_segment(&plain, 0xE2, &damaged)).expect("good");
    }
    let whole = file(&corners(64, 64), ImageFormat::Png);
    let chunks = [chunk(b"iCCP", b"profile\0\0no profile"), chunk(b"zTXt", b"Comment\0\0no comment")].concat();
    renditions(&[&whole[..33], &chunks, &whole[33..]].concat()).expect("good");
}

#[test]
fn cmyk_is_converted_to_rgb() {
    for kind in [ColorType::Cmyk, ColorType::CmykAsYcck] {
        let mut bytes = Vec::new();
        // Magenta and yellow are red; black alone is grey.
        let inks = |at: u32| if at % 64 < 32 { [0, 215, 215, 0] } else { [0, 0, 0, 195] };
        let pixels: Vec<u8> = (0..64 * 64).flat_map(inks).collect();
        Encoder::new(&mut bytes, 95).encode(&pixels, 64, 64, kind).expect("a JPEG");
        let seen = image::load_from_memory(&renditions(&bytes).expect("good").large).expect("a picture").into_rgb8();
        let ([red, green, _], [dark, ..]) = (seen.get_pixel(10, 30).0, seen.get_pixel(54, 30).0);
        assert!(red > 200 && green < 90 && (30..100).contains(&dark), "{kind:?}: {red} {green} {dark}");
    }
}

#[test]
fn placeholder_resembles_the_picture() {
    let made = renditions(&with_orientation(&jpeg(800, 600), 6)).expect("good");
    assert!((15..=30).contains(&made.placeholder.len()), "{}", made.placeholder.len());
    let (width, height, pixels) = thumbhash::thumb_hash_to_rgba(&made.placeholder).expect("a hash");
    assert!(height > width);
    let at = |x: usize, y: usize| &pixels[4 * (y * width + x)..][..3];
    // White, red, green, blue from the top left clockwise.
    assert!(at(2, 2).iter().all(|&level| level > 150), "{:?}", at(2, 2));
    let (green, blue) = (at(width - 3, height - 3), at(2, height - 3));
    assert!(green[1] > green[0] && green[1] > green[2] && blue[2] > blue[0] && blue[2] > blue[1], "{green:?} {blue:?}");
}

#[test]
fn webp_is_made_from_the_large_rendition() {
    let made = renditions(&with_orientation(&jpeg(2000, 1500), 6)).expect("good");
    let webp = webp(&made.large).expect("good");
    for (bytes, jpeg, size) in [(&webp.large, &made.large, (1200, 1600)), (&webp.thumb, &made.thumb, (240, 320))] {
        assert_eq!(image::guess_format(bytes).expect("an image"), ImageFormat::WebP);
        assert_eq!(image::load_from_memory(bytes).expect("a picture").dimensions(), size);
        assert_eq!(seen_corners(bytes), "WRGB");
        assert!(bytes.len() < jpeg.len(), "{} {}", bytes.len(), jpeg.len());
    }
}

//! Hostile files: each is rejected with its reason, or causes no harm.

use domain::photo::PhotoRejection::{self, Broken, NotAnImage, TooManyPixels};
use image::ImageFormat;
use imaging::renditions;
use jpeg_encoder::{ColorType, Encoder};

use super::files::{corners, file, jpeg, packed_zeros, png, resized_header, scan_start, with_notes, with_segment};

fn refusal(bytes: &[u8]) -> Option<PhotoRejection> {
    renditions(bytes).err()
}

/// A progressive JPEG of noise.
fn progressive(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 80);
    encoder.set_progressive(true);
    let pixels: Vec<u8> =
        (0..3 * u32::from(width) * u32::from(height)).map(|at| (u64::from(at) * u64::from(at) / 7) as u8).collect();
    encoder.encode(&pixels, width, height, ColorType::Rgb).expect("a JPEG");
    bytes
}

/// A JPEG with its scans repeated.
fn scan_bomb(whole: &[u8], times: usize) -> Vec<u8> {
    let (start, end) = (scan_start(whole), whole.len() - 2);
    [&whole[..start], &whole[start..end].repeat(times), &[0xFF, 0xD9]].concat()
}

/// Hostile files with their names and the expected rejection.
pub(crate) fn table() -> Vec<(&'static str, Vec<u8>, PhotoRejection)> {
    let small = jpeg(64, 64);
    // 50 MB of zeros compress to 50 KB, and again to less than 1 KB.
    let nested = miniz_oxide::deflate::compress_to_vec_zlib(&packed_zeros(50_000_000), 9);
    vec![
        ("nothing", vec![], NotAnImage),
        ("a text", b"This is a text with the file name photo.jpg".to_vec(), NotAnImage),
        ("a PDF", b"%PDF-1.7\n1 0 obj".to_vec(), NotAnImage),
        ("a page", b"<!DOCTYPE html><script>alert(1)</script>".to_vec(), NotAnImage),
        ("a drawing", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>".to_vec(), NotAnImage),
        ("a GIF", b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(), NotAnImage),
        ("a sound", b"RIFF\x04\0\0\0WAVE".to_vec(), NotAnImage),
        ("a HEIC", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec(), NotAnImage),
        ("half a name", b"\x89PNG".to_vec(), NotAnImage),
        ("a name alone", b"\xFF\xD8\xFF".to_vec(), Broken),
        ("a PNG of 50,000 by 50,000", png(50_000, 50_000, [8, 6, 0, 0, 0], &packed_zeros(10_000_000)), TooManyPixels),
        ("a PNG of a line too long", png(250_000_001, 1, [8, 0, 0, 0, 0], &[]), TooManyPixels),
        ("a PNG of no width", png(0, 100, [8, 6, 0, 0, 0], &[]), Broken),
        ("a PNG without its pixels", png(8_000, 10_000, [8, 6, 0, 0, 0], &packed_zeros(1_000)), Broken),
        ("a PNG of half its pixels", png(8_000, 10_000, [8, 2, 0, 0, 0], &packed_zeros(120_000_000)), Broken),
        ("a PNG packed twice", png(8_000, 2_000, [8, 2, 0, 0, 0], &nested), Broken),
        ("a large interlaced PNG without its pixels", png(8_000, 8_000, [8, 6, 0, 0, 1], &packed_zeros(1_000)), Broken),
        ("a JPEG of 65,500 by 65,500", resized_header(&small, 65_500, 65_500), TooManyPixels),
        ("a JPEG of 80 megapixels in 1 KB", resized_header(&small, 10_000, 8_000), Broken),
        ("a progressive JPEG of 80 megapixels in 1 KB", resized_header(&progressive(32, 32), 10_000, 8_000), Broken),
        ("a progressive JPEG that claims 3,199 by 3,199", resized_header(&progressive(600, 600), 3_199, 3_199), Broken),
        ("a JPEG of endless scans", scan_bomb(&small, 1_000), Broken),
        ("a progressive JPEG of endless scans", scan_bomb(&progressive(400, 400), 60), Broken),
        ("a JPEG of no height", resized_header(&small, 64, 0), Broken),
        ("a JPEG without a scan", [&small[..scan_start(&small)], &[0xFF, 0xD9]].concat(), Broken),
        (
            "a JPEG without its second half",
            {
                let large = jpeg(3_000, 2_000);
                large[..large.len() / 2].to_vec()
            },
            Broken,
        ),
        ("a WebP of 16,383 by 16,383", webp_header(16_383, 16_383), TooManyPixels),
        ("a WebP of 80 megapixels in 1 KB", webp_header(8_000, 10_000), Broken),
    ]
}

/// A lossless WebP that declares this size.
fn webp_header(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = file(&corners(64, 64), ImageFormat::WebP);
    // After RIFF, WEBP, VP8L and a signature byte: 14 bits each, minus one.
    bytes[21..25].copy_from_slice(&((width - 1) | ((height - 1) << 14)).to_le_bytes());
    bytes
}

#[test]
fn every_hostile_file_is_rejected_with_its_reason() {
    for (name, bytes, why) in table() {
        assert_eq!(refusal(&bytes), Some(why), "{name}");
    }
}

#[test]
fn bytes_after_the_end_are_not_passed_on() {
    // Phones append a video; attackers a page or an archive, so that the file has two types.
    let hidden = b"PK\x03\x04<script>alert(1)</script>";
    let whole = file(&corners(64, 64), ImageFormat::Png);
    for photo in [jpeg(300, 200), with_segment(&jpeg(300, 200), 0xFE, hidden), whole] {
        let made = renditions(&[&photo, hidden.as_slice(), &[0; 5_000]].concat()).expect("good");
        for rendition in [&made.large, &made.thumb] {
            assert!(!rendition.windows(hidden.len()).any(|bytes| bytes == hidden));
        }
    }
}

#[test]
fn unreadable_comments_and_profiles_of_a_png_are_harmless() {
    let whole = file(&corners(64, 64), ImageFormat::Png);
    let profile = super::files::chunk(b"iCCP", b"profile\0\0no profile");
    // 100 MB of zeros.
    let bomb = super::files::chunk(b"zTXt", &[b"Comment\0\0".as_slice(), &packed_zeros(100_000_000)].concat());
    let profile_bomb = super::files::chunk(b"iCCP", &[b"profile\0\0".as_slice(), &packed_zeros(100_000_000)].concat());
    for odd in [profile, bomb, profile_bomb] {
        assert_eq!(refusal(&[&whole[..33], &odd, &whole[33..]].concat()), None);
    }
}

#[test]
fn half_a_file_is_rejected_as_broken() {
    let picture = corners(300, 200);
    let formats = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP].map(|format| file(&picture, format));
    for whole in formats.into_iter().chain([progressive(300, 200)]) {
        assert_eq!(refusal(&whole), None);
        for part in 1..40 {
            let cut = &whole[..whole.len() * part / 40];
            match renditions(cut) {
                Err(Broken | NotAnImage) => {}
                other => assert!(part > 20 && other.is_ok_and(|made| made.is_damaged), "cut at {part}/40"),
            }
        }
    }
}

#[test]
fn half_a_jpeg_with_an_end_marker_is_rejected_as_broken() {
    for whole in [jpeg(600, 400), progressive(600, 400)] {
        let start = scan_start(&whole) + 14;
        for part in 0..10 {
            let mut cut = whole[..start + (whole.len() - start) * part / 12].to_vec();
            // Not between the two bytes of a marker.
            while cut.ends_with(&[0xFF]) {
                cut.pop();
            }
            cut.extend([0xFF, 0xD9]);
            match renditions(&cut) {
                Err(why) => assert_eq!(why, Broken, "{part}/12"),
                Ok(made) => assert!(part > 6 && made.is_damaged, "{part}/12"),
            }
        }
    }
}

#[test]
fn jpeg_cut_after_its_thumbnail_is_rejected_as_broken() {
    // The end marker of the small picture inside is not the end of the large one.
    let bytes = with_notes(&jpeg(600, 400), &jpeg(16, 16));
    assert_eq!(refusal(&bytes), None);
    assert_eq!(refusal(&bytes[..bytes.len() / 2]), Some(Broken));
}

#[test]
fn megabyte_of_metadata_is_harmless() {
    // A JPEG segment holds 64 KB, so there are sixteen of them; in the other formats one chunk holds it all.
    let mut many = jpeg(64, 64);
    let notes = [b"Exif\0\0II*\0\x08\0\0\0".as_slice(), &[0xFF; 65_000]].concat();
    for _ in 0..16 {
        many = with_segment(&many, 0xE1, &notes);
    }
    assert_eq!(refusal(&many), None);
    let folder: Vec<u8> = [0x0F, 0x01, 2, 0, 0, 0, 1, 0, 8, 0, 0, 0].repeat(5_400);
    let notes = [b"II*\0\x08\0\0\0\x18\x15".as_slice(), &folder, &[0; 1_000_000]].concat();
    let whole = file(&corners(64, 64), ImageFormat::Png);
    let png = [&whole[..33], &super::files::chunk(b"eXIf", &notes), &whole[33..]].concat();
    assert_eq!(refusal(&png), None);
}

#[test]
fn damage_at_any_position_causes_no_panic() {
    // Any result is accepted, but no panic and no long run.
    let picture = corners(48, 40);
    let formats = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP].map(|format| file(&picture, format));
    for whole in formats.into_iter().chain([progressive(48, 40)]) {
        for at in 0..whole.len() {
            for flip in [0x01, 0x80, 0xFF] {
                let mut damaged = whole.clone();
                damaged[at] ^= flip;
                let _ = renditions(&damaged);
            }
        }
    }
}

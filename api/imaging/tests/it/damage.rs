//! Damaged files are shown as far as possible: without their end, without tables, with wrong bytes.

use domain::photo::PhotoRejection::Broken;
use image::ImageFormat;
use imaging::{Renditions, renditions, without_metadata};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::files::{corners, file, packed_zeros, png, scan_start, seen_corners, with_notes, with_segment};

const EXIF_OF_TRAILER: &[u8] = b"SEFH 31.2304N Image_UTC_Data1772590272000SEFT";

/// A photo with noise, so that its scans have some length.
fn photo(change: impl Fn(&mut Encoder<&mut Vec<u8>>)) -> Vec<u8> {
    let (width, height) = (320_u16, 240_u16);
    let mut pixels = corners(width.into(), height.into()).into_rgb8().into_raw();
    pixels.iter_mut().enumerate().for_each(|(at, value)| *value ^= (at * at / 7 % 16) as u8);
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 85);
    change(&mut encoder);
    encoder.encode(&pixels, width, height, ColorType::Rgb).expect("a JPEG");
    bytes
}

fn sequential() -> Vec<u8> {
    photo(|encoder| encoder.set_sampling_factor(SamplingFactor::F_2_2))
}

fn progressive() -> Vec<u8> {
    photo(|encoder| encoder.set_progressive(true))
}

fn restarting() -> Vec<u8> {
    photo(|encoder| encoder.set_restart_interval(20))
}

fn shown(bytes: &[u8], name: &str) -> Renditions {
    let made = renditions(bytes).unwrap_or_else(|why| panic!("{name}: {why}"));
    assert!(without_metadata(bytes).is_ok_and(|copy| renditions(&copy).is_ok()), "{name}: no copy");
    made
}

/// The file without the segments of a marker.
fn without(jpeg: &[u8], marker: u8) -> Vec<u8> {
    let (mut at, mut kept) = (2, jpeg[..2].to_vec());
    let start = scan_start(jpeg);
    while at < start {
        let end = at + 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
        if jpeg[at + 1] != marker {
            kept.extend_from_slice(&jpeg[at..end]);
        }
        at = end;
    }
    [&kept, &jpeg[start..]].concat()
}

#[test]
fn picture_without_an_end_marker_is_complete() {
    for whole in [sequential(), progressive(), restarting()] {
        let right = renditions(&whole).expect("good");
        let open = &whole[..whole.len() - 2];
        let another = sequential();
        for (name, behind) in [
            ("nothing", &b""[..]),
            ("half a marker", &[0xFF]),
            ("a trailer", EXIF_OF_TRAILER),
            ("zeros", &[0; 600]),
            ("padding", &[0xFF; 40]),
            ("another picture", &another),
        ] {
            let bytes = [open, behind].concat();
            let made = shown(&bytes, name);
            assert!(made == right, "{name}");
            let copy = without_metadata(&bytes).expect("a copy");
            assert!(renditions(&copy).expect("good") == right, "{name}");
            assert!(copy.ends_with(b"\xFF\xD9"), "{name}");
            assert!(!copy.windows(8).any(|some| some == b"31.2304N"), "{name}");
        }
    }
}

#[test]
fn png_without_its_last_chunk_is_complete() {
    let whole = file(&corners(64, 48), ImageFormat::Png);
    for cut in [4, 8, 12] {
        assert!(shown(&whole[..whole.len() - cut], "cut") == renditions(&whole).expect("good"));
    }
}

#[test]
fn webp_with_a_cut_metadata_chunk_is_complete() {
    let whole = file(&corners(64, 48), ImageFormat::WebP);
    let mut longer = [whole.as_slice(), b"EXIF\x40\0\0\0II*\0"].concat();
    let size = u32::try_from(longer.len() - 8 + 0x3C).expect("short");
    longer[4..8].copy_from_slice(&size.to_le_bytes());
    assert!(shown(&longer, "cut").large == renditions(&whole).expect("good").large);
}

#[test]
fn standard_codes_are_used_for_a_file_without_tables() {
    let grey = {
        let mut bytes = Vec::new();
        let pixels = corners(160, 120).into_luma8().into_raw();
        Encoder::new(&mut bytes, 80).encode(&pixels, 160, 120, ColorType::Luma).expect("a JPEG");
        bytes
    };
    for whole in [sequential(), restarting(), grey] {
        assert!(shown(&without(&whole, 0xC4), "no codes") == renditions(&whole).expect("good"));
    }
    assert_eq!(renditions(&without(&sequential(), 0xDB)).err(), Some(Broken), "steps have no standard");
}

/// The mean difference of two pictures.
fn difference(one: &Renditions, other: &Renditions) -> f64 {
    let [one, other] = [one, other].map(|made| image::load_from_memory(&made.large).expect("a picture").into_rgb8());
    let sum: u64 = one.iter().zip(other.iter()).map(|(one, other)| u64::from(one.abs_diff(*other))).sum();
    sum as f64 / one.len() as f64
}

#[test]
fn lost_restart_interval_affects_only_its_own_blocks() {
    let whole = restarting();
    let right = renditions(&whole).expect("good");
    let start = scan_start(&whole);
    let at: Vec<usize> =
        (start..whole.len() - 1).filter(|&at| whole[at] == 0xFF && matches!(whole[at + 1], 0xD0..=0xD7)).collect();
    assert!(at.len() > 9, "{}", at.len());
    for (from, to) in [(0, 1), (2, 4), (at.len() - 2, at.len() - 1)] {
        let made = shown(&[&whole[..at[from]], &whole[at[to]..]].concat(), "lost");
        assert!(made.is_damaged);
        assert!(difference(&right, &made) < 25.0, "{from} to {to}: {}", difference(&right, &made));
    }
    // Without the marker between them, two intervals are decoded as one.
    assert!(shown(&[&whole[..at[3]], &whole[at[3] + 2..]].concat(), "no marker").is_damaged);
}

#[test]
fn picture_with_few_damaged_bytes_is_shown_and_reported_as_damaged() {
    for (name, whole) in [("sequential", sequential()), ("restarting", restarting()), ("progressive", progressive())] {
        let start = scan_start(&whole) + 20;
        let length = whole.len() - start;
        for part in 1..8 {
            for wrong in [[0xFF; 4], [0; 4], [0xA5; 4], [0xFF, 0xE1, 0x00, 0x20], [0xFF, 0xD8, 0x12, 0x34]] {
                let mut damaged = whole.clone();
                damaged[start + length * part / 9..][..4].copy_from_slice(&wrong);
                shown(&damaged, &format!("{name} at {part}/9: {wrong:?}"));
            }
        }
    }
}

#[test]
fn png_with_wrong_bytes_is_shown_as_far_as_possible() {
    let whole = file(&corners(400, 300), ImageFormat::Png);
    let end = whole.len() - 12;
    // Only the checksum of the pixels is wrong.
    let mut wrong = whole.clone();
    wrong[end - 2] ^= 0xFF;
    let made = shown(&wrong, "checksum");
    assert!(made.is_damaged && made.large == renditions(&whole).expect("good").large);
    let plain = |rows: usize| {
        let raw: Vec<u8> = (0..rows).flat_map(|row| [vec![0], vec![(row % 200) as u8; 300]].concat()).collect();
        png(100, 100, [8, 2, 0, 0, 0], &miniz_oxide::deflate::compress_to_vec_zlib(&raw, 6))
    };
    assert!(!shown(&plain(100), "whole").is_damaged);
    assert!(shown(&plain(90), "nine tenths").is_damaged);
    assert_eq!(renditions(&plain(60)).err(), Some(Broken));
}

#[test]
fn interlaced_png_equals_the_same_picture_without_interlacing() {
    let (width, height) = (77_usize, 45_usize);
    let pixel = |x: usize, y: usize| [(x * 3) as u8, (y * 5) as u8, ((x + y) * 2) as u8];
    let row = |y: usize, xs: &mut dyn Iterator<Item = usize>| -> Vec<u8> {
        [0].into_iter().chain(xs.flat_map(|x| pixel(x, y))).collect()
    };
    let plain: Vec<u8> = (0..height).flat_map(|y| row(y, &mut (0..width))).collect();
    let passes = [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]];
    let woven: Vec<u8> = passes
        .iter()
        .flat_map(|&[x, y, across, down]| {
            (y..height).step_by(down).flat_map(move |y| row(y, &mut (x..width).step_by(across)))
        })
        .collect();
    let [plain, woven] = [(plain, 0), (woven, 1)]
        .map(|(raw, way)| png(77, 45, [8, 2, 0, 0, way], &miniz_oxide::deflate::compress_to_vec_zlib(&raw, 6)));
    assert!(renditions(&plain).expect("good") == renditions(&woven).expect("good"));
    // Large, in squares of pixels of one value.
    let large = png(7_000, 3_500, [1, 3, 0, 0, 1], &[]);
    assert_eq!(renditions(&large).err(), Some(Broken));
}

#[test]
fn large_pictures_are_accepted_with_and_without_interlacing() {
    // 108 megapixels of one bit each.
    for way in [0, 1] {
        let bytes = png(12_000, 9_000, [1, 0, 0, 0, way], &packed_zeros(9_000 * 1_600));
        let made = renditions(&bytes).expect("good");
        assert_eq!((made.width, made.height, made.is_damaged), (12_000, 9_000, false));
    }
}

/// The file with other component ids.
fn renamed(jpeg: &[u8], names: [u8; 3]) -> Vec<u8> {
    let mut bytes = jpeg.to_vec();
    let frame = bytes.windows(2).position(|pair| pair == [0xFF, 0xC0]).expect("a frame");
    let scan = scan_start(&bytes);
    for (index, name) in names.into_iter().enumerate() {
        bytes[frame + 10 + 3 * index] = name;
        bytes[scan + 5 + 2 * index] = name;
    }
    bytes
}

#[test]
fn colour_space_is_decided_as_by_libjpeg() {
    let whole = photo(|encoder| encoder.set_sampling_factor(SamplingFactor::F_1_1));
    let bare = without(&whole, 0xE0);
    let adobe = |transform: u8| [b"Adobe\0\x64\0\0\0\0".as_slice(), &[transform]].concat();
    let luma = seen_corners(&renditions(&whole).expect("good").large);
    for (name, bytes, is_luma) in [
        ("JFIF", whole.clone(), true),
        ("JFIF before Adobe", with_segment(&whole, 0xEE, &adobe(0)), true),
        ("JFIF before names", renamed(&whole, *b"RGB"), true),
        ("nothing", bare.clone(), true),
        ("Adobe 1", with_segment(&bare, 0xEE, &adobe(1)), true),
        ("Adobe 1 before names", renamed(&with_segment(&bare, 0xEE, &adobe(1)), *b"RGB"), true),
        ("Adobe 0", with_segment(&bare, 0xEE, &adobe(0)), false),
        ("names", renamed(&bare, *b"RGB"), false),
        ("other names", renamed(&bare, *b"rgb"), true),
        ("Adobe's mark cut short", with_segment(&bare, 0xEE, b"Adobe\0\x64"), true),
    ] {
        let made = renditions(&bytes).expect("good");
        assert_eq!(seen_corners(&made.large) == luma, is_luma, "{name}");
        assert!(
            renditions(&without_metadata(&bytes).expect("a copy")).expect("good").large == made.large,
            "{name}: copy"
        );
    }
}

#[test]
fn preview_in_the_metadata_is_not_the_end_of_the_picture() {
    let small = sequential();
    let bytes = with_notes(&sequential(), &small[..small.len().min(60_000)]);
    assert!(!shown(&bytes, "notes").is_damaged);
}

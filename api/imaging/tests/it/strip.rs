//! A copy without metadata: the same pixels and orientation, without position, time and camera.

use image::{DynamicImage, ImageFormat};
use imaging::{Camera, renditions, without_metadata};

use super::files::Note::{Short, Text};
use super::files::{chunk, corners, file, jpeg, notes, seen_corners, with_notes, with_orientation, with_segment};

/// A marker text in every place of the files that can contain metadata.
const SECRET: &str = "31.2304N 121.4737E Sofia's iPhone";

fn pixels(bytes: &[u8]) -> DynamicImage {
    image::load_from_memory(bytes).expect("a picture")
}

fn holds_secret(bytes: &[u8]) -> bool {
    bytes.windows(SECRET.len()).any(|some| some == SECRET.as_bytes())
}

/// The stripped file; it must show the same picture.
fn stripped(bytes: &[u8]) -> Vec<u8> {
    assert!(holds_secret(bytes), "the file has nothing to strip");
    let stripped = without_metadata(bytes).expect("a photo");
    assert!(!holds_secret(&stripped), "the copy contains its position");
    assert_eq!(pixels(bytes), pixels(&stripped));
    let (before, after) = (renditions(bytes).expect("a photo"), renditions(&stripped).expect("a photo"));
    assert_eq!((before.large, before.thumb), (after.large, after.thumb), "other renditions");
    let held = before.camera.orientation.filter(|held| *held != 1);
    assert_eq!(after.camera, Camera { orientation: held, ..Camera::default() });
    assert_eq!(without_metadata(&stripped).expect("a photo"), stripped, "twice is not the same as once");
    stripped
}

#[test]
fn metadata_of_a_jpeg_is_removed_at_every_position() {
    for orientation in 1..=8 {
        stripped(&[&with_orientation(&jpeg(64, 48), orientation)[..], SECRET.as_bytes()].concat());
        let plain = jpeg(64, 48);
        let said =
            notes(&[(0x010F, Text(SECRET)), (0x0112, Short(orientation))], &[(0x9003, Text("2026:03:04 10:11:12"))]);
        stripped(&with_notes(&plain, &said));
    }
    let words = [SECRET.as_bytes(), b"\0\0\0"].concat();
    for marker in (0xE0..=0xEF).chain([0xFE]) {
        let prefixes: [&[u8]; 6] =
            [b"", b"JFXX\0", b"http://ns.adobe.com/xap/1.0/\0", b"MPF\0", b"Photoshop 3.0\0", b"Exif\0\0"];
        for prefix in prefixes {
            stripped(&with_segment(&jpeg(64, 48), marker, &[prefix, &words].concat()));
        }
    }
    // After the end, where phones append videos; between the segments; and in the preview of a JFIF header.
    stripped(&[&jpeg(64, 48)[..], SECRET.as_bytes()].concat());
    let plain = jpeg(64, 48);
    stripped(&[&plain[..2], b"\xFF\xFE\0\x04ab", SECRET.as_bytes(), &plain[2..]].concat());
    let head = [b"JFIF\0\x01\x02\0\0\x01\0\x01\x01\x0B", SECRET.as_bytes()].concat();
    stripped(&with_segment(&plain, 0xE0, &head));
    for scans in [&include_bytes!("../files/refined.jpg")[..], include_bytes!("../files/plain.jpg")] {
        stripped(&with_segment(scans, 0xE1, SECRET.as_bytes()));
    }
}

#[test]
fn jpeg_keeps_its_colours() {
    let p3 = with_segment(include_bytes!("../files/p3.jpg"), 0xFE, SECRET.as_bytes());
    let kept = stripped(&p3);
    assert!(kept.windows(12).any(|some| some == b"ICC_PROFILE\0"));
}

#[test]
fn metadata_of_a_png_is_removed() {
    let plain = file(&corners(64, 48), ImageFormat::Png);
    let with = |kind: &[u8; 4], data: &[u8]| [&plain[..33], &chunk(kind, data), &plain[33..]].concat();
    for kind in [b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME", b"prVt"] {
        stripped(&with(kind, SECRET.as_bytes()));
    }
    let said = notes(&[(0x010F, Text(SECRET)), (0x0112, Short(6))], &[]);
    let kept = stripped(&with(b"eXIf", &said));
    assert_eq!(seen_corners(&renditions(&kept).expect("a photo").large), "WRGB");
    stripped(&[&plain[..], SECRET.as_bytes()].concat());
}

#[test]
fn metadata_of_a_webp_is_removed() {
    let plain = file(&corners(64, 48), ImageFormat::WebP);
    let chunk = |kind: &[u8; 4], data: &[u8]| {
        let length = u32::try_from(data.len()).expect("short").to_le_bytes();
        [kind.as_slice(), &length, data, &[0][..data.len() % 2]].concat()
    };
    let with = |chunks: &[Vec<u8>]| {
        // Extended, 64 by 48, with the flags of its metadata.
        let has = |kind: &[u8]| chunks.iter().any(|chunk| chunk.starts_with(kind));
        let flags = u8::from(has(b"EXIF")) * 8 + u8::from(has(b"XMP ")) * 4;
        let head = chunk(b"VP8X", &[flags, 0, 0, 0, 63, 0, 0, 47, 0, 0]);
        let all = [b"WEBP".to_vec(), head, plain[12..].to_vec(), chunks.concat()].concat();
        [b"RIFF".as_slice(), &u32::try_from(all.len()).expect("short").to_le_bytes(), &all].concat()
    };
    let said = notes(&[(0x010F, Text(SECRET)), (0x0112, Short(6))], &[]);
    for chunks in [
        vec![chunk(b"EXIF", &said)],
        vec![chunk(b"XMP ", SECRET.as_bytes())],
        vec![chunk(b"NOTE", SECRET.as_bytes()), chunk(b"EXIF", &said)],
    ] {
        stripped(&with(&chunks));
    }
    stripped(&[with(&[]), SECRET.as_bytes().to_vec()].concat());
    // An animation keeps its frames.
    let film = include_bytes!("../files/film.webp");
    let more = chunk(b"XMP ", SECRET.as_bytes());
    let size = u32::try_from(film.len() - 8 + more.len()).expect("short");
    let told = [&b"RIFF"[..], &size.to_le_bytes(), &film[8..], &more].concat();
    assert_eq!(stripped(&told).len(), film.len());
}

#[test]
fn file_that_is_no_photo_has_no_copy() {
    for bytes in [&b""[..], b"GIF89a", b"<svg/>", &jpeg(64, 48)[..300]] {
        assert!(without_metadata(bytes).is_err());
    }
}

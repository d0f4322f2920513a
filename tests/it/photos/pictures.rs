//! Generated image files, valid and hostile.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

/// A picture whose corners show its orientation: red, green, blue, white, from the top left clockwise.
pub(super) fn corners(width: u32, height: u32) -> DynamicImage {
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, y| {
        Rgb(match (x < width / 2, y < height / 2) {
            (true, true) => [220, 20, 20],
            (false, true) => [20, 180, 20],
            (false, false) => [20, 20, 220],
            (true, false) => [240, 240, 240],
        })
    }))
}

/// The colours of the corners, from the top left clockwise.
pub(super) fn seen_corners(bytes: &[u8]) -> String {
    let picture = image::load_from_memory(bytes).expect("a picture").into_rgb8();
    let (right, bottom) = (picture.width() - 8, picture.height() - 8);
    let name = |x, y| match picture.get_pixel(x, y).0 {
        [red, green, blue] if red > 150 && green < 90 && blue < 90 => 'R',
        [red, green, blue] if red < 90 && green > 120 && blue < 90 => 'G',
        [red, green, blue] if red < 90 && green < 90 && blue > 150 => 'B',
        _ => 'W',
    };
    [name(8, 8), name(right, 8), name(right, bottom), name(8, bottom)].iter().collect()
}

/// The encoded picture.
pub(super) fn file(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect("a file");
    bytes.into_inner()
}

/// A JPEG of this size.
pub(super) fn jpeg(width: u32, height: u32) -> Vec<u8> {
    file(&corners(width, height), ImageFormat::Jpeg)
}

/// A JPEG with unique bytes.
pub(crate) fn some_jpeg() -> Vec<u8> {
    let mut bytes = jpeg(64, 48);
    let tail = tests::ids::v7();
    bytes.extend_from_slice(tail.as_bytes());
    bytes
}

/// The JPEG as a camera writes it: with an orientation and a GPS position.
pub(super) fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    with_place(jpeg, orientation, "31.2304N 121.4737E")
}

/// The same with any GPS position.
pub(crate) fn with_place(jpeg: &[u8], orientation: u8, place: &str) -> Vec<u8> {
    // Make and orientation.
    let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x02\0\x0F\x01\x02\0\x04\0\0\0Cam\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    exif.extend_from_slice(&[orientation, 0, 0, 0, 0, 0, 0, 0]);
    exif.extend_from_slice(place.as_bytes());
    let length = u16::try_from(exif.len() + 2).expect("short");
    let mut bytes = vec![0xFF, 0xD8, 0xFF, 0xE1];
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(&exif);
    bytes.extend_from_slice(&jpeg[2..]);
    bytes
}

/// A chunk of a PNG.
pub(super) fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut bytes = u32::try_from(data.len()).expect("short").to_be_bytes().to_vec();
    bytes.extend_from_slice(kind);
    bytes.extend_from_slice(data);
    bytes.extend_from_slice(&crc(&bytes[4..]).to_be_bytes());
    bytes
}

/// The CRC-32 of PNG chunks.
fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { 0xEDB8_8320 ^ (crc >> 1) } else { crc >> 1 })
    };
    !bytes.iter().fold(u32::MAX, step)
}

/// A PNG that declares this size, without its pixels.
pub(super) fn huge_png(width: u32, height: u32) -> Vec<u8> {
    let mut header = width.to_be_bytes().to_vec();
    header.extend_from_slice(&height.to_be_bytes());
    header.extend_from_slice(&[8, 6, 0, 0, 0]);
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    bytes.extend_from_slice(&chunk(b"IHDR", &header));
    bytes.extend_from_slice(&chunk(b"IDAT", &[0x78, 0x9c, 3, 0, 0, 0, 0, 1]));
    bytes.extend_from_slice(&chunk(b"IEND", &[]));
    bytes
}

/// The start of the pixels of a JPEG's first scan.
pub(super) fn scan_start(jpeg: &[u8]) -> usize {
    jpeg.windows(2).position(|pair| pair == [0xFF, 0xDA]).expect("a scan")
}

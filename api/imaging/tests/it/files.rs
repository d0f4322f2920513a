//! Generated image files, valid and hostile.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

/// A picture whose corners show its orientation: red, green, blue, white, from the top left clockwise.
pub(crate) fn corners(width: u32, height: u32) -> DynamicImage {
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
pub(crate) fn seen_corners(bytes: &[u8]) -> String {
    let picture = image::load_from_memory(bytes).expect("a picture").into_rgb8();
    let (right, bottom) = (picture.width() - 8, picture.height() - 8);
    let name = |x, y| match picture.get_pixel(x, y).0 {
        [red, green, blue] if red > 150 && green < 90 && blue < 90 => 'R',
        [red, green, blue] if red < 90 && green > 120 && blue < 90 => 'G',
        [red, green, blue] if red < 90 && green < 90 && blue > 150 => 'B',
        [red, green, blue] if red > 200 && green > 200 && blue > 200 => 'W',
        _ => '?',
    };
    [name(8, 8), name(right, 8), name(right, bottom), name(8, bottom)].iter().collect()
}

/// The encoded picture.
pub(crate) fn file(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect("a file");
    bytes.into_inner()
}

/// A JPEG of this size.
pub(crate) fn jpeg(width: u32, height: u32) -> Vec<u8> {
    file(&corners(width, height), ImageFormat::Jpeg)
}

/// The JPEG with a segment after its start.
pub(crate) fn with_segment(jpeg: &[u8], marker: u8, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 2).expect("short").to_be_bytes();
    [&jpeg[..2], &[0xFF, marker], &length, data, &jpeg[2..]].concat()
}

/// EXIF data: text and number fields in the main directory and in the EXIF directory.
pub(crate) fn notes(main: &[(u16, Note)], camera: &[(u16, Note)]) -> Vec<u8> {
    let mut bytes = b"II*\0\x08\0\0\0".to_vec();
    let camera_at = 8 + folder_size(main) + 12;
    let mut main: Vec<_> = main.to_vec();
    main.push((0x8769, Note::Long(u32::try_from(camera_at).expect("short"))));
    let main_folder = folder(&main, 8);
    bytes.extend(main_folder);
    bytes.extend(folder(camera, bytes.len()));
    bytes
}

/// The value of a field.
#[derive(Clone, Copy)]
pub(crate) enum Note {
    Text(&'static str),
    Short(u16),
    Long(u32),
}

fn folder_size(fields: &[(u16, Note)]) -> usize {
    let texts = fields.iter().map(|(_, note)| match note {
        Note::Text(text) if text.len() + 1 > 4 => text.len() + 1,
        _ => 0,
    });
    6 + 12 * fields.len() + texts.sum::<usize>()
}

fn folder(fields: &[(u16, Note)], start: usize) -> Vec<u8> {
    let mut bytes = u16::try_from(fields.len()).expect("few").to_le_bytes().to_vec();
    let mut texts = Vec::new();
    for (tag, note) in fields {
        bytes.extend(tag.to_le_bytes());
        match note {
            Note::Short(number) => {
                bytes.extend([3, 0, 1, 0, 0, 0]);
                bytes.extend(u32::from(*number).to_le_bytes());
            }
            Note::Long(number) => {
                bytes.extend([4, 0, 1, 0, 0, 0]);
                bytes.extend(number.to_le_bytes());
            }
            Note::Text(text) => {
                let text = [text.as_bytes(), &[0]].concat();
                bytes.extend([2, 0]);
                bytes.extend(u32::try_from(text.len()).expect("short").to_le_bytes());
                if text.len() <= 4 {
                    bytes.extend([text.as_slice(), &[0; 4]].concat().iter().take(4));
                } else {
                    let at = start + 6 + 12 * fields.len() + texts.len();
                    bytes.extend(u32::try_from(at).expect("short").to_le_bytes());
                    texts.extend(text);
                }
            }
        }
    }
    bytes.extend([0; 4]);
    bytes.extend(texts);
    bytes
}

/// The JPEG with this EXIF data.
pub(crate) fn with_notes(jpeg: &[u8], notes: &[u8]) -> Vec<u8> {
    with_segment(jpeg, 0xE1, &[b"Exif\0\0", notes].concat())
}

/// The JPEG with an orientation and a GPS position.
pub(crate) fn with_orientation(jpeg: &[u8], orientation: u16) -> Vec<u8> {
    let notes = notes(&[(0x0112, Note::Short(orientation))], &[]);
    with_notes(jpeg, &[notes.as_slice(), b"31.2304N 121.4737E"].concat())
}

/// A chunk of a PNG.
pub(crate) fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
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

/// A PNG of this size, depth, colour type and interlacing, with these compressed pixels.
pub(crate) fn png(width: u32, height: u32, kind: [u8; 5], packed: &[u8]) -> Vec<u8> {
    let header = [width.to_be_bytes().as_slice(), &height.to_be_bytes(), &kind].concat();
    let chunks = [chunk(b"IHDR", &header), chunk(b"IDAT", packed), chunk(b"IEND", &[])];
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunks.concat()].concat()
}

/// This many zero bytes, compressed to a thousandth.
pub(crate) fn packed_zeros(count: usize) -> Vec<u8> {
    // A long run is joined from repeated pieces of the stream, so that it needs little memory.
    miniz_oxide::deflate::compress_to_vec_zlib(&vec![0; count], 6)
}

/// The start of the pixels of a JPEG's first scan.
pub(crate) fn scan_start(jpeg: &[u8]) -> usize {
    jpeg.windows(2).position(|pair| pair == [0xFF, 0xDA]).expect("a scan")
}

/// The JPEG with another size in its header.
pub(crate) fn resized_header(jpeg: &[u8], width: u16, height: u16) -> Vec<u8> {
    let mut bytes = jpeg.to_vec();
    let frame = bytes.windows(2).position(|pair| matches!(pair, [0xFF, 0xC0 | 0xC2])).expect("a frame");
    bytes[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    bytes[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    bytes
}

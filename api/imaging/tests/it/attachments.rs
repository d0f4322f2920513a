//! Clips and HEIC files: media type, duration, and the camera's metadata.

use std::io::Cursor;

use domain::photo::PhotoRejection::Broken;
use domain::photo::PhotoType;
use imaging::attachment::{Clip, clip, heif};
use imaging::{Camera, kind};

use super::files::Note::Text;
use super::files::{jpeg, notes};

fn boxed(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let body = parts.concat();
    [&u32::try_from(body.len() + 8).expect("short").to_be_bytes()[..], kind, &body].concat()
}

fn full(kind: &[u8; 4], version: u8, flags: u32, parts: &[&[u8]]) -> Vec<u8> {
    let head = (u32::from(version) << 24 | flags).to_be_bytes();
    boxed(kind, &[&head, &parts.concat()])
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

const FILMED: u64 = 3_855_258_123; // 2026-03-02T01:02:03Z

/// The header of a movie or of media.
fn timed(kind: &[u8; 4], version: u8, scale: u32, duration: u64) -> Vec<u8> {
    let time =
        |time: u64| if version == 0 { (time as u32).to_be_bytes().to_vec() } else { time.to_be_bytes().to_vec() };
    full(kind, version, 0, &[&time(FILMED), &time(FILMED), &words(&[scale]), &time(duration), &[0; 80]])
}

struct Track<'a> {
    scale: u32,
    media: u64,
    version: u8,
    edits: &'a [u32],
    samples: &'a [u32],
}

const TRACK: Track<'_> = Track { scale: 600, media: 1_200, version: 0, edits: &[], samples: &[] };

fn track(track: &Track<'_>) -> Vec<u8> {
    let tkhd = full(b"tkhd", 0, 7, &[&words(&[0, 0, 1, 0, 0])]);
    let edits: Vec<u8> = track.edits.iter().flat_map(|&edit| words(&[edit, 0, 0x10000])).collect();
    let count = u32::try_from(track.edits.len()).expect("few");
    let elst =
        if count == 0 { Vec::new() } else { boxed(b"edts", &[&full(b"elst", 0, 0, &[&words(&[count]), &edits])]) };
    let count = u32::try_from(track.samples.len() / 2).expect("few");
    let stts = full(b"stts", 0, 0, &[&words(&[count]), &words(track.samples)]);
    let media = timed(b"mdhd", track.version, track.scale, track.media);
    let mdia = boxed(b"mdia", &[&media, &boxed(b"minf", &[&boxed(b"stbl", &[&stts])])]);
    boxed(b"trak", &[&tkhd, &elst, &mdia])
}

fn film(movie: &[&[u8]], more: &[u8]) -> Vec<u8> {
    [boxed(b"ftyp", &[b"mp42\0\0\0\0mp42isom"]), boxed(b"mdat", &[&[7; 900]]), boxed(b"moov", movie), more.to_vec()]
        .concat()
}

fn read(bytes: &[u8]) -> Clip {
    clip(Cursor::new(bytes)).expect("a clip")
}

fn duration(movie: &[&[u8]]) -> Option<u64> {
    read(&film(movie, b"")).duration_ms
}

#[test]
fn duration_of_a_clip_is_that_of_its_best_header() {
    let head = |version, scale, duration| timed(b"mvhd", version, scale, duration);
    let two_seconds = track(&TRACK);
    assert_eq!(duration(&[&head(0, 1_000, 2_500)]), Some(2_500));
    assert_eq!(duration(&[&head(1, 1_000, 2_500)]), Some(2_500));
    assert_eq!(duration(&[&head(1, 90_000, 90_000 * 4_000)]), Some(4_000_000));
    for unknown in [head(0, 1_000, u32::MAX.into()), head(1, 1_000, u64::MAX), head(0, 1_000, 0), head(0, 0, 2_000)] {
        assert_eq!(duration(&[&unknown, &two_seconds]), Some(2_000));
        assert_eq!(duration(&[&unknown, &track(&Track { version: 1, ..TRACK })]), Some(2_000));
        assert_eq!(duration(&[&unknown]), None);
    }
    // A header with a shorter duration than its track; a track without a duration; a track that is cut by its edit
    // list.
    assert_eq!(duration(&[&head(0, 1_000, 1), &two_seconds]), Some(2_000));
    let told_by_samples = Track { media: 0, samples: &[30, 20, 10, 60], ..TRACK };
    assert_eq!(duration(&[&head(0, 1_000, 0), &track(&told_by_samples)]), Some(2_000));
    let edited = Track { media: 600 * 90, edits: &[500, 1_000], ..TRACK };
    assert_eq!(duration(&[&head(0, 1_000, 1_500), &track(&edited)]), Some(1_500));
}

#[test]
fn duration_of_a_fragmented_clip_is_that_of_its_fragments() {
    let extends = |more: &[u8]| boxed(b"mvex", &[more, &full(b"trex", 0, 0, &[&words(&[1, 1, 300, 0, 0])])]);
    let head = timed(b"mvhd", 0, 1_000, 0);
    let empty = track(&Track { media: 0, ..TRACK });
    let fragment = |start: Option<u64>, run: &[u8]| {
        let tfdt = start.map_or(Vec::new(), |start| full(b"tfdt", 1, 0, &[&start.to_be_bytes()]));
        boxed(b"moof", &[&boxed(b"traf", &[&full(b"tfhd", 0, 0x20000, &[&words(&[1])]), &tfdt, run])])
    };
    let each = full(b"trun", 0, 0x301, &[&words(&[2, 99, 600, 5, 600, 5])]);
    let by_default = full(b"trun", 0, 0x201, &[&words(&[2, 99, 5, 5])]);
    let length = |fragments: &[Vec<u8>]| read(&film(&[&head, &empty, &extends(b"")], &fragments.concat())).duration_ms;
    assert_eq!(length(&[]), None);
    assert_eq!(length(&[fragment(Some(0), &each), fragment(Some(1_200), &each)]), Some(4_000));
    assert_eq!(length(&[fragment(None, &each), fragment(None, &by_default)]), Some(3_000));
    // A part of a recording of hours.
    assert_eq!(length(&[fragment(Some(6_000_000), &each)]), Some(2_000));
    let said = extends(&full(b"mehd", 0, 0, &[&words(&[90_000])]));
    assert_eq!(duration(&[&head, &empty, &said]), Some(90_000));
}

#[test]
fn camera_metadata_of_a_clip_is_read() {
    let head = timed(b"mvhd", 0, 1_000, 2_000);
    let made = read(&film(&[&head], b"")).camera;
    let expected = Camera {
        taken_local: Some("2026-03-02T01:02:03".to_owned()),
        utc_offset_minutes: Some(0),
        ..Camera::default()
    };
    assert_eq!(made, expected);
    let names = ["com.apple.quicktime.make", "com.apple.quicktime.model", "com.apple.quicktime.creationdate"];
    let keys: Vec<u8> = names.iter().flat_map(|name| boxed(b"mdta", &[name.as_bytes()])).collect();
    let value = |(index, text): (u32, &str)| {
        boxed(&index.to_be_bytes(), &[&boxed(b"data", &[&words(&[1, 0]), text.as_bytes()])])
    };
    let values: Vec<u8> = (1..).zip(["Apple", "iPhone 15 Pro", "2026-03-04T10:11:12+0800"]).flat_map(value).collect();
    let parts =
        [full(b"hdlr", 0, 0, &[&[0; 20]]), full(b"keys", 0, 0, &[&words(&[3]), &keys]), boxed(b"ilst", &[&values])];
    let expected = Camera {
        taken_local: Some("2026-03-04T10:11:12".to_owned()),
        utc_offset_minutes: Some(480),
        device: Some("Apple iPhone 15 Pro".to_owned()),
        orientation: None,
    };
    for meta in [boxed(b"meta", &[&parts.concat()]), full(b"meta", 0, 0, &[&parts.concat()])] {
        assert_eq!(read(&film(&[&head, &meta], b"")).camera, expected);
    }
    let text = |kind: &[u8; 4], text: &str| boxed(kind, &[&[0, text.len() as u8, 0x15, 0xC7], text.as_bytes()]);
    let user =
        [text(b"\xA9mak", "Apple"), text(b"\xA9mod", "iPhone 15 Pro"), text(b"\xA9day", "2026-03-04T10:11:12+08:00")];
    assert_eq!(read(&film(&[&head, &boxed(b"udta", &[&user.concat()])], b"")).camera, expected);
}

#[test]
fn clip_without_an_index_is_broken() {
    let whole = film(&[&timed(b"mvhd", 0, 1_000, 2_000)], b"");
    for bad in [&whole[..40], &whole[..whole.len() - 1], b"", b"<html>", &film(&[&vec![0; 9_000_000]], b"")] {
        assert_eq!(clip(Cursor::new(bad)).err(), Some(Broken), "{}", bad.len());
    }
    for at in 0..whole.len() {
        for value in [0, 1, 0x7F, 0xFF] {
            let mut damaged = whole.clone();
            damaged[at] = value;
            let _ = clip(Cursor::new(&damaged));
        }
    }
}

/// A HEIC with this EXIF data, in the file or in the `idat` box.
fn heic(item: &[u8], version: u8, is_own: bool) -> Vec<u8> {
    let infe = |id: u16, kind: &[u8; 4]| full(b"infe", 2, 0, &[&id.to_be_bytes(), &[0, 0], kind, b"\0"]);
    let iinf = full(b"iinf", 0, 0, &[&[0, 2], &infe(1, b"hvc1"), &infe(2, b"Exif")]);
    let ftyp = boxed(b"ftyp", &[b"heic\0\0\0\0mif1heic"]);
    let meta = |at: u32| {
        let length = u32::try_from(item.len()).expect("short");
        let method: &[u8] = if version == 0 { b"" } else { &[0, is_own as u8] };
        let entry = |id: u16, at: u32, length: u32| {
            [&id.to_be_bytes()[..], method, &[0, 0, 0, 1], &words(&[at, length])].concat()
        };
        let iloc = full(b"iloc", version, 0, &[&[0x44, 0, 0, 2], &entry(1, 0, 4), &entry(2, at, length)]);
        let idat = if is_own { boxed(b"idat", &[item]) } else { Vec::new() };
        full(b"meta", 0, 0, &[&full(b"hdlr", 0, 0, &[&[0; 20]]), &iinf, &iloc, &idat])
    };
    let start = if is_own { 0 } else { u32::try_from(ftyp.len() + meta(0).len() + 8).expect("short") };
    let item = if is_own { &[][..] } else { item };
    [ftyp.clone(), meta(start), boxed(b"mdat", &[item, b"pixels"])].concat()
}

#[test]
fn exif_of_a_heic_is_read_at_any_offset() {
    let tiff = notes(&[(0x010F, Text("Apple"))], &[(0x9003, Text("2026:03:04 10:11:12"))]);
    let expected = Camera {
        taken_local: Some("2026-03-04T10:11:12".to_owned()),
        device: Some("Apple".to_owned()),
        ..Camera::default()
    };
    for item in [
        [&[0, 0, 0, 6][..], b"Exif\0\0", &tiff].concat(),
        [&[0, 0, 0, 0][..], &tiff].concat(),
        [&[0, 0, 0, 0][..], b"Exif\0\0", &tiff].concat(),
        [b"Exif\0\0", &tiff[..]].concat(),
    ] {
        for (version, is_own) in [(0, false), (1, false), (1, true)] {
            assert_eq!(heif(&heic(&item, version, is_own)), expected, "version {version}");
        }
    }
    let whole = heic(&[&[0, 0, 0, 0][..], &tiff].concat(), 1, false);
    for end in 0..whole.len() {
        let _ = heif(&whole[..end]);
    }
    for at in 0..whole.len() {
        for value in [0, 1, 0x7F, 0xFF] {
            let mut damaged = whole.clone();
            damaged[at] = value;
            let _ = heif(&damaged);
        }
    }
}

#[test]
fn media_type_is_detected_from_the_bytes() {
    let brands = |brands: &[u8]| boxed(b"ftyp", &[brands]);
    for (bytes, seen) in [
        (jpeg(16, 16), Some(PhotoType::Jpeg)),
        (brands(b"heic\0\0\0\0mif1heic"), Some(PhotoType::Heic)),
        (brands(b"mif3heicmif3"), Some(PhotoType::Heif)),
        (brands(b"mif1\0\0\0\0heic"), Some(PhotoType::Heif)),
        (brands(b"abcd\0\0\0\0mif1"), Some(PhotoType::Heif)),
        (brands(b"qt  \0\0\0\0qt  "), Some(PhotoType::QuickTime)),
        (brands(b"mp42\0\0\0\0mp42isom"), Some(PhotoType::Mp4)),
        (brands(b"isomheicisom"), Some(PhotoType::Mp4)),
        (brands(b"iso6\0\0\0\0dash"), Some(PhotoType::Mp4)),
        (boxed(b"wide", &[b""]), Some(PhotoType::QuickTime)),
        (brands(b""), None),
        (b"<!doctype html>".to_vec(), None),
        (b"GIF89a\0\0\0\0".to_vec(), None),
        (b"\0".to_vec(), None),
        (Vec::new(), None),
    ] {
        assert_eq!(kind(&bytes), seen, "{bytes:?}");
    }
}

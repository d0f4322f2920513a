//! The camera's metadata in a clip: the keys of QuickTime and Android, the older user data of a movie, and its header.

use super::boxes::{Numbers, boxes, find};
use super::timed_head::TimedHead;
use crate::camera::{Camera, device, local_moment, offset};

/// The maximum length of a text in bytes.
const MOST_TEXT: usize = 400;
/// The days from 1904 to 1970; movies count seconds from 1904.
const DAYS_TO_1970: u64 = 24_107;
const DAY: u64 = 86_400;

/// The camera's metadata.
pub(super) fn camera(movie: &[u8]) -> Camera {
    let texts = texts(movie);
    let text = |names: &[&[u8]]| {
        names.iter().find_map(|&name| texts.iter().find(|(known, _)| known == name)).map(|(_, text)| text.as_str())
    };
    let written = text(&[b"com.apple.quicktime.creationdate", b"\xA9day"]).and_then(moment);
    let head = || find(movie, b"mvhd").and_then(TimedHead::read).and_then(|head| created(head.created));
    let (taken_local, utc_offset_minutes) = written.or_else(head).unzip();
    Camera {
        taken_local,
        utc_offset_minutes: utc_offset_minutes.flatten(),
        device: device(
            text(&[b"com.apple.quicktime.make", b"com.android.manufacturer", b"\xA9mak"]),
            text(&[b"com.apple.quicktime.model", b"com.android.model", b"\xA9mod"]),
        ),
        orientation: None,
    }
}

/// The texts of a movie by their names.
fn texts(movie: &[u8]) -> Vec<(Vec<u8>, String)> {
    let user = find(movie, b"udta").unwrap_or_default();
    let mut found = Vec::new();
    for meta in [find(movie, b"meta"), find(user, b"meta")].into_iter().flatten() {
        // QuickTime's box has no version.
        let parts = if meta.get(4..8) == Some(b"hdlr") { meta } else { meta.get(4..).unwrap_or_default() };
        let keys = find(parts, b"keys").and_then(keys).unwrap_or_default();
        for item in boxes(find(parts, b"ilst").unwrap_or_default()) {
            let index = u32::from_be_bytes(item.kind) as usize;
            let name = keys.get(index.wrapping_sub(1)).copied().unwrap_or(&item.kind);
            // The value follows its type and its language.
            let text = find(item.body, b"data").and_then(|data| data.get(8..));
            found.extend(text.map(|text| (name.to_vec(), as_text(text))));
        }
    }
    for item in boxes(user).filter(|item| item.kind[0] == 0xA9) {
        // The value follows its length and its language.
        let text = item.body.get(4..).map(|text| {
            let length = usize::from(u16::from_be_bytes([item.body[0], item.body[1]]));
            as_text(&text[..length.min(text.len())])
        });
        found.extend(text.map(|text| (item.kind.to_vec(), text)));
    }
    found
}

/// The names of the items of a list.
fn keys(body: &[u8]) -> Option<Vec<&[u8]>> {
    let mut list = Numbers::full(body)?;
    list.word()?;
    // Each key is a box whose type is its namespace.
    Some(boxes(list.rest()).map(|key| key.body).collect())
}

fn as_text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(MOST_TEXT)]).into_owned()
}

/// A moment in the form of ISO 8601, and the offset of its clock if the text has one.
fn moment(text: &str) -> Option<(String, Option<i16>)> {
    let text = text.trim();
    let number = |from: usize, to: usize| text.get(from..to).and_then(|digits| digits.parse::<u16>().ok());
    let parts = [number(0, 4)?, number(5, 7)?, number(8, 10)?, number(11, 13)?, number(14, 16)?, number(17, 19)?];
    let zone = text.get(19..)?.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let zone = match zone.len() {
        // +0800
        5 if zone.is_ascii() => format!("{}:{}", &zone[..3], &zone[3..]),
        _ => zone.to_owned(),
    };
    Some((local_moment(parts)?, offset(&zone)))
}

/// A moment in seconds since 1904, UTC.
fn created(seconds: u64) -> Option<(String, Option<i16>)> {
    let (days, second) = ((seconds / DAY).checked_sub(DAYS_TO_1970)?, seconds % DAY);
    // Days by Hinnant's algorithm: the years begin in March, and 400 years are an era.
    let shifted = days.checked_add(719_468)?;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    let parts = [year, month, day, second / 3_600, second / 60 % 60, second % 60];
    let mut narrow = [0; 6];
    for (to, part) in narrow.iter_mut().zip(parts) {
        *to = u16::try_from(part).ok()?;
    }
    Some((local_moment(narrow)?, Some(0)))
}

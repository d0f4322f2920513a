//! The camera's metadata of a photo.

use exif::{Exif, In, Reader, Tag, Value};
use image::metadata::Orientation;

/// The maximum size of EXIF data that is read: that of a JPEG segment.
pub(crate) const MAX_NOTES: usize = 65_536;
/// The maximum length of a device's name in characters.
const MAX_DEVICE: usize = 100;
/// The largest time zone offset in use, in minutes.
const OFFSETS: std::ops::RangeInclusive<i16> = -12 * 60..=14 * 60;

/// The EXIF tags of the capture time, each with the tag of its offset, in the order of preference.
const TAKEN: [(Tag, Tag); 3] = [
    (Tag::DateTimeOriginal, Tag::OffsetTimeOriginal),
    (Tag::DateTimeDigitized, Tag::OffsetTimeDigitized),
    (Tag::DateTime, Tag::OffsetTime),
];
/// The plausible years of digital photos. A clock that was never set, or that counts from another epoch, shows others.
pub(crate) const YEARS: std::ops::RangeInclusive<u16> = 1990..=2099;

/// The camera's metadata of a photo. It may be wrong or forged, so it proves nothing.
///
/// The GPS position is not read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Camera {
    /// The capture time by the camera's clock: `2026-03-04T10:11:12`, a valid day and time. The zone of that clock is
    /// unknown.
    pub taken_local: Option<String>,
    /// The offset of that clock from UTC in minutes, east positive; few cameras write it.
    pub utc_offset_minutes: Option<i16>,
    /// Make and model, at most 100 characters.
    pub device: Option<String>,
    /// The EXIF orientation, 1 to 8.
    pub orientation: Option<u8>,
}

impl Camera {
    /// The metadata in EXIF data; unreadable data gives none.
    pub(crate) fn read(notes: Option<&[u8]>) -> Self {
        let Some(notes) = notes else { return Self::default() };
        let read = Reader::new().continue_on_error(true).read_raw(notes[..notes.len().min(MAX_NOTES)].to_vec());
        let Ok(exif) = read.or_else(|error| error.distill_partial_result(|_| {})) else { return Self::default() };
        let taken = TAKEN.iter().find_map(|&(time, zone)| {
            let local = text(&exif, time).and_then(|text| moment(&text))?;
            Some((local, text(&exif, zone).and_then(|text| offset(text.trim()))))
        });
        let (taken_local, utc_offset_minutes) = taken.map_or((None, None), |(local, offset)| (Some(local), offset));
        let orientation = exif.get_field(Tag::Orientation, In::PRIMARY).and_then(|field| field.value.get_uint(0));
        Self {
            utc_offset_minutes,
            taken_local,
            device: device(text(&exif, Tag::Make).as_deref(), text(&exif, Tag::Model).as_deref()),
            orientation: orientation.and_then(|said| u8::try_from(said).ok()).filter(|said| (1..=8).contains(said)),
        }
    }

    /// The rotation of the picture.
    pub(crate) fn turn(&self) -> Orientation {
        self.orientation.and_then(Orientation::from_exif).unwrap_or(Orientation::NoTransforms)
    }
}

/// The text of a tag.
fn text(exif: &Exif, tag: Tag) -> Option<String> {
    let Value::Ascii(texts) = &exif.get_field(tag, In::PRIMARY)?.value else { return None };
    // A long name is cut later.
    let first = texts.first()?;
    Some(String::from_utf8_lossy(&first[..first.len().min(4 * MAX_DEVICE)]).into_owned())
}

/// Numbers of two or four digits between these separators.
fn numbers<const N: usize>(text: &str, pattern: &str) -> Option<[u16; N]> {
    if text.len() != pattern.len() || !text.is_ascii() {
        return None;
    }
    let fits = |(byte, like): (u8, u8)| match like {
        b'0' => byte.is_ascii_digit(),
        // Programs write dates in different forms.
        b':' => matches!(byte, b':' | b'-' | b'/' | b'.'),
        _ => matches!(byte, b' ' | b'T'),
    };
    if !text.bytes().zip(pattern.bytes()).all(fits) {
        return None;
    }
    let mut parts = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    let numbers = std::array::from_fn(|_| parts.next().and_then(|part| part.parse().ok()).unwrap_or(u16::MAX));
    Some(numbers)
}

/// The moment of a text in EXIF's form, if it exists and is plausible for a photo.
fn moment(text: &str) -> Option<String> {
    let text = text.trim_matches(|c: char| c == '\0' || c.is_whitespace());
    // Some programs append fractions of a second, or the zone.
    let parts = numbers(text.get(..19)?, "0000:00:00 00:00:00")?;
    local_moment(parts)
}

/// A day and a time as text, if they exist and are plausible for a photo.
pub(crate) fn local_moment([year, month, day, hour, minute, second]: [u16; 6]) -> Option<String> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    let exists = YEARS.contains(&year) && (1..=days).contains(&day) && hour < 24 && minute < 60 && second < 60;
    exists.then(|| format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"))
}

/// An offset from UTC in minutes, as `+08:00`.
pub(crate) fn offset(text: &str) -> Option<i16> {
    if text == "Z" {
        return Some(0);
    }
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let [hours, minutes] = numbers(rest, "00:00")?.map(i16::try_from);
    let (hours, minutes) = (hours.ok()?, minutes.ok()?);
    let offset = sign * (hours * 60 + minutes);
    (minutes < 60 && OFFSETS.contains(&offset)).then_some(offset)
}

/// Make and model in one line.
pub(crate) fn device(make: Option<&str>, model: Option<&str>) -> Option<String> {
    let (make, model) = (make.map(clean).unwrap_or_default(), model.map(clean).unwrap_or_default());
    // Some cameras repeat the make: "Canon" and "Canon EOS R5".
    let both = if model.to_lowercase().starts_with(&make.to_lowercase()) { model } else { format!("{make} {model}") };
    let cut: String = both.trim().chars().take(MAX_DEVICE).collect();
    let cut = cut.trim_end();
    if cut.is_empty() { None } else { Some(cut.to_owned()) }
}

/// The text in one line, without characters that control a terminal or the direction of text.
fn clean(text: &str) -> String {
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFFD}')
    };
    let kept: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|&c| !steers(c)).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

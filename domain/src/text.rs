//! Free text: trimmed, bounded, without control characters.

use crate::refusal::{Refusal, RefusalCode};

/// Longest name, in characters.
pub const NAME_LIMIT: usize = 200;
/// Longest phone number, in characters.
pub const PHONE_LIMIT: usize = 40;
/// Longest description, note, reason or comment, in characters.
pub const NOTE_LIMIT: usize = 4_000;

/// Trims and checks a text that must be there.
///
/// # Errors
/// `TEXT_REQUIRED`, `TEXT_TOO_LONG` or `TEXT_INVALID` at `field`.
pub fn required(text: &str, limit: usize, field: &str) -> Result<String, Refusal> {
    let text = bounded(text, limit, field)?;
    if text.is_empty() { Err(Refusal::at(RefusalCode::TextRequired, field)) } else { Ok(text) }
}

/// Trims and checks a text that may be left out; nothing but blanks counts as left out.
///
/// # Errors
/// `TEXT_TOO_LONG` or `TEXT_INVALID` at `field`.
pub fn optional(text: Option<&str>, limit: usize, field: &str) -> Result<Option<String>, Refusal> {
    text.map(|text| bounded(text, limit, field)).transpose().map(|text| text.filter(|text| !text.is_empty()))
}

/// Trims and checks a phone number as people write it; nothing but blanks counts as left out.
///
/// # Errors
/// `TEXT_TOO_LONG`, `TEXT_INVALID` or `INVALID_VALUE` at `field`.
pub fn optional_phone(text: Option<&str>, field: &str) -> Result<Option<String>, Refusal> {
    let phone = optional(text, PHONE_LIMIT, field)?;
    match phone {
        Some(phone) if !is_phone(&phone) => Err(Refusal::at(RefusalCode::InvalidValue, field)
            .because("a phone number has digits, blanks and + - ( ) / . only", "电话只能包含数字、空格和 + - ( ) / .")),
        phone => Ok(phone),
    }
}

/// Whether the text is a phone number as people write it.
pub(crate) fn is_phone(text: &str) -> bool {
    let possible = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | ' ' | '(' | ')' | '/' | '.');
    text.chars().all(possible) && text.chars().any(|c| c.is_ascii_digit())
}

fn bounded(text: &str, limit: usize, field: &str) -> Result<String, Refusal> {
    let text = text.trim();
    // A byte is never more than a character, so a megabyte is refused without counting it.
    if text.len() > limit * 4 || text.chars().count() > limit {
        return Err(Refusal::at(RefusalCode::TextTooLong, field).with("limit", limit));
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t' && c != '\r') {
        return Err(Refusal::at(RefusalCode::TextInvalid, field));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_counted_in_characters_not_bytes() {
        let just = "😀".repeat(NOTE_LIMIT);
        assert_eq!(required(&just, NOTE_LIMIT, "d").map(|t| t.chars().count()), Ok(NOTE_LIMIT));
        let over = "😀".repeat(NOTE_LIMIT + 1);
        assert_eq!(required(&over, NOTE_LIMIT, "d").map_err(|r| r.code), Err(RefusalCode::TextTooLong));
    }

    #[test]
    fn blanks_and_controls() {
        assert_eq!(required("  \n", 10, "d").map_err(|r| r.code), Err(RefusalCode::TextRequired));
        assert_eq!(required("a\0b", 10, "d").map_err(|r| r.code), Err(RefusalCode::TextInvalid));
        assert_eq!(optional(Some("  "), 10, "d"), Ok(None));
        assert_eq!(optional(Some(" a\tb\n"), 10, "d"), Ok(Some("a\tb".to_owned())));
    }
}

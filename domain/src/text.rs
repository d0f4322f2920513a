//! Free text: in one normal form, trimmed, bounded, without control characters; and the keys by which texts are
//! compared.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use crate::refusal::{Refusal, RefusalCode};
use crate::words::Phrase;

/// Longest name, in characters.
pub const NAME_LIMIT: usize = 200;
/// Longest phone number, in characters.
pub const PHONE_LIMIT: usize = 40;
/// Longest description, note, reason or comment, in characters.
pub const NOTE_LIMIT: usize = 4_000;

/// What a phone number looks like.
pub(crate) const PHONE_SHAPE: Phrase =
    ("a phone number has digits, blanks and + - ( ) / . only", "电话只能包含数字、空格和 + - ( ) / .");

/// Trims and checks a text that must be there.
///
/// # Errors
/// `TEXT_REQUIRED`, `TEXT_TOO_LONG` or `TEXT_INVALID` at `field`.
pub fn required(text: &str, limit: usize, field: &str) -> Result<String, Refusal> {
    let text = bounded(text, limit, field)?;
    if text.is_empty() { Err(Refusal::at(RefusalCode::TextRequired, field)) } else { Ok(text) }
}

/// Trims and checks the name of a person or company: on one line, without invisible characters that change how others
/// read.
///
/// # Errors
/// `TEXT_REQUIRED`, `TEXT_TOO_LONG` or `TEXT_INVALID` at `field`.
pub fn name(text: &str, field: &str) -> Result<String, Refusal> {
    let name = required(text, NAME_LIMIT, field)?;
    if is_fit_for_name(&name) { Ok(name) } else { Err(Refusal::at(RefusalCode::TextInvalid, field)) }
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
        Some(phone) if !is_phone(&phone) => {
            Err(Refusal::at(RefusalCode::InvalidValue, field).because(PHONE_SHAPE.0, PHONE_SHAPE.1))
        }
        phone => Ok(phone),
    }
}

/// Whether the text is a phone number as people write it.
pub(crate) fn is_phone(text: &str) -> bool {
    let possible = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | ' ' | '(' | ')' | '/' | '.');
    text.chars().all(possible) && text.chars().any(|c| c.is_ascii_digit())
}

fn bounded(text: &str, limit: usize, field: &str) -> Result<String, Refusal> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || is_removed(c));
    // A byte is never more than a character, so a megabyte is refused without counting it.
    if text.len() > limit * 4 || text.chars().count() > limit {
        return Err(Refusal::at(RefusalCode::TextTooLong, field).with("limit", limit));
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t' && c != '\r') {
        return Err(Refusal::at(RefusalCode::TextInvalid, field));
    }
    // What shows nothing says nothing.
    Ok(normal(text))
}

/// A text in its normal form: composed, trimmed, without marks of direction; empty if it shows nothing.
#[must_use]
pub fn normal(text: &str) -> String {
    if text.chars().all(|c| c.is_whitespace() || is_invisible(c)) {
        return String::new();
    }
    let composed: String = text.chars().filter(|c| !is_removed(*c)).nfc().collect();
    composed.trim().to_owned()
}

/// Whether a character shows nothing, wherever it stands: Unicode's default ignorable characters, and blanks that are
/// no white space.
#[must_use]
pub const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}' | '\u{1BCA0}'..='\u{1BCA3}'
        | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Whether a character is taken out of texts: it steers the direction of what follows, or shows nothing and means
/// nothing. Joiners, which make one letter or one picture of two, stay.
const fn is_removed(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}' | '\u{200E}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF0}'..='\u{FFFB}')
}

/// Whether a name has no character that is unfit for it. A joiner or non-joiner between two letters is part of the
/// spelling in Persian, Arabic and the scripts of India.
pub(crate) fn is_fit_for_name(name: &str) -> bool {
    let is_letter_at_end = |c: Option<char>| c.is_some_and(is_letter_or_mark);
    name.char_indices().all(|(at, c)| {
        let (before, after) = (&name[..at], &name[at + c.len_utf8()..]);
        let is_between_letters =
            || is_letter_at_end(before.chars().next_back()) && is_letter_at_end(after.chars().next());
        !is_unfit_for_name(c) || is_joiner(c) && is_between_letters()
    })
}

/// Whether a character joins its neighbours or keeps them apart, and shows nothing itself.
const fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}'..='\u{200D}')
}

/// Whether a character is a letter or a mark on one (Unicode's categories L and M). The property `Alphabetic` has all
/// of L, and besides it numbers, some of M, and letters in circles and squares.
fn is_letter_or_mark(c: char) -> bool {
    let is_framed = matches!(c,
        '\u{24B6}'..='\u{24E9}' | '\u{1F130}'..='\u{1F149}' | '\u{1F150}'..='\u{1F169}' | '\u{1F170}'..='\u{1F189}');
    is_combining_mark(c) || (c.is_alphabetic() && !c.is_numeric() && !is_framed)
}

/// Whether no name has this character, but for joiners between letters: Unicode's control and format characters, and
/// its separators of lines and paragraphs (the categories Cc, Cf, Zl and Zp).
fn is_unfit_for_name(c: char) -> bool {
    c.is_control()
        || matches!(c,
        '\u{AD}' | '\u{600}'..='\u{605}' | '\u{61C}' | '\u{6DD}' | '\u{70F}' | '\u{890}'..='\u{891}' | '\u{8E2}'
        | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{110BD}' | '\u{110CD}'
        | '\u{13430}'..='\u{1343F}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0001}'
        | '\u{E0020}'..='\u{E007F}')
}

/// The first digits of the scripts in which people count by tens.
const ZEROS: [char; 22] = [
    '\u{660}', '\u{6F0}', '\u{7C0}', '\u{966}', '\u{9E6}', '\u{A66}', '\u{AE6}', '\u{B66}', '\u{BE6}', '\u{C66}',
    '\u{CE6}', '\u{D66}', '\u{DE6}', '\u{E50}', '\u{ED0}', '\u{F20}', '\u{1040}', '\u{1090}', '\u{17E0}', '\u{1810}',
    '\u{A8D0}', '\u{FF10}',
];

/// A decimal digit of any script as the ASCII digit; any other character as it is.
#[must_use]
pub fn ascii_digit(c: char) -> char {
    if c.is_ascii() {
        return c;
    }
    let digit = ZEROS.iter().find_map(|&zero| u32::from(c).checked_sub(u32::from(zero)).filter(|&digit| digit < 10));
    digit.and_then(|digit| char::from_digit(digit, 10)).unwrap_or(c)
}

/// A code in plain characters, as new codes have to be written: full-width forms, ligatures and the like as the plain
/// characters, digits of any script as ASCII, without what shows nothing. Capital letters stay.
#[must_use]
pub fn plain_code(code: &str) -> String {
    let compatible: String =
        code.nfkc().filter(|c| !is_invisible(*c)).map(ascii_digit).map(plain_hyphen).nfc().collect();
    compatible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Hyphens and dashes as the one of the keyboard.
const fn plain_hyphen(c: char) -> char {
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' => '-',
        c => c,
    }
}

/// The version of [`folded`]: raised when the folding changes, so that the stored values are made anew.
pub const SEARCH_VERSION: i32 = 2;

/// The key by which texts are searched and codes are compared: as [`plain_code`], in small letters.
#[must_use]
pub fn folded(text: &str) -> String {
    let key = plain_code(text);
    // Through capital letters, so that ß is found by ss and ı by i; of the two small sigmas one.
    let small = key.to_uppercase().to_lowercase();
    let composed: String = small.chars().map(|c| if c == 'ς' { 'σ' } else { c }).nfkc().collect();
    // The capital İ becomes an i with a dot above, which is the letter i.
    composed.replace("i\u{307}", "i")
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
    fn what_shows_nothing_says_nothing() {
        for c in [
            '\u{200B}',
            '\u{3164}',
            '\u{FEFF}',
            '\u{AD}',
            '\u{2060}',
            '\u{115F}',
            '\u{2800}',
            '\u{FE0F}',
            '\u{E0041}',
            '\u{200D}',
        ] {
            let text = format!(" {c}{c} ");
            assert_eq!(required(&text, 10, "d").map_err(|r| r.code), Err(RefusalCode::TextRequired), "{c:?}");
            assert_eq!(optional(Some(&text), 10, "d"), Ok(None), "{c:?}");
        }
    }

    #[test]
    fn texts_have_one_form_and_no_marks_of_direction() {
        let text = |text: &str| required(text, 40, "d").expect("a text");
        assert_eq!(text("Ku\u{308}che"), "K\u{FC}che");
        assert_eq!(text("a \u{202E}b\u{202C} \u{2066}c\u{2069}\u{200E}"), "a b c");
        assert_eq!(text("\u{FEFF}soft\u{AD}ly \u{200B}"), "softly");
        // A family, a flag, and letters that are joined.
        for kept in
            ["\u{1F468}\u{200D}\u{1F469}", "\u{1F3F4}\u{E0067}\u{E007F}", "\u{2764}\u{FE0F}", "\u{646}\u{200C}\u{645}"]
        {
            assert_eq!(text(kept), kept);
        }
    }

    #[test]
    fn a_name_stands_on_one_line_and_shows_each_character() {
        for good in ["孙丽华", "Ana Silva", "O'Neill-Ng", "葛\u{E0100}城", "محمد", "Żółć"] {
            assert_eq!(name(good, "name").as_deref(), Ok(good));
        }
        // Marks of direction are taken out, as of every text.
        assert_eq!(name(" Ana\u{202E} Silva\n", "name").as_deref(), Ok("Ana Silva"));
        let odd = "\n\r\t\0\u{85}\u{2028}\u{2029}\u{600}\u{1D173}\u{E0041}";
        for c in odd.chars() {
            let text = format!("Ana{c}Silva");
            assert_eq!(name(&text, "name").map_err(|r| r.code), Err(RefusalCode::TextInvalid), "{c:?}");
        }
        assert_eq!(name(" ", "name").map_err(|r| r.code), Err(RefusalCode::TextRequired));
        assert_eq!(name(&"x".repeat(NAME_LIMIT + 1), "name").map_err(|r| r.code), Err(RefusalCode::TextTooLong));
    }

    #[test]
    fn a_name_has_joiners_between_letters_only() {
        for (text, is_fit) in [
            // Persian, Sinhala and Hindi: between letters, and between a mark and a letter.
            ("علی\u{200C}رضا", true),
            ("ශ්\u{200D}රී", true),
            ("क्\u{200D}ष", true),
            ("राम\u{200C}सिंह", true),
            ("Dev\u{200D}eloper", true),
            // Beside a blank, a digit, punctuation, a sign, another joiner, or at an end.
            ("Ana \u{200D}Silva", false),
            ("Ana\u{200C} Silva", false),
            ("Ana\u{200D}1", false),
            ("٣\u{200C}علی", false),
            ("Ana\u{200D}-Silva", false),
            ("Ana\u{200D}\u{1F600}", false),
            ("\u{1F468}\u{200D}\u{1F469}", false),
            ("Ⓐ\u{200D}b", false),
            ("a\u{200D}Ⅷ", false),
            ("Ana\u{200C}\u{200D}Silva", false),
            ("\u{200D}Ana", false),
            ("Ana\u{200C}", false),
        ] {
            assert_eq!(is_fit_for_name(text), is_fit, "{text:?}");
            let answer = name(text, "name").map_err(|refusal| refusal.code);
            assert_eq!(
                answer,
                if is_fit { Ok(text.nfc().collect()) } else { Err(RefusalCode::TextInvalid) },
                "{text:?}"
            );
        }
        // Names that differ by a joiner alone are one name where names are compared.
        assert_eq!(folded("Dev\u{200D}eloper"), folded("developer"));
    }

    #[test]
    fn keys_are_equal_where_people_see_the_same() {
        for same in [
            "１-301",
            "1-301\u{200B}",
            "\u{FEFF}1-301",
            "1\u{AD}-301",
            "1\u{2060}-301",
            "\u{202D}1-301\u{202C}",
            "1－301",
            "1‑301",
            "١-٣٠١",
        ] {
            assert_eq!(plain_code(same), "1-301", "{same:?}");
        }
        assert_ne!(plain_code("a-1"), plain_code("A-1"));
        for (one, other) in [
            ("Küche", "KU\u{308}CHE"),
            ("К1-201", "к1-201"),
            ("Ä-201", "ä-201"),
            ("ß-1", "SS-1"),
            ("ΟΔΟΣ", "οδος"),
            ("Ｋitchen", "kitchen"),
            ("ﬁne", "FINE"),
        ] {
            assert_eq!(folded(one), folded(other), "{one}");
            assert_eq!(folded(&folded(one)), folded(one), "{one}");
        }
    }

    #[test]
    fn turkish_letters_are_found_by_any_i() {
        for spelled in
            ["istanbul", "İstanbul", "I\u{307}stanbul", "i\u{307}stanbul", "ıstanbul", "ISTANBUL", "İSTANBUL"]
        {
            assert_eq!(folded(spelled), "istanbul", "{spelled:?}");
            assert_eq!(folded(&folded(spelled)), "istanbul", "{spelled:?}");
        }
        for (one, other) in [("DİYARBAKIR", "diyarbakır"), ("Iğdır", "IĞDIR"), ("İ-1", "i-1"), ("Şişli", "ŞİŞLİ")]
        {
            assert_eq!(folded(one), folded(other), "{one}");
        }
        // A dot on another letter says something.
        assert_ne!(folded("ż"), folded("z"));
    }

    #[test]
    fn blanks_and_controls() {
        assert_eq!(required("  \n", 10, "d").map_err(|r| r.code), Err(RefusalCode::TextRequired));
        assert_eq!(required("a\0b", 10, "d").map_err(|r| r.code), Err(RefusalCode::TextInvalid));
        assert_eq!(optional(Some("  "), 10, "d"), Ok(None));
        assert_eq!(optional(Some(" a\tb\n"), 10, "d"), Ok(Some("a\tb".to_owned())));
    }
}

//! Keys by which names are compared: names that a reader takes for one another have a key in common.
//!
//! Which letters look alike says Unicode's list of confusable characters (UTS 39). Chinese, Japanese and Korean
//! characters are compared as they are, because names of one or two of them often differ by one stroke.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;
use unicode_security::skeleton;

use crate::text::{folded, plain_code};

/// A key by which names are compared. No key alone finds all pairs: `Lan` and `Ian` are two names, and yet `lan` is the
/// first one in small letters and looks like the second one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum NameKey {
    /// The name in small letters.
    Folded(String),
    /// The same, with letters of other scripts, and digits, as the Latin letters that they look like.
    Letters(String),
    /// The shapes of the characters, capital letters as they are.
    Shapes(String),
}

/// The keys of a person's name. The order of its words does not count: people write the family name first or last.
#[must_use]
pub fn person_name_keys(name: &str) -> [NameKey; 3] {
    keys(name, |text| words(text, true))
}

/// The keys of a company's name, of which the order of words is a part.
#[must_use]
pub fn company_name_keys(name: &str) -> [NameKey; 3] {
    keys(name, |text| words(text, false))
}

fn keys(name: &str, to_words: impl Fn(&str) -> String) -> [NameKey; 3] {
    let plain = plain_code(name);
    let letters = folded(&shapes(&folded(&latin_letters(&plain))));
    [
        NameKey::Folded(to_words(&folded(name))),
        NameKey::Letters(to_words(&letters)),
        NameKey::Shapes(to_words(&shapes(&plain))),
    ]
}

/// The words of a text, without the punctuation between them; a text without any word as it is.
fn words(text: &str, is_sorted: bool) -> String {
    let is_between_words = |c: char| !c.is_alphanumeric() && !is_combining_mark(c);
    let mut words: Vec<&str> = text.split(is_between_words).filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        return text.to_owned();
    }
    if is_sorted {
        words.sort_unstable();
    }
    words.join(" ")
}

/// A text with each character outside of ASCII as the one that it looks like. The list has `l` for every character that
/// looks like a capital I, so a capital one becomes an I here.
fn latin_letters(text: &str) -> String {
    let mut letters = String::with_capacity(text.len());
    for c in text.chars() {
        if is_east_asian(c) {
            letters.push(c);
            continue;
        }
        for part in std::iter::once(c).nfd() {
            let shape = if part.is_ascii() { part.to_string() } else { shape(part) };
            letters.push_str(if part.is_uppercase() && shape == "l" { "I" } else { &shape });
        }
    }
    letters
}

/// A text with each character as the one that stands for all characters of its shape.
fn shapes(text: &str) -> String {
    let mut shapes = String::with_capacity(text.len());
    for c in text.chars() {
        if is_east_asian(c) {
            shapes.push(c);
        } else {
            shapes.push_str(&shape(c));
        }
    }
    shapes
}

fn shape(c: char) -> String {
    skeleton(c.encode_utf8(&mut [0; 4])).collect()
}

/// Whether a character is Chinese, Japanese or Korean, or of the punctuation and symbols of these scripts.
const fn is_east_asian(c: char) -> bool {
    matches!(c,
        '\u{1100}'..='\u{11FF}' | '\u{2E80}'..='\u{A4CF}' | '\u{A960}'..='\u{A97F}' | '\u{AC00}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_alike(keys: impl Fn(&str) -> [NameKey; 3], one: &str, other: &str) -> bool {
        let others = keys(other);
        keys(one).iter().any(|key| others.contains(key))
    }

    #[test]
    fn names_with_letters_of_the_same_shape_read_alike() {
        for (one, other) in [
            // Cyrillic, Greek, mathematical and full-width letters, and digits.
            ("Hans Meier", "Нans Meier"),
            ("Hans Meier", "НАNS МЕIЕR"),
            ("Sofia Rossi", "Sоfiа Rоssi"),
            ("Ivan", "Іvan"),
            ("ivan", "іvаn"),
            ("Anna Nova", "Αnna Νova"),
            ("Anna", "𝐀nna"),
            ("Anna", "Ａｎｎａ"),
            ("Bob Cole", "B0b C0le"),
            ("Bill", "Bi1l"),
            ("Ian Lee", "lan Lee"),
            // The same letters in another case.
            ("Lan Chen", "lan chen"),
            ("Захар", "ЗАХАР"),
            ("Захар", "захар"),
            ("İstanbul", "istanbul"),
            ("José", "JOSE\u{301}"),
            ("علی\u{200C}رضا", "علیرضا"),
        ] {
            assert!(read_alike(person_name_keys, one, other), "{one} {other}");
            assert!(read_alike(company_name_keys, one, other), "{one} {other}");
        }
    }

    #[test]
    fn the_order_of_words_counts_for_companies_only() {
        for (one, other) in [
            ("Sun Lihua", "Lihua Sun"),
            ("Sun Lihua", "Lihua, Sun"),
            ("Sun Lihua 孙丽华", "孙丽华 Lihua Sun"),
            ("Anna-Maria Silva", "Silva Anna Maria"),
            ("Sofia Rossi", "Rоssi Sоfiа"),
        ] {
            assert!(read_alike(person_name_keys, one, other), "{one} {other}");
            assert!(!read_alike(company_name_keys, one, other), "{one} {other}");
        }
    }

    #[test]
    fn other_names_stay_others() {
        for (one, other) in [
            ("Lan Chen", "Ian Chen"),
            ("Jose", "José"),
            ("Sun Lihua", "Sun Lihui"),
            ("Contractor A", "Contractor B"),
            // Chinese characters that differ by a stroke, and those that look like letters of other scripts.
            ("王士", "王土"),
            ("李未", "李末"),
            ("田一", "田ー"),
            ("张力", "张カ"),
            ("李〇", "李O"),
            ("孙丽华", "华丽孙"),
            ("...", "---"),
        ] {
            assert!(!read_alike(person_name_keys, one, other), "{one} {other}");
        }
    }
}

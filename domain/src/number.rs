//! Numbers as people type them: with a comma, a sign or digits of their keyboard, blanks between thousands, a unit
//! behind.

use rust_decimal::Decimal;

use crate::text::ascii_digit;
use crate::words::{Bilingual, Phrase};

/// Most digits after the point.
pub const MAX_DECIMALS: usize = 6;
/// Most digits before it.
const MAX_WHOLE: usize = 9;
/// Most characters that are looked at.
const MAX_LENGTH: usize = 60;

const NOT_A_NUMBER: Phrase = ("this is not a decimal number", "不是有效的十进制数");
const TOO_LONG: Phrase = ("this number is too long", "数字过长");
const TOO_FINE: Phrase = ("at most 6 digits after the point", "小数点后最多 6 位");
const AMBIGUOUS: Phrase = (
    "this may mean thousands or a decimal comma; leave out the comma, or write a point",
    "逗号含义不明：请去掉逗号，或改用小数点",
);

/// A number, and the plain text that means it: ASCII digits, at most one point, a minus if it is negative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Number {
    /// Its value.
    pub value: Decimal,
    /// Its text.
    pub text: String,
}

/// Reads a number; `unit` is the one in which it is measured, which may stand behind it.
///
/// # Errors
/// Why it is none.
pub fn read(text: &str, unit: Option<&str>) -> Result<Number, Bilingual> {
    if text.chars().count() > MAX_LENGTH {
        return Err(TOO_LONG.into());
    }
    let text: String = text.chars().filter(|c| !crate::text::is_invisible(*c)).map(plain).collect();
    let text = text.trim();
    let (sign, rest) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (if text.starts_with('-') { "-" } else { "" }, rest.trim_start()),
        None => ("", text),
    };
    let is_of_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '\'' | ' ');
    let end = rest.find(|c| !is_of_number(c)).unwrap_or(rest.len());
    let (digits, behind) = rest.split_at(end);
    check_unit(behind.trim(), unit)?;
    let (whole, fraction) = parts(digits.trim_end())?;
    if whole.len() > MAX_WHOLE {
        return Err(TOO_LONG.into());
    }
    if fraction.len() > MAX_DECIMALS {
        return Err(TOO_FINE.into());
    }
    let whole = if whole.is_empty() { "0".to_owned() } else { whole };
    // Zero has no sign.
    let is_zero = whole.bytes().chain(fraction.bytes()).all(|digit| digit == b'0');
    let sign = if is_zero { "" } else { sign };
    let text = if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") };
    let value = text.parse().map_err(|_| Bilingual::from(NOT_A_NUMBER))?;
    Ok(Number { value, text })
}

/// A character as a plain number has it.
fn plain(c: char) -> char {
    match c {
        '\u{2212}' | '\u{2010}'..='\u{2015}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}' | '\u{207B}' => '-',
        '\u{FF0B}' | '\u{FE62}' => '+',
        // Full stops and points.
        '\u{FF0E}' | '\u{3002}' | '\u{FF61}' | '\u{FE52}' => '.',
        '\u{066B}' | '\u{FF0C}' | '\u{FE50}' | '\u{3001}' | '\u{060C}' => ',',
        '\u{066C}' | '\u{2019}' | '\u{02BC}' | '\u{FF07}' => '\'',
        c if c.is_whitespace() => ' ',
        c => ascii_digit(c),
    }
}

/// The digits before and after the point.
fn parts(text: &str) -> Result<(String, String), Phrase> {
    let marks: Vec<(usize, char)> = text.char_indices().filter(|(_, c)| matches!(c, '.' | ',')).collect();
    let (whole, fraction) = match marks.as_slice() {
        [] => (text, ""),
        [(at, ',')] if is_thousands(&text[..*at], &text[at + 1..]) => return Err(AMBIGUOUS),
        [(at, _)] => (&text[..*at], &text[at + 1..]),
        // Of several, the last one is the point if it differs from the others.
        [others @ .., (at, last)] => match others.iter().any(|(_, mark)| mark == last) {
            true => (text, ""),
            false => (&text[..*at], &text[at + 1..]),
        },
    };
    if !fraction.bytes().all(|digit| digit.is_ascii_digit()) || (whole.is_empty() && fraction.is_empty()) {
        return Err(NOT_A_NUMBER);
    }
    let groups: Vec<&str> = whole.split([',', '.', '\'', ' ']).collect();
    let one_mark = whole.chars().filter(|c| !c.is_ascii_digit()).collect::<std::collections::HashSet<_>>().len() <= 1;
    let is_group = |(n, group): (usize, &&str)| match n {
        _ if !group.bytes().all(|digit| digit.is_ascii_digit()) => false,
        0 => groups.len() == 1 || (1..=3).contains(&group.len()),
        _ => group.len() == 3,
    };
    if !one_mark || !groups.iter().enumerate().all(is_group) {
        return Err(NOT_A_NUMBER);
    }
    Ok((groups.concat(), fraction.to_owned()))
}

/// Whether a comma between these digits may stand for thousands.
fn is_thousands(before: &str, behind: &str) -> bool {
    behind.len() == 3 && (1..=3).contains(&before.len()) && !before.starts_with('0')
}

/// Refuses a unit that is not the one in which is measured.
fn check_unit(given: &str, unit: Option<&str>) -> Result<(), Bilingual> {
    if given.is_empty() {
        return Ok(());
    }
    if !given.chars().any(|c| c.is_alphabetic() || matches!(c, '%' | '\u{FF05}' | '\u{2030}' | '\u{3380}'..='\u{33FF}'))
    {
        return Err(NOT_A_NUMBER.into());
    }
    let folded = |text: &str| crate::text::folded(&text.replace(['²', '^'], "2").replace('³', "3"));
    let written = folded(given);
    let known: &[&str] = match written.as_str() {
        "毫米" | "公厘" => &["mm"],
        "厘米" | "公分" => &["cm"],
        "米" | "公尺" => &["m"],
        "小时" => &["h"],
        _ => &[],
    };
    let is_it = |unit: &str| written == folded(unit) || known.contains(&folded(unit).as_str());
    // A text that is no unit is no number either.
    match unit {
        Some(unit) if is_it(unit) => Ok(()),
        _ if UNITS.contains(&written.as_str()) || !known.is_empty() => Err(other_unit(given, unit)),
        _ => Err(NOT_A_NUMBER.into()),
    }
}

/// Of a number in another unit than the one in which is measured.
fn other_unit(given: &str, unit: Option<&str>) -> Bilingual {
    match unit {
        Some(unit) => (
            format!("it is given in \"{given}\", but measured in \"{unit}\"; convert it, or leave the unit out"),
            format!("填写的单位为“{given}”，该项的单位为“{unit}”；请换算，或只填写数字"),
        )
            .into(),
        None => (
            format!("it is given in \"{given}\"; write the number without a unit"),
            format!("填写了单位“{given}”；请只填写数字"),
        )
            .into(),
    }
}

/// Units that a refusal names when they are the wrong one.
const UNITS: [&str; 18] =
    ["mm", "cm", "dm", "m", "km", "um", "in", "ft", "%", "h", "mpa", "kpa", "ma", "a", "mohm", "mg/m3", "mm/m", "cm2"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_people_type_them() {
        for (typed, text) in [
            ("2.5", "2.5"),
            ("2,5", "2.5"),
            ("-2.5", "-2.5"),
            ("\u{2212}2.5", "-2.5"),
            ("–2,5", "-2.5"),
            ("- 2.5", "-2.5"),
            ("+2.5", "2.5"),
            ("２．５", "2.5"),
            ("－２，５", "-2.5"),
            ("２。５", "2.5"),
            ("٢٫٥", "2.5"),
            ("۲٫۵", "2.5"),
            ("२.५", "2.5"),
            (".5", "0.5"),
            ("-,5", "-0.5"),
            ("5.", "5"),
            ("2.5 mm", "2.5"),
            ("2.5mm", "2.5"),
            ("2,5 MM", "2.5"),
            ("2.5㎜", "2.5"),
            ("2.5 毫米", "2.5"),
            ("2800", "2800"),
            ("2 800", "2800"),
            ("2\u{202F}800,5", "2800.5"),
            ("2'800.5", "2800.5"),
            ("2,800.5", "2800.5"),
            ("2.800,5", "2800.5"),
            ("1,234,567", "1234567"),
            ("0,125", "0.125"),
            ("2800,125", "2800.125"),
            ("\u{200B}2.5\u{FEFF}", "2.5"),
            ("003", "003"),
            ("1.123456", "1.123456"),
            // Zero has no sign.
            ("-0", "0"),
            ("+0", "0"),
            ("\u{2212}0,00", "0.00"),
            ("-.0", "0.0"),
            ("-0.01", "-0.01"),
            // Blanks between thousands, of each width.
            ("1 234", "1234"),
            ("1\u{A0}234", "1234"),
            ("1\u{2009}234", "1234"),
            ("1\u{202F}234", "1234"),
            ("１　２３４", "1234"),
            ("12 345.6", "12345.6"),
            ("1 234 567,8", "1234567.8"),
            ("-1 234", "-1234"),
            ("1,234.5", "1234.5"),
            ("1.234,5", "1234.5"),
            ("1’234", "1234"),
            ("1 234 mm", "1234"),
        ] {
            let number = read(typed, Some("mm"));
            assert_eq!(number.as_ref().map(|number| number.text.as_str()), Ok(text), "{typed}");
            assert_eq!(number.map(|number| number.value), text.parse().map_err(|_| NOT_A_NUMBER.into()), "{typed}");
        }
    }

    #[test]
    fn what_is_no_number_or_may_be_two() {
        for (typed, why) in [
            ("1,234", AMBIGUOUS),
            ("12,345", AMBIGUOUS),
            ("1，234", AMBIGUOUS),
            ("-1,234 mm", AMBIGUOUS),
            ("1.1234567", TOO_FINE),
            ("1234567890", TOO_LONG),
            ("", NOT_A_NUMBER),
            ("-", NOT_A_NUMBER),
            (".", NOT_A_NUMBER),
            ("x", NOT_A_NUMBER),
            ("1e3", NOT_A_NUMBER),
            ("1_000", NOT_A_NUMBER),
            ("NaN", NOT_A_NUMBER),
            ("inf", NOT_A_NUMBER),
            ("--1", NOT_A_NUMBER),
            ("1.2.3", NOT_A_NUMBER),
            ("1 2", NOT_A_NUMBER),
            ("1234 567", NOT_A_NUMBER),
            ("1 23", NOT_A_NUMBER),
            ("1 2345", NOT_A_NUMBER),
            ("12 34 567", NOT_A_NUMBER),
            ("1,2 345", NOT_A_NUMBER),
            ("0x10", NOT_A_NUMBER),
            ("2.5 apples", NOT_A_NUMBER),
            ("2.5 -", NOT_A_NUMBER),
            ("½", NOT_A_NUMBER),
        ] {
            assert_eq!(read(typed, Some("mm")), Err(why.into()), "{typed}");
        }
        assert_eq!(read(&"1".repeat(61), None), Err(TOO_LONG.into()));
    }

    #[test]
    fn a_wrong_unit_is_told_with_the_right_one() {
        for (typed, given) in [("25 cm", "cm"), ("2 厘米", "厘米"), ("2%", "%"), ("2.5 M", "M")] {
            let why = read(typed, Some("mm")).expect_err(typed);
            let en = format!("it is given in \"{given}\", but measured in \"mm\"; convert it, or leave the unit out");
            let zh = format!("填写的单位为“{given}”，该项的单位为“mm”；请换算，或只填写数字");
            assert_eq!(why, (en, zh).into(), "{typed}");
        }
        let why = read("2 mm", None).expect_err("no unit");
        assert_eq!(why.en, "it is given in \"mm\"; write the number without a unit");
    }
}

//! Addresses of messages: e-mail addresses, and phone numbers as E.164.

use crate::refusal::{Refusal, RefusalCode};
use crate::text::{ascii_digit, optional};
use crate::words::Phrase;

/// Longest e-mail address, in characters.
pub const EMAIL_LIMIT: usize = 254;
/// Longest part before the @, in characters.
const LOCAL_LIMIT: usize = 64;
/// Longest label of a domain, in characters.
const LABEL_LIMIT: usize = 63;

/// Fewest digits of a word that is taken for a phone number.
const NUMBER_DIGITS: usize = 10;

/// What an e-mail address looks like.
pub(crate) const EMAIL_SHAPE: Phrase =
    ("an e-mail address looks like name@example.com", "邮箱格式应如“name@example.com”");

/// Trims and checks an e-mail address; nothing but blanks counts as left out. The domain is folded to small letters.
///
/// # Errors
/// `TEXT_TOO_LONG`, `TEXT_INVALID` or `INVALID_VALUE` at `field`.
pub fn optional_email(text: Option<&str>, field: &str) -> Result<Option<String>, Refusal> {
    let Some(text) = optional(text, EMAIL_LIMIT, field)? else { return Ok(None) };
    let refusal = || Refusal::at(RefusalCode::InvalidValue, field).because(EMAIL_SHAPE.0, EMAIL_SHAPE.1);
    email(&text).map(Some).ok_or_else(refusal)
}

/// An e-mail address as it is stored; none for a text that is none. Characters beyond ASCII, quoted names and addresses
/// of machines (`[192.0.2.1]`) are not taken: few mail servers do.
#[must_use]
pub fn email(text: &str) -> Option<String> {
    let (local, domain) = text.trim().rsplit_once('@')?;
    let is_atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~-".contains(c);
    let is_local =
        local.len() <= LOCAL_LIMIT && local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atom));
    let is_label = |label: &str| {
        let fits = !label.is_empty() && label.len() <= LABEL_LIMIT;
        let possible = label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        fits && possible && !label.starts_with('-') && !label.ends_with('-')
    };
    let is_domain = domain.contains('.') && domain.split('.').all(is_label);
    let is_name = domain.rsplit('.').next().is_some_and(|last| last.chars().any(|c| c.is_ascii_alphabetic()));
    let email = format!("{local}@{}", domain.to_ascii_lowercase());
    (is_local && is_domain && is_name && email.len() <= EMAIL_LIMIT).then_some(email)
}

/// The masked form of an address for people who may know that there is one: `x…@example.com`, `…5678`.
#[must_use]
pub fn masked(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) => format!("{}…@{domain}", local.chars().next().unwrap_or_default()),
        None => {
            let count = address.chars().count();
            // Of a short text most stays hidden.
            let shown = (count / 3).min(4);
            format!("…{}", address.chars().skip(count - shown).collect::<String>())
        }
    }
}

/// A text of a stranger with the addresses and numbers in it masked: a mail server names the address in its refusal, and
/// the text is kept longer than the address.
#[must_use]
pub fn without_addresses(text: &str) -> String {
    let is_part = |c: char| c.is_alphanumeric() || "+@._-'".contains(c);
    let mut masked_text = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        let digits = word.chars().filter(char::is_ascii_digit).count();
        let is_number = digits >= NUMBER_DIGITS && word.chars().all(|c| c.is_ascii_digit() || "+-.".contains(c));
        if word.contains('@') || is_number {
            masked_text.push_str(&masked(word))
        } else {
            masked_text.push_str(word)
        }
        let other = behind.chars().take_while(|c| !is_part(*c)).map(char::len_utf8).sum();
        masked_text.push_str(&behind[..other]);
        rest = &behind[other..];
    }
    masked_text
}

/// A phone number as E.164 (`+8613812345678`); none for a text of which the country cannot be known.
///
/// A number with its country's code in front (`+` or `00`) has 8 to 15 digits. Without one it is a Chinese mobile
/// number: 11 digits, the first 1, the second 3 to 9. Chinese numbers with the country's code and a trunk zero, and
/// whatever else is written, are no number that can be sent to.
#[must_use]
pub fn e164(text: &str) -> Option<String> {
    let plain: String = text.trim().chars().map(ascii_digit).filter(|c| !is_separator(*c)).collect();
    let international = plain.strip_prefix('+').or_else(|| plain.strip_prefix("00"));
    let digits = international.unwrap_or(&plain);
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match international {
        Some(digits) => is_international(digits).then(|| format!("+{digits}")),
        None => is_chinese_mobile(digits).then(|| format!("+86{digits}")),
    }
}

/// Between the digits of a number as people write it: blanks, hyphens, dashes, brackets, slashes, dots.
const fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '\u{A0}' | '\u{3000}' | '-' | '\u{2010}'..='\u{2015}' | '(' | ')' | '（' | '）' | '/' | '.')
}

fn is_international(digits: &str) -> bool {
    let fits = (8..=15).contains(&digits.len()) && !digits.starts_with('0');
    // Of China only mobile numbers take messages.
    fits && digits.strip_prefix("86").is_none_or(is_chinese_mobile)
}

fn is_chinese_mobile(digits: &str) -> bool {
    digits.len() == 11
        && digits.starts_with('1')
        && digits.as_bytes().get(1).is_some_and(|second| (b'3'..=b'9').contains(second))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_its_country_or_is_a_chinese_mobile_number() {
        for (text, number) in [
            ("13812345678", Some("+8613812345678")),
            ("138 1234 5678", Some("+8613812345678")),
            ("１３８-1234-5678", Some("+8613812345678")),
            ("+86 138 1234 5678", Some("+8613812345678")),
            ("0086 (138) 1234.5678", Some("+8613812345678")),
            ("+49 170 1234567", Some("+491701234567")),
            ("+1 (415) 555-0132", Some("+14155550132")),
            ("+852 5123 4567", Some("+85251234567")),
            // A fixed line, a number without a country, too short, too long, a second +.
            ("+86 21 6234 5678", None),
            ("021-62345678", None),
            ("12812345678", None),
            ("1381234567", None),
            ("+1234567", None),
            ("+1234567890123456", None),
            ("+0123456789", None),
            ("138+12345678", None),
            ("", None),
            ("+", None),
            ("138 1234 5678 ext 9", None),
        ] {
            assert_eq!(e164(text).as_deref(), number, "{text:?}");
        }
    }

    #[test]
    fn an_e_mail_address_is_plain() {
        for (text, address) in [
            (" Xu.Hong+1@Riverside.Example ", Some("Xu.Hong+1@riverside.example")),
            ("a@b.cn", Some("a@b.cn")),
            ("o'neill@mail.example.org", Some("o'neill@mail.example.org")),
            ("no-at.example.org", None),
            ("a@b", None),
            ("a@@b.example", None),
            ("@b.example", None),
            (".a@b.example", None),
            ("a..b@c.example", None),
            ("a b@c.example", None),
            ("a@-b.example", None),
            ("a@b..example", None),
            ("a@192.0.2.1", None),
            ("a@b.example\r\nBcc: c@d.example", None),
            ("许红@riverside.example", None),
            ("\"a b\"@c.example", None),
        ] {
            assert_eq!(email(text).as_deref(), address, "{text:?}");
        }
        assert_eq!(email(&format!("{}@b.example", "a".repeat(65))), None);
        assert_eq!(optional_email(Some("  "), "email"), Ok(None));
        assert_eq!(optional_email(Some("x"), "email").map_err(|refusal| refusal.code), Err(RefusalCode::InvalidValue));
    }

    #[test]
    fn a_masked_address_tells_little() {
        assert_eq!(masked("xu.hong@riverside.example"), "x…@riverside.example");
        assert_eq!(masked("+8613812345678"), "…5678");
        assert_eq!(masked("abc"), "…c");
        assert_eq!(masked(""), "…");
    }

    #[test]
    fn no_address_stays_in_the_words_of_a_stranger() {
        for (said, kept) in [
            ("550 5.1.1 <xu.hong@a.example>: unknown", "550 5.1.1 <x…@a.example>: unknown"),
            ("+8613812345678 is off", "…5678 is off"),
            ("138-1234-5678、空号", "…5678、空号"),
            ("250 2.0.0 queued as 4BD2F11", "250 2.0.0 queued as 4BD2F11"),
            ("无此用户：许红@邮箱", "无此用户：许…@邮箱"),
            ("", ""),
        ] {
            assert_eq!(without_addresses(said), kept, "{said}");
        }
    }
}

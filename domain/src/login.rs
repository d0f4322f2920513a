//! Logins: what a person can type on a tablet, the same in lower and upper case.

use crate::refusal::{Refusal, RefusalCode};
use crate::text::required;
use crate::words::Phrase;

/// Longest login, in characters.
pub const LONGEST: usize = 100;

/// What a login looks like.
pub(crate) const SHAPE: Phrase =
    ("a login has letters a to z, digits and . _ - @ + only", "账号只能包含字母 a 到 z、数字和 . _ - @ +");

/// Trims, checks and folds a login.
///
/// # Errors
/// `TEXT_REQUIRED`, `TEXT_TOO_LONG`, `TEXT_INVALID` or `INVALID_VALUE` at `field`.
pub fn check(text: &str, field: &str) -> Result<String, Refusal> {
    let login = required(text, LONGEST, field)?;
    if is_login(&login) {
        return Ok(login.to_lowercase());
    }
    let refusal = Refusal::at(RefusalCode::InvalidValue, field);
    Err(refusal.because(SHAPE.0, SHAPE.1))
}

/// Whether the text has only characters of a login.
#[must_use]
pub fn is_login(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '@' | '+'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_folded_and_checked() {
        assert_eq!(check(" Sun.Lihua+1@Site.example ", "login"), Ok("sun.lihua+1@site.example".to_owned()));
        for (odd, code) in [
            ("", RefusalCode::TextRequired),
            ("孙丽华", RefusalCode::InvalidValue),
            ("sun lihua", RefusalCode::InvalidValue),
            ("a\0b", RefusalCode::TextInvalid),
        ] {
            assert_eq!(check(odd, "login").map_err(|refusal| refusal.code), Err(code), "{odd:?}");
        }
        assert_eq!(check(&"x".repeat(101), "login").map_err(|refusal| refusal.code), Err(RefusalCode::TextTooLong));
    }
}

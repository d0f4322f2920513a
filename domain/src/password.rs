//! Which passwords people may choose: one rule for every way in which a password is set.
//!
//! Passwords that were set before the rule became stricter still sign in; they are never judged again.

use std::collections::HashSet;
use std::sync::LazyLock;

use crate::refusal::{Refusal, RefusalCode};

/// Fewest characters of a password.
pub const SHORTEST: usize = 10;
/// Most characters of a password.
pub const LONGEST: usize = 128;

/// Passwords of at least [`SHORTEST`] characters among the 19,640 most used ones, lower-case, one a line. Their source
/// and licence are in `seed/LICENSES.txt`.
const COMMON: &str = include_str!("../seed/common-passwords.txt");
/// Passwords that this project's own files published.
const PUBLISHED: [&str; 2] = ["handover-demo", "change-me-now"];

static WEAK: LazyLock<HashSet<&str>> = LazyLock::new(|| COMMON.lines().chain(PUBLISHED).collect());

/// Why a password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// Fewer than [`SHORTEST`] characters.
    TooShort,
    /// More than [`LONGEST`] characters.
    TooLong,
    /// One of the most used passwords, or one that was published.
    Common,
    /// The person's login, or its part before the `@`.
    Login,
}

impl Weakness {
    /// What is wrong and what would be right, in English.
    #[must_use]
    pub const fn english(self) -> &'static str {
        match self {
            Self::TooShort => "a password has at least 10 characters",
            Self::TooLong => "a password has at most 128 characters",
            Self::Common => "this password is one of the most used ones; choose one that is harder to guess",
            Self::Login => "the password is the login; choose another one",
        }
    }

    /// What is wrong and what would be right, in Chinese.
    #[must_use]
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::TooShort => "密码至少需要 10 个字符",
            Self::TooLong => "密码最多 128 个字符",
            Self::Common => "该密码过于常见，请换一个更难猜到的密码",
            Self::Login => "密码不能与账号相同",
        }
    }
}

/// What is wrong with a new password of this login, if anything. Upper and lower case count as the same here.
#[must_use]
pub fn weakness(password: &str, login: &str) -> Option<Weakness> {
    // A character has at most four bytes, so a megabyte is refused without counting its characters.
    if password.len() > LONGEST * 4 || password.chars().count() > LONGEST {
        return Some(Weakness::TooLong);
    }
    if password.chars().count() < SHORTEST {
        return Some(Weakness::TooShort);
    }
    let (folded, login) = (password.trim().to_lowercase(), login.trim().to_lowercase());
    let local = login.split('@').next().unwrap_or_default();
    if folded == login || folded == local {
        Some(Weakness::Login)
    } else if WEAK.contains(folded.as_str()) {
        Some(Weakness::Common)
    } else {
        None
    }
}

/// Checks a new password of this login.
///
/// # Errors
/// `INVALID_VALUE` at `field`.
pub fn check(password: &str, login: &str, field: &str) -> Result<(), Refusal> {
    match weakness(password, login) {
        None => Ok(()),
        Some(weakness) => {
            let refusal = Refusal::at(RefusalCode::InvalidValue, field);
            Err(refusal.because(weakness.english(), weakness.chinese()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_is_counted_in_characters() {
        assert_eq!(weakness("123456789", "ana"), Some(Weakness::TooShort));
        assert_eq!(weakness("验房密码九个字符哦", "ana"), Some(Weakness::TooShort));
        assert_eq!(weakness("验房密码是十个字符哦", "ana"), None);
        assert_eq!(weakness(&"😀".repeat(LONGEST), "ana"), None);
        assert_eq!(weakness(&"😀".repeat(LONGEST + 1), "ana"), Some(Weakness::TooLong));
        assert_eq!(weakness(&"x".repeat(1_000_000), "ana"), Some(Weakness::TooLong));
    }

    #[test]
    fn common_and_published_passwords_are_refused_in_any_case() {
        for common in ["1234567890", "Password123", "qwertyuiop", "handover-demo", "change-me-now", " 1234567890 "] {
            assert_eq!(weakness(common, "ana"), Some(Weakness::Common), "{common}");
        }
        assert!(COMMON.lines().count() > 1_500);
        assert!(COMMON.lines().all(|line| line.chars().count() >= SHORTEST && line == line.to_lowercase()));
    }

    #[test]
    fn the_login_is_no_password() {
        for password in ["sun.lihua@site.example", "SUN.LIHUA@site.example", "sun.lihua.1"] {
            let login = if password.contains('@') { "sun.lihua@site.example" } else { "sun.lihua.1@site.example" };
            assert_eq!(weakness(password, login), Some(Weakness::Login), "{password}");
        }
        assert_eq!(weakness("sun.lihua@site.example!", "sun.lihua@site.example"), None);
    }
}

//! Which passwords people may choose: one rule for every way in which a password is set.
//!
//! Passwords that were set before the rule became stricter still sign in; they are never judged again.

use std::collections::HashSet;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization as _;

use crate::refusal::{Refusal, RefusalCode};
use crate::text::is_invisible;

/// Fewest characters of a password.
pub const SHORTEST: usize = 10;
/// Most characters of a password.
pub const LONGEST: usize = 128;
/// Fewest different visible characters of a password.
const FEWEST_DIFFERENT: usize = 5;

/// Passwords of at least [`SHORTEST`] characters among the 19,640 most used ones, lower-case, one a line. Their source
/// and licence are in `seed/LICENSES.txt`.
const COMMON: &str = include_str!("../seed/common-passwords.txt");
/// Passwords that this project's own files published.
const PUBLISHED: [&str; 2] = ["handover-demo", "change-me-now"];

/// Fewest letters of a word that is compared without what stands around it: of fewer too many passwords would be
/// refused.
const SHORTEST_WORD: usize = 6;
/// The same of a login, which is compared with the passwords of one person only.
const SHORTEST_LOGIN_WORD: usize = 3;

/// The most used passwords as they are compared.
struct Weak {
    whole: HashSet<String>,
    words: HashSet<String>,
}

static WEAK: LazyLock<Weak> = LazyLock::new(|| {
    let whole: HashSet<String> = COMMON.lines().chain(PUBLISHED).map(comparable).collect();
    let words = whole.iter().flat_map(|text| words_of(text)).filter(|word| word.chars().count() >= SHORTEST_WORD);
    Weak { words: words.collect(), whole }
});

/// Why a password is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// Fewer than [`SHORTEST`] characters.
    TooShort,
    /// More than [`LONGEST`] characters.
    TooLong,
    /// One of the most used passwords, or one that was published.
    Common,
    /// The person's login, or its part before the `@`, with nothing but digits and signs around it.
    Login,
    /// Fewer than five different visible characters.
    Repetitive,
    /// A piece of fewer than [`SHORTEST`] characters, repeated.
    Repeated,
}

impl Weakness {
    /// The fault and the correct form, in English.
    #[must_use]
    pub const fn english(self) -> &'static str {
        match self {
            Self::TooShort => "a password has at least 10 characters",
            Self::TooLong => "a password has at most 128 characters",
            Self::Common => "this password is one of the most used ones; choose one that is harder to guess",
            Self::Login => "the password is the login; choose another one",
            Self::Repetitive => "a password has at least 5 different visible characters",
            Self::Repeated => "this password is a short piece, repeated; choose a longer one",
        }
    }

    /// The fault and the correct form, in Chinese.
    #[must_use]
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::TooShort => "密码至少需要 10 个字符",
            Self::TooLong => "密码最多 128 个字符",
            Self::Common => "该密码过于常见，请换一个更难猜到的密码",
            Self::Login => "密码不能与账号相同",
            Self::Repetitive => "密码至少需要 5 个不同的可见字符",
            Self::Repeated => "密码由较短的片段重复而成，请换一个更长的密码",
        }
    }
}

/// The fault of a new password for this login, if any. Capital letters, full-width forms, blanks, the usual digits and
/// signs for letters, digits and signs around a word, a repetition and the reverse order do not turn a known password
/// into another one.
#[must_use]
pub fn weakness(password: &str, login: &str) -> Option<Weakness> {
    // A character has at most four bytes, so a megabyte is refused without counting its characters.
    if password.len() > LONGEST * 4 || password.chars().count() > LONGEST {
        return Some(Weakness::TooLong);
    }
    if password.chars().filter(|c| !is_invisible(*c)).count() < SHORTEST {
        return Some(Weakness::TooShort);
    }
    let (compared, login) = (comparable(password), comparable(login));
    let once = piece_of(&compared);
    let backwards: String = compared.chars().rev().collect();
    if [compared.as_str(), once].into_iter().any(|text| is_login(text, &login)) {
        Some(Weakness::Login)
    } else if [compared.as_str(), once, backwards.as_str()].into_iter().any(is_common) {
        Some(Weakness::Common)
    } else if compared.chars().collect::<HashSet<_>>().len() < FEWEST_DIFFERENT {
        Some(Weakness::Repetitive)
    } else if once != compared && once.chars().count() < SHORTEST {
        Some(Weakness::Repeated)
    } else {
        None
    }
}

/// A password as it is compared: in small letters and compatible forms, without what shows nothing and without blanks.
fn comparable(text: &str) -> String {
    let seen = text.nfkc().filter(|c| !is_invisible(*c) && !c.is_whitespace());
    seen.flat_map(char::to_lowercase).collect()
}

/// The piece that makes the text by repetition; the whole text if there is none.
fn piece_of(text: &str) -> &str {
    let makes = |piece: &&str| text.len().is_multiple_of(piece.len()) && piece.repeat(text.len() / piece.len()) == text;
    let ends = text.char_indices().map(|(end, _)| end).skip(1).take_while(|end| end * 2 <= text.len());
    ends.map(|end| &text[..end]).find(makes).unwrap_or(text)
}

/// The words that a compared password may stand for: without the digits and signs around it and in it, and with letters
/// for the digits and signs that are written for them. `1` stands for `l` or `i`; `@` and `$` at an end may be letters.
fn words_of(compared: &str) -> [String; 4] {
    let bare = compared.trim_matches(|c: char| !c.is_alphabetic());
    let signed = compared.trim_matches(|c: char| !c.is_alphabetic() && c != '@' && c != '$');
    [(bare, 'l'), (bare, 'i'), (signed, 'l'), (signed, 'i')].map(|(text, one)| letters(text, one))
}

fn letters(text: &str, one: char) -> String {
    let letter = |c: char| match c {
        '@' => 'a',
        '0' => 'o',
        '1' => one,
        '3' => 'e',
        '$' | '5' => 's',
        c => c,
    };
    text.chars().map(letter).filter(|c| c.is_alphanumeric()).collect()
}

/// Whether a compared password is the compared login or the part before its `@`, or one of them between digits and
/// signs.
fn is_login(password: &str, login: &str) -> bool {
    let local = login.split('@').next().unwrap_or_default();
    let trimmed = password.trim_matches(|c: char| !c.is_alphanumeric());
    let words = words_of(password);
    [login, local].into_iter().filter(|name| !name.is_empty()).any(|name| {
        // A login of digits alone, such as a phone number, has no word.
        let lengthened = trimmed.strip_prefix(name).is_some_and(|rest| rest.chars().count() <= 2);
        let same_word = |word: &String| word.chars().count() >= SHORTEST_LOGIN_WORD && words.contains(word);
        password == name || lengthened || words_of(name).iter().any(same_word)
    })
}

/// Whether a compared password is one of the most used ones, or a run such as `abcdefghijk` or `1234567890123`.
fn is_common(password: &str) -> bool {
    let trimmed = password.trim_matches(|c: char| !c.is_alphanumeric());
    let known = WEAK.whole.contains(password) || WEAK.whole.contains(trimmed);
    known || is_run(trimmed) || words_of(password).iter().any(|word| WEAK.words.contains(word))
}

/// Whether each character is the neighbour of the one before, or the same.
fn is_run(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let neighbours = |one: char, other: char| {
        u32::from(one).abs_diff(u32::from(other)) <= 1 || matches!((one, other), ('9', '0') | ('0', '9'))
    };
    chars.len() > 1 && chars.windows(2).all(|pair| neighbours(pair[0], pair[1]))
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
        let longest = format!("{}😁😂🙂🙃", "😀".repeat(LONGEST - 4));
        assert_eq!(weakness(&longest, "ana"), None);
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
        for (password, login) in [
            ("sun.lihua@site.example!", "sun.lihua@site.example"),
            ("wu.property1", "wu.property"),
            ("12-Wu.Property-34!", "wu.property"),
            ("WuProperty", "wu.property"),
            ("ｗｕ.property", "wu.property"),
            ("wu.pr0perty7", "wu.property@site.example"),
            ("1380000111122", "13800001111"),
            ("sun.lihua.99", "sun.lihua.1@site.example"),
        ] {
            assert_eq!(weakness(password, login), Some(Weakness::Login), "{password}");
        }
        assert_eq!(weakness("wu.property keeps the keys", "wu.property"), None);
        assert_eq!(weakness("a house by 7 rivers", ""), None);
    }

    #[test]
    fn a_known_password_in_disguise_is_no_other_one() {
        for common in [
            "Password123!",
            "P@ssw0rd123",
            "Pa$$w0rd2026",
            "ｐａｓｓｗｏｒｄ１２３",
            "pass word123",
            "pass\u{200B}word123",
            "!!1234567890!!",
            "1234567890123",
            "abcdefghijkl",
            "iloveyou1234",
            "Handover Demo 7",
            "change_me_now!",
            "12345qwertyuiop",
        ] {
            assert_eq!(weakness(common, "ana"), Some(Weakness::Common), "{common}");
        }
    }

    #[test]
    fn a_repetition_and_the_reverse_order_make_no_other_password() {
        for (password, expected) in [
            ("abcdeabcde", Weakness::Common),
            ("Xk7-pXk7-p", Weakness::Repeated),
            ("Xk7-pq Xk7-pq Xk7-pq", Weakness::Repeated),
            ("验房密码好验房密码好", Weakness::Repeated),
            ("Password123Password123", Weakness::Common),
            ("qwertyuiop qwertyuiop", Weakness::Common),
            ("drowssap123", Weakness::Common),
            ("321drowssaP", Weakness::Common),
            ("won-em-egnahc", Weakness::Common),
            ("zhang.boss.zhang.boss.", Weakness::Login),
        ] {
            assert_eq!(weakness(password, "zhang.boss.1@site.example"), Some(expected), "{password}");
        }
        // A repeated piece that is long enough is as good as the piece.
        assert_eq!(weakness("7 doors to paint 7 doors to paint", "ana"), None);
        assert_eq!(weakness("Xk7-pXk7-q", "ana"), None);
    }

    #[test]
    fn a_password_has_different_characters_that_can_be_seen() {
        let blanks = " ".repeat(SHORTEST);
        for (password, expected) in [
            (blanks.as_str(), Weakness::Repetitive),
            ("\u{3000}\u{3000}\u{3000}\u{3000}\u{3000}\u{3000}\u{3000}\u{3000}\u{3000}\u{3000}", Weakness::Repetitive),
            ("a c a c a c a c a c", Weakness::Repetitive),
            ("abZabZabZabZ", Weakness::Repetitive),
            ("验房验房验房验房验房", Weakness::Repetitive),
        ] {
            assert_eq!(weakness(password, "ana"), Some(expected), "{password:?}");
        }
        let same = weakness(&"a".repeat(16), "ana");
        assert!(matches!(same, Some(Weakness::Common | Weakness::Repetitive)), "{same:?}");
        let unseen = format!("abcd{}", "\u{200B}".repeat(SHORTEST));
        assert_eq!(weakness(&unseen, "ana"), Some(Weakness::TooShort));
        assert_eq!(weakness(&"\u{200B}".repeat(SHORTEST), "ana"), Some(Weakness::TooShort));
    }

    #[test]
    fn words_of_ones_own_are_taken() {
        for good in [
            "wet paint on door 7",
            "a password of the tests",
            "the demo of the benchmark",
            "Quiet-River-Stone-91",
            "first-secret-of-zhao",
            "another password",
            "a new password here",
            "some other words",
            "a demo for scripts",
            "long enough",
            "words of worker 7",
            "password number 7",
            "the password of 3",
            "a password of nobody",
            "a password of mine",
            "at-last-a-password",
            "new.person7",
            "the demo of the simulation",
            "7482910365 is a number",
        ] {
            assert_eq!(weakness(good, "zhao.lead"), None, "{good}");
        }
    }
}

//! Codes that are unique in their list, and that others refer to.

use std::collections::HashMap;
use std::fmt::Display;
use std::str::FromStr;

use super::check::Check;
use crate::import::phrases::{did_you_mean, listed, not_one_of, quoted};
use crate::import::shape::nearest;
use crate::string_enum::UnknownCode;
use crate::text::{folded, is_invisible, plain_code};
use crate::words::{Bilingual, Phrase};

/// Codes of one list, each with its place.
pub(super) struct Codes<'a> {
    what: Phrase,
    /// Where each code stands first.
    first: HashMap<&'a str, String>,
    /// The first code of each key by which codes are compared.
    by_key: HashMap<String, &'a str>,
    order: Vec<&'a str>,
    /// Whether the code of an entry cannot be read: then it may be the one that is missed.
    is_incomplete: bool,
}

impl Check {
    /// A new code has no characters that look like others, or like nothing.
    pub(super) fn plain_code(&mut self, path: &str, code: &str) {
        let key = plain_code(code);
        if key == code || self.known_codes.contains(code) {
            return;
        }
        self.odd_codes.insert(code.to_owned());
        // Of several, the first one that a plain code would not have.
        let odd = code.chars().find(|c| plain_code(&c.to_string()) != c.to_string());
        let odd = odd.map_or_else(|| ("letters in more than one part", "由多个字符组成的字母").into(), quoted_char);
        let (code, key) = (quoted(code), quoted(&key));
        let en = format!("the code {} has {} in it; write {}", code.en, odd.en, key.en);
        self.problem(path, (en, format!("编码{}含有{}；请写成{}", code.zh, odd.zh, key.zh)));
    }
}

/// A character by its number, and as it looks if it shows anything.
fn quoted_char(c: char) -> Bilingual {
    let (en, zh) =
        if is_invisible(c) { ("invisible".to_owned(), "不可见".to_owned()) } else { (c.to_string(), c.to_string()) };
    let number = u32::from(c);
    (format!("the character U+{number:04X} ({en})"), format!("字符 U+{number:04X}（{zh}）")).into()
}

impl<'a> Codes<'a> {
    /// Indexes a list of `(path, code)` and notes those that occur twice, and those that read the same as another.
    pub(super) fn index(check: &mut Check, what: Phrase, entries: impl Iterator<Item = (String, &'a str)>) -> Self {
        let mut codes =
            Self { what, first: HashMap::new(), by_key: HashMap::new(), order: Vec::new(), is_incomplete: false };
        for (path, code) in entries {
            if code.is_empty() {
                codes.is_incomplete = true;
                continue;
            }
            match codes.first.get(code) {
                Some(first) => check.problem(path, twice(what, code, first)),
                None => {
                    codes.check_lookalike(check, &path, code);
                    codes.first.insert(code, path);
                    codes.order.push(code);
                }
            }
        }
        codes
    }

    /// Notes a code that reads the same as an earlier one of the list, unless the project has both.
    fn check_lookalike(&mut self, check: &mut Check, path: &str, code: &'a str) {
        let lookalike = *self.by_key.entry(folded(code)).or_insert(code);
        let is_known = check.known_codes.contains(code) && check.known_codes.contains(lookalike);
        if lookalike != code && !is_known && !check.odd_codes.contains(code) && !check.odd_codes.contains(lookalike) {
            let first = self.first.get(lookalike).map_or("", String::as_str);
            check.problem(path, reads_the_same(self.what, code, lookalike, first));
        }
    }

    /// Whether the list has the code; notes it when not.
    pub(super) fn refer(&self, check: &mut Check, path: String, code: &str) -> bool {
        let known = self.first.contains_key(code);
        if !known && !code.is_empty() && !self.is_incomplete {
            let hint = if check.problems.is_full() { Bilingual::default() } else { hint(code, &self.order) };
            check.problem(path, unknown(self.what, code, &hint));
        }
        known
    }
}

/// Of a code that occurs twice.
fn twice(what: Phrase, code: &str, first: &str) -> Bilingual {
    let code = quoted(code);
    let en = format!("the {} {} is already at {first}; each needs a code of its own", what.0, code.en);
    (en, format!("{}{}已在 {first} 出现；编码不能重复", what.1, code.zh)).into()
}

/// Of a code that reads the same as another one.
fn reads_the_same(what: Phrase, code: &str, lookalike: &str, first: &str) -> Bilingual {
    let (code, lookalike) = (quoted(code), quoted(lookalike));
    let en = format!(
        "the {} {} reads the same as {} at {first}; each needs a code of its own",
        what.0, code.en, lookalike.en
    );
    (en, format!("{}{}与 {first} 的{}看起来相同；编码不能重复", what.1, code.zh, lookalike.zh)).into()
}

/// Of a code that a list does not have.
fn unknown(what: Phrase, code: &str, hint: &Bilingual) -> Bilingual {
    let code = quoted(code);
    (format!("no {} {}{}", what.0, code.en, hint.en), format!("无此{}：{}{}", what.1, code.zh, hint.zh)).into()
}

/// Notes a code that is none of a closed list, and returns the value otherwise.
pub(super) fn one_of<T: FromStr<Err = UnknownCode> + Copy + PartialEq + Display>(
    check: &mut Check,
    path: String,
    code: &str,
    allowed: &[T],
) -> Option<T> {
    let value = code.parse::<T>().ok().filter(|value| allowed.contains(value));
    if value.is_none() {
        let names: Vec<String> = allowed.iter().map(ToString::to_string).collect();
        check.problem(path, not_one_of(code, &names));
    }
    value
}

/// Notes a code that is not in a list of the taxonomy.
pub(super) fn of_terms<'a>(
    check: &mut Check,
    path: String,
    what: Phrase,
    code: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) {
    if !known.clone().any(|entry| entry == code) {
        let hint = hint(code, &known.collect::<Vec<_>>());
        check.problem(path, unknown(what, code, &hint));
    }
}

/// What would have been right: the nearest code, or the first few.
fn hint(code: &str, known: &[&str]) -> Bilingual {
    if let Some(meant) = nearest(code, known.iter().copied().take(2_000)) {
        let Bilingual { en, zh } = did_you_mean(meant);
        return (format!("; {en}"), format!("；{zh}")).into();
    }
    let some = &known[..known.len().min(8)];
    let Bilingual { en, zh } = listed(some);
    match (known.len(), some.len()) {
        (0, _) => ("; the file has none", "；文件中一个也没有").into(),
        (all, shown) if all == shown => (format!("; there are {en}"), format!("；现有：{zh}")).into(),
        (all, _) => (format!("; there are {en}, … ({all} in all)"), format!("；现有：{zh}……（共 {all} 个）")).into(),
    }
}

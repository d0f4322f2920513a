//! Codes that are unique in their list, and that others refer to.

use std::collections::HashMap;
use std::fmt::Display;
use std::str::FromStr;

use super::Check;
use crate::codes::UnknownCode;
use crate::import::shape::nearest;

/// Codes of one list, each with its place.
pub(super) struct Codes<'a> {
    what: &'static str,
    first: HashMap<&'a str, String>,
    order: Vec<&'a str>,
}

impl<'a> Codes<'a> {
    /// Indexes a list of `(path, code)` and notes those that occur twice.
    pub(super) fn index(
        check: &mut Check,
        what: &'static str,
        entries: impl Iterator<Item = (String, &'a str)>,
    ) -> Self {
        let mut codes = Self { what, first: HashMap::new(), order: Vec::new() };
        for (path, code) in entries.filter(|(_, code)| !code.is_empty()) {
            match codes.first.get(code) {
                Some(first) => check.problem(
                    path,
                    format!("the {what} {} is already at {first}; each needs a code of its own", quoted(code)),
                ),
                None => {
                    codes.first.insert(code, path);
                    codes.order.push(code);
                }
            }
        }
        codes
    }

    /// Whether the list has the code; notes it when not.
    pub(super) fn refer(&self, check: &mut Check, path: String, code: &str) -> bool {
        let known = self.first.contains_key(code);
        if !known {
            let hint = if check.problems.is_full() { String::new() } else { hint(code, &self.order) };
            check.problem(path, format!("no {} {}{hint}", self.what, quoted(code)));
        }
        known
    }
}

/// Notes a code that is none of a closed list, and answers the value otherwise.
pub(super) fn one_of<T: FromStr<Err = UnknownCode> + Copy + PartialEq + Display>(
    check: &mut Check,
    path: String,
    code: &str,
    allowed: &[T],
) -> Option<T> {
    let value = code.parse::<T>().ok().filter(|value| allowed.contains(value));
    if value.is_none() {
        let names: Vec<String> = allowed.iter().map(ToString::to_string).collect();
        check.problem(path, format!("{} is not one of {}", quoted(code), names.join(", ")));
    }
    value
}

/// Notes a code that is not in a list of the taxonomy.
pub(super) fn of_terms<'a>(
    check: &mut Check,
    path: String,
    what: &str,
    code: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) {
    if !known.clone().any(|entry| entry == code) {
        let hint = hint(code, &known.collect::<Vec<_>>());
        check.problem(path, format!("no {what} {}{hint}", quoted(code)));
    }
}

/// What would have been right: the nearest code, or the first few.
fn hint(code: &str, known: &[&str]) -> String {
    if let Some(meant) = nearest(code, known.iter().copied().take(2_000)) {
        return format!("; did you mean {}?", quoted(meant));
    }
    let some: Vec<&str> = known.iter().copied().take(8).collect();
    match (known.len(), some.len()) {
        (0, _) => "; the file has none".to_owned(),
        (all, shown) if all == shown => format!("; there are {}", some.join(", ")),
        (all, _) => format!("; there are {}, … ({all} in all)", some.join(", ")),
    }
}

/// A text as it stands in the file, cut when long.
pub(super) fn quoted(text: &str) -> String {
    let shown: String = text.chars().take(60).collect();
    if shown.len() < text.len() { format!("{:?}", format!("{shown}…")) } else { format!("{shown:?}") }
}

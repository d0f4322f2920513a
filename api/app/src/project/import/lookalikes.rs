//! A new code must not read the same as one that the project has: people would take one for the other, and nothing
//! deletes either.

use std::collections::{HashMap, HashSet};

use domain::import::Problem;
use domain::import::phrases::{TERM, quoted};
use domain::text::folded;
use domain::words::Phrase;

use super::refused::refused;
use crate::error::Result;

/// Refuses codes of the file that the project has not, and that read the same as one that it has.
pub(super) fn check_lookalikes<'a>(
    what: Phrase,
    list: &str,
    there: &[&str],
    wanted: impl Iterator<Item = &'a str>,
) -> Result<()> {
    let known: HashSet<&str> = there.iter().copied().collect();
    let by_key: HashMap<String, &str> = there.iter().map(|code| (folded(code), *code)).collect();
    let problems: Vec<Problem> = wanted
        .filter(|code| !known.contains(code))
        .filter_map(|code| by_key.get(&folded(code)).map(|lookalike| (code, *lookalike)))
        .map(|(code, lookalike)| {
            let (code, lookalike) = (quoted(code), quoted(lookalike));
            let en = format!(
                "the project has the {} {}, which reads the same as {}; use the code that is there",
                what.0, lookalike.en, code.en
            );
            let zh = format!("项目中已有{}{}，与{}看起来相同；请使用已有的编码", what.1, lookalike.zh, code.zh);
            Problem::new(list, (en, zh))
        })
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(refused(problems)) }
}

/// The same for the file's own terms of a list: the project has others, and the program brings those that are missing.
pub(super) fn check_term_lookalikes<'a>(
    list: &str,
    there: impl Iterator<Item = &'a str>,
    all: impl Iterator<Item = &'a str>,
    own: &[&'a str],
) -> Result<()> {
    let brought = all.filter(|code| !own.contains(code));
    let known: Vec<&str> = there.chain(brought).collect();
    check_lookalikes(TERM, list, &known, own.iter().copied())
}

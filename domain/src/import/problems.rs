//! The problems of an import file, each with its place.

use std::collections::{HashMap, HashSet};

use crate::party::Language;
use crate::words::Bilingual;

/// Most problems that are listed; the rest are counted.
pub const PROBLEM_LIMIT: usize = 1_000;

/// One problem of an import file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where: `units[17].unitType`. Empty for the file as a whole.
    pub path: String,
    /// The problem and the correct form.
    pub message: Bilingual,
}

impl Problem {
    /// A problem at a place.
    pub fn new(path: impl Into<String>, message: impl Into<Bilingual>) -> Self {
        Self { path: path.into(), message: message.into() }
    }

    /// The place and the problem, in each language.
    #[must_use]
    pub fn words(&self) -> Bilingual {
        let Self { path, message } = self;
        if path.is_empty() {
            return message.clone();
        }
        (format!("{path}: {}", message.en), format!("{path}：{}", message.zh)).into()
    }
}

/// For people at the command line.
impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.words().of(Language::En))
    }
}

/// Collects problems up to the limit.
#[derive(Debug, Default)]
pub(super) struct Problems {
    list: Vec<Problem>,
    more: usize,
    /// How numbers are written in the file, by their values.
    pub(super) spellings: HashMap<String, String>,
    places: HashSet<String>,
}

impl Problems {
    /// None yet, of a file whose numbers are written so.
    pub(super) fn with_spellings(spellings: HashMap<String, String>) -> Self {
        Self { spellings, ..Self::default() }
    }

    /// Notes a problem.
    pub(super) fn push(&mut self, path: impl Into<String>, message: impl Into<Bilingual>) {
        let path = path.into();
        self.places.insert(path.clone());
        if self.list.len() < PROBLEM_LIMIT {
            self.list.push(Problem::new(path, message));
        } else {
            self.more += 1;
        }
    }

    /// Whether something is wrong at a place that begins so.
    pub(super) fn any_at(&self, beginning: &str) -> bool {
        self.places.iter().any(|place| place.starts_with(beginning))
    }

    /// Whether nothing is wrong so far.
    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Whether further problems are only counted: then a good message is wasted work.
    pub(super) fn is_full(&self) -> bool {
        self.list.len() >= PROBLEM_LIMIT
    }

    /// Adds problems of a later look, but for places that are already reported: what could not
    /// be read there would only be reported twice.
    pub(super) fn append_unless_reported(&mut self, later: Self) {
        let known = self.places.clone();
        self.more += later.more;
        for problem in later.list {
            if !reported(&known, &problem.path) {
                self.push(problem.path, problem.message);
            }
        }
    }

    /// The problems, the last one saying how many more there are.
    pub(super) fn into_list(self) -> Vec<Problem> {
        let mut list = self.list;
        if self.more > 0 {
            let more = self.more;
            list.push(Problem::new("", (format!("… and {more} more"), format!("……另有 {more} 处"))));
        }
        list
    }
}

/// Whether the place or one that holds it is among the known ones.
fn reported(known: &HashSet<String>, path: &str) -> bool {
    let holders = path.char_indices().filter(|(_, c)| matches!(c, '.' | '[')).map(|(at, _)| &path[..at]);
    known.contains(path) || holders.into_iter().any(|holder| known.contains(holder))
}

//! The runs of a person's name: its words by script. Many people write their names in two scripts, `Sun Lihua 孙丽华`, and
//! a reader takes either run for the whole name.
//!
//! - A run stands for the name if it has two words, or two characters of Chinese or Korean. `Li` does not stand for
//!   `Wang Li`, nor `王` for `王丽`.
//! - A single word of another script is often a family name or a first name alone, as in `Zhang 张伟` and `Zhang 张丽`. It
//!   stands for a name that is nothing but this word, and only from five letters on.
//! - A single letter or a number at the end of a name tells namesakes apart (`陈伟 2`), so it belongs to each run.

use unicode_normalization::char::is_combining_mark;
use unicode_script::{Script, UnicodeScript as _};

use super::{Form, is_between_words, is_east_asian, sorted};

/// The least letters of a run that is compared without the blanks between its words, and of a single word. Shorter ones
/// are two names by chance: `Li Na` and `Lina`.
const JOINED_LETTERS: usize = 5;
/// The least letters of a run of two words.
const RUN_LETTERS: usize = 4;
/// The least characters of a run that has a character for each syllable.
const RUN_SYLLABLES: usize = 2;
/// With how many of its words a run may begin when it is compared without blanks.
const MOST_BEGINNINGS: usize = 8;

/// A name in pieces.
pub(super) struct Pieces<'a> {
    /// The words; one of Chinese characters and Latin letters is two.
    words: Vec<&'a str>,
    /// The letter or number at the end.
    mark: Option<&'a str>,
}

/// The texts by which the runs of a name are compared in one form.
#[derive(Default)]
pub(super) struct RunTexts {
    /// Those of runs that stand for the name.
    pub(super) names: Vec<String>,
    /// Those of single words.
    pub(super) words: Vec<String>,
}

/// The words of a name in one script.
struct Run {
    script: Script,
    words: Vec<String>,
    /// How many letters they have as the person writes them.
    letters: usize,
}

impl<'a> Pieces<'a> {
    pub(super) fn of(name: &'a str) -> Self {
        let words = name.split(is_between_words).filter(|word| !word.is_empty());
        let mut words: Vec<&str> = words.flat_map(split_at_east_asian).collect();
        let mark = if words.len() > 1 { words.pop_if(|word| is_mark(word)) } else { None };
        Self { words, mark }
    }

    pub(super) fn run_texts(&self, form: Form) -> RunTexts {
        let mark = self.mark.map(|mark| form.of(mark));
        let mut texts = RunTexts::default();
        for run in self.runs(form) {
            let with_mark = |words: &[String]| sorted(words.iter().map(String::as_str).chain(mark.as_deref()));
            let joined = run.joined().map(|joined| with_mark(&[joined]));
            let joined = joined.filter(|_| run.is_syllabic() || run.letters >= JOINED_LETTERS);
            if run.is_name() {
                texts.names.push(with_mark(&run.words));
                texts.names.extend(joined);
            } else if run.words.len() == 1 && !run.is_syllabic() {
                texts.words.extend(joined);
            }
        }
        texts
    }

    /// The runs in a form of the name. What is of no script, such as a number, belongs to the word before it.
    fn runs(&self, form: Form) -> Vec<Run> {
        let texts: Vec<(String, usize)> = self.words.iter().map(|word| (form.of(word), letters(word))).collect();
        let Some(mut script) = texts.iter().find_map(|(text, _)| script_of_word(text)) else { return Vec::new() };
        let mut runs: Vec<Run> = Vec::new();
        for (text, letters) in texts {
            script = script_of_word(&text).unwrap_or(script);
            let words = text.split(is_between_words).filter(|word| !word.is_empty()).map(str::to_owned);
            match runs.iter_mut().find(|run| run.script == script) {
                Some(run) => {
                    run.words.extend(words);
                    run.letters += letters;
                }
                None => runs.push(Run { script, words: words.collect(), letters }),
            }
        }
        runs
    }
}

impl Run {
    /// Whether the run stands for the whole name.
    fn is_name(&self) -> bool {
        if self.is_syllabic() {
            return self.letters >= RUN_SYLLABLES;
        }
        self.words.len() > 1 && self.letters >= RUN_LETTERS
    }

    /// Whether a character is a syllable.
    fn is_syllabic(&self) -> bool {
        matches!(self.script, Script::Han | Script::Hangul)
    }

    /// The words without blanks, begun with each of them, because the family name is the first or the last one.
    fn joined(&self) -> impl Iterator<Item = String> {
        (0..self.words.len().min(MOST_BEGINNINGS)).map(move |first| {
            let (before, from) = self.words.split_at(first);
            [from, before].concat().concat()
        })
    }
}

/// The letters of a word, without the marks on them.
fn letters(word: &str) -> usize {
    word.chars().filter(|c| !is_combining_mark(*c)).count()
}

/// The parts of a word that are of East Asian characters, and those that are not.
fn split_at_east_asian(word: &str) -> impl Iterator<Item = &str> {
    let mut rest = word;
    std::iter::from_fn(move || {
        let is_first = is_east_asian(rest.chars().next()?);
        let ends_here = |c: char| is_east_asian(c) != is_first && !is_combining_mark(c);
        let (part, after) = rest.split_at(rest.find(ends_here).unwrap_or(rest.len()));
        rest = after;
        Some(part)
    })
}

/// Whether a word at the end of a name is a single letter or a number.
fn is_mark(word: &str) -> bool {
    let is_single = letters(word) == 1 && !word.chars().any(is_east_asian);
    is_single || word.chars().all(char::is_numeric)
}

/// The script of a word: of several the first one that is not Latin, because letters of other scripts that look like
/// Latin ones may be Latin already.
fn script_of_word(word: &str) -> Option<Script> {
    let scripts: Vec<Script> = word.chars().filter_map(script_of).collect();
    scripts.iter().find(|script| **script != Script::Latin).or(scripts.first()).copied()
}

/// The script of a character, if it has one. Japanese names are in Chinese characters and kana together.
fn script_of(c: char) -> Option<Script> {
    match c.script() {
        Script::Common | Script::Inherited | Script::Unknown => None,
        Script::Hiragana | Script::Katakana => Some(Script::Han),
        script => Some(script),
    }
}

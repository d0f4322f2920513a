//! Keys by which names are compared: names that a reader takes for one another have a key in common.
//!
//! - Which letters look alike says Unicode's list of confusable characters (UTS 39).
//! - Chinese, Japanese and Korean characters are compared as they are, because names of one or two of them often differ
//!   by one stroke. But a traditional character is the simplified one, and a radical the character of its shape.
//! - The name of a person is also compared by each of its scripts ([`PersonName`]), that of a company as a whole:
//!   companies of one group share a name in Latin letters.

mod han;
mod runs;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;
use unicode_security::skeleton;

use crate::text::{folded, plain_code};
use han::simplified;
use runs::Pieces;

/// A key by which names are compared. No form alone finds all pairs: `Lan` and `Ian` are two names, and yet `lan` is the
/// first one in small letters and looks like the second one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NameKey {
    form: Form,
    text: String,
}

/// The form in which a key has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Form {
    /// In small letters.
    Folded,
    /// The same, with letters of other scripts, and digits, as the Latin letters that they look like.
    Letters,
    /// The shapes of the characters, capital letters as they are.
    Shapes,
}

impl Form {
    const ALL: [Self; 3] = [Self::Folded, Self::Letters, Self::Shapes];

    fn of(self, plain: &str) -> String {
        match self {
            Self::Folded => folded(plain),
            Self::Letters => folded(&shapes(&folded(&latin_letters(plain)))),
            Self::Shapes => shapes(plain),
        }
    }
}

/// The name of a person, as it is compared. The order of its words does not count: people write the family name first or
/// last. Nor do the blanks between them, and of `Sun Lihua 孙丽华` each script reads as the name alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonName {
    /// The whole name, and those of its runs that stand for it.
    names: HashSet<NameKey>,
    /// The single words in it that stand for a name which is nothing else.
    words: HashSet<NameKey>,
}

impl PersonName {
    /// The keys of a name.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let plain = plain(name);
        let pieces = Pieces::of(&plain);
        let mut keys = Self::default();
        for form in Form::ALL {
            let texts = pieces.run_texts(form);
            let whole = joined_words(&form.of(&plain), |words| sorted(words.iter().copied()));
            let key = |text| NameKey { form, text };
            keys.names.extend(texts.names.into_iter().chain([whole]).map(key));
            keys.words.extend(texts.words.into_iter().map(key));
        }
        keys
    }
}

/// Names of people, each with something about its bearer.
#[derive(Debug, Clone)]
pub struct PersonNames<T> {
    by_name: HashMap<NameKey, HashSet<T>>,
    by_word: HashMap<NameKey, HashSet<T>>,
}

impl<T> Default for PersonNames<T> {
    fn default() -> Self {
        Self { by_name: HashMap::new(), by_word: HashMap::new() }
    }
}

impl<T: Copy + Eq + Hash> PersonNames<T> {
    /// Adds a name.
    pub fn add(&mut self, name: &PersonName, bearer: T) {
        for key in &name.names {
            self.by_name.entry(key.clone()).or_default().insert(bearer);
        }
        for key in &name.words {
            self.by_word.entry(key.clone()).or_default().insert(bearer);
        }
    }

    /// The bearers of names that a reader takes for this one.
    pub fn reading_like(&self, name: &PersonName) -> impl Iterator<Item = T> {
        let (names, words) = (&name.names, &name.words);
        // Not two words that are each but a part of a name.
        let found = [(&self.by_name, names), (&self.by_name, words), (&self.by_word, names)];
        found.into_iter().flat_map(|(index, keys)| keys.iter().filter_map(move |key| index.get(key)).flatten().copied())
    }
}

/// The keys of a company's name, of which the order of words is a part.
#[must_use]
pub fn company_name_keys(name: &str) -> [NameKey; 3] {
    let plain = plain(name);
    Form::ALL.map(|form| NameKey { form, text: joined_words(&form.of(&plain), |words| words.join(" ")) })
}

/// A name in plain characters, with simplified Chinese ones.
fn plain(name: &str) -> String {
    simplified(&plain_code(name))
}

/// The words of a text, without the punctuation between them; a text without any word as it is.
fn joined_words(text: &str, join: impl Fn(&[&str]) -> String) -> String {
    let words: Vec<&str> = text.split(is_between_words).filter(|word| !word.is_empty()).collect();
    if words.is_empty() { text.to_owned() } else { join(&words) }
}

/// Words in an order of their own.
fn sorted<'w>(words: impl Iterator<Item = &'w str>) -> String {
    let mut words: Vec<&str> = words.collect();
    words.sort_unstable();
    words.join(" ")
}

fn is_between_words(c: char) -> bool {
    !c.is_alphanumeric() && !is_combining_mark(c)
}

/// A text with each character outside of ASCII as the one that it looks like. The list has `l` for every character that
/// looks like a capital I, so a capital one becomes an I here.
fn latin_letters(text: &str) -> String {
    let mut letters = String::with_capacity(text.len());
    for c in text.chars() {
        if is_east_asian(c) {
            letters.push(c);
            continue;
        }
        for part in std::iter::once(c).nfd() {
            let shape = if part.is_ascii() { part.to_string() } else { shape(part) };
            letters.push_str(if part.is_uppercase() && shape == "l" { "I" } else { &shape });
        }
    }
    letters
}

/// A text with each character as the one that stands for all characters of its shape.
fn shapes(text: &str) -> String {
    let mut shapes = String::with_capacity(text.len());
    for c in text.chars() {
        if is_east_asian(c) {
            shapes.push(c);
        } else {
            shapes.push_str(&shape(c));
        }
    }
    shapes
}

fn shape(c: char) -> String {
    skeleton(c.encode_utf8(&mut [0; 4])).collect()
}

/// Whether a character is Chinese, Japanese or Korean, or of the punctuation and symbols of these scripts.
const fn is_east_asian(c: char) -> bool {
    matches!(c,
        '\u{1100}'..='\u{11FF}' | '\u{2E80}'..='\u{A4CF}' | '\u{A960}'..='\u{A97F}' | '\u{AC00}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

//! Whoever reads Chinese meets neither English words nor raw codes: every Chinese text in the sources of messages is
//! looked at, whatever refusal, note or reason it belongs to.

use std::fs;
use std::path::{Path, PathBuf};

/// Where the texts of messages stand, from this crate's folder.
const SOURCES: [&str; 5] = ["src", "../api/app/src", "../api/src", "../api/transport/src", "../api/schema/src"];
/// Names of the outside world, and forms that are quoted.
const ALLOWED: &[&str] = &[
    "JPEG",
    "PNG",
    "WebP",
    "HEIC",
    "MP",
    "QuickTime",
    "PDF",
    "JSON",
    "YAML",
    "UUID",
    "UTF",
    "GB",
    "Windows",
    "Latin",
    "IANA",
    "docs",
    "import",
    "md",
    "base",
    "true",
    "false",
    "null",
];
/// Words of an import file, told to whoever writes it.
const OF_THE_FILE: &[&str] = &[
    "file",
    "plan",
    "rooms",
    "unitType",
    "units",
    "unitRanges",
    "fromFloor",
    "people",
    "responsibilityRules",
    "COMMON",
    "CONTRACTOR",
    "DELIVERY_MANAGER",
];
/// Texts in both languages at once, for the history.
const BOTH_AT_ONCE: &str = " / ";

/// The source files of messages.
fn files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut left: Vec<PathBuf> =
        SOURCES.iter().map(|folder| Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).collect();
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.to_string_lossy().into_owned();
            if path.is_dir() {
                left.push(path);
            } else if name.ends_with(".rs") && !name.ends_with("tests.rs") {
                found.push(path);
            }
        }
    }
    found
}

/// The texts in quotes of a source, before its tests, with their lines.
fn texts(source: &str) -> Vec<(usize, String)> {
    let mut texts = Vec::new();
    let (mut line, mut chars) = (1, source.chars().peekable());
    while let Some(c) = chars.next() {
        match c {
            '\n' => line += 1,
            '/' if chars.peek() == Some(&'/') => {
                chars.by_ref().take_while(|c| *c != '\n').for_each(drop);
                line += 1;
            }
            // A quotation mark as a character.
            '\'' if chars.peek() == Some(&'"') => {
                chars.next();
            }
            '"' => {
                let (begun, mut text) = (line, String::new());
                while let Some(c) = chars.next() {
                    match c {
                        '"' => break,
                        '\\' => {
                            chars.next();
                        }
                        c => {
                            line += usize::from(c == '\n');
                            text.push(c);
                        }
                    }
                }
                texts.push((begun, text));
            }
            _ => {}
        }
    }
    texts
}

fn is_chinese(c: char) -> bool {
    ('\u{4E00}'..='\u{9FFF}').contains(&c)
}

/// A text without the places of values, and without what it quotes.
fn own_words(text: &str) -> String {
    let mut rest = String::new();
    let mut until = None;
    for c in text.chars() {
        match (until, c) {
            (Some(end), c) if c == end => until = None,
            (Some(_), _) => {}
            (None, '{') => until = Some('}'),
            (None, '“') => until = Some('”'),
            (None, c) => rest.push(c),
        }
    }
    rest
}

/// The words of a Chinese text that are no Chinese and not allowed.
fn foreign(text: &str, is_of_import: bool) -> Vec<String> {
    let rest = own_words(text);
    let words = rest.split(|c: char| !c.is_ascii_alphabetic() && c != '_');
    let is_allowed = |word: &str| ALLOWED.contains(&word) || (is_of_import && OF_THE_FILE.contains(&word));
    words.filter(|word| word.len() >= 2 && !is_allowed(word)).map(str::to_owned).collect()
}

#[test]
fn no_chinese_text_has_english_words_or_raw_codes_in_it() {
    let mut faults = Vec::new();
    let mut looked_at = 0;
    for path in files() {
        let source = fs::read_to_string(&path).expect("a source");
        let source = source.split("#[cfg(test)]").next().unwrap_or_default();
        let is_of_import = path.components().any(|part| part.as_os_str() == "import");
        for (line, text) in texts(source) {
            if !text.chars().any(is_chinese) || text.contains(BOTH_AT_ONCE) {
                continue;
            }
            looked_at += 1;
            let words = foreign(&text, is_of_import);
            if !words.is_empty() {
                faults.push(format!("{}:{line}: {words:?} in {text}", path.display()));
            }
        }
    }
    assert!(looked_at > 300, "only {looked_at} Chinese texts were found");
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn english_inside_chinese_is_found() {
    for (text, words) in [
        ("请填写 defectId 或 defectIds 之一", vec!["defectId", "defectIds"]),
        ("问题照片为 BEFORE 或 AFTER", vec!["BEFORE", "AFTER"]),
        ("照片格式须为 JPEG；“abc”{why}", vec![]),
    ] {
        assert_eq!(foreign(text, false), words, "{text}");
    }
    let source = "let quote = '\"'; // \"注释 comment\"\nlet text = \"一 two \\\" three\";";
    assert_eq!(texts(source), [(2, "一 two  three".to_owned())]);
}

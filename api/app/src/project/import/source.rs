//! The text of an import file as it was written: its encoding, its lines, and how its numbers stand in it.

use std::collections::{HashMap, HashSet};

use domain::import::Problem;
use domain::words::Bilingual;
use serde_json::{Number, Value};

use super::encoding;
use super::format::Format;
use super::text::BYTES;

/// Longest number that is looked at, in bytes.
const LONGEST_NUMBER: usize = 40;
/// Full-width signs that look like those of the format.
const FULL_WIDTH: [char; 10] = ['：', '，', '；', '“', '”', '【', '】', '｛', '｝', '－'];

/// A file's text.
#[derive(Debug)]
pub(super) struct Source {
    text: String,
    format: Format,
}

impl Source {
    /// Reads the bytes as text: UTF-8, UTF-16, or GB 18030 as older programs write it.
    pub(super) fn decode(bytes: &[u8], format: Format) -> Result<Self, Problem> {
        if bytes.len() > BYTES {
            let count = bytes.len();
            let en = format!("the file has {count} bytes; at most {BYTES} are possible");
            return Err(Problem::new("", (en, format!("文件有 {count} 字节；最多 {BYTES} 字节"))));
        }
        encoding::decode(bytes).map(|text| Self { text, format })
    }

    /// The text, without a byte order mark.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The problem of a text that cannot be read, with its probable cause.
    pub(super) fn explain(&self, problem: Problem) -> Problem {
        let number = problem.message.en.split("line ").nth(1).and_then(|rest| {
            rest.split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse::<usize>().ok())
        });
        // The parser may notice it only on the next line.
        let lines = number.into_iter().flat_map(|number| [number, number.saturating_sub(1)]);
        let line_at = |number: usize| self.text.lines().nth(number.checked_sub(1)?).map(|line| (number, line));
        let odd = lines
            .filter_map(line_at)
            .find_map(|(number, line)| line.chars().find(|c| FULL_WIDTH.contains(c)).map(|c| (number, c)));
        match odd {
            Some((number, c)) => {
                let Bilingual { en, zh } = problem.message;
                let en = format!("{en}; line {number} has the full-width sign {c}, which means nothing here");
                Problem::new(problem.path, (en, format!("{zh}；第 {number} 行有全角符号（{c}），在此无效")))
            }
            None => problem,
        }
    }

    /// How numbers are written, by their values; only those that are written in one way.
    pub(super) fn spellings(&self, value: &Value) -> HashMap<String, String> {
        if !value.is_object() {
            return HashMap::new();
        }
        let is_between =
            |c: char| c.is_whitespace() || matches!(c, ',' | '[' | ']' | '{' | '}' | ':' | '"' | '\'' | '#');
        let is_number = |token: &&str| {
            token.len() <= LONGEST_NUMBER
                && token.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.'))
        };
        let tokens: HashSet<&str> = self.text.split(is_between).filter(is_number).collect();
        let mut spellings: HashMap<String, Option<&str>> = HashMap::new();
        for token in tokens {
            let Some(number) = self.number(token) else { continue };
            let known = spellings.entry(number.to_string()).or_insert(Some(token));
            if *known != Some(token) {
                *known = None;
            }
        }
        let one = |(value, token): (String, Option<&str>)| Some((value, token?.to_owned()));
        spellings.into_iter().filter_map(one).collect()
    }

    fn number(&self, token: &str) -> Option<Number> {
        let value: Value = match self.format {
            Format::Json => serde_json::from_str(token).ok()?,
            Format::Yaml => serde_yaml_ng::from_str(token).ok()?,
        };
        match value {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The problems, each with the line of its place.
    pub(super) fn with_lines(&self, problems: Vec<Problem>) -> Vec<Problem> {
        let wanted: HashSet<&str> = problems.iter().flat_map(|problem| holders(&problem.path)).collect();
        let lines = match self.format {
            Format::Json => json_lines(&self.text, &wanted),
            Format::Yaml => yaml_lines(&self.text, &wanted),
        };
        let line_of = |path: &str| holders(path).rev().find_map(|place| lines.get(place)).copied();
        let with_line = |problem: &Problem| match line_of(&problem.path) {
            Some(line) => {
                let Bilingual { en, zh } = &problem.message;
                Problem::new(problem.path.as_str(), (format!("{en} (line {line})"), format!("{zh}（第 {line} 行）")))
            }
            None => problem.clone(),
        };
        problems.iter().map(with_line).collect()
    }
}

/// A place and the places that hold it, the outermost first.
fn holders(path: &str) -> impl DoubleEndedIterator<Item = &str> {
    let ends = path.char_indices().filter(|(_, c)| matches!(c, '.' | '[')).map(|(at, _)| at);
    ends.chain([path.len()]).map(|end| &path[..end]).filter(|place| !place.is_empty())
}

/// The lines on which the wanted values of a JSON text begin.
fn json_lines(text: &str, wanted: &HashSet<&str>) -> HashMap<String, usize> {
    let mut lines = HashMap::new();
    // For each open list or object: its path, and in lists the index of the next value.
    let mut open: Vec<(String, Option<usize>)> = Vec::new();
    let (mut line, mut key, mut chars) = (1, None::<String>, text.chars());
    while let Some(c) = chars.next() {
        match c {
            '\n' => line += 1,
            '{' | '[' => {
                let path = place(&open, key.as_deref());
                note(&mut lines, wanted, &path, line);
                open.push((path, (c == '[').then_some(0)));
                key = None;
            }
            '}' | ']' => {
                open.pop();
            }
            ',' => {
                key = None;
                if let Some((_, Some(index))) = open.last_mut() {
                    *index += 1;
                }
            }
            '"' => {
                let mut word = String::new();
                while let Some(c) = chars.next() {
                    match c {
                        '"' => break,
                        '\\' => word.extend(chars.next()),
                        c => word.push(c),
                    }
                }
                let in_object = matches!(open.last(), Some((_, None)));
                match in_object && key.is_none() {
                    true => key = Some(word),
                    false => note(&mut lines, wanted, &place(&open, key.as_deref()), line),
                }
            }
            c if c.is_ascii_alphanumeric() => note(&mut lines, wanted, &place(&open, key.as_deref()), line),
            _ => {}
        }
    }
    lines
}

/// The path of the next value.
fn place(open: &[(String, Option<usize>)], key: Option<&str>) -> String {
    match open.last() {
        None => String::new(),
        Some((path, Some(index))) => format!("{path}[{index}]"),
        Some((path, None)) if path.is_empty() => key.unwrap_or_default().to_owned(),
        Some((path, None)) => format!("{path}.{}", key.unwrap_or_default()),
    }
}

/// The lines on which the wanted entries of a YAML text in block style begin: fields at the margin, the entries of
/// their lists, and the fields of those entries.
fn yaml_lines(text: &str, wanted: &HashSet<&str>) -> HashMap<String, usize> {
    let mut lines = HashMap::new();
    let (mut list, mut index, mut dash) = (String::new(), None::<usize>, None::<usize>);
    for (number, line) in (1..).zip(text.lines()) {
        let body = line.trim_start();
        let indent = line.len() - body.len();
        if body.is_empty() || body.starts_with('#') {
            continue;
        }
        let is_entry = body == "-" || body.starts_with("- ");
        if indent == 0 && !is_entry {
            list = field_name(body).unwrap_or_default().to_owned();
            (index, dash) = (None, None);
            note(&mut lines, wanted, &list, number);
            continue;
        }
        let mut rest = body;
        if is_entry && dash.is_none_or(|dash| dash == indent) {
            dash = Some(indent);
            index = Some(index.map_or(0, |index| index + 1));
            note(&mut lines, wanted, &format!("{list}[{}]", index.unwrap_or(0)), number);
            rest = body[1..].trim_start();
        }
        let holder = index.map_or_else(|| list.clone(), |index| format!("{list}[{index}]"));
        if let Some(name) = field_name(rest) {
            note(&mut lines, wanted, &format!("{holder}.{name}"), number);
        }
    }
    lines
}

/// The name of the field that a line in block style begins.
fn field_name(text: &str) -> Option<&str> {
    let (name, rest) = text.split_once(':')?;
    let name = name.trim_matches(['"', '\'']);
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    (is_name && (rest.is_empty() || rest.starts_with([' ', '\t', '\r']))).then_some(name)
}

/// Takes note of the first line of a wanted place.
fn note(lines: &mut HashMap<String, usize>, wanted: &HashSet<&str>, path: &str, line: usize) {
    if wanted.contains(path) {
        lines.entry(path.to_owned()).or_insert(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_told_as_it_is_written() {
        let source = |text: &str| Source { text: text.to_owned(), format: Format::Yaml };
        let spelled = |text: &str, value: &str| source(text).spellings(&serde_json::json!({})).get(value).cloned();
        for (text, value) in
            [("1.10", "1.1"), ("2E5", "200000.0"), ("0x1A", "26"), (".5", "0.5"), ("+5", "5"), ("1.", "1.0")]
        {
            assert_eq!(spelled(&format!("a: {text}\n"), value).as_deref(), Some(text), "{text}");
        }
        assert_eq!(spelled("a: [1.10, 1.1]", "1.1"), None, "written in two ways");
    }

    #[test]
    fn problems_name_their_lines() {
        let at = |text: &str, format, path: &str| {
            let source = Source { text: text.to_owned(), format };
            let told = source.with_lines(vec![Problem::new(path, ("wrong", "错误"))]);
            told[0].message.en.clone()
        };
        let yaml = "version: 1\nproject:\n  code: A\nunits:\n  - {code: \"1\", floor: 1}\n  # two\n  - code: \"2\"\n    floor: 2\n    rooms:\n    - a\nowners:\n- login: x\n";
        for (path, line) in [
            ("project.code", 3),
            ("units[0].floor", 5),
            ("units[1]", 7),
            ("units[1].floor", 8),
            ("units[1].rooms[3].code", 9),
            ("owners[0].login", 12),
        ] {
            assert_eq!(at(yaml, Format::Yaml, path), format!("wrong (line {line})"), "{path}");
        }
        assert_eq!(at(yaml, Format::Yaml, "companies"), "wrong");
        let json = "{\n \"project\": {\"code\": \"A\"},\n \"units\": [\n {\"code\": \"1\"},\n {\"code\": \"a\\\"]\",\n \"rooms\": [1,\n 2]}]}";
        for (path, line) in
            [("project.code", 2), ("units", 3), ("units[0].floor", 4), ("units[1].code", 5), ("units[1].rooms[1]", 7)]
        {
            assert_eq!(at(json, Format::Json, path), format!("wrong (line {line})"), "{path}");
        }
    }
}

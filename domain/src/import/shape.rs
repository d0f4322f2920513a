//! Reads JSON values field by field, and notes every wrong shape with its path instead of stopping at the first.

use std::cell::RefCell;

use rust_decimal::Decimal;
use serde_json::{Map, Value};

use super::phrases::{did_you_mean, listed};
use super::problems::Problems;
use crate::text::normal;
use crate::words::{Bilingual, Phrase};

const TEXT: Phrase = ("text", "文字");
const LIST: Phrase = ("a list", "列表");
const OBJECT: Phrase = ("an object with fields", "带字段的对象");

/// A value and its place in the file.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) value: &'a Value,
    pub(super) path: &'a str,
    pub(super) problems: &'a RefCell<Problems>,
}

impl<'a> Place<'a> {
    fn problem(&self, message: impl Into<Bilingual>) {
        self.problems.borrow_mut().push(self.path, message);
    }

    /// Notes that something else was expected here.
    fn wrong_shape(&self, expected: Phrase) {
        self.problem(not_expected(expected, self.value));
    }

    /// A text, trimmed.
    pub(super) fn text(self) -> Option<String> {
        match self.value {
            Value::String(text) => return Some(text.trim().to_owned()),
            Value::Number(number) => {
                // YAML reads 1.10 as 1.1: only the file itself knows how it was written.
                let spelled = self.problems.borrow().spellings.get(&number.to_string()).cloned();
                self.not_in_quotes(spelled.map(|spelled| format!("{spelled:?}")));
            }
            Value::Bool(flag) => self.not_in_quotes(Some(format!("\"{flag}\""))),
            _ => self.wrong_shape(TEXT),
        }
        None
    }

    /// Notes a text that stands without quotes; with them it may be written so.
    fn not_in_quotes(&self, right: Option<String>) {
        let Bilingual { en, zh } = not_expected(TEXT, self.value);
        self.problem(match right {
            Some(right) => (format!("{en}; write it in quotes: {right}"), format!("{zh}；请加引号：{right}")),
            None => (format!("{en}; write it in quotes"), format!("{zh}；请加引号")),
        });
    }

    /// A whole number of 32 bits.
    pub(super) fn int(self) -> Option<i32> {
        let number = self.value.as_i64().and_then(|number| i32::try_from(number).ok());
        if number.is_none() {
            self.wrong_shape(("a whole number such as 3", "整数（如 3）"));
        }
        number
    }

    /// An exact number, written as number, or as text in the way of people.
    fn decimal(self) -> Option<Decimal> {
        let number = match self.value {
            Value::Number(number) => number.to_string().parse().ok(),
            Value::String(text) => crate::number::read(text, None).ok().map(|number| number.value),
            _ => None,
        };
        if number.is_none() {
            self.wrong_shape(("a number such as 89.5", "数字（如 89.5）"));
        }
        number
    }

    fn flag(self) -> Option<bool> {
        if !self.value.is_boolean() {
            self.wrong_shape(("true or false", "true 或 false"));
        }
        self.value.as_bool()
    }

    /// A corner of an outline.
    pub(super) fn point(self) -> [f64; 2] {
        let pair = self.value.as_array().map(|list| list.iter().map(Value::as_f64).collect::<Vec<_>>());
        if let Some([Some(x), Some(y)]) = pair.as_deref() {
            return [*x, *y];
        }
        self.problem(("must be a pair of numbers [x, y], each from 0 to 1", "应为：一对数字 [x, y]，各在 0 到 1 之间"));
        [0.0, 0.0]
    }

    /// Opens an object; another value is noted as a problem, and read as an object without fields.
    pub(super) fn object(self) -> Fields<'a> {
        let map = self.value.as_object();
        if map.is_none() {
            self.wrong_shape(OBJECT);
        }
        Fields { map, path: self.path, problems: self.problems, asked: Vec::new() }
    }
}

/// The fields of one object. [`Fields::close`] notes the unknown ones.
pub(super) struct Fields<'a> {
    map: Option<&'a Map<String, Value>>,
    path: &'a str,
    problems: &'a RefCell<Problems>,
    asked: Vec<&'static str>,
}

impl<'a> Fields<'a> {
    /// The fields of the file itself.
    pub(super) fn root(value: &'a Value, problems: &'a RefCell<Problems>) -> Self {
        Place { value, path: "", problems }.object()
    }

    fn at(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// The value of a field that is there and not null.
    fn get(&mut self, name: &'static str) -> Option<&'a Value> {
        self.asked.push(name);
        self.map.and_then(|map| map.get(name)).filter(|value| !value.is_null())
    }

    fn read<T>(&mut self, name: &'static str, read: impl FnOnce(Place<'_>) -> Option<T>) -> Option<T> {
        let value = self.get(name)?;
        read(Place { value, path: &self.at(name), problems: self.problems })
    }

    fn must<T: Default>(&mut self, name: &'static str, what: Phrase, read: impl FnOnce(Place<'_>) -> Option<T>) -> T {
        let there = self.map.is_none_or(|map| map.get(name).is_some_and(|value| !value.is_null()));
        if !there {
            let message = (format!("is missing; {} is needed here", what.0), format!("缺少此项；应为：{}", what.1));
            self.problems.borrow_mut().push(self.at(name), message);
        }
        self.read(name, read).unwrap_or_default()
    }

    /// A text that must be there.
    pub(super) fn text(&mut self, name: &'static str) -> String {
        self.must(name, ("a text", "文字"), |place| place.text())
    }

    /// A text for people that must be there, in its normal form.
    pub(super) fn label(&mut self, name: &'static str) -> String {
        normal(&self.text(name))
    }

    /// A text for people that may be left out.
    pub(super) fn opt_label(&mut self, name: &'static str) -> Option<String> {
        self.opt_text(name).map(|text| normal(&text))
    }

    /// A text that may be left out.
    pub(super) fn opt_text(&mut self, name: &'static str) -> Option<String> {
        self.read(name, |place| place.text())
    }

    /// A text that is taken as it stands, blanks and all.
    pub(super) fn secret(&mut self, name: &'static str) -> Option<String> {
        self.read(name, |place| place.text().and_then(|_| place.value.as_str().map(str::to_owned)))
    }

    /// A whole number that must be there.
    pub(super) fn int(&mut self, name: &'static str) -> i32 {
        self.must(name, ("a whole number", "整数"), |place| place.int())
    }

    /// A whole number that may be left out.
    pub(super) fn opt_int(&mut self, name: &'static str) -> Option<i32> {
        self.read(name, |place| place.int())
    }

    /// An exact number that may be left out.
    pub(super) fn opt_decimal(&mut self, name: &'static str) -> Option<Decimal> {
        self.read(name, |place| place.decimal())
    }

    /// A yes or no with a default.
    pub(super) fn flag(&mut self, name: &'static str, default: bool) -> bool {
        self.read(name, |place| place.flag()).unwrap_or(default)
    }

    /// An object that may be left out.
    pub(super) fn opt_object<T>(&mut self, name: &'static str, read: impl FnOnce(Place<'_>) -> T) -> Option<T> {
        self.read(name, |place| Some(read(place)))
    }

    /// An object that must be there.
    pub(super) fn object<T: Default>(&mut self, name: &'static str, read: impl FnOnce(Place<'_>) -> T) -> T {
        self.must(name, OBJECT, |place| Some(read(place)))
    }

    /// A list that must be there.
    pub(super) fn list<T>(&mut self, name: &'static str, item: impl FnMut(Place<'_>) -> T) -> Vec<T> {
        self.must(name, LIST, |place| Some(items(place, item)))
    }

    /// A list that may be left out.
    pub(super) fn opt_list<T>(&mut self, name: &'static str, item: impl FnMut(Place<'_>) -> T) -> Vec<T> {
        self.read(name, |place| Some(items(place, item))).unwrap_or_default()
    }

    /// Notes the fields that do not exist, with the one that was probably meant.
    pub(super) fn close(self) {
        for name in self.map.into_iter().flat_map(Map::keys) {
            if !self.asked.contains(&name.as_str()) {
                let shown: String = name.chars().take(60).collect();
                self.problems.borrow_mut().push(self.at(&shown), no_such_field(name, &self.asked));
            }
        }
    }
}

/// Every item of a list; wrong ones keep their place, so that indices stay those of the file.
fn items<T>(place: Place<'_>, mut item: impl FnMut(Place<'_>) -> T) -> Vec<T> {
    let Some(list) = place.value.as_array() else {
        place.wrong_shape(LIST);
        return Vec::new();
    };
    let read = |(index, value)| {
        let path = format!("{}[{index}]", place.path);
        item(Place { value, path: &path, problems: place.problems })
    };
    list.iter().enumerate().map(read).collect()
}

/// The kind of a value.
pub(super) fn shape_of(value: &Value) -> Phrase {
    match value {
        Value::Null => ("nothing", "空值"),
        Value::Bool(_) => ("true or false", "true 或 false"),
        Value::Number(number) if number.is_f64() => ("a number with decimals", "带小数的数字"),
        Value::Number(_) => ("a number", "数字"),
        Value::String(_) => TEXT,
        Value::Array(_) => LIST,
        Value::Object(_) => ("an object", "对象"),
    }
}

/// Of a value that is not of the kind that was expected.
pub(super) fn not_expected(expected: Phrase, value: &Value) -> Bilingual {
    let (en, zh) = shape_of(value);
    (format!("must be {}, not {en}", expected.0), format!("应为：{}，实际为：{zh}", expected.1)).into()
}

/// Of a field that does not exist, with the one that was probably meant.
pub(super) fn no_such_field(name: &str, fields: &[&str]) -> Bilingual {
    let hint = match nearest(name, fields.iter().copied()) {
        Some(meant) => did_you_mean(meant),
        None => {
            let Bilingual { en, zh } = listed(fields);
            (format!("the fields here are {en}"), format!("此处的字段有：{zh}")).into()
        }
    };
    (format!("there is no such field; {}", hint.en), format!("无此字段；{}", hint.zh)).into()
}

/// The candidate that differs by no more than two slips of the keyboard.
pub(super) fn nearest<'a>(given: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // Beyond any code's length a comparison would cost more than the hint is worth.
    if given.len() > 64 {
        return None;
    }
    let given = given.to_lowercase();
    let allowed = if given.chars().count() < 5 { 1 } else { 2 };
    let length = given.len();
    candidates
        // A character is up to four bytes.
        .filter(|candidate| candidate.len().abs_diff(length) <= 8)
        .map(|candidate| (distance(&given, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

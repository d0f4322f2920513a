//! The text of an import file, JSON or YAML, as a value.

use std::cell::Cell;
use std::fmt;

use domain::import::Problem;
use domain::import::phrases::quoted;
use domain::words::Bilingual;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::nesting::is_deeper_than;

/// Largest file: 32 MiB.
pub(super) const BYTES: usize = 32 * 1024 * 1024;
/// Most values in a file, so that YAML's references cannot blow a small one up.
const VALUES: usize = 2_000_000;

/// How an import file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON.
    Json,
    /// YAML.
    Yaml,
}

impl Format {
    /// By the ending of a file's name.
    #[must_use]
    pub fn of_name(name: &str) -> Self {
        if name.to_lowercase().ends_with(".json") { Self::Json } else { Self::Yaml }
    }
}

/// Reads a text as a value; a field that stands twice is an error, not a choice.
pub(super) fn parse(text: &str, format: Format) -> Result<Value, Problem> {
    let bytes = text.as_bytes();
    let (left, fault) = (Cell::new(VALUES), Cell::new(None));
    let strict = Strict { left: &left, fault: &fault };
    match format {
        Format::Json => {
            let mut reader = serde_json::Deserializer::from_slice(bytes);
            let value = strict.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
            value.map_err(|error| {
                let at = Some((error.line(), error.column())).filter(|(line, _)| *line > 0);
                unreadable("JSON", &error.to_string(), at, fault.take())
            })
        }
        Format::Yaml if is_deeper_than(bytes, LEVELS) => {
            let en = format!("the file nests lists or objects in each other more than {LEVELS} times");
            Err(Problem::new("", (en, format!("文件中列表或对象的嵌套超过 {LEVELS} 层"))))
        }
        Format::Yaml => strict.deserialize(serde_yaml_ng::Deserializer::from_slice(bytes)).map_err(|error| {
            let at = error.location().map(|at| (at.line(), at.column()));
            unreadable("YAML", &error.to_string(), at, fault.take())
        }),
    }
}

/// The problem of a text that its parser refuses at a line and column. `fault` is our own fault in Chinese; the parser's
/// words are English.
fn unreadable(format: &str, why: &str, at: Option<(usize, usize)>, fault: Option<String>) -> Problem {
    let fault = fault.unwrap_or_else(|| format!("（{why}）"));
    let at = at.map(|(line, column)| format!("第 {line} 行第 {column} 列")).unwrap_or_default();
    let separated = if at.is_empty() || fault.starts_with('（') { "" } else { "，" };
    let en = format!("the file is no {format} that can be read: {why}");
    Problem::new("", (en, format!("{format} 文件无法读取：{at}{separated}{fault}")))
}

/// Levels of lists and objects in each other; the format needs ten.
const LEVELS: usize = 64;

/// Builds a value, counting.
#[derive(Clone, Copy)]
struct Strict<'a> {
    left: &'a Cell<usize>,
    /// What is wrong, in Chinese, when it is none of the parser's faults.
    fault: &'a Cell<Option<String>>,
}

impl Strict<'_> {
    /// A fault of ours: the parser carries it in English.
    fn fault<E: Error>(self, words: impl Into<Bilingual>) -> E {
        let Bilingual { en, zh } = words.into();
        self.fault.set(Some(zh));
        E::custom(en)
    }

    fn count<E: Error>(self) -> Result<(), E> {
        match self.left.get().checked_sub(1) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => Err(self.fault((format!("it has more than {VALUES} values"), format!("超过 {VALUES} 个值")))),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.count()?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text, a number, true, false, nothing, a list or an object")
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Value, E> {
        Ok(flag.into())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        let infinite = || self.fault(("a number must be finite", "数字必须是有限值"));
        Number::from_f64(number).map(Value::Number).ok_or_else(infinite)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(self)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            let value = fields.next_value_seed(self)?;
            if map.contains_key(&name) {
                let en = format!("the field {name:?} stands twice in one object");
                return Err(self.fault((en, format!("字段{}在同一对象中出现两次", quoted(&name).zh))));
            }
            map.insert(name, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str, format: Format) -> String {
        parse(text, format).expect_err("refused").message.en
    }

    #[test]
    fn json_and_yaml_are_the_same_value() {
        let json = parse(r#"{"a": [1, -2.5, "x", true, null]}"#, Format::Json).expect("JSON");
        let yaml = parse("a:\n- 1\n- -2.5\n- x\n- true\n- null\n", Format::Yaml).expect("YAML");
        assert_eq!(json, yaml);
    }

    #[test]
    fn what_cannot_be_read_is_said_with_its_line() {
        let wrong = message("{\"a\": 1,\n \"b\" 2}", Format::Json);
        assert!(wrong.contains("no JSON that can be read") && wrong.contains("line 2"), "{wrong}");
        let wrong = message("a: [1, 2\nb: 3\n", Format::Yaml);
        assert!(wrong.contains("no YAML that can be read") && wrong.contains("line 2"), "{wrong}");
        assert!(message("{} {}", Format::Json).contains("trailing"));
    }

    #[test]
    fn only_the_parsers_own_words_are_english_in_a_chinese_message() {
        let chinese = |text: &str, format| parse(text, format).expect_err("refused").message.zh;
        for (text, format) in [(r#"{"a": 1, "a": 2}"#, Format::Json), ("a: 1\na: 2\n", Format::Yaml)] {
            let wrong = chinese(text, format);
            assert!(wrong.contains("文件无法读取：") && wrong.ends_with("字段“a”在同一对象中出现两次"), "{wrong}");
        }
        let wrong = chinese("a: [1, 2\nb: 3\n", Format::Yaml);
        assert!(wrong.starts_with("YAML 文件无法读取：第 2 行第") && wrong.ends_with('）'), "{wrong}");
    }

    #[test]
    fn a_field_that_stands_twice_is_not_chosen_between() {
        assert!(message(r#"{"a": 1, "a": 2}"#, Format::Json).contains("\"a\" stands twice"));
        assert!(message("a: 1\na: 2\n", Format::Yaml).contains("\"a\" stands twice"));
    }

    #[test]
    fn references_cannot_blow_a_file_up() {
        let levels: Vec<String> =
            (1..9).map(|n| format!("l{n}: &l{n} [{}]", vec![format!("*l{}", n - 1); 10].join(", "))).collect();
        let bomb = format!("l0: &l0 x\n{}\n", levels.join("\n"));
        let wrong = message(&bomb, Format::Yaml);
        assert!(wrong.contains("more than") || wrong.contains("limit"), "{wrong}");
    }

    #[test]
    fn deep_yaml_is_refused_before_it_is_parsed() {
        let deep = [
            "[".repeat(1_000_000),
            "? ".repeat(500_000),
            "- ".repeat(500_000),
            "{a: ".repeat(200_000),
            "[']',".repeat(200_000),
            "[\"]\",".repeat(200_000),
            format!("a: it's\nb: {}", "[']',".repeat(200_000)),
        ];
        for text in deep {
            let problem = message(&text, Format::Yaml);
            assert!(problem.contains("more than 64 times"), "{problem}");
        }
    }

    #[test]
    fn many_flat_lists_are_not_deep() {
        assert!(parse("- [a, {b: c}]\n".repeat(1_000).as_str(), Format::Yaml).is_ok());
        let texts = "- it's [[[\n- 'it''s {{{'\n- |\n  it's [[[\n".repeat(1_000);
        assert!(parse(&texts, Format::Yaml).is_ok());
    }
}

//! The text of an import file, JSON or YAML, as a value.

use std::cell::Cell;
use std::fmt;

use domain::import::Problem;
use domain::import::phrases::quoted;
use domain::words::Bilingual;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::faults;
use super::format::Format;
use super::nesting::is_deeper_than;

/// Largest file: 32 MiB.
pub(super) const BYTES: usize = 32 * 1024 * 1024;
/// Most values in a file, so that YAML's references cannot blow a small one up.
const VALUES: usize = 2_000_000;

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
                let at = Some((error.line(), error.column().max(1))).filter(|(line, _)| *line > 0);
                faults::problem(format, at, &error.to_string(), fault.take())
            })
        }
        Format::Yaml if is_deeper_than(bytes, LEVELS) => {
            let en = format!("the file nests lists or objects in each other more than {LEVELS} times");
            Err(Problem::new("", (en, format!("文件中列表或对象的嵌套超过 {LEVELS} 层"))))
        }
        Format::Yaml => strict.deserialize(serde_yaml_ng::Deserializer::from_slice(bytes)).map_err(|error| {
            let at = error.location().map(|at| (at.line(), at.column()));
            faults::problem(format, at, &error.to_string(), fault.take())
        }),
    }
}

/// Levels of lists and objects in each other; the format needs ten.
const LEVELS: usize = 64;

/// Builds a value, counting.
#[derive(Clone, Copy)]
struct Strict<'a> {
    left: &'a Cell<usize>,
    /// The fault, if it is none of the parser's.
    fault: &'a Cell<Option<Bilingual>>,
}

impl Strict<'_> {
    /// A refusal by this module: the parser adds its place.
    fn fault<E: Error>(self, words: impl Into<Bilingual>) -> E {
        let words: Bilingual = words.into();
        let fault = E::custom(&words.en);
        self.fault.set(Some(words));
        fault
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
    fn a_chinese_message_has_no_english_in_it() {
        let chinese = |text: &str, format| parse(text, format).expect_err("refused").message.zh;
        for (text, format) in [(r#"{"a": 1, "a": 2}"#, Format::Json), ("a: 1\na: 2\n", Format::Yaml)] {
            let wrong = chinese(text, format);
            assert!(wrong.contains("文件无法读取：") && wrong.ends_with("字段“a”在同一对象中出现两次"), "{wrong}");
        }
        let json = [
            "",
            "{",
            "[1",
            "{\"a\" 1}",
            "{a: 1}",
            "[1,]",
            "{} {}",
            "\"\\x\"",
            "\"\n\"",
            "1e999",
            "truth",
            "[1 2]",
            "-",
        ];
        let yaml = [
            "a: [1, 2\nb: 3\n",
            "a: {b: 1\nc: 2",
            "a: b: c",
            "a:\n\t- b",
            "a: @b",
            "a: 'b",
            "a: *b",
            "a: 1\n---\nb: 2",
            "a: !x b",
            "- a\nb: c",
            "a: \"\\q\"",
            "a: \u{1}",
            "a:\n  b: 1\n c: 2",
        ];
        let texts = json.map(|text| (text, Format::Json)).into_iter().chain(yaml.map(|text| (text, Format::Yaml)));
        for (text, format) in texts {
            // Text that YAML accepts is no fault.
            let Err(problem) = parse(text, format) else { continue };
            let Bilingual { en, zh } = problem.message;
            let rest = zh.replace(format.name(), "").replace("反斜杠与 u", "");
            assert!(!rest.chars().any(|c| c.is_ascii_alphabetic()), "{text:?}: {zh}");
            assert!(!en.contains(" at line ") && zh.matches('第').count() <= 2, "{text:?}: {en} {zh}");
        }
        for (text, format, part) in [
            ("{\"a\": 1,\n \"b\" 2}", Format::Json, "第 2 行第 6 列，字段名之后缺少冒号"),
            ("{\"a\": 1,\n", Format::Json, "文件不完整"),
            ("a: [1, 2\nb: 3\n", Format::Yaml, "第 2 行第"),
            ("a: b: c", Format::Yaml, "文字中有冒号时须加引号"),
        ] {
            assert!(chinese(text, format).contains(part), "{text:?}: {}", chinese(text, format));
        }
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

//! The text of an import file, JSON or YAML, as a value.

use std::cell::Cell;
use std::fmt;

use domain::import::Problem;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Largest file: 32 MiB.
const BYTES: usize = 32 * 1024 * 1024;
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
pub(super) fn parse(bytes: &[u8], format: Format) -> Result<Value, Problem> {
    let problem = |message: String| Problem { path: String::new(), message };
    if bytes.len() > BYTES {
        return Err(problem(format!("the file has {} bytes; at most {BYTES} are possible", bytes.len())));
    }
    let left = Cell::new(VALUES);
    let strict = Strict { left: &left };
    match format {
        Format::Json => {
            let mut reader = serde_json::Deserializer::from_slice(bytes);
            let value = strict.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
            value.map_err(|error| problem(format!("the file is no JSON that can be read: {error}")))
        }
        Format::Yaml if nests_too_deep(bytes) => {
            Err(problem(format!("the file nests lists or objects in each other more than {LEVELS} times")))
        }
        Format::Yaml => strict
            .deserialize(serde_yaml_ng::Deserializer::from_slice(bytes))
            .map_err(|error| problem(format!("the file is no YAML that can be read: {error}"))),
    }
}

/// Levels of lists and objects in each other; the format needs ten.
const LEVELS: usize = 64;

/// Whether a YAML text nests deeper than any import file does, found in one pass over its bytes. The parser itself reads
/// a whole file before it can be stopped, and takes seconds for a megabyte of open brackets.
fn nests_too_deep(bytes: &[u8]) -> bool {
    let mut brackets = 0_usize;
    for byte in bytes {
        match byte {
            b'[' | b'{' => brackets += 1,
            b']' | b'}' => brackets = brackets.saturating_sub(1),
            _ => {}
        }
        if brackets > LEVELS {
            return true;
        }
    }
    // Lists and keys in block style open a level with each indicator at the beginning of a line.
    bytes.split(|byte| matches!(byte, b'\n' | b'\r')).any(|line| {
        let words = line.split(|byte| matches!(byte, b' ' | b'\t')).filter(|word| !word.is_empty());
        words.take_while(|word| matches!(*word, b"-" | b"?" | b":")).count() > LEVELS
    })
}

/// Builds a value, counting.
#[derive(Clone, Copy)]
struct Strict<'a> {
    left: &'a Cell<usize>,
}

impl Strict<'_> {
    fn count<E: Error>(self) -> Result<(), E> {
        match self.left.get().checked_sub(1) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => Err(E::custom(format!("it has more than {VALUES} values"))),
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
        Number::from_f64(number).map(Value::Number).ok_or_else(|| E::custom("a number must be finite"))
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
                return Err(A::Error::custom(format!("the field {name:?} stands twice in one object")));
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
        parse(text.as_bytes(), format).expect_err("refused").message
    }

    #[test]
    fn json_and_yaml_are_the_same_value() {
        let json = parse(br#"{"a": [1, -2.5, "x", true, null]}"#, Format::Json).expect("JSON");
        let yaml = parse(b"a:\n- 1\n- -2.5\n- x\n- true\n- null\n", Format::Yaml).expect("YAML");
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
        let deep = ["[".repeat(1_000_000), "? ".repeat(500_000), "- ".repeat(500_000), "{a: ".repeat(200_000)];
        for text in deep {
            let problem = message(&text, Format::Yaml);
            assert!(problem.contains("more than 64 times"), "{problem}");
        }
    }

    #[test]
    fn many_flat_lists_are_not_deep() {
        assert!(parse("- [a, {b: c}]\n".repeat(1_000).as_bytes(), Format::Yaml).is_ok());
    }
}

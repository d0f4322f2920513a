//! Repairs JSON that a parser refuses because of one text or number, so that the error is found at its field.
//!
//! Apps cut texts in the middle of a character, and write half a surrogate pair; cameras and forms hand over bytes that
//! are no UTF-8. In a push of a hundred operations such a fault belongs to one of them.

/// Replaces an invalid character.
const NO_CHARACTER: &str = "\\ufffd";
/// Levels of nesting that are kept; what lies deeper becomes null.
const MOST_LEVELS: usize = 64;

/// The JSON with the same structure, in which each text and each number can be read.
pub(super) fn repaired(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let mut mender = JsonRepair { rest: &text, out: String::with_capacity(text.len()), levels: 0 };
    while let Some(next) = mender.rest.chars().next() {
        match next {
            '"' => mender.string(),
            '[' | '{' if mender.levels == MOST_LEVELS => mender.skip_nested(),
            '-' | '0'..='9' => mender.number(),
            _ => {
                match next {
                    '[' | '{' => mender.levels += 1,
                    ']' | '}' => mender.levels = mender.levels.saturating_sub(1),
                    _ => {}
                }
                mender.keep(next.len_utf8());
            }
        }
    }
    mender.out
}

struct JsonRepair<'a> {
    rest: &'a str,
    out: String,
    levels: usize,
}

impl JsonRepair<'_> {
    /// Takes so many bytes over as they are.
    fn keep(&mut self, bytes: usize) {
        let (kept, rest) = self.rest.split_at(bytes);
        self.out.push_str(kept);
        self.rest = rest;
    }

    /// A text, from its first quotation mark to its last.
    fn string(&mut self) {
        self.keep(1);
        while let Some(next) = self.rest.chars().next() {
            match next {
                '"' => return self.keep(1),
                '\\' => self.escape(),
                control if control < ' ' => {
                    self.out.push_str(&format!("\\u{:04x}", u32::from(control)));
                    self.rest = &self.rest[1..];
                }
                other => self.keep(other.len_utf8()),
            }
        }
    }

    /// A backslash and what it stands for.
    fn escape(&mut self) {
        let unit = |text: &str| {
            let digits = text.strip_prefix("\\u")?.get(..4)?;
            u16::from_str_radix(digits, 16).ok().filter(|_| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
        };
        match unit(self.rest) {
            Some(0xD800..=0xDBFF) if matches!(self.rest.get(6..).and_then(unit), Some(0xDC00..=0xDFFF)) => {
                self.keep(12)
            }
            Some(0xD800..=0xDFFF) => {
                self.out.push_str(NO_CHARACTER);
                self.rest = &self.rest[6..];
            }
            Some(_) => self.keep(6),
            None if self.rest[1..].starts_with(['"', '\\', '/', 'b', 'f', 'n', 'r', 't']) => self.keep(2),
            None => {
                // A backslash that begins nothing is meant as one.
                self.out.push_str("\\\\");
                self.rest = &self.rest[1..];
            }
        }
    }

    /// A number; one that no reader can hold becomes a text.
    fn number(&mut self) {
        let is_part = |c: char| matches!(c, '0'..='9' | '.' | 'e' | 'E' | '+' | '-');
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        if serde_json::from_str::<serde_json::Number>(&self.rest[..end]).is_ok() {
            return self.keep(end);
        }
        self.out.push('"');
        self.keep(end);
        self.out.push('"');
    }

    /// Values nested too deep become null.
    fn skip_nested(&mut self) {
        let mark = self.out.len();
        let mut open = 0_usize;
        while let Some(next) = self.rest.chars().next() {
            match next {
                '"' => {
                    self.string();
                    continue;
                }
                '[' | '{' => open += 1,
                ']' | '}' => open -= 1,
                _ => {}
            }
            self.rest = &self.rest[next.len_utf8()..];
            if open == 0 {
                break;
            }
        }
        self.out.truncate(mark);
        self.out.push_str("null");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(body: &[u8]) -> Value {
        serde_json::from_str(&repaired(body)).expect("JSON")
    }

    #[test]
    fn the_fault_stays_where_it_is() {
        for (body, value) in [
            (&br#"["a\ud83d", "b"]"#[..], json!(["a\u{FFFD}", "b"])),
            (br#"["a\udc00b", "b"]"#, json!(["a\u{FFFD}b", "b"])),
            (br#"["\ud83d\ud83d\ude00"]"#, json!(["\u{FFFD}\u{1F600}"])),
            (br#"["\ud83d\u0041"]"#, json!(["\u{FFFD}A"])),
            (br#"["\\ud83d", "\"\\"]"#, json!(["\\ud83d", "\"\\"])),
            (b"[\"a\xFFb\", \"c\"]", json!(["a\u{FFFD}b", "c"])),
            (b"[\"a\nb\tc\0\"]", json!(["a\nb\tc\0"])),
            (br#"["C:\path\u12"]"#, json!(["C:\\path\\u12"])),
            (br#"[1e999, -1e-999, 01, 2.5]"#, json!(["1e999", -0.0, "01", 2.5])),
            (br#"{"a": {"b": [1, "2", true, null]}}"#, json!({ "a": { "b": [1, "2", true, null] } })),
        ] {
            assert_eq!(read(body), value, "{}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn what_is_nested_too_deep_becomes_null() {
        let deep = format!("[{}\"]\"{}, 1]", "[".repeat(5_000), "]".repeat(5_000));
        let read = read(deep.as_bytes());
        assert_eq!(read[1], json!(1));
        assert_eq!(read.to_string().matches('[').count(), 64);
    }

    #[test]
    fn what_is_no_json_stays_none() {
        for body in ["{", "[1, ", "\"open", "nonsense", "{\"a\" 1}", "]", "\\"] {
            assert!(serde_json::from_str::<Value>(&repaired(body.as_bytes())).is_err(), "{body}");
        }
    }
}

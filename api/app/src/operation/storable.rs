//! What both databases can hold: PostgreSQL has no text with a NUL in it, not even inside JSON.

use serde_json::Value;

/// Replaces a NUL in the stored part of a refused operation.
const IN_PLACE_OF_NUL: &str = "\u{FFFD}";

/// The value with every NUL replaced, in texts and in names.
pub(crate) fn storable(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(storable_text(text)),
        Value::Array(values) => Value::Array(values.into_iter().map(storable).collect()),
        Value::Object(fields) => {
            Value::Object(fields.into_iter().map(|(name, value)| (storable_text(name), storable(value))).collect())
        }
        other => other,
    }
}

fn storable_text(text: String) -> String {
    if text.contains('\0') { text.replace('\0', IN_PLACE_OF_NUL) } else { text }
}

/// The path of the first text, or the first name, that has a NUL in it.
#[must_use]
pub fn path_of_nul(value: &Value) -> Option<String> {
    let under = |name: String, value: &Value| {
        path_of_nul(value).map(|path| if path.is_empty() { name.clone() } else { format!("{name}.{path}") })
    };
    match value {
        Value::String(text) => text.contains('\0').then(String::new),
        Value::Array(values) => values.iter().enumerate().find_map(|(n, value)| under(n.to_string(), value)),
        Value::Object(fields) => fields.iter().find_map(|(name, value)| {
            let shown = storable_text(name.clone());
            if name.contains('\0') { Some(shown) } else { under(shown, value) }
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_nul_is_found_and_replaced() {
        for (value, path, stored) in [
            (json!({ "a": "b", "c": [1, null] }), None, json!({ "a": "b", "c": [1, null] })),
            (json!({ "a": { "b": ["c", "d\0e"] } }), Some("a.b.1"), json!({ "a": { "b": ["c", "d\u{FFFD}e"] } })),
            (json!({ "a\0": 1 }), Some("a\u{FFFD}"), json!({ "a\u{FFFD}": 1 })),
            (json!("\0"), Some(""), json!("\u{FFFD}")),
        ] {
            assert_eq!(path_of_nul(&value).as_deref(), path);
            assert_eq!(storable(value), stored);
        }
    }
}

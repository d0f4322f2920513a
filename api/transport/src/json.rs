//! Answers as JSON text.
//!
//! async-graphql's `Value` has a kind that no type of this schema answers with: bytes. Here they are JSON that has been
//! written already by the schema, and go into the text as they are.

use async_graphql::{Response, Value};
use bytes::Bytes;
use serde::Serialize;

/// A value that has been written.
pub fn raw(json: Vec<u8>) -> Value {
    Value::Binary(Bytes::from(json))
}

/// The whole answer to a request.
pub fn response(response: &Response) -> Vec<u8> {
    let mut text = Vec::with_capacity(usize::try_from(size(&response.data)).unwrap_or_default() + 64);
    text.extend_from_slice(b"{\"data\":");
    write(&response.data, &mut text);
    if !response.errors.is_empty() {
        text.extend_from_slice(b",\"errors\":");
        write_any(&response.errors, &mut text);
    }
    if !response.extensions.is_empty() {
        text.extend_from_slice(b",\"extensions\":");
        write_any(&response.extensions, &mut text);
    }
    text.push(b'}');
    text
}

/// Bytes of a value as JSON, roughly: escapes are not counted.
pub fn size(value: &Value) -> u64 {
    match value {
        Value::Binary(written) => written.len() as u64,
        Value::String(text) => text.len() as u64 + 2,
        Value::List(values) => values.iter().fold(2, |sum, value| sum + 1 + size(value)),
        Value::Object(fields) => fields.iter().fold(2, |sum, (name, value)| sum + name.len() as u64 + 4 + size(value)),
        Value::Null | Value::Number(_) | Value::Boolean(_) | Value::Enum(_) => 5,
    }
}

/// Appends a value to a text.
pub fn write(value: &Value, text: &mut Vec<u8>) {
    match value {
        Value::Binary(written) => text.extend_from_slice(written),
        Value::List(values) => {
            text.push(b'[');
            for (number, value) in values.iter().enumerate() {
                if number > 0 {
                    text.push(b',');
                }
                write(value, text);
            }
            text.push(b']');
        }
        Value::Object(fields) => {
            text.push(b'{');
            for (number, (name, value)) in fields.iter().enumerate() {
                if number > 0 {
                    text.push(b',');
                }
                write_any(name, text);
                text.push(b':');
                write(value, text);
            }
            text.push(b'}');
        }
        Value::Null | Value::Number(_) | Value::String(_) | Value::Boolean(_) | Value::Enum(_) => {
            write_any(value, text)
        }
    }
}

/// Appends any value that serde knows to a text.
pub fn write_any<T: Serialize + ?Sized>(value: &T, text: &mut Vec<u8>) {
    let before = text.len();
    if let Err(error) = serde_json::to_writer(&mut *text, value) {
        // Not seen: memory does not refuse, and all keys are texts.
        tracing::error!(%error, "a value could not be written as JSON");
        text.truncate(before);
        text.extend_from_slice(b"null");
    }
}

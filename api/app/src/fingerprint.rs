//! Fingerprints: whether a content is the same as one that came before.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::error::Result;

/// SHA-256 over the canonical JSON of a content: object keys in order, no blanks.
///
/// Fingerprints are kept in databases and compared with those of later releases. So the fields of a content are named
/// by texts (`json!`, `serde(rename)`), never by the names of Rust's fields.
///
/// # Errors
/// When the content cannot be written as JSON.
pub fn fingerprint(content: &impl Serialize) -> Result<Vec<u8>> {
    Ok(Sha256::digest(canonical(content)?).to_vec())
}

/// The text over which a fingerprint is taken.
pub(crate) fn canonical(content: &impl Serialize) -> Result<String> {
    // Through `Value`, whose maps are sorted by key.
    Ok(serde_json::to_string(&serde_json::to_value(content)?)?)
}

#[cfg(test)]
mod tests;

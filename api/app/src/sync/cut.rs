//! How much is kept of the input of an operation that was not done: its beginning, its length and the hash of the
//! whole.

use domain::sync::SyncOutcome;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::error::Result;
use crate::operation::{Operation, UNREADABLE};

/// Most bytes that are kept of the input of a refused operation.
pub(super) const MOST_OF_REFUSED: usize = 16 * 1_024;
/// Most bytes that are kept of an operation that this server cannot read.
pub(super) const MOST_OF_UNREADABLE: usize = 64 * 1_024;
/// Room for what stands around the beginning of an input.
const FRAME: usize = 256;

/// The input as it is stored with an answer, and its length as JSON.
pub(super) fn stored_input(operation: &Operation, outcome: SyncOutcome) -> Result<(Value, usize)> {
    let whole = serde_json::to_string(&operation.input)?;
    let most = match outcome {
        SyncOutcome::Applied | SyncOutcome::AlreadyApplied | SyncOutcome::Merged => usize::MAX,
        SyncOutcome::Rejected if operation.command == UNREADABLE => MOST_OF_UNREADABLE,
        // The pending edit of a conflict has all of it that can still be done.
        SyncOutcome::Rejected | SyncOutcome::Conflict => MOST_OF_REFUSED,
    };
    if whole.len() <= most {
        return Ok((operation.input.clone(), whole.len()));
    }
    let cut = cut(&whole, most - FRAME);
    let length = serde_json::to_string(&cut)?.len();
    Ok((cut, length))
}

/// The beginning of a text that takes so many bytes in JSON at most, with the text's length and hash.
fn cut(whole: &str, most: usize) -> Value {
    let mut left = most;
    let head: String = whole
        .chars()
        .take_while(|char| {
            // JSON text has no raw control characters: these two alone are longer inside a string.
            let length = char.len_utf8() + usize::from(matches!(char, '"' | '\\'));
            let fits = length <= left;
            left = left.saturating_sub(length);
            fits
        })
        .collect();
    let sha256 = hex::encode(Sha256::digest(whole.as_bytes()));
    json!({ "truncated": { "head": head, "byteSize": whole.len(), "sha256": sha256 } })
}

#[cfg(test)]
mod tests {
    use domain::id::{DeviceId, OperationId};

    use super::*;

    fn stored(input: Value, outcome: SyncOutcome) -> (Value, usize) {
        let operation = Operation::unreadable(OperationId::from_u128(1), DeviceId::from_u128(2), input);
        stored_input(&operation, outcome).expect("JSON")
    }

    #[test]
    fn a_small_input_is_kept_whole_and_a_large_one_is_cut_with_its_hash() {
        let small = json!({ "x": "a\"b" });
        assert_eq!(stored(small.clone(), SyncOutcome::Rejected), (small.clone(), small.to_string().len()));
        for fill in ["a", "\"", "\\", "缝", "\u{0}"] {
            let large = json!({ "x": fill.repeat(300_000) });
            let whole = large.to_string();
            let (kept, length) = stored(large.clone(), SyncOutcome::Rejected);
            let text = kept.to_string();
            assert_eq!(text.len(), length, "{fill}");
            assert!(length <= MOST_OF_UNREADABLE && length > MOST_OF_UNREADABLE - 1_000, "{fill}: {length}");
            assert_eq!(kept["truncated"]["byteSize"], whole.len());
            assert_eq!(kept["truncated"]["sha256"], hex::encode(Sha256::digest(whole.as_bytes())));
            assert!(whole.starts_with(kept["truncated"]["head"].as_str().expect("a text")));
            assert!(stored(large.clone(), SyncOutcome::Conflict).1 <= MOST_OF_REFUSED, "{fill}");
            assert_eq!(stored(large.clone(), SyncOutcome::Applied).0, large, "{fill}");
        }
    }
}

//! Objects whose bytes were read and found good a moment ago. A repeated declaration of the same bytes costs its sender
//! nothing, so it must not cost the server another read of up to 100 MB.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::Timestamp;

/// How long a read counts, in microseconds: 5 minutes.
const LIFE_MICROS: i64 = 5 * 60 * 1_000_000;
/// Most objects that are remembered.
const MOST: usize = 10_000;

/// The objects of this process that were read lately, each with the time of the read. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct CheckedObjects(Arc<Mutex<HashMap<String, Timestamp>>>);

impl CheckedObjects {
    /// Whether the object was read and found good within the last minutes.
    pub(super) fn contains(&self, key: &str, now: Timestamp) -> bool {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(key).is_some_and(|read| is_fresh(*read, now))
    }

    /// Forgets an object that was found lost or changed.
    pub(super) fn remove(&self, key: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }

    /// Remembers that the object was read and found good.
    pub(super) fn insert(&self, key: &str, now: Timestamp) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.retain(|_, read| is_fresh(*read, now));
        }
        if known.len() < MOST {
            known.insert(key.to_owned(), now);
        }
    }
}

/// A clock that was set back makes no read last for ever.
fn is_fresh(read: Timestamp, now: Timestamp) -> bool {
    (0..LIFE_MICROS).contains(&now.micros_since(read))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_counts_for_five_minutes_and_not_before_it_was_made() {
        let (checked, read) = (CheckedObjects::default(), Timestamp(1_000_000));
        assert!(!checked.contains("a", read));
        checked.insert("a", read);
        assert!(checked.contains("a", read.plus_seconds(299)));
        assert!(!checked.contains("a", read.plus_seconds(300)));
        assert!(!checked.contains("a", read.plus_seconds(-1)));
        assert!(!checked.contains("b", read));
    }

    #[test]
    fn the_memory_is_bounded_and_old_reads_make_room() {
        let (checked, read) = (CheckedObjects::default(), Timestamp(0));
        for number in 0..=MOST {
            checked.insert(&number.to_string(), read);
        }
        assert!(!checked.contains(&MOST.to_string(), read));
        let later = read.plus_seconds(301);
        checked.insert("new", later);
        assert!(checked.contains("new", later));
    }
}

//! Rows of one table against the entries of the file: which are new, which differ, which are left alone.

use std::collections::HashMap;
use std::hash::Hash;

use domain::import::ImportedKind;

use super::report::Tally;

/// The rows of a table after the import.
pub(super) struct Rows<K, M> {
    /// The rows of the file's entries, written or not.
    pub(super) now: HashMap<K, M>,
    /// The keys of those that must be written, in the file's order.
    pub(super) written: Vec<K>,
    /// Rows that the file does not name.
    pub(super) left: Vec<M>,
    /// The numbers.
    pub(super) tally: Tally,
}

impl<K: Hash + Eq + Clone, M: Clone + PartialEq> Rows<K, M> {
    /// Matches `wanted` with the rows that are there by key. `make` answers the row as the file wants it, given the
    /// one that is there; `bump` counts up the version of a row that changes.
    pub(super) fn match_up<W>(
        kind: ImportedKind,
        there: impl IntoIterator<Item = (K, M)>,
        wanted: impl IntoIterator<Item = (K, W)>,
        mut make: impl FnMut(W, Option<&M>) -> M,
        bump: impl Fn(&mut M),
    ) -> Self {
        let mut there: HashMap<K, M> = there.into_iter().collect();
        let mut rows = Self { now: HashMap::new(), written: Vec::new(), left: Vec::new(), tally: Tally::new(kind) };
        for (key, entry) in wanted {
            let current = there.remove(&key);
            let mut row = make(entry, current.as_ref());
            match current {
                None => rows.tally.created += 1,
                Some(current) if current == row => {
                    rows.tally.unchanged += 1;
                    rows.now.insert(key, row);
                    continue;
                }
                Some(_) => {
                    rows.tally.updated += 1;
                    bump(&mut row);
                }
            }
            rows.written.push(key.clone());
            rows.now.insert(key, row);
        }
        rows.left = there.into_values().collect();
        rows
    }

    /// The rows that must be written.
    pub(super) fn to_write(&self) -> Vec<M> {
        self.written.iter().filter_map(|key| self.now.get(key)).cloned().collect()
    }

    /// Counts the rows that the file does not name, by their codes in order.
    pub(super) fn leave(&mut self, code: impl Fn(&M) -> String) {
        let mut codes: Vec<String> = self.left.iter().map(code).collect();
        codes.sort_unstable();
        for code in codes {
            self.tally.leave(code);
        }
    }
}

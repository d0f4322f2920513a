//! Watched values by key. An entry exists only as long as a watcher does.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

type Entries<K, V> = HashMap<K, Entry<V>>;

struct Entry<V> {
    sender: watch::Sender<V>,
    waiting: usize,
}

/// The entries. Clones are the same.
pub(super) struct Registry<K, V>(Arc<Mutex<Entries<K, V>>>);

/// A watcher of one entry, which ends when it is dropped.
pub(super) struct Watched<K: Hash + Eq, V> {
    pub(super) value: watch::Receiver<V>,
    key: K,
    registry: Registry<K, V>,
}

impl<K, V> Default for Registry<K, V> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K, V> Registry<K, V> {
    fn lock(&self) -> MutexGuard<'_, Entries<K, V>> {
        // No panic can leave the map half-changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Hash + Eq + Clone, V> Registry<K, V> {
    /// Watches a key, which gets the value `first` if it has no watcher yet.
    pub(super) fn watch(&self, key: K, first: V) -> Watched<K, V> {
        let mut entries = self.lock();
        let entry =
            entries.entry(key.clone()).or_insert_with(|| Entry { sender: watch::Sender::new(first), waiting: 0 });
        entry.waiting += 1;
        Watched { value: entry.sender.subscribe(), key, registry: Self(Arc::clone(&self.0)) }
    }

    /// Changes the value of a key that is watched, and wakes its watchers if `change` returns true.
    pub(super) fn update(&self, key: &K, change: impl FnOnce(&mut V) -> bool) {
        if let Some(entry) = self.lock().get(key) {
            entry.sender.send_if_modified(change);
        }
    }

    /// The keys that are watched now.
    pub(super) fn keys(&self) -> Vec<K> {
        self.lock().keys().cloned().collect()
    }
}

impl<K: Hash + Eq, V> Drop for Watched<K, V> {
    fn drop(&mut self) {
        let mut entries = self.registry.lock();
        if let Some(entry) = entries.get_mut(&self.key) {
            entry.waiting -= 1;
            if entry.waiting == 0 {
                entries.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_an_entry_only_while_somebody_waits() {
        let registry = Registry::default();
        let one = registry.watch("key", 1);
        let other = registry.watch("key", 9);
        assert_eq!(*other.value.borrow(), 1, "the value that is there already counts");
        drop(one);
        registry.update(&"key", |value| {
            *value = 2;
            true
        });
        assert_eq!(*other.value.borrow(), 2);
        assert_eq!(registry.keys(), ["key"]);
        drop(other);
        assert_eq!(registry.keys(), [""; 0]);
    }
}

//! Limits the lasting connections of each person and each address.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::rate::RateLimitKey;

/// The number of connections of each key.
type Counts = HashMap<RateLimitKey, usize>;

/// The connections of this server process. Clones are the same.
#[derive(Clone, Debug, Default)]
pub(super) struct ConnectionLimiter(Arc<Mutex<Counts>>);

/// The permit of one connection, released when it is dropped.
#[derive(Debug)]
pub(super) struct ConnectionPermit {
    connection_limiter: ConnectionLimiter,
    key: RateLimitKey,
}

impl ConnectionLimiter {
    /// A permit, if the key has fewer than `most` connections.
    pub(super) fn acquire(&self, key: RateLimitKey, most: usize) -> Option<ConnectionPermit> {
        let mut counts = self.lock();
        let count = counts.get(&key).copied().unwrap_or_default();
        if count >= most {
            return None;
        }
        counts.insert(key, count + 1);
        drop(counts);
        Some(ConnectionPermit { connection_limiter: self.clone(), key })
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        // No panic can leave the map half-changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        let mut counts = self.connection_limiter.lock();
        if let Some(count) = counts.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn released_permit_can_be_acquired_again() {
        let (connection_limiter, ana) = (ConnectionLimiter::default(), RateLimitKey::Person(Uuid::from_u128(1)));
        let (one, other) = (connection_limiter.acquire(ana, 2), connection_limiter.acquire(ana, 2));
        assert!(one.is_some() && other.is_some());
        assert!(connection_limiter.acquire(ana, 2).is_none());
        assert!(connection_limiter.acquire(RateLimitKey::Person(Uuid::from_u128(2)), 2).is_some());
        drop(one);
        assert!(connection_limiter.acquire(ana, 2).is_some());
        drop(other);
        assert!(connection_limiter.lock().is_empty());
    }
}

//! How many connections that stay a person and an address have, and may have.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::rate::Spender;

type Taken = HashMap<Spender, usize>;

/// The connections of this server process. Clones are the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Seats(Arc<Mutex<Taken>>);

/// A connection's place, free again when dropped.
#[derive(Debug)]
pub(super) struct Seat {
    seats: Seats,
    whose: Spender,
}

impl Seats {
    /// A place, if so many are not all taken.
    pub(super) fn take(&self, whose: Spender, most: usize) -> Option<Seat> {
        let mut taken = self.lock();
        let count = taken.get(&whose).copied().unwrap_or_default();
        if count >= most {
            return None;
        }
        taken.insert(whose, count + 1);
        drop(taken);
        Some(Seat { seats: self.clone(), whose })
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        // No panic can leave the map half-changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.lock();
        if let Some(count) = taken.get_mut(&self.whose) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.whose);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_place_that_is_left_can_be_taken_again() {
        let (seats, ana) = (Seats::default(), Spender::Person(Uuid::from_u128(1)));
        let (one, other) = (seats.take(ana, 2), seats.take(ana, 2));
        assert!(one.is_some() && other.is_some());
        assert!(seats.take(ana, 2).is_none());
        assert!(seats.take(Spender::Person(Uuid::from_u128(2)), 2).is_some());
        drop(one);
        assert!(seats.take(ana, 2).is_some());
        drop(other);
        assert!(seats.lock().is_empty());
    }
}

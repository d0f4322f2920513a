//! The memory of request bodies, limited in total and per address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::client_network::client_network;

/// The bytes of all bodies that are being received into memory. Clones share the counts.
#[derive(Clone, Debug)]
pub struct Bodies {
    most: usize,
    most_per_address: usize,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// The bytes of one body; they are released when this is dropped.
#[derive(Debug)]
pub struct Held {
    bodies: Bodies,
    address: IpAddr,
    bytes: usize,
}

impl Bodies {
    /// A limit in total, and a limit per address (an IPv4 address or an IPv6 /64 network).
    #[must_use]
    pub fn new(most: usize, most_per_address: usize) -> Self {
        Self { most, most_per_address, taken: Arc::default() }
    }

    /// An empty body from an address.
    #[must_use]
    pub fn hold(&self, address: IpAddr) -> Held {
        Held { bodies: self.clone(), address: client_network(address), bytes: 0 }
    }

    /// The number of bytes that are held now.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.lock().all
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        // No panic can leave the counts half-changed.
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// Adds bytes to the body; `false`, and nothing is added, if there is no room for them.
    pub fn grow(&mut self, bytes: usize) -> bool {
        let mut taken = self.bodies.lock();
        let of_address = taken.by_address.get(&self.address).copied().unwrap_or_default();
        if taken.all + bytes > self.bodies.most || of_address + bytes > self.bodies.most_per_address {
            return false;
        }
        taken.all += bytes;
        taken.by_address.insert(self.address, of_address + bytes);
        self.bytes += bytes;
        true
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut taken = self.bodies.lock();
        taken.all -= self.bytes;
        if let Some(count) = taken.by_address.get_mut(&self.address) {
            *count -= self.bytes;
            if *count == 0 {
                taken.by_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_bounded_in_all_and_per_address_and_given_back() {
        let bodies = Bodies::new(100, 60);
        let hold = |text: &str| bodies.hold(text.parse().expect("an address"));
        let (mut one, mut other, mut third) = (hold("192.0.2.1"), hold("192.0.2.1"), hold("192.0.2.2"));
        assert!(one.grow(40) && !other.grow(21) && other.grow(20), "60 per address");
        assert!(!third.grow(41) && third.grow(40), "100 in all");
        assert_eq!(bodies.bytes(), 100);
        drop(one);
        assert!(other.grow(40) && !third.grow(1));
        drop((other, third));
        assert_eq!((bodies.bytes(), bodies.lock().by_address.len()), (0, 0));
    }
}

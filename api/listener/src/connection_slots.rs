//! The slots of connections: their number and its limits.

use std::collections::HashMap;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ipnet::IpNet;

use crate::client_network::client_network;
use crate::limits::Limits;

/// The minimum time between two warnings of the same kind.
const QUIET: Duration = Duration::from_secs(10);

/// The connections of one listener.
#[derive(Debug)]
pub(crate) struct ConnectionSlots {
    most: usize,
    most_per_address: usize,
    proxies: Vec<IpNet>,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
    full: Warning,
    failed: Warning,
}

/// A warning that is repeated every ten seconds at most, with the number of events since the last one.
#[derive(Debug, Default)]
struct Warning {
    last: Option<Instant>,
    events: u64,
}

impl Warning {
    /// Counts an event; returns the number of events if the warning is due.
    fn count(&mut self, now: Instant) -> Option<u64> {
        self.events += 1;
        if self.last.is_some_and(|last| now.saturating_duration_since(last) < QUIET) {
            return None;
        }
        self.last = Some(now);
        Some(std::mem::take(&mut self.events))
    }
}

/// The slot of one connection; free again when dropped.
#[derive(Debug)]
pub(crate) struct ConnectionSlot {
    taken: Arc<Mutex<Taken>>,
    address: IpAddr,
}

impl ConnectionSlots {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            most: limits.connections,
            most_per_address: limits.per_address,
            proxies: limits.proxies.clone(),
            taken: Arc::default(),
        }
    }

    /// Takes a slot for a connection from an address; if none is free, logs the refusal.
    pub(crate) fn take(&self, peer: IpAddr) -> Option<ConnectionSlot> {
        let address = client_network(peer);
        let is_proxy = self.proxies.iter().any(|network| network.contains(&peer.to_canonical()));
        let mut taken = lock(&self.taken);
        let of_address = taken.by_address.get(&address).copied().unwrap_or_default();
        let limit = if taken.all >= self.most {
            "in all"
        } else if !is_proxy && of_address >= self.most_per_address {
            "of this address"
        } else {
            taken.all += 1;
            taken.by_address.insert(address, of_address + 1);
            drop(taken);
            return Some(ConnectionSlot { taken: Arc::clone(&self.taken), address });
        };
        let open = taken.all;
        if let Some(refused) = taken.full.count(Instant::now()) {
            drop(taken);
            tracing::warn!(%address, limit, open, of_address, refused, "connections are refused: the limit is reached");
        }
        None
    }

    pub(crate) fn report_failed_accept(&self, error: &io::Error) {
        let mut taken = lock(&self.taken);
        let open = taken.all;
        if let Some(failed) = taken.failed.count(Instant::now()) {
            drop(taken);
            tracing::warn!(%error, open, failed, "connections cannot be accepted");
        }
    }
}

fn lock(taken: &Mutex<Taken>) -> MutexGuard<'_, Taken> {
    // No panic can leave the counts half-changed.
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        let mut taken = lock(&self.taken);
        taken.all -= 1;
        if let Some(count) = taken.by_address.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                taken.by_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(connections: usize, per_address: usize) -> ConnectionSlots {
        let proxies = vec!["10.0.0.0/8".parse().expect("a network")];
        ConnectionSlots::new(&Limits { connections, per_address, proxies, ..Limits::default() })
    }

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn places_are_counted_in_all_and_per_address_and_are_free_again() {
        let places = places(3, 2);
        let (one, other) = (places.take(address("192.0.2.1")), places.take(address("192.0.2.1")));
        assert!(one.is_some() && other.is_some());
        assert!(places.take(address("192.0.2.1")).is_none(), "two per address");
        let third = places.take(address("192.0.2.2"));
        assert!(third.is_some());
        assert!(places.take(address("192.0.2.3")).is_none(), "three in all");
        drop(one);
        assert!(places.take(address("192.0.2.1")).is_some());
        drop((other, third));
        let taken = lock(&places.taken);
        assert_eq!((taken.all, taken.by_address.len()), (0, 0));
    }

    #[test]
    fn proxy_has_no_limit_of_its_own() {
        let places = places(5, 1);
        let taken: Vec<_> = (0..5).filter_map(|_| places.take(address("::ffff:10.1.2.3"))).collect();
        assert_eq!(taken.len(), 5);
        assert!(places.take(address("10.1.2.3")).is_none(), "five in all");
    }

    #[test]
    fn warning_counts_what_it_left_out() {
        let (mut warning, now) = (Warning::default(), Instant::now());
        assert_eq!([warning.count(now), warning.count(now), warning.count(now)], [Some(1), None, None]);
        assert_eq!(warning.count(now + QUIET), Some(3));
    }
}

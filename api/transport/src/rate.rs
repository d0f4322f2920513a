//! Rate limits in points, per person and per address: a token bucket that refills at a steady rate.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use uuid::Uuid;

/// More buckets than this are swept: those that are full again need no memory.
const SWEEP_AT: usize = 20_000;

/// The size of a bucket and its refill rate.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// Points in a full bucket.
    pub points: f64,
    /// Points that come back each second.
    pub per_second: f64,
}

impl Default for Rate {
    fn default() -> Self {
        Self { points: 1_000.0, per_second: 100.0 }
    }
}

/// The person or address of a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum RateLimitKey {
    Person(Uuid),
    Address(IpAddr),
}

impl RateLimitKey {
    /// A household or phone has a whole /64 of IPv6 addresses, so they share one bucket.
    pub(super) fn address(address: IpAddr) -> Self {
        Self::Address(listener::client_network(address))
    }
}

#[derive(Clone, Copy, Debug)]
struct Bucket {
    points: f64,
    at: Instant,
}

impl Bucket {
    fn filled(self, rate: Rate, now: Instant) -> f64 {
        let seconds = now.saturating_duration_since(self.at).as_secs_f64();
        (self.points + seconds * rate.per_second).min(rate.points)
    }
}

/// The buckets of this server process.
#[derive(Debug)]
pub(super) struct Limiter {
    rate: Option<Rate>,
    buckets: Mutex<HashMap<RateLimitKey, Bucket>>,
}

impl Limiter {
    /// `None` never refuses.
    pub(super) fn new(rate: Option<Rate>) -> Self {
        Self { rate, buckets: Mutex::default() }
    }

    /// Charges the points, or returns the time until they are available. A refusal charges nothing.
    pub(super) fn charge(&self, key: RateLimitKey, points: u64, now: Instant) -> Result<(), Duration> {
        self.charge_rest(key, points, 0, now)
    }

    /// Takes the rest of a price of which some was paid before. The wait is long enough for the whole price, since the
    /// next try pays all of it again.
    pub(super) fn charge_rest(&self, key: RateLimitKey, points: u64, paid: u64, now: Instant) -> Result<(), Duration> {
        let Some(rate) = self.rate else {
            return Ok(());
        };
        let most = rate.points;
        // A request that costs more than the bucket holds is charged one full bucket; otherwise it could never be
        // admitted.
        let points = (points as f64).min(most - paid as f64).max(0.0);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= SWEEP_AT && !buckets.contains_key(&key) {
            buckets.retain(|_, bucket| bucket.filled(rate, now) < rate.points);
        }
        let bucket = buckets.entry(key).or_insert(Bucket { points: rate.points, at: now });
        let there = bucket.filled(rate, now);
        if points > there {
            let missing = (points + paid as f64).min(most) - there;
            return Err(Duration::from_secs_f64(missing.max(0.0) / rate.per_second.max(0.001)));
        }
        *bucket = Bucket { points: there - points, at: now };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { points: 1_000.0, per_second: 100.0 };

    fn address(text: &str) -> RateLimitKey {
        RateLimitKey::address(text.parse().expect("an address"))
    }

    #[test]
    fn a_spent_bucket_refuses_and_fills_again() {
        let (limiter, now) = (Limiter::new(Some(RATE)), Instant::now());
        let ana = RateLimitKey::Person(Uuid::nil());
        assert_eq!(limiter.charge(ana, 900, now), Ok(()));
        assert_eq!(limiter.charge(ana, 300, now), Err(Duration::from_secs(2)));
        assert_eq!(limiter.charge(ana, 300, now + Duration::from_secs(2)), Ok(()));
        assert!(limiter.charge(ana, 1, now + Duration::from_secs(2)).is_err());
        assert_eq!(limiter.charge(address("10.0.0.1"), 1, now), Ok(()));
    }

    #[test]
    fn what_is_dearer_than_a_bucket_takes_a_full_one() {
        let (limiter, now) = (Limiter::new(Some(RATE)), Instant::now());
        let ana = RateLimitKey::Person(Uuid::nil());
        assert_eq!(limiter.charge(ana, 5_000, now), Ok(()));
        assert_eq!(limiter.charge(ana, 5_000, now), Err(Duration::from_secs(10)));
    }

    #[test]
    fn the_rest_of_a_price_is_waited_for_with_what_was_paid_before() {
        let (limiter, now) = (Limiter::new(Some(RATE)), Instant::now());
        let ana = RateLimitKey::Person(Uuid::nil());
        assert_eq!(limiter.charge(ana, 700, now), Ok(()));
        assert_eq!(limiter.charge_rest(ana, 400, 100, now), Err(Duration::from_secs(2)));
        // A whole bucket is enough for any price, whatever was paid before.
        let later = now + Duration::from_secs(7);
        assert_eq!(limiter.charge(ana, 100, later), Ok(()));
        assert_eq!(limiter.charge_rest(ana, 5_000, 100, later), Ok(()));
    }

    #[test]
    fn one_ipv6_network_is_one_spender() {
        assert_eq!(address("2001:db8::1"), address("2001:db8::ffff:1"));
        assert_ne!(address("2001:db8::1"), address("2001:db8:0:1::1"));
        assert_eq!(address("::ffff:10.0.0.1"), address("10.0.0.1"));
    }

    #[test]
    fn full_buckets_are_swept() {
        let (limiter, now) = (Limiter::new(Some(RATE)), Instant::now());
        for number in 0..SWEEP_AT as u128 {
            let _ = limiter.charge(RateLimitKey::Person(Uuid::from_u128(number)), 1, now);
        }
        let _ = limiter.charge(RateLimitKey::Person(Uuid::max()), 1, now + Duration::from_secs(1));
        assert_eq!(limiter.buckets.lock().expect("no panic").len(), 1);
    }
}

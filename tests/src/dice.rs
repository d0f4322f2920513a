//! Seeded random numbers, so that a failed run can be repeated.

use crate::ids::v7;

/// A random number generator (SplitMix64).
#[derive(Debug, Clone)]
pub struct Dice {
    state: u64,
}

impl Dice {
    /// The same seed always gives the same numbers.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// Seeded by `PROOF_SEED`, or randomly; prints the seed, so that a failed run can be repeated.
    ///
    /// # Panics
    /// When `PROOF_SEED` is no number.
    #[must_use]
    pub fn announced(what: &str) -> Self {
        let seed = match std::env::var("PROOF_SEED") {
            Ok(text) => text.parse().expect("PROOF_SEED is a number"),
            Err(_) => u64::from_le_bytes(v7().as_bytes()[8..].first_chunk().copied().unwrap_or_default()),
        };
        println!("{what}: PROOF_SEED={seed}");
        Self::new(seed)
    }

    /// The next random number.
    pub const fn throw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`; 0 if there is none.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.throw() >> 1).unwrap_or(0) % limit.max(1)
    }

    /// True with the given probability in per cent.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// A random element.
    ///
    /// # Panics
    /// When the list is empty.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// This many random bytes.
    #[must_use]
    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(count + 8);
        while bytes.len() < count {
            bytes.extend_from_slice(&self.throw().to_le_bytes());
        }
        bytes.truncate(count);
        bytes
    }

    /// A separate generator, for a concurrent user.
    #[must_use]
    pub const fn other(&mut self) -> Self {
        Self::new(self.throw())
    }
}

/// A number from the environment, for the long form of a test.
///
/// # Panics
/// When it is no number.
#[must_use]
pub fn number(name: &str, otherwise: usize) -> usize {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

//! A rate with its denominator: a number without one says nothing.

/// So many of so many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rate {
    /// How many have it.
    pub numerator: u64,
    /// Of how many.
    pub denominator: u64,
}

impl Rate {
    /// A rate.
    #[must_use]
    pub const fn new(numerator: u64, denominator: u64) -> Self {
        Self { numerator, denominator }
    }

    /// The quotient as a decimal with four places, rounded; none of nothing.
    #[must_use]
    pub fn decimal(self) -> Option<String> {
        let (numerator, denominator) = (u128::from(self.numerator), u128::from(self.denominator));
        if denominator == 0 {
            return None;
        }
        let scaled = (numerator * 20_000 + denominator) / (denominator * 2);
        Some(format!("{}.{:04}", scaled / 10_000, scaled % 10_000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_places_rounded_and_none_of_nothing() {
        let decimal = |numerator, denominator| Rate::new(numerator, denominator).decimal();
        assert_eq!(decimal(0, 0), None);
        assert_eq!(decimal(0, 7).as_deref(), Some("0.0000"));
        assert_eq!(decimal(1, 3).as_deref(), Some("0.3333"));
        assert_eq!(decimal(2, 3).as_deref(), Some("0.6667"));
        assert_eq!(decimal(7, 7).as_deref(), Some("1.0000"));
        assert_eq!(decimal(u64::MAX, u64::MAX).as_deref(), Some("1.0000"));
    }
}

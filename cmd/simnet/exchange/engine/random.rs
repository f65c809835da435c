//! Numbers out of a seed, and a price that wanders with them.

use super::terms::Price;

/// The same numbers for the same seed, by `SplitMix64`. Good enough to vary a simulation, not to keep a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) const fn new(seed: u64) -> Random {
        Random(seed)
    }

    pub(crate) const fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below `end`, or 0 where that is 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        let product = u128::from(self.number()) * u128::from(end);
        // The high half of a product of two halves is a half.
        (product >> 64) as u64
    }

    /// Returns a number of the range, its ends included.
    pub(crate) fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.below(most.saturating_sub(least).saturating_add(1))
    }
}

/// A reference price that takes a random step each time and stays within its bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Walk {
    random: Random,
    price: u64,
    /// The longest step.
    step: u64,
    lowest: u64,
    highest: u64,
}

impl Walk {
    /// Returns a walk from `start` with steps of at most `step`, which never leaves half to double the start.
    pub(crate) fn new(seed: u64, start: Price, step: u64) -> Walk {
        let price = start.get();
        let (lowest, highest) = ((price / 2).max(1), price.saturating_mul(2));
        Walk { random: Random::new(seed), price, step, lowest, highest }
    }

    pub(crate) fn price(&self) -> Price {
        Price::new(self.price)
    }
}

/// Never ends.
impl Iterator for Walk {
    type Item = Price;

    fn next(&mut self) -> Option<Price> {
        let step = self.random.between(0, self.step);
        let is_up = self.random.below(2) == 0;
        let next = if is_up { self.price.saturating_add(step) } else { self.price.saturating_sub(step) };
        self.price = next.clamp(self.lowest, self.highest);
        Some(self.price())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_walk_the_same_way_from_the_same_seed() {
        let path = |seed| Walk::new(seed, Price::new(1_000), 50).take(1_000).collect::<Vec<_>>();
        assert_eq!(path(7), path(7));
        assert_ne!(path(7), path(8));
        assert!(path(7).iter().all(|price| (500..=2_000).contains(&price.get())));
        assert!(path(7).iter().any(|price| price.get() != 1_000));
    }

    #[test]
    fn should_stay_within_its_range() {
        let mut random = Random::new(1);
        let drawn: Vec<u64> = (0..1_000).map(|_| random.between(3, 5)).collect();
        assert!([3, 4, 5].iter().all(|number| drawn.contains(number)));
        assert!(drawn.iter().all(|number| (3..=5).contains(number)));
        assert_eq!(random.below(0), 0);
    }
}

//! Chance that can be had again: `TELLER_SEED` names the seed that a failed run has printed.

#![allow(dead_code, reason = "each test crate that includes this uses a part of it")]

use std::hash::{BuildHasher, Hasher};

/// SplitMix64.
#[derive(Debug, Clone)]
pub(crate) struct Rng(u64);

impl Rng {
    /// From the environment, else a new one; printed either way.
    pub(crate) fn seeded(test: &str) -> Rng {
        let given = std::env::var("TELLER_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(chance);
        #[allow(clippy::print_stderr, reason = "whoever wants the run again needs it")]
        {
            eprintln!("{test}: TELLER_SEED={seed}");
        }
        Rng(seed)
    }

    /// Never the same: for what must differ from what others make at the same time.
    pub(crate) fn unseeded() -> Rng {
        Rng(chance())
    }

    /// Always the same, for addresses that only have to be different from each other.
    pub(crate) fn fixed() -> Rng {
        Rng(1)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0, below `bound`.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// Any of them.
    pub(crate) fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        let index = usize::try_from(self.below(all.len() as u64)).unwrap();
        &all[index]
    }

    pub(crate) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.next().to_be_bytes()[0])
    }

    /// Another source, for somebody else.
    pub(crate) fn split(&mut self) -> Rng {
        Rng(self.next())
    }
}

fn chance() -> u64 {
    std::hash::RandomState::new().build_hasher().finish()
}

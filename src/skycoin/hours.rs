//! Coin hours: what outputs earn with time, and what a transaction must burn of them.
//!
//! Hours are this chain's fee. Every sum is checked; a rule broken is an error, never a smaller number.

use std::fmt;

use minicbor::{Decode, Encode};

use crate::types::{Droplets, UnixTime};

const DROPLETS_PER_COIN: u64 = 1_000_000;
const SECONDS_PER_HOUR: u64 = 3600;

/// What is wrong with the hours of a transaction.
#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq, Eq)]
pub enum HoursError {
    /// More than 64 bits hold.
    #[error("coin hours are out of range")]
    OutOfRange,
    /// A burn factor below 2 would burn everything, or more.
    #[error("burn factor {0} is too small, the smallest is 2")]
    BurnFactor(u32),
    /// No hours in the inputs: there is nothing to pay the fee with.
    #[error("the inputs hold no coin hours, and the fee must not be zero")]
    NothingToBurn,
    /// More hours in the outputs than in the inputs.
    #[error("the outputs take {outputs} coin hours and the inputs hold only {inputs}")]
    NotEnough {
        /// The hours of all inputs.
        inputs: CoinHours,
        /// The hours of all outputs.
        outputs: CoinHours,
    },
    /// The rest that is burnt is less than nodes ask for.
    #[error("{burnt} coin hours would be burnt, at least {required} must be")]
    BurnTooSmall {
        /// The hours that would be burnt.
        burnt: CoinHours,
        /// The fewest that nodes ask for.
        required: CoinHours,
    },
}

/// An amount of coin hours, always whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct CoinHours(#[n(0)] u64);

impl CoinHours {
    /// No hours.
    pub const ZERO: CoinHours = CoinHours(0);

    /// Returns so many whole hours.
    pub const fn new(hours: u64) -> Self {
        CoinHours(hours)
    }

    /// Returns the number of whole hours.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Returns whether there are none.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// Adds two amounts.
    ///
    /// # Errors
    ///
    /// Where the sum does not fit in 64 bits.
    pub fn checked_add(self, other: Self) -> Result<Self, HoursError> {
        self.0.checked_add(other.0).map(CoinHours).ok_or(HoursError::OutOfRange)
    }

    /// What is left of `self` after `other`, never below zero.
    pub const fn saturating_sub(self, other: Self) -> Self {
        CoinHours(self.0.saturating_sub(other.0))
    }

    /// Adds all, or says that the sum does not fit.
    pub fn sum(all: impl IntoIterator<Item = CoinHours>) -> Result<CoinHours, HoursError> {
        all.into_iter().try_fold(CoinHours::ZERO, CoinHours::checked_add)
    }
}

impl fmt::Display for CoinHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The hours of an output at `now`: those it was made with, and those its coins earned since `made`, the time of
/// its block. Rounded down twice, once for the droplets beside the whole coins and once for the hour.
///
/// Where the two parts do not fit together the output has no hours at all: nodes settled on that when block 13277
/// spent such an output. Where the earned part alone does not fit, nodes refuse it, and so does this.
pub fn calculated_hours(
    coins: Droplets,
    hours: CoinHours,
    made: UnixTime,
    now: UnixTime,
) -> Result<CoinHours, HoursError> {
    let seconds = now.since(made).as_secs();
    let earned = |coins: u64| seconds.checked_mul(coins).ok_or(HoursError::OutOfRange);
    let whole = earned(coins.get().div_euclid(DROPLETS_PER_COIN))?;
    let rest = earned(coins.get().rem_euclid(DROPLETS_PER_COIN))?.div_euclid(DROPLETS_PER_COIN);
    let coin_seconds = whole.checked_add(rest).ok_or(HoursError::OutOfRange)?;
    let earned = CoinHours(coin_seconds.div_euclid(SECONDS_PER_HOUR));
    Ok(hours.checked_add(earned).unwrap_or(CoinHours::ZERO))
}

/// The part of its input hours, one in so many, that a transaction must burn. Nodes tell theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BurnFactor(u32);

impl BurnFactor {
    /// The smallest factor nodes allow themselves.
    const MIN: u32 = 2;

    /// Returns a factor by which one in so many hours is burnt.
    ///
    /// # Errors
    ///
    /// Where it is below 2.
    pub const fn new(factor: u32) -> Result<BurnFactor, HoursError> {
        match factor {
            0..Self::MIN => Err(HoursError::BurnFactor(factor)),
            _ => Ok(BurnFactor(factor)),
        }
    }

    /// Returns the number: one in so many hours is burnt.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// What must be burnt of `inputs`: the fraction rounded up, thus never zero.
    pub fn required(self, inputs: CoinHours) -> Result<CoinHours, HoursError> {
        match inputs.is_zero() {
            true => Err(HoursError::NothingToBurn),
            false => Ok(CoinHours(inputs.0.div_ceil(u64::from(self.0)))),
        }
    }

    /// What outputs may take of `inputs`: all that need not be burnt.
    pub fn spendable(self, inputs: CoinHours) -> Result<CoinHours, HoursError> {
        self.required(inputs).map(|burn| inputs.saturating_sub(burn))
    }

    /// What a transaction with these sums burns, if nodes would take it.
    pub fn check(self, inputs: CoinHours, outputs: CoinHours) -> Result<CoinHours, HoursError> {
        let required = self.required(inputs)?;
        if outputs > inputs {
            return Err(HoursError::NotEnough { inputs, outputs });
        }
        let burnt = inputs.saturating_sub(outputs);
        match burnt < required {
            true => Err(HoursError::BurnTooSmall { burnt, required }),
            false => Ok(burnt),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hours_after(seconds: u64, droplets: u64, hours: u64) -> Result<u64, HoursError> {
        let made = UnixTime::new(1_000_000);
        let now = UnixTime::new(1_000_000 + seconds);
        calculated_hours(Droplets::new(droplets), CoinHours::new(hours), made, now).map(CoinHours::get)
    }

    #[test]
    fn should_earn_one_hour_per_coin_and_hour() {
        assert_eq!(hours_after(3600, 1_000_000, 0), Ok(1));
        assert_eq!(hours_after(3599, 1_000_000, 5), Ok(5));
        assert_eq!(hours_after(0, 1_000_000, 7), Ok(7));
        assert_eq!(hours_after(7200, 1_500_000, 0), Ok(3));
        assert_eq!(hours_after(3600, 999_999, 0), Ok(0));
        // Beside the whole coin, 1799.9982 coin seconds: rounded down before they are added to its 1800.
        assert_eq!(hours_after(1800, 1_999_999, 0), Ok(0));
        assert_eq!(hours_after(1800, 2_000_000, 0), Ok(1));
    }

    #[test]
    fn should_earn_nothing_before_it_was_made() {
        let made = UnixTime::new(100);
        let before = calculated_hours(Droplets::new(u64::MAX), CoinHours::new(9), made, UnixTime::new(1));
        assert_eq!(before, Ok(CoinHours::new(9)));
    }

    #[test]
    fn should_overflow_as_nodes_do() {
        assert_eq!(hours_after(3600, 1_000_000, u64::MAX), Ok(0));
        assert_eq!(hours_after(3600, 1_000_000, u64::MAX - 1), Ok(u64::MAX));
        assert_eq!(hours_after(2_000_000, u64::MAX, 0), Err(HoursError::OutOfRange));
        // The droplets beside the whole coins overflow on their own.
        assert_eq!(hours_after(u64::MAX / 999_998, 999_999, 0), Err(HoursError::OutOfRange));
    }

    #[test]
    fn should_burn_as_nodes_ask() {
        let ten = BurnFactor::new(10).unwrap();
        let required = |hours| ten.required(CoinHours::new(hours)).map(CoinHours::get);
        assert_eq!(required(0), Err(HoursError::NothingToBurn));
        assert_eq!([1, 10, 11, 100, 101].map(required), [1, 1, 2, 10, 11].map(Ok));
        let check = |inputs, outputs| ten.check(CoinHours::new(inputs), CoinHours::new(outputs));
        assert_eq!(check(100, 90), Ok(CoinHours::new(10)));
        assert!(matches!(check(100, 91), Err(HoursError::BurnTooSmall { .. })));
        assert!(matches!(check(100, 101), Err(HoursError::NotEnough { .. })));
        assert_eq!(check(0, 0), Err(HoursError::NothingToBurn));
        assert_eq!([0, 1].map(|f| BurnFactor::new(f).is_err()), [true; 2]);
    }

    proptest! {
        #[test]
        fn should_never_earn_more_than_exact_arithmetic(
            coins in 0u64..100_000_000_000_000, hours in 0u64..1_000_000_000, seconds in 0u64..1_000_000_000,
        ) {
            let exact = u128::from(hours) + u128::from(coins) * u128::from(seconds) / 3_600_000_000;
            let got = u128::from(hours_after(seconds, coins, hours).unwrap());
            prop_assert!(got <= exact && exact - got <= 1);
        }

        #[test]
        fn should_always_burn_enough_and_never_all_but_one(inputs in 1u64.., factor in 2u32..) {
            let (inputs, factor) = (CoinHours::new(inputs), BurnFactor::new(factor).unwrap());
            let (burn, rest) = (factor.required(inputs).unwrap(), factor.spendable(inputs).unwrap());
            prop_assert!(!burn.is_zero());
            prop_assert_eq!(burn.checked_add(rest), Ok(inputs));
            prop_assert!(u128::from(burn.get()) * u128::from(factor.get()) >= u128::from(inputs.get()));
            prop_assert!(u128::from(burn.get() - 1) * u128::from(factor.get()) < u128::from(inputs.get()));
            prop_assert_eq!(factor.check(inputs, rest), Ok(burn));
            prop_assert!(factor.check(inputs, rest.checked_add(CoinHours::new(1)).unwrap()).is_err());
        }
    }
}

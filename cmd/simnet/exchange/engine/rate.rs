//! Fees as exact rates, and the largest amount that all sums stay exact with.

/// Most units of an asset that can be on the exchange, and the most that an order can be worth, both in the smallest
/// unit. A rate of it still fits.
pub(crate) const MAX_UNITS: u128 = 1 << 96;

const BILLION: u32 = 1_000_000_000;

/// An exact rate in parts per billion: 0.1 % is 1,000,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub(crate) struct Rate(u32);

impl Rate {
    /// Returns the rate of so many parts per billion, or `None` above the whole.
    pub(crate) const fn from_ppb(ppb: u32) -> Option<Rate> {
        if ppb > BILLION { None } else { Some(Rate(ppb)) }
    }

    #[cfg(test)]
    pub(crate) const fn ppb(self) -> u32 {
        self.0
    }

    /// Returns this part of an amount, rounded down. Parts of parts are thus never more than the part of the whole.
    pub(super) fn of(self, amount: u128) -> u128 {
        if self.0 == 0 {
            return 0;
        }
        divide(amount * u128::from(self.0), u128::from(BILLION))
    }

    /// Returns the most that leaves room for this part of itself within `total`.
    pub(super) fn below(self, total: u128) -> u128 {
        divide(total * u128::from(BILLION), u128::from(BILLION) + u128::from(self.0))
    }
}

/// Divides by the short way where both numbers are short.
pub(super) fn divide(number: u128, by: u128) -> u128 {
    match (u64::try_from(number), u64::try_from(by)) {
        (Ok(number), Ok(by)) => u128::from(number / by),
        (Ok(_), Err(_)) => 0,
        (Err(_), _) => number / by,
    }
}

/// What an exchange takes of each trade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Fees {
    /// Of the order that was there first.
    pub(crate) maker: Rate,
    /// Of the order that came and took it.
    pub(crate) taker: Rate,
}

/// The coin that fees are taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum FeeCoin {
    /// Out of what the trade gives: base for a buyer, quote for a seller.
    #[default]
    Received,
    /// Quote always: a buyer pays it on top.
    Quote,
    /// Base always: a seller pays it on top.
    Base,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn should_take_exact_parts() {
        let rate = Rate::from_ppb(1_000_000).unwrap();
        assert_eq!(rate.of(1_999), 1);
        assert_eq!(rate.of(999), 0);
        assert_eq!(rate.below(1_001_000), 1_000_000);
        assert_eq!(Rate::from_ppb(1_000_000_001), None);
        assert_eq!(Rate::from_ppb(1_000_000_000).unwrap().of(MAX_UNITS), MAX_UNITS);
    }

    proptest! {
        #[test]
        fn should_leave_room_for_the_part_of_every_piece(
            ppb in 0..=1_000_000_000u32,
            total in 0..=MAX_UNITS,
            cut: u128,
        ) {
            let rate = Rate::from_ppb(ppb).unwrap();
            let most = rate.below(total);
            prop_assert!(most + rate.of(most) <= total);
            let piece = cut.checked_rem(most).unwrap_or(0);
            prop_assert!(rate.of(piece) + rate.of(most - piece) <= rate.of(most));
        }
    }
}

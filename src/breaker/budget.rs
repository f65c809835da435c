//! How much may be paid out within an hour.

use std::time::Duration;

use crate::types::Droplets;

/// The time that a budget is for.
pub const WINDOW: Duration = Duration::from_secs(3_600);

/// The most that is paid out within [`WINDOW`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PayoutBudget {
    /// Payouts; none is any number.
    pub count: Option<u64>,
    /// What they come to; none is any amount.
    pub coins: Option<Droplets>,
}

/// What was paid out within [`WINDOW`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    /// Payouts.
    pub count: u64,
    /// What they come to.
    pub coins: Droplets,
}

impl Spent {
    /// Returns this and one more payout; the most that can be counted where it is more.
    pub fn and(self, amount: Droplets) -> Spent {
        let coins = self.coins.get().saturating_add(amount.get());
        Spent { count: self.count.saturating_add(1), coins: Droplets::new(coins) }
    }
}

impl PayoutBudget {
    /// Returns whether it bounds anything.
    pub const fn is_on(&self) -> bool {
        self.count.is_some() || self.coins.is_some()
    }

    /// Returns whether so much is within it.
    pub fn holds(&self, spent: Spent) -> bool {
        self.count.is_none_or(|most| spent.count <= most) && self.coins.is_none_or(|most| spent.coins <= most)
    }

    /// Returns how many of these payouts, from the first on, can be made after what was spent.
    pub fn fitting(&self, spent: Spent, amounts: impl IntoIterator<Item = Droplets>) -> usize {
        let mut sum = spent;
        let fits = |amount: &Droplets| {
            sum = sum.and(*amount);
            self.holds(sum)
        };
        amounts.into_iter().take_while(fits).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spent(count: u64, coins: u64) -> Spent {
        Spent { count, coins: Droplets::new(coins) }
    }

    #[test]
    fn should_let_through_what_does_not_exceed_it() {
        let amounts = [3, 4, 5].map(Droplets::new);
        let budget = PayoutBudget { count: Some(3), coins: Some(Droplets::new(10)) };
        assert_eq!(budget.fitting(spent(0, 0), amounts), 2, "12 are more than 10");
        assert_eq!(budget.fitting(spent(0, 3), amounts), 2, "10 are not more than 10");
        assert_eq!(budget.fitting(spent(0, 4), amounts), 1);
        assert_eq!(budget.fitting(spent(2, 0), amounts), 1, "by count");
        assert_eq!(budget.fitting(spent(3, 0), amounts), 0);
        assert_eq!(budget.fitting(spent(0, u64::MAX), amounts), 0, "never less for being beyond counting");
        assert_eq!(PayoutBudget::default().fitting(spent(9, 9), amounts), 3);
    }
}

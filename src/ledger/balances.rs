//! What stands on the accounts: the sum of all entries.

use super::{Account, Asset, Balance, Entry};
use crate::types::{AmountOutOfRange, Coin, Units};

/// The balances of all accounts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Balances(Entry);

impl Balances {
    /// Returns the balances that these entries sum up to.
    pub const fn new(all: Entry) -> Self {
        Balances(all)
    }

    /// Returns all that are not zero, in no order.
    pub const fn all(&self) -> &Entry {
        &self.0
    }

    /// Returns how much stands on an account, on whichever side.
    pub fn amount(&self, asset: Asset, account: Account) -> Units {
        self.0.on(asset, account).amount()
    }

    /// Returns the deposits that are there, as deep as required.
    pub fn received(&self, coin: Coin) -> Units {
        self.amount(Asset::Coin(coin), Account::Received)
    }

    /// Returns the deposits that are paid for and not there.
    pub fn lost(&self, coin: Coin) -> Units {
        self.amount(Asset::Coin(coin), Account::Lost)
    }

    /// Returns the payouts that are not known to have left.
    pub fn owed(&self) -> Units {
        self.amount(Asset::of_payouts(), Account::Owed)
    }

    /// Returns the payouts that have left, confirmed or not.
    ///
    /// # Errors
    ///
    /// Where that is more than can be counted.
    pub fn sent(&self) -> Result<Units, AmountOutOfRange> {
        let on = |account| self.amount(Asset::of_payouts(), account);
        on(Account::InTransit).checked_add(on(Account::Paid))
    }

    /// Returns the payouts that have left for deposits that are not there; a part of [`Balances::sent`].
    ///
    /// # Errors
    ///
    /// Where that is more than can be counted.
    pub fn sent_for_lost(&self) -> Result<Units, AmountOutOfRange> {
        let on = |account| self.0.on(Asset::of_payouts(), account);
        // Deposits of the coin that payouts are made in stand against them on one account: each is lost as well.
        let sent = on(Account::SoldForLost).checked_add(on(Account::Lost));
        sent.map(Balance::amount).ok_or(AmountOutOfRange)
    }
}

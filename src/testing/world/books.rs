//! Holds the books to what the chains say: what was received, what left the wallet, what was lost.

use std::collections::BTreeMap;

use super::World;
use super::judge::{Dues, text};
use crate::ledger::{Account, Asset};
use crate::store::{Books, Snapshot};
use crate::testing::way::token_on;
use crate::types::{Coin, Units};

impl World {
    /// At rest: all that left the wallet is accounted for, and nothing else is; so is every deposit that is there.
    pub(super) fn check_books(&self, snapshot: &Snapshot, dues: &Dues) -> Result<(), String> {
        let books = snapshot.balances().map_err(text)?;
        books.all().check().map_err(|error| error.to_string())?;
        let paid = |account| books.amount(Asset::of_payouts(), account);
        let left = paid(Account::Paid).checked_add(paid(Account::Outside));
        let told = self.node.paid_out();
        if left != Ok(told) {
            let spends = self.node.all_paid();
            return Err(format!(
                "{told} droplets left the wallet, the books say {left:?}: {books:?}; in blocks are {spends:?}"
            ));
        }
        if !paid(Account::InTransit).is_zero() || !paid(Account::Owed).is_zero() {
            return Err(format!("at rest, the books say that something is under way: {books:?}"));
        }
        let mut there: BTreeMap<Asset, u128> = BTreeMap::new();
        for due in dues.values().filter(|due| due.is_deep) {
            *there.entry(due.asset).or_default() += due.amount.get();
        }
        for asset in self.assets() {
            let told = Units::new(there.get(&asset).copied().unwrap_or(0));
            let received = books.amount(asset, Account::Received);
            if received != told {
                return Err(format!("{told} of {asset} were received, the books say {received}"));
            }
        }
        self.check_losses(snapshot, dues)
    }

    /// All that can be deposited.
    fn assets(&self) -> impl Iterator<Item = Asset> {
        Coin::all().map(Asset::Coin).chain(token_on(self.coin).map(Asset::Token))
    }

    /// What the desk has paid and confirmed for deposits that are not there is a loss, and nothing else is.
    fn check_losses(&self, snapshot: &Snapshot, dues: &Dues) -> Result<(), String> {
        let books = snapshot.balances().map_err(text)?;
        let ledger = super::restore::ledger(snapshot)?;
        let confirmed = self.node.broadcasts().into_iter().filter(|sent| sent.confirmed);
        let confirmed: Vec<_> = confirmed.map(|sent| sent.txid).collect();
        let paid = ledger.iter().filter(|(txid, _)| confirmed.contains(txid)).flat_map(|(_, paid)| paid);
        let paid: Vec<_> = paid.map(|paid| &paid.deposit).collect();
        let gone = dues.values().filter(|due| !due.is_deep && paid.contains(&&due.id));
        let gone: u128 = gone.map(|due| due.amount.get()).sum();
        let lost: u128 = self.assets().map(|asset| books.amount(asset, Account::Lost).get()).sum();
        // What was paid by a transaction that was given up is told as such.
        let strays = books.amount(Asset::of_payouts(), Account::Stray);
        if lost != gone && strays.is_zero() {
            return Err(format!("{gone} units were paid for and are gone, the books say {lost}"));
        }
        Ok(())
    }
}

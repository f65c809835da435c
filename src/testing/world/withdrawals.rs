//! Holds a desk that withdraws to the exchange's own books: nothing is withdrawn twice, or to anybody else.

use std::collections::BTreeMap;

use super::World;
use super::judge::text;
use crate::exchange::WithdrawalState as Told;
use crate::ledger::{Account, Asset, VENUE_DECIMALS};
use crate::store::{Books, Snapshot, Withdrawals};
use crate::testing::FakeWithdrawal;
use crate::testing::payout_chain::wallet;
use crate::types::{Exact, Symbol, WithdrawalNo};
use crate::upstream::{Withdrawal, WithdrawalState};

impl World {
    /// `at_rest` says that nothing is on its way any more.
    pub(super) fn check_withdrawals(&self, snapshot: &Snapshot, at_rest: bool) -> Result<(), String> {
        let ours = snapshot.withdrawals(WithdrawalNo::new(0), usize::MAX).map_err(text)?;
        let ours: BTreeMap<&str, &Withdrawal> =
            ours.iter().map(|known| (known.terms.wanted.client_id.0.as_str(), known)).collect();
        let theirs = self.exchange.state().vault.all.clone();
        let mut seen = BTreeMap::new();
        for theirs in &theirs {
            let id = theirs.client_id.0.as_str();
            let known = ours.get(id).ok_or_else(|| format!("{theirs:?} is not stored"))?;
            if seen.insert(id, theirs).is_some() {
                return Err(format!("withdrawn twice: {known:?}"));
            }
            if !wallet().addresses().iter().any(|own| own.to_string() == theirs.to) {
                return Err(format!("withdrawn to somebody else: {theirs:?}"));
            }
            check_one(known, theirs, at_rest)?;
        }
        let arrived = ours.values().find(|known| {
            let is_there = matches!(known.state, WithdrawalState::Arrived { .. });
            is_there && !seen.contains_key(known.terms.wanted.client_id.0.as_str())
        });
        arrived.map_or(Ok(()), |known| Err(format!("the exchange knows nothing of {known:?}")))
    }

    /// At rest: what the account holds is what the books say.
    pub(super) fn check_account(&self, snapshot: &Snapshot) -> Result<(), String> {
        let books = snapshot.balances().map_err(text)?;
        let sky = Asset::AtVenue(Symbol::parse("SKY").map_err(|error| error.to_string())?);
        let holds = self.exchange.state().coins;
        let told = Exact::new(holds).and_then(|coins| coins.floor_units(VENUE_DECIMALS));
        let is_held = snapshot.counters().held_withdrawals > 0;
        if !is_held && told != Some(books.amount(sky, Account::AtExchange)) {
            return Err(format!("the account holds {holds}, the books say {books:?}"));
        }
        Ok(())
    }
}

/// What the desk knows of a withdrawal is what the exchange made of it.
fn check_one(known: &Withdrawal, theirs: &FakeWithdrawal, at_rest: bool) -> Result<(), String> {
    let differs = || Err(format!("the exchange has {theirs:?}, the desk {known:?}"));
    match &known.state {
        WithdrawalState::Missed { .. } if theirs.state == Told::Failed => Ok(()),
        WithdrawalState::Missed { .. } => differs(),
        WithdrawalState::Arrived { departure, .. } => {
            let is_same =
                (departure.amount.get(), departure.fee.get()) == (theirs.all.normalize(), theirs.fee);
            if is_same && matches!(theirs.state, Told::Sent { .. }) { Ok(()) } else { differs() }
        }
        WithdrawalState::Held { .. } => Ok(()),
        WithdrawalState::Intended
        | WithdrawalState::Asked { .. }
        | WithdrawalState::Unclear { .. }
        | WithdrawalState::Left { .. } => {
            if at_rest {
                differs()
            } else {
                Ok(())
            }
        }
    }
}

/// What withdrawals have cost, in the units of the books.
pub(super) fn cost_of_withdrawals(snapshot: &Snapshot) -> Result<u128, String> {
    let all = snapshot.withdrawals(WithdrawalNo::new(0), usize::MAX).map_err(text)?;
    let fees = all.iter().filter_map(|known| known.departure());
    let fees = fees.map(|departure| departure.fee.floor_units(VENUE_DECIMALS).map_or(0, |fee| fee.get()));
    Ok(fees.sum())
}

//! What something comes to in the books, by its row alone.

use super::{Account, Asset, Entry, LedgerError};
use crate::deposit::{Deposit, DepositState};
use crate::payout::{
    Attempt, AttemptState, Bought, ForeignSpend, Inherited, Payout, PayoutState, SpendVerdict, may_leave,
};
use crate::rail::Spend;
use crate::types::Units;

/// Returns what a deposit and its payout come to.
///
/// # Errors
///
/// Where an amount is more than can be counted.
pub fn of_purchase(deposit: &Deposit, payout: Option<&Payout>) -> Result<Entry, LedgerError> {
    let mut entry = Entry::default();
    let has_left = payout.is_some_and(|payout| !payout.sent_amount().is_zero());
    let is_lost = has_left && !deposit.is_final();
    let sold = if is_lost { Account::SoldForLost } else { Account::Sold };
    if let Some(stands) = coins(&deposit.state, is_lost) {
        entry.transfer(Asset::of_deposit(deposit), stands, sold, deposit.amount)?;
    }
    let Some(payout) = payout else { return Ok(entry) };
    if let Some(due) = due(deposit, payout) {
        entry.transfer(Asset::of_payouts(), sold, due, payout.amount.into())?;
    }
    if let Some(bought) = &payout.bought {
        entry.add(&of_bought(deposit, bought, sold)?)?;
    }
    // Of several payments for one deposit, one was what it is worth.
    let mut is_first = !has_left;
    for stray in &payout.strays {
        let account = if is_first { Account::Stray } else { Account::PaidTwice };
        is_first = false;
        entry.transfer(Asset::of_payouts(), account, Account::Outside, stray.amount.into())?;
    }
    Ok(entry)
}

/// What was bought for a payout, and what of both coins is the payee's to be used later.
fn of_bought(deposit: &Deposit, bought: &Bought, sold: Account) -> Result<Entry, LedgerError> {
    let (gave, gets) = (Asset::of_deposit(deposit), Asset::of_payouts());
    let mut entry = Entry::of(gets, Account::Upstream, sold, bought.coins.into())?;
    entry.transfer(gave, sold, Account::Remainders, bought.left)?;
    entry.transfer(gave, Account::Remainders, sold, bought.carried)?;
    entry.transfer(gets, sold, Account::Remainders, bought.kept.into())?;
    entry.transfer(gets, Account::Remainders, sold, bought.drawn.into())?;
    Ok(entry)
}

/// Where the coins of a deposit stand; nowhere once a fork took them back, unless they were paid for.
fn coins(state: &DepositState, is_lost: bool) -> Option<Account> {
    match state {
        DepositState::Final { .. } => Some(Account::Received),
        DepositState::Confirming { .. } if !is_lost => Some(Account::Confirming),
        DepositState::Confirming { .. }
        | DepositState::Orphaned { .. }
        | DepositState::Quarantined { .. } => is_lost.then_some(Account::Lost),
    }
}

/// Where what is paid for a deposit stands; nowhere while nothing is owed for it.
fn due(deposit: &Deposit, payout: &Payout) -> Option<Account> {
    match &payout.state {
        PayoutState::Settled { .. } => Some(Account::Paid),
        PayoutState::Sent { .. } => Some(Account::InTransit),
        PayoutState::Inherited(Inherited::Paid { .. }) => Some(Account::Paid),
        PayoutState::Inherited(Inherited::Unclear { txid: Some(_), .. }) => Some(Account::InTransit),
        PayoutState::Undecided
        | PayoutState::Owed { .. }
        | PayoutState::Held { .. }
        | PayoutState::Inherited(Inherited::Unclear { txid: None, .. })
        | PayoutState::Signed { .. } => may_leave(deposit, payout).then_some(Account::Owed),
        PayoutState::Void
        | PayoutState::Voided { .. }
        | PayoutState::ToBuy { .. }
        | PayoutState::Buying { .. } => None,
    }
}

/// Returns what a transaction of this desk comes to beside what it pays, which is its payouts': its fee, and of one
/// that was adopted what it paid to others, the `rest`, which is said to be the operator's own.
///
/// # Errors
///
/// Where an amount is more than can be counted.
pub fn of_attempt(attempt: &Attempt, rest: Units) -> Result<Entry, LedgerError> {
    match attempt.state {
        AttemptState::Settled { burnt, .. } => {
            let hours = Units::new(burnt.get().into());
            let mut entry = Entry::of(Asset::CoinHours, Account::Burnt, Account::Fees, hours)?;
            entry.transfer(Asset::of_payouts(), Account::Own, Account::Outside, rest)?;
            Ok(entry)
        }
        AttemptState::Signed | AttemptState::Sent | AttemptState::Dead { .. } => Ok(Entry::default()),
    }
}

/// Returns what a foreign spend comes to beside `accounted`, the part of it that payouts account for. One that was
/// adopted comes to nothing by itself: it is a transaction of this desk.
///
/// # Errors
///
/// Where an amount is more than can be counted.
pub fn of_spend(known: &ForeignSpend, accounted: Units) -> Result<Entry, LedgerError> {
    // What is in no block has moved nothing.
    if known.spend.block.is_none() {
        return Ok(Entry::default());
    }
    let account = match known.ruling.as_ref().map(|ruling| ruling.verdict) {
        Some(SpendVerdict::Adopted { .. }) => return Ok(Entry::default()),
        Some(SpendVerdict::Mine) => Account::Own,
        Some(SpendVerdict::PayAgain) => Account::Again,
        None => Account::Unexplained,
    };
    let rest = rest_of(&known.spend, accounted).ok_or(LedgerError::OutOfRange { account })?;
    Entry::of(Asset::of_payouts(), account, Account::Outside, rest)
}

/// Returns what a spend paid beside so much of it; none where its payments are more than can be counted.
pub fn rest_of(spend: &Spend, accounted: Units) -> Option<Units> {
    let paid = spend.payments.iter().map(|paid| Units::from(paid.coins));
    let paid = paid.into_iter().try_fold(Units::ZERO, |sum, one| sum.checked_add(one).ok())?;
    // A payment to what is an address of the wallet by now is not told any more.
    Some(Units::new(paid.get().saturating_sub(accounted.get())))
}

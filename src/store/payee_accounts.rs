//! What moves between a payee's account and their payouts: what is kept for them comes with a payout, and goes back.

use super::StoreError;
use super::remainders::Remainders;
use super::rows::change_payout;
use super::tables::Purchase;
use super::tx::WriteTx;
use crate::deposit::Deposit;
use crate::ledger::Asset;
use crate::payout::{Bought, FromAccount, Payout};
use crate::skycoin::Address;
use crate::types::{BuyMethod, DepositNo, Droplets, Rate, Units};

/// A payout that is paid directly brings what is kept for its payee: SKY as they are, and what was too little for an
/// order at the deposit's rate.
pub(super) fn add_from_account(tx: &mut WriteTx<'_>, no: DepositNo) -> Result<(), StoreError> {
    let Purchase { deposit, payout: Some(payout) } = tx.known(no)? else { return Ok(()) };
    let from = from_account(tx, &payout.payee, &deposit)?;
    let Some(from) = from.filter(|_| payout.takes_from_account()) else { return Ok(()) };
    let now = tx.now();
    // Where it is more than can be paid at once, it waits for another one.
    let Ok(paid) = payout.clone().pay_from_account(deposit.amount, from, now) else { return Ok(()) };
    if !from.carried.is_zero() {
        tx.draw(&payout.payee, Asset::of_deposit(&deposit))?;
    }
    if !from.drawn.is_zero() {
        tx.draw(&payout.payee, Asset::of_payouts())?;
    }
    change_payout(tx, no, |_| Ok(paid))
}

/// What is kept for a payee that can come with a deposit's payout; none where there is nothing.
fn from_account(
    tx: &WriteTx<'_>,
    payee: &Address,
    deposit: &Deposit,
) -> Result<Option<FromAccount>, StoreError> {
    let asset = Asset::of_deposit(deposit);
    let drawn = tx.remainder(payee, Asset::of_payouts())?;
    let drawn = u64::try_from(drawn.get()).map_or(Droplets::ZERO, Droplets::new);
    // What is kept in SKY is paid as SKY.
    let is_other = asset != Asset::of_payouts();
    let carried = if is_other { tx.remainder(payee, asset)? } else { Units::ZERO };
    let alone = worth_with(deposit, Units::ZERO);
    let with = worth_with(deposit, carried);
    // What buys nothing stays what it is.
    let (carried, worth) = if with > alone { (carried, with) } else { (Units::ZERO, alone) };
    let worth = worth.saturating_sub(deposit.quote.unwrap_or(Droplets::ZERO));
    let is_any = !worth.is_zero() || !drawn.is_zero();
    Ok(is_any.then_some(FromAccount { carried, worth, drawn }))
}

/// What a deposit is worth at its rate, with so much more of the same; its quote where that cannot be counted.
///
/// One that is paid directly is worth its quote, as it was promised. Of one that was to be bought for no digit is lost.
fn worth_with(deposit: &Deposit, more: Units) -> Droplets {
    let quote = deposit.quote.unwrap_or(Droplets::ZERO);
    let (first, second) = match deposit.method {
        BuyMethod::Direct => (quote, more),
        BuyMethod::Passthrough => (Droplets::ZERO, deposit.amount.checked_add(more).unwrap_or(more)),
    };
    let decimals = Asset::of_deposit(deposit).decimals();
    let rate = Rate::parse(&deposit.rate).ok();
    let second = rate.and_then(|rate| rate.quote(second, decimals, Droplets::DECIMALS).ok());
    let sum = second.and_then(|second| first.checked_add(second.payout).ok());
    sum.unwrap_or(quote).max(quote)
}

/// What came to a payout from its payee's account goes back there: it is void.
pub(super) fn give_back(tx: &mut WriteTx<'_>, no: DepositNo) -> Result<(), StoreError> {
    let Purchase { deposit, payout: Some(payout) } = tx.known(no)? else { return Ok(()) };
    let Some(bought) = payout.bought.filter(|_| payout.is_void()) else { return Ok(()) };
    if bought.is_ended {
        let alone = payout.clone().without_account(worth_with(&deposit, Units::ZERO));
        keep_cut(tx, &payout, &alone)?;
        return change_payout(tx, no, |_| Ok(alone));
    }
    if !bought.spent.is_zero() {
        return Ok(());
    }
    tx.keep(&payout.payee, Asset::of_deposit(&deposit), bought.carried)?;
    let bought = Some(Bought { carried: Units::ZERO, ..bought });
    change_payout(tx, no, |payout| Ok(Payout { bought, ..payout }))
}

/// Keeps for the payee what a payout pays less than before.
pub(super) fn keep_cut(tx: &mut WriteTx<'_>, old: &Payout, new: &Payout) -> Result<(), StoreError> {
    let kept = |payout: &Payout| payout.bought.map_or(Droplets::ZERO, |bought| bought.kept);
    let more = kept(new).checked_sub(kept(old))?;
    tx.keep(&new.payee, Asset::of_payouts(), more.into())
}

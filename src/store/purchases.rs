//! What is owed for a deposit, and by which way: decided, cut, bought upstream; and what is kept for its payee.

use super::payee_accounts::{add_from_account, give_back, keep_cut};
use super::rows::{Change, change_payout};
use super::tables::{Purchase, Tables};
use super::tx::WriteTx;
use super::{StoreError, invariant};
use crate::ledger::Asset;
use crate::payout::{Bought, FromStock, Payout, Ruling, may_leave};
use crate::price::PriceNote;
use crate::types::{BuyMethod, DepositNo, Droplets, Units};

/// Only what may leave is decided on: an orphaned deposit may never come back.
pub(super) fn decide(tx: &mut WriteTx<'_>, no: DepositNo, method: BuyMethod) -> Result<(), StoreError> {
    let now = tx.now();
    let Purchase { deposit, payout } = tx.known(no)?;
    if !payout.is_some_and(|payout| may_leave(&deposit, &payout)) {
        return Err(invariant("a payout is decided on when its deposit is final"));
    }
    if method == BuyMethod::Passthrough {
        return begin(tx, no);
    }
    change_payout(tx, no, |payout| Ok(payout.decide(method, deposit.worth(), now)?))?;
    add_from_account(tx, no)
}

/// Never more than the quote, and less by what the decimal places leave no room for.
pub(super) fn cut(tx: &mut WriteTx<'_>, no: DepositNo, max_decimals: u8) -> Result<(), StoreError> {
    let now = tx.now();
    let Purchase { deposit, payout } = tx.known(no)?;
    let payout = payout.ok_or_else(|| invariant("only what is owed is cut"))?;
    let amount = payout.payable(deposit.quote, max_decimals);
    let amount = amount.ok_or_else(|| invariant("only what has a price is cut"))?;
    let cut = payout.clone().cut(amount, now)?;
    keep_cut(tx, &payout, &cut)?;
    change_payout(tx, no, |_| Ok(cut))
}

/// A deposit without a price gets it, and what is owed for it already goes on.
pub(super) fn price(
    tx: &mut WriteTx<'_>,
    no: DepositNo,
    rate: String,
    quote: Option<Droplets>,
    priced: PriceNote,
) -> Result<(), StoreError> {
    let now = tx.now();
    let old = tx.known(no)?;
    let deposit = old.deposit.clone().price(rate, quote, priced, now)?;
    let worth = deposit.worth();
    let payout = old.payout.clone().map(|payout| payout.price(worth, now)).transpose()?;
    Change { old: Some(old), new: Purchase { deposit, payout } }.apply(tx)?;
    add_from_account(tx, no)
}

/// A payout that is to be bought brings what is kept for its payee in the coin that was deposited.
fn begin(tx: &mut WriteTx<'_>, no: DepositNo) -> Result<(), StoreError> {
    let now = tx.now();
    let Purchase { deposit, payout } = tx.known(no)?;
    let payee =
        payout.as_ref().map(|payout| payout.payee).ok_or_else(|| invariant("what is bought for is owed"))?;
    let carried = tx.draw(&payee, Asset::of_deposit(&deposit))?;
    change_payout(tx, no, |payout| {
        let begun = payout.decide(BuyMethod::Passthrough, deposit.worth(), now)?;
        Ok(Payout { bought: begun.bought.map(|bought| Bought { carried, ..bought }), ..begun })
    })
}

/// Nothing more is bought: what is not spent, and not paid out, is kept for the payee.
pub(super) fn end(
    tx: &mut WriteTx<'_>,
    no: DepositNo,
    stock: Option<FromStock>,
    max_decimals: u8,
) -> Result<(), StoreError> {
    let now = tx.now();
    let old = tx.known(no)?;
    let deposit = old.deposit.clone();
    let payout = old.payout.clone().ok_or_else(|| invariant("what was bought is for a payout"))?;
    let payee = payout.payee;
    let drawn = tx.draw(&payee, Asset::of_payouts())?;
    let drawn = u64::try_from(drawn.get()).map(Droplets::new);
    let drawn = drawn.map_err(|_| invariant("what is kept for a payee can be paid"))?;
    let ended = payout.end_purchase(deposit.amount, stock, drawn, max_decimals, now)?;
    let bought = ended.bought.unwrap_or_default();
    tx.keep(&payee, Asset::of_payouts(), bought.kept.into())?;
    tx.keep(&payee, Asset::of_deposit(&deposit), bought.left)?;
    Change { old: Some(old), new: Purchase { deposit, payout: Some(ended) } }.apply(tx)
}

/// What it brought of the payee's goes back.
pub(super) fn pay_direct(tx: &mut WriteTx<'_>, no: DepositNo) -> Result<(), StoreError> {
    let now = tx.now();
    let Purchase { deposit, payout } = tx.known(no)?;
    let payout = payout.ok_or_else(|| invariant("what is paid directly is owed"))?;
    let carried = payout.bought.map_or(Units::ZERO, |bought| bought.carried);
    tx.keep(&payout.payee, Asset::of_deposit(&deposit), carried)?;
    let direct = payout.clone().pay_direct(deposit.amount, deposit.worth(), now)?;
    let left = direct.bought.map_or(Units::ZERO, |bought| bought.left);
    tx.keep(&payout.payee, Asset::of_deposit(&deposit), left)?;
    change_payout(tx, no, |_| Ok(direct))?;
    add_from_account(tx, no)
}

/// A person rules on a payout.
pub(super) fn rule(tx: &mut WriteTx<'_>, no: DepositNo, ruling: Ruling) -> Result<(), StoreError> {
    let circumstances = tx.circumstances(no)?;
    change_payout(tx, no, |payout| Ok(payout.rule(ruling, circumstances)?))?;
    give_back(tx, no)
}

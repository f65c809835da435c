//! What an order at an exchange, and a withdrawal from it, come to in the books, by their rows alone.

use super::{Account, Asset, Entry, LedgerError, VENUE_DECIMALS};
use crate::types::{Droplets, Exact, Units};
use crate::upstream::{BuyOrder, Withdrawal, WithdrawalState};

/// Returns what an order comes to: nothing while it is open, or where it never was.
///
/// What was bought and spent is entered as the exchange counts it, to its last digit.
///
/// # Errors
///
/// Where an amount is more than can be counted.
pub fn of_order(order: &BuyOrder) -> Result<Entry, LedgerError> {
    let mut entry = Entry::default();
    let Some(outcome) = order.outcome() else { return Ok(entry) };
    let out_of_range = LedgerError::OutOfRange { account: Account::AtExchange };
    let counted = |amount: Exact| amount.floor_units(VENUE_DECIMALS).ok_or(out_of_range);
    let (base, quote) = (Asset::AtVenue(order.terms.base), Asset::AtVenue(order.terms.quote));
    entry.transfer(quote, Account::Spent, Account::AtExchange, counted(outcome.cost)?)?;
    for fee in &outcome.fees {
        let asset = Asset::AtVenue(fee.asset);
        entry.transfer(asset, Account::Burnt, Account::AtExchange, counted(fee.amount)?)?;
    }
    let filled = counted(outcome.filled)?;
    let fee = counted(outcome.fee_in(order.terms.base).ok_or(out_of_range)?)?;
    let shared = order.droplets_of(outcome).map_err(|_| out_of_range)?;
    let shared = shared_out(shared).ok_or(out_of_range)?;
    entry.transfer(base, Account::AtExchange, Account::Dust, filled)?;
    entry.transfer(base, Account::Dust, Account::Fees, fee)?;
    entry.transfer(base, Account::Dust, Account::ForPayouts, shared)?;
    Ok(entry)
}

/// Returns what a withdrawal comes to: what may leave the account stands on the way from when it is stored, and what
/// has left from when that is told. Nothing, where nothing left or it came back.
///
/// # Errors
///
/// Where an amount is more than can be counted.
pub fn of_withdrawal(withdrawal: &Withdrawal) -> Result<Entry, LedgerError> {
    let out_of_range = LedgerError::OutOfRange { account: Account::OnTheWay };
    let counted = |amount: Exact| amount.floor_units(VENUE_DECIMALS).ok_or(out_of_range);
    let asset = Asset::AtVenue(withdrawal.terms.wanted.asset);
    let to = match withdrawal.state {
        WithdrawalState::Missed { .. } => return Ok(Entry::default()),
        WithdrawalState::Arrived { .. } => Account::Withdrawn,
        WithdrawalState::Intended
        | WithdrawalState::Asked { .. }
        | WithdrawalState::Unclear { .. }
        | WithdrawalState::Left { .. }
        | WithdrawalState::Held { .. } => Account::OnTheWay,
    };
    let Some(departure) = withdrawal.departure() else {
        let most = withdrawal.terms.most().map_err(|_| out_of_range)?;
        return Entry::of(asset, to, Account::AtExchange, counted(most)?);
    };
    let net = departure.net().map_err(|_| out_of_range)?;
    let mut entry = Entry::of(asset, to, Account::AtExchange, counted(net)?)?;
    entry.transfer(asset, Account::Burnt, Account::AtExchange, counted(departure.fee)?)?;
    Ok(entry)
}

/// Droplets as exchanges are entered.
fn shared_out(droplets: Droplets) -> Option<Units> {
    Exact::of_units(droplets.into(), Droplets::DECIMALS)?.floor_units(VENUE_DECIMALS)
}

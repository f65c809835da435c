//! What health tells of a coin and of the desk, in words for whoever reads it: anybody.

use std::fmt::Display;
use std::time::Duration;

use crate::live;
use crate::rail::{self, Spend};
use crate::types::{Coin, Height};

pub(in crate::report) const DATABASE_FAILED: &str = "the database has failed, the service is ending";
pub(in crate::report) const PAYOUTS_UNREADABLE: &str = "the payout transactions cannot be read";
pub(in crate::report) const SPENDS_UNREADABLE: &str = "the wallet's spends cannot be read";
pub(in crate::report) const BINDING_OFF: &str = "binding is switched off";
pub(in crate::report) const SENDING_OFF: &str = "sending is switched off, payouts are held";

/// Says of which coin something is told.
pub(in crate::report) fn of_coin(coin: Coin, what: impl Display) -> String {
    format!("{coin}: {what}")
}

/// Says that payouts are what it is about.
pub(in crate::report) fn of_payouts(what: impl Display) -> String {
    format!("payouts: {what}")
}

pub(in crate::report) fn not_offered(coin: Coin, why: &str) -> String {
    format!("{coin} cannot be bound: {why}")
}

pub(in crate::report) fn pool_empty(coin: Coin) -> String {
    not_offered(coin, "no deposit addresses are left")
}

pub(in crate::report) fn pool_low(coin: Coin, left: u64) -> String {
    of_coin(coin, format_args!("only {left} deposit addresses are left"))
}

pub(in crate::report) fn below_start(coin: Coin, start: Height) -> String {
    of_coin(coin, format_args!("deposits count from block {start} on, which the chain has not reached"))
}

pub(in crate::report) fn passed_over(coin: Coin, count: u64) -> String {
    of_coin(coin, format_args!("{count} transaction(s) could not be read, and wait for the operator"))
}

pub(in crate::report) fn followed_blindly(coin: Coin, count: u64) -> String {
    of_coin(
        coin,
        format_args!(
            "{count} block(s) were followed without what happens inside transactions; they are read again when a node \
             tells it"
        ),
    )
}

/// For an account whose wallet, restored, finds all deposits with no less than this gap limit.
pub(in crate::report) fn wide_gap(coin: Coin, limit: u64, usual: u64) -> String {
    of_coin(
        coin,
        format_args!(
            "addresses were given out in a row that received nothing, so that a wallet which is restored finds all \
             deposits only with a gap limit of {limit} or more, and {usual} is usual"
        ),
    )
}

/// For deposits that forks took back: those whose payouts have not left, and those whose have.
pub(in crate::report) fn taken_back(unsent: u64, sent: u64) -> String {
    format!(
        "forks took back deposits, and the operator has to decide: of {unsent} the payout is signed and has not left, \
         of {sent} it has left"
    )
}

pub(in crate::report) fn payouts_refused(count: usize) -> String {
    of_payouts(format_args!(
        "{count} transaction(s) are refused by the Skycoin node, and the operator has to look at them"
    ))
}

pub(in crate::report) fn budget_low(left: u32) -> String {
    format!("{left} new deposit addresses are left in the budget (teller.bind_budget)")
}

pub(in crate::report) fn coins_run_short(left: Duration) -> String {
    runs_short("coins", left)
}

pub(in crate::report) fn hours_run_short(left: Duration) -> String {
    runs_short("coin hours", left)
}

fn runs_short(what: &str, left: Duration) -> String {
    let left = live::in_words(left);
    of_payouts(format_args!("at the pace of the last day, the hot wallet's {what} last {left}"))
}

pub(in crate::report) fn unreconciled(count: u64) -> String {
    format!(
        "unreconciled: {count} transaction(s) spent from the hot wallet and are not known here; nothing is signed and \
         no address is given out before it is said of each what it was (POST /api/wallet/spends/TXID/paid, mine or \
         again on the admin listener)"
    )
}

pub(in crate::report) fn unknown_spend(spend: &Spend) -> String {
    let block = spend.block.map_or("not in a block".to_owned(), |at| format!("block {}", at.height));
    let paid = rail::in_words(&spend.payments);
    format!("unreconciled: transaction {} ({block}) paid {paid}", spend.txid)
}

/// For so many addresses, or more where not all were counted.
pub(in crate::report) fn tainted(count: usize, is_all: bool) -> String {
    let more = if is_all { "" } else { " or more" };
    format!(
        "{count}{more} address(es) of the pools received coins before they were given out, and are given to nobody \
         (GET /api/deposit-addresses/tainted on the admin listener)"
    )
}

pub(in crate::report) fn orders_held(count: u64) -> String {
    format!(
        "exchange: of {count} order(s) it cannot be found out what became, and the operator has to look at them"
    )
}

pub(in crate::report) fn no_exchange(waits: u64) -> String {
    format!(
        "exchange: {waits} deposit(s) are to be bought for, and no exchange is configured for that any more"
    )
}

/// What an exchange says is for the operator; whoever reads health is told that it does not go on.
pub(in crate::report) fn exchange_stands_still(exchange: &str, trouble: &str) -> String {
    let what = trouble.split(':').next().unwrap_or_default();
    format!(
        "exchange: {exchange} does not sell now ({what}); GET /api/orders on the admin listener tells more"
    )
}

pub(in crate::report) fn market_stands_still(market: &str, trouble: &str) -> String {
    let what = trouble.split(':').next().unwrap_or_default();
    format!(
        "exchange: nothing is bought in {market} now ({what}); GET /api/orders on the admin listener tells more"
    )
}

pub(in crate::report) fn stock_runs_short(asset: &str, left: Duration) -> String {
    format!(
        "exchange: the account's {asset} last for about {} at the pace of the last day",
        live::in_words(left)
    )
}

/// Why there is none is for the operator, but for the kind of it.
pub(in crate::report) fn no_price(code: &str, why: &str) -> String {
    format!(
        "{code}: there is no price that could be promised ({why}), deposits wait for one; GET /api/prices on the admin \
         listener tells more"
    )
}

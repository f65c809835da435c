//! What was not compared with the books, and why.

use crate::types::{Coin, Height};

/// Whose books are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compared {
    /// Those of the desk that runs here.
    Running,
    /// Those of a copy.
    Copy,
}

pub(in crate::report) const SPENDS_UNSEEN: &str = "hot wallet: its spends were not looked at since the start";

pub(in crate::report) const FILLING_UNBOOKED: &str =
    "hot wallet: what it was filled with is in no books, so that what it holds is not compared";

pub(in crate::report) const EXCHANGE_BEFORE: &str = "exchange: what it held before the first order is in no books, \
    so that what it holds is not compared; each order and withdrawal is, one by one (GET /api/orders, \
    GET /api/withdrawals)";

pub(in crate::report) fn nothing_compared(coin: Coin) -> String {
    format!("{coin}: no block was compared with the books yet")
}

pub(in crate::report) fn unread_below(coin: Coin, from: Height, of: Compared) -> String {
    let how = match of {
        Compared::Running => {
            format!("a second time since the start (POST /api/chains/{coin}/rescan reads them again)")
        }
        Compared::Copy => format!("(--from {coin}=HEIGHT reads from there)"),
    };
    format!("{coin}: blocks below {from} were not read {how}")
}

pub(in crate::report) fn blind(coin: Coin, blocks: u64) -> String {
    format!("{coin}: of {blocks} blocks the node does not tell what happens inside transactions")
}

pub(in crate::report) fn stuck(coin: Coin, why: &str) -> String {
    format!("{coin}: it does not go on now: {why}")
}

pub(in crate::report) fn account_unseen(why: &str) -> String {
    format!("exchange: its account cannot be looked at: {why}")
}

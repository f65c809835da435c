//! What the dummy listener answers to what it cannot take. Most of it is the original's, to the letter.

use std::fmt::Display;

/// Told of a deposit to an address that was not given out.
pub const UNBOUND: &str = "addr is not bound to any skycoin address";
/// Told of a transaction that names itself at too great a length.
pub const TX_TOO_LONG: &str = "tx too long";
/// Told of an output's number that is larger than can be.
pub const N_TOO_LARGE: &str = "n too large";
/// Told where neither names which payout is to be confirmed.
pub const NO_ENTRY: &str = "txid or seq required";
/// Told of a payout that was not sent.
pub const UNKNOWN_ENTRY: &str = "txn not found";
/// Told of a wallet that is to be given nothing.
pub const NO_COINS: &str = "coins must be more than 0";

/// Returns what is told of a value that is missing.
pub fn required(name: &str) -> String {
    format!("{name} required")
}

/// Returns what is told of a value that is none.
pub fn invalid(name: &str) -> String {
    format!("invalid {name}")
}

/// Returns what is told of an amount that is none; the reason is the parser's.
pub fn invalid_coins(why: impl Display) -> String {
    format!("coins: {why}")
}

//! What can be switched off, in words for the operator.

use crate::types::Switch;

/// What becomes of deposits all the same.
const AS_ALWAYS: &str = "deposits to the ones given out before are paid as always";

/// Returns what a switch is about.
pub fn about(switch: Switch) -> String {
    match switch {
        Switch::Bind => "New deposit addresses, of every coin".to_owned(),
        Switch::Send => "Payouts: whether they leave".to_owned(),
        Switch::Coin(coin) => format!("New deposit addresses for {}", coin.facts().name),
    }
}

/// Returns what becomes of it.
pub fn turned(switch: Switch, is_on: bool) -> String {
    match (switch, is_on) {
        (Switch::Bind, false) => {
            format!("no new deposit addresses are given out: {AS_ALWAYS}")
        }
        (Switch::Bind, true) => "deposit addresses are given out again".to_owned(),
        (Switch::Send, false) => {
            "payouts are held: deposits are credited, nothing is signed, and what has not left does not"
                .to_owned()
        }
        (Switch::Send, true) => "payouts leave again, in order".to_owned(),
        (Switch::Coin(coin), false) => {
            format!("no new deposit addresses for {coin} are given out: {AS_ALWAYS}")
        }
        (Switch::Coin(coin), true) => format!("deposit addresses for {coin} are given out again"),
    }
}

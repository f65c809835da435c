//! What can be switched off, in words for the operator.

use crate::types::Switch;

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
            "no new deposit addresses are given out: deposits to the ones given out before are paid as always".to_owned()
        }
        (Switch::Bind, true) => "deposit addresses are given out again".to_owned(),
        (Switch::Send, false) => {
            "payouts are held: deposits are credited, nothing new is signed, and nothing leaves that has not left".to_owned()
        }
        (Switch::Send, true) => "payouts leave again, in order".to_owned(),
        (Switch::Coin(coin), false) => format!(
            "no new deposit addresses for {coin} are given out: deposits to the ones given out before are paid as always"
        ),
        (Switch::Coin(coin), true) => format!("deposit addresses for {coin} are given out again"),
    }
}

//! What is known of what was passed over, in words for an operator.

use crate::store::{BalanceCheck, CheckEnd, GapEffect, PassedOver};
use crate::types::Coin;

/// Returns what is known of what it did.
pub(in crate::report) fn effect(passed: &PassedOver, coin: Coin) -> String {
    match &passed.effect {
        GapEffect::Unknown(why) => format!("not told ({why}): {}", by_balances(passed.check.as_ref())),
        GapEffect::Grew(grew) if grew.is_empty() => {
            "no balance of a deposit address grew by it: nothing is missing".to_owned()
        }
        GapEffect::Grew(_) => "the balances of these deposit addresses grew by it: credited".to_owned(),
        GapEffect::Rival { deposit, address, amount, token } => {
            let (decimals, code) = match token {
                Some(token) => (token.decimals, token.symbol.as_str()),
                None => (coin.decimals(), coin.code()),
            };
            let amount = amount.to_coins(decimals);
            format!(
                "it pays {amount} {code} to {address}, in place of deposit {deposit}, which is paid or \
                 signed and whose block is gone: not credited; decide on deposit {deposit} first, then \
                 have it read again"
            )
        }
        GapEffect::Untrue { address, token, amount } => {
            let (amount, symbol) = (amount.to_coins(token.decimals), token.symbol);
            format!(
                "its contract tells of {amount} {symbol} to {address}, and that is not what arrived: not credited; \
                 look at the transaction, and pay by hand what it is worth"
            )
        }
    }
}

/// What the balances before and after its block tell.
fn by_balances(check: Option<&BalanceCheck>) -> String {
    let going_on = "deposits inside it may be missing; the balances of all bound addresses before and after \
                    its block are being compared";
    let Some(check) = check else { return going_on.to_owned() };
    match (&check.end, check.grew.is_empty()) {
        (None, _) => going_on.to_owned(),
        (Some(CheckEnd::Failed(why)), _) => {
            format!("deposits inside it may be missing; balances cannot be compared ({why})")
        }
        (Some(CheckEnd::Done), true) => {
            "no bound address has more after its block than was seen coming: nothing is missing".to_owned()
        }
        (Some(CheckEnd::Done), false) => {
            "these addresses have more after its block than was seen coming, and nobody can tell from \
             whom: not credited"
                .to_owned()
        }
    }
}

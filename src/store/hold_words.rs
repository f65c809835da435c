//! What stands in a payout's way, in words.

use crate::payout::HoldReason;
use crate::rail::Hold;

/// What an operator is told stands in a payout's way.
pub fn hold_words(why: &HoldReason) -> String {
    match why {
        HoldReason::Rail(Hold::NotEnoughCoins { spendable }) => {
            format!("the hot wallet has not enough coins, {spendable} SKY can be spent")
        }
        HoldReason::Rail(Hold::NotEnoughHours) => "the hot wallet has not enough coin hours".to_owned(),
        HoldReason::Rail(Hold::TooPrecise { max_decimals }) => {
            format!("the node takes only {max_decimals} decimal places")
        }
        HoldReason::DepositOrphaned => "the deposit's block left the chain".to_owned(),
        HoldReason::NoPrice => "it has no price yet".to_owned(),
        HoldReason::Unpayable => "it is worth more than any wallet can hold".to_owned(),
    }
}

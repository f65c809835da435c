//! What a purchase waits for, in words that a buyer understands.

use super::Outlook;
use super::status::SeenPayment;
use crate::deposit::{Deposit, DepositState};
use crate::payout::{Attempt, AttemptState, HoldReason, Payout, PayoutState};
use crate::store::{Chains, Snapshot, StoreError};
use crate::types::Coin;

const FROZEN: &str = "waiting for the operator, who has to look at a fork of the chain first";
const SENDING_OFF: &str = "waiting for the operator, who has switched sending off for now";

/// For an address that nothing was deposited to.
pub(super) fn no_deposit(coin: Coin) -> String {
    format!("waiting for a deposit of {coin}")
}

/// For an address at which something was seen that is not in a block.
pub(super) fn seen(all: &[SeenPayment], coin: Coin) -> String {
    let live: Vec<&SeenPayment> = all.iter().filter(|payment| payment.state == "seen").collect();
    match live.as_slice() {
        [] => format!(
            "a payment that was seen is gone: it was replaced or dropped; waiting for a deposit of {coin}"
        ),
        [one] => format!("{} {coin} seen, waiting to be in a block", one.amount),
        many => format!("{} payments seen, waiting to be in a block", many.len()),
    }
}

/// Whether a fork of the deposit's chain holds its payout up. What has left already, or is not owed, it does not.
pub(super) fn is_frozen(
    snapshot: &Snapshot,
    deposit: &Deposit,
    payout: Option<&Payout>,
) -> Result<bool, StoreError> {
    let may_be_held = match payout.map(|payout| &payout.state) {
        Some(PayoutState::Signed { .. }) => true,
        _ => deposit.is_final() && payout.is_none_or(Payout::is_unsigned),
    };
    Ok(may_be_held && snapshot.frozen(deposit.id.coin)?.is_some())
}

/// For a deposit with its payout and the transaction that pays it, as far as they exist.
pub(super) fn describe(
    deposit: &Deposit,
    payout: Option<&Payout>,
    attempt: Option<&Attempt>,
    is_frozen: bool,
    outlook: &Outlook,
) -> String {
    match payout.map(|payout| &payout.state) {
        Some(PayoutState::Settled { .. }) => "paid".to_owned(),
        Some(PayoutState::Void) => "the deposit is too small to be paid out".to_owned(),
        Some(PayoutState::Sent { .. }) => "waiting for the payout to be confirmed".to_owned(),
        Some(PayoutState::Signed { .. }) if is_frozen => FROZEN.to_owned(),
        Some(PayoutState::Signed { .. }) => signed(attempt, outlook),
        _ => waiting(deposit, payout, is_frozen, outlook),
    }
}

fn signed(attempt: Option<&Attempt>, outlook: &Outlook) -> String {
    match attempt.map(|attempt| &attempt.state) {
        _ if !outlook.send_enabled => SENDING_OFF.to_owned(),
        Some(AttemptState::Signed { refused: Some(_) }) => {
            "waiting for the Skycoin node, which refuses the payout; the operator has to look at it"
                .to_owned()
        }
        _ => "waiting for the Skycoin network to take the payout".to_owned(),
    }
}

fn waiting(deposit: &Deposit, payout: Option<&Payout>, is_frozen: bool, outlook: &Outlook) -> String {
    match &deposit.state {
        DepositState::Confirming { block } => match outlook.confirmations(deposit.id.coin, block.height) {
            Some((has, needs)) => format!("waiting for confirmations of the deposit: {has} of {needs}"),
            None => "waiting for confirmations of the deposit".to_owned(),
        },
        DepositState::Orphaned { .. } => {
            "waiting for the deposit to be in a block again: the one it was in was replaced".to_owned()
        }
        DepositState::Quarantined { .. } => {
            "the block of the deposit was replaced after the payout; the operator has to look at it"
                .to_owned()
        }
        DepositState::Final { .. } if is_frozen => FROZEN.to_owned(),
        DepositState::Final { .. } => owed(payout, outlook),
    }
}

fn owed(payout: Option<&Payout>, outlook: &Outlook) -> String {
    let text = match payout.map(|payout| &payout.state) {
        Some(PayoutState::Held { why, .. }) => held(why),
        Some(PayoutState::Owed { .. }) if !outlook.send_enabled => SENDING_OFF,
        Some(PayoutState::Owed { .. }) => "waiting to be sent",
        _ => "waiting to be processed",
    };
    text.to_owned()
}

fn held(why: &HoldReason) -> &'static str {
    match why {
        HoldReason::NotEnoughCoins { .. } => "waiting for the desk's wallet to be refilled",
        HoldReason::NotEnoughHours => "waiting for the desk's wallet to have coin hours",
        HoldReason::TooPrecise { .. } => {
            "waiting for the operator: the network does not take an amount with that many decimal places"
        }
        HoldReason::DepositOrphaned => "waiting for the deposit to be final again",
    }
}

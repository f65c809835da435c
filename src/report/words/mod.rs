//! What a purchase waits for, in words that a buyer understands.

pub(super) mod health;
pub mod page;
pub(super) mod pause;
pub mod refusals;
pub(super) mod waiting;

use super::Outlook;
use super::seen::SeenPayment;
use crate::deposit::{BlockAt, Deposit, DepositState};
use crate::payout::{Attempt, HoldReason, Payout, PayoutState, Verdict, ZERO_AMOUNT_ERROR, may_leave};
use crate::rail::Hold;
use crate::types::Coin;

const TAKEN_BACK: &str = "the block of the deposit was replaced, and the operator has to look at it";
const REFUSED: &str =
    "waiting for the Skycoin node, which refuses the payout; the operator has to look at it";
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
        [_] => format!("a payment of {coin} was seen, waiting to be in a block"),
        many => format!("{} payments seen, waiting to be in a block", many.len()),
    }
}

/// For a deposit with its payout and the transaction that pays it, as far as they exist.
pub(super) fn describe(
    deposit: &Deposit,
    payout: Option<&Payout>,
    attempt: Option<&Attempt>,
    outlook: &Outlook,
) -> String {
    let Some(payout) = payout else { return waiting(deposit, None, outlook) };
    match &payout.state {
        PayoutState::Settled { .. } => left("paid", deposit, payout, outlook),
        PayoutState::Sent { .. } if attempt.is_some_and(|attempt| attempt.refusal.is_some()) => {
            left(REFUSED, deposit, payout, outlook)
        }
        PayoutState::Sent { .. } => left("waiting for the payout to be confirmed", deposit, payout, outlook),
        PayoutState::Void => "the deposit is too small to be paid out".to_owned(),
        PayoutState::Voided { .. } => "the operator has decided that nothing is paid out for it".to_owned(),
        PayoutState::Signed { .. } if !may_leave(deposit, payout) => match &deposit.state {
            DepositState::Confirming { block } => confirming(deposit, *block, outlook),
            DepositState::Final { .. } => "the payout is being withdrawn by the operator".to_owned(),
            DepositState::Orphaned { .. } | DepositState::Quarantined { .. } => {
                format!("not paid out yet: {TAKEN_BACK}")
            }
        },
        PayoutState::Signed { .. } => signed(attempt, outlook),
        PayoutState::Undecided
        | PayoutState::Owed { .. }
        | PayoutState::Held { .. }
        | PayoutState::ToBuy { .. }
        | PayoutState::Buying { .. } => waiting(deposit, Some(payout), outlook),
    }
}

/// For coins that have left: what became of the deposit since is told beside it.
fn left(words: &str, deposit: &Deposit, payout: &Payout, outlook: &Outlook) -> String {
    let since = match &deposit.state {
        DepositState::Final { .. } => return words.to_owned(),
        DepositState::Confirming { block } => confirming(deposit, *block, outlook),
        DepositState::Orphaned { .. } | DepositState::Quarantined { .. } => match payout.verdict() {
            Some(Verdict::Pay) => "the block of the deposit was replaced, and the operator knows".to_owned(),
            Some(Verdict::Void | Verdict::Wait) | None => TAKEN_BACK.to_owned(),
        },
    };
    format!("{words}; {since}")
}

fn confirming(deposit: &Deposit, block: BlockAt, outlook: &Outlook) -> String {
    match outlook.confirmations(deposit.id.coin, block.height) {
        Some((has, needs)) => format!("waiting for confirmations of the deposit: {has} of {needs}"),
        None => "waiting for confirmations of the deposit".to_owned(),
    }
}

/// What an operator is told is wrong with a deposit; nothing where it goes its way.
pub(super) fn error(deposit: &Deposit, payout: &Payout) -> &'static str {
    match &payout.state {
        PayoutState::Void => ZERO_AMOUNT_ERROR,
        PayoutState::Voided { .. } => "ruled void: nothing is paid out for it",
        _ if deposit.is_final() => "",
        PayoutState::Signed { .. } => {
            "taken back by a fork; its payout is signed and has not left, as far as is known"
        }
        PayoutState::Sent { .. } => "taken back by a fork after its payout was sent",
        PayoutState::Settled { .. } => "taken back by a fork after it was paid out",
        PayoutState::Undecided
        | PayoutState::Owed { .. }
        | PayoutState::Held { .. }
        | PayoutState::ToBuy { .. }
        | PayoutState::Buying { .. } => "",
    }
}

fn signed(attempt: Option<&Attempt>, outlook: &Outlook) -> String {
    match attempt {
        _ if !outlook.send_enabled => SENDING_OFF.to_owned(),
        _ if attempt.is_some_and(Attempt::is_withdrawn) => {
            "waiting for the payout to be made anew: its transaction is being withdrawn".to_owned()
        }
        _ if attempt.is_some_and(Attempt::is_held_back) => {
            "waiting for the operator, who has to look at another payout in the same transaction".to_owned()
        }
        Some(Attempt { refusal: Some(_), .. }) => REFUSED.to_owned(),
        Some(_) | None => "waiting for the Skycoin network to take the payout".to_owned(),
    }
}

fn waiting(deposit: &Deposit, payout: Option<&Payout>, outlook: &Outlook) -> String {
    match &deposit.state {
        _ if payout.is_some_and(|payout| may_leave(deposit, payout)) => owed(deposit, payout, outlook),
        DepositState::Confirming { block } => confirming(deposit, *block, outlook),
        DepositState::Orphaned { .. } => {
            "waiting for the deposit to be in a block again: the one it was in was replaced".to_owned()
        }
        DepositState::Quarantined { .. } => format!("not paid out: {TAKEN_BACK}"),
        DepositState::Final { .. } => owed(deposit, payout, outlook),
    }
}

fn owed(deposit: &Deposit, payout: Option<&Payout>, outlook: &Outlook) -> String {
    let text = match payout.map(|payout| &payout.state) {
        Some(PayoutState::Held { why, .. }) => held(why),
        Some(PayoutState::Owed { .. }) if !outlook.send_enabled => SENDING_OFF,
        Some(PayoutState::Owed { .. }) => "waiting to be sent",
        Some(PayoutState::ToBuy { paused: None }) => to_buy(deposit, outlook),
        Some(PayoutState::ToBuy { paused: Some(_) }) => {
            "waiting for the operator, who wants its coins to be bought later"
        }
        Some(PayoutState::Buying { .. }) => "its coins are being bought",
        Some(
            PayoutState::Undecided
            | PayoutState::Signed { .. }
            | PayoutState::Sent { .. }
            | PayoutState::Settled { .. }
            | PayoutState::Void
            | PayoutState::Voided { .. },
        )
        | None => "waiting to be processed",
    };
    text.to_owned()
}

/// What stands in the way upstream is for the operator, but for that something does.
fn to_buy(deposit: &Deposit, outlook: &Outlook) -> &'static str {
    let Some(view) = outlook.live.upstream() else {
        return "waiting for the operator: its coins cannot be bought now";
    };
    match view.pause_of(deposit.code()) {
        Some(_) => "waiting for the exchange, where its coins cannot be bought now",
        None => "waiting for its coins to be bought, with other deposits where it is too small by itself",
    }
}

fn held(why: &HoldReason) -> &'static str {
    match why {
        HoldReason::Rail(Hold::NotEnoughCoins { .. }) => "waiting for the desk's wallet to be refilled",
        HoldReason::Rail(Hold::NotEnoughHours) => "waiting for the desk's wallet to have coin hours",
        HoldReason::Rail(Hold::TooPrecise { .. }) => {
            "waiting for the operator: the network takes no amount as small as this one"
        }
        HoldReason::DepositOrphaned => "waiting for the deposit to be final again",
        HoldReason::NoPrice => "waiting for a price: the desk has none at the moment that it could promise",
        HoldReason::Unpayable => "waiting for the operator: it is worth more than can be paid",
    }
}

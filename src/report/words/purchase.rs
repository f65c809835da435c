//! What a purchase waits for: the stored facts put together.

use super::buyer::{Awaited, BuyerWords, Confirmations, LeftPayout, Since};
use crate::breaker::Breaker;
use crate::deposit::{BlockAt, Deposit, DepositState};
use crate::live::AskedBlock;
use crate::payout::{
    Attempt, HoldReason, Inherited, Payout, PayoutState, Verdict, ZERO_AMOUNT_ERROR, may_leave,
};
use crate::rail::Hold;
use crate::report::Outlook;
use crate::report::seen::SeenPayment;
use crate::store::{Breakers, Orders, Snapshot, StoreError};
use crate::types::Coin;

/// For an address at which something was seen that is not in a block.
pub(in crate::report) fn seen(all: &[SeenPayment], coin: Coin) -> BuyerWords {
    match all.iter().filter(|payment| payment.state == "seen").count() {
        0 => BuyerWords::SeenGone { coin },
        count => BuyerWords::Seen { coin, payments: u64::try_from(count).unwrap_or(u64::MAX) },
    }
}

/// For a deposit with its payout and the transaction that pays it, as far as they exist.
pub(in crate::report) fn describe(
    snapshot: &Snapshot,
    deposit: &Deposit,
    payout: Option<&Payout>,
    attempt: Option<&Attempt>,
    outlook: &Outlook,
) -> Result<BuyerWords, StoreError> {
    let words = stored(deposit, payout, attempt, outlook);
    let is_stopped = match words {
        BuyerWords::Waiting(Awaited::Sending) => {
            snapshot.is_broken(Breaker::Payouts)? || is_chain_stopped(snapshot, deposit)?
        }
        // What is signed counts against a budget already.
        BuyerWords::Waiting(Awaited::Network) => is_chain_stopped(snapshot, deposit)?,
        _ => false,
    };
    let coin = deposit.id.coin;
    // A payout that needs no agreement is signed while the block is asked about for another one.
    let is_asked = || outlook.live.second_node(coin).is_some_and(|node| node.is_asked(asked_of(deposit)));
    let is_order_held = || {
        let Some(PayoutState::Buying { order }) = payout.map(|payout| &payout.state) else {
            return Ok(false);
        };
        snapshot.order(*order).map(|order| order.is_some_and(|order| order.is_held()))
    };
    Ok(match words {
        BuyerWords::Waiting(Awaited::Bought) if is_order_held()? => BuyerWords::Waiting(Awaited::Order),
        _ if is_stopped => BuyerWords::Waiting(Awaited::Checked),
        BuyerWords::Waiting(Awaited::Sending) if is_asked() => BuyerWords::Waiting(Awaited::SecondNode),
        words => words,
    })
}

fn is_chain_stopped(snapshot: &Snapshot, deposit: &Deposit) -> Result<bool, StoreError> {
    let coin = deposit.id.coin;
    Ok(snapshot.is_broken(Breaker::Books(coin))? || snapshot.is_broken(Breaker::Nodes(coin))?)
}

fn asked_of(deposit: &Deposit) -> AskedBlock {
    let BlockAt { height, hash, .. } = deposit.block();
    AskedBlock { height, hash }
}

fn stored(
    deposit: &Deposit,
    payout: Option<&Payout>,
    attempt: Option<&Attempt>,
    outlook: &Outlook,
) -> BuyerWords {
    let Some(payout) = payout else { return waiting(deposit, None, outlook) };
    match &payout.state {
        PayoutState::Settled { .. } => left(LeftPayout::Paid, deposit, payout, outlook),
        PayoutState::Inherited(Inherited::Paid { .. }) => left(LeftPayout::Paid, deposit, payout, outlook),
        PayoutState::Inherited(Inherited::Unclear { .. }) => BuyerWords::Waiting(Awaited::Inherited),
        PayoutState::Sent { .. } if attempt.is_some_and(|attempt| attempt.refusal.is_some()) => {
            left(LeftPayout::Refused, deposit, payout, outlook)
        }
        PayoutState::Sent { .. } => left(LeftPayout::Confirming, deposit, payout, outlook),
        PayoutState::Void if payout.keeps() => BuyerWords::Kept,
        PayoutState::Void => BuyerWords::TooSmall,
        PayoutState::Voided { .. } => BuyerWords::RuledVoid,
        PayoutState::Signed { .. } if !may_leave(deposit, payout) => match &deposit.state {
            DepositState::Confirming { block } => confirming(deposit, *block, outlook),
            DepositState::Final { .. } => BuyerWords::Withdrawing,
            DepositState::Orphaned { .. } | DepositState::Quarantined { .. } => {
                BuyerWords::TakenBack { is_signed: true }
            }
        },
        PayoutState::Signed { .. } => BuyerWords::Waiting(signed(attempt, outlook)),
        PayoutState::Undecided
        | PayoutState::Owed { .. }
        | PayoutState::Held { .. }
        | PayoutState::ToBuy { .. }
        | PayoutState::Buying { .. } => waiting(deposit, Some(payout), outlook),
    }
}

/// For coins that have left: what became of the deposit since is told beside it.
fn left(how_far: LeftPayout, deposit: &Deposit, payout: &Payout, outlook: &Outlook) -> BuyerWords {
    let since = match &deposit.state {
        DepositState::Final { .. } => None,
        DepositState::Confirming { block } => Some(Since::Confirming(depth(deposit, *block, outlook))),
        DepositState::Orphaned { .. } | DepositState::Quarantined { .. } => match payout.verdict() {
            Some(Verdict::Pay) => Some(Since::Known),
            Some(Verdict::Void | Verdict::Wait) | None => Some(Since::TakenBack),
        },
    };
    BuyerWords::Left { payout: how_far, since }
}

fn confirming(deposit: &Deposit, block: BlockAt, outlook: &Outlook) -> BuyerWords {
    BuyerWords::Confirming(depth(deposit, block, outlook))
}

fn depth(deposit: &Deposit, block: BlockAt, outlook: &Outlook) -> Option<Confirmations> {
    let (has, needs) = outlook.confirmations(deposit.id.coin, block.height)?;
    Some(Confirmations { has, needs })
}

/// What an operator is told is wrong with a deposit; nothing where it goes its way.
pub(in crate::report) fn error<'a>(deposit: &Deposit, payout: &'a Payout) -> &'a str {
    match &payout.state {
        PayoutState::Inherited(was) if !was.error().is_empty() => was.error(),
        PayoutState::Void => ZERO_AMOUNT_ERROR,
        PayoutState::Voided { .. } => "ruled void: nothing is paid out for it",
        _ if deposit.is_final() => "",
        PayoutState::Signed { .. } => {
            "taken back by a fork; its payout is signed and has not left, as far as is known"
        }
        PayoutState::Sent { .. } => "taken back by a fork after its payout was sent",
        PayoutState::Settled { .. } | PayoutState::Inherited(Inherited::Paid { .. }) => {
            "taken back by a fork after it was paid out"
        }
        PayoutState::Undecided
        | PayoutState::Owed { .. }
        | PayoutState::Held { .. }
        | PayoutState::ToBuy { .. }
        | PayoutState::Buying { .. }
        | PayoutState::Inherited(Inherited::Unclear { .. }) => "",
    }
}

fn signed(attempt: Option<&Attempt>, outlook: &Outlook) -> Awaited {
    match attempt {
        _ if !outlook.sends() => Awaited::SendingOn,
        _ if attempt.is_some_and(Attempt::is_withdrawn) => Awaited::NewPayout,
        _ if attempt.is_some_and(Attempt::is_held_back) => Awaited::OtherPayout,
        Some(Attempt { refusal: Some(_), .. }) => Awaited::NodeRefusing,
        Some(_) | None => Awaited::Network,
    }
}

fn waiting(deposit: &Deposit, payout: Option<&Payout>, outlook: &Outlook) -> BuyerWords {
    let owed = || BuyerWords::Waiting(owed(deposit, payout, outlook));
    if payout.is_some_and(|payout| may_leave(deposit, payout)) {
        return owed();
    }
    match &deposit.state {
        DepositState::Confirming { block } => confirming(deposit, *block, outlook),
        DepositState::Orphaned { .. } => BuyerWords::Replaced,
        DepositState::Quarantined { .. } => BuyerWords::TakenBack { is_signed: false },
        DepositState::Final { .. } => owed(),
    }
}

fn owed(deposit: &Deposit, payout: Option<&Payout>, outlook: &Outlook) -> Awaited {
    match payout.map(|payout| &payout.state) {
        Some(PayoutState::Held { why, .. }) => held(why),
        Some(PayoutState::Owed { .. }) if !outlook.sends() => Awaited::SendingOn,
        Some(PayoutState::Owed { .. }) => Awaited::Sending,
        Some(PayoutState::ToBuy { paused: None }) => to_buy(deposit, outlook),
        Some(PayoutState::ToBuy { paused: Some(_) }) => Awaited::Resumed,
        Some(PayoutState::Buying { .. }) => Awaited::Bought,
        Some(
            PayoutState::Undecided
            | PayoutState::Signed { .. }
            | PayoutState::Sent { .. }
            | PayoutState::Settled { .. }
            | PayoutState::Void
            | PayoutState::Voided { .. }
            | PayoutState::Inherited(_),
        )
        | None => Awaited::Processing,
    }
}

/// What stands in the way upstream is for the operator, but for that something does.
fn to_buy(deposit: &Deposit, outlook: &Outlook) -> Awaited {
    let Some(view) = outlook.live.upstream() else { return Awaited::AnyExchange };
    match view.pause_of(deposit.code()) {
        Some(_) => Awaited::Exchange,
        None => Awaited::Buying,
    }
}

fn held(why: &HoldReason) -> Awaited {
    match why {
        HoldReason::Rail(Hold::NotEnoughCoins { .. }) => Awaited::Coins,
        HoldReason::Rail(Hold::NotEnoughHours) => Awaited::CoinHours,
        HoldReason::Rail(Hold::TooPrecise { .. }) => Awaited::Precision,
        HoldReason::DepositOrphaned => Awaited::FinalAgain,
        HoldReason::NoPrice => Awaited::Price,
        HoldReason::Unpayable => Awaited::Payable,
    }
}

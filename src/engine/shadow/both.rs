//! A deposit that both have: in what they differ.

use std::collections::HashSet;

use super::difference::{Because, DifferenceKind};
use super::sight::{Early, OurDeposit, Sight};
use super::worth::{self, Found, Settings};
use crate::deposit::{Deposit, DepositState};
use crate::original::OriginalDeposit;
use crate::payout::{PayoutState, PublicStatus, ZERO_AMOUNT_ERROR, public_status};
use crate::types::TxId;

/// Whether the original has not ended it: what became of it is for a person to say.
pub(super) fn is_in_flight(theirs: &OriginalDeposit) -> bool {
    !(is_paid(theirs) || is_nothing(theirs))
}

/// Whether the original says what has paid it.
fn is_paid(theirs: &OriginalDeposit) -> bool {
    theirs.status == PublicStatus::Done && theirs.txid.is_some() && theirs.error.is_empty()
}

/// Whether it was too little to be paid.
fn is_nothing(theirs: &OriginalDeposit) -> bool {
    theirs.status == PublicStatus::Done && theirs.txid.is_none() && theirs.error == ZERO_AMOUNT_ERROR
}

/// Returns all in which they differ.
pub(super) fn differences(
    theirs: &OriginalDeposit,
    own: &OurDeposit,
    here: &Sight,
    settings: Settings,
    paid_twice: &HashSet<TxId>,
    early: &mut Early,
) -> Vec<Found> {
    let mut found = worth::differences(theirs, own, settings);
    if theirs.payee != own.binding.payee {
        found.push((DifferenceKind::Payee, theirs.payee.to_string(), own.binding.payee.to_string(), None));
    }
    found.extend(of_height(theirs, &own.purchase.deposit));
    found.extend(of_depth(theirs, &own.purchase.deposit, here, early));
    found.extend(of_status(theirs, own));
    if let Some(txid) = theirs.txid.filter(|txid| paid_twice.contains(txid)) {
        let there = format!("{txid}, which it says has paid another deposit too");
        found.push((DifferenceKind::Paid, there, String::new(), None));
    }
    found
}

fn of_height(theirs: &OriginalDeposit, ours: &Deposit) -> Option<Found> {
    let height = ours.block().height;
    let (there, here) = (theirs.height.to_string(), height.to_string());
    (theirs.height != height).then_some((DifferenceKind::Height, there, here, Some(Because::ByHeightAlone)))
}

/// How deep it lies. That the original has taken it up with fewer confirmations than are wanted here shows as long as
/// it is not final here, and is remembered.
fn of_depth(theirs: &OriginalDeposit, ours: &Deposit, here: &Sight, early: &mut Early) -> Option<Found> {
    let reach = &here.chains[theirs.id.coin];
    let block = match &ours.state {
        DepositState::Final { .. } => {
            let most = *early.get(&ours.id)?;
            let (there, here) = (words(most), reach.rules.required.map(words).unwrap_or_default());
            let because = Some(Because::MoreConfirmations);
            return Some((DifferenceKind::Confirmations, there, here, because));
        }
        // The original has paid it, or is about to: what this desk would not have done.
        DepositState::Orphaned { .. } | DepositState::Quarantined { .. } => {
            let here = "its block is no part of the chain any more".to_owned();
            return Some((DifferenceKind::Confirmations, "taken up".to_owned(), here, None));
        }
        DepositState::Confirming { block } => block,
    };
    let depth = reach.tip.map(|tip| block.height.depth_below(tip));
    if let (Some(depth), Some(required)) = (depth, reach.rules.required)
        && depth < required
    {
        let most = early.entry(ours.id.clone()).or_insert(depth);
        *most = depth.min(*most);
    }
    let here = depth.map_or_else(|| "not final".to_owned(), words);
    Some((DifferenceKind::Confirmations, "taken up".to_owned(), here, Some(Because::NotFinalHere)))
}

fn words(confirmations: u64) -> String {
    format!("{confirmations} confirmation(s)")
}

/// Where it stands. Nothing is sent here: what the original has sent, or is about to, is still to be sent here.
fn of_status(theirs: &OriginalDeposit, own: &OurDeposit) -> Option<Found> {
    let payout = own.purchase.payout.as_ref();
    let ours = public_status(&own.purchase.deposit, payout);
    let there = theirs.status.name().to_owned();
    if theirs.status == PublicStatus::Done && !is_paid(theirs) && !is_nothing(theirs) {
        let why = if theirs.error.is_empty() { "without a transaction" } else { theirs.error.as_str() };
        let because = theirs.txid.is_none().then_some(Because::DoneWithNothing);
        return Some((DifferenceKind::Status, format!("{there}: {why}"), ours.name().to_owned(), because));
    }
    let is_held = payout.is_some_and(|payout| matches!(payout.state, PayoutState::Held { .. }));
    let is_decided = !matches!(theirs.status, PublicStatus::WaitingDeposit | PublicStatus::WaitingDecide);
    if is_held && is_decided {
        // What has no price is told with the rate; anything else that is held is not what the original does.
        let is_unpriced = own.purchase.deposit.rate.is_empty();
        let because = is_unpriced.then_some(Because::NoPriceHere);
        return Some((DifferenceKind::Status, there, "held".to_owned(), because));
    }
    let is_final = matches!(own.purchase.deposit.state, DepositState::Final { .. });
    if theirs.status == PublicStatus::WaitingDeposit && is_final {
        return Some((DifferenceKind::Status, there, ours.name().to_owned(), None));
    }
    None
}

//! Where things stand, as the export tells it: a word, and the block or transaction that goes with it.

use serde_json::{Value, json};
use teller::deposit::{BlockAt, DepositState};
use teller::payout::{Attempt, AttemptState, Inherited, PayoutState, SpendVerdict};
use teller::store::hold_words;

pub(super) fn deposit(state: &DepositState) -> Value {
    let (name, block) = match state {
        DepositState::Confirming { block } => ("confirming", block),
        DepositState::Final { block } => ("final", block),
        DepositState::Orphaned { was } => ("orphaned", was),
        DepositState::Quarantined { was } => ("quarantined", was),
    };
    let BlockAt { height, hash, .. } = block;
    json!({ "state": name, "height": height.get(), "block": hash.map(|hash| hash.to_string()) })
}

pub(super) fn payout(state: &PayoutState) -> Value {
    match state {
        PayoutState::Undecided => json!({ "state": "undecided" }),
        PayoutState::Owed { .. } => json!({ "state": "owed" }),
        PayoutState::Held { why, .. } => json!({ "state": "held", "why": hold_words(why) }),
        PayoutState::Signed { attempt, .. } => json!({ "state": "signed", "transaction": attempt.get() }),
        PayoutState::Sent { attempt, .. } => json!({ "state": "sent", "transaction": attempt.get() }),
        PayoutState::Settled { attempt, .. } => json!({ "state": "settled", "transaction": attempt.get() }),
        PayoutState::Void => json!({ "state": "void" }),
        PayoutState::Voided { .. } => json!({ "state": "voided" }),
        PayoutState::ToBuy { .. } => json!({ "state": "to_buy" }),
        PayoutState::Buying { order } => json!({ "state": "buying", "order": order.get() }),
        PayoutState::Inherited(Inherited::Paid { txid, .. }) => {
            json!({ "state": "paid_before", "txid": txid.map(|txid| txid.to_string()) })
        }
        PayoutState::Inherited(Inherited::Unclear { status, txid, error, .. }) => json!({
            "state": "inherited",
            "status": status.name(),
            "txid": txid.map(|txid| txid.to_string()),
            "error": error,
        }),
    }
}

pub(super) fn transaction(attempt: &Attempt) -> Value {
    let refused = attempt.refusal.as_ref().map(|refusal| &refusal.words);
    match &attempt.state {
        AttemptState::Signed => json!({ "state": "signed", "refused": refused }),
        AttemptState::Sent => json!({ "state": "sent", "refused": refused }),
        AttemptState::Settled { block, burnt } => json!({
            "state": "settled",
            "height": block.height.get(),
            "block": block.hash.to_string(),
            "burnt_hours": burnt.get(),
        }),
        AttemptState::Dead { why } => json!({ "state": "dead", "why": why }),
    }
}

pub(super) fn verdict(verdict: SpendVerdict) -> &'static str {
    match verdict {
        SpendVerdict::Mine => "mine",
        SpendVerdict::PayAgain => "again",
        SpendVerdict::Adopted { .. } => "paid",
    }
}

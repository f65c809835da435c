//! What a transaction did to balances, for those whose calls cannot be read.
//!
//! Nodes tell which balances a transaction changed, and from what to what, without telling its calls: that is short
//! whatever the transaction did. It does not tell who paid whom; it tells what an account has more.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use web3::types::{H160, H256, U256};

use super::{TraceKind, Unreadable, debug_options};
use crate::chain::ethereum::moves::Growth;

/// The call that tells it.
pub(super) fn question(kind: TraceKind, transaction: H256) -> (&'static str, Value) {
    match kind {
        TraceKind::Debug => {
            let mut options = debug_options("prestateTracer");
            options["tracerConfig"] =
                json!({ "diffMode": true, "disableCode": true, "disableStorage": true });
            ("debug_traceTransaction", json!([transaction, options]))
        }
        TraceKind::Trace => ("trace_replayTransaction", json!([transaction, ["stateDiff"]])),
    }
}

/// Reads what it answers.
pub(super) fn growth(kind: TraceKind, told: &str) -> Result<Growth, Unreadable> {
    match kind {
        TraceKind::Debug => {
            let Change { pre, post } = serde_json::from_str(told).map_err(Unreadable::shape)?;
            let mut all = Growth::new();
            for (account, Account { balance }) in post {
                // A balance that did not change is not told again; an account that was not there had none.
                let Some(now) = balance else { continue };
                let before = match pre.get(&account) {
                    None => U256::zero(),
                    Some(was) => {
                        was.balance.ok_or_else(|| Unreadable::shape("a balance from before is missing"))?
                    }
                };
                all.extend(grown(account, before, now));
            }
            Ok(all)
        }
        TraceKind::Trace => {
            let Replayed { state_diff } = serde_json::from_str(told).map_err(Unreadable::shape)?;
            let changes = state_diff.into_iter().map(|(account, Diff { balance })| (account, balance));
            Ok(changes.filter_map(|(account, balance)| balance.grown(account)).collect())
        }
    }
}

fn grown(account: H160, before: U256, now: U256) -> Option<(H160, U256)> {
    now.checked_sub(before).filter(|more| !more.is_zero()).map(|more| (account, more))
}

/// geth's form.
#[derive(Deserialize)]
struct Change {
    pre: BTreeMap<H160, Account>,
    post: BTreeMap<H160, Account>,
}

#[derive(Deserialize)]
struct Account {
    balance: Option<U256>,
}

/// The other one.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Replayed {
    state_diff: BTreeMap<H160, Diff>,
}

#[derive(Deserialize)]
struct Diff {
    balance: Balance,
}

#[derive(Deserialize)]
enum Balance {
    #[serde(rename = "=")]
    Same,
    #[serde(rename = "+")]
    New(U256),
    #[serde(rename = "-")]
    Gone(#[allow(dead_code, reason = "what is gone has not grown")] U256),
    #[serde(rename = "*")]
    Changed { from: U256, to: U256 },
}

impl Balance {
    fn grown(&self, account: H160) -> Option<(H160, U256)> {
        match self {
            Balance::Same | Balance::Gone(_) => None,
            Balance::New(now) => grown(account, U256::zero(), *now),
            Balance::Changed { from, to } => grown(account, *from, *to),
        }
    }
}

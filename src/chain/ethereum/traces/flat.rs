//! The list of all calls, as `trace_block` and `trace_transaction` tell it.
//!
//! Calls come with everything inside them before the next one: the outermost that failed is all there is to know.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::value::RawValue;
use web3::types::{H160, H256, U256};

use super::{Inside, Unreadable};
use crate::chain::ethereum::moves::Moved;

/// One call. What it did stays text until it is known to matter.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'t> {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(borrow)]
    action: Option<&'t RawValue>,
    error: Option<serde::de::IgnoredAny>,
    trace_address: Option<Vec<usize>>,
    transaction_hash: Option<H256>,
    block_hash: Option<H256>,
    #[serde(borrow)]
    result: Option<&'t RawValue>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Action {
    call_type: Option<String>,
    from: Option<H160>,
    to: Option<H160>,
    value: Option<U256>,
    refund_address: Option<H160>,
    balance: Option<U256>,
}

/// What a creation answers.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Created {
    address: Option<H160>,
}

/// What was found of one transaction.
#[derive(Debug, Default)]
struct Finding {
    is_begun: bool,
    moves: Vec<Moved>,
    amiss: Option<Unreadable>,
    /// The outermost call that failed, while its insides come.
    failed: Option<Vec<usize>>,
}

/// What is inside each of the transactions, in their order. Every one begins with its own call: that is what
/// is counted.
///
/// # Errors
///
/// [`Unreadable::Elsewhere`] where a call stands in another block, [`Unreadable::Shape`] where it is no list of calls.
pub(super) fn moves_listed(told: &str, block: H256, hashes: &[H256]) -> Result<Vec<Inside>, Unreadable> {
    let entries: Vec<Entry<'_>> = serde_json::from_str(told).map_err(Unreadable::shape)?;
    let mut all: HashMap<H256, Finding> = hashes.iter().map(|hash| (*hash, Finding::default())).collect();
    for entry in entries {
        // It was asked for by number: only the hash tells that it is this block.
        match entry.block_hash {
            Some(told) if told == block => {}
            Some(_) => return Err(Unreadable::Elsewhere),
            None => return Err(Unreadable::shape("a call does not say in which block it is")),
        }
        // Rewards belong to no transaction.
        let Some(transaction) = entry.transaction_hash else { continue };
        let found = all.get_mut(&transaction).ok_or(Unreadable::Elsewhere)?;
        found.add(&entry);
    }
    Ok(hashes.iter().map(|hash| all.remove(hash).unwrap_or_default().told()).collect())
}

impl Finding {
    fn add(&mut self, entry: &Entry<'_>) {
        let Some(place) = &entry.trace_address else {
            self.amiss = Some(Unreadable::shape("a call does not say where it is"));
            return;
        };
        if place.is_empty() && std::mem::replace(&mut self.is_begun, true) {
            self.amiss = Some(Unreadable::shape("a transaction begins twice"));
        }
        self.failed = self.failed.take().filter(|call| place.starts_with(call));
        if self.failed.is_none() && entry.error.is_some() {
            self.failed = Some(place.clone());
        }
        if self.failed.is_some() || place.is_empty() {
            return;
        }
        match moved(entry) {
            Ok(moved) => self.moves.extend(moved),
            Err(why) => self.amiss = Some(why),
        }
    }

    fn told(self) -> Inside {
        match self.amiss {
            Some(amiss) => Err(amiss),
            None if self.is_begun => Ok(self.moves),
            None => Err(Unreadable::shape("a transaction is missing")),
        }
    }
}

/// What an entry moved, if it moved anything.
fn moved(entry: &Entry<'_>) -> Result<Option<Moved>, Unreadable> {
    let kind =
        entry.kind.as_deref().ok_or_else(|| Unreadable::shape("a call does not say of what kind it is"))?;
    let action: Option<Action> =
        entry.action.map(|text| serde_json::from_str(text.get())).transpose().map_err(Unreadable::shape)?;
    let action = action.unwrap_or_default();
    let (to, value) = match (kind, action.call_type.as_deref()) {
        ("call", Some("callcode" | "delegatecall" | "staticcall")) => return Ok(None),
        ("call", Some("call")) => (action.to, action.value),
        ("create", _) => (created(entry)?, action.value),
        ("suicide" | "selfdestruct", _) => (action.refund_address, action.balance),
        _ => return Err(Unreadable::Lacking(format!("a call of a kind that is not known ({kind:.20})"))),
    };
    match (value, to) {
        (None, _) => Err(Unreadable::Lacking(format!("a {kind} does not say how much it moved"))),
        (Some(value), _) if value.is_zero() => Ok(None),
        (Some(_), None) => Err(Unreadable::Lacking(format!("a {kind} does not say to whom it moved"))),
        (Some(value), Some(to)) => Ok(Some(Moved { from: action.from, to, value })),
    }
}

fn created(entry: &Entry<'_>) -> Result<Option<H160>, Unreadable> {
    let created: Option<Created> =
        entry.result.map(|text| serde_json::from_str(text.get())).transpose().map_err(Unreadable::shape)?;
    Ok(created.and_then(|created| created.address))
}

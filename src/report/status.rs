//! `/api/status`: what a buyer sees of their bindings and deposits.

use serde::Serialize;

use super::{Outlook, words};
use crate::payout::{PublicStatus, public_status};
use crate::skycoin::Address;
use crate::store::{Binding, Purchase, Snapshot, StoreError, Tables};

/// One line of a status: a deposit, or an address that waits for one. The first four fields are the original's.
#[derive(Debug, Clone, Serialize)]
pub struct StatusEntry {
    /// From 1, given once, in the order of binding and arrival.
    pub seq: u32,
    /// Seconds since 1970 at which it really changed.
    pub updated_at: u64,
    pub status: &'static str,
    pub coin_type: &'static str,
    /// What it waits for, in words.
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deposit: Option<SeenDeposit>,
    /// Payments to the address that are not in a block yet. They promise nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<SeenPayment>,
}

/// A payment that is not in a block.
#[derive(Debug, Clone, Serialize)]
pub struct SeenPayment {
    /// In whole coins, with all decimals.
    pub amount: String,
    pub txid: String,
    pub n: u32,
    /// `seen`, or `gone` once it was replaced or dropped.
    pub state: &'static str,
}

/// The deposit of a line.
#[derive(Debug, Clone, Serialize)]
pub struct SeenDeposit {
    /// In whole coins, with all decimals.
    pub amount: String,
    /// The transaction that paid it, and its output.
    pub txid: String,
    pub n: u32,
    /// Blocks above the one that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmations: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmations_required: Option<u64>,
    /// SKY that it buys, in whole coins.
    pub sky_amount: String,
    /// The transaction that pays it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payout_txid: Option<String>,
}

/// Everything that a payee sees, by `seq`.
pub fn status_entries(
    snapshot: &Snapshot,
    payee: &Address,
    outlook: &Outlook,
) -> Result<Vec<StatusEntry>, StoreError> {
    let mut entries = Vec::new();
    for binding in snapshot.bindings_of(payee)? {
        let purchases = snapshot.purchases_of(&binding)?;
        let first = entries.len();
        if purchases.is_empty() {
            entries.push(waiting(&binding));
        }
        for purchase in purchases {
            entries.push(entry(snapshot, purchase, outlook)?);
        }
        if let Some(entry) = entries.get_mut(first) {
            sighted(entry, &binding, outlook);
        }
    }
    entries.sort_by_key(|entry| entry.seq);
    Ok(entries)
}

/// Adds what was seen at the address to the first line of the binding.
fn sighted(entry: &mut StatusEntry, binding: &Binding, outlook: &Outlook) {
    let coin = binding.address.coin();
    let sightings = outlook.desk.sightings(coin);
    if sightings.is_empty() {
        return;
    }
    let told = sightings.at(&binding.address.key()).iter().map(|seen| SeenPayment {
        amount: seen.amount.to_coins(coin.decimals()),
        txid: seen.tx.clone(),
        n: seen.n,
        state: if seen.gone_at.is_some() { "gone" } else { "seen" },
    });
    entry.seen = told.collect();
    if entry.deposit.is_none() && !entry.seen.is_empty() {
        entry.message = words::seen(&entry.seen, coin);
    }
}

fn waiting(binding: &Binding) -> StatusEntry {
    let coin = binding.address.coin();
    StatusEntry {
        seq: binding.payee_seq,
        updated_at: binding.bound_at.get(),
        status: PublicStatus::WaitingDeposit.name(),
        coin_type: coin.code(),
        message: words::no_deposit(coin),
        deposit: None,
        seen: Vec::new(),
    }
}

fn entry(snapshot: &Snapshot, purchase: Purchase, outlook: &Outlook) -> Result<StatusEntry, StoreError> {
    let Purchase { deposit, payout } = purchase;
    let attempt = match payout.as_ref().and_then(|payout| payout.attempt()) {
        Some(attempt) => snapshot.attempt(attempt)?,
        None => None,
    };
    let coin = deposit.id.coin;
    // What stands in no block has none, however many there are above the block that it was in.
    let confirmations = deposit.place().and_then(|block| outlook.confirmations(coin, block.height));
    let updated = payout.as_ref().map_or(deposit.updated_at, |p| p.updated_at.max(deposit.updated_at));
    Ok(StatusEntry {
        seq: deposit.payee_seq,
        updated_at: updated.get(),
        status: public_status(&deposit, payout.as_ref()).name(),
        coin_type: coin.code(),
        message: words::describe(&deposit, payout.as_ref(), attempt.as_ref(), outlook),
        deposit: Some(SeenDeposit {
            amount: deposit.amount.to_coins(coin.decimals()),
            txid: deposit.id.tx,
            n: deposit.id.n,
            confirmations: confirmations.map(|(has, _)| has),
            confirmations_required: confirmations.map(|(_, needs)| needs),
            sky_amount: deposit.quote.to_string(),
            payout_txid: attempt.map(|attempt| attempt.txid.to_string()),
        }),
        seen: Vec::new(),
    })
}

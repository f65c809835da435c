//! `GET /api/wallet`: the hot wallet as the payer saw it last. `GET /api/transactions`: the payout transactions.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::{MonitorState, bad_request, only_get};
use crate::http::{Params, internal_error, json};
use crate::payout::{Attempt, AttemptState, SignedTransaction};
use crate::store::{Page, Snapshot, StoreError, Tables};
use crate::types::{AttemptNo, Droplets};

/// Coins as text with all their decimals, times in seconds since 1970, durations in seconds.
#[derive(Debug, Serialize)]
struct WalletReply {
    /// When it was seen; absent before the first time.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<u64>,
    coins: String,
    hours: u64,
    spendable: String,
    incoming: String,
    claimed: String,
    /// Payouts that wait for coins or hours.
    held: u64,
    owed: String,
    /// How long it lasts at the pace of the last day; absent where nothing is used up.
    #[serde(skip_serializing_if = "Option::is_none")]
    runway_coins: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    runway_hours: Option<u64>,
    /// Why payouts are not going out; empty while they are.
    error: String,
}

pub(super) async fn wallet(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    let (view, snapshot) = (state.desk.wallet(), state.store.snapshot());
    json(&WalletReply {
        at: view.at.map(|at| at.get()),
        coins: view.coins.to_string(),
        hours: view.hours.get(),
        spendable: view.spendable.to_string(),
        incoming: view.incoming.to_string(),
        claimed: view.claimed.to_string(),
        held: snapshot.counters().held,
        owed: snapshot.counters().owed.to_coins(Droplets::DECIMALS),
        runway_coins: view.runway.coins,
        runway_hours: view.runway.hours,
        error: if view.detail.is_empty() { view.error.clone() } else { view.detail.clone() },
    })
}

#[derive(Debug, Serialize)]
struct Transactions {
    transactions: Vec<TransactionReply>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u64>,
}

/// A payout transaction; times are seconds since 1970.
#[derive(Debug, Serialize)]
struct TransactionReply {
    no: u64,
    txid: String,
    /// `signed`: stored, not known to have reached the network. `sent`. `settled`: confirmed as deep as required.
    /// `dead`: it can never confirm, and what it would have paid is paid by another.
    state: &'static str,
    /// The node's words where it refuses a signed one; why a dead one is dead.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u64>,
    signed_at: u64,
    updated_at: u64,
    amount: String,
    /// Numbers of the deposits that it pays.
    deposits: Vec<u64>,
    inputs: Vec<String>,
}

impl From<(Attempt, SignedTransaction)> for TransactionReply {
    fn from((attempt, transaction): (Attempt, SignedTransaction)) -> Self {
        let amount = Droplets::sum(transaction.parts.iter().map(|part| part.amount));
        let state = name_of(&attempt.state);
        let (why, height) = match attempt.state {
            AttemptState::Signed { refused } => (refused, None),
            AttemptState::Sent => (None, None),
            AttemptState::Settled { block } => (None, Some(block.height.get())),
            AttemptState::Dead { why } => (Some(why), None),
        };
        TransactionReply {
            no: attempt.no.get(),
            txid: attempt.txid.to_string(),
            state,
            why,
            height,
            signed_at: attempt.signed_at.get(),
            updated_at: attempt.updated_at.get(),
            amount: amount.unwrap_or(Droplets::ZERO).to_string(),
            deposits: transaction.parts.iter().map(|part| part.payout.get()).collect(),
            inputs: transaction.inputs.iter().map(ToString::to_string).collect(),
        }
    }
}

fn name_of(state: &AttemptState) -> &'static str {
    match state {
        AttemptState::Signed { .. } => "signed",
        AttemptState::Sent => "sent",
        AttemptState::Settled { .. } => "settled",
        AttemptState::Dead { .. } => "dead",
    }
}

const STATES: [&str; 5] = ["live", "signed", "sent", "settled", "dead"];

pub(super) async fn transactions(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    let params = Params::parse(request.query_string());
    let wanted = params.get("state");
    if !wanted.is_empty() && !STATES.contains(&wanted) {
        return bad_request(format_args!("Invalid state: expected one of {}", STATES.join(", ")));
    }
    let page = match super::deposits::page(&params) {
        Ok(page) => page,
        Err(message) => return bad_request(message),
    };
    match list(&state.store.snapshot(), wanted, page) {
        Ok(reply) => json(&reply),
        Err(error) => internal_error(&error),
    }
}

fn list(snapshot: &Snapshot, wanted: &str, page: Page) -> Result<Transactions, StoreError> {
    let mut transactions: Vec<TransactionReply> = Vec::new();
    let fits = |attempt: &Attempt| match wanted {
        "" => true,
        "live" => attempt.is_live(),
        state => name_of(&attempt.state) == state,
    };
    for no in page.after.saturating_add(1)..=snapshot.counters().attempts {
        if transactions.len() == page.limit {
            break;
        }
        let Some(attempt) = snapshot.attempt(AttemptNo::new(no))?.filter(fits) else { continue };
        let transaction = snapshot.signed_transaction(attempt.no)?;
        transactions.extend(transaction.map(|transaction| TransactionReply::from((attempt, transaction))));
    }
    let is_full = transactions.len() == page.limit;
    let next = transactions.last().filter(|_| is_full).map(|reply| reply.no);
    Ok(Transactions { transactions, next })
}

//! `GET /api/transactions`: the payout transactions.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::{MonitorState, bad_request, only_get, paging};
use crate::http::describe::{Operation, one_of, query};
use crate::http::{Code, Params, internal_error, json};
use crate::payout::{Attempt, AttemptState, Course, Stuck};
use crate::rail::{Purpose, SignedTransaction};
use crate::report::{Act, Said, requests, transaction_acts};
use crate::store::{Page, Snapshot, StoreError, Tables};
use crate::types::{AttemptNo, Droplets};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TransactionList)]
struct Transactions {
    /// The transactions.
    transactions: Vec<TransactionReply>,
    /// The cursor of the next page, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u64>,
}

/// A payout transaction; times are seconds since 1970.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Transaction)]
pub(super) struct TransactionReply {
    /// Its number.
    no: u64,
    /// The id that the network knows it by.
    txid: String,
    /// `signed`: stored, not known to have reached the network. `sent`. `settled`: confirmed as deep as required.
    /// `dead`: it can never confirm, and what it would have paid is paid by another.
    state: &'static str,
    /// The node's words where it refuses it; why a dead one is dead.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    /// Since when a node refuses it, whenever it is offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused_since: Option<u64>,
    /// The block that it was confirmed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u64>,
    /// When it was signed, in seconds since 1970 began.
    signed_at: u64,
    /// When it last changed, in seconds since 1970 began.
    updated_at: u64,
    /// What it pays in all, in whole SKY.
    amount: String,
    /// Numbers of the deposits that it pays.
    deposits: Vec<u64>,
    /// The outputs that it spends.
    inputs: Vec<String>,
    /// The transaction that it withdraws, by an input that both spend.
    #[serde(skip_serializing_if = "Option::is_none")]
    withdraws: Option<u64>,
    /// The transaction that withdraws it, once that is signed. One of the two confirms.
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn_by: Option<u64>,
    /// Who wants it withdrawn, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawal: Option<Said>,
    /// How many of its payouts keep it back: their deposits are gone, and nobody ruled that they are paid.
    #[serde(skip_serializing_if = "is_zero")]
    kept_back_by: u32,
    /// As what it is listed in `/api/waiting`.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting: Option<&'static str>,
    /// What can be done with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    acts: Vec<Act>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl TransactionReply {
    /// The transaction of this number.
    pub(super) fn read(snapshot: &Snapshot, no: AttemptNo) -> Result<Option<TransactionReply>, StoreError> {
        let both = snapshot.attempt(no)?.zip(snapshot.signed_transaction(no)?);
        both.map(|(attempt, transaction)| TransactionReply::new(attempt, &transaction)).transpose()
    }

    /// # Errors
    /// Where its payouts are more coins than there can be: no number would be true.
    fn new(attempt: Attempt, transaction: &SignedTransaction) -> Result<TransactionReply, StoreError> {
        let amount = Droplets::sum(transaction.parts.iter().map(|part| part.amount));
        let amount = amount
            .map_err(|error| StoreError::Invariant(format!("transaction {}: {error}", attempt.txid)))?;
        let state = name_of(&attempt.state);
        let (waiting, acts) = (Stuck::of(&attempt).map(Stuck::name), transaction_acts(&attempt));
        let withdrawal = match &attempt.course {
            Course::Send => None,
            Course::Withdraw { reason } => Some(Said::new(None, reason)),
        };
        let withdraws = match attempt.purpose {
            Purpose::Payouts => None,
            Purpose::Withdrawal { of } => Some(of.get()),
        };
        let (why, height) = match attempt.state.clone() {
            AttemptState::Signed | AttemptState::Sent => {
                (attempt.refusal.as_ref().map(|refusal| refusal.words.clone()), None)
            }
            AttemptState::Settled { block, .. } => (None, Some(block.height.get())),
            AttemptState::Dead { why } => (Some(why), None),
        };
        Ok(TransactionReply {
            no: attempt.no.get(),
            txid: attempt.txid.to_string(),
            state,
            why,
            refused_since: attempt.refusal.map(|refusal| refusal.since.get()),
            height,
            signed_at: attempt.signed_at.get(),
            updated_at: attempt.updated_at.get(),
            amount: amount.to_string(),
            deposits: transaction.parts.iter().map(|part| part.payout.get()).collect(),
            inputs: transaction.inputs.iter().map(ToString::to_string).collect(),
            withdraws,
            withdrawn_by: attempt.rival.map(AttemptNo::get),
            withdrawal,
            kept_back_by: attempt.kept,
            waiting,
            acts,
        })
    }
}

fn name_of(state: &AttemptState) -> &'static str {
    match state {
        AttemptState::Signed => "signed",
        AttemptState::Sent => "sent",
        AttemptState::Settled { .. } => "settled",
        AttemptState::Dead { .. } => "dead",
    }
}

const STATES: [&str; 5] = ["live", "signed", "sent", "settled", "dead"];

/// What the reference tells of it.
pub(super) fn described() -> Operation {
    Operation::get("/api/transactions", "transactions", "Payout transactions")
        .takes(query(
            "state",
            "Only those; `live` are those that are neither settled nor dead.",
            &one_of(&STATES),
        ))
        .takes_all(paging::parameters())
        .gives::<Transactions>(200, "The transactions, by number.")
        .validated()
        .refuses(&[Code::InvalidParameter])
}

pub(super) async fn transactions(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    let params = Params::parse(request.query_string());
    let wanted = params.get("state");
    if !wanted.is_empty() && !STATES.contains(&wanted) {
        return bad_request(requests::none_of("state", &STATES));
    }
    let page = match paging::page(&params) {
        Ok(page) => page,
        Err(message) => return bad_request(message),
    };
    match list(&state.store.snapshot(), wanted, page) {
        Ok(reply) => json(&reply),
        Err(error) => internal_error(&error),
    }
}

fn list(snapshot: &Snapshot, wanted: &str, page: Page) -> Result<Transactions, StoreError> {
    let fits = |attempt: &Attempt| match wanted {
        "" => true,
        "live" => attempt.is_live(),
        state => name_of(&attempt.state) == state,
    };
    let first = page.after.saturating_add(1);
    let most = page.limit.saturating_add(1);
    let mut transactions = if matches!(wanted, "live" | "signed" | "sent") {
        // Few are, among however many there were.
        let live = snapshot.live_attempts()?.into_iter().filter(|no| no.get() >= first);
        take(snapshot, live, most, fits)?
    } else {
        take(snapshot, (first..=snapshot.counters().attempts).map(AttemptNo::new), most, fits)?
    };
    let next = paging::cut(&mut transactions, page.limit).map(|reply| reply.no);
    Ok(Transactions { transactions, next })
}

fn take(
    snapshot: &Snapshot,
    numbers: impl Iterator<Item = AttemptNo>,
    limit: usize,
    fits: impl Fn(&Attempt) -> bool,
) -> Result<Vec<TransactionReply>, StoreError> {
    let mut transactions = Vec::new();
    for no in numbers {
        if transactions.len() == limit {
            break;
        }
        let Some(attempt) = snapshot.attempt(no)?.filter(&fits) else { continue };
        if let Some(transaction) = snapshot.signed_transaction(attempt.no)? {
            transactions.push(TransactionReply::new(attempt, &transaction)?);
        }
    }
    Ok(transactions)
}

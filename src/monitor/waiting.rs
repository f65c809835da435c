//! `GET /api/waiting`: every kind of waiting with its count; `?code=` lists the entries of one, with what can
//! be done about each.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::transactions::TransactionReply;
use super::{MonitorState, bad_request, only_get, paging};
use crate::http::describe::{Operation, query, words};
use crate::http::{Code, Params, internal_error, json};
use crate::payout::{Stuck, Waiting};
use crate::report::{
    WaitingDeposit, WaitingKind, requests, waiting_deposits, waiting_kinds, waiting_proposals,
    waiting_transactions,
};
use crate::store::{Snapshot, StoreError, WaitingPage};
use crate::types::{DepositNo, UnixTime};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WaitingKinds)]
struct Kinds {
    /// Every kind there is, also those of which there is none now.
    waiting: Vec<WaitingKind>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WaitingDeposits)]
struct Deposits {
    /// What they wait for.
    code: &'static str,
    /// The deposits, the longest waiting first.
    deposits: Vec<WaitingDeposit>,
    /// The cursor of the next page, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WaitingTransactions)]
struct Transactions {
    /// What they wait for.
    code: &'static str,
    /// The transactions.
    transactions: Vec<TransactionReply>,
}

/// What the reference tells of it.
pub(super) fn described() -> Operation {
    Operation::get("/api/waiting", "waiting", "What waits, and for what")
        .about(
            "Without `code` every kind of waiting with its count; with it the entries of one, with what can be done \
             about each.",
        )
        .takes(query("code", "A kind that is told for deposits or transactions.", &words("taken_back_paid")))
        .takes_all(paging::cursor_parameters("1790000000-17"))
        .gives_either::<Kinds, Deposits, Transactions>("The kinds, or what waits.")
        .validated()
        .refuses(&[Code::InvalidParameter])
}

pub(super) async fn list(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    let params = Params::parse(request.query_string());
    let (snapshot, code) = (state.store.snapshot(), params.get("code"));
    if code.is_empty() {
        return answer(kinds(&state, &snapshot));
    }
    if let Some(code) = Stuck::from_name(code) {
        return answer(transactions(&snapshot, code));
    }
    let Some(code) = Waiting::from_name(code) else {
        return bad_request(requests::no_waiting());
    };
    match page(&params) {
        Ok(page) => answer(deposits(&state, &snapshot, code, page)),
        Err(message) => bad_request(message),
    }
}

fn kinds(state: &MonitorState, snapshot: &Snapshot) -> Result<Kinds, StoreError> {
    let mut waiting = waiting_kinds(snapshot, &state.outlook)?;
    waiting.push(waiting_proposals(snapshot, state.clock.now())?);
    Ok(Kinds { waiting })
}

fn answer(reply: Result<impl Serialize, StoreError>) -> HttpResponse {
    match reply {
        Ok(reply) => json(&reply),
        Err(error) => internal_error(&error),
    }
}

fn transactions(snapshot: &Snapshot, code: Stuck) -> Result<Transactions, StoreError> {
    let numbers = waiting_transactions(snapshot, code)?;
    let replies = numbers.into_iter().filter_map(|no| TransactionReply::read(snapshot, no).transpose());
    Ok(Transactions { code: code.name(), transactions: replies.collect::<Result<_, _>>()? })
}

fn deposits(
    state: &MonitorState,
    snapshot: &Snapshot,
    code: Waiting,
    page: WaitingPage,
) -> Result<Deposits, StoreError> {
    let WaitingPage { after, limit } = page;
    let page = WaitingPage { after, limit: limit.saturating_add(1) };
    let mut entries = waiting_deposits(snapshot, code, page, &state.outlook)?;
    let next = paging::cut(&mut entries, limit).map(|(since, no, _)| format!("{}-{}", since.get(), no.get()));
    let deposits = entries.into_iter().map(|(_, _, deposit)| deposit).collect();
    Ok(Deposits { code: code.name(), deposits, next })
}

/// `after` (the cursor that the page before told) and `limit`.
fn page(params: &Params) -> Result<WaitingPage, String> {
    let limit = paging::limit_of_page(params)?;
    let after = paging::after(params, cursor)?;
    Ok(WaitingPage { after, limit })
}

fn cursor(text: &str) -> Option<(UnixTime, DepositNo)> {
    let (since, no) = text.split_once('-')?;
    Some((UnixTime::new(since.parse().ok()?), DepositNo::new(no.parse().ok()?)))
}

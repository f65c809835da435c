//! `GET /api/wallet/spends`: transactions that spend from the hot wallet and that this desk did not make, or
//! has forgotten. `POST /api/wallet/spends/{txid}/{mine|again|paid}` says what one is: the operator's own,
//! one whose payments are to be made again, or the payment of deposits (`deposits=3,4`, by default those that
//! match; `rest=mine` where it paid others too). `POST /api/wallet/spends/mine?up_to=` says that all are the
//! operator's own.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::acts::reason_parameters;
use super::asking::{refused, staged};
use super::deeds::submit;
use super::{MonitorState, bad_request, only_get, paging};
use crate::engine::operator::{adopt_spend, matching};
use crate::http::describe::{Operation, in_path, one_of, query, whole, words};
use crate::http::{Code, Params, internal_error, json, not_found};
use crate::payout::{ForeignSpend, SpendVerdict};
use crate::report::{acts, requests};
use crate::store::{Deed, Snapshot, Spends, StoreError};
use crate::types::{DepositNo, Height, TxId};

/// Spends that are told at once.
const PAGE: usize = 1_000;

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SpendList)]
struct SpendsReply {
    /// How many nobody has said yet what they are. While there is one, nothing is signed and no address is given out.
    unknown: u64,
    /// Up to which block of the payout chain every spend is known; absent before the first look.
    #[serde(skip_serializing_if = "Option::is_none")]
    reconciled_to: Option<u64>,
    /// Why the last look failed; empty where it did not.
    error: String,
    /// The transactions.
    spends: Vec<SpendReply>,
    /// The cursor of the next page, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Spend)]
struct SpendReply {
    /// The transaction.
    txid: String,
    /// `unknown`, `mine`, `again` or `paid`.
    state: &'static str,
    /// Absent while it waits for a block, or where its block is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<u64>,
    /// When it was seen first, in seconds since 1970 began.
    seen_at: u64,
    /// What it paid.
    paid: Vec<PaidReply>,
    /// The number of the transaction of this desk that it is, and that was given up before it was seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    was: Option<u64>,
    /// The number of the transaction that it is here now.
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction: Option<u64>,
    /// Who has ruled on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    /// The reason that was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    /// When it was ruled on, in seconds since 1970 began.
    #[serde(skip_serializing_if = "Option::is_none")]
    ruled_at: Option<u64>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SpendPayment)]
struct PaidReply {
    /// Who was paid.
    address: String,
    /// How much, in whole SKY.
    coins: String,
    /// A deposit that is owed just this now.
    #[serde(skip_serializing_if = "Option::is_none")]
    matches: Option<u64>,
}

/// What the reference tells of it.
pub(super) fn described() -> Vec<Operation> {
    let rule = |path, name, summary| {
        Operation::post(path, name, summary)
            .takes(in_path("txid", "The transaction.", &words(&"5".repeat(64))))
            .takes_all(reason_parameters())
            .says(200, "What it is from now on, in words.")
            .refuses(&[Code::InvalidParameter, Code::NotFound, Code::UnknownEntry, Code::SpendRefused])
    };
    vec![
        Operation::get(
            "/api/wallet/spends",
            "spends",
            "Spends of the hot wallet that this desk did not make",
        )
        .takes(query("state", "`unknown` lists those alone that nobody has ruled on.", &words("unknown")))
        .takes(query("after", "Begins beyond this transaction: the `next` of the page before.", &words("")))
        .gives::<SpendsReply>(200, "The transactions.")
        .validated()
        .refuses(&[Code::InvalidParameter]),
        Operation::post(
            "/api/wallet/spends/mine",
            "ownAllSpends",
            "Say that all unknown spends are the operator's own",
        )
        .takes(query("up_to", "Only those in blocks up to this height.", &whole(0)))
        .takes_all(reason_parameters())
        .says(200, "How many.")
        .refuses(&[Code::InvalidParameter]),
        Operation::post("/api/wallet/restored/clear", "clearRestored", "Let a restored database go on")
            .about("Say that you have looked at what happened after the copy was made.")
            .takes_all(reason_parameters())
            .says(200, "That it goes on.")
            .refuses(&[Code::InvalidParameter, Code::SpendRefused]),
        rule("/api/wallet/spends/{txid}/mine", "ownSpend", "Say that a spend is the operator's own"),
        rule(
            "/api/wallet/spends/{txid}/again",
            "paySpendAgain",
            "Have what a spend paid paid again where it is owed",
        ),
        rule("/api/wallet/spends/{txid}/paid", "adoptSpend", "Say that a spend paid deposits")
            .takes(query(
                "deposits",
                "Their numbers, with commas; those that match where it is left out.",
                &words("3,4"),
            ))
            .takes(query("rest", "`mine` where it paid others too.", &one_of(&["mine"]))),
    ]
}

pub(super) async fn list(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    let params = Params::parse(request.query_string());
    let after = match params.get("after") {
        "" => None,
        txid => match TxId::parse(txid) {
            Ok(txid) => Some(txid),
            Err(error) => return bad_request(requests::invalid("after", error)),
        },
    };
    match reply(&state, params.get("state") == "unknown", after) {
        Ok(reply) => json(&reply),
        Err(error) => internal_error(&error),
    }
}

fn reply(state: &MonitorState, only_unknown: bool, after: Option<TxId>) -> Result<SpendsReply, StoreError> {
    let (snapshot, books) = (state.store.snapshot(), state.live.books());
    let mut spends = snapshot.foreign_spends(only_unknown, after, PAGE.saturating_add(1))?;
    let next = paging::cut(&mut spends, PAGE).map(|last| last.spend.txid.to_string());
    Ok(SpendsReply {
        unknown: snapshot.counters().unknown_spends,
        reconciled_to: books.looked.map(|(to, _)| to.height.get()),
        error: books.error.clone(),
        spends: spends.into_iter().map(|known| one(&snapshot, known)).collect::<Result<_, _>>()?,
        next,
    })
}

fn one(snapshot: &Snapshot, known: ForeignSpend) -> Result<SpendReply, StoreError> {
    let matches = if known.is_unknown() { matching(snapshot, &known.spend)? } else { Vec::new() };
    let paid = known.spend.payments.iter().enumerate().map(|(n, paid)| PaidReply {
        address: paid.to.to_string(),
        coins: paid.coins.to_string(),
        matches: matches.get(n).and_then(|owed| owed.as_ref()).map(|owed| owed.no.get()),
    });
    let verdict = known.ruling.as_ref().map(|ruling| ruling.verdict);
    let transaction = match verdict {
        Some(SpendVerdict::Adopted { attempt }) => Some(attempt.get()),
        Some(SpendVerdict::Mine | SpendVerdict::PayAgain) | None => None,
    };
    Ok(SpendReply {
        txid: known.spend.txid.to_string(),
        state: verdict.map_or("unknown", name_of),
        height: known.spend.block.map(|block| block.height.get()),
        seen_at: known.seen_at.get(),
        paid: paid.collect(),
        was: known.was.map(|was| was.get()),
        transaction,
        by: known.ruling.as_ref().map(|ruling| ruling.by.to_string()),
        ruled_at: known.ruling.as_ref().map(|ruling| ruling.at.get()),
        why: known.ruling.map(|ruling| ruling.why),
    })
}

fn name_of(verdict: SpendVerdict) -> &'static str {
    match verdict {
        SpendVerdict::Mine => "mine",
        SpendVerdict::PayAgain => "again",
        SpendVerdict::Adopted { .. } => "paid",
    }
}

pub(super) async fn rule(
    state: Data<MonitorState>,
    path: Path<(String, String)>,
    request: HttpRequest,
) -> HttpResponse {
    let (txid, act) = path.into_inner();
    let Ok(txid) = TxId::parse(&txid) else { return not_found() };
    let params = Params::parse(request.query_string());
    match act.as_str() {
        "again" => submit(&state, &request, Deed::PayAgain(txid)).await,
        "mine" => submit(&state, &request, Deed::Own(txid)).await,
        "paid" => adopt(&state, &request, txid, &params).await,
        _ => not_found(),
    }
}

/// The chain shows what was paid to whom, so that one person may say so; not, that the rest is nobody's business.
async fn adopt(state: &MonitorState, request: &HttpRequest, txid: TxId, params: &Params) -> HttpResponse {
    let numbers = params.get("deposits").split(',').filter(|text| !text.is_empty());
    let numbers = numbers.map(|text| text.trim().parse().map(DepositNo::new)).collect::<Result<Vec<_>, _>>();
    let Ok(deposits) = numbers else {
        return bad_request(requests::no_deposits());
    };
    let rest_is_mine = match params.get("rest") {
        "" => false,
        "mine" => true,
        _ => return bad_request(requests::no_rest()),
    };
    if rest_is_mine {
        return submit(state, request, Deed::AdoptAndOwn { txid, deposits }).await;
    }
    let (order, stage) = match staged(state, request) {
        Ok(both) => both,
        Err(reply) => return *reply,
    };
    match stage.play(adopt_spend(stage.store(), txid, deposits, false, order)).await {
        Ok((attempt, deposits)) => stage.done(acts::spend_adopted(txid, &deposits, attempt)),
        Err(error) => refused(&error),
    }
}

pub(super) async fn clear_restored(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    let (order, stage) = match staged(&state, &request) {
        Ok(both) => both,
        Err(reply) => return *reply,
    };
    match stage.play(crate::engine::operator::clear_restored(stage.store(), order)).await {
        Ok(()) => stage.done(acts::RESTORED_CLEARED),
        Err(error) => refused(&error),
    }
}

pub(super) async fn all_mine(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    let params = Params::parse(request.query_string());
    let up_to = match params.get("up_to") {
        "" => None,
        height => match height.parse().map(Height::new) {
            Ok(height) => Some(height),
            Err(_) => return bad_request(requests::no_last_height("up_to")),
        },
    };
    submit(&state, &request, Deed::OwnAll(up_to)).await
}

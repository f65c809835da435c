//! `GET /api/history?since=`: the head of the history, and whether it passes through a head that was told before.
//! `GET /api/history/proof?since=`: the same proven event by event, from the first to the last.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use tokio::sync::Mutex;
use utoipa::ToSchema;

use super::{MonitorState, bad_request, only_get};
use crate::http::describe::{Operation, query, words};
use crate::http::{Code, Params, internal_error, json};
use crate::report::requests;
use crate::store::{History, HistoryProof, Snapshot, StoreError, Tables, prove_history};
use crate::types::HistoryHead;

/// A proof reads every event: one at a time.
static PROOFS: Mutex<()> = Mutex::const_new(());

const EXAMPLE: &str = "3:c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00";

/// Heads are the number of an event, a colon, and the hash of the history up to it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = History)]
struct HistoryReply {
    /// The head: whoever keeps it can tell later whether anything that stands before it was changed.
    head: String,
    /// The number of the last event.
    number: u64,
    /// What was asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<SinceReply>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HistorySince)]
struct SinceReply {
    /// The head that was told before.
    head: String,
    /// Whether the history still passes through it; where it does not, it was rewritten or cut off.
    is_kept: bool,
    /// The head that the history has there now; absent where it does not go that far.
    #[serde(skip_serializing_if = "Option::is_none")]
    now: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HistoryProof)]
struct ProofReply {
    /// Whether every event follows from the one before it, and the history passes through what was asked about.
    holds: bool,
    /// The head that all events come to.
    head: String,
    /// Where the history is not what was written: the first fifty places.
    breaks: Vec<String>,
    /// The head that was asked about, where the history does not pass through it.
    #[serde(skip_serializing_if = "Option::is_none")]
    broken: Option<String>,
}

impl From<HistoryProof> for ProofReply {
    fn from(proof: HistoryProof) -> Self {
        ProofReply {
            holds: proof.holds(),
            head: proof.head.to_string(),
            broken: proof.broken.first().map(HistoryHead::to_string),
            breaks: proof.breaks,
        }
    }
}

/// What the reference tells of it.
pub(super) fn described() -> Vec<Operation> {
    let since = || query("since", "A head that was told before.", &words(EXAMPLE));
    vec![
        Operation::get("/api/history", "history", "The head of the history")
            .takes(since())
            .gives::<HistoryReply>(200, "The head, and whether the history passes through `since`.")
            .validated()
            .refuses(&[Code::InvalidParameter]),
        Operation::get("/api/history/proof", "historyProof", "The history proven event by event")
            .about("Reads every event, one such question at a time.")
            .takes(since())
            .gives::<ProofReply>(200, "Whether it holds, and where it does not.")
            .validated()
            .refuses(&[Code::InvalidParameter]),
    ]
}

/// The head that is asked about, if any.
fn asked(request: &HttpRequest) -> Result<Option<HistoryHead>, Box<HttpResponse>> {
    if let Some(refused) = only_get(request) {
        return Err(Box::new(refused));
    }
    match Params::parse(request.query_string()).get("since") {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| Box::new(bad_request(requests::NO_HEAD))),
    }
}

pub(super) async fn head(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    let since = match asked(&request) {
        Ok(since) => since,
        Err(refused) => return *refused,
    };
    match read(&state.store.snapshot(), since) {
        Ok(reply) => json(&reply),
        Err(error) => internal_error(&error),
    }
}

fn read(snapshot: &Snapshot, since: Option<HistoryHead>) -> Result<HistoryReply, StoreError> {
    let HistoryHead { number, .. } = snapshot.head();
    let since = since.map(|since| {
        let now = snapshot.head_at(since.number)?;
        let is_kept = now == Some(since);
        Ok::<_, StoreError>(SinceReply {
            head: since.to_string(),
            is_kept,
            now: now.map(|now| now.to_string()),
        })
    });
    Ok(HistoryReply { head: snapshot.head().to_string(), number, since: since.transpose()? })
}

pub(super) async fn proof(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    let since = match asked(&request) {
        Ok(since) => since,
        Err(refused) => return *refused,
    };
    let _turn = PROOFS.lock().await;
    let snapshot = state.store.snapshot();
    let prove = move || prove_history(snapshot.kv(), since.as_slice(), &|_| {});
    match tokio::task::spawn_blocking(prove).await {
        Ok(Ok(proof)) => json(&ProofReply::from(proof)),
        Ok(Err(error)) => internal_error(&error),
        Err(panicked) => internal_error(&panicked),
    }
}

//! Receivers and readers of events: how far each is, what became of the last deliveries, and what can be done.

use actix_web::http::{Method, StatusCode};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::asking::{actor_of, order, refused};
use super::events_page::place;
use super::{MonitorState, bad_request, only_get};
use crate::engine::operator::{ReaderError, ReceiverAct, acknowledge_reader, forget_reader, steer_receiver};
use crate::http::describe::{Operation, in_path, one_of, query, required, whole, words};
use crate::http::{
    Code, Params, internal_error, json, method_not_allowed, not_found, once_store, refusal, text,
};
use crate::report::{receiver_words as words_of, requests};
use crate::store::{Delivery, Page, ReceiverRow, Receivers, Rest, Snapshot, StoreError, Tables};

const ACTS: &[&str] = &["pause", "resume", "replay", "test"];

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReceiverList)]
struct List {
    /// Receivers and readers, by name.
    receivers: Vec<ReceiverReply>,
    /// The number of the newest event.
    newest: u64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventReceiver)]
struct ReceiverReply {
    /// What it is called.
    name: String,
    /// `webhook`, `script` or `reader`; `gone` where the configuration has it no more.
    kind: &'static str,
    /// `told`, `failing`, `paused` or `stopped`: that is one that wants no more.
    state: &'static str,
    /// The last event that it has acknowledged, or that is none of its own.
    cursor: u64,
    /// How many events of the log are behind that, told to it or not.
    lag: u64,
    /// When the first of those happened, in seconds since 1970 began; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    oldest_at: Option<u64>,
    /// When it acknowledged something last.
    #[serde(skip_serializing_if = "Option::is_none")]
    acknowledged_at: Option<u64>,
    /// Since when it does not take what it is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    failing_since: Option<u64>,
    /// How often that was tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    tries: Option<u64>,
    /// What became of the last try, or why it is told nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReceiverDeliveries)]
struct One {
    /// The receiver.
    receiver: ReceiverReply,
    /// The last deliveries, the newest first; of many in a row the last of them.
    deliveries: Vec<DeliveryReply>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventDelivery)]
struct DeliveryReply {
    /// The event's number; 0 for a test.
    event: u64,
    /// The event's name, or `test`.
    name: String,
    /// When, in seconds since 1970 began.
    at: u64,
    /// How long it took, in milliseconds.
    took_ms: u64,
    /// Why it was not acknowledged; absent where it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReaderPlace)]
struct Acknowledged {
    /// How far the reader is now.
    cursor: u64,
}

/// What the reference tells of it.
pub(super) fn described() -> Vec<Operation> {
    let name = || in_path("name", "What it is called.", &words("shop"));
    vec![
        super::events::described(),
        Operation::get("/api/events/receivers", "receivers", "Who is told of events, and how far each is")
            .gives::<List>(200, "Receivers and readers.")
            .validated(),
        Operation::get("/api/events/receivers/{name}", "receiver", "A receiver with its last deliveries")
            .takes(name())
            .gives::<One>(200, "The receiver.")
            .validated()
            .refuses(&[Code::NotFound]),
        Operation::post("/api/events/receivers/{name}/{act}", "steerReceiver", "Pause, resume, replay or test")
            .about(
                "`pause` has it told nothing for now, `resume` has it told again at once, `replay` has it told once \
                 more what came after the event `after`, with the same numbers. `test` tells it a message of type \
                 `test`, and answers what became of that; it takes no reason.",
            )
            .takes(name())
            .takes(in_path("act", "What is done.", &one_of(ACTS)))
            .takes(query("after", "Of a replay: the event that it goes on behind.", &whole(0)))
            .takes(query("why", "The reason; a test needs none.", &words("it was down")))
            .takes(query("by", "Who does it, where nobody is logged in.", &words("anna")))
            .says(200, "It is done.")
            .refuses(&[Code::InvalidParameter, Code::NotFound, Code::UnknownEntry]),
        Operation::post("/api/events/readers/{name}/ack", "acknowledgeEvents", "Keep how far a reader is")
            .about("A name that was never used makes a reader. It never goes back: to read again, ask with `after`.")
            .takes(name())
            .takes(required("upto", "The last event that it is done with: `next`, or number:hash.", &words("17")))
            .gives::<Acknowledged>(200, "How far it is.")
            .refuses(&[Code::InvalidParameter, Code::HistoryDiffers]),
        Operation::delete("/api/events/readers/{name}", "forgetReader", "Forget a reader")
            .takes(name())
            .says(200, "It is forgotten.")
            .refuses(&[Code::NotFound]),
    ]
}

pub(super) async fn list(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    let snapshot = state.store.snapshot();
    let rows = snapshot.receivers().and_then(|rows| {
        rows.iter().map(|(name, row)| reply(&state, &snapshot, name, row)).collect::<Result<Vec<_>, _>>()
    });
    match rows {
        Ok(receivers) => json(&List { receivers, newest: snapshot.counters().events }),
        Err(error) => internal_error(&error),
    }
}

fn reply(
    state: &MonitorState,
    snapshot: &Snapshot,
    name: &str,
    row: &ReceiverRow,
) -> Result<ReceiverReply, StoreError> {
    let kind = match (row.is_reader, state.events.couriers.get(name)) {
        (true, _) => "reader",
        (false, Some(handle)) => handle.port.kind(),
        (false, None) => "gone",
    };
    let (word, why) = match (&row.rest, &row.failing) {
        (Some(Rest::Paused(reason)), _) => ("paused", Some(reason.why.clone())),
        (Some(Rest::Stopped { why, .. }), _) => ("stopped", Some(why.clone())),
        (None, Some(failing)) => ("failing", Some(failing.words.clone())),
        (None, None) => ("told", None),
    };
    let oldest = snapshot.events(Page { after: row.cursor, limit: 1 })?;
    Ok(ReceiverReply {
        name: name.to_owned(),
        kind,
        state: word,
        cursor: row.cursor,
        lag: snapshot.counters().events.saturating_sub(row.cursor),
        oldest_at: oldest.first().map(|(_, record)| record.at.get()),
        acknowledged_at: row.acked_at.map(|at| at.get()),
        failing_since: row.failing.as_ref().map(|failing| failing.since.get()),
        tries: row.failing.as_ref().map(|failing| failing.times),
        why,
    })
}

pub(super) async fn one(state: Data<MonitorState>, path: Path<String>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    let snapshot = state.store.snapshot();
    let found = snapshot.receiver(&path).and_then(|row| {
        let Some(row) = row else { return Ok(None) };
        let deliveries = row.deliveries.iter().rev().map(delivery).collect();
        Ok(Some(One { receiver: reply(&state, &snapshot, &path, &row)?, deliveries }))
    });
    match found {
        Ok(Some(one)) => json(&one),
        Ok(None) => unknown(&path),
        Err(error) => internal_error(&error),
    }
}

fn unknown(name: &str) -> HttpResponse {
    refusal(Code::NotFound, words_of::no_receiver(name))
}

fn delivery(kept: &Delivery) -> DeliveryReply {
    let Delivery { event, name, at, took_ms, refused } = kept.clone();
    DeliveryReply { event, name, at: at.get(), took_ms, refused }
}

pub(super) async fn act(
    state: Data<MonitorState>,
    path: Path<(String, String)>,
    request: HttpRequest,
) -> HttpResponse {
    let (name, act) = &*path;
    if request.method() != Method::POST {
        return method_not_allowed("POST", requests::METHOD_NOT_ALLOWED);
    }
    let act = match act.as_str() {
        "test" => return test(&state, name).await,
        "pause" => ReceiverAct::Pause,
        "resume" => ReceiverAct::Resume,
        "replay" => match Params::parse(request.query_string()).get("after").parse() {
            Ok(after) => ReceiverAct::Replay(after),
            Err(_) => return bad_request(requests::no_number("after")),
        },
        _ => return not_found(),
    };
    let order = match order(&request) {
        Ok(order) => order,
        Err(reply) => return *reply,
    };
    let done = steer_receiver(&once_store(&request, &state.store), name, act, order).await;
    if let Err(error) = done {
        return refused(&error);
    }
    state.events.couriers.get(name).iter().for_each(|handle| handle.wake());
    let words = match act {
        ReceiverAct::Pause => words_of::receiver_paused(name),
        ReceiverAct::Resume => words_of::receiver_resumed(name),
        ReceiverAct::Replay(after) => words_of::receiver_sent_back(name, after),
    };
    text(StatusCode::OK, words)
}

async fn test(state: &MonitorState, name: &str) -> HttpResponse {
    let Some(handle) = state.events.couriers.get(name) else { return unknown(name) };
    let Some(_place) = state.events.place() else { return super::events_page::full() };
    match handle.test(&state.store, &*state.clock).await {
        Ok(outcome) => {
            let words = words_of::receiver_tested(name, outcome.refused.as_deref(), outcome.took);
            text(StatusCode::OK, words)
        }
        Err(error) => internal_error(&error),
    }
}

pub(super) async fn acknowledge(
    state: Data<MonitorState>,
    path: Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    if request.method() != Method::POST {
        return method_not_allowed("POST", requests::METHOD_NOT_ALLOWED);
    }
    let params = Params::parse(request.query_string());
    let told = params.get("upto");
    let upto = told.parse::<u64>().or_else(|_| place(&state.store.snapshot(), "upto", told));
    let upto = match upto {
        Ok(upto) => upto,
        Err(reply) => return *reply,
    };
    match acknowledge_reader(&once_store(&request, &state.store), &path, upto).await {
        Ok(cursor) => json(&Acknowledged { cursor }),
        Err(ReaderError::Store(error)) => internal_error(&error),
        Err(refused) => bad_request(refused),
    }
}

pub(super) async fn forget(
    state: Data<MonitorState>,
    path: Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    if request.method() != Method::DELETE {
        return method_not_allowed("DELETE", requests::METHOD_NOT_ALLOWED);
    }
    if let Err(reply) = actor_of(&request) {
        return *reply;
    }
    match forget_reader(&state.store, &path).await {
        Ok(true) => text(StatusCode::OK, words_of::reader_forgotten(&path)),
        Ok(false) => not_found(),
        Err(error) => internal_error(&error),
    }
}

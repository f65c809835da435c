//! `GET /api/events`: what happened, for programs: as a page, as soon as there is something, or as a stream.

use std::time::Duration;

use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::events_page::{EventsReply, MAX_READ, MAX_TURN, Wish, full, place, read};
use super::{MonitorState, bad_request, events_stream, only_get};
use crate::http::describe::{Operation, query, whole_up_to, words};
use crate::http::{Code, Params, internal_error, json};
use crate::report::requests;
use crate::store::{Receivers, Snapshot, StoreError};
use crate::types::EventFilter;

/// Events of one answer, at most and usually.
const MAX_LIMIT: usize = 500;
/// The longest time that an answer waits for something to happen.
const MAX_WAIT: u64 = 60;
/// What the reference tells of it.
pub(super) fn described() -> Operation {
    Operation::get("/api/events", "events", "What happened, for programs")
        .about(
            "Events in the order of their numbers, which are the same each time. With `wait` the answer comes as soon \
             as there is an event, or empty when that time has passed. With `Accept: text/event-stream` it is a \
             stream of server-sent events, which goes on behind `Last-Event-ID`. Where a copy of the database was put \
             back, numbers are given out once more: `after` with the hash beside the number (`17:HASH`) is refused \
             with `history_differs` where that event is none of this history.\n\nA reader keeps its place here: \
             it asks with `reader`, does its work, and acknowledges `next` \
             (`POST /api/events/readers/{name}/ack`). What it did not acknowledge it gets again.",
        )
        .takes(query("after", "Begins behind this event: its number, or number, colon and hash.", &words("17")))
        .takes(query("limit", "Most events of the answer.", &whole_up_to(1, MAX_LIMIT as u64)))
        .takes(query("wait", "Seconds that the answer may wait for an event.", &whole_up_to(0, MAX_WAIT)))
        .takes(query("only", "Names of events, with commas.", &words("deposit.final,payout.*")))
        .takes(query("reader", "Begins where this reader is, unless `after` is given.", &words("books")))
        .gives::<EventsReply>(200, "The events, and where the next page begins.")
        .also_gives_file("text/event-stream")
        .validated()
        .refuses(&[Code::InvalidParameter, Code::HistoryDiffers, Code::Overloaded])
}

pub(super) async fn list(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    let wish = match wish(&state, &request) {
        Ok(wish) => wish,
        Err(reply) => return *reply,
    };
    let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if accepts.is_some_and(|accepts| accepts.contains("text/event-stream")) {
        return events_stream::answer(state, wish);
    }
    match waited(&state, &wish).await {
        Ok(Some(reply)) => json(&reply),
        Ok(None) => full(),
        Err(error) => internal_error(&error),
    }
}

fn wish(state: &MonitorState, request: &HttpRequest) -> Result<Wish, Box<HttpResponse>> {
    let params = Params::parse(request.query_string());
    let wrong = |words: String| Box::new(bad_request(words));
    let number = |name: &'static str, usual: u64, most: u64| match params.get(name) {
        "" => Ok(usual),
        text => match text.parse::<u64>() {
            Ok(number) if number <= most => Ok(number),
            Ok(_) => Err(wrong(requests::out_of_range(name, usize::try_from(most).unwrap_or(usize::MAX)))),
            Err(_) => Err(wrong(requests::no_number(name))),
        },
    };
    let after = behind(&state.store.snapshot(), request, &params)?;
    let limit = match number("limit", MAX_LIMIT as u64, MAX_LIMIT as u64)? {
        0 => return Err(wrong(requests::out_of_range("limit", MAX_LIMIT))),
        limit => usize::try_from(limit).unwrap_or(MAX_LIMIT),
    };
    let names: Vec<&str> =
        params.get("only").split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    let only = EventFilter::new(&names).map_err(|error| wrong(requests::invalid("only", error)))?;
    let wait = Duration::from_secs(number("wait", 0, MAX_WAIT)?);
    Ok(Wish { after, limit, only, wait })
}

/// Behind which event it begins: one that this history has. Whoever goes on behind another would miss what is new.
fn behind(snapshot: &Snapshot, request: &HttpRequest, params: &Params) -> Result<u64, Box<HttpResponse>> {
    let failed = |error: StoreError| Box::new(internal_error(&error));
    let last = request.headers().get("last-event-id").and_then(|value| value.to_str().ok()).map(str::trim);
    let (name, told) = match (last.filter(|last| !last.is_empty()), params.get("reader")) {
        (Some(last), _) => ("Last-Event-ID", last),
        (None, reader) if reader.is_empty() || params.has("after") => ("after", params.get("after")),
        (None, reader) => {
            // Whoever was never here begins at the beginning.
            return Ok(snapshot.receiver(reader).map_err(failed)?.map_or(0, |row| row.cursor));
        }
    };
    if told.is_empty() { Ok(0) } else { place(snapshot, name, told) }
}

/// The answer, once there is an event or the time has passed; none where too many wait.
async fn waited(state: &MonitorState, wish: &Wish) -> Result<Option<EventsReply>, StoreError> {
    let mut commits = state.store.commits();
    let mut seen = *commits.borrow_and_update();
    let mut reply = read(&state.store.snapshot(), wish, MAX_READ)?;
    if wish.wait.is_zero() || !reply.events.is_empty() {
        return Ok(Some(reply));
    }
    let Some(_place) = state.events.place() else { return Ok(None) };
    let deadline = tokio::time::Instant::now() + wish.wait;
    let mut wish = wish.clone();
    while reply.events.is_empty() {
        // What was read and is none of theirs is not read again.
        wish.after = reply.next;
        let is_behind = reply.next < reply.newest;
        tokio::select! {
            news = commits.wait_for(|newest| *newest > seen), if !is_behind => match news {
                Ok(newest) => seen = *newest,
                Err(_) => break,
            },
            () = tokio::task::yield_now(), if is_behind => {}
            () = tokio::time::sleep_until(deadline) => break,
            () = state.events.shutdown.wait() => break,
        }
        reply = read(&state.store.snapshot(), &wish, MAX_TURN)?;
    }
    Ok(Some(reply))
}

//! The log of acts: whatever was asked beyond reading, by whom, from where and what came of it, refusals included.
//! `GET /api/acts` lists it, the newest first.
//!
//! What is refused again and again is one entry with how often, and so is what programs do all the time. Strangers can
//! make so many entries an hour and no more: what comes beyond them is one entry for all.

use std::collections::HashMap;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use tokio::sync::Mutex;
use utoipa::ToSchema;

use super::access::is_reading;
use super::caller::Caller;
use super::stage::is_dry;
use super::{MonitorState, bad_request, only_get, paging};
use crate::engine::operator::{log_act, log_again};
use crate::http::{Params, internal_error, is_replayed, json, network_of};
use crate::store::{ActEntry, ActLog, ActOutcome, Store, StoreError};
use crate::types::{Actor, Droplets, ProposalNo, UnixTime};

/// How long the same is counted into one entry, in seconds.
const HOUR: u64 = 60 * 60;
/// Entries of refusals that those who do not show who they are can make in that time.
const OF_STRANGERS: usize = 20;
/// Entries of refusals, and of what is done all the time, in that time.
const OF_ALL: usize = 200;
/// Most characters of a path, a reason or an answer that are kept.
const MAX_WORDS: usize = 300;
/// What gives the whole database away.
const COPY: &str = "/api/backup";
/// What programs do all the time.
const OFTEN: [&str; 3] =
    ["POST /api/chains/{coin}/look", "POST /api/prices/{code}/{act}", "POST /api/deposit-addresses/reload"];

/// What a handler knows of an act beyond its answer.
#[derive(Debug, Clone, Default)]
pub(super) struct LogNote {
    who: Option<Actor>,
    proposal: Option<ProposalNo>,
    moved: Option<Droplets>,
}

impl LogNote {
    /// It waits for a second person.
    pub(super) fn proposed(no: ProposalNo) -> LogNote {
        LogNote { proposal: Some(no), ..LogNote::default() }
    }

    /// It moved so much, without a second person.
    pub(super) fn moved(coins: Droplets) -> LogNote {
        LogNote { moved: Some(coins), ..LogNote::default() }
    }

    /// It was tried under the name of somebody who exists.
    pub(super) fn tried_by(who: Actor) -> LogNote {
        LogNote { who: Some(who), ..LogNote::default() }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Kind {
    /// Nobody has shown who they are, whatever name they gave.
    is_strangers: bool,
    who: Option<String>,
    via: &'static str,
    from: String,
    act: String,
    outcome: ActOutcome,
    status: u16,
}

#[derive(Debug, Clone, Copy)]
struct Counted {
    no: u64,
    times: u64,
    written: u64,
    last_at: UnixTime,
}

#[derive(Debug, Default)]
struct Hour {
    began: UnixTime,
    counted: HashMap<Kind, Counted>,
}

/// What was counted lately.
#[derive(Debug, Default)]
pub struct ActBook(Mutex<Hour>);

impl ActBook {
    /// Writes an entry. What happens often is counted, and written each time that it has happened twice as often.
    async fn note(&self, store: &Store, kind: Kind, entry: ActEntry) -> Result<(), StoreError> {
        let is_often = OFTEN.contains(&kind.act.as_str());
        if matches!(kind.outcome, ActOutcome::Done | ActOutcome::Proposed) && !is_often {
            return log_act(store, entry).await.map(drop);
        }
        let mut hour = self.0.lock().await;
        if entry.at.get() / HOUR != hour.began.get() / HOUR {
            flush(store, &mut hour).await?;
            *hour = Hour { began: entry.at, counted: HashMap::new() };
        }
        let (kind, entry) = hour.place(kind, entry);
        let Some(known) = hour.counted.get_mut(&kind) else {
            let at = entry.at;
            let no = log_act(store, entry).await?;
            hour.counted.insert(kind, Counted { no, times: 1, written: 1, last_at: at });
            return Ok(());
        };
        *known = Counted { times: known.times.saturating_add(1), last_at: entry.at, ..*known };
        if known.times >= known.written.saturating_mul(2) {
            write(store, known).await?;
        }
        Ok(())
    }
}

impl Hour {
    /// The same, or the entry of all that are too many.
    fn place(&self, kind: Kind, entry: ActEntry) -> (Kind, ActEntry) {
        if self.counted.contains_key(&kind) {
            return (kind, entry);
        }
        let strangers = self.counted.keys().filter(|known| known.is_strangers).count();
        let is_too_many = kind.is_strangers && strangers >= OF_STRANGERS || self.counted.len() >= OF_ALL;
        if !is_too_many {
            return (kind, entry);
        }
        let several = || "several".to_owned();
        let (via, outcome, status) = ("several", kind.outcome, kind.status);
        let kind =
            Kind { is_strangers: false, who: None, via, from: several(), act: several(), outcome, status };
        let entry = ActEntry {
            who: None,
            via: several(),
            from: several(),
            act: several(),
            target: several(),
            why: None,
            moved: None,
            ..entry
        };
        (kind, entry)
    }
}

async fn write(store: &Store, known: &mut Counted) -> Result<(), StoreError> {
    let Counted { no, times, last_at, .. } = *known;
    log_again(store, no, times, last_at).await?;
    known.written = times;
    Ok(())
}

/// Writes what was counted and not written yet.
async fn flush(store: &Store, hour: &mut Hour) -> Result<(), StoreError> {
    for known in hour.counted.values_mut().filter(|known| known.times > known.written) {
        write(store, known).await?;
    }
    Ok(())
}

/// What is asked, as it is noted before the request is handed on.
#[derive(Debug)]
pub(super) struct Asked {
    from: String,
    act: String,
    target: String,
    why: Option<String>,
    is_reading: bool,
    is_copy: bool,
    is_dry: bool,
}

impl Asked {
    pub(super) fn of(request: &ServiceRequest) -> Asked {
        let params = Params::parse(request.query_string());
        let why = Some(params.get("why")).filter(|why| !why.is_empty());
        let pattern = request.match_pattern().unwrap_or_else(|| "elsewhere".to_owned());
        let from = request.peer_addr().map(|peer| peer.ip().to_canonical().to_string());
        Asked {
            from: from.unwrap_or_default(),
            act: format!("{} {pattern}", request.method()),
            target: short(request.path()),
            why: why.map(short),
            is_reading: is_reading(request.method()),
            is_copy: pattern == COPY,
            is_dry: is_dry(request.query_string()),
        }
    }
}

/// As much of a text as is kept, in one line.
fn short(text: &str) -> String {
    let line = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c });
    line.take(MAX_WORDS).collect()
}

/// Notes what came of a request: of each act, and of what was refused for who asked it.
pub(super) async fn note(
    state: &MonitorState,
    asked: Asked,
    caller: &Caller,
    is_shown: bool,
    response: ServiceResponse<BoxBody>,
) -> ServiceResponse<BoxBody> {
    let status = response.status();
    let is_refused = matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
    // A browser that asks before anybody has logged in is no attempt at anything. A copy of the database is more than a
    // look at it.
    let is_told = match asked.is_reading {
        true => is_refused && is_shown || asked.is_copy && status.is_success(),
        false => !(asked.is_dry && status.is_success()),
    };
    if !is_told {
        return response;
    }
    let note = response.response().extensions().get::<LogNote>().cloned().unwrap_or_default();
    let outcome = outcome(&response, &note);
    let (response, words) = words(response);
    let (kind, entry) = entry(state, asked, caller, (outcome, status), note, words);
    if let Err(error) = state.acts.note(&state.store, kind, entry).await {
        tracing::error!(%error, "an act could not be noted in the log of acts");
    }
    response
}

fn outcome(response: &ServiceResponse<BoxBody>, note: &LogNote) -> ActOutcome {
    match response.status() {
        _ if is_replayed(response.headers()) => ActOutcome::Replayed,
        _ if note.proposal.is_some() => ActOutcome::Proposed,
        status if status.is_success() => ActOutcome::Done,
        StatusCode::UNAUTHORIZED => ActOutcome::Unauthorized,
        StatusCode::FORBIDDEN => ActOutcome::Forbidden,
        StatusCode::TOO_MANY_REQUESTS => ActOutcome::Throttled,
        status if status.is_server_error() => ActOutcome::Failed,
        _ => ActOutcome::Refused,
    }
}

fn entry(
    state: &MonitorState,
    asked: Asked,
    caller: &Caller,
    (outcome, status): (ActOutcome, StatusCode),
    note: LogNote,
    words: Option<String>,
) -> (Kind, ActEntry) {
    let is_known = !matches!(caller, Caller::Nobody);
    let known = || caller.actor("").ok().filter(|_| is_known);
    let who = note.who.or_else(known).map(|who| who.to_string());
    let (via, status, at) = (caller.via(), status.as_u16(), state.clock.now());
    let Asked { from, act, target, why, .. } = asked;
    // A stranger can have many addresses, of one network; and may ask for anything, also under the name of somebody.
    let network = |from: &str| from.parse().map_or_else(|_| from.to_owned(), |ip| network_of(ip).to_string());
    let kind = match is_known {
        true => Kind {
            is_strangers: false,
            who: who.clone(),
            via,
            from: from.clone(),
            act: act.clone(),
            outcome,
            status,
        },
        false => Kind {
            is_strangers: true,
            who: who.clone(),
            via,
            from: network(&from),
            act: String::new(),
            outcome,
            status,
        },
    };
    let words = note.proposal.map(|no| format!("proposal {no}")).or(words);
    let (via, moved, last_at, times) = (via.to_owned(), note.moved, at, 1);
    let entry =
        ActEntry { at, last_at, times, who, via, from, act, target, why, outcome, status, words, moved };
    (kind, entry)
}

/// The first line of a short answer, where it is a text.
fn words(response: ServiceResponse<BoxBody>) -> (ServiceResponse<BoxBody>, Option<String>) {
    let is_text =
        response.headers().get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if !is_text {
        return (response, None);
    }
    let (request, reply) = response.into_parts();
    let (reply, body) = reply.into_parts();
    match body.try_into_bytes() {
        Ok(bytes) => {
            let words = short(&String::from_utf8_lossy(&bytes));
            (ServiceResponse::new(request, reply.set_body(BoxBody::new(bytes))), Some(words))
        }
        Err(body) => (ServiceResponse::new(request, reply.set_body(body)), None),
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LoggedActList)]
pub(super) struct Acts {
    /// The acts, the newest first.
    acts: Vec<ActReply>,
    /// The cursor of the next page, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u64>,
}

/// What was asked; times are seconds since 1970.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LoggedAct)]
struct ActReply {
    /// The entry's number.
    no: u64,
    /// When it was asked first.
    at: u64,
    /// Who asked; absent where nobody knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    who: Option<String>,
    /// How they have shown who they are.
    via: String,
    /// The address that it came from.
    from: String,
    /// Method and path, without what it was done to.
    act: String,
    /// The path.
    target: String,
    /// The reason that was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    /// `done`, `proposed`, `refused`, `forbidden`, `unauthorized`, `throttled` or `failed`.
    outcome: &'static str,
    /// The status that was answered.
    status: u16,
    /// What was answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<String>,
    /// SKY that it moved without a second person.
    #[serde(skip_serializing_if = "Option::is_none")]
    moved: Option<String>,
    /// How often it was asked within the hour.
    times: u64,
    /// When it was asked last.
    last_at: u64,
}

pub(super) async fn list(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    let params = Params::parse(request.query_string());
    let page = paging::limit_of_page(&params)
        .and_then(|limit| Ok((limit, paging::after(&params, |text| text.parse::<u64>().ok())?)));
    let (limit, before) = match page {
        Ok(page) => page,
        Err(message) => return bad_request(message),
    };
    match read(&state, before, limit).await {
        Ok(reply) => json(&reply),
        Err(error) => internal_error(&error),
    }
}

async fn read(state: &MonitorState, before: Option<u64>, limit: usize) -> Result<Acts, StoreError> {
    flush(&state.store, &mut *state.acts.0.lock().await).await?;
    let mut entries = state.store.snapshot().acts_before(before, limit.saturating_add(1))?;
    let next = paging::cut(&mut entries, limit).map(|(no, _)| *no);
    let reply = |(no, entry): (u64, ActEntry)| ActReply {
        no,
        at: entry.at.get(),
        who: entry.who,
        via: entry.via,
        from: entry.from,
        act: entry.act,
        target: entry.target,
        why: entry.why,
        outcome: entry.outcome.name(),
        status: entry.status,
        words: entry.words,
        moved: entry.moved.map(|coins| coins.to_string()),
        times: entry.times,
        last_at: entry.last_at.get(),
    };
    Ok(Acts { acts: entries.into_iter().map(reply).collect(), next })
}

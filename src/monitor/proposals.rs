//! `GET /api/proposals`: acts that want a second person. `POST /api/proposals/{no}/{confirm|decline}` is what that one
//! says.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::asking::{order, refused};
use super::deeds::confirmed;
use super::session::person;
use super::stakes::{Stakes, stakes};
use super::{MonitorState, bad_request, only_get, paging};
use crate::engine::operator::{Order, confirm_proposal, decline_proposal};
use crate::http::{Params, internal_error, json, method_not_allowed, not_found, text};
use crate::report::{Act, requests, staff};
use crate::store::{Proposal, ProposalState, Proposals, StoreError};
use crate::types::{Droplets, ProposalNo, UnixTime};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProposalList)]
pub(super) struct List {
    /// The proposals.
    proposals: Vec<ProposalReply>,
    /// The cursor of the next page, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u64>,
}

/// An act that wants a second person; times are seconds since 1970.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Proposal)]
struct ProposalReply {
    /// Its number.
    no: u64,
    /// The act's name, as the last part of its path.
    act: &'static str,
    /// The path of what it is done to.
    target: String,
    /// What would be done.
    words: String,
    /// SKY that it moves; absent where nobody can tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    coins: Option<String>,
    /// Who proposes it.
    by: String,
    /// The reason that was given.
    why: String,
    /// When.
    at: u64,
    /// Until when it can be confirmed.
    expires_at: u64,
    /// `waiting`, `expired`, `confirmed` or `declined`.
    state: &'static str,
    /// Who has confirmed or declined it.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_at: Option<u64>,
    /// Why it was declined.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_why: Option<String>,
    /// What can be done with it now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    acts: Vec<Act>,
}

impl ProposalReply {
    fn new(proposal: Proposal, now: UnixTime) -> ProposalReply {
        let (no, is_open) = (proposal.no.get(), proposal.is_open(now));
        let (state, decided_by, decided_at, decided_why) = match proposal.state {
            ProposalState::Waiting if is_open => ("waiting", None, None, None),
            ProposalState::Waiting | ProposalState::Expired => ("expired", None, None, None),
            ProposalState::Confirmed { by, at } => ("confirmed", Some(by), Some(at), None),
            ProposalState::Declined { reason } => {
                ("declined", Some(reason.by), Some(reason.at), Some(reason.why))
            }
        };
        let request = |act: &'static str, query: &str| Act {
            act,
            request: format!("POST /api/proposals/{no}/{act}{query}"),
        };
        let acts = [request("confirm", ""), request("decline", "?why=...")];
        ProposalReply {
            no,
            act: proposal.deed.name(),
            target: proposal.deed.target(),
            words: proposal.words,
            coins: proposal.coins.map(|coins| coins.to_string()),
            by: proposal.reason.by.to_string(),
            why: proposal.reason.why,
            at: proposal.reason.at.get(),
            expires_at: proposal.ends_at.get(),
            state,
            decided_by: decided_by.map(|by| by.to_string()),
            decided_at: decided_at.map(UnixTime::get),
            decided_why,
            acts: if is_open { acts.into() } else { Vec::new() },
        }
    }
}

/// What they can be asked for by.
pub(super) const STATES: [&str; 2] = ["waiting", "ended"];

pub(super) async fn list(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
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
    match read(&state, wanted == "ended", ProposalNo::new(page.after), page.limit) {
        Ok(reply) => json(&reply),
        Err(error) => internal_error(&error),
    }
}

fn read(state: &MonitorState, is_ended: bool, after: ProposalNo, limit: usize) -> Result<List, StoreError> {
    let (snapshot, now) = (state.store.snapshot(), state.clock.now());
    let mut found = if is_ended {
        snapshot.decided_proposals(after, limit.saturating_add(1))?
    } else {
        // Those that nobody confirmed in time are cleared away with the next one that is made.
        let mut open = snapshot.undecided_proposals(after, usize::MAX)?;
        open.retain(|proposal| proposal.is_open(now));
        open
    };
    let next = paging::cut(&mut found, limit).map(|last| last.no.get());
    let proposals = found.into_iter().map(|proposal| ProposalReply::new(proposal, now)).collect();
    Ok(List { proposals, next })
}

pub(super) async fn act(
    state: Data<MonitorState>,
    path: Path<(String, String)>,
    request: HttpRequest,
) -> HttpResponse {
    let (no, act) = path.into_inner();
    let Ok(no) = no.parse().map(ProposalNo::new) else { return not_found() };
    if request.method() != actix_web::http::Method::POST {
        return method_not_allowed("POST", requests::METHOD_NOT_ALLOWED);
    }
    let done = match act.as_str() {
        "confirm" => confirm(&state, no, &request).await,
        "decline" => decline(&state, no, &request).await,
        _ => return not_found(),
    };
    done.unwrap_or_else(|reply| *reply)
}

fn open(state: &MonitorState, no: ProposalNo) -> Result<Proposal, Box<HttpResponse>> {
    let found = state.store.snapshot().proposal(no).map_err(|error| Box::new(internal_error(&error)))?;
    let proposal = found.ok_or_else(|| Box::new(not_found()))?;
    let words = format!("proposal {no} does not wait any more");
    let is_open = proposal.is_open(state.clock.now());
    if is_open { Ok(proposal) } else { Err(Box::new(text(StatusCode::CONFLICT, words))) }
}

/// Does what was proposed, as things stand now.
async fn confirm(
    state: &MonitorState,
    no: ProposalNo,
    request: &HttpRequest,
) -> Result<HttpResponse, Box<HttpResponse>> {
    let own = person(request)?;
    let _turn = state.second_person.turn.lock().await;
    let proposal = open(state, no)?;
    let by = own.person.name.clone();
    if proposal.reason.by == by {
        let words = "Forbidden: you have proposed it, somebody else has to confirm it";
        return Err(Box::new(text(StatusCode::FORBIDDEN, words)));
    }
    let moved = stakes(state, &proposal.deed).map_err(|error| Box::new(internal_error(&error)))?;
    must_be_as_proposed(&moved, proposal.coins)?;
    let why = format!("{} (proposal {no}, confirmed by {by})", proposal.reason.why);
    let order = Order { by: proposal.reason.by, why };
    let done = confirmed(state, no, proposal.deed, order).await;
    let words = done.map_err(|error| Box::new(refused(&error)))?;
    // Should it die before this, the act is done and the proposal waits: confirmed again, the state refuses it.
    let told = by.clone();
    let record = confirm_proposal(&state.store, no, by).await;
    record.map_err(|error| Box::new(internal_error(&error)))?;
    tracing::warn!(proposal = no.get(), by = %told, "a proposal is confirmed and done");
    Ok(text(StatusCode::OK, words))
}

/// Refuses where it would move more than was proposed, or nobody can tell any more.
fn must_be_as_proposed(moved: &Stakes, proposed: Option<Droplets>) -> Result<(), Box<HttpResponse>> {
    let words = match (moved, proposed) {
        (Stakes::Coins(now), Some(then)) if *now > then => {
            format!(
                "it would move {now} SKY now, and {then} were proposed: decline it, and have it proposed anew"
            )
        }
        (Stakes::Unknown, Some(then)) => {
            format!("nobody can tell what it would move now, and {then} SKY were proposed: decline it")
        }
        (Stakes::Coins(_) | Stakes::Unknown | Stakes::Nothing, _) => return Ok(()),
    };
    Err(Box::new(text(StatusCode::CONFLICT, words)))
}

async fn decline(
    state: &MonitorState,
    no: ProposalNo,
    request: &HttpRequest,
) -> Result<HttpResponse, Box<HttpResponse>> {
    let asked = order(request)?;
    let _turn = state.second_person.turn.lock().await;
    open(state, no)?;
    let told = asked.by.clone();
    let record = decline_proposal(&state.store, no, asked).await;
    record.map_err(|error| Box::new(internal_error(&error)))?;
    tracing::warn!(proposal = no.get(), by = %told, "a proposal is declined");
    Ok(text(StatusCode::OK, staff::declined(no)))
}

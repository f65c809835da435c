//! Webhooks that clients gave for single purchases: how many each client has and how they are, which of them are not
//! told, and having them told again.

use actix_web::http::{Method, StatusCode};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::asking::{order, refused};
use super::{MonitorState, bad_request, only_get, paging};
use crate::engine::operator::resume_hooks;
use crate::http::describe::{Operation, in_path, one_of, query, words};
use crate::http::{
    Code, Params, internal_error, json, method_not_allowed, not_found, once_store, refusal, text,
};
use crate::report::{receiver_words as words_of, requests};
use crate::store::{HookCounts, HookState, Hooks, Snapshot, StoreError};
use crate::types::BindingNo;

const STATES: &[&str] = &["due", "failing", "given_up"];

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookClientList)]
struct List {
    /// The clients that have webhooks, or may have, by name.
    clients: Vec<ClientReply>,
}

/// The webhooks of a client.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookClient)]
struct ClientReply {
    /// The client, as the configuration has it.
    client: String,
    /// Whether its webhooks are told: the configuration has the client, with secrets.
    is_told: bool,
    /// How many it has.
    webhooks: u64,
    /// Events that they are to be told, together.
    due: u64,
    /// How many do not take what they are told, and are tried again.
    failing: u64,
    /// Since when the first of those does not, in seconds since 1970 began; absent where all do.
    #[serde(skip_serializing_if = "Option::is_none")]
    failing_since: Option<u64>,
    /// How many did not for so long that they are told nothing, or said that they want nothing, until somebody resumes
    /// them.
    given_up: u64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookList)]
struct Page {
    /// Those in the state that was asked for, the ones that have waited longest first.
    webhooks: Vec<HookReply>,
    /// The cursor of the next page, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A webhook of a purchase. Its URL is not told: it may be a secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Webhook)]
struct HookReply {
    /// The number of the binding that it is for.
    binding: u64,
    /// Events that it is to be told.
    due: u64,
    /// The first of those.
    first: u64,
    /// The last event that it has acknowledged; 0 before the first.
    told: u64,
    /// Since when it does not take what it is told, in seconds since 1970 began.
    #[serde(skip_serializing_if = "Option::is_none")]
    failing_since: Option<u64>,
    /// How often that was tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    tries: Option<u64>,
    /// What became of the last try.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    /// Since when it is told nothing any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    given_up_at: Option<u64>,
}

/// What the reference tells of it.
pub(super) fn described() -> Vec<Operation> {
    let client = || in_path("name", "The client's name.", &words("shop"));
    vec![
        Operation::get("/api/events/webhooks", "webhookClients", "Clients with webhooks of single purchases")
            .gives::<List>(200, "How many each has, and how they are.")
            .validated(),
        Operation::get("/api/events/webhooks/{name}", "webhooks", "A client's webhooks that are to be told")
            .takes(client())
            .takes(query("state", "Which: those that fail, where it is left out.", &one_of(STATES)))
            .takes_all(paging::cursor_parameters("1795219613-17"))
            .gives::<Page>(200, "The webhooks.")
            .validated()
            .refuses(&[Code::InvalidParameter, Code::NotFound]),
        Operation::post("/api/events/webhooks/{name}/{act}", "resumeWebhooks", "Have a client's webhooks told")
            .about(
                "`resume` has all webhooks of the client told at once that fail, and those again that were given up: \
                 what they missed is kept, and told in order.",
            )
            .takes(client())
            .takes(in_path("act", "What is done.", &one_of(&["resume"])))
            .takes(query("why", "The reason.", &words("their server is back")))
            .takes(query("by", "Who does it, where nobody is logged in.", &words("anna")))
            .says(200, "It is done.")
            .refuses(&[Code::InvalidParameter, Code::NotFound, Code::UnknownEntry]),
    ]
}

pub(super) async fn list(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    match clients(&state, &state.store.snapshot()) {
        Ok(clients) => json(&List { clients }),
        Err(error) => internal_error(&error),
    }
}

fn clients(state: &MonitorState, snapshot: &Snapshot) -> Result<Vec<ClientReply>, StoreError> {
    let mut all = snapshot.hook_clients()?;
    for client in state.events.hooks.all() {
        if !all.iter().any(|(name, _)| *name == client.name) {
            all.push((client.name.clone(), HookCounts::default()));
        }
    }
    all.sort_unstable_by(|one, other| one.0.cmp(&other.0));
    all.into_iter()
        .map(|(client, counts)| {
            let HookCounts { hooks, due, failing, given_up } = counts;
            let first = snapshot.hooks_in(&client, HookState::Failing, None, 1)?;
            Ok(ClientReply {
                is_told: state.events.hooks.get(&client).is_some(),
                client,
                webhooks: hooks,
                due,
                failing,
                failing_since: first.first().map(|(since, _)| *since),
                given_up,
            })
        })
        .collect()
}

pub(super) async fn one(state: Data<MonitorState>, path: Path<String>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    let params = Params::parse(request.query_string());
    let wanted = match params.get("state") {
        "" | "failing" => HookState::Failing,
        "due" => HookState::Due,
        "given_up" => HookState::GivenUp,
        _ => return bad_request(requests::none_of("state", STATES)),
    };
    let (after, limit) = match paging::by_cursor(&params, cursor) {
        Ok(page) => page,
        Err(words) => return bad_request(words),
    };
    let snapshot = state.store.snapshot();
    match page(&snapshot, &path, wanted, (after, limit)) {
        Ok(page) if page.webhooks.is_empty() && !is_known(&state, &snapshot, &path) => unknown(&path),
        Ok(page) => json(&page),
        Err(error) => internal_error(&error),
    }
}

fn cursor(text: &str) -> Option<(u64, BindingNo)> {
    let (since, no) = text.split_once('-')?;
    Some((since.parse().ok()?, BindingNo::new(no.parse().ok()?)))
}

fn is_known(state: &MonitorState, snapshot: &Snapshot, client: &str) -> bool {
    state.events.hooks.get(client).is_some()
        || snapshot.hook_counts(client).is_ok_and(|counts| counts.hooks > 0)
}

fn unknown(client: &str) -> HttpResponse {
    refusal(Code::NotFound, words_of::no_webhooks(client))
}

fn page(
    snapshot: &Snapshot,
    client: &str,
    state: HookState,
    (after, limit): (Option<(u64, BindingNo)>, usize),
) -> Result<Page, StoreError> {
    let mut rows = snapshot.hooks_in(client, state, after, limit.saturating_add(1))?;
    let next = paging::cut(&mut rows, limit).map(|(since, no)| format!("{since}-{no}"));
    let webhooks = rows.into_iter().map(|(_, no)| reply(snapshot, no));
    Ok(Page { webhooks: webhooks.filter_map(Result::transpose).collect::<Result<_, _>>()?, next })
}

fn reply(snapshot: &Snapshot, no: BindingNo) -> Result<Option<HookReply>, StoreError> {
    let Some(hook) = snapshot.hook(no)? else { return Ok(None) };
    Ok(Some(HookReply {
        binding: no.get(),
        due: hook.due,
        first: hook.first,
        told: hook.told,
        failing_since: hook.failing.as_ref().map(|failing| failing.since.get()),
        tries: hook.failing.as_ref().map(|failing| failing.times),
        why: hook.failing.map(|failing| failing.words),
        given_up_at: hook.given_up.map(|at| at.get()),
    }))
}

pub(super) async fn act(
    state: Data<MonitorState>,
    path: Path<(String, String)>,
    request: HttpRequest,
) -> HttpResponse {
    let (client, act) = &*path;
    if request.method() != Method::POST {
        return method_not_allowed("POST", requests::METHOD_NOT_ALLOWED);
    }
    if act != "resume" {
        return not_found();
    }
    let order = match order(&request) {
        Ok(order) => order,
        Err(reply) => return *reply,
    };
    let resumed = resume_hooks(&once_store(&request, &state.store), client, order).await;
    state.events.hooks.get(client).iter().for_each(|client| client.resume());
    match resumed {
        Ok(count) => text(StatusCode::OK, words_of::webhooks_resumed(client, count)),
        Err(error) => refused(&error),
    }
}

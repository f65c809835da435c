//! `GET /api/breakers`: what has stopped by itself, with the evidence. `POST /api/breakers/{name}/close` lets it go on.

use actix_web::http::Method;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::acts::reason_parameters;
use super::deeds::submit;
use super::{MonitorState, bad_request, only_get};
use crate::breaker::{Breaker, BreakerState};
use crate::http::describe::{Operation, in_path, query, whole, words};
use crate::http::{Code, Params, internal_error, json, method_not_allowed, not_found};
use crate::report::{Act, Said, breaker_acts, requests};
use crate::store::{Breakers, Deed};
use crate::types::{Coin, Role};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BreakerList)]
struct Reply {
    /// Those that have opened at some time.
    breakers: Vec<BreakerReply>,
    /// The second nodes that are configured.
    second_nodes: Vec<SecondNodeReply>,
}

/// A second node, which has to have the block of a deposit too before a large payout is signed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SecondNode)]
struct SecondNodeReply {
    /// Whose chain it is of.
    coin: &'static str,
    /// Payouts of more SKY than this wait for it.
    above: String,
    /// Blocks that payouts wait for now.
    waits_for: usize,
    /// Why it has not agreed to one of them; absent where it was not asked yet, or has.
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Breaker)]
struct BreakerReply {
    /// `payouts` stops all payouts; `books-BTC` and `nodes-BTC` those of deposits on this chain;
    /// `price-BTC` what is promised at this price.
    name: String,
    /// Whether it is open: what it concerns stands still.
    open: bool,
    /// Since when; absent while it is closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<u64>,
    /// What was seen, in words; absent while it is closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    evidence: Option<String>,
    /// The same, one by one: what it is closed over does not open it again. At most a hundred.
    grounds: Vec<String>,
    /// How often it has opened.
    times: u64,
    /// Who closed it last, and why; absent where nobody has.
    #[serde(skip_serializing_if = "Option::is_none")]
    closed: Option<Said>,
    /// The role that may close it.
    closed_by: &'static str,
    /// Whether that wants another person's confirmation.
    second_person: bool,
    /// What can be done with it now.
    acts: Vec<Act>,
}

/// What the reference tells.
pub(super) fn described() -> Vec<Operation> {
    vec![
        Operation::get("/api/breakers", "breakers", "What has stopped by itself")
            .about("Each stops only what it concerns, until somebody who may approve closes it.")
            .gives::<Reply>(200, "Those that have opened at some time.")
            .validated(),
        Operation::post("/api/breakers/{name}/close", "closeBreaker", "Let what a breaker stopped go on")
            .takes(in_path("name", "The breaker's name.", &words("payouts")))
            .takes(query(
                "opening",
                "Which opening was looked at: its `times`. If it has opened once more since, nothing is closed. Left \
                 out: the one of now.",
                &whole(1),
            ))
            .takes_all(reason_parameters())
            .says(200, "What was done, in words.")
            .refuses(&[Code::InvalidParameter, Code::NotFound, Code::BreakerClosed]),
    ]
}

pub(super) async fn list(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    match state.store.snapshot().breakers() {
        Ok(all) => {
            let breakers = all.into_iter().map(|one| reply(&state, one)).collect();
            json(&Reply { breakers, second_nodes: second_nodes(&state) })
        }
        Err(error) => internal_error(&error),
    }
}

fn second_nodes(state: &MonitorState) -> Vec<SecondNodeReply> {
    let reply = |coin: Coin| {
        let node = state.live.second_node(coin)?;
        let view = node.view(state.clock.moment());
        let (above, waits_for) = (node.above().to_string(), view.blocks);
        Some(SecondNodeReply { coin: coin.code(), above, waits_for, trouble: view.trouble })
    };
    Coin::all().filter_map(reply).collect()
}

fn reply(service: &MonitorState, (breaker, state): (Breaker, BreakerState)) -> BreakerReply {
    let (acts, open) = (breaker_acts(breaker, &state), state.is_open());
    let (since, evidence, grounds) = match state.opened {
        Some(opened) => (Some(opened.at.get()), Some(opened.evidence), opened.grounds),
        None => (None, None, Vec::new()),
    };
    BreakerReply {
        name: breaker.to_string(),
        open,
        since,
        evidence,
        grounds,
        times: state.times,
        closed: state.closed.map(Said::from),
        closed_by: Role::Approve.name(),
        second_person: service.second_person.is_wanted_for_unknown(),
        acts,
    }
}

pub(super) async fn act(
    state: Data<MonitorState>,
    path: Path<(String, String)>,
    request: HttpRequest,
) -> HttpResponse {
    if request.method() != Method::POST {
        return method_not_allowed("POST", requests::METHOD_NOT_ALLOWED);
    }
    let (name, act) = path.into_inner();
    let (Some(breaker), "close") = (Breaker::parse(&name), act.as_str()) else { return not_found() };
    let params = Params::parse(request.query_string());
    let opening = match (params.get("opening"), state.store.snapshot().breaker(breaker)) {
        ("", Ok(known)) => known.map_or(0, |known| known.times),
        (text, Ok(_)) => match text.parse() {
            Ok(opening) => opening,
            Err(_) => return bad_request(requests::no_number("opening")),
        },
        (_, Err(error)) => return internal_error(&error),
    };
    submit(&state, &request, Deed::CloseBreaker { breaker, opening }).await
}

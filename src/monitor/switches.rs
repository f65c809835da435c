//! `GET /api/switches`: what can be switched off while the service runs, and what is.
//! `POST /api/switches/{name}/off|on`: a person does it.

use actix_web::http::Method;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::acts::reason_parameters;
use super::asking::{refused, staged};
use super::{MonitorState, only_get};
use crate::engine::operator::{show_switches, turn_switch};
use crate::http::describe::{Operation, in_path, words};
use crate::http::{Code, internal_error, json, method_not_allowed, not_found};
use crate::report::{Act, Said, requests, switch_act, switches};
use crate::types::{Coin, Switch};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SwitchList)]
struct Reply {
    /// Every switch.
    switches: Vec<SwitchReply>,
}

/// Something that can be switched off.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Switch)]
struct SwitchReply {
    /// `bind`, `send`, or the code of a coin.
    #[schema(example = "send")]
    name: &'static str,
    /// What it is about, in words.
    about: String,
    /// Whether it is on: by the configuration, and as persons have switched it.
    is_on: bool,
    /// Whether the configuration has it on. What that has off, no act switches on.
    is_configured: bool,
    /// Who has switched it off, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    off: Option<Said>,
    /// What can be done with it now.
    acts: Vec<Act>,
}

/// What the reference tells of it.
pub(super) fn described() -> Vec<Operation> {
    let turn = |path, name, summary| {
        Operation::post(path, name, summary)
            .takes(in_path("name", "`bind`, `send`, or the code of a coin.", &words("send")))
            .takes_all(reason_parameters())
            .says(200, "What was done, in words.")
            .refuses(&[Code::InvalidParameter, Code::NotFound, Code::SwitchRefused])
    };
    vec![
        Operation::get("/api/switches", "switches", "What can be switched off, and what is")
            .gives::<Reply>(200, "The switches.")
            .validated(),
        turn("/api/switches/{name}/off", "switchOff", "Switch something off, over restarts too").about(
            "Nothing that was begun is undone: a payout that is being sent at that moment may still leave.",
        ),
        turn("/api/switches/{name}/on", "switchOn", "Switch it on again"),
    ]
}

pub(super) async fn list(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    let coins = Coin::all().filter(|coin| state.is_enabled(*coin)).map(Switch::Coin);
    let all = [Switch::Bind, Switch::Send].into_iter().chain(coins);
    json(&Reply { switches: all.map(|switch| reply(&state, switch)).collect() })
}

fn reply(state: &MonitorState, switch: Switch) -> SwitchReply {
    let (off, is_configured) = (state.live.switched_off.reason(switch), is_configured(state, switch));
    let act = match off {
        Some(_) => Some("on"),
        None if is_configured => Some("off"),
        None => None,
    };
    SwitchReply {
        name: switch.name(),
        about: switches::about(switch),
        is_on: is_configured && off.is_none(),
        is_configured,
        off: off.map(Said::from),
        acts: act.map(|act| switch_act(switch, act)).into_iter().collect(),
    }
}

fn is_configured(state: &MonitorState, switch: Switch) -> bool {
    match switch {
        Switch::Bind => state.configured.binds,
        Switch::Send => state.configured.sends,
        Switch::Coin(coin) => state.is_enabled(coin),
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
    let is_on = match act.as_str() {
        "on" => true,
        "off" => false,
        _ => return not_found(),
    };
    let known = Switch::from_name(&name).filter(|switch| match switch {
        Switch::Bind | Switch::Send => true,
        Switch::Coin(coin) => state.is_enabled(*coin),
    });
    let Some(switch) = known else { return not_found() };
    turned(&state, &request, switch, is_on).await.unwrap_or_else(|reply| *reply)
}

async fn turned(
    state: &MonitorState,
    request: &HttpRequest,
    switch: Switch,
    is_on: bool,
) -> Result<HttpResponse, Box<HttpResponse>> {
    let (order, stage) = staged(state, request)?;
    let turn = turn_switch(stage.store(), switch, is_on, is_configured(state, switch), order);
    stage.play(turn).await.map_err(|error| Box::new(refused(&error)))?;
    if stage.is_real() {
        let shown = show_switches(&state.store, &state.live);
        shown.map_err(|error| Box::new(internal_error(&error)))?;
    }
    Ok(stage.done(switches::turned(switch, is_on)))
}

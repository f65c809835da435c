//! `GET /api/health`: whether a buyer can be served, and what cannot be done.
//!
//! 200 while at least one coin can be bought; 503 when nobody can be served. `problems` says in words what is amiss in
//! either case. Every value is at hand: counters, levels, what the workers noted.

use actix_web::http::{Method, StatusCode};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::ApiState;
use crate::http::{json, method_not_allowed};
use crate::report::{PROCESSOR_FAILS, Problem, Verdict, requests};
use crate::types::{Coin, go_duration};

#[derive(Debug, Serialize)]
struct HealthReply<'a> {
    /// `OK`, or `UNAVAILABLE` where no buyer can be served.
    status: &'static str,
    application: &'static str,
    /// `real`, or `dummy` where everything is play money.
    mode: &'static str,
    version: &'a str,
    uptime: String,
    exchange: Exchange,
    problems: Vec<&'a str>,
    /// The same for machines, in the same order.
    problem_codes: Vec<ProblemReply>,
}

#[derive(Debug, Serialize)]
struct ProblemReply {
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    coin: Option<&'static str>,
}

impl From<&Problem> for ProblemReply {
    fn from(problem: &Problem) -> Self {
        ProblemReply { code: problem.code.name(), coin: problem.coin.map(Coin::code) }
    }
}

#[derive(Debug, Serialize)]
struct Exchange {
    buy_method: &'static str,
    processor_error: String,
    sender_error: String,
    balance: Balance,
    deposit_error_count: u64,
}

#[derive(Debug, Serialize)]
struct Balance {
    coins: String,
    hours: String,
}

pub(super) async fn handle(state: Data<ApiState>, request: HttpRequest) -> HttpResponse {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return method_not_allowed("GET", requests::INVALID_METHOD);
    }
    let snapshot = state.store.snapshot();
    let Verdict { problems, can_serve } = state.health.verdict(&snapshot);
    let wallet = state.live.wallet();
    let reply = HealthReply {
        status: if can_serve { "OK" } else { "UNAVAILABLE" },
        application: "teller",
        mode: if state.is_play { "dummy" } else { "real" },
        version: &state.version,
        uptime: go_duration(state.started.elapsed()),
        exchange: Exchange {
            buy_method: state.buy_method.name(),
            processor_error: state
                .live
                .buyer
                .get()
                .failing
                .map_or(String::new(), |_| PROCESSOR_FAILS.to_owned()),
            sender_error: wallet.error.clone(),
            balance: Balance { coins: wallet.coins.to_string(), hours: wallet.hours.get().to_string() },
            deposit_error_count: snapshot.counters().errored,
        },
        problem_codes: problems.iter().map(ProblemReply::from).collect(),
        problems: problems.iter().map(|problem| problem.words.as_str()).collect(),
    };
    let mut answer = json(&reply);
    if !can_serve {
        *answer.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    }
    answer
}

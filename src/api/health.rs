//! `GET /api/health`: whether a buyer can be served, and what cannot be done.
//!
//! 200 while at least one coin can be bought; 503 when nobody can be served. `problems` says in words what is amiss in
//! either case. Every value is at hand: counters, levels, what the workers noted.

use actix_web::http::{Method, StatusCode};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::ApiState;
use crate::http::describe::Operation;
use crate::http::{json, method_not_allowed};
use crate::report::{PROCESSOR_FAILS, Problem, Verdict, requests};
use crate::types::{Coin, go_duration};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Health)]
struct HealthReply<'a> {
    /// `OK`, or `UNAVAILABLE` where no buyer can be served.
    status: &'static str,
    /// Always `teller`.
    application: &'static str,
    /// `real`, or `dummy` where everything is play money.
    mode: &'static str,
    /// The program's version.
    version: &'a str,
    /// How long it has been up, in hours, minutes and seconds.
    #[schema(example = "1h0m1.5s")]
    uptime: String,
    /// The head of the history: number and hash of its last event. Whoever keeps it can tell later whether what had
    /// happened until then was rewritten.
    history: String,
    /// What stands in the way of payouts, as the original tells it.
    exchange: Exchange,
    /// What is amiss, in words.
    problems: Vec<&'a str>,
    /// The same for machines, in the same order.
    problem_codes: Vec<ProblemReply>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HealthProblem)]
struct ProblemReply {
    /// Never changes its meaning: programs may rely on it.
    code: &'static str,
    /// The code of the coin that it is about, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    coin: Option<&'static str>,
}

impl From<&Problem> for ProblemReply {
    fn from(problem: &Problem) -> Self {
        ProblemReply { code: problem.code.name(), coin: problem.coin.map(Coin::code) }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HealthExchange)]
struct Exchange {
    /// How the coins that are paid out are come by.
    buy_method: &'static str,
    /// Why deposits are not processed; empty where they are.
    processor_error: String,
    /// Why payouts are not going out; empty where they are.
    sender_error: String,
    /// What the hot wallet has.
    balance: Balance,
    /// Deposits that ended with an error.
    deposit_error_count: u64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HealthBalance)]
struct Balance {
    /// SKY in the hot wallet, in whole coins.
    #[schema(example = "100.000000")]
    coins: String,
    /// Coin hours in the hot wallet.
    hours: String,
}

/// What the reference tells of it.
pub(super) fn described() -> Operation {
    Operation::get("/api/health", "health", "Whether buyers can be served")
        .about(
            "200 while at least one coin can be bought, 503 when nobody can be served. `problems` says what is amiss \
             in either case.",
        )
        .gives::<HealthReply<'_>>(200, "At least one coin can be bought.")
        .gives::<HealthReply<'_>>(503, "Nobody can be served now.")
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
        history: snapshot.head().to_string(),
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

//! `GET /api/problems`: what is amiss, how soon somebody has to look, since when, and where it stands what to do.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::{MonitorState, only_get};
use crate::http::json;
use crate::report::{Problem, ProblemWatch, Verdict};
use crate::types::Coin;

#[derive(Debug, Serialize)]
struct Problems {
    /// Whether a buyer can be served.
    can_serve: bool,
    /// In the order of health.
    problems: Vec<ProblemReply>,
}

#[derive(Debug, Serialize)]
struct ProblemReply {
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    coin: Option<&'static str>,
    /// `critical`, `warning` or `notice`.
    severity: &'static str,
    /// When it was seen first, in seconds since 1970; absent where that was this moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<u64>,
    words: String,
    /// A document in the project's folder.
    runbook: String,
}

fn reply(problem: Problem, watch: &ProblemWatch) -> ProblemReply {
    ProblemReply {
        code: problem.code.name(),
        coin: problem.coin.map(Coin::code),
        severity: problem.code.severity().name(),
        since: watch.since((problem.code, problem.coin)).map(|since| since.get()),
        words: problem.words,
        runbook: problem.code.runbook(),
    }
}

pub(super) async fn list(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    let Verdict { problems, can_serve } = state.metrics.health.verdict(&state.store.snapshot());
    let problems = problems.into_iter().map(|problem| reply(problem, &state.watch)).collect();
    json(&Problems { can_serve, problems })
}

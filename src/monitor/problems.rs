//! `GET /api/problems`: what is amiss, how soon somebody has to look, since when, and where it stands what to do.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::{MonitorState, only_get};
use crate::http::describe::Operation;
use crate::http::json;
use crate::report::{Problem, ProblemWatch, Verdict};
use crate::types::Coin;

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProblemList)]
struct Problems {
    /// Whether a buyer can be served.
    can_serve: bool,
    /// In the order of health.
    problems: Vec<ProblemReply>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeskProblem)]
struct ProblemReply {
    /// Never changes its meaning: programs may rely on it.
    code: &'static str,
    /// The code of the coin that it is about, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    coin: Option<&'static str>,
    /// `critical`, `warning` or `notice`.
    severity: &'static str,
    /// When it was seen first, in seconds since 1970; absent where that was this moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<u64>,
    /// What is amiss, and what can be done.
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

/// What the reference tells of it.
pub(super) fn described() -> Operation {
    Operation::get("/api/problems", "problems", "What is amiss, since when, and what to do")
        .gives::<Problems>(200, "The problems, in the order of health.")
        .validated()
}

pub(super) async fn list(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    let Verdict { problems, can_serve } = state.metrics.health.verdict(&state.store.snapshot());
    let problems = problems.into_iter().map(|problem| reply(problem, &state.watch)).collect();
    json(&Problems { can_serve, problems })
}

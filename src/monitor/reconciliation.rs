//! `GET /api/reconciliation`: what chains and the exchange say, beside what the books say.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::{MonitorState, only_get};
use crate::http::describe::Operation;
use crate::http::{internal_error, json};
use crate::report::{Compared, Reconciliation, reconciliation as told};
use crate::types::Coin;

/// What the reference tells of it.
pub(super) fn described() -> Operation {
    Operation::get("/api/reconciliation", "reconciliation", "What chains and the exchange say beside the books")
        .about(
            "Final blocks are read a second time beside everything else, and what they pay to deposit addresses is \
             held against the books, transaction by transaction. What nothing explains is listed.",
        )
        .gives::<Reconciliation>(200, "What was compared, and what was not looked at.")
        .validated()
}

pub(super) async fn reconciliation(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    let coins = Coin::all().filter(|coin| state.is_enabled(*coin));
    match told(&state.store.snapshot(), &state.live, coins, Compared::Running) {
        Ok(reply) => json(&reply),
        Err(error) => internal_error(&error),
    }
}

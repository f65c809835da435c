//! `dry_run=1`: what an act would do is shown first. It is done on a store that keeps nothing, so that what is shown
//! and what is refused is what would be.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use tracing::instrument::WithSubscriber;
use tracing::subscriber::NoSubscriber;
use utoipa::ToSchema;

use super::{MonitorState, bad_request};
use crate::http::{Params, json, once_store, text};
use crate::report::requests;
use crate::store::{Rehearsal, Store, Telling};
use crate::types::Droplets;

/// Where an act is done: for good, or to see what it would do.
#[derive(Debug)]
pub(super) enum Stage {
    Real(Store),
    Rehearsed(Rehearsal),
}

/// What an act would do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Rehearsal)]
pub(super) struct Shown {
    /// Nothing was done.
    dry_run: bool,
    /// What the act would be answered with.
    words: String,
    /// What would be recorded.
    would: Vec<Telling>,
    /// SKY that it moves, where it moves any and that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    coins: Option<String>,
    /// Whether it would wait for a second person.
    second_person: bool,
}

/// The parameter of a request that only wants to see what would be done.
pub(super) const DRY_RUN: &str = "dry_run";

/// Whether a request only wants to see what would be done.
pub(super) fn is_dry(query: &str) -> bool {
    Params::parse(query).has(DRY_RUN)
}

impl Stage {
    /// Where the act of a request is done; otherwise the reply that refuses it.
    pub(super) fn of(state: &MonitorState, request: &HttpRequest) -> Result<Stage, Box<HttpResponse>> {
        let params = Params::parse(request.query_string());
        match params.get(DRY_RUN) {
            "1" => Ok(Stage::rehearsed(state)),
            "" if !params.has(DRY_RUN) => Ok(Stage::Real(once_store(request, &state.store))),
            _ => Err(Box::new(bad_request(requests::NO_DRY_RUN))),
        }
    }

    /// Where nothing is kept.
    pub(super) fn rehearsed(state: &MonitorState) -> Stage {
        Stage::Rehearsed(state.store.rehearse())
    }

    pub(super) fn store(&self) -> &Store {
        match self {
            Stage::Real(store) => store,
            Stage::Rehearsed(rehearsal) => rehearsal.store(),
        }
    }

    pub(super) const fn is_real(&self) -> bool {
        matches!(self, Stage::Real(_))
    }

    /// Does it. What is not kept is not told to the log either.
    pub(super) async fn play<T>(&self, act: impl Future<Output = T>) -> T {
        match self {
            Stage::Real(_) => act.await,
            Stage::Rehearsed(_) => act.with_subscriber(NoSubscriber::default()).await,
        }
    }

    /// The answer to an act that was done, or would be.
    pub(super) fn done(&self, words: impl std::fmt::Display) -> HttpResponse {
        self.done_as(StatusCode::OK, words)
    }

    /// The same with another status than 200, where it was done.
    pub(super) fn done_as(&self, status: StatusCode, words: impl std::fmt::Display) -> HttpResponse {
        match self {
            Stage::Real(_) => text(status, words),
            Stage::Rehearsed(_) => self.shown(words.to_string(), None, false),
        }
    }

    /// What would be done, where it moves coins.
    pub(super) fn shown(&self, words: String, coins: Option<Droplets>, second_person: bool) -> HttpResponse {
        let would = match self {
            Stage::Real(_) => Vec::new(),
            Stage::Rehearsed(rehearsal) => rehearsal.told(),
        };
        let coins = coins.map(|coins| coins.to_string());
        json(&Shown { dry_run: true, words, would, coins, second_person })
    }
}

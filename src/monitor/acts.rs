//! `POST /api/deposits/{no}/{pay|void|wait|direct|pause|resume}` and
//! `POST /api/transactions/{no}/{withdraw|send|retry|abandon}`: what a person decides on what a fork took back, what is
//! to be bought, or what a node refuses. `why` is the reason, `by` who it is; both are kept.

use actix_web::http::{Method, StatusCode};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::{MonitorState, bad_request};
use crate::engine::operator::{
    ActError, Order, PurchaseAct, decide_purchase, retry, rule, send_on, withdraw,
};
use crate::http::{Params, internal_error, method_not_allowed, not_found, text};
use crate::payout::{SpendRefused, Verdict};
use crate::report::{acts, requests};
use crate::types::{Actor, AttemptNo, DepositNo};

/// The order of a request; otherwise the reply that refuses it.
pub(super) fn order(request: &HttpRequest) -> Result<Order, Box<HttpResponse>> {
    if request.method() != Method::POST {
        return Err(Box::new(method_not_allowed("POST", requests::METHOD_NOT_ALLOWED)));
    }
    order_by(request)
}

/// Who asks, where no reason is needed; otherwise the reply that refuses it.
pub(super) fn actor(params: &Params) -> Result<Actor, Box<HttpResponse>> {
    Actor::named(params.get("by")).map_err(|error| Box::new(bad_request(requests::invalid("by", error))))
}

/// The order of a request, by whatever method it came.
pub(super) fn order_by(request: &HttpRequest) -> Result<Order, Box<HttpResponse>> {
    let params = Params::parse(request.query_string());
    Order::new(params.get("by"), params.get("why"))
        .map_err(|error| Box::new(bad_request(requests::no_order(error))))
}

pub(super) fn refused(error: &ActError) -> HttpResponse {
    match error {
        ActError::Unknown | ActError::Spend(SpendRefused::Unknown) => text(StatusCode::NOT_FOUND, error),
        ActError::Ruling(_)
        | ActError::Course(_)
        | ActError::Spend(_)
        | ActError::Abandon(_)
        | ActError::Purchase(_)
        | ActError::Order(_)
        | ActError::Busy { .. }
        | ActError::PayeeIsOurs => text(StatusCode::CONFLICT, error),
        ActError::Node(_) | ActError::Unheard | ActError::Unsure => {
            text(StatusCode::SERVICE_UNAVAILABLE, error)
        }
        ActError::Store(error) => internal_error(error),
    }
}

pub(super) async fn on_deposit(
    state: Data<MonitorState>,
    path: Path<(String, String)>,
    request: HttpRequest,
) -> HttpResponse {
    let (no, verdict) = path.into_inner();
    let Ok(no) = no.parse().map(DepositNo::new) else { return not_found() };
    if let Some(act) = PurchaseAct::from_name(&verdict) {
        return on_purchase(&state, no, act, &request).await;
    }
    let Some(verdict) = Verdict::from_name(&verdict) else { return not_found() };
    let order = match order(&request) {
        Ok(order) => order,
        Err(reply) => return *reply,
    };
    match rule(&state.store, no, verdict, order).await {
        Ok(()) => text(StatusCode::OK, acts::ruled(no, verdict)),
        Err(error) => refused(&error),
    }
}

/// What becomes of a deposit whose coins are to be bought.
async fn on_purchase(
    state: &MonitorState,
    no: DepositNo,
    act: PurchaseAct,
    request: &HttpRequest,
) -> HttpResponse {
    let order = match order(request) {
        Ok(order) => order,
        Err(reply) => return *reply,
    };
    match decide_purchase(&state.store, no, act, order).await {
        Ok(()) => text(StatusCode::OK, acts::purchase_decided(no, act)),
        Err(error) => refused(&error),
    }
}

/// What a person wants of a transaction.
#[derive(Debug, Clone, Copy)]
enum Wanted {
    Withdraw,
    Send,
    Retry,
    Abandon,
}

impl Wanted {
    fn from_name(name: &str) -> Option<Wanted> {
        match name {
            "withdraw" => Some(Wanted::Withdraw),
            "send" => Some(Wanted::Send),
            "retry" => Some(Wanted::Retry),
            "abandon" => Some(Wanted::Abandon),
            _ => None,
        }
    }

    /// Does it; answers what was done, in words.
    async fn get(self, state: &MonitorState, no: AttemptNo, order: Order) -> Result<String, ActError> {
        match self {
            Wanted::Withdraw => {
                withdraw(&state.store, no, order).await?;
                Ok(acts::withdrawn(no))
            }
            Wanted::Send => {
                let count = send_on(&state.store, no, order).await?.len();
                Ok(acts::sent_on(no, count))
            }
            Wanted::Retry => {
                retry(&state.store, no, order).await?;
                Ok(acts::offered_again(no))
            }
            Wanted::Abandon => {
                let found = state.appeals.abandon(no, order).await?;
                Ok(acts::abandoned(no, found))
            }
        }
    }
}

pub(super) async fn on_transaction(
    state: Data<MonitorState>,
    path: Path<(String, String)>,
    request: HttpRequest,
) -> HttpResponse {
    let (no, wanted) = path.into_inner();
    let (Ok(no), Some(wanted)) = (no.parse().map(AttemptNo::new), Wanted::from_name(&wanted)) else {
        return not_found();
    };
    let order = match order(&request) {
        Ok(order) => order,
        Err(reply) => return *reply,
    };
    match wanted.get(&state, no, order).await {
        Ok(done) => text(StatusCode::OK, done),
        Err(error) => refused(&error),
    }
}

//! Who asks for an act and why, and what is answered where it is refused.

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse};

use super::MonitorState;
use super::bad_request;
use super::caller::Caller;
use super::stage::Stage;
use crate::engine::operator::{ActError, Order, OrderError};
use crate::http::{Code, Params, internal_error, method_not_allowed, refusal};
use crate::payout::SpendRefused;
use crate::report::requests;
use crate::types::Actor;

/// The order of a request; otherwise the reply that refuses it.
pub(super) fn order(request: &HttpRequest) -> Result<Order, Box<HttpResponse>> {
    if request.method() != Method::POST {
        return Err(Box::new(method_not_allowed("POST", requests::METHOD_NOT_ALLOWED)));
    }
    order_by(request)
}

/// Who asks, where no reason is needed; otherwise the reply that refuses it. Whoever has logged in is who they are,
/// whatever `by` says.
pub(super) fn actor_of(request: &HttpRequest) -> Result<Actor, Box<HttpResponse>> {
    let params = Params::parse(request.query_string());
    let actor = Caller::of(request).actor(params.get("by"));
    actor.map_err(|error| Box::new(bad_request(requests::invalid("by", error))))
}

/// The order of a request, by whatever method it came.
pub(super) fn order_by(request: &HttpRequest) -> Result<Order, Box<HttpResponse>> {
    let params = Params::parse(request.query_string());
    let actor = Caller::of(request).actor(params.get("by")).map_err(OrderError::from);
    actor
        .and_then(|by| Order::of(by, params.get("why")))
        .map_err(|error| Box::new(bad_request(requests::no_order(error))))
}

/// The order of a request, and whether it is to be done or shown.
pub(super) fn staged(
    state: &MonitorState,
    request: &HttpRequest,
) -> Result<(Order, Stage), Box<HttpResponse>> {
    Ok((order(request)?, Stage::of(state, request)?))
}

/// The reply to an act that was refused.
pub(super) fn refused(error: &ActError) -> HttpResponse {
    let code = match error {
        ActError::Unknown | ActError::Spend(SpendRefused::Unknown) => Code::UnknownEntry,
        ActError::Ruling(_) => Code::RulingRefused,
        ActError::Course(_) => Code::CourseRefused,
        ActError::Spend(_) | ActError::NotRestored => Code::SpendRefused,
        ActError::Abandon(_) => Code::AbandonRefused,
        ActError::Purchase(_) | ActError::Paid(_) => Code::PurchaseRefused,
        ActError::Order(_) => Code::OrderRefused,
        ActError::Withdrawal(_) => Code::WithdrawalRefused,
        ActError::Switch(_) => Code::SwitchRefused,
        ActError::NotOpen => Code::BreakerClosed,
        ActError::Busy { .. } => Code::BlocksBusy,
        ActError::PayeeIsOurs => Code::AddressIsOurs,
        ActError::Node(_) => Code::NodeUntold,
        ActError::Unheard => Code::PayerBusy,
        ActError::Unsure => Code::OutcomeUnknown,
        ActError::Store(error) => return internal_error(error),
    };
    refusal(code, error)
}

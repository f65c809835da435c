//! Who asks for an act and why, and what is answered where it is refused.

use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse};

use super::MonitorState;
use super::bad_request;
use super::caller::Caller;
use super::stage::Stage;
use crate::engine::operator::{ActError, Order, OrderError};
use crate::http::{Params, internal_error, method_not_allowed, text};
use crate::payout::SpendRefused;
use crate::types::Actor;

/// The order of a request; otherwise the reply that refuses it.
pub(super) fn order(request: &HttpRequest) -> Result<Order, Box<HttpResponse>> {
    if request.method() != Method::POST {
        return Err(Box::new(method_not_allowed("POST", "Method Not Allowed")));
    }
    order_by(request)
}

/// Who asks, where no reason is needed; otherwise the reply that refuses it. Whoever has logged in is who they are,
/// whatever `by` says.
pub(super) fn actor_of(request: &HttpRequest) -> Result<Actor, Box<HttpResponse>> {
    let params = Params::parse(request.query_string());
    let actor = Caller::of(request).actor(params.get("by"));
    actor.map_err(|error| Box::new(bad_request(format_args!("Invalid by: {error}"))))
}

/// The order of a request, by whatever method it came.
pub(super) fn order_by(request: &HttpRequest) -> Result<Order, Box<HttpResponse>> {
    let params = Params::parse(request.query_string());
    let actor = Caller::of(request).actor(params.get("by")).map_err(OrderError::from);
    actor.and_then(|by| Order::of(by, params.get("why"))).map_err(|error| {
        Box::new(bad_request(format_args!("Invalid {error}, as in ?why=double+spent&by=anna")))
    })
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

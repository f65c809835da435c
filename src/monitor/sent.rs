//! What is sent with an act, before anything is done: what cannot be read, and a wish to see an act first that stands
//! where nobody reads it, are refused. Otherwise it would be done for good.

use actix_web::HttpResponse;
use actix_web::ResponseError;
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::http::header::CONTENT_TYPE;

use super::access::can_be_shown;
use super::bad_request;
use super::stage::{DRY_RUN, is_dry};
use crate::http::{Body, Params};
use crate::report::requests;

/// Reads the body, which is short, so that its deadline ends before the act begins: handlers that take none may be at
/// work for longer. Otherwise returns the reply that refuses it.
pub(super) async fn read(request: &mut ServiceRequest) -> Result<(), Box<HttpResponse>> {
    let query = request.query_string();
    if !Params::is_readable(query) {
        return Err(Box::new(bad_request(requests::UNREADABLE_QUERY)));
    }
    let pattern = request.match_pattern();
    let can_be_shown = can_be_shown(pattern.as_deref());
    if is_dry(query) && !can_be_shown {
        return Err(Box::new(bad_request(requests::NOT_SHOWN)));
    }
    let is_missed = !is_dry(query) && Params::parse(query).pairs().any(|(name, value)| is_meant(name, value));
    let body = match request.extract::<Body>().await {
        Ok(Body(body)) => body,
        Err(error) => return Err(Box::new(error.error_response())),
    };
    let kind = request.headers().get(CONTENT_TYPE).map_or(&b""[..], |kind| kind.as_bytes());
    // Acts that can be shown take nothing from a body; others take JSON, in which a word may be anything.
    let is_unread = can_be_shown || !kind.starts_with(b"application/json");
    let is_in_body = || {
        let text = String::from_utf8_lossy(&body);
        Params::parse(&text).pairs().any(|(name, value)| is_meant(name, value) || name == DRY_RUN)
            || is_meant(&text, &text)
    };
    if is_missed || is_unread && is_in_body() {
        return Err(Box::new(bad_request(requests::DRY_RUN_UNREAD)));
    }
    request.set_payload(Payload::from(body));
    Ok(())
}

/// Whether a parameter that is not the right one is meant to be it.
fn is_meant(name: &str, value: &str) -> bool {
    let plain = |text: &str| text.to_ascii_lowercase().replace(['-', '_', ' '], "");
    plain(name).contains("dryrun") && name != DRY_RUN || value.contains(DRY_RUN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_know_what_is_meant_to_be_a_wish_to_see_first() {
        for (name, value) in
            [("Dry_Run", "1"), ("dryRun", ""), ("dry-run", "1"), ("why", "x?dry_run=1"), ("x", "&dry_run")]
        {
            assert!(is_meant(name, value), "{name}={value}");
        }
        for (name, value) in [("dry_run", "1"), ("why", "after a dry run"), ("by", "anna")] {
            assert!(!is_meant(name, value), "{name}={value}");
        }
    }
}

//! `GET /buy/{link}/events`: what a purchase looks like, each time that it changes, as server-sent events.

use std::time::Duration;

use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{Bytes, Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;
use twox_hash::XxHash3_64;

use super::Watch;
use crate::api::ApiState;
use crate::api::page::{language_of, live_part};
use crate::http::{internal_error, method_not_allowed, not_found, text};
use crate::report::{linked_binding, requests};
use crate::store::Binding;
use crate::types::Language;

/// Silence after which a sign of life is sent: proxies end what is silent for a minute.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);
/// Changes that come closer together are told at once: a payout takes several steps in a moment.
const TOGETHER: Duration = Duration::from_millis(50);
/// What a browser waits before it connects anew, in milliseconds.
const RECONNECT: &str = "retry: 3000\n\n";

/// Has the page ask now and then, and not connect anew: others watch in its place.
const ENOUGH: &[u8] = b"event: enough\ndata: \n\n";

/// One who watches.
struct Viewer {
    state: Data<ApiState>,
    watch: Watch,
    binding: Binding,
    language: Language,
    /// Stands for what was sent last: ten thousand viewers should not keep ten thousand pages.
    shown: u64,
    is_first: bool,
    is_over: bool,
}

pub(in crate::api) async fn handle(
    state: Data<ApiState>,
    path: Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    if *request.method() != Method::GET {
        return method_not_allowed("GET", requests::METHOD_NOT_ALLOWED);
    }
    let binding = match linked_binding(&state.store.snapshot(), &path) {
        Ok(Some(binding)) => binding,
        Ok(None) => return not_found(),
        Err(error) => return internal_error(&error),
    };
    let Some(watch) = state.watchers.watch(&binding) else {
        let mut reply = text(StatusCode::SERVICE_UNAVAILABLE, requests::TOO_MANY_WATCH);
        reply.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("15"));
        return reply;
    };
    let language = language_of(&request);
    let viewer = Viewer { state, watch, binding, language, shown: 0, is_first: true, is_over: false };
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // Proxies of nginx's kind hold replies back otherwise.
        .insert_header((HeaderName::from_static("x-accel-buffering"), "no"))
        .streaming(stream::unfold(viewer, next))
}

/// What is sent next, once there is something; nothing at the end.
async fn next(mut viewer: Viewer) -> Option<(Result<Bytes, actix_web::Error>, Viewer)> {
    if viewer.is_first {
        viewer.is_first = false;
        let first = viewer.changed()?.unwrap_or_default();
        return Some((Ok(Bytes::from(format!("{RECONNECT}{first}"))), viewer));
    }
    if viewer.is_over {
        return None;
    }
    loop {
        match tokio::time::timeout(SIGN_OF_LIFE, viewer.watch.changed()).await {
            Err(_) => return Some((Ok(Bytes::from_static(b": \n\n")), viewer)),
            // Browsers connect anew, and find the service that comes after.
            Ok(false) if viewer.state.watchers.is_closed() => return None,
            Ok(false) => {
                viewer.is_over = true;
                return Some((Ok(Bytes::from_static(ENOUGH)), viewer));
            }
            Ok(true) => {
                tokio::time::sleep(TOGETHER).await;
                if let Some(event) = viewer.changed()? {
                    return Some((Ok(Bytes::from(event)), viewer));
                }
            }
        }
    }
}

impl Viewer {
    /// The event that shows what is new, if anything is. The outer is none where it cannot be read: the stream ends,
    /// and the browser asks anew.
    fn changed(&mut self) -> Option<Option<String>> {
        let part = live_part(&self.state, &self.binding, self.language).inspect_err(|error| {
            tracing::warn!(%error, "a purchase cannot be shown live");
        });
        let part = part.ok()?;
        let mark = XxHash3_64::oneshot(part.as_bytes());
        if mark == self.shown {
            return Some(None);
        }
        self.shown = mark;
        let data: String = part.lines().map(|line| format!("data: {line}\n")).collect();
        Some(Some(format!("event: purchase\n{data}\n")))
    }
}

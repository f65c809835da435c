//! `GET /api/changes`: says when something changed, as server-sent events, so that whoever looks asks again then and
//! not all the time.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::http::Method;
use actix_web::http::header::{self, ContentEncoding, HeaderName, HeaderValue};
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;

use super::MonitorState;
use crate::http::describe::Operation;
use crate::http::{Code, method_not_allowed, refusal};
use crate::report::requests;
use crate::types::{Coin, Height, Moment};

/// How often it is looked: however much happens, nobody is told more often.
const LOOK: Duration = Duration::from_secs(1);
/// Silence after which a sign of life is sent.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);
/// A stream ends by then, and whoever opens the next one shows anew who they are.
const LONGEST: Duration = Duration::from_secs(60);
/// Streams at a time: people have a few windows open.
const MOST: usize = 64;

static OPEN: AtomicUsize = AtomicUsize::new(0);

/// A place among those that are open, which is given back where this is dropped.
struct Place;

impl Place {
    fn take() -> Option<Place> {
        let taken = OPEN.fetch_add(1, Ordering::Relaxed);
        // Given back where there were enough.
        let place = Place;
        (taken < MOST).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        OPEN.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What tells that something changed.
#[derive(PartialEq, Eq)]
struct Mark {
    events: u64,
    tips: Vec<Option<Height>>,
}

struct Viewer {
    state: Data<MonitorState>,
    _place: Place,
    since: Moment,
    spoke: Moment,
    /// None before the first word.
    seen: Option<Mark>,
}

/// What the reference tells of it.
pub(super) fn described() -> Operation {
    Operation::get("/api/changes", "changes", "Told when something changes")
        .about(
            "Server-sent events, at most one a second: `changed`, with how many events there are. What changed is \
             asked of the other paths. A stream ends after a minute, and is opened anew.",
        )
        .gives_file("The events.", "text/event-stream")
        .refuses(&[Code::Overloaded])
}

pub(super) async fn stream(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if *request.method() != Method::GET {
        return method_not_allowed("GET", requests::METHOD_NOT_ALLOWED);
    }
    let Some(place) = Place::take() else {
        let mut reply = refusal(Code::Overloaded, requests::TOO_MANY_WATCH);
        reply.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("15"));
        return reply;
    };
    let now = state.clock.moment();
    let viewer = Viewer { state, _place: place, since: now, spoke: now, seen: None };
    HttpResponse::Ok()
        .content_type("text/event-stream")
        // What is sent has to arrive now.
        .insert_header(ContentEncoding::Identity)
        .insert_header((HeaderName::from_static("x-accel-buffering"), "no"))
        .streaming(stream::unfold(viewer, next))
}

/// What is sent next, once there is something; nothing at the end.
async fn next(mut viewer: Viewer) -> Option<(Result<Bytes, actix_web::Error>, Viewer)> {
    loop {
        let mark = viewer.mark();
        if viewer.seen.as_ref() != Some(&mark) {
            let event = format!("event: changed\ndata: {}\n\n", mark.events);
            viewer.seen = Some(mark);
            viewer.spoke = viewer.state.clock.moment();
            return Some((Ok(Bytes::from(event)), viewer));
        }
        tokio::time::sleep(LOOK).await;
        let now = viewer.state.clock.moment();
        let is_over = now.since(viewer.since) >= LONGEST || viewer.state.readiness.is_ready().is_err();
        if is_over {
            return None;
        }
        if now.since(viewer.spoke) >= SIGN_OF_LIFE {
            viewer.spoke = now;
            return Some((Ok(Bytes::from_static(b": \n\n")), viewer));
        }
    }
}

impl Viewer {
    fn mark(&self) -> Mark {
        let live = &self.state.live;
        let events = self.state.store.snapshot().counters().events;
        Mark { events, tips: Coin::all().map(|coin| live.tip(coin)).collect() }
    }
}

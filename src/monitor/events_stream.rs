//! Events as a stream of server-sent events.

use std::collections::VecDeque;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::{self, ContentEncoding, HeaderName, HeaderValue};
use actix_web::web::{Bytes, Data};
use futures_util::stream;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::Instant;

use super::MonitorState;
use super::events_page::{MAX_TURN, Wish, full, read};
use crate::outbox::PublicEvent;
use crate::store::StoreError;

/// Silence after which a sign of life is sent: proxies end what is silent for a minute.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);
/// After so long whoever reads has to connect anew, and is asked anew who they are.
const LIFE: Duration = Duration::from_secs(600);
const RECONNECT: &str = "retry: 3000\n\n";

/// One who reads.
struct Reader {
    state: Data<MonitorState>,
    wish: Wish,
    commits: watch::Receiver<u64>,
    page: VecDeque<PublicEvent>,
    ends: Instant,
    is_first: bool,
    _place: OwnedSemaphorePermit,
}

pub(super) fn answer(state: Data<MonitorState>, wish: Wish) -> HttpResponse {
    let Some(place) = state.events.place() else { return full() };
    let commits = state.store.commits();
    let (page, ends) = (VecDeque::new(), Instant::now() + LIFE);
    let reader = Reader { state, wish, commits, page, ends, is_first: true, _place: place };
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // What is compressed is held back until there is enough of it.
        .insert_header(ContentEncoding::Identity)
        .insert_header((HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")))
        .streaming(stream::unfold(reader, next))
}

/// What is sent next; nothing at the end.
async fn next(mut reader: Reader) -> Option<(Result<Bytes, actix_web::Error>, Reader)> {
    if std::mem::take(&mut reader.is_first) {
        return Some((Ok(Bytes::from_static(RECONNECT.as_bytes())), reader));
    }
    loop {
        if let Some(event) = reader.page.pop_front() {
            return Some((Ok(frame(&event)), reader));
        }
        let seen = *reader.commits.borrow_and_update();
        let more = reader.read().inspect_err(|error| {
            tracing::warn!(%error, "events cannot be streamed");
        });
        if more.ok()? {
            // Where none of it is told, that goes on through all of the log.
            tokio::task::yield_now().await;
            continue;
        }
        let Reader { commits, state, ends, .. } = &mut reader;
        let news = tokio::select! {
            news = tokio::time::timeout(SIGN_OF_LIFE, commits.wait_for(|newest| *newest > seen)) => news,
            () = tokio::time::sleep_until(*ends) => return None,
            () = state.events.shutdown.wait() => return None,
        };
        match news.map(|news| news.map(drop)) {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return None,
            Err(_) => return Some((Ok(Bytes::from_static(b": \n\n")), reader)),
        }
    }
}

impl Reader {
    /// Reads on. Answers whether there was anything, told or not.
    fn read(&mut self) -> Result<bool, StoreError> {
        if Instant::now() >= self.ends {
            return Ok(false);
        }
        let page = read(&self.state.store.snapshot(), &self.wish, MAX_TURN)?;
        let is_more = page.next > self.wish.after;
        self.wish.after = page.next;
        self.page = page.events.into();
        Ok(is_more)
    }
}

fn frame(event: &PublicEvent) -> Bytes {
    let head = format!("id: {}:{}\nevent: {}\ndata: ", event.id, event.hash, event.name);
    Bytes::from([head.as_bytes(), &event.json(), b"\n\n"].concat())
}

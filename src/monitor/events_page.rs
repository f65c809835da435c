//! Events as pages, for whoever reads them; and the places for those who wait.

use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use serde::Serialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use utoipa::ToSchema;

use super::bad_request;
use crate::http::{Code, internal_error, refusal, text};
use crate::outbox::{Couriers, HookClients, PublicEvent, public_event};
use crate::report::requests;
use crate::store::{History, Page, Snapshot, StoreError};
use crate::task::Shutdown;
use crate::types::{EventFilter, HistoryHead};

/// Events that are read for one answer, whether they are told or not.
pub(super) const MAX_READ: usize = 2_000;
/// Events that are read by whoever goes on until there is one to be told, before others have their turn: the listener
/// has one thread, and the log no end.
pub(super) const MAX_TURN: usize = 250;
/// Those who wait, or have a stream, at a time: the listener has room for others too.
const MAX_WAITING: usize = 24;

/// Who is told of events, and how many may wait for some.
#[derive(Debug, Clone)]
pub struct EventDesk {
    /// The receivers of the configuration.
    pub couriers: Couriers,
    /// The clients that may have webhooks for single purchases.
    pub hooks: HookClients,
    pub(super) shutdown: Shutdown,
    places: Arc<Semaphore>,
}

impl EventDesk {
    /// Returns the desk; whoever waits or reads a stream is sent home where `shutdown` begins.
    pub fn new(couriers: Couriers, hooks: HookClients, shutdown: Shutdown) -> EventDesk {
        EventDesk { couriers, hooks, shutdown, places: Arc::new(Semaphore::new(MAX_WAITING)) }
    }

    /// A place to wait in; none where all are taken.
    pub(super) fn place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).try_acquire_owned().ok()
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventPage)]
pub(super) struct EventsReply {
    /// What happened, the oldest first.
    pub(super) events: Vec<PublicEvent>,
    /// Where the next page begins, as its `after`; what a reader acknowledges.
    pub(super) next: u64,
    /// The number of the newest event there is, told or not.
    pub(super) newest: u64,
}

/// What a request wants.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    pub(super) after: u64,
    pub(super) limit: usize,
    pub(super) only: EventFilter,
    pub(super) wait: Duration,
}

pub(super) fn full() -> HttpResponse {
    let mut reply = text(StatusCode::SERVICE_UNAVAILABLE, requests::TOO_MANY_WATCH);
    reply.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("15"));
    reply
}

/// The number of an event that a request names, with its hash or without: one that this history has. Whoever goes on
/// behind another one would miss what is new.
pub(super) fn place(snapshot: &Snapshot, name: &str, told: &str) -> Result<u64, Box<HttpResponse>> {
    let newest = snapshot.counters().events;
    let (number, is_here) = match (told.parse::<u64>(), told.parse::<HistoryHead>()) {
        (Ok(number), _) => (number, number <= newest),
        (_, Ok(head)) => {
            let here = snapshot.head_at(head.number).map_err(|error| Box::new(internal_error(&error)))?;
            (head.number, here == Some(head))
        }
        (Err(_), Err(_)) => return Err(Box::new(bad_request(requests::no_place(name)))),
    };
    match is_here {
        true => Ok(number),
        false => Err(Box::new(refusal(Code::HistoryDiffers, requests::history_differs(name, newest)))),
    }
}

/// One page: what is told of the events behind a number, of so many at most.
pub(super) fn read(snapshot: &Snapshot, wish: &Wish, most: usize) -> Result<EventsReply, StoreError> {
    let (newest, mut next, mut events) = (snapshot.counters().events, wish.after, Vec::new());
    let mut left = most;
    while events.len() < wish.limit && left > 0 {
        let limit = wish.limit.min(left);
        let past = snapshot.past_events(Page { after: next, limit })?;
        for event in &past {
            if events.len() >= wish.limit {
                break;
            }
            next = event.head.number;
            let told = public_event(snapshot, event)?;
            events.extend(told.filter(|event| wish.only.has(event.name)));
        }
        if past.len() < limit {
            break;
        }
        left = left.saturating_sub(limit);
    }
    Ok(EventsReply { events, next, newest })
}

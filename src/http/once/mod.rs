//! Requests that are done once: a POST with an `Idempotency-Key` is given its first answer again, for a day and across
//! restarts (the IETF's draft-ietf-httpapi-idempotency-key-header).
//!
//! What was done is noted in the transaction that does it ([`once_store`]), so that whatever ends the process, the key
//! is not lost without the deed nor the deed without the key. What was refused changed nothing and is not kept.

mod header;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse, ResponseError};

use super::body::Body;
use super::code::{Code, refusal};
use super::reply::{TEXT, internal_error};
use crate::clock::Clock;
use crate::store::{Answers, Before, KeptAnswer, OnceKey, Store, StoreError};

/// Names the header for requests.
const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Marks an answer that was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
/// Longest answer that is kept, in bytes. All are far shorter.
const LONGEST: usize = 64 * 1024;
/// Answers that are cleared away where there is no room for one more.
const CLEARED: usize = 256;
/// What is said where the process ended between the deed and its answer.
const LOST: &str = "This was done before, and its answer was lost: look at what it concerns\n";

/// Who sends a request, as far as keys are concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyOwner {
    /// Tells it from all others.
    pub name: String,
    /// Answers that are kept for it at most.
    pub most: u64,
}

/// What becomes of a request with a key.
enum Turn<'a> {
    /// It is done now; nobody else does it meanwhile.
    First(Seat<'a>),
    Again(Option<KeptAnswer>),
    Refused(Code, &'static str),
}

/// A request that is under way.
struct Seat<'a> {
    all: &'a Mutex<HashSet<[u8; 32]>>,
    id: [u8; 32],
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

/// Keeps what was done and answered; one for a listener.
#[derive(Debug)]
pub struct Once {
    store: Store,
    clock: Arc<dyn Clock>,
    under_way: Mutex<HashSet<[u8; 32]>>,
}

/// Returns the key of a request, for handlers that keep their answer themselves.
pub fn once_key(request: &HttpRequest) -> Option<OnceKey> {
    request.extensions().get::<OnceKey>().copied()
}

/// Returns whether an answer with these headers was given before: nothing was done now.
pub fn is_replayed(headers: &HeaderMap) -> bool {
    headers.contains_key(REPLAYED)
}

/// Returns the store to do the work of a request in, where that is one transaction: it is done once.
pub fn once_store(request: &HttpRequest, store: &Store) -> Store {
    store.once(once_key(request))
}

impl Once {
    /// Returns one that keeps answers in this store.
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Arc<Once> {
        Arc::new(Once { store, clock, under_way: Mutex::default() })
    }

    /// Wraps routes that act: a request with a key is done once.
    ///
    /// # Errors
    ///
    /// Those of what it wraps.
    pub async fn keyed<B: MessageBody + 'static>(
        self: Arc<Self>,
        client: KeyOwner,
        mut request: ServiceRequest,
        next: Next<B>,
    ) -> Result<ServiceResponse<BoxBody>, Error> {
        let Some(given) = request.headers().get(KEY).filter(|_| request.method() == Method::POST) else {
            return Ok(next.call(request).await?.map_into_boxed_body());
        };
        let Some(named) = header::read(given) else {
            let words = "Invalid Idempotency-Key: expected 1 to 255 printable characters, such as a UUID";
            return Ok(request.into_response(refusal(Code::InvalidKey, words)));
        };
        let body = match request.extract::<Body>().await {
            Ok(Body(body)) => body,
            Err(error) => return Ok(request.into_response(error.error_response())),
        };
        let key = match self.key(&client, &named, &request, &body) {
            Ok(key) => key,
            Err(error) => return Ok(request.into_response(internal_error(&error))),
        };
        request.set_payload(Payload::from(body));
        match self.turn(&key, client.most).await {
            Ok(Turn::First(_seat)) => self.first(key, request, next).await,
            Ok(Turn::Again(answer)) => Ok(request.into_response(replay(answer))),
            Ok(Turn::Refused(code, words)) => Ok(request.into_response(refused(code, words))),
            Err(error) => Ok(request.into_response(internal_error(&error))),
        }
    }

    fn key(
        &self,
        client: &KeyOwner,
        named: &str,
        request: &ServiceRequest,
        body: &Bytes,
    ) -> Result<OnceKey, StoreError> {
        let secret = self.store.snapshot().desk_secret()?;
        let parts = [request.method().as_str(), request.path(), request.query_string()].join("\n");
        let whole = [parts.as_bytes(), b"\n", body].concat();
        Ok(OnceKey::new(&secret, &client.name, named, &whole))
    }

    async fn turn(&self, key: &OnceKey, most: u64) -> Result<Turn<'_>, StoreError> {
        if let Some(turn) = self.known(key)? {
            return Ok(turn);
        }
        let id = key.id();
        if !self.under_way.lock().unwrap_or_else(PoisonError::into_inner).insert(id) {
            let words = "The first request with this Idempotency-Key is still under way: ask again";
            return Ok(Turn::Refused(Code::KeyInUse, words));
        }
        let seat = Seat { all: &self.under_way, id };
        // It may have ended just before.
        if let Some(turn) = self.known(key)? {
            return Ok(turn);
        }
        if !self.store.snapshot().has_room(key, most)? {
            self.store.write(|tx| tx.clear_answers(CLEARED)).await?;
            if !self.store.snapshot().has_room(key, most)? {
                let words = "Too many Idempotency-Keys in a day: send no key, or come back later";
                return Ok(Turn::Refused(Code::TooManyKeys, words));
            }
        }
        Ok(Turn::First(seat))
    }

    fn known(&self, key: &OnceKey) -> Result<Option<Turn<'_>>, StoreError> {
        Ok(match self.store.snapshot().done_before(key, self.clock.now())? {
            Before::Never => None,
            Before::Done(answer) => Some(Turn::Again(answer)),
            Before::Other => {
                let words = "This Idempotency-Key was sent with another request before: take a new one";
                Some(Turn::Refused(Code::KeyReused, words))
            }
        })
    }

    /// Does it, and keeps the answer.
    async fn first<B: MessageBody + 'static>(
        &self,
        key: OnceKey,
        request: ServiceRequest,
        next: Next<B>,
    ) -> Result<ServiceResponse<BoxBody>, Error> {
        request.extensions_mut().insert(key);
        let response = next.call(request).await?.map_into_boxed_body();
        let (request, reply) = response.into_parts();
        if !reply.status().is_success() {
            // A request that was given up by its client may have been done just before this one.
            let done = self.store.snapshot().done_before(&key, self.clock.now());
            let reply = if let Ok(Before::Done(answer)) = done { replay(answer) } else { reply };
            return Ok(ServiceResponse::new(request, reply));
        }
        let (head, body) = reply.into_parts();
        let body = match body.try_into_bytes() {
            Ok(body) if body.len() <= LONGEST => body,
            Ok(body) => return Ok(ServiceResponse::new(request, head.set_body(BoxBody::new(body)))),
            Err(body) => return Ok(ServiceResponse::new(request, head.set_body(body))),
        };
        let kind = head.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let (status, media_type) = (head.status().as_u16(), kind.to_owned());
        let answer = KeptAnswer { status, media_type, body: body.to_vec() };
        if let Err(error) = self.store.write(move |tx| tx.keep_answer(&key, answer.clone())).await {
            // What it did is done, and noted as such where it is in the store.
            tracing::warn!(%error, "an answer could not be kept");
        }
        Ok(ServiceResponse::new(request, head.set_body(BoxBody::new(body))))
    }
}

fn refused(code: Code, words: &str) -> HttpResponse {
    let mut reply = refusal(code, words);
    if code == Code::TooManyKeys {
        let hour = HeaderValue::from_static("3600");
        reply.headers_mut().insert(actix_web::http::header::RETRY_AFTER, hour);
    }
    reply
}

/// The answer that was given before.
fn replay(answer: Option<KeptAnswer>) -> HttpResponse {
    let answer = answer.unwrap_or_else(|| KeptAnswer {
        status: 200,
        media_type: TEXT.to_owned(),
        body: LOST.as_bytes().to_vec(),
    });
    let mut reply = HttpResponse::build(StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK));
    reply.insert_header((REPLAYED, HeaderValue::from_static("true")));
    if !answer.media_type.is_empty() {
        reply.insert_header((CONTENT_TYPE, answer.media_type));
    }
    reply.body(answer.body)
}

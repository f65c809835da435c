//! Tells a connection what becomes of its requests.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use actix_web::Error;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::web::Bytes;

use super::visitor::{Phase, Visitor};

/// A request that is being answered; where this is dropped, it has been.
#[derive(Debug)]
struct Answering(Option<Arc<Visitor>>);

impl Drop for Answering {
    fn drop(&mut self) {
        self.0.iter().for_each(|visitor| visitor.enter(Phase::Idle));
    }
}

/// The body of a reply, with the request that it answers.
struct Answer {
    body: BoxBody,
    _request: Answering,
}

impl MessageBody for Answer {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.get_mut().body).poll_next(cx)
    }
}

/// Wraps a listener's whole app.
pub async fn attend<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let answering = Answering(request.conn_data::<Arc<Visitor>>().cloned());
    if let Some(visitor) = &answering.0 {
        visitor.enter(if has_body(&request) { Phase::Body } else { Phase::Answer });
    }
    let response = next.call(request).await?;
    answering.0.iter().for_each(|visitor| visitor.answers.count(response.status().as_u16()));
    Ok(response.map_body(|_, body| BoxBody::new(Answer { body: body.boxed(), _request: answering })))
}

/// Whether a body is awaited: nobody reads that of a question.
fn has_body(request: &ServiceRequest) -> bool {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return false;
    }
    let headers = request.headers();
    let length = headers.get(header::CONTENT_LENGTH);
    length.is_some_and(|length| length.as_bytes() != b"0") || headers.contains_key(header::TRANSFER_ENCODING)
}

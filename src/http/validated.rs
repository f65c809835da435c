//! Answers that a client has already are not sent again: `ETag`, and 304 to `If-None-Match`.

use actix_web::Error;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use twox_hash::XxHash3_64;

/// Wraps routes whose answers are asked for again and again. The validator is made of the answer itself: it changes
/// with it and only with it. What has no length yet, such as a file, is passed on as it is.
pub async fn validated<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let response = next.call(request).await?.map_into_boxed_body();
    if !is_read || response.status() != StatusCode::OK {
        return Ok(response);
    }
    let (request, reply) = response.into_parts();
    let (mut head, body) = reply.into_parts();
    let body = match body.try_into_bytes() {
        Ok(body) => body,
        Err(body) => return Ok(ServiceResponse::new(request, head.set_body(body))),
    };
    // Weak: what is compressed on the way has other bytes.
    let tag = format!("W/\"{:016x}\"", XxHash3_64::oneshot(&body));
    let is_known = has(request.headers(), &tag);
    if let Ok(tag) = HeaderValue::try_from(tag) {
        head.headers_mut().insert(header::ETAG, tag);
    }
    if !is_known {
        return Ok(ServiceResponse::new(request, head.set_body(BoxBody::new(body))));
    }
    head.headers_mut().remove(header::CONTENT_TYPE);
    let mut reply = head.set_body(BoxBody::new(()));
    *reply.status_mut() = StatusCode::NOT_MODIFIED;
    Ok(ServiceResponse::new(request, reply))
}

/// Whether the client says that it has this; how strong the validator is makes no difference here (RFC 9110).
fn has(headers: &HeaderMap, tag: &str) -> bool {
    let opaque = |tag: &str| tag.strip_prefix("W/").unwrap_or(tag).to_owned();
    let lists = headers.get_all(header::IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
    let mut given = lists.flat_map(|list| list.split(',')).map(str::trim);
    given.any(|one| one == "*" || opaque(one) == opaque(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(lists: &[&'static str]) -> bool {
        let mut headers = HeaderMap::new();
        for list in lists {
            headers.append(header::IF_NONE_MATCH, HeaderValue::from_static(list));
        }
        has(&headers, "W/\"12\"")
    }

    #[test]
    fn should_know_a_validator_however_it_is_told() {
        for lists in [&["W/\"12\""][..], &["\"12\""], &["\"1\", W/\"12\""], &["\"1\"", "\"12\""], &["*"]] {
            assert!(known(lists), "{lists:?}");
        }
        for lists in [&[][..], &["\"1\""], &["12"], &["W/\"123\""], &[""]] {
            assert!(!known(lists), "{lists:?}");
        }
    }
}

//! What a node says by a status other than success.

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};
use serde_json::Value;

use super::RpcError;

/// Bytes of such an answer that are kept.
const MAX_BODY: usize = 16 << 10;

/// Makes an error of an answer's status and body.
pub(super) fn of(status: StatusCode, after: Option<Duration>, body: &[u8]) -> RpcError {
    let body = String::from_utf8_lossy(&body[..body.len().min(MAX_BODY)]).trim().to_owned();
    match status {
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
            let words = format!("HTTP {}: {:.500}", status.as_u16(), words_in(&body));
            RpcError::RateLimited { after, words }
        }
        _ => RpcError::Status { status: status.as_u16(), body },
    }
}

/// How long a node wants to be left alone, where it says so: in seconds, or as a date beside its own.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let told = text(RETRY_AFTER)?.trim();
    if let Ok(seconds) = told.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let (until, now) = (httpdate::parse_http_date(told).ok()?, httpdate::parse_http_date(text(DATE)?).ok()?);
    until.duration_since(now).ok()
}

/// The message of an error in JSON, else the text itself.
fn words_in(body: &str) -> String {
    let json: Value = serde_json::from_str(body).unwrap_or_default();
    let error = json.get("error");
    let message = error.and_then(|error| error.get("message")).or(error);
    message.and_then(Value::as_str).unwrap_or(body).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let named = |(name, value): &(&str, &str)| (name.parse().unwrap(), value.parse().unwrap());
        let pairs: Vec<(HeaderName, _)> = pairs.iter().map(named).collect();
        pairs.into_iter().collect()
    }

    #[test]
    fn should_read_how_long_a_node_wants_to_be_left_alone() {
        let seconds = |pairs: &[(&str, &str)]| retry_after(&headers(pairs)).map(|after| after.as_secs());
        assert_eq!(seconds(&[]), None);
        assert_eq!(seconds(&[("retry-after", " 7 ")]), Some(7));
        let (now, then) = ("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:50:07 GMT");
        assert_eq!(seconds(&[("retry-after", then), ("date", now)]), Some(30));
        assert_eq!(seconds(&[("retry-after", now), ("date", then)]), None);
        assert_eq!(seconds(&[("retry-after", then)]), None, "without the node's clock a date says nothing");
        assert_eq!(seconds(&[("retry-after", "soon")]), None);
        assert_eq!(seconds(&[("retry-after", "99999999999999999999")]), None);
    }

    #[test]
    fn should_tell_the_nodes_words() {
        let null_id = r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32005,"message":"rate limited"}}"#;
        for (status, body, words) in [
            (429, null_id, "HTTP 429: rate limited"),
            (503, "Work queue depth exceeded", "HTTP 503: Work queue depth exceeded"),
            (429, r#"{"error":"slow down"}"#, "HTTP 429: slow down"),
            (500, "broken", "HTTP 500: broken"),
        ] {
            let error = of(StatusCode::from_u16(status).unwrap(), None, body.as_bytes());
            assert_eq!(error.to_string(), words);
            assert_eq!(matches!(error, RpcError::RateLimited { .. }), status != 500);
        }
    }
}

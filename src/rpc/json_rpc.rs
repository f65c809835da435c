//! JSON-RPC over HTTP, as bitcoind, btcd, geth and anvil speak it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use tracing::Instrument;

use super::{HttpClient, RpcError};

/// "Limit exceeded", and HTTP's own number for it where a gateway uses that.
const LIMIT_EXCEEDED: [i64; 2] = [-32005, 429];

/// A JSON-RPC client. Clones share the connections, the pace and the numbering.
#[derive(Debug, Clone)]
pub struct JsonRpc {
    http: HttpClient,
    version: &'static str,
    next_id: Arc<AtomicU64>,
}

#[derive(Deserialize)]
struct Answer<'a> {
    id: Option<Value>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    error: Option<Value>,
}

impl JsonRpc {
    /// `version` is what the node wants to read: Bitcoin nodes "1.0", Ethereum nodes "2.0".
    pub fn new(http: HttpClient, version: &'static str) -> Self {
        JsonRpc { http, version, next_id: Arc::new(AtomicU64::new(1)) }
    }

    /// The same node, for one question that may take so long. What else it is asked does not wait for that.
    ///
    /// # Errors
    ///
    /// Where the client cannot be set up.
    pub fn patient(&self, longest: Duration) -> Result<JsonRpc, RpcError> {
        Ok(JsonRpc::new(self.http.patient(longest)?, self.version))
    }

    /// Returns the client of HTTP that calls go through.
    pub fn http(&self) -> &HttpClient {
        &self.http
    }

    /// Calls a method that changes nothing: it may be called more than once. An answer without a result counts as null.
    pub async fn call<T: DeserializeOwned>(&self, method: &str, params: Value) -> Result<T, RpcError> {
        let read = |result: &str| serde_json::from_str(result).map_err(RpcError::nonsense);
        self.call_read(method, params, read).await?
    }

    /// Calls a method, and makes something of the result while it is part of the answer: it is never held twice.
    pub async fn call_read<T>(
        &self,
        method: &str,
        params: Value,
        read_result: impl Fn(&str) -> T,
    ) -> Result<T, RpcError> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let request = json!({ "jsonrpc": self.version, "id": id, "method": method, "params": params });
        let read = |answer: Result<Vec<u8>, RpcError>| match answer {
            Ok(bytes) => read(&bytes, id, &read_result),
            // Bitcoin nodes send errors of the protocol with a status of 500 or 404.
            Err(RpcError::Status { status, body }) => Err(told_in(method, status, body)),
            Err(error) => Err(error),
        };
        let span = tracing::debug_span!("call", method);
        self.http.ask("", &request.to_string(), read).instrument(span).await
    }
}

fn read<T>(bytes: &[u8], id: u64, read_result: impl Fn(&str) -> T) -> Result<T, RpcError> {
    let answer: Answer<'_> = serde_json::from_slice(bytes).map_err(RpcError::nonsense)?;
    let answers = answer.id.filter(|id| !id.is_null());
    match (answers, answer.error) {
        (Some(other), _) if other.as_u64() != Some(id) => Err(RpcError::nonsense("it answers another call")),
        // Who could not read the call, or did not want to, cannot say which it was.
        (_, Some(error)) => Err(call_error(&error)),
        (None, None) => Err(RpcError::nonsense("it answers no call")),
        (Some(_), None) => Ok(read_result(answer.result.map_or("null", RawValue::get))),
    }
}

/// The node's error as it is told, whatever form it has.
fn call_error(error: &Value) -> RpcError {
    let code = error.get("code").and_then(Value::as_i64).unwrap_or_default();
    let message = error.get("message").unwrap_or(error);
    let message = message.as_str().map_or_else(|| message.to_string(), str::to_owned);
    if LIMIT_EXCEEDED.contains(&code) {
        return RpcError::RateLimited { after: None, words: format!("error {code}: {message:.500}") };
    }
    RpcError::Call { code, message }
}

fn told_in(method: &str, status: u16, body: String) -> RpcError {
    let told: Option<Answer<'_>> = serde_json::from_str(&body).ok();
    match told.and_then(|answer| answer.error) {
        Some(error) if error.is_object() => call_error(&error),
        _ => RpcError::of_status(method, status, body),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_number(answer: &[u8]) -> Result<u64, RpcError> {
        read(answer, 7, |result| serde_json::from_str(result).map_err(RpcError::nonsense))?
    }

    #[test]
    fn should_hand_on_as_text_what_is_nested_too_deep_to_be_read() {
        const DEEP: usize = 10_000;
        let nested = format!("{}{}", "[".repeat(DEEP), "]".repeat(DEEP));
        let answer = format!(r#"{{"id":7,"result":{nested},"error":null}}"#);
        assert_eq!(read(answer.as_bytes(), 7, str::to_owned).unwrap(), nested);
    }

    #[test]
    fn should_read_the_words_of_an_error_whatever_its_form() {
        let call = |code, message: &str| RpcError::Call { code, message: message.to_owned() };
        for (answer, error) in [
            (r#"{"id":null,"error":{"code":-32700,"message":"parse error"}}"#, call(-32700, "parse error")),
            (r#"{"error":{"code":-32603,"message":"m","data":{"x":1}}}"#, call(-32603, "m")),
            (r#"{"id":7,"result":null,"error":"down"}"#, call(0, "down")),
            (r#"{"id":7,"error":{"code":"ERR","message":null}}"#, call(0, "null")),
            (r#"{"id":8,"error":{"code":1,"message":"m"}}"#, RpcError::nonsense("it answers another call")),
            (r#"{"id":null,"result":5}"#, RpcError::nonsense("it answers no call")),
            (r#"{"id":8,"result":5}"#, RpcError::nonsense("it answers another call")),
        ] {
            assert_eq!(read_number(answer.as_bytes()), Err(error), "{answer}");
        }
        let limited = read_number(br#"{"id":7,"error":{"code":-32005,"message":"limit exceeded"}}"#);
        assert!(matches!(limited, Err(RpcError::RateLimited { after: None, .. })), "{limited:?}");
    }

    #[test]
    fn should_name_the_method_that_is_forbidden() {
        let forbidden = told_in("getrawmempool", 403, String::new());
        assert_eq!(forbidden.to_string(), "the node forbids getrawmempool (HTTP 403)");
        let words = told_in("eth_chainId", 403, "blocked in your country".to_owned());
        assert_eq!(words.to_string(), "the node forbids eth_chainId (HTTP 403): blocked in your country");
        let told = told_in("getblock", 500, r#"{"id":1,"error":{"code":-1,"message":"m"}}"#.to_owned());
        assert_eq!(told, RpcError::Call { code: -1, message: "m".to_owned() });
    }
}

//! JSON-RPC over HTTP, as bitcoind, btcd, geth and anvil speak it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use reqwest::header::HeaderMap;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::{HttpClient, RpcError};

/// A JSON-RPC client. Clones share the connection and the numbering.
#[derive(Debug, Clone)]
pub struct JsonRpc {
    http: HttpClient,
    path: &'static str,
    version: &'static str,
    next_id: Arc<AtomicU64>,
}

#[derive(Deserialize)]
struct Answer<'a> {
    id: Option<Value>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    error: Option<CallError>,
}

#[derive(Deserialize)]
struct CallError {
    code: i64,
    message: String,
}

impl JsonRpc {
    /// `version` is what the node wants to read: Bitcoin nodes "1.0", Ethereum nodes "2.0".
    pub fn new(http: HttpClient, version: &'static str) -> Self {
        JsonRpc { http, path: "/", version, next_id: Arc::new(AtomicU64::new(1)) }
    }

    pub fn http(&self) -> &HttpClient {
        &self.http
    }

    /// Calls a method. An answer without a result counts as null.
    pub async fn call<T: DeserializeOwned>(&self, method: &str, params: Value) -> Result<T, RpcError> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let request = json!({ "jsonrpc": self.version, "id": id, "method": method, "params": params });
        let sent = self.http.post(self.path, request.to_string(), HeaderMap::new()).await;
        let bytes = match sent {
            Ok(bytes) => bytes,
            // Bitcoin nodes send errors of the protocol with a status of 500 or 404.
            Err(RpcError::Status { status, body }) => return Err(told_in(&body, status)),
            Err(error) => return Err(error),
        };
        read(&bytes, id)
    }
}

fn read<T: DeserializeOwned>(bytes: &[u8], id: u64) -> Result<T, RpcError> {
    let answer: Answer<'_> = serde_json::from_slice(bytes).map_err(RpcError::nonsense)?;
    if answer.id.as_ref().and_then(Value::as_u64) != Some(id) {
        return Err(RpcError::nonsense("it answers another call"));
    }
    if let Some(error) = answer.error {
        return Err(RpcError::Call { code: error.code, message: error.message });
    }
    let result = answer.result.map_or("null", RawValue::get);
    serde_json::from_str(result).map_err(RpcError::nonsense)
}

fn told_in(body: &str, status: u16) -> RpcError {
    match serde_json::from_str::<Answer<'_>>(body) {
        Ok(Answer { error: Some(error), .. }) => RpcError::Call { code: error.code, message: error.message },
        _ => RpcError::Status { status, body: body.to_owned() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_hand_on_as_text_what_is_nested_too_deep_to_be_read() {
        const DEEP: usize = 10_000;
        let nested = format!("{}{}", "[".repeat(DEEP), "]".repeat(DEEP));
        let answer = format!(r#"{{"id":7,"result":{nested},"error":null}}"#);
        assert!(read::<Value>(answer.as_bytes(), 7).is_err());
        assert_eq!(read::<Box<RawValue>>(answer.as_bytes(), 7).unwrap().get(), nested);
    }
}

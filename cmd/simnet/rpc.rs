//! JSON-RPC as Bitcoin's and Ethereum's nodes speak it: single calls and batches.

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

/// What a call answers. Raw, so that amounts keep their decimal places.
pub(crate) type Outcome = Result<Box<RawValue>, Failure>;

/// An error of the protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) code: i64,
    pub(crate) message: String,
    /// What a contract failed with, in hex.
    pub(crate) data: Option<&'static str>,
}

impl Failure {
    pub(crate) fn new(code: i64, message: impl Into<String>) -> Failure {
        Failure { code, message: message.into(), data: None }
    }
}

/// One call.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) version: Option<String>,
    pub(crate) id: Value,
    pub(crate) method: String,
    pub(crate) params: Vec<Value>,
}

/// A request's calls.
#[derive(Debug, Clone)]
pub(crate) enum Calls {
    One(Call),
    Batch(Vec<Call>),
}

impl Calls {
    /// None for what is no call.
    pub(crate) fn read(body: &[u8]) -> Option<Calls> {
        match serde_json::from_slice(body).ok()? {
            Value::Array(all) => all.into_iter().map(call).collect::<Option<Vec<_>>>().map(Calls::Batch),
            one => call(one).map(Calls::One),
        }
    }

    pub(crate) fn all(&self) -> &[Call] {
        match self {
            Calls::One(call) => std::slice::from_ref(call),
            Calls::Batch(calls) => calls,
        }
    }
}

fn call(value: Value) -> Option<Call> {
    let Value::Object(mut fields) = value else { return None };
    let method = fields.get("method")?.as_str()?.to_owned();
    let params = match fields.remove("params") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(params)) => params,
        Some(_) => return None,
    };
    let version = fields.get("jsonrpc").and_then(Value::as_str).map(str::to_owned);
    Some(Call { version, id: fields.remove("id").unwrap_or(Value::Null), method, params })
}

/// The methods in a body, for whoever wants to know what a request is about.
pub(crate) fn methods(body: &[u8]) -> String {
    let calls = Calls::read(body);
    let names = calls.iter().flat_map(Calls::all).map(|call| call.method.as_str());
    names.collect::<Vec<_>>().join(" ")
}

/// A result.
pub(crate) fn value(value: &impl Serialize) -> Outcome {
    to_raw_value(value).map_err(|error| Failure::new(-32603, error.to_string()))
}

/// The error of an answer, as JSON.
pub(crate) fn error(failure: &Failure) -> Value {
    let mut error = json!({ "code": failure.code, "message": failure.message });
    if let Some(data) = failure.data {
        error["data"] = json!(data);
    }
    error
}

/// A number that JSON has and this program does not count with, such as `0.10000000`.
pub(crate) fn decimal(text: String) -> Result<Box<RawValue>, Failure> {
    RawValue::from_string(text).map_err(|error| Failure::new(-32603, error.to_string()))
}

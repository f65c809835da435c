//! The recording: what the original service answered.

use std::path::Path;

use serde::Deserialize;

use crate::support::Request;

/// One exchange.
#[derive(Debug, Clone, Deserialize)]
pub struct Case {
    pub scenario: String,
    pub name: String,
    pub request: RecordedRequest,
    pub response: Recorded,
}

#[derive(Debug, Clone, Deserialize)]
pub struct RecordedRequest {
    /// Which listener.
    pub server: String,
    pub method: String,
    pub target: String,
    pub headers: std::collections::BTreeMap<String, String>,
    pub body: Option<String>,
}

/// What came back.
#[derive(Debug, Clone, Deserialize)]
pub struct Recorded {
    /// None where the connection was closed without a reply.
    pub status: Option<u16>,
    pub headers: Vec<(String, String)>,
    /// None where what was sent is no part of the contract.
    pub body: Option<String>,
    /// Hex of the first bytes of a body that is no text.
    pub body_head: Option<String>,
}

impl Case {
    pub fn key(&self) -> String {
        format!("{}: {}", self.scenario, self.name)
    }
}

impl RecordedRequest {
    /// The request to send. Recorded transaction ids in it become those of this run.
    pub fn replay(&self, ours: impl Fn(&str) -> String) -> Request {
        let mut request = Request::new(&self.method, &ours(&self.target));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        match &self.body {
            Some(body) => request.body(ours(body)),
            None => request,
        }
    }
}

impl Recorded {
    pub fn all(&self, name: &str) -> Vec<&str> {
        let named = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str()).collect()
    }

    pub fn is_json(&self) -> bool {
        self.all("Content-Type") == ["application/json"]
    }
}

/// All of it, in its order.
pub fn load() -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/contract/recorded.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

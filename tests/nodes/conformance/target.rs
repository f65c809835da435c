//! What the suite runs against: the simulated node or the real daemon, and a transcript of what it said.

use std::fs;
use std::path::{Path, PathBuf};

use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::support::process::Process;
use crate::support::rpc::http_client;
use crate::support::skycoin_node::{Node, Status};
use crate::support::{Absent, ports, program, skycoin};

/// Set to write down what the real daemon says instead of comparing.
const RECORD: &str = "TELLER_RECORD_CONFORMANCE";
const GENESIS_TIME: u64 = 1_700_000_000;
const GENESIS_HASH: &str = "9c5d5149c488a1e1d4652dcad61f448abdbf27fc0760bddcc679f38b62375f23";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Simnet,
    Daemon,
}

/// How a node is started.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Setup {
    /// `user:password`.
    pub(super) credentials: Option<(&'static str, &'static str)>,
    pub(super) is_csrf_off: bool,
}

/// A node on a chain of its own with nothing but the first block, alone in the world.
pub(super) struct Target {
    kind: Kind,
    /// None where the pair below has it.
    process: Option<Process>,
    _pair: Option<skycoin::Skycoin>,
    client: Client,
    pub(super) node: Node,
    control: String,
    exchanges: Vec<Value>,
}

impl Target {
    pub(super) async fn start(kind: Kind) -> Result<Target, Absent> {
        Target::start_with(kind, Setup::default()).await
    }

    pub(super) async fn start_with(kind: Kind, setup: Setup) -> Result<Target, Absent> {
        let (port, other) = (ports::free(), ports::free());
        let (process, args) = match kind {
            Kind::Simnet => simnet(port, other, setup),
            Kind::Daemon => daemon(port, other, setup)?,
        };
        Ok(Target::of(kind, process, args, [port, other]).await)
    }

    /// A node that somebody is connected to.
    pub(super) async fn start_with_peer(kind: Kind) -> Result<Target, Absent> {
        if kind == Kind::Daemon {
            let pair = skycoin::Skycoin::start().await?;
            let (client, node) = (http_client(), pair.publisher.node.clone());
            let (control, exchanges) = (String::new(), Vec::new());
            return Ok(Target { kind, process: None, _pair: Some(pair), client, node, control, exchanges });
        }
        let (port, other) = (ports::free(), ports::free());
        let (process, mut args) = simnet(port, other, Setup::default());
        args.push("--sky-peers=1".to_owned());
        Ok(Target::of(kind, process, args, [port, other]).await)
    }

    async fn of(kind: Kind, mut process: Process, args: Vec<String>, [port, other]: [u16; 2]) -> Target {
        let node = Node::new(format!("http://127.0.0.1:{port}"));
        let client = http_client();
        let url = format!("{}/api/v1/version", node.url());
        // Any answer will do: with a password it is a refusal.
        process.start(args, async || client.get(&url).send().await.ok()).await;
        let control = format!("http://127.0.0.1:{other}");
        let exchanges = Vec::new();
        Target { kind, process: Some(process), _pair: None, client, node, control, exchanges }
    }

    /// Waits until the transaction is in a block. The simulated node makes it now, the daemon within ten seconds.
    pub(super) async fn confirm(&self, txid: &str) {
        if self.kind == Kind::Simnet && self.node.status(txid).await == Some(Status::Waiting) {
            let mine = self.client.post(format!("{}/control/sky/mine", self.control)).json(&json!({}));
            assert_eq!(mine.send().await.unwrap().status(), 200);
        }
        self.node.confirmed(txid).await;
    }

    pub(super) async fn get(&mut self, path: &str) -> Value {
        self.ask(path, "GET", path, &[], None).await
    }

    /// Injects without a broadcast, for nobody else is there.
    pub(super) async fn inject(&mut self, case: &str, raw: &str) -> Value {
        self.post(case, &json!({ "rawtx": raw, "no_broadcast": true }).to_string()).await
    }

    /// Posts to the inject endpoint with a fresh token.
    pub(super) async fn post(&mut self, case: &str, body: &str) -> Value {
        let token = self.token().await;
        self.ask(case, "POST", "/api/v1/injectTransaction", &[("X-CSRF-Token", &token)], Some(body)).await
    }

    pub(super) async fn token(&self) -> String {
        let answer = self.node.get("/api/v1/csrf").await.unwrap();
        answer["csrf_token"].as_str().unwrap().to_owned()
    }

    pub(super) fn host(&self) -> &str {
        self.node.url().trim_start_matches("http://")
    }

    /// Asks, and writes down what came back. Gives the answer.
    pub(super) async fn ask(
        &mut self,
        case: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> Value {
        let method_name = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.client.request(method_name, format!("{}{path}", self.node.url()));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body.to_owned());
        }
        let response = request.send().await.unwrap();
        let header =
            |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (status, kind) = (response.status().as_u16(), header("content-type"));
        let (realm, sniff) = (header("www-authenticate"), header("x-content-type-options"));
        let text = response.text().await.unwrap();
        let answer = serde_json::from_str(&text).unwrap_or(Value::String(text));
        let mut exchange = json!({ "case": case, "ask": format!("{method} {path}"), "status": status, "type": kind,
            "answer": normal(&answer) });
        for (name, value) in [("www-authenticate", realm), ("x-content-type-options", sniff)] {
            if let Some(value) = value {
                exchange[name] = json!(value);
            }
        }
        self.exchanges.push(exchange);
        answer
    }

    /// Compares the transcript with what the real daemon was recorded to say.
    pub(super) fn compare(&mut self, name: &str) {
        let file = recorded_in(name);
        if std::env::var_os(RECORD).is_some() && self.kind == Kind::Daemon {
            let text = serde_json::to_string_pretty(&self.exchanges).unwrap();
            fs::write(&file, text + "\n").unwrap();
        }
        let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let recorded: Vec<Value> = serde_json::from_str(&text).unwrap();
        let wrong: Vec<String> = self
            .exchanges
            .iter()
            .zip(&recorded)
            .filter(|(said, expected)| said != expected)
            .map(|(said, expected)| format!("expected {expected:#}\ngot {said:#}"))
            .collect();
        assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), recorded.len(), wrong.join("\n"));
        assert_eq!(self.exchanges.len(), recorded.len(), "another number of cases than recorded");
        if let Some(process) = &mut self.process {
            process.stop();
        }
    }
}

fn recorded_in(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nodes/data/conformance");
    folder.join(format!("{name}.json"))
}

fn simnet(port: u16, control: u16, setup: Setup) -> (Process, Vec<String>) {
    let line = format!(
        "--chains sky --sky 127.0.0.1:{port} --control 127.0.0.1:{control} --sky-peers 0 --sky-block-every 0"
    );
    let mut args: Vec<String> = line.split(' ').map(str::to_owned).collect();
    args.extend(setup.credentials.map(|(user, password)| format!("--sky-auth={user}:{password}")));
    args.extend(setup.is_csrf_off.then(|| "--sky-disable-csrf".to_owned()));
    (Process::prepare("simnet", Path::new(env!("CARGO_BIN_EXE_simnet"))), args)
}

fn daemon(port: u16, peers: u16, setup: Setup) -> Result<(Process, Vec<String>), Absent> {
    let process = Process::prepare("skycoin", &program::find(skycoin::Skycoin::TOOL)?);
    let mut args = skycoin::publisher_args(&process.data(), port, peers);
    if let Some((user, password)) = setup.credentials {
        args.push("-web-interface-plaintext-auth=true".to_owned());
        args.push(format!("-web-interface-username={user}"));
        args.push(format!("-web-interface-password={password}"));
    }
    args.extend(setup.is_csrf_off.then(|| "-disable-csrf=true".to_owned()));
    Ok((process, args))
}

/// With placeholders for what is another one each time.
fn normal(value: &Value) -> Value {
    match value {
        Value::Array(all) => all.iter().map(normal).collect(),
        Value::Object(fields) => {
            let seq = fields.get("seq").and_then(Value::as_u64);
            let each = fields.iter().map(|(key, value)| (key.clone(), field(key, value, seq)));
            let mut fields: serde_json::Map<String, Value> = each.collect();
            // Hours grow with a time that is another one each time; so does the fee that is made of them.
            let grown = fields.get("calculated_hours").is_some_and(|now| Some(now) != fields.get("hours"));
            if grown {
                fields.insert("calculated_hours".to_owned(), json!("<grown>"));
            }
            if fields.get("inputs").is_some_and(|inputs| inputs.to_string().contains("<grown>")) {
                fields.insert("fee".to_owned(), json!("<grown>"));
            }
            Value::Object(fields)
        }
        other => other.clone(),
    }
}

fn field(key: &str, value: &Value, seq: Option<u64>) -> Value {
    let is_late = value.as_u64().is_some_and(|number| number > GENESIS_TIME);
    let is_other_hash =
        value.as_str().is_some_and(|hash| hash != GENESIS_HASH && !hash.starts_with("00000000"));
    match key {
        "timestamp" | "time" | "started_at" if is_late => json!("<time>"),
        "received" | "checked" => json!("<moment>"),
        "uptime" | "time_since_last_block" => json!("<duration>"),
        "csrf_token" => json!("<token>"),
        "commit" | "branch" => json!("<build>"),
        "block_hash" | "previous_block_hash" if is_other_hash => json!("<hash>"),
        "ux_hash" if seq.is_some_and(|seq| seq > 1) => json!("<hash>"),
        _ => normal(value),
    }
}

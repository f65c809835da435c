//! Spans for a collector of OpenTelemetry: what it is told, and that nothing waits for it.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::Value;
use teller::types::Coin;
use tokio::net::TcpStream;

use crate::desk::{Desk, address};
use crate::receivers;
use crate::rng::Rng;
use crate::support::process::Process;
use crate::support::runner::Outcome;
use crate::support::{ports, program, wait};

const TOKEN: &str = "a token for the collector alone";

/// Reads what comes with the messages that others generated from OpenTelemetry's description of them.
struct Collector {
    process: Process,
    port: u16,
}

impl Collector {
    async fn start() -> Result<Collector, program::Absent> {
        let mut process = Process::prepare("collector", &program::find("test-python")?);
        let port = ports::free();
        let script: PathBuf =
            [env!("CARGO_MANIFEST_DIR"), "tests/process/trace_collector.py"].iter().collect();
        let args = vec![script.display().to_string(), port.to_string()];
        process.start(args, async || TcpStream::connect(("127.0.0.1", port)).await.ok()).await;
        Ok(Collector { process, port })
    }

    fn spans(&self) -> Vec<Value> {
        self.process.log().lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    fn find(&self, is_it: impl Fn(&Value) -> bool) -> Option<Value> {
        self.spans().into_iter().find(is_it)
    }
}

fn desk_that_tells(port: u16) -> Desk {
    let mut desk = Desk::prepare();
    desk.fill_pools(&mut Rng::fixed());
    desk.set("traces.endpoint", format!("http://127.0.0.1:{port}/v1/traces")).set("traces.token", TOKEN);
    desk
}

pub(crate) async fn should_tell_a_collector_what_took_how_long() -> Outcome {
    let collector = Collector::start().await?;
    let mut desk = desk_that_tells(collector.port);
    desk.set("traces.service", "the desk of the tests");
    desk.go().await;
    desk.api.bind(&address(Coin::SKY, &mut Rng::fixed()), Coin::BTC).await.done();
    // What is left is told at the end.
    desk.stop().await;
    let request =
        collector.find(|span| span["facts"]["http.route"] == "/api/bind").expect("a span of the bind");
    assert_eq!(request["name"], "request");
    assert_eq!(request["path"], "/v1/traces");
    assert_eq!(request["authorization"], format!("Bearer {TOKEN}"));
    assert_eq!(request["resource"]["service.name"], "the desk of the tests");
    assert_eq!(request["facts"]["http.request.method"], "POST");
    assert_eq!(request["facts"]["http.response.status_code"], 200);
    assert_eq!(request["parent"], "");
    assert!(!request["facts"]["request"].as_str().unwrap().is_empty(), "{request}");
    assert!(request["lines"].as_array().unwrap().contains(&"deposit address bound".into()), "{request}");
    let commit = collector.find(|span| span["name"] == "commit" && span["parent"] == request["id"]);
    let commit = commit.expect("a span of the commit, within that of the request");
    assert_eq!(commit["trace"], request["trace"]);
    let took = |span: &Value| span["nanoseconds"].as_i64().unwrap();
    assert!((1..=took(&request)).contains(&took(&commit)), "{commit} within {request}");
    let step = collector.find(|span| span["name"] == "step" && span["facts"]["worker"] == "payer");
    assert!(step.is_some(), "steps of workers are told");
    assert!(!desk.said().contains(TOKEN), "{}", desk.said());
    Ok(())
}

pub(crate) async fn should_tell_one_of_so_many() -> Outcome {
    let collector = Collector::start().await?;
    let mut desk = desk_that_tells(collector.port);
    desk.set("traces.one_in", 1_000_000);
    desk.go().await;
    for _ in 0..50 {
        desk.api.get("/api/config").await.done();
    }
    desk.stop().await;
    // Fifty of a million, by chance: one more is not seen in a lifetime.
    assert!(collector.spans().len() < 2, "{:?}", collector.spans());
    Ok(())
}

pub(crate) async fn should_wait_for_no_collector() -> Outcome {
    for port in [ports::free(), receivers::silent().await] {
        let mut desk = desk_that_tells(port);
        desk.go().await;
        let mut rng = Rng::fixed();
        let began = Instant::now();
        for _ in 0..20 {
            desk.api.bind(&address(Coin::SKY, &mut rng), Coin::BTC).await.done();
        }
        assert!(began.elapsed() < Duration::from_secs(10), "a buyer waits for the collector");
        wait::until("that nothing was taken is not told", async || {
            desk.said().contains("traces were not taken").then_some(())
        })
        .await;
        let began = Instant::now();
        desk.stop().await;
        assert!(began.elapsed() < Duration::from_secs(10), "the stop waits for the collector");
        assert!(!desk.said().contains(TOKEN), "{}", desk.said());
    }
    Ok(())
}

pub(crate) async fn should_say_what_is_wrong_with_a_collector() -> Outcome {
    let mut desk = Desk::prepare();
    desk.set("traces.endpoint", "collector:4318/secret-path").set("traces.one_in", 0);
    let refused = desk.command("check-config").await;
    refused.assert_refused(&["traces.endpoint: must be a URL, as in", "traces.one_in: expected 1 or more"]);
    assert!(!refused.err.contains("secret-path"), "{refused:#?}");
    desk.set("traces.endpoint", "").set("traces.token", TOKEN).set("traces.one_in", 1);
    let refused = desk.command("check-config").await;
    refused.assert_refused(&["traces.token: has no effect without traces.endpoint"]);
    assert!(!refused.err.contains(TOKEN), "{refused:#?}");
    Ok(())
}

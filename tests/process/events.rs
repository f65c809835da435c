//! Events: told to a receiver that others wrote, in order and until it has acknowledged them.

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

pub(crate) const OLD: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub(crate) const NEW: &str = "whsec_YW5vdGhlciBzZWNyZXQgb2YgdGhlIHNhbWUga2luZA==";

/// A receiver that verifies signatures by the library of the specification for Python.
pub(crate) struct Receiver {
    pub(crate) process: Process,
    pub(crate) port: u16,
}

impl Receiver {
    pub(crate) fn prepare() -> Result<Receiver, program::Absent> {
        Ok(Receiver {
            process: Process::prepare("receiver", &program::find("test-python")?),
            port: ports::free(),
        })
    }

    pub(crate) async fn go(&mut self) {
        let script: PathBuf =
            [env!("CARGO_MANIFEST_DIR"), "tests/process/event_receiver.py"].iter().collect();
        let port = self.port;
        let args = vec![script.display().to_string(), port.to_string(), NEW.to_owned()];
        self.process.start(args, async || TcpStream::connect(("127.0.0.1", port)).await.ok()).await;
    }

    /// What was told, in the order in which it came.
    pub(crate) fn told(&self) -> Vec<Value> {
        let log = self.process.log();
        assert!(!log.contains("refused"), "{log}");
        log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    fn numbers(&self) -> Vec<u64> {
        self.told().iter().map(|one| one["event"]["id"].as_u64().unwrap()).collect()
    }
}

fn desk_that_tells(port: u16) -> Desk {
    let mut desk = Desk::prepare();
    desk.fill_pools(&mut Rng::fixed());
    desk.set("events.shop.webhook", format!("http://127.0.0.1:{port}/a-secret-path"));
    desk.set("events.shop.secrets", vec![OLD, NEW]).set("events.shop.allow_private", true);
    desk
}

async fn bind(desk: &Desk, rng: &mut Rng) -> String {
    desk.api.bind(&address(Coin::SKY, rng), Coin::BTC).await.done()
}

pub(crate) async fn should_tell_a_receiver_everything_in_order_though_it_dies_and_returns() -> Outcome {
    let mut receiver = Receiver::prepare()?;
    receiver.go().await;
    let mut desk = desk_that_tells(receiver.port);
    desk.go().await;
    let mut rng = Rng::fixed();
    let bound = bind(&desk, &mut rng).await;
    let first = wait::until("nothing is told", async || receiver.told().first().cloned()).await;
    assert_eq!(first["path"], "/a-secret-path");
    assert_eq!(first["event"]["type"], "binding.made");
    assert_eq!(first["event"]["data"]["address"], bound.as_str());
    let hash = first["event"]["hash"].as_str().unwrap();
    assert_eq!(first["id"], format!("evt_{}_{}", first["event"]["id"], &hash[..16]));

    // It dies; the desk goes on, is killed and started, and tells what was missed.
    receiver.process.kill();
    for _ in 0..5 {
        bind(&desk, &mut rng).await;
    }
    desk.kill();
    desk.go().await;
    for _ in 0..5 {
        bind(&desk, &mut rng).await;
    }
    receiver.go().await;
    desk.api.post_admin("/api/events/receivers/shop/resume?why=back").await.done();
    wait::until("it does not catch up", async || (distinct(&receiver) >= 12).then_some(())).await;
    let told = receiver.told();
    let bindings: Vec<u64> = told
        .iter()
        .filter(|one| one["event"]["type"] == "binding.made")
        .map(|one| one["event"]["data"]["binding"].as_u64().unwrap())
        .collect();
    let mut once = bindings.clone();
    once.dedup();
    assert_eq!(once, (1..=11).collect::<Vec<u64>>(), "{bindings:?}");
    assert!(receiver.numbers().windows(2).all(|pair| pair[0] <= pair[1]), "{:?}", receiver.numbers());
    desk.stop().await;
    let said = desk.said();
    for secret in ["a-secret-path", &OLD[6..], &NEW[6..]] {
        assert!(!said.contains(secret), "{said}");
    }
    receiver.process.kill();
    Ok(())
}

fn distinct(receiver: &Receiver) -> usize {
    receiver.numbers().into_iter().collect::<std::collections::BTreeSet<_>>().len()
}

pub(crate) async fn should_wait_for_no_receiver() -> Outcome {
    let silent = receivers::silent().await;
    let mut desk = desk_that_tells(silent);
    desk.go().await;
    let (mut rng, began) = (Rng::fixed(), Instant::now());
    for _ in 0..50 {
        bind(&desk, &mut rng).await;
    }
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    let began = Instant::now();
    desk.stop().await;
    assert!(began.elapsed() < Duration::from_secs(10), "it waits for a receiver when it stops");
    Ok(())
}

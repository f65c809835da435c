//! The binary itself: how fast it starts with many bindings, and what they cost in memory.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::measure::{median, scaled};
use crate::{desk, fill};

/// A running service, killed when it is dropped.
pub(crate) struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    /// Starts the binary; answers it with the time until it said where it listens.
    pub(crate) fn start(dir: &Path, addresses: &Path) -> (Running, Duration) {
        let config = dir.join("bench.toml");
        std::fs::write(&config, desk::config(dir, addresses)).unwrap();
        let began = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_teller"))
            .args(["-c", config.to_str().unwrap(), "-d", dir.to_str().unwrap()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let banner = lines.find(|line| line.as_ref().is_ok_and(|line| line.contains("public")));
        let took = began.elapsed();
        let running = Running(child);
        assert!(banner.is_some(), "the service did not start");
        (running, took)
    }

    /// Resident memory in bytes.
    pub(crate) fn resident(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
    }
}

pub(crate) fn run() {
    println!("## Start and memory\n");
    let bindings = scaled(1_000_000);
    let (empty, _) = measured(0);
    let (full, mut starts) = measured(bindings);
    let bytes = full.saturating_sub(empty) as f64 / bindings as f64;
    println!("- start with {bindings} bindings: {:.2} s", median(&mut starts));
    println!(
        "- resident: {} MiB with none, {} MiB with {bindings}: {bytes:.0} bytes each\n",
        empty >> 20,
        full >> 20
    );
}

fn measured(bindings: u64) -> (u64, Vec<f64>) {
    let dir = tempfile::tempdir().unwrap();
    fill::database(dir.path(), bindings, 0);
    let pool = dir.path().join("pool.txt");
    fill::address_file(&pool, bindings, 10_000);
    // The first start loads the pool.
    drop(Running::start(dir.path(), &pool));
    let (mut resident, mut starts) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        let (running, took) = Running::start(dir.path(), &pool);
        starts.push(took.as_secs_f64());
        resident.push(running.resident() as f64);
    }
    (median(&mut resident) as u64, starts)
}

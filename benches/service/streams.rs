//! Purchases that are watched live: what open event streams cost, and how soon all of them hear.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{ask, get, post_json, send_all};
use crate::desk::{self, Desk};
use crate::fill;
use crate::measure::{scaled, thousands};

/// Windows in which each purchase is looked at: as many as one may have.
const WINDOWS: u64 = 8;
/// What a stream tells once a deposit was seen.
const SEEN: &[u8] = b"data-state=\"done\"";

pub(crate) fn run() {
    println!("## Live streams\n");
    let purchases = scaled(1_250).min(most_purchases());
    let streams = purchases * WINDOWS;
    let dir = tempfile::tempdir().unwrap();
    let pool = dir.path().join("pool.txt");
    fill::address_file(&pool, 0, purchases + 10);
    let limits = "http_addr = \"127.0.0.1:0\"\nmax_streams = 1000000\nmax_connections = 20000\n\
                  max_connections_per_client = 20000";
    let config = desk::config(dir.path(), &pool)
        .replace("http_addr = \"127.0.0.1:0\"\n        throttle_max", &format!("{limits}\nthrottle_max"));
    let desk = Desk::start_with(dir.path(), &config);
    let public = desk.listening.http.unwrap();
    let bound: Vec<(String, String)> = (0..purchases)
        .map(|n| {
            let body = format!("{{\"skyaddr\":\"{}\",\"coin_type\":\"BTC\"}}", fill::payee(n));
            let (_, reply) = ask(public, &post_json("/api/bind", &body));
            let reply: serde_json::Value = serde_json::from_str(&reply).unwrap();
            let text = |name: &str| reply[name].as_str().unwrap().to_owned();
            (text("deposit_address"), text("page"))
        })
        .collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let before = resident();
    let (heard, opened) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    runtime.block_on(async {
        for (_, page) in &bound {
            for _ in 0..WINDOWS {
                let stream = TcpStream::connect(public).await.unwrap();
                tokio::spawn(watch(stream, page.clone(), Arc::clone(&opened), Arc::clone(&heard)));
            }
        }
        wait_for(&opened, streams).await;
    });
    let bytes = resident().saturating_sub(before) / streams;
    let deposits = bound.iter().enumerate().map(|(n, (address, _))| {
        get(&format!("/dummy/scanner/deposit?coin=BTC&addr={address}&value=200000&height=1&tx=t{n}"))
    });
    let (dummy, deposits) = (desk.listening.dummy.unwrap(), deposits.collect::<Vec<_>>());
    let began = Instant::now();
    let sending = std::thread::spawn(move || send_all(dummy, 16, deposits));
    let all = runtime.block_on(async {
        wait_for(&heard, streams).await;
        began.elapsed()
    });
    let sent = sending.join().unwrap();
    println!(
        "- {} streams of {} purchases: {} kB each, of service and reader together",
        thousands(streams as f64),
        thousands(purchases as f64),
        bytes / 1024
    );
    println!(
        "- a deposit to each purchase: taken up in {:.2} s, all have heard after {:.2} s\n",
        sent.as_secs_f64(),
        all.as_secs_f64()
    );
}

/// As many as this process may have files open for: each stream has two ends here, and some are needed beside.
fn most_purchases() -> u64 {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    limit.maximum.map_or(u64::MAX, |most| most.saturating_sub(200) / (2 * WINDOWS))
}

async fn wait_for(count: &AtomicU64, wanted: u64) {
    let began = Instant::now();
    while count.load(Ordering::Relaxed) < wanted {
        tokio::time::sleep(Duration::from_millis(2)).await;
        assert!(began.elapsed() < Duration::from_secs(120), "{} of {wanted}", count.load(Ordering::Relaxed));
    }
}

/// Reads one stream until it tells of a deposit, and keeps it open.
async fn watch(mut stream: TcpStream, page: String, opened: Arc<AtomicU64>, heard: Arc<AtomicU64>) {
    stream.write_all(&get(&format!("{page}/events"))).await.unwrap();
    let (mut buffer, mut is_open) = ([0; 4096], false);
    // What is looked for may come in two pieces.
    let mut end = 0;
    loop {
        let read = stream.read(&mut buffer[end..]).await.unwrap();
        assert!(read > 0, "the stream was cut off");
        if !is_open {
            assert!(buffer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&buffer[..read]));
            opened.fetch_add(1, Ordering::Relaxed);
            is_open = true;
        }
        let told = end + read;
        if buffer[..told].windows(SEEN.len()).any(|window| window == SEEN) {
            heard.fetch_add(1, Ordering::Relaxed);
            break;
        }
        end = told.min(SEEN.len() - 1);
        buffer.copy_within(told - end..told, 0);
    }
    // Open, and read to its end.
    while stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {}
}

/// Memory of this process, in which service and readers are, in bytes.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

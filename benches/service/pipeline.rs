//! Deposits from seen to paid, through the dummy listener.

use std::time::{Duration, Instant};

use crate::client::{ask, get, send_all};
use crate::desk::Desk;
use crate::fill;
use crate::measure::{median, rate, scaled, thousands};

const DEPOSITS: u64 = 20_000;
/// Fewer than the dummy listener serves one client: whoever confirms is another one.
const CONNECTIONS: usize = 48;
const PATIENCE: Duration = Duration::from_secs(120);
/// What a deposit is before it is done.
const UNDONE: [&str; 4] =
    ["waiting_confirm", "waiting_decide", "waiting_passthrough", "waiting_passthrough_order_complete"];

pub(crate) fn run() {
    println!("## Deposits from seen to paid\n");
    let mut rates: Vec<f64> = (0..3).map(|_| one()).collect();
    println!("{} deposits a second, from the first seen to the last done\n", thousands(median(&mut rates)));
}

fn one() -> f64 {
    let dir = tempfile::tempdir().unwrap();
    let bindings = 1_000;
    fill::database(dir.path(), bindings, 0);
    let pool = dir.path().join("pool.txt");
    fill::address_file(&pool, bindings, 10);
    let desk = Desk::start(dir.path(), &pool);
    let count = scaled(DEPOSITS);
    paid(&desk, count, |n| (n % bindings, 1_000 + n))
}

/// Deposits a second until so many are paid; each is paid to one of the bound addresses, in satoshi.
pub(crate) fn paid(desk: &Desk, count: u64, deposit: impl Fn(u64) -> (u64, u64)) -> f64 {
    let (dummy, admin) = (desk.listening.dummy.unwrap(), desk.listening.admin.unwrap());
    let deposit = |n: u64| {
        let (address, value) = deposit(n);
        let to = fill::address(address);
        get(&format!("/dummy/scanner/deposit?addr={to}&value={value}&height=1&tx=tx{n}"))
    };
    let requests: Vec<Vec<u8>> = (0..count).map(deposit).collect();
    let began = Instant::now();
    let confirming = std::thread::spawn(move || confirm_until_done(dummy, admin, count));
    send_all(dummy, CONNECTIONS, requests);
    confirming.join().unwrap();
    rate(count, began.elapsed())
}

/// Confirms what is broadcast, as a chain would, until everything is paid.
fn confirm_until_done(dummy: std::net::SocketAddr, admin: std::net::SocketAddr, count: u64) {
    let began = Instant::now();
    let mut seq = 0;
    loop {
        while is_ok(dummy, &format!("/dummy/sender/confirm?seq={seq}")) {
            seq += 1;
        }
        if done(admin) >= count {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "not everything was paid");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn is_ok(address: std::net::SocketAddr, target: &str) -> bool {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let request = format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    reply.starts_with("HTTP/1.1 200")
}

/// How many deposits are done: the last page of the list tells.
fn done(admin: std::net::SocketAddr) -> u64 {
    let (_, body) = ask(admin, &get("/api/accounting"));
    let sums: serde_json::Value = serde_json::from_str(&body).unwrap();
    if sums["owed"] != "0.000000" {
        return 0;
    }
    let is_empty = |status: &&str| {
        let (_, body) = ask(admin, &get(&format!("/api/deposits?status={status}&limit=1")));
        let list: serde_json::Value = serde_json::from_str(&body).unwrap();
        list["deposits"].as_array().is_some_and(Vec::is_empty)
    };
    if UNDONE.iter().all(is_empty) { count_done(admin) } else { 0 }
}

fn count_done(admin: std::net::SocketAddr) -> u64 {
    let (mut after, mut count) = (0, 0);
    loop {
        let (_, body) = ask(admin, &get(&format!("/api/deposits?status=done&limit=1000&after={after}")));
        let page: serde_json::Value = serde_json::from_str(&body).unwrap();
        count += u64::try_from(page["deposits"].as_array().unwrap().len()).unwrap();
        match page["next"].as_u64() {
            Some(next) => after = next,
            None => return count,
        }
    }
}

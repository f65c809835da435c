//! Deposits that are bought for at the simulated exchange, from seen to paid: it is a process of its own, over HTTP on
//! loopback, and seen and paid are the dummy listener's.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use crate::client::{ask, post_json};
use crate::desk::{self, Desk};
use crate::measure::{median, scaled, thousands};
use crate::{fill, pipeline};

const DEPOSITS: u64 = 6_000;
const BINDINGS: u64 = 1_000;
/// What buys five SKY at 0.002, whatever the venue takes.
const SATOSHI: u64 = 1_020_000;
/// Venues, and the market where bitcoin buys SKY.
const VENUES: [(&str, &str); 4] =
    [("binance", "SKYBTC"), ("coinbase", "SKY-BTC"), ("c2cx", "BTC_SKY"), ("kraken", "SKYXBT")];

pub(crate) fn run() {
    println!("## Deposits that are bought for at the simulated exchange, from seen to paid\n");
    println!("| venue | deposits to an order | deposits/s |\n|---|--:|--:|");
    let venues = std::env::var("TELLER_BENCH_VENUES").unwrap_or_default();
    for (venue, market) in VENUES.into_iter().filter(|(venue, _)| venues.is_empty() || venues.contains(venue))
    {
        for gathered in [1, 100] {
            let mut rates: Vec<f64> = (0..3).map(|_| one(venue, market, gathered)).collect();
            println!("| {venue} | {gathered} | {} |", thousands(median(&mut rates)));
        }
    }
    println!();
}

fn one(venue: &str, market: &str, gathered: u64) -> f64 {
    let exchange = Exchange::start();
    let dir = tempfile::tempdir().unwrap();
    fill::database(dir.path(), BINDINGS, 0);
    let pool = dir.path().join("pool.txt");
    fill::address_file(&pool, BINDINGS, 10);
    let (key, secret) = &exchange.keys[venue];
    let path = if venue == "c2cx" { "/v1/" } else { "" };
    let url = format!("http://{}{path}", exchange.listens[venue]);
    let client = format!(
        r#"
        [sky_exchanger.buy_methods]
        BTC = "passthrough"
        [sky_exchanger.exchange_client]
        exchange = "{venue}"
        url = "{url}"
        key = "{key}"
        secret = "{secret}"
        gather_count = {gathered}
        gather_time = "1s"
        markets.BTC = "{market}"
        "#
    );
    let desk = Desk::start_with(dir.path(), &(desk::config(dir.path(), &pool) + &client));
    let rate = pipeline::paid(&desk, scaled(DEPOSITS), |n| (n % BINDINGS, SATOSHI));
    drop(desk);
    rate
}

/// The simulated exchange, with all that is bought on offer at one price.
struct Exchange {
    process: Child,
    listens: HashMap<String, SocketAddr>,
    /// Keys and secrets.
    keys: HashMap<String, (String, String)>,
}

impl Exchange {
    fn start() -> Exchange {
        let ports =
            ["control", "c2cx", "binance", "kraken", "coinbase"].map(|name| format!("--{name}=127.0.0.1:0"));
        let mut process = Command::new(env!("CARGO_BIN_EXE_simnet"))
            .args(["--chains=exchange", "--exchange-step-every=0", "--exchange-unlimited"])
            .args(ports)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (mut listens, mut keys) = (HashMap::new(), HashMap::new());
        for line in BufReader::new(process.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            let words: Vec<&str> = line.split(' ').collect();
            match words[..] {
                ["ready"] => break,
                ["exchange-key", venue, key, "secret", secret] => {
                    keys.insert(venue.to_owned(), (key.to_owned(), secret.to_owned()));
                }
                [name, url] => {
                    // Its page is told as well, which has a path.
                    let address = url.trim_start_matches("http://").parse();
                    listens.extend(address.map(|address| (name.to_owned(), address)));
                }
                _ => {}
            }
        }
        let exchange = Exchange { process, listens, keys };
        exchange.control("fund", r#"{"asset":"BTC","amount":"10000"}"#);
        exchange.control(
            "order",
            r#"{"account":"makers","market":"SKY-BTC","side":"sell","price":"0.002","quantity":"1000000"}"#,
        );
        exchange
    }

    fn control(&self, what: &str, body: &str) {
        let (_, answer) =
            ask(self.listens["control"], &post_json(&format!("/control/exchange/{what}"), body));
        assert!(!answer.contains("error"), "{answer}");
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

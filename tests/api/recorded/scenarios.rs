//! The contract's scenarios: how the instance of each is set up, and what happens between its cases without being a
//! case itself.

use std::path::Path;

use teller::types::Coin;

use crate::support::{BUYER, Deposit, Setup, TestApp, tls};

/// The only origin that the recording allows.
const ALLOWED: &str = r#"["https://allowed.example.com"]"#;
/// More than the original's queues held.
const MANY: u32 = 300;

/// A scenario.
#[derive(Debug)]
pub struct Scenario {
    pub name: &'static str,
    pub https: bool,
    change: fn(Setup) -> Setup,
    /// Called before each case, with its name.
    pub before: fn(&TestApp, &str),
}

impl Scenario {
    pub fn setup(&self, certificate: &Path) -> Setup {
        let setup = (self.change)(Setup::new());
        if self.https { tls::with_certificate(setup, certificate) } else { setup }
    }
}

const fn plain(name: &'static str, change: fn(Setup) -> Setup) -> Scenario {
    Scenario { name, https: false, change, before: |_, _| {} }
}

pub const MAIN: Scenario = Scenario {
    before: before_main,
    ..plain("main", |setup| setup.set("teller.max_bound_addrs", 3).set("web.cors_allowed", ALLOWED))
};
pub const THROTTLE: Scenario = plain("throttle", |setup| throttle(setup, 60));
pub const THROTTLE_SMALL: Scenario = plain("throttle-small", |setup| throttle(setup, 2));
pub const THROTTLE_BIG: Scenario = plain("throttle-big", |setup| throttle(setup, 180));
pub const THROTTLE_PROXY: Scenario =
    plain("throttle-proxy", |setup| throttle(setup, 60).set("web.behind_proxy", true));
pub const CORS_DEFAULT: Scenario = plain("cors-default", |setup| setup.set("web.cors_allowed", "[]"));
pub const HTTPS: Scenario = Scenario { https: true, ..plain("https", |setup| setup) };
pub const BTC_OFF: Scenario = plain("btc-off", |setup| setup.set("btc_scanner.enabled", false));
pub const QUEUE_FULL: Scenario = Scenario { before: before_queue_full, ..plain("queue-full", |setup| setup) };
pub const REAL: Scenario = Scenario { before: before_real, ..plain("real", |setup| setup) };

/// The recording's throttle scenarios allow an origin too.
fn throttle(setup: Setup, max: u32) -> Setup {
    setup.set("web.throttle_max", max).text("web.throttle_duration", "60s").set("web.cors_allowed", ALLOWED)
}

fn before_main(app: &TestApp, case: &str) {
    // The recording's first deposit was on its way before the second came; otherwise one transaction pays both.
    if case == "dummy deposit: POST form, 0.0001 BTC to A1, no n" {
        app.await_broadcasts(1);
    }
}

/// One payout is out and unconfirmed, and far more deposits than the original could queue have come since.
fn before_queue_full(app: &TestApp, case: &str) {
    if case != "dummy deposit: channel is full" {
        return;
    }
    let address = app.bind(BUYER, Coin::BTC);
    app.deposit(&Deposit::new(Coin::BTC, &address, 200_000, 1));
    app.await_broadcasts(1);
    for number in 2..=MANY {
        app.deposit(&Deposit::new(Coin::BTC, &address, 200, number));
    }
    assert_eq!(app.broadcasts().len(), 1, "the sender is blocked on an unconfirmed transaction");
}

/// What the recording's fake nodes announced, told to the dummy scanner.
fn before_real(app: &TestApp, case: &str) {
    match case {
        "real: ETH deposit 0.01 -> 1 SKY waiting_confirm" => announce(app, &ETHER),
        "real: BTC tx with two deposit outputs: first output seen" => {
            announce(app, &FIRST_OUTPUT);
            app.await_broadcasts(2);
            announce(app, &SECOND_OUTPUT);
        }
        "BUG real: SKY deposit is stuck in waiting_send (unsupported coin type)" => {
            app.confirm(2);
            announce(app, &SKYCOIN);
            app.confirm(3);
        }
        _ => {}
    }
}

/// Coin, address, value, height, transaction and output.
type Announced = (Coin, &'static str, u128, u64, &'static str, u32);

const ETHER: Announced = (
    Coin::ETH,
    "0x00a3c1d7931c0662fb591d5252fa483ab8063943",
    10_000_000_000_000_000,
    4_654_260,
    "0xe4f60cc373550aeb0539189bdc2d06a73e2d1d40a450f7eae4fe4a258d602d23",
    0,
);
const TWO_OUTPUTS: &str = "1cc2dc227da43a74d0342f05fc737c71d565b0e9d9644f443606f5eb75da9755";
const FIRST_OUTPUT: Announced =
    (Coin::BTC, "1Lbof3DComkR1PZ71KZ1pKdvULLAgXH1Kr", 200_000, 492_479, TWO_OUTPUTS, 0);
const SECOND_OUTPUT: Announced =
    (Coin::BTC, "1HWbuhpB6xrLYMUQDgyokGxXnshNhpBGxc", 100_000, 492_479, TWO_OUTPUTS, 1);
const SKYCOIN: Announced = (
    Coin::SKY,
    "x2s2GorhPXsEwYNGusZ32E6GSBrgqDzAcK",
    2_000_000,
    17_001,
    "5e732553e1e4e8b2e62746546614986d68ac9dd0aaba58c65a17bdf10185048a",
    0,
);

fn announce(app: &TestApp, announced: &Announced) {
    let (coin, address, value, height, tx, n) = *announced;
    app.deposit(&Deposit { coin, address: address.to_owned(), value, height, tx: tx.to_owned(), n });
}

//! What a buyer and an operator do, in one call each.

use serde_json::{Value, json};
use teller::skycoin::Address;
use teller::types::Coin;

use super::app::TestApp;
use super::client::{Reply, Request};
use super::wait::eventually;

/// The recording's first buyer.
pub const BUYER: &str = "2ANKJFgszWDKS9vUEEkHCDBUDmsxSfxc12y";
/// The recording's second buyer.
pub const OTHER: &str = "7HpXWw9KfqsRwDJCSaDqgPUx1uiEvw51fR";

/// A Skycoin address of nobody in particular.
pub fn payee(n: u8) -> String {
    Address::from_bytes([n + 1; 20]).to_string()
}

/// A transaction id of nothing in particular.
pub fn tx(n: u32) -> String {
    format!("{n:064x}")
}

/// Coins that are said to have arrived.
#[derive(Debug, Clone)]
pub struct Deposit {
    pub coin: Coin,
    pub address: String,
    pub value: u128,
    pub height: u64,
    pub tx: String,
    pub n: u32,
}

impl Deposit {
    pub fn new(coin: Coin, address: &str, value: u128, number: u32) -> Self {
        Deposit { coin, address: address.to_owned(), value, height: 1, tx: tx(number), n: 0 }
    }

    pub fn target(&self) -> String {
        let Deposit { coin, address, value, height, tx, n } = self;
        format!(
            "/dummy/scanner/deposit?coin={coin}&addr={address}&value={value}&height={height}&tx={tx}&n={n}"
        )
    }
}

/// A line of `/api/status`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub seq: u64,
    pub status: String,
    pub coin: String,
}

impl Line {
    pub fn new(seq: u64, status: &str, coin: &str) -> Self {
        Line { seq, status: status.to_owned(), coin: coin.to_owned() }
    }

    pub fn of(value: &Value) -> Self {
        let text = |name: &str| value[name].as_str().unwrap();
        Line::new(value["seq"].as_u64().unwrap(), text("status"), text("coin_type"))
    }
}

impl TestApp {
    pub fn get(&self, target: &str) -> Reply {
        self.public(&Request::get(target))
    }

    pub fn try_bind(&self, skyaddr: &str, coin: &str) -> Reply {
        let order = json!({ "skyaddr": skyaddr, "coin_type": coin });
        self.public(&Request::json("/api/bind", order.to_string()))
    }

    /// Binds and answers the deposit address.
    #[track_caller]
    pub fn bind(&self, skyaddr: &str, coin: Coin) -> String {
        let bound = self.try_bind(skyaddr, coin.code()).json();
        assert_eq!((&bound["coin_type"], &bound["buy_method"]), (&json!(coin.code()), &json!("direct")));
        // Of an address that is given again nothing is told.
        if let Some(secret) = bound["secret"].as_str() {
            self.secrets.lock().unwrap().push((skyaddr.to_owned(), secret.to_owned()));
        }
        bound["deposit_address"].as_str().unwrap().to_owned()
    }

    pub fn try_deposit(&self, deposit: &Deposit) -> Reply {
        self.dummy(&Request::get(&deposit.target()))
    }

    #[track_caller]
    pub fn deposit(&self, deposit: &Deposit) {
        let reply = self.try_deposit(deposit);
        assert_eq!((reply.status, reply.text()), (200, ""), "{deposit:?}");
    }

    /// The secrets that a payee's binds were answered with, the newest first.
    pub fn secrets(&self, skyaddr: &str) -> String {
        let secrets = self.secrets.lock().unwrap();
        let own = secrets.iter().rev().filter(|(payee, _)| payee == skyaddr);
        own.map(|(_, secret)| secret.as_str()).collect::<Vec<_>>().join(",")
    }

    /// The lines of `/api/status` as whoever bound the addresses sees them.
    pub fn statuses(&self, skyaddr: &str) -> Vec<Value> {
        let target = format!("/api/status?skyaddr={skyaddr}&secret={}", self.secrets(skyaddr));
        let (mut lines, mut page) = (Vec::new(), String::new());
        loop {
            let reply = self.get(&format!("{target}{page}")).json();
            lines.extend(reply["statuses"].as_array().unwrap().iter().cloned());
            match reply["next"].as_str() {
                Some(next) => page = format!("&page={next}"),
                None => break,
            }
        }
        lines.sort_by_key(|line| line["seq"].as_u64());
        lines
    }

    pub fn lines(&self, skyaddr: &str) -> Vec<Line> {
        self.statuses(skyaddr).iter().map(Line::of).collect()
    }

    /// The states alone, by `seq`.
    pub fn states(&self, skyaddr: &str) -> Vec<String> {
        self.lines(skyaddr).into_iter().map(|line| line.status).collect()
    }

    /// Waits until a buyer sees these states.
    #[track_caller]
    pub fn await_states(&self, skyaddr: &str, expected: &[&str]) {
        eventually(&format!("{skyaddr} sees {expected:?}, not {:?}", self.states(skyaddr)), || {
            (self.states(skyaddr) == expected).then_some(())
        });
    }

    pub fn admin_json(&self, target: &str) -> Value {
        self.admin(&Request::get(target)).json()
    }

    /// Addresses of a coin that nobody owns yet.
    pub fn remaining(&self, coin: Coin) -> u64 {
        self.admin_json("/api/deposit-addresses")[coin.code()]["remaining_addresses"].as_u64().unwrap()
    }

    /// All deposits as the operator sees them.
    pub fn deposits(&self) -> Vec<Value> {
        self.admin_json("/api/deposits")["deposits"].as_array().unwrap().clone()
    }

    pub fn broadcasts(&self) -> Vec<Value> {
        let reply = self.dummy(&Request::get("/dummy/sender/broadcasts")).json();
        reply.as_array().unwrap().clone()
    }

    #[track_caller]
    pub fn await_broadcasts(&self, count: usize) -> Vec<Value> {
        eventually(&format!("{count} broadcasts"), || {
            let all = self.broadcasts();
            (all.len() >= count).then_some(all)
        })
    }

    /// Confirms the transaction at this place of the list, once it is there.
    #[track_caller]
    pub fn confirm(&self, position: usize) {
        let target = format!("/dummy/sender/confirm?seq={position}");
        eventually(&format!("broadcast {position} can be confirmed"), || {
            (self.dummy(&Request::get(&target)).status == 200).then_some(())
        });
    }

    /// Confirms whatever is broadcast until nothing is owed.
    #[track_caller]
    pub fn confirm_everything(&self) {
        eventually("everything is paid", || {
            for position in 0..self.broadcasts().len() {
                self.confirm(position);
            }
            self.deposits().iter().all(|deposit| deposit["status"] == "done").then_some(())
        });
    }

    #[track_caller]
    pub fn fund(&self, coins: &str) {
        let reply = self.dummy(&Request::form("/dummy/sender/fund", &format!("coins={coins}")));
        assert_eq!((reply.status, reply.text()), (200, ""));
    }
}

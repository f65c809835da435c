//! Lists of the admin listener that are asked for whole end somewhere, and say where they go on.

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use teller::address::DepositAddress;
use teller::clock::SystemClock;
use teller::deposit::BlockAt;
use teller::skycoin::Address;
use teller::store::{
    AddressEvent, DepositEvent, NewDeposit, OwnMoney, PayoutEvent, Purpose, RedbBackend, Store, Tables,
};
use teller::types::{BuyMethod, Coin, DepositId, Droplets, Height, Units};

use crate::support::{Request, TestApp, connect};

/// One more than is told at a time.
const COUNT: u64 = 10_001;

fn address(number: u64) -> DepositAddress {
    DepositAddress::parse(Coin::ETH.main_network(), &format!("0x{number:040x}")).unwrap()
}

/// A binding, a deposit that is too small, an address that is given to nobody and own money, each so often.
fn fill(app: &TestApp) {
    let backend = Arc::new(RedbBackend::open(&app.dir().join("teller.db"), |_| {}).unwrap());
    let purpose = Purpose::play(Coin::BTC.main_network());
    let store = Store::open(backend, purpose, Arc::new(SystemClock), &|_| {}).unwrap();
    let filled = store.write_blocking(|tx| {
        for number in 1..=COUNT {
            let height = Height::new(1);
            let binding = tx.bind(Address::from_bytes([7; 20]), address(number))?;
            let binding = tx.binding(binding)?.unwrap();
            let id = DepositId { coin: Coin::ETH, tx: format!("{number:064x}"), n: 0, token: None };
            let (amount, quote) = (Units::new(1), Some(Droplets::ZERO));
            let block = BlockAt { height, hash: None, waits: 0 };
            let deposit = NewDeposit {
                id: id.clone(),
                token: None,
                amount,
                rate: "1".to_owned(),
                quote,
                block,
                method: BuyMethod::Direct,
                priced: None,
            };
            let deposit = tx.see_deposit(&binding, deposit)?;
            tx.record(DepositEvent::Finalized { deposit })?;
            tx.record(PayoutEvent::Decided { payout: deposit, method: BuyMethod::Direct })?;
            let (address, tx_id) = (address(COUNT + number), format!("{number:x}"));
            tx.record(AddressEvent::Tainted { address, tx: Some(tx_id), amount: Some(amount), height })?;
            let own = OwnMoney { address, amount, block };
            tx.record(AddressEvent::OwnMoneySeen { id: DepositId { n: 1, ..id }, own })?;
        }
        Ok(())
    });
    filled.unwrap();
    store.close();
}

fn length(list: &Value) -> usize {
    list.as_array().unwrap().len()
}

#[test]
fn should_end_lists_that_are_asked_for_whole() {
    let mut app = TestApp::new();
    app.stop();
    fill(&app);
    app.go_on();
    let most = 10_000;
    for target in ["/api/deposits", "/api/deposits/errored", "/api/deposits?status=done"] {
        let list = app.admin_json(target);
        assert_eq!(length(&list["deposits"]), most, "{target}");
        assert_eq!(list["next"], most, "{target}");
        let joint = if target.contains('?') { '&' } else { '?' };
        let rest = app.admin_json(&format!("{target}{joint}after={most}"));
        assert_eq!((length(&rest["deposits"]), rest.get("next")), (1, None), "{target}");
        let end = app.admin_json(&format!("{target}{joint}after={most}&limit=1"));
        assert_eq!(end.get("next"), None, "{target} ends with a whole page");
    }
    for (target, name) in [("/api/deposit-addresses/tainted", "tainted"), ("/api/own-money", "own_money")] {
        let list = app.admin_json(target);
        assert_eq!(length(&list[name]), most, "{target}");
        let rest = app.admin_json(&format!("{target}?after={}", list["next"].as_str().unwrap()));
        assert_eq!((length(&rest[name]), rest.get("next")), (1, None), "{target}");
    }
}

/// An event that did not happen once among all of them.
const NEVER: &str = "/api/events?only=withdrawal.*";

/// Reads the log in pages; answers how long that took in all.
fn walk(app: &TestApp) -> Duration {
    let (began, mut after) = (Instant::now(), 0);
    loop {
        let page = app.admin_json(&format!("{NEVER}&after={after}"));
        assert_eq!(length(&page["events"]), 0);
        if page["next"] == page["newest"] {
            return began.elapsed();
        }
        after = page["next"].as_u64().unwrap();
    }
}

#[test]
fn should_answer_others_while_somebody_looks_through_all_of_the_log() {
    let mut app = TestApp::new();
    app.stop();
    fill(&app);
    app.go_on();
    let alone = walk(&app);
    std::thread::scope(|scope| {
        let waits = || app.admin(&Request::get(&format!("{NEVER}&wait=3"))).json();
        let streams = || {
            let mut stream = connect(app.admin_address());
            let head =
                format!("GET {NEVER} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n");
            stream.write_all(head.as_bytes()).unwrap();
            std::thread::sleep(Duration::from_secs(3));
        };
        let readers = [scope.spawn(move || drop(waits())), scope.spawn(streams)];
        let mut longest = Duration::ZERO;
        while !readers.iter().all(|reader| reader.is_finished()) {
            let began = Instant::now();
            assert_eq!(app.admin(&Request::get("/livez")).status, 200);
            longest = longest.max(began.elapsed());
        }
        assert!(longest < alone / 4, "{longest:?} of {alone:?}");
    });
}

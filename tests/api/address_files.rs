//! Address files while the service runs: new addresses are taken up, a bad file is refused whole and the pool goes on.

use std::fs::{OpenOptions, read_to_string, rename, write};
use std::io::Write;

use serde_json::Value;
use teller::types::Coin;

use crate::support::{BUYER, OTHER, Request, Setup, TestApp, eventually, payee, pools};

fn append(app: &TestApp, coin: Coin, lines: &[String]) {
    let mut file = OpenOptions::new().append(true).open(app.address_file(coin)).unwrap();
    file.write_all((lines.join("\n") + "\n").as_bytes()).unwrap();
}

/// Never half a file: the service may look at it at any time.
fn replace(app: &TestApp, coin: Coin, content: &str) {
    let file = app.address_file(coin);
    write(file.with_extension("new"), content).unwrap();
    rename(file.with_extension("new"), file).unwrap();
}

fn reload(app: &TestApp) {
    assert_eq!(app.admin(&Request::new("POST", "/api/deposit-addresses/reload")).status, 202);
}

fn usage(app: &TestApp, coin: Coin) -> Value {
    app.admin_json("/api/deposit-addresses")[coin.code()].clone()
}

fn await_remaining(app: &TestApp, coin: Coin, expected: u64) {
    eventually(&format!("{expected} addresses of {coin} are left"), || {
        (app.remaining(coin) == expected).then_some(())
    });
}

fn await_refused(app: &TestApp, coin: Coin) -> String {
    eventually("the file is refused", || usage(app, coin)["refused"].as_str().map(str::to_owned))
}

#[test]
fn should_take_up_addresses_that_are_appended() {
    let app = TestApp::start(Setup::new().pool(Coin::BTC, pools::btc(2)));
    let first = app.bind(BUYER, Coin::BTC);
    append(&app, Coin::BTC, &pools::btc(5)[2..]);
    reload(&app);
    await_remaining(&app, Coin::BTC, 4);
    let rest: Vec<String> = (0..4).map(|n| app.bind(&payee(n), Coin::BTC)).collect();
    assert_eq!([vec![first], rest].concat(), pools::btc(5), "in the order of the file, none twice");
    assert_eq!(app.try_bind(OTHER, "BTC").status, 503);
}

#[test]
fn should_look_at_the_files_by_itself() {
    let app =
        TestApp::start(Setup::new().pool(Coin::ETH, pools::eth(1)).text("teller.pool_check_period", "20ms"));
    append(&app, Coin::ETH, &pools::eth(3)[1..]);
    await_remaining(&app, Coin::ETH, 3);
}

#[test]
fn should_bring_an_empty_pool_back_to_life() {
    let app = TestApp::start(Setup::new().pool(Coin::SKY, pools::sky(1)));
    app.bind(BUYER, Coin::SKY);
    assert_eq!(app.try_bind(OTHER, "SKY").status, 503);
    append(&app, Coin::SKY, &pools::sky(2)[1..]);
    reload(&app);
    await_remaining(&app, Coin::SKY, 1);
    assert_eq!(app.bind(OTHER, Coin::SKY), pools::sky(2)[1]);
}

#[test]
fn should_refuse_a_bad_file_and_go_on_with_the_pool() {
    let app = TestApp::start(Setup::new().pool(Coin::BTC, pools::btc(3)));
    let good = read_to_string(app.address_file(Coin::BTC)).unwrap();
    append(&app, Coin::BTC, &[pools::btc(4)[3].clone(), "1NotAnAddress".to_owned()]);
    reload(&app);
    let why = await_refused(&app, Coin::BTC);
    assert!(why.contains("line 5: \"1NotAnAddress\""), "{why}");
    assert_eq!((app.remaining(Coin::BTC), app.bind(BUYER, Coin::BTC)), (3, pools::btc(1)[0].clone()));
    for coin in [Coin::ETH, Coin::SKY] {
        assert_eq!(usage(&app, coin).get("refused"), None, "{coin} has nothing to do with it");
    }

    replace(&app, Coin::BTC, &(good + &pools::btc(4)[3] + "\n"));
    reload(&app);
    await_remaining(&app, Coin::BTC, 3);
    eventually("the refusal is history", || usage(&app, Coin::BTC).get("refused").is_none().then_some(()));
}

#[test]
fn should_refuse_what_is_no_list_of_addresses() {
    for (content, words) in [
        ("", "holds no addresses"),
        ("# only words\n", "holds no addresses"),
        ("1Lbof3DComkR1PZ71KZ1pKdvULLAgXH1Kr\n1Lbof3DComkR1PZ71KZ1pKdvULLAgXH1Kr\n", "is a duplicate"),
        ("0x00a3c1d7931c0662fb591d5252fa483ab8063943\n", "line 1"),
    ] {
        let app = TestApp::start(Setup::new().pool(Coin::BTC, pools::btc(3)));
        replace(&app, Coin::BTC, content);
        reload(&app);
        let why = await_refused(&app, Coin::BTC);
        assert!(why.contains(words), "{content:?}: {why}");
        assert_eq!(app.remaining(Coin::BTC), 3);
        app.bind(BUYER, Coin::BTC);
    }
}

#[test]
fn should_show_a_file_that_is_gone() {
    let app = TestApp::start(Setup::new().pool(Coin::BTC, pools::btc(3)));
    std::fs::remove_file(app.address_file(Coin::BTC)).unwrap();
    reload(&app);
    assert!(await_refused(&app, Coin::BTC).contains("cannot be read"));
    app.bind(BUYER, Coin::BTC);
}

#[test]
fn should_not_start_with_a_bad_file() {
    let mut addresses = pools::btc(3);
    addresses[1] = "1NotAnAddress".to_owned();
    let why = TestApp::refused(Setup::new().pool(Coin::BTC, addresses)).to_string();
    assert!(why.contains("line 2: \"1NotAnAddress\""), "{why}");
}

#[test]
fn should_wait_for_a_word_where_a_file_was_replaced() {
    let first = pools::btc(8);
    let app = TestApp::start(
        Setup::new().text("teller.pool_check_period", "50ms").pool(Coin::BTC, first[..5].to_vec()),
    );
    let write = |addresses: &[String]| replace(&app, Coin::BTC, &(addresses.join("\n") + "\n"));
    let await_pool = |count: u64| {
        eventually("the pool is taken over", || (app.remaining(Coin::BTC) == count).then_some(()));
    };
    // Appended: by itself, also where the form is another one.
    write(&first[..6]);
    await_pool(6);
    replace(&app, Coin::BTC, &format!("# mine\n\n{}\n", first[..7].join("\n\n")));
    await_pool(7);
    // One gone and one new; in another order; one put in front of all others.
    let others = pools::btc(20)[15..].to_vec();
    let gone = [&first[..6], &others[..1]].concat();
    let turned: Vec<String> = first[..7].iter().rev().cloned().collect();
    let in_front = [&others[..1], &first[..7]].concat();
    for (addresses, words) in [
        (&gone, "1 addresses are gone, 1 are new"),
        (&turned, "0 addresses are gone, 0 are new"),
        (&in_front, "0 addresses are gone, 1 are new"),
        (&first[..3].to_vec(), "4 addresses are gone, 0 are new"),
    ] {
        write(addresses);
        let why = eventually("it is refused", || {
            let why = app.admin_json("/api/deposit-addresses")["BTC"]["refused"].clone();
            why.as_str().filter(|why| why.contains(words)).map(str::to_owned)
        });
        assert!(why.contains("was replaced, not appended to") && why.contains("SIGHUP"), "{why}");
        assert_eq!(app.remaining(Coin::BTC), 7, "the pool from before goes on");
    }
    write(&gone);
    reload(&app);
    eventually("it is taken over", || {
        let refused = app.admin_json("/api/deposit-addresses")["BTC"].get("refused").cloned();
        refused.is_none().then_some(())
    });
    assert_eq!(app.remaining(Coin::BTC), 7);
    assert_eq!(app.bind(BUYER, Coin::BTC), first[0]);
}

//! `/api/status`: what a buyer sees, and that it stays what it was.

use serde_json::{Value, json};
use teller::clock::{Clock, SystemClock};
use teller::types::Coin;

use crate::support::{BUYER, Deposit, Line, OTHER, Setup, TestApp, eventually, payee, tx};

#[test]
fn should_number_from_one_in_the_order_of_binding_and_arrival() {
    let mut app = TestApp::start(Setup::new().text("dummy.balance", "1000"));
    let btc = app.bind(BUYER, Coin::BTC);
    let eth = app.bind(BUYER, Coin::ETH);
    let sky = app.bind(BUYER, Coin::SKY);
    // The last binding is paid first, and none of that moves a line.
    app.deposit(&Deposit::new(Coin::SKY, &sky, 1_000_000, 1));
    app.confirm(0);
    app.deposit(&Deposit::new(Coin::BTC, &btc, 200_000, 2));
    app.confirm(1);
    app.deposit(&Deposit::new(Coin::BTC, &btc, 400_000, 3));
    app.deposit(&Deposit::new(Coin::ETH, &eth, 10_000_000_000_000_000, 4));
    let line = |seq, status, coin| Line::new(seq, status, coin);
    let coins =
        [line(1, "done", "BTC"), line(2, "done", "ETH"), line(3, "done", "SKY"), line(4, "done", "BTC")];
    let whose = |lines: &[Line]| lines.iter().map(|line| (line.seq, line.coin.clone())).collect::<Vec<_>>();
    assert_eq!(whose(&app.lines(BUYER)), whose(&coins));
    app.confirm_everything();
    assert_eq!(app.lines(BUYER), coins);
    app.restart();
    assert_eq!(app.lines(BUYER), coins);
    // A late one comes last.
    app.deposit(&Deposit::new(Coin::ETH, &eth, 10_000_000_000_000_000, 5));
    assert_eq!(whose(&app.lines(BUYER)).last(), Some(&(5, "ETH".to_owned())));
    assert_eq!(app.lines(BUYER)[..4], coins);
}

#[test]
fn should_tell_when_something_really_changed() {
    let app = TestApp::new();
    let address = app.bind(BUYER, Coin::BTC);
    let first = app.statuses(BUYER);
    let bound_at = first[0]["updated_at"].as_u64().unwrap();
    eventually("the clock goes on", || (SystemClock.now().get() > bound_at + 1).then_some(()));
    assert_eq!(app.statuses(BUYER), first);
    app.deposit(&Deposit::new(Coin::BTC, &address, 200_000, 1));
    app.await_states(BUYER, &["waiting_confirm"]);
    let sent_at = app.statuses(BUYER)[0]["updated_at"].as_u64().unwrap();
    assert!(sent_at > bound_at + 1, "{sent_at} {bound_at}");
}

#[test]
fn should_tell_a_purchase_in_full() {
    let app = TestApp::new();
    let address = app.bind(BUYER, Coin::ETH);
    let waiting = &app.statuses(BUYER)[0];
    assert_eq!(waiting["message"], "waiting for a deposit of ETH");
    assert_eq!(waiting.get("deposit"), None);
    app.deposit(&Deposit { n: 7, ..Deposit::new(Coin::ETH, &address, 123_456_789_012_345_678, 1) });
    app.await_states(BUYER, &["waiting_confirm"]);
    let txid = app.broadcasts()[0]["txid"].clone();
    let sent = &app.statuses(BUYER)[0];
    assert_eq!(sent["message"], "waiting for the payout to be confirmed");
    assert_eq!(
        sent["deposit"],
        json!({
            "amount": "0.123456789012345678",
            "txid": tx(1),
            "n": 7,
            "sky_amount": "12.345000",
            "payout_txid": txid,
        })
    );
    app.confirm(0);
    app.await_states(BUYER, &["done"]);
    assert_eq!(app.statuses(BUYER)[0]["message"], "paid");
}

#[test]
fn should_show_a_buyer_their_own_purchases_only() {
    let app = TestApp::new();
    let address = app.bind(BUYER, Coin::BTC);
    app.bind(OTHER, Coin::BTC);
    app.deposit(&Deposit::new(Coin::BTC, &address, 200_000, 1));
    assert_eq!(app.states(OTHER), ["waiting_deposit"]);
    assert_eq!(app.get(&format!("/api/status?skyaddr={}", payee(9))).json(), json!({ "statuses": [] }));
    // Not even to whoever bound them: the deposit addresses are not told.
    let text = Value::from(app.statuses(BUYER)).to_string();
    assert!(!text.contains(&address), "{text}");
}

#[test]
fn should_tell_strangers_what_the_original_tells() {
    let app = TestApp::new();
    let (address, other) = (app.bind(BUYER, Coin::BTC), app.bind(OTHER, Coin::BTC));
    app.deposit(&Deposit::new(Coin::BTC, &address, 246_000, 1));
    app.deposit(&Deposit::new(Coin::BTC, &other, 200_000, 2));
    app.confirm_everything();
    let ask = |secret: &str| app.get(&format!("/api/status?skyaddr={BUYER}{secret}"));
    let right = app.secrets(BUYER);
    assert!(right.len() == 32 && right.bytes().all(|byte| byte.is_ascii_hexdigit()), "{right}");
    let wrong = [
        String::new(),
        "&secret=".to_owned(),
        "&secret=x".to_owned(),
        format!("&secret={}", "0".repeat(32)),
        format!("&secret={}", &right[..31]),
        format!("&secret={}", app.secrets(OTHER)),
        format!("&secret={address}"),
    ];
    let payout = app.broadcasts()[0]["txid"].as_str().unwrap().to_owned();
    for secret in &wrong {
        let line = &ask(secret).json()["statuses"][0];
        let keys: Vec<&String> = line.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["coin_type", "message", "seq", "status", "updated_at"], "{secret}");
        let page = app.get(&format!("/?skyaddr={BUYER}{secret}"));
        for text in [ask(secret).text(), page.text()] {
            for told in [tx(1).as_str(), "0.00246", "1.23", payout.as_str()] {
                assert!(!text.contains(told), "{told} is told for {secret:?}: {text}");
            }
        }
    }
    for secret in
        [right.clone(), right.to_uppercase(), format!("x,{right}"), format!("{right},{}", app.secrets(OTHER))]
    {
        let line = &ask(&format!("&secret={secret}")).json()["statuses"][0];
        assert_eq!(line["deposit"]["amount"], "0.00246000", "{secret}");
        let page = app.get(&format!("/?skyaddr={BUYER}&secret={secret}"));
        assert!(page.text().contains("0.00246 BTC") && page.text().contains(&tx(1)), "{}", page.text());
    }
}

#[test]
fn should_open_only_the_address_that_a_secret_is_of() {
    let mut app = TestApp::new();
    let first = app.bind(BUYER, Coin::BTC);
    // Anybody may bind to anybody's address; they learn nothing of what was there before.
    let second = app.bind(BUYER, Coin::BTC);
    app.deposit(&Deposit::new(Coin::BTC, &first, 200_000, 1));
    app.deposit(&Deposit::new(Coin::BTC, &second, 400_000, 2));
    let newest = app.secrets(BUYER).split(',').next().unwrap().to_owned();
    let target = format!("/api/status?skyaddr={BUYER}&secret={newest}");
    let told = |app: &TestApp| {
        let reply = app.get(&target).json();
        let lines = reply["statuses"].as_array().unwrap().clone();
        lines.iter().map(|line| line["deposit"]["txid"].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    assert_eq!(told(&app), [None, Some(tx(2))]);
    app.restart();
    assert_eq!(told(&app), [None, Some(tx(2))], "a link works for good");
}

/// All pages, the newest first.
fn pages(app: &TestApp, payee: &str) -> Vec<Vec<Value>> {
    let (mut pages, mut page) = (Vec::new(), String::new());
    loop {
        let reply = app.get(&format!("/api/status?skyaddr={payee}{page}")).json();
        pages.push(reply["statuses"].as_array().unwrap().clone());
        match reply["next"].as_str() {
            Some(next) => page = format!("&page={next}"),
            None => return pages,
        }
    }
}

fn seqs(lines: &[Value]) -> Vec<u64> {
    lines.iter().map(|line| line["seq"].as_u64().unwrap()).collect()
}

#[test]
fn should_end_a_list_that_has_no_end() {
    let app = TestApp::new();
    let (dusty, quiet) = (app.bind(BUYER, Coin::BTC), app.bind(BUYER, Coin::ETH));
    // Lines 1 and 3 to 251 are dust, line 2 is the other address's.
    (0..250).for_each(|n| app.deposit(&Deposit::new(Coin::BTC, &dusty, 1, n)));
    app.deposit(&Deposit::new(Coin::ETH, &quiet, 10_000_000_000_000_000, 999));
    let all = pages(&app, BUYER);
    assert_eq!(all.iter().map(Vec::len).collect::<Vec<_>>(), [100, 100, 51]);
    let all: Vec<Vec<u64>> = all.iter().map(|page| seqs(page)).collect();
    assert_eq!(all[0], (152..=251).collect::<Vec<_>>());
    assert_eq!(all[1], (52..=151).collect::<Vec<_>>());
    assert_eq!(all[2], (1..=51).collect::<Vec<_>>());
    // What is new meanwhile moves nobody's page.
    let first = app.get(&format!("/api/status?skyaddr={BUYER}")).json();
    app.deposit(&Deposit::new(Coin::BTC, &dusty, 1, 1000));
    let second =
        app.get(&format!("/api/status?skyaddr={BUYER}&page={}", first["next"].as_str().unwrap())).json();
    assert_eq!(seqs(second["statuses"].as_array().unwrap()), (52..=151).collect::<Vec<_>>());
    let page = app.get(&format!("/?skyaddr={BUYER}"));
    let link =
        page.text().split("href=\"").find(|rest| rest.contains("page=")).unwrap().split('"').next().unwrap();
    let older = app.get(&link.replace("&#38;", "&").replace("&amp;", "&"));
    assert!(older.text().contains(">152<") && !older.text().contains(">153<"), "{link}");
}

#[test]
fn should_page_over_many_addresses() {
    let setup =
        Setup::new().set("teller.max_bound_addrs", 0).pool(Coin::BTC, crate::support::pools::btc(150));
    let app = TestApp::start(setup);
    let addresses: Vec<String> = (0..130).map(|_| app.bind(BUYER, Coin::BTC)).collect();
    for (n, address) in addresses.iter().enumerate().filter(|(n, _)| n % 10 == 0) {
        app.deposit(&Deposit::new(Coin::BTC, address, 200_000, u32::try_from(2 * n).unwrap()));
        app.deposit(&Deposit::new(Coin::BTC, address, 200_000, u32::try_from(2 * n + 1).unwrap()));
    }
    let mut all: Vec<u64> = pages(&app, BUYER).iter().flat_map(|page| seqs(page)).collect();
    all.sort_unstable();
    assert_eq!(all, (1..=143).collect::<Vec<_>>(), "every line once");
}

#[test]
fn should_refuse_pages_that_are_none() {
    let app = TestApp::new();
    for coin in [BUYER, OTHER] {
        let address = app.bind(coin, Coin::BTC);
        (0..101).for_each(|n| {
            app.deposit(&Deposit::new(Coin::BTC, &address, 1, if coin == BUYER { n } else { 500 + n }))
        });
    }
    let next = |payee: &str| {
        app.get(&format!("/api/status?skyaddr={payee}")).json()["next"].as_str().unwrap().to_owned()
    };
    let (mine, others) = (next(BUYER), next(OTHER));
    for page in ["x", "AAAA", &others, &mine[1..], &format!("{mine}A"), &mine.to_lowercase()] {
        app.get(&format!("/api/status?skyaddr={BUYER}&page={page}")).assert_text(400, "Invalid page");
        assert_eq!(app.get(&format!("/?skyaddr={BUYER}&page={page}")).status, 400);
    }
    assert_eq!(app.get(&format!("/api/status?skyaddr={BUYER}&page={mine}")).json()["statuses"][0]["seq"], 1);
}

/// A secret that opens nothing shows nothing: who gives one is told what is told to everybody.
#[test]
fn should_tell_the_same_to_whoever_shows_nothing() {
    let mut app = TestApp::new();
    let same = |app: &TestApp, state: &str| {
        for payee in [BUYER, OTHER] {
            let ask = |more: &str| app.get(&format!("/api/status?skyaddr={payee}{more}")).text().to_owned();
            assert_eq!(ask(""), ask("&secret=x"), "{state}");
            let ask =
                |more: &str| app.get(&format!("/?skyaddr={payee}{more}")).text().replace("&#38;secret=x", "");
            assert_eq!(ask(""), ask("&secret=x"), "{state}");
        }
    };
    let address = app.bind(BUYER, Coin::ETH);
    same(&app, "bound");
    app.restart();
    same(&app, "bound, and read again");
    app.deposit(&Deposit::new(Coin::ETH, &address, 200_000_000_000_000_000, 1));
    app.await_states(BUYER, &["waiting_confirm"]);
    same(&app, "sent");
    app.confirm(0);
    app.await_states(BUYER, &["done"]);
    assert_eq!(app.get(&format!("/api/status?skyaddr={BUYER}")).json()["statuses"][0]["message"], "paid");
    same(&app, "paid");
    app.restart();
    same(&app, "paid, and read again");
    app.deposit(&Deposit::new(Coin::ETH, &address, 200_000_000_000_000_000, 2));
    app.await_states(BUYER, &["done", "waiting_confirm"]);
    same(&app, "a second deposit");
    app.bind(BUYER, Coin::BTC);
    same(&app, "a second address");
    app.restart();
    same(&app, "a second address, and read again");
    assert_eq!(app.states(BUYER).len(), 3);
}

//! The dummy listener: a scanner and a sender by hand.

use serde_json::json;
use teller::types::Coin;

use crate::support::{BUYER, Deposit, Request, Setup, TestApp, tx};

#[test]
fn should_check_an_address_with_its_coins_rules() {
    let enable =
        |setup: Setup, coin: Coin| setup.set(&format!("{}.enabled", coin.facts().settings.section), true);
    let app = TestApp::start(Coin::all().fold(Setup::new(), enable));
    let addresses: Vec<String> = Coin::all().map(|coin| app.bind(BUYER, coin)).collect();
    for coin in Coin::all() {
        for (other, address) in Coin::all().zip(&addresses) {
            let reply = app.try_deposit(&Deposit::new(coin, address, 1_000_000, 1));
            assert_eq!(reply.status, if coin == other { 200 } else { 400 }, "{address} as {coin}");
        }
    }
}

#[test]
fn should_take_parameters_from_the_form_before_the_query() {
    let app = TestApp::new();
    let address = app.bind(BUYER, Coin::BTC);
    let target = format!("/dummy/scanner/deposit?addr={address}&value=1&height=1&tx={}&n=3", tx(1));
    let reply = app.dummy(&Request::form(&target, "value=200000&n=4"));
    assert_eq!((reply.status, reply.text()), (200, ""));
    let deposit = app.deposits()[0]["deposit"].clone();
    assert_eq!((&deposit["value"], &deposit["n"]), (&json!(200_000), &json!(4)));
}

#[test]
fn should_say_what_is_wrong_with_a_deposit() {
    let app = TestApp::new();
    let address = app.bind(BUYER, Coin::BTC);
    let good = format!("addr={address}&value=1&height=1&tx={}&n=0", tx(1));
    for (from, to, words) in [
        ("n=0", "n=4294967296", "n too large"),
        ("n=0", "n=0.5", "invalid n"),
        ("value=1", "value=", "value required"),
        ("value=1", "value=1.5", "invalid value"),
        ("height=1", "height=", "height required"),
        ("addr=", "coin=btc&addr=", "invalid coin"),
    ] {
        let query = good.replace(from, to);
        app.dummy(&Request::get(&format!("/dummy/scanner/deposit?{query}"))).assert_text(400, words);
    }
    let long = good.replace(&tx(1), &"f".repeat(257));
    app.dummy(&Request::get(&format!("/dummy/scanner/deposit?{long}"))).assert_text(400, "tx too long");
}

#[test]
fn should_give_the_wallet_coins() {
    let app = TestApp::new();
    for (coins, words) in [
        ("", "coins: "),
        ("x", "coins: "),
        ("-1", "coins: "),
        ("0", "coins must be more than 0"),
        ("0.0000001", "coins: "),
    ] {
        let reply = app.dummy(&Request::form("/dummy/sender/fund", &format!("coins={coins}")));
        assert_eq!(reply.status, 400);
        assert!(reply.text().starts_with(words), "{coins:?}: {}", reply.text());
    }
    app.fund("0.5");
    crate::support::eventually("the balance is told", || {
        let health = app.get("/api/health").json();
        (health["exchange"]["balance"]["coins"] == "100.500000").then_some(())
    });
}

#[test]
fn should_take_no_deposit_from_another_sites_page() {
    let app = TestApp::new();
    let address = app.bind(BUYER, Coin::BTC);
    let target = Deposit::new(Coin::BTC, &address, 200_000, 1).target();
    let (path, form) = target.split_once('?').unwrap();
    let words = "Forbidden: call this listener by its address, and not from another site's page";
    for (name, value) in [
        ("Origin", "https://elsewhere.example"),
        ("Origin", "null"),
        ("Referer", "https://elsewhere.example/page"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
        ("Host", "elsewhere.example:4121"),
    ] {
        for request in [Request::get(&target), Request::form(path, form)] {
            app.dummy(&request.header(name, value)).assert_text(403, words);
        }
        for target in
            ["/dummy/sender/confirm?seq=0", "/dummy/sender/fund?coins=1", "/dummy/sender/broadcasts"]
        {
            app.dummy(&Request::get(target).header(name, value)).assert_text(403, words);
        }
    }
    assert_eq!(app.deposits().len(), 0);
    let own = format!("http://{}", app.dummy_address());
    let meant = Request::form(path, form).header("Origin", &own).header("Sec-Fetch-Site", "same-origin");
    assert_eq!(app.dummy(&meant).status, 200);
    assert_eq!(app.deposits().len(), 1);
}

#[test]
fn should_say_on_every_page_that_it_is_play() {
    let app = TestApp::start(Setup::new());
    let bound = app.try_bind(BUYER, "BTC").json();
    let refused = Request::form("/buy", "skyaddr=x&coin_type=BTC");
    let pages = [
        app.get("/"),
        app.get(&format!("/?skyaddr={BUYER}")),
        app.get("/?skyaddr=x"),
        app.get(bound["page"].as_str().unwrap()),
        app.get("/buy/x"),
        app.public(&refused),
    ];
    for page in pages {
        assert!(page.text().contains("this is play money"), "{}", page.text());
    }
    assert_eq!(app.get("/api/health").json()["mode"], "dummy");
}

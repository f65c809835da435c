//! The page at `/`, as a browser without JavaScript uses it.

use std::io::Read;

use flate2::read::GzDecoder;
use teller::types::Coin;

use crate::support::{BUYER, Deposit, Reply, Request, Setup, TestApp, pools};

fn bind(app: &TestApp, skyaddr: &str, coin: &str) -> Reply {
    app.public(&Request::form("/", &format!("skyaddr={skyaddr}&coin_type={coin}")))
}

fn show(app: &TestApp, skyaddr: &str) -> Reply {
    app.get(&format!("/?skyaddr={skyaddr}"))
}

fn assert_page(reply: &Reply, status: u16) {
    assert_eq!((reply.status, reply.header("Content-Type")), (status, Some("text/html; charset=utf-8")));
    assert!(reply.text().starts_with("<!doctype html>") && reply.text().ends_with("</html>"));
    assert!(!reply.text().contains("<script"), "the page needs no JavaScript");
    assert!(!reply.text().contains(" style="), "the policy lets no inline style apply");
}

#[test]
fn should_offer_every_coin_with_its_price() {
    let app = TestApp::start(Setup::new().set("sky_scanner.enabled", false));
    let page = app.get("/");
    assert_page(&page, 200);
    for words in ["value=\"BTC\"", "value=\"ETH\"", "500 SKY", "100 SKY", "Bitcoin or Ether"] {
        assert!(page.text().contains(words), "{words}");
    }
    assert!(!page.text().contains("value=\"SKY\""));
}

#[test]
fn should_bind_by_the_form() {
    let app = TestApp::new();
    let pools = [pools::btc(1), pools::eth(1), pools::sky(1)];
    for (coin, pool) in Coin::all().zip(pools) {
        let page = bind(&app, BUYER, coin.code());
        assert_page(&page, 200);
        assert!(
            page.text().contains(&pool[0]) && page.text().contains("<svg"),
            "{coin}: address and QR code"
        );
    }
    assert_eq!(app.states(BUYER).len(), 3);
}

#[test]
fn should_show_what_becomes_of_a_deposit() {
    let app = TestApp::new();
    assert_page(&show(&app, BUYER), 200);
    let address = app.bind(BUYER, Coin::BTC);
    assert!(show(&app, BUYER).text().contains("Waiting for a deposit of BTC."));
    app.deposit(&Deposit::new(Coin::BTC, &address, 200_000, 1));
    app.confirm_everything();
    let page = app.get(&format!("/?skyaddr={BUYER}&secret={}", app.secrets(BUYER)));
    assert_page(&page, 200);
    for words in ["0.002 BTC", "1 SKY", "Paid.", app.broadcasts()[0]["txid"].as_str().unwrap()] {
        assert!(page.text().contains(words), "{words}");
    }
}

#[test]
fn should_tell_the_smallest_deposit() {
    let app = TestApp::start(Setup::new().text("sky_exchanger.sky_btc_exchange_rate", "333.3"));
    let page = bind(&app, BUYER, "BTC");
    // 0.001 SKY, the least that is paid, costs 300.03 satoshi.
    assert!(page.text().contains("0.00000301 BTC"), "{}", page.text());
    let address = app.bind(BUYER, Coin::BTC);
    app.deposit(&Deposit::new(Coin::BTC, &address, 300, 1));
    app.deposit(&Deposit::new(Coin::BTC, &address, 301, 2));
    app.confirm_everything();
    assert_eq!(app.admin_json("/api/accounting")["sent"], "0.001000");
}

#[test]
fn should_look_again_by_itself_only_while_something_is_open() {
    let app = TestApp::new();
    let watch = format!("/?skyaddr={BUYER}&watch=1");
    let refreshes = |target: &str| app.get(target).text().contains("http-equiv=\"refresh\"");
    assert!(!refreshes("/") && !refreshes(&watch));
    let address = app.bind(BUYER, Coin::BTC);
    assert!(refreshes(&watch) && !refreshes(&format!("/?skyaddr={BUYER}")));
    app.deposit(&Deposit::new(Coin::BTC, &address, 200_000, 1));
    app.confirm_everything();
    assert!(!refreshes(&watch));
}

#[test]
fn should_say_in_words_what_is_wrong() {
    let app = TestApp::start(Setup::new().set("teller.max_bound_addrs", 1).pool(Coin::ETH, pools::eth(1)));
    for (page, status, words) in [
        (bind(&app, "", "BTC"), 400, "Please enter your Skycoin address"),
        (show(&app, ""), 400, "Please enter your Skycoin address"),
        (bind(&app, BUYER, "XMR"), 400, "Please choose what you want to pay with"),
        (bind(&app, BUYER, ""), 400, "Please choose what you want to pay with"),
        (bind(&app, "nonsense", "BTC"), 400, "That is not a Skycoin address (invalid address length)"),
        (show(&app, "nonsense"), 400, "That is not a Skycoin address (invalid address length)"),
        (bind(&app, BUYER, "ETH"), 200, "deposit address"),
        (bind(&app, BUYER, "BTC"), 409, "as many deposit addresses as it can have"),
        // What can still be used is told: whoever bound it may have been a stranger.
        (bind(&app, BUYER, "BTC"), 409, pools::eth(1)[0].as_str()),
        (bind(&app, crate::support::OTHER, "ETH"), 503, "no deposit address for ETH left"),
    ] {
        assert_page(&page, status);
        assert!(page.text().contains(words), "{words} is not in {}", page.text());
    }
}

#[test]
fn should_repeat_nothing_as_markup() {
    let app = TestApp::new();
    let evil = "%22%3E%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E";
    for page in [show(&app, evil), bind(&app, evil, "BTC"), bind(&app, BUYER, evil)] {
        assert_eq!(page.status, 400);
        assert!(!page.text().contains("<img src=x"), "{}", page.text());
    }
}

#[test]
fn should_say_that_nothing_is_given_out() {
    let app = TestApp::start(Setup::new().set("teller.bind_enabled", false));
    let page = app.get("/");
    assert_page(&page, 200);
    assert!(page.text().contains("No new addresses are given out at the moment"), "{}", page.text());
    assert!(!page.text().contains("name=\"coin_type\""));
    assert_page(&bind(&app, BUYER, "BTC"), 403);
}

#[test]
fn should_compress_the_page() {
    let app = TestApp::new();
    let plain = app.get("/");
    assert_eq!(plain.header("Content-Encoding"), None);
    for target in ["/", "/static/style.css"] {
        let plain = app.get(target);
        let reply = app.public(&Request::get(target).header("Accept-Encoding", "gzip"));
        assert_eq!(reply.header("Content-Encoding"), Some("gzip"), "{target}");
        assert!(reply.all("Vary").join(",").to_ascii_lowercase().contains("accept-encoding"));
        let mut unpacked = Vec::new();
        GzDecoder::new(reply.body.as_slice()).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, plain.body);
        assert!(reply.body.len() < plain.body.len(), "{target}");
    }
}

#[test]
fn should_style_the_page() {
    let app = TestApp::new();
    assert!(app.get("/").text().contains("href=\"/static/style.css\""));
    let style = app.get("/static/style.css");
    assert_eq!((style.status, style.header("Content-Type")), (200, Some("text/css; charset=utf-8")));
}

#[test]
fn should_serve_the_operators_own_files() {
    let pages = tempfile::tempdir().unwrap();
    std::fs::write(pages.path().join("index.html"), "index").unwrap();
    std::fs::write(pages.path().join("app.js"), "script").unwrap();
    std::fs::write(pages.path().join(".secret"), "secret").unwrap();
    std::fs::create_dir(pages.path().join("help")).unwrap();
    std::fs::write(pages.path().join("help/index.html"), "help").unwrap();
    let app = TestApp::start(Setup::new().text("web.static_dir", pages.path().display()));
    for (target, body) in [("/", "index"), ("/app.js", "script"), ("/help/", "help")] {
        let reply = app.get(target);
        assert_eq!((reply.status, reply.text()), (200, body), "{target}");
    }
    for target in
        ["/.secret", "/%2e%2e/teller.db", "/..%2fteller.db", "/help/..%2f..%2f/etc/passwd", "/nowhere"]
    {
        let reply = app.get(target);
        assert_eq!((reply.status, reply.text()), (404, "404 page not found\n"), "{target}");
    }
    assert_eq!(app.get("/../../etc/passwd").header("Location"), Some("/etc/passwd"));
    // The API is there all the same.
    assert_eq!(app.get("/api/config").status, 200);
}

#[test]
fn should_show_an_unused_address_again() {
    let app = TestApp::start(Setup::new().set("teller.max_bound_addrs", 2));
    let shown = |page: &Reply| {
        let rest = page.text().split("id=\"deposit-address\">").nth(1).unwrap().to_owned();
        rest.split('<').next().unwrap().to_owned()
    };
    let first = shown(&bind(&app, BUYER, "BTC"));
    // Neither impatience nor a script takes more of them.
    (0..9).for_each(|_| assert_eq!(shown(&bind(&app, BUYER, "BTC")), first));
    assert_eq!(app.remaining(Coin::BTC), 59);
    // Whoever was bound by a stranger, up to the limit, can pay all the same.
    app.bind(BUYER, Coin::BTC);
    app.try_bind(BUYER, "BTC")
        .assert_text(409, "The maximum number of addresses have been assigned to this SKY address");
    let at_the_limit = bind(&app, BUYER, "BTC");
    assert_page(&at_the_limit, 200);
    // Its link shows what becomes of it.
    let address = shown(&at_the_limit);
    let secret = at_the_limit.text().split("secret=").nth(1).unwrap()[..32].to_owned();
    app.deposit(&Deposit::new(Coin::BTC, &address, 200_000, 1));
    let page = app.get(&format!("/?skyaddr={BUYER}&secret={secret}"));
    assert!(page.text().contains("0.002 BTC"), "{}", page.text());
    assert!(!show(&app, BUYER).text().contains("0.002 BTC"));
    assert_ne!(shown(&bind(&app, BUYER, "BTC")), address, "the other one has received nothing yet");
}

#[test]
fn should_take_forms_of_its_own_only() {
    let app = TestApp::new();
    let form = || Request::form("/", &format!("skyaddr={BUYER}&coin_type=BTC"));
    for (name, value) in [
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
        ("Origin", "https://evil.example"),
        ("Origin", "null"),
    ] {
        let page = app.public(&form().header(name, value));
        assert_page(&page, 403);
        assert!(page.text().contains("another site"), "{name}: {value}");
    }
    assert_eq!(app.remaining(Coin::BTC), 60);
    let own = format!("http://{}", app.public_address());
    assert_eq!(app.public(&form().header("Origin", &own)).status, 200);
    assert_eq!(
        app.public(&form().header("Sec-Fetch-Site", "same-origin").header("Origin", "null")).status,
        200
    );
    assert_eq!(app.remaining(Coin::BTC), 59);
    // Its own form says where it comes from: the policy of the header alone would have browsers hide that.
    assert!(app.get("/").text().contains("<meta name=\"referrer\" content=\"same-origin\">"));
}

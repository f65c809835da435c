//! The buyer's pages, as a browser without JavaScript uses them.

use std::io::Read;

use flate2::read::GzDecoder;
use teller::types::Coin;

use crate::support::{BUYER, Deposit, OTHER, Reply, Request, Setup, TestApp, eventually, pools};

/// Sends the form, and goes where that leads.
fn bind(app: &TestApp, skyaddr: &str, coin: &str) -> Reply {
    let reply = app.public(&Request::form("/buy", &format!("skyaddr={skyaddr}&coin_type={coin}")));
    match reply.header("Location") {
        Some(page) if reply.status == 303 => app.get(page),
        _ => reply,
    }
}

/// The link of the page that the form leads to.
fn link(app: &TestApp, skyaddr: &str, coin: &str) -> String {
    let reply = app.public(&Request::form("/buy", &format!("skyaddr={skyaddr}&coin_type={coin}")));
    assert_eq!(reply.status, 303);
    reply.header("Location").unwrap().split('?').next().unwrap().to_owned()
}

fn show(app: &TestApp, skyaddr: &str) -> Reply {
    app.get(&format!("/?skyaddr={skyaddr}"))
}

/// The page says what is in stock, or sold, once that was looked at.
fn wait_for(app: &TestApp, words: &str) {
    eventually(words, || app.get("/").text().contains(words).then_some(()));
}

fn assert_page(reply: &Reply, status: u16) {
    assert_eq!((reply.status, reply.header("Content-Type")), (status, Some("text/html; charset=utf-8")));
    assert!(reply.text().starts_with("<!doctype html>") && reply.text().trim_end().ends_with("</html>"));
    for script in reply.text().split("<script").skip(1) {
        let is_allowed =
            script.starts_with(" src=\"/static/") || script.starts_with(" type=\"application/json\"");
        assert!(is_allowed, "the policy lets no inline script run: {script}");
    }
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
    wait_for(&app, " in stock");
    assert_eq!(app.get("/").header("Content-Encoding"), None);
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
    let bound = app.try_bind(BUYER, "BTC").json();
    let link = bound["page"].as_str().unwrap();
    app.try_bind(BUYER, "BTC")
        .assert_text(409, "The maximum number of addresses have been assigned to this SKY address");
    let at_the_limit = bind(&app, BUYER, "BTC");
    assert_page(&at_the_limit, 200);
    // Its link shows what becomes of it.
    let address = shown(&at_the_limit);
    assert_eq!(address, bound["deposit_address"].as_str().unwrap());
    app.deposit(&Deposit::new(Coin::BTC, &address, 200_000, 1));
    let page = app.get(link);
    assert!(page.text().contains("0.002 BTC"), "{}", page.text());
    assert!(!show(&app, BUYER).text().contains("0.002 BTC"));
    assert_ne!(shown(&bind(&app, BUYER, "BTC")), address, "the other one has received nothing yet");
}

#[test]
fn should_take_forms_of_its_own_only() {
    let app = TestApp::new();
    let form = || Request::form("/buy", &format!("skyaddr={BUYER}&coin_type=BTC"));
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
    assert_eq!(app.public(&form().header("Origin", &own)).status, 303);
    assert_eq!(
        app.public(&form().header("Sec-Fetch-Site", "same-origin").header("Origin", "null")).status,
        303
    );
    assert_eq!(app.remaining(Coin::BTC), 59);
    // Its own form says where it comes from: the policy of the header alone would have browsers hide that.
    assert!(app.get("/").text().contains("<meta name=\"referrer\" content=\"same-origin\">"));
}

#[test]
fn should_have_a_page_for_each_purchase_that_can_be_kept() {
    let app = TestApp::new();
    let link = link(&app, BUYER, "BTC");
    let page = app.get(&link);
    assert_page(&page, 200);
    let address = pools::btc(1)[0].clone();
    for words in
        [address.as_str(), BUYER, "bitcoin:", "Nothing has arrived yet", "500 SKY", "after 1 confirmation"]
    {
        assert!(page.text().contains(words), "{words}");
    }
    app.deposit(&Deposit::new(Coin::BTC, &address, 200_000, 1));
    app.confirm_everything();
    let page = app.get(&link);
    for words in ["0.002 BTC", "1 SKY", "Paid.", app.broadcasts()[0]["txid"].as_str().unwrap()] {
        assert!(page.text().contains(words), "{words}");
    }
    // The API tells the same page.
    let bound = app.try_bind(crate::support::OTHER, "ETH").json();
    assert_page(&app.get(bound["page"].as_str().unwrap()), 200);
}

#[test]
fn should_show_a_purchase_to_nobody_without_its_link() {
    let app = TestApp::new();
    let link = link(&app, BUYER, "BTC");
    let mut wrong: Vec<u8> = link.clone().into_bytes();
    let last = wrong.len() - 3;
    wrong[last] = if wrong[last] == b'A' { b'B' } else { b'A' };
    let long = format!("/buy/{}", "A".repeat(5000));
    for link in
        [String::from_utf8(wrong).unwrap(), link[..link.len() - 1].to_owned(), long, "/buy/1".to_owned()]
    {
        let page = app.get(&link);
        assert_page(&page, 404);
        assert!(page.text().contains("There is no such purchase"), "{}", page.text());
        assert!(!page.text().contains(&pools::btc(1)[0]));
        assert_eq!(app.get(&format!("{link}/events")).status, 404);
    }
    assert_eq!(app.get("/buy").header("Location"), Some("/"));
    assert_eq!(app.public(&Request::form(&link, "")).status, 405);
}

#[test]
fn should_put_an_amount_into_the_code_and_reckon_both_ways() {
    let app = TestApp::new();
    wait_for(&app, " in stock");
    let link = link(&app, BUYER, "BTC");
    let page = |query: &str| app.get(&format!("{link}?{query}")).text().to_owned();
    let address = &pools::btc(1)[0];
    assert!(page("").contains(&format!("href=\"bitcoin:{address}\"")));
    assert!(page("send=0.25").contains(&format!("href=\"bitcoin:{address}?amount=0.25\"")));
    assert!(page("send=0.25").contains("0.25 BTC = 125 SKY"));
    assert!(page("get=1").contains("0.002 BTC = 1 SKY"));
    assert!(page("send=0.000001").contains("the smallest deposit is 0.000002 BTC"));
    assert!(page("send=lots").contains("Please enter an amount"));
    // More than there is: it is said before anything is sent.
    assert!(page("get=1000").contains("more than is in stock at the moment (100 SKY)"));
    let start = app.get("/?coin_type=ETH&send=2&get=&skyaddr=").text().to_owned();
    assert!(start.contains("2 ETH = 200 SKY"), "{start}");
    // What was typed goes with the form.
    let form = format!("skyaddr={BUYER}&coin_type=BTC&send=0.5&get=250");
    let form = form.replace(BUYER, OTHER);
    let location = app.public(&Request::form("/buy", &form)).header("Location").unwrap().to_owned();
    assert!(location.starts_with("/buy/") && location.ends_with("?send=0.5"), "{location}");
}

#[test]
fn should_speak_the_languages_of_its_readers() {
    let app = TestApp::new();
    let link = link(&app, BUYER, "BTC");
    for (language, start, purchase) in [
        ("en", "Get a deposit address", "Send BTC to this address"),
        ("zh", "领取充值地址", "请将 BTC 发送到此地址"),
        ("ru", "Получить адрес для пополнения", "Отправьте BTC на этот адрес"),
        ("es", "Obtener una dirección de depósito", "Envíe BTC a esta dirección"),
    ] {
        let by_header = |target: &str| app.public(&Request::get(target).header("Accept-Language", language));
        for (target, words) in [("/", start), (link.as_str(), purchase)] {
            let page = by_header(target);
            assert_page(&page, 200);
            assert!(page.text().contains(words), "{language}: {words}");
            assert!(page.text().contains(&format!("<html lang=\"{language}\">")));
        }
        // What a reader chooses stays.
        let chosen = app.get(&format!("{link}?lang={language}"));
        assert!(chosen.text().contains(purchase), "{language}");
        let cookie = chosen.header("Set-Cookie").unwrap().split(';').next().unwrap().to_owned();
        let later = app.public(&Request::get("/").header("Cookie", &cookie).header("Accept-Language", "en"));
        assert!(later.text().contains(start), "{language}");
    }
    assert!(app.get("/?lang=tlh").text().contains("Get a deposit address"), "English for everybody else");
}

#[test]
fn should_say_that_everything_is_sold() {
    let app = TestApp::start(Setup::new().text("dummy.balance", "0"));
    wait_for(&app, "Sold out at the moment");
    let page = bind(&app, BUYER, "BTC");
    assert!(page.text().contains("There are no SKY in stock"), "{}", page.text());
    // An operator may keep that to themselves.
    let app = TestApp::start(Setup::new().text("dummy.balance", "0").set("web.show_stock", false));
    assert!(!app.get("/").text().contains("Sold out"));
}

#[test]
fn should_show_whose_desk_it_is() {
    let setup = Setup::new().text("web.operator", "Blue Lagoon").text("web.support", "help@lagoon.example");
    let app = TestApp::start(
        setup
            .set("web.theme", "{ accent = \"#123456\", dark_accent_ink = \"#fed\" }")
            .set("web.explorers", "{ SKY = \"https://sky.example/tx/{txid}?x=1\" }"),
    );
    let page = app.get("/");
    for words in ["Blue Lagoon", "href=\"mailto:help@lagoon.example\"", "href=\"/static/theme.css\""] {
        assert!(page.text().contains(words), "{words}");
    }
    let theme = app.get("/static/theme.css");
    assert_eq!(theme.header("Content-Type"), Some("text/css; charset=utf-8"));
    assert!(theme.text().contains(":root{--accent:#123456;}"), "{}", theme.text());
    assert!(
        theme.text().contains("(prefers-color-scheme:dark){:root{--accent-ink:#fed;}}"),
        "{}",
        theme.text()
    );
    let link = link(&app, BUYER, "BTC");
    app.deposit(&Deposit::new(Coin::BTC, &pools::btc(1)[0], 200_000, 1));
    app.confirm_everything();
    let txid = app.broadcasts()[0]["txid"].as_str().unwrap().to_owned();
    assert!(app.get(&link).text().contains(&format!("href=\"https://sky.example/tx/{txid}?x=1\"")));
}

#[test]
fn should_let_pages_of_the_original_run_their_scripts() {
    let pages = tempfile::tempdir().unwrap();
    std::fs::write(pages.path().join("index.html"), "<script>start()</script>").unwrap();
    let policy = |inline: bool| {
        let setup = Setup::new().text("web.static_dir", pages.path().display());
        let app = TestApp::start(setup.set("web.static_inline_scripts", inline));
        app.get("/").header("Content-Security-Policy").unwrap().to_owned()
    };
    assert!(policy(true).contains("script-src 'self' 'unsafe-inline'"));
    assert!(!policy(false).contains("script-src"), "as the same origin's alone");
}

#[test]
fn should_let_a_visitor_play_the_networks_and_the_wallet() {
    let app = TestApp::new();
    let link = link(&app, BUYER, "BTC");
    let play = |act: &str| {
        let reply = app.public(&Request::form(&format!("{link}/play"), &format!("act={act}")));
        assert_eq!(
            (reply.status, reply.header("Location")),
            (303, Some(format!("{link}#deposits-title").as_str()))
        );
    };
    let says = |words: &str| {
        eventually(words, || app.get(&link).text().contains(words).then_some(()));
    };
    assert!(app.get(&link).text().contains("Play the other side"));
    play("deposit");
    says("Waiting for confirmations of the deposit");
    play("fork");
    says("Waiting for the deposit to be in a block again");
    play("shortage");
    play("confirm");
    says("wallet to be refilled");
    play("refill");
    says("Waiting for the payout to be confirmed");
    play("confirm");
    says("Paid.");
    assert_eq!(app.broadcasts().len(), 1, "paid once");
    let foreign =
        Request::form(&format!("{link}/play"), "act=deposit").header("Sec-Fetch-Site", "cross-site");
    assert_eq!(app.public(&foreign).status, 403);
    assert_eq!(app.public(&Request::form(&format!("{link}/play"), "act=steal")).status, 400);
}

#[test]
fn should_say_in_words_that_somebody_asks_too_often() {
    let app = TestApp::start(Setup::new().set("web.throttle_max", 2).text("web.throttle_duration", "1h"));
    let link = link(&app, BUYER, "BTC");
    let ask = || app.public(&Request::get(&link).header("Accept-Language", "es"));
    let page = eventually("it is too often", || Some(ask()).filter(|page| page.status != 200));
    assert_page(&page, 429);
    assert!(page.text().contains("Demasiadas solicitudes"), "{}", page.text());
    assert!(page.header("Retry-After").is_some_and(|wait| wait.parse::<u64>().unwrap() > 60));
    // A program is told as the contract has it.
    let status = eventually("the API, too", || {
        Some(app.get(&format!("/api/status?skyaddr={BUYER}"))).filter(|reply| reply.status != 200)
    });
    assert_eq!((status.status, status.text()), (429, "You have reached maximum request limit."));
}

//! What acts would do, shown first; and acts that wait for a second person.

use std::path::Path;

use serde_json::{Value, json};
use teller::app::move_over;
use teller::types::Coin;

use crate::support::{BUYER, Deposit, Person, Request, Setup, TestApp, eventually};

/// A desk whose wallet cannot pay, with one deposit that is owed 50 SKY.
fn owing(setup: Setup) -> TestApp {
    let app = TestApp::start(setup.text("dummy.balance", "1"));
    let address = app.bind(BUYER, Coin::BTC);
    app.deposit(&Deposit::new(Coin::BTC, &address, 10_000_000, 7));
    eventually("it is held", || {
        let kinds = app.admin_json("/api/waiting?code=held_coins");
        (kinds["deposits"].as_array().unwrap().len() == 1).then_some(())
    });
    app
}

fn post(app: &TestApp, by: &Person, target: &str) -> (u16, Value) {
    let reply = by.send(app, Request::new("POST", target));
    let text = String::from_utf8(reply.body.clone()).unwrap();
    (reply.status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

fn proposals(app: &TestApp, by: &Person, query: &str) -> Vec<Value> {
    by.get(app, &format!("/api/proposals{query}")).json()["proposals"].as_array().unwrap().clone()
}

#[test]
fn should_show_what_an_act_would_do_and_do_nothing() {
    let app = owing(Setup::new());
    let anna = Person::first(&app, "anna");
    let before = anna.get(&app, "/api/deposits/1").json();
    assert_eq!((&before["no"], &before["acts"][0]["act"]), (&json!(1), &json!("void")));
    let (status, shown) = post(&app, &anna, "/api/deposits/1/void?why=double+spent&dry_run=1");
    assert_eq!((status, &shown["dry_run"], &shown["second_person"]), (200, &json!(true), &json!(false)));
    assert_eq!(shown["words"], "deposit 1 is void: nothing is paid out for it");
    assert_eq!(
        (&shown["would"][0]["what"], &shown["would"][0]["by"]),
        (&json!("payout ruled"), &json!("anna"))
    );
    assert_eq!(anna.get(&app, "/api/deposits/1").json(), before);
    // What the state does not allow is refused in the same words as the act would be.
    let (dry, refused) = post(&app, &anna, "/api/deposits/1/resume?why=x&dry_run=1");
    assert_eq!((dry, refused), post(&app, &anna, "/api/deposits/1/resume?why=x"));
    let price = "/api/prices/BTC/set?rate=100&why=a+sale";
    assert_eq!(post(&app, &anna, &format!("{price}&dry_run=1")).0, 200);
    assert_eq!(anna.get(&app, "/api/prices").json()["prices"][0].get("set"), None);
    for target in ["/api/deposits/1/void?why=x&dry_run=yes", "/api/deposit-addresses/reload?dry_run=1"] {
        assert_eq!(post(&app, &anna, target).0, 400, "{target}");
    }
    let mine = post(&app, &anna, "/api/wallet/spends/mine?why=x&dry_run=1");
    assert_eq!(mine.1["words"], "0 transaction(s) are the operator's own");
    assert_eq!(anna.get(&app, "/api/deposits/2").status, 404);
}

#[test]
fn should_do_nothing_where_a_wish_to_be_shown_it_first_cannot_be_read() {
    let app = owing(Setup::new());
    let anna = Person::first(&app, "anna");
    let before = anna.get(&app, "/api/deposits/1").json();
    let void = "/api/deposits/1/void?why=double+spent";
    for query in [
        "&dry_run=%zz",
        "&dry%zzrun=1",
        ";dry_run=1",
        "&dry_run=1;",
        "%ff&dry_run",
        "&Dry_Run=1",
        "&dryRun",
        "?dry_run=1",
        "%26dry_run=1",
    ] {
        let (status, words) = post(&app, &anna, &format!("{void}{query}"));
        assert_eq!(status, 400, "{query}: {words}");
        assert!(words.as_str().unwrap().contains("nothing was done"), "{query}: {words}");
    }
    let json = "application/json";
    let form = "application/x-www-form-urlencoded";
    for (kind, body) in [
        (form, "dry_run=1"),
        (form, "a=1&dry%5Frun=1"),
        (json, r#"{"dry_run":true}"#),
        ("text/plain", "dryRun: 1"),
    ] {
        let request = Request::new("POST", void).header("Content-Type", kind).body(body);
        let reply = anna.send(&app, request);
        assert_eq!(reply.status, 400, "{body}: {}", reply.text());
    }
    // Also where acts cannot be shown.
    let reload = Request::form("/api/deposit-addresses/reload", "dry_run=1");
    assert_eq!(anna.send(&app, reload).status, 400);
    assert_eq!(anna.get(&app, "/api/deposits/1").json(), before);
    let harmless = Request::new("POST", "/api/deposits/1/void?why=after+a+dry+run%3B+100%25");
    assert_eq!(anna.send(&app, harmless.header("Content-Type", form).body("a=b")).status, 200);
}

#[test]
fn should_show_what_is_said_of_a_withdrawal() {
    let app = TestApp::new();
    let anna = Person::first(&app, "anna");
    let (status, words) = post(&app, &anna, "/api/withdrawals/7/missed?why=x&dry_run=1");
    assert_eq!((status, words), (404, json!("there is none of that number\n")));
}

#[test]
fn should_read_the_body_of_an_act_before_it_is_done() {
    let app = owing(Setup::new());
    let anna = Person::first(&app, "anna");
    let large = Request::new("POST", "/api/deposits/1/void?why=double+spent").body(vec![b' '; 20_000]);
    assert_eq!(anna.send(&app, large).status, 413);
    assert_ne!(anna.get(&app, "/api/deposits/1").json()["status"], "done");
}

#[test]
fn should_do_an_act_above_the_limit_only_with_a_second_person() {
    let mut app = owing(Setup::new().text("admin_panel.second_person_above", "49"));
    let anna = Person::first(&app, "anna");
    let berta = Person::added(&app, &anna, "berta", "approve");
    let carl = Person::added(&app, &anna, "carl", "operate");
    assert_eq!(post(&app, &carl, "/api/deposits/1/void?why=double+spent").0, 200, "nothing leaves by this");
    let shown = post(&app, &carl, "/api/deposits/1/pay?why=a+friend&dry_run=1").1;
    assert_eq!((&shown["second_person"], &shown["coins"]), (&json!(true), &json!("50.000000")));
    let (status, made) = post(&app, &carl, "/api/deposits/1/pay?why=a+friend");
    assert_eq!((status, &made["proposal"]), (202, &json!(1)));
    let status_of = |app: &TestApp| anna.get(app, "/api/deposits/1").json()["status"].clone();
    assert_eq!(status_of(&app), "done", "it stays void");
    app.restart();
    let waiting = anna.get(&app, "/api/waiting").json();
    let kinds = waiting["waiting"].as_array().unwrap();
    let kind = kinds.iter().find(|kind| kind["code"] == "proposal").unwrap();
    assert_eq!((&kind["count"], &kind["list"]), (&json!(1), &json!("/api/proposals")));
    let listed = &proposals(&app, &anna, "")[0];
    assert_eq!(
        (&listed["by"], &listed["coins"], &listed["act"]),
        (&json!("carl"), &json!("50.000000"), &json!("pay"))
    );
    assert_eq!(post(&app, &carl, "/api/proposals/1/confirm").0, 403, "the role is not enough");
    let (status, done) = post(&app, &berta, "/api/proposals/1/confirm");
    assert_eq!((status, done), (200, json!("deposit 1 is paid although it is gone\n")));
    assert_eq!(post(&app, &anna, "/api/proposals/1/confirm").0, 409, "once");
    assert_ne!(status_of(&app), "done", "it is owed again");
    let ended = &proposals(&app, &anna, "?state=ended")[0];
    assert_eq!((&ended["state"], &ended["decided_by"]), (&json!("confirmed"), &json!("berta")));
    let outcomes: Vec<Value> = anna.get(&app, "/api/acts").json()["acts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| a["outcome"].clone())
        .collect();
    assert!(outcomes.contains(&json!("proposed")), "{outcomes:?}");
}

#[test]
fn should_not_let_anybody_confirm_what_they_proposed_or_what_cannot_be_any_more() {
    let app = owing(Setup::new().text("admin_panel.second_person_above", "49"));
    let anna = Person::first(&app, "anna");
    let berta = Person::added(&app, &anna, "berta", "approve");
    assert_eq!(post(&app, &anna, "/api/deposits/1/void?why=double+spent").0, 200);
    for _ in 0..2 {
        assert_eq!(post(&app, &anna, "/api/deposits/1/pay?why=a+friend").0, 202);
    }
    assert_eq!(post(&app, &anna, "/api/proposals/1/confirm").0, 403);
    assert_eq!(post(&app, &berta, "/api/proposals/1/confirm").0, 200);
    let (status, words) = post(&app, &berta, "/api/proposals/2/confirm");
    assert_eq!(status, 409, "it is owed already: {words}");
    assert_eq!(post(&app, &berta, "/api/proposals/2/decline").0, 400, "a reason is wanted");
    assert_eq!(post(&app, &berta, "/api/proposals/2/decline?why=it+is+owed").0, 200);
    assert_eq!(post(&app, &berta, "/api/proposals/2/confirm").0, 409);
    assert_eq!(post(&app, &berta, "/api/proposals/3/confirm").0, 404);
    let ended = proposals(&app, &anna, "?state=ended");
    assert_eq!((&ended[1]["state"], &ended[1]["decided_why"]), (&json!("declined"), &json!("it is owed")));
    // What the state does not allow is not even proposed.
    assert_eq!(post(&app, &anna, "/api/deposits/1/direct?why=x").0, 409);
}

#[test]
fn should_forget_a_proposal_that_nobody_confirmed_in_time() {
    let setup =
        Setup::new().text("admin_panel.second_person_above", "49").text("admin_panel.proposal_wait", "1s");
    let app = owing(setup);
    let anna = Person::first(&app, "anna");
    let berta = Person::added(&app, &anna, "berta", "approve");
    assert_eq!(post(&app, &anna, "/api/deposits/1/void?why=double+spent").0, 200);
    assert_eq!(post(&app, &anna, "/api/deposits/1/pay?why=a+friend").0, 202);
    eventually("it is over", || proposals(&app, &anna, "").is_empty().then_some(()));
    assert_eq!(post(&app, &berta, "/api/proposals/1/confirm").0, 409);
    assert_eq!(post(&app, &anna, "/api/deposits/1/pay?why=a+friend").0, 202);
    assert_eq!(proposals(&app, &anna, "?state=ended")[0]["state"], "expired");
}

#[test]
fn should_want_two_people_for_a_price_that_is_far_off_and_no_program_in_place_of_one() {
    let token = "a token of more than sixteen letters";
    let setup = Setup::new().text("admin_panel.second_person_above", "49").text("admin_panel.token", token);
    let app = TestApp::start(setup);
    let price = |rate: u32| {
        let set = Request::new("POST", &format!("/api/prices/BTC/set?rate={rate}&why=a+sale"));
        app.admin(&set.header("Authorization", &format!("Bearer {token}"))).status
    };
    // 500 is configured, and the band is a fifth.
    assert_eq!((price(450), price(4500)), (200, 403));
    // Each step is small, and all of them are measured from what is configured.
    assert_eq!([400, 480, 560, 600, 601, 660, 720].map(price), [200, 200, 200, 200, 403, 403, 403]);
    assert_eq!(price(399), 403);
}

#[test]
fn should_want_a_second_person_for_what_comes_to_much_in_a_day() {
    let mut app = owing(Setup::new().text("admin_panel.second_person_above", "120"));
    let anna = Person::first(&app, "anna");
    let berta = Person::added(&app, &anna, "berta", "operate");
    let void = |app: &TestApp, by: &Person| post(app, by, "/api/deposits/1/void?why=double+spent").0;
    let pay = |app: &TestApp, by: &Person| post(app, by, "/api/deposits/1/pay?why=a+friend").0;
    // 50 SKY each time, one act after the other.
    assert_eq!((void(&app, &anna), pay(&app, &anna)), (200, 200));
    assert_eq!(pay(&app, &anna), 409, "what is refused moves nothing");
    assert_eq!((void(&app, &anna), pay(&app, &anna)), (200, 200));
    assert_eq!(void(&app, &anna), 200);
    let shown = post(&app, &anna, "/api/deposits/1/pay?why=a+friend&dry_run=1").1;
    assert_eq!(shown["second_person"], true, "150 SKY in a day");
    assert_eq!(pay(&app, &anna), 202);
    assert_eq!(pay(&app, &berta), 200, "she has moved nothing yet");
    app.restart();
    assert_eq!((void(&app, &anna), pay(&app, &anna)), (200, 202), "a restart forgets nothing");
    let acts = anna.get(&app, "/api/acts").json();
    let moved = acts["acts"].as_array().unwrap().iter().filter(|act| act["moved"] == "50.000000").count();
    assert_eq!(moved, 3, "{acts}");
}

#[test]
fn should_want_a_second_person_to_release_an_address_that_received_coins() {
    let mut app = TestApp::start(Setup::new().text("admin_panel.second_person_above", "49"));
    let anna = Person::first(&app, "anna");
    let berta = Person::added(&app, &anna, "berta", "approve");
    let text = crate::support::pools::btc(3)[2].clone();
    let address = teller::address::DepositAddress::parse(Coin::BTC.main_network(), &text).unwrap();
    crate::gaps::write(&mut app, move |tx| {
        let height = teller::types::Height::new(7);
        tx.record(teller::store::AddressEvent::Tainted {
            address,
            tx: Some("aa".into()),
            amount: None,
            height,
        })
    });
    let release = format!("/api/deposit-addresses/{text}/release?why=ours");
    assert_eq!(post(&app, &anna, &format!("{release}&dry_run=1")).1["second_person"], true);
    assert_eq!(post(&app, &anna, &release).0, 202);
    let listed = &proposals(&app, &berta, "")[0];
    assert_eq!(
        (&listed["act"], &listed["target"]),
        (&json!("release"), &json!(format!("/api/deposit-addresses/{text}")))
    );
    let (status, words) = post(&app, &berta, "/api/proposals/1/confirm");
    assert_eq!(status, 200, "{words}");
    assert!(words.as_str().unwrap().contains("is given out when its pool comes to it"), "{words}");
    assert_eq!(post(&app, &anna, &release).0, 404);
}

/// What is written off is gone as what is paid is: the original is said to have paid it, and nobody pays it again.
#[test]
fn should_want_two_people_to_say_that_much_was_paid_before() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/original/sending-off.db");
    let app =
        TestApp::start_on(Setup::new().text("admin_panel.second_person_above", "0.9"), |config, dir| {
            move_over(config, dir, &file, false).unwrap();
        });
    let anna = Person::first(&app, "anna");
    let berta = Person::added(&app, &anna, "berta", "approve");
    let amount = |no: u64| {
        let shown = post(&app, &anna, &format!("/api/deposits/{no}/paid?why=x&dry_run=1")).1;
        (shown["coins"].as_str().map(str::to_owned), shown["second_person"].as_bool())
    };
    let waiting =
        anna.get(&app, "/api/waiting?code=inherited").json()["deposits"].as_array().unwrap().clone();
    let is_much = |no: &u64| amount(*no).1 == Some(true);
    let (much, little): (Vec<u64>, Vec<u64>) =
        waiting.iter().map(|deposit| deposit["seq"].as_u64().unwrap()).partition(is_much);
    let (much, little) = (much[0], little[0]);
    let txid = "ab".repeat(32);
    let paid =
        |no: u64| post(&app, &anna, &format!("/api/deposits/{no}/paid?txid={txid}&why=its+wallet+says"));
    assert_eq!(paid(little).0, 200, "{:?}", amount(little));
    let (status, made) = paid(much);
    assert_eq!((status, &made["proposal"]), (202, &json!(1)), "{:?}", amount(much));
    let status_of = |no: u64| anna.get(&app, &format!("/api/deposits/{no}")).json()["status"].clone();
    assert_ne!(status_of(much), "done");
    assert_eq!(post(&app, &anna, "/api/proposals/1/confirm").0, 403);
    let listed = &proposals(&app, &berta, "")[0];
    assert_eq!(
        (&listed["act"], &listed["target"]),
        (&json!("paid"), &json!(format!("/api/deposits/{much}")))
    );
    assert_eq!(post(&app, &berta, "/api/proposals/1/confirm").0, 200);
    assert_eq!(status_of(much), "done");
    let deposit = anna.get(&app, &format!("/api/deposits/{much}")).json();
    assert_eq!(deposit["txid"], json!(txid), "the transaction is the one that was proposed");
}

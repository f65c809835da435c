//! A desk on what was taken over from the original answers what the original answered; what was in flight waits.
//!
//! `tests/data/original` has databases that the original's own binary wrote, with what it answered about each.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use teller::app::{MoveOverError, MovedOver, move_over};
use teller::types::Coin;

use crate::support::{Deposit, Request, Setup, TestApp, eventually};

const NAMES: [&str; 4] = ["empty", "mixed", "many", "sending-off"];

fn data(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/original").join(file)
}

/// What the original answered.
fn answers(name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(data(&format!("{name}.json"))).unwrap()).unwrap()
}

/// A desk that was started on what was taken over.
fn desk(name: &str) -> (TestApp, MovedOver) {
    let mut moved = None;
    let app = TestApp::start_on(Setup::new(), |config, dir| {
        moved = Some(move_over(config, dir, &data(&format!("{name}.db")), false).unwrap());
    });
    (app, moved.unwrap())
}

/// What the original tells of a deposit, and what this desk tells of it under the same names.
fn assert_same(told: &Value, here: &Value) {
    for (name, value) in told.as_object().unwrap() {
        match value {
            Value::Object(_) => assert_same(value, &here[name]),
            _ => assert_eq!(&here[name], value, "{name} of {told:#}"),
        }
    }
}

#[test]
fn should_answer_every_payee_as_the_original_did() {
    for name in NAMES {
        let (app, _) = desk(name);
        let told = answers(name);
        for (payee, answer) in told["status"].as_object().unwrap() {
            let told = answer["statuses"].as_array().unwrap();
            let here = app.statuses(payee);
            assert_eq!(here.len(), told.len(), "{name}: {payee}");
            for (told, here) in told.iter().zip(&here) {
                // It counts from 0, and a line without a deposit changes whenever it is asked for.
                assert_eq!(here["seq"].as_u64().unwrap(), told["seq"].as_u64().unwrap() + 1, "{payee}");
                assert_eq!((&here["status"], &here["coin_type"]), (&told["status"], &told["coin_type"]));
                if told["status"] != "waiting_deposit" {
                    assert_eq!(here["updated_at"], told["updated_at"], "{payee}");
                }
            }
        }
    }
}

#[test]
fn should_show_every_deposit_as_the_original_did() {
    for name in NAMES {
        let (app, _) = desk(name);
        let told = answers(name);
        for list in ["deposits", "errored"] {
            let target = if list == "errored" { "/api/deposits/errored" } else { "/api/deposits" };
            let here = app.admin_json(target)["deposits"].as_array().unwrap().clone();
            let mut told = told[list]["deposits"].as_array().unwrap().clone();
            told.sort_by_key(|deposit| deposit["seq"].as_u64());
            assert_eq!(here.len(), told.len(), "{name}: {list}");
            told.iter().zip(&here).for_each(|(told, here)| assert_same(told, here));
        }
        let accounting = app.admin_json("/api/accounting");
        assert_eq!(accounting["sent"], told["accounting"]["sent"], "{name}");
        assert_same(&told["accounting"]["received"], &accounting["received"]);
    }
}

#[test]
fn should_bind_every_address_to_whom_the_original_gave_it() {
    for name in NAMES {
        let (app, moved) = desk(name);
        let bound = answers(name)["bound"].as_array().unwrap().clone();
        let given: Vec<&Value> = bound.iter().filter(|bound| bound["coin"] == "BTC").collect();
        assert_eq!(
            moved.report.coins.get(&Coin::BTC).map_or(0, |sum| sum.bound),
            given.len() as u64,
            "{name}"
        );
        // Money that comes to them is theirs.
        for (number, bound) in (900..).zip(given.iter().step_by(given.len() / 4 + 1)) {
            let payee = bound["payee"].as_str().unwrap();
            let deposit = Deposit::new(Coin::BTC, bound["answer"].as_str().unwrap(), 200_000, number);
            app.deposit(&deposit);
            assert!(app.deposits().iter().any(|known| known["sky_address"] == payee
                && known["deposit_address"] == bound["answer"]
                && known["deposit_id"] == format!("{}:0", deposit.tx)));
        }
    }
}

#[test]
fn should_give_out_no_address_that_the_original_had_used() {
    let told = answers("mixed");
    let used = move_over_used("mixed");
    assert_eq!(used.len(), 30 + 6 + 6);
    let fresh = "1BoatSLRHtKNngkdXEeobR76b53LETtpyT";
    let mut pool: Vec<String> = used.iter().filter(|address| address.starts_with('1')).cloned().collect();
    pool.push(fresh.to_owned());
    let ether: Vec<String> = used.iter().filter(|address| address.starts_with("0x")).cloned().collect();
    let setup = Setup::new().pool(Coin::BTC, pool).pool(Coin::ETH, ether);
    let app = TestApp::start_on(setup, |config, dir| {
        move_over(config, dir, &data("mixed.db"), false).unwrap();
    });
    let payee = told["bound"][0]["payee"].as_str().unwrap();
    assert_eq!(app.bind(payee, Coin::BTC), fresh);
    assert_ne!(app.try_bind(payee, "BTC").status, 200);
    assert_ne!(app.try_bind(payee, "ETH").status, 200);
    let held = app.admin_json("/api/deposit-addresses/tainted");
    let held = held["tainted"].as_array().unwrap();
    assert!(held.len() == 12 && held.iter().all(|one| one["used_before"] == true), "{held:?}");
}

/// Every address that the original had taken from its pools.
fn move_over_used(name: &str) -> BTreeSet<String> {
    let bolt = teller::original::Bolt::open(&data(&format!("{name}.db"))).unwrap();
    let root = bolt.root().unwrap();
    let used = root.buckets.iter().filter(|(name, _)| name.starts_with(b"used_"));
    let keys = used.flat_map(|(_, bucket)| bucket.pairs.iter().map(|(key, _)| key.to_vec()));
    keys.map(|key| String::from_utf8(key).unwrap()).collect()
}

#[test]
fn should_let_what_was_in_flight_wait_for_a_person() {
    let (app, moved) = desk("sending-off");
    assert_eq!(moved.report.in_flight.len(), 15);
    // Whatever the payer does meanwhile, a new deposit shows that it works.
    let payee = answers("sending-off")["bound"][0]["payee"].as_str().unwrap().to_owned();
    let address = app.bind(&payee, Coin::BTC);
    app.deposit(&Deposit::new(Coin::BTC, &address, 200_000, 7));
    app.await_broadcasts(1);
    let waiting = app.admin_json("/api/waiting?code=inherited");
    let waiting = waiting["deposits"].as_array().unwrap();
    assert_eq!(waiting.len(), 15);
    let acts = |no: u64| {
        let entry = waiting.iter().find(|entry| entry["seq"] == no).unwrap();
        entry["acts"].as_array().unwrap().iter().map(|act| act["act"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(acts(1), [json!("pay"), json!("void"), json!("paid")]);
    // Less than can be sent.
    assert_eq!(acts(3), [json!("void"), json!("paid")]);
    assert_eq!(app.broadcasts().len(), 1);
}

#[test]
fn should_pay_once_what_a_person_says_is_owed() {
    let (mut app, _) = desk("sending-off");
    let act = |app: &TestApp, no: u64, act: &str| {
        let reply = app.admin(&Request::new("POST", &format!("/api/deposits/{no}/{act}why=looked&by=anna")));
        (reply.status, reply.text().to_owned())
    };
    let (status, words) = act(&app, 1, "pay?");
    assert_eq!((status, words.trim_end()), (200, "deposit 1 is owed: it is paid by itself"));
    let txid = "f287a9e636c7c41e223b82d399eda5335dd213c26c036b5e021dd851133619eb";
    let (status, words) = act(&app, 2, &format!("paid?txid={txid}&"));
    assert_eq!((status, words.trim_end()), (200, "deposit 2 is done: the original has paid it"));
    assert_eq!(act(&app, 4, "void?").0, 200);
    // What is decided is not decided otherwise.
    assert_eq!(act(&app, 1, "paid?").0, 409);
    assert_eq!(act(&app, 2, "pay?").0, 409);
    assert_eq!(act(&app, 3, "pay?").0, 409);
    assert_eq!(act(&app, 99, "paid?").0, 404);
    assert_eq!(act(&app, 5, "paid?txid=none&").0, 400);
    let paid = app.await_broadcasts(1);
    app.confirm(0);
    eventually("it is done", || (app.deposits()[0]["status"] == "done").then_some(()));
    app.restart();
    let deposits = app.deposits();
    assert_eq!((&deposits[0]["status"], &deposits[1]["status"]), (&json!("done"), &json!("done")));
    assert_eq!((&deposits[1]["txid"], &deposits[1]["sky_sent"]), (&json!(txid), &json!(617_000)));
    assert_eq!(paid[0]["outputs"][0]["coins"], "1.000000", "{paid:?}");
    assert_eq!(app.admin_json("/api/waiting?code=inherited")["deposits"].as_array().unwrap().len(), 12);
    assert_eq!(app.admin_json("/api/accounting")["sent"], "1.617000");
}

#[test]
fn should_credit_no_deposit_again_that_was_taken_over() {
    let (app, _) = desk("mixed");
    let before = app.deposits();
    for known in &before {
        let raw = &known["deposit"];
        let text = |name: &str| raw[name].as_str().unwrap().to_owned();
        let again = Deposit {
            coin: Coin::BTC,
            address: text("address"),
            value: raw["value"].as_u64().unwrap().into(),
            height: raw["height"].as_u64().unwrap(),
            tx: text("tx"),
            // Wherever it is in its transaction: the original seldom knew.
            n: u32::try_from(raw["n"].as_u64().unwrap()).unwrap() + 5,
        };
        app.deposit(&again);
        app.deposit(&again);
    }
    let after = app.deposits();
    assert_eq!(after.len(), before.len());
    for (before, after) in before.iter().zip(&after) {
        assert_eq!((&before["status"], &before["seq"]), (&after["status"], &after["seq"]));
    }
    assert_eq!(app.broadcasts().len(), 0);
}

#[test]
fn should_write_nothing_where_it_only_tells_or_cannot() {
    let dir = tempfile::tempdir().unwrap();
    let config = Setup::new().config_in(dir.path());
    let moved = move_over(&config, dir.path(), &data("mixed.db"), true).unwrap();
    assert!(moved.database.is_none());
    let lines = moved.report.lines().join("\n");
    for words in
        ["24 payees", "12 deposits waiting_send", "paid by the original: 1.617000 SKY", "differences: 0"]
    {
        assert!(lines.contains(words), "{words}: {lines}");
    }
    let written = || std::fs::read_dir(dir.path()).unwrap().count();
    let before = written();
    let damaged = dir.path().join("damaged.db");
    let mut bytes = std::fs::read(data("mixed.db")).unwrap();
    bytes[20 * 4096 + 8] ^= 4;
    std::fs::write(&damaged, bytes).unwrap();
    let refused = move_over(&config, dir.path(), &damaged, false).unwrap_err();
    assert!(matches!(refused, MoveOverError::File { .. }), "{refused}");
    assert!(refused.to_string().contains("page 20 is damaged"), "{refused}");
    assert_eq!(written(), before + 1);
    move_over(&config, dir.path(), &data("mixed.db"), false).unwrap();
    let twice = move_over(&config, dir.path(), &data("mixed.db"), false).unwrap_err();
    assert!(matches!(twice, MoveOverError::Exists(_)), "{twice}");
    assert_eq!(written(), before + 2);
}

//! What is not taken, and in which words. Nothing of it changes the node.

use serde_json::json;
use teller::skycoin::SecretKey;

use super::Part;
use super::raw::{ALL_COINS, ALL_HOURS, COIN, GENESIS_UXID, Out, PAYEE, Raw, out};
use super::target::{Kind, Target};
use crate::support::skycoin::GENESIS_ADDRESS;

const UNKNOWN: &str = "00000000000000000000000000000000000000000000000000000000000000ff";

pub(super) async fn should_refuse_what_is_no_transaction(kind: Kind) -> Part {
    let mut target = Target::start(kind).await?;
    for body in [
        "",
        " ",
        "{",
        "x",
        "[]",
        "5",
        "\"abc\"",
        "null",
        "true",
        "{}",
        "{\"rawtx\":\"\"}",
        "{\"rawtx\":null}",
        "{\"rawtx\":5}",
        "{\"rawtx\":[]}",
        "{\"rawtx\":{}}",
        "{\"rawtx\":true}",
        "{\"rawtx\":\"00\"",
        "{\"rawtx\":\"zz\"} and more",
        "{\"rawtx\":\"00\",\"no_broadcast\":3}",
        "{\"rawtx\":\"00\",\"no_broadcast\":\"true\"}",
        "{\"a\":b}",
    ] {
        target.post(&format!("body {body:?}"), body).await;
    }
    let good = Raw::payment(COIN, 0).hex();
    let with_count = |at: usize, count: &str| format!("{}{count}{}", &good[..at], &good[at + 8..]);
    for (case, raw) in [
        ("no digits", "zz".to_owned()),
        ("an odd digit", "abc".to_owned()),
        ("an odd end of another kind", "abz".to_owned()),
        ("a line break", "00\n".to_owned()),
        ("beyond ASCII", "é".to_owned()),
        ("one byte", "00".to_owned()),
        ("cut off", good[..good.len() - 2].to_owned()),
        ("cut off in the middle", good[..100].to_owned()),
        ("one byte more", format!("{good}00")),
        ("twice", good.repeat(2)),
        ("more signatures than bytes", with_count(74, "ffffffff")),
        ("no signatures in front of them", with_count(74, "00000000")),
        ("many signatures", format!("{}{}", with_count(74, "01000100"), "00".repeat(70_000))),
    ] {
        target.inject(case, &raw).await;
    }
    target.compare("no-transaction");
    Ok(())
}

/// To the payee and back, with these coins and hours.
fn split(coins: u64, back: u64, hours: u64, hours_back: u64) -> Raw {
    Raw::signed(&[GENESIS_UXID], &[out(PAYEE, coins, hours), out(GENESIS_ADDRESS, back, hours_back)])
}

fn rest(coins: u64) -> u64 {
    ALL_COINS - coins
}

pub(super) async fn should_refuse_transactions(kind: Kind) -> Part {
    let mut target = Target::start(kind).await?;
    for (case, raw) in wrong_forms().into_iter().chain(wrong_signatures()).chain(wrong_sums()) {
        target.inject(case, &raw.hex()).await;
    }
    target.get("/api/v1/pendingTxs").await;
    target.compare("refusals");
    Ok(())
}

fn wrong_forms() -> Vec<(&'static str, Raw)> {
    let good = Raw::payment(COIN, 0);
    let nobody: Out = (0, [0; 20], COIN, 0);
    let back = out(GENESIS_ADDRESS, rest(COIN), ALL_HOURS / 3);
    let inner = Raw { inner: Some([7; 32]), ..good.clone() };
    vec![
        ("nobody is paid", Raw::signed(&[GENESIS_UXID], &[nobody, back])),
        ("nobody is paid, with an unknown input", Raw::signed(&[UNKNOWN], &[nobody, back])),
        ("an unknown input", Raw::signed(&[UNKNOWN], &[back])),
        ("an unknown input among known ones", Raw::signed(&[GENESIS_UXID, UNKNOWN], &[back])),
        ("an input twice", Raw::signed(&[GENESIS_UXID, GENESIS_UXID], &[back])),
        ("no inputs", Raw::signed(&[], &[back])),
        ("no outputs", Raw::signed(&[GENESIS_UXID], &[])),
        ("nothing", Raw::signed(&[], &[])),
        ("another type", Raw { kind: 1, ..good.clone() }),
        ("too long a length", Raw { length: Some(257), ..good.clone() }),
        ("no length", Raw { length: Some(0), ..good.clone() }),
        ("another inner hash", inner.clone()),
        ("another inner hash, signed", inner.sign(&super::raw::genesis_key())),
        ("an output twice", {
            let one = out(PAYEE, COIN, 0);
            Raw::signed(&[GENESIS_UXID], &[one, one, out(GENESIS_ADDRESS, rest(2 * COIN), 0)])
        }),
        ("an output without coins", split(0, ALL_COINS, 0, 0)),
        ("too large", {
            let many = (1..=900).map(|n| out(PAYEE, n * COIN, 0));
            let sum: u64 = (1..=900).map(|n| n * COIN).sum();
            let outputs: Vec<Out> = many.chain([out(GENESIS_ADDRESS, rest(sum), 0)]).collect();
            Raw::signed(&[GENESIS_UXID], &outputs)
        }),
    ]
}

fn wrong_signatures() -> Vec<(&'static str, Raw)> {
    let good = Raw::payment(COIN, 0);
    let sig = good.sigs[0];
    let with = |place: usize, byte: u8| {
        let mut sig = sig;
        sig[place] = byte;
        Raw { sigs: vec![sig], ..good.clone() }
    };
    let stranger = SecretKey::from_bytes(&[7; 32]).unwrap();
    vec![
        ("not signed", Raw { sigs: vec![[0; 65]], ..good.clone() }),
        ("no signatures", Raw { sigs: vec![], ..good.clone() }),
        ("a signature too many", Raw { sigs: vec![sig, sig], ..good.clone() }),
        ("signed by a stranger", good.clone().sign(&stranger)),
        ("signed for something else", Raw { sigs: Raw::payment(2 * COIN, 0).sigs, ..good.clone() }),
        ("a recovery id that there is not", with(64, 4)),
        ("a recovery id far off", with(64, 0xff)),
        ("the other recovery id", with(64, sig[64] ^ 1)),
        ("a recovery id for large numbers", with(64, sig[64] | 2)),
        ("a malleable signature", with(32, sig[32] | 0x80)),
        ("ones", Raw { sigs: vec![[0xff; 65]], ..good.clone() }),
    ]
}

fn wrong_sums() -> Vec<(&'static str, Raw)> {
    let tenth = ALL_HOURS / 10;
    vec![
        ("more coins than there are", split(COIN, ALL_COINS, 0, 0)),
        ("coins are lost", split(COIN, rest(2 * COIN), 0, 0)),
        ("coins beyond counting", split(u64::MAX, u64::MAX - 1, 0, 0)),
        ("hours beyond counting", split(COIN, rest(COIN), u64::MAX, u64::MAX)),
        ("more hours than there are", split(COIN, rest(COIN), 1, ALL_HOURS)),
        ("far more hours than there are", split(COIN, rest(COIN), 0, u64::MAX)),
        ("no fee", split(COIN, rest(COIN), 0, ALL_HOURS)),
        ("a fee of one", split(COIN, rest(COIN), 0, ALL_HOURS - 1)),
        ("a fee one too small", split(COIN, rest(COIN), 0, ALL_HOURS - tenth + 1)),
        ("four decimal places", split(COIN + 100, rest(COIN + 100), 0, 0)),
        ("six decimal places", split(1, rest(1), 0, 0)),
        ("too small a fee and too many decimal places", split(1, rest(1), 0, ALL_HOURS - 1)),
    ]
}

pub(super) async fn should_refuse_to_keep_what_nobody_hears(kind: Kind) -> Part {
    let mut target = Target::start(kind).await?;
    let raw = Raw::payment(COIN, 0);
    let body = json!({ "rawtx": raw.hex() }).to_string();
    target.post("to nobody", &body).await;
    target.get(&format!("/api/v1/transaction?txid={}", raw.txid())).await;
    target.get("/api/v1/pendingTxs").await;
    target.inject("kept to itself", &raw.hex()).await;
    target.post("once more, to nobody", &body).await;
    target.get(&format!("/api/v1/transaction?txid={}", raw.txid())).await;
    let headers = [("X-CSRF-Token", &*target.token().await)];
    target.ask("again, to nobody", "POST", "/api/v1/resendUnconfirmedTxns", &headers, None).await;
    target.compare("nobody-hears");
    Ok(())
}

/// One bit of every byte, another one each time: whatever a byte is for, both nodes see the same wrong in it.
pub(super) async fn should_notice_every_changed_byte(kind: Kind) -> Part {
    let mut target = Target::start(kind).await?;
    let good = Raw::payment(COIN, 0).hex();
    for place in 0..good.len() / 2 {
        let digits = 2 * place..2 * place + 2;
        let byte = u8::from_str_radix(&good[digits.clone()], 16).unwrap() ^ (1 << (place % 8));
        let mut changed = good.clone();
        changed.replace_range(digits, &format!("{byte:02x}"));
        target.inject(&format!("byte {place}"), &changed).await;
    }
    target.get("/api/v1/pendingTxs").await;
    target.compare("changed-bytes");
    Ok(())
}

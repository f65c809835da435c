//! Which addresses have coins, as a node's walk through all unspent outputs tells.

use std::str::FromStr as _;

use super::*;
use crate::chain::PastUse;
use crate::types::Units;

const FIRST: &str = "1PZ63K3G4gZP6A6E2TTbBwxT5bFQGL2TLB";

fn address() -> DepositAddress {
    DepositAddress::parse(Coin::BTC.main_network(), FIRST).unwrap()
}

/// What comes of asking a node that answers so.
async fn asked(told: Told) -> Result<Past, SourceError> {
    let reader = reader_saying(Coin::BTC.main_network(), move |method, params| {
        assert_eq!((method, params), ("scantxoutset", &json!(["start", [format!("addr({FIRST})")]])));
        told.clone()
    });
    reader.past(&[address()]).await
}

fn unspent(tx: &str, amount: &str, height: u64) -> String {
    let script = bitcoin::Address::from_str(FIRST).unwrap().assume_checked().script_pubkey().to_hex_string();
    format!(r#"{{"txid":"{tx}","vout":0,"scriptPubKey":"{script}","amount":{amount},"height":{height}}}"#)
}

fn walked(success: bool, unspents: &[String]) -> Value {
    let text = format!(r#"{{"success":{success},"unspents":[{}]}}"#, unspents.join(","));
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn should_tell_the_first_output_that_an_address_has() {
    assert_eq!(asked(Ok(walked(true, &[]))).await, Ok(Past::Told(Vec::new())));
    let used = |tx: &str, satoshi, height| {
        let (tx, amount) = (Some(tx.to_owned()), Some(Units::new(satoshi)));
        Ok(Past::Told(vec![PastUse { address: address(), tx, amount, height: Height::new(height) }]))
    };
    let (early, late) = (unspent("a", "0.00200001", 7), unspent("b", "1.00000000", 9));
    assert_eq!(asked(Ok(walked(true, &[early.clone(), late.clone()]))).await, used("a", 200_001, 7));
    assert_eq!(asked(Ok(walked(true, &[late, early.clone()]))).await, used("a", 200_001, 7));
    // Of two in one block, the one that is told first.
    assert_eq!(asked(Ok(walked(true, &[early, unspent("c", "3", 7)]))).await, used("a", 200_001, 7));
}

#[tokio::test]
async fn should_not_take_a_walk_that_did_not_end_for_one_that_found_nothing() {
    let ended = asked(Ok(walked(false, &[]))).await;
    assert!(
        matches!(&ended, Err(SourceError::Unreachable(words)) if words.contains("was ended")),
        "{ended:?}"
    );
    let busy = asked(Err((-8, "Scan already in progress, use action \"abort\" or \"status\""))).await;
    assert!(matches!(&busy, Err(SourceError::RateLimited { after: Some(_), .. })), "{busy:?}");
    let none = asked(Err((-32_601, "Method not found"))).await;
    assert_eq!(none, Ok(Past::Untold("it has no scantxoutset".to_owned())));
    let broken = asked(Err((-1, "disk"))).await;
    assert!(matches!(&broken, Err(SourceError::Nonsense(words)) if words.contains("disk")), "{broken:?}");
}

#[test]
fn should_ask_about_ten_thousand_addresses_in_one_walk() {
    // A walk takes minutes, however many are asked about.
    assert_eq!(reader(Network::Regtest, |_, _| Err(-8)).stretch(), 10_000);
}

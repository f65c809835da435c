//! Killed at any instant while buyers bind with keys: whoever asks again has the address that they had, and no other.

use std::collections::BTreeMap;
use std::time::Duration;

use teller::types::Coin;

use crate::api::{Answer, Api};
use crate::desk::{Desk, address};
use crate::rng::Rng;
use crate::support::runner::Outcome;

const ROUNDS: u64 = 3;
/// Buyers at a time.
const BUYERS: usize = 8;
/// Binds of each in a round, where it is let.
const BINDS: usize = 40;
/// The longest that they are at work before the kill, in milliseconds.
const LONGEST: u64 = 250;

/// What was asked under which key, and what was answered, where an answer came.
type Asked = BTreeMap<String, (String, Option<String>)>;

/// Binds one after the other until the desk is gone.
async fn buy(api: Api, asks: Vec<(String, String)>) -> Asked {
    let mut asked = Asked::new();
    for (key, payee) in asks {
        let answer = api.bind_with_key(&payee, Coin::BTC, &key).await;
        let told = match answer {
            Answer::Done(address) => Some(address),
            Answer::Lost | Answer::Unreachable => None,
            Answer::Refused(status, words) => panic!("{status}: {words}"),
        };
        let is_over = told.is_none();
        asked.insert(key, (payee, told));
        if is_over {
            break;
        }
    }
    asked
}

pub(crate) async fn should_give_nobody_a_second_address_when_killed() -> Outcome {
    let mut rng = Rng::seeded("keys");
    let mut desk = Desk::start(&mut rng).await;
    let mut all = Asked::new();
    for round in 0..ROUNDS {
        let buyers: Vec<_> = (0..BUYERS)
            .map(|buyer| {
                let ask = |n| (format!("{round}-{buyer}-{n}"), address(Coin::SKY, &mut rng));
                tokio::spawn(buy(desk.api.another(), (0..BINDS).map(ask).collect()))
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(20 + rng.below(LONGEST))).await;
        desk.kill();
        for buyer in buyers {
            all.extend(buyer.await.unwrap());
        }
        desk.go().await;
        let api = desk.api.another();
        for (key, (payee, told)) in &mut all {
            let again = api.bind_with_key(payee, Coin::BTC, key).await.done();
            let before = told.get_or_insert_with(|| again.clone());
            assert_eq!(*before, again, "{key}");
            assert_eq!(api.bind_with_key(payee, Coin::BTC, key).await.done(), again, "{key}");
        }
    }
    assert!(all.len() > BUYERS, "the test did nothing");
    let usage = desk.api.another().get_admin("/api/deposit-addresses").await.done();
    let bound = crate::api::json_of(&usage)["BTC"]["bound_addresses"].as_u64();
    assert_eq!(bound, u64::try_from(all.len()).ok(), "as many addresses as keys");
    desk.stop().await;
    desk.assert_consistent().await;
    Ok(())
}

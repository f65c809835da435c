//! When the next one is asked for, and how much.

use rust_decimal::Decimal;

use super::*;
use crate::engine::withdrawer::tests::fakes::{Desk, arrived, asked, held, left, missed, settings, terms};
use crate::exchange::AssetNetwork;

fn words<T>(stopped: Result<T, Stop>) -> Result<T, String> {
    stopped.map_err(|stop| match stop {
        Stop::Call(error) => error.to_string(),
        Stop::Words(words) => words,
    })
}

#[tokio::test]
async fn should_withdraw_by_one_name_and_a_network_that_there_is() {
    let networks = |names: &[&str]| {
        let named = |name: &&str| AssetNetwork { name: (*name).to_owned(), contract: None };
        Some(names.iter().map(named).collect::<Vec<_>>())
    };
    let cases = [
        (None, None, "SKY", Ok("SKY")),
        (Some("SKY"), None, "SKY", Ok("SKY")),
        (None, networks(&["SKY"]), "SKY", Ok("SKY")),
        (Some("SKY"), networks(&["ETH", "SKY"]), "SKY", Ok("SKY")),
        (Some("ETH"), networks(&["SKY"]), "SKY", Err("the exchange has no network \"ETH\" for SKY")),
        (None, None, "sky", Err("the markets have several names for Skycoin")),
    ];
    for (wanted, told, second, expected) in cases {
        let network = wanted.map(str::to_owned);
        let desk = Desk::new(WithdrawSettings { network, ..settings() });
        desk.venue.says().networks = told;
        desk.venue.says().bases[1].1 = second;
        let coin = words(desk.withdrawer.coin().await);
        assert_eq!(coin.as_deref().map_err(String::as_str), expected, "{wanted:?} {second}");
    }
}

/// What is asked for of so much that is due, where the account has so many whole coins.
async fn amount_of(due: u64, there: u64, least: u64) -> Option<String> {
    let desk = Desk::new(WithdrawSettings { least: Droplets::new(least), ..settings() });
    desk.venue.says().balances = vec![("BTC", Decimal::from(1_000_000)), ("SKY", Decimal::from(there))];
    words(desk.withdrawer.wanted(Droplets::new(due)).await).ok().map(|wanted| wanted.amount.to_string())
}

#[tokio::test]
async fn should_ask_for_what_is_due_and_there_and_no_less_than_the_least() {
    let of = |text: &str| Some(text.to_owned());
    assert_eq!(amount_of(100_000_000, 5, 2_000_000).await, of("5"));
    assert_eq!(amount_of(4_000_000, 5, 2_000_000).await, of("4"));
    assert_eq!(amount_of(2_000_000, 5, 2_000_000).await, of("2"), "the least");
    assert_eq!(amount_of(1_999_000, 5, 2_000_000).await, None);
    assert_eq!(amount_of(100_000_000, 1, 2_000_000).await, None);
    assert_eq!(amount_of(100_000_000, 0, 0).await, None, "nothing is no withdrawal");
    assert_eq!(amount_of(999, 5, 0).await, None, "nor is what is too small for the coin's places");
}

#[test]
fn should_count_what_the_last_one_cost_for_a_day() {
    let desk = Desk::new(settings());
    assert_eq!(desk.withdrawer.last_fee(), None);
    desk.withdrawal(vec![asked(1), left(1), arrived(1)]);
    let fee = Some("0.1".parse().unwrap());
    assert_eq!(desk.withdrawer.last_fee(), fee);
    desk.clock.advance(24 * 3_600 - 1);
    assert_eq!(desk.withdrawer.last_fee(), fee);
    desk.clock.advance(1);
    assert_eq!(desk.withdrawer.last_fee(), None);
}

#[test]
fn should_wait_between_two_and_less_after_one_that_came_to_nothing() {
    for (events, every) in [
        (vec![asked(1), left(1), arrived(1)], 7_200),
        (vec![asked(1), held(1)], 7_200),
        (vec![missed(1)], RETRY.as_secs()),
    ] {
        let desk = Desk::new(settings());
        let is_too_soon = || {
            let now = desk.withdrawer.clock.moment();
            desk.withdrawer.is_too_soon(&desk.store.snapshot(), now).unwrap()
        };
        assert!(!is_too_soon(), "there was none");
        desk.withdrawal(events);
        assert!(is_too_soon());
        desk.clock.advance(every - 1);
        assert!(is_too_soon());
        desk.clock.advance(1);
        assert!(!is_too_soon(), "the time has come");
    }
}

#[tokio::test]
async fn should_store_none_beside_another_or_to_an_address_of_nobody() {
    let mut desk = Desk::new(settings());
    assert!(desk.withdrawer.intend(terms().wanted).await.unwrap().is_some());
    assert_eq!(desk.withdrawer.intend(terms().wanted).await.unwrap(), None);
    // Before the payer has told what the wallet's addresses are.
    let unknown = crate::testing::memory_store();
    desk.withdrawer.store = unknown.clone();
    assert_eq!(desk.withdrawer.intend(terms().wanted).await.unwrap(), None);
    assert_eq!(unknown.snapshot().counters().withdrawals, 0);
}

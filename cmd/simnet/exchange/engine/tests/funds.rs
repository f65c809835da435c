//! Deposits and withdrawals.

use super::world::{BTC, SKY, World};
use crate::exchange::engine::{
    AccountSettings, Balance, Exchange, FundsError, MAX_UNITS, Settings, SetupError, Side, Totals,
    WithdrawalId, WithdrawalState,
};

#[test]
fn should_send_proceeds_away_with_a_fee() {
    let mut world = World::new();
    let (ann, btc) = (world.ann, world.btc);
    let id = world.exchange.request_withdrawal(ann, btc, BTC / 2, "hot wallet", 1_000).unwrap();
    world.exchange.check().unwrap();
    assert_eq!(world.exchange.balance(ann, btc), Balance { free: BTC / 2 - 3, frozen: 0 });
    assert_eq!(world.exchange.totals(btc).in_transit, BTC / 2 + 3);
    world.exchange.send_withdrawal(id, "txid", 2_000).unwrap();
    world.exchange.check().unwrap();
    let expected =
        Totals { deposited: 2 * BTC, held: 3 * BTC / 2 - 3, fees: 3, in_transit: 0, sent: BTC / 2 };
    assert_eq!(world.exchange.totals(btc), expected);
    let withdrawal = &world.exchange.withdrawals()[0];
    assert_eq!(withdrawal.state, WithdrawalState::Sent { txid: "txid".to_owned() });
    assert_eq!(
        (withdrawal.to.as_str(), withdrawal.created, withdrawal.updated),
        ("hot wallet", 1_000, 2_000)
    );
    let again = world.exchange.refuse_withdrawal(id, 3_000).unwrap_err();
    let words = "withdrawal 1 is Sent { txid: \"txid\" } already, expected one that is only requested";
    assert_eq!(again.to_string(), words);
}

#[test]
fn should_bring_a_refused_withdrawal_back_with_its_fee() {
    let mut world = World::new();
    let (ann, btc) = (world.ann, world.btc);
    let id = world.exchange.request_withdrawal(ann, btc, BTC / 2, "hot wallet", 1_000).unwrap();
    world.exchange.refuse_withdrawal(id, 2_000).unwrap();
    world.exchange.check().unwrap();
    assert_eq!(world.exchange.balance(ann, btc).free, BTC);
    let unknown = world.exchange.send_withdrawal(WithdrawalId::new(2), "txid", 0);
    assert_eq!(unknown, Err(FundsError::Unknown(WithdrawalId::new(2))));
}

#[test]
fn should_not_withdraw_what_is_frozen() {
    let mut world = World::new();
    let (ann, sky) = (world.ann, world.sky);
    world.limit(ann, Side::Sell, 20, 999);
    let refused = world.exchange.request_withdrawal(ann, sky, SKY, "address", 0).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "1000003 SKY units are needed, expected at most the 1000000 that are free"
    );
    let little = world.exchange.request_withdrawal(ann, sky, 9, "address", 0).unwrap_err();
    assert_eq!(little.to_string(), "a withdrawal of 9 SKY units, expected at least 10");
}

#[test]
fn should_refuse_a_deposit_that_sums_cannot_hold() {
    let mut world = World::new();
    let room = MAX_UNITS - 2 * BTC;
    let refused = world.exchange.deposit(world.ann, world.btc, room + 1).unwrap_err();
    assert!(matches!(refused, FundsError::TooMuch { room: least, .. } if least == room));
    world.exchange.deposit(world.ann, world.btc, room).unwrap();
    // All the money there can be still trades.
    world.limit(world.bob, Side::Sell, 20, 10);
    world.limit(world.ann, Side::Buy, 1_000, 10);
}

#[test]
fn should_tell_coins_of_one_code_apart_by_their_networks() {
    let mut exchange = Exchange::new(Settings::default());
    let coin = super::world::coin("SKY", 6);
    let sky = exchange.add_asset(coin.clone()).unwrap();
    let token = crate::exchange::engine::Asset { network: "ETH".to_owned(), ..coin.clone() };
    let other = exchange.add_asset(token).unwrap();
    assert_eq!(exchange.find_asset("SKY", "SKY"), Some(sky));
    assert_eq!(exchange.find_asset("SKY", "ETH"), Some(other));
    assert_eq!(exchange.add_asset(coin).unwrap_err(), SetupError::Taken("SKY on SKY".to_owned()));
    let account = exchange.open_account(AccountSettings::default());
    assert_eq!(exchange.balance(account, other), Balance::default());
}

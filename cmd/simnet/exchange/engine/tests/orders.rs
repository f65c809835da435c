//! How orders trade.

use super::world::{BTC, SKY, World, rate};
use crate::exchange::engine::{
    AccountSettings, ExpiryReason, FeeCoin, MarketSpec, OrderRequest, OrderState, Price, SelfTrade, Side,
    Terms, TimeInForce, TradeId,
};

#[test]
fn should_trade_at_the_best_price_and_with_the_oldest_first() {
    let mut world = World::new();
    let (ann, bob) = (world.ann, world.bob);
    let dear = world.limit(ann, Side::Sell, 22, 10);
    let first = world.limit(ann, Side::Sell, 21, 10);
    let second = world.limit(ann, Side::Sell, 21, 10);
    let order = world.limit(bob, Side::Buy, 22, 15);
    assert_eq!(world.state(ann, first), OrderState::Filled);
    assert_eq!(world.state(ann, second), OrderState::PartlyFilled);
    assert_eq!(world.state(ann, dear), OrderState::Open);
    assert_eq!(world.state(bob, order), OrderState::Filled);
    // The buyer would have paid 22 and paid 21.
    assert_eq!(world.order(bob, order).filled_quote, 15 * 21_000);
    assert_eq!(world.exchange.balance(bob, world.btc).free, BTC - 15 * 21_000);
    assert_eq!(world.exchange.balance(bob, world.btc).frozen, 0);
}

#[test]
fn should_take_fees_of_what_is_received() {
    let mut world = World::new();
    let (ann, bob) = (world.ann, world.bob);
    world.limit(ann, Side::Sell, 20, 100);
    let order = world.limit(bob, Side::Buy, 20, 100);
    // 0.2 % of 100 SKY and 0.1 % of 0.02 BTC.
    assert_eq!(world.order(bob, order).fee, SKY / 5);
    assert_eq!(world.order(bob, order).fee_asset, world.sky);
    assert_eq!(world.exchange.balance(bob, world.sky).free, 1_100 * SKY - SKY / 5);
    assert_eq!(world.exchange.balance(ann, world.btc).free, BTC + 2_000_000 - 2_000);
    assert_eq!(world.exchange.totals(world.btc).fees, 2_000);
}

#[test]
fn should_freeze_a_fee_that_is_paid_on_top() {
    let settings = AccountSettings { fee_coin: Some(FeeCoin::Quote), ..AccountSettings::default() };
    let mut world = World::with(settings, |spec| spec);
    let (ann, bob) = (world.ann, world.bob);
    world.limit(bob, Side::Buy, 20, 100);
    assert_eq!(world.exchange.balance(bob, world.btc).frozen, 2_002_000);
    world.limit(ann, Side::Sell, 20, 50);
    assert_eq!(world.exchange.balance(bob, world.btc).frozen, 1_001_000);
    assert_eq!(world.exchange.balance(bob, world.sky).free, 1_050 * SKY);
    assert_eq!(world.exchange.balance(ann, world.btc).free, BTC + 1_000_000 - 2_000);
}

#[test]
fn should_buy_for_an_amount_of_quote() {
    let mut world = World::new();
    let (ann, bob) = (world.ann, world.bob);
    world.limit(ann, Side::Sell, 20, 10);
    world.limit(ann, Side::Sell, 30, 10);
    // 10 SKY for 0.002 BTC, and 3.33 SKY for the 0.001 BTC that are left.
    let order = world.place(bob, Side::Buy, Terms::MarketSpend { quote: 300_000 });
    assert_eq!(world.state(bob, order), OrderState::Filled);
    let (filled, quote) = (world.order(bob, order).filled, world.order(bob, order).filled_quote);
    assert_eq!((filled, quote), (13_330_000, 299_900));
    assert_eq!(world.exchange.balance(bob, world.btc).free, BTC - 299_900);
    let little = world.place(bob, Side::Buy, Terms::MarketSpend { quote: 299 });
    assert_eq!(world.state(bob, little), OrderState::Expired(ExpiryReason::TooLittle));
    let rest = world.place(bob, Side::Buy, Terms::MarketSpend { quote: 10_000_000 });
    assert_eq!(world.state(bob, rest), OrderState::Expired(ExpiryReason::NoLiquidity));
    assert_eq!(world.order(bob, rest).filled, 6_670_000);
}

#[test]
fn should_keep_a_market_order_within_the_price_range() {
    let change = |spec| MarketSpec { price_range: Some(rate(100_000_000)), ..spec };
    let mut world = World::with(AccountSettings::default(), change);
    let (ann, bob) = (world.ann, world.bob);
    for price in [20, 22, 23] {
        world.limit(ann, Side::Sell, price, 10);
    }
    let order = world.place(bob, Side::Buy, Terms::Market { quantity: 30 * SKY });
    assert_eq!(world.state(bob, order), OrderState::Expired(ExpiryReason::PriceRange));
    assert_eq!(world.order(bob, order).filled, 20 * SKY);
}

#[test]
fn should_keep_to_the_time_in_force() {
    let mut world = World::new();
    let (ann, bob) = (world.ann, world.bob);
    world.limit(ann, Side::Sell, 20, 10);
    let whole = world.forced(bob, Side::Buy, (20, 11), TimeInForce::FillOrKill);
    assert_eq!(world.state(bob, whole), OrderState::Expired(ExpiryReason::FillOrKill));
    assert_eq!(world.order(bob, whole).filled, 0);
    let rests = world.forced(bob, Side::Buy, (19, 11), TimeInForce::PostOnly);
    assert_eq!(world.state(bob, rests), OrderState::Open);
    let some = world.forced(bob, Side::Buy, (20, 11), TimeInForce::ImmediateOrCancel);
    assert_eq!(world.state(bob, some), OrderState::Expired(ExpiryReason::ImmediateOrCancel));
    assert_eq!(world.order(bob, some).filled, 10 * SKY);
    assert_eq!(world.exchange.depth(world.market, 5).asks, []);
}

#[test]
fn should_keep_an_account_from_trading_with_itself() {
    for (mode, maker, taker) in [
        (SelfTrade::Allow, OrderState::Filled, OrderState::Filled),
        (SelfTrade::ExpireTaker, OrderState::Open, OrderState::Expired(ExpiryReason::SelfTrade)),
        (SelfTrade::ExpireMaker, OrderState::Expired(ExpiryReason::SelfTrade), OrderState::Open),
        (
            SelfTrade::ExpireBoth,
            OrderState::Expired(ExpiryReason::SelfTrade),
            OrderState::Expired(ExpiryReason::SelfTrade),
        ),
    ] {
        let mut world = World::new();
        let resting = world.limit(world.ann, Side::Sell, 20, 10);
        let request = OrderRequest {
            self_trade: Some(mode),
            ..OrderRequest::limit(world.market, Side::Buy, Price::new(20), 10 * SKY)
        };
        let order = world.exchange.place(world.ann, &request, 0).unwrap().order;
        world.exchange.check().unwrap();
        assert_eq!(world.state(world.ann, resting), maker, "{mode:?}");
        assert_eq!(world.state(world.ann, order), taker, "{mode:?}");
        let traded = world.exchange.trades(world.market, TradeId::new(1)).count();
        assert_eq!(traded, usize::from(mode == SelfTrade::Allow));
    }
}

//! Random operations.

use proptest::prelude::*;

use crate::exchange::engine::{IdPolicy, MarketState, Price, Refusal, SelfTrade, Side, Terms, TimeInForce};

/// An order as it is asked for; markets and accounts by their places.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) account: usize,
    pub(super) market: usize,
    pub(super) side: Side,
    pub(super) terms: Terms,
    pub(super) client_id: Option<(String, IdPolicy)>,
    pub(super) self_trade: Option<SelfTrade>,
    pub(super) refusal: Refusal,
}

#[derive(Debug, Clone)]
pub(super) enum Operation {
    Place(Asked),
    /// The account, and one of all orders.
    Cancel(usize, prop::sample::Index),
    HoldCancel(usize, prop::sample::Index),
    CancelAll(usize, Option<usize>),
    Deposit(usize, usize, u128),
    Withdraw(usize, usize, u128),
    /// One of all withdrawals, and whether it is sent or refused.
    EndWithdrawal(prop::sample::Index, bool),
    SetState(usize, MarketState),
}

pub(super) fn operations() -> impl Strategy<Value = Vec<Operation>> {
    prop::collection::vec(operation(), 1..90)
}

fn operation() -> impl Strategy<Value = Operation> {
    let (account, place) = (0..4usize, 0..3usize);
    prop_oneof![
        60 => asked().prop_map(Operation::Place),
        10 => (account.clone(), any::<prop::sample::Index>()).prop_map(|(who, one)| Operation::Cancel(who, one)),
        2 => (account.clone(), any::<prop::sample::Index>()).prop_map(|(who, one)| Operation::HoldCancel(who, one)),
        1 => (account.clone(), prop::option::of(place.clone())).prop_map(|(who, one)| Operation::CancelAll(who, one)),
        4 => (account.clone(), place.clone(), 0..5_000u128)
            .prop_map(|(who, asset, amount)| Operation::Deposit(who, asset, amount)),
        4 => (account, place.clone(), 0..9_000u128)
            .prop_map(|(who, asset, amount)| Operation::Withdraw(who, asset, amount)),
        2 => (any::<prop::sample::Index>(), any::<bool>())
            .prop_map(|(one, is_sent)| Operation::EndWithdrawal(one, is_sent)),
        2 => (place, market_state()).prop_map(|(market, state)| Operation::SetState(market, state)),
    ]
}

fn market_state() -> impl Strategy<Value = MarketState> {
    prop_oneof![
        8 => Just(MarketState::Trading),
        2 => Just(MarketState::CancelOnly),
        1 => Just(MarketState::Gone),
    ]
}

fn asked() -> impl Strategy<Value = Asked> {
    let client_id = prop::option::weighted(0.2, ("[abc]", policy()));
    let self_trade = prop::option::weighted(0.6, self_trade());
    let side = prop_oneof![Just(Side::Buy), Just(Side::Sell)];
    let refusal = prop_oneof![Just(Refusal::Error), Just(Refusal::Recorded)];
    (0..4usize, 0..3usize, side, terms(), client_id, self_trade, refusal).prop_map(
        |(account, market, side, terms, client_id, self_trade, refusal)| {
            // Who buys bids a little less than who sells asks, so that books fill.
            let terms = match (terms, side) {
                (Terms::Limit { price, quantity, time_in_force }, Side::Sell) => {
                    Terms::Limit { price: Price::new(price.get() + 15), quantity, time_in_force }
                }
                (terms, _) => terms,
            };
            Asked { account, market, side, terms, client_id, self_trade, refusal }
        },
    )
}

fn terms() -> impl Strategy<Value = Terms> {
    // Now and then a price beside the tick or a quantity beside the step, too small or too large.
    let price = prop_oneof![40 => (1..9u64).prop_map(|ticks| ticks * 5), 1 => 0..50u64].prop_map(Price::new);
    let quantity = prop_oneof![40 => (1..8u128).prop_map(|lots| lots * 20), 1 => 0..300u128];
    prop_oneof![
        8 => (price, quantity.clone(), time_in_force())
            .prop_map(|(price, quantity, time_in_force)| Terms::Limit { price, quantity, time_in_force }),
        1 => quantity.prop_map(|quantity| Terms::Market { quantity }),
        1 => prop_oneof![40 => 0..9_000u128, 1 => any::<u128>()].prop_map(|quote| Terms::MarketSpend { quote }),
    ]
}

fn time_in_force() -> impl Strategy<Value = TimeInForce> {
    prop_oneof![
        6 => Just(TimeInForce::GoodTilCancelled),
        1 => Just(TimeInForce::ImmediateOrCancel),
        1 => Just(TimeInForce::FillOrKill),
        1 => Just(TimeInForce::PostOnly),
    ]
}

fn self_trade() -> impl Strategy<Value = SelfTrade> {
    prop_oneof![
        Just(SelfTrade::Allow),
        Just(SelfTrade::ExpireTaker),
        Just(SelfTrade::ExpireMaker),
        Just(SelfTrade::ExpireBoth),
    ]
}

fn policy() -> impl Strategy<Value = IdPolicy> {
    prop_oneof![
        Just(IdPolicy::UniqueForEver),
        Just(IdPolicy::UniqueAmongOpen),
        Just(IdPolicy::ReturnsExisting),
        Just(IdPolicy::NotEnforced),
    ]
}

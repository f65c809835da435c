//! Why somebody is given no address, and what they are promised where they are.

use super::*;
use crate::address::DepositAddress;
use crate::live::{ChainLimits, ChainView, Prices};
use crate::store::Pool;
use crate::testing::{ManualClock, memory_store};
use crate::types::{Rate, UnixTime};

const COIN: Coin = Coin::ETH;
const ANNA: Address = Address::from_bytes([1; 20]);
const DAY: Duration = Duration::from_secs(86_400);

fn address(n: u8) -> DepositAddress {
    DepositAddress::of_account([n; 20])
}

/// A policy under which one address is left.
fn policy() -> BindPolicy {
    let store = memory_store();
    let filled = store.write_blocking(|tx| {
        tx.put_pool_chunk(COIN, 1, 0, &[address(1)])?;
        tx.switch_pool(COIN, Pool { generation: 1, total: 1, ..Pool::default() })
    });
    filled.unwrap();
    BindPolicy {
        store,
        live: Arc::default(),
        clock: Arc::new(ManualClock::default()),
        is_on: true,
        is_shadow: false,
        enabled: PerCoin::new(|coin| coin == COIN),
        own: vec![Address::from_bytes([9; 20])],
        rules: BindRules { max_bound: None },
        budget: None,
        promise_time: None,
        tokens: PerCoin::default(),
    }
}

fn bind(policy: &BindPolicy) -> Result<GivenAddress, BindError> {
    let bound = policy.bind_new(ANNA, COIN, BindExtras::default());
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(bound)
}

#[test]
fn should_give_out_nothing_that_is_not_offered_and_say_why() {
    let paused = || {
        let policy = policy();
        // A chain whose node was never asked.
        let limits = ChainLimits { max_tip_age: None, max_silence: Duration::from_secs(1) };
        policy.live.set_chain(COIN, ChainView::new(limits, policy.clock.moment()));
        policy
    };
    let cases = [
        (BindPolicy { is_on: false, ..policy() }, "binding_off"),
        (BindPolicy { is_on: false, is_shadow: true, ..policy() }, "shadow"),
        (BindPolicy { enabled: PerCoin::new(|_| false), ..policy() }, "coin_off"),
        (paused(), "paused"),
    ];
    for (policy, code) in cases {
        let offered = policy.offers(&policy.store.snapshot(), COIN).unwrap_err();
        let allowed = policy.allows_payee(&ANNA, COIN).unwrap_err();
        let bound = bind(&policy).unwrap_err();
        assert_eq!([offered.code(), allowed.code(), bound.code()], [code; 3]);
        assert_eq!(policy.is_shadow(), code == "shadow");
        assert_eq!(policy.store.snapshot().pool(COIN).remaining(), 1, "{code}");
    }
    let policy = policy();
    assert_eq!(policy.allows_payee(&policy.own[0], COIN), Err(BindError::PayeeIsOurs));
    assert_eq!(policy.offers(&policy.store.snapshot(), COIN), Ok(()));
    assert_eq!(bind(&policy).unwrap().address, address(1));
    assert_eq!(policy.offers(&policy.store.snapshot(), COIN), Err(BindError::PoolEmpty));
}

#[test]
fn should_promise_with_an_address_what_it_is_worth_now_only_where_that_is_promised() {
    let rate = Rate::parse("500").unwrap();
    for promise_time in [None, Some(DAY)] {
        let policy = BindPolicy { promise_time, ..policy() };
        policy.live.set_prices(Arc::new(Prices::fixed(&PerCoin::new(|_| rate.clone()), &[])));
        let until = policy.clock.now().get() + DAY.as_secs();
        let promise = bind(&policy).unwrap().promise;
        assert_eq!(promise.is_some(), promise_time.is_some());
        if let Some(promise) = promise {
            assert_eq!(promise.until, UnixTime::new(until));
            let prices: Vec<_> =
                promise.prices.iter().map(|price| (price.token, price.rate.as_str())).collect();
            assert_eq!(prices, [(None, "500")]);
        }
    }
}

#[test]
fn should_count_from_the_start_on_what_was_given_out_before() {
    let policy = policy();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let config = |extra: &str| {
        let dummy = "[dummy]\nsender = true\nscanner = true\n";
        let text = format!("btc_addresses = {file:?}\n[teller]\n{extra}\n{dummy}");
        crate::config::parse(&text, std::path::Path::new("test.toml")).unwrap()
    };
    assert!(budget(&config("bind_budget = 0"), &policy.store, &*policy.clock).is_none(), "it is unlimited");
    assert_eq!(policy.budget_low(), None);
    let bind_one = |n: u8| {
        let bound = policy.store.write_blocking(move |tx| tx.bind(ANNA, address(n)));
        bound.unwrap();
    };
    (10..14).for_each(bind_one);
    let config = config("bind_budget = 6");
    let taken = budget(&config, &policy.store, &*policy.clock);
    let policy = BindPolicy { budget: taken, ..policy };
    assert_eq!(policy.budget_low(), None, "two of six are left");
    bind(&policy).unwrap();
    assert_eq!(policy.budget_low(), Some(1));
    // What was taken and could not be given is given back.
    assert_eq!(bind(&policy), Err(BindError::PoolEmpty));
    assert_eq!(policy.budget_low(), Some(1));
    policy.budget.as_ref().unwrap().take().unwrap();
    assert!(matches!(bind(&policy), Err(BindError::BudgetSpent(_))));
}

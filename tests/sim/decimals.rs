//! Decimal places: what the desk is told, what the node takes, and what is paid.

use std::sync::Arc;
use std::time::Duration;

use teller::address::DepositAddress;
use teller::breaker::PayoutBudget;
use teller::deposit::BlockAt;
use teller::dummy::DummyNode;
use teller::engine::{BuyMethods, Buyer, FoundDeposit, Intake, Payer, PayerSettings};
use teller::live::Live;
use teller::payout::{HoldReason, PayoutState, Waiting};
use teller::rail::{Hold, SkyRail};
use teller::skycoin::Address;
use teller::store::{AttemptEvent, Audit, Books, MemoryBackend, Page, Purpose, Store, Tables};
use teller::task::{Next, Worker};
use teller::testing::ManualClock;
use teller::types::{BuyMethod, Coin, DepositId, DepositNo, Droplets, Height, PerCoin, Rate, Units};
use tokio::sync::Notify;

const ANNA: Address = Address::from_bytes([1; 20]);
const FIRST: DepositNo = DepositNo::FIRST;

/// A desk without a chain of deposits, and the places that it was configured with.
struct Small {
    store: Store,
    clock: Arc<ManualClock>,
    configured: u8,
}

impl Small {
    /// Anna's deposit of so many satoshi is final.
    async fn with_deposit(configured: u8, rate: &str, satoshi: u128) -> Small {
        let clock = Arc::new(ManualClock::default());
        let purpose = Purpose::real(Coin::BTC.main_network());
        let store = Store::open(Arc::new(MemoryBackend::default()), purpose, clock.clone(), &|_| {}).unwrap();
        let text = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2";
        let address = DepositAddress::parse(Coin::BTC.main_network(), text).unwrap();
        let rate = Rate::parse(rate).unwrap();
        let rates = PerCoin::new(|_| rate.clone());
        let intake = Intake::fixed(&rates, &[], configured, BuyMethods::default());
        let found = FoundDeposit {
            id: DepositId { coin: Coin::BTC, tx: "aa".into(), n: 0, token: None },
            token: None,
            address,
            amount: Units::new(satoshi),
            block: BlockAt { height: Height::new(1), hash: None, waits: 0 },
            is_final: true,
        };
        let bound = store.write(move |tx| tx.bind(ANNA, address).map(drop));
        bound.await.unwrap();
        store.act(move |tx| intake.take(tx, &found)).await.unwrap();
        let mut buyer = Buyer::new(store.clone(), None);
        while buyer.step().await.unwrap() == Next::Again {}
        Small { store, clock, configured }
    }

    /// Pays on a node that takes so many places; answers what Anna was paid there, in droplets.
    async fn pay_on(&self, node_takes: u8) -> u64 {
        let balance = Droplets::new(10_000_000_000);
        let node = Arc::new(DummyNode::new(balance, node_takes, &[], Arc::new(Notify::new())));
        let settings = PayerSettings {
            send_enabled: true,
            check_wait: Duration::from_secs(5),
            confirmations: 1,
            max_decimals: self.configured,
            budget: PayoutBudget::default(),
        };
        let (signer, desk) = (Arc::new(DummyNode::hot_wallet()), Arc::new(Live::default()));
        let (store, clock) = (self.store.clone(), self.clock.clone());
        let mut payer = Payer::new(store, SkyRail::new(Arc::clone(&node), signer), clock, desk, settings);
        while payer.step().await.unwrap() == Next::Again {}
        let payments = node.broadcasts(0, usize::MAX).into_iter().flat_map(|sent| sent.payments);
        payments.filter(|(to, _)| *to == ANNA).map(|(_, coins)| coins.get()).sum()
    }

    fn state(&self) -> PayoutState {
        self.store.snapshot().payout(FIRST).unwrap().unwrap().state
    }

    fn assert_consistent(&self) {
        let report = Audit::new(self.store.snapshot().kv(), &|_| {}).run_full().unwrap();
        assert_eq!(report.messages(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn should_cut_what_is_paid_to_the_stricter_of_both_rules() {
    // 201234 satoshi at 500 SKY a BTC are 1.00617 SKY.
    for (configured, node_takes, droplets) in
        [(6, 6, 1_006_170), (6, 3, 1_006_000), (6, 0, 1_000_000), (3, 6, 1_006_000), (2, 3, 1_000_000)]
    {
        let desk = Small::with_deposit(configured, "500", 201_234).await;
        assert_eq!(desk.pay_on(node_takes).await, droplets, "{configured} configured, {node_takes} taken");
        let books = desk.store.snapshot().balances().unwrap();
        assert_eq!((books.owed().get(), books.sent().unwrap().get()), (0, droplets.into()));
        desk.assert_consistent();
    }
}

#[tokio::test]
async fn should_decide_anew_on_what_is_held_when_the_rule_changes() {
    // 0.5 SKY: a node that takes whole coins alone leaves nothing of it.
    let desk = Small::with_deposit(6, "500", 100_000).await;
    assert_eq!(desk.pay_on(0).await, 0);
    let why = HoldReason::Rail(Hold::TooPrecise { max_decimals: 0 });
    assert_eq!(desk.state(), PayoutState::Held { method: BuyMethod::Direct, why });
    desk.assert_consistent();
    assert_eq!(desk.pay_on(1).await, 500_000);
    desk.assert_consistent();
}

#[tokio::test]
async fn should_decide_anew_where_what_was_cut_died() {
    let desk = Small::with_deposit(6, "500", 201_234).await;
    assert_eq!(desk.pay_on(0).await, 1_000_000);
    let attempt = desk.store.snapshot().live_attempts().unwrap()[0];
    let died = AttemptEvent::Died { attempt, why: "spent by another".into() };
    let record = desk.store.write(move |tx| tx.record(died.clone()));
    record.await.unwrap();
    assert_eq!(desk.pay_on(3).await, 1_006_000);
    desk.assert_consistent();
}

#[tokio::test]
async fn should_hold_what_is_worth_more_than_can_be_written_down() {
    // A million million SKY a BTC, and 21 million BTC.
    let desk = Small::with_deposit(3, "1000000000000", 2_100_000_000_000_000).await;
    let held = PayoutState::Held { method: BuyMethod::Direct, why: HoldReason::Unpayable };
    assert_eq!(desk.pay_on(3).await, 0);
    assert_eq!(desk.state(), held);
    let snapshot = desk.store.snapshot();
    assert_eq!(snapshot.deposit(FIRST).unwrap().unwrap().quote, None, "no amount stands for it");
    assert_eq!(snapshot.counters().waiting[usize::from(Waiting::HeldUnpayable.tag())], 1);
    assert_eq!(snapshot.deposits(None, Page::ALL).unwrap(), [FIRST]);
    desk.assert_consistent();
}

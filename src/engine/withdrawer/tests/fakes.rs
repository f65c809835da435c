//! An exchange and a node that say what they are told to say, and a withdrawer that asks them.

use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;
use rust_decimal::Decimal;

use super::*;
use crate::exchange::{
    AssetNetwork, Balance, Book, CallError, ClientId, Idempotency, Market, MarketState, NewOrder,
    NewWithdrawal, OrderReport, Ticker, VenueOrderId, WithdrawalReport,
};
use crate::rail::{Fate, NodeError, Receipt, SendOutcome, TxStatus};
use crate::skycoin::{Address, CoinHours};
use crate::store::WriteTx;
use crate::testing::{ManualClock, memory_store};
use crate::types::Claim;
use crate::upstream::withdrawal_tests::{one_of_each, own_address};
use crate::upstream::{Departure, WithdrawalTerms};

/// What the exchange says.
#[derive(Debug)]
pub(in crate::engine::withdrawer) struct Says {
    /// Its market and what is bought there.
    pub(in crate::engine::withdrawer) bases: Vec<(&'static str, &'static str)>,
    pub(in crate::engine::withdrawer) networks: Option<Vec<AssetNetwork>>,
    pub(in crate::engine::withdrawer) balances: Vec<(&'static str, Decimal)>,
    pub(in crate::engine::withdrawer) withdraw: Result<String, CallError>,
    pub(in crate::engine::withdrawer) reports: Result<Vec<WithdrawalReport>, CallError>,
    pub(in crate::engine::withdrawer) is_fee_on_top: bool,
    /// How often it was asked about withdrawals.
    pub(in crate::engine::withdrawer) asked: u32,
}

/// An exchange where withdrawals are known by ids of ours, 20 seconds after they were asked for at the latest.
#[derive(Debug)]
pub(in crate::engine::withdrawer) struct Venue(Mutex<Says>);

impl Default for Venue {
    fn default() -> Self {
        Venue(Mutex::new(Says {
            bases: vec![("SKYBTC", "SKY"), ("SKYETH", "SKY")],
            networks: None,
            balances: Vec::new(),
            withdraw: Err(nothing()),
            reports: Ok(Vec::new()),
            is_fee_on_top: false,
            asked: 0,
        }))
    }
}

fn nothing() -> CallError {
    CallError::NotSent("nothing was to be asked".to_owned())
}

impl Venue {
    pub(in crate::engine::withdrawer) fn says(&self) -> MutexGuard<'_, Says> {
        self.0.lock().unwrap()
    }
}

#[async_trait]
impl Exchange for Venue {
    fn name(&self) -> &'static str {
        "kraken"
    }

    fn idempotency(&self) -> Idempotency {
        Idempotency::None
    }

    fn settling_time(&self) -> Duration {
        Duration::from_secs(20)
    }

    fn rests(&self) -> bool {
        false
    }

    fn tells_fees(&self) -> bool {
        false
    }

    fn client_id(&self, _: [u8; 16]) -> ClientId {
        ClientId("one".to_owned())
    }

    async fn market(&self, market: &str) -> Result<Market, CallError> {
        let base = self.says().bases.iter().find(|(name, _)| *name == market).map(|(_, base)| *base);
        Ok(Market {
            name: market.to_owned(),
            base: base.ok_or_else(nothing)?.to_owned(),
            quote: market.trim_start_matches("SKY").to_owned(),
            state: MarketState::Trading,
            price_step: Decimal::ONE,
            quantity_step: Decimal::ONE,
            least_quantity: Decimal::ONE,
            least_cost: Decimal::ZERO,
        })
    }

    async fn networks(&self, _: &str) -> Result<Option<Vec<AssetNetwork>>, CallError> {
        Ok(self.says().networks.clone())
    }

    async fn book(&self, _: &str, _: usize) -> Result<Book, CallError> {
        Err(nothing())
    }

    async fn ticker(&self, _: &str) -> Result<Ticker, CallError> {
        Err(nothing())
    }

    async fn place(&self, _: &NewOrder) -> Result<VenueOrderId, CallError> {
        Err(nothing())
    }

    async fn find(&self, _: &str, _: &ClientId) -> Result<Option<OrderReport>, CallError> {
        Err(nothing())
    }

    async fn order(&self, _: &str, _: &VenueOrderId) -> Result<OrderReport, CallError> {
        Err(nothing())
    }

    async fn cancel(&self, _: &str, _: &VenueOrderId) -> Result<(), CallError> {
        Err(nothing())
    }

    async fn balances(&self) -> Result<Vec<Balance>, CallError> {
        let all = self.says().balances.clone().into_iter();
        let reserved = Decimal::ZERO;
        Ok(all.map(|(asset, available)| Balance { asset: asset.to_owned(), available, reserved }).collect())
    }

    fn withdrawal_trace(&self) -> Option<WithdrawalTrace> {
        Some(WithdrawalTrace::ById)
    }

    fn takes_fee_on_top(&self) -> bool {
        self.says().is_fee_on_top
    }

    async fn withdrawal_fee(&self, _: &NewWithdrawal) -> Result<Option<Decimal>, CallError> {
        Ok(None)
    }

    async fn withdraw(&self, _: &NewWithdrawal) -> Result<String, CallError> {
        self.says().withdraw.clone()
    }

    async fn withdrawals(&self, _: &str) -> Result<Vec<WithdrawalReport>, CallError> {
        let mut says = self.says();
        says.asked += 1;
        says.reports.clone()
    }
}

/// A node that has seen this of whatever it is asked about, and how often it was asked.
#[derive(Debug)]
pub(in crate::engine::withdrawer) struct Node(Mutex<(Result<Receipt, NodeError>, u32)>);

impl Node {
    pub(in crate::engine::withdrawer) fn new(receipt: Result<Receipt, NodeError>) -> Node {
        Node(Mutex::new((receipt, 0)))
    }

    pub(in crate::engine::withdrawer) fn set(&self, receipt: Receipt) {
        self.0.lock().unwrap().0 = Ok(receipt);
    }

    pub(in crate::engine::withdrawer) fn asked(&self) -> u32 {
        self.0.lock().unwrap().1
    }
}

fn unasked<T>() -> Result<T, NodeError> {
    Err(NodeError("nothing was to be asked".to_owned()))
}

impl Broadcaster for Node {
    async fn send(&self, _: &[u8]) -> SendOutcome {
        SendOutcome::Unknown("nothing was to be sent".to_owned())
    }

    async fn status(&self, _: TxId) -> Result<TxStatus, NodeError> {
        unasked()
    }

    async fn received(&self, _: TxId, _: Address) -> Result<Receipt, NodeError> {
        let mut all = self.0.lock().unwrap();
        all.1 += 1;
        all.0.clone()
    }

    async fn burnt(&self, _: TxId) -> Result<CoinHours, NodeError> {
        unasked()
    }

    async fn fate_of(&self, _: Claim) -> Result<Fate, NodeError> {
        unasked()
    }
}

/// A withdrawer, and all that it deals with. Nothing new is withdrawn by itself.
pub(in crate::engine::withdrawer) struct Desk {
    pub(in crate::engine::withdrawer) withdrawer: Withdrawer<Node>,
    pub(in crate::engine::withdrawer) venue: Arc<Venue>,
    pub(in crate::engine::withdrawer) node: Arc<Node>,
    pub(in crate::engine::withdrawer) clock: Arc<ManualClock>,
    pub(in crate::engine::withdrawer) store: Store,
}

/// What is asked for: five coins, by an id of ours.
pub(in crate::engine::withdrawer) fn terms() -> WithdrawalTerms {
    one_of_each().remove(0).terms
}

pub(in crate::engine::withdrawer) fn settings() -> WithdrawSettings {
    let market = |code: &str| (code.to_owned(), format!("SKY{code}"));
    WithdrawSettings {
        is_on: false,
        least: Droplets::new(2_000_000),
        most: Droplets::new(5_000_000_000),
        every: Duration::from_secs(7_200),
        max_fee: "1".parse().unwrap(),
        network: None,
        key: None,
        max_decimals: 3,
        check_wait: Duration::from_secs(15),
        failure_wait: Duration::from_secs(10),
        ratelimit_wait: Duration::from_secs(30),
        confirmations: 3,
        markets: vec![market("BTC"), market("ETH")],
        vouched: vec!["exchange:SKYBTC".to_owned(), "exchange:SKYETH".to_owned()],
        account: "5eed".to_owned(),
    }
}

impl Desk {
    pub(in crate::engine::withdrawer) fn new(settings: WithdrawSettings) -> Desk {
        let (store, clock) = (memory_store(), Arc::new(ManualClock::default()));
        let (venue, node) = (Arc::new(Venue::default()), Arc::new(Node::new(Ok(Receipt::Absent))));
        let (at, to) = (Arc::clone(&clock) as Arc<dyn Clock>, (Arc::clone(&node), own_address()));
        let exchange = Arc::clone(&venue) as Arc<dyn Exchange>;
        let withdrawer = Withdrawer::new(store.clone(), exchange, to, at, Arc::default(), settings);
        let desk = Desk { withdrawer, venue, node, clock, store };
        desk.write(|tx| tx.know_wallet(&[own_address().get()]));
        desk
    }

    /// Writes beside the test's own runtime, which must not wait.
    pub(in crate::engine::withdrawer) fn write(
        &self,
        work: impl Fn(&mut WriteTx<'_>) -> Result<(), StoreError> + Send + 'static,
    ) {
        let store = self.store.clone();
        std::thread::spawn(move || store.write_blocking(work)).join().unwrap().unwrap();
    }

    /// Stores one, and what happened to it.
    pub(in crate::engine::withdrawer) fn withdrawal(&self, events: Vec<WithdrawalEvent>) {
        self.write(move |tx| {
            tx.intend_withdrawal(terms())?;
            events.iter().try_for_each(|event| tx.record(event.clone()))
        });
    }

    pub(in crate::engine::withdrawer) fn state(&self, no: u64) -> &'static str {
        let known = self.store.snapshot().withdrawal(WithdrawalNo::new(no)).unwrap();
        known.unwrap().state.name()
    }
}

pub(in crate::engine::withdrawer) fn asked(no: u64) -> WithdrawalEvent {
    WithdrawalEvent::Asked { withdrawal: WithdrawalNo::new(no), id: format!("w{no}") }
}

pub(in crate::engine::withdrawer) fn missed(no: u64) -> WithdrawalEvent {
    WithdrawalEvent::Missed { withdrawal: WithdrawalNo::new(no), words: "refused".to_owned() }
}

pub(in crate::engine::withdrawer) fn held(no: u64) -> WithdrawalEvent {
    WithdrawalEvent::Held { withdrawal: WithdrawalNo::new(no), words: "who knows".to_owned() }
}

/// 4.9 coins are sent, and a tenth of one is kept.
pub(in crate::engine::withdrawer) fn departure() -> Departure {
    Departure { amount: "5".parse().unwrap(), fee: "0.1".parse().unwrap() }
}

pub(in crate::engine::withdrawer) fn left(no: u64) -> WithdrawalEvent {
    let txid = Some(format!("{no:0>64}"));
    WithdrawalEvent::Left { withdrawal: WithdrawalNo::new(no), departure: departure(), txid }
}

pub(in crate::engine::withdrawer) fn arrived(no: u64) -> WithdrawalEvent {
    WithdrawalEvent::Arrived { withdrawal: WithdrawalNo::new(no), departure: departure(), why: None }
}

//! An exchange in memory: it keeps its own books, and answers as badly as it is told to.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use rust_decimal::Decimal;
use tokio::sync::Notify;

use super::fake_vault::Vault;
use super::habit::{Habit, refusal};
use super::{Fuse, ManualClock, PayoutChain};
use crate::clock::Clock;
use crate::exchange::{
    AssetNetwork, Balance, Book, CallError, ClientId, Exchange, Fee, Idempotency, Level, Market, MarketState,
    NewOrder, NewWithdrawal, OrderReport, OrderState, Refusal, Ticker, VenueOrderId, WithdrawalReport,
    WithdrawalTrace,
};
use crate::types::{Droplets, Moment};

/// An order, as the exchange knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FakeOrder {
    pub client_id: ClientId,
    pub id: VenueOrderId,
    pub quantity: Decimal,
    pub price: Decimal,
    pub filled: Decimal,
    pub cost: Decimal,
    pub fee: Decimal,
    pub is_open: bool,
    /// Before that nobody sees it, and it does not trade.
    alive_after: Option<(Moment, Duration)>,
}

/// The state of the exchange.
#[derive(Debug)]
pub struct FakeState {
    /// What the account has to spend.
    pub funds: Decimal,
    /// What the account has bought.
    pub coins: Decimal,
    pub orders: Vec<FakeOrder>,
    /// The price that somebody sells at.
    pub asks: Decimal,
    /// How much is sold at it.
    pub offered: Decimal,
    /// The price that somebody buys at; none where it is the same.
    pub bids: Option<Decimal>,
    /// How much of each order is carried out, in tenths.
    pub tenths: Vec<u32>,
    /// What becomes of the next calls that place an order, the first first; fine where there is nothing.
    pub placing: Vec<Habit>,
    /// The same of all other calls.
    pub asking: Vec<Habit>,
    pub state: MarketState,
    pub idempotency: Idempotency,
    /// Whether what is not carried out rests in the book.
    pub rests: bool,
    /// In which a late order comes to life.
    pub late: Duration,
    /// The longest that an order which was sent can take to come to life.
    pub settling: Duration,
    /// Calls that changed nothing.
    pub asked: u64,
    /// Whether client ids are told.
    pub tells_ids: bool,
    /// Whether the fees of orders are told.
    pub tells_fees: bool,
    pub networks: Option<Vec<AssetNetwork>>,
    /// Markets and orders of which nothing is ever said.
    pub hangs: Vec<String>,
    /// What leaves the account.
    pub vault: Vault,
}

/// A handle to it. Clones are of the same exchange.
#[derive(Debug, Clone)]
pub struct FakeExchange {
    state: Arc<Mutex<FakeState>>,
    clock: Arc<ManualClock>,
    fuse: Fuse,
    /// Told when what hangs goes on.
    released: Arc<Notify>,
    /// Where what is withdrawn arrives.
    chain: PayoutChain,
}

impl FakeExchange {
    /// Returns one with a full account.
    pub fn new(clock: Arc<ManualClock>, fuse: Fuse) -> FakeExchange {
        FakeExchange::beside(clock, fuse, PayoutChain::new(Droplets::new(1), 3))
    }

    /// Returns one whose withdrawals arrive on this chain.
    pub fn beside(clock: Arc<ManualClock>, fuse: Fuse, chain: PayoutChain) -> FakeExchange {
        let state = FakeState {
            funds: Decimal::from(1_000_000),
            coins: Decimal::ZERO,
            orders: Vec::new(),
            asks: Decimal::new(2, 3),
            offered: Decimal::from(1_000_000_000),
            bids: None,
            tenths: Vec::new(),
            placing: Vec::new(),
            asking: Vec::new(),
            state: MarketState::Trading,
            idempotency: Idempotency::UniqueAmongOpen,
            rests: false,
            late: Duration::from_secs(15),
            settling: Duration::from_secs(20),
            asked: 0,
            tells_ids: true,
            tells_fees: true,
            networks: None,
            hangs: Vec::new(),
            vault: Vault::default(),
        };
        FakeExchange { state: Arc::new(Mutex::new(state)), clock, fuse, released: Arc::default(), chain }
    }

    /// Its state, to be looked at and changed.
    pub fn state(&self) -> MutexGuard<'_, FakeState> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.moment();
        state.wake(now);
        let back = state.vault.wake(now, &self.chain);
        state.coins += back;
        state
    }

    /// Changes its state.
    pub fn change(&self, change: impl FnOnce(&mut FakeState)) {
        change(&mut self.state());
    }

    /// Passes the moments before a call, and takes its habit.
    fn begin(&self, is_placing: bool) -> Habit {
        self.fuse.pass_or_die();
        let mut state = self.state();
        state.asked += u64::from(!is_placing);
        let habits = if is_placing { &mut state.placing } else { &mut state.asking };
        if habits.is_empty() { Habit::Fine } else { habits.remove(0) }
    }

    /// Answers a call that changes nothing.
    fn ask<T>(&self, answer: impl FnOnce(&mut FakeState) -> Result<T, CallError>) -> Result<T, CallError> {
        match self.begin(false) {
            Habit::Fine => answer(&mut self.state()),
            Habit::Down => Err(CallError::NotSent("connection refused".to_owned())),
            Habit::Refuse(kind) => Err(refusal(kind)),
            Habit::TooOften => Err(too_often()),
            Habit::LoseReply | Habit::LoseRequest | Habit::Late | Habit::Hang => Err(no_reply()),
        }
    }

    /// Does not go on while nothing is said of this.
    async fn hang(&self, name: &str) {
        let mut released = self.released.notified();
        while self.state().hangs.iter().any(|hangs| hangs == name) {
            released.await;
            released = self.released.notified();
        }
    }

    /// Everything that hangs goes on.
    pub fn release(&self) {
        self.state().hangs.clear();
        self.released.notify_waiters();
    }
}

fn no_reply() -> CallError {
    CallError::Ambiguous("no reply".to_owned())
}

fn too_often() -> CallError {
    CallError::RateLimited { after: None, is_certain: false, words: "slow down".to_owned() }
}

fn refused<T>(kind: Refusal, words: &str) -> Result<T, CallError> {
    Err(CallError::Refused { kind, words: words.to_owned() })
}

impl FakeState {
    /// Orders that were late come to life.
    fn wake(&mut self, now: Moment) {
        let is_due =
            |order: &FakeOrder| order.alive_after.is_some_and(|(sent, after)| now.since(sent) >= after);
        let due: Vec<usize> = (0..self.orders.len()).filter(|at| is_due(&self.orders[*at])).collect();
        for at in due {
            self.orders[at].alive_after = None;
            self.trade(at);
        }
    }

    /// Carries an order out, as far as it goes.
    fn trade(&mut self, at: usize) {
        let tenths = if self.tenths.is_empty() { 10 } else { self.tenths.remove(0) };
        let (asks, rests) = (self.asks, self.rests);
        let order = &mut self.orders[at];
        order.is_open = rests && tenths < 10;
        if asks > order.price {
            order.is_open = rests;
            return;
        }
        order.filled = (order.quantity * Decimal::new(tenths.into(), 1)).trunc_with_scale(2);
        order.cost = order.filled * asks;
        order.fee = order.filled * Decimal::new(2, 3);
        let (cost, coins) = (order.cost, order.filled - order.fee);
        self.funds -= cost;
        self.coins += coins;
    }

    fn place(
        &mut self,
        order: &NewOrder,
        late: Option<(Moment, Duration)>,
    ) -> Result<VenueOrderId, CallError> {
        let known = self.orders.iter().position(|known| known.client_id == order.client_id);
        if let Some(at) = known {
            let was_late = self.orders[at].alive_after.is_some();
            match self.idempotency {
                // Whichever arrives first is the order, if it is taken: a refusal knows nothing of the other.
                Idempotency::SameOrder | Idempotency::UniqueForever
                    if was_late && self.state == MarketState::Closed => {}
                Idempotency::SameOrder | Idempotency::UniqueForever if was_late => {
                    self.orders[at].alive_after = None;
                    self.trade(at);
                    return Ok(self.orders[at].id.clone());
                }
                Idempotency::SameOrder => return Ok(self.orders[at].id.clone()),
                Idempotency::UniqueForever => return refused(Refusal::Duplicate, "used before"),
                Idempotency::UniqueAmongOpen if self.orders[at].is_open && !was_late => {
                    return refused(Refusal::Duplicate, "open already");
                }
                Idempotency::UniqueAmongOpen | Idempotency::None => {}
            }
        }
        if self.state == MarketState::Closed {
            return refused(Refusal::Market, "the market is closed");
        }
        if order.price * order.quantity > self.funds {
            return refused(Refusal::Funds, "insufficient balance");
        }
        let id = VenueOrderId((self.orders.len() + 1).to_string());
        self.orders.push(FakeOrder {
            client_id: order.client_id.clone(),
            id: id.clone(),
            quantity: order.quantity,
            price: order.price,
            filled: Decimal::ZERO,
            cost: Decimal::ZERO,
            fee: Decimal::ZERO,
            is_open: true,
            alive_after: late,
        });
        if late.is_none() {
            self.trade(self.orders.len() - 1);
        }
        Ok(id)
    }

    fn report(&self, order: &FakeOrder) -> OrderReport {
        OrderReport {
            id: order.id.clone(),
            client_id: Some(order.client_id.clone()).filter(|_| self.tells_ids),
            state: if order.is_open { OrderState::Open } else { OrderState::Ended },
            filled: order.filled,
            cost: order.cost,
            fees: self.tells_fees.then(|| vec![Fee { asset: "SKY".to_owned(), amount: order.fee }]),
        }
    }

    fn visible(&self) -> impl Iterator<Item = &FakeOrder> {
        self.orders.iter().filter(|order| order.alive_after.is_none())
    }
}

#[async_trait]
impl Exchange for FakeExchange {
    fn name(&self) -> &'static str {
        "fake"
    }

    fn idempotency(&self) -> Idempotency {
        self.state().idempotency
    }

    fn settling_time(&self) -> Duration {
        self.state().settling
    }

    fn withdrawal_settling_time(&self) -> Duration {
        self.state().vault.settling
    }

    fn rests(&self) -> bool {
        self.state().rests
    }

    fn tells_fees(&self) -> bool {
        true
    }

    fn client_id(&self, key: [u8; 16]) -> ClientId {
        ClientId(key.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    async fn market(&self, market: &str) -> Result<Market, CallError> {
        self.hang(market).await;
        self.ask(|state| {
            Ok(Market {
                name: market.to_owned(),
                base: "SKY".to_owned(),
                quote: market.strip_prefix("SKY").unwrap_or(market).to_owned(),
                state: state.state,
                price_step: Decimal::new(1, 5),
                quantity_step: Decimal::new(1, 2),
                least_quantity: Decimal::ONE,
                least_cost: Decimal::ZERO,
            })
        })
    }

    async fn networks(&self, _: &str) -> Result<Option<Vec<AssetNetwork>>, CallError> {
        self.ask(|state| Ok(state.networks.clone()))
    }

    async fn book(&self, market: &str, _: usize) -> Result<Book, CallError> {
        self.hang(market).await;
        self.ask(|state| {
            let level = Level { price: state.asks, quantity: state.offered };
            Ok(Book { bids: Vec::new(), asks: vec![level] })
        })
    }

    async fn ticker(&self, market: &str) -> Result<Ticker, CallError> {
        self.hang(market).await;
        self.ask(|state| {
            Ok(Ticker { bid: state.bids.or(Some(state.asks)), ask: Some(state.asks), last: None })
        })
    }

    async fn place(&self, order: &NewOrder) -> Result<VenueOrderId, CallError> {
        let now = self.clock.moment();
        let habit = self.begin(true);
        let answer = match habit {
            Habit::Hang => std::future::pending().await,
            Habit::Fine => self.state().place(order, None),
            Habit::LoseReply => self.state().place(order, None).and_then(|_| Err(no_reply())),
            Habit::Late => {
                let mut state = self.state();
                let late = Some((now, state.late));
                state.place(order, late).and_then(|_| Err(no_reply()))
            }
            Habit::LoseRequest => Err(no_reply()),
            Habit::TooOften => Err(too_often()),
            Habit::Down => Err(CallError::NotSent("connection refused".to_owned())),
            Habit::Refuse(kind) => Err(refusal(kind)),
        };
        self.fuse.pass_or_die();
        answer
    }

    async fn find(&self, _: &str, id: &ClientId) -> Result<Option<OrderReport>, CallError> {
        self.ask(|state| {
            if !state.tells_ids || state.idempotency == Idempotency::None {
                return Err(CallError::Untold("ids are not told".to_owned()));
            }
            let known = state.visible().find(|order| order.client_id == *id);
            Ok(known.map(|order| state.report(order)))
        })
    }

    async fn order(&self, _: &str, id: &VenueOrderId) -> Result<OrderReport, CallError> {
        self.hang(&id.0).await;
        self.ask(|state| match state.visible().find(|order| order.id == *id) {
            Some(order) => Ok(state.report(order)),
            None => refused(Refusal::NoSuchOrder, "no such order"),
        })
    }

    async fn cancel(&self, _: &str, id: &VenueOrderId) -> Result<(), CallError> {
        self.ask(|state| {
            let order = state.orders.iter_mut().find(|order| order.id == *id);
            order.into_iter().for_each(|order| order.is_open = false);
            Ok(())
        })
    }

    async fn balances(&self) -> Result<Vec<Balance>, CallError> {
        self.ask(|state| {
            let of = |asset: &str, available| Balance {
                asset: asset.to_owned(),
                available,
                reserved: Decimal::ZERO,
            };
            Ok(vec![of("BTC", state.funds), of("SKY", state.coins)])
        })
    }

    fn withdrawal_trace(&self) -> Option<WithdrawalTrace> {
        self.state().vault.trace
    }

    fn takes_fee_on_top(&self) -> bool {
        self.state().vault.is_fee_on_top
    }

    async fn withdrawal_fee(&self, _: &NewWithdrawal) -> Result<Option<Decimal>, CallError> {
        self.ask(|state| Ok(state.vault.tells_fee.then_some(state.vault.fee)))
    }

    async fn withdraw(&self, withdrawal: &NewWithdrawal) -> Result<String, CallError> {
        self.fuse.pass_or_die();
        let now = self.clock.moment();
        let habit = self.state().vault.next_habit();
        let answer = match habit {
            Habit::Fine => self.take_out(withdrawal, now, Duration::ZERO),
            Habit::LoseReply => self.take_out(withdrawal, now, Duration::ZERO).and_then(|_| Err(no_reply())),
            Habit::Late => {
                let late = self.state().late;
                self.take_out(withdrawal, now, late).and_then(|_| Err(no_reply()))
            }
            Habit::LoseRequest => Err(no_reply()),
            Habit::Hang => std::future::pending().await,
            Habit::TooOften => Err(too_often()),
            Habit::Down => Err(CallError::NotSent("connection refused".to_owned())),
            Habit::Refuse(kind) => Err(refusal(kind)),
        };
        self.fuse.pass_or_die();
        answer
    }

    async fn withdrawals(&self, _: &str) -> Result<Vec<WithdrawalReport>, CallError> {
        self.ask(|state| Ok(state.vault.reports()))
    }
}

impl FakeExchange {
    fn take_out(&self, withdrawal: &NewWithdrawal, now: Moment, late: Duration) -> Result<String, CallError> {
        let mut state = self.state();
        let coins = state.coins;
        let (id, left) = state.vault.take_out(withdrawal, coins, now, late)?;
        state.coins -= left;
        Ok(id)
    }
}

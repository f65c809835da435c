//! A purchaser with a store and an exchange in memory, taken apart: what it asks, what it believes, what it decides.

mod asked;
mod follows;
mod looks;
mod places;
mod waits;

use super::queue::Waiting;
use super::*;
use crate::address::DepositAddress;
use crate::deposit::BlockAt;
use crate::engine::intake::{BuyMethods, FoundDeposit, Intake};
use crate::exchange::{ClientId, VenueOrderId};
use crate::live::{BooksView, UpstreamMarket};
use crate::skycoin::Address;
use crate::store::{MemoryBackend, OrderEvent, Orders, PayoutEvent, Purpose, StoreError, Tables};
use crate::testing::{FakeExchange, Fuse, ManualClock, deposit_addresses};
use crate::types::{
    BlockHash, BlockRef, BuyMethod, Coin, DepositId, Exact, Height, PerCoin, Rate, Symbol, UnixTime,
};
use crate::upstream::{BuyOrder, BuyOrderState, Share, Terms};

const ANNA: Address = Address::from_bytes([1; 20]);
const BTC: Asset = Asset::Coin(Coin::BTC);
const LTC: Asset = Asset::Coin(Coin::LTC);
/// Less than the smallest order, which takes one SKY: 204,408 satoshi with the slippage and the fee.
const SMALL: u128 = 100_000;
/// Five SKY and what the exchange takes for them.
const LARGE: u128 = 1_002_000;

fn exact(text: &str) -> Exact {
    text.parse().unwrap()
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn at(seconds: u64) -> Moment {
    Moment::new(UnixTime::new(1_700_000_000), Duration::from_secs(seconds))
}

fn market(asset: Asset) -> MarketSettings {
    MarketSettings { asset, market: format!("SKY{}", asset.code()), ceiling: None, least: Units::ZERO }
}

fn settings() -> PurchaseSettings {
    PurchaseSettings {
        markets: vec![market(BTC), market(LTC)],
        slippage: Decimal::new(2, 2),
        fee: Decimal::new(2, 3),
        partial_fills: PartialFills::Reorder,
        gather_count: 1,
        gather_time: seconds(60),
        order_patience: seconds(30),
        fallback_after: None,
        max_decimals: 3,
        failure_wait: seconds(10),
        ratelimit_wait: seconds(30),
        check_wait: seconds(2),
        vouched: vec!["exchange:SKYBTC".to_owned(), "exchange:SKYLTC".to_owned()],
        account: "a key".to_owned(),
    }
}

fn exchange() -> (Arc<ManualClock>, FakeExchange) {
    let clock = Arc::new(ManualClock::default());
    (Arc::clone(&clock), FakeExchange::new(clock, Fuse::default()))
}

/// An order of 5 SKY at 0.002 at most, for one deposit.
fn order(state: BuyOrderState) -> BuyOrder {
    let at = UnixTime::new(1_700_000_000);
    let share = Share { payout: DepositNo::FIRST, budget: Units::new(LARGE) };
    BuyOrder { state, ..BuyOrder::intended(OrderNo::new(1), terms("SKYBTC"), vec![share], at) }
}

fn terms(market: &str) -> Terms {
    Terms {
        exchange: "fake".to_owned(),
        market: market.to_owned(),
        base: Symbol::parse("SKY").unwrap(),
        quote: Symbol::parse("BTC").unwrap(),
        quote_decimals: 8,
        client_id: ClientId("ours".to_owned()),
        price: exact("0.002"),
        quantity: exact("5"),
        account: "a key".to_owned(),
    }
}

fn unclear() -> BuyOrderState {
    BuyOrderState::Unclear { since: UnixTime::new(1_700_000_000), words: "no reply".to_owned() }
}

fn placed(id: &str) -> BuyOrderState {
    BuyOrderState::Placed { id: VenueOrderId(id.to_owned()) }
}

/// All that a purchaser needs.
struct Bench {
    clock: Arc<ManualClock>,
    exchange: FakeExchange,
    store: Store,
    live: Arc<Live>,
    purchaser: Purchaser,
}

impl Bench {
    fn new() -> Bench {
        Bench::with(settings())
    }

    fn with(settings: PurchaseSettings) -> Bench {
        let (clock, exchange) = exchange();
        let (backend, purpose) =
            (Arc::new(MemoryBackend::default()), Purpose::real(Coin::BTC.main_network()));
        let store = Store::open(backend, purpose, clock.clone(), &|_| {}).unwrap();
        let live = Arc::new(Live::default());
        let seen = (BlockRef { height: Height::new(1), hash: BlockHash([1; 32]) }, clock.now());
        live.set_books(BooksView { looked: Some(seen), ..BooksView::default() });
        let purchaser = Purchaser::new(
            store.clone(),
            Arc::new(exchange.clone()),
            clock.clone(),
            Arc::clone(&live),
            settings,
        );
        Bench { clock, exchange, store, live, purchaser }
    }

    /// One with deposits of so many satoshi that are to be bought for.
    async fn of(amounts: &[u128]) -> Bench {
        let bench = Bench::new();
        bench.deposit(amounts).await;
        bench
    }

    /// Deposits of so many satoshi that are to be bought for.
    async fn deposit(&self, amounts: &[u128]) {
        self.deposit_on(Coin::BTC, amounts).await;
    }

    async fn deposit_on(&self, coin: Coin, amounts: &[u128]) {
        let rate = Rate::parse("500").unwrap();
        let methods = BuyMethods { coins: PerCoin::new(|_| BuyMethod::Passthrough), tokens: Vec::new() };
        let intake = Intake::fixed(&PerCoin::new(|_| rate.clone()), &[], 3, methods);
        let address: DepositAddress = deposit_addresses(coin)[0];
        let (amounts, before) = (amounts.to_vec(), self.store.snapshot().counters().deposits);
        let write = self.store.write(move |tx| {
            if tx.find_address(&address)?.is_none() {
                tx.bind(ANNA, address)?;
            }
            for (n, amount) in (1..).zip(&amounts) {
                let found = FoundDeposit {
                    id: DepositId { coin, tx: format!("{:x}", before + n), n: 0, token: None },
                    token: None,
                    address,
                    amount: Units::new(*amount),
                    block: BlockAt { height: Height::new(1), hash: None, waits: 0 },
                    is_final: true,
                };
                intake.take(tx, &found).map_err(|error| StoreError::Invariant(error.to_string()))?;
                let payout = DepositNo::new(before + n);
                tx.record(PayoutEvent::Decided { payout, method: BuyMethod::Passthrough })?;
            }
            Ok(())
        });
        write.await.unwrap();
    }

    /// An order that is stored and stands so, for the first deposit; it is not placed.
    async fn stored(&self, terms: Terms, events: Vec<OrderEvent>) -> BuyOrder {
        let share = Share { payout: DepositNo::FIRST, budget: Units::new(LARGE) };
        let write = self.store.write(move |tx| {
            let no = tx.intend_order(terms.clone(), vec![share])?;
            events.iter().try_for_each(|event| tx.record(event.clone()))?;
            tx.order(no)
        });
        write.await.unwrap().unwrap()
    }

    fn orders(&self) -> Vec<BuyOrder> {
        self.store.snapshot().orders(OrderNo::new(0), usize::MAX).unwrap()
    }

    fn states(&self) -> Vec<&'static str> {
        self.orders().iter().map(|order| order.state.name()).collect()
    }

    fn state_of(&self, no: u64) -> crate::payout::PayoutState {
        self.store.snapshot().payout(DepositNo::new(no)).unwrap().unwrap().state
    }

    /// How many calls that change nothing were made since this was asked before.
    fn asked(&self) -> u64 {
        std::mem::take(&mut self.exchange.state().asked)
    }

    fn shown(&self, asset: Asset) -> UpstreamMarket {
        let markets = self.live.upstream().unwrap().markets;
        markets.into_iter().find(|market| market.asset == asset.code()).unwrap()
    }

    /// What waits to be bought with bitcoin.
    fn queue(&mut self) -> Vec<Waiting> {
        self.purchaser.queue().unwrap().remove(&BTC).unwrap_or_default()
    }

    fn moment(&self) -> Moment {
        self.clock.moment()
    }
}

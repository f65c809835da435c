//! Prices that follow a source: who waits for one, who gets one, and that nobody gets a second one.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use rust_decimal::Decimal;
use teller::address::DepositAddress;
use teller::breaker::Breaker;
use teller::deposit::{BlockAt, Deposit};
use teller::engine::operator::{Order, close_breaker, set_price};
use teller::engine::{
    BuyMethods, Buyer, FoundDeposit, Intake, PriceVenue, Pricer, PricerSettings, take_over_heard,
    take_over_jumps, take_over_set,
};
use teller::exchange::{AssetNetwork, Exchange};
use teller::ledger::Asset;
use teller::live::{PricedAsset, Prices};
use teller::payout::{HoldReason, PayoutState, Waiting};
use teller::price::{Guards, JumpBound, NoPrice, PriceNote, PriceSource, Promised};
use teller::skycoin::Address;
use teller::store::{Audit, Breakers, DepositEvent, MemoryBackend, Page, Purpose, Standing, Store, Tables};
use teller::task::{Next, Worker};
use teller::testing::{FakeExchange, Fuse, Habit, ManualClock};
use teller::types::{
    Actor, BuyMethod, Coin, DepositId, DepositNo, Droplets, Exact, Height, Rate, Symbol, Units, UnixTime,
};

const ANNA: Address = Address::from_bytes([1; 20]);
const FIRST: DepositNo = DepositNo::FIRST;
const SECOND: DepositNo = DepositNo::new(2);
pub(crate) const MARKET: &str = "one:SKYBTC";
const TWO: &str = "median(one:SKYBTC, two:SKYBTC)";

pub(crate) fn exact(text: &str) -> Exact {
    text.parse().unwrap()
}

fn address() -> DepositAddress {
    DepositAddress::parse(Coin::BTC.main_network(), "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2").unwrap()
}

/// A desk whose bitcoin price follows a source; its exchanges and its disk outlive it.
pub(crate) struct Desk {
    backend: Arc<MemoryBackend>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) exchanges: [FakeExchange; 2],
    source: &'static str,
    promised: Promised,
    bound: Option<JumpBound>,
    pub(crate) store: Store,
    pub(crate) prices: Arc<Prices>,
    pub(crate) intake: Intake,
    pub(crate) pricer: Pricer,
}

impl Desk {
    pub(crate) async fn new(source: &'static str, promised: Promised) -> Desk {
        let (backend, clock) = (Arc::new(MemoryBackend::default()), Arc::new(ManualClock::default()));
        let exchanges = [(); 2].map(|()| FakeExchange::new(Arc::clone(&clock), Fuse::default()));
        for exchange in &exchanges {
            exchange.state().networks = Some(vec![AssetNetwork { name: "SKY".into(), contract: None }]);
        }
        let desk = Desk::start(backend, clock, exchanges, (source, promised, None));
        desk.store.write(move |tx| tx.bind(ANNA, address()).map(drop)).await.unwrap();
        desk
    }

    fn start(
        backend: Arc<MemoryBackend>,
        clock: Arc<ManualClock>,
        exchanges: [FakeExchange; 2],
        (source, promised, bound): (&'static str, Promised, Option<JumpBound>),
    ) -> Desk {
        let purpose = Purpose::real(Coin::BTC.main_network());
        let store = Store::open(backend.clone(), purpose, clock.clone(), &|_| {}).unwrap();
        let guards = Guards {
            max_age: Duration::from_secs(120),
            spread: exact("0.01"),
            band: exact("0.2"),
            disagree: exact("0.05"),
        };
        let own = Some(Rate::parse("500").unwrap());
        let listed =
            PricedAsset { asset: Asset::Coin(Coin::BTC), source: PriceSource::parse(source).unwrap(), own };
        let now = teller::clock::Clock::now(&*clock);
        let prices = Arc::new(Prices::new(vec![listed], guards, now).bounded(bound));
        take_over_set(&store.snapshot(), &prices, now).unwrap();
        take_over_jumps(&store.snapshot(), &prices).unwrap();
        take_over_heard(&store.snapshot(), &prices, now).unwrap();
        let methods = BuyMethods::default();
        let intake = Intake { prices: Arc::clone(&prices), promised, max_decimals: 3, methods };
        let venue = |exchange: &FakeExchange| {
            let exchange: Arc<dyn Exchange> = Arc::new(exchange.clone());
            PriceVenue { exchange, has_key: true }
        };
        let [one, two] = &exchanges;
        let venues = HashMap::from([("one".to_owned(), venue(one)), ("two".to_owned(), venue(two))]);
        let settings = PricerSettings { poll: Duration::from_secs(15), venues, vouched: Vec::new() };
        let pricer = Pricer::new(store.clone(), clock.clone(), intake.clone(), settings);
        Desk { backend, clock, exchanges, source, promised, bound, store, prices, intake, pricer }
    }

    /// Another source is configured, which counts from the next start.
    pub(crate) fn with_source(self, source: &'static str) -> Desk {
        Desk { source, ..self }
    }

    /// A jump is bounded, which counts from the next start.
    pub(crate) fn bounded(self, bound: JumpBound) -> Desk {
        Desk { bound: Some(bound), ..self }
    }

    /// The process dies, and is started again.
    pub(crate) fn restart(self) -> Desk {
        let Desk { backend, clock, exchanges, source, promised, bound, store, pricer, .. } = self;
        drop(pricer);
        store.close();
        drop(store);
        Desk::start(backend, clock, exchanges, (source, promised, bound))
    }

    pub(crate) fn asks(&self, which: usize, price: Decimal) {
        self.exchanges[which].state().asks = price;
    }

    /// The time of a poll passes, and the workers do what there is to be done.
    pub(crate) async fn work(&mut self) {
        self.clock.advance(15);
        self.pricer.step().await.unwrap();
        self.decide().await;
    }

    async fn decide(&self) {
        let mut buyer = Buyer::new(self.store.clone(), None);
        while buyer.step().await.unwrap() == Next::Again {}
    }

    /// 0.002 BTC arrive.
    pub(crate) async fn deposit(&self, tx: &str, is_final: bool) {
        let found = FoundDeposit {
            id: DepositId { coin: Coin::BTC, tx: tx.to_owned(), n: 0, token: None },
            token: None,
            address: address(),
            amount: Units::new(200_000),
            block: BlockAt { height: Height::new(1), hash: None, waits: 0 },
            is_final,
        };
        let intake = self.intake.clone();
        self.store.act(move |tx| intake.take(tx, &found)).await.unwrap();
        self.decide().await;
    }

    pub(crate) fn of(&self, no: DepositNo) -> Deposit {
        self.store.snapshot().deposit(no).unwrap().unwrap()
    }

    fn state(&self, no: DepositNo) -> PayoutState {
        self.store.snapshot().payout(no).unwrap().unwrap().state
    }

    pub(crate) fn why(&self) -> NoPrice {
        self.prices.promise(Coin::BTC, None, teller::clock::Clock::now(&*self.clock)).unwrap_err()
    }

    #[track_caller]
    pub(crate) fn assert_waits(&self, no: DepositNo) {
        let deposit = self.of(no);
        assert_eq!((deposit.rate.as_str(), deposit.quote, &deposit.priced), ("", None, &None));
        let held = PayoutState::Held { method: BuyMethod::Direct, why: HoldReason::NoPrice };
        assert_eq!(self.state(no), held);
        let snapshot = self.store.snapshot();
        assert_eq!(snapshot.counters().waiting(Waiting::NoPrice), 1);
        let unpriced = |standing| snapshot.unpriced(Asset::Coin(Coin::BTC), standing, Page::ALL).unwrap();
        assert_eq!(Standing::ALL.map(unpriced).concat(), [no]);
        self.assert_consistent();
    }

    #[track_caller]
    pub(crate) fn assert_paid_at(&self, no: DepositNo, rate: &str, droplets: u64) {
        let (deposit, payout) = (self.of(no), self.store.snapshot().payout(no).unwrap().unwrap());
        assert_eq!((deposit.rate.as_str(), deposit.quote), (rate, Some(Droplets::new(droplets))));
        assert_eq!(payout.state, PayoutState::Owed { method: BuyMethod::Direct });
        assert_eq!(payout.amount, Droplets::new(droplets));
        assert!(deposit.priced.is_some());
        assert_eq!(self.store.snapshot().counters().waiting(Waiting::NoPrice), 0);
        self.assert_consistent();
    }

    #[track_caller]
    pub(crate) fn assert_consistent(&self) {
        let report = Audit::new(self.store.snapshot().kv(), &|_| {}).run_full().unwrap();
        assert_eq!(report.messages(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn should_wait_for_a_price_and_get_it_once() {
    let mut desk = Desk::new(MARKET, Promised::Seen).await;
    desk.deposit("a", true).await;
    desk.assert_waits(FIRST);
    assert!(matches!(desk.why(), NoPrice::NoReading(_)));
    // One SKY costs 0.002 BTC: 500 SKY for one, of which the desk keeps a hundredth.
    desk.work().await;
    desk.assert_paid_at(FIRST, "495", 990_000);
    let PriceNote { source, at, spread } = desk.of(FIRST).priced.unwrap();
    assert_eq!((source.as_str(), spread), ("one:SKYBTC at 0.002", exact("0.01")));
    assert_eq!(at, UnixTime::new(1_700_000_015));
    // What it has stays, whatever comes; the next one gets the new price at once.
    desk.asks(0, Decimal::new(21, 4));
    desk.work().await;
    desk.deposit("b", true).await;
    desk.assert_paid_at(FIRST, "495", 990_000);
    desk.assert_paid_at(SECOND, "3300/7", 942_000);
    let again = DepositEvent::Priced {
        deposit: FIRST,
        rate: "1".into(),
        quote: None,
        priced: PriceNote::fixed(UnixTime::new(1)),
    };
    desk.store.write(move |tx| tx.record(again.clone())).await.unwrap_err();
    desk.assert_paid_at(FIRST, "495", 990_000);
}

#[tokio::test]
async fn should_promise_nothing_at_a_price_that_is_too_old() {
    let mut desk = Desk::new(MARKET, Promised::Seen).await;
    desk.work().await;
    // Nobody asks any more: the price of before lasts for two minutes.
    desk.clock.advance(120);
    desk.deposit("a", true).await;
    desk.assert_paid_at(FIRST, "495", 990_000);
    desk.clock.advance(1);
    desk.deposit("b", true).await;
    desk.assert_waits(SECOND);
    assert!(matches!(desk.why(), NoPrice::TooOld(_)));
    // The exchange does not answer: what it said before does not grow younger.
    desk.exchanges[0].state().asking = vec![Habit::Down; 9];
    desk.work().await;
    desk.assert_waits(SECOND);
    desk.exchanges[0].state().asking = Vec::new();
    desk.work().await;
    desk.assert_paid_at(SECOND, "495", 990_000);
}

#[tokio::test]
async fn should_stay_in_the_band_around_the_operators_idea() {
    let mut desk = Desk::new(MARKET, Promised::Seen).await;
    // Four SKY for the price of one.
    desk.asks(0, Decimal::new(5, 4));
    desk.work().await;
    desk.deposit("a", true).await;
    desk.assert_waits(FIRST);
    assert!(matches!(desk.why(), NoPrice::OutOfBand { .. }));
    desk.asks(0, Decimal::new(25, 4));
    desk.work().await;
    desk.assert_paid_at(FIRST, "396", 792_000);
}

#[tokio::test]
async fn should_believe_none_of_two_that_disagree() {
    let mut desk = Desk::new(TWO, Promised::Seen).await;
    desk.asks(1, Decimal::new(22, 4));
    desk.work().await;
    desk.deposit("a", true).await;
    desk.assert_waits(FIRST);
    assert!(matches!(desk.why(), NoPrice::SourcesDisagree(_)));
    // The price that gives less SKY.
    desk.asks(1, Decimal::new(205, 5));
    desk.work().await;
    desk.assert_paid_at(FIRST, "19800/41", 965_000);
}

#[tokio::test]
async fn should_refuse_the_sky_of_another_project() {
    let mut desk = Desk::new(MARKET, Promised::Seen).await;
    let other = AssetNetwork {
        name: "ETH".into(),
        contract: Some("0x56072c95faa701256059aa122697b133aded9279".into()),
    };
    desk.exchanges[0].state().networks = Some(vec![other]);
    // Even where the number alone would do.
    desk.work().await;
    desk.deposit("a", true).await;
    desk.assert_waits(FIRST);
    let why = desk.why();
    assert!(matches!(&why, NoPrice::WrongAsset(words) if words.contains("0x5607")), "{why}");
    // Where the exchange does not say, its name is not enough.
    desk.exchanges[0].state().networks = None;
    desk.work().await;
    desk.assert_waits(FIRST);
    assert!(matches!(desk.why(), NoPrice::WrongAsset(_)));
}

#[tokio::test]
async fn should_price_once_wherever_it_dies() {
    let desk = Desk::new(MARKET, Promised::Seen).await;
    desk.deposit("a", true).await;
    let mut desk = desk.restart();
    desk.assert_waits(FIRST);
    desk.work().await;
    desk.assert_paid_at(FIRST, "495", 990_000);
    let mut desk = desk.restart();
    desk.asks(0, Decimal::new(21, 4));
    desk.work().await;
    desk.assert_paid_at(FIRST, "495", 990_000);
}

#[tokio::test]
async fn should_price_what_becomes_final_where_that_is_promised() {
    let mut desk = Desk::new(MARKET, Promised::Final).await;
    desk.work().await;
    desk.deposit("a", false).await;
    desk.work().await;
    assert_eq!(desk.of(FIRST).rate, "", "it is not final");
    desk.asks(0, Decimal::new(25, 4));
    desk.work().await;
    desk.deposit("a", true).await;
    desk.assert_paid_at(FIRST, "396", 792_000);
    // Final when there is no price: the first that there is.
    desk.clock.advance(300);
    desk.deposit("b", true).await;
    desk.assert_waits(SECOND);
    desk.work().await;
    desk.assert_paid_at(SECOND, "396", 792_000);
}

#[tokio::test]
async fn should_take_a_persons_word_until_it_is_taken_back() {
    let mut desk = Desk::new(MARKET, Promised::Seen).await;
    let order = || Order::new("anna", "the exchange is down").unwrap();
    set_price(&desk.store, "BTC", Some(Rate::parse("450").unwrap()), order()).await.unwrap();
    // It outlives the process.
    let mut desk = {
        desk.work().await;
        desk.restart()
    };
    desk.deposit("a", true).await;
    desk.assert_paid_at(FIRST, "450", 900_000);
    assert_eq!(desk.of(FIRST).priced.unwrap().source, "set by anna: the exchange is down");
    set_price(&desk.store, "BTC", None, order()).await.unwrap();
    set_price(&desk.store, "BTC", None, order()).await.unwrap_err();
    desk.work().await;
    desk.deposit("b", true).await;
    desk.assert_paid_at(SECOND, "495", 990_000);
    desk.assert_paid_at(FIRST, "450", 900_000);
}

fn explained() -> Order {
    Order::of(Actor::operator(), "the market has moved").unwrap()
}

fn breaker() -> Breaker {
    Breaker::Price(Symbol::parse("BTC").unwrap())
}

/// A desk whose price was 495 SKY, and then 10 parts of a hundred less, where 5 are allowed; a deposit waits.
async fn jumped() -> Desk {
    let desk = Desk::new(MARKET, Promised::Seen).await;
    let bound = JumpBound { part: exact("0.05"), within: Duration::from_secs(600) };
    let mut desk = desk.bounded(bound).restart();
    desk.work().await;
    desk.asks(0, Decimal::new(22, 4));
    desk.work().await;
    desk.deposit("a", true).await;
    desk.assert_waits(FIRST);
    assert!(matches!(desk.why(), NoPrice::Jumped { .. }), "{}", desk.why());
    desk
}

fn opened(desk: &Desk) -> Option<(u64, Vec<String>)> {
    let state = desk.store.snapshot().breaker(breaker()).unwrap()?;
    Some((state.times, state.opened?.grounds))
}

#[tokio::test]
async fn should_promise_nothing_at_a_price_that_has_jumped_until_it_is_back() {
    let mut desk = jumped().await;
    let (times, grounds) = opened(&desk).unwrap();
    assert_eq!((times, grounds[0].as_str()), (1, "495 SKY for one before"));
    assert!(matches!(&grounds[..], [_, to] if to.starts_with("450 ")), "{grounds:?}");
    desk.work().await;
    desk = desk.restart();
    desk.work().await;
    desk.assert_waits(FIRST);
    assert!(matches!(desk.why(), NoPrice::Jumped { .. }), "a restart forgets nothing");
    assert_eq!(opened(&desk).map(|(times, _)| times), Some(1), "it is the same jump");
    desk.asks(0, Decimal::new(2, 3));
    desk.work().await;
    desk.assert_paid_at(FIRST, "495", 990_000);
    assert_eq!(opened(&desk), None);
}

#[tokio::test]
async fn should_promise_at_a_price_that_has_jumped_once_a_person_has_closed_the_breaker() {
    let mut desk = jumped().await;
    close_breaker(&desk.store, breaker(), 1, explained()).await.unwrap();
    desk.work().await;
    desk.assert_paid_at(FIRST, "450", 900_000);
    assert_eq!(opened(&desk), None);
    // From there on it may not jump either.
    desk.asks(0, Decimal::new(2, 3));
    desk.work().await;
    desk.deposit("b", true).await;
    desk.assert_waits(SECOND);
    assert_eq!(opened(&desk).map(|(times, _)| times), Some(2));
    // What a person sets counts all the same.
    set_price(&desk.store, "BTC", Some(Rate::parse("480").unwrap()), explained()).await.unwrap();
    desk.work().await;
    desk.assert_paid_at(SECOND, "480", 960_000);
}

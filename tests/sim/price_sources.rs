//! What sources of prices are asked and when, and what is written down of them anew.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rust_decimal::Decimal;
use teller::engine::{FreshPrices, PriceFile, PriceVenue, Pricer, PricerSettings};
use teller::ledger::Asset;
use teller::live::{Live, PriceList};
use teller::price::{JumpBound, NoPrice, Promised};
use teller::store::{Event, History, Page, PriceEvent, Record};
use teller::task::{Next, Worker};
use teller::testing::Habit;
use teller::types::{Coin, DepositNo};

use crate::prices::{Desk, MARKET, exact};

const FIRST: DepositNo = DepositNo::FIRST;
/// Calls of a question about a market whose coins are known, and are not.
const TICKER: u64 = 1;
const ALL: u64 = 3;

impl Desk {
    /// One step after so many seconds: how it ended, and how many calls that took.
    async fn step_after(&mut self, seconds: u64) -> (Next, u64) {
        self.clock.advance(seconds);
        let next = self.pricer.step().await.unwrap();
        (next, std::mem::take(&mut self.exchanges[0].state().asked))
    }

    fn promised(&self) -> Result<String, NoPrice> {
        let now = teller::clock::Clock::now(&*self.clock);
        self.prices.promise(Coin::BTC, None, now).map(|quoted| quoted.rate.text().to_owned())
    }

    fn settings(&self, vouched: &[&str]) -> PricerSettings {
        let exchange = Arc::new(self.exchanges[0].clone());
        let venues = HashMap::from([("one".to_owned(), PriceVenue { exchange, has_key: true })]);
        let vouched = vouched.iter().map(|market| (*market).to_owned()).collect();
        PricerSettings { poll: Duration::from_secs(15), venues, vouched }
    }
}

fn wait(seconds: u64) -> Next {
    Next::Wait(Duration::from_secs(seconds))
}

#[tokio::test]
async fn should_ask_as_often_as_is_configured_however_often_it_is_woken() {
    let mut desk = Desk::new(MARKET, Promised::Seen).await;
    assert_eq!(desk.pricer.name(), "pricer");
    assert_eq!(desk.step_after(0).await, (wait(15), ALL));
    for (seconds, left) in [(0, 15), (1, 14), (13, 1)] {
        assert_eq!(desk.step_after(seconds).await, (wait(left), 0));
    }
    assert_eq!(desk.step_after(1).await, (wait(15), TICKER));
}

#[tokio::test]
async fn should_make_sure_every_ten_minutes_that_a_market_is_skycoins() {
    let mut desk = Desk::new(MARKET, Promised::Seen).await;
    assert_eq!(desk.step_after(0).await.1, ALL);
    assert_eq!(desk.step_after(585).await.1, TICKER);
    assert_eq!(desk.step_after(15).await.1, ALL);
    assert_eq!(desk.step_after(15).await.1, TICKER);
}

#[tokio::test]
async fn should_believe_no_price_where_it_cannot_be_asked_what_the_coin_is() {
    for (vouched, is_priced) in [(&[][..], false), (&["exchange:SKYBTC"][..], true)] {
        let mut desk = Desk::new(MARKET, Promised::Seen).await;
        let settings = desk.settings(vouched);
        desk.pricer = Pricer::new(desk.store.clone(), desk.clock.clone(), desk.intake.clone(), settings);
        desk.exchanges[0].state().asking = vec![Habit::Fine, Habit::Down];
        desk.step_after(0).await;
        match desk.promised() {
            Ok(rate) => assert!(is_priced && rate == "495", "{rate}"),
            // That it cannot be asked now is not to say that it is another coin.
            Err(why) => assert!(!is_priced && matches!(why, NoPrice::NoReading(_)), "{why}"),
        }
    }
}

#[tokio::test]
async fn should_believe_no_market_in_which_more_is_paid_than_asked() {
    let mut desk = Desk::new(MARKET, Promised::Seen).await;
    for (bids, asks, is_priced) in [(2, 2, true), (1, 2, true), (3, 2, false), (0, 0, false), (0, 2, true)] {
        desk.exchanges[0].change(|state| {
            (state.bids, state.asks) = (Some(Decimal::new(bids, 3)), Decimal::new(asks, 3));
        });
        // So long that what was heard before is too old.
        desk.step_after(121).await;
        assert_eq!(desk.promised().is_ok(), is_priced, "{bids} bid, {asks} asked");
    }
}

#[tokio::test]
async fn should_price_what_waits_and_then_have_nothing_to_do() {
    let mut desk = Desk::new(MARKET, Promised::Seen).await;
    desk.deposit("a", true).await;
    assert_eq!(desk.step_after(0).await.0, wait(15));
    desk.assert_paid_at(FIRST, "495", 990_000);
}

#[tokio::test]
async fn should_go_on_with_a_jump_however_long_ago_it_was_seen() {
    let desk = Desk::new(MARKET, Promised::Seen).await;
    let bound = JumpBound { part: exact("0.05"), within: Duration::from_secs(600) };
    let mut desk = desk.bounded(bound).restart();
    desk.work().await;
    desk.asks(0, Decimal::new(22, 4));
    desk.work().await;
    assert!(matches!(desk.why(), NoPrice::Jumped { .. }), "{}", desk.why());
    // The price of before lies beyond the time in which it may not move so far.
    for _ in 0..2 {
        desk.clock.advance(700);
        desk = desk.restart();
        desk.work().await;
        assert!(matches!(desk.why(), NoPrice::Jumped { .. }), "{}", desk.why());
    }
    desk.asks(0, Decimal::new(2, 3));
    desk.work().await;
    assert_eq!(desk.promised().unwrap(), "495");
}

/// A file that says what it is told to.
#[derive(Debug, Default)]
struct File {
    is_asked: AtomicBool,
    says: Mutex<Option<Result<(PriceList, PricerSettings), String>>>,
}

impl File {
    fn says(&self, what: Result<(PriceList, PricerSettings), String>) {
        *self.says.lock().unwrap() = Some(what);
        self.is_asked.store(true, Ordering::Release);
    }
}

impl PriceFile for File {
    fn take_request(&self) -> bool {
        self.is_asked.swap(false, Ordering::AcqRel)
    }

    fn read(&self) -> Result<FreshPrices, String> {
        let says = self.says.lock().unwrap().take();
        says.expect("it is read once each time").map(|(list, settings)| FreshPrices { list, settings })
    }
}

/// A desk that has a price, and reads this file anew.
async fn with_file() -> (Desk, Arc<File>, Arc<Live>) {
    let (file, live) = (Arc::new(File::default()), Arc::new(Live::default()));
    let mut desk = Desk::new(MARKET, Promised::Seen).await;
    desk.pricer = desk.pricer.reading(Arc::clone(&file) as Arc<dyn PriceFile>, Arc::clone(&live));
    assert_eq!(desk.step_after(0).await, (wait(15), ALL));
    (desk, file, live)
}

/// How often what is written down was taken over, each time as an act of somebody.
fn acts(desk: &Desk) -> usize {
    let events = desk.store.snapshot().past_events(Page::ALL).unwrap();
    let is_act = |record: &Record| {
        let is_configured = matches!(&record.event, Event::Price(PriceEvent::Configured { .. }));
        assert!(!is_configured || record.by.is_some(), "{record:?}");
        is_configured
    };
    events.iter().filter(|event| is_act(&event.record)).count()
}

#[tokio::test]
async fn should_take_over_what_is_written_down_anew_as_an_act_and_ask_anew() {
    let (mut desk, file, live) = with_file().await;
    let mut list = (*desk.prices.list()).clone();
    list.guards.spread = exact("0.02");
    let settings = PricerSettings { poll: Duration::from_secs(40), ..desk.settings(&[]) };
    file.says(Ok((list, settings)));
    // What was found out before was found out by other settings.
    assert_eq!(desk.step_after(1).await, (wait(40), ALL));
    assert_eq!((desk.promised().unwrap().as_str(), acts(&desk)), ("490", 1));
    assert_eq!(live.config_trouble(), None);
    assert_eq!(desk.step_after(39).await.1, 0);
    assert_eq!(desk.step_after(1).await.1, TICKER);
    assert_eq!(acts(&desk), 1, "it is read once");
    desk.assert_consistent();
}

#[tokio::test]
async fn should_go_on_as_before_where_what_is_written_down_is_wrong() {
    let (mut desk, file, live) = with_file().await;
    file.says(Err("spread: 7 is no part".to_owned()));
    assert_eq!(desk.step_after(1).await, (wait(14), 0));
    assert_eq!(live.config_trouble().as_deref(), Some("spread: 7 is no part"));
    // Other coins are taken up with a restart alone.
    let mut list = (*desk.prices.list()).clone();
    list.listed[0].asset = Asset::Coin(Coin::LTC);
    file.says(Ok((list, desk.settings(&[]))));
    assert_eq!(desk.step_after(1).await, (wait(13), 0));
    let trouble = live.config_trouble().unwrap();
    assert!(trouble.contains("restart"), "{trouble}");
    assert_eq!((desk.promised().unwrap().as_str(), acts(&desk)), ("495", 0));
    // As it was before: that is no trouble, and no act.
    file.says(Ok(((*desk.prices.list()).clone(), desk.settings(&[]))));
    desk.step_after(1).await;
    assert_eq!((live.config_trouble(), acts(&desk)), (None, 0));
    assert_eq!(desk.promised().unwrap(), "495");
}

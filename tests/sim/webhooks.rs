//! Webhooks of purchases that do not take what they are told: each waits longer, the others do not wait, and after days
//! one is given up, in sight.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use teller::clock::Clock;
use teller::live::Live;
use teller::outbox::{HookClient, HookClients, HookCourier, HookPort, HookSorter, Message, Pace, Refusal};
use teller::skycoin::Address;
use teller::store::{HookCounts, Hooks, MemoryBackend, NewHook, Purpose, Store};
use teller::testing::{ManualClock, deposit_addresses};
use teller::types::{BindingNo, Coin, Hidden, UnixTime};

const HOUR: u64 = 60 * 60;
const DAY: u64 = 24 * HOUR;

/// Webhooks that answer as their URLs say.
#[derive(Debug, Default)]
struct Answering(Mutex<BTreeMap<String, usize>>);

impl Answering {
    fn asked(&self, url: &str) -> usize {
        self.0.lock().unwrap().get(url).copied().unwrap_or(0)
    }
}

#[async_trait]
impl HookPort for Answering {
    async fn tell(&self, url: &Hidden, _: &Message, _: UnixTime) -> Result<(), Refusal> {
        *self.0.lock().unwrap().entry(url.expose().to_owned()).or_default() += 1;
        match url.expose() {
            "gone" => Err(Refusal::Gone { words: "it answers 410".to_owned() }),
            "dead" => Err(Refusal::failed("it answers 500")),
            _ => Ok(()),
        }
    }
}

struct Shop {
    store: Store,
    clock: Arc<ManualClock>,
    port: Arc<Answering>,
    client: Arc<HookClient>,
    live: Arc<Live>,
    sorter: HookSorter,
}

impl Shop {
    /// A binding with a webhook at each of these.
    fn new(urls: &[&str]) -> Shop {
        let clock = Arc::new(ManualClock::default());
        let (backend, given) = (Arc::new(MemoryBackend::default()), Arc::clone(&clock) as Arc<dyn Clock>);
        let purpose = Purpose::real(Coin::BTC.main_network());
        let store = Store::open(backend, purpose, given, &|_| {}).unwrap();
        let addresses = deposit_addresses(Coin::BTC);
        for (url, address) in urls.iter().zip(addresses.iter().copied()) {
            let hook =
                NewHook { client: "shop".to_owned(), url: Hidden::new((*url).to_owned()), most: 1_000 };
            let bound = store.write_blocking(move |tx| {
                let no = tx.bind(Address::from_bytes([1; 20]), address)?;
                tx.add_hook(no, &hook)
            });
            assert!(bound.unwrap());
        }
        let port = Arc::new(Answering::default());
        let client = HookClient::new("shop", Arc::clone(&port) as Arc<dyn HookPort>);
        let live = Arc::new(Live::default());
        let given = Arc::clone(&clock) as Arc<dyn Clock>;
        let clients = HookClients::new(vec![Arc::clone(&client)]);
        let sorter = HookSorter::new(store.clone(), clients, Arc::clone(&live), given);
        Shop { store, clock, port, client, live, sorter }
    }

    async fn sort(&mut self) {
        while self.sorter.step().await.unwrap() == Pace::Again {}
    }

    fn courier(&self) -> HookCourier {
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        HookCourier::new(Arc::clone(&self.client), self.store.clone(), clock)
    }

    fn counts(&self) -> HookCounts {
        self.store.snapshot().hook_counts("shop").unwrap()
    }
}

/// Tells until there is nothing to do now; answers how long it waits.
async fn tell(courier: &mut HookCourier) -> Option<Duration> {
    loop {
        match courier.step().await.unwrap() {
            Pace::Again => {}
            Pace::Idle => return None,
            Pace::Wait(wait) => return Some(wait),
        }
    }
}

fn shop(urls: &[&str]) -> Shop {
    std::thread::scope(|scope| scope.spawn(|| Shop::new(urls)).join().unwrap())
}

#[tokio::test]
async fn should_give_up_after_five_days_and_keep_what_it_misses_until_a_person_resumes_it() {
    let mut shop = shop(&["dead", "well"]);
    shop.sort().await;
    let mut courier = shop.courier();
    let (mut waited, mut waits) = (0, Vec::new());
    while let Some(wait) = tell(&mut courier).await {
        waits.push(wait.as_secs());
        waited += wait.as_secs() + 1;
        shop.clock.advance(wait.as_secs() + 1);
        assert!(waited < 7 * DAY, "it is never given up: {waits:?}");
    }
    assert!(waited >= 5 * DAY, "it is given up after {waited} s");
    assert!(waits[0] <= 6 && waits.iter().all(|wait| *wait <= 5 * HOUR), "{waits:?}");
    assert_eq!(shop.counts(), HookCounts { hooks: 2, due: 1, failing: 0, given_up: 1 });
    assert_eq!(shop.port.asked("well"), 1);
    let asked = shop.port.asked("dead");
    shop.clock.advance(30 * DAY);
    assert_eq!((tell(&mut courier).await, shop.port.asked("dead")), (None, asked));
    assert_eq!(shop.store.write(|tx| tx.resume_hooks("shop", 9)).await.unwrap(), 1);
    assert!(tell(&mut courier).await.is_some() && shop.port.asked("dead") == asked + 1);
}

#[tokio::test]
async fn should_give_up_nobody_since_a_clock_was_set_or_the_process_starts_again_and_again() {
    let mut shop = shop(&["dead"]);
    shop.sort().await;
    let mut courier = shop.courier();
    tell(&mut courier).await;
    shop.clock.set_back(-i64::try_from(30 * DAY).unwrap());
    shop.client.resume();
    tell(&mut courier).await;
    assert_eq!(shop.counts().given_up, 0, "the clock was set forward");
    shop.clock.set_back(i64::try_from(30 * DAY).unwrap());
    for _ in 0..50 {
        tell(&mut shop.courier()).await;
    }
    assert_eq!((shop.counts().given_up, shop.counts().failing), (0, 1), "it was started again and again");
}

#[tokio::test]
async fn should_tell_one_nothing_more_that_wants_nothing() {
    let mut shop = shop(&["gone"]);
    shop.sort().await;
    assert_eq!(tell(&mut shop.courier()).await, None);
    assert_eq!((shop.counts().given_up, shop.port.asked("gone")), (1, 1));
    let hook = shop.store.snapshot().hook(BindingNo::FIRST).unwrap().unwrap();
    assert_eq!(hook.failing.unwrap().words, "it answers 410");
}

#[tokio::test]
async fn should_show_since_when_events_are_not_sorted_until_all_are() {
    let mut shop = shop(&["well"]);
    assert_eq!(shop.live.hooks_unsorted_since(), None);
    let began = shop.clock.moment();
    assert_eq!(shop.sorter.step().await.unwrap(), Pace::Again);
    shop.clock.advance(HOUR);
    assert_eq!(shop.live.hooks_unsorted_since(), Some(began), "nobody knows yet whether there is more");
    assert_eq!(shop.sorter.step().await.unwrap(), Pace::Idle);
    assert_eq!(shop.live.hooks_unsorted_since(), None);
}

//! Receivers of events: how fast they are told what was before, and what one that is dead costs those who buy.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use teller::clock::SystemClock;
use teller::outbox::{Courier, Handle, LogPages, Message, Port, Refusal};
use teller::store::{ReceiverEvent, Receivers, Store};
use teller::task::Shutdown;
use teller::types::{Actor, EventFilter, UnixTime};

use crate::append::open;
use crate::desk::{Desk, config};
use crate::fill;
use crate::measure::{median, rate, scaled, thousands};
use crate::pipeline::paid;

const RECEIVERS: usize = 10;
const DEPOSITS: u64 = 30_000;
const PAID: u64 = 10_000;
const ROUNDS: usize = 3;

pub(crate) fn run() {
    println!("## Receivers of events\n");
    replay();
    dead();
    println!();
}

/// A receiver that takes everything at once.
#[derive(Debug, Default)]
struct Eager(AtomicU64);

#[async_trait]
impl Port for Eager {
    fn kind(&self) -> &'static str {
        "eager"
    }

    async fn tell(&self, _: &Message, _: UnixTime) -> Result<(), Refusal> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

/// The whole log, told to ten receivers at once.
fn replay() {
    let dir = tempfile::tempdir().unwrap();
    fill::database(dir.path(), 1_000, scaled(DEPOSITS));
    let store = open(dir.path());
    let names: Vec<String> = (0..RECEIVERS).map(|n| format!("receiver-{n}")).collect();
    let known = names.clone();
    store.write_blocking(move |tx| tx.configure_receivers(&known)).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let measured = |is_shared| {
        let mut rates: Vec<f64> =
            (0..ROUNDS).map(|_| runtime.block_on(told(&store, &names, is_shared))).collect();
        thousands(median(&mut rates))
    };
    println!("{} events a second are told to {RECEIVERS} receivers together", measured(true));
    println!("{} where each reads the log by itself", measured(false));
}

async fn told(store: &Store, names: &[String], is_shared: bool) -> f64 {
    let back = names.to_vec();
    let rewind = store.write(move |tx| {
        back.iter().try_for_each(|receiver| {
            let event =
                ReceiverEvent::Rewound { receiver: receiver.clone(), after: 0, why: "measured".to_owned() };
            tx.record_act(Actor::operator(), event)
        })
    });
    rewind.await.unwrap();
    let newest = store.snapshot().counters().events;
    let (shutdown, port) = (Shutdown::default(), Arc::new(Eager::default()));
    let pages = Arc::new(LogPages::default());
    let began = Instant::now();
    let couriers: Vec<_> = names
        .iter()
        .map(|name| {
            let port = Arc::clone(&port) as Arc<dyn Port>;
            let handle = Handle::new(name, port, EventFilter::default(), Duration::from_secs(60));
            let courier = Courier::new(handle, store.clone(), Arc::new(SystemClock));
            let courier = if is_shared { courier.sharing(&pages) } else { courier };
            tokio::spawn(courier.run(shutdown.clone()))
        })
        .collect();
    let is_told = |name: &String| store.snapshot().receiver(name).unwrap().unwrap().cursor >= newest;
    while !names.iter().all(is_told) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let took = began.elapsed();
    shutdown.trigger();
    for courier in couriers {
        courier.await.unwrap();
    }
    rate(port.0.load(Ordering::Relaxed), took)
}

/// Payouts a second with nobody to tell, and beside receivers that cannot be reached, or never answer.
fn dead() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = silent.local_addr().unwrap();
    let receiver = |name: &str, at: String| {
        format!(
            "[events.{name}]\nwebhook = \"http://{at}/\"\nallow_private = true\n\
             secrets = [\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"]\n"
        )
    };
    let beside =
        [receiver("dead", "127.0.0.1:9".to_owned()), receiver("silent", silent.to_string())].concat();
    let (mut alone, mut ratios) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let without = payouts("");
        alone.push(without);
        ratios.push(payouts(&beside) / without);
    }
    println!(
        "{} payouts a second with nobody to tell; beside a dead and a silent receiver {:.2} of that",
        thousands(median(&mut alone)),
        median(&mut ratios)
    );
}

fn payouts(receivers: &str) -> f64 {
    let dir = tempfile::tempdir().unwrap();
    let bindings = 1_000;
    fill::database(dir.path(), bindings, 0);
    let pool = dir.path().join("pool.txt");
    fill::address_file(&pool, bindings, 10);
    let desk = start(dir.path(), &pool, receivers);
    paid(&desk, scaled(PAID), |n| (n % bindings, 1_000 + n))
}

fn start(dir: &Path, pool: &Path, receivers: &str) -> Desk {
    Desk::start_with(dir, &format!("{}\n{receivers}", config(dir, pool)))
}

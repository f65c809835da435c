//! Wakes those who watch a purchase, when something happened to it.

use std::sync::Arc;
use std::time::Duration;

use super::Watchers;
use crate::breaker::{Breaker, BreakerState};
use crate::live::{Live, Sightings};
use crate::report::Pace;
use crate::store::{Breakers as _, Orders as _, Page, Record, Snapshot, Store, StoreError, Tables};
use crate::task::Shutdown;
use crate::types::{AttemptNo, BindingNo, Coin, DepositNo, Height, OrderNo, PerCoin, Switch};

/// How often it is looked at what no event tells: the height of a chain, payments that are in no block.
const LOOK: Duration = Duration::from_secs(1);
/// Looks between two that find out what is usual.
const LOOKS_A_PACE: u64 = 60;
/// Events that are read at a time.
const PAGE: usize = 1000;

/// See the module. It changes nothing, and nothing depends on it.
#[derive(Debug)]
pub struct Herald {
    store: Store,
    live: Arc<Live>,
    watchers: Arc<Watchers>,
    pace: Arc<Pace>,
    /// The last event that was told.
    told: u64,
    tips: PerCoin<Option<Height>>,
    /// Whether nobody has switched payouts off.
    is_sending: bool,
    sightings: PerCoin<Arc<Sightings>>,
    breakers: Vec<(Breaker, BreakerState)>,
}

impl Herald {
    /// Returns a herald of all that happens from now on.
    pub fn new(store: Store, live: Arc<Live>, watchers: Arc<Watchers>, pace: Arc<Pace>) -> Herald {
        Herald {
            told: store.snapshot().counters().events,
            tips: PerCoin::new(|coin| live.tip(coin)),
            is_sending: is_sending(&live),
            sightings: PerCoin::new(|coin| live.sightings(coin)),
            breakers: Vec::new(),
            store,
            live,
            watchers,
            pace,
        }
    }

    /// Tells until the service stops; then it ends all streams.
    pub async fn run(mut self, shutdown: Shutdown) {
        let (mut commits, mut ticks) = (self.store.commits(), tokio::time::interval(LOOK));
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut looks = 0_u64;
        loop {
            let told = tokio::select! {
                () = shutdown.wait() => break,
                Ok(()) = commits.changed() => self.tell(),
                _ = ticks.tick() => {
                    self.look();
                    looks = looks.wrapping_add(1);
                    if looks % LOOKS_A_PACE == 1 { self.pace.refresh(&self.store.snapshot()) } else { Ok(()) }
                }
            };
            if let Err(error) = told {
                // Who watches asks by themselves now and then.
                tracing::warn!(%error, "those who watch purchases are not told of all changes");
            }
        }
        self.watchers.close();
    }

    /// Wakes those whose purchases the new events are about.
    fn tell(&mut self) -> Result<(), StoreError> {
        let snapshot = self.store.snapshot();
        let breakers = snapshot.breakers()?;
        if breakers != self.breakers {
            // It is said of every purchase whether it is stopped.
            self.breakers = breakers;
            Coin::all().for_each(|coin| self.watchers.wake_where(coin, |_| true));
        }
        let newest = snapshot.counters().events;
        while self.told < newest {
            // Nobody is there to be told.
            if self.watchers.open() == 0 {
                break;
            }
            let events = snapshot.events(Page { after: self.told, limit: PAGE })?;
            let Some((last, _)) = events.last() else { break };
            self.told = *last;
            let mut touched = Vec::new();
            for (_, record) in &events {
                touch(&snapshot, record, &mut touched)?;
            }
            self.watchers.wake(&touched);
        }
        self.told = newest;
        Ok(())
    }

    /// Wakes those of chains that have a new block, and those at whose addresses something was seen.
    fn look(&mut self) {
        // It is said of every purchase what it waits for.
        let is_sending = is_sending(&self.live);
        if is_sending != self.is_sending {
            self.is_sending = is_sending;
            Coin::all().for_each(|coin| self.watchers.wake_where(coin, |_| true));
        }
        for coin in Coin::all() {
            let tip = self.live.tip(coin);
            if tip != self.tips[coin] {
                self.tips[coin] = tip;
                self.watchers.wake_where(coin, |_| true);
            }
            let seen = self.live.sightings(coin);
            if !Arc::ptr_eq(&seen, &self.sightings[coin]) {
                let before = std::mem::replace(&mut self.sightings[coin], Arc::clone(&seen));
                self.watchers.wake_where(coin, |key| before.at(key) != seen.at(key));
            }
        }
    }
}

fn is_sending(live: &Live) -> bool {
    !live.switched_off.has(Switch::Send)
}

/// Adds the bindings that an event is about.
fn touch(snapshot: &Snapshot, record: &Record, touched: &mut Vec<BindingNo>) -> Result<(), StoreError> {
    let told = record.told();
    touched.extend(told.binding.map(BindingNo::new));
    let mut deposits: Vec<DepositNo> = told.deposit.map(DepositNo::new).into_iter().collect();
    if let Some(no) = told.transaction.map(AttemptNo::new)
        && let Some(signed) = snapshot.signed_transaction(no)?
    {
        deposits.extend(signed.parts.iter().map(|part| part.payout));
    }
    if let Some(no) = told.order.map(OrderNo::new)
        && let Some(order) = snapshot.order(no)?
    {
        deposits.extend(order.shares.iter().map(|share| share.payout));
    }
    for no in deposits {
        touched.extend(snapshot.deposit(no)?.map(|deposit| deposit.binding));
    }
    Ok(())
}

//! Asks the sources of prices, has the prices worked out, and gives deposits that wait for a price the one that they
//! get.

mod anew;
mod breakers;
mod late;
mod memory;
mod sources;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::exchange::Exchange;
use crate::live::{Live, Prices, SetPrice};
use crate::store::{PricesSet, Snapshot, Store, StoreError};
use crate::task::{Next, StepError, Worker};
use crate::types::{Moment, Rate};

use super::calls::Calls;
use super::intake::Intake;
pub use anew::{FreshPrices, PriceFile};
pub use breakers::take_over_jumps;
pub use memory::{push_price, take_over_heard};
use sources::{Identities, Said, is_to_be_asked};

/// Where nothing has to be asked, the store and whoever sets a price wake this worker; the wait is only a net.
const IDLE: Duration = Duration::from_secs(30);
/// Sources that are asked side by side: all that a desk follows, so that none that hangs takes another one's turn.
const WIDTH: usize = 256;

/// An exchange whose prices are read.
#[derive(Debug, Clone)]
pub struct PriceVenue {
    /// The exchange.
    pub exchange: Arc<dyn Exchange>,
    /// Whether there is a key, by which it tells what its coins are.
    pub has_key: bool,
}

/// What the pricer is told.
#[derive(Debug, Clone)]
pub struct PricerSettings {
    /// How often sources are asked.
    pub poll: Duration,
    /// The exchanges, by the names that sources have for them.
    pub venues: HashMap<String, PriceVenue>,
    /// Markets whose SKY is Skycoin by the operator's word, as `exchange:market`.
    pub vouched: Vec<String>,
}

/// The worker.
#[derive(Debug)]
pub struct Pricer {
    store: Store,
    clock: Arc<dyn Clock>,
    live: Arc<Live>,
    intake: Intake,
    settings: PricerSettings,
    identities: Identities,
    /// Questions that are under way.
    questions: Calls<Said>,
    /// Of what, by asset and source.
    under_way: HashSet<(String, String)>,
    /// The codes of prices whose breakers are known to have opened.
    opened: HashSet<String>,
    /// What is stored of what prices are measured from; none before it was read.
    stored: Option<memory::Stored>,
    asked: Option<Moment>,
    /// What is read anew when somebody wants that; none where there is no file.
    file: Option<Arc<dyn PriceFile>>,
}

impl Pricer {
    /// Returns one that prices as `intake` does.
    pub fn new(store: Store, clock: Arc<dyn Clock>, intake: Intake, settings: PricerSettings) -> Pricer {
        let (live, identities) = (Arc::default(), Identities::default());
        let (questions, under_way) = (Calls::new(WIDTH, intake.prices.nudge()), HashSet::new());
        let (opened, stored, asked, file) = (HashSet::new(), None, None, None);
        Pricer {
            store,
            clock,
            live,
            intake,
            settings,
            identities,
            questions,
            under_way,
            opened,
            stored,
            asked,
            file,
        }
    }

    fn prices(&self) -> &Prices {
        &self.intake.prices
    }

    /// How long until the sources are asked again; nothing where there are none to be asked.
    fn left(&self) -> Option<Duration> {
        let list = self.prices().list();
        let mut sources = list.listed.iter().flat_map(|priced| priced.source.asked());
        sources.any(is_to_be_asked).then(|| match self.asked {
            Some(asked) => self.settings.poll.saturating_sub(self.clock.moment().since(asked)),
            None => Duration::ZERO,
        })
    }
}

/// Takes over what persons have set, as it is stored.
///
/// # Errors
///
/// Where the store cannot be read.
pub fn take_over_set(
    snapshot: &Snapshot,
    prices: &Prices,
    now: crate::types::UnixTime,
) -> Result<(), StoreError> {
    let mut set = HashMap::new();
    for (code, stored) in snapshot.prices_set()? {
        let rate = Rate::parse(&stored.rate).map_err(|error| StoreError::Invariant(error.to_string()))?;
        let reason = stored.reason;
        set.insert(code, SetPrice { rate, by: reason.by, why: reason.why, at: reason.at });
    }
    prices.set_all(set, now);
    Ok(())
}

impl Worker for Pricer {
    fn name(&self) -> &'static str {
        "pricer"
    }

    async fn step(&mut self) -> Result<Next, StepError> {
        self.read_anew().await?;
        take_over_set(&self.store.snapshot(), self.prices(), self.clock.now())?;
        if self.left().is_some_and(|left| left.is_zero()) {
            self.ask();
        }
        self.hear().await;
        let follows = self.prices().list().listed.iter().any(|priced| priced.source.fixed().is_none());
        if follows {
            // Nothing that is written down grows old.
            self.prices().refresh(self.clock.now());
        }
        self.keep_breakers().await?;
        self.keep_courses().await?;
        if late::price_waiting(&self.store, &self.intake, self.clock.now()).await? {
            return Ok(Next::Again);
        }
        let usual = if follows { self.settings.poll } else { IDLE };
        Ok(Next::Wait(self.left().unwrap_or(usual)))
    }
}

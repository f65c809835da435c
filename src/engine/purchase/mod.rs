//! Buys upstream what passthrough deposits are worth: each order is stored before the one call that places it, and what
//! became of a call without an answer is found out before anything is ordered again.
//!
//! Invariant: for a deposit there is one open order at most, and no call is made for an order that is not stored. Died
//! anywhere, the next start finds the order, and looks it up.
//!
//! Calls are under way each by itself: one that hangs holds up its own order, or its own market, and nothing else.

mod groups;
mod lookup;
mod markets;
mod orders;
mod outcome;
mod placing;
mod queue;
mod stock;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use rust_decimal::Decimal;
use tokio::sync::Notify;

use self::lookup::{Looked, Watch};
use self::markets::{Answered, MarketState};
use self::placing::Placed;
use self::stock::Stock;
pub use self::stock::account_stock;
use crate::clock::Clock;
use crate::config::PartialFills;
use crate::engine::calls::Calls;
use crate::engine::trouble::Standstill;
use crate::exchange::Exchange;
use crate::ledger::Asset;
use crate::live::{Live, UpstreamView};
use crate::store::Store;
use crate::task::{Next, StepError};
use crate::types::{DepositNo, Moment, OrderNo, Units};

/// Between two looks at what waits, where nothing else wakes the worker.
const IDLE: Duration = Duration::from_secs(30);
/// Calls of one kind that are made side by side.
const WIDTH: usize = 16;
/// After how many calls without an answer it is told that an order gets none.
const UNANSWERED: u32 = 3;

/// Where an asset buys what is paid out.
#[derive(Debug, Clone)]
pub struct MarketSettings {
    /// What is spent.
    pub asset: Asset,
    /// The market's name at the exchange.
    pub market: String,
    /// The highest price that is paid, in whole coins for one; none where any will do.
    pub ceiling: Option<Decimal>,
    /// Smaller deposits wait for others, in the asset's smallest unit.
    pub least: Units,
}

/// What the buyer is told of buying upstream.
#[derive(Debug, Clone)]
pub struct PurchaseSettings {
    /// Where each asset buys.
    pub markets: Vec<MarketSettings>,
    /// How far above the best price of the book an order may go, as a fraction of it.
    pub slippage: Decimal,
    /// What the exchange takes of an order, as a fraction of it.
    pub fee: Decimal,
    /// What becomes of the rest where an order was carried out in part.
    pub partial_fills: PartialFills,
    /// Deposits that are gathered into one order at most.
    pub gather_count: usize,
    /// How long the first of them waits for others.
    pub gather_time: Duration,
    /// How long an order that rests in the book may do so before it is cancelled.
    pub order_patience: Duration,
    /// After how long a deposit whose coins cannot be bought is paid directly, counted while the service runs; none is
    /// never.
    pub fallback_after: Option<Duration>,
    /// Decimal places of SKY that payouts are cut to.
    pub max_decimals: u8,
    /// How long to wait after a call that failed.
    pub failure_wait: Duration,
    /// How long to wait where the exchange takes no more calls, and does not say how long.
    pub ratelimit_wait: Duration,
    /// How often the state of an order is asked for.
    pub check_wait: Duration,
    /// Markets that are Skycoin's by the operator's word, as `exchange:market`.
    pub vouched: Vec<String>,
    /// What stands for the key of the exchange's account.
    pub account: String,
}

/// What buys upstream.
#[derive(Debug)]
pub struct Purchaser {
    store: Store,
    exchange: Arc<dyn Exchange>,
    clock: Arc<dyn Clock>,
    live: Arc<Live>,
    settings: PurchaseSettings,
    /// Why nothing is asked of the exchange for a while.
    standstill: Standstill,
    markets: HashMap<Asset, MarketState>,
    watches: HashMap<OrderNo, Watch>,
    /// Looks at orders.
    looks: Calls<Looked>,
    /// Questions about markets.
    questions: Calls<Answered>,
    /// Calls that place orders.
    placings: Calls<Placed>,
    /// The orders of those calls.
    placing: HashSet<OrderNo>,
    stock: Stock,
    /// Told of answers that come late.
    late: Arc<Notify>,
    /// Since when each deposit waits, by the clock of this process: no setting of clocks makes one wait longer.
    seen: HashMap<DepositNo, Moment>,
    /// What waits is looked at in turns, so that many that cannot be bought do not starve the others.
    queue_after: u64,
}

impl Purchaser {
    /// Returns one that buys at an exchange.
    pub fn new(
        store: Store,
        exchange: Arc<dyn Exchange>,
        clock: Arc<dyn Clock>,
        live: Arc<Live>,
        settings: PurchaseSettings,
    ) -> Purchaser {
        let markets = settings.markets.iter().map(|market| (market.asset, MarketState::default()));
        let markets = markets.collect();
        let (standstill, watches, seen) = (Standstill::default(), HashMap::new(), HashMap::new());
        let late = Arc::<Notify>::default();
        Purchaser {
            store,
            exchange,
            clock,
            live,
            settings,
            standstill,
            markets,
            watches,
            looks: Calls::new(WIDTH, Arc::clone(&late)),
            questions: Calls::new(WIDTH, Arc::clone(&late)),
            placings: Calls::new(WIDTH, Arc::clone(&late)),
            placing: HashSet::new(),
            stock: Stock::new(Arc::clone(&late)),
            late,
            seen,
            queue_after: 0,
        }
    }

    /// Returns what is told of answers that come late: whoever runs this looks again then.
    pub fn nudge(&self) -> Arc<Notify> {
        Arc::clone(&self.late)
    }

    /// Follows the orders that are open, and places new ones.
    pub(super) async fn step(&mut self) -> Result<Next, StepError> {
        let followed = self.follow().await?;
        let bought = self.buy().await?;
        self.look_at_stock().await?;
        self.show()?;
        if followed || bought {
            return Ok(Next::Again);
        }
        let counters = self.store.snapshot().counters().clone();
        match counters.open_orders == counters.held_orders && counters.to_buy == 0 {
            true => Ok(Next::Wait(IDLE)),
            false => Ok(Next::Wait(self.settings.check_wait)),
        }
    }

    /// Shows how it fares.
    fn show(&self) -> Result<(), StepError> {
        let now = self.clock.moment();
        let markets = self.settings.markets.iter().map(|market| {
            let state = self.markets.get(&market.asset);
            state.map_or_else(Default::default, |state| state.view(market))
        });
        self.live.set_upstream(Some(UpstreamView {
            exchange: self.exchange.name(),
            standstill: self.standstill.words().map(str::to_owned),
            markets: markets.collect(),
            stock: self.stock.shown.clone(),
            stock_trouble: self.stock.trouble.clone(),
            unanswered: self.unanswered(),
            at: now.at(),
        }));
        Ok(())
    }
}

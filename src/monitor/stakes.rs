//! What an act moves, and whether that wants a second person.

use std::time::Duration;

use tokio::sync::Mutex;

use super::MonitorState;
use crate::config::Admin;
use crate::store::{Deed, Snapshot, Spends, StoreError, Tables};
use crate::types::{AttemptNo, DepositNo, Droplets, Rate, TxId};

/// When an act wants a second person.
#[derive(Debug)]
pub struct SecondPerson {
    above: Option<Droplets>,
    /// How long a proposal waits for one.
    pub(super) wait: Duration,
    /// One proposal is confirmed at a time: two that confirm the same one do it once.
    pub(super) turn: Mutex<()>,
}

impl SecondPerson {
    /// Returns the rule of these settings.
    pub fn new(admin: &Admin) -> SecondPerson {
        SecondPerson { above: admin.second_person_above, wait: admin.proposal_wait, turn: Mutex::default() }
    }

    /// Whether an act that moves so much wants a second person. What nobody can tell is not little.
    pub(super) fn is_wanted(&self, moved: &Stakes) -> bool {
        match (self.above, moved) {
            (None, _) | (Some(_), Stakes::Nothing) => false,
            (Some(above), Stakes::Coins(coins)) => *coins > above,
            (Some(_), Stakes::Unknown) => true,
        }
    }
}

/// What an act moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stakes {
    Nothing,
    Coins(Droplets),
    /// Nobody can tell.
    Unknown,
}

impl Stakes {
    pub(super) const fn coins(self) -> Option<Droplets> {
        match self {
            Stakes::Coins(coins) => Some(coins),
            Stakes::Nothing | Stakes::Unknown => None,
        }
    }

    fn of(coins: Option<Droplets>) -> Stakes {
        coins.map_or(Stakes::Unknown, Stakes::Coins)
    }
}

/// Returns what a deed moves as things stand.
pub(super) fn stakes(state: &MonitorState, deed: &Deed) -> Result<Stakes, StoreError> {
    let snapshot = state.store.snapshot();
    Ok(match deed {
        Deed::Pay(no) | Deed::Direct(no) => Stakes::of(of_deposit(&snapshot, *no)?),
        Deed::Send(no) | Deed::Abandon(no) => Stakes::of(of_transaction(&snapshot, *no)?),
        Deed::Book { outcome, .. } => {
            // The next droplet up: a limit is not passed by rounding.
            let units = outcome.filled.ceil_units(Droplets::DECIMALS);
            Stakes::of(units.and_then(|units| u64::try_from(units.get()).ok()).map(Droplets::new))
        }
        Deed::PayAgain(txid) => Stakes::of(of_spend(&snapshot, *txid)?),
        // What came there is in another coin, and may be priced at any time.
        Deed::Bind { .. } => Stakes::Unknown,
        Deed::SetPrice { code, rate } => of_price(state, code, rate),
    })
}

/// What is owed for a deposit, or was promised for it, whichever is more; none where neither is known.
fn of_deposit(snapshot: &Snapshot, no: DepositNo) -> Result<Option<Droplets>, StoreError> {
    let Some(purchase) = snapshot.purchase(no)? else { return Ok(None) };
    let owed = purchase.payout.map(|payout| payout.amount);
    Ok(purchase.deposit.quote.map(|quote| owed.map_or(quote, |owed| owed.max(quote))))
}

fn of_transaction(snapshot: &Snapshot, no: AttemptNo) -> Result<Option<Droplets>, StoreError> {
    let parts = snapshot.signed_transaction(no)?.map(|transaction| transaction.parts);
    Ok(parts.and_then(|parts| Droplets::sum(parts.iter().map(|part| part.amount)).ok()))
}

fn of_spend(snapshot: &Snapshot, txid: TxId) -> Result<Option<Droplets>, StoreError> {
    let known = snapshot.foreign_spend(txid)?;
    Ok(known.and_then(|known| Droplets::sum(known.spend.payments.iter().map(|paid| paid.coins)).ok()))
}

/// A price moves nothing by itself; one that is far from what is configured moves more than anybody can tell. What a
/// person has set before is no measure: many small steps would go any way.
fn of_price(state: &MonitorState, code: &str, rate: &str) -> Stakes {
    let (Some(prices), Ok(rate)) = (state.live.prices(), Rate::parse(rate)) else { return Stakes::Unknown };
    let list = prices.list();
    let priced = list.listed.iter().find(|priced| priced.asset.code() == code);
    let configured = priced.and_then(|priced| priced.own.as_ref().or(priced.source.fixed()));
    match configured {
        Some(known) if rate.is_near(known, list.guards.band) => Stakes::Nothing,
        Some(_) | None => Stakes::Unknown,
    }
}

//! What an act moves, and whether that wants a second person.

use std::time::Duration;

use tokio::sync::Mutex;

use super::MonitorState;
use super::moved::{Moved, Share};
use crate::config::Admin;
use crate::engine::operator::unknown_spends;
use crate::store::{Deed, Orders, Snapshot, Spends, StoreError, Tables};
use crate::types::{AttemptNo, DepositNo, Droplets, Exact, Height, OrderNo, Rate, TxId};

/// When an act wants a second person.
#[derive(Debug)]
pub struct SecondPerson {
    above: Option<Droplets>,
    moved: Moved,
    /// How long a proposal waits for one.
    pub(super) wait: Duration,
    /// One proposal is confirmed at a time: two that confirm the same one do it once.
    pub(super) turn: Mutex<()>,
}

/// Whether somebody may do an act alone.
#[derive(Debug)]
pub(super) enum Alone {
    /// They may, and it does not count.
    Freely,
    /// They may, and it counts against what they may move in a day.
    Counted(Share, Droplets),
    /// A second person is wanted.
    No,
}

impl SecondPerson {
    /// Returns the rule of these settings.
    pub fn new(admin: &Admin) -> SecondPerson {
        SecondPerson {
            above: admin.second_person_above,
            moved: Moved::default(),
            wait: admin.proposal_wait,
            turn: Mutex::default(),
        }
    }

    /// Whether an act that moves so much, with what its actor has moved alone in a day, wants a second person. What
    /// nobody can tell is not little.
    pub(super) fn is_wanted(
        &self,
        state: &MonitorState,
        by: &str,
        stakes: &Stakes,
    ) -> Result<bool, StoreError> {
        Ok(match (self.above, stakes) {
            (None, _) | (Some(_), Stakes::Nothing) => false,
            (Some(above), Stakes::Coins(coins)) => {
                self.moved.with(state, by, *coins)?.is_none_or(|sum| sum > above)
            }
            (Some(_), Stakes::Unknown) => true,
        })
    }

    /// Lets somebody do an act alone, where they may: what it moves is counted before it is done, so that many at a
    /// time gain nothing.
    pub(super) fn begin(&self, state: &MonitorState, by: &str, stakes: &Stakes) -> Result<Alone, StoreError> {
        Ok(match (self.above, stakes) {
            (None, _) | (Some(_), Stakes::Nothing) => Alone::Freely,
            (Some(above), Stakes::Coins(coins)) => match self.moved.take(state, by, *coins, above)? {
                Some(share) => Alone::Counted(share, *coins),
                None => Alone::No,
            },
            (Some(_), Stakes::Unknown) => Alone::No,
        })
    }

    /// Whether an act of which nobody can tell what it moves wants a second person.
    pub(super) const fn is_wanted_for_unknown(&self) -> bool {
        self.above.is_some()
    }

    /// An act was not done after all.
    pub(super) fn give_back(&self, share: &Share) {
        self.moved.give_back(share);
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
        Deed::Pay(no) | Deed::Direct(no) | Deed::PaidBefore { deposit: no, .. } => {
            Stakes::of(of_deposit(&snapshot, *no)?)
        }
        Deed::Send(no) | Deed::Abandon(no) => Stakes::of(of_transaction(&snapshot, *no)?),
        Deed::Book { outcome, .. } => Stakes::of(rounded_up(outcome.filled)),
        Deed::BookWithdrawal { departure, .. } => Stakes::of(rounded_up(departure.amount)),
        // What it spends is in another coin; it is for what those deposits are worth.
        Deed::OrderMissed(no) => Stakes::of(of_order(&snapshot, *no)?),
        // The whole of it: where one says which part is whose, one can say it of all.
        Deed::PayAgain(txid) | Deed::Own(txid) | Deed::AdoptAndOwn { txid, .. } => {
            Stakes::of(of_spend(&snapshot, *txid)?)
        }
        Deed::OwnAll(up_to) => Stakes::of(of_spends(&snapshot, *up_to)?),
        // What came there is in another coin, and may be priced at any time; and what comes there yet may be meant for
        // whom it belonged to.
        Deed::Bind { .. } | Deed::Release(_) => Stakes::Unknown,
        // Whatever is owed may leave then.
        Deed::CloseBreaker { .. } => Stakes::Unknown,
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

/// The next droplet up: a limit is not passed by rounding.
fn rounded_up(coins: Exact) -> Option<Droplets> {
    let units = coins.ceil_units(Droplets::DECIMALS);
    units.and_then(|units| u64::try_from(units.get()).ok()).map(Droplets::new)
}

fn of_order(snapshot: &Snapshot, no: OrderNo) -> Result<Option<Droplets>, StoreError> {
    let Some(order) = snapshot.order(no)? else { return Ok(None) };
    let mut sum = Some(Droplets::ZERO);
    for share in &order.shares {
        let quote = snapshot.deposit(share.payout)?.and_then(|deposit| deposit.quote);
        sum = sum.zip(quote).and_then(|(sum, quote)| sum.checked_add(quote).ok());
    }
    Ok(sum)
}

/// What all unknown spends have paid, up to this block.
fn of_spends(snapshot: &Snapshot, up_to: Option<Height>) -> Result<Option<Droplets>, StoreError> {
    let spends = unknown_spends(snapshot, up_to)?;
    let paid = spends.iter().flat_map(|known| known.spend.payments.iter().map(|paid| paid.coins));
    Ok(Droplets::sum(paid).ok())
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

//! Holds a desk that buys upstream to the exchange's own books: nothing was bought twice, nothing is forgotten, and
//! what was bought is paid out, or is where the books say.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::World;
use super::judge::text;
use super::withdrawals::cost_of_withdrawals;
use crate::ledger::{Account, Asset, VENUE_DECIMALS};
use crate::store::{Books, OpenState, Orders, Page, Snapshot, Tables};
use crate::testing::FakeOrder;
use crate::types::{Droplets, Exact, OrderNo, Symbol, Units};
use crate::upstream::{BuyOrder, BuyOrderState};

impl World {
    /// `at_rest` says that nothing is on its way any more.
    pub(super) fn check_upstream(&self, snapshot: &Snapshot, at_rest: bool) -> Result<(), String> {
        if self.settings.upstream.is_none() {
            return Ok(());
        }
        let orders = snapshot.orders(OrderNo::new(0), usize::MAX).map_err(text)?;
        let theirs = self.exchange.state().orders.clone();
        let ours: BTreeMap<&str, &BuyOrder> =
            orders.iter().map(|order| (order.terms.client_id.0.as_str(), order)).collect();
        let mut seen: BTreeMap<&str, &FakeOrder> = BTreeMap::new();
        for theirs in &theirs {
            let id = theirs.client_id.0.as_str();
            let known = ours
                .get(id)
                .ok_or_else(|| format!("the exchange has an order that is not stored: {theirs:?}"))?;
            if seen.insert(id, theirs).is_some() {
                return Err(format!("the exchange has two orders for {known:?}"));
            }
            check_one(known, theirs, at_rest)?;
        }
        let closed_of_nothing = orders.iter().find(|order| {
            let has_bought = order.outcome().is_some_and(|outcome| !outcome.filled.is_zero());
            has_bought && !seen.contains_key(order.terms.client_id.0.as_str())
        });
        if let Some(order) = closed_of_nothing {
            return Err(format!("the exchange knows nothing of {order:?}"));
        }
        check_spending(snapshot, &orders)?;
        self.check_guard(&orders)?;
        self.check_withdrawals(snapshot, at_rest)?;
        if at_rest {
            let closed = seen.values().map(|theirs| theirs.filled - theirs.fee).sum();
            check_bought(snapshot, closed)?;
            self.check_account(snapshot)?;
            self.check_queue(snapshot)?;
        }
        Ok(())
    }

    /// Nothing is ordered above the operator's own highest price.
    fn check_guard(&self, orders: &[BuyOrder]) -> Result<(), String> {
        let ceiling = self.settings.upstream.as_ref().and_then(|upstream| upstream.ceiling);
        let is_dear = |order: &&BuyOrder| ceiling.is_some_and(|most| order.terms.price.get() > most);
        let dear = orders.iter().find(is_dear);
        dear.map_or(Ok(()), |order| Err(format!("ordered above {ceiling:?}: {order:?}")))
    }

    /// What still waits to be bought is less than the smallest order.
    fn check_queue(&self, snapshot: &Snapshot) -> Result<(), String> {
        let mut waits: BTreeMap<Asset, u128> = BTreeMap::new();
        for no in snapshot.payouts_in(OpenState::ToBuy, Page::ALL).map_err(text)? {
            let purchase = snapshot.purchase(no).map_err(text)?.ok_or("what waits is there")?;
            let bought = purchase.payout.and_then(|payout| payout.bought).unwrap_or_default();
            let budget = bought.budget(purchase.deposit.amount).map_err(|error| error.to_string())?;
            *waits.entry(Asset::of_deposit(&purchase.deposit)).or_default() += budget.get();
        }
        for (asset, units) in waits {
            let coins = Exact::of_units(Units::new(units), asset.decimals()).unwrap_or_default();
            let least = self.exchange.state().asks * Decimal::new(103, 2);
            if coins.get() >= least {
                return Err(format!(
                    "at rest, {coins} {asset} wait to be spent, the smallest order is {least}"
                ));
            }
        }
        Ok(())
    }
}

/// What the desk knows of an order is what the exchange made of it.
fn check_one(known: &BuyOrder, theirs: &FakeOrder, at_rest: bool) -> Result<(), String> {
    let differs = || Err(format!("the exchange has {theirs:?}, the desk {known:?}"));
    match &known.state {
        BuyOrderState::Missed { .. } => differs(),
        BuyOrderState::Closed { outcome, .. } => {
            let fee = outcome.fees.iter().map(|fee| fee.amount.get()).sum::<Decimal>();
            let is_same = (outcome.filled.get(), outcome.cost.get(), fee)
                == (theirs.filled.normalize(), theirs.cost.normalize(), theirs.fee.normalize());
            if is_same && !theirs.is_open { Ok(()) } else { differs() }
        }
        BuyOrderState::Held { .. } => Ok(()),
        BuyOrderState::Intended | BuyOrderState::Placed { .. } | BuyOrderState::Unclear { .. } => {
            if at_rest {
                differs()
            } else {
                Ok(())
            }
        }
    }
}

/// No deposit is spent twice: what its orders took is never more than it is, with what came with it.
fn check_spending(snapshot: &Snapshot, orders: &[BuyOrder]) -> Result<(), String> {
    let mut spent: BTreeMap<_, u128> = BTreeMap::new();
    for order in orders {
        let Some(outcome) = order.outcome() else { continue };
        for portion in order.portions(outcome).map_err(|error| error.to_string())? {
            *spent.entry(portion.payout).or_default() += portion.spent.get();
        }
    }
    for (no, units) in spent {
        let purchase = snapshot.purchase(no).map_err(text)?.ok_or("what was spent was deposited")?;
        let bought = purchase.payout.and_then(|payout| payout.bought).unwrap_or_default();
        let most = purchase.deposit.amount.get() + bought.carried.get();
        if units > most || bought.spent.get() != units {
            return Err(format!("deposit {no} is {most}, its orders spent {units}: {bought:?}"));
        }
    }
    Ok(())
}

/// To the last digit: bought = for payouts + dust, and what is for payouts = paid, owed, kept for payees, less what the
/// desk gave from its own stock.
fn check_bought(snapshot: &Snapshot, net: Decimal) -> Result<(), String> {
    let books = snapshot.balances().map_err(text)?;
    let sky = Asset::AtVenue(Symbol::parse("SKY").map_err(|error| error.to_string())?);
    let net = Exact::new(net).and_then(|net| net.floor_units(VENUE_DECIMALS)).unwrap_or_default();
    let on = |account| books.amount(sky, account);
    let told = on(Account::ForPayouts).checked_add(on(Account::Dust)).map_err(|error| error.to_string())?;
    let there = [Account::AtExchange, Account::OnTheWay, Account::Withdrawn].map(on);
    let there = there.into_iter().map(Units::get).sum::<u128>() + cost_of_withdrawals(snapshot)?;
    if there != net.get() || told != net {
        return Err(format!("the account holds {net}, the books say {books:?}"));
    }
    let mut shared = 0u128;
    for no in snapshot.deposits(None, Page::ALL).map_err(text)? {
        let payout = snapshot.payout(no).map_err(text)?;
        shared += payout.and_then(|payout| payout.bought).map_or(0, |bought| u128::from(bought.coins.get()));
    }
    let droplets = books.amount(Asset::of_payouts(), Account::Upstream);
    let venue = Exact::of_units(droplets, Droplets::DECIMALS).and_then(|sky| sky.floor_units(VENUE_DECIMALS));
    if droplets.get() != shared || venue != Some(on(Account::ForPayouts)) {
        return Err(format!("{shared} droplets were shared out, the books say {books:?}"));
    }
    Ok(())
}

//! What the account at the exchange holds, and how long it lasts at the pace of the last day. A side job: what it
//! cannot tell is a note, and stops nothing.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use tokio::sync::Notify;

use super::Purchaser;
use crate::engine::calls::Calls;
use crate::exchange::{Balance, CallError};
use crate::live::UpstreamStock;
use crate::store::{Orders, Snapshot, StoreError};
use crate::types::{Moment, OrderNo, UnixTime};

/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(86_400);
/// The shortest time from which a pace is told.
const SHORTEST: Duration = Duration::from_secs(600);
/// Orders of a day beyond which the count stops: the pace is known well enough by then.
const MOST_COUNTED: u64 = 5_000;

/// The account as it was seen last.
#[derive(Debug)]
pub(super) struct Stock {
    looked: Option<Moment>,
    looks: Calls<Result<Vec<Balance>, CallError>>,
    pub(super) shown: Vec<UpstreamStock>,
    /// Why it could not be looked at; none where it was.
    pub(super) trouble: Option<String>,
}

impl Stock {
    /// Returns one that was not seen yet.
    pub(super) fn new(late: Arc<Notify>) -> Stock {
        Stock { looked: None, looks: Calls::new(1, late), shown: Vec::new(), trouble: None }
    }
}

impl Purchaser {
    /// Looks at the account, where it is time for that.
    pub(super) async fn look_at_stock(&mut self) -> Result<(), StoreError> {
        let now = self.clock.moment();
        let is_fresh = self.stock.looked.is_some_and(|looked| now.since(looked) < LOOK_EVERY);
        if !is_fresh && !self.standstill.is_on(now) && self.stock.looks.open() == 0 {
            self.stock.looked = Some(now);
            let exchange = Arc::clone(&self.exchange);
            self.stock.looks.begin(async move { exchange.balances().await });
        }
        let mut answers = self.stock.looks.take().await;
        while !answers.is_empty() {
            for answer in answers {
                match answer {
                    Ok(balances) => {
                        let spent = spent_lately(&self.store.snapshot(), now.at())?;
                        (self.stock.shown, self.stock.trouble) = (shown(&balances, &spent), None);
                    }
                    Err(error) => self.stock.trouble = Some(error.to_string()),
                }
            }
            answers = self.stock.looks.take().await;
        }
        Ok(())
    }
}

/// What an account holds, as it is shown. How long it lasts is not told.
pub fn account_stock(balances: &[Balance]) -> Vec<UpstreamStock> {
    shown(balances, &HashMap::new())
}

/// What is spent of a coin, and the time over which.
type Pace = (Decimal, Duration);

/// What is there, and how long what is spent lasts. Coins have the names that they have in orders and in the books: an
/// exchange may write them small where it tells what is there.
fn shown(balances: &[Balance], spent: &HashMap<String, Pace>) -> Vec<UpstreamStock> {
    let is_any = |balance: &Balance| !(balance.available.is_zero() && balance.reserved.is_zero());
    let all = balances.iter().map(|balance| (balance.asset.to_uppercase(), balance));
    let told = all.filter(|(asset, balance)| is_any(balance) || spent.contains_key(asset));
    let shown = told.map(|(asset, balance)| UpstreamStock {
        available: balance.available.normalize().to_string(),
        reserved: balance.reserved.normalize().to_string(),
        lasts: spent.get(&asset).and_then(|pace| lasts(balance.available, *pace)),
        asset,
    });
    shown.collect()
}

/// What was spent within the last day, by the exchange's names of coins, and the time over which.
fn spent_lately(snapshot: &Snapshot, now: UnixTime) -> Result<HashMap<String, Pace>, StoreError> {
    let (mut spent, last) = (HashMap::<String, Pace>::new(), snapshot.counters().orders);
    for number in (last.saturating_sub(MOST_COUNTED)..last).rev() {
        let Some(order) = snapshot.order(OrderNo::new(number.saturating_add(1)))? else { break };
        let since = now.since(order.intended_at);
        if since > DAY {
            // Something was bought before that too: what was spent since is taken for what a whole day took. Of a coin
            // that was first bought within the day that is too slow a pace, until it has been for a day.
            spent.values_mut().for_each(|(_, time)| *time = DAY);
            break;
        }
        let cost = order.outcome().map_or(Decimal::ZERO, |outcome| outcome.cost.get());
        let known = spent.entry(order.terms.quote.as_str().to_owned()).or_default();
        *known = (known.0.saturating_add(cost), since);
    }
    Ok(spent)
}

/// How long so much lasts; none where nothing is spent, or too shortly for a pace.
fn lasts(left: Decimal, (spent, time): Pace) -> Option<Duration> {
    if time < SHORTEST || spent.is_zero() {
        return None;
    }
    let seconds = left.checked_mul(Decimal::from(time.as_secs()))?.checked_div(spent)?;
    seconds.trunc().to_u64().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_show_what_there_is_and_what_is_spent() {
        let balance = |asset: &str, available, reserved| Balance {
            asset: asset.to_owned(),
            available: Decimal::new(available, 2),
            reserved: Decimal::new(reserved, 2),
        };
        let all =
            [balance("BTC", 150, 0), balance("SKY", 0, 25), balance("LTC", 0, 0), balance("ETH", 100, 50)];
        let told = |stock: &[UpstreamStock]| {
            let told =
                stock.iter().map(|one| (one.asset.clone(), one.available.clone(), one.reserved.clone()));
            told.map(|(asset, available, reserved)| format!("{asset} {available} {reserved}"))
                .collect::<Vec<_>>()
        };
        let stock = account_stock(&all);
        assert_eq!(told(&stock), ["BTC 1.5 0", "SKY 0 0.25", "ETH 1 0.5"]);
        assert!(stock.iter().all(|one| one.lasts.is_none()));
        // Of what is spent it is told that nothing is left.
        let hour = Duration::from_secs(3_600);
        let spent = HashMap::from([
            ("LTC".to_owned(), (Decimal::ONE, hour)),
            ("BTC".to_owned(), (Decimal::ONE, hour)),
        ]);
        let stock = shown(&all, &spent);
        assert_eq!(told(&stock), ["BTC 1.5 0", "SKY 0 0.25", "LTC 0 0", "ETH 1 0.5"]);
        let lasts: Vec<_> = stock.iter().map(|one| one.lasts.map(|lasts| lasts.as_secs())).collect();
        assert_eq!(lasts, [Some(5_400), None, Some(0), None]);
        // However the exchange writes them.
        let stock = shown(&[balance("btc", 150, 0), balance("ltc", 0, 0)], &spent);
        assert_eq!(told(&stock), ["BTC 1.5 0", "LTC 0 0"]);
        assert!(stock.iter().all(|one| one.lasts.is_some()), "{stock:?}");
    }

    #[test]
    fn should_tell_how_long_an_account_lasts() {
        let (hour, one) = (Duration::from_secs(3_600), Decimal::ONE);
        assert_eq!(lasts(Decimal::TWO, (one, hour)), Some(Duration::from_secs(7_200)));
        assert_eq!(lasts(Decimal::ZERO, (one, hour)), Some(Duration::ZERO));
        assert_eq!(lasts(one, (Decimal::ZERO, hour)), None);
        let (shorter, shortest) = (Duration::from_secs(599), Duration::from_secs(600));
        assert_eq!((lasts(one, (one, shorter)), lasts(one, (one, shortest))), (None, Some(shortest)));
    }
}

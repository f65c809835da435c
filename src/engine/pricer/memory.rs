//! What a restart must not forget of prices: what was pushed, and what one that moves is measured from.

use std::collections::HashMap;
use std::time::Duration;

use super::Pricer;
use crate::live::Prices;
use crate::store::{PriceHeard, PricesHeard, Snapshot, Store, StoreError};
use crate::types::{Rate, UnixTime};

/// How old what is stored may be of a price that does not move.
const STALE: Duration = Duration::from_secs(60);

/// What is stored of the prices that others are measured from, by the codes of assets.
pub(super) type Stored = HashMap<String, Vec<PriceHeard>>;

impl Pricer {
    /// Stores what prices are measured from, where that is not stored yet.
    pub(super) async fn keep_courses(&mut self) -> Result<(), StoreError> {
        if self.stored.is_none() {
            self.stored = Some(self.store.snapshot().prices_seen()?.into_iter().collect());
        }
        let stored = self.stored.get_or_insert_default();
        let courses = self.intake.prices.courses();
        let seen = courses.into_iter().map(|(code, seen)| (code, heard(seen)));
        let changed = |code: &String, seen: &[PriceHeard]| {
            is_worth_storing(stored.get(code).map_or(&[], Vec::as_slice), seen)
        };
        let changed: Stored = seen.filter(|(code, seen)| changed(code, seen)).collect();
        if changed.is_empty() {
            return Ok(());
        }
        let rows = changed.clone();
        self.store.write(move |tx| rows.iter().try_for_each(|(code, seen)| tx.keep_seen(code, seen))).await?;
        stored.extend(changed);
        Ok(())
    }
}

fn heard(seen: Vec<(UnixTime, Rate)>) -> Vec<PriceHeard> {
    seen.into_iter().map(|(at, rate)| PriceHeard { rate: rate.text().to_owned(), at }).collect()
}

/// Whether a price is another one, or stands for a while longer than is stored.
fn is_worth_storing(stored: &[PriceHeard], seen: &[PriceHeard]) -> bool {
    let rates = |all: &[PriceHeard]| all.iter().map(|heard| heard.rate.clone()).collect::<Vec<_>>();
    let last = |all: &[PriceHeard]| all.last().map(|heard| heard.at);
    let is_stale = |(was, is): (UnixTime, UnixTime)| is.since(was) >= STALE || was > is;
    rates(stored) != rates(seen) || last(stored).zip(last(seen)).is_some_and(is_stale)
}

/// Keeps what somebody says that one of an asset is worth, and only then lets it count.
///
/// # Errors
///
/// The store's.
pub async fn push_price(store: &Store, prices: &Prices, code: &str, rate: Rate) -> Result<(), StoreError> {
    let (told, owned) = (rate.clone(), code.to_owned());
    let at = store.write(move |tx| tx.keep_pushed(&owned, &told).map(|()| tx.now())).await?;
    prices.push(code, rate, at, at);
    Ok(())
}

/// Takes over what was heard before this process began, as it is stored.
///
/// # Errors
///
/// Where the store cannot be read.
pub fn take_over_heard(snapshot: &Snapshot, prices: &Prices, now: UnixTime) -> Result<(), StoreError> {
    let mut courses = HashMap::new();
    for (code, seen) in snapshot.prices_seen()? {
        let rates: Result<Vec<_>, StoreError> =
            seen.iter().map(|heard| Ok((heard.at, heard.rate()?))).collect();
        courses.insert(code, rates?);
    }
    prices.resume_courses(courses);
    // What is not pushed any more is left where it is.
    for (code, heard) in snapshot.prices_pushed()?.into_iter().filter(|(code, _)| prices.takes_pushes(code)) {
        prices.push(&code, heard.rate()?, heard.at, now);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_store_what_is_another_price_or_stands_a_minute_longer() {
        let heard = |rate: &str, at| PriceHeard { rate: rate.to_owned(), at: UnixTime::new(at) };
        let stored = [heard("480", 500), heard("500", 1_000)];
        let is_worth = |rate: &str, at| is_worth_storing(&stored, &[heard("480", 500), heard(rate, at)]);
        for (rate, at, expected) in [
            ("500", 1_000, false),
            ("500", 1_059, false),
            ("500", 1_060, true),
            ("501", 1_000, true),
            // The clock was set back: what is stored lies in a time that has not come yet.
            ("500", 999, true),
        ] {
            assert_eq!(is_worth(rate, at), expected, "{rate} at {at}");
        }
        assert!(is_worth_storing(&stored, &stored[1..]), "one is forgotten");
        assert!(is_worth_storing(&[], &stored));
        assert!(!is_worth_storing(&[], &[]));
    }
}

//! How long a deposit usually takes, from this desk's own latest ones.

use std::collections::BTreeMap;
use std::time::Duration;

use arc_swap::ArcSwap;

use crate::payout::PayoutState;
use crate::store::{Purchase, Snapshot, StoreError, Tables};
use crate::types::DepositNo;

/// How many of the newest deposits are looked at.
const LATEST: u64 = 300;
/// Fewer of an asset say nothing about the next one.
const FEWEST: usize = 3;

/// What is usual, by the code of the coin or the symbol of the token.
#[derive(Debug, Default)]
pub struct Pace(ArcSwap<BTreeMap<String, Duration>>);

impl Pace {
    /// Returns how long it usually takes from a deposit's first sight to its confirmed payout; none where too few were
    /// paid lately.
    pub fn usual(&self, code: &str) -> Option<Duration> {
        self.0.load().get(code).copied()
    }

    /// Looks at the newest deposits. It costs the same however many there are.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read. What was known before stays.
    pub fn refresh(&self, snapshot: &Snapshot) -> Result<(), StoreError> {
        let last = snapshot.counters().deposits;
        let mut times: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for no in last.saturating_sub(LATEST).saturating_add(1)..=last {
            let purchase = snapshot.purchase(DepositNo::new(no))?;
            if let Some((code, seconds)) = purchase.as_ref().and_then(taken) {
                times.entry(code).or_default().push(seconds);
            }
        }
        let usual = times.into_iter().filter_map(|(code, seconds)| Some((code, median(seconds)?)));
        self.0.store(std::sync::Arc::new(usual.collect()));
        Ok(())
    }
}

/// The seconds that a deposit took, where it is paid.
fn taken(purchase: &Purchase) -> Option<(String, u64)> {
    let payout = purchase.payout.as_ref()?;
    let is_paid = matches!(payout.state, PayoutState::Settled { .. });
    let seconds = payout.updated_at.get().checked_sub(purchase.deposit.seen_at.get())?;
    is_paid.then(|| (purchase.deposit.code().to_owned(), seconds))
}

fn median(mut seconds: Vec<u64>) -> Option<Duration> {
    seconds.sort_unstable();
    let middle = seconds.get(seconds.len() / 2).filter(|_| seconds.len() >= FEWEST)?;
    Some(Duration::from_secs(*middle))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_tell_the_middle_of_enough() {
        assert_eq!(median(vec![60, 900]), None, "two are too few");
        assert_eq!(median(vec![900, 60, 70]), Some(Duration::from_secs(70)));
    }
}

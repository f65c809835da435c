//! Payments that were seen before they are in a block: shown, never acted upon.

use std::collections::HashMap;

use crate::address::AddressKey;
use crate::chain::Payment;
use crate::types::{Moment, Units, UnixTime};

/// How long one that vanished is still shown as gone, in seconds.
const SHOWN_GONE: u64 = 3600;

/// A payment that is not in a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// The transaction, in its chain's own text.
    pub tx: String,
    /// Which output of it.
    pub n: u32,
    /// What it pays, in the coin's smallest unit.
    pub amount: Units,
    /// When it was first seen.
    pub seen_at: UnixTime,
    /// Since when the node does not have it any more: it was replaced or dropped.
    pub gone_at: Option<Moment>,
}

/// All of one chain, by address.
#[derive(Debug, Clone, Default)]
pub struct Sightings {
    by_address: HashMap<AddressKey, Vec<Sighting>>,
}

impl Sightings {
    /// What is seen at an address.
    pub fn at(&self, address: &AddressKey) -> &[Sighting] {
        self.by_address.get(address).map_or(&[], Vec::as_slice)
    }

    /// Returns whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.by_address.is_empty()
    }

    /// The sightings after another look at the node. `is_deposit` says of a payment that a block has it now.
    pub fn after(
        &self,
        pending: &[Payment],
        now: Moment,
        is_deposit: impl Fn(&str, u32) -> bool,
    ) -> Sightings {
        let mut next = Sightings::default();
        for payment in pending {
            let known = self.at(&payment.address.key()).iter();
            let known = known.clone().find(|seen| seen.tx == payment.tx && seen.n == payment.n);
            next.add(
                payment.address.key(),
                Sighting {
                    tx: payment.tx.clone(),
                    n: payment.n,
                    amount: payment.amount,
                    seen_at: known.map_or(now.at(), |seen| seen.seen_at),
                    gone_at: None,
                },
            );
        }
        for (address, seen) in self.by_address.iter().flat_map(|(key, all)| all.iter().map(move |s| (key, s)))
        {
            let is_listed = pending.iter().any(|payment| payment.tx == seen.tx && payment.n == seen.n);
            let gone_at = seen.gone_at.unwrap_or(now);
            if !is_listed && now.since(gone_at).as_secs() < SHOWN_GONE && !is_deposit(&seen.tx, seen.n) {
                next.add(*address, Sighting { gone_at: Some(gone_at), ..seen.clone() });
            }
        }
        next
    }

    fn add(&mut self, address: AddressKey, sighting: Sighting) {
        self.by_address.entry(address).or_default().push(sighting);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::DepositAddress;

    fn payment(tx: &str) -> Payment {
        let address = DepositAddress::of_account([1; 20]);
        Payment::new(tx.into(), 0, address, Units::new(5))
    }

    fn shown(sightings: &Sightings) -> Vec<(String, bool)> {
        let key = payment("").address.key();
        let mut all: Vec<_> =
            sightings.at(&key).iter().map(|seen| (seen.tx.clone(), seen.gone_at.is_some())).collect();
        all.sort();
        all
    }

    #[test]
    fn should_show_a_replaced_payment_as_gone_for_a_while() {
        let at = |seconds| Moment::new(UnixTime::new(0), std::time::Duration::from_secs(seconds));
        let nothing = |_: &str, _| false;
        let first = Sightings::default().after(&[payment("a")], at(100), nothing);
        assert_eq!(shown(&first), [("a".into(), false)]);
        let replaced = first.after(&[payment("b")], at(200), nothing);
        assert_eq!(shown(&replaced), [("a".into(), true), ("b".into(), false)]);
        let later = replaced.after(&[payment("b")], at(200 + SHOWN_GONE), nothing);
        assert_eq!(shown(&later), [("b".into(), false)]);
        let in_a_block = later.after(&[], at(5_000), |tx, _| tx == "b");
        assert!(in_a_block.is_empty());
    }
}

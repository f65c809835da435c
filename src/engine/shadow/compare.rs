//! Holds what this desk would have decided against what the original has. Pure.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::both;
use super::difference::{Because, Difference, DifferenceKind, Standing};
use super::here_alone::{self, Passed};
use super::pairs::pairs;
use super::sight::{Early, OurDeposit, Sight};
use super::worth::{Found, Settings};
use crate::address::AddressKey;
use crate::deposit::DepositState;
use crate::original::{Original, OriginalDeposit};
use crate::types::{Coin, TxId, UnixTime};

/// What a comparison came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Deposits that the original has.
    pub there: u64,
    /// Deposits that this desk has seen.
    pub here: u64,
    /// Deposits that both have, and in which nothing differs.
    pub agreed: u64,
    /// Deposits that this desk has seen, that are not final yet, and that the original does not have yet.
    pub confirming: u64,
    /// Deposits that the original has not ended: moving over, each waits for a person.
    pub in_flight: u64,
    /// In what both differ, in the order of the original's numbers, then of this desk's.
    pub differences: Vec<Difference>,
    /// How many there are of each kind and standing.
    pub counts: BTreeMap<(DifferenceKind, Standing), u64>,
}

impl Comparison {
    /// Returns how many differences are of this standing.
    pub fn count(&self, standing: Standing) -> u64 {
        let of_it = self.counts.iter().filter(|((_, its), _)| *its == standing);
        of_it.fold(0, |sum, (_, count)| sum.saturating_add(*count))
    }

    /// Counts the differences, once: whoever asks for health is to wait for no walk.
    fn counted(mut self) -> Comparison {
        for difference in &self.differences {
            let count = self.counts.entry((difference.kind, difference.standing())).or_default();
            *count = count.saturating_add(1);
        }
        self
    }
}

/// Compares what is in a copy, made at this time, with what is known here. `early` is what earlier comparisons have
/// found of deposits that the original took up early, and is added to.
pub fn compare(original: &Original, made_at: UnixTime, here: &Sight, early: &mut Early) -> Comparison {
    let pairs = pairs(&original.deposits, &here.deposits);
    let mut comparison = Comparison {
        there: count(original.deposits.len()),
        here: count(here.deposits.len()),
        in_flight: count(original.deposits.iter().filter(|deposit| both::is_in_flight(deposit)).count()),
        ..Comparison::default()
    };
    comparison.differences = of_bindings(original, here);
    let paid = paid_twice(&original.deposits);
    let settings = Settings { max_decimals: here.max_decimals, began: here.began };
    let mut told: BTreeMap<usize, Vec<Difference>> = BTreeMap::new();
    for (at, own) in pairs.both {
        let (Some(theirs), Some(own)) = (original.deposits.get(at), here.deposits.get(own)) else { continue };
        let found = both::differences(theirs, own, here, settings, &paid, early);
        if found.is_empty() {
            comparison.agreed = comparison.agreed.saturating_add(1);
        }
        told.entry(at)
            .or_default()
            .extend(found.into_iter().map(|found| of(theirs.id.coin, Some(theirs), Some(own), found)));
    }
    for at in pairs.there {
        let Some(theirs) = original.deposits.get(at) else { continue };
        let found = not_seen(theirs, here);
        told.entry(at).or_default().push(of(theirs.id.coin, Some(theirs), None, found));
    }
    comparison.differences.extend(told.into_values().flatten());
    let passed = Passed::of(original);
    for at in pairs.here {
        let Some(own) = here.deposits.get(at) else { continue };
        if let DepositState::Confirming { .. } = own.purchase.deposit.state {
            comparison.confirming = comparison.confirming.saturating_add(1);
        }
        if let Some(found) = here_alone::difference(own, &passed, made_at) {
            comparison.differences.push(of(own.purchase.deposit.id.coin, None, Some(own), found));
        }
    }
    comparison.counted()
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// A difference with all that tells what it is about.
fn of(coin: Coin, theirs: Option<&OriginalDeposit>, own: Option<&OurDeposit>, found: Found) -> Difference {
    let (kind, there, here, because) = found;
    let ours = own.map(|own| &own.purchase.deposit);
    let id = ours.map(|deposit| deposit.id.to_string()).or(theirs.map(|theirs| theirs.id.to_string()));
    let payee = own.map(|own| own.binding.payee).or(theirs.map(|theirs| theirs.payee));
    Difference {
        kind,
        coin,
        of: id.unwrap_or_default(),
        payee: payee.map(|payee| payee.to_string()).unwrap_or_default(),
        there_no: theirs.map(|theirs| theirs.seq),
        here_no: ours.map(|deposit| deposit.no),
        binding: None,
        there,
        here,
        because,
    }
}

/// What the original has taken up, and this desk has not.
fn not_seen(theirs: &OriginalDeposit, here: &Sight) -> Found {
    let reach = &here.chains[theirs.id.coin];
    let because = if !reach.rules.is_followed {
        Some(Because::CoinOff)
    } else if theirs.height < reach.rules.begins {
        Some(Because::BelowStart)
    } else if !reach.has_read(theirs.height) {
        Some(Because::NotReadYet)
    } else {
        None
    };
    let amount = theirs.amount.to_coins(theirs.id.coin.decimals());
    let there = format!("{amount} {} in block {}", theirs.id.coin, theirs.height);
    (DifferenceKind::NotSeen, there, String::new(), because)
}

/// Transactions that the original says have paid more than one deposit: it pays one at a time.
fn paid_twice(deposits: &[OriginalDeposit]) -> HashSet<TxId> {
    let (mut seen, mut twice) = (HashSet::new(), HashSet::new());
    for txid in deposits.iter().filter_map(|deposit| deposit.txid) {
        if !seen.insert(txid) {
            twice.insert(txid);
        }
    }
    twice
}

/// Addresses that are bound to another payee there, and those that the copy does not have any more.
fn of_bindings(original: &Original, here: &Sight) -> Vec<Difference> {
    let there: HashMap<AddressKey, _> =
        original.bindings.iter().map(|bound| (bound.address.key(), bound.payee)).collect();
    let differs = here
        .bindings
        .iter()
        .filter(|(_, address, payee)| there.get(&address.key()).is_none_or(|bound_to| bound_to != payee));
    let differences = differs.map(|(no, address, payee)| Difference {
        kind: DifferenceKind::Binding,
        coin: address.coin(),
        of: address.to_string(),
        payee: payee.to_string(),
        there_no: None,
        here_no: None,
        binding: Some(*no),
        there: there.get(&address.key()).map(|payee| payee.to_string()).unwrap_or_default(),
        here: payee.to_string(),
        because: None,
    });
    differences.collect()
}

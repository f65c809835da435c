//! Which deposit of the original's is which of this desk's. The original often gives no place within a transaction, or
//! a wrong one: transaction, address and amount tell.

use std::collections::HashMap;

use super::sight::OurDeposit;
use crate::address::AddressKey;
use crate::coins::Family;
use crate::original::OriginalDeposit;
use crate::types::{Coin, Units};

/// Wei in one gwei.
const GWEI: u128 = 1_000_000_000;

/// Positions of those that belong together, and of those that belong to none.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    /// The original's, and this desk's.
    pub(super) both: Vec<(usize, usize)>,
    /// The original's alone.
    pub(super) there: Vec<usize>,
    /// This desk's alone.
    pub(super) here: Vec<usize>,
}

/// Whether two belong together.
type Fits = dyn Fn(&OriginalDeposit, &OurDeposit) -> bool;

/// What the original makes of an amount: it counts ether in gwei, and cuts off what is less.
pub(super) fn as_the_original_counts(coin: Coin, amount: Units) -> Units {
    let unit = match coin.family() {
        Family::Ethereum => GWEI,
        Family::BitcoinLike | Family::Skycoin => 1,
    };
    Units::new(amount.get().saturating_sub(amount.get() % unit))
}

/// Finds them: by place and amount first, then by the amount, then whatever is left of one transaction and address.
pub(super) fn pairs(there: &[OriginalDeposit], here: &[OurDeposit]) -> Pairs {
    let mut by_payment: HashMap<(Coin, &str, AddressKey), Vec<usize>> = HashMap::new();
    for (at, own) in here.iter().enumerate().filter(|(_, own)| own.purchase.deposit.token.is_none()) {
        let id = &own.purchase.deposit.id;
        by_payment.entry((id.coin, &id.tx, own.binding.address.key())).or_default().push(at);
    }
    let (mut pairs, mut taken) = (Pairs::default(), vec![false; here.len()]);
    let mut left: Vec<usize> = (0..there.len()).collect();
    let exactly = |theirs: &OriginalDeposit, own: &OurDeposit| {
        has_amount(theirs, own) && theirs.id.n == own.purchase.deposit.id.n
    };
    let fits: [&Fits; 3] = [&exactly, &has_amount, &|_, _| true];
    for fits in fits {
        left.retain(|&position| {
            let Some(theirs) = there.get(position) else { return false };
            let key = (theirs.id.coin, theirs.id.tx.as_str(), theirs.address.key());
            let candidates = by_payment.get(&key).map_or(&[][..], Vec::as_slice);
            let is_free = |at: &usize| {
                taken.get(*at) == Some(&false) && here.get(*at).is_some_and(|own| fits(theirs, own))
            };
            let Some(&at) = candidates.iter().find(|at| is_free(at)) else { return true };
            if let Some(taken) = taken.get_mut(at) {
                *taken = true;
            }
            pairs.both.push((position, at));
            false
        });
    }
    pairs.both.sort_unstable();
    pairs.there = left;
    pairs.here = taken.iter().enumerate().filter(|(_, is_taken)| !**is_taken).map(|(at, _)| at).collect();
    pairs
}

fn has_amount(theirs: &OriginalDeposit, own: &OurDeposit) -> bool {
    as_the_original_counts(theirs.id.coin, own.purchase.deposit.amount) == theirs.amount
}

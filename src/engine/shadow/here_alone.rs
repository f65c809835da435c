//! Deposits that are final here, and that the original has not taken up.

use std::collections::{HashMap, HashSet};

use super::difference::{Because, DifferenceKind};
use super::pairs::as_the_original_counts;
use super::sight::OurDeposit;
use super::worth::Found;
use crate::address::AddressKey;
use crate::coins::Family;
use crate::deposit::DepositState;
use crate::original::{COINS, Original};
use crate::types::{Coin, Height, Units, UnixTime};

/// What the original has gone past.
#[derive(Debug, Default)]
pub(super) struct Passed<'a> {
    /// The highest block of each chain that it has taken a deposit from.
    highest: HashMap<Coin, Height>,
    /// Transactions that it has taken a deposit from.
    transactions: HashSet<(Coin, &'a str)>,
    /// What its scanner saw, and nothing became of.
    left_behind: HashSet<(Coin, &'a str, AddressKey, Units)>,
}

impl Passed<'_> {
    pub(super) fn of(original: &Original) -> Passed<'_> {
        let mut passed = Passed::default();
        let taken = original.deposits.iter().map(|deposit| (&deposit.id, deposit.height));
        let left = original.unhandled.iter().map(|deposit| (&deposit.id, deposit.height));
        for (id, height) in taken.chain(left) {
            let highest = passed.highest.entry(id.coin).or_insert(height);
            *highest = height.max(*highest);
            passed.transactions.insert((id.coin, &id.tx));
        }
        for left in &original.unhandled {
            passed.left_behind.insert((left.id.coin, &left.id.tx, left.address.key(), left.amount));
        }
        passed
    }
}

/// Returns what is told of one that the copy, made at this time, does not have; none while it is not final here.
pub(super) fn difference(own: &OurDeposit, passed: &Passed<'_>, made_at: UnixTime) -> Option<Found> {
    let deposit = &own.purchase.deposit;
    let DepositState::Final { block } = &deposit.state else { return None };
    let (coin, tx) = (deposit.id.coin, deposit.id.tx.as_str());
    let counted = as_the_original_counts(coin, deposit.amount);
    let is_behind = passed.highest.get(&coin).is_some_and(|highest| block.height < *highest);
    let because = if deposit.token.is_some() || !COINS.contains(&coin) {
        Some(Because::NotTheOriginals)
    } else if passed.left_behind.contains(&(coin, tx, own.binding.address.key(), counted)) {
        Some(Because::LeftBehind)
    } else if coin.family() == Family::Ethereum && deposit.id.n > 0 {
        Some(Because::InsideTransaction)
    } else if passed.transactions.contains(&(coin, tx)) {
        Some(Because::SecondOutput)
    } else if !is_behind && deposit.updated_at > made_at {
        Some(Because::AfterTheCopy)
    } else {
        None
    };
    let amount = deposit.amount.to_coins(deposit.decimals());
    let here = format!("{amount} {} in block {}", deposit.code(), block.height);
    Some((DifferenceKind::NotTaken, String::new(), here, because))
}

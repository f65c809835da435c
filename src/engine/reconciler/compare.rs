//! One block of the chain against the books, by transaction, asset and address.
//!
//! Numbers of payments inside a transaction are the follower's way to name them, and are not relied on here: what a
//! transaction paid to an address in all is compared with what the books have of it in all.

use std::collections::BTreeMap;

use crate::address::DepositAddress;
use crate::chain::Block;
use crate::deposit::{Deposit, DepositState};
use crate::ledger::Asset;
use crate::live::ReadSums;
use crate::payout::PayoutState;
use crate::store::{Chains, Inheritance, OwnMoneyTable, Passes, Snapshot, StoreError, Tables, Taints};
use crate::types::{BlockRef, Coin, Contract, DepositId, Token, Units};

/// Transaction, contract and address.
type Key = (String, Option<Contract>, Vec<u8>);

/// Transactions of a block that are looked through where something differs.
const LISTED: usize = 1_000;

/// What a transaction paid to an address.
#[derive(Debug, Clone)]
pub(super) struct Paid {
    pub(super) asset: Asset,
    pub(super) tx: String,
    pub(super) address: DepositAddress,
    pub(super) chain: Units,
    /// What the books have of it as deposits and as own money.
    pub(super) booked: Units,
}

/// What came of comparing a block.
#[derive(Debug, Clone, Default)]
pub(super) struct Compared {
    pub(super) sums: Vec<ReadSums>,
    /// What nothing explains.
    pub(super) unexplained: Vec<Paid>,
}

/// Adds to the sums of an asset.
pub(super) fn add(all: &mut Vec<ReadSums>, more: &ReadSums) {
    let position = all.iter().position(|known| known.asset == more.asset);
    let Some(sums) = position.and_then(|position| all.get_mut(position)) else {
        all.push(*more);
        return;
    };
    let of = [
        (&mut sums.chain, more.chain),
        (&mut sums.booked, more.booked),
        (&mut sums.own, more.own),
        (&mut sums.passed_over, more.passed_over),
        (&mut sums.tainted, more.tainted),
        (&mut sums.taken_over, more.taken_over),
    ];
    for (sum, part) in of {
        *sum = plus(*sum, part);
    }
}

/// Sums here are shown and decide nothing: one that cannot be counted is the most that can be.
fn plus(one: Units, other: Units) -> Units {
    one.checked_add(other).unwrap_or(Units::new(u128::MAX))
}

/// Compares a final block with the books.
///
/// # Errors
///
/// Where the store cannot be read.
pub(super) fn compare(snapshot: &Snapshot, coin: Coin, block: &Block) -> Result<Compared, StoreError> {
    let mut compared = Compared::default();
    for (_, paid) in both(snapshot, coin, block)? {
        let (sums, is_explained) = one(snapshot, coin, block, &paid)?;
        add(&mut compared.sums, &sums);
        if !is_explained {
            compared.unexplained.push(Paid { booked: plus(sums.booked, sums.own), ..paid });
        }
    }
    Ok(compared)
}

/// Everything that the chain or the books say was paid in this block.
fn both(snapshot: &Snapshot, coin: Coin, block: &Block) -> Result<BTreeMap<Key, Paid>, StoreError> {
    let mut all: BTreeMap<Key, Paid> = BTreeMap::new();
    for payment in &block.payments {
        if snapshot.find_address(&payment.address)?.is_none() {
            continue;
        }
        let paid = all
            .entry(key(&payment.tx, payment.token.as_ref(), &payment.address))
            .or_insert_with(|| nothing(coin, &payment.tx, payment.token, payment.address));
        paid.chain = plus(paid.chain, payment.amount);
    }
    // One that had to wait longer stands under another height in this index: it is compared by what the chain says.
    for no in snapshot.deposits_between(coin, block.at.height, Some(block.at.height))? {
        let Some(deposit) = snapshot.deposit(no)?.filter(|deposit| stands_in(deposit, block.at)) else {
            continue;
        };
        let binding = snapshot.binding(deposit.binding)?;
        let missing = || StoreError::Invariant("a deposit has a binding".to_owned());
        let address = binding.ok_or_else(missing)?.address;
        all.entry(key(&deposit.id.tx, deposit.token.as_ref(), &address))
            .or_insert_with(|| nothing(coin, &deposit.id.tx, deposit.token, address));
    }
    Ok(all)
}

fn key(tx: &str, token: Option<&Token>, address: &DepositAddress) -> Key {
    (tx.to_owned(), token.map(|token| token.contract), address.key().as_bytes().to_vec())
}

fn nothing(coin: Coin, tx: &str, token: Option<Token>, address: DepositAddress) -> Paid {
    let asset = token.map_or(Asset::Coin(coin), Asset::Token);
    Paid { asset, tx: tx.to_owned(), address, chain: Units::ZERO, booked: Units::ZERO }
}

/// Whether the books have it in this block, of the chain that is the best one now.
fn stands_in(deposit: &Deposit, at: BlockRef) -> bool {
    let stands = matches!(deposit.state, DepositState::Confirming { .. } | DepositState::Final { .. });
    stands && deposit.block().height == at.height && deposit.block().hash == Some(at.hash)
}

/// What explains what one transaction paid to one address, and whether all of it is.
fn one(snapshot: &Snapshot, coin: Coin, block: &Block, paid: &Paid) -> Result<(ReadSums, bool), StoreError> {
    let (mut sums, is_inherited) = in_books(snapshot, coin, block.at, paid)?;
    let known = plus(sums.booked, sums.own);
    if known == paid.chain {
        return Ok((sums, true));
    }
    let missing = paid.chain.checked_sub(known).unwrap_or(Units::ZERO);
    if is_passed_over(snapshot, coin, block, &paid.tx)? {
        sums.passed_over = missing;
    } else if is_inherited {
        sums.taken_over = missing;
    } else if !missing.is_zero() && came_before(snapshot, paid, block.at)? {
        sums.tainted = missing;
    } else {
        return Ok((sums, false));
    }
    Ok((sums, true))
}

/// What the books have of it, and whether the original had a deposit of that transaction.
fn in_books(
    snapshot: &Snapshot,
    coin: Coin,
    at: BlockRef,
    paid: &Paid,
) -> Result<(ReadSums, bool), StoreError> {
    let contract = match paid.asset {
        Asset::Token(token) => Some(token.contract),
        Asset::Coin(_) | Asset::CoinHours | Asset::AtVenue(_) => None,
    };
    let mut sums = ReadSums { chain: paid.chain, ..ReadSums::new(paid.asset) };
    let mut is_inherited = false;
    for (_, no) in snapshot.deposits_of_tx(coin, contract, &paid.tx)? {
        let Some(purchase) = snapshot.purchase(no)? else { continue };
        if !is_to(snapshot, &purchase.deposit, &paid.address)? {
            continue;
        }
        if stands_in(&purchase.deposit, at) {
            sums.booked = plus(sums.booked, purchase.deposit.amount);
        }
        let state = purchase.payout.map(|payout| payout.state);
        is_inherited |= matches!(state, Some(PayoutState::Inherited(_)));
    }
    // One that the chain has not shown to the follower has no place yet.
    let id = DepositId { coin, tx: paid.tx.clone(), n: 0, token: contract };
    for deposit in snapshot.unlocated_of_tx(&id)? {
        is_inherited |= is_to(snapshot, &deposit, &paid.address)?;
    }
    for (_, own) in snapshot.own_money_of_tx(coin, contract, &paid.tx)? {
        let is_here = own.block.height == at.height && own.block.hash == Some(at.hash);
        if is_here && own.address.key() == paid.address.key() {
            sums.own = plus(sums.own, own.amount);
        }
    }
    Ok((sums, is_inherited))
}

/// Whether a deposit came to this address.
fn is_to(snapshot: &Snapshot, deposit: &Deposit, address: &DepositAddress) -> Result<bool, StoreError> {
    let binding = snapshot.binding(deposit.binding)?;
    Ok(binding.is_some_and(|binding| binding.address.key() == address.key()))
}

/// Whether a transaction is listed as one that could not be read, or could not be this time.
fn is_passed_over(snapshot: &Snapshot, coin: Coin, block: &Block, tx: &str) -> Result<bool, StoreError> {
    if block.gaps.unread.iter().any(|unread| unread.tx == tx) {
        return Ok(true);
    }
    let listed = snapshot.passed_over_from(coin, block.at.height, LISTED)?;
    Ok(listed.iter().any(|passed| passed.at == block.at && passed.tx == tx))
}

/// Whether an address is known to have received it before it was given out.
fn came_before(snapshot: &Snapshot, paid: &Paid, at: BlockRef) -> Result<bool, StoreError> {
    let tainted = snapshot.was_tainted(&paid.address)?;
    Ok(tainted.is_some_and(|tainted| {
        tainted.tx.as_ref() == Some(&paid.tx) || (!tainted.is_used_before && at.height <= tainted.height)
    }))
}

#[cfg(test)]
mod tests;

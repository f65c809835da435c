//! What second nodes have to look at before it is paid for: whatever would make more than the bound of what they did
//! not look at, in one payout or added up over many.
//!
//! A block names all before it by its hash. So a second node that has a block has looked at all that stands there and
//! below, and what is added up begins anew.

use std::collections::{BTreeSet, HashMap};

use crate::deposit::{BlockAt, Deposit};
use crate::live::{AskedBlock, Live, SecondNode};
use crate::payout::AttemptState;
use crate::rail::{Pays, Purpose};
use crate::store::{Snapshot, StoreError, Tables};
use crate::types::{AttemptNo, Coin, DepositNo, Droplets, Height, Moment, PerCoin};

/// Transactions that are read after a start, to add up what was signed before. With more of them it is not known,
/// and the next payout waits for the second node.
const PAST: u64 = 64;

/// What is asked of the second nodes, and what was paid without asking.
#[derive(Debug, Default)]
pub(super) struct SecondNodes {
    of: PerCoin<OfChain>,
    /// What of this step's candidates is paid without asking, if it is.
    passing: HashMap<DepositNo, (Coin, Height, Droplets)>,
}

#[derive(Debug, Default)]
struct OfChain {
    /// Blocks that payouts wait for.
    asked: BTreeSet<AskedBlock>,
    /// None before it was added up since the start.
    unseen: Option<Unseen>,
    /// What this step's candidates come to that pass.
    passing: Droplets,
}

/// What was signed for deposits that the second node did not look at.
#[derive(Debug, Clone, Copy)]
struct Unseen {
    /// None where it is more than is known.
    coins: Option<Droplets>,
    /// The highest block that one of them stands in.
    top: Height,
    /// When the last of them was signed, or the process began to count.
    since: Moment,
}

impl SecondNodes {
    /// Begins a step: nothing is asked, and what a second node has agreed to since is not counted any more.
    pub(super) fn begin(&mut self, snapshot: &Snapshot, live: &Live, now: Moment) -> Result<(), StoreError> {
        self.passing.clear();
        for coin in Coin::all() {
            let Some(node) = live.second_node(coin) else { continue };
            let of = &mut self.of[coin];
            (of.passing, of.asked) = (Droplets::ZERO, BTreeSet::new());
            let unseen = match of.unseen {
                Some(unseen) => unseen,
                None => before(snapshot, coin, node.above(), now)?,
            };
            let is_seen = node.agreed_up_to(unseen.since) >= Some(unseen.top);
            of.unseen = Some(if is_seen { Unseen { coins: Some(Droplets::ZERO), ..unseen } } else { unseen });
        }
        Ok(())
    }

    /// Whether a payout waits for the second node of its chain; if so, that is asked.
    pub(super) fn await_it(
        &mut self,
        node: &SecondNode,
        deposit: &Deposit,
        amount: Droplets,
        now: Moment,
    ) -> bool {
        let coin = deposit.id.coin;
        let BlockAt { height, hash, .. } = deposit.block();
        let block = AskedBlock { height, hash };
        if node.has_agreed(block, now) {
            return false;
        }
        let of = &mut self.of[coin];
        let unseen = of.unseen.and_then(|unseen| unseen.coins);
        let passing = of.passing.checked_add(amount).ok();
        let all = unseen.zip(passing).and_then(|(unseen, passing)| unseen.checked_add(passing).ok());
        match (all, passing) {
            (Some(all), Some(passing)) if all <= node.above() => {
                of.passing = passing;
                self.passing.insert(deposit.no, (coin, height, amount));
                false
            }
            _ => {
                of.asked.insert(block);
                true
            }
        }
    }

    /// Asks about all that payouts wait for now, and about nothing else.
    pub(super) fn ask(&mut self, live: &Live) {
        for coin in Coin::all() {
            if let Some(node) = live.second_node(coin) {
                node.ask(std::mem::take(&mut self.of[coin].asked));
            }
        }
    }

    /// Counts what was signed and not looked at.
    pub(super) fn note(&mut self, signed: &[DepositNo], now: Moment) {
        for no in signed {
            let Some((coin, height, amount)) = self.passing.remove(no) else { continue };
            if let Some(unseen) = &mut self.of[coin].unseen {
                let coins = unseen.coins.and_then(|coins| coins.checked_add(amount).ok());
                *unseen = Unseen { coins, top: unseen.top.max(height), since: now };
            }
        }
    }
}

/// What was signed before the start: as if no second node had looked at any of it, which nobody has written down.
fn before(snapshot: &Snapshot, coin: Coin, above: Droplets, now: Moment) -> Result<Unseen, StoreError> {
    let mut unseen = Unseen { coins: Some(Droplets::ZERO), top: Height::new(0), since: now };
    let last = snapshot.counters().attempts;
    let first = last.saturating_sub(PAST);
    for no in (first..last).rev().map(|no| AttemptNo::new(no).next()) {
        let Some(attempt) = snapshot.attempt(no)? else { continue };
        if matches!(attempt.state, AttemptState::Dead { .. }) || attempt.purpose != Purpose::Payouts {
            continue;
        }
        for part in snapshot.signed_transaction(no)?.map(|signed| signed.parts).unwrap_or_default() {
            let Some(deposit) = snapshot.deposit(part.payout)?.filter(|deposit| deposit.id.coin == coin)
            else {
                continue;
            };
            unseen.coins = unseen.coins.and_then(|coins| coins.checked_add(part.amount).ok());
            unseen.top = unseen.top.max(deposit.block().height);
        }
        if unseen.coins.is_none_or(|coins| coins > above) {
            return Ok(Unseen { coins: None, ..unseen });
        }
    }
    // There are more, which nobody has added up.
    Ok(if first > 0 { Unseen { coins: None, ..unseen } } else { unseen })
}

/// The numbers of payouts.
pub(super) fn numbers(pays: &[Pays]) -> Vec<DepositNo> {
    pays.iter().map(|pays| pays.payout).collect()
}

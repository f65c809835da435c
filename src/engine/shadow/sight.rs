//! What this desk knows at one moment, as it is held against the original.

use std::collections::BTreeMap;

use crate::address::DepositAddress;
use crate::skycoin::Address;
use crate::store::{Binding, Chains, Purchase, Snapshot, StoreError, Tables};
use crate::types::{BindingNo, Coin, DepositId, DepositNo, Height, PerCoin, UnixTime};

/// How a chain is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainRules {
    /// Whether it is followed at all.
    pub is_followed: bool,
    /// The first block whose deposits count.
    pub begins: Height,
    /// Confirmations that a deposit wants; none where its chain's own word on finality counts.
    pub required: Option<u64>,
}

impl Default for ChainRules {
    fn default() -> Self {
        ChainRules { is_followed: false, begins: Height::new(0), required: None }
    }
}

/// How far a chain is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reach {
    /// How it is followed.
    pub rules: ChainRules,
    /// The last block that was read; none before the first.
    pub read_to: Option<Height>,
    /// The first block that is still to be read again; none where none is.
    pub again_from: Option<Height>,
    /// The newest block of its node; none where that is not known.
    pub tip: Option<Height>,
}

impl Reach {
    /// Whether what stands in this block was read, for all addresses that are bound.
    pub fn has_read(&self, height: Height) -> bool {
        let is_again = self.again_from.is_some_and(|from| from <= height);
        !is_again && self.read_to.is_some_and(|read| height <= read)
    }

    /// Whether it was read up to its newest block, as far as that is known.
    pub fn is_up(&self) -> bool {
        self.tip.is_some_and(|tip| self.has_read(tip))
    }
}

/// With how many confirmations at most the original has taken deposits up that were not final here yet.
pub type Early = BTreeMap<DepositId, u64>;

/// A deposit of this desk's.
#[derive(Debug, Clone)]
pub struct OurDeposit {
    /// The deposit, with what is owed for it.
    pub purchase: Purchase,
    /// The binding of the address that it came to.
    pub binding: Binding,
}

/// All of it.
#[derive(Debug, Default)]
pub struct Sight {
    /// Deposits, by their numbers.
    pub deposits: Vec<OurDeposit>,
    /// Bindings, by their numbers.
    pub bindings: Vec<(BindingNo, DepositAddress, Address)>,
    /// How far each chain is known.
    pub chains: PerCoin<Reach>,
    /// When the first binding was taken over; none before that.
    pub began: Option<UnixTime>,
    /// Decimal places that payouts are cut to.
    pub max_decimals: u8,
}

impl Sight {
    /// Reads all of it. It takes as long as there are deposits and bindings.
    ///
    /// # Errors
    ///
    /// The store's.
    pub fn read(snapshot: &Snapshot, chains: PerCoin<Reach>, max_decimals: u8) -> Result<Sight, StoreError> {
        let counters = snapshot.counters();
        let missing = |what: &str| StoreError::Invariant(format!("{what} are numbered without gaps"));
        let mut sight = Sight { chains, max_decimals, ..Sight::default() };
        for no in (1..=counters.bindings).map(BindingNo::new) {
            let bound = snapshot.binding(no)?.ok_or_else(|| missing("bindings"))?;
            sight.began.get_or_insert(bound.bound_at);
            sight.bindings.push((no, bound.address, bound.payee));
        }
        for no in (1..=counters.deposits).map(DepositNo::new) {
            let purchase = snapshot.purchase(no)?.ok_or_else(|| missing("deposits"))?;
            let binding = snapshot.binding(purchase.deposit.binding)?.ok_or_else(|| missing("bindings"))?;
            sight.deposits.push(OurDeposit { purchase, binding });
        }
        Ok(sight)
    }
}

/// Returns how far each chain is known; `tip` tells the newest block of a node.
///
/// # Errors
///
/// The store's.
pub fn reach(
    snapshot: &Snapshot,
    rules: &PerCoin<ChainRules>,
    tip: impl Fn(Coin) -> Option<Height>,
) -> Result<PerCoin<Reach>, StoreError> {
    let mut reach = PerCoin::<Reach>::default();
    for coin in Coin::all() {
        reach[coin] = Reach {
            rules: rules[coin],
            read_to: snapshot.cursor(coin)?.map(|cursor| cursor.tip.height),
            again_from: snapshot.rescan(coin)?.map(|rescan| rescan.next),
            tip: tip(coin),
        };
    }
    Ok(reach)
}

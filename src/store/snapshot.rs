//! The data as of one commit: what every reader reads. Taking one costs nothing and stops nobody.

use std::sync::Arc;

use super::StoreError;
use super::counters::Counters;
use super::index::Index;
use super::kv::Read;
use super::pool::{Pool, Pools};
use super::tables::{Binding, Tables};
use super::tx::{find_address, find_payee};
use crate::address::DepositAddress;
use crate::skycoin::Address;
use crate::types::Coin;

/// A consistent view of everything.
pub struct Snapshot {
    kv: Arc<dyn Read + Send + Sync>,
    index: Arc<Index>,
    counters: Counters,
    pools: Pools,
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Snapshot").field("counters", &self.counters).finish_non_exhaustive()
    }
}

impl Tables for Snapshot {
    fn kv(&self) -> &dyn Read {
        &*self.kv
    }
}

impl Snapshot {
    pub(super) fn new(
        kv: Arc<dyn Read + Send + Sync>,
        index: Arc<Index>,
        counters: Counters,
        pools: Pools,
    ) -> Self {
        Snapshot { kv, index, counters, pools }
    }

    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    pub fn pool(&self, coin: Coin) -> &Pool {
        self.pools.of(coin)
    }

    /// The binding of a deposit address.
    pub fn find_address(&self, address: &DepositAddress) -> Result<Option<Binding>, StoreError> {
        find_address(&*self.kv, &self.index, &address.key())
    }

    /// All bindings of a payee, in the order of binding.
    pub fn bindings_of(&self, payee: &Address) -> Result<Vec<Binding>, StoreError> {
        let mut bindings = Vec::new();
        let missing = || super::invariant("bindings name their predecessors");
        let mut next = find_payee(&*self.kv, &self.index, payee)?.map(|(_, last)| last);
        while let Some(binding) = next {
            next = match binding.previous {
                Some(no) => Some(self.binding(no)?.ok_or_else(missing)?),
                None => None,
            };
            bindings.push(binding);
        }
        bindings.reverse();
        Ok(bindings)
    }
}

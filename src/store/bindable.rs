//! What may be bound to somebody, or soon will be: answered in memory, for those who look at every payment.

use super::{Store, StoreError, pools};
use crate::address::DepositAddress;
use crate::types::Coin;

impl Store {
    /// Whether an address may be bound, or is one of a pool: never wrongly no, seldom wrongly yes. In memory.
    pub fn may_be_bound(&self, address: &DepositAddress) -> bool {
        let index = &self.shared.index;
        index.has_address_candidate(&address.key()) || index.is_pooled(address)
    }

    /// The positions of those that may be bound, in no order: quicker than asking for each.
    pub fn which_may_be_bound(&self, addresses: &[DepositAddress]) -> Vec<usize> {
        let index = &self.shared.index;
        let keys = addresses.iter().map(DepositAddress::key);
        let mut found = index.address_candidates_among(keys);
        let pooled = addresses.iter().enumerate().filter(|(_, address)| index.is_pooled(address));
        let bound = found.len();
        found.extend(pooled.map(|(position, _)| position));
        if found.len() > bound {
            found.sort_unstable();
            found.dedup();
        }
        found
    }

    /// Watches the addresses of a pool that is about to be used: who pays to one before it is bound taints it.
    pub fn watch_pool(&self, coin: Coin, generation: u64) -> Result<(), StoreError> {
        let kv = self.shared.backend.snapshot()?;
        self.shared.index.watch_pool(coin, pools::addresses_of(&*kv, coin, generation)?)
    }
}

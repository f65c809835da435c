//! The index without a store around it, to measure what a look-up among many addresses costs.

use super::StoreError;
use super::index::Index;
use crate::address::DepositAddress;
use crate::chain::Watch;
use crate::types::BindingNo;

/// Addresses that somebody waits for payments to.
#[derive(Debug)]
pub struct IndexAlone(Index);

impl IndexAlone {
    /// An index of these addresses, each once.
    pub fn of(addresses: impl Iterator<Item = DepositAddress>) -> Result<Self, StoreError> {
        let index = Index::new();
        for (number, address) in (1..).zip(addresses) {
            index.add_address(&address.key(), BindingNo::new(number))?;
        }
        Ok(IndexAlone(index))
    }
}

impl Watch for IndexAlone {
    fn may_be_watched(&self, address: &DepositAddress) -> bool {
        self.0.has_address_candidate(&address.key())
    }

    fn watched_among(&self, addresses: &[DepositAddress]) -> Vec<usize> {
        self.0.address_candidates_among(addresses.iter().map(DepositAddress::key))
    }
}

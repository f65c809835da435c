//! Addresses that are the hot wallet's own.

use super::skycoin::Signer;
use crate::skycoin::Address;

/// An address of the hot wallet. There is no way to one but through its keys: no request and no setting makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnAddress(Address);

impl OwnAddress {
    /// Returns the one that change goes to.
    pub fn of(signer: &impl Signer) -> OwnAddress {
        OwnAddress(signer.change_address())
    }

    /// Returns the address.
    pub const fn get(self) -> Address {
        self.0
    }
}

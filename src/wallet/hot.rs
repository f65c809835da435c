//! The hot wallet: keys in memory, never printed.

use super::{Signer, SignerError};
use crate::skycoin::{Address, SecretKey, Transaction, Wallet as WalletFile};

/// The keys of the wallet that payouts are made from.
#[derive(Debug)]
pub struct HotWallet {
    file: WalletFile,
}

impl HotWallet {
    pub fn new(file: WalletFile) -> Self {
        HotWallet { file }
    }

    /// Every address of the wallet.
    pub fn addresses(&self) -> Vec<Address> {
        self.file.keys().iter().map(|key| key.address).collect()
    }
}

impl Signer for HotWallet {
    fn change_address(&self) -> Address {
        self.file.change_address()
    }

    fn sign(&self, unsigned: &Transaction, owners: &[Address]) -> Result<Transaction, SignerError> {
        let key = |owner: &Address| self.file.key(*owner).ok_or(SignerError::NoKey(*owner));
        let keys: Vec<&SecretKey> = owners.iter().map(key).collect::<Result<_, _>>()?;
        unsigned.sign(&keys).map_err(|error| SignerError::Unsignable(error.to_string()))
    }
}

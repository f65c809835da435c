//! The public key of an account, from which deposit addresses follow without end and nobody can spend.
//!
//! Invariant: the same key gives the same address for an index for ever, as the wallet that has its private half does.
//! A private key is refused, and no error repeats what it was given.

mod error;
mod read;
mod secrets;
mod slip132;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::LazyLock;

use bitcoin::bip32::{ChildNumber, Xpub};
use bitcoin::hashes::{Hash, HashEngine, sha256};
use bitcoin::secp256k1::{Secp256k1, VerifyOnly};
use bitcoin::{CompressedPublicKey, ScriptBuf};

use super::{DepositAddress, Network};
use crate::coins::AddressRule;
use crate::skycoin::{self, PublicKey};
use crate::types::Coin;

pub use error::{Secret, XpubError};

static SECP: LazyLock<Secp256k1<VerifyOnly>> = LazyLock::new(Secp256k1::verification_only);

/// An account's addresses for receiving.
#[derive(Clone)]
pub struct AccountXpub {
    network: Network,
    rule: AddressRule,
    /// The key of the receiving chain; its children are the addresses' keys.
    chain: Xpub,
}

impl AccountXpub {
    /// Indexes from here on are hardened, which a public key cannot derive.
    pub const END: u32 = 1 << 31;

    /// Reads an extended public key (`xpub...` and, by chain, its like of SLIP-132), with its origin and path or
    /// without, or an output descriptor with one such key.
    ///
    /// # Errors
    /// It is a secret, another chain's, or says no chain of addresses. No error repeats any of the text.
    pub fn parse(network: Network, text: &str) -> Result<AccountXpub, XpubError> {
        let (rule, chain) = read::read(text, network)?;
        Ok(AccountXpub { network, rule, chain })
    }

    /// Whether a text is meant to be a key, a descriptor or a secret: all that [`AccountXpub::parse`] has words for.
    pub fn looks_like_key(text: &str) -> bool {
        read::looks_like_key(text.trim())
    }

    /// The coin that the addresses receive.
    pub fn coin(&self) -> Coin {
        self.network.coin()
    }

    /// How a key becomes an address.
    pub fn rule(&self) -> AddressRule {
        self.rule
    }

    /// Returns the address of an index. It is written as the wallet writes it.
    ///
    /// # Errors
    /// There is no such index, or it is the one in 2^127 that has no key.
    pub fn derive(&self, index: u32) -> Result<DepositAddress, XpubError> {
        let none = || XpubError::Index(index);
        let child = ChildNumber::from_normal_idx(index).map_err(|_| none())?;
        // Not `ckd_pub`, which also hashes the parent for a fingerprint that nobody reads.
        let (tweak, _) = self.chain.ckd_pub_tweak(child).map_err(|_| none())?;
        let key = self.chain.public_key.add_exp_tweak(&SECP, &tweak.into()).map_err(|_| none())?;
        self.address(key).ok_or_else(none)
    }

    /// Whether everybody knows the private half of this key.
    pub fn is_published(&self) -> bool {
        let published = self.network.facts().accounts.published;
        self.derive(0).is_ok_and(|first| published.contains(&first.to_string().as_str()))
    }

    /// The place where coins for `key` are received; none where this chain has no such rule.
    fn address(&self, key: PublicKey) -> Option<DepositAddress> {
        let compressed = CompressedPublicKey(key);
        let script = match self.rule {
            AddressRule::Ethereum => return Some(DepositAddress::of_public_key(&key)),
            AddressRule::Skycoin => {
                return Some(DepositAddress::of_skycoin(skycoin::Address::from_pubkey(&key)));
            }
            AddressRule::P2pkh => ScriptBuf::new_p2pkh(&compressed.pubkey_hash()),
            AddressRule::P2wpkh => ScriptBuf::new_p2wpkh(&compressed.wpubkey_hash()),
            AddressRule::P2shP2wpkh => {
                ScriptBuf::new_p2sh(&ScriptBuf::new_p2wpkh(&compressed.wpubkey_hash()).script_hash())
            }
            AddressRule::P2tr => ScriptBuf::new_p2tr(&SECP, key.into(), None),
        };
        DepositAddress::of_script(script.as_bytes(), self.network)
    }

    /// Returns the indexes from `from` on, each with its address. One that has no key is passed over, as BIP-32 says.
    pub fn addresses(&self, from: u32) -> impl Iterator<Item = (u32, DepositAddress)> + '_ {
        (from..AccountXpub::END).filter_map(|index| Some((index, self.derive(index).ok()?)))
    }

    /// Returns what tells this sequence of addresses from any other: equal for two texts of the same sequence.
    /// It gives no address away.
    pub fn identity(&self) -> [u8; 32] {
        let mut engine = sha256::Hash::engine();
        engine.input(b"teller account xpub");
        engine.input(&[self.network.coin().tag(), self.rule.tag()]);
        engine.input(&self.chain.public_key.serialize());
        engine.input(self.chain.chain_code.as_bytes());
        sha256::Hash::from_engine(engine).to_byte_array()
    }
}

/// Without the key: who has it sees every purchase that was ever made.
impl fmt::Debug for AccountXpub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fingerprint = self.chain.fingerprint();
        write!(f, "AccountXpub({} BIP-{} {fingerprint})", self.network.coin(), self.rule.purpose())
    }
}

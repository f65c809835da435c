//! The key chain of `deterministic` wallets: an endless row of keys from one seed.

use bitcoin::secp256k1::ecdh::shared_secret_point;
use zeroize::Zeroizing;

use super::SecretKey;
use crate::skycoin::digest::sha256;
use crate::types::Hash32;

/// The keys that follow from a seed, in order. It never ends.
pub struct KeyChain {
    seed: Zeroizing<Vec<u8>>,
}

impl KeyChain {
    /// Starts with the bytes of the mnemonic, or continues with what [`KeyChain::next_seed`] gave.
    pub fn new(seed: &[u8]) -> KeyChain {
        KeyChain { seed: Zeroizing::new(seed.to_vec()) }
    }

    /// The seed of the next key: what a wallet file keeps as `lastSeed`.
    pub fn next_seed(&self) -> &[u8] {
        &self.seed
    }
}

impl Iterator for KeyChain {
    type Item = SecretKey;

    fn next(&mut self) -> Option<SecretKey> {
        let next_seed = salted_hash(&self.seed);
        let key = first_key(&sha256([&self.seed, &*next_seed]));
        self.seed = Zeroizing::new(next_seed.to_vec());
        Some(key)
    }
}

impl std::fmt::Debug for KeyChain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyChain(redacted)")
    }
}

/// A hash salted with a point of the curve, so that nobody finds earlier seeds from later ones.
pub(in crate::skycoin) fn salted_hash(seed: &[u8]) -> Zeroizing<[u8; 32]> {
    let hash = sha256([seed]);
    let secret = first_key(&hash);
    let public = first_key(&sha256([&hash.0])).public();
    let shared = Zeroizing::new(shared_secret_point(&public, &secret.0));
    let (x, y) = shared.split_at(32);
    // The point in compressed form: the first byte says whether y is odd.
    let sign = 2 | (y[31] & 1);
    Zeroizing::new(sha256([&hash.0, &[sign], x]).0)
}

/// Hashes on until the hash is a valid key. All but one in 2^127 hashes are.
fn first_key(start: &Hash32) -> SecretKey {
    let mut hash = *start;
    loop {
        hash = sha256([&hash.0]);
        if let Ok(key) = SecretKey::from_bytes(&hash.0) {
            return key;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_continue_where_it_stopped() {
        let mut chain = KeyChain::new(b"seed");
        let first: Vec<_> = chain.by_ref().take(2).collect();
        let rest: Vec<_> = KeyChain::new(chain.next_seed()).take(2).collect();
        let all: Vec<_> = KeyChain::new(b"seed").take(4).collect();
        assert_eq!(all, first.into_iter().chain(rest).collect::<Vec<_>>());
    }

    #[test]
    fn should_never_show_the_seed() {
        assert_eq!(format!("{:?}", KeyChain::new(b"seed")), "KeyChain(redacted)");
    }
}

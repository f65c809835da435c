//! Secrets that stand for a log-in: 256 bits of chance, of which only the hash is kept.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bitcoin::hashes::{Hash, sha256};
use bitcoin::secp256k1::rand::RngCore;
use bitcoin::secp256k1::rand::rngs::OsRng;
use secrecy::SecretString;

use super::Trouble;
use crate::types::Hash32;

/// Returns so many bytes of chance.
pub(super) fn random<const N: usize>() -> Result<[u8; N], Trouble> {
    let mut bytes = [0; N];
    OsRng.try_fill_bytes(&mut bytes).map_err(|error| Trouble(error.to_string()))?;
    Ok(bytes)
}

/// Returns a new secret as text that stands in a header as it is.
///
/// # Errors
///
/// Where the system gives no chance.
pub fn new_secret() -> Result<SecretString, Trouble> {
    Ok(BASE64_URL_SAFE_NO_PAD.encode(random::<32>()?).into())
}

/// Returns what is kept of a secret. As one has 256 bits, a single pass of SHA-256 is enough: nobody tries them out.
pub fn hash_of(secret: &str) -> Hash32 {
    Hash32(sha256::Hash::hash(secret.as_bytes()).to_byte_array())
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn should_make_each_of_256_bits() {
        let (one, two) = (new_secret().unwrap(), new_secret().unwrap());
        assert_eq!(one.expose_secret().len(), 43);
        assert_ne!(hash_of(one.expose_secret()), hash_of(two.expose_secret()));
    }
}

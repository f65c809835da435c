//! `scrypt-chacha20poly1305`: the length of the parameters (2 bytes), the parameters as JSON, the sealed secrets.
//! Length and parameters are authenticated with the secrets.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use serde::Deserialize;
use zeroize::Zeroizing;

use super::error::WalletError;

/// The most that nodes write. It takes 1 GiB (128 bytes times n times r) and seconds, which is also the most that
/// a file may cost.
const MAX_N: u32 = 1 << 20;
const MAX_R: u32 = 8;
const MAX_P: u32 = 1;
const KEY: usize = 32;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    n: u32,
    r: u32,
    p: u32,
    key_len: usize,
    salt: String,
    nonce: String,
}

pub(super) fn decrypt(bytes: &[u8], password: &[u8]) -> Result<Zeroizing<Vec<u8>>, WalletError> {
    let (head, sealed) = split(bytes).ok_or(WalletError::SecretsDamaged)?;
    let parameters = head.get(2..).ok_or(WalletError::SecretsDamaged)?;
    let parameters: Parameters =
        serde_json::from_slice(parameters).map_err(|_| WalletError::SecretsDamaged)?;
    let nonce = parameters.nonce()?;
    let key = parameters.derive(password)?;
    ChaCha20Poly1305::new((&*key).into())
        .decrypt(&nonce, Payload { msg: sealed, aad: head })
        .map(Zeroizing::new)
        .map_err(|_| WalletError::PasswordWrong)
}

/// The authenticated head, with its length, and what follows it.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = u16::from_le_bytes(*bytes.first_chunk()?);
    bytes.split_at_checked(usize::from(length).checked_add(2)?)
}

impl Parameters {
    fn nonce(&self) -> Result<Nonce, WalletError> {
        let nonce = STANDARD.decode(&self.nonce).map_err(|_| WalletError::SecretsDamaged)?;
        Nonce::try_from(nonce.as_slice()).map_err(|_| WalletError::SecretsDamaged)
    }

    fn derive(&self, password: &[u8]) -> Result<Zeroizing<[u8; KEY]>, WalletError> {
        let params = self.scrypt()?;
        let salt = STANDARD.decode(&self.salt).map_err(|_| WalletError::SecretsDamaged)?;
        let mut key = Zeroizing::new([0; KEY]);
        if self.key_len != KEY {
            return Err(WalletError::SecretsDamaged);
        }
        scrypt::scrypt(password, &salt, &params, &mut *key).map_err(|_| WalletError::SecretsDamaged)?;
        Ok(key)
    }

    fn scrypt(&self) -> Result<scrypt::Params, WalletError> {
        let Parameters { n, r, p, .. } = *self;
        let refused = WalletError::Scrypt { n, r, p };
        if n > MAX_N || r > MAX_R || p > MAX_P || !n.is_power_of_two() {
            return Err(refused);
        }
        let log_n = u8::try_from(n.ilog2()).expect("BUG: a logarithm of 32 bits is below 32");
        scrypt::Params::new(log_n, r, p).map_err(|_| refused)
    }
}

//! A random number of the desk's own, made with its database: what only some may see is derived from it.

use std::fmt;

use bitcoin::hashes::{Hash, HashEngine, Hmac, HmacEngine, sha256};
use bitcoin::secp256k1::rand::RngCore;
use bitcoin::secp256k1::rand::rngs::OsRng;

use super::kv::{Read, Table, Write};
use super::{StoreError, codec, invariant, tables};

const KEY: &[u8] = b"desk_secret";

/// It leaves this type only as what is derived from it. The engine has taken it in already: each thing that is derived
/// hashes half as much.
#[derive(Clone)]
pub struct DeskSecret(HmacEngine<sha256::Hash>);

impl fmt::Debug for DeskSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeskSecret(..)")
    }
}

impl DeskSecret {
    /// Returns a number that nobody can guess who does not have the secret, for a purpose and what it is about.
    pub fn derive(&self, purpose: &str, about: &[u8]) -> [u8; 32] {
        let mut engine = self.0.clone();
        engine.input(purpose.as_bytes());
        engine.input(&[0]);
        engine.input(about);
        Hmac::from_engine(engine).to_byte_array()
    }
}

/// Makes one, for a database that is founded.
pub(super) fn make(kv: &mut dyn Write) -> Result<(), StoreError> {
    let mut secret = [0; 32];
    OsRng.try_fill_bytes(&mut secret).map_err(StoreError::backend)?;
    kv.put(Table::Meta, KEY, &codec::encode(&secret))
}

/// Reads the secret of a database.
pub(super) fn read(kv: &dyn Read) -> Result<DeskSecret, StoreError> {
    let secret: Option<[u8; 32]> = tables::get(kv, Table::Meta, KEY)?;
    let secret = secret.ok_or_else(|| invariant("a database has its secret"))?;
    Ok(DeskSecret(HmacEngine::new(&secret)))
}

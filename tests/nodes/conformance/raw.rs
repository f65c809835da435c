//! Skycoin transactions by hand: the library makes no wrong ones.

use bitcoin::hashes::{Hash, HashEngine, sha256};
use teller::skycoin::{Address, SecretKey};
use teller::types::{Claim, Hash32};

/// The key of the genesis address: a throw-away one, see `data/testchain-genesis.wlt`.
const GENESIS_KEY: &str = "e5c76b79d22a7d6cbc20cb8d2b4422789dc6cb6be6d1a1ce88b697c6ef27715e";
/// The genesis output, and what it holds.
pub(super) const GENESIS_UXID: &str = "3dbc946094563c9f91d3335fe026ab45138c03c2a1d8cc64bdfcf4ba7c305d15";
pub(super) const ALL_COINS: u64 = 100_000_000_000_000;
pub(super) const ALL_HOURS: u64 = 100_000_000_000_000;
pub(super) const PAYEE: &str = "JUdRuTiqD1mGcw358twMg3VPpXpzbkdRvJ";
pub(super) const COIN: u64 = 1_000_000;

pub(super) fn genesis_key() -> SecretKey {
    SecretKey::parse(GENESIS_KEY).unwrap()
}

/// An output: address version, key, coins, hours.
pub(super) type Out = (u8, [u8; 20], u64, u64);

pub(super) fn out(address: &str, coins: u64, hours: u64) -> Out {
    (0, *Address::decode(address).unwrap().as_bytes(), coins, hours)
}

/// A transaction, right or wrong in any part.
#[derive(Debug, Clone)]
pub(super) struct Raw {
    /// What it says its length is; the right one where none.
    pub(super) length: Option<u32>,
    pub(super) kind: u8,
    pub(super) inner: Option<[u8; 32]>,
    pub(super) sigs: Vec<[u8; 65]>,
    pub(super) inputs: Vec<Claim>,
    pub(super) outputs: Vec<Out>,
}

impl Raw {
    /// Signed by the genesis key.
    pub(super) fn signed(inputs: &[&str], outputs: &[Out]) -> Raw {
        let inputs = inputs.iter().map(|uxid| Claim::parse(uxid).unwrap()).collect();
        let raw = Raw { length: None, kind: 0, inner: None, sigs: vec![], inputs, outputs: outputs.to_vec() };
        raw.sign(&genesis_key())
    }

    /// Spends the genesis output: to the payee, and the rest back with a third of the hours.
    pub(super) fn payment(coins: u64, hours: u64) -> Raw {
        let back = out(&genesis_key().address().to_string(), ALL_COINS - coins, ALL_HOURS / 3);
        Raw::signed(&[GENESIS_UXID], &[out(PAYEE, coins, hours), back])
    }

    /// Signs again, over the inner hash that it has.
    pub(super) fn sign(mut self, key: &SecretKey) -> Raw {
        let inner = self.inner();
        let digest = |input: &Claim| sha256_of(&[&inner, &input.0]);
        self.sigs = self.inputs.iter().map(|input| *key.sign(&digest(input)).as_bytes()).collect();
        self
    }

    pub(super) fn hex(&self) -> String {
        self.encode().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    pub(super) fn txid(&self) -> String {
        sha256_of(&[&self.encode()]).to_string()
    }

    /// The id of output `n`.
    pub(super) fn uxid(&self, n: usize) -> String {
        sha256_of(&[&sha256_of(&[&self.encode()]).0, &encode_out(&self.outputs[n])]).to_string()
    }

    fn inner(&self) -> [u8; 32] {
        self.inner.unwrap_or_else(|| sha256_of(&[&self.body()]).0)
    }

    fn body(&self) -> Vec<u8> {
        let mut bytes = count(self.inputs.len());
        self.inputs.iter().for_each(|input| bytes.extend(input.0));
        bytes.extend(count(self.outputs.len()));
        self.outputs.iter().for_each(|output| bytes.extend(encode_out(output)));
        bytes
    }

    fn encode(&self) -> Vec<u8> {
        let mut rest = vec![self.kind];
        rest.extend(self.inner());
        rest.extend(count(self.sigs.len()));
        self.sigs.iter().for_each(|sig| rest.extend(sig));
        rest.extend(self.body());
        let length = self.length.unwrap_or(u32::try_from(rest.len() + 4).unwrap());
        [&length.to_le_bytes()[..], &rest].concat()
    }
}

fn encode_out((version, key, coins, hours): &Out) -> Vec<u8> {
    [&[*version][..], key, &coins.to_le_bytes(), &hours.to_le_bytes()].concat()
}

fn count(n: usize) -> Vec<u8> {
    u32::try_from(n).unwrap().to_le_bytes().to_vec()
}

fn sha256_of(parts: &[&[u8]]) -> Hash32 {
    let mut engine = sha256::Hash::engine();
    parts.iter().for_each(|part| engine.input(part));
    Hash32(sha256::Hash::from_engine(engine).to_byte_array())
}

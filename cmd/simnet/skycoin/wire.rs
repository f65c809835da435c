//! Transactions as bytes, also those that break every rule.
//!
//! The library's own type refuses what no node would take; a node has to read it first and to say why. So this reads
//! whatever has the form, in the daemon's words where it has not, and nothing of it is trusted.

use bitcoin::hashes::{Hash, HashEngine, sha256};
use teller::skycoin::{Address, SecretKey, Signature};
use teller::types::{Claim, Hash32, TxId};

/// Most elements of a list.
const MAX_LIST: u32 = 65_535;

/// Bytes that are no transaction, in the daemon's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WireError {
    #[error("Not enough buffer data to deserialize")]
    Underflow,
    #[error("Maximum length exceeded for variable length field")]
    TooLong,
    #[error("Bytes remain in buffer after deserializing object")]
    Remaining,
}

/// An output. The version is part of the address and need not be one that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TxOut {
    pub(crate) version: u8,
    pub(crate) key: [u8; 20],
    pub(crate) coins: u64,
    pub(crate) hours: u64,
}

impl TxOut {
    pub(crate) fn to(address: Address, coins: u64, hours: u64) -> TxOut {
        TxOut { version: 0, key: *address.as_bytes(), coins, hours }
    }

    /// Nobody's address: zeros all over.
    pub(crate) fn is_to_nobody(&self) -> bool {
        self.version == 0 && self.key == [0; 20]
    }

    /// None for a version that does not exist.
    pub(crate) fn address(&self) -> Option<Address> {
        (self.version == 0).then(|| Address::from_bytes(self.key))
    }

    /// The base58 text, whatever the version.
    pub(crate) fn address_text(&self) -> String {
        let mut bytes = self.key.to_vec();
        bytes.push(self.version);
        let check = sha256_of(&[&bytes]);
        bytes.extend_from_slice(&check.0[..4]);
        bs58::encode(bytes).into_string()
    }

    pub(crate) fn uxid(&self, source: TxId) -> Claim {
        Claim(sha256_of(&[&source.0, &self.encode()]).0)
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = vec![self.version];
        bytes.extend_from_slice(&self.key);
        bytes.extend_from_slice(&self.coins.to_le_bytes());
        bytes.extend_from_slice(&self.hours.to_le_bytes());
        bytes
    }
}

/// A transaction as it came.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Tx {
    /// What it says of its own length.
    pub(crate) length: u32,
    pub(crate) kind: u8,
    pub(crate) inner_hash: [u8; 32],
    pub(crate) sigs: Vec<[u8; 65]>,
    pub(crate) inputs: Vec<Claim>,
    pub(crate) outputs: Vec<TxOut>,
}

impl Tx {
    pub(crate) fn decode(bytes: &[u8]) -> Result<Tx, WireError> {
        let mut reader = Reader(bytes);
        let tx = Tx {
            length: u32::from_le_bytes(reader.array()?),
            kind: reader.array::<1>()?[0],
            inner_hash: reader.array()?,
            sigs: reader.list(Reader::array)?,
            inputs: reader.list(|reader| reader.array().map(Claim))?,
            outputs: reader.list(Reader::output)?,
        };
        if reader.0.is_empty() { Ok(tx) } else { Err(WireError::Remaining) }
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = self.length.to_le_bytes().to_vec();
        bytes.push(self.kind);
        bytes.extend_from_slice(&self.inner_hash);
        bytes.extend_from_slice(&count(self.sigs.len()));
        self.sigs.iter().for_each(|sig| bytes.extend_from_slice(sig));
        bytes.extend_from_slice(&self.spent_and_made());
        bytes
    }

    /// How long it really is.
    pub(crate) fn size(&self) -> u32 {
        u32::try_from(self.encode().len()).unwrap_or(u32::MAX)
    }

    pub(crate) fn txid(&self) -> TxId {
        TxId(sha256_of(&[&self.encode()]).0)
    }

    /// The hash that the inner hash has to be.
    pub(crate) fn computed_inner_hash(&self) -> Hash32 {
        sha256_of(&[&self.spent_and_made()])
    }

    /// What is signed for an input.
    pub(crate) fn digest(&self, input: &Claim) -> Hash32 {
        sha256_of(&[&self.inner_hash, &input.0])
    }

    /// A signed transaction of one owner's inputs.
    pub(crate) fn signed(inputs: Vec<Claim>, outputs: Vec<TxOut>, key: &SecretKey) -> Tx {
        let mut tx = Tx { inputs, outputs, ..Tx::default() };
        tx.inner_hash = tx.computed_inner_hash().0;
        tx.sigs = tx.inputs.iter().map(|input| *key.sign(&tx.digest(input)).as_bytes()).collect();
        tx.length = tx.size();
        tx
    }

    /// Signature `index`; none where there are fewer.
    pub(crate) fn signature(&self, index: usize) -> Option<Signature> {
        self.sigs.get(index).map(|bytes| Signature::from_bytes(*bytes))
    }

    fn spent_and_made(&self) -> Vec<u8> {
        let mut bytes = count(self.inputs.len()).to_vec();
        self.inputs.iter().for_each(|input| bytes.extend_from_slice(&input.0));
        bytes.extend_from_slice(&count(self.outputs.len()));
        self.outputs.iter().for_each(|output| bytes.extend_from_slice(&output.encode()));
        bytes
    }
}

/// SHA-256 of the parts, one after the other.
pub(crate) fn sha256_of(parts: &[&[u8]]) -> Hash32 {
    let mut engine = sha256::Hash::engine();
    parts.iter().for_each(|part| engine.input(part));
    Hash32(sha256::Hash::from_engine(engine).to_byte_array())
}

fn count(n: usize) -> [u8; 4] {
    u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes()
}

/// What is left to read.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], WireError> {
        let (front, rest) = self.0.split_first_chunk().ok_or(WireError::Underflow)?;
        self.0 = rest;
        Ok(*front)
    }

    fn list<T>(&mut self, one: impl Fn(&mut Self) -> Result<T, WireError>) -> Result<Vec<T>, WireError> {
        let count = u32::from_le_bytes(self.array()?);
        if usize::try_from(count).is_ok_and(|count| count > self.0.len()) {
            return Err(WireError::Underflow);
        }
        if count > MAX_LIST {
            return Err(WireError::TooLong);
        }
        (0..count).map(|_| one(self)).collect()
    }

    fn output(&mut self) -> Result<TxOut, WireError> {
        Ok(TxOut {
            version: self.array::<1>()?[0],
            key: self.array()?,
            coins: u64::from_le_bytes(self.array()?),
            hours: u64::from_le_bytes(self.array()?),
        })
    }
}

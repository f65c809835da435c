//! The bytes of a transaction: little-endian, every list behind its count.

use super::{MAX_TRANSACTION_SIZE, Output, Transaction, TransactionError, check};
use crate::skycoin::address::Address;
use crate::skycoin::digest::sha256;
use crate::skycoin::hours::CoinHours;
use crate::skycoin::keys::Signature;
use crate::types::{Claim, Droplets, Hash32};

/// Length, type and inner hash.
const HEADER: usize = 4 + 1 + HASH;
/// The count before a list.
const COUNT: usize = 4;
const HASH: usize = 32;
/// Address version, address, coins and hours.
const OUTPUT: usize = 1 + 20 + 8 + 8;
/// The only transaction type there is.
const TYPE: u8 = 0;
/// The only address version there is.
const ADDRESS_VERSION: u8 = 0;

/// Why bytes are no transaction.
#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq, Eq)]
pub enum DecodeError {
    /// The bytes end before the transaction does, or a count is larger than what follows it.
    #[error("the transaction is cut off")]
    CutOff,
    /// Bytes after the end.
    #[error("{0} bytes follow the transaction")]
    Trailing(usize),
    /// The length it begins with is not its length.
    #[error("the transaction says it has {says} bytes and has {has}")]
    Length {
        /// The bytes that it says it has.
        says: u32,
        /// The bytes that there are.
        has: usize,
    },
    /// A type other than 0.
    #[error("transaction type {0} is unknown")]
    Type(u8),
    /// An address version other than 0.
    #[error("address version {0} is unknown")]
    AddressVersion(u8),
    /// The inner hash is not that of its inputs and outputs.
    #[error("the inner hash does not match")]
    InnerHash,
    /// Not one signature per input.
    #[error("{signatures} signatures for {inputs} inputs")]
    SignatureCount {
        /// The number of signatures.
        signatures: usize,
        /// The number of inputs.
        inputs: usize,
    },
    /// It breaks a rule.
    #[error(transparent)]
    Invalid(#[from] TransactionError),
}

/// Bytes of a transaction with so many inputs, all signed, and outputs.
pub const fn encoded_size(inputs: usize, outputs: usize) -> usize {
    let lists = COUNT.saturating_mul(3);
    let inputs = inputs.saturating_mul(Signature::SIZE.saturating_add(HASH));
    HEADER.saturating_add(lists).saturating_add(inputs).saturating_add(outputs.saturating_mul(OUTPUT))
}

impl Transaction {
    /// The bytes nodes exchange.
    pub fn encode(&self) -> Vec<u8> {
        let size = encoded_size(self.inputs.len(), self.outputs.len());
        let length = u32::from_le_bytes(count(size));
        encode_parts(length, TYPE, self.inner_hash(), &self.signatures, &self.inputs, &self.outputs)
    }

    /// Reads what [`Transaction::encode`] writes, and nothing else: no other bytes give the same transaction.
    pub fn decode(bytes: &[u8]) -> Result<Transaction, DecodeError> {
        // Looked at first, so that no hostile length costs more than this.
        if bytes.len() > MAX_TRANSACTION_SIZE {
            return Err(TransactionError::TooLarge { size: bytes.len() }.into());
        }
        let mut reader = Reader(bytes);
        let says = u32::from_le_bytes(reader.array()?);
        let [kind] = reader.array()?;
        let inner = Hash32(reader.array()?);
        let signatures = reader.list(Reader::signature)?;
        let inputs = reader.list(Reader::claim)?;
        let outputs = reader.list(Reader::output)?;
        reader.end()?;

        if usize::try_from(says) != Ok(bytes.len()) {
            return Err(DecodeError::Length { says, has: bytes.len() });
        }
        if kind != TYPE {
            return Err(DecodeError::Type(kind));
        }
        if inner != inner_hash(&inputs, &outputs) {
            return Err(DecodeError::InnerHash);
        }
        check(&inputs, &outputs)?;
        if signatures.len() != inputs.len() {
            return Err(DecodeError::SignatureCount { signatures: signatures.len(), inputs: inputs.len() });
        }
        Ok(Transaction { signatures, inputs, outputs })
    }
}

impl Output {
    pub(super) fn encode(&self) -> [u8; OUTPUT] {
        let mut bytes = [ADDRESS_VERSION; OUTPUT];
        bytes[1..21].copy_from_slice(self.address.as_bytes());
        bytes[21..29].copy_from_slice(&self.coins.get().to_le_bytes());
        bytes[29..].copy_from_slice(&self.hours.get().to_le_bytes());
        bytes
    }
}

pub(super) fn inner_hash(inputs: &[Claim], outputs: &[Output]) -> Hash32 {
    let mut bytes = Vec::new();
    write_inputs(&mut bytes, inputs);
    write_outputs(&mut bytes, outputs);
    sha256([&bytes])
}

/// The bytes of what need not be a good transaction.
pub(super) fn encode_parts(
    length: u32,
    kind: u8,
    inner_hash: Hash32,
    signatures: &[Signature],
    inputs: &[Claim],
    outputs: &[Output],
) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(encoded_size(inputs.len(), outputs.len()));
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.push(kind);
    bytes.extend_from_slice(&inner_hash.0);
    bytes.extend_from_slice(&count(signatures.len()));
    signatures.iter().for_each(|signature| bytes.extend_from_slice(signature.as_bytes()));
    write_inputs(&mut bytes, inputs);
    write_outputs(&mut bytes, outputs);
    bytes
}

fn write_inputs(bytes: &mut Vec<u8>, inputs: &[Claim]) {
    bytes.extend_from_slice(&count(inputs.len()));
    inputs.iter().for_each(|input| bytes.extend_from_slice(&input.0));
}

fn write_outputs(bytes: &mut Vec<u8>, outputs: &[Output]) {
    bytes.extend_from_slice(&count(outputs.len()));
    outputs.iter().for_each(|output| bytes.extend_from_slice(&output.encode()));
}

fn count(n: usize) -> [u8; COUNT] {
    u32::try_from(n).expect("BUG: no list has four billion entries").to_le_bytes()
}

/// What is left to read.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let (front, rest) = self.0.split_first_chunk().ok_or(DecodeError::CutOff)?;
        self.0 = rest;
        Ok(*front)
    }

    /// A list grows as its elements are read, never ahead of them: a false count costs nothing.
    fn list<T>(&mut self, one: fn(&mut Self) -> Result<T, DecodeError>) -> Result<Vec<T>, DecodeError> {
        let count = u32::from_le_bytes(self.array()?);
        (0..count).map(|_| one(self)).collect()
    }

    fn signature(&mut self) -> Result<Signature, DecodeError> {
        self.array().map(Signature::from_bytes)
    }

    fn claim(&mut self) -> Result<Claim, DecodeError> {
        self.array().map(Claim)
    }

    fn output(&mut self) -> Result<Output, DecodeError> {
        let [version] = self.array()?;
        if version != ADDRESS_VERSION {
            return Err(DecodeError::AddressVersion(version));
        }
        let address = Address::from_bytes(self.array()?);
        let coins = Droplets::new(u64::from_le_bytes(self.array()?));
        let hours = CoinHours::new(u64::from_le_bytes(self.array()?));
        Ok(Output { address, coins, hours })
    }

    fn end(&self) -> Result<(), DecodeError> {
        match self.0.len() {
            0 => Ok(()),
            left => Err(DecodeError::Trailing(left)),
        }
    }
}

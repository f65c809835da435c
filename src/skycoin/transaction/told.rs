//! A transaction as a node tells it, to find out whether it is the one that its id says.

use super::Output;
use super::codec::encode_parts;
use crate::skycoin::digest::sha256;
use crate::skycoin::keys::Signature;
use crate::types::{Claim, Hash32, TxId};

/// All that a transaction's id is made of. Nothing of it need be right: the genesis block's own says that it
/// has no length and no inner hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldTransaction {
    /// The bytes that it says it has.
    pub length: u32,
    /// The type that it says it is of.
    pub kind: u8,
    /// The hash that it says its inputs and outputs have.
    pub inner_hash: Hash32,
    /// The signatures, one per input in a right one.
    pub signatures: Vec<Signature>,
    /// The outputs that it spends, by their uxids.
    pub inputs: Vec<Claim>,
    /// The outputs that it makes.
    pub outputs: Vec<Output>,
}

impl ToldTransaction {
    /// The id that a transaction of these parts has.
    pub fn txid(&self) -> TxId {
        let ToldTransaction { length, kind, inner_hash, signatures, inputs, outputs } = self;
        TxId(sha256([&encode_parts(*length, *kind, *inner_hash, signatures, inputs, outputs)]).0)
    }
}

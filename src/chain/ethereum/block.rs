//! Blocks, transactions and receipts as nodes tell them. What coins hang on has to be there; what only hashes are made
//! of may be missing, and then the hash tells; whatever else there is does not matter.

use serde::Deserialize;
use web3::types::{Bytes, H64, H160, H256, H2048, U64, U256};

/// A block with its transactions. Every field that is part of the header is named here, so that its hash can
/// be checked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EthBlock {
    pub hash: Option<H256>,
    pub number: Option<U64>,
    pub parent_hash: H256,
    pub timestamp: U256,
    pub transactions_root: H256,
    pub receipts_root: H256,
    pub transactions: Vec<EthTransaction>,
    /// None before the chain had any.
    pub withdrawals: Option<Vec<EthWithdrawal>>,
    #[serde(default)]
    pub sha3_uncles: H256,
    #[serde(default)]
    pub miner: H160,
    #[serde(default)]
    pub state_root: H256,
    pub logs_bloom: Option<H2048>,
    #[serde(default)]
    pub difficulty: U256,
    #[serde(default)]
    pub gas_limit: U256,
    #[serde(default)]
    pub gas_used: U256,
    #[serde(default)]
    pub extra_data: Bytes,
    pub mix_hash: Option<H256>,
    pub nonce: Option<H64>,
    pub base_fee_per_gas: Option<U256>,
    pub withdrawals_root: Option<H256>,
    pub blob_gas_used: Option<U256>,
    pub excess_blob_gas: Option<U256>,
    pub parent_beacon_block_root: Option<H256>,
    pub requests_hash: Option<H256>,
}

/// Where a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct At {
    pub(super) hash: H256,
    pub(super) number: U64,
}

impl EthBlock {
    /// None for a block that is still to come.
    pub(super) fn at(&self) -> Option<At> {
        Some(At { hash: self.hash?, number: self.number? })
    }
}

/// A block without what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) struct ShortBlock {
    pub(super) hash: Option<H256>,
    pub(super) number: Option<U64>,
    pub(super) timestamp: U256,
}

/// A transaction of any kind.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EthTransaction {
    pub hash: H256,
    pub from: H160,
    pub to: Option<H160>,
    pub value: U256,
    #[serde(default)]
    pub input: Bytes,
    #[serde(rename = "type")]
    pub kind: Option<U64>,
    pub chain_id: Option<U256>,
    #[serde(default)]
    pub nonce: U256,
    #[serde(default)]
    pub gas: U256,
    pub gas_price: Option<U256>,
    pub max_fee_per_gas: Option<U256>,
    pub max_priority_fee_per_gas: Option<U256>,
    pub max_fee_per_blob_gas: Option<U256>,
    pub blob_versioned_hashes: Option<Vec<H256>>,
    pub access_list: Option<Vec<EthAccess>>,
    pub authorization_list: Option<Vec<EthAuthorization>>,
    pub y_parity: Option<U256>,
    pub v: Option<U256>,
    #[serde(default)]
    pub r: U256,
    #[serde(default)]
    pub s: U256,
}

/// What a transaction says beforehand that it will touch.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EthAccess {
    pub address: H160,
    #[serde(default)]
    pub storage_keys: Vec<H256>,
}

/// An account that lends itself a contract's code.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EthAuthorization {
    pub chain_id: U256,
    pub address: H160,
    pub nonce: U256,
    #[serde(alias = "v")]
    pub y_parity: U256,
    pub r: U256,
    pub s: U256,
}

/// Coins of a validator that come out of nowhere, as far as transactions go. The amount is in gwei.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EthWithdrawal {
    pub index: U64,
    pub validator_index: U64,
    pub address: H160,
    pub amount: U64,
}

/// How a transaction ended.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EthReceipt {
    pub transaction_hash: H256,
    pub block_hash: Option<H256>,
    /// None in blocks of before the year 2017, which tell a root instead.
    pub status: Option<U64>,
    pub root: Option<H256>,
    #[serde(rename = "type")]
    pub kind: Option<U64>,
    #[serde(default)]
    pub cumulative_gas_used: U256,
    pub logs_bloom: Option<H2048>,
    #[serde(default)]
    pub logs: Vec<EthLog>,
}

/// What a contract noted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct EthLog {
    pub address: H160,
    #[serde(default)]
    pub topics: Vec<H256>,
    #[serde(default)]
    pub data: Bytes,
}

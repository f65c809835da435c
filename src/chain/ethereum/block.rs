//! Blocks, transactions and receipts as nodes tell them. What coins hang on has to be there; what only hashes are made
//! of may be missing, and then the hash tells; whatever else there is does not matter.

use serde::Deserialize;
use web3::types::{Bytes, H64, H160, H256, H2048, U64, U256};

/// A block with its transactions. Every field that is part of the header is named here, so that its hash can
/// be checked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EthBlock {
    /// Hash of the header; none for a block that is still to come.
    pub hash: Option<H256>,
    /// Height of the block; none for a block that is still to come.
    pub number: Option<U64>,
    /// Hash of the block below.
    pub parent_hash: H256,
    /// The block's own time, in seconds since 1970.
    pub timestamp: U256,
    /// Root over the transactions, which the hash promises.
    pub transactions_root: H256,
    /// Root over the receipts, which the hash promises.
    pub receipts_root: H256,
    /// The transactions, in their order.
    pub transactions: Vec<EthTransaction>,
    /// None before the chain had any.
    pub withdrawals: Option<Vec<EthWithdrawal>>,
    /// Hash over the headers of the uncles.
    #[serde(default)]
    pub sha3_uncles: H256,
    /// Account that is paid for the block.
    #[serde(default)]
    pub miner: H160,
    /// Root over all accounts after the block.
    #[serde(default)]
    pub state_root: H256,
    /// Bloom filter of all logs in the block.
    pub logs_bloom: Option<H2048>,
    /// Expected number of hashes that the block took; zero since the chain goes by stakes.
    #[serde(default)]
    pub difficulty: U256,
    /// Most gas that the transactions may use together.
    #[serde(default)]
    pub gas_limit: U256,
    /// Gas that the transactions used together.
    #[serde(default)]
    pub gas_used: U256,
    /// Bytes that the maker of the block was free to choose.
    #[serde(default)]
    pub extra_data: Bytes,
    /// Part of the proof of work; since the chain goes by stakes, a random number.
    pub mix_hash: Option<H256>,
    /// Number that the proof of work found; zero since the chain goes by stakes.
    pub nonce: Option<H64>,
    /// Price that every transaction burns, in wei per gas; none before the fork London.
    pub base_fee_per_gas: Option<U256>,
    /// Root over the withdrawals; none before the fork Shanghai.
    pub withdrawals_root: Option<H256>,
    /// Gas that blobs used; none before the fork Cancun.
    pub blob_gas_used: Option<U256>,
    /// Gas of blobs above the target so far, which sets their price; none before Cancun.
    pub excess_blob_gas: Option<U256>,
    /// Root of the parent block on the chain of validators; none before the fork Cancun.
    pub parent_beacon_block_root: Option<H256>,
    /// Hash over what the block asks of validators; none before the fork Prague.
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
    /// Hash over all of the transaction, its signature included.
    pub hash: H256,
    /// Account that signed and pays.
    pub from: H160,
    /// Account or contract that is called; none where a contract is made.
    pub to: Option<H160>,
    /// Amount that goes along, in wei.
    pub value: U256,
    /// Bytes that the contract is called with.
    #[serde(default)]
    pub input: Bytes,
    /// Kind of the transaction (EIP-2718), 0 to 4 as far as known here; none stands for 0.
    #[serde(rename = "type")]
    pub kind: Option<U64>,
    /// Number of the chain that it is signed for; old ones may have none.
    pub chain_id: Option<U256>,
    /// Number of transactions that the sender had made before.
    #[serde(default)]
    pub nonce: U256,
    /// Most gas that it may use.
    #[serde(default)]
    pub gas: U256,
    /// Price in wei per gas.
    pub gas_price: Option<U256>,
    /// Highest price in wei per gas, the burnt part included; none before kind 2.
    pub max_fee_per_gas: Option<U256>,
    /// Most of the price that the block's maker gets, in wei per gas; none before kind 2.
    pub max_priority_fee_per_gas: Option<U256>,
    /// Highest price in wei per gas of its blobs; only kind 3 has it.
    pub max_fee_per_blob_gas: Option<U256>,
    /// Hashes of its blobs; only kind 3 has them.
    pub blob_versioned_hashes: Option<Vec<H256>>,
    /// What it says beforehand that it will touch; none in kind 0.
    pub access_list: Option<Vec<EthAccess>>,
    /// Accounts that lend themselves code by it; only kind 4 has them.
    pub authorization_list: Option<Vec<EthAuthorization>>,
    /// Which of two keys made the signature, 0 or 1; some nodes tell it as `v` alone.
    pub y_parity: Option<U256>,
    /// The same in the older form, which in kind 0 may hold the number of the chain too.
    pub v: Option<U256>,
    /// First half of the signature.
    #[serde(default)]
    pub r: U256,
    /// Second half of the signature.
    #[serde(default)]
    pub s: U256,
}

/// What a transaction says beforehand that it will touch.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EthAccess {
    /// Account or contract that will be touched.
    pub address: H160,
    /// Places of its storage that will be touched.
    #[serde(default)]
    pub storage_keys: Vec<H256>,
}

/// An account that lends itself a contract's code.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EthAuthorization {
    /// Number of the chain that this is meant for; zero for all.
    pub chain_id: U256,
    /// Contract whose code is lent.
    pub address: H160,
    /// Number of transactions that the account had made before.
    pub nonce: U256,
    /// Which of two keys made the account's signature, 0 or 1.
    #[serde(alias = "v")]
    pub y_parity: U256,
    /// First half of the account's signature.
    pub r: U256,
    /// Second half of the account's signature.
    pub s: U256,
}

/// Coins of a validator that come out of nowhere, as far as transactions go. The amount is in gwei.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EthWithdrawal {
    /// Number of the withdrawal among all of the chain.
    pub index: U64,
    /// Number of the validator that is paid out.
    pub validator_index: U64,
    /// Account that gets the coins.
    pub address: H160,
    /// Amount in gwei.
    pub amount: U64,
}

/// How a transaction ended.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EthReceipt {
    /// Hash of the transaction.
    pub transaction_hash: H256,
    /// Hash of the block that the transaction is in.
    pub block_hash: Option<H256>,
    /// None in blocks of before the year 2017, which tell a root instead.
    pub status: Option<U64>,
    /// Root over all accounts after the transaction; only the blocks before 2017 have it.
    pub root: Option<H256>,
    /// Kind of the transaction, as in the transaction itself.
    #[serde(rename = "type")]
    pub kind: Option<U64>,
    /// Gas that the block had used up to and with this transaction.
    #[serde(default)]
    pub cumulative_gas_used: U256,
    /// Bloom filter of the logs.
    pub logs_bloom: Option<H2048>,
    /// What contracts noted, in their order.
    #[serde(default)]
    pub logs: Vec<EthLog>,
}

/// What a contract noted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct EthLog {
    /// Contract that noted it.
    pub address: H160,
    /// Up to four words that logs are searched by; the first one names the event.
    #[serde(default)]
    pub topics: Vec<H256>,
    /// The other values of the event.
    #[serde(default)]
    pub data: Bytes,
}

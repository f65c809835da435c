//! The Skycoin node's word on the past: blocks with the owners of what was spent, all outputs of an address,
//! what waits.

use serde::Deserialize;

use super::RpcError;
use super::skycoin::{SkyHeader, SkyRest, SkyStatus, found};
use crate::skycoin::{BlockHeader, CoinHours};
use crate::types::{BlockHash, Hash32, HashParseError, Height, UnixTime};

/// A block whose transactions tell whose outputs they spend.
#[derive(Debug, Clone, Deserialize)]
pub struct SkyVerboseBlock {
    /// The header, with the hash that the block is called by.
    pub header: SkyHeader,
    /// What is in the block.
    pub body: SkyVerboseBody,
}

/// What is in a block, with whose outputs are spent.
#[derive(Debug, Clone, Deserialize)]
pub struct SkyVerboseBody {
    /// The transactions, in their order.
    pub txns: Vec<SkyVerboseTransaction>,
}

/// A transaction that tells whose outputs it spends.
#[derive(Debug, Clone, Deserialize)]
pub struct SkyVerboseTransaction {
    /// The transaction's id, hexadecimal.
    pub txid: String,
    /// The outputs that it spends.
    pub inputs: Vec<SkyInput>,
}

/// An output that is spent, with its owner.
#[derive(Debug, Clone, Deserialize)]
pub struct SkyInput {
    /// The output's id, hexadecimal.
    pub uxid: String,
    /// The address that the output belonged to.
    pub owner: String,
}

/// `GET /api/v1/address_uxouts`: an output that an address had or has.
#[derive(Debug, Clone, Deserialize)]
pub struct SkyPastOutput {
    /// The output's id, hexadecimal.
    pub uxid: String,
    /// Where it came from.
    pub src_tx: String,
    /// The height of the block that made it.
    pub src_block_seq: u64,
    /// In droplets, unlike in most answers.
    pub coins: u64,
    /// Zeros while it is unspent.
    pub spent_tx: String,
    /// The height of the block that it was spent in; zero while it is unspent.
    pub spent_block_seq: u64,
}

/// `GET /api/v1/pendingTxs`.
#[derive(Debug, Clone, Deserialize)]
pub struct SkyWaiting {
    /// The transaction that waits.
    pub transaction: SkyWaitingTransaction,
}

/// A transaction that is in no block yet.
#[derive(Debug, Clone, Deserialize)]
pub struct SkyWaitingTransaction {
    /// The transaction's id, hexadecimal.
    pub txid: String,
    /// The ids of the outputs that it spends, hexadecimal.
    pub inputs: Vec<String>,
}

/// `GET /api/v1/blockchain/progress`.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct SkyProgress {
    /// The height of the node's own newest block.
    pub current: u64,
    /// The newest block that any of its peers has told of.
    pub highest: u64,
}

#[derive(Debug, Clone, Deserialize)]
struct Blocks {
    blocks: Vec<SkyVerboseBlock>,
}

#[derive(Debug, Clone, Deserialize)]
struct WithStatus {
    status: SkyStatus,
    encoded_transaction: String,
}

impl SkyHeader {
    /// What the header hashes to, whatever it says of itself.
    pub fn computed_hash(&self) -> Result<BlockHash, HashParseError> {
        let header = BlockHeader {
            version: self.version,
            time: UnixTime::new(self.timestamp),
            height: Height::new(self.seq),
            fee: CoinHours::new(self.fee),
            previous: BlockHash::parse(&self.previous_block_hash)?,
            body: Hash32::parse(&self.tx_body_hash)?,
            unspent: Hash32::parse(&self.ux_hash)?,
        };
        Ok(header.hash())
    }
}

#[derive(Debug, Clone, Deserialize)]
struct WithFee {
    txn: Fee,
}

#[derive(Debug, Clone, Deserialize)]
struct Fee {
    fee: u64,
}

impl SkyRest {
    /// The coin hours that a transaction in a block has burnt; none where the node does not know it.
    pub async fn fee(&self, txid: &str) -> Result<Option<u64>, RpcError> {
        let path = format!("/api/v1/transaction?txid={txid}&verbose=1");
        let answer: Option<WithFee> = found(self.get(&path).await)?;
        Ok(answer.map(|answer| answer.txn.fee))
    }

    /// The blocks from `start` to `end`, both included, as far as they exist.
    pub async fn verbose_blocks(&self, start: u64, end: u64) -> Result<Vec<SkyVerboseBlock>, RpcError> {
        let path = format!("/api/v1/blocks?start={start}&end={end}&verbose=1");
        let blocks: Blocks = self.get(&path).await?;
        Ok(blocks.blocks)
    }

    /// Every output that an address ever had.
    pub async fn past_outputs(&self, address: &str) -> Result<Vec<SkyPastOutput>, RpcError> {
        self.get(&format!("/api/v1/address_uxouts?address={address}")).await
    }

    /// The bytes of a transaction, in hexadecimal, and where it stands; none where the node does not know it.
    pub async fn encoded_transaction(&self, txid: &str) -> Result<Option<(SkyStatus, String)>, RpcError> {
        let path = format!("/api/v1/transaction?txid={txid}&encoded=1");
        let answer: Option<WithStatus> = found(self.get(&path).await)?;
        Ok(answer.map(|answer| (answer.status, answer.encoded_transaction)))
    }

    /// All transactions that wait for a block.
    pub async fn waiting(&self) -> Result<Vec<SkyWaiting>, RpcError> {
        self.get("/api/v1/pendingTxs").await
    }

    /// How far the node has come, and how far its peers have.
    pub async fn progress(&self) -> Result<SkyProgress, RpcError> {
        self.get("/api/v1/blockchain/progress").await
    }
}

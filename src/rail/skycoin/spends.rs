//! Finds the spends of the wallet's addresses, over the Skycoin node's REST API.
//!
//! The first look asks for every output that an address ever had. Every later one reads the blocks since,
//! which costs as much as there are new blocks, however long the history is. Blocks are held against their
//! hashes and each other, so that an answer that was cut short is none.

use std::collections::{BTreeSet, HashSet};

use bitcoin::hex::FromHex;

use super::node::{SkyNode, hash, node_error, nonsense};
use crate::rail::{IsKnown, NodeError, Paid, Spend, SpendsSeen};
use crate::rpc::{RpcError, SkyVerboseBlock, SkyVerboseTransaction};
use crate::skycoin::{Transaction, merkle_root};
use crate::types::{BlockHash, BlockRef, Claim, Height, TxId};

/// Blocks in one answer: full ones have hundreds of kilobytes.
const PER_REQUEST: u64 = 64;

impl SkyNode {
    /// See [`super::ports::Wallet::spends`].
    pub(super) async fn spends_after(
        &self,
        after: Option<BlockRef>,
        is_known: IsKnown<'_>,
    ) -> Result<SpendsSeen, NodeError> {
        let head = self.whole_head().await?;
        let Some(after) = after else {
            let spends = self.all_spends(is_known).await?;
            return Ok(SpendsSeen::Seen { to: head, is_all: true, spends });
        };
        if after.height > head.height {
            let words = format!(
                "the Skycoin node has blocks up to {}, {} was read before",
                head.height, after.height
            );
            return Err(NodeError(words));
        }
        if after.height == head.height {
            let spends = Vec::new();
            let same = SpendsSeen::Seen { to: head, is_all: true, spends };
            return Ok(if after == head { same } else { SpendsSeen::Forked });
        }
        self.walk(after, head, is_known).await
    }

    /// The newest block, of a node that is not catching up with its peers. One that has none does not know how much it
    /// lacks: put back with the rest of its machine, it has forgotten what was paid as the database has.
    async fn whole_head(&self) -> Result<BlockRef, NodeError> {
        let progress = self.rest.progress().await.map_err(node_error)?;
        // A block may arrive between two looks.
        if progress.highest > progress.current.saturating_add(1) {
            return Err(NodeError(format!(
                "the Skycoin node is catching up: it has block {} of {}",
                progress.current, progress.highest
            )));
        }
        let health = self.rest.health().await.map_err(node_error)?;
        if health.open_connections == 0 {
            return Err(NodeError(
                "the Skycoin node has no connection to any other: what was spent since its newest block is not known"
                    .to_owned(),
            ));
        }
        let head = health.blockchain.head;
        Ok(BlockRef { height: Height::new(head.seq), hash: hash(&head.block_hash)? })
    }

    /// Reads some blocks above `after`.
    async fn walk(
        &self,
        after: BlockRef,
        head: BlockRef,
        is_known: IsKnown<'_>,
    ) -> Result<SpendsSeen, NodeError> {
        let first = after.height.get().saturating_add(1);
        let (blocks, last) = self.some_blocks(first, head.height.get()).await?;
        let mut spends = Vec::new();
        let mut to = after;
        for (height, block) in (first..=last).zip(&blocks) {
            let at = checked(block, height)?;
            if hash::<BlockHash>(&block.header.previous_block_hash)? != to.hash {
                let is_first = to == after;
                let words = || NodeError("the Skycoin node's blocks do not follow each other".to_owned());
                return if is_first { Ok(SpendsSeen::Forked) } else { Err(words()) };
            }
            to = at;
            for transaction in block.body.txns.iter().filter(|tx| self.spends_ours(tx)) {
                let txid = hash(&transaction.txid)?;
                if !is_known(txid) {
                    spends.push(self.spend(txid, Some(at)).await?);
                }
            }
        }
        Ok(SpendsSeen::Seen { to, is_all: to.height >= head.height, spends })
    }

    /// Blocks from one height on, as many as one answer takes, and the height of the last. Fewer than that is
    /// no answer.
    async fn some_blocks(&self, first: u64, head: u64) -> Result<(Vec<SkyVerboseBlock>, u64), NodeError> {
        let mut count = PER_REQUEST;
        loop {
            let last = head.min(first.saturating_add(count.saturating_sub(1)));
            match self.rest.verbose_blocks(first, last).await {
                Err(RpcError::TooLong(_)) if count > 1 => count /= 2,
                Err(error) => return Err(node_error(error)),
                Ok(blocks) => {
                    let came = u64::try_from(blocks.len()).unwrap_or(u64::MAX);
                    let asked = last.saturating_sub(first).saturating_add(1);
                    let words = format!("the Skycoin node was asked for {asked} blocks and answered {came}");
                    return if came == asked { Ok((blocks, last)) } else { Err(NodeError(words)) };
                }
            }
        }
    }

    /// Every spend there ever was, by the outputs of each address.
    async fn all_spends(&self, is_known: IsKnown<'_>) -> Result<Vec<Spend>, NodeError> {
        let (mut spent, mut unspent) = (BTreeSet::new(), BTreeSet::<Claim>::new());
        for address in &self.addresses {
            for output in self.rest.past_outputs(address).await.map_err(node_error)? {
                if output.spent_block_seq == 0 {
                    unspent.insert(hash(&output.uxid)?);
                } else {
                    spent.insert(hash(&output.spent_tx)?);
                }
            }
        }
        let outputs = self.rest.outputs(&self.addresses).await.map_err(node_error)?;
        let told = outputs.head_outputs.iter().map(|output| hash(&output.hash));
        if told.collect::<Result<BTreeSet<Claim>, _>>()? != unspent {
            let words = "the Skycoin node's history of the wallet does not lead to what the wallet holds; \
                         it may have got a block meanwhile";
            return Err(NodeError(words.to_owned()));
        }
        let mut spends = Vec::new();
        for txid in spent.into_iter().filter(|txid| !is_known(*txid)) {
            spends.push(self.spend(txid, None).await?);
        }
        Ok(spends)
    }

    /// A transaction by its bytes, which hash to its id. Where the caller does not know its block, the node is asked.
    async fn spend(&self, txid: TxId, block: Option<BlockRef>) -> Result<Spend, NodeError> {
        let found = self.rest.encoded_transaction(&txid.to_string()).await.map_err(node_error)?;
        let missing = || {
            NodeError(format!(
                "the Skycoin node says that {txid} spends from the wallet, and does not have it"
            ))
        };
        let (status, hex) = found.ok_or_else(missing)?;
        let raw = Vec::<u8>::from_hex(&hex).map_err(|error| nonsense(&error))?;
        let transaction = Transaction::decode(&raw).map_err(|error| nonsense(&error))?;
        if transaction.txid() != txid {
            return Err(NodeError(format!("the Skycoin node's bytes of transaction {txid} are another's")));
        }
        let block = match block {
            None if status.confirmed => Some(self.block_at(status.block_seq).await?),
            block => block,
        };
        let foreign =
            transaction.outputs().iter().filter(|out| !self.owned.contains(&out.address.to_string()));
        let payments = foreign.map(|output| Paid { to: output.address, coins: output.coins }).collect();
        Ok(Spend { txid, block, payments, raw })
    }

    /// See [`super::Wallet::pending_spends`].
    pub(super) async fn waiting_spends(&self) -> Result<Vec<Spend>, NodeError> {
        let waiting = self.rest.waiting().await.map_err(node_error)?;
        let outputs = self.rest.outputs(&self.addresses).await.map_err(node_error)?;
        let ours: HashSet<&str> = outputs.head_outputs.iter().map(|output| output.hash.as_str()).collect();
        let spends_ours = |inputs: &[String]| inputs.iter().any(|input| ours.contains(input.as_str()));
        let waiting = waiting.into_iter().map(|waiting| waiting.transaction);
        let mut spends = Vec::new();
        for transaction in waiting.filter(|transaction| spends_ours(&transaction.inputs)) {
            spends.push(self.spend(hash(&transaction.txid)?, None).await?);
        }
        Ok(spends)
    }

    fn spends_ours(&self, transaction: &SkyVerboseTransaction) -> bool {
        transaction.inputs.iter().any(|input| self.owned.contains(&input.owner))
    }
}

/// A block that is what its hash says, with all its transactions.
fn checked(block: &SkyVerboseBlock, height: u64) -> Result<BlockRef, NodeError> {
    let header = &block.header;
    let told: BlockHash = hash(&header.block_hash)?;
    let computed = header.computed_hash().map_err(|error| nonsense(&error))?;
    let txids = block.body.txns.iter().map(|transaction| hash(&transaction.txid));
    let body = merkle_root(&txids.collect::<Result<Vec<TxId>, _>>()?);
    if header.seq != height || computed != told || body != hash(&header.tx_body_hash)? {
        return Err(NodeError(format!("the Skycoin node's block {height} is not what its hash says")));
    }
    Ok(BlockRef { height: Height::new(height), hash: told })
}

//! The hot wallet's node: a real Skycoin daemon, over its REST API.
//!
//! It never sees a key. What it answers decides only what is tried next: a refusal of bytes that it has
//! confirmed already is a success, an answer that never comes says nothing.

use std::collections::HashSet;
use std::str::FromStr;

use bitcoin::hashes::{Hash, sha256};

use super::plan::{ChainRules, Unspent};
use super::ports::{Broadcaster, Funds, Wallet};
use crate::rail::{Fate, IsKnown, NodeError, Receipt, SendOutcome, Spend, Spender, SpendsSeen, TxStatus};
use crate::rpc::{
    RpcError, SkyHealth, SkyOutput, SkyOutputs, SkyRest, SkySpent, SkyStatus, SkyTransactionOutput,
    SkyVerifyRules,
};
use crate::skycoin::{self, Address, BurnFactor, CoinHours, MAX_TRANSACTION_SIZE};
use crate::types::{BlockRef, Claim, Droplets, Hash32, HashParseError, Height, TxId};

/// What a node calls the coin that payouts are made in.
const COIN: &str = "skycoin";

/// A node and the addresses that it is asked about.
#[derive(Debug)]
pub struct SkyNode {
    pub(super) rest: SkyRest,
    pub(super) addresses: Vec<String>,
    /// The same, to be looked for.
    pub(super) owned: HashSet<String>,
}

impl SkyNode {
    /// Returns the node that is asked about these addresses.
    pub fn new(rest: SkyRest, addresses: &[Address]) -> Self {
        let mut addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
        addresses.sort();
        let owned = addresses.iter().cloned().collect();
        SkyNode { rest, addresses, owned }
    }

    pub(super) async fn block_at(&self, seq: u64) -> Result<BlockRef, NodeError> {
        let block = self.rest.block(seq).await.map_err(node_error)?;
        let block = block.ok_or_else(|| NodeError(format!("the node has no block {seq}")))?;
        Ok(BlockRef { height: Height::new(seq), hash: hash(&block.header.block_hash)? })
    }

    async fn uxout(&self, uxid: Claim) -> Result<Option<SkySpent>, NodeError> {
        self.rest.uxout(&uxid.to_string()).await.map_err(node_error)
    }

    async fn status_of(&self, txid: TxId) -> Result<Option<SkyStatus>, RpcError> {
        self.rest.transaction(&txid.to_string()).await
    }
}

impl Wallet for SkyNode {
    async fn identity(&self) -> Result<String, NodeError> {
        let fiber = self.rest.health().await.map_err(node_error)?.fiber;
        if fiber.name != COIN {
            let words = format!("the payout node is one of {} ({}), not of {COIN}", fiber.name, fiber.ticker);
            return Err(NodeError(words));
        }
        Ok(skycoin::identity(&fiber.name, self.block_at(0).await?.hash))
    }

    async fn funds(&self) -> Result<Funds, NodeError> {
        let health = self.rest.health().await.map_err(node_error)?;
        let outputs = self.rest.outputs(&self.addresses).await.map_err(node_error)?;
        let unspents = outputs.head_outputs.iter().map(unspent).collect::<Result<Vec<_>, _>>()?;
        let incoming = coins_of(&outputs.incoming_outputs)?;
        let outgoing = coins_of(&outputs.outgoing_outputs)?;
        let confirmed = coins_of(&outputs.head_outputs)?;
        // What leaves is a part of what is there; a node that says otherwise is not believed.
        let coins = confirmed.checked_sub(outgoing).and_then(|left| left.checked_add(incoming));
        Ok(Funds {
            coins: coins.map_err(|error| nonsense(&error))?,
            hours: hours_of(&outputs)?,
            unspents,
            leaving: outputs
                .outgoing_outputs
                .iter()
                .map(|output| hash(&output.hash))
                .collect::<Result<_, _>>()?,
            incoming,
            rules: rules(&health)?,
        })
    }

    fn fingerprint(&self) -> Hash32 {
        Hash32(sha256::Hash::hash(self.addresses.join(",").as_bytes()).to_byte_array())
    }

    async fn spends(&self, after: Option<BlockRef>, is_known: IsKnown<'_>) -> Result<SpendsSeen, NodeError> {
        self.spends_after(after, is_known).await
    }

    async fn pending_spends(&self) -> Result<Vec<Spend>, NodeError> {
        self.waiting_spends().await
    }
}

impl Broadcaster for SkyNode {
    async fn send(&self, raw: &[u8]) -> SendOutcome {
        let hex: String = raw.iter().map(|byte| format!("{byte:02x}")).collect();
        match self.rest.inject(&hex).await {
            Ok(_) => SendOutcome::Accepted,
            Err(RpcError::Status { status: 400, body }) => self.refused(raw, body).await,
            Err(error) => SendOutcome::Unknown(error.to_string()),
        }
    }

    async fn status(&self, txid: TxId) -> Result<TxStatus, NodeError> {
        match self.status_of(txid).await.map_err(node_error)? {
            None => Ok(TxStatus::Absent),
            Some(status) if status.confirmed => Ok(TxStatus::Confirmed {
                block: self.block_at(status.block_seq).await?,
                confirmations: status.height,
            }),
            Some(_) => Ok(TxStatus::Unconfirmed),
        }
    }

    async fn received(&self, txid: TxId, to: Address) -> Result<Receipt, NodeError> {
        let found = self.rest.whole_transaction(&txid.to_string()).await.map_err(node_error)?;
        match found {
            None => Ok(Receipt::Absent),
            Some(found) if !found.status.confirmed => Ok(Receipt::Unconfirmed),
            Some(found) => Ok(Receipt::Confirmed {
                coins: paid_to(&found.txn.outputs, &to.to_string())?,
                confirmations: found.status.height,
            }),
        }
    }

    async fn burnt(&self, txid: TxId) -> Result<CoinHours, NodeError> {
        let fee = self.rest.fee(&txid.to_string()).await.map_err(node_error)?;
        let fee = fee.ok_or_else(|| NodeError(format!("the Skycoin node knows transaction {txid} no more")));
        fee.map(CoinHours::new)
    }

    async fn fate_of(&self, uxid: Claim) -> Result<Fate, NodeError> {
        let found = self.uxout(uxid).await?;
        if found.as_ref().is_some_and(|output| output.spent_block_seq == 0) {
            return Ok(Fate::Unspent);
        }
        let head = self.rest.health().await.map_err(node_error)?.blockchain.head.seq;
        let Some(spent) = found else {
            // Asked once more: behind a balancer, another node may have answered for the height.
            return match self.uxout(uxid).await? {
                None => Ok(Fate::Missing { head: Height::new(head) }),
                Some(_) => {
                    Err(NodeError(format!("the Skycoin node does not know, and knows, output {uxid}")))
                }
            };
        };
        let confirmations = head.saturating_add(1).saturating_sub(spent.spent_block_seq);
        Ok(Fate::Spent(Spender { txid: hash(&spent.spent_tx)?, confirmations }))
    }
}

impl SkyNode {
    /// The node refuses bytes that are confirmed already in the same words as bytes that never will be.
    async fn refused(&self, raw: &[u8], words: String) -> SendOutcome {
        let Ok(transaction) = crate::skycoin::Transaction::decode(raw) else {
            return SendOutcome::Rejected(words);
        };
        match self.status_of(transaction.txid()).await {
            Ok(Some(_)) => SendOutcome::AlreadyKnown,
            Ok(None) => SendOutcome::Rejected(words),
            Err(error) => SendOutcome::Unknown(error.to_string()),
        }
    }
}

fn unspent(output: &SkyOutput) -> Result<Unspent, NodeError> {
    Ok(Unspent {
        uxid: hash(&output.hash)?,
        owner: Address::decode(&output.address).map_err(|error| nonsense(&error))?,
        coins: Droplets::parse_coins(&output.coins).map_err(|error| nonsense(&error))?,
        hours: CoinHours::new(output.calculated_hours),
    })
}

fn coins_of(outputs: &[SkyOutput]) -> Result<Droplets, NodeError> {
    let each = outputs.iter().map(|output| Droplets::parse_coins(&output.coins));
    let each = each.collect::<Result<Vec<_>, _>>().map_err(|error| nonsense(&error))?;
    Droplets::sum(each).map_err(|error| nonsense(&error))
}

fn paid_to(outputs: &[SkyTransactionOutput], address: &str) -> Result<Droplets, NodeError> {
    let own = outputs.iter().filter(|output| output.dst == address);
    let each = own.map(|output| Droplets::parse_coins(&output.coins)).collect::<Result<Vec<_>, _>>();
    Droplets::sum(each.map_err(|error| nonsense(&error))?).map_err(|error| nonsense(&error))
}

fn hours_of(outputs: &SkyOutputs) -> Result<CoinHours, NodeError> {
    let hours = outputs.head_outputs.iter().map(|output| CoinHours::new(output.calculated_hours));
    CoinHours::sum(hours).map_err(|error| nonsense(&error))
}

/// The strictest of what the node asks of transactions from its users and from the network.
fn rules(health: &SkyHealth) -> Result<ChainRules, NodeError> {
    let (user, network): (SkyVerifyRules, SkyVerifyRules) =
        (health.user_verify_transaction, health.unconfirmed_verify_transaction);
    let burn = BurnFactor::new(user.burn_factor.min(network.burn_factor));
    let size = user.max_transaction_size.min(network.max_transaction_size);
    Ok(ChainRules {
        burn: burn.map_err(|error| nonsense(&error))?,
        max_size: usize::try_from(size).map_or(MAX_TRANSACTION_SIZE, |size| size.min(MAX_TRANSACTION_SIZE)),
        max_decimals: user.max_decimals.min(network.max_decimals),
    })
}

pub(super) fn hash<H: FromStr<Err = HashParseError>>(text: &str) -> Result<H, NodeError> {
    text.parse().map_err(|error| nonsense(&error))
}

pub(super) fn nonsense(error: &dyn std::fmt::Display) -> NodeError {
    NodeError(format!("the Skycoin node answers nonsense: {error}"))
}

pub(super) fn node_error(error: RpcError) -> NodeError {
    NodeError(format!("Skycoin node: {error}"))
}

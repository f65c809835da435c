//! How transactions ended: only what was executed counts, and in this very block.

use serde_json::json;
use web3::types::{H256, U64};

use super::block::{At, EthBlock, EthReceipt};
use super::{EthereumReader, changed, nonsense, source_error, verify};
use crate::chain::{Payment, SourceError};
use crate::rpc::RpcError;

impl EthereumReader {
    /// Those of the transfers that were executed.
    pub(super) async fn succeeded(
        &self,
        payments: Vec<(H256, Payment)>,
        receipts: Option<&[EthReceipt]>,
        at: At,
    ) -> Result<Vec<Payment>, SourceError> {
        let mut succeeded = Vec::new();
        for (hash, payment) in payments {
            let known = receipts.and_then(|all| all.iter().find(|one| one.transaction_hash == hash));
            let is_executed = match known {
                Some(receipt) => is_executed(receipt)?,
                None => is_executed(&self.receipt(hash, at).await?)?,
            };
            succeeded.extend(is_executed.then_some(payment));
        }
        Ok(succeeded)
    }

    /// Every receipt of the block, held against its hash; none where the node does not tell them together.
    pub(super) async fn all_receipts(
        &self,
        block: &EthBlock,
        at: At,
    ) -> Result<Option<Vec<EthReceipt>>, SourceError> {
        let told: Result<Option<Vec<EthReceipt>>, RpcError> =
            self.rpc.call("eth_getBlockReceipts", json!([at.hash])).await;
        let receipts = match told {
            Ok(Some(receipts)) => receipts,
            Ok(None) => return Err(changed()),
            Err(RpcError::Call { .. } | RpcError::TooLong(_) | RpcError::Nonsense(_)) => return Ok(None),
            Err(error) => return Err(source_error(error)),
        };
        verify::check_receipts(block, &receipts)?;
        Ok(Some(receipts))
    }

    async fn receipt(&self, transaction: H256, at: At) -> Result<EthReceipt, SourceError> {
        let receipt: Option<EthReceipt> =
            self.rpc.call("eth_getTransactionReceipt", json!([transaction])).await.map_err(source_error)?;
        let receipt = receipt.ok_or_else(|| nonsense("a transaction of a block has no receipt"))?;
        if receipt.transaction_hash != transaction {
            return Err(nonsense("a receipt is of another transaction"));
        }
        if receipt.block_hash == Some(at.hash) { Ok(receipt) } else { Err(changed()) }
    }
}

/// Whether a transaction was executed, which a receipt has to say. Those of before 2017 do not, and count as if it was
/// not.
fn is_executed(receipt: &EthReceipt) -> Result<bool, SourceError> {
    match receipt.status {
        Some(status) => Ok(status == U64::one()),
        None if receipt.root.is_some() => Ok(false),
        None => Err(nonsense("a receipt does not say whether its transaction was executed")),
    }
}

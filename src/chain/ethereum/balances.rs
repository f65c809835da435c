//! What accounts hold: all that is left to go by where coins moved and nothing tells how.

use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde_json::json;
use web3::types::{H256, U64, U256};

use super::block::At;
use super::{EthereumReader, nonsense, source_error};
use crate::address::DepositAddress;
use crate::chain::SourceError;
use crate::types::{BlockRef, Units};

/// Accounts that are asked for at once: few, because nobody waits for them as for blocks.
const AT_ONCE: usize = 4;

impl EthereumReader {
    /// What each of these accounts holds after a block.
    ///
    /// # Errors
    ///
    /// Where the node does not have that block, or not what accounts held then.
    pub(super) async fn balances_after(
        &self,
        addresses: &[DepositAddress],
        at: BlockRef,
    ) -> Result<Vec<Units>, SourceError> {
        let number = format!("{:#x}", at.height.get());
        let texts: Vec<String> = addresses.iter().map(DepositAddress::to_string).collect();
        let asked = texts.into_iter().map(|address| self.balance_after(address, number.clone()));
        let balances = stream::iter(asked).buffered(AT_ONCE).try_collect().await?;
        // A number names whatever stands there; not every node takes a hash.
        self.still_stands(At { hash: H256(at.hash.0), number: U64::from(at.height.get()) }).await?;
        Ok(balances)
    }

    async fn balance_after(&self, address: String, number: String) -> Result<Units, SourceError> {
        let told: Result<U256, _> = self.rpc.call("eth_getBalance", json!([address, number])).await;
        Ok(Units::new(u128::try_from(told.map_err(source_error)?).map_err(nonsense)?))
    }
}

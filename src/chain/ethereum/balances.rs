//! What accounts hold: all that is left to go by where coins moved and nothing tells how.

use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde_json::json;
use web3::types::{H160, H256, U64, U256};

use super::block::At;
use super::{EthereumReader, nonsense, source_error};
use crate::address::DepositAddress;
use crate::chain::{SourceError, TokenBalance};
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

    /// What an account holds of each token that is followed, after a block.
    ///
    /// # Errors
    ///
    /// Where the node does not have that block, or not what accounts held then.
    pub(super) async fn token_balances_after(
        &self,
        address: DepositAddress,
        at: BlockRef,
    ) -> Result<Vec<TokenBalance>, SourceError> {
        let of = H160::from_slice(address.payload());
        let mut told = Vec::with_capacity(self.tokens.len());
        for token in &self.tokens {
            let held = self.balance_of(*token, of, format!("{:#x}", at.height.get())).await;
            let held = held.map_err(source_error)?;
            let held = held.and_then(|held| {
                let units = u128::try_from(held).map(Units::new);
                units.map_err(|_| format!("{held} is more than there can be"))
            });
            told.push(TokenBalance { token: *token, held });
        }
        self.still_stands(At { hash: H256(at.hash.0), number: U64::from(at.height.get()) }).await?;
        Ok(told)
    }

    async fn balance_after(&self, address: String, number: String) -> Result<Units, SourceError> {
        let told: Result<U256, _> = self.rpc.call("eth_getBalance", json!([address, number])).await;
        Ok(Units::new(u128::try_from(told.map_err(source_error)?).map_err(nonsense)?))
    }
}

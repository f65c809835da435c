//! Which accounts were used before: those that sent something, or have something.
//!
//! An account that nobody sends from keeps what it gets, and who sends is counted: no third kind has received ether.

use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde_json::json;
use web3::types::{H160, U256};

use super::{EthereumReader, METHOD_NOT_FOUND, nonsense, source_error};
use crate::address::DepositAddress;
use crate::chain::{Past, PastUse, SourceError};
use crate::rpc::RpcError;
use crate::types::{Height, Units};

impl EthereumReader {
    /// See [`crate::chain::ChainSource::past`].
    pub(super) async fn used_of(&self, addresses: &[DepositAddress]) -> Result<Past, SourceError> {
        let latest = self.short_block("latest").await?.and_then(|block| block.number);
        let latest = latest.ok_or_else(|| SourceError::Starting("it has no newest block".to_owned()))?;
        let height = Height::new(latest.as_u64());
        let asked = stream::iter(addresses.to_vec()).map(|address| self.account(address, height));
        let told: Result<Vec<Option<PastUse>>, RpcError> =
            asked.buffered(self.rpc.http().width().max(1)).try_collect().await;
        match told {
            Ok(told) => Ok(Past::Told(told.into_iter().flatten().collect())),
            Err(RpcError::Call { code: METHOD_NOT_FOUND, message }) => Ok(Past::Untold(message)),
            Err(error @ RpcError::Forbidden { .. }) => Ok(Past::Untold(error.to_string())),
            Err(error) => Err(source_error(error)),
        }
    }

    /// None where it was never used.
    async fn account(&self, address: DepositAddress, height: Height) -> Result<Option<PastUse>, RpcError> {
        let of = json!([address.to_string().to_lowercase(), "latest"]);
        let balance: U256 = self.rpc.call("eth_getBalance", of.clone()).await?;
        let sent: U256 = self.rpc.call("eth_getTransactionCount", of).await?;
        if balance.is_zero() && sent.is_zero() {
            let has_tokens = self.has_tokens(&address).await?;
            return Ok(has_tokens.then_some(PastUse { address, tx: None, amount: None, height }));
        }
        let amount =
            u128::try_from(balance).map_err(|error| RpcError::Nonsense(nonsense(error).to_string()))?;
        // Where it has sent something, more may have been there.
        let amount = Some(Units::new(amount)).filter(|_| sent.is_zero());
        Ok(Some(PastUse { address, tx: None, amount, height }))
    }

    /// Whether it has any of the tokens that are looked for. One that does not tell keeps nobody waiting.
    async fn has_tokens(&self, address: &DepositAddress) -> Result<bool, RpcError> {
        for token in &self.tokens {
            let account = H160::from_slice(address.payload());
            match self.balance_of(*token, account, "latest".to_owned()).await? {
                Ok(balance) if balance.is_zero() => {}
                Ok(_) => return Ok(true),
                Err(why) => {
                    tracing::debug!(%address, symbol = %token.symbol, %why, "a token does not tell a balance");
                }
            }
        }
        Ok(false)
    }
}

//! What an address holds, for whoever asks for one and knows no reader.

use std::fmt::Debug;

use async_trait::async_trait;

use super::{ChainSource, SourceError};
use crate::address::DepositAddress;
use crate::types::{BlockRef, Token, Units};

/// What an address holds of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenBalance {
    /// The token that is held.
    pub token: Token,
    /// In the token's smallest unit; else why its contract does not tell.
    pub held: Result<Units, String>,
}

/// A node that tells balances.
#[async_trait]
pub trait Balances: Debug + Send + Sync {
    /// Returns what an address holds after a block of the best chain; none where the chain has no balances.
    ///
    /// # Errors
    ///
    /// Where the node does not have that block, or not what addresses held then.
    async fn balance(&self, address: DepositAddress, at: BlockRef) -> Result<Option<Units>, SourceError>;

    /// Returns what an address holds of each token that is followed, after a block of the best chain.
    ///
    /// # Errors
    ///
    /// As for its coins.
    async fn tokens(&self, address: DepositAddress, at: BlockRef) -> Result<Vec<TokenBalance>, SourceError>;
}

#[async_trait]
impl<S: ChainSource + Debug> Balances for S {
    async fn balance(&self, address: DepositAddress, at: BlockRef) -> Result<Option<Units>, SourceError> {
        let told = self.balances(&[address], at).await?;
        Ok(told.and_then(|balances| balances.first().copied()))
    }

    async fn tokens(&self, address: DepositAddress, at: BlockRef) -> Result<Vec<TokenBalance>, SourceError> {
        self.token_balances(address, at).await
    }
}

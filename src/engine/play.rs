//! What a visitor may make happen in dummy mode, where there is no network to do it.

use async_trait::async_trait;

use crate::store::{Binding, StoreError};
use crate::types::Units;

/// The other side of a purchase: its networks, and the desk's wallet.
#[async_trait]
pub trait Play: std::fmt::Debug + Send + Sync {
    /// Pays so much to a deposit address: it stands in a block that is not deep enough.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    async fn deposit(&self, binding: &Binding, amount: Units) -> Result<(), StoreError>;

    /// Confirms the newest deposit to the address; where it is final, the payouts that are on their way.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    async fn confirm(&self, binding: &Binding) -> Result<(), StoreError>;

    /// Takes the newest deposit to the address back, as a fork does.
    ///
    /// # Errors
    ///
    /// Where the store fails.
    async fn fork(&self, binding: &Binding) -> Result<(), StoreError>;

    /// Hides the coins of the desk's wallet, or shows them again.
    fn set_shortage(&self, is_short: bool);
}

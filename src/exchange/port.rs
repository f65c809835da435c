//! The port that every venue stands behind.

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use rust_decimal::Decimal;

use super::{
    AssetNetwork, Book, CallError, ClientId, Market, NewOrder, NewWithdrawal, OrderReport, Ticker,
    VenueOrderId, WithdrawalReport, WithdrawalTrace,
};

/// What a venue guarantees of a client id that is used again. It decides how an order without an answer is recovered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Idempotency {
    /// The order that has the id is the answer: the call is repeated.
    SameOrder,
    /// An id can be used once for ever, and orders cannot be searched by it: a repeat cannot buy twice, and whether
    /// the first was carried out shows in a refusal. The order is then looked for in the lists of the account.
    UniqueForever,
    /// Refused among open orders alone, and orders, open or ended, can be searched by their id: it is looked up once
    /// nothing that was sent can come to life any more.
    UniqueAmongOpen,
    /// Nothing, and no search: a person has to look.
    None,
}

/// What the account holds of one coin, in whole coins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// As the venue calls it.
    pub asset: String,
    /// What can be spent now.
    pub available: Decimal,
    /// What open orders and withdrawals have reserved.
    pub reserved: Decimal,
}

/// Numbers that rise for ever, also across restarts, for venues that want one with each call.
#[async_trait]
pub trait Nonces: Send + Sync + Debug {
    /// Returns a number that is larger than all before.
    ///
    /// # Errors
    ///
    /// Where that cannot be kept: nothing may be sent then.
    async fn next(&self) -> Result<u64, CallError>;
}

/// A venue where coins are bought. Amounts are exact and in whole coins, prices in quote for one base.
///
/// No call is made again by itself, and none is answered from memory.
#[async_trait]
pub trait Exchange: Send + Sync + Debug {
    /// Returns the venue's name, as the configuration has it.
    fn name(&self) -> &'static str;

    /// Returns what the venue guarantees of a client id that is used again.
    fn idempotency(&self) -> Idempotency;

    /// Returns the longest time after which an order that was sent and not answered can still come to life.
    fn settling_time(&self) -> Duration;

    /// Returns the longest time after which a withdrawal that was asked for and not answered can still come to life, or
    /// be missing in the list of them.
    fn withdrawal_settling_time(&self) -> Duration {
        self.settling_time()
    }

    /// Returns whether what cannot be bought at once rests in the book until it is cancelled.
    fn rests(&self) -> bool;

    /// Returns whether the fees that it tells are those that it takes.
    fn tells_fees(&self) -> bool;

    /// Returns the form in which the venue takes a client id. Two keys never have the same.
    fn client_id(&self, key: [u8; 16]) -> ClientId;

    /// Returns a market's rules.
    ///
    /// # Errors
    ///
    /// [`Refusal::Market`](super::Refusal::Market) where there is no such market.
    async fn market(&self, market: &str) -> Result<Market, CallError>;

    /// Returns the networks that a coin can be moved on, which say what it is; none where the venue does not tell.
    ///
    /// # Errors
    ///
    /// Where the venue cannot be asked.
    async fn networks(&self, asset: &str) -> Result<Option<Vec<AssetNetwork>>, CallError>;

    /// Returns so many of the best prices of a market, or more.
    ///
    /// # Errors
    ///
    /// Where the venue cannot be asked, or has no such market.
    async fn book(&self, market: &str, depth: usize) -> Result<Book, CallError>;

    /// Returns the prices of the moment.
    ///
    /// # Errors
    ///
    /// Where the venue cannot be asked, or has no such market.
    async fn ticker(&self, market: &str) -> Result<Ticker, CallError>;

    /// Places an order, once.
    ///
    /// # Errors
    ///
    /// Each says whether the order may be there all the same: [`CallError::may_have_happened`].
    async fn place(&self, order: &NewOrder) -> Result<VenueOrderId, CallError>;

    /// Returns the order that has this client id, open or ended; none where the venue is sure to have none.
    ///
    /// # Errors
    ///
    /// Where the venue cannot be asked, or cannot tell: never "none" for that.
    async fn find(&self, market: &str, id: &ClientId) -> Result<Option<OrderReport>, CallError>;

    /// Returns what became of an order, with the fees of all its fills where it has ended.
    ///
    /// # Errors
    ///
    /// Where the venue cannot be asked, or what it tells contradicts itself.
    async fn order(&self, market: &str, id: &VenueOrderId) -> Result<OrderReport, CallError>;

    /// Asks for the end of an order. What was bought of it stays bought.
    ///
    /// # Errors
    ///
    /// Where the venue cannot be asked, or refuses.
    async fn cancel(&self, market: &str, id: &VenueOrderId) -> Result<(), CallError>;

    /// Returns what the account holds.
    ///
    /// # Errors
    ///
    /// Where the venue cannot be asked.
    async fn balances(&self) -> Result<Vec<Balance>, CallError>;

    /// Returns how a withdrawal without an answer is found out about; none where nothing can be withdrawn by a call.
    fn withdrawal_trace(&self) -> Option<WithdrawalTrace>;

    /// Returns whether the fee of a withdrawal leaves the account beside the amount, rather than out of it.
    fn takes_fee_on_top(&self) -> bool;

    /// Returns what the venue would keep of a withdrawal now, in whole coins; none where it does not say beforehand.
    ///
    /// # Errors
    ///
    /// Where the venue cannot be asked, or would not withdraw it.
    async fn withdrawal_fee(&self, withdrawal: &NewWithdrawal) -> Result<Option<Decimal>, CallError>;

    /// Asks for a withdrawal, once, and returns the venue's id of it.
    ///
    /// # Errors
    ///
    /// Each says whether it may be on its way all the same.
    async fn withdraw(&self, withdrawal: &NewWithdrawal) -> Result<String, CallError>;

    /// Returns the withdrawals of a coin that the venue tells of, the newest first.
    ///
    /// # Errors
    ///
    /// Where the venue cannot be asked, or may have more than it tells.
    async fn withdrawals(&self, asset: &str) -> Result<Vec<WithdrawalReport>, CallError>;

    /// Returns the withdrawal of a coin that the venue has under this id of its own; none where it tells of none.
    ///
    /// # Errors
    ///
    /// Where the venue cannot be asked, or may have more than it tells.
    async fn withdrawal(&self, asset: &str, id: &str) -> Result<Option<WithdrawalReport>, CallError> {
        let all = self.withdrawals(asset).await?;
        Ok(all.into_iter().find(|report| report.id == id))
    }
}

//! Binds deposit addresses to payees: the limit, the hand-out and the binding are one transaction.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::address::DepositAddress;
use crate::chain::Unvetted;
use crate::live::Pause;
use crate::price::BindPromise;
use crate::skycoin::Address;
use crate::store::{Binding, HandOut, KeptAnswer, NewHook, OnceKey, Snapshot, Store, StoreError, Tables};
use crate::types::{BindingNo, Coin};

/// What limits binding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BindRules {
    /// Addresses that a payee may be bound to, over all coins; none is unlimited.
    pub max_bound: Option<u32>,
}

/// An address that now belongs to a payee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenAddress {
    /// The binding's number.
    pub no: BindingNo,
    /// The deposit address.
    pub address: DepositAddress,
    /// The prices that were promised with it.
    pub promise: Option<BindPromise>,
}

/// A request that binds once, and what it is answered: both are kept in the transaction that binds.
#[derive(Clone)]
pub struct BindOnce {
    /// The request.
    pub key: OnceKey,
    /// Makes the answer of what was given.
    pub answer: Arc<dyn Fn(&GivenAddress) -> KeptAnswer + Send + Sync>,
}

impl fmt::Debug for BindOnce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BindOnce").field("key", &self.key).finish_non_exhaustive()
    }
}

/// What is kept with a binding, in the transaction that binds.
#[derive(Debug, Clone, Default)]
pub struct BindExtras {
    /// The request that binds, where it is never to bind twice.
    pub once: Option<BindOnce>,
    /// Where a client wants to be told what comes of the address.
    pub hook: Option<NewHook>,
}

/// Why nothing was bound. In every case no address has left the pool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BindError {
    /// The operator has binding switched off.
    Off,
    /// This desk only looks on beside the one that hands out addresses.
    Shadow,
    /// The operator does not take this coin.
    CoinOff(Coin),
    /// Something is in the way of the coin for now.
    Paused(Pause),
    /// As many new addresses as may be given out have been; after this time there is one again.
    BudgetSpent(Duration),
    /// The payee has as many as allowed.
    LimitReached,
    /// The address to be paid is a deposit address of this desk: each payout would be the next deposit.
    PayeeIsOurs,
    /// Somebody else has spent from the hot wallet, or the database was made of a copy: it may be that addresses which
    /// were given out are forgotten here.
    Unreconciled,
    /// No node was asked yet whether the next address received coins before.
    NotVetted,
    /// No address of this coin is left.
    PoolEmpty,
    /// The client has as many webhooks as it may have.
    HooksFull,
    /// The store's own trouble.
    Store(StoreError),
}

impl From<StoreError> for BindError {
    fn from(error: StoreError) -> Self {
        BindError::Store(error)
    }
}

impl BindError {
    /// Returns a word for machines.
    pub const fn code(&self) -> &'static str {
        match self {
            BindError::Off => "binding_off",
            BindError::Shadow => "shadow",
            BindError::CoinOff(_) => "coin_off",
            BindError::Paused(_) => "paused",
            BindError::BudgetSpent(_) => "budget_spent",
            BindError::LimitReached => "limit_reached",
            BindError::PayeeIsOurs => "payee_is_ours",
            BindError::Unreconciled => "unreconciled",
            BindError::NotVetted => "not_vetted",
            BindError::PoolEmpty => "pool_empty",
            BindError::HooksFull => "webhooks_full",
            BindError::Store(_) => "store",
        }
    }
}

/// Binds the next address of `coin`'s pool to `payee`. `Ok` means durable. `unvetted` tells what becomes of
/// an address that no node was asked about: nobody waits for a node here.
pub async fn bind(
    store: &Store,
    rules: BindRules,
    unvetted: Unvetted,
    payee: Address,
    coin: Coin,
) -> Result<GivenAddress, BindError> {
    bind_with(store, rules, unvetted, (payee, coin), None, BindExtras::default()).await
}

/// [`bind`] with prices that are promised for what comes in time, and what else is kept beside it.
///
/// # Errors
///
/// As [`bind`]'s.
pub async fn bind_with(
    store: &Store,
    rules: BindRules,
    unvetted: Unvetted,
    (payee, coin): (Address, Coin),
    promise: Option<BindPromise>,
    extras: BindExtras,
) -> Result<GivenAddress, BindError> {
    let BindExtras { once, hook } = extras;
    store
        .once(once.as_ref().map(|once| once.key))
        .act(move |tx| {
            if tx.find_address(&DepositAddress::of_skycoin(payee))?.is_some() {
                return Err(BindError::PayeeIsOurs);
            }
            if let Some(max) = rules.max_bound
                && tx.bindings_count(&payee)? >= max
            {
                return Err(BindError::LimitReached);
            }
            if !tx.counters().is_reconciled() {
                return Err(BindError::Unreconciled);
            }
            let offer = match tx.take_address(coin, unvetted)? {
                HandOut::Address(offer) => offer,
                HandOut::NotVetted => return Err(BindError::NotVetted),
                HandOut::Empty => return Err(BindError::PoolEmpty),
            };
            let no = tx.bind_promised(payee, offer, promise.clone())?;
            if let Some(hook) = &hook
                && !tx.add_hook(no, hook)?
            {
                return Err(BindError::HooksFull);
            }
            let given = GivenAddress { no, address: offer.address, promise: promise.clone() };
            if let Some(once) = &once {
                tx.keep_answer(&once.key, (once.answer)(&given))?;
            }
            Ok(given)
        })
        .await
}

/// Bindings of a payee that are looked at for those that can be shown again.
const LOOKED_AT: usize = 64;

/// The payee's addresses of a coin that have never received anything, the newest first: each may be shown again in
/// place of a new one.
///
/// # Errors
/// The store's.
pub fn unused(snapshot: &Snapshot, payee: &Address, coin: Coin) -> Result<Vec<Binding>, StoreError> {
    let (mut found, mut next) = (Vec::new(), snapshot.latest_binding(payee)?);
    for _ in 0..LOOKED_AT {
        let Some(binding) = next else { break };
        next = match binding.previous {
            Some(no) => snapshot.binding(no)?,
            None => None,
        };
        if binding.last_deposit.is_none() && binding.address.coin() == coin {
            found.push(binding);
        }
    }
    Ok(found)
}

//! What chains and the exchange say beside the books of a copy: for who trusts neither the desk nor its node.

use std::path::Path;
use std::sync::Arc;

use super::StartError;
use super::chains::{Readers, skycoin_rest};
use super::keyless::{Keyless, Spectator};
use super::look::{Look, refused};
use super::money;
use super::upstream::{StoredNonces, exchange};
use crate::chain::ChainSource;
use crate::config::Config;
use crate::engine::{Reconciler, account_stock};
use crate::live::UpstreamView;
use crate::rail::SkyNode;
use crate::report::{Compared, Reconciliation, reconciliation};
use crate::skycoin::Address;
use crate::store::{StoreError, WalletAddresses};
use crate::types::{Coin, Height, PerCoin};

/// How much of a copy is compared.
#[derive(Debug, Default)]
pub struct CopyScope {
    /// The block of each chain to begin with; without one a thousand below the newest final one.
    pub from: PerCoin<Option<Height>>,
    /// Whether the exchange is asked, with the key of the configuration.
    pub exchange: bool,
}

/// What came of it.
#[derive(Debug)]
pub struct ComparedCopy {
    /// What was compared, and what was not.
    pub told: Reconciliation,
    /// Whether every node answered all that it was asked.
    pub is_whole: bool,
}

/// Brings the database in this file, which nobody else has or keeps, up to what the nodes of the configuration tell
/// now, and compares it with what they say. The wallet file may be absent: its addresses are in the copy. `tell` hears
/// how far it is.
///
/// # Errors
///
/// Where the database cannot be opened, or the configuration is of dummy mode, which has no chains.
pub async fn reconcile_copy(
    config: &Config,
    file: &Path,
    scope: &CopyScope,
    tell: &dyn Fn(&str),
) -> Result<ComparedCopy, StartError> {
    if let Some(refused) = refused(config) {
        return Err(refused);
    }
    if let Some(coin) = Coin::all().find(|coin| scope.from[*coin].is_some() && !config.coin(*coin).enabled) {
        let words = format!(
            "--from {coin}: the configuration does not enable {coin}, so that no node of it is known"
        );
        return Err(StartError::NotThere(vec![words]));
    }
    let readers = Readers::new(config)?;
    let mut look = Look::open(config, file, tell).await?;
    let mut notes = Vec::new();
    let own = own_addresses(&look, &mut notes).await?;
    for reader in &readers.bitcoin_like {
        compare(&mut look, reader, scope).await;
    }
    if let Some(reader) = &readers.eth {
        compare(&mut look, reader, scope).await;
    }
    if let Some(reader) = &readers.sky {
        compare(&mut look, reader, scope).await;
    }
    look.decide().await;
    match own.first().copied() {
        Some(change) => {
            let node = Spectator(SkyNode::new(skycoin_rest(&config.rail.node)?, &own));
            look.wallet(node, Keyless { addresses: own, change }).await;
        }
        None => look.gaps.push(
            "hot wallet: none of its addresses is known, so that nothing of it was looked at".to_owned(),
        ),
    }
    if scope.exchange {
        account(&look).await?;
    } else if !config.upstream_assets().is_empty() {
        notes.push("exchange: it was not asked (--exchange asks it, with a key of its own)".to_owned());
    }
    let coins = || config.enabled_coins().map(|coin| coin.coin);
    // Where a block to begin with was asked for and is not final yet, nothing was compared.
    let is_stuck = |coin| match look.live.reading(coin).as_ref() {
        Some(view) => view.trouble.is_some() || scope.from[coin].is_some() && view.to.is_none(),
        None => scope.from[coin].is_some(),
    };
    let is_told = look.live.upstream().is_none_or(|view| view.stock_trouble.is_none());
    let is_whole = look.gaps.is_empty() && is_told && !coins().any(is_stuck);
    let mut told = reconciliation(&look.store.snapshot(), &look.live, coins(), Compared::Copy)?;
    told.not_looked_at.extend(look.gaps.into_iter().chain(notes));
    look.store.close();
    Ok(ComparedCopy { told, is_whole })
}

/// Follows a chain up to now, and reads it a second time.
async fn compare<S: ChainSource + 'static>(look: &mut Look<'_>, reader: &Arc<S>, scope: &CopyScope) {
    look.follow(reader).await;
    let coin = reader.coin();
    let (store, live, clock) = (look.store.clone(), Arc::clone(&look.live), Arc::clone(&look.clock));
    let mut reconciler = Reconciler::new(store, Arc::clone(reader), live, clock, false);
    if let Some(from) = scope.from[coin] {
        reconciler = reconciler.beginning_at(from);
    }
    let tell = |left: u64| (look.tell)(&format!("{coin}: {left} block(s) are still to be compared"));
    reconciler.through(&tell).await;
}

/// The hot wallet's addresses: those of its file, and those that the copy knows.
async fn own_addresses(look: &Look<'_>, notes: &mut Vec<String>) -> Result<Vec<Address>, StoreError> {
    let known = look.store.snapshot().all_of_wallet()?;
    let mut own = match money::load_wallet(look.config).await {
        Ok(wallet) => wallet.addresses(),
        Err(error) => {
            let known = known.len();
            notes.push(format!(
                "hot wallet: no other addresses of it than the {known} that the copy knows (its file: {error})"
            ));
            Vec::new()
        }
    };
    let more: Vec<Address> = known.into_iter().filter(|known| !own.contains(known)).collect();
    own.extend(more);
    Ok(own)
}

/// Looks at the account at the exchange: numbers of calls by a key rise, so that another key than the running desk's
/// has to be used.
async fn account(look: &Look<'_>) -> Result<(), StartError> {
    let nonces = StoredNonces::new(look.store.clone(), Arc::clone(&look.clock));
    let exchange = exchange(look.config, &look.clock, Arc::new(nonces))?;
    let balances = exchange.balances().await;
    let (stock, stock_trouble) = match balances {
        Ok(balances) => (account_stock(&balances), None),
        Err(error) => (Vec::new(), Some(error.to_string())),
    };
    let (exchange, at) = (exchange.name(), look.clock.now());
    let (standstill, markets, unanswered) = (None, Vec::new(), 0);
    let view = UpstreamView { exchange, standstill, markets, stock, stock_trouble, unanswered, at };
    look.live.set_upstream(Some(view));
    Ok(())
}

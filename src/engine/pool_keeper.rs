//! Keeps the pools in step with the address files: takes over a changed file while binds go on, warns when a pool
//! runs low.
//!
//! What was appended is taken over by itself. A file that was replaced, so that addresses are gone or stand
//! elsewhere, waits until somebody asks for it: whoever can write the file could otherwise have all deposits
//! sent to themselves. A file counts as changed when its size or time differs and its digest too. A file that
//! is refused changes nothing: the pool from before goes on, and the reason is shown.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use tokio::sync::Notify;

use crate::address::{
    AddressFileError, DepositAddress, Network, address_file_digest, is_example, read_address_file,
};
use crate::clock::Clock;
use crate::live::{Live, PoolView};
use crate::store::{Pool, Store, StoreError};
use crate::task::{Next, StepError, Worker, aside};
use crate::types::{Coin, PerCoin};

use super::pool_account::PoolAccount;
use super::pool_error::PoolError;
use super::pool_loading::{Loading, sweep};

/// A coin's address file.
#[derive(Debug, Clone)]
pub struct PoolFile {
    /// Of the coin whose addresses it holds.
    pub network: Network,
    /// The address file.
    pub path: PathBuf,
    /// Addresses of the hot wallet: a buyer who were given one would be paid for our own change.
    pub own: Vec<DepositAddress>,
    /// Whether real coins will be sent to them: then none may be one of those that come with the program.
    pub is_real: bool,
}

impl PoolFile {
    /// The coin whose addresses it holds.
    pub fn coin(&self) -> Coin {
        self.network.coin()
    }

    /// Reads the whole file and gives nothing to anybody.
    ///
    /// # Errors
    /// It would be refused.
    pub fn verify(&self) -> Result<(), AddressFileError> {
        read_address_file(&self.path, self.network, |batch| self.refuse_own(batch)).map(drop)
    }

    /// What may be given to no buyer.
    fn refuse_own(&self, batch: &[DepositAddress]) -> Result<(), String> {
        if let Some(example) = batch.iter().find(|address| self.is_real && is_example(address)) {
            return Err(format!(
                "{example} is one of the example addresses that come with teller: everybody may have its key, and what \
                 is sent there is lost; make your own (tool newbtcaddress, newethaddress, newskyaddress)"
            ));
        }
        match self.own.iter().find(|own| batch.contains(own)) {
            None => Ok(()),
            Some(own) => Err(format!(
                "{own} is an address of the hot wallet (sky_exchanger.wallet) and cannot be given to buyers as well; \
                 remove it from the file"
            )),
        }
    }
}

/// What a file looks like from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    len: u64,
    modified: Option<SystemTime>,
}

/// Asks the keeper to look now, and to take over also what was replaced.
#[derive(Debug, Default)]
pub struct Reload {
    asked: AtomicBool,
    nudge: Arc<Notify>,
}

impl Reload {
    /// Has every file read again now.
    pub fn ask(&self) {
        self.asked.store(true, Ordering::Release);
        self.nudge.notify_one();
    }

    /// Returns whether the keeper has not begun to look yet since it was asked to.
    pub fn is_asked(&self) -> bool {
        self.asked.load(Ordering::Acquire)
    }

    /// What wakes the keeper.
    pub fn nudge(&self) -> Arc<Notify> {
        Arc::clone(&self.nudge)
    }
}

/// The worker.
#[derive(Debug)]
pub struct PoolKeeper {
    store: Store,
    files: Vec<(PoolFile, Option<Stamp>)>,
    /// Their pools never end; they are taken over once.
    accounts: Vec<PoolAccount>,
    live: Arc<Live>,
    clock: Arc<dyn Clock>,
    low_water: u64,
    period: Duration,
    reload: Arc<Reload>,
    low: PerCoin<bool>,
    empty: PerCoin<bool>,
}

impl PoolKeeper {
    /// Returns a keeper that reads these files every `period`, and warns below `low_water` addresses of a coin.
    pub fn new(
        store: Store,
        files: Vec<PoolFile>,
        live: Arc<Live>,
        clock: Arc<dyn Clock>,
        low_water: u64,
        period: Duration,
        reload: Arc<Reload>,
    ) -> Self {
        let files = files.into_iter().map(|file| (file, None)).collect();
        let (low, empty) = (PerCoin::default(), PerCoin::default());
        let accounts = Vec::new();
        PoolKeeper { store, files, accounts, live, clock, low_water, period, reload, low, empty }
    }

    /// The keeper, with pools whose addresses follow from a key.
    pub fn with_accounts(self, accounts: Vec<PoolAccount>) -> Self {
        PoolKeeper { accounts, ..self }
    }

    /// Takes over every account, and every file that changed, as it is. At start an error ends the start; later it
    /// is shown.
    pub async fn check(&mut self) -> Result<(), PoolError> {
        for account in self.accounts.clone() {
            let (coin, store) = (account.key.coin(), self.store.clone());
            blocking(move || account.take_over(&store)).await?;
            self.live.set_pool(coin, PoolView { refused: None, loaded_at: Some(self.clock.now()) });
        }
        self.look(true).await
    }

    /// Derives what the accounts give out next. Binds go on meanwhile.
    async fn look_ahead(&self) -> Result<(), PoolError> {
        for account in self.accounts.iter().filter(|account| !self.store.is_ahead(account.key.coin())) {
            let (account, store) = (account.clone(), self.store.clone());
            blocking(move || Ok(account.look_ahead(&store)?)).await?;
        }
        Ok(())
    }

    /// [`PoolKeeper::check`]; what was replaced only where that was asked for.
    async fn look(&mut self, is_asked: bool) -> Result<(), PoolError> {
        let mut first_error = None;
        for index in 0..self.files.len() {
            let (file, known) = self.files[index].clone();
            let stamp = stamp(&file.path);
            if !is_asked && known.is_some() && known == stamp {
                continue;
            }
            match self.take_over(file, is_asked).await {
                Ok(()) => self.files[index].1 = stamp,
                Err(error @ PoolError::Store(_)) => return Err(error),
                Err(error) => {
                    self.files[index].1 = stamp;
                    first_error = first_error.or(Some(error));
                }
            }
        }
        first_error.map_or(Ok(()), Err)
    }

    async fn take_over(&self, file: PoolFile, is_asked: bool) -> Result<(), PoolError> {
        let coin = file.coin();
        let store = self.store.clone();
        match blocking(move || load_pool(&store, &file, is_asked)).await {
            Ok(()) => {
                let now = Some(self.clock.now());
                self.live.set_pool(coin, PoolView { refused: None, loaded_at: now });
                Ok(())
            }
            Err(error) => {
                tracing::error!(%coin, %error, "address file refused");
                let before = self.live.pool(coin);
                let refused = Some(error.to_string());
                self.live.set_pool(coin, PoolView { refused, loaded_at: before.loaded_at });
                Err(error)
            }
        }
    }

    /// Says once when a pool falls below the mark, and once when it is filled again.
    fn watch_levels(&mut self) {
        let snapshot = self.store.snapshot();
        for (file, _) in &self.files {
            let remaining = snapshot.pool(file.coin()).remaining();
            let was_low = &mut self.low[file.coin()];
            let is_low = remaining < self.low_water;
            if is_low && !*was_low {
                tracing::warn!(coin = %file.coin(), remaining, path = %file.path.display(),
                    "few deposit addresses are left, append new ones to the address file");
            } else if *was_low && !is_low {
                tracing::info!(coin = %file.coin(), remaining, "the address pool is filled again");
            }
            *was_low = is_low;
            let was_empty = std::mem::replace(&mut self.empty[file.coin()], remaining == 0);
            if remaining == 0 && !was_empty {
                tracing::error!(coin = %file.coin(), path = %file.path.display(),
                    "no deposit addresses are left: nobody can be given one");
            }
        }
    }
}

async fn blocking(work: impl FnOnce() -> Result<(), PoolError> + Send + 'static) -> Result<(), PoolError> {
    aside(work, || PoolError::Store(StoreError::Closed)).await
}

impl Worker for PoolKeeper {
    fn name(&self) -> &'static str {
        "pool-keeper"
    }

    async fn step(&mut self) -> Result<Next, StepError> {
        match self.look_ahead().await {
            Ok(()) => {}
            Err(PoolError::Store(error)) => return Err(error.into()),
            Err(error) => return Err(StepError::transient(error)),
        }
        let is_asked = self.reload.asked.swap(false, Ordering::AcqRel);
        match self.look(is_asked).await {
            // Shown already; the pool from before goes on.
            Ok(()) | Err(PoolError::File(_) | PoolError::Replaced { .. } | PoolError::Account(_)) => {}
            Err(PoolError::Store(error)) => return Err(error.into()),
        }
        self.watch_levels();
        Ok(Next::Wait(self.period))
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = std::fs::metadata(path).ok()?;
    Some(Stamp { len: metadata.len(), modified: metadata.modified().ok() })
}

/// Makes the pool what the file says, unless it is already: writes a new generation beside the one in use, then
/// switches over. Binds go on meanwhile. What was replaced, and not appended to, is refused unless it is asked for.
pub fn load_pool(store: &Store, file: &PoolFile, is_asked: bool) -> Result<(), PoolError> {
    let coin = file.coin();
    let pool = store.snapshot().pool(coin).clone();
    if pool.total > 0 && pool.digest == address_file_digest(&file.path)? {
        return look_for_own(file);
    }
    let generation = pool.generation.saturating_add(1);
    let mut loading = Loading::new(store.clone(), coin, generation);
    let read = read_address_file(&file.path, file.network, |batch| {
        file.refuse_own(batch)?;
        loading.take(batch).map_err(|error| error.to_string())
    });
    let read = match read {
        Ok(read) => read,
        Err(error) => {
            sweep(store, coin)?;
            return Err(error.into());
        }
    };
    // An account has no file before this one.
    let before = if pool.account.is_none() { pool } else { Pool::default() };
    let (gone, new) = loading.changes(&before)?;
    if loading.is_replaced && !is_asked {
        sweep(store, coin)?;
        return Err(PoolError::Replaced { path: file.path.clone(), gone, new });
    }
    if loading.is_replaced {
        tracing::warn!(%coin, gone, new, path = %file.path.display(), "the address file was replaced");
    }
    loading.finish(read.digest)?;
    tracing::info!(%coin, addresses = read.count, remaining = store.snapshot().pool(coin).remaining(),
        path = %file.path.display(), "address pool loaded");
    sweep(store, coin)?;
    Ok(())
}

/// The file is known, but the wallet may be another one than when it was taken over.
fn look_for_own(file: &PoolFile) -> Result<(), PoolError> {
    if file.own.is_empty() { Ok(()) } else { Ok(file.verify()?) }
}

#[cfg(test)]
mod tests;

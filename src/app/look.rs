//! A desk that only looks: the service's own workers on a copy of its database, without a key and without a voice.
//!
//! What a copy would do can be told for certain only by doing it. So the scanners follow the chains up to
//! now, the buyer decides, and the payer looks for what the hot wallet has spent; it can neither sign nor
//! send. All of it is written into the copy, which is thrown away afterwards.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::StartError;
use super::chains::{announce_chains, scanner_settings};
use super::given::pool_accounts;
use super::keyless::{Keyless, Spectator};
use super::manager::Manager;
use super::{money, parts};
use crate::chain::ChainSource;
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::engine::{Buyer, Intake, Payer, PayerSettings, Rescanner, Scanner, ScannerSettings, Vetter};
use crate::live::{Live, VettingState};
use crate::rail::SkyRail;
use crate::report::BuyerPause;
use crate::skycoin::Address;
use crate::store::{Chains, Passes, Store, StoreError};
use crate::task::{Next, StepError, Worker};
use crate::types::{Coin, Language};

/// Failures in a row after which a node is given up, and the time between them.
const PATIENCE: u32 = 5;
const PAUSE: Duration = Duration::from_secs(1);

/// Why a copy is not looked at with the chains of this configuration; none where it can be.
pub(super) fn refused(config: &Config) -> Option<StartError> {
    let words = if config.dummy.is_on() {
        "a copy with the chains in dummy mode: there are no chains"
    } else if config.shadow.is_some() {
        "a copy of a shadow, which never pays: leave the section [shadow] out"
    } else {
        return None;
    };
    Some(StartError::NotThere(vec![words.to_owned()]))
}

/// A copy that is brought up to now.
pub(super) struct Look<'a> {
    pub(super) config: &'a Config,
    pub(super) store: Store,
    pub(super) live: Arc<Live>,
    pub(super) clock: Arc<dyn Clock>,
    /// What could not be looked at, and why.
    pub(super) gaps: Vec<String>,
    /// Hears how far it is.
    pub(super) tell: &'a dyn Fn(&str),
}

impl<'a> Look<'a> {
    /// Opens the copy in this file.
    ///
    /// # Errors
    ///
    /// Where it cannot be opened.
    pub(super) async fn open(
        config: &'a Config,
        file: &Path,
        tell: &'a dyn Fn(&str),
    ) -> Result<Look<'a>, StartError> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let store = parts::open_store(config, file.to_owned(), Arc::clone(&clock), Manager::nobody()).await?;
        let live = Arc::new(Live::default());
        announce_chains(config, &live, clock.moment());
        Ok(Look { config, store, live, clock, gaps: Vec::new(), tell })
    }

    /// Derives what is given out next of the configured accounts, of a desk whose hot wallet has these addresses.
    ///
    /// # Errors
    ///
    /// The store's.
    pub(super) fn look_ahead(&self, own: &[Address]) -> Result<(), StoreError> {
        for account in pool_accounts(self.config, own) {
            self.store.use_account(&account.key)?;
            while self.store.look_ahead(account.key.coin())? {}
        }
        Ok(())
    }

    /// Follows a chain up to its newest block, and reads again what a desk that starts on the copy would read again.
    pub(super) async fn follow<S: ChainSource + 'static>(&mut self, reader: &Arc<S>) {
        let coin = reader.coin();
        let settings = scanner_settings(self.config, coin);
        let (store, live, clock) = (self.store.clone(), Arc::clone(&self.live), Arc::clone(&self.clock));
        // No source is asked: what follows one waits for its price.
        let prices = Arc::new(super::prices::prices(self.config, self.clock.now()));
        let intake = parts::intake(self.config, &prices);
        let mut scanner = Scanner::new(store, Arc::clone(reader), intake.clone(), settings, live, clock);
        let mut result = until_idle(&mut scanner, &|| self.tell_lag(coin)).await;
        let again = match result {
            Ok(()) => self.read_again(reader, intake, settings).await,
            Err(_) => Ok(false),
        };
        if let Ok(true) = again {
            // What was found and has to wait is made final by following.
            result = until_idle(&mut scanner, &|| self.tell_lag(coin)).await;
        }
        let view = self.live.chain(coin).filter(|view| !view.is_followed_up());
        let amiss = view.map(|view| {
            let words = view
                .trouble(self.clock.moment())
                .map(|trouble| BuyerPause::from(trouble).text(Language::English));
            words.unwrap_or_else(|| "not all of its chain was read".to_owned())
        });
        let words = result.err().map(|error| error.message).or(amiss);
        self.gaps.extend(words.map(|words| format!("{coin}: {words}")));
        let left =
            again.err().map(|words| format!("{coin}: blocks that are to be read again were not: {words}"));
        self.gaps.extend(left);
    }

    /// Reads what was to be read again when the copy was made; answers whether there was anything.
    async fn read_again<S: ChainSource + 'static>(
        &self,
        reader: &Arc<S>,
        intake: Intake,
        settings: ScannerSettings,
    ) -> Result<bool, String> {
        let (store, live) = (self.store.clone(), Arc::clone(&self.live));
        let mut rescanner = Rescanner::new(store, Arc::clone(reader), intake, settings, live);
        let (mut is_any, mut failures) = (false, 0);
        while self.is_to_read_again(&**reader).map_err(|error| error.to_string())? {
            if !is_any {
                (self.tell)(&format!("{}: reading blocks again, as it was asked for", reader.coin()));
            }
            is_any = true;
            match rescanner.step().await {
                Ok(Next::Again) => failures = 0,
                Ok(Next::Wait(_)) if failures < PATIENCE => {
                    failures += 1;
                    tokio::time::sleep(PAUSE).await;
                }
                Ok(Next::Wait(_)) => {
                    let why = self.live.notes(reader.coin()).rescan_error.clone();
                    return Err(why.unwrap_or_else(|| "its node does not have them now".to_owned()));
                }
                Err(error) => return Err(error.message),
            }
        }
        Ok(is_any)
    }

    fn is_to_read_again(&self, reader: &impl ChainSource) -> Result<bool, StoreError> {
        let (coin, snapshot) = (reader.coin(), self.store.snapshot());
        let is_asked_for = snapshot.rescan(coin)?.is_some();
        Ok(is_asked_for || !reader.is_blind() && !snapshot.blind_ranges(coin)?.is_empty())
    }

    /// Asks about the past of the addresses that would be given out next.
    pub(super) async fn vet<S: ChainSource + 'static>(&mut self, reader: &Arc<S>) {
        let coin = reader.coin();
        (self.tell)(&format!("{coin}: asking about the addresses that would be given out next"));
        let (store, live, clock) = (self.store.clone(), Arc::clone(&self.live), Arc::clone(&self.clock));
        let mut vetter = Vetter::new(store, Arc::clone(reader), live, clock);
        let result = until_idle(&mut vetter, &|| {}).await;
        let state = self.live.vetting(coin).state.clone();
        let amiss = (state != VettingState::Done)
            .then(|| state.detail().unwrap_or("its node has not told").to_owned());
        let words = result.err().map(|error| error.message).or(amiss);
        self.gaps.extend(words.map(|words| format!("{coin}, addresses to be given out: {words}")));
    }

    fn tell_lag(&self, coin: Coin) {
        let lag = self.live.chain(coin).and_then(|view| view.lag()).filter(|lag| *lag > 0);
        lag.iter().for_each(|lag| (self.tell)(&format!("{coin}: {lag} block(s) are still to be read")));
    }

    /// Decides on what became final.
    pub(super) async fn decide(&mut self) {
        let mut buyer = Buyer::new(self.store.clone(), None);
        let result = until_idle(&mut buyer, &|| {}).await;
        self.gaps.extend(result.err().map(|error| format!("payouts: {error}")));
    }

    /// Looks for what the hot wallet has spent.
    pub(super) async fn wallet(&mut self, node: Spectator, signer: Keyless) {
        (self.tell)("hot wallet: looking for its spends");
        let settings = PayerSettings { send_enabled: false, ..money::payer_settings(self.config) };
        let (store, live, clock) = (self.store.clone(), Arc::clone(&self.live), Arc::clone(&self.clock));
        let mut payer =
            Payer::new(store, SkyRail::new(Arc::new(node), Arc::new(signer)), clock, live, settings);
        let result = until_idle(&mut payer, &|| {}).await;
        self.gaps.extend(result.err().map(|error| format!("hot wallet: {error}")));
    }
}

/// Has a worker work until it has nothing to do now, or fails again and again.
async fn until_idle(worker: &mut impl Worker, progress: &dyn Fn()) -> Result<(), StepError> {
    let mut failures = 0;
    loop {
        match worker.step().await {
            Ok(Next::Wait(_)) => return Ok(()),
            Ok(Next::Again) => {
                failures = 0;
                progress();
            }
            Err(error) if error.is_transient && failures < PATIENCE => {
                failures += 1;
                tokio::time::sleep(error.retry_after.unwrap_or(PAUSE)).await;
            }
            Err(error) => return Err(error),
        }
    }
}

//! A desk that only looks: the service's own workers on a copy of its database, without a key and without a voice.
//!
//! What a copy would do can be told for certain only by doing it. So the scanners follow the chains up to
//! now, the buyer decides, and the payer looks for what the hot wallet has spent; it can neither sign nor
//! send. All of it is written into the copy, which is thrown away afterwards.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::StartError;
use super::chains::{Readers, announce_chains, scanner_settings, skycoin_rest};
use super::given::pool_accounts;
use super::manager::Manager;
use super::{money, parts};
use crate::chain::ChainSource;
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::engine::{Buyer, Payer, PayerSettings, Scanner, Vetter};
use crate::live::{Live, VettingState};
use crate::rail::SkyRail;
use crate::rail::Spend;
use crate::rail::{
    Broadcaster, Fate, Funds, IsKnown, NodeError, Receipt, SendOutcome, Signer, SignerError, SigningRequest,
    SkyNode, SpendsSeen, TxStatus, Wallet,
};
use crate::report::BuyerPause;
use crate::skycoin::{Address, CoinHours, Transaction};
use crate::store::Store;
use crate::task::{Next, StepError, Worker};
use crate::types::{BlockRef, Claim, Coin, Hash32, Language, TxId};

/// Failures in a row after which a node is given up, and the time between them.
const PATIENCE: u32 = 5;
const PAUSE: Duration = Duration::from_secs(1);

/// What came of it.
#[derive(Debug)]
pub struct DrillReport {
    /// The copy, brought up to now.
    pub store: Store,
    /// What could not be looked at, and why: the rest is not the whole.
    pub gaps: Vec<String>,
}

/// Brings the database in this file, which nobody else has or keeps, up to what the nodes of the
/// configuration tell now. `tell` hears how far it is.
///
/// # Errors
///
/// Where the database or the hot wallet cannot be opened, or the configuration is of dummy mode, which has no chains.
pub async fn drill(config: &Config, file: &Path, tell: &dyn Fn(&str)) -> Result<DrillReport, StartError> {
    if config.dummy.is_on() {
        let words = "a drill with the chains in dummy mode: there are no chains".to_owned();
        return Err(StartError::NotThere(vec![words]));
    }
    if config.shadow.is_some() {
        let words = "a drill of a shadow, which never pays: leave the section [shadow] out".to_owned();
        return Err(StartError::NotThere(vec![words]));
    }
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let wallet = money::load_wallet(config).await?;
    let node = Spectator(SkyNode::new(skycoin_rest(&config.rail.node)?, &wallet.addresses()));
    let readers = Readers::new(config)?;
    let store = parts::open_store(config, file.to_owned(), Arc::clone(&clock), Manager::nobody()).await?;
    for account in pool_accounts(config, &wallet.addresses()) {
        store.use_account(&account.key)?;
        while store.look_ahead(account.key.coin())? {}
    }
    let live = Arc::new(Live::default());
    announce_chains(config, &live, clock.moment());
    let mut look = Look { config, store, live, clock, gaps: Vec::new(), tell };
    for reader in readers.bitcoin_like {
        look.follow(reader).await;
    }
    if let Some(reader) = readers.eth {
        look.follow(reader).await;
    }
    if let Some(reader) = readers.sky {
        look.follow(reader).await;
    }
    look.decide().await;
    let signer = Keyless { addresses: wallet.addresses(), change: wallet.change_address() };
    look.reconcile(node, signer).await;
    Ok(DrillReport { store: look.store, gaps: look.gaps })
}

/// The drill while it goes on.
struct Look<'a> {
    config: &'a Config,
    store: Store,
    live: Arc<Live>,
    clock: Arc<dyn Clock>,
    gaps: Vec<String>,
    tell: &'a dyn Fn(&str),
}

impl Look<'_> {
    /// Follows a chain up to its newest block.
    async fn follow<S: ChainSource + 'static>(&mut self, reader: Arc<S>) {
        let coin = reader.coin();
        let settings = scanner_settings(self.config, coin);
        let (store, live, clock) = (self.store.clone(), Arc::clone(&self.live), Arc::clone(&self.clock));
        // No source is asked: what follows one waits for its price.
        let prices = Arc::new(super::prices::prices(self.config, self.clock.now()));
        let intake = parts::intake(self.config, &prices);
        let mut scanner = Scanner::new(store, Arc::clone(&reader), intake, settings, live, clock);
        let result = until_idle(&mut scanner, &|| self.tell_lag(coin)).await;
        let view = self.live.chain(coin).filter(|view| !view.is_followed_up());
        let amiss = view.map(|view| {
            let words = view
                .trouble(self.clock.moment())
                .map(|trouble| BuyerPause::from(trouble).text(Language::English));
            words.unwrap_or_else(|| "not all of its chain was read".to_owned())
        });
        let words = result.err().map(|error| error.message).or(amiss);
        self.gaps.extend(words.map(|words| format!("{coin}: {words}")));
        self.vet(reader).await;
    }

    /// Asks about the past of the addresses that would be given out next.
    async fn vet<S: ChainSource + 'static>(&mut self, reader: Arc<S>) {
        let coin = reader.coin();
        (self.tell)(&format!("{coin}: asking about the addresses that would be given out next"));
        let (store, live, clock) = (self.store.clone(), Arc::clone(&self.live), Arc::clone(&self.clock));
        let mut vetter = Vetter::new(store, reader, live, clock);
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
    async fn decide(&mut self) {
        let mut buyer = Buyer::new(self.store.clone(), None);
        let result = until_idle(&mut buyer, &|| {}).await;
        self.gaps.extend(result.err().map(|error| format!("payouts: {error}")));
    }

    /// Looks for what the hot wallet has spent.
    async fn reconcile(&mut self, node: Spectator, signer: Keyless) {
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

/// The payout node, to be asked alone: what a copy would send again may never be sent.
#[derive(Debug)]
struct Spectator(SkyNode);

impl Wallet for Spectator {
    async fn identity(&self) -> Result<String, NodeError> {
        self.0.identity().await
    }

    async fn funds(&self) -> Result<Funds, NodeError> {
        self.0.funds().await
    }

    fn fingerprint(&self) -> Hash32 {
        self.0.fingerprint()
    }

    async fn spends(&self, after: Option<BlockRef>, is_known: IsKnown<'_>) -> Result<SpendsSeen, NodeError> {
        self.0.spends(after, is_known).await
    }

    async fn pending_spends(&self) -> Result<Vec<Spend>, NodeError> {
        self.0.pending_spends().await
    }
}

impl Broadcaster for Spectator {
    async fn send(&self, _: &[u8]) -> SendOutcome {
        SendOutcome::Unknown("a drill sends nothing".to_owned())
    }

    async fn status(&self, txid: TxId) -> Result<TxStatus, NodeError> {
        self.0.status(txid).await
    }

    async fn received(&self, txid: TxId, to: Address) -> Result<Receipt, NodeError> {
        self.0.received(txid, to).await
    }

    async fn burnt(&self, txid: TxId) -> Result<CoinHours, NodeError> {
        self.0.burnt(txid).await
    }

    async fn fate_of(&self, uxid: Claim) -> Result<Fate, NodeError> {
        self.0.fate_of(uxid).await
    }
}

/// A wallet without its keys.
#[derive(Debug)]
struct Keyless {
    addresses: Vec<Address>,
    change: Address,
}

impl Signer for Keyless {
    fn addresses(&self) -> Vec<Address> {
        self.addresses.clone()
    }

    fn change_address(&self) -> Address {
        self.change
    }

    async fn sign(&self, _: &SigningRequest) -> Result<Transaction, SignerError> {
        Err(SignerError::Unsignable("a drill signs nothing".to_owned()))
    }
}

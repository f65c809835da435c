//! What the workers know and the listeners show: nodes, wallet, pools, sightings. In memory, replaced whole.
//!
//! Nothing here is a promise: promises are in the store. All of it is gone with the process and soon known again.

mod backup_view;
mod books_view;
mod certificate;
mod chain_view;
mod hint;
mod pause;
mod price_list;
mod prices;
mod second_node;
mod second_reading;
mod sightings;
mod switched_off;
mod upstream_view;
mod vetting;
mod wallet_view;
mod withdrawals_view;

use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::chain::Unvetted;
use crate::task::{Fares, Vitals};
use crate::types::{Coin, Height, Moment, PerCoin, Switch, UnixTime};

pub use backup_view::{BackupView, DrillEnd, DrillFacts, DrillView, KeptCopy};
pub use books_view::{BooksDoubt, BooksView};
pub use certificate::{CertificateTrouble, CertificateView};
pub use chain_view::{ChainLimits, ChainView, NodeState};
pub use hint::Hint;
pub use pause::{NodeTrouble, Pause};
pub use price_list::{PriceList, PricedAsset};
pub use prices::{Heard, PriceView, Prices, SetPrice};
pub use second_node::{AskedBlock, SecondNode, SecondNodeView};
pub use second_reading::{Difference, ReadSums, SecondReading};
pub use sightings::{Sighting, Sightings};
pub use switched_off::SwitchedOff;
pub use upstream_view::{UpstreamMarket, UpstreamStock, UpstreamView};
pub use vetting::{Vetting, VettingState};
pub use wallet_view::{Runway, WalletView};
pub use withdrawals_view::WithdrawalsView;

/// An address pool as its keeper saw it last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PoolView {
    /// Why the address file was refused the last time it changed; the pool from before goes on.
    pub refused: Option<String>,
    /// When the file was taken over.
    pub loaded_at: Option<UnixTime>,
}

/// What jobs beside the follower of a chain cannot do at the moment. Nothing depends on them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChainNotes {
    /// Why blocks that are to be read again are not.
    pub rescan_error: Option<String>,
    /// Why payments that wait for a block cannot be shown.
    pub pending_error: Option<String>,
    /// Why balances cannot be compared.
    pub balances_error: Option<String>,
}

/// All of it.
#[derive(Debug, Default)]
pub struct Live {
    wallet: ArcSwap<WalletView>,
    books: ArcSwap<BooksView>,
    pools: PerCoin<ArcSwap<PoolView>>,
    /// None for a coin whose chain nobody follows, as in dummy mode.
    chains: PerCoin<ArcSwap<Option<ChainView>>>,
    sightings: PerCoin<ArcSwap<Sightings>>,
    /// None where there is no HTTPS.
    certificate: ArcSwap<Option<CertificateView>>,
    /// None where nothing is bought upstream.
    upstream: ArcSwap<Option<UpstreamView>>,
    /// Why the configuration's file was not taken over when it was read anew.
    config_trouble: ArcSwap<Option<String>>,
    /// None where no copies are made.
    backups: ArcSwap<Option<BackupView>>,
    /// None before a copy was drilled.
    drill: ArcSwap<Option<DrillView>>,
    /// None where nothing can be withdrawn from an exchange.
    withdrawals: ArcSwap<Option<WithdrawalsView>>,
    /// None where nobody has put prices here.
    prices: ArcSwap<Option<Arc<Prices>>>,
    notes: PerCoin<ArcSwap<ChainNotes>>,
    /// None for a coin whose blocks nobody reads a second time.
    readings: PerCoin<ArcSwap<Option<SecondReading>>>,
    /// None for a coin without one.
    second_nodes: PerCoin<ArcSwap<Option<Arc<SecondNode>>>>,
    vetting: PerCoin<ArcSwap<Vetting>>,
    hints: PerCoin<Hint>,
    /// Clients whose webhooks are told.
    hook_clients: ArcSwap<Vec<String>>,
    /// Since when events are not sorted for them; none while all are.
    hooks_unsorted_since: ArcSwap<Option<Moment>>,
    /// What persons have switched off.
    pub switched_off: SwitchedOff,
    /// How the payer fares.
    pub payer: Vitals,
    /// How the buyer fares.
    pub buyer: Vitals,
    /// How the worker that withdraws from the exchange fares.
    pub withdrawer: Vitals,
    /// How the pricer fares.
    pub pricer: Vitals,
    /// How the keeper of the address pools fares.
    pub pool_keeper: Vitals,
    /// How the scanner of each coin fares.
    pub scanners: PerCoin<Vitals>,
}

impl Live {
    /// Returns the hot wallet as the payer saw it last.
    pub fn wallet(&self) -> Arc<WalletView> {
        self.wallet.load_full()
    }

    /// Shows the hot wallet as it is now.
    pub fn set_wallet(&self, view: WalletView) {
        self.wallet.store(Arc::new(view));
    }

    /// Returns the clients whose webhooks are told, by their names.
    pub fn hook_clients(&self) -> Arc<Vec<String>> {
        self.hook_clients.load_full()
    }

    /// Shows whose webhooks are told.
    pub fn set_hook_clients(&self, clients: Vec<String>) {
        self.hook_clients.store(Arc::new(clients));
    }

    /// Returns since when events wait to be sorted for webhooks of purchases; none while all are.
    pub fn hooks_unsorted_since(&self) -> Option<Moment> {
        **self.hooks_unsorted_since.load()
    }

    /// Shows that events wait to be sorted from this moment on, or from an earlier one; or that none do.
    pub fn hooks_unsorted(&self, since: Option<Moment>) {
        if since.is_none() || self.hooks_unsorted_since.load().is_none() {
            self.hooks_unsorted_since.store(Arc::new(since));
        }
    }

    /// Returns what is known of the wallet's spends.
    pub fn books(&self) -> Arc<BooksView> {
        self.books.load_full()
    }

    /// Shows what is known of the wallet's spends.
    pub fn set_books(&self, view: BooksView) {
        self.books.store(Arc::new(view));
    }

    /// Returns what is known of a coin's second node; none where it has none.
    pub fn second_node(&self, coin: Coin) -> Option<Arc<SecondNode>> {
        (**self.second_nodes[coin].load()).clone()
    }

    /// Gives a coin a second node.
    pub fn set_second_node(&self, coin: Coin, node: Arc<SecondNode>) {
        self.second_nodes[coin].store(Arc::new(Some(node)));
    }

    /// Returns the address pool of a coin as its keeper saw it last.
    pub fn pool(&self, coin: Coin) -> Arc<PoolView> {
        self.pools[coin].load_full()
    }

    /// Shows an address pool as it is now.
    pub fn set_pool(&self, coin: Coin, view: PoolView) {
        self.pools[coin].store(Arc::new(view));
    }

    /// The chain of a coin; none where nobody follows it.
    pub fn chain(&self, coin: Coin) -> Option<ChainView> {
        (**self.chains[coin].load()).clone()
    }

    /// Shows a chain as its scanner sees it.
    pub fn set_chain(&self, coin: Coin, view: ChainView) {
        self.chains[coin].store(Arc::new(Some(view)));
    }

    /// The first block of a chain that its node does not have at the moment, while that is not followed: what stands
    /// from there on may be gone, and is not newly paid.
    pub fn doubted_from(&self, coin: Coin) -> Option<Height> {
        self.chains[coin].load().as_ref().as_ref()?.doubted_from
    }

    /// Returns what jobs beside the follower of a chain cannot do.
    pub fn notes(&self, coin: Coin) -> Arc<ChainNotes> {
        self.notes[coin].load_full()
    }

    /// Changes the notes of a coin, where that changes anything.
    pub fn change_notes(&self, coin: Coin, change: impl Fn(&mut ChainNotes)) {
        self.notes[coin].rcu(|notes| {
            let mut notes = (**notes).clone();
            change(&mut notes);
            notes
        });
    }

    /// Returns what the second reading of a coin's blocks says; none where nobody reads them a second time.
    pub fn reading(&self, coin: Coin) -> Arc<Option<SecondReading>> {
        self.readings[coin].load_full()
    }

    /// Shows what the second reading of a coin's blocks says.
    pub fn set_reading(&self, coin: Coin, reading: SecondReading) {
        self.readings[coin].store(Arc::new(Some(reading)));
    }

    /// The height of a chain's newest block, as far as it is known.
    pub fn tip(&self, coin: Coin) -> Option<Height> {
        self.chains[coin].load().as_ref().as_ref()?.tip.map(|tip| tip.block.height)
    }

    /// Why nobody should be given an address of this coin now; none where all is well.
    pub fn refuses_binds(&self, coin: Coin, now: Moment) -> Option<Pause> {
        if self.switched_off.has(Switch::Coin(coin)) {
            return Some(Pause::SwitchedOff);
        }
        let chains = self.chains[coin].load();
        // Where no chain is followed, money is made up here.
        let chain = chains.as_ref().as_ref()?;
        let books = || self.books().refuses().map(Pause::Books);
        let vetting = || (!self.vetting(coin).is_open).then_some(Pause::NotVetted);
        chain.refuses_binds(now).or_else(books).or_else(vetting)
    }

    /// Where hints about the chain of a coin are left.
    pub fn hint(&self, coin: Coin) -> &Hint {
        &self.hints[coin]
    }

    /// Whether the addresses of a coin that are given out next were looked into.
    pub fn vetting(&self, coin: Coin) -> Arc<Vetting> {
        self.vetting[coin].load_full()
    }

    /// Shows how the vetting of a coin's next addresses fares.
    pub fn set_vetting(&self, coin: Coin, vetting: Vetting) {
        self.vetting[coin].store(Arc::new(vetting));
    }

    /// What becomes of a coin's addresses that no node was asked about.
    pub fn unvetted(&self, coin: Coin) -> Unvetted {
        match **self.chains[coin].load() {
            Some(_) => self.vetting(coin).state.unvetted(),
            // Where no chain is followed, money is made up here.
            None => Unvetted::Given,
        }
    }

    /// Returns the payments that wait for a block.
    pub fn sightings(&self, coin: Coin) -> Arc<Sightings> {
        self.sightings[coin].load_full()
    }

    /// Shows the payments that wait for a block.
    pub fn set_sightings(&self, coin: Coin, sightings: Sightings) {
        self.sightings[coin].store(Arc::new(sightings));
    }

    /// The certificate of the public listener; none where there is no HTTPS.
    pub fn certificate(&self) -> Option<CertificateView> {
        (**self.certificate.load()).clone()
    }

    /// Shows the certificate of the public listener.
    pub fn set_certificate(&self, view: CertificateView) {
        self.certificate.store(Arc::new(Some(view)));
    }

    /// Why the configuration's file was not taken over when it was read anew, in words; none where it was.
    pub fn config_trouble(&self) -> Option<String> {
        (**self.config_trouble.load()).clone()
    }

    /// Shows that.
    pub fn set_config_trouble(&self, trouble: Option<String>) {
        self.config_trouble.store(Arc::new(trouble));
    }

    /// Copies of the database; none where none are made.
    pub fn backups(&self) -> Option<BackupView> {
        (**self.backups.load()).clone()
    }

    /// Shows how copies of the database fare.
    pub fn set_backups(&self, view: Option<BackupView>) {
        self.backups.store(Arc::new(view));
    }

    /// Returns the last drill of a copy since the start; none before there was one.
    pub fn drill(&self) -> Option<DrillView> {
        (**self.drill.load()).clone()
    }

    /// Shows a drill.
    pub fn set_drill(&self, view: DrillView) {
        self.drill.store(Arc::new(Some(view)));
    }

    /// Withdrawals from the exchange; none where nothing can be withdrawn.
    pub fn withdrawals(&self) -> Option<WithdrawalsView> {
        (**self.withdrawals.load()).clone()
    }

    /// Shows how withdrawals fare.
    pub fn set_withdrawals(&self, view: Option<WithdrawalsView>) {
        self.withdrawals.store(Arc::new(view));
    }

    /// The exchange that coins are bought on; none where nothing is bought upstream.
    pub fn upstream(&self) -> Option<UpstreamView> {
        (**self.upstream.load()).clone()
    }

    /// Shows the exchange as it is now.
    pub fn set_upstream(&self, view: Option<UpstreamView>) {
        self.upstream.store(Arc::new(view));
    }

    /// The prices of the moment; none where nobody has put any here.
    pub fn prices(&self) -> Option<Arc<Prices>> {
        (**self.prices.load()).clone()
    }

    /// Puts the prices here that everybody looks at.
    pub fn set_prices(&self, prices: Arc<Prices>) {
        self.prices.store(Arc::new(Some(prices)));
    }

    /// Returns how the workers fare that the desk depends on, each with its name, and its coin where it has one.
    pub fn workers(&self) -> Vec<(&'static str, Option<Coin>, Fares)> {
        let of_desk = [
            ("payer", &self.payer),
            ("buyer", &self.buyer),
            ("pricer", &self.pricer),
            ("pool_keeper", &self.pool_keeper),
        ];
        let of_desk = of_desk.into_iter().map(|(name, vitals)| (name, None, vitals.get()));
        let followed = Coin::all().filter(|coin| self.chains[*coin].load().is_some());
        let scanners = followed.map(|coin| ("scanner", Some(coin), self.scanners[coin].get()));
        of_desk.chain(scanners).collect()
    }

    /// Returns how the scanner of a coin fares.
    pub fn scanner(&self, coin: Coin) -> &Vitals {
        &self.scanners[coin]
    }
}

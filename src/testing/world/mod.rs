//! A desk on a simulated disk, with a simulated Skycoin chain that outlives it. It can die anywhere and start again.
//!
//! The world remembers what the desk acknowledged and what its chains held, and [`World::verify`] holds the desk to it.

mod acts;
mod books;
mod coin;
mod hearers;
mod hook_hearers;
mod judge;
mod price;
mod pricing;
mod reconciling;
mod restore;
mod second;
mod upstream;
mod withdrawals;
mod withdrawing;

use hook_hearers::HookDesk;
pub use restore::Backup;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::clock::ManualClock;
use super::fake_chain::{FakeChain, FakeSource};
use super::fake_exchange::FakeExchange;
use super::faulty_node::{Faults, FaultyNode};
use super::fuse::Fuse;
use super::payout_chain::{PayoutChain, wallet};
use super::sim_disk::SimDisk;
use super::step_end::quiet_deaths;
use super::way::{deposit_addresses, token_on};
use rust_decimal::Decimal;

use crate::address::DepositAddress;
use crate::breaker::PayoutBudget;
use crate::clock::Clock;
use crate::config::PartialFills;
use crate::engine::{
    BalanceChecker, BindRules, Buyer, FoundDeposit, Intake, MarketSettings, Payer, PayerSettings, Pricer,
    PurchaseSettings, Purchaser, Reconciler, Rescanner, Scanner, ScannerSettings, SecondLook, Vetter,
    Withdrawer,
};
use crate::ledger::Asset;
use crate::live::{ChainLimits, Live};
use crate::outbox::Courier;
use crate::price::Promised;
use crate::rail::{HotWallet, OwnAddress, SkyRail};
use crate::skycoin::Address;
use crate::store::{POOL_CHUNK, Pool, Purpose, RedbBackend, Store, StoreError};
use crate::types::{Coin, Droplets, Height, Units};

/// What the desk runs with; may differ from one start to the next.
#[derive(Debug, Clone)]
pub struct WorldSettings {
    pub rate: String,
    pub send_enabled: bool,
    pub max_bound: Option<u32>,
    pub confirmations: u64,
    /// Blocks that a payout, or what takes its place, has to be deep; 1 for the tip.
    pub payout_confirmations: u64,
    /// Where blocks are read from.
    pub initial_height: u64,
    /// Whether the chain's own word on finality counts; the chain here has none.
    pub use_finalized: bool,
    /// How coins are bought upstream; none where deposits are paid directly.
    pub upstream: Option<UpstreamSettings>,
    /// When deposits get a price that lives; none where the rate is written down.
    pub living: Option<Promised>,
    /// Whether receivers are told of events.
    pub has_receivers: bool,
    /// Whether each bind gives a webhook.
    pub has_hooks: bool,
    /// The most that is paid out within an hour.
    pub budget: PayoutBudget,
    /// Payouts above this amount wait for a second node; none where there is no such node.
    pub second_above: Option<Droplets>,
}

/// How a world's desk buys upstream.
#[derive(Debug, Clone)]
pub struct UpstreamSettings {
    pub partial_fills: PartialFills,
    pub gather_count: usize,
    pub fallback_after: Option<Duration>,
    pub ceiling: Option<Decimal>,
    pub account: String,
    /// Whether what was bought is withdrawn to the hot wallet.
    pub withdraws: bool,
}

impl Default for UpstreamSettings {
    fn default() -> Self {
        UpstreamSettings {
            partial_fills: PartialFills::Reorder,
            gather_count: 1,
            fallback_after: None,
            ceiling: None,
            account: "world".to_owned(),
            withdraws: false,
        }
    }
}

impl Default for WorldSettings {
    fn default() -> Self {
        WorldSettings {
            rate: "500".into(),
            send_enabled: true,
            max_bound: None,
            confirmations: 2,
            payout_confirmations: 1,
            initial_height: 1,
            use_finalized: false,
            upstream: None,
            living: None,
            has_receivers: false,
            has_hooks: false,
            budget: PayoutBudget::default(),
            second_above: None,
        }
    }
}

/// What the desk has promised.
#[derive(Debug, Clone, Default)]
pub struct Acked {
    /// Deposit address by payee, in order.
    pub binds: Vec<(Address, DepositAddress)>,
    /// Deposits that were acknowledged.
    pub deposits: Vec<FoundDeposit>,
}

/// The running parts of a desk.
#[derive(Debug)]
pub struct Service {
    pub store: Store,
    pub live: Arc<Live>,
    buyer: Buyer,
    pricer: Option<Pricer>,
    payer: Payer<SkyRail<FaultyNode, HotWallet>>,
    withdrawer: Option<Withdrawer<FaultyNode>>,
    scanner: Scanner<FakeSource>,
    rescanner: Rescanner<FakeSource>,
    balance_checker: BalanceChecker<FakeSource>,
    vetter: Vetter<FakeSource>,
    reconciler: Reconciler<FakeSource>,
    second_look: Option<SecondLook<FakeSource>>,
    intake: Intake,
    rules: BindRules,
    couriers: Vec<Courier>,
    hooks: Option<HookDesk>,
}

/// All of it.
#[derive(Debug)]
pub struct World {
    pub clock: Arc<ManualClock>,
    /// The chain that payouts are made on.
    pub node: PayoutChain,
    /// The chain that the second node shows; none where it is that of the first.
    pub second: Option<FakeChain>,
    /// The chain that deposits are made on.
    pub chain: FakeChain,
    /// Where coins are bought, where the desk does that.
    pub exchange: FakeExchange,
    pub fuse: Fuse,
    pub faults: Arc<Mutex<Faults>>,
    pub acked: Acked,
    pub settings: WorldSettings,
    /// Whose chain deposits are made on.
    coin: Coin,
    disk: SimDisk,
    hours_grown: Arc<AtomicU64>,
    service: Option<Service>,
    pool: Vec<DepositAddress>,
    /// Every rate that deposits were taken up at.
    rates: Vec<String>,
    /// The price that each deposit was promised, where prices live.
    promised: Mutex<BTreeMap<String, String>>,
    /// How prices stood, where they live.
    price_words: BTreeSet<&'static str>,
    /// Deposits that were handed to the desk, acknowledged or not.
    handed: Vec<FoundDeposit>,
    /// What a worker said that it should never have to say.
    complaints: Vec<String>,
    /// Bindings that a copy which was put back does not know.
    lost_binds: Vec<(Address, DepositAddress)>,
    /// What was paid before a copy was put back.
    ledger: judge::Ledger,
    /// Who is told of events, where somebody is.
    hearers: Vec<Arc<hearers::Hearer>>,
    /// The webhooks of purchases.
    hook_hearer: Arc<hook_hearers::HookHearer>,
}

impl World {
    /// A new world whose wallet starts with four outputs of `balance` each; the desk is started.
    pub fn new(balance: Droplets, pool: usize) -> World {
        World::on(Coin::BTC, balance, pool)
    }

    /// The same, where deposits are made on another coin's chain.
    pub fn on(coin: Coin, balance: Droplets, pool: usize) -> World {
        quiet_deaths();
        let fuse = Fuse::default();
        let clock = Arc::new(ManualClock::default());
        let node = PayoutChain::new(balance, 3);
        let mut world = World {
            exchange: FakeExchange::beside(Arc::clone(&clock), fuse.clone(), node.clone()),
            clock,
            node,
            chain: FakeChain::default(),
            second: None,
            fuse: fuse.clone(),
            faults: Arc::default(),
            acked: Acked::default(),
            settings: WorldSettings::default(),
            coin,
            hearers: hearers::Hearer::all(&fuse),
            hook_hearer: hook_hearers::HookHearer::new(&fuse),
            disk: SimDisk::new(fuse),
            hours_grown: Arc::default(),
            service: None,
            pool: deposit_addresses(coin).get(..pool).expect("BUG: a world has few addresses").to_vec(),
            rates: Vec::new(),
            promised: Mutex::default(),
            price_words: BTreeSet::new(),
            handed: Vec::new(),
            complaints: Vec::new(),
            lost_binds: Vec::new(),
            ledger: judge::Ledger::new(),
        };
        world.chain.be(coin);
        // Several outputs, so that a payout planned anew could be paid from another one.
        for _ in 0..3 {
            world.node.fund(balance);
        }
        world.start().expect("BUG: an empty disk makes a desk");
        world
    }

    pub fn service(&mut self) -> Option<&mut Service> {
        self.service.as_mut()
    }

    /// Starts the desk on the disk as it is. An error is a failed start; the fuse may burn in it.
    pub fn start(&mut self) -> Result<(), StoreError> {
        let backend = Arc::new(RedbBackend::on_storage(self.disk.clone())?);
        let clock: Arc<dyn Clock> = Arc::clone(&self.clock) as Arc<dyn Clock>;
        let store =
            Store::open(backend, Purpose::real(self.coin.main_network()), Arc::clone(&clock), &|_| {})?;
        // The filling blocks, which a runtime's own thread must not.
        std::thread::scope(|scope| {
            let filling = scope.spawn(|| self.fill_pool(&store)).join();
            filling.unwrap_or(Err(StoreError::Closed))
        })?;
        let couriers = self.couriers(&store, &clock)?;
        let has_hooks = self.settings.has_hooks;
        let hooks = has_hooks.then(|| HookDesk::new(&self.hook_hearer, &store, &clock));
        let live = Arc::new(Live::default());
        let (node, signer) = (Arc::new(self.faulty_node()), wallet());
        let settings = PayerSettings {
            send_enabled: self.settings.send_enabled,
            check_wait: Duration::from_secs(5),
            confirmations: self.settings.payout_confirmations,
            max_decimals: 3,
            budget: self.settings.budget,
        };
        let upstream = self.purchaser(&store, &live);
        let intake = self.taking(&store)?;
        let pricer = self.pricer(&store, &intake);
        let (scanner, rescanner, balance_checker) = self.scanner(&store, &live, &intake);
        let source = Arc::new(FakeSource::new(self.chain.clone(), self.fuse.clone()));
        let vetter = Vetter::new(store.clone(), source, Arc::clone(&live), Arc::clone(&clock));
        let source = Arc::new(FakeSource::new(self.chain.clone(), self.fuse.clone()));
        let reconciler = Reconciler::new(store.clone(), source, Arc::clone(&live), Arc::clone(&clock), true);
        let second_look = self.second_look(&store, &live);
        let withdrawer = self.withdrawer(&store, &live, (Arc::clone(&node), OwnAddress::of(&*signer)));
        let rail = SkyRail::new(node, signer);
        let payer = Payer::new(store.clone(), rail, clock, Arc::clone(&live), settings);
        self.service = Some(Service {
            buyer: Buyer::new(store.clone(), upstream),
            pricer,
            payer,
            withdrawer,
            scanner,
            rescanner,
            balance_checker,
            vetter,
            reconciler,
            second_look,
            intake,
            rules: BindRules { max_bound: self.settings.max_bound },
            couriers,
            hooks,
            store,
            live,
        });
        Ok(())
    }

    fn couriers(&self, store: &Store, clock: &Arc<dyn Clock>) -> Result<Vec<Courier>, StoreError> {
        if !self.settings.has_receivers {
            return Ok(Vec::new());
        }
        // It blocks, as the filling does.
        std::thread::scope(|scope| {
            let known = scope.spawn(|| hearers::couriers(&self.hearers, store, clock)).join();
            known.unwrap_or(Err(StoreError::Closed))
        })
    }

    fn faulty_node(&self) -> FaultyNode {
        let (faults, grown) = (Arc::clone(&self.faults), Arc::clone(&self.hours_grown));
        FaultyNode::new(self.node.clone(), faults, self.fuse.clone(), grown)
    }

    /// What buys upstream: every asset that can be deposited has a market.
    fn purchaser(&self, store: &Store, live: &Arc<Live>) -> Option<Purchaser> {
        let upstream = self.settings.upstream.clone()?;
        let assets = [Some(Asset::Coin(self.coin)), token_on(self.coin).map(Asset::Token)];
        let markets = assets.into_iter().flatten().map(|asset| MarketSettings {
            asset,
            market: format!("SKY{}", asset.code()),
            ceiling: upstream.ceiling,
            least: Units::ZERO,
        });
        let markets: Vec<MarketSettings> = markets.collect();
        let vouched = markets.iter().map(|market| format!("exchange:{}", market.market)).collect();
        let settings = PurchaseSettings {
            markets,
            slippage: Decimal::new(2, 2),
            fee: Decimal::new(2, 3),
            partial_fills: upstream.partial_fills,
            gather_count: upstream.gather_count,
            gather_time: Duration::from_secs(60),
            order_patience: Duration::from_secs(30),
            fallback_after: upstream.fallback_after,
            max_decimals: 3,
            failure_wait: Duration::from_secs(10),
            ratelimit_wait: Duration::from_secs(30),
            check_wait: Duration::from_secs(2),
            vouched,
            account: upstream.account,
        };
        let (exchange, clock) = (Arc::new(self.exchange.clone()), Arc::clone(&self.clock));
        Some(Purchaser::new(store.clone(), exchange, clock, Arc::clone(live), settings))
    }

    fn scanner(
        &self,
        store: &Store,
        live: &Arc<Live>,
        intake: &Intake,
    ) -> (Scanner<FakeSource>, Rescanner<FakeSource>, BalanceChecker<FakeSource>) {
        let source = Arc::new(FakeSource::new(self.chain.clone(), self.fuse.clone()));
        let limits = ChainLimits { max_tip_age: None, max_silence: Duration::from_secs(300) };
        let settings = ScannerSettings {
            initial_height: Height::new(self.settings.initial_height),
            confirmations: self.settings.confirmations,
            use_finalized: self.settings.use_finalized,
            scan_period: Duration::from_secs(5),
            shorter_chain_wait: Duration::from_secs(600),
            limits,
        };
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        let rescanner =
            Rescanner::new(store.clone(), Arc::clone(&source), intake.clone(), settings, Arc::clone(live));
        let checker = BalanceChecker::new(store.clone(), Arc::clone(&source), Arc::clone(live));
        let scanner = Scanner::new(store.clone(), source, intake.clone(), settings, Arc::clone(live), clock);
        (scanner, rescanner, checker)
    }

    fn fill_pool(&self, store: &Store) -> Result<(), StoreError> {
        let coin = self.coin;
        if store.snapshot().pool(coin).total > 0 {
            return Ok(());
        }
        for (number, chunk) in (0u64..).zip(self.pool.chunks(POOL_CHUNK)) {
            let chunk = chunk.to_vec();
            store.write_blocking(move |tx| tx.put_pool_chunk(coin, 1, number, &chunk))?;
        }
        let total = u64::try_from(self.pool.len()).unwrap_or(u64::MAX);
        let pool = Pool { generation: 1, digest: [7; 32], total, ..Pool::default() };
        store.write_blocking(move |tx| tx.switch_pool(coin, pool.clone()))
    }

    /// The power is cut. What was not synced survives as `survives` says.
    pub fn cut_power(&mut self, survives: impl FnMut() -> bool) {
        self.disk.kill();
        self.service = None;
        self.fuse.unset();
        self.disk = self.disk.after_power_cut(survives);
    }

    /// Stops the desk in an orderly way.
    pub fn stop(&mut self) {
        if let Some(service) = self.service.take() {
            service.store.close();
        }
    }

    /// The faults of the line to the node.
    pub fn set_faults(&self, faults: Faults) {
        *self.faults.lock().unwrap_or_else(PoisonError::into_inner) = faults;
    }
}

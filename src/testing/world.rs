//! A desk on a simulated disk, with a simulated Skycoin chain that outlives it. It can die anywhere and start again.
//!
//! The world remembers what the desk acknowledged, and [`World::verify`] holds the desk to it: every acknowledged bind
//! is there, every acknowledged deposit is there, nobody was paid what they were not owed, and at rest everything final
//! is paid exactly once.

use std::collections::{BTreeMap, HashMap};
use std::panic::AssertUnwindSafe;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::Notify;

use super::clock::ManualClock;
use super::fake_chain::{FakeChain, FakeSource};
use super::faulty_node::{Faults, FaultyNode};
use super::fuse::Fuse;
use super::sim_disk::SimDisk;
use super::step_end::{StepEnd, ended, quiet_deaths};
use crate::address::{DepositAddress, Network};
use crate::clock::Clock;
use crate::deposit::BlockAt;
use crate::desk::{ChainLimits, Desk};
use crate::dummy::{Broadcast, DummyNode};
use crate::engine::{
    BindError, BindRules, Buyer, Found, Intake, IntakeError, Payer, PayerSettings, Rescanner, Scanner,
    ScannerSettings, bind,
};
use crate::payout::may_leave;
use crate::skycoin::{Address, KeyChain, bitcoin_address};
use crate::store::{Audit, POOL_CHUNK, Page, Purpose, RedbBackend, Store, StoreError, Tables};
use crate::task::{Next, Worker};
use crate::types::{BuyMethod, Coin, DepositId, Droplets, Height, Rate, Units};
use crate::wallet::HotWallet;

/// What the desk runs with; may differ from one start to the next.
#[derive(Debug, Clone)]
pub struct WorldSettings {
    pub rate: String,
    pub send_enabled: bool,
    pub max_bound: Option<u32>,
    pub confirmations: u64,
    /// Where blocks are read from.
    pub initial_height: u64,
    /// Whether the chain's own word on finality counts; the chain here has none.
    pub use_finalized: bool,
}

impl Default for WorldSettings {
    fn default() -> Self {
        WorldSettings {
            rate: "500".into(),
            send_enabled: true,
            max_bound: None,
            confirmations: 2,
            initial_height: 1,
            use_finalized: false,
        }
    }
}

/// What the desk has promised.
#[derive(Debug, Clone, Default)]
pub struct Acked {
    /// Deposit address by payee, in order.
    pub binds: Vec<(Address, DepositAddress)>,
    /// Deposits that were acknowledged.
    pub deposits: Vec<Found>,
}

/// The running parts of a desk.
#[derive(Debug)]
pub struct Service {
    pub store: Store,
    pub desk: Arc<Desk>,
    buyer: Buyer,
    payer: Payer<FaultyNode, HotWallet>,
    scanner: Scanner<FakeSource>,
    rescanner: Rescanner<FakeSource>,
    intake: Intake,
    rules: BindRules,
}

/// All of it.
#[derive(Debug)]
pub struct World {
    pub clock: Arc<ManualClock>,
    pub node: Arc<DummyNode>,
    /// The chain that deposits are made on.
    pub chain: FakeChain,
    pub fuse: Fuse,
    pub faults: Arc<Mutex<Faults>>,
    pub acked: Acked,
    pub settings: WorldSettings,
    disk: SimDisk,
    hours_grown: Arc<AtomicU64>,
    service: Option<Service>,
    pool: Vec<DepositAddress>,
}

impl World {
    /// A new world whose wallet starts with four outputs of `balance` each; the desk is started.
    pub fn new(balance: Droplets, pool: usize) -> World {
        quiet_deaths();
        let fuse = Fuse::default();
        let keys = KeyChain::new(b"deposit addresses of the simulated world").take(pool);
        let parse = |text: String| {
            DepositAddress::parse(Coin::Btc, &text, Network::Bitcoin).expect("BUG: a new address is good")
        };
        let mut world = World {
            clock: Arc::new(ManualClock::default()),
            node: Arc::new(DummyNode::new(balance, 3, &[], Arc::new(Notify::new()))),
            chain: FakeChain::default(),
            fuse: fuse.clone(),
            faults: Arc::default(),
            acked: Acked::default(),
            settings: WorldSettings::default(),
            disk: SimDisk::new(fuse),
            hours_grown: Arc::default(),
            service: None,
            pool: keys.map(|key| parse(bitcoin_address(&key.public()).to_string())).collect(),
        };
        // Several outputs, so that a payout planned anew could be paid from another one.
        (0..3).for_each(|_| world.node.fund(balance));
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
        let store = Store::open(backend, Purpose::real(Network::Bitcoin), Arc::clone(&clock), &|_| {})?;
        // The filling blocks, which a runtime's own thread must not.
        std::thread::scope(|scope| {
            let filling = scope.spawn(|| self.fill_pool(&store)).join();
            filling.unwrap_or(Err(StoreError::Closed))
        })?;
        let desk = Arc::new(Desk::default());
        let node = FaultyNode::new(
            Arc::clone(&self.node),
            Arc::clone(&self.faults),
            self.fuse.clone(),
            Arc::clone(&self.hours_grown),
        );
        let settings = PayerSettings {
            send_enabled: self.settings.send_enabled,
            check_wait: Duration::from_secs(5),
            confirmations: 1,
        };
        let signer = Arc::new(DummyNode::hot_wallet());
        let rate = Rate::parse(&self.settings.rate).expect("BUG: the world's rates are rates");
        let intake = Intake { rates: [rate.clone(), rate.clone(), rate], max_decimals: 3 };
        let (scanner, rescanner) = self.scanner(&store, &desk, &intake);
        let payer = Payer::new(store.clone(), Arc::new(node), signer, clock, Arc::clone(&desk), settings);
        self.service = Some(Service {
            buyer: Buyer::new(store.clone(), BuyMethod::Direct),
            payer,
            scanner,
            rescanner,
            intake,
            rules: BindRules { max_bound: self.settings.max_bound },
            store,
            desk,
        });
        Ok(())
    }

    fn scanner(
        &self,
        store: &Store,
        desk: &Arc<Desk>,
        intake: &Intake,
    ) -> (Scanner<FakeSource>, Rescanner<FakeSource>) {
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
            Rescanner::new(store.clone(), Arc::clone(&source), intake.clone(), settings, Arc::clone(desk));
        let scanner = Scanner::new(store.clone(), source, intake.clone(), settings, Arc::clone(desk), clock);
        (scanner, rescanner)
    }

    fn fill_pool(&self, store: &Store) -> Result<(), StoreError> {
        if store.snapshot().pool(Coin::Btc).total > 0 {
            return Ok(());
        }
        for (number, chunk) in (0u64..).zip(self.pool.chunks(POOL_CHUNK)) {
            let chunk = chunk.to_vec();
            store.write_blocking(move |tx| tx.put_pool_chunk(Coin::Btc, 1, number, &chunk))?;
        }
        let total = u64::try_from(self.pool.len()).unwrap_or(u64::MAX);
        store.write_blocking(move |tx| tx.switch_pool(Coin::Btc, 1, [7; 32], total, 0))
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

    /// A buyer binds; what is acknowledged is remembered.
    pub async fn bind(&mut self, payee: Address) -> StepEnd {
        let Some(service) = &self.service else { return StepEnd::Died };
        let bound = bind(&service.store, service.rules, payee, Coin::Btc).await;
        match bound {
            Ok(bound) => {
                self.acked.binds.push((payee, bound.address));
                StepEnd::Done(None)
            }
            Err(BindError::Store(error)) if error.is_fatal() => StepEnd::Died,
            Err(error) => StepEnd::Refused(error.to_string()),
        }
    }

    /// A final deposit is handed to the desk; what is acknowledged is remembered.
    pub async fn deposit(&mut self, address: DepositAddress, tx: &str, n: u32, satoshi: u64) -> StepEnd {
        let found = Found {
            id: DepositId { coin: Coin::Btc, tx: tx.to_owned(), n },
            address,
            amount: Units::new(satoshi.into()),
            block: BlockAt { height: Height::new(1), hash: None, waits: 0 },
            is_final: true,
        };
        let Some(service) = &self.service else { return StepEnd::Died };
        let (intake, wanted) = (service.intake.clone(), found.clone());
        match service.store.write(move |tx| intake.take(tx, &wanted)).await {
            Ok(_) => {
                if !self.acked.deposits.contains(&found) {
                    self.acked.deposits.push(found);
                }
                StepEnd::Done(None)
            }
            Err(IntakeError::Store(error)) if error.is_fatal() => StepEnd::Died,
            Err(error) => StepEnd::Refused(error.to_string()),
        }
    }

    /// One step of the worker that decides.
    pub async fn buyer_step(&mut self) -> StepEnd {
        match &mut self.service {
            Some(service) => ended(AssertUnwindSafe(service.buyer.step()).catch_unwind().await),
            None => StepEnd::Died,
        }
    }

    /// One step of the worker that pays.
    pub async fn payer_step(&mut self) -> StepEnd {
        match &mut self.service {
            Some(service) => ended(AssertUnwindSafe(service.payer.step()).catch_unwind().await),
            None => StepEnd::Died,
        }
    }

    /// One step of the worker that follows the chain; where that has nothing more to do now, one of the worker that
    /// reads it again.
    pub async fn scanner_step(&mut self) -> StepEnd {
        let Some(service) = &mut self.service else { return StepEnd::Died };
        match ended(AssertUnwindSafe(service.scanner.step()).catch_unwind().await) {
            StepEnd::Done(Some(Next::Wait(_))) => {
                ended(AssertUnwindSafe(service.rescanner.step()).catch_unwind().await)
            }
            end => end,
        }
    }

    /// Lets the scanner go on until it has seen everything.
    pub async fn scan(&mut self) -> StepEnd {
        loop {
            let end = self.scanner_step().await;
            if end != StepEnd::Done(Some(Next::Again)) {
                return end;
            }
        }
    }

    /// Lets both workers go on until neither has anything to do now. Died or refused ends it.
    pub async fn work(&mut self) -> StepEnd {
        loop {
            let buyer = self.buyer_step().await;
            if !matches!(buyer, StepEnd::Done(_)) {
                return buyer;
            }
            let payer = self.payer_step().await;
            if !matches!(payer, StepEnd::Done(_)) {
                return payer;
            }
            let again = StepEnd::Done(Some(Next::Again));
            if buyer != again && payer != again {
                return payer;
            }
        }
    }

    /// Confirms everything that is unconfirmed on the chain; answers whether there was anything.
    pub fn confirm_all(&self) -> bool {
        let mut any = false;
        for sent in self.standing().into_iter().filter(|sent| !sent.confirmed) {
            any |= self.node.confirm(&sent.txid.to_string());
        }
        any
    }

    /// Works and confirms until nothing moves any more.
    pub async fn rest(&mut self) -> StepEnd {
        loop {
            let end = self.work().await;
            if !matches!(end, StepEnd::Done(_)) {
                return end;
            }
            self.clock.advance(61);
            if self.confirm_all() {
                continue;
            }
            // What rested after its trouble is offered now.
            let end = self.work().await;
            if !matches!(end, StepEnd::Done(_)) || !self.confirm_all() {
                return end;
            }
        }
    }

    /// Holds the desk to its promises. `at_rest` says that everything should have been paid by now.
    pub fn verify(&self, at_rest: bool) -> Result<(), String> {
        let service = self.service.as_ref().ok_or("the desk is not running")?;
        self.audit(&service.store)?;
        let snapshot = service.store.snapshot();
        let mut owners: HashMap<String, Address> = HashMap::new();
        for binding in snapshot.bindings(Page::ALL).map_err(|error| error.to_string())? {
            owners.insert(binding.address.to_string(), binding.payee);
        }
        for (payee, address) in &self.acked.binds {
            if owners.get(&address.to_string()) != Some(payee) {
                return Err(format!("{address} was bound to {payee}, and is not"));
            }
        }
        let owed = self.owed(service)?;
        let paid = self.paid();
        for (payee, amount) in &paid {
            let due = owed.get(payee).copied().unwrap_or_default();
            if *amount > due {
                return Err(format!("{payee} was paid {amount}, and is owed {due}"));
            }
        }
        if at_rest && paid != owed {
            return Err(format!("at rest, owed is {owed:?} and paid {paid:?}"));
        }
        let left = snapshot.counters();
        let open = left.undecided + left.ready + left.held + left.live_attempts;
        if at_rest && open > 0 {
            return Err(format!("at rest, something is still open: {left:?}"));
        }
        Ok(())
    }

    fn audit(&self, store: &Store) -> Result<(), String> {
        let report =
            Audit::new(store.snapshot().kv(), &|_| {}).run_full().map_err(|error| error.to_string())?;
        if report.findings.is_empty() { Ok(()) } else { Err(report.messages().join("\n")) }
    }

    /// What each payee is owed for deposits, by the quotes that the desk gave.
    fn owed(&self, service: &Service) -> Result<BTreeMap<Address, u64>, String> {
        let snapshot = service.store.snapshot();
        let text = |error: StoreError| error.to_string();
        for found in &self.acked.deposits {
            if snapshot.deposit_no(&found.id).map_err(text)?.is_none() {
                return Err(format!("deposit {} was acknowledged, and is gone", found.id));
            }
        }
        let (mut owed, standing) = (BTreeMap::new(), self.standing());
        for no in snapshot.deposits(None, Page::ALL).map_err(text)? {
            let deposit = snapshot.deposit(no).map_err(text)?.ok_or("an indexed deposit is there")?;
            let binding =
                snapshot.binding(deposit.binding).map_err(text)?.ok_or("a deposit has a binding")?;
            // What was sent before a fork took its deposit back stays paid; what was ruled void is not.
            let Some(payout) = snapshot.payout(no).map_err(text)? else { continue };
            let attempt = payout.attempt().and_then(|no| snapshot.attempt(no).transpose()).transpose();
            let txid = attempt.map_err(text)?.map(|attempt| attempt.txid);
            let has_left = standing.iter().any(|sent| Some(sent.txid) == txid);
            if has_left || (may_leave(&deposit, &payout) && !payout.amount.is_zero() && !payout.is_void()) {
                *owed.entry(binding.payee).or_default() += deposit.quote.get();
            }
        }
        Ok(owed)
    }

    /// What each payee was paid, by the chain itself, confirmed or not.
    fn paid(&self) -> BTreeMap<Address, u64> {
        let mut paid = BTreeMap::new();
        for (payee, coins) in self.standing().into_iter().flat_map(|sent| sent.payments) {
            *paid.entry(payee).or_default() += coins.get();
        }
        paid
    }

    /// What the node has, but for what a rival has taken out of the way.
    fn standing(&self) -> Vec<Broadcast> {
        let all = self.node.broadcasts().into_iter();
        all.filter(|sent| !sent.is_dropped).collect()
    }

    /// The faults of the line to the node.
    pub fn set_faults(&self, faults: Faults) {
        *self.faults.lock().unwrap_or_else(PoisonError::into_inner) = faults;
    }
}

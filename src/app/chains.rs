//! The scanners of the configured chains, each with a reader of its node.

use std::path::PathBuf;
use std::sync::Arc;

use secrecy::SecretString;
use tokio::sync::Notify;

use super::StartError;
use super::block_hint::BlockHint;
use super::staff::Staff;
use crate::chain::{
    Balances, BitcoinReader, BitcoinSettings, ChainSource, EthereumReader, EthereumSettings, SkycoinReader,
};
use crate::config::{BitcoinRpc, ChainConfig, Config, EthRpc, NodeConfig, NodeUrl, SECOND_NODES, SkyRpc};
use crate::engine::{
    BalanceChecker, Intake, PendingWatcher, Reconciler, Rescanner, Scanner, ScannerSettings, Vetter,
};
use crate::live::{ChainLimits, ChainView, Live};
use crate::rpc::{Auth, HttpClient, HttpSettings, JsonRpc, RpcError, SkyRest};
use crate::task::Vitals;
use crate::types::{Coin, Moment};

/// Longest answers: a Bitcoin block as hexadecimal has 8 MB, traces of a full Ethereum block some tens of MB:
/// longer ones are read one transaction after the other.
const MAX_BITCOIN_ANSWER: usize = 32 << 20;
const MAX_ETHEREUM_ANSWER: usize = 64 << 20;
const MAX_SKYCOIN_ANSWER: usize = 64 << 20;

/// Shows every chain that will be followed as not reached yet: nobody may bind before its scanner has looked. None is
/// in dummy mode.
pub(super) fn announce_chains(config: &Config, live: &Live, now: Moment) {
    for coin in config.enabled_coins().filter(|_| !config.dummy.scanner) {
        live.set_chain(coin.coin, ChainView::new(limits(coin), now));
    }
}

fn limits(coin: &ChainConfig) -> ChainLimits {
    ChainLimits { max_tip_age: coin.max_tip_age, max_silence: coin.max_node_silence }
}

/// What a coin's scanner is told.
pub(super) fn scanner_settings(config: &Config, coin: Coin) -> ScannerSettings {
    let coin = config.coin(coin);
    ScannerSettings {
        initial_height: coin.initial_scan_height,
        confirmations: coin.confirmations_required,
        use_finalized: coin.uses_finalized(),
        scan_period: coin.scan_period,
        shorter_chain_wait: coin.shorter_chain_wait,
        limits: limits(coin),
    }
}

/// A reader of its node for each coin that is enabled.
#[derive(Debug, Default)]
pub(super) struct Readers {
    pub(super) bitcoin_like: Vec<Arc<BitcoinReader>>,
    pub(super) eth: Option<Arc<EthereumReader>>,
    pub(super) sky: Option<Arc<SkycoinReader>>,
}

impl Readers {
    /// Nodes are not spoken to yet; none in dummy mode.
    pub(super) fn new(config: &Config) -> Result<Self, StartError> {
        Readers::of(config, config.enabled_coins().map(|coin| (coin, &coin.node)))
    }

    /// The second nodes. A shadow pays nothing, and so has none.
    pub(super) fn second(config: &Config) -> Result<Self, StartError> {
        let nodes = config.breakers.second_nodes.iter().filter(|_| config.shadow.is_none());
        let readers = Readers::of(config, nodes.map(|(coin, node)| (config.coin(*coin), node)));
        readers.map_err(|error| match error {
            StartError::Node { error, .. } => StartError::Node { section: SECOND_NODES, error },
            other => other,
        })
    }

    fn of<'a>(
        config: &'a Config,
        nodes: impl Iterator<Item = (&'a ChainConfig, &'a NodeConfig)>,
    ) -> Result<Self, StartError> {
        let mut readers = Readers::default();
        for (coin, node) in nodes.filter(|_| !config.dummy.scanner) {
            match node {
                NodeConfig::BitcoinLike(rpc) => {
                    let settings = BitcoinSettings { network: coin.network };
                    readers.bitcoin_like.push(Arc::new(BitcoinReader::new(bitcoin_rpc(rpc)?, settings)));
                }
                NodeConfig::Ethereum(rpc) => {
                    let settings = EthereumSettings { chain_id: rpc.chain_id, traces: rpc.traces };
                    let tokens = config.tokens_at(coin.coin).map(|(token, _)| token).collect();
                    let reader = EthereumReader::new(ethereum_rpc(rpc)?, settings).with_tokens(tokens);
                    readers.eth = Some(Arc::new(reader));
                }
                NodeConfig::Skycoin(rpc) => {
                    readers.sky = Some(Arc::new(SkycoinReader::new(skycoin_rest(rpc)?)));
                }
            }
        }
        Ok(readers)
    }

    /// The node that tells what Ethereum addresses hold.
    pub(super) fn balances(&self) -> Option<Arc<dyn Balances>> {
        self.eth.clone().map(|reader| reader as Arc<dyn Balances>)
    }

    /// Employs their scanners.
    pub(super) fn employ(self, config: &Config, staff: &mut Staff, live: &Arc<Live>, intake: &Intake) {
        let mut hire = Hire { config, staff, live, intake };
        for reader in self.bitcoin_like {
            let nudge = live.hint(reader.coin()).blocks();
            let rpc = config.coin(reader.coin()).bitcoin_rpc();
            if let Some(address) = rpc.and_then(|rpc| rpc.zmq.as_ref()) {
                let hint = BlockHint::new(address.clone(), nudge);
                hire.staff.employ_aside("block-hint", |shutdown| hint.run(shutdown));
            }
            hire.scanner(reader);
        }
        if let Some(reader) = self.eth {
            hire.balance_checker(Arc::clone(&reader));
            hire.scanner(reader);
        }
        if let Some(reader) = self.sky {
            hire.scanner(reader);
        }
    }
}

/// What all scanners are employed with.
struct Hire<'a> {
    config: &'a Config,
    staff: &'a mut Staff,
    live: &'a Arc<Live>,
    intake: &'a Intake,
}

impl Hire<'_> {
    fn scanner<S: ChainSource + 'static>(&mut self, reader: Arc<S>) {
        let coin = reader.coin();
        let settings = scanner_settings(self.config, coin);
        let (store, clock) = (self.staff.store.clone(), Arc::clone(&self.staff.clock));
        let (intake, live) = (self.intake.clone(), Arc::clone(self.live));
        let rescanner =
            Rescanner::new(store.clone(), Arc::clone(&reader), intake.clone(), settings, Arc::clone(&live));
        let (period, source) = (settings.scan_period, Arc::clone(&reader));
        let pending =
            PendingWatcher::new(store.clone(), source, Arc::clone(&live), Arc::clone(&clock), period);
        let vetter = Vetter::new(store.clone(), Arc::clone(&reader), Arc::clone(&live), Arc::clone(&clock));
        let reconciler = Reconciler::new(
            store.clone(),
            Arc::clone(&reader),
            Arc::clone(&live),
            Arc::clone(&clock),
            // A shadow has nothing to stop.
            self.config.breakers.books && self.config.shadow.is_none(),
        );
        let scanner = Scanner::new(store, reader, intake, settings, live, clock);
        let hint = self.live.hint(coin);
        self.staff.employ(scanner, self.live.scanner(coin).clone(), hint.blocks());
        self.staff.employ(rescanner, Vitals::default(), Arc::new(Notify::new()));
        self.staff.employ(pending, Vitals::default(), hint.pending());
        // A shadow gives out no addresses.
        if self.config.shadow.is_none() {
            self.staff.employ(vetter, Vitals::default(), Arc::new(Notify::new()));
        }
        self.staff.employ(reconciler, Vitals::default(), Arc::new(Notify::new()));
    }

    /// Only where accounts have balances.
    fn balance_checker<S: ChainSource + 'static>(&mut self, reader: Arc<S>) {
        let checker = BalanceChecker::new(self.staff.store.clone(), reader, Arc::clone(self.live));
        self.staff.employ(checker, Vitals::default(), Arc::new(Notify::new()));
    }
}

fn client(
    section: &'static str,
    server: &NodeUrl,
    auth: Auth,
    certificate: Option<PathBuf>,
    max_answer: usize,
) -> Result<HttpClient, StartError> {
    let settings = HttpSettings { base: server.base().to_owned(), auth, certificate, max_answer };
    HttpClient::new(settings).map_err(|error: RpcError| StartError::Node { section, error })
}

/// Basic authentication where there is a user.
fn basic(user: &str, pass: &SecretString) -> Auth {
    match user {
        "" => Auth::None,
        user => Auth::Basic { user: user.to_owned(), pass: pass.clone() },
    }
}

fn bitcoin_rpc(rpc: &BitcoinRpc) -> Result<JsonRpc, StartError> {
    let auth = match &rpc.cookie {
        Some(path) => Auth::Cookie(path.clone()),
        None => Auth::Basic { user: rpc.user.clone(), pass: rpc.pass.clone() },
    };
    let http = client(rpc.section, &rpc.server, auth, rpc.cert.clone(), MAX_BITCOIN_ANSWER)?;
    Ok(JsonRpc::new(http, "1.0"))
}

fn ethereum_rpc(rpc: &EthRpc) -> Result<JsonRpc, StartError> {
    let http = client("eth_rpc", &rpc.server, basic(&rpc.user, &rpc.pass), None, MAX_ETHEREUM_ANSWER)?;
    Ok(JsonRpc::new(http, "2.0"))
}

/// A node that deposits of SKY are read from, or payouts are sent to.
pub(super) fn skycoin_rest(rpc: &SkyRpc) -> Result<SkyRest, StartError> {
    let http = client("sky_rpc", &rpc.address, basic(&rpc.user, &rpc.pass), None, MAX_SKYCOIN_ANSWER)?;
    Ok(SkyRest::new(http))
}

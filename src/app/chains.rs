//! The scanners of the configured chains, each with a reader of its node.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::Notify;

use super::StartError;
use super::block_hint::BlockHint;
use super::parts::Staff;
use crate::chain::{
    BitcoinReader, BitcoinSettings, ChainSource, EthereumReader, EthereumSettings, SkycoinReader,
};
use crate::config::{CoinConfig, Config};
use crate::desk::{ChainLimits, Desk};
use crate::engine::{Intake, Scanner, ScannerSettings};
use crate::rpc::{Auth, HttpClient, HttpSettings, JsonRpc, RpcError, SkyRest};
use crate::types::Coin;

/// Longest answers: a Bitcoin block as hexadecimal has 8 MB, traces of a full Ethereum block some tens of MB.
const MAX_BITCOIN_ANSWER: usize = 32 << 20;
const MAX_ETHEREUM_ANSWER: usize = 256 << 20;
const MAX_SKYCOIN_ANSWER: usize = 64 << 20;

/// Employs a scanner for each coin that is enabled.
pub(super) fn employ_scanners(
    config: &Config,
    staff: &mut Staff,
    desk: &Arc<Desk>,
    intake: &Intake,
) -> Result<(), StartError> {
    for coin in config.enabled_coins() {
        let nudge = Arc::new(Notify::new());
        match coin.coin {
            Coin::Btc => {
                if let Some(address) = &config.btc_rpc.zmq {
                    staff.employ_hint(BlockHint::new(address.clone(), Arc::clone(&nudge)));
                }
                let settings = BitcoinSettings { network: config.btc_rpc.network };
                let reader = BitcoinReader::new(bitcoin_rpc(config)?, settings);
                employ(coin, false, reader, staff, desk, intake, nudge);
            }
            Coin::Eth => {
                let rpc = &config.eth_rpc;
                let settings = EthereumSettings { chain_id: rpc.chain_id, traces: rpc.traces };
                let reader = EthereumReader::new(ethereum_rpc(config)?, settings);
                employ(coin, config.eth_rpc.use_finalized, reader, staff, desk, intake, nudge);
            }
            Coin::Sky => {
                let reader = SkycoinReader::new(skycoin_rest(config)?);
                employ(coin, false, reader, staff, desk, intake, nudge);
            }
        }
    }
    Ok(())
}

fn employ<S: ChainSource + 'static>(
    coin: &CoinConfig,
    use_finalized: bool,
    reader: S,
    staff: &mut Staff,
    desk: &Arc<Desk>,
    intake: &Intake,
    nudge: Arc<Notify>,
) {
    let settings = ScannerSettings {
        initial_height: coin.initial_scan_height,
        confirmations: coin.confirmations_required,
        use_finalized,
        scan_period: coin.scan_period,
        limits: ChainLimits { max_tip_age: coin.max_tip_age, max_silence: coin.max_node_silence },
    };
    let (store, clock) = (staff.store.clone(), Arc::clone(&staff.clock));
    let scanner = Scanner::new(store, reader, intake.clone(), settings, Arc::clone(desk), clock);
    staff.employ(scanner, desk.scanner(coin.coin).clone(), nudge);
}

fn client(
    section: &'static str,
    base: String,
    auth: Auth,
    certificate: Option<PathBuf>,
    max_answer: usize,
) -> Result<HttpClient, StartError> {
    let settings = HttpSettings { base, auth, certificate, max_answer };
    HttpClient::new(settings).map_err(|error: RpcError| StartError::Node { section, error })
}

/// `host:port` with a scheme, unless it has one.
fn with_scheme(server: &str, scheme: &str) -> String {
    let server = server.trim_end_matches('/');
    if server.contains("://") { server.to_owned() } else { format!("{scheme}://{server}") }
}

fn bitcoin_rpc(config: &Config) -> Result<JsonRpc, StartError> {
    let rpc = &config.btc_rpc;
    let auth = match &rpc.cookie {
        Some(path) => Auth::Cookie(path.clone()),
        None => Auth::Basic { user: rpc.user.clone(), pass: rpc.pass.clone() },
    };
    let base = with_scheme(&rpc.server, if rpc.cert.is_some() { "https" } else { "http" });
    let http = client("btc_rpc", base, auth, rpc.cert.clone(), MAX_BITCOIN_ANSWER)?;
    Ok(JsonRpc::new(http, "1.0"))
}

fn ethereum_rpc(config: &Config) -> Result<JsonRpc, StartError> {
    let rpc = &config.eth_rpc;
    let server = with_scheme(&rpc.server, "http");
    let base = if rpc.port.is_empty() { server } else { format!("{server}:{}", rpc.port) };
    let http = client("eth_rpc", base, Auth::None, None, MAX_ETHEREUM_ANSWER)?;
    Ok(JsonRpc::new(http, "2.0"))
}

/// The one node that deposits of SKY are read from and payouts are sent to.
pub(super) fn skycoin_rest(config: &Config) -> Result<SkyRest, StartError> {
    let rpc = &config.sky_rpc;
    let auth = match rpc.user.as_str() {
        "" => Auth::None,
        user => Auth::Basic { user: user.to_owned(), pass: rpc.pass.clone() },
    };
    let base = with_scheme(&rpc.address, "http");
    Ok(SkyRest::new(client("sky_rpc", base, auth, None, MAX_SKYCOIN_ANSWER)?))
}

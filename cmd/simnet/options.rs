//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use bitcoin::Network;
use clap::{Parser, ValueEnum};
use teller::types::Coin;

use super::bitcoin::Dialect;
use super::ethereum::Traces;

/// Simulated nodes of Bitcoin, Dogecoin, Ethereum and Skycoin, and an exchange: for trying Teller without the real
/// ones, for demos, for tests.
#[derive(Debug, Parser)]
#[command(name = "simnet", version, about, args_override_self = true)]
pub(crate) struct Options {
    /// Which nodes to run
    #[arg(long, value_enum, value_delimiter = ',', default_value = "btc,eth,sky")]
    pub(crate) chains: Vec<ChainName>,
    /// The control API: never reachable from other machines
    #[arg(long, default_value = "127.0.0.1:8835")]
    pub(crate) control: SocketAddr,

    /// Bitcoin: the JSON-RPC
    #[arg(long, default_value = "127.0.0.1:8334")]
    pub(crate) btc: SocketAddr,
    /// Bitcoin: POST /api/nextdeposit, as the original's btcd simulator has it
    #[arg(long, default_value = "127.0.0.1:8834")]
    pub(crate) btc_deposits: SocketAddr,
    /// Bitcoin: bitcoin, testnet, testnet4, signet or regtest; nobody who looks takes it for any but regtest
    #[arg(long, default_value = "regtest", value_parser = network)]
    pub(crate) btc_network: Network,
    /// Bitcoin: height of the first block made here; the default is the one below where the service begins to scan
    #[arg(long, default_value_t = 492_478 - 1)]
    pub(crate) btc_start: u64,
    /// Bitcoin: whose errors and calls it has; bitcoind's REST blocks too
    #[arg(long, value_enum, default_value = "btcd")]
    pub(crate) btc_dialect: Dialect,
    /// Bitcoin: USER:PASSWORD that it asks for; without it anybody may call
    #[arg(long)]
    pub(crate) btc_auth: Option<String>,
    /// Bitcoin: a block so often, such as 10m or 30s; 0 for blocks on demand only
    #[arg(long, default_value = "0", value_parser = duration)]
    pub(crate) btc_block_every: Duration,

    /// Dogecoin: the JSON-RPC; it runs where --chains has doge
    #[arg(long, default_value = "127.0.0.1:22555")]
    pub(crate) doge: SocketAddr,
    /// Dogecoin: height of the first block made here; the default is the one below where the service begins to scan
    #[arg(long, default_value_t = 4_303_965 - 1)]
    pub(crate) doge_start: u64,
    /// Dogecoin: a block so often, such as 1m; 0 for blocks on demand only
    #[arg(long, default_value = "0", value_parser = duration)]
    pub(crate) doge_block_every: Duration,

    /// Ethereum: the JSON-RPC
    #[arg(long, default_value = "127.0.0.1:8545")]
    pub(crate) eth: SocketAddr,
    /// Ethereum: the chain's id
    #[arg(long, default_value_t = 1)]
    pub(crate) eth_chain_id: u64,
    /// Ethereum: height of the first block; the default is the one below where the service begins to scan
    #[arg(long, default_value_t = 4_654_259 - 1)]
    pub(crate) eth_start: u64,
    /// Ethereum: how many blocks below the newest one are final
    #[arg(long, default_value_t = 64)]
    pub(crate) eth_final_depth: u64,
    /// Ethereum: which traces of what happens inside transactions it offers
    #[arg(long, value_enum, default_value = "debug")]
    pub(crate) eth_traces: Traces,
    /// Ethereum: a block so often, such as 12s; 0 for blocks on demand only
    #[arg(long, default_value = "0", value_parser = duration)]
    pub(crate) eth_block_every: Duration,

    /// Skycoin: the REST API
    #[arg(long, default_value = "127.0.0.1:6420")]
    pub(crate) sky: SocketAddr,
    /// Skycoin: secret key of the address that owns all coins at first; the default is a known test key
    #[arg(long, default_value = "e5c76b79d22a7d6cbc20cb8d2b4422789dc6cb6be6d1a1ce88b697c6ef27715e")]
    pub(crate) sky_genesis_key: String,
    /// Skycoin: time of the first block, in seconds since 1970
    #[arg(long, default_value_t = 1_700_000_000)]
    pub(crate) sky_genesis_time: u64,
    /// Skycoin: a block so often while transactions wait, such as 10s or 500ms; 0 for blocks on demand only
    #[arg(long, default_value = "10s", value_parser = duration)]
    pub(crate) sky_block_every: Duration,
    /// Skycoin: a hot wallet for the service; made where there is no such file, and given a million SKY at each start
    #[arg(long, value_name = "FILE")]
    pub(crate) sky_wallet: Option<PathBuf>,
    /// Skycoin: connections to other nodes that it claims to have; without one nothing can be broadcast
    #[arg(long, default_value_t = 1)]
    pub(crate) sky_peers: u64,
    /// Skycoin: USER:PASSWORD of HTTP basic authentication
    #[arg(long)]
    pub(crate) sky_auth: Option<String>,
    /// Skycoin: take requests that change something without a token
    #[arg(long)]
    pub(crate) sky_disable_csrf: bool,
    /// Skycoin: the part of its input hours, one in so many, that a transaction has to burn
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(2..))]
    pub(crate) sky_burn_factor: u32,
    /// Skycoin: most bytes of a transaction
    #[arg(long, default_value_t = 32_768, value_parser = clap::value_parser!(u32).range(1024..))]
    pub(crate) sky_max_size: u32,
    /// Skycoin: most decimal places of an amount
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(..=6))]
    pub(crate) sky_max_decimals: u8,

    /// Exchange: the protocol of C2CX; it runs where --chains has exchange
    #[arg(long, default_value = "127.0.0.1:8840")]
    pub(crate) c2cx: SocketAddr,
    /// Exchange: the protocol of Binance
    #[arg(long, default_value = "127.0.0.1:8841")]
    pub(crate) binance: SocketAddr,
    /// Exchange: the protocol of Kraken
    #[arg(long, default_value = "127.0.0.1:8842")]
    pub(crate) kraken: SocketAddr,
    /// Exchange: the protocol of Coinbase
    #[arg(long, default_value = "127.0.0.1:8843")]
    pub(crate) coinbase: SocketAddr,
    /// Exchange: a step of all prices so often, such as 1s; 0 for steps on demand only, and empty books at first
    #[arg(long, default_value = "1s", value_parser = duration)]
    pub(crate) exchange_step_every: Duration,
    /// Exchange: what prices wander by; the same number gives the same steps
    #[arg(long, default_value_t = 1)]
    pub(crate) exchange_seed: u64,
    /// Exchange: how long a withdrawal takes to be paid
    #[arg(long, default_value = "2s", value_parser = duration)]
    pub(crate) exchange_withdrawal_delay: Duration,
    /// Exchange: let everybody ask as often as he likes
    #[arg(long)]
    pub(crate) exchange_unlimited: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ChainName {
    Btc,
    Doge,
    Eth,
    Sky,
    Exchange,
}

/// A whole number of milliseconds, seconds or minutes.
fn duration(text: &str) -> Result<Duration, String> {
    let expected = || "expected something like 10s, 500ms or 10m".to_owned();
    let units = [("ms", 1), ("s", 1000), ("m", 60_000), ("", 0)];
    let (digits, millis) = units
        .iter()
        .find_map(|(unit, millis)| Some((text.strip_suffix(unit)?, millis)))
        .ok_or_else(expected)?;
    let number: u64 = digits.parse().map_err(|_| expected())?;
    if *millis == 0 && number != 0 {
        return Err(expected());
    }
    number.checked_mul(*millis).map(Duration::from_millis).ok_or_else(expected)
}

fn network(text: &str) -> Result<Network, String> {
    Coin::BTC.network(text).map_err(|error| error.to_string())?;
    text.parse().map_err(|_| format!("no Bitcoin network: {text}"))
}

//! The command line.

use std::net::SocketAddr;
use std::time::Duration;

use clap::{Parser, ValueEnum};

/// Simulated nodes of Bitcoin, Ethereum and Skycoin: for trying Teller without a node, for demos and for tests.
#[derive(Debug, Parser)]
#[command(name = "simnet", version, about)]
pub(crate) struct Options {
    /// Which nodes to run
    #[arg(long, value_enum, value_delimiter = ',', default_value = "btc,eth,sky")]
    pub(crate) chains: Vec<ChainName>,
    /// The control API: never reachable from other machines
    #[arg(long, default_value = "127.0.0.1:8835")]
    pub(crate) control: SocketAddr,

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
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ChainName {
    Btc,
    Eth,
    Sky,
}

/// Whole seconds or milliseconds, with their unit.
fn duration(text: &str) -> Result<Duration, String> {
    let number = |digits: &str| digits.parse::<u64>().map_err(|error| error.to_string());
    match (text.strip_suffix("ms"), text.strip_suffix('s')) {
        (Some(digits), _) => number(digits).map(Duration::from_millis),
        (None, Some(digits)) => number(digits).map(Duration::from_secs),
        (None, None) if text == "0" => Ok(Duration::ZERO),
        (None, None) => Err("expected something like 10s or 500ms".to_owned()),
    }
}

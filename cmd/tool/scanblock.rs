//! Prints the outputs of a Bitcoin chain that hold a whole number of coins: such are easily found again.

use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Args;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use teller::address::DepositAddress;
use teller::chain::{BitcoinReader, BitcoinSettings, Block, ChainSource, SourceError, Watch, Watcher};
use teller::coins::Network;
use teller::config::{NodeUrl, Usual};
use teller::rpc::{Auth, HttpClient, HttpSettings, JsonRpc};
use teller::types::{BlockHash, Coin, Height};

use super::{print, secret};

/// A Bitcoin block as hexadecimal has 8 MB.
const MAX_ANSWER: usize = 32 << 20;
/// Blocks that are held in memory at once.
const BATCH: u64 = 16;
const SATOSHIS_PER_COIN: u64 = 100_000_000;

#[derive(Debug, Args)]
pub(super) struct ScanBlock {
    /// host:port of a bitcoind or btcd
    server: String,
    /// The node's user; "" where it knows none
    user: String,
    /// The user's password; `-` reads it from standard input, where other users of the machine do not see it
    pass: SecretString,
    /// The node's own certificate (btcd's rpc.cert); "" for plain HTTP
    cert_path: String,
    /// The first block to look at; the last one is the chain's tip
    height: u64,
}

pub(super) fn scan(arguments: ScanBlock) -> anyhow::Result<bool> {
    let server = arguments.server.clone();
    let first = Height::new(arguments.height);
    let rpc = connect(arguments)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(scan_from(rpc, first)).with_context(|| server)?;
    Ok(true)
}

fn connect(arguments: ScanBlock) -> anyhow::Result<JsonRpc> {
    // Fails where there is one already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let ScanBlock { server, user, pass, cert_path, .. } = arguments;
    let auth = match user.as_str() {
        "" => Auth::None,
        _ => Auth::Basic { user, pass: secret(pass.expose_secret(), "password")?.into() },
    };
    let certificate = Some(cert_path).filter(|path| !path.is_empty()).map(Into::into);
    let scheme = if certificate.is_some() { "https" } else { "http" };
    let url = NodeUrl::parse(&server, Usual::scheme(scheme)).map_err(anyhow::Error::msg)?;
    let base = url.base().to_owned();
    let settings = HttpSettings { base, auth, certificate, max_answer: MAX_ANSWER };
    Ok(JsonRpc::new(HttpClient::new(settings)?, "1.0"))
}

async fn scan_from(rpc: JsonRpc, first: Height) -> anyhow::Result<()> {
    let reader = reader(rpc).await?;
    let tip = reader.tip().await?.block.height;
    if first > tip {
        bail!("the chain ends at height {tip}, below {first}");
    }
    let everything: Watcher = Arc::new(Everything);
    let (mut next, mut before) = (first, None);
    while next <= tip {
        let count = (tip.get() - next.get() + 1).min(BATCH);
        let blocks = reader.blocks(next, count, &everything).await?;
        for block in &blocks {
            check_order(block, next, before)?;
            print_whole(block)?;
            (next, before) = (next.next(), Some(block.at.hash));
        }
        if blocks.is_empty() {
            bail!("the chain has become shorter than {next} meanwhile: scan again");
        }
    }
    Ok(())
}

/// Every network whose blocks are like Bitcoin's.
fn networks() -> impl Iterator<Item = Network> {
    Coin::all().flat_map(Coin::networks).filter(|network| network.bitcoin_like().is_some())
}

/// A reader for whichever network the node follows.
async fn reader(rpc: JsonRpc) -> Result<BitcoinReader, SourceError> {
    let mut refused = None;
    for network in networks() {
        let reader = BitcoinReader::new(rpc.clone(), BitcoinSettings { network });
        match reader.check_network().await {
            Err(error @ SourceError::WrongNetwork(_)) => refused = refused.or(Some(error)),
            checked => return checked.map(|_| reader),
        }
    }
    Err(refused.expect("BUG: there are networks"))
}

fn check_order(block: &Block, height: Height, before: Option<BlockHash>) -> anyhow::Result<()> {
    if block.at.height != height || before.is_some_and(|hash| hash != block.parent) {
        bail!("the chain has changed below {height} meanwhile: scan again");
    }
    Ok(())
}

struct Everything;

impl Watch for Everything {
    fn may_be_watched(&self, _: &DepositAddress) -> bool {
        true
    }
}

fn print_whole(block: &Block) -> anyhow::Result<()> {
    for payment in &block.payments {
        let value = u64::try_from(payment.amount.get())?;
        if value % SATOSHIS_PER_COIN == 0 {
            let found = json!({
                "height": block.at.height.get(),
                "txid": payment.tx,
                "n": payment.n,
                "addresses": [payment.address.to_string()],
                "value": value,
            });
            print(&found.to_string())?;
        }
    }
    Ok(())
}

//! Simulated nodes of Bitcoin, Dogecoin, Ethereum and Skycoin, and a simulated exchange: for trying the service without
//! the real ones, for demos and for tests.
//!
//! Each node speaks the protocol of the real one over a chain that is kept in memory; the control API makes blocks,
//! deposits, other histories and troubles. `docs/simnet.md` tells how to use it.

mod bitcoin;
mod control;
mod ethereum;
mod exchange;
mod options;
mod rpc;
mod serve;
mod skycoin;
mod trouble;
mod wallet;

use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Parser;
use teller::skycoin::SecretKey;
use tokio::task::JoinSet;

use bitcoin::{Btc, Deposits, Dialect, Kind};
use control::Control;
use ethereum::Eth;
use exchange::{House, VENUES, Venue};
use options::{ChainName, Options};
use serve::{Node, Served};
use skycoin::Sky;
use trouble::Troubles;

/// How often the Skycoin node forgets waiting transactions that no block can take.
const CLEAN_UP_EVERY: Duration = Duration::from_secs(60);

/// How often the exchange looks for what is due, though nobody asks.
const SETTLE_EVERY: Duration = Duration::from_millis(200);

/// What runs until the end.
type Tasks = JoinSet<anyhow::Result<()>>;

#[actix_web::main]
async fn main() -> ExitCode {
    match run(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(std::io::stderr(), &format!("simnet: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> anyhow::Result<()> {
    anyhow::ensure!(options.control.ip().is_loopback(), "--control has to be a loopback address");
    let mut tasks = Tasks::new();
    let mut control = Control::default();
    let has = |chain| options.chains.contains(&chain);
    if has(ChainName::Btc) {
        control.btc = Some(start_bitcoin(&options, &mut tasks)?);
    }
    if has(ChainName::Doge) {
        control.doge = Some(start_dogecoin(&options, &mut tasks)?);
    }
    if has(ChainName::Eth) {
        control.eth = Some(start_ethereum(&options, &mut tasks)?);
    }
    if has(ChainName::Sky) {
        control.sky = Some(start_skycoin(&options, &mut tasks)?);
    }
    if has(ChainName::Exchange) {
        start_exchange(&options, &mut control, &mut tasks)?;
    }
    let listener = listen("control", options.control)?;
    if control.exchange.is_some() {
        announce(&format!("exchange-page http://{}/exchange", listener.local_addr()?));
    }
    tasks.spawn_local(async move { Ok(control::serve(listener, control).await?) });
    // What is listened to can be asked from here on: whoever waits for this line may begin.
    announce("ready");
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        _ = tokio::signal::ctrl_c() => Ok(()),
        _ = terminate.recv() => Ok(()),
        Some(ended) = tasks.join_next() => ended?,
    }
}

fn start_skycoin(options: &Options, tasks: &mut Tasks) -> anyhow::Result<Served<Sky>> {
    let listener = listen("sky", options.sky)?;
    let node = Arc::new(Sky::new(skycoin::Settings {
        genesis: SecretKey::parse(&options.sky_genesis_key).context("--sky-genesis-key")?,
        genesis_time: options.sky_genesis_time,
        address: listener.local_addr()?,
        peers: options.sky_peers,
        credentials: options.sky_auth.clone(),
        is_csrf_checked: !options.sky_disable_csrf,
        rules: skycoin::Settings::rules(
            options.sky_burn_factor,
            options.sky_max_size,
            options.sky_max_decimals,
        ),
    }));
    if let Some(file) = &options.sky_wallet {
        let filled = wallet::fill(file, &node).with_context(|| format!("--sky-wallet {}", file.display()))?;
        announce(&format!("sky-wallet {filled}"));
    }
    if !options.sky_block_every.is_zero() {
        tasks.spawn_local(repeat(options.sky_block_every, node.clone(), |node| node.publish()));
    }
    tasks.spawn_local(repeat(CLEAN_UP_EVERY, node.clone(), |node| {
        node.clean_up();
    }));
    Ok(start(listener, node, tasks))
}

fn start_bitcoin(options: &Options, tasks: &mut Tasks) -> anyhow::Result<Served<Btc>> {
    let node = Arc::new(Btc::new(bitcoin::Settings {
        kind: Kind::bitcoin(options.btc_network),
        start: options.btc_start,
        dialect: options.btc_dialect,
        credentials: options.btc_auth.clone(),
    }));
    mine_every(options.btc_block_every, &node, tasks);
    start(listen("btc-deposits", options.btc_deposits)?, Arc::new(Deposits { node: node.clone() }), tasks);
    Ok(start(listen("btc", options.btc)?, node, tasks))
}

fn start_dogecoin(options: &Options, tasks: &mut Tasks) -> anyhow::Result<Served<Btc>> {
    let node = Arc::new(Btc::new(bitcoin::Settings {
        kind: Kind::dogecoin(),
        start: options.doge_start,
        dialect: Dialect::Bitcoind,
        credentials: None,
    }));
    mine_every(options.doge_block_every, &node, tasks);
    Ok(start(listen("doge", options.doge)?, node, tasks))
}

fn mine_every(period: Duration, node: &Arc<Btc>, tasks: &mut Tasks) {
    if !period.is_zero() {
        tasks.spawn_local(repeat(period, Arc::clone(node), |node| {
            node.mine(1).expect("BUG: one block is not too many");
        }));
    }
}

fn start_ethereum(options: &Options, tasks: &mut Tasks) -> anyhow::Result<Served<Eth>> {
    let node = Arc::new(Eth::new(ethereum::Settings {
        chain_id: options.eth_chain_id,
        start: options.eth_start,
        final_depth: options.eth_final_depth,
        traces: options.eth_traces,
    }));
    if !options.eth_block_every.is_zero() {
        tasks.spawn_local(repeat(options.eth_block_every, node.clone(), |node| {
            node.mine(1).expect("BUG: one block is not too many");
        }));
    }
    Ok(start(listen("eth", options.eth)?, node, tasks))
}

/// Starts an exchange with all its venues; withdrawals of SKY are paid on the chain that runs here.
fn start_exchange(options: &Options, control: &mut Control, tasks: &mut Tasks) -> anyhow::Result<()> {
    let sky = control.sky.as_ref().map(|served| served.node.clone());
    let house = Arc::new(House::new(exchange::Settings {
        seed: options.exchange_seed,
        is_unlimited: options.exchange_unlimited,
        withdrawal_delay: u64::try_from(options.exchange_withdrawal_delay.as_millis()).unwrap_or(u64::MAX),
        sky: sky.map(|node| Box::new(move |to: &str, droplets| wallet::pay(&node, to, droplets)) as Box<_>),
    }));
    let addresses = [options.c2cx, options.binance, options.kraken, options.coinbase];
    for ((name, protocol), address) in VENUES.into_iter().zip(addresses) {
        let venue = Arc::new(Venue::new(house.clone(), protocol));
        control.venues.push((name, start(listen(name, address)?, venue, tasks)));
    }
    house.introduction().iter().for_each(|line| announce(line));
    if !options.exchange_step_every.is_zero() {
        house.step();
        tasks.spawn_local(repeat(options.exchange_step_every, house.clone(), House::step));
    }
    tasks.spawn_local(repeat(SETTLE_EVERY, house.clone(), House::settle));
    control.exchange = Some(house);
    Ok(())
}

/// Serves a node from now on.
fn start<N: Node>(listener: TcpListener, node: Arc<N>, tasks: &mut Tasks) -> Served<N> {
    let served = Served { node, troubles: Arc::new(Troubles::new()) };
    let serving = served.clone();
    tasks.spawn_local(async move { Ok(serve::serve(listener, serving).await?) });
    served
}

/// Does something every so often, for ever.
async fn repeat<N>(every: Duration, node: Arc<N>, work: impl Fn(&N)) -> anyhow::Result<()> {
    let mut ticks = tokio::time::interval(every);
    ticks.tick().await;
    loop {
        ticks.tick().await;
        work(&node);
    }
}

/// Listens, and tells where: with port 0 it is the system that chooses.
fn listen(name: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    let listener = serve::bind(address).with_context(|| format!("cannot listen on {address} for {name}"))?;
    announce(&format!("{name} http://{}", listener.local_addr()?));
    Ok(listener)
}

fn announce(line: &str) {
    say(std::io::stdout(), line);
}

/// Nobody there to read it is no reason to end.
fn say(mut out: impl Write, line: &str) {
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

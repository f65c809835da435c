//! The nodes: whether each answers, is of the right network, and is synced; and what the hot wallet holds.

use std::future::Future;
use std::time::Duration;

use super::super::chains::{Readers, skycoin_rest};
use super::super::money::open_wallet;
use super::Diagnosis;
use crate::chain::{ChainSource, SourceError};
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::rail::{SkyNode, Wallet};
use crate::report::span;
use crate::skycoin::CoinHours;
use crate::types::{Coin, Droplets, Language, UnixTime};

/// How long a node may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// The newest block of a node.
#[derive(Debug)]
pub(super) struct KnownTip {
    pub(super) coin: Coin,
    pub(super) time: UnixTime,
}

/// Answers the newest blocks of the nodes that told them.
pub(super) async fn look(config: &Config, diagnosis: &mut Diagnosis) -> Vec<KnownTip> {
    if config.dummy.is_on() {
        diagnosis.fine("nodes", "dummy mode: none is asked, and all of it is play money");
        return Vec::new();
    }
    let mut tips = Vec::new();
    // What is wrong with the settings was told as part of the start.
    for (name, readers) in [("node", Readers::new(config)), ("second node", Readers::second(config))] {
        let Ok(readers) = readers else { continue };
        for reader in &readers.bitcoin_like {
            tips.extend(ask(config, (reader.as_ref(), name), diagnosis).await);
        }
        if let Some(reader) = &readers.eth {
            tips.extend(ask(config, (reader.as_ref(), name), diagnosis).await);
        }
        if let Some(reader) = &readers.sky {
            tips.extend(ask(config, (reader.as_ref(), name), diagnosis).await);
        }
    }
    if config.shadow.is_none() {
        wallet(config, diagnosis).await;
    }
    tips
}

async fn in_time<T, E: From<SourceError>>(work: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    let late = || SourceError::Unreachable(format!("no answer within {PATIENCE:?}"));
    tokio::time::timeout(PATIENCE, work).await.unwrap_or_else(|_| Err(late().into()))
}

async fn ask<S: ChainSource>(
    config: &Config,
    (reader, name): (&S, &str),
    diagnosis: &mut Diagnosis,
) -> Option<KnownTip> {
    let coin = reader.coin();
    let about = format!("{coin} {name}");
    let answer = async {
        let network = in_time(reader.check_network()).await?;
        Ok::<_, SourceError>((network, in_time(reader.tip()).await?))
    };
    let (_, tip) = match answer.await {
        Ok(answer) => answer,
        Err(error) => {
            diagnosis.problem(&about, error.to_string(), advice(&error));
            return None;
        }
    };
    let (height, age) = (tip.block.height, SystemClock.now().since(tip.time));
    let words = format!("answers, block {height}, {} old", span(age, Language::English));
    if tip.is_syncing {
        diagnosis.warn(&about, format!("{words}; it is catching up with its network"), "wait until it has");
    } else if config.coin(coin).max_tip_age.is_some_and(|most| age > most) {
        let advice = "see whether it has peers, and whether this machine's clock is right";
        diagnosis.warn(&about, format!("{words}, which is more than max_tip_age"), advice);
    } else {
        diagnosis.fine(&about, words);
    }
    Some(KnownTip { coin, time: tip.time })
}

fn advice(error: &SourceError) -> &'static str {
    match error {
        SourceError::Unreachable(_) => {
            "see whether it runs, listens where the configuration says, and no firewall stands in between"
        }
        SourceError::Unauthorized(_) => "see user, password or cookie in its section of the configuration",
        SourceError::Forbidden(_) => {
            "allow it in the node's configuration: rpcallowip, rpcwhitelist, --http.api"
        }
        SourceError::RateLimited { .. } => "use a node of your own, or one that takes more requests",
        SourceError::Starting(_) | SourceError::Syncing(_) => "wait; its own log says how far it is",
        SourceError::WrongNetwork(_) => "see the network in its section, and whose node listens there",
        SourceError::Pruned(_) => "use a node that has these blocks",
        SourceError::Nonsense(_) => "see what it is that listens there",
    }
}

/// The node that payouts are sent by, and what the hot wallet holds.
async fn wallet(config: &Config, diagnosis: &mut Diagnosis) {
    let (about, opened) = ("hot wallet", config.clone());
    let wallet = tokio::task::spawn_blocking(move || open_wallet(&opened)).await;
    // What is wrong with it was told as part of the start.
    let (Ok(Ok(wallet)), Ok(rest)) = (wallet, skycoin_rest(&config.rail.node)) else { return };
    let node = SkyNode::new(rest, &wallet.addresses());
    let funds = match tokio::time::timeout(PATIENCE, node.funds()).await {
        Ok(Ok(funds)) => funds,
        Ok(Err(error)) => {
            let advice = "see whether the node of sky_rpc runs: payouts are sent by it";
            return diagnosis.problem(about, error.to_string(), advice);
        }
        Err(_) => {
            let words = format!("the node of sky_rpc has no answer within {PATIENCE:?}");
            return diagnosis.problem(about, words, "see how busy it is, and its log");
        }
    };
    let words = format!("{} SKY, {} coin hours", funds.coins, funds.hours.get());
    if funds.coins == Droplets::ZERO {
        diagnosis.problem(about, words, "send SKY to it: nothing can be paid");
    } else if funds.hours == CoinHours::default() {
        diagnosis.problem(about, words, "send coins that have hours: fees are paid with them");
    } else {
        diagnosis.fine(about, words);
    }
}

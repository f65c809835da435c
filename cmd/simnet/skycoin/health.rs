//! How the node is: health, version, metadata, connections, tokens.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;
use teller::types::go_duration;

use crate::serve::Answer;

use super::readable::Header;
use super::{View, ok, refusal};

/// The daemon that this one is held to.
pub(super) const VERSION: Version = Version { version: "0.27.1", commit: "", branch: "" };

#[derive(Debug, Serialize)]
pub(super) struct Version {
    version: &'static str,
    commit: &'static str,
    branch: &'static str,
}

#[derive(Debug, Serialize)]
struct Metadata {
    head: Header,
    unspents: usize,
    unconfirmed: usize,
}

#[derive(Debug, Serialize)]
struct Blockchain {
    #[serde(flatten)]
    metadata: Metadata,
    time_since_last_block: String,
}

#[derive(Debug, Clone, Serialize)]
struct VerifyRules {
    burn_factor: u32,
    max_transaction_size: u32,
    max_decimals: u8,
}

#[derive(Debug, Serialize)]
struct Fiber {
    name: &'static str,
    display_name: &'static str,
    ticker: &'static str,
    coin_hours_display_name: &'static str,
    coin_hours_display_name_singular: &'static str,
    coin_hours_ticker: &'static str,
    qr_uri_prefix: &'static str,
    explorer_url: &'static str,
    version_url: &'static str,
    bip44_coin: u32,
}

#[derive(Debug, Serialize)]
struct Health {
    blockchain: Blockchain,
    version: Version,
    coin: &'static str,
    user_agent: &'static str,
    open_connections: u64,
    outgoing_connections: u64,
    incoming_connections: u64,
    uptime: String,
    csrf_enabled: bool,
    header_check_enabled: bool,
    csp_enabled: bool,
    wallet_api_enabled: bool,
    gui_enabled: bool,
    block_publisher: bool,
    user_verify_transaction: VerifyRules,
    unconfirmed_verify_transaction: VerifyRules,
    started_at: u64,
    fiber: Fiber,
}

#[derive(Debug, Serialize)]
struct Progress {
    current: u64,
    highest: u64,
    peers: [(); 0],
}

const SKYCOIN: Fiber = Fiber {
    name: "skycoin",
    display_name: "Skycoin",
    ticker: "SKY",
    coin_hours_display_name: "Coin Hours",
    coin_hours_display_name_singular: "Coin Hour",
    coin_hours_ticker: "SCH",
    qr_uri_prefix: "skycoin",
    explorer_url: "https://explorer.skycoin.com",
    version_url: "https://version.skycoin.com/skycoin/version.txt",
    bip44_coin: 8000,
};
/// Another coin of the family.
const OTHER: Fiber = Fiber { name: "othercoin", display_name: "Othercoin", ticker: "OTH", ..SKYCOIN };

impl View<'_> {
    pub(super) fn csrf(&self) -> Result<Answer, Answer> {
        if !self.node.settings.is_csrf_checked {
            return Err(refusal(404, ""));
        }
        let token = self.node.csrf.token(self.now);
        Ok(ok(&BTreeMap::from([("csrf_token", token)])))
    }

    pub(super) fn health(&self) -> Answer {
        let settings = &self.node.settings;
        let rules = VerifyRules {
            burn_factor: settings.rules.burn_factor,
            max_transaction_size: settings.rules.max_size,
            max_decimals: settings.rules.max_decimals,
        };
        let fiber = if self.lies.wrong_network { OTHER } else { SKYCOIN };
        let since = |moment: u64| go_duration(Duration::from_secs(self.now.saturating_sub(moment)));
        ok(&Health {
            blockchain: Blockchain {
                metadata: self.standing(),
                time_since_last_block: since(self.chain.head().time()),
            },
            version: VERSION,
            coin: fiber.name,
            user_agent: "skycoin:0.27.1",
            open_connections: settings.peers,
            outgoing_connections: 0,
            incoming_connections: settings.peers,
            uptime: since(self.node.started.get()),
            csrf_enabled: settings.is_csrf_checked,
            header_check_enabled: true,
            csp_enabled: true,
            wallet_api_enabled: true,
            gui_enabled: false,
            block_publisher: true,
            user_verify_transaction: rules.clone(),
            unconfirmed_verify_transaction: rules,
            started_at: self.node.started.get(),
            fiber,
        })
    }

    pub(super) fn metadata(&self) -> Answer {
        ok(&self.standing())
    }

    fn standing(&self) -> Metadata {
        let head = Header::of(self.chain.head());
        Metadata {
            head: if self.lies.wrong_hash { head.lie() } else { head },
            unspents: self.chain.all_unspent().count(),
            unconfirmed: self.pool.len(),
        }
    }

    pub(super) fn progress(&self) -> Answer {
        let seq = self.chain.head().seq();
        ok(&Progress { current: seq, highest: seq.saturating_add(self.lies.missing), peers: [] })
    }

    /// The connections that it claims to have cannot be shown: there are none.
    pub(super) fn connections(&self) -> Answer {
        ok(&BTreeMap::from([("connections", [(); 0])]))
    }
}

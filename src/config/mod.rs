//! The configuration: one TOML file, read whole, with every problem told at once.
//!
//! Keys, meanings and defaults are those of the original service; what this project added is marked in
//! `config.toml`, which a test holds equal to the defaults. A secret is never printed.

mod alerts;
mod backup;
mod backup_s3;
mod bitcoin_likes;
mod bitcoin_rpc;
mod breakers;
mod care;
mod chains;
mod clients;
mod credential;
mod dummy;
mod duration;
mod events;
mod exchange_client;
mod exchanger;
mod load;
mod lookups;
mod network_prefix;
mod node_url;
mod origins;
mod overrides;
mod prices;
mod reader;
mod secrets;
mod sections;
mod shadow;
mod shop;
#[cfg(test)]
mod tests;
mod tokens;
mod traces;
mod web;
mod withdraw;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

use crate::address::{AddressSource, Network};
use crate::price::{Guards, PriceSource, Promised};
use crate::types::{BuyMethod, Coin, Droplets, Height, PerCoin, Rate, Symbol, Token};

pub use alerts::{Alerts, MailConfig, MailSecurity, Webhook};
pub use backup::{Backup, BackupPlace, BackupSchedule, Retention};
pub use backup_s3::S3;
pub use breakers::{Breakers, SECOND_NODES};
pub use care::{Care, who_may_change, who_may_read};
pub use clients::{ClientWebhooks, WebClient};
pub use dummy::Dummy;
pub use events::{EventReceiver, EventWebhook, ToldBy};
pub use exchange_client::{ExchangeClient, PartialFills, Upstream, Venue};
pub use load::{
    ConfigError, Located, all_keys, default_data_dir, locate, parse, read, read_for_copy, read_with, settings,
};
pub use network_prefix::NetworkPrefix;
pub use node_url::{NodeUrl, Usual};
pub use origins::AllowedOrigin;
pub use overrides::Overrides;
pub use reader::Setting;
pub use sections::LogFormat;
pub use tokens::known_tokens;
pub use traces::Traces;
pub use withdraw::Withdraw;

/// Confirmations beyond which a setting is a mistake rather than caution.
const MAX_CONFIRMATIONS: u64 = 10_000;
const MAX_I64: u64 = i64::MAX.unsigned_abs();

/// Everything the service is told.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file that it was read from; none where it was no file.
    pub file: Option<PathBuf>,
    /// What went before the file's values.
    pub overrides: Overrides,
    /// Log at debug level.
    pub debug: bool,
    /// Serve a CPU profile as a flame graph on the admin listener.
    pub profile: bool,
    /// Where the log goes; none is standard output.
    pub logfile: Option<PathBuf>,
    /// How lines of the log are written.
    pub log_format: LogFormat,
    /// The database file, absolute or relative to the data directory.
    pub dbfile: PathBuf,
    /// Most MiB of the database's pages that are kept in memory.
    pub db_cache_mib: u64,
    /// The file that the process id is written to; none without one.
    pub pidfile: Option<PathBuf>,
    /// Section `teller`: what is handed out.
    pub teller: Teller,
    /// The chains that deposits are made on: every coin's, enabled or not.
    pub chains: PerCoin<ChainConfig>,
    /// What can be deposited: the coin of each chain, and the tokens of those that are enabled.
    pub assets: Vec<AssetConfig>,
    /// How coins leave: the one way there is so far.
    pub rail: RailConfig,
    /// Section `sky_exchanger`, as far as coins are bought.
    pub exchanger: Exchanger,
    /// Section `web`: the public listener.
    pub web: Web,
    /// Section `admin_panel`: the admin listener.
    pub admin: Admin,
    /// Section `breakers`: what stops by itself.
    pub breakers: Breakers,
    /// Section `traces`: who is told how long everything took; none where nobody is.
    pub traces: Option<Traces>,
    /// Section `backup`: copies of the database that make themselves; none where none are made.
    pub backup: Option<Backup>,
    /// Section `alerts`: who is told of problems.
    pub alerts: Alerts,
    /// Section `events`: who is told of events until they have acknowledged them.
    pub events: Vec<EventReceiver>,
    /// Section `dummy`: play money.
    pub dummy: Dummy,
    /// The original's database that is looked on beside; none where this desk is one that pays.
    pub shadow: Option<PathBuf>,
    /// Things that are allowed, and that the operator should know all the same.
    pub warnings: Vec<String>,
}

/// Section `teller`.
#[derive(Debug, Clone)]
pub struct Teller {
    /// Deposit addresses that one payee may be bound to, over all coins; none is unlimited.
    pub max_bound_addrs: Option<u32>,
    /// Whether addresses are given out.
    pub bind_enabled: bool,
    /// Whether the API gives an address again that has never received anything.
    pub reuse_unused: bool,
    /// New addresses that may be given out per `bind_budget_period`; none is unlimited.
    pub bind_budget: Option<u32>,
    /// The time in which the budget is whole again.
    pub bind_budget_period: Duration,
    /// Warn when fewer addresses than this are left in a pool.
    pub pool_low_water: u64,
    /// How often the address files are looked at for new addresses.
    pub pool_check_period: Duration,
}

/// A chain that deposits are made on: its node, where its addresses come from, and how it is followed.
#[derive(Debug, Clone)]
pub struct ChainConfig {
    /// Whose chain it is.
    pub coin: Coin,
    /// Whether its deposits are taken.
    pub enabled: bool,
    /// Which network of the coin.
    pub network: Network,
    /// The node that is asked.
    pub node: NodeConfig,
    /// Where deposit addresses come from; none where that is not said.
    pub addresses: Option<AddressSource>,
    /// How often the node is asked for new blocks.
    pub scan_period: Duration,
    /// The first block whose deposits count.
    pub initial_scan_height: Height,
    /// Blocks that have to lie on a deposit's block before it is final.
    pub confirmations_required: u64,
    /// How old the node's newest block may be before the coin stops being offered; none is any age.
    pub max_tip_age: Option<Duration>,
    /// How long the node may be silent, or its blocks unread, before the coin stops being offered.
    pub max_node_silence: Duration,
    /// How long the node has to stay with a chain shorter than the one it showed before, until that is followed.
    pub shorter_chain_wait: Duration,
}

/// A node, which is spoken to as its family of chains is.
#[derive(Debug, Clone)]
pub enum NodeConfig {
    /// A node that speaks as bitcoind or btcd do.
    BitcoinLike(BitcoinRpc),
    /// An Ethereum node.
    Ethereum(EthRpc),
    /// A Skycoin node.
    Skycoin(SkyRpc),
}

/// Something that can be deposited: a coin, or a token at addresses of its chain.
#[derive(Debug, Clone)]
pub struct AssetConfig {
    /// The coin, or the one whose chain the token is on.
    pub coin: Coin,
    /// None for the chain's own coin.
    pub token: Option<Token>,
    /// Where SKY for one comes from: a rate, or a source.
    pub price: PriceSource,
}

/// Section `btc_rpc`, and its like of other Bitcoin-like chains.
#[derive(Debug, Clone)]
pub struct BitcoinRpc {
    /// The section's name.
    pub section: &'static str,
    /// Where the node listens.
    pub server: NodeUrl,
    /// Its user; empty where a cookie or nothing is asked for.
    pub user: String,
    /// The user's password.
    pub pass: SecretString,
    /// The file with user and password that the node writes anew at each start.
    pub cookie: Option<PathBuf>,
    /// With a certificate the connection is TLS, without it plain HTTP.
    pub cert: Option<PathBuf>,
    /// A `host:port` that publishes block hashes by ZMQ.
    pub zmq: Option<String>,
}

/// Section `eth_rpc`.
#[derive(Debug, Clone)]
pub struct EthRpc {
    /// Where the node listens.
    pub server: NodeUrl,
    /// Its user; empty where nobody is asked for.
    pub user: String,
    /// The user's password.
    pub pass: SecretString,
    /// The id of the chain that the node has to be of (EIP-155).
    pub chain_id: u64,
    /// Final is what the node tags `finalized`, whatever the depth.
    pub use_finalized: bool,
    /// Look for deposits made inside contracts, where the node offers traces.
    pub traces: bool,
}

/// Section `sky_rpc`.
#[derive(Debug, Clone)]
pub struct SkyRpc {
    /// Where the node listens.
    pub address: NodeUrl,
    /// Its user; empty where nobody is asked for.
    pub user: String,
    /// The user's password.
    pub pass: SecretString,
}

/// How coins leave: from a hot wallet's file, by transactions that a Skycoin node passes on. What of section
/// `sky_exchanger` is about that, and `sky_rpc`.
#[derive(Debug, Clone)]
pub struct RailConfig {
    /// The node that payouts are sent by.
    pub node: SkyRpc,
    /// Decimal places of SKY that payouts are cut to.
    pub max_decimals: u8,
    /// The hot wallet's file; none in dummy mode.
    pub wallet: Option<PathBuf>,
    /// File that holds the password of an encrypted wallet; the environment may hold it instead.
    pub wallet_password_file: Option<PathBuf>,
    /// How often confirmations of payouts are asked for.
    pub tx_confirmation_check_wait: Duration,
    /// Confirmations after which a payout is settled, at least 1.
    pub confirmations_required: u64,
    /// Whether payouts leave; else they are held.
    pub send_enabled: bool,
    /// Warn when the wallet's coins or hours last for less than this.
    pub runway_warning: Duration,
}

/// How what is paid out is come by: the rest of section `sky_exchanger`.
#[derive(Debug, Clone)]
pub struct Exchanger {
    /// How the coins that are paid out are come by, where nothing else is said of an asset.
    pub buy_method: BuyMethod,
    /// The same of each coin.
    pub methods: PerCoin<BuyMethod>,
    /// The same of tokens, by symbol; the others are bought for as their chain's coin is not: by the general method.
    pub token_methods: Vec<(Symbol, BuyMethod)>,
    /// The exchange that they are bought on.
    pub exchange: ExchangeClient,
    /// Section `sky_exchanger.prices`: prices that follow sources.
    pub prices: PricesConfig,
}

/// Section `sky_exchanger.prices`.
#[derive(Debug, Clone)]
pub struct PricesConfig {
    /// What a price has to pass.
    pub guards: Guards,
    /// How often sources are asked.
    pub poll: Duration,
    /// The operator's own idea of SKY for one, by the codes of assets.
    pub own: Vec<(String, Rate)>,
    /// Markets whose SKY is Skycoin by the operator's word, as `exchange:market`.
    pub vouched: Vec<String>,
    /// When a deposit gets its price.
    pub promised: Promised,
    /// How long a price that is promised at bind holds.
    pub promise_time: Duration,
}

/// Section `web`: the public listener.
#[derive(Debug, Clone)]
pub struct Web {
    /// Where plain HTTP is served; none where it is not.
    pub http_addr: Option<SocketAddr>,
    /// Where HTTPS is served; none where it is not.
    pub https_addr: Option<SocketAddr>,
    /// Overrides the built-in pages.
    pub static_dir: Option<PathBuf>,
    /// Where the certificate comes from.
    pub tls: Tls,
    /// Requests that one client may make per `throttle_duration`; none is unlimited.
    pub throttle_max: Option<u32>,
    /// The same of all clients of one network together, whatever one client may; none is unlimited.
    pub throttle_network_max: Option<u32>,
    /// The time in which so many requests are taken.
    pub throttle_duration: Duration,
    /// Connections to the public listeners, in all.
    pub max_connections: usize,
    /// The same of one client.
    pub max_connections_per_client: usize,
    /// Whether whoever connects is a proxy that names its clients.
    pub behind_proxy: bool,
    /// Addresses of proxies whose word on the client is believed, besides the direct peer.
    pub trusted_proxies: Vec<NetworkPrefix>,
    /// Other sites whose pages may ask.
    pub cors_allowed: Vec<AllowedOrigin>,
    /// Clients that have limits of their own.
    pub clients: Vec<WebClient>,
    /// Whether pages of the operator's own may have scripts inside them, as those of the original do.
    pub static_inline_scripts: bool,
    /// What the built-in pages show of the operator.
    pub shop: Shop,
}

/// What the buyer's page shows of the operator, and what it tells.
#[derive(Debug, Clone, Default)]
pub struct Shop {
    /// The operator's name; none where the page has no name but its own.
    pub operator: Option<String>,
    /// Where a buyer can ask; none where that is nowhere.
    pub support: Option<Support>,
    /// Pages that show transactions.
    pub explorers: Vec<Explorer>,
    /// Colours that differ from the page's own.
    pub theme: Vec<ThemeColor>,
    /// Whether it is told how many coins can be paid out.
    pub shows_stock: bool,
    /// Purchases that are watched live at a time, in all.
    pub max_streams: usize,
}

/// Where a buyer can ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Support {
    /// What a link leads to.
    pub link: String,
    /// What a reader sees.
    pub shown: String,
}

/// A site that shows transactions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explorer {
    /// The code of the coin or the symbol of the token.
    pub code: String,
    /// The address of a transaction's page, up to its id,
    pub before: String,
    /// and what follows that.
    pub after: String,
}

/// A colour of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThemeColor {
    /// The variable of the style sheet, without the two dashes before it.
    pub variable: String,
    /// Whether it is for dark screens.
    pub is_dark: bool,
    /// As a style sheet has it: `#0b5fe0`.
    pub color: String,
}

/// Where the public listener's certificate comes from.
#[derive(Debug, Clone)]
pub enum Tls {
    /// There is no HTTPS.
    Off,
    /// Read from files, and again when a reload is asked for.
    Files {
        /// The certificate and those above it, as PEM.
        cert: PathBuf,
        /// The certificate's private key, as PEM.
        key: PathBuf,
    },
    /// Obtained and renewed by itself.
    Automatic(Acme),
}

/// An automatic certificate.
#[derive(Debug, Clone)]
pub struct Acme {
    /// The name that it is for.
    pub host: String,
    /// Told to the authority, for expiry notices.
    pub contact: Option<String>,
    /// Directory URL of another authority than Let's Encrypt.
    pub directory: Option<String>,
    /// Certificate that the authority's own server is verified with.
    pub directory_root: Option<PathBuf>,
}

/// Section `admin_panel`: the admin listener.
#[derive(Debug, Clone)]
pub struct Admin {
    /// Where the admin listener is, on loopback or with a token.
    pub host: SocketAddr,
    /// Required where the listener is not on loopback.
    pub token: Option<SecretString>,
    /// How long somebody stays logged in who does nothing.
    pub session_idle: Duration,
    /// How long somebody stays logged in at most.
    pub session_max: Duration,
    /// Acts that move more SKY than this, with what the same person moved alone in a day, want a second person; none
    /// where no act does.
    pub second_person_above: Option<Droplets>,
    /// How long an act that was proposed waits for the second person.
    pub proposal_wait: Duration,
}

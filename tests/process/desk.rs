//! A teller in dummy mode: its process, its folder, its configuration.

#![allow(dead_code, reason = "each test crate that includes this uses a part of it")]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use bitcoin::hashes::Hash;
use bitcoin::{PubkeyHash, ScriptBuf};
use rustix::process::Signal;
use teller::address::DepositAddress;
use teller::coins::{Family, Network};
use teller::skycoin;
use teller::types::Coin;
use toml::{Table, Value};

use crate::api::{Answer, Api};
use crate::once::{self, Finished};
use crate::rng::Rng;
use crate::support::ports;
use crate::support::process::Process;

/// Addresses in each pool: more than the liveliest test binds, quick to load.
const POOL: usize = 4000;
const POOL_GROWTH: usize = 500;
/// What the service promises for a graceful stop, and a little for a busy machine.
pub(crate) const STOP_PATIENCE: Duration = Duration::from_secs(25);

/// A teller that runs, or may.
pub(crate) struct Desk {
    process: Process,
    data: PathBuf,
    config: Table,
    pub(crate) http: u16,
    pub(crate) api: Api,
}

impl Desk {
    /// A folder with a configuration that starts: [`usual`] coins, no limits that a test would run into.
    pub(crate) fn prepare() -> Desk {
        let process = Process::prepare("teller", &once::teller());
        let [http, admin, dummy] = [ports::free(), ports::free(), ports::free()];
        let (data, config) = (process.data(), Table::new());
        let mut desk = Desk { process, data, config, http, api: Api::new(http, admin, dummy) };
        let at = |port: u16| format!("127.0.0.1:{port}");
        desk.set("web.http_addr", at(http))
            .set("admin_panel.host", at(admin))
            .set("dummy.http_addr", at(dummy));
        desk.set("dummy.scanner", true).set("dummy.sender", true).set("dummy.balance", "1000000");
        desk.set("web.throttle_max", 0)
            .set("web.throttle_network_max", 0)
            .set("teller.bind_budget", 0)
            .set("teller.pool_low_water", 0);
        desk.set("sky_exchanger.tx_confirmation_check_wait", "100ms");
        for coin in Coin::all() {
            let settings = &coin.facts().settings;
            desk.set(settings.addresses_key, desk.pool_file(coin).display().to_string());
            desk.set(&format!("{}.enabled", settings.section), settings.is_always_listed);
        }
        desk
    }

    /// Takes every coin of the catalogue.
    pub(crate) fn take_all(&mut self) {
        for coin in Coin::all() {
            self.set(&format!("{}.enabled", coin.facts().settings.section), true);
        }
    }

    /// [`Desk::prepare`] with pools, and started.
    pub(crate) async fn start(rng: &mut Rng) -> Desk {
        let mut desk = Desk::prepare();
        desk.fill_pools(rng);
        desk.go().await;
        desk
    }

    /// Sets `section.key`, or a key outside of all sections.
    pub(crate) fn set(&mut self, key: &str, value: impl Into<Value>) -> &mut Desk {
        let (path, name) = key.rsplit_once('.').unwrap_or(("", key));
        let mut table = &mut self.config;
        for section in path.split('.').filter(|section| !section.is_empty()) {
            let inner = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
            table = inner.as_table_mut().unwrap();
        }
        table.insert(name.to_owned(), value.into());
        self
    }

    /// Takes a key or a section away.
    pub(crate) fn unset(&mut self, key: &str) -> &mut Desk {
        let (path, name) = key.rsplit_once('.').unwrap_or(("", key));
        let mut table = &mut self.config;
        for section in path.split('.').filter(|section| !section.is_empty()) {
            table = table[section].as_table_mut().unwrap();
        }
        table.remove(name).unwrap();
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.process.path(name)
    }

    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    /// Works in another folder than its own.
    pub(crate) fn set_data(&mut self, data: &Path) {
        data.clone_into(&mut self.data);
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.data.join("teller.db")
    }

    pub(crate) fn pool_file(&self, coin: Coin) -> PathBuf {
        self.path(&format!("{}.txt", coin.code()))
    }

    pub(crate) fn fill_pools(&self, rng: &mut Rng) {
        Coin::all().for_each(|coin| {
            self.write_pool(coin, &(0..POOL).map(|_| address(coin, rng)).collect::<Vec<_>>());
        });
    }

    pub(crate) fn write_pool(&self, coin: Coin, addresses: &[String]) {
        fs::write(self.pool_file(coin), addresses.join("\n") + "\n").unwrap();
    }

    /// Appends to each pool what a round of the liveliest test takes from it.
    pub(crate) fn grow_pools(&self, rng: &mut Rng) {
        for coin in Coin::all() {
            let file = self.pool_file(coin);
            let new: Vec<String> = (0..POOL_GROWTH).map(|_| address(coin, rng)).collect();
            let grown = format!("{}{}\n", fs::read_to_string(&file).unwrap(), new.join("\n"));
            // Never half a file: the service may look at it at any time.
            fs::write(file.with_extension("new"), grown).unwrap();
            fs::rename(file.with_extension("new"), file).unwrap();
        }
    }

    /// Writes the configuration as it is now and answers its path.
    pub(crate) fn write_config(&self) -> PathBuf {
        let path = self.path("config.toml");
        fs::write(&path, toml::to_string(&self.config).unwrap()).unwrap();
        path
    }

    /// The arguments of the service.
    pub(crate) fn args(&self) -> Vec<String> {
        let paths = [self.path("config.toml"), self.data.clone()].map(|path| path.display().to_string());
        let [config, data] = paths;
        ["-c".to_owned(), config, "-d".to_owned(), data].into()
    }

    /// Starts it, or starts it again, and waits until it answers.
    pub(crate) async fn go(&mut self) {
        let args = self.args();
        self.go_as(args).await;
    }

    /// Starts it by another program, which becomes the service.
    pub(crate) async fn go_through(&mut self, program: &str, mut args: Vec<String>) {
        self.process.set_program(program.as_ref());
        args.push(once::teller().display().to_string());
        args.extend(self.args());
        self.go_as(args).await;
        self.process.set_program(&once::teller());
    }

    async fn go_as(&mut self, args: Vec<String>) {
        self.launch(args).await;
        self.answers().await;
    }

    /// Waits until it answers after [`Desk::launch`].
    pub(crate) async fn answers(&mut self) {
        let api = self.api.another();
        self.process
            .answers(async || match api.get("/api/config").await {
                // A redirect to HTTPS is an answer as well.
                Answer::Done(_) | Answer::Refused(..) => Some(()),
                Answer::Unreachable | Answer::Lost => None,
            })
            .await;
    }

    /// Starts it and waits for nothing.
    pub(crate) async fn launch(&mut self, args: Vec<String>) {
        self.write_config();
        self.process.start(args, async || Some(())).await;
    }

    /// Starts what is expected to end by itself at once.
    pub(crate) async fn go_wrong(&self) -> Finished {
        self.write_config();
        once::run(&once::teller(), self.args(), &self.path("cwd")).await
    }

    /// Runs `teller COMMAND` on this configuration.
    pub(crate) async fn command(&self, command: &str) -> Finished {
        self.write_config();
        let args = [vec![command.to_owned()], self.args()].concat();
        once::run(&once::teller(), args, &self.path("cwd")).await
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id().expect("teller does not run")
    }

    pub(crate) fn signal(&self, signal: Signal) {
        self.process.signal(signal);
    }

    /// `/api/health`, over a connection of its own.
    pub(crate) async fn health(&self) -> serde_json::Value {
        crate::api::json_of(&self.api.another().get("/api/health").await.done())
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.process.kill();
    }

    pub(crate) fn has_ended(&mut self) -> Option<ExitStatus> {
        self.process.has_ended()
    }

    pub(crate) async fn ended(&mut self, within: Duration) -> ExitStatus {
        self.process.ended(within).await
    }

    /// Stops it as an operator does, and asserts that it went well.
    pub(crate) async fn stop(&mut self) {
        self.signal(Signal::TERM);
        let status = self.ended(STOP_PATIENCE).await;
        assert_eq!(status.code(), Some(0), "{status}: {}", self.process.tail());
    }

    /// All that it wrote to its standard output and error.
    pub(crate) fn said(&self) -> String {
        self.process.log()
    }

    /// `tool db check`, on a database that nobody has open.
    pub(crate) async fn assert_consistent(&self) {
        let checked = self.tool(["db", "check"]).await;
        assert!(checked.success().contains(": consistent, "), "{checked:#?}");
    }

    /// Runs the tool on the database; it knows the coins that the configuration describes.
    async fn tool(&self, command: [&str; 2]) -> Finished {
        let [database, config] =
            [self.database(), self.path("config.toml")].map(|path| path.display().to_string());
        let coins = ["--coins", &config];
        let coins = if self.config.contains_key("bitcoin_likes") { &coins[..] } else { &[] };
        let args = command.iter().chain(coins).copied().chain([database.as_str()]);
        once::run(&once::tool(), args, &self.path("cwd")).await
    }

    /// `tool db export`, its lines of one kind.
    pub(crate) async fn export(&self, kind: &str) -> Vec<serde_json::Value> {
        let exported = self.tool(["db", "export"]).await;
        let lines = exported.success().lines().map(crate::api::json_of);
        lines.filter(|line| line["kind"] == kind).collect()
    }
}

/// The coins that a desk takes where a test says nothing.
pub(crate) fn usual() -> impl Iterator<Item = Coin> {
    Coin::all().filter(|coin| coin.facts().settings.is_always_listed)
}

/// An address that nobody has the key of.
pub(crate) fn address(coin: Coin, rng: &mut Rng) -> String {
    let hash: [u8; 20] = rng.bytes();
    match coin.family() {
        Family::BitcoinLike => key_address(coin.main_network(), hash),
        Family::Ethereum => format!("0x{}", hex(&hash)),
        Family::Skycoin => skycoin::Address::from_bytes(hash).to_string(),
    }
}

/// An address of the chains that simnet makes.
pub(crate) fn simnet_address(coin: Coin, rng: &mut Rng) -> String {
    match coin.family() {
        Family::BitcoinLike => key_address(coin.network("regtest").unwrap(), rng.bytes()),
        Family::Ethereum | Family::Skycoin => address(coin, rng),
    }
}

fn key_address(network: Network, hash: [u8; 20]) -> String {
    let script = ScriptBuf::new_p2pkh(&PubkeyHash::from_byte_array(hash));
    DepositAddress::of_script(script.as_bytes(), network).unwrap().to_string()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

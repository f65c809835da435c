//! What a service is started with: the contract's base settings, and what a test changes of them.

use std::collections::BTreeMap;
use std::fmt::{Display, Write};
use std::path::Path;

use teller::config::{self, Config, ConfigError};
use teller::types::{Coin, PerCoin};

use super::pools;

/// Settings of the contract's scenarios; the listeners take any port that is free.
const BASE: [(&str, &str); 15] = [
    ("eth_scanner.enabled", "true"),
    ("sky_scanner.enabled", "true"),
    ("sky_exchanger.sky_btc_exchange_rate", "\"500\""),
    ("sky_exchanger.sky_eth_exchange_rate", "\"100\""),
    ("sky_exchanger.sky_sky_exchange_rate", "\"1\""),
    ("sky_exchanger.max_decimals", "3"),
    ("web.http_addr", "\"127.0.0.1:0\""),
    ("web.throttle_max", "1000000000"),
    ("web.throttle_network_max", "0"),
    ("teller.bind_budget", "0"),
    ("teller.pool_low_water", "0"),
    ("admin_panel.host", "\"127.0.0.1:0\""),
    ("dummy.scanner", "true"),
    ("dummy.sender", "true"),
    ("dummy.http_addr", "\"127.0.0.1:0\""),
];

/// Keys with their values as TOML, and the address pools.
#[derive(Debug, Clone)]
pub struct Setup {
    keys: BTreeMap<String, String>,
    pools: PerCoin<Vec<String>>,
}

impl Setup {
    pub fn new() -> Self {
        let keys = BASE.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
        Setup { keys, pools: PerCoin::new(pools::usual) }
    }

    /// Sets a key, `section.name`, to a value that is written as TOML has it.
    pub fn set(mut self, key: &str, value: impl Display) -> Self {
        self.keys.insert(key.to_owned(), value.to_string());
        self
    }

    /// Sets a key to a text.
    pub fn text(self, key: &str, value: impl Display) -> Self {
        self.set(key, format_args!("{:?}", value.to_string()))
    }

    /// The addresses that a coin's file holds when the service starts the first time.
    pub fn pool(mut self, coin: Coin, addresses: Vec<String>) -> Self {
        self.pools[coin] = addresses;
        self
    }

    /// Writes the address files.
    pub(super) fn lay_out(&self, dir: &Path) {
        for coin in Coin::all() {
            let addresses = &self.pools[coin];
            std::fs::write(dir.join(pools::file_name(coin)), addresses.join("\n") + "\n").unwrap();
        }
    }

    /// The configuration, read by the service's own parser.
    pub(super) fn config(&self, dir: &Path) -> Result<Config, ConfigError> {
        config::parse(&self.toml(dir), &dir.join("config.toml"))
    }

    /// The configuration of a desk in this directory, whose address files are written.
    pub fn config_in(&self, dir: &Path) -> Config {
        self.lay_out(dir);
        self.config(dir).expect("a legal configuration")
    }

    fn toml(&self, dir: &Path) -> String {
        let mut sections: BTreeMap<&str, String> = BTreeMap::new();
        for (key, value) in &self.keys {
            let (section, name) = key.rsplit_once('.').unwrap_or(("", key));
            writeln!(sections.entry(section).or_default(), "{name} = {value}").unwrap();
        }
        let mut toml = String::new();
        for coin in Coin::all() {
            let (file, key) = (dir.join(pools::file_name(coin)), coin.facts().settings.addresses_key);
            if !self.keys.contains_key(key) {
                writeln!(toml, "{key} = {:?}", file.display().to_string()).unwrap();
            }
        }
        toml.push_str(&sections.remove("").unwrap_or_default());
        for (section, keys) in sections {
            writeln!(toml, "[{section}]\n{keys}").unwrap();
        }
        toml
    }
}

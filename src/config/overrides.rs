//! Values from the environment and from the command line, by the names that the file has for them.
//!
//! `web.http_addr` is `TELLER__WEB__HTTP_ADDR` there, and `--set web.http_addr=...` here. The environment goes before
//! the file, the command line before both. Names begin with two underscores after `TELLER` since others put names with
//! one there: Kubernetes makes `TELLER_PORT` of a service that is called teller.

use std::ffi::OsString;

use secrecy::{ExposeSecret, SecretString};
use toml::{Table, Value};

use super::reader::Problems;

const PREFIX: &str = "TELLER__";
const HOUSE: &str = "TELLER_";
/// Tables whose names are the operator's own, and are taken as they are written. All other names are in lower case.
pub(super) const OWN_NAMES: [&str; 11] = [
    "bitcoin_likes",
    "breakers.second_nodes",
    "eth_tokens",
    "events",
    "sky_exchanger.buy_methods",
    "sky_exchanger.exchange_client.markets",
    "sky_exchanger.exchange_client.max_prices",
    "sky_exchanger.prices.own",
    "web.clients",
    "web.explorers",
    "web.theme",
];

/// Values that go before the file's.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    values: Vec<Override>,
    /// What is no value at all, in words.
    wrong: Vec<String>,
    /// Names of the environment that look as if a key was meant.
    strays: Vec<String>,
}

#[derive(Debug, Clone)]
struct Override {
    key: Vec<String>,
    /// Any of them may be a secret.
    value: SecretString,
    /// The variable's name, or `--set`.
    from: String,
}

impl Overrides {
    /// Takes what the environment has, and then `arguments`, each as `KEY=VALUE`.
    pub fn gather(arguments: &[String]) -> Overrides {
        let mut overrides = Overrides::of_variables(std::env::vars_os());
        arguments.iter().for_each(|argument| overrides.argue(argument));
        overrides
    }

    fn of_variables(variables: impl Iterator<Item = (OsString, OsString)>) -> Overrides {
        let mut overrides = Overrides::default();
        let mut variables: Vec<_> = variables.collect();
        variables.sort();
        for (name, value) in variables {
            let Ok(name) = name.into_string() else { continue };
            let Some(key) = name.strip_prefix(PREFIX) else {
                overrides.strays.extend(name.strip_prefix(HOUSE).map(str::to_owned));
                continue;
            };
            let key = key_of(key);
            match value.into_string() {
                Err(_) => overrides.wrong.push(format!("{name}: is no text in UTF-8")),
                Ok(_) if key.iter().any(String::is_empty) => {
                    overrides.wrong.push(format!("{name}: expected {PREFIX}SECTION__KEY"));
                }
                Ok(_) if overrides.values.iter().any(|other| other.key == key) => {
                    overrides.wrong.push(format!("{name}: {} is there twice", key.join(".")));
                }
                Ok(value) => {
                    overrides.values.push(Override { key, value: SecretString::from(value), from: name });
                }
            }
        }
        overrides
    }

    fn argue(&mut self, argument: &str) {
        // Not the argument itself where it is none: it may hold a secret.
        let Some((key, value)) = argument.split_once('=') else {
            return self.wrong.push("--set: expected KEY=VALUE, as in web.http_addr=127.0.0.1:80".to_owned());
        };
        let key: Vec<String> = key.trim().split('.').map(str::to_owned).collect();
        if key.iter().any(String::is_empty) {
            return self.wrong.push(format!("--set {}: expected a key such as web.http_addr", key.join(".")));
        }
        self.values.push(Override { key, value: SecretString::from(value), from: "--set".to_owned() });
    }

    /// Puts them into a file's table, and notes where each came from.
    pub(super) fn apply(&self, table: &mut Table, problems: &mut Problems) {
        problems.told.extend(self.wrong.iter().cloned());
        for Override { key, value, from } in &self.values {
            let full = key.join(".");
            match insert(table, key, value.expose_secret()) {
                Ok(()) => drop(problems.given.insert(full, from.clone())),
                Err(section) => {
                    problems.add(&full, format!("{section} is no section, so that {from} has no place"));
                }
            }
        }
    }

    /// Names with one underscore too few, so that nobody reads them.
    pub(super) fn strays<'a>(
        &'a self,
        known: impl Fn(&str) -> Option<String> + 'a,
    ) -> impl Iterator<Item = String> + 'a {
        self.strays.iter().filter_map(move |name| {
            let key = known(&name.to_ascii_lowercase())?;
            let right = key.replace('.', "__").to_ascii_uppercase();
            Some(format!("{HOUSE}{name}: is not read; did you mean {PREFIX}{right}?"))
        })
    }
}

/// The key that a variable's name stands for.
fn key_of(name: &str) -> Vec<String> {
    let mut key: Vec<String> = Vec::new();
    for part in name.split("__") {
        let is_own = OWN_NAMES.contains(&key.join(".").as_str());
        key.push(if is_own { part.to_owned() } else { part.to_ascii_lowercase() });
    }
    key
}

/// # Errors
///
/// The name of what is in the way.
fn insert(table: &mut Table, key: &[String], value: &str) -> Result<(), String> {
    let Some((name, sections)) = key.split_last() else { return Ok(()) };
    let mut inner = table;
    for (depth, section) in sections.iter().enumerate() {
        let there = inner.entry(section.as_str()).or_insert_with(|| Value::Table(Table::new()));
        inner = match there {
            Value::Table(table) => table,
            _ => {
                return Err(sections
                    .iter()
                    .take(depth.saturating_add(1))
                    .cloned()
                    .collect::<Vec<_>>()
                    .join("."));
            }
        };
    }
    inner.insert(name.clone(), Value::String(value.to_owned()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::load::{all_own_names, parse_with, settings_of};
    use super::super::{Config, ConfigError, Setting};
    use super::*;

    fn overrides(variables: &[(&str, &str)], arguments: &[&str]) -> Overrides {
        let variables = variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
        let mut overrides = Overrides::of_variables(variables);
        arguments.iter().for_each(|argument| overrides.argue(argument));
        overrides
    }

    fn file(extra: &str) -> String {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        format!("btc_addresses = {file:?}\n[dummy]\nsender = true\nscanner = true\n{extra}")
    }

    fn good(extra: &str, overrides: &Overrides) -> Config {
        parse_with(&file(extra), Path::new("test.toml"), overrides).unwrap()
    }

    fn problems(extra: &str, overrides: &Overrides) -> Vec<String> {
        match parse_with(&file(extra), Path::new("test.toml"), overrides) {
            Err(ConfigError::Problems { problems, .. }) => problems,
            other => panic!("expected problems, got {other:?}"),
        }
    }

    #[test]
    fn should_go_before_the_file_and_the_command_line_before_both() {
        let in_file = "[teller]\nmax_bound_addrs = 7\npool_low_water = 8\nbind_budget = 9";
        let given = overrides(
            &[("TELLER__TELLER__POOL_LOW_WATER", "80"), ("TELLER__TELLER__BIND_BUDGET", "90")],
            &["teller.bind_budget=900"],
        );
        let teller = good(in_file, &given).teller;
        assert_eq!(
            (teller.max_bound_addrs, teller.pool_low_water, teller.bind_budget),
            (Some(7), 80, Some(900))
        );
    }

    #[test]
    fn should_take_values_of_every_kind() {
        let given = overrides(
            &[
                ("TELLER__DEBUG", "true"),
                ("TELLER__LOG_FORMAT", "json"),
                ("TELLER__WEB__TRUSTED_PROXIES", "[\"10.0.0.0/8\"]"),
                ("TELLER__WEB__BEHIND_PROXY", "true"),
                ("TELLER__WEB__EXPLORERS__BTC", "https://explorer.example/tx/{txid}"),
                ("TELLER__BTC_SCANNER__SCAN_PERIOD", "7s"),
                ("TELLER__SKY_EXCHANGER__SKY_BTC_EXCHANGE_RATE", "250"),
                // Digits alone are a token like any other.
                ("TELLER__ADMIN_PANEL__TOKEN", "1234567890123456"),
            ],
            &[
                "web.clients.my-shop.token=0123456789abcdef0123456789abcdef",
                "web.clients.my-shop.throttle_max=5",
            ],
        );
        let config = good("", &given);
        assert!(config.debug && config.web.behind_proxy);
        assert_eq!(config.web.trusted_proxies.len(), 1);
        assert_eq!(config.web.shop.explorers[0].code, "BTC");
        assert_eq!(config.coin(crate::types::Coin::BTC).scan_period.as_secs(), 7);
        assert_eq!(config.admin.token.unwrap().expose_secret(), "1234567890123456");
        assert_eq!(
            (config.web.clients[0].name.as_str(), config.web.clients[0].throttle_max),
            ("my-shop", Some(5))
        );
    }

    #[test]
    fn should_tell_every_wrong_name_with_the_right_one() {
        let given = overrides(
            &[
                ("TELLER__WEB__HTP_ADDR", "127.0.0.1:1"),
                ("TELLER_WEB_HTTP_ADDR", "127.0.0.1:1"),
                ("TELLER_ADMIN_PANEL__TOKEN", "hunter2"),
                ("TELLER__", "1"),
                ("TELLER__DEBUG__DEEP", "true"),
                // Those of Kubernetes, and of tests.
                ("TELLER_PORT", "tcp://10.0.0.1:7071"),
                ("TELLER_NODES", "/somewhere"),
                ("TELLER_WALLET_PASSWORD", "hunter2"),
            ],
            &["web.throttle_mx=5", "hunter2", "teller.bind_enabled=maybe"],
        );
        let found = problems("", &given).join("\n");
        for words in [
            "TELLER__WEB__HTP_ADDR: web.htp_addr: unknown key; did you mean \"http_addr\"?",
            "TELLER_WEB_HTTP_ADDR: is not read; did you mean TELLER__WEB__HTTP_ADDR?",
            "TELLER_ADMIN_PANEL__TOKEN: is not read; did you mean TELLER__ADMIN_PANEL__TOKEN?",
            "TELLER__: expected",
            "--set: web.throttle_mx: unknown key; did you mean \"throttle_max\"?",
            "--set: expected KEY=VALUE",
            "--set: teller.bind_enabled: expected true or false",
            "debug: expected true or false, got { deep = \"true\" }",
        ] {
            assert!(found.contains(words), "{words}\nis not in\n{found}");
        }
        assert!(
            !found.contains("hunter2") && !found.contains("TELLER_PORT") && !found.contains("NODES"),
            "{found}"
        );
    }

    #[test]
    fn should_say_where_each_value_comes_from_and_no_secret() {
        let explorer = ("TELLER__WEB__EXPLORERS__BTC", "https://x/{txid}");
        let token = ("TELLER__ADMIN_PANEL__TOKEN", "hunter2hunter2hunter2");
        let given = overrides(&[token, explorer], &["debug=true"]);
        let settings =
            settings_of(&file("[sky_rpc]\npass = \"hunter2\""), Path::new("test.toml"), &given).unwrap();
        let line = |key: &str| settings.iter().find(|setting| setting.key == key).unwrap().to_string();
        assert_eq!(line("debug"), "debug = true  # --set");
        let explorers =
            "web.explorers = { BTC = \"https://x/{txid}\" }  # in part TELLER__WEB__EXPLORERS__BTC";
        assert_eq!(line("web.explorers"), explorers);
        assert_eq!(line("dummy.sender"), "dummy.sender = true  # file");
        assert_eq!(line("web.throttle_max"), "web.throttle_max = 60  # default");
        assert_eq!(
            line("admin_panel.token"),
            "admin_panel.token = (not shown)  # TELLER__ADMIN_PANEL__TOKEN"
        );
        assert_eq!(line("alerts.mail_pass"), "alerts.mail_pass = \"\"  # default");
        let all: Vec<String> = settings.iter().map(ToString::to_string).collect();
        assert!(!all.join("\n").contains("hunter2"), "{all:#?}");
    }

    #[test]
    fn should_take_every_key_from_the_environment_and_the_command_line() {
        let shown = |given: &Overrides| settings_of("", Path::new("test.toml"), given).unwrap();
        for Setting { key, value, .. } in shown(&Overrides::default()) {
            let own = value.as_deref().unwrap();
            let own = own.strip_prefix('"').and_then(|own| own.strip_suffix('"')).unwrap_or(own);
            let (name, argument) = (variable(&key), format!("{key}={own}"));
            for (given, from) in
                [(overrides(&[(&name, own)], &[]), name.as_str()), (overrides(&[], &[&argument]), "--set")]
            {
                let setting = shown(&given).into_iter().find(|setting| setting.key == key);
                let expected = Setting { key: key.clone(), value: value.clone(), source: from.to_owned() };
                assert_eq!(setting, Some(expected));
            }
        }
    }

    fn variable(key: &str) -> String {
        format!("{PREFIX}{}", key.replace('.', "__").to_ascii_uppercase())
    }

    #[test]
    fn should_know_copies_receivers_and_shadows() {
        let key = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
        let keys = format!("[{key:?}]");
        let given = overrides(
            &[
                ("TELLER__BACKUP__TO", "/mnt/backups"),
                ("TELLER__BACKUP__RECIPIENTS", &keys),
                ("TELLER__TRACES__ENDPOINT", "http://127.0.0.1:4318/v1/traces"),
                ("TELLER__ALERTS__WEBHOOK", "https://example.com/hook"),
            ],
            &["backup.at=03:30", "backup.keep_monthly=12", "traces.one_in=7", "alerts.repeat=2h"],
        );
        let config = good("", &given);
        let backup = config.backup.unwrap();
        assert_eq!(backup.recipients[0].to_string(), key);
        assert_eq!(backup.keep.monthly, 12);
        assert_eq!(config.traces.unwrap().one_in, 7);
        assert_eq!(config.alerts.webhook.unwrap().url.expose_secret(), "https://example.com/hook");
        let shadow = problems("", &overrides(&[("TELLER__SHADOW__ORIGINAL", "/srv/original.db")], &[]));
        assert!(
            shadow[0].starts_with("TELLER__SHADOW__ORIGINAL: shadow.original: has no meaning"),
            "{shadow:?}"
        );
    }

    #[test]
    fn should_know_receivers_of_events_and_the_files_of_their_secrets() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets").display().to_string();
        std::fs::write(
            &path,
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\nwhsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n",
        )
        .unwrap();
        let webhook = ("TELLER__EVENTS__shop__WEBHOOK", "https://example.com/hook");
        let own = "[\"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"]";
        for (name, value, count) in [("SECRETS_FILE", path.as_str(), 2), ("SECRETS", own, 1)] {
            let name = format!("TELLER__EVENTS__shop__{name}");
            let given = overrides(&[webhook, (&name, value)], &["events.shop.timeout=7s"]);
            let receivers = good("", &given).events;
            let crate::config::ToldBy::Webhook(told) = &receivers[0].by else { panic!("{receivers:?}") };
            assert_eq!((receivers[0].name.as_str(), receivers[0].timeout.as_secs()), ("shop", 7));
            assert_eq!((told.url.expose_secret(), told.secrets.len()), (webhook.1, count));
            let shown = settings_of(&file(""), Path::new("test.toml"), &given).unwrap();
            assert!(!format!("{shown:?}").contains("whsec_"), "{shown:?}");
        }
        let given = overrides(&[webhook, ("TELLER__EVENTS__shop__SECRETS", own)], &[]);
        let both = problems(&format!("[events.shop]\nsecrets_file = {path:?}"), &given);
        assert!(both[0].starts_with("events.shop.secrets_file: give either"), "{both:?}");
    }

    #[test]
    fn should_know_every_table_with_names_of_its_own() {
        assert_eq!(all_own_names(), OWN_NAMES);
    }
}

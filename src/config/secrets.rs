//! Secrets, and the files that they may stand in.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use secrecy::{ExposeSecret, SecretString};
use toml::Value;
use zeroize::Zeroizing;

use super::care::{Care, who_may_change, who_may_read};
use super::reader::{Section, Written};

/// No secret is as long.
const MOST: u64 = 64 * 1024;

impl Section<'_> {
    /// A secret: the key's own value, or what the file holds that the key `NAME_file` names. It is never shown.
    pub(super) fn secret(&mut self, name: &str) -> SecretString {
        let own = self.unshown(name);
        let key = format!("{name}_file");
        let Some(path) = self.path(&key) else { return own };
        if !own.expose_secret().is_empty() {
            self.problem(&key, format!("give either {name} or {key}"));
            return own;
        }
        self.of_file(&key, &path)
    }

    /// Several: the key's own array, or the lines of the file that the key `NAME_file` names. None is ever shown.
    pub(super) fn secrets(&mut self, name: &str) -> Vec<SecretString> {
        let own = self.unshown_strings(name);
        let key = format!("{name}_file");
        let Some(path) = self.path(&key) else { return own };
        if !own.is_empty() {
            self.problem(&key, format!("give either {name} or {key}"));
            return own;
        }
        let text = self.of_file(&key, &path);
        let lines = text.expose_secret().lines().map(str::trim).filter(|line| !line.is_empty());
        lines.map(SecretString::from).collect()
    }

    fn unshown_strings(&mut self, name: &str) -> Vec<SecretString> {
        let values = match self.take(name, Written::AsToml) {
            None => Vec::new(),
            Some(Value::Array(values)) if values.iter().all(Value::is_str) => values,
            Some(_) => {
                self.problem(name, "expected an array of strings, [\"...\", \"...\"]");
                Vec::new()
            }
        };
        self.decided(name, if values.is_empty() { "[]" } else { "(not shown)" });
        values.iter().filter_map(Value::as_str).map(SecretString::from).collect()
    }

    fn of_file(&mut self, key: &str, path: &Path) -> SecretString {
        for care in [who_may_change(path), who_may_read(path, true)] {
            match care {
                // That it cannot be looked at is told below.
                Ok(Care::Fine) | Err(_) => {}
                Ok(Care::Warn(words)) => self.warn(key, &words),
                Ok(Care::Refuse(words)) => self.problem(key, words),
            }
        }
        let read = read(path).map_err(|words| format!("{}: {words}", path.display()));
        read.map_err(|words| self.problem(key, words)).unwrap_or_default()
    }
}

/// The file's text, without the end of its line.
fn read(path: &Path) -> Result<SecretString, String> {
    if !std::fs::metadata(path).map_err(|error| error.to_string())?.is_file() {
        return Err("is not a file".to_owned());
    }
    let mut bytes = Zeroizing::new(Vec::new());
    let file = File::open(path).map_err(|error| error.to_string())?;
    file.take(MOST + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > MOST {
        return Err(format!("has more than the {MOST} bytes that a secret may have"));
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| "is no text in UTF-8".to_owned())?;
    match text.trim_end_matches(['\r', '\n']) {
        "" => Err("is empty".to_owned()),
        text => Ok(SecretString::from(text)),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{Permissions, set_permissions, write};
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::config::{Config, ConfigError, parse};

    fn with(extra: &str) -> Result<Config, ConfigError> {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let text = format!("btc_addresses = {file:?}\n[dummy]\nsender = true\nscanner = true\n{extra}");
        parse(&text, Path::new("test.toml"))
    }

    fn refused(extra: &str) -> String {
        with(extra).unwrap_err().to_string()
    }

    /// Every secret of the configuration, with a section that has it.
    const SECRETS: [(&str, &str); 15] = [
        ("sky_rpc", "pass"),
        ("btc_rpc", "pass"),
        ("ltc_rpc", "pass"),
        ("doge_rpc", "pass"),
        ("eth_rpc", "pass"),
        ("sky_exchanger.exchange_client", "key"),
        ("sky_exchanger.exchange_client", "secret"),
        ("web.clients.shop", "token"),
        ("admin_panel", "token"),
        ("alerts", "webhook"),
        ("alerts", "webhook_token"),
        ("alerts", "mail_pass"),
        ("traces", "endpoint"),
        ("traces", "token"),
        ("backup.s3", "secret_key"),
    ];

    #[test]
    fn should_read_every_secret_from_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let token = "https://example.com/0123456789abcdef0123456789abcdef";
        write(&path, format!("{token}\n")).unwrap();
        set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        let key = age::x25519::Identity::generate().to_public();
        let encrypted = format!("\n[backup]\nrecipients = [\"{key}\"]");
        for (section, name) in SECRETS {
            let beside = match name {
                "token" if section == "traces" => format!("endpoint = {token:?}\n"),
                "webhook_token" => format!("webhook = {token:?}\n"),
                "mail_pass" => {
                    "mail_to = [\"a@example.com\"]\nmail_from = \"b@example.com\"\nmail_server = \"c\"\n"
                        .into()
                }
                "secret_key" => {
                    "endpoint = \"https://example.com\"\nbucket = \"copies\"\naccess_key = \"a\"\n".into()
                }
                _ => String::new(),
            };
            let after = if name == "secret_key" { &encrypted } else { "" };
            let config = with(&format!("[{section}]\n{beside}{name}_file = {path:?}{after}")).unwrap();
            assert!(config.warnings.is_empty(), "{section}.{name}: {:?}", config.warnings);
            let given = [
                Some(config.rail.node.pass.clone()),
                config.admin.token.clone(),
                config.web.clients.first().map(|client| client.token.clone()),
                Some(config.exchanger.exchange.key.clone()),
                Some(config.exchanger.exchange.secret.clone()),
                config.alerts.mail.as_ref().map(|mail| mail.pass.clone()),
                config.traces.as_ref().map(|traces| traces.endpoint.clone()),
                config.traces.as_ref().and_then(|traces| traces.token.clone()),
                config.backup.as_ref().and_then(|backup| match &backup.place {
                    crate::config::BackupPlace::S3(s3) => Some(s3.secret_key.clone()),
                    crate::config::BackupPlace::Folder(_) => None,
                }),
                config.alerts.webhook.as_ref().map(|webhook| webhook.url.clone()),
                config.alerts.webhook.as_ref().and_then(|webhook| webhook.token.clone()),
            ];
            let of_nodes = crate::types::Coin::all().map(|coin| match &config.coin(coin).node {
                crate::config::NodeConfig::BitcoinLike(rpc) => rpc.pass.clone(),
                crate::config::NodeConfig::Ethereum(rpc) => rpc.pass.clone(),
                crate::config::NodeConfig::Skycoin(rpc) => rpc.pass.clone(),
            });
            let is_there = |secret: SecretString| secret.expose_secret() == token;
            assert!(given.into_iter().flatten().chain(of_nodes).any(is_there), "{section}.{name}");
            let twice = refused(&format!("[{section}]\n{beside}{name} = {token:?}\n{name}_file = {path:?}"));
            assert!(
                twice.contains(&format!("{section}.{name}_file: give either {name} or {name}_file")),
                "{twice}"
            );
        }
        let (known, told) =
            (crate::config::all_keys(), SECRETS.map(|(section, name)| format!("{section}.{name}_file")));
        let files =
            known.iter().filter(|key| key.ends_with("_file") && !key.ends_with("wallet_password_file"));
        files.for_each(|key| assert!(told.contains(key), "{key} is not tried here"));
    }

    #[test]
    fn should_say_what_is_wrong_with_a_file_and_not_what_is_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str, bytes: &[u8], mode| {
            let path = folder.path().join(name);
            write(&path, bytes).unwrap();
            set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            format!("[sky_rpc]\npass_file = {path:?}")
        };
        let key = "sky_rpc.pass_file: ";
        for (text, words) in [
            (at("empty", b"\n", 0o600), "is empty"),
            (at("bytes", b"hunter2\xff", 0o600), "is no text"),
            (at("long", &[b'x'; 70_000], 0o600), "has more than"),
            (at("open", b"hunter2", 0o666), "can be changed by everybody"),
            (format!("[sky_rpc]\npass_file = {:?}", folder.path()), "is not a file"),
            ("[sky_rpc]\npass_file = \"/no/such/file\"".to_owned(), "No such file"),
            ("[sky_rpc]\npass_file = \"credential:../x\"".to_owned(), "expected the name of a credential"),
        ] {
            let told = refused(&text);
            assert!(
                told.contains(key) && told.contains(words) && !told.contains("hunter2"),
                "{words}: {told}"
            );
        }
        let config = with(&at("readable", b"hunter2", 0o644)).unwrap();
        assert!(config.warnings.join("\n").contains("sky_rpc.pass_file: "), "{:?}", config.warnings);
    }
}

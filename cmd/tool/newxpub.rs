//! Makes a mnemonic and prints the public keys of its first accounts, which is all that a desk gets to know.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{IsTerminal, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use bip39::{Language, Mnemonic};
use bitcoin::bip32::{DerivationPath, Xpriv, Xpub};
use bitcoin::secp256k1::Secp256k1;
use bitcoin::secp256k1::rand::RngCore;
use bitcoin::secp256k1::rand::rngs::OsRng;
use bitcoin::{NetworkKind, base58};
use clap::Args;
use miniscript::descriptor::checksum;
use serde_json::json;
use teller::address::{AccountXpub, AddressRule};
use teller::coins::{Family, Network};
use teller::config::default_data_dir;
use teller::types::Coin;
use zeroize::Zeroizing;

use super::print;

/// Entropy of 24 words.
const ENTROPY: usize = 32;
/// Its user alone may read it.
const ONLY_OWNER: u32 = 0o600;

#[derive(Debug, Args)]
pub(super) struct NewXpub {
    /// Where the words go, which are all that spends: a new file that you alone may read, or `-` for the terminal
    #[arg(long, value_name = "FILE")]
    words: PathBuf,
    /// Bitcoin network: bitcoin, testnet, testnet4, signet or regtest; other chains take one like it
    #[arg(long, default_value = "bitcoin")]
    network: String,
    /// Data directory, on which no teller may run: the words are for another machine [default: ~/.teller-skycoin]
    #[arg(short, long)]
    dir: Option<PathBuf>,
}

pub(super) fn make(new: &NewXpub, as_json: bool) -> anyhow::Result<bool> {
    let network = Coin::BTC.network(&new.network)?;
    refuse_running_desk(&new.dir.clone().unwrap_or_else(default_data_dir))?;
    let mut entropy = Zeroizing::new([0; ENTROPY]);
    OsRng.try_fill_bytes(&mut *entropy).context("the system has no random numbers")?;
    let mnemonic = Mnemonic::from_entropy_in(Language::English, &*entropy)?;
    // The words are safe before anybody can use what follows from them.
    hand_over(&mnemonic, &new.words)?;
    let accounts = accounts(&mnemonic, network)?;
    if as_json {
        let all: Vec<_> = accounts.iter().map(Account::json).collect();
        print(&serde_json::to_string_pretty(&all)?)?;
        return Ok(true);
    }
    for Account { coin, key, first } in accounts {
        print(&format!("{coin} {key}\n    first address {first}"))?;
    }
    Ok(true)
}

/// A database that is open is locked.
fn refuse_running_desk(dir: &Path) -> anyhow::Result<()> {
    for file in fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path()) {
        let Some(open) = file.is_file().then(|| File::open(&file).ok()).flatten() else { continue };
        if matches!(open.try_lock_shared(), Err(TryLockError::WouldBlock)) {
            bail!(
                "{}: a teller runs here. Make the words on another machine, and bring the public keys here",
                file.display()
            );
        }
    }
    Ok(())
}

/// Writes the words to a new file, or to a terminal, where nothing keeps them.
fn hand_over(mnemonic: &Mnemonic, to: &Path) -> anyhow::Result<()> {
    let mut line = Zeroizing::new(String::with_capacity(256));
    for word in mnemonic.words() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if to == Path::new("-") {
        if !std::io::stdout().is_terminal() {
            bail!("standard output is no terminal: the words would be kept wherever it goes; name a file");
        }
        return print(&line);
    }
    let shown = to.display();
    let file = OpenOptions::new().write(true).create_new(true).mode(ONLY_OWNER).open(to);
    let mut file = file.with_context(|| format!("{shown}: the words must go to a new file"))?;
    let written = file.write_all(line.as_bytes()).and_then(|()| file.write_all(b"\n"));
    let written = written.and_then(|()| file.sync_all()).and_then(|()| sync_folder(to));
    written.with_context(|| format!("{shown}: the words are not safe there"))
}

/// A new file's name is durable only once its folder is.
fn sync_folder(file: &Path) -> std::io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// What a desk and its operator need to know of an account.
struct Account {
    coin: Coin,
    key: String,
    first: String,
}

impl Account {
    /// The key as a desk reads it, with the first address that a desk would give out.
    fn new(key: String, network: Network) -> anyhow::Result<Account> {
        let first = AccountXpub::parse(network, &key)?.derive(0)?.to_string();
        Ok(Account { coin: network.coin(), key, first })
    }

    fn json(&self) -> serde_json::Value {
        json!({"coin": self.coin.code(), "key": self.key, "first_address": self.first})
    }
}

/// The accounts of every coin, on networks like Bitcoin's.
fn accounts(mnemonic: &Mnemonic, bitcoin: Network) -> anyhow::Result<Vec<Account>> {
    let seed = Zeroizing::new(mnemonic.to_seed_normalized(""));
    let mut all = Vec::new();
    for coin in Coin::all() {
        let network = like(coin, bitcoin);
        match coin.family() {
            Family::BitcoinLike => all.extend(bitcoin_like(&*seed, network)?),
            Family::Ethereum | Family::Skycoin => {
                let (origin, key) = account(&*seed, 44, network)?;
                all.push(Account::new(format!("{origin}{key}"), network)?);
            }
        }
    }
    Ok(all)
}

/// The coin's network of the same name; the main one beside Bitcoin's, and else one for tests.
fn like(coin: Coin, bitcoin: Network) -> Network {
    let main = coin.main_network();
    if bitcoin.is_main() {
        return main;
    }
    coin.network(bitcoin.facts().name).ok().or_else(|| coin.networks().nth(1)).unwrap_or(main)
}

/// As a descriptor, and in short where the first letters say the script.
fn bitcoin_like(seed: &[u8], network: Network) -> anyhow::Result<Vec<Account>> {
    let facts = &network.facts().accounts;
    let rule = [AddressRule::P2wpkh, AddressRule::P2pkh].into_iter().find(|rule| facts.rules.contains(rule));
    let rule = rule.context("a chain without addresses for one key")?;
    let (origin, key) = account(seed, rule.purpose(), network)?;
    let script = if rule == AddressRule::P2wpkh { "wpkh" } else { "pkh" };
    let descriptor = format!("{script}({origin}{key}/<0;1>/*)");
    let mut sum = checksum::Engine::new();
    sum.input(&descriptor)?;
    let mut all = vec![Account::new(format!("{descriptor}#{}", sum.checksum()), network)?];
    let short = facts.versions.iter().find(|(version, known)| *known == rule && *version != facts.plain);
    if let Some((version, _)) = short {
        let mut bytes = key.encode();
        bytes[..4].copy_from_slice(&version.to_be_bytes());
        all.push(Account::new(base58::encode_check(&bytes), network)?);
    }
    Ok(all)
}

/// A coin's first account, of the BIP with this number.
fn account(seed: &[u8], purpose: u32, network: Network) -> anyhow::Result<(String, Xpub)> {
    let coin_type = network.facts().accounts.coin_type;
    let kind = if network.is_main() { NetworkKind::Main } else { NetworkKind::Test };
    account_key(seed, kind, &format!("{purpose}h/{coin_type}h/0h"))
}

/// The public key of the account at this path, and its origin.
fn account_key(seed: &[u8], kind: NetworkKind, path: &str) -> anyhow::Result<(String, Xpub)> {
    let secp = Secp256k1::new();
    let steps: DerivationPath = path.parse()?;
    let mut master = Xpriv::new_master(kind, seed)?;
    let mut account = master.derive_priv(&secp, &steps)?;
    let origin = format!("[{}/{path}]", master.fingerprint(&secp));
    let key = Xpub::from_priv(&secp, &account);
    master.private_key.non_secure_erase();
    account.private_key.non_secure_erase();
    Ok((origin, key))
}

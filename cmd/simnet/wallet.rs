//! A hot wallet for the service, made where there is none, and filled from the genesis address at each start.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::Context;
use secrecy::SecretString;
use teller::clock::{Clock, SystemClock};
use teller::skycoin::{NewWallet, Wallet};

use super::skycoin::{Deposit, Sky};

/// Everybody may know it: the coins are worth nothing.
const SEED: &str = "the hot wallet of simnet, never to be used with real coins";
/// A million coins, and as many coin hours.
const COINS: u64 = 1_000_000_000_000;
const HOURS: u64 = 1_000_000;

/// Makes the file where there is none, and fills the wallet. Gives its address.
pub(crate) fn fill(file: &Path, node: &Sky) -> anyhow::Result<String> {
    make(file)?;
    let text = std::fs::read(file)?;
    let wallet = Wallet::load(&text, None)?;
    let address = wallet.change_address().to_string();
    node.deposit(&Deposit::new(address.clone(), COINS, HOURS))?;
    Ok(address)
}

/// Pays so many droplets from the genesis address, for the exchange. Gives the transaction, or why there is none.
pub(crate) fn pay(node: &Sky, to: &str, droplets: u128) -> Result<String, String> {
    let amount = u64::try_from(droplets).map_err(|_| "more than all coins".to_owned())?;
    node.deposit(&Deposit::new(to.to_owned(), amount, 0)).map_err(|error| error.to_string())
}

fn make(file: &Path) -> anyhow::Result<()> {
    // The service refuses a wallet that others can read.
    let mut out = match OpenOptions::new().write(true).create_new(true).mode(0o600).open(file) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(()),
        other => other?,
    };
    let name = file.file_name().and_then(|name| name.to_str()).context("the name is no text")?;
    let seed = SecretString::from(SEED);
    let new =
        NewWallet { filename: name, label: "simnet", seed: &seed, addresses: 1, created: SystemClock.now() };
    out.write_all(new.to_json()?.as_bytes())?;
    Ok(())
}

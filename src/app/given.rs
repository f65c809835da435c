//! What follows from the configuration alone, for the start and for `check-config` alike.

use std::path::{Path, PathBuf};

use crate::address::{AddressSource, DepositAddress};
use crate::coins::Family;
use crate::config::Config;
use crate::engine::{PoolAccount, PoolFile};
use crate::skycoin::Address;
use crate::store::Purpose;
use crate::types::{Coin, PerCoin};

const DB_NAME: &str = "teller.db";

/// `dbfile` inside the data directory; a directory that is named stands for `teller.db` in it.
pub(super) fn db_path(config: &Config, data_dir: &Path) -> PathBuf {
    let path = data_dir.join(&config.dbfile);
    if path.is_dir() { path.join(DB_NAME) } else { path }
}

/// What the database is for.
pub(super) fn purpose(config: &Config) -> Purpose {
    Purpose {
        networks: PerCoin::new(|coin| config.coin(coin).network),
        followed: PerCoin::new(|coin| config.coin(coin).enabled),
        dummy_scanner: config.dummy.scanner,
        dummy_sender: config.dummy.sender,
        shadow: config.shadow.is_some(),
    }
}

/// The address files of the coins that can be bound; `own` are the hot wallet's addresses.
pub(super) fn pool_files(config: &Config, own: &[Address]) -> Vec<PoolFile> {
    let files = config.enabled_coins().filter_map(|coin| {
        let path = coin.addresses.as_ref()?.file()?.to_owned();
        let own = own_of(coin.coin, own);
        Some(PoolFile { network: coin.network, path, own, is_real: !config.dummy.is_on() })
    });
    files.collect()
}

/// The account keys of the coins that can be bound; `own` are the hot wallet's addresses.
pub(super) fn pool_accounts(config: &Config, own: &[Address]) -> Vec<PoolAccount> {
    let accounts = config.enabled_coins().filter_map(|coin| match coin.addresses.as_ref()? {
        AddressSource::File(_) => None,
        AddressSource::Account(key) => {
            let (key, own) = (key.clone(), own_of(coin.coin, own));
            Some(PoolAccount { key, own, is_real: !config.dummy.is_on() })
        }
    });
    accounts.collect()
}

/// Those of the hot wallet's addresses that are of this coin.
fn own_of(coin: Coin, own: &[Address]) -> Vec<DepositAddress> {
    let own = own.iter().filter(|_| coin.family() == Family::Skycoin).copied();
    own.map(DepositAddress::of_skycoin).collect()
}

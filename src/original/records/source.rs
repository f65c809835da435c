//! Buckets by their names, which differ between generations, and values read from them.

use serde::de::DeserializeOwned;

use super::RecordError;
use crate::address::{DepositAddress, Network};
use crate::original::bolt::Bucket;
use crate::skycoin::Address;
use crate::types::{Coin, PerCoin};

/// The coins that the original took.
pub const COINS: [Coin; 3] = [Coin::BTC, Coin::ETH, Coin::SKY];

/// Names of buckets without the coin that some end in.
pub(super) const BINDINGS: &str = "bind_address";
pub(super) const LISTED: &str = "sky_deposit_seqs_index";
pub(super) const INFOS: &str = "deposit_info";
pub(super) const BY_ADDRESS: &str = "btc_txs";
pub(super) const SEEN: &str = "deposit_value";
pub(super) const WATCHED: &str = "scan_meta";
/// Not kept any more, or never used.
pub(super) const UNUSED: &str = "exchange_meta";
const WATCHED_KEY: &[u8] = b"deposit_addresses";

/// The file, and the networks whose addresses are in it.
pub(super) struct Source<'a> {
    pub(super) root: &'a Bucket<'a>,
    pub(super) networks: &'a PerCoin<Network>,
}

/// A bucket with the name that it has in the file.
pub(super) struct Named<'a> {
    pub(super) name: String,
    pub(super) bucket: &'a Bucket<'a>,
}

impl<'a> Source<'a> {
    /// Refuses what is none of the original's, or of a version whose records are others.
    pub(super) fn refuse_older(&self) -> Result<(), RecordError> {
        if self.root.bucket(INFOS).is_none() {
            return Err(RecordError::NotTheOriginal(INFOS));
        }
        let old = self.root.buckets.iter().any(|(name, bucket)| {
            name.starts_with(WATCHED.as_bytes()) && bucket.get(b"last_scan_block").is_some()
        });
        if old { Err(RecordError::TooOld { found: "it keeps last_scan_block" }) } else { Ok(()) }
    }

    /// The bucket of this name; none where there is none.
    pub(super) fn named(&self, name: &str) -> Option<Named<'a>> {
        let bucket = self.root.bucket(name)?;
        Some(Named { name: name.to_owned(), bucket })
    }

    /// The buckets of a coin whose names begin so: `bind_address_btc` of today, `bind_address_BTC` of a year before,
    /// and of Bitcoin `bind_address` of the first version.
    pub(super) fn of_coin(&self, name: &str, coin: Coin) -> Vec<Named<'a>> {
        let names = names_of_coin(name, coin);
        names.iter().filter_map(|name| self.named(name)).collect()
    }

    /// The names of the buckets that the original took addresses down in which it had handed out.
    pub(super) fn used(&self, coin: Coin) -> Option<Named<'a>> {
        self.named(&used_name(coin))
    }

    /// The addresses that were watched for deposits of a coin; none where no list is kept.
    pub(super) fn watched(&self, coin: Coin) -> Result<Option<Vec<String>>, RecordError> {
        let mut watched = None;
        for named in self.of_coin(WATCHED, coin) {
            if let Some(value) = named.bucket.get(WATCHED_KEY) {
                let list: Option<Vec<String>> = named.json(WATCHED_KEY, value)?;
                watched.get_or_insert_with(Vec::new).extend(list.unwrap_or_default());
            }
        }
        Ok(watched)
    }

    /// A deposit address of a coin.
    pub(super) fn address(&self, coin: Coin, text: &str) -> Result<DepositAddress, String> {
        DepositAddress::parse(self.networks[coin], text).map_err(|error| format!("{text:?} is {error}"))
    }
}

pub(super) fn names_of_coin(name: &str, coin: Coin) -> Vec<String> {
    let code = coin.code();
    let mut names = vec![format!("{name}_{}", code.to_lowercase()), format!("{name}_{code}")];
    names.extend((coin == Coin::BTC).then(|| name.to_owned()));
    names
}

pub(super) fn used_name(coin: Coin) -> String {
    format!("used_{}_address", coin.code().to_lowercase())
}

impl Named<'_> {
    /// Reads a value of it.
    pub(super) fn json<T: DeserializeOwned>(&self, key: &[u8], value: &[u8]) -> Result<T, RecordError> {
        serde_json::from_slice(value).map_err(|error| self.wrong(key, error.to_string()))
    }

    /// What is wrong with a record.
    pub(super) fn wrong(&self, key: &[u8], why: impl Into<String>) -> RecordError {
        RecordError::Record { bucket: self.name.clone(), key: text(key), why: why.into() }
    }
}

/// A key as text, for people where it is none.
pub(super) fn text(key: &[u8]) -> String {
    String::from_utf8_lossy(key).into_owned()
}

/// Whose address it is, and whether blanks stood around it, as one version of the original wrote them.
pub(super) fn payee(text: &str) -> Result<(Address, bool), String> {
    let trimmed = text.trim();
    let address =
        Address::decode(trimmed).map_err(|error| format!("{text:?} is no Skycoin address: {error}"))?;
    if address.is_null() {
        return Err("it is bound to the null address, which nobody has the key of".to_owned());
    }
    Ok((address, trimmed != text))
}

/// The coin of a code, which the first version left out: it had Bitcoin alone.
pub(super) fn coin(code: &str) -> Result<Coin, String> {
    match code {
        "" => Ok(Coin::BTC),
        code => COINS
            .into_iter()
            .find(|coin| coin.code() == code)
            .ok_or_else(|| format!("{code:?} is no coin that the original takes: BTC, ETH or SKY")),
    }
}

//! The body of a wallet file: entries, each proven to be what it says.

use std::collections::HashSet;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::WalletKey;
use super::error::{EntryError, WalletError};
use super::secrets::Secrets;
use crate::skycoin::address::Address;
use crate::skycoin::keys::{AccountChain, AccountKey, PublicKey, SecretKey};

/// Proven keys, in the order of the file.
#[derive(Default)]
pub(super) struct Entries {
    pub(super) keys: Vec<WalletKey>,
    /// The first address of the first change chain.
    pub(super) change: Option<Address>,
    seen: HashSet<Address>,
}

/// The body of `deterministic` and `collection` wallets. Nodes write `null` for an empty list.
#[derive(Deserialize)]
pub(super) struct Flat {
    entries: Option<Vec<FlatEntry>>,
}

#[derive(Deserialize)]
struct FlatEntry {
    address: String,
    public_key: String,
    secret_key: Option<SecretString>,
}

/// The body of `bip44` wallets.
#[derive(Deserialize)]
pub(super) struct Accounts {
    accounts: Option<Vec<Account>>,
}

#[derive(Deserialize)]
struct Account {
    private_key: Option<SecretString>,
    index: u32,
    chains: Option<Vec<ChainBody>>,
}

#[derive(Deserialize)]
struct ChainBody {
    chain: String,
    entries: Option<Vec<ChainEntry>>,
}

#[derive(Deserialize)]
struct ChainEntry {
    address: String,
    public: String,
    secret: Option<SecretString>,
    child_number: u32,
}

impl Entries {
    fn add(
        &mut self,
        place: impl FnOnce() -> String,
        address: &str,
        key: Result<WalletKey, EntryError>,
    ) -> Result<(), WalletError> {
        let key = key.and_then(|key| match self.seen.insert(key.address) {
            true => Ok(key),
            false => Err(EntryError::Duplicate),
        });
        // What stands in the place of an address is repeated only if it is one.
        let entry = || match Address::decode(address) {
            Ok(address) => format!("{} ({address})", place()),
            Err(_) => place(),
        };
        self.keys.push(key.map_err(|error| WalletError::Entry { entry: entry(), error })?);
        Ok(())
    }
}

impl Flat {
    pub(super) fn prove(self, secrets: Option<&Secrets>) -> Result<Entries, WalletError> {
        let mut proven = Entries::default();
        for (number, entry) in (1u32..).zip(self.entries.unwrap_or_default()) {
            let key =
                entry.secret(secrets).and_then(|secret| prove(&entry.address, &entry.public_key, secret));
            proven.add(|| format!("entry {number}"), &entry.address, key)?;
        }
        Ok(proven)
    }
}

impl FlatEntry {
    fn secret(&self, secrets: Option<&Secrets>) -> Result<SecretKey, EntryError> {
        let secret = match secrets {
            Some(secrets) => secrets.get(&self.address),
            None => self.secret_key.as_ref(),
        };
        parse_secret(present(secret).ok_or(EntryError::SecretMissing)?)
    }
}

impl Accounts {
    pub(super) fn prove(self, secrets: Option<&Secrets>) -> Result<Entries, WalletError> {
        let mut proven = Entries::default();
        for account in self.accounts.unwrap_or_default() {
            let key = account
                .key(secrets)
                .map_err(|error| WalletError::Account { account: account.index, error })?;
            for chain in account.chains.unwrap_or_default() {
                chain.prove(account.index, &key, secrets, &mut proven)?;
            }
        }
        Ok(proven)
    }
}

impl Account {
    fn key(&self, secrets: Option<&Secrets>) -> Result<AccountKey, EntryError> {
        let key = match secrets {
            Some(secrets) => secrets.get(&format!("bip44AccountPrivateKey-{}", self.index)),
            None => self.private_key.as_ref(),
        };
        AccountKey::parse(present(key).ok_or(EntryError::SecretMissing)?).map_err(EntryError::SecretKey)
    }
}

impl ChainBody {
    fn prove(
        self,
        account: u32,
        key: &AccountKey,
        secrets: Option<&Secrets>,
        proven: &mut Entries,
    ) -> Result<(), WalletError> {
        let Some(chain) = AccountChain::from_name(&self.chain) else {
            return Err(WalletError::ChainUnknown { account, chain: self.chain });
        };
        for entry in self.entries.unwrap_or_default() {
            let place = || format!("account {account}, {} {}", chain.name(), entry.child_number);
            proven.add(place, &entry.address, entry.prove(chain, key, secrets))?;
            if chain == AccountChain::Change && proven.change.is_none() {
                proven.change = proven.keys.last().map(|key| key.address);
            }
        }
        Ok(())
    }
}

impl ChainEntry {
    /// The secret follows from the account's key. Where it stands in the file too, it must be the same; an
    /// encrypted wallet that made an address while it was locked has none.
    fn prove(
        &self,
        chain: AccountChain,
        key: &AccountKey,
        secrets: Option<&Secrets>,
    ) -> Result<WalletKey, EntryError> {
        let secret = key.key(chain, self.child_number).map_err(EntryError::SecretKey)?;
        let written = match secrets {
            Some(secrets) => secrets.get(&self.address),
            None => self.secret.as_ref(),
        };
        match present(written).map(parse_secret).transpose()? {
            Some(written) if written != secret => Err(EntryError::NotDerived),
            _ => prove(&self.address, &self.public, secret),
        }
    }
}

fn prove(address: &str, public: &str, secret: SecretKey) -> Result<WalletKey, EntryError> {
    let address = Address::decode(address).map_err(EntryError::Address)?;
    let public: PublicKey = public.parse().map_err(|_| EntryError::PublicKey)?;
    if secret.public() != public {
        return Err(EntryError::PublicMismatch);
    }
    if Address::from_pubkey(&public) != address {
        return Err(EntryError::AddressMismatch);
    }
    Ok(WalletKey { address, secret })
}

fn parse_secret(secret: &str) -> Result<SecretKey, EntryError> {
    SecretKey::parse(secret).map_err(EntryError::SecretKey)
}

fn present(secret: Option<&SecretString>) -> Option<&str> {
    secret.map(ExposeSecret::expose_secret).filter(|secret| !secret.is_empty())
}

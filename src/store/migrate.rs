//! The schema's version, and the way from each older one to this.
//!
//! Invariant: a step and the version that it leads to are one transaction. A newer file is refused, never touched.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::codec;
use super::kv::{Backend, Read, Table, Verdict, Write};
use super::seal::Sealing;
use super::{StoreError, secret, tables};
use crate::coins::{Coin, Network, PerCoin};

/// The schema that this version writes.
pub const SCHEMA_VERSION: u32 = 1;

const VERSION_KEY: &[u8] = b"schema_version";
const NETWORK_KEY: &[u8] = b"networks";
const DUMMY_KEY: &[u8] = b"dummy";
/// There in the database of a shadow alone.
const SHADOW_KEY: &[u8] = b"shadow";

/// What a database is for. It is never opened for anything else: play money would be paid in real coins, or real
/// deposits in play money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purpose {
    /// The network of each coin.
    pub networks: PerCoin<Network>,
    /// The coins whose chains are followed: from then on the network of such a coin is fixed.
    pub followed: PerCoin<bool>,
    /// Whether deposits are made by hand instead of read from chains.
    pub dummy_scanner: bool,
    /// Whether payouts are made on a chain in memory instead of sent.
    pub dummy_sender: bool,
    /// Whether nothing is ever paid: what looks on beside the original.
    pub shadow: bool,
}

impl Purpose {
    /// Real coins on both sides, deposited on this network.
    pub fn real(network: Network) -> Self {
        let is_its = |coin: Coin| coin == network.coin();
        Purpose {
            networks: PerCoin::new(|coin| if is_its(coin) { network } else { coin.main_network() }),
            followed: PerCoin::new(is_its),
            dummy_scanner: false,
            dummy_sender: false,
            shadow: false,
        }
    }

    /// Play money on both sides, deposited as on this network.
    pub fn play(network: Network) -> Self {
        Purpose { dummy_scanner: true, dummy_sender: true, ..Purpose::real(network) }
    }

    fn dummy(&self) -> String {
        format!("dummy.scanner = {}, dummy.sender = {}", self.dummy_scanner, self.dummy_sender)
    }
}

/// One way from a version to the next, run inside a transaction.
type Step = fn(&mut dyn Write) -> Result<(), StoreError>;

/// The step at position n leads from version n + 1 to version n + 2.
const STEPS: &[Step] = &[];

/// Brings the data to [`SCHEMA_VERSION`], or founds it, and checks that it is for `purpose`.
pub fn migrate(backend: &dyn Backend, purpose: &Purpose) -> Result<(), StoreError> {
    loop {
        let snapshot = backend.snapshot()?;
        match read_schema_version(&*snapshot)? {
            None => {
                refuse_rows_without_version(&*snapshot)?;
                commit(backend, &mut |kv| found(kv, purpose))?;
            }
            Some(version) if version > SCHEMA_VERSION => {
                return Err(StoreError::NewerSchema { found: version, known: SCHEMA_VERSION });
            }
            Some(SCHEMA_VERSION) => return check(&*snapshot, purpose),
            Some(version) => commit(backend, &mut |kv| step(kv, version))?,
        }
    }
}

/// Returns the version of a database's schema; none where it is empty.
///
/// # Errors
///
/// Returns [`StoreError::UnknownCoin`] where it holds a coin that this program has not, as none of it can be read then.
pub fn read_schema_version(kv: &dyn Read) -> Result<Option<u32>, StoreError> {
    let version = tables::get(kv, Table::Meta, VERSION_KEY)?;
    if version.is_some_and(|version: u32| version <= SCHEMA_VERSION)
        && let Some((number, network)) =
            networks(kv)?.into_iter().find(|(number, _)| Coin::from_tag(*number).is_none())
    {
        return Err(StoreError::UnknownCoin { number, network });
    }
    Ok(version)
}

/// A database without a version is a new one only where it is empty; in any other the version was lost.
fn refuse_rows_without_version(kv: &dyn Read) -> Result<(), StoreError> {
    for table in Table::ALL {
        if kv.last(table)?.is_some() {
            let lost = format!("table {} has rows, and table meta has no schema version", table.name());
            return Err(StoreError::Inconsistent(vec![lost]));
        }
    }
    Ok(())
}

fn found(kv: &mut dyn Write, purpose: &Purpose) -> Result<(), StoreError> {
    put_networks(kv, &followed(Networks::new(), purpose))?;
    kv.put(Table::Meta, DUMMY_KEY, &codec::encode(&purpose.dummy()))?;
    if purpose.shadow {
        kv.put(Table::Meta, SHADOW_KEY, &codec::encode(&true))?;
    }
    secret::make(kv)?;
    kv.put(Table::Meta, VERSION_KEY, &codec::encode(&SCHEMA_VERSION))
}

fn step(kv: &mut dyn Write, version: u32) -> Result<(), StoreError> {
    let position = usize::try_from(version).ok().and_then(|version| version.checked_sub(1));
    let step = position.and_then(|position| STEPS.get(position));
    let step = step.ok_or_else(|| StoreError::Inconsistent(vec![format!("no way from schema {version}")]))?;
    step(kv)?;
    kv.put(Table::Meta, VERSION_KEY, &codec::encode(&version.saturating_add(1)))
}

pub(super) fn check(kv: &dyn Read, purpose: &Purpose) -> Result<(), StoreError> {
    let found =
        |key| Ok::<_, StoreError>(tables::get::<String>(kv, Table::Meta, key)?.unwrap_or_else(|| "?".into()));
    let (fixed, dummy) = (networks(kv)?, found(DUMMY_KEY)?);
    for (coin, configured) in purpose.networks.iter() {
        let other = fixed.get(&coin.tag()).filter(|name| *name != configured.facts().name);
        if let Some(found) = other.cloned() {
            let facts = coin.facts();
            let section = facts.settings.node.map_or(facts.settings.section, |node| node.section);
            let chain = facts.name;
            return Err(StoreError::OtherNetwork { chain, section, found, configured: *configured });
        }
    }
    if dummy != purpose.dummy() {
        return Err(StoreError::OtherMoney { found: dummy, configured: purpose.dummy() });
    }
    match (is_shadow(kv)?, purpose.shadow) {
        (true, false) => return Err(StoreError::OfAShadow),
        (false, true) => return Err(StoreError::NotOfAShadow),
        (true, true) | (false, false) => {}
    }
    Ok(())
}

/// Whether a database is one in which nothing is ever paid.
fn is_shadow(kv: &dyn Read) -> Result<bool, StoreError> {
    Ok(tables::get(kv, Table::Meta, SHADOW_KEY)?.unwrap_or(false))
}

/// The names of the networks that are fixed, by the numbers of their coins.
type Networks = BTreeMap<u8, String>;

fn networks(kv: &dyn Read) -> Result<Networks, StoreError> {
    Ok(tables::get(kv, Table::Meta, NETWORK_KEY)?.unwrap_or_default())
}

fn put_networks(kv: &mut dyn Write, networks: &Networks) -> Result<(), StoreError> {
    kv.put(Table::Meta, NETWORK_KEY, &codec::encode(networks))
}

/// These, and those of the coins that are followed.
fn followed(mut networks: Networks, purpose: &Purpose) -> Networks {
    for (coin, _) in purpose.followed.iter().filter(|(_, is_followed)| **is_followed) {
        networks.entry(coin.tag()).or_insert_with(|| purpose.networks[coin].to_string());
    }
    networks
}

/// Fixes the networks of coins that were not followed before, and gives the data after that. What is written to was
/// audited.
pub(super) fn fix_networks(
    backend: &dyn Backend,
    kv: &dyn Read,
    purpose: &Purpose,
) -> Result<Arc<dyn Read + Send + Sync>, StoreError> {
    let fixed = networks(kv)?;
    let wanted = followed(fixed.clone(), purpose);
    if wanted != fixed {
        commit(backend, &mut |kv| put_networks(kv, &wanted))?;
    }
    backend.snapshot()
}

fn commit(
    backend: &dyn Backend,
    work: &mut dyn FnMut(&mut dyn Write) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    backend.transact(&mut |kv| {
        let mut kv = Sealing::new(kv);
        work(&mut kv)?;
        kv.save()?;
        Ok(Verdict::Commit)
    })
}

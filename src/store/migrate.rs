//! The schema's version, and the way from each older one to this.
//!
//! Invariant: a step and the version that it leads to are one transaction. A newer file is refused, never touched.

use super::codec;
use super::kv::{Backend, Read, Table, Verdict, Write};
use super::{StoreError, tables};
use crate::address::Network;

/// The schema that this version writes.
pub const SCHEMA_VERSION: u32 = 1;

const VERSION_KEY: &[u8] = b"schema_version";
const NETWORK_KEY: &[u8] = b"bitcoin_network";

/// One way from a version to the next, run inside a transaction.
type Step = fn(&mut dyn Write) -> Result<(), StoreError>;

/// The step at position n leads from version n + 1 to version n + 2.
const STEPS: &[Step] = &[];

/// Brings the data to [`SCHEMA_VERSION`], or founds it, and checks that it belongs to `network`.
pub fn migrate(backend: &dyn Backend, network: Network) -> Result<(), StoreError> {
    loop {
        let snapshot = backend.snapshot()?;
        match read_schema_version(&*snapshot)? {
            None => commit(backend, &mut |kv| found(kv, network))?,
            Some(version) if version > SCHEMA_VERSION => {
                return Err(StoreError::NewerSchema { found: version, known: SCHEMA_VERSION });
            }
            Some(SCHEMA_VERSION) => return check_network(&*snapshot, network),
            Some(version) => commit(backend, &mut |kv| step(kv, version))?,
        }
    }
}

/// The version of a database's schema; none where it is empty.
pub fn read_schema_version(kv: &dyn Read) -> Result<Option<u32>, StoreError> {
    tables::get(kv, Table::Meta, VERSION_KEY)
}

fn found(kv: &mut dyn Write, network: Network) -> Result<(), StoreError> {
    kv.put(Table::Meta, NETWORK_KEY, &codec::encode(&network.to_string()))?;
    kv.put(Table::Meta, VERSION_KEY, &codec::encode(&SCHEMA_VERSION))
}

fn step(kv: &mut dyn Write, version: u32) -> Result<(), StoreError> {
    let position = usize::try_from(version).ok().and_then(|version| version.checked_sub(1));
    let step = position.and_then(|position| STEPS.get(position));
    let step = step.ok_or_else(|| StoreError::Inconsistent(vec![format!("no way from schema {version}")]))?;
    step(kv)?;
    kv.put(Table::Meta, VERSION_KEY, &codec::encode(&version.saturating_add(1)))
}

fn check_network(kv: &dyn Read, network: Network) -> Result<(), StoreError> {
    let configured = network.to_string();
    match tables::get::<String>(kv, Table::Meta, NETWORK_KEY)? {
        Some(found) if found == configured => Ok(()),
        found => Err(StoreError::OtherNetwork { found: found.unwrap_or_else(|| "?".into()), configured }),
    }
}

fn commit(
    backend: &dyn Backend,
    work: &mut dyn FnMut(&mut dyn Write) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    backend.transact(&mut |kv| work(kv).map(|()| Verdict::Commit))
}

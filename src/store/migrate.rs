//! The schema's version, and the way from each older one to this.
//!
//! Invariant: a step and the version that it leads to are one transaction. A newer file is refused, never touched.

use super::codec;
use super::kv::{Backend, Read, Table, Verdict, Write};
use super::seal::Sealing;
use super::{StoreError, secret, tables};
use crate::address::Network;

/// The schema that this version writes.
pub const SCHEMA_VERSION: u32 = 1;

const VERSION_KEY: &[u8] = b"schema_version";
const NETWORK_KEY: &[u8] = b"bitcoin_network";
const DUMMY_KEY: &[u8] = b"dummy";

/// What a database is for. It is never opened for anything else: play money would be paid in real coins, or real
/// deposits in play money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Purpose {
    pub network: Network,
    pub dummy_scanner: bool,
    pub dummy_sender: bool,
}

impl Purpose {
    /// Real coins on both sides.
    pub const fn real(network: Network) -> Self {
        Purpose { network, dummy_scanner: false, dummy_sender: false }
    }

    fn dummy(self) -> String {
        format!("dummy.scanner = {}, dummy.sender = {}", self.dummy_scanner, self.dummy_sender)
    }
}

/// One way from a version to the next, run inside a transaction.
type Step = fn(&mut dyn Write) -> Result<(), StoreError>;

/// The step at position n leads from version n + 1 to version n + 2.
const STEPS: &[Step] = &[];

/// Brings the data to [`SCHEMA_VERSION`], or founds it, and checks that it is for `purpose`.
pub fn migrate(backend: &dyn Backend, purpose: Purpose) -> Result<(), StoreError> {
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

/// The version of a database's schema; none where it is empty.
pub fn read_schema_version(kv: &dyn Read) -> Result<Option<u32>, StoreError> {
    tables::get(kv, Table::Meta, VERSION_KEY)
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

fn found(kv: &mut dyn Write, purpose: Purpose) -> Result<(), StoreError> {
    kv.put(Table::Meta, NETWORK_KEY, &codec::encode(&purpose.network.to_string()))?;
    kv.put(Table::Meta, DUMMY_KEY, &codec::encode(&purpose.dummy()))?;
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

pub(super) fn check(kv: &dyn Read, purpose: Purpose) -> Result<(), StoreError> {
    let found =
        |key| Ok::<_, StoreError>(tables::get::<String>(kv, Table::Meta, key)?.unwrap_or_else(|| "?".into()));
    let (network, dummy) = (found(NETWORK_KEY)?, found(DUMMY_KEY)?);
    if network != purpose.network.to_string() {
        return Err(StoreError::OtherNetwork { found: network, configured: purpose.network.to_string() });
    }
    if dummy != purpose.dummy() {
        return Err(StoreError::OtherMoney { found: dummy, configured: purpose.dummy() });
    }
    Ok(())
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

//! What the original keeps, of each generation: decided by record and not by file, since files hold several.
//!
//! Whom an address is bound to, what was deposited and what was paid is believed or refused as a whole. Where indexes
//! differ that only repeat it, that is told, and what they repeat counts.

mod bindings;
mod deposits;
mod differences;
mod error;
mod json;
mod original;
mod source;
#[cfg(test)]
mod tests;

use crate::address::Network;
use crate::original::bolt::Bucket;
use crate::types::PerCoin;

pub use error::RecordError;
pub use original::{Original, OriginalBinding, OriginalDeposit, Unhandled};
pub use source::COINS;

/// Reads everything that the original keeps, with addresses of these networks.
///
/// # Errors
///
/// Where a record cannot be read, where two of them say different things of whom an address is bound to or of what was
/// deposited, or where the file holds none of the original's data.
pub fn read(root: &Bucket<'_>, networks: &PerCoin<Network>) -> Result<Original, RecordError> {
    let source = source::Source { root, networks };
    source.refuse_older()?;
    let mut original = Original::default();
    differences::unknown_buckets(&source, &mut original.differences);
    original.bindings = bindings::read(&source, &mut original.differences)?;
    let bound = bindings::by_address(&original.bindings);
    original.deposits = deposits::read(&source, &bound, &mut original.differences)?;
    original.unhandled = deposits::unhandled(&source, &original.deposits, &mut original.differences)?;
    original.used = bindings::used(&source, &bound, &mut original.differences)?;
    differences::deposits_by_address(&source, &original.deposits, &mut original.differences)?;
    Ok(original)
}

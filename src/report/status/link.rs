//! The link of a purchase: whoever has it sees the deposit address and all that came to it.

use super::pages::{Line, newest_of, older_of};
use super::sealed::{Purpose, seal, unseal};
use super::secret::Shown;
use super::{StatusEntry, worded};
use crate::address::DepositAddress;
use crate::report::Outlook;
use crate::store::{Binding, DeskSecret, Snapshot, StoreError, Tables};
use crate::types::BindingNo;

const LINK: Purpose = Purpose { key: "purchase link", nonce: "purchase link nonce" };

/// Returns the secret part of the link of a binding, in letters and digits. It is always the same.
pub fn purchase_link(desk: &DeskSecret, no: BindingNo, address: &DepositAddress) -> String {
    seal(desk, LINK, &[], &[no.get(), mark(desk, address)])
}

/// In a database that was put back a number can be another binding's by now: the link is of the address too.
fn mark(desk: &DeskSecret, address: &DepositAddress) -> u64 {
    let derived = desk.derive("purchase link address", address.key().as_bytes());
    derived.first_chunk().map_or(0, |first| u64::from_be_bytes(*first))
}

/// Returns the binding that a link is of; none where it is no link of this desk's.
///
/// # Errors
///
/// Where the store cannot be read.
pub fn linked_binding(snapshot: &Snapshot, link: &str) -> Result<Option<Binding>, StoreError> {
    let desk = snapshot.desk_secret()?;
    let numbers = unseal(&desk, LINK, &[], link);
    let Some(&[no, address]) = numbers.as_deref().and_then(|numbers| numbers.as_array()) else {
        return Ok(None);
    };
    let binding = snapshot.binding(BindingNo::new(no))?;
    Ok(binding.filter(|binding| mark(&desk, &binding.address) == address))
}

/// The deposits to one address.
#[derive(Debug)]
pub struct PurchaseLines {
    /// The newest first; an address that waits for the first has one line that says so.
    pub entries: Vec<StatusEntry>,
    /// Whether there are older ones.
    pub has_more: bool,
}

/// Returns what came to an address, as whoever has its link sees it, at most so many of the newest.
///
/// # Errors
///
/// Where the store cannot be read.
pub fn purchase_lines(
    snapshot: &Snapshot,
    binding: &Binding,
    outlook: &Outlook,
    limit: usize,
) -> Result<PurchaseLines, StoreError> {
    // Whoever watches has had theirs for a while, and it names the newest deposit.
    let binding = &snapshot.binding(binding.no)?.unwrap_or_else(|| binding.clone());
    let (mut entries, mut next) = (Vec::with_capacity(1), newest_of(snapshot, binding)?);
    while let Some(line) = next.take() {
        if entries.len() == limit {
            return Ok(PurchaseLines { entries, has_more: true });
        }
        if let Line::Deposit { purchase, .. } = &line {
            next = older_of(snapshot, binding, purchase)?;
        }
        entries.push(worded(snapshot, line, outlook, &Shown::everything())?);
    }
    Ok(PurchaseLines { entries, has_more: false })
}

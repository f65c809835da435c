//! What of an account's addresses its wallet would not find.

use super::words::health as words;
use crate::store::{Accounts, Snapshot, StoreError, USUAL_GAP_LIMIT};
use crate::types::Coin;

/// What is amiss with the gaps between the deposits of the account in use; none where any wallet finds them all.
pub(super) fn gap_problem(snapshot: &Snapshot, coin: Coin) -> Option<String> {
    match gap_limit(snapshot, coin) {
        Ok(Some(limit)) if limit > USUAL_GAP_LIMIT => Some(words::wide_gap(coin, limit, USUAL_GAP_LIMIT)),
        Ok(_) => None,
        Err(error) => Some(words::of_coin(coin, error)),
    }
}

/// The gap limit that the wallet of the account in use needs; none where addresses come from a file.
///
/// # Errors
/// The store's.
pub fn gap_limit(snapshot: &Snapshot, coin: Coin) -> Result<Option<u64>, StoreError> {
    let Some(account) = snapshot.pool(coin).account else { return Ok(None) };
    Ok(snapshot.account(account)?.map(|account| account.gap_limit()))
}

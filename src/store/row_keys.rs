//! Keys of the index tables, and what decides whether a row is in one.

use super::codec::{self, key, key_tagged};
use super::standing::Standing;
use crate::deposit::Deposit;
use crate::ledger::Asset;
use crate::payout::{Attempt, Payout, Waiting};
use crate::types::{AttemptNo, Coin, DepositNo, Height, UnixTime};

/// The chain and height that a deposit becomes final with, while its block is part of the best chain.
pub(super) fn place(deposit: &Deposit) -> Option<(Coin, Height)> {
    deposit.place().map(|block| (deposit.id.coin, block.final_with()))
}

/// Whether an operator finds the deposit among those with an error: nothing is paid for it, or it is paid, or signed to
/// be, and not there; or the original says that something went wrong.
pub(super) fn is_errored(deposit: &Deposit, payout: &Payout) -> bool {
    let is_told = payout.inheritance().is_some_and(|was| !was.error().is_empty());
    payout.is_void() || is_told || (!payout.is_unsigned() && !deposit.is_final())
}

/// The key of what waits, by how long it has.
pub(super) fn waiting_key(code: Waiting, since: UnixTime, no: DepositNo) -> [u8; 17] {
    let mut key = [0; 17];
    key[..9].copy_from_slice(&key_tagged(code.tag(), since.get()));
    key[9..].copy_from_slice(&no.get().to_be_bytes());
    key
}

/// The key of a payment that was not to be.
pub(super) fn stray_key(no: DepositNo, attempt: AttemptNo) -> [u8; 16] {
    let mut row = [0; 16];
    row[..8].copy_from_slice(&key(no.get()));
    row[8..].copy_from_slice(&key(attempt.get()));
    row
}

/// What deposits that have no price have in common: where they stand, and what they are of. No other begins so.
pub(super) fn unpriced_prefix(asset: Asset, standing: Standing) -> Vec<u8> {
    // A token is priced by its contract, whatever it is called by now.
    let asset = match asset {
        Asset::Token(token) => token.contract.0.to_vec(),
        Asset::Coin(_) | Asset::CoinHours | Asset::AtVenue(_) => asset.key(),
    };
    let length = u8::try_from(asset.len()).unwrap_or(u8::MAX);
    [&[standing.tag(), length], &asset[..]].concat()
}

/// The key of a deposit that has no price; none where it has one.
pub(super) fn unpriced_key(deposit: &Deposit) -> Option<Vec<u8>> {
    let prefix = || unpriced_prefix(Asset::of_deposit(deposit), Standing::of(deposit));
    deposit.rate.is_empty().then(|| [&prefix()[..], &key(deposit.no.get())].concat())
}

/// The key of a deposit's place.
pub(super) fn height_key(coin: Coin, height: Height, deposit: DepositNo) -> [u8; 17] {
    let mut key = [0; 17];
    key[..9].copy_from_slice(&codec::key_tagged(coin.tag(), height.get()));
    key[9..].copy_from_slice(&deposit.get().to_be_bytes());
    key
}

/// A transaction that died may have been signed anew, byte for byte.
pub(super) fn txid_key(attempt: &Attempt) -> Vec<u8> {
    [attempt.txid.0.as_slice(), &key(attempt.no.get())].concat()
}

const SECONDS_OF_A_DAY: u64 = 86_400;

/// The day of a moment, in days since 1970 began.
pub(super) const fn day_of(at: UnixTime) -> u64 {
    at.get() / SECONDS_OF_A_DAY
}

//! What a transaction has to keep, in the daemon's order and in its words.
//!
//! Three kinds of rules: the user's (nobody is paid), hard ones (never in any block) and soft ones (fees,
//! decimals, size: parameters of a node).

use std::collections::HashSet;
use std::sync::LazyLock;

use bitcoin::secp256k1::ecdsa::{RecoverableSignature, RecoveryId};
use bitcoin::secp256k1::{Message, Secp256k1, VerifyOnly};
use teller::types::{Claim, Droplets, Hash32};

use super::chain::{Chain, UxOut};
use super::wire::Tx;

static SECP: LazyLock<Secp256k1<VerifyOnly>> = LazyLock::new(Secp256k1::verification_only);

/// Parameters of the soft rules.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    pub(crate) burn_factor: u32,
    pub(crate) max_size: u32,
    pub(crate) max_decimals: u8,
}

/// Why a transaction is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Violation {
    #[error("Transaction violates user constraint: {0}")]
    User(String),
    #[error("Transaction violates hard constraint: {0}")]
    Hard(String),
    #[error("Transaction violates soft constraint: {0}")]
    Soft(String),
}

/// Everything that a transaction handed over by a user has to keep. Gives the fee in hours.
pub(crate) fn verify_user(tx: &Tx, chain: &Chain, rules: &Rules) -> Result<u64, Violation> {
    if tx.outputs.iter().any(|output| output.is_to_nobody()) {
        return Err(Violation::User("Transaction output is sent to the null address".to_owned()));
    }
    verify(tx, chain, rules)
}

/// The hard and the soft rules. Gives the fee in hours.
pub(crate) fn verify(tx: &Tx, chain: &Chain, rules: &Rules) -> Result<u64, Violation> {
    let spent = verify_hard(tx, chain)?;
    soft(tx, &spent, chain.head().time(), rules).map_err(|words| Violation::Soft(words.to_owned()))
}

/// The hard rules. Gives the outputs that it spends.
pub(crate) fn verify_hard(tx: &Tx, chain: &Chain) -> Result<Vec<UxOut>, Violation> {
    let spent = inputs_of(tx, chain).map_err(Violation::Hard)?;
    hard(tx, &spent, chain).map_err(|words| Violation::Hard(words.to_owned()))?;
    Ok(spent)
}

/// The unspent outputs that it names, or the daemon's words for one that is none.
pub(crate) fn inputs_of(tx: &Tx, chain: &Chain) -> Result<Vec<UxOut>, String> {
    tx.inputs.iter().map(|uxid| unspent(uxid, chain)).collect()
}

/// An unspent output, or the daemon's words for none.
pub(crate) fn unspent(uxid: &Claim, chain: &Chain) -> Result<UxOut, String> {
    chain.unspent(uxid).copied().ok_or_else(|| format!("unspent output of {uxid} does not exist"))
}

fn hard(tx: &Tx, spent: &[UxOut], chain: &Chain) -> Result<(), &'static str> {
    let time = chain.head().time();
    output_hours(tx)?;
    if spent.iter().any(|ux| ux.hours_at(time).is_err()) {
        return Err("UxOut.CoinHours: Calculating whole coin seconds overflows uint64");
    }
    form(tx)?;
    for (index, (input, ux)) in tx.inputs.iter().zip(spent).enumerate() {
        let owner = ux.out.address();
        let signature = tx.signature(index);
        let fits =
            owner.zip(signature).is_some_and(|(owner, sig)| sig.verify(&tx.digest(input), owner).is_ok());
        if !fits {
            return Err("Signature not valid for output being spent");
        }
    }
    let (coins_in, coins_out) =
        (sum(spent.iter().map(|ux| ux.out.coins)), sum(tx.outputs.iter().map(|out| out.coins)));
    match (coins_in, coins_out) {
        (None, _) => return Err("Transaction input coins overflow"),
        (_, None) => return Err("Transaction output coins overflow"),
        (Some(coins_in), Some(coins_out)) if coins_in < coins_out => return Err("Insufficient coins"),
        (Some(coins_in), Some(coins_out)) if coins_in > coins_out => {
            return Err("Transactions may not destroy coins");
        }
        _ => {}
    }
    let hours_in = input_hours(spent, time).ok_or("Transaction input hours overflow")?;
    if hours_in < output_hours(tx)? { Err("Insufficient coin hours") } else { Ok(()) }
}

/// What shows without the chain.
fn form(tx: &Tx) -> Result<(), &'static str> {
    if tx.inputs.is_empty() {
        return Err("No inputs");
    }
    if tx.outputs.is_empty() {
        return Err("No outputs");
    }
    if tx.sigs.len() != tx.inputs.len() {
        return Err("Invalid number of signatures");
    }
    if has_twice(tx.inputs.iter()) {
        return Err("Duplicate spend");
    }
    if tx.kind != 0 {
        return Err("transaction type invalid");
    }
    if tx.outputs.iter().any(|output| output.coins == 0) {
        return Err("Zero coin output");
    }
    if sum(tx.outputs.iter().map(|output| output.coins)).is_none() {
        return Err("Output coins overflow");
    }
    if tx.length != tx.size() {
        return Err("Incorrect transaction length");
    }
    let txid = tx.txid();
    if has_twice(tx.outputs.iter().map(|output| output.uxid(txid))) {
        return Err("Duplicate output in transaction");
    }
    if tx.computed_inner_hash().0 != tx.inner_hash {
        return Err("InnerHash does not match computed hash");
    }
    signatures(tx)
}

/// Whether some key made each signature; whose it is comes later.
fn signatures(tx: &Tx) -> Result<(), &'static str> {
    for (sig, input) in tx.sigs.iter().zip(&tx.inputs) {
        if sig.iter().all(|byte| *byte == 0) {
            return Err("Unsigned input in transaction");
        }
        if !has_key(sig, &tx.digest(input)) {
            return Err("Failed to recover pubkey from signature");
        }
        // A key follows from it, but it is malleable or has a recovery id that there is not.
        if sig[32] >= 0x80 || sig[64] > 3 {
            return Err("Signature not valid for hash");
        }
    }
    Ok(())
}

/// Whether any public key follows from a signature; the daemon looks at two bits of the recovery id only.
fn has_key(sig: &[u8; 65], digest: &Hash32) -> bool {
    let id = RecoveryId::from_i32(i32::from(sig[64] & 3));
    let signature = id.and_then(|id| RecoverableSignature::from_compact(&sig[..64], id));
    let key = signature.and_then(|sig| SECP.recover_ecdsa(&Message::from_digest(digest.0), &sig));
    key.is_ok()
}

fn soft(tx: &Tx, spent: &[UxOut], time: u64, rules: &Rules) -> Result<u64, &'static str> {
    if tx.size() > rules.max_size {
        return Err("Transaction size bigger than max block size");
    }
    let hours_in = input_hours(spent, time).ok_or("UxArray.CoinHours addition overflow")?;
    let hours_out = output_hours(tx)?;
    let fee = hours_in.checked_sub(hours_out).ok_or("Insufficient coinhours for transaction outputs")?;
    if fee == 0 {
        return Err("Transaction has zero coinhour fee");
    }
    if fee < hours_in.div_ceil(u64::from(rules.burn_factor)) {
        return Err("Transaction coinhour fee minimum not met");
    }
    let step = 10u64.pow(u32::from(Droplets::DECIMALS.saturating_sub(rules.max_decimals)));
    if tx.outputs.iter().any(|output| output.coins % step != 0) {
        return Err("invalid amount, too many decimal places");
    }
    Ok(fee)
}

/// All hours of the spent outputs; none where they do not fit.
pub(crate) fn input_hours(spent: &[UxOut], time: u64) -> Option<u64> {
    spent.iter().try_fold(0u64, |sum, ux| sum.checked_add(ux.hours_at(time).ok()?))
}

fn output_hours(tx: &Tx) -> Result<u64, &'static str> {
    sum(tx.outputs.iter().map(|output| output.hours)).ok_or("Transaction output hours overflow")
}

fn sum(all: impl IntoIterator<Item = u64>) -> Option<u64> {
    all.into_iter().try_fold(0u64, u64::checked_add)
}

fn has_twice<T: Eq + std::hash::Hash>(all: impl IntoIterator<Item = T>) -> bool {
    let mut seen = HashSet::new();
    all.into_iter().any(|one| !seen.insert(one))
}

//! What the desk could pay out now, beyond what it owes.

use crate::ledger::Balances;
use crate::live::WalletView;
use crate::types::Droplets;

/// Returns the coins of the hot wallet less what is owed; none where nobody has seen the wallet yet, or its node does
/// not answer. Deposits that are not confirmed as deep as required are not owed yet, and not taken away.
pub fn stock(wallet: &WalletView, balances: &Balances) -> Option<Droplets> {
    wallet.at?;
    let owed = u64::try_from(balances.owed().get()).unwrap_or(u64::MAX);
    Some(Droplets::new(wallet.coins.get().saturating_sub(owed)))
}

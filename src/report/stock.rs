//! What the desk could pay out now, beyond what it owes.

use crate::ledger::Balances;
use crate::live::WalletView;
use crate::types::{Droplets, Units};

/// Returns the coins of the hot wallet less what is owed; none where nobody has seen the wallet yet, or its node does
/// not answer: what was there before may be gone. Deposits that are not confirmed as deep as required are not owed yet,
/// and not taken away.
pub fn stock(wallet: &WalletView, balances: &Balances) -> Option<Droplets> {
    left(wallet, balances.owed())
}

fn left(wallet: &WalletView, owed: Units) -> Option<Droplets> {
    let is_seen = wallet.at.is_some() && wallet.detail.is_empty();
    // More than can be written down is more than there is.
    let owed = u64::try_from(owed.get()).unwrap_or(u64::MAX);
    is_seen.then(|| wallet.coins.saturating_sub(Droplets::new(owed)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::UnixTime;

    #[test]
    fn should_tell_what_is_left_and_nothing_that_is_not_known() {
        let seen = WalletView {
            at: Some(UnixTime::new(1)),
            coins: Droplets::new(5_000_000),
            ..WalletView::default()
        };
        let left = |wallet: &WalletView, owed: u128| left(wallet, Units::new(owed)).map(Droplets::get);
        assert_eq!(left(&seen, 2_000_000), Some(3_000_000));
        assert_eq!(left(&seen, 7_000_000), Some(0));
        assert_eq!(left(&seen, u128::MAX), Some(0));
        assert_eq!(left(&WalletView::default(), 0), None, "nobody has looked yet");
        let away = WalletView { detail: "connection refused".to_owned(), ..seen };
        assert_eq!(left(&away, 0), None, "what was seen may be gone");
    }
}

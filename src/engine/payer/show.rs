//! Shows the wallet as the payer sees it, and why payouts are not going out.

use super::planning::unclaimed;
use super::{CANDIDATES, Payer};
use crate::desk::WalletView;
use crate::payout::{HoldReason, PayoutState, Unspent};
use crate::store::{OpenState, Page, Snapshot, StoreError, Tables};
use crate::task::StepError;
use crate::types::Droplets;
use crate::wallet::{Broadcaster, Funds, Signer, Wallet};

/// What the original tells when the wallet is short.
const SHORT_OF_COINS: &str = "CreateTransaction not enough coins";
/// A step that failed: the node was away, or answered nothing that helps.
pub(super) const NODE_TROUBLE: &str = "the payout node cannot be used at the moment";
const SHORT_OF_HOURS: &str = "the hot wallet has no coin hours to burn";

impl<N: Wallet + Broadcaster, S: Signer> Payer<N, S> {
    /// Shows the wallet as it is now.
    pub(super) fn show(&mut self, funds: &Funds, error: String) -> Result<(), StepError> {
        let snapshot = self.store.snapshot();
        let now = self.clock.moment();
        let runway = self.pace.runway(&snapshot, now, funds.coins, funds.hours)?;
        let free = unclaimed(&snapshot, funds)?;
        let sum = |all: &[Unspent]| {
            let sum = Droplets::sum(all.iter().map(|unspent| unspent.coins));
            sum.map_err(|_| StepError::transient("the node gives the wallet more coins than there can be"))
        };
        let (unclaimed, confirmed) = (sum(&free)?, sum(&funds.unspents)?);
        let spendable = free.into_iter().filter(|unspent| funds.rules.takes(unspent.coins));
        let spendable = sum(&spendable.collect::<Vec<_>>())?;
        self.desk.set_wallet(WalletView {
            at: Some(now.at()),
            coins: funds.coins,
            hours: funds.hours,
            spendable,
            incoming: funds.incoming,
            claimed: confirmed.saturating_sub(unclaimed),
            runway,
            error,
            detail: String::new(),
        });
        Ok(())
    }
}

/// Why the first of the held payouts is held, in the words that health tells.
pub(super) fn shortage(snapshot: &Snapshot) -> Result<String, StoreError> {
    if snapshot.counters().held == 0 {
        return Ok(String::new());
    }
    for no in snapshot.payouts_in(OpenState::Held, Page::first(CANDIDATES))? {
        match snapshot.payout(no)?.map(|payout| payout.state) {
            Some(PayoutState::Held { why: HoldReason::NotEnoughCoins { .. }, .. }) => {
                return Ok(SHORT_OF_COINS.to_owned());
            }
            Some(PayoutState::Held { why: HoldReason::NotEnoughHours, .. }) => {
                return Ok(SHORT_OF_HOURS.to_owned());
            }
            Some(PayoutState::Held { why: HoldReason::TooPrecise { max_decimals }, .. }) => {
                return Ok(format!("the node takes at most {max_decimals} decimal places"));
            }
            Some(PayoutState::Held { why: HoldReason::DepositOrphaned | HoldReason::Unpayable, .. }) => {}
            Some(
                PayoutState::Undecided
                | PayoutState::Owed { .. }
                | PayoutState::Signed { .. }
                | PayoutState::Sent { .. }
                | PayoutState::Settled { .. }
                | PayoutState::Void
                | PayoutState::Voided { .. },
            )
            | None => {}
        }
    }
    Ok(String::new())
}

//! Shows the wallet as the payer sees it, and why payouts are not going out.

use super::planning::free;
use super::{CANDIDATES, Payer};
use crate::live::WalletView;
use crate::payout::{HoldReason, PayoutState};
use crate::rail::Hold;
use crate::rail::Holdings;
use crate::rail::Rail;
use crate::store::{OpenState, Page, Snapshot, StoreError, Tables};
use crate::task::StepError;

/// What the original tells when the wallet is short.
const SHORT_OF_COINS: &str = "CreateTransaction not enough coins";
/// A step that failed: the node was away, or answered nothing that helps.
pub(super) const NODE_TROUBLE: &str = "the payout node cannot be used at the moment";
const SHORT_OF_HOURS: &str = "the hot wallet has no coin hours to burn";

impl<R: Rail> Payer<R> {
    /// Shows the wallet as it is now.
    pub(super) fn show(&mut self, funds: &R::Funds, error: String) -> Result<(), StepError> {
        let snapshot = self.store.snapshot();
        let now = self.clock.moment();
        let free = free(&snapshot, &self.rail.claims(funds))?;
        let Holdings { coins, hours, spendable, incoming, claimed } =
            self.rail.holdings(funds, &free).map_err(StepError::transient)?;
        let runway = self.pace.runway(&snapshot, now, coins, hours)?;
        self.live.set_wallet(WalletView {
            at: Some(now.at()),
            coins,
            hours,
            spendable,
            incoming,
            claimed,
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
            Some(PayoutState::Held { why: HoldReason::Rail(Hold::NotEnoughCoins { .. }), .. }) => {
                return Ok(SHORT_OF_COINS.to_owned());
            }
            Some(PayoutState::Held { why: HoldReason::Rail(Hold::NotEnoughHours), .. }) => {
                return Ok(SHORT_OF_HOURS.to_owned());
            }
            Some(PayoutState::Held { why: HoldReason::Rail(Hold::TooPrecise { max_decimals }), .. }) => {
                return Ok(format!("the node takes at most {max_decimals} decimal places"));
            }
            Some(PayoutState::Held {
                why: HoldReason::DepositOrphaned | HoldReason::Unpayable | HoldReason::NoPrice,
                ..
            }) => {}
            Some(
                PayoutState::Undecided
                | PayoutState::Owed { .. }
                | PayoutState::Signed { .. }
                | PayoutState::Sent { .. }
                | PayoutState::Settled { .. }
                | PayoutState::Void
                | PayoutState::Voided { .. }
                | PayoutState::ToBuy { .. }
                | PayoutState::Buying { .. }
                | PayoutState::Inherited(_),
            )
            | None => {}
        }
    }
    Ok(String::new())
}

//! Signs what takes a transaction out of the way that a person wants withdrawn.

use super::Payer;
use super::planning::{next_attempt, same_number};
use crate::payout::Attempt;
use crate::rail::Rail;
use crate::rail::{Purpose, Signed, Withdrawn};
use crate::store::Tables;
use crate::task::StepError;

impl<R: Rail> Payer<R> {
    /// Signs a withdrawal for each transaction that waits for one. Answers whether it did.
    pub(super) async fn withdraw(&mut self, funds: &R::Funds) -> Result<bool, StepError> {
        let snapshot = self.store.snapshot();
        let mut any = false;
        for no in snapshot.live_attempts()? {
            let Some(attempt) = snapshot.attempt(no)? else { continue };
            let is_wanted = attempt.is_withdrawn() && attempt.rival.is_none();
            if is_wanted && attempt.purpose == Purpose::Payouts {
                any |= self.withdraw_one(&attempt, funds).await?;
            }
        }
        Ok(any)
    }

    async fn withdraw_one(&mut self, attempt: &Attempt, funds: &R::Funds) -> Result<bool, StepError> {
        let (of, no) = (attempt.no, next_attempt(&self.store.snapshot()));
        let raw = self.transaction(attempt)?.raw;
        let request = self.rail.withdrawal(no, Withdrawn { no: of, raw: &raw }, funds);
        let Some(request) = request.map_err(StepError::transient)? else {
            tracing::warn!(txid = %attempt.txid, "none of its inputs can be spent back to the wallet now");
            return Ok(false);
        };
        let change = self.rail.change_address();
        let Signed { txid, raw } = self.rail.sign(&request).await.map_err(StepError::transient)?;
        let write = self.store.write(move |tx| same_number(no, tx.sign_withdrawal(of, raw.clone(), change)?));
        write.await?;
        tracing::warn!(txid = %attempt.txid, withdrawal = %txid, "a transaction is being withdrawn");
        Ok(true)
    }
}

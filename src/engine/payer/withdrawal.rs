//! Signs what takes a transaction out of the way that a person wants withdrawn.

use super::Payer;
use super::planning::{next_attempt, same_number};
use crate::payout::{Attempt, Purpose, withdrawal};
use crate::skycoin::Transaction;
use crate::store::{StoreError, Tables};
use crate::task::StepError;
use crate::wallet::{Broadcaster, Funds, Signer, SigningRequest, Wallet};

impl<N: Wallet + Broadcaster, S: Signer> Payer<N, S> {
    /// Signs a withdrawal for each transaction that waits for one. Answers whether it did.
    pub(super) async fn withdraw(&mut self, funds: &Funds) -> Result<bool, StepError> {
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

    async fn withdraw_one(&mut self, attempt: &Attempt, funds: &Funds) -> Result<bool, StepError> {
        let original = Transaction::decode(&self.transaction(attempt)?.raw);
        let original = original
            .map_err(|error| StepError::transient(format!("transaction {}: {error}", attempt.txid)))?;
        let change = self.signer.change_address();
        let plan = withdrawal(&original, &funds.unspents, change, funds.rules);
        let Some((input, output)) = plan else {
            tracing::warn!(txid = %attempt.txid, "none of its inputs can be spent back to the wallet now");
            return Ok(false);
        };
        let (of, no) = (attempt.no, next_attempt(&self.store.snapshot()));
        let purpose = Purpose::Withdrawal { of };
        let (claims, outputs) = (vec![input], vec![output]);
        let signed =
            self.sign(SigningRequest { attempt: no, purpose, claims, outputs, pays: Vec::new() }).await?;
        let (txid, raw) = (signed.txid(), signed.encode());
        let write = self.store.write(move |tx| same_number(no, tx.sign_withdrawal(of, raw.clone(), change)?));
        write.await.map_err(|error: StoreError| StepError::from(error))?;
        tracing::warn!(txid = %attempt.txid, withdrawal = %txid, "a transaction is being withdrawn");
        Ok(true)
    }
}

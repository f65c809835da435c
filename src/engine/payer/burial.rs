//! Tells which signed transactions can never confirm any more.

use super::Payer;
use crate::payout::Attempt;
use crate::store::Event;
use crate::task::StepError;
use crate::wallet::{Broadcaster, Fate, Signer, Wallet};

impl<N: Wallet + Broadcaster, S: Signer> Payer<N, S> {
    /// Declares a transaction dead that can never confirm, because another one has spent an input of it, as deep as a
    /// payout has to be: its payouts are owed again. Answers whether it is dead.
    pub(super) async fn bury(&mut self, attempt: &Attempt) -> Result<bool, StepError> {
        let transaction = self.transaction(attempt)?;
        for input in &transaction.inputs {
            let fate = self.node.fate_of(*input).await.map_err(StepError::transient)?;
            if let Fate::Spent(rival) = fate
                && rival.txid != attempt.txid
                && rival.confirmations >= self.settings.confirmations
            {
                let why = format!("its input {input} was spent by transaction {}", rival.txid);
                tracing::error!(txid = %attempt.txid, %why, notice = "WATCH",
                    "a payout transaction can never confirm, its payouts are owed again");
                self.record(Event::AttemptDied { attempt: attempt.no, why }).await?;
                self.offers.forget(attempt.no);
                return Ok(true);
            }
        }
        Ok(false)
    }
}

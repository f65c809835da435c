//! Tells which signed transactions can never confirm any more.

use super::Payer;
use crate::payout::Attempt;
use crate::rail::{Fate, Rail};
use crate::store::AttemptEvent;
use crate::task::StepError;
use crate::types::{Claim, Height};

/// Whether a transaction can confirm, as far as the chain shows now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Burial {
    /// Never: it is dead.
    Dead,
    /// Not now: no block has made this input of it. A fork took that back, and may bring it again.
    Missing(Claim),
    Possible,
}

impl<R: Rail> Payer<R> {
    /// Declares a transaction dead that can never confirm, because another one has spent an input of it, as deep as a
    /// payout has to be: its payouts are owed again. Answers what was found.
    pub(super) async fn bury(&mut self, attempt: &Attempt) -> Result<Burial, StepError> {
        let transaction = self.transaction(attempt)?;
        let known = self.position.map_or(Height::new(0), |position| position.height);
        let mut found = Burial::Possible;
        for input in &transaction.inputs {
            let fate = self.rail.fate_of(*input).await.map_err(StepError::transient)?;
            if let Fate::Spent(rival) = fate
                && rival.txid != attempt.txid
                && rival.confirmations >= self.settings.confirmations
            {
                let why = format!("its input {input} was spent by transaction {}", rival.txid);
                tracing::error!(txid = %attempt.txid, %why, notice = "WATCH",
                    "a payout transaction can never confirm, its payouts are owed again");
                self.record(AttemptEvent::Died { attempt: attempt.no, why }).await?;
                self.offers.forget(attempt.no);
                return Ok(Burial::Dead);
            }
            // What a node that is behind has not seen says nothing.
            if matches!(fate, Fate::Missing { head } if head >= known) {
                found = Burial::Missing(*input);
            }
        }
        Ok(found)
    }
}

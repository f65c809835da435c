//! Makes sure that the payout node follows the chain that it always followed.
//!
//! What is signed against another chain spends outputs that never were on this one: it could neither confirm
//! nor be proven to be dead. So nothing is asked, signed or sent before the node has said which chain it
//! follows.

use super::Payer;
use crate::rail::Rail;
use crate::store::Identities;
use crate::task::StepError;

impl<R: Rail> Payer<R> {
    /// Makes sure that the store knows the wallet's own addresses before anything is signed.
    pub(super) async fn tell_wallet(&mut self) -> Result<(), StepError> {
        if self.is_wallet_told {
            return Ok(());
        }
        let addresses = self.rail.addresses();
        let write = self.store.write(move |tx| tx.know_wallet(&addresses));
        write.await?;
        self.is_wallet_told = true;
        Ok(())
    }

    /// Holds the node's chain against the one that payouts were made on before, which is noted at first contact.
    pub(super) async fn check_identity(&self) -> Result<(), StepError> {
        let told = self.rail.identity().await.map_err(StepError::transient)?;
        match self.store.snapshot().identity(None)? {
            Some(known) if known == told => Ok(()),
            Some(known) => Err(StepError::transient(format!(
                "the payout node's chain is {told}; this database paid on {known}: nothing is signed or sent"
            ))),
            None => {
                tracing::info!(identity = %told, "first contact with the chain that payouts are made on");
                let write = self.store.write(move |tx| tx.identify(None, &told));
                Ok(write.await?)
            }
        }
    }
}

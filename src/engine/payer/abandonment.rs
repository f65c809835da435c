//! Gives up a transaction that a person says can never confirm, where the chain shows it now.
//!
//! Giving up is no proof for all time: a fork may bring back what the transaction spends, and its bytes are good
//! again then. So whatever can be spent back to the wallet is withdrawn instead, which is safe for good; nothing is
//! given up while something on its way makes what is missing; and one that was given up is a foreign spend from then
//! on, so that nothing is signed once it shows up.

use super::Payer;
use crate::engine::operator::{ActError, Order};
use crate::payout::{AbandonRefused, Attempt};
use crate::rail::SignedTransaction;
use crate::rail::{Fate, NodeError, Rail, TxStatus};
use crate::store::{AttemptEvent, Tables};
use crate::task::StepError;
use crate::types::{AttemptNo, Claim, Height};

impl<R: Rail> Payer<R> {
    /// Gives a transaction up: its payouts are owed again. Answers what the chain shows.
    ///
    /// # Errors
    ///
    /// Where it has ended or goes its way, where the chain does not show that it can never confirm, or where the node
    /// cannot be asked.
    pub async fn abandon(&mut self, no: AttemptNo, order: Order) -> Result<String, ActError> {
        let attempt = self.store.snapshot().attempt(no)?.ok_or(ActError::Unknown)?;
        attempt.abandonable()?;
        let found = self.why_never(&attempt).await?;
        let (why, by) = (order.why.clone(), order.by.clone());
        let told = found.clone();
        let write = self.store.act(move |tx| {
            tx.attempt(no)?.ok_or(ActError::Unknown)?.abandonable()?;
            let Order { by, why } = order.clone();
            let abandoned = AttemptEvent::Abandoned { attempt: no, found: told.clone(), why };
            Ok::<_, ActError>(tx.record_act(by, abandoned)?)
        });
        write.await?;
        self.offers.forget(no);
        tracing::error!(txid = %attempt.txid, %found, %by, %why, notice = "WATCH",
            "a payout transaction is abandoned, its payouts are owed again");
        Ok(found)
    }

    /// What shows that it can never confirm, by a node that has every block that was ever seen.
    async fn why_never(&mut self, attempt: &Attempt) -> Result<String, ActError> {
        self.check_identity().await.map_err(unasked)?;
        let funds = self.rail.funds().await?;
        self.reconcile(&funds).await.map_err(unasked)?;
        let ours = self.rail.claims(&funds).all;
        let known = self.position.map_or(Height::new(0), |position| position.height);
        if let TxStatus::Confirmed { block, .. } = self.rail.status(attempt.txid).await? {
            return Err(AbandonRefused::Confirmed(block.height).into());
        }
        let transaction = self.transaction(attempt).map_err(unasked)?;
        let mut found = None;
        for input in &transaction.inputs {
            match self.rail.fate_of(*input).await? {
                Fate::Unspent if is_ours(*input, &transaction, &ours) => {
                    return Err(AbandonRefused::Spendable(*input).into());
                }
                Fate::Missing { head } if head < known => {
                    return Err(AbandonRefused::Behind { head, known }.into());
                }
                Fate::Spent(spender) if spender.txid == attempt.txid => {
                    return Err(AbandonRefused::Confirmed(known).into());
                }
                Fate::Spent(spender) if spender.confirmations < self.settings.confirmations => {
                    let (confirmations, required) = (spender.confirmations, self.settings.confirmations);
                    let (input, by) = (*input, spender.txid);
                    return Err(AbandonRefused::Shallow { input, by, confirmations, required }.into());
                }
                Fate::Spent(spender) => {
                    found = Some(format!("its input {input} was spent by transaction {}", spender.txid));
                }
                Fate::Missing { .. } => {
                    self.refuse_awaited(*input).await?;
                    found = found.or(Some(format!("its input {input} does not exist")));
                }
                Fate::Unspent => {}
            }
        }
        found.ok_or(AbandonRefused::Possible.into())
    }

    /// An output that a transaction on its way makes is there in a moment.
    async fn refuse_awaited(&self, input: Claim) -> Result<(), ActError> {
        for spend in self.rail.pending_spends().await? {
            let makes = spend.makes().map_err(|error| ActError::Node(error.to_string()))?;
            if makes.contains(&input) {
                return Err(AbandonRefused::Awaited { input, by: spend.txid }.into());
            }
        }
        Ok(())
    }
}

/// Whether an output is the wallet's, to be spent back to it. All that this desk signs for is.
fn is_ours(input: Claim, transaction: &SignedTransaction, ours: &[Claim]) -> bool {
    !transaction.is_adopted || ours.contains(&input)
}

fn unasked(error: StepError) -> ActError {
    ActError::Node(error.message)
}

impl From<NodeError> for ActError {
    fn from(error: NodeError) -> ActError {
        ActError::Node(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::skycoin::Address;

    #[test]
    fn should_know_what_the_wallet_can_spend_back_to_itself() {
        let (wallet, here, elsewhere) = (Address::from_bytes([1; 20]), Claim([1; 32]), Claim([2; 32]));
        let ours = |is_adopted| {
            let (inputs, parts) = (vec![here, elsewhere], Vec::new());
            let transaction =
                SignedTransaction { raw: Vec::new(), inputs, parts, change: wallet, is_adopted };
            [here, elsewhere].map(|input| is_ours(input, &transaction, &[here]))
        };
        // What was made elsewhere may spend other people's outputs, too.
        assert_eq!((ours(false), ours(true)), ([true, true], [true, false]));
    }
}

//! A Skycoin node and the keys of the hot wallet, as one rail.

use std::collections::HashSet;
use std::sync::Arc;

use super::plan::{self, ChainRules, MAX_EQUAL_OUTPUTS, Purse, Unspent};
use super::ports::{Broadcaster, Funds, Signer, Wallet};
use super::request::SigningRequest;
use super::withdrawal::withdrawal;
use crate::rail::{
    Claims, Fate, Holdings, IsKnown, NodeError, Owed, Plan, Purpose, Rail, SendOutcome, Signed, Spend,
    SpendsSeen, TxStatus, Withdrawn,
};
use crate::skycoin::{Address, CoinHours, Transaction};
use crate::types::{AttemptNo, BlockRef, Claim, Droplets, Hash32, TxId};

/// See the module's documentation.
#[derive(Debug)]
pub struct SkyRail<N, S> {
    node: Arc<N>,
    signer: Arc<S>,
}

impl<N: Wallet + Broadcaster, S: Signer> SkyRail<N, S> {
    /// Returns the rail of this node and these keys.
    pub fn new(node: Arc<N>, signer: Arc<S>) -> Self {
        SkyRail { node, signer }
    }
}

impl<N: Wallet + Broadcaster, S: Signer> Rail for SkyRail<N, S> {
    type Funds = Funds;
    type Request = SigningRequest;

    async fn identity(&self) -> Result<String, NodeError> {
        self.node.identity().await
    }

    fn addresses(&self) -> Vec<Address> {
        self.signer.addresses()
    }

    fn change_address(&self) -> Address {
        self.signer.change_address()
    }

    fn fingerprint(&self) -> Hash32 {
        self.node.fingerprint()
    }

    async fn funds(&self) -> Result<Funds, NodeError> {
        self.node.funds().await
    }

    fn claims(&self, funds: &Funds) -> Claims {
        Claims {
            all: funds.unspents.iter().map(|unspent| unspent.uxid).collect(),
            leaving: funds.leaving.iter().copied().collect(),
        }
    }

    fn max_decimals(&self, funds: &Funds) -> u8 {
        funds.rules.max_decimals
    }

    fn max_equal(&self) -> u64 {
        MAX_EQUAL_OUTPUTS
    }

    fn holdings(&self, funds: &Funds, free: &HashSet<Claim>) -> Result<Holdings, NodeError> {
        let free = among(funds, free);
        let (confirmed, unclaimed) = (sum(&funds.unspents)?, sum(&free)?);
        let round: Vec<Unspent> =
            free.into_iter().filter(|unspent| funds.rules.takes(unspent.coins)).collect();
        Ok(Holdings {
            coins: funds.coins,
            hours: funds.hours,
            spendable: sum(&round)?,
            incoming: funds.incoming,
            claimed: confirmed.saturating_sub(unclaimed),
        })
    }

    fn plan(
        &self,
        no: AttemptNo,
        owed: &[Owed],
        funds: &Funds,
        free: &HashSet<Claim>,
    ) -> Result<Plan<SigningRequest>, NodeError> {
        let unspents = among(funds, free);
        let (incoming, rules, change) = (funds.incoming, funds.rules, self.change_address());
        let purse = Purse { unspents: &unspents, incoming, change, rules };
        let plan::Plan { inputs, outputs, parts, held } =
            plan::plan(owed, purse).map_err(|error| NodeError(error.to_string()))?;
        if parts.is_empty() {
            return Ok(Plan { next: None, held });
        }
        let (purpose, pays) = (Purpose::Payouts, parts.clone());
        let request = SigningRequest { attempt: no, purpose, claims: inputs, outputs, pays };
        Ok(Plan { next: Some((request, parts)), held })
    }

    fn withdrawal(
        &self,
        no: AttemptNo,
        of: Withdrawn<'_>,
        funds: &Funds,
    ) -> Result<Option<SigningRequest>, NodeError> {
        let original = Transaction::decode(of.raw);
        let original = original.map_err(|error| NodeError(format!("transaction {}: {error}", of.no)))?;
        let rules: ChainRules = funds.rules;
        let plan = withdrawal(&original, &funds.unspents, self.change_address(), rules);
        Ok(plan.map(|(input, output)| SigningRequest {
            attempt: no,
            purpose: Purpose::Withdrawal { of: of.no },
            claims: vec![input],
            outputs: vec![output],
            pays: Vec::new(),
        }))
    }

    async fn sign(&self, request: &SigningRequest) -> Result<Signed, NodeError> {
        let unsigned = request.unsigned();
        let unsigned = unsigned.map_err(|error| NodeError(format!("the plan is no transaction: {error}")))?;
        let signed = self.signer.sign(request).await.map_err(|error| NodeError(error.to_string()))?;
        let is_planned = signed.inner_hash() == unsigned.inner_hash();
        if !is_planned || signed.verify_signatures(&request.owners()).is_err() {
            let words = "the signer answers another transaction than it was asked to sign";
            return Err(NodeError(words.to_owned()));
        }
        Ok(Signed { txid: signed.txid(), raw: signed.encode() })
    }

    async fn send(&self, raw: &[u8]) -> SendOutcome {
        self.node.send(raw).await
    }

    async fn status(&self, txid: TxId) -> Result<TxStatus, NodeError> {
        self.node.status(txid).await
    }

    async fn burnt(&self, txid: TxId) -> Result<CoinHours, NodeError> {
        self.node.burnt(txid).await
    }

    async fn fate_of(&self, output: Claim) -> Result<Fate, NodeError> {
        self.node.fate_of(output).await
    }

    async fn spends(&self, after: Option<BlockRef>, is_known: IsKnown<'_>) -> Result<SpendsSeen, NodeError> {
        self.node.spends(after, is_known).await
    }

    async fn pending_spends(&self) -> Result<Vec<Spend>, NodeError> {
        self.node.pending_spends().await
    }
}

/// Those of the wallet's outputs that are among these.
fn among(funds: &Funds, free: &HashSet<Claim>) -> Vec<Unspent> {
    funds.unspents.iter().filter(|unspent| free.contains(&unspent.uxid)).copied().collect()
}

fn sum(all: &[Unspent]) -> Result<Droplets, NodeError> {
    let sum = Droplets::sum(all.iter().map(|unspent| unspent.coins));
    sum.map_err(|_| NodeError("the node gives the wallet more coins than there can be".to_owned()))
}

//! Pays what is owed, exactly once: plan, sign, commit the signed bytes, and only then send them, again and again,
//! until they are confirmed.
//!
//! Invariant: bytes leave this process only after they are in the store, and nothing else is ever sent for their
//! payouts. Died anywhere, the next start finds either nothing signed, or the bytes to send again.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::runway::Pace;
use crate::clock::Clock;
use crate::deposit::Deposit;
use crate::desk::{Desk, WalletView};
use crate::payout::{
    Attempt, AttemptState, HoldReason, MAX_EQUAL_OUTPUTS, Owed, PayoutState, Plan, Purse, SignedTransaction,
    Unspent, plan,
};
use crate::skycoin::{Address, Transaction};
use crate::store::{Chains, Event, OpenState, Page, Purchase, Snapshot, Store, StoreError, Tables};
use crate::task::{Next, StepError, Worker};
use crate::types::{AttemptNo, BlockRef, Coin, DepositNo, Droplets, UnixTime};
use crate::wallet::{Broadcaster, Funds, SendOutcome, Signer, TxStatus, Wallet};

/// Payouts that are looked at for one transaction: more than fit in one.
const CANDIDATES: usize = 1024;
/// How often an unconfirmed transaction is offered to the node again, in seconds. Nodes forget them.
const OFFER_AGAIN: u64 = 60;
/// What the original tells when the wallet is short.
const SHORT_OF_COINS: &str = "CreateTransaction not enough coins";
const SHORT_OF_HOURS: &str = "the hot wallet has no coin hours to burn";

/// What the payer is told.
#[derive(Debug, Clone, Copy)]
pub struct PayerSettings {
    pub send_enabled: bool,
    /// How often confirmations are asked for.
    pub check_wait: Duration,
    /// Confirmations after which a payout is settled, at least 1.
    pub confirmations: u64,
}

/// The worker that owns the hot wallet. There is one.
#[derive(Debug)]
pub struct Payer<N, S> {
    store: Store,
    node: Arc<N>,
    signer: Arc<S>,
    clock: Arc<dyn Clock>,
    desk: Arc<Desk>,
    settings: PayerSettings,
    offered: HashMap<AttemptNo, UnixTime>,
    /// Held payouts are looked at in turns, so that many of them do not starve the others.
    held_after: u64,
    pace: Pace,
}

impl<N: Wallet + Broadcaster, S: Signer> Payer<N, S> {
    pub fn new(
        store: Store,
        node: Arc<N>,
        signer: Arc<S>,
        clock: Arc<dyn Clock>,
        desk: Arc<Desk>,
        settings: PayerSettings,
    ) -> Self {
        Payer {
            store,
            node,
            signer,
            clock,
            desk,
            settings,
            offered: HashMap::new(),
            held_after: 0,
            pace: Pace::default(),
        }
    }

    /// Brings one transaction further: asks the chain first, sends only what the chain does not know.
    async fn advance(&mut self, attempt: &Attempt) -> Result<(), StepError> {
        let status = self.node.status(attempt.txid).await.map_err(StepError::transient)?;
        match (status, &attempt.state) {
            (TxStatus::Confirmed { block, confirmations }, _)
                if confirmations >= self.settings.confirmations =>
            {
                self.settle(attempt, block).await
            }
            (TxStatus::Confirmed { .. } | TxStatus::Unconfirmed, AttemptState::Signed { .. }) => {
                self.record(Event::AttemptSent { attempt: attempt.no }).await
            }
            (TxStatus::Confirmed { .. }, _) => Ok(()),
            // Not known to have left: it waits like all that is not signed yet.
            (TxStatus::Absent, AttemptState::Signed { .. }) if self.is_withheld(attempt)? => Ok(()),
            (TxStatus::Unconfirmed, _) if !self.is_due(attempt.no) => Ok(()),
            (TxStatus::Unconfirmed, _) if self.bury(attempt).await? => Ok(()),
            (TxStatus::Unconfirmed | TxStatus::Absent, _) => self.offer(attempt).await,
        }
    }

    /// Declares a transaction dead that can never confirm, because another one has spent an input of it, as deep as a
    /// payout has to be: its payouts are owed again. Answers whether it is dead.
    async fn bury(&mut self, attempt: &Attempt) -> Result<bool, StepError> {
        let transaction = self.transaction(attempt)?;
        for input in &transaction.inputs {
            let spender = self.node.spender_of(*input).await.map_err(StepError::transient)?;
            let rival = spender.filter(|spender| {
                spender.txid != attempt.txid && spender.confirmations >= self.settings.confirmations
            });
            if let Some(rival) = rival {
                let why = format!("its input {input} was spent by transaction {}", rival.txid);
                tracing::error!(txid = %attempt.txid, %why, notice = "WATCH",
                    "a payout transaction can never confirm, its payouts are owed again");
                self.record(Event::AttemptDied { attempt: attempt.no, why }).await?;
                self.offered.remove(&attempt.no);
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether sending is off, or one of the deposits that it pays belongs to a frozen chain: it may be gone.
    fn is_withheld(&self, attempt: &Attempt) -> Result<bool, StepError> {
        let snapshot = self.store.snapshot();
        let mut frozen = Vec::new();
        for coin in Coin::ALL {
            frozen.extend(snapshot.frozen(coin)?.map(|_| coin));
        }
        if !self.settings.send_enabled || frozen.is_empty() {
            return Ok(!self.settings.send_enabled);
        }
        for part in self.transaction(attempt)?.parts {
            if snapshot.deposit(part.payout)?.is_some_and(|deposit| frozen.contains(&deposit.id.coin)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn is_due(&self, attempt: AttemptNo) -> bool {
        let offered = self.offered.get(&attempt);
        offered.is_none_or(|at| self.clock.now().since(*at).as_secs() >= OFFER_AGAIN)
    }

    async fn offer(&mut self, attempt: &Attempt) -> Result<(), StepError> {
        let SignedTransaction { raw, parts, .. } = self.transaction(attempt)?;
        let outcome = self.node.send(&raw).await;
        self.offered.insert(attempt.no, self.clock.now());
        match (outcome, &attempt.state) {
            (SendOutcome::Accepted | SendOutcome::AlreadyKnown, AttemptState::Signed { .. }) => {
                tracing::info!(txid = %attempt.txid, payouts = parts.len(), "payout transaction sent");
                self.record(Event::AttemptSent { attempt: attempt.no }).await
            }
            (SendOutcome::Accepted | SendOutcome::AlreadyKnown, _) => Ok(()),
            (SendOutcome::Unknown(why), _) => Err(StepError::transient(why)),
            (SendOutcome::Rejected(words), AttemptState::Signed { refused }) => {
                if self.bury(attempt).await? {
                    return Ok(());
                }
                if refused.as_ref() != Some(&words) {
                    tracing::error!(txid = %attempt.txid, %words, "the node refuses a payout transaction");
                    let words = words.clone();
                    self.record(Event::AttemptRefused { attempt: attempt.no, words }).await?;
                }
                Err(StepError::transient(format!("the node refuses transaction {}: {words}", attempt.txid)))
            }
            (SendOutcome::Rejected(words), _) => {
                if self.bury(attempt).await? {
                    return Ok(());
                }
                Err(StepError::transient(format!("the node refuses transaction {}: {words}", attempt.txid)))
            }
        }
    }

    async fn settle(&mut self, attempt: &Attempt, block: BlockRef) -> Result<(), StepError> {
        self.record(Event::AttemptSettled { attempt: attempt.no, block }).await?;
        self.offered.remove(&attempt.no);
        let payouts = self.transaction(attempt)?.parts.len();
        tracing::info!(txid = %attempt.txid, payouts, %block.height, "payouts settled");
        Ok(())
    }

    fn transaction(&self, attempt: &Attempt) -> Result<SignedTransaction, StepError> {
        let stored = self.store.snapshot().signed_transaction(attempt.no)?;
        let missing = || StoreError::Invariant(format!("transaction {} is stored", attempt.txid));
        Ok(stored.ok_or_else(missing)?)
    }

    async fn record(&self, event: Event) -> Result<(), StepError> {
        let write = self.store.write(move |tx| tx.record(event.clone()));
        write.await.map_err(|error: StoreError| StepError::from(error))
    }

    /// Signs one transaction for what is owed, if anything can be paid now. Answers whether it did.
    async fn pay(&mut self, funds: &Funds) -> Result<bool, StepError> {
        let snapshot = self.store.snapshot();
        let owed = self.candidates(&snapshot)?;
        let unspents = unclaimed(&snapshot, funds)?;
        let purse = Purse {
            unspents: &unspents,
            incoming: funds.incoming,
            change: self.signer.change_address(),
            rules: funds.rules,
        };
        let plan = plan(&owed, purse);
        let held = newly_held(&snapshot, &plan)?;
        held.iter().for_each(|(no, why)| tracing::warn!(payout = no.get(), ?why, "payout held"));
        if plan.parts.is_empty() {
            if !held.is_empty() {
                let hold = self.store.write(move |tx| hold_all(tx, &held));
                hold.await.map_err(|error: StoreError| StepError::from(error))?;
            }
            return Ok(false);
        }
        let transaction = self.sign(&plan)?;
        let (txid, inputs) = (transaction.txid(), transaction.inputs().to_vec());
        let (raw, parts) = (transaction.encode(), plan.parts.clone());
        let write = self.store.write(move |tx| {
            hold_all(tx, &held)?;
            tx.sign_attempt(txid, raw.clone(), inputs.clone(), parts.clone())
        });
        write.await.map_err(|error: StoreError| StepError::from(error))?;
        tracing::info!(%txid, payouts = plan.parts.len(), "payout transaction signed and stored");
        Ok(true)
    }

    fn sign(&self, plan: &Plan) -> Result<Transaction, StepError> {
        let inputs = plan.inputs.iter().map(|input| input.uxid).collect();
        let owners: Vec<_> = plan.inputs.iter().map(|input| input.owner).collect();
        let unsigned = Transaction::new(inputs, plan.outputs.clone());
        let unsigned =
            unsigned.map_err(|error| StepError::transient(format!("the plan is no transaction: {error}")))?;
        self.signer.sign(&unsigned, &owners).map_err(StepError::transient)
    }

    /// What is owed, in the order of the deposits: all that is ready, and the held ones in turns.
    fn candidates(&mut self, snapshot: &Snapshot) -> Result<Vec<Owed>, StepError> {
        let mut owed = self.ready(snapshot)?;
        let turn = Page { after: self.held_after, limit: CANDIDATES };
        let held = snapshot.payouts_in(OpenState::Held, turn)?;
        self.held_after = held.last().filter(|_| held.len() == CANDIDATES).map_or(0, |no| no.get());
        for no in held {
            owed.extend(self.candidate(snapshot, no)?);
        }
        owed.sort_unstable_by_key(|payout| payout.no);
        Ok(owed)
    }

    /// Those that are ready. Passed over, however many they are: the ones of a frozen chain, and more equal ones than a
    /// transaction takes, unless nobody else is waiting.
    fn ready(&self, snapshot: &Snapshot) -> Result<Vec<Owed>, StepError> {
        let (mut owed, mut spare, mut after) = (Vec::new(), Vec::new(), 0);
        let mut equal: HashMap<(Address, Droplets), u64> = HashMap::new();
        loop {
            let page = snapshot.payouts_in(OpenState::Ready, Page { after, limit: CANDIDATES })?;
            let is_last = page.len() < CANDIDATES;
            after = page.last().map_or(after, |no| no.get());
            for no in page {
                let Some(payout) = self.candidate(snapshot, no)? else { continue };
                let twins = equal.entry((payout.payee, payout.amount)).or_insert(0);
                *twins = twins.saturating_add(1);
                if *twins <= MAX_EQUAL_OUTPUTS {
                    owed.push(payout);
                } else if spare.len() < CANDIDATES {
                    spare.push(payout);
                }
            }
            if is_last || owed.len() >= CANDIDATES {
                spare.truncate(CANDIDATES.saturating_sub(owed.len()));
                owed.extend(spare);
                return Ok(owed);
            }
        }
    }

    fn candidate(&self, snapshot: &Snapshot, no: DepositNo) -> Result<Option<Owed>, StepError> {
        let Some(Purchase { deposit, payout: Some(payout) }) = snapshot.purchase(no)? else {
            return Ok(None);
        };
        let is_payable = match &payout.state {
            PayoutState::Owed { .. } => true,
            PayoutState::Held { why, .. } => *why != HoldReason::DepositOrphaned,
            _ => false,
        };
        let owed = Owed { no, payee: payout.payee, amount: payout.amount };
        let is_frozen = snapshot.frozen(deposit.id.coin)?.is_some();
        let is_payable = is_payable && deposit.is_final() && !is_frozen && is_deep(snapshot, &deposit)?;
        Ok(Some(owed).filter(|_| is_payable))
    }

    /// Shows the wallet as it is now.
    fn show(&mut self, funds: &Funds, error: String) -> Result<(), StepError> {
        let snapshot = self.store.snapshot();
        let now = self.clock.now();
        let runway = self.pace.runway(&snapshot, now, funds.coins, funds.hours)?;
        let free = unclaimed(&snapshot, funds)?;
        let sum = |all: &[Unspent]| Droplets::sum(all.iter().map(|unspent| unspent.coins));
        let unclaimed = sum(&free).unwrap_or(Droplets::ZERO);
        let confirmed = sum(&funds.unspents).unwrap_or(Droplets::ZERO);
        let spendable = free.into_iter().filter(|unspent| funds.rules.takes(unspent.coins));
        let spendable = sum(&spendable.collect::<Vec<_>>()).unwrap_or(Droplets::ZERO);
        self.desk.set_wallet(WalletView {
            at: Some(now),
            coins: funds.coins,
            hours: funds.hours,
            spendable,
            incoming: funds.incoming,
            claimed: confirmed.saturating_sub(unclaimed),
            runway,
            error,
        });
        Ok(())
    }

    async fn work(&mut self) -> Result<Next, StepError> {
        let stuck = self.advance_all().await?;
        let funds = self.node.funds().await.map_err(StepError::transient)?;
        let signed = self.settings.send_enabled && self.pay(&funds).await?;
        if signed {
            return Ok(Next::Again);
        }
        self.show(&funds, shortage(&self.store.snapshot())?)?;
        match stuck {
            None => Ok(Next::Wait(self.settings.check_wait)),
            Some(error) => Err(error),
        }
    }

    /// Brings every transaction further; answers the first trouble, which does not stop the others.
    async fn advance_all(&mut self) -> Result<Option<StepError>, StepError> {
        let snapshot = self.store.snapshot();
        let mut stuck = None;
        for no in snapshot.live_attempts()? {
            let Some(attempt) = snapshot.attempt(no)? else { continue };
            match self.advance(&attempt).await {
                Err(error) if error.is_transient => stuck = stuck.or(Some(error)),
                result => result?,
            }
        }
        Ok(stuck)
    }
}

impl<N: Wallet + Broadcaster, S: Signer> Worker for Payer<N, S> {
    fn name(&self) -> &'static str {
        "payer"
    }

    async fn step(&mut self) -> Result<Next, StepError> {
        let result = self.work().await;
        if let Err(error) = &result {
            let view = WalletView { error: error.message.clone(), ..(*self.desk.wallet()).clone() };
            self.desk.set_wallet(view);
        }
        result
    }
}

/// Whether a final deposit lies as deep as finality has come. One that was quarantined is final as soon as it is in a block
/// again, since it is paid; where the transaction that was to pay it has died, it has to wait like any other.
fn is_deep(snapshot: &Snapshot, deposit: &Deposit) -> Result<bool, StoreError> {
    let block = deposit.block();
    if block.hash.is_none() {
        // A dummy deposit stands in no block of a chain.
        return Ok(true);
    }
    let cursor = snapshot.cursor(deposit.id.coin)?;
    Ok(Some(block.height) <= cursor.and_then(|cursor| cursor.finalized))
}

/// What no transaction spends: none of ours, sent or not, and none that the operator made with the same keys.
fn unclaimed(snapshot: &Snapshot, funds: &Funds) -> Result<Vec<Unspent>, StoreError> {
    let mut free = Vec::with_capacity(funds.unspents.len());
    for unspent in &funds.unspents {
        if !funds.leaving.contains(&unspent.uxid) && snapshot.claimed_by(unspent.uxid)?.is_none() {
            free.push(*unspent);
        }
    }
    Ok(free)
}

/// The holds that are news: a payout that is held for the same kind of reason already is left alone.
fn newly_held(snapshot: &Snapshot, plan: &Plan) -> Result<Vec<(DepositNo, HoldReason)>, StoreError> {
    let mut news = Vec::new();
    for (no, why) in &plan.held {
        let known = snapshot.payout(*no)?.map(|payout| payout.state);
        let same_kind = matches!(&known, Some(PayoutState::Held { why: known, .. })
            if std::mem::discriminant(known) == std::mem::discriminant(why));
        if !same_kind {
            news.push((*no, why.clone()));
        }
    }
    Ok(news)
}

fn hold_all(tx: &mut crate::store::WriteTx<'_>, held: &[(DepositNo, HoldReason)]) -> Result<(), StoreError> {
    held.iter()
        .try_for_each(|(payout, why)| tx.record(Event::PayoutHeld { payout: *payout, why: why.clone() }))
}

/// Why the first of the held payouts is held, in the words that health tells.
fn shortage(snapshot: &Snapshot) -> Result<String, StoreError> {
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
            _ => {}
        }
    }
    Ok(String::new())
}

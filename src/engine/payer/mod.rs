//! Pays what is owed, exactly once: plan, sign, commit the signed bytes, and only then send them, again and again,
//! until they are confirmed.
//!
//! Invariant: bytes leave this process only after they are in the store, and nothing else is ever sent for their
//! payouts. Died anywhere, the next start finds either nothing signed, or the bytes to send again.

mod abandonment;
mod appeals;
mod attempts;
mod breakers;
mod burial;
mod identity;
mod offers;
mod planning;
mod reconcile;
mod second_nodes;
mod show;
mod withdrawal;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

pub use self::appeals::Appeals;

use self::offers::Offers;
use self::second_nodes::SecondNodes;
use super::runway::Pace;
use crate::breaker::{PayoutBudget, SignedLately};
use crate::clock::Clock;
use crate::live::{Live, WalletView};
use crate::payout::Attempt;
use crate::rail::Rail;
use crate::rail::SignedTransaction;
use crate::store::{Event, Store, StoreError, Tables};
use crate::task::{Next, StepError, Worker};
use crate::types::{BlockRef, Coin, Switch};

/// Payouts that are looked at for one transaction: more than fit in one.
const CANDIDATES: usize = 1024;

/// Between two looks at a transaction in trouble.
const SHORTEST_WAIT: Duration = Duration::from_millis(500);

/// What the payer is told.
#[derive(Debug, Clone, Copy)]
pub struct PayerSettings {
    /// Whether payouts leave; else they are held.
    pub send_enabled: bool,
    /// How often confirmations are asked for.
    pub check_wait: Duration,
    /// Confirmations after which a payout is settled, at least 1.
    pub confirmations: u64,
    /// Decimal places that payouts are cut to, where the node does not take fewer.
    pub max_decimals: u8,
    /// The most that is paid out within an hour.
    pub budget: PayoutBudget,
}

/// The worker that owns the hot wallet of a rail. There is one.
#[derive(Debug)]
pub struct Payer<R> {
    store: Store,
    rail: R,
    clock: Arc<dyn Clock>,
    live: Arc<Live>,
    settings: PayerSettings,
    offers: Offers,
    /// Held payouts are looked at in turns, so that many of them do not starve the others.
    held_after: u64,
    /// And so are those that are ready beyond the first.
    ready_after: u64,
    /// Up to which block the wallet's spends are known; none before the first look.
    position: Option<BlockRef>,
    pace: Pace,
    /// Whose deposits are not paid for now: a circuit breaker is open.
    stopped: HashSet<Coin>,
    signed_lately: SignedLately,
    second_nodes: SecondNodes,
    /// Whether the store knows the wallet's addresses.
    is_wallet_told: bool,
    appeals: Arc<Appeals>,
}

impl<R: Rail> Payer<R> {
    /// Returns a payer that has looked at nothing yet: it checks the wallet's spends before it signs anything.
    pub fn new(
        store: Store,
        rail: R,
        clock: Arc<dyn Clock>,
        live: Arc<Live>,
        settings: PayerSettings,
    ) -> Self {
        Payer {
            store,
            rail,
            clock,
            live,
            settings,
            offers: Offers::default(),
            held_after: 0,
            ready_after: 0,
            position: None,
            pace: Pace::default(),
            stopped: HashSet::new(),
            signed_lately: SignedLately::default(),
            second_nodes: SecondNodes::default(),
            is_wallet_told: false,
            appeals: Arc::default(),
        }
    }

    /// Whether anything leaves: by the settings, and as persons have switched it.
    fn may_send(&self) -> bool {
        self.settings.send_enabled && !self.live.switched_off.has(Switch::Send)
    }

    fn transaction(&self, attempt: &Attempt) -> Result<SignedTransaction, StepError> {
        let stored = self.store.snapshot().signed_transaction(attempt.no)?;
        let missing = || StoreError::Invariant(format!("transaction {} is stored", attempt.txid));
        Ok(stored.ok_or_else(missing)?)
    }

    async fn record(&self, event: impl Into<Event>) -> Result<(), StepError> {
        let event = event.into();
        let write = self.store.write(move |tx| tx.record(event.clone()));
        Ok(write.await?)
    }

    async fn work(&mut self) -> Result<Next, StepError> {
        self.check_identity().await?;
        self.tell_wallet().await?;
        let stuck = self.advance_all().await?;
        let funds = self.rail.funds().await.map_err(StepError::transient)?;
        let is_reconciled = self.reconcile(&funds).await?;
        let may_sign = self.may_send() && is_reconciled;
        let withdrawn = may_sign && self.withdraw(&funds).await?;
        let signed = may_sign && self.pay(&funds).await?;
        if signed || withdrawn {
            return Ok(Next::Again);
        }
        let shortage = show::shortage(&self.store.snapshot())?;
        let error = stuck.filter(|_| shortage.is_empty()).unwrap_or(shortage);
        self.show(&funds, error)?;
        let next = self.offers.next(self.clock.moment()).unwrap_or(Duration::MAX);
        Ok(Next::Wait(self.settings.check_wait.min(next.max(SHORTEST_WAIT))))
    }
}

impl<R: Rail> Worker for Payer<R> {
    fn name(&self) -> &'static str {
        "payer"
    }

    async fn step(&mut self) -> Result<Next, StepError> {
        self.hear().await;
        let result = self.work().await;
        if let Err(error) = &result {
            let (error, detail) = (show::NODE_TROUBLE.to_owned(), error.message.clone());
            let view = WalletView { error, detail, ..(*self.live.wallet()).clone() };
            self.live.set_wallet(view);
        }
        result
    }
}

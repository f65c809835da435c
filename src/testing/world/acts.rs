//! What happens in a world: buyers come, deposits arrive, workers take a step.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;

use super::World;
use crate::address::DepositAddress;
use crate::chain::Unvetted;
use crate::deposit::BlockAt;
use crate::engine::operator::{ActError, Order};
use crate::engine::{BindError, BindExtras, FoundDeposit, IntakeError, bind_with};
use crate::skycoin::Address;
use crate::task::{Next, Worker};
use crate::testing::step_end::{StepEnd, ended};
use crate::types::{AttemptNo, DepositId, Height};

/// Steps after which whoever would find rest has found it.
const PATIENCE: u32 = 10_000;

impl World {
    /// A buyer binds; what is acknowledged is remembered.
    pub async fn bind(&mut self, payee: Address) -> StepEnd {
        self.bind_by(payee, Unvetted::Given).await
    }

    /// The same, by the rule for addresses that the chain's node was not asked about.
    pub async fn bind_vetted(&mut self, payee: Address) -> StepEnd {
        let Some(service) = &self.service else { return StepEnd::Died };
        let unvetted = service.live.unvetted(self.coin);
        self.bind_by(payee, unvetted).await
    }

    async fn bind_by(&mut self, payee: Address, unvetted: Unvetted) -> StepEnd {
        let Some(service) = &self.service else { return StepEnd::Died };
        let extras = if service.hooks.is_some() { self.hook_hearer.extras() } else { BindExtras::default() };
        let wish = (payee, self.coin);
        let bound = bind_with(&service.store, service.rules, unvetted, wish, None, extras).await;
        match bound {
            Ok(bound) => {
                // No chain knows of a binding that was lost with a copy, before somebody has paid to it.
                let past = self.chain.past();
                let was_paid = past.iter().any(|past| past.stands && past.payment.address == bound.address);
                let is_anothers = |(owner, lost): &(Address, DepositAddress)| {
                    was_paid && *lost == bound.address && *owner != payee
                };
                if self.lost_binds.iter().any(is_anothers) {
                    self.complaints.push(format!("{} belongs to somebody else", bound.address));
                }
                self.acked.binds.push((payee, bound.address));
                StepEnd::Done(None)
            }
            Err(BindError::Store(error)) if error.is_fatal() => StepEnd::Died,
            Err(error) => StepEnd::Refused(error.code().to_owned()),
        }
    }

    /// A final deposit is handed to the desk; what is acknowledged is remembered.
    pub async fn deposit(&mut self, address: DepositAddress, tx: &str, n: u32, satoshi: u64) -> StepEnd {
        let found = FoundDeposit {
            id: DepositId { coin: self.coin, tx: tx.to_owned(), n, token: None },
            token: None,
            address,
            amount: self.units(satoshi),
            block: BlockAt { height: Height::new(1), hash: None, waits: 0 },
            is_final: true,
        };
        self.hand(found).await
    }

    /// A deposit is handed to the desk, perhaps once more.
    pub async fn hand(&mut self, found: FoundDeposit) -> StepEnd {
        let Some(service) = &self.service else { return StepEnd::Died };
        if !self.handed.contains(&found) {
            self.handed.push(found.clone());
        }
        let (intake, wanted) = (service.intake.clone(), found.clone());
        match service.store.act(move |tx| intake.take(tx, &wanted)).await {
            Ok(_) => {
                if !self.acked.deposits.contains(&found) {
                    self.acked.deposits.push(found);
                }
                StepEnd::Done(None)
            }
            Err(IntakeError::Store(error)) if error.is_fatal() => StepEnd::Died,
            Err(error) => StepEnd::Refused(error.to_string()),
        }
    }

    /// One step of the worker that decides.
    pub async fn buyer_step(&mut self) -> StepEnd {
        let Some(service) = &mut self.service else { return StepEnd::Died };
        let end = ended(AssertUnwindSafe(service.buyer.step()).catch_unwind().await);
        self.noted(end)
    }

    /// One step of the worker that pays.
    pub async fn payer_step(&mut self) -> StepEnd {
        let Some(service) = &mut self.service else { return StepEnd::Died };
        let end = ended(AssertUnwindSafe(service.payer.step()).catch_unwind().await);
        self.noted(end)
    }

    /// One step of the worker that withdraws; nothing where there is none.
    pub async fn withdrawer_step(&mut self) -> StepEnd {
        let Some(service) = &mut self.service else { return StepEnd::Died };
        let Some(withdrawer) = &mut service.withdrawer else {
            return StepEnd::Done(Some(Next::Wait(Duration::ZERO)));
        };
        let end = ended(AssertUnwindSafe(withdrawer.step()).catch_unwind().await);
        self.noted(end)
    }

    /// One step of the worker that follows the chain; where that has nothing more to do now, one of the worker that
    /// reads it again.
    pub async fn scanner_step(&mut self) -> StepEnd {
        let Some(service) = &mut self.service else { return StepEnd::Died };
        let end = ended(AssertUnwindSafe(service.scanner.step()).catch_unwind().await);
        let end = match end {
            StepEnd::Done(Some(Next::Wait(_))) => {
                ended(AssertUnwindSafe(service.rescanner.step()).catch_unwind().await)
            }
            end => end,
        };
        self.noted(end)
    }

    /// One step of the worker that compares balances.
    pub async fn balance_check_step(&mut self) -> StepEnd {
        let Some(service) = &mut self.service else { return StepEnd::Died };
        let end = ended(AssertUnwindSafe(service.balance_checker.step()).catch_unwind().await);
        self.noted(end)
    }

    /// Lets the worker that asks about the past of addresses go on until it has nothing to do now.
    pub async fn vet(&mut self) -> StepEnd {
        for _ in 0..PATIENCE {
            let Some(service) = &mut self.service else { return StepEnd::Died };
            let end = ended(AssertUnwindSafe(service.vetter.step()).catch_unwind().await);
            if self.noted(end.clone()) != StepEnd::Done(Some(Next::Again)) {
                return end;
            }
        }
        StepEnd::Refused("the vetter finds no rest".to_owned())
    }

    /// A person has a transaction given up. None where the desk died in it.
    pub async fn abandon(&mut self, no: AttemptNo, order: Order) -> Option<Result<String, ActError>> {
        let service = self.service.as_mut()?;
        AssertUnwindSafe(service.payer.abandon(no, order)).catch_unwind().await.ok()
    }

    /// Notes what must never happen: a worker that asks the store for something forbidden, or ends by itself.
    pub(super) fn noted(&mut self, end: StepEnd) -> StepEnd {
        match &end {
            StepEnd::Refused(words) if words.contains("break an invariant") => {
                self.complaints.push(words.clone());
            }
            StepEnd::Died if !self.fuse.has_burned() => {
                self.complaints.push("a worker ended by itself".to_owned());
            }
            StepEnd::Refused(_) | StepEnd::Died | StepEnd::Done(_) => {}
        }
        end
    }

    /// Lets the scanner go on until it has seen everything.
    pub async fn scan(&mut self) -> StepEnd {
        for _ in 0..PATIENCE {
            let end = self.scanner_step().await;
            if end != StepEnd::Done(Some(Next::Again)) {
                return end;
            }
        }
        StepEnd::Refused("the scanner finds no rest".to_owned())
    }

    /// Lets the workers go on until none of them has anything to do now. Died or refused ends it.
    pub async fn work(&mut self) -> StepEnd {
        for _ in 0..PATIENCE {
            let pricer = self.pricer_step().await;
            if !matches!(pricer, StepEnd::Done(_)) {
                return pricer;
            }
            let buyer = self.buyer_step().await;
            if !matches!(buyer, StepEnd::Done(_)) {
                return buyer;
            }
            let payer = self.payer_step().await;
            if !matches!(payer, StepEnd::Done(_)) {
                return payer;
            }
            let withdrawer = self.withdrawer_step().await;
            if !matches!(withdrawer, StepEnd::Done(_)) {
                return withdrawer;
            }
            let again = StepEnd::Done(Some(Next::Again));
            if [&pricer, &buyer, &payer, &withdrawer].into_iter().all(|end| *end != again) {
                let told = match self.tell().await {
                    StepEnd::Done(_) => self.tell_hooks().await,
                    end => end,
                };
                return if matches!(told, StepEnd::Done(_)) { payer } else { told };
            }
        }
        StepEnd::Refused("the workers find no rest".to_owned())
    }

    /// Confirms everything that is unconfirmed on the chain; answers whether there was anything.
    pub fn confirm_all(&self) -> bool {
        self.node.confirm_all() > 0
    }

    /// Works and confirms until nothing moves any more.
    pub async fn rest(&mut self) -> StepEnd {
        loop {
            // What a node refuses now it may take once something else is confirmed.
            if self.work().await == StepEnd::Died {
                return StepEnd::Died;
            }
            self.clock.advance(61);
            let any = self.confirm_all();
            // As deep as is asked for.
            self.node.bury(self.settings.payout_confirmations.saturating_sub(1));
            if any {
                continue;
            }
            // What rested after its trouble is offered now.
            let end = self.work().await;
            let is_done = matches!(end, StepEnd::Done(_));
            if !is_done || (!self.confirm_all() && !self.is_ordering()) {
                return end;
            }
        }
    }

    /// Whether an order or a withdrawal upstream is open that no person has to look at.
    fn is_ordering(&self) -> bool {
        self.service.as_ref().is_some_and(|service| {
            let snapshot = service.store.snapshot();
            let counters = snapshot.counters();
            counters.open_orders > counters.held_orders
                || counters.open_withdrawals > counters.held_withdrawals
        })
    }
}

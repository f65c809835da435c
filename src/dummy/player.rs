//! The networks of a purchase and the desk's wallet, as a visitor plays them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;

use super::node::DummyNode;
use crate::clock::Clock;
use crate::deposit::{BlockAt, Deposit, DepositState};
use crate::engine::{FoundDeposit, Intake, IntakeError, Play};
use crate::store::{Binding, DepositEvent, Store, StoreError, Tables};
use crate::types::{DepositId, Height, Units};

/// See the module.
#[derive(Debug)]
pub struct Player {
    store: Store,
    intake: Intake,
    node: Arc<DummyNode>,
    clock: Arc<dyn Clock>,
    /// Deposits that were made, which tells their transactions apart.
    made: AtomicU64,
}

impl Player {
    /// Returns a player of these.
    pub fn new(store: Store, intake: Intake, node: Arc<DummyNode>, clock: Arc<dyn Clock>) -> Player {
        Player { store, intake, node, clock, made: AtomicU64::new(0) }
    }

    /// The newest deposit to an address.
    fn newest(&self, binding: &Binding) -> Result<Option<Deposit>, StoreError> {
        let snapshot = self.store.snapshot();
        let newest = snapshot.binding(binding.no)?.and_then(|binding| binding.last_deposit);
        newest.map(|no| snapshot.deposit(no)).transpose().map(Option::flatten)
    }

    async fn take(&self, found: FoundDeposit) -> Result<(), StoreError> {
        let intake = self.intake.clone();
        let taken = self.store.act(move |tx| intake.take(tx, &found)).await;
        match taken {
            Ok(_) => Ok(()),
            Err(IntakeError::Store(error)) => Err(error),
            Err(error @ IntakeError::Contradiction(_)) => Err(StoreError::Invariant(error.to_string())),
        }
    }

    /// Dummy deposits stand in blocks that have a height alone.
    fn block(&self) -> BlockAt {
        BlockAt { height: Height::new(self.clock.now().get()), hash: None, waits: 0 }
    }
}

#[async_trait]
impl Play for Player {
    async fn deposit(&self, binding: &Binding, amount: Units) -> Result<(), StoreError> {
        let (no, at) = (self.made.fetch_add(1, Ordering::Relaxed), self.clock.now().get());
        let id =
            DepositId { coin: binding.address.coin(), tx: format!("played{at}n{no}"), n: 0, token: None };
        let (address, block) = (binding.address, self.block());
        self.take(FoundDeposit { id, token: None, address, amount, block, is_final: false }).await
    }

    async fn confirm(&self, binding: &Binding) -> Result<(), StoreError> {
        let Some(deposit) = self.newest(binding)? else { return Ok(()) };
        if deposit.is_final() {
            self.node.confirm_all();
            return Ok(());
        }
        let (address, amount) = (binding.address, deposit.amount);
        let (id, token, block) = (deposit.id, deposit.token, self.block());
        self.take(FoundDeposit { id, token, address, amount, block, is_final: true }).await
    }

    async fn fork(&self, binding: &Binding) -> Result<(), StoreError> {
        let Some(deposit) = self.newest(binding)? else { return Ok(()) };
        let no = deposit.no;
        let undo = self.store.write(move |tx| {
            let is_there = tx.deposit(no)?.is_some_and(|deposit| match deposit.state {
                DepositState::Confirming { .. } | DepositState::Final { .. } => true,
                DepositState::Orphaned { .. } | DepositState::Quarantined { .. } => false,
            });
            if !is_there {
                return Ok(());
            }
            let is_signed = tx.payout(no)?.is_some_and(|payout| !payout.is_unsigned());
            tx.record(if is_signed {
                DepositEvent::Quarantined { deposit: no }
            } else {
                DepositEvent::Orphaned { deposit: no }
            })
        });
        undo.await
    }

    fn set_shortage(&self, is_short: bool) {
        self.node.set_hidden(is_short);
    }
}

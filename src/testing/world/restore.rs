//! A copy of the database put back: what was promised and paid since then is not in it, and stays true.

use super::World;
use crate::skycoin::Address;
use crate::store::{Snapshot, StoreError, Tables};
use crate::testing::SimDisk;
use crate::types::{AttemptNo, DepositId, TxId};

/// A copy of the database, with how much the desk had acknowledged by then.
#[derive(Debug, Clone)]
pub struct Backup {
    disk: SimDisk,
    binds: usize,
    deposits: usize,
}

/// What a transaction of the desk paid for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Paid {
    pub(super) deposit: DepositId,
    pub(super) payee: Address,
    pub(super) amount: u64,
}

impl World {
    /// A copy of what is on the disk now, as a backup or a copied machine has it.
    pub fn back_up(&self) -> Backup {
        let (binds, deposits) = (self.acked.binds.len(), self.acked.deposits.len());
        Backup { disk: self.disk.copy(), binds, deposits }
    }

    /// Stops the desk and puts a copy back; it is not started. What was acknowledged since is no longer the
    /// desk's to keep, but nobody else may get those addresses, and what was paid since is paid.
    ///
    /// # Errors
    ///
    /// Where what it paid until now cannot be read: the desk has to run.
    pub fn put_back(&mut self, backup: &Backup) -> Result<(), String> {
        let service = self.service.as_ref().ok_or("the desk is not running")?;
        let paid = ledger(&service.store.snapshot())?;
        self.ledger.extend(paid);
        self.stop();
        self.hearers.iter().for_each(|hearer| hearer.forget());
        self.hook_hearer.forget();
        self.disk = backup.disk.copy();
        let lost = self.acked.binds.split_off(backup.binds.min(self.acked.binds.len()));
        self.lost_binds.extend(lost);
        self.acked.deposits.truncate(backup.deposits);
        Ok(())
    }
}

/// Every transaction that the desk knows of itself.
pub(super) fn ledger(snapshot: &Snapshot) -> Result<Vec<(TxId, Vec<Paid>)>, String> {
    let text = |error: StoreError| error.to_string();
    let mut all = Vec::new();
    for number in 1..=snapshot.counters().attempts {
        let no = AttemptNo::new(number);
        let Some(attempt) = snapshot.attempt(no).map_err(text)? else { continue };
        let stored = snapshot.signed_transaction(no).map_err(text)?.ok_or("an attempt has its bytes")?;
        let mut paid = Vec::new();
        for part in &stored.parts {
            let deposit = snapshot.deposit(part.payout).map_err(text)?.ok_or("a payout has a deposit")?;
            let payout = snapshot.payout(part.payout).map_err(text)?.ok_or("a part is of a payout")?;
            paid.push(Paid { deposit: deposit.id, payee: payout.payee, amount: part.amount.get() });
        }
        all.push((attempt.txid, paid));
    }
    Ok(all)
}

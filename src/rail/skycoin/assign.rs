//! What a transaction of somebody's did, read from its bytes.

use std::collections::HashSet;

use crate::rail::{AssignError, Owed, Paid, Pays, Spend};
use crate::skycoin::{Address, Transaction};
use crate::types::Claim;

impl Spend {
    /// The outputs that it spends.
    pub fn inputs(&self) -> Result<Vec<Claim>, AssignError> {
        Ok(Transaction::decode(&self.raw)?.inputs().to_vec())
    }

    /// The outputs that it makes, by which others can spend them.
    pub fn makes(&self) -> Result<Vec<Claim>, AssignError> {
        Ok(Transaction::decode(&self.raw)?.uxids())
    }

    /// Where its rest went: the first output that is to nobody else.
    pub fn change(&self) -> Result<Address, AssignError> {
        let transaction = Transaction::decode(&self.raw)?;
        let others: HashSet<Address> = self.payments.iter().map(|paid| paid.to).collect();
        let rest = transaction.outputs().iter().find(|output| !others.contains(&output.address));
        Ok(rest.map_or(Address::from_bytes([0; 20]), |output| output.address))
    }

    /// Which of its outputs pays which of these; each is paid by an output of its own, with its payee and amount.
    ///
    /// # Errors
    ///
    /// Where one of them is not paid by it, or where it also paid others, unless they may be left over.
    pub fn assign(&self, owed: &[Owed], may_leave_rest: bool) -> Result<Vec<Pays>, AssignError> {
        let transaction = Transaction::decode(&self.raw)?;
        let mut free: Vec<(u32, Paid)> = (0..)
            .zip(transaction.outputs())
            .map(|(n, output)| (n, Paid { to: output.address, coins: output.coins }))
            .filter(|(_, paid)| self.payments.contains(paid))
            .collect();
        let mut pays = Vec::with_capacity(owed.len());
        for one in owed {
            let wanted = Paid { to: one.payee, coins: one.amount };
            let found = free.iter().position(|(_, paid)| *paid == wanted);
            let (deposit, Paid { to, coins }) = (one.no, wanted);
            let found = found.ok_or(AssignError::NoOutput { deposit, to, coins })?;
            let (output, _) = free.remove(found);
            pays.push(Pays { payout: one.no, output });
        }
        let rest: Vec<Paid> = free.into_iter().map(|(_, paid)| paid).collect();
        if !rest.is_empty() && !may_leave_rest {
            return Err(AssignError::Uncovered(rest));
        }
        Ok(pays)
    }
}

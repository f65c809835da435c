//! What a signer is asked to sign. It carries all that whoever signs needs to hold it against rules of their own, also
//! on another machine that knows nothing else of the desk.

use std::collections::HashSet;

use super::plan::Unspent;
use crate::rail::{Pays, Purpose};
use crate::skycoin::{Address, CoinHours, HoursError, Output, Transaction, TransactionError};
use crate::types::{AmountOutOfRange, AttemptNo, Claim, DepositNo, Droplets};

/// A transaction that is to be signed, with what it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningRequest {
    /// The number that the transaction is stored under once it is signed. Whoever is asked for a number twice was not
    /// heard the first time: what was signed then was never stored, and so never sent.
    pub attempt: AttemptNo,
    /// What it is for.
    pub purpose: Purpose,
    /// What it spends, in the order of its inputs.
    pub claims: Vec<Unspent>,
    /// What it makes, in their order.
    pub outputs: Vec<Output>,
    /// Which of the outputs pays which payout; all others are change.
    pub pays: Vec<Pays>,
}

/// Why a request is not signed.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum RequestRefused {
    /// Only what is the wallet's own can be spent.
    #[error("it spends output {uxid} of {owner}, whose key is not in the wallet")]
    Foreign {
        /// The output that would be spent.
        uxid: Claim,
        /// The address that it belongs to.
        owner: Address,
    },
    /// What is spent has to be what is paid: Skycoin's fee is burnt in hours.
    #[error("it spends {spent} SKY and pays {paid}")]
    Coins {
        /// The sum of the inputs, in droplets.
        spent: Droplets,
        /// The sum of the outputs, in droplets.
        paid: Droplets,
    },
    /// Hours come from what is spent alone.
    #[error("it spends {spent} coin hours and gives {given}")]
    Hours {
        /// The coin hours that the inputs hold.
        spent: CoinHours,
        /// The coin hours that the outputs would hold.
        given: CoinHours,
    },
    /// An output pays one payout, and a payout is paid by one output.
    #[error("payout {payout} is paid by output {output}, which is not there, or one of both is named twice")]
    Pays {
        /// The payout, by the number of its deposit.
        payout: DepositNo,
        /// The output that is said to pay it, from 0.
        output: u32,
    },
    /// What pays no payout goes back to the wallet.
    #[error("output {output} pays {address}, which is no payout and not the wallet's")]
    Stranger {
        /// The output, from 0.
        output: usize,
        /// The address that it pays.
        address: Address,
    },
    /// A withdrawal takes coins back and pays nobody.
    #[error("it withdraws a transaction and pays a payout")]
    PayingWithdrawal,
    /// A transaction for payouts that pays none has no purpose.
    #[error("it pays no payout")]
    PaysNothing,
    /// A sum is more than there can be.
    #[error("its coins cannot be summed: {0}")]
    CoinSum(#[from] AmountOutOfRange),
    /// A sum of coin hours is more than there can be.
    #[error("its coin hours cannot be summed: {0}")]
    HourSum(#[from] HoursError),
    /// It is no transaction that the chain would take.
    #[error("it is no transaction: {0}")]
    NoTransaction(#[from] TransactionError),
}

impl SigningRequest {
    /// Returns the transaction without its signatures.
    ///
    /// # Errors
    ///
    /// Where inputs and outputs make no transaction.
    pub fn unsigned(&self) -> Result<Transaction, TransactionError> {
        Transaction::new(self.claims.iter().map(|claim| claim.uxid).collect(), self.outputs.clone())
    }

    /// Returns the owner of each input, in their order.
    pub fn owners(&self) -> Vec<Address> {
        self.claims.iter().map(|claim| claim.owner).collect()
    }

    /// Holds the request against what any signer can know: that it spends the wallet's own, makes no coins or hours,
    /// and pays nobody but payouts and the wallet. Returns the transaction without its signatures.
    ///
    /// # Errors
    ///
    /// The first rule that it breaks.
    pub fn check(&self, is_own: impl Fn(Address) -> bool) -> Result<Transaction, RequestRefused> {
        if let Some(claim) = self.claims.iter().find(|claim| !is_own(claim.owner)) {
            return Err(RequestRefused::Foreign { uxid: claim.uxid, owner: claim.owner });
        }
        self.check_sums()?;
        self.check_outputs(is_own)?;
        Ok(self.unsigned()?)
    }

    fn check_sums(&self) -> Result<(), RequestRefused> {
        let spent = Droplets::sum(self.claims.iter().map(|claim| claim.coins))?;
        let paid = Droplets::sum(self.outputs.iter().map(|output| output.coins))?;
        if spent != paid {
            return Err(RequestRefused::Coins { spent, paid });
        }
        let spent = CoinHours::sum(self.claims.iter().map(|claim| claim.hours))?;
        let given = CoinHours::sum(self.outputs.iter().map(|output| output.hours))?;
        if given > spent { Err(RequestRefused::Hours { spent, given }) } else { Ok(()) }
    }

    fn check_outputs(&self, is_own: impl Fn(Address) -> bool) -> Result<(), RequestRefused> {
        match self.purpose {
            Purpose::Payouts if self.pays.is_empty() => return Err(RequestRefused::PaysNothing),
            Purpose::Withdrawal { .. } if !self.pays.is_empty() => {
                return Err(RequestRefused::PayingWithdrawal);
            }
            Purpose::Payouts | Purpose::Withdrawal { .. } => {}
        }
        let (mut paying, mut paid) = (HashSet::new(), HashSet::new());
        for Pays { payout, output } in self.pays.iter().copied() {
            let position = usize::try_from(output).ok().filter(|position| *position < self.outputs.len());
            let is_new = position.is_some_and(|position| paying.insert(position)) && paid.insert(payout);
            if !is_new {
                return Err(RequestRefused::Pays { payout, output });
            }
        }
        let mut change = self.outputs.iter().enumerate().filter(|(position, _)| !paying.contains(position));
        match change.find(|(_, output)| !is_own(output.address)) {
            Some((output, stranger)) => Err(RequestRefused::Stranger { output, address: stranger.address }),
            None => Ok(()),
        }
    }
}

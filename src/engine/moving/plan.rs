//! What the original's records come to here. Pure: nothing is written, and the same records give the same plan.

use std::collections::HashMap;

use super::report::MoveReport;
use crate::address::{AddressKey, DepositAddress};
use crate::original::{Original, OriginalDeposit};
use crate::payout::{Inherited, PublicStatus, ZERO_AMOUNT_ERROR};
use crate::skycoin::Address;
use crate::store::InheritedDeposit;
use crate::types::{BindingNo, Droplets, Rate};

/// Everything that is going to be written, and what is told of it.
#[derive(Debug)]
pub struct Plan {
    /// Bindings, by their numbers.
    pub bindings: Vec<PlannedBinding>,
    /// Deposits with their payouts, in the order of the numbers that they get.
    pub deposits: Vec<InheritedDeposit>,
    /// Addresses that are given to nobody.
    pub used: Vec<DepositAddress>,
    /// What is told of it.
    pub report: MoveReport,
}

/// A binding with the numbers that it gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedBinding {
    /// Its number.
    pub no: BindingNo,
    /// The deposit address.
    pub address: DepositAddress,
    /// Whom deposits to it are paid to.
    pub payee: Address,
    /// Number among all that the payee sees in their status, from 1.
    pub payee_seq: u32,
}

/// Why the original's records come to nothing that can be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The price of a deposit that is not paid cannot be read.
    #[error("deposit {deposit}: its rate {rate:?} cannot be read: {why}")]
    Rate {
        /// The deposit's id.
        deposit: String,
        /// The rate as the original wrote it.
        rate: String,
        /// What is wrong with it.
        why: String,
    },
    /// A deposit is worth more than can be written down.
    #[error("deposit {deposit}: it is worth more than can be paid: {why}")]
    TooMuch {
        /// The deposit's id.
        deposit: String,
        /// The reason.
        why: String,
    },
    /// A deposit came to an address that is not among the bindings, or there are more of them than numbers.
    #[error("deposit {0}: its address has no binding")]
    NotBound(String),
}

/// Plans what is taken over; payouts that are not made yet are cut to so many decimal places.
///
/// # Errors
///
/// Where a record comes to nothing that can be written.
pub fn plan(original: &Original, max_decimals: u8) -> Result<Plan, PlanError> {
    let mut bindings = Vec::with_capacity(original.bindings.len());
    let mut no = BindingNo::FIRST;
    for bound in &original.bindings {
        bindings.push(PlannedBinding { no, address: bound.address, payee: bound.payee, payee_seq: 0 });
        no = no.next();
    }
    let at: HashMap<AddressKey, usize> =
        bindings.iter().enumerate().map(|(at, bound)| (bound.address.key(), at)).collect();
    let mut of_binding: Vec<Vec<usize>> = vec![Vec::new(); bindings.len()];
    for (position, deposit) in original.deposits.iter().enumerate() {
        let not_bound = || PlanError::NotBound(deposit.id.to_string());
        let binding = at.get(&deposit.address.key()).copied().ok_or_else(not_bound)?;
        of_binding.get_mut(binding).ok_or_else(not_bound)?.push(position);
    }
    let seqs = number(&mut bindings, &of_binding, original.deposits.len());
    let mut deposits = Vec::with_capacity(original.deposits.len());
    for (deposit, payee_seq) in original.deposits.iter().zip(seqs) {
        let not_bound = || PlanError::NotBound(deposit.id.to_string());
        let bound = at.get(&deposit.address.key()).and_then(|at| bindings.get(*at)).ok_or_else(not_bound)?;
        deposits.push(inherited(deposit, bound.no, payee_seq, max_decimals)?);
    }
    let report = MoveReport::new(original, &deposits);
    Ok(Plan { bindings, deposits, used: original.used.clone(), report })
}

/// Numbers what each payee sees as the original did, which goes through their addresses in the order of binding, and
/// through the deposits to each: the bindings here, and the deposits in what is answered.
fn number(bindings: &mut [PlannedBinding], of_binding: &[Vec<usize>], deposits: usize) -> Vec<u32> {
    let mut seqs = vec![0; deposits];
    let (mut payee, mut last) = (None, 0u32);
    for (bound, own) in bindings.iter_mut().zip(of_binding) {
        if payee != Some(bound.payee) {
            (payee, last) = (Some(bound.payee), 0);
        }
        bound.payee_seq = last.saturating_add(1);
        last = bound.payee_seq;
        for (position, deposit) in own.iter().enumerate() {
            if position > 0 {
                last = last.saturating_add(1);
            }
            if let Some(seq) = seqs.get_mut(*deposit) {
                *seq = last;
            }
        }
    }
    seqs
}

fn inherited(
    deposit: &OriginalDeposit,
    binding: BindingNo,
    payee_seq: u32,
    max_decimals: u8,
) -> Result<InheritedDeposit, PlanError> {
    let OriginalDeposit { method, status, txid, .. } = *deposit;
    let payout = Inherited::Unclear { method, status, txid, error: deposit.error.clone() };
    Ok(InheritedDeposit {
        id: deposit.id.clone(),
        binding,
        payee_seq,
        amount: deposit.amount,
        rate: rate(deposit),
        quote: worth(deposit, max_decimals)?,
        height: deposit.height,
        updated_at: deposit.updated_at,
        method,
        payout,
    })
}

/// The rate as the original wrote it. One that it has paid without any would be given a price anew.
fn rate(deposit: &OriginalDeposit) -> String {
    if deposit.rate.is_empty() { "unknown".to_owned() } else { deposit.rate.clone() }
}

/// What the original has paid for a deposit, or would have.
fn worth(deposit: &OriginalDeposit, max_decimals: u8) -> Result<Droplets, PlanError> {
    if !deposit.sent.is_zero() {
        return Ok(deposit.sent);
    }
    if deposit.status == PublicStatus::Done && deposit.error == ZERO_AMOUNT_ERROR {
        return Ok(Droplets::ZERO);
    }
    if !deposit.bought.is_zero() {
        return Ok(deposit.bought);
    }
    let called = || deposit.id.to_string();
    let rate = Rate::parse(&deposit.rate).map_err(|error| PlanError::Rate {
        deposit: called(),
        rate: deposit.rate.clone(),
        why: error.to_string(),
    })?;
    let quote = rate.quote(deposit.amount, deposit.id.coin.decimals(), max_decimals);
    let too_much =
        |error: crate::types::QuoteError| PlanError::TooMuch { deposit: called(), why: error.to_string() };
    Ok(quote.map_err(too_much)?.payout)
}

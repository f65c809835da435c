//! What leaves the exchange in memory: withdrawals, which arrive on the chain that payouts are made on.

use std::time::Duration;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::PayoutChain;
use super::habit::Habit;
use crate::exchange::{
    CallError, ClientId, NewWithdrawal, Refusal, WithdrawalReport, WithdrawalState, WithdrawalTrace,
};
use crate::types::{Droplets, Moment, UnixTime};

/// A withdrawal, as the exchange knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FakeWithdrawal {
    pub client_id: ClientId,
    pub id: String,
    /// What left the account, with the fee.
    pub all: Decimal,
    pub fee: Decimal,
    pub to: String,
    pub state: WithdrawalState,
    at: UnixTime,
    /// Before that nobody sees it.
    alive_after: Option<(Moment, Duration)>,
    /// When it was asked for; none once it has ended.
    waits_since: Option<Moment>,
    /// It was told to be sent, and no chain has it.
    is_lost: bool,
}

/// What becomes of withdrawals.
#[derive(Debug)]
pub struct Vault {
    pub trace: Option<WithdrawalTrace>,
    pub is_fee_on_top: bool,
    pub fee: Decimal,
    pub tells_fee: bool,
    /// What becomes of the next calls that ask for one, the first first; fine where there is nothing.
    pub habits: Vec<Habit>,
    /// How long one stays asked for.
    pub pending: Duration,
    /// How many of the next ones fail in the end.
    pub fails: u32,
    /// How many of the next ones are told to be sent by transactions that no chain has: replaced, or taken by a fork.
    pub lost: u32,
    /// Whether what was lost so is taken back: it has failed after all, and its coins are in the account again.
    pub takes_back: bool,
    /// Whether transactions are told.
    pub tells_txid: bool,
    /// The transaction that is told of whatever is sent; none where each has its own.
    pub tells_only: Option<String>,
    /// How long one can be missing in the list.
    pub settling: Duration,
    /// How far the venue's clock is behind the desk's.
    pub behind: Duration,
    pub all: Vec<FakeWithdrawal>,
    /// What is to be given back to the account.
    back: Decimal,
}

impl Default for Vault {
    fn default() -> Self {
        Vault {
            trace: Some(WithdrawalTrace::ById),
            is_fee_on_top: false,
            fee: Decimal::new(1, 1),
            tells_fee: true,
            habits: Vec::new(),
            pending: Duration::from_secs(30),
            fails: 0,
            lost: 0,
            takes_back: false,
            tells_txid: true,
            tells_only: None,
            settling: Duration::from_secs(20),
            behind: Duration::ZERO,
            all: Vec::new(),
            back: Decimal::ZERO,
        }
    }
}

impl Vault {
    pub(super) fn next_habit(&mut self) -> Habit {
        if self.habits.is_empty() { Habit::Fine } else { self.habits.remove(0) }
    }

    /// Takes one out of an account that has so much; answers its id, and what left.
    pub(super) fn take_out(
        &mut self,
        asked: &NewWithdrawal,
        coins: Decimal,
        now: Moment,
        late: Duration,
    ) -> Result<(String, Decimal), CallError> {
        let known = self.all.iter().find(|known| known.client_id == asked.client_id);
        if let Some(known) = known.filter(|_| self.trace == Some(WithdrawalTrace::Repeat)) {
            return Ok((known.id.clone(), Decimal::ZERO));
        }
        let all = if self.is_fee_on_top { asked.amount + self.fee } else { asked.amount };
        if all > coins || all <= self.fee {
            return Err(CallError::Refused {
                kind: Refusal::Funds,
                words: "insufficient balance".to_owned(),
            });
        }
        let id = format!("w{}", self.all.len() + 1);
        self.all.push(FakeWithdrawal {
            client_id: asked.client_id.clone(),
            id: id.clone(),
            all,
            fee: self.fee,
            to: asked.address.clone(),
            state: WithdrawalState::Pending,
            at: now.at(),
            alive_after: Some((now, late)).filter(|_| !late.is_zero()),
            waits_since: Some(now),
            is_lost: false,
        });
        Ok((id, all))
    }

    /// Sends what has waited for long enough; answers what comes back to the account.
    pub(super) fn wake(&mut self, now: Moment, chain: &PayoutChain) -> Decimal {
        for known in &mut self.all {
            known.alive_after = known.alive_after.filter(|(sent, after)| now.since(*sent) < *after);
            if self.takes_back && std::mem::take(&mut known.is_lost) {
                self.back += known.all;
                known.state = WithdrawalState::Failed;
            }
            let is_due = known.waits_since.is_some_and(|since| now.since(since) >= self.pending);
            if !is_due || known.alive_after.is_some() {
                continue;
            }
            known.waits_since = None;
            if self.fails > 0 {
                self.fails -= 1;
                self.back += known.all;
                known.state = WithdrawalState::Failed;
                continue;
            }
            if self.lost > 0 {
                self.lost -= 1;
                known.is_lost = true;
                known.state =
                    WithdrawalState::Sent { txid: Some(format!("{:0>64}", known.id.replace('w', ""))) };
                continue;
            }
            let droplets = ((known.all - known.fee) * Decimal::from(1_000_000)).to_u64();
            let txid = chain.fund(Droplets::new(droplets.unwrap_or_default()));
            known.state = WithdrawalState::Sent { txid: Some(txid.to_string()) };
        }
        std::mem::take(&mut self.back)
    }

    /// What is told of them, the newest first.
    pub(super) fn reports(&self) -> Vec<WithdrawalReport> {
        let seen = self.all.iter().rev().filter(|known| known.alive_after.is_none());
        seen.map(|known| WithdrawalReport {
            id: known.id.clone(),
            client_id: Some(known.client_id.clone()).filter(|_| self.trace == Some(WithdrawalTrace::ById)),
            amount: known.all,
            fee: known.fee,
            address: Some(known.to.clone()),
            at: Some(UnixTime::new(known.at.get().saturating_sub(self.behind.as_secs()))),
            state: match &known.state {
                WithdrawalState::Sent { .. } if !self.tells_txid => WithdrawalState::Sent { txid: None },
                WithdrawalState::Sent { .. } if self.tells_only.is_some() => {
                    WithdrawalState::Sent { txid: self.tells_only.clone() }
                }
                state => state.clone(),
            },
        })
        .collect()
    }
}

//! What circuit breakers let the payer do: whether anything is signed now, and how much.

use std::collections::HashSet;

use super::Payer;
use crate::breaker::{Breaker, PayoutBudget, Spent, WINDOW};
use crate::deposit::Deposit;
use crate::payout::AttemptState;
use crate::rail::{Owed, Pays, Purpose, Rail};
use crate::store::{BreakerEvent, Breakers, Snapshot, StoreError, Tables};
use crate::task::StepError;
use crate::types::{AttemptNo, Coin, Droplets};

/// Transactions in a row that were signed longer ago than the window, after which no older one is looked at: a clock
/// that was wrong for a moment hides nothing before it.
const PAST: u32 = 100;

/// Returns the coins whose deposits are not paid for now.
pub(super) fn stopped_coins(tables: &impl Breakers) -> Result<HashSet<Coin>, StoreError> {
    let all = tables.breakers()?.into_iter().filter(|(_, state)| state.is_open());
    Ok(all.filter_map(|(breaker, _)| breaker.coin()).collect())
}

/// Returns whether a breaker has opened that stops one of these payouts.
pub(super) fn is_stopped(tables: &impl Breakers, pays: &[Pays]) -> Result<bool, StoreError> {
    if tables.is_broken(Breaker::Payouts)? {
        return Ok(true);
    }
    let stopped = stopped_coins(tables)?;
    if stopped.is_empty() {
        return Ok(false);
    }
    for pays in pays {
        if tables.deposit(pays.payout)?.is_some_and(|deposit| stopped.contains(&deposit.id.coin)) {
            return Ok(true);
        }
    }
    Ok(false)
}

impl<R: Rail> Payer<R> {
    /// Returns those that the budget lets through, in the order in which they are to be paid. Where it lets none
    /// through, its breaker opens first.
    pub(super) async fn within_budget(
        &mut self,
        snapshot: &Snapshot,
        owed: &[Owed],
        pays: &[Pays],
    ) -> Result<Vec<Owed>, StepError> {
        let is_paid = |one: &&Owed| pays.iter().any(|pays| pays.payout == one.no);
        let mut paid: Vec<Owed> = owed.iter().filter(is_paid).copied().collect();
        let budget = self.settings.budget;
        let Some(first) = paid.first().filter(|_| budget.is_on()) else { return Ok(paid) };
        let (state, ground) = (snapshot.breaker(Breaker::Payouts)?, format!("deposit {}", first.no));
        // A person has closed it over this very payout, which may be above the budget by itself.
        let is_accepted = state.as_ref().is_some_and(|state| state.accepted.contains(&ground));
        let spent = self.spent(snapshot, state.map_or(AttemptNo::new(0), |state| state.after))?;
        let fitting = budget.fitting(spent, paid.iter().map(|owed| owed.amount)).max(is_accepted.into());
        if fitting == 0 {
            let (evidence, grounds) = (evidence(&budget, spent, first), vec![ground]);
            tracing::error!(%evidence, notice = "WATCH", "payouts stop: the budget of an hour is spent");
            self.record(BreakerEvent::Opened { breaker: Breaker::Payouts, evidence, grounds }).await?;
        }
        paid.truncate(fitting);
        Ok(paid)
    }

    /// Whether a second node of the chain has to have the deposit's block too, and has not said so lately. It is asked.
    pub(super) fn awaits_second_node(&mut self, deposit: &Deposit, amount: Droplets) -> bool {
        let Some(node) = self.live.second_node(deposit.id.coin) else { return false };
        self.second_nodes.await_it(&node, deposit, amount, self.clock.moment())
    }

    /// What was signed for within the window, after this transaction. This process knows how long ago it signed
    /// something; of what was signed before its start the times of the events tell. One that bears a time to come was
    /// signed before the clock was set back, and counts. One that can never confirm has paid nothing.
    fn spent(&mut self, snapshot: &Snapshot, after: AttemptNo) -> Result<Spent, StoreError> {
        let past = self.signed_lately.forget(self.clock.moment(), WINDOW);
        let first = past.map_or(after, |past| past.max(after)).next().get();
        let (now, mut spent, mut older) = (self.clock.now(), Spent::default(), 0_u32);
        for no in (first..=snapshot.counters().attempts).rev().map(AttemptNo::new) {
            let Some(attempt) = snapshot.attempt(no)? else { continue };
            if !self.signed_lately.has(no) && now.since(attempt.signed_at) >= WINDOW {
                older = older.saturating_add(1);
                if older >= PAST {
                    break;
                }
                continue;
            }
            older = 0;
            let is_dead = matches!(attempt.state, AttemptState::Dead { .. });
            if is_dead || attempt.purpose != Purpose::Payouts {
                continue;
            }
            let parts = snapshot.signed_transaction(no)?.map(|signed| signed.parts).unwrap_or_default();
            spent = parts.iter().fold(spent, |sum, part| sum.and(part.amount));
            if !self.settings.budget.holds(spent) {
                // More than enough is known.
                break;
            }
        }
        Ok(spent)
    }
}

fn evidence(budget: &PayoutBudget, spent: Spent, next: &Owed) -> String {
    let most = |what: Option<String>| what.unwrap_or_else(|| "any number".to_owned());
    format!(
        "payouts signed within an hour: {} of {} SKY in all; the next one is for deposit {}, of {} SKY; the budget \
         of an hour: {} payouts, {} SKY",
        spent.count,
        spent.coins,
        next.no,
        next.amount,
        most(budget.count.map(|count| count.to_string())),
        most(budget.coins.map(|coins| coins.to_string())),
    )
}

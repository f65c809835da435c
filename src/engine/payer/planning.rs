//! Chooses what is paid next, and signs for it: what is owed, in order, out of what nothing else spends.

use std::collections::{HashMap, HashSet};

use super::breakers::{is_stopped, stopped_coins};
use super::second_nodes::numbers;
use super::{CANDIDATES, Payer};
use crate::breaker::Breaker;
use crate::payout::{HoldReason, PayoutState, may_leave};
use crate::rail::{Claims, Hold, Owed, Plan, Rail};
use crate::skycoin::Address;
use crate::store::{Breakers, OpenState, Page, PayoutEvent, Purchase, Snapshot, StoreError, Tables, WriteTx};
use crate::task::StepError;
use crate::types::{AttemptNo, Claim, DepositNo, Droplets};

impl<R: Rail> Payer<R> {
    /// Signs one transaction for what is owed, if anything can be paid now. Answers whether it did.
    pub(super) async fn pay(&mut self, funds: &R::Funds) -> Result<bool, StepError> {
        let snapshot = self.store.snapshot();
        if snapshot.is_broken(Breaker::Payouts)? {
            return Ok(false);
        }
        // What is owed is cut here, where both rules are known: a rule that changes decides anew on what is not signed.
        let max_decimals = self.settings.max_decimals.min(self.rail.max_decimals(funds));
        self.stopped = stopped_coins(&*snapshot)?;
        self.second_nodes.begin(&snapshot, &self.live, self.clock.moment())?;
        let owed = self.candidates(&snapshot, max_decimals)?;
        self.second_nodes.ask(&self.live);
        let free = free(&snapshot, &self.rail.claims(funds))?;
        let attempt = next_attempt(&snapshot);
        let plan = self.rail.plan(attempt, &owed, funds, &free).map_err(StepError::transient)?;
        let Some(plan) = self.bounded(&snapshot, attempt, &owed, (funds, &free), plan).await? else {
            return Ok(false);
        };
        let held = newly_held(&snapshot, &plan.held)?;
        let Some((request, pays)) = plan.next else {
            if !held.is_empty() {
                let hold = self.store.write(move |tx| hold_all(tx, &held));
                hold.await?;
            }
            return Ok(false);
        };
        let change = self.rail.change_address();
        let raw = self.rail.sign(&request).await.map_err(StepError::transient)?.raw;
        let paid = numbers(&pays);
        let write = self.store.write(move |tx| {
            // A breaker may have opened while it was being signed.
            if is_stopped(tx, &pays)? {
                return Ok(false);
            }
            hold_all(tx, &held)?;
            pays.iter().try_for_each(|pays| tx.cut_payout(pays.payout, max_decimals))?;
            same_number(attempt, tx.sign_attempt(raw.clone(), change, pays.clone())?)?;
            Ok(true)
        });
        let is_stored = write.await?;
        if is_stored {
            let now = self.clock.moment();
            self.signed_lately.note(attempt, now);
            self.second_nodes.note(&paid, now);
        }
        Ok(is_stored)
    }

    /// The plan with no more in it than the budget lets through; none where that is nothing.
    async fn bounded(
        &mut self,
        snapshot: &Snapshot,
        attempt: AttemptNo,
        owed: &[Owed],
        (funds, free): (&R::Funds, &HashSet<Claim>),
        plan: Plan<R::Request>,
    ) -> Result<Option<Plan<R::Request>>, StepError> {
        let Some((_, pays)) = &plan.next else { return Ok(Some(plan)) };
        let within = self.within_budget(snapshot, owed, pays).await?;
        if within.len() >= pays.len() {
            return Ok(Some(plan));
        }
        if within.is_empty() {
            return Ok(None);
        }
        Ok(Some(self.rail.plan(attempt, &within, funds, free).map_err(StepError::transient)?))
    }

    /// What is owed, in the order of the deposits: all that is ready, and the held ones in turns.
    fn candidates(&mut self, snapshot: &Snapshot, max_decimals: u8) -> Result<Vec<Owed>, StepError> {
        let mut owed = self.ready(snapshot, max_decimals)?;
        let turn = Page { after: self.held_after, limit: CANDIDATES };
        let held = snapshot.payouts_in(OpenState::Held, turn)?;
        self.held_after = held.last().filter(|_| held.len() == CANDIDATES).map_or(0, |no| no.get());
        for no in held {
            owed.extend(self.candidate(snapshot, no, max_decimals)?);
        }
        owed.sort_unstable_by_key(|payout| payout.no);
        Ok(owed)
    }

    /// Those that are ready: the first ones, and of the others some in turns; more equal ones than a
    /// transaction takes come last. However many are waiting, no more are read than this.
    fn ready(&mut self, snapshot: &Snapshot, max_decimals: u8) -> Result<Vec<Owed>, StepError> {
        let mut numbers = snapshot.payouts_in(OpenState::Ready, Page::first(CANDIDATES))?;
        if let Some(end) = numbers.last().filter(|_| numbers.len() == CANDIDATES) {
            let turn = Page { after: self.ready_after.max(end.get()), limit: CANDIDATES };
            let more = snapshot.payouts_in(OpenState::Ready, turn)?;
            self.ready_after = more.last().filter(|_| more.len() == CANDIDATES).map_or(0, |no| no.get());
            numbers.extend(more);
        }
        let (mut owed, mut spare) = (Vec::new(), Vec::new());
        let mut equal: HashMap<(Address, Droplets), u64> = HashMap::new();
        for no in numbers {
            let Some(payout) = self.candidate(snapshot, no, max_decimals)? else { continue };
            let twins = equal.entry((payout.payee, payout.amount)).or_insert(0);
            *twins = twins.saturating_add(1);
            let list = if *twins <= self.rail.max_equal() { &mut owed } else { &mut spare };
            list.push(payout);
        }
        spare.truncate(CANDIDATES.saturating_sub(owed.len()));
        owed.extend(spare);
        Ok(owed)
    }

    fn candidate(
        &mut self,
        snapshot: &Snapshot,
        no: DepositNo,
        max_decimals: u8,
    ) -> Result<Option<Owed>, StepError> {
        let Some(Purchase { deposit, payout: Some(payout) }) = snapshot.purchase(no)? else {
            return Ok(None);
        };
        let is_payable = match &payout.state {
            PayoutState::Owed { .. } => true,
            PayoutState::Held { why, .. } => {
                !matches!(why, HoldReason::DepositOrphaned | HoldReason::Unpayable | HoldReason::NoPrice)
            }
            PayoutState::Undecided
            | PayoutState::Signed { .. }
            | PayoutState::Sent { .. }
            | PayoutState::Settled { .. }
            | PayoutState::Void
            | PayoutState::Voided { .. }
            | PayoutState::ToBuy { .. }
            | PayoutState::Buying { .. }
            | PayoutState::Inherited(_) => false,
        };
        let Some(amount) = payout.payable(deposit.quote, max_decimals) else { return Ok(None) };
        let owed = Owed { no, payee: payout.payee, amount };
        let is_stopped = self.stopped.contains(&deposit.id.coin) || self.is_in_doubt(&deposit, &payout);
        let is_payable = is_payable && may_leave(&deposit, &payout) && !is_stopped;
        Ok(Some(owed).filter(|_| is_payable && !self.awaits_second_node(&deposit, amount)))
    }
}

/// The number that the next transaction is stored under: nobody but the payer signs.
pub(super) fn next_attempt(snapshot: &Snapshot) -> AttemptNo {
    AttemptNo::new(snapshot.counters().attempts).next()
}

/// What was signed under a number is stored under it, or not at all.
pub(super) fn same_number(asked: AttemptNo, stored: AttemptNo) -> Result<(), StoreError> {
    if asked == stored {
        return Ok(());
    }
    Err(StoreError::Invariant(format!("transaction {asked} was signed, and would be stored as {stored}")))
}

/// What no transaction spends: none of ours, sent or not, and none that the operator made with the same keys.
pub(super) fn free(snapshot: &Snapshot, claims: &Claims) -> Result<HashSet<Claim>, StoreError> {
    let mut free: HashSet<Claim> = claims.all.iter().copied().collect();
    for output in &claims.leaving {
        free.remove(output);
    }
    for output in &claims.all {
        if snapshot.claimed_by(*output)?.is_some() {
            free.remove(output);
        }
    }
    Ok(free)
}

/// The holds that are news: a payout that is held for the same kind of reason already is left alone.
fn newly_held(
    snapshot: &Snapshot,
    held: &[(DepositNo, Hold)],
) -> Result<Vec<(DepositNo, HoldReason)>, StoreError> {
    let mut news = Vec::new();
    for (no, why) in held {
        let known = snapshot.payout(*no)?.map(|payout| payout.state);
        let same_kind = matches!(&known, Some(PayoutState::Held { why: HoldReason::Rail(known), .. })
            if std::mem::discriminant(known) == std::mem::discriminant(why));
        if !same_kind {
            news.push((*no, HoldReason::Rail(why.clone())));
        }
    }
    Ok(news)
}

fn hold_all(tx: &mut WriteTx<'_>, held: &[(DepositNo, HoldReason)]) -> Result<(), StoreError> {
    held.iter()
        .try_for_each(|(payout, why)| tx.record(PayoutEvent::Held { payout: *payout, why: why.clone() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_store_nothing_under_another_number_than_it_was_signed_for() {
        let (first, second) = (AttemptNo::FIRST, AttemptNo::FIRST.next());
        assert_eq!(same_number(first, first), Ok(()));
        let refused = same_number(first, second).unwrap_err();
        // The payer plans anew: nothing was stored, and so nothing was sent.
        assert!(matches!(refused, StoreError::Invariant(_)) && StepError::from(refused).is_transient);
    }
}

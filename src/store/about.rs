//! Which events are about a deposit, a transaction, an order or a withdrawal: stories without a walk over all events.

use super::codec;
use super::events::{AttemptEvent, DepositEvent, Event, OrderEvent, PayoutEvent, Record, WalletEvent};
use super::kv::{Table, prefix_end};
use super::tables::Tables;
use super::tx::WriteTx;
use super::{StoreError, history_row, invariant};
use crate::rail::Pays;
use crate::types::{AttemptNo, DepositNo, OrderNo, WithdrawalNo};

/// What an event can be about. Stored: the numbers of the kinds never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A deposit, and what is owed for it.
    Deposit(DepositNo),
    /// A transaction of this desk.
    Transaction(AttemptNo),
    /// An order upstream.
    Order(OrderNo),
    /// A withdrawal from an exchange.
    Withdrawal(WithdrawalNo),
}

impl Subject {
    fn prefix(self) -> [u8; 9] {
        match self {
            Subject::Deposit(no) => codec::key_tagged(0, no.get()),
            Subject::Transaction(no) => codec::key_tagged(1, no.get()),
            Subject::Order(no) => codec::key_tagged(2, no.get()),
            Subject::Withdrawal(no) => codec::key_tagged(3, no.get()),
        }
    }

    fn key(self, event: u64) -> [u8; 17] {
        let mut key = [0; 17];
        key[..9].copy_from_slice(&self.prefix());
        key[9..].copy_from_slice(&codec::key(event));
        key
    }
}

/// Writes down what an event is about.
pub(super) fn note(tx: &mut WriteTx<'_>, number: u64, event: &Event) -> Result<(), StoreError> {
    let mut failed = None;
    subjects(event, &mut |subject| {
        let put = tx.kv.put(Table::EventsAbout, &subject.key(number), &[]);
        failed = failed.take().or(put.err());
    });
    failed.map_or(Ok(()), Err)
}

/// Tells what an event is about. A transaction's later events are told under its own number alone: whoever wants the
/// story of a deposit looks at the transactions that were signed for it.
fn subjects(event: &Event, tell: &mut dyn FnMut(Subject)) {
    match event {
        Event::Deposit(event) => tell(Subject::Deposit(of_deposit(event))),
        Event::Payout(event) => tell(Subject::Deposit(of_payout(event))),
        Event::Attempt(event) => of_attempt(event, tell),
        Event::Wallet(WalletEvent::SpendAdopted { attempt, pays, .. }) => of_signed(*attempt, pays, tell),
        Event::Order(event) => of_order(event, tell),
        Event::Withdrawal(event) => tell(Subject::Withdrawal(event.withdrawal())),
        Event::Address(_) | Event::Wallet(_) | Event::Chain(_) | Event::Price(_) | Event::Breaker(_) => {}
        Event::Person(_) | Event::Proposal(_) | Event::Switch(_) => {}
        Event::Problem(_) | Event::Receiver(_) => {}
    }
}

fn of_deposit(event: &DepositEvent) -> DepositNo {
    match event {
        DepositEvent::Seen { deposit, .. }
        | DepositEvent::Priced { deposit, .. }
        | DepositEvent::Finalized { deposit }
        | DepositEvent::Orphaned { deposit }
        | DepositEvent::Reincluded { deposit, .. }
        | DepositEvent::Inherited { deposit, .. }
        | DepositEvent::Located { deposit, .. }
        | DepositEvent::Confirming { deposit, .. }
        | DepositEvent::Quarantined { deposit } => *deposit,
    }
}

fn of_payout(event: &PayoutEvent) -> DepositNo {
    match event {
        PayoutEvent::Decided { payout, .. }
        | PayoutEvent::Held { payout, .. }
        | PayoutEvent::Released { payout }
        | PayoutEvent::Cut { payout, .. }
        | PayoutEvent::Ruled { payout, .. }
        | PayoutEvent::PurchaseEnded { payout, .. }
        | PayoutEvent::PaidDirect { payout, .. }
        | PayoutEvent::PaidBefore { payout, .. }
        | PayoutEvent::PurchasePaused { payout, .. }
        | PayoutEvent::PurchaseResumed { payout, .. } => *payout,
    }
}

fn of_attempt(event: &AttemptEvent, tell: &mut dyn FnMut(Subject)) {
    match event {
        AttemptEvent::Signed { attempt, pays, .. } => of_signed(*attempt, pays, tell),
        AttemptEvent::WithdrawalSigned { attempt, of, .. } => {
            tell(Subject::Transaction(*attempt));
            tell(Subject::Transaction(*of));
        }
        AttemptEvent::Sent { attempt }
        | AttemptEvent::Refused { attempt, .. }
        | AttemptEvent::Taken { attempt }
        | AttemptEvent::RetryAsked { attempt, .. }
        | AttemptEvent::Abandoned { attempt, .. }
        | AttemptEvent::Settled { attempt, .. }
        | AttemptEvent::Died { attempt, .. }
        | AttemptEvent::WithdrawalAsked { attempt, .. }
        | AttemptEvent::SendOnAsked { attempt, .. } => tell(Subject::Transaction(*attempt)),
    }
}

fn of_signed(attempt: AttemptNo, pays: &[Pays], tell: &mut dyn FnMut(Subject)) {
    tell(Subject::Transaction(attempt));
    pays.iter().for_each(|paid| tell(Subject::Deposit(paid.payout)));
}

fn of_order(event: &OrderEvent, tell: &mut dyn FnMut(Subject)) {
    match event {
        OrderEvent::Intended { order, shares, .. } => {
            tell(Subject::Order(*order));
            shares.iter().for_each(|share| tell(Subject::Deposit(share.payout)));
        }
        OrderEvent::Placed { order, .. }
        | OrderEvent::Doubted { order, .. }
        | OrderEvent::Missed { order, .. }
        | OrderEvent::Held { order, .. }
        | OrderEvent::Closed { order, .. }
        | OrderEvent::LookAsked { order, .. } => tell(Subject::Order(*order)),
    }
}

/// The transaction or order that an event of a deposit leads to.
fn leads_to(event: &Event) -> Option<Subject> {
    match event {
        Event::Attempt(
            AttemptEvent::Signed { attempt, .. } | AttemptEvent::WithdrawalSigned { attempt, .. },
        )
        | Event::Wallet(WalletEvent::SpendAdopted { attempt, .. }) => Some(Subject::Transaction(*attempt)),
        Event::Order(OrderEvent::Intended { order, .. }) => Some(Subject::Order(*order)),
        _ => None,
    }
}

/// Reads of stories.
pub trait Stories: Tables {
    /// Returns the events about something, with their numbers, ascending: at most `limit` after the number `after`.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn events_about(
        &self,
        subject: Subject,
        after: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Record)>, StoreError> {
        let table = Table::EventsAbout;
        let from = subject.key(after.saturating_add(1));
        let rows = self.kv().scan(table, &from, prefix_end(&subject.prefix()).as_deref())?.take(limit);
        rows.map(|row| {
            let number = codec::number_at_end(table, &row?.0)?;
            let key = codec::key(number);
            let row = self.kv().get(Table::Events, &key)?;
            let row = row.ok_or_else(|| invariant("an event that is named exists"))?;
            Ok((number, history_row::decode(&key, &row)?))
        })
        .collect()
    }

    /// Returns what happened to a deposit: its own events and those of the transactions and orders that were made for
    /// it, ascending, at most `limit` after the number `after`.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn story_of(
        &self,
        deposit: DepositNo,
        after: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Record)>, StoreError> {
        let mut story = self.whole_story_of(deposit)?;
        story.retain(|(number, _)| *number > after);
        story.truncate(limit);
        Ok(story)
    }

    /// Returns the same from its end: the last `limit` of those before the number `before`, ascending.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn story_before(
        &self,
        deposit: DepositNo,
        before: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Record)>, StoreError> {
        let mut story = self.whole_story_of(deposit)?;
        story.retain(|(number, _)| *number < before);
        Ok(story.split_off(story.len().saturating_sub(limit)))
    }

    /// Returns all of it.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn whole_story_of(&self, deposit: DepositNo) -> Result<Vec<(u64, Record)>, StoreError> {
        let mut story = self.events_about(Subject::Deposit(deposit), 0, usize::MAX)?;
        let mut known = Vec::new();
        let mut next: Vec<Subject> = story.iter().filter_map(|(_, record)| leads_to(&record.event)).collect();
        while let Some(subject) = next.pop() {
            if known.contains(&subject) {
                continue;
            }
            known.push(subject);
            let events = self.events_about(subject, 0, usize::MAX)?;
            next.extend(events.iter().filter_map(|(_, record)| leads_to(&record.event)));
            story.extend(events);
        }
        story.sort_unstable_by_key(|(number, _)| *number);
        story.dedup_by_key(|(number, _)| *number);
        Ok(story)
    }
}

impl<T: Tables + ?Sized> Stories for T {}

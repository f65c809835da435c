//! The only way to change anything: `WriteTx::record(event)` appends the event and updates the tables together. A job
//! that fails after it recorded something never commits.

use super::codec::{self, key};
use super::counters::step;
use super::events::{AddressEvent, AttemptEvent, DepositEvent, Event, PayoutEvent, Record};
use super::kv::Table;
use super::pools::Offer;
use super::tables::Binding;
use super::telling::Telling;
use super::tx::{TxDraft, WriteTx};
use super::{NewDeposit, StoreError, about, apply, history_row, invariant, story};
use crate::address::DepositAddress;
use crate::ledger::Entry;
use crate::price::BindPromise;
use crate::rail::Pays;
use crate::skycoin::Address;
use crate::types::{Actor, AttemptNo, BindingNo, DepositNo};

impl WriteTx<'_> {
    /// Appends what the desk did or found out by itself, and updates everything that follows from it.
    pub fn record(&mut self, event: impl Into<Event>) -> Result<(), StoreError> {
        self.append(Record { at: self.now, event: event.into(), by: None })
    }

    /// Appends the act of a person, and updates everything that follows from it.
    pub fn record_act(&mut self, by: Actor, act: impl Into<Event>) -> Result<(), StoreError> {
        self.append(Record { at: self.now, event: act.into(), by: Some(by) })
    }

    fn append(&mut self, record: Record) -> Result<(), StoreError> {
        self.changed();
        let number = self.enchain(&codec::encode(&record))?;
        let told = match self.story {
            None => None,
            Some(_) if self.is_whole_story => Some((tracing::Level::INFO, record.told())),
            Some(_) => story::line(&record),
        };
        about::note(self, number, &record.event)?;
        self.entry = Entry::default();
        apply::apply(self, record)?;
        self.enter()?;
        if let Some((level, mut told)) = told {
            story::name(&mut told, self);
            self.story.iter_mut().for_each(|story| story.push((level, told.clone())));
        }
        Ok(())
    }

    /// Stores the bytes of the next event behind all others; answers its number.
    fn enchain(&mut self, bytes: &[u8]) -> Result<u64, StoreError> {
        let before = self.head();
        step(&mut self.draft.counters.events, true)?;
        let head = history_row::next(before, bytes);
        self.draft.counters.history = head.hash;
        self.kv.put(Table::Events, &key(head.number), &history_row::row(head.hash, bytes))?;
        Ok(head.number)
    }

    pub(super) fn begin_story(&mut self, is_read: bool, is_whole: bool) {
        self.story = is_read.then(Vec::new);
        self.is_whole_story = is_whole;
    }

    pub(super) fn end_story(&mut self) -> Vec<(tracing::Level, Telling)> {
        self.story.take().unwrap_or_default()
    }

    /// Takes over an event that was recorded before; answers its entry.
    pub(super) fn replay(&mut self, record: Record) -> Result<&Entry, StoreError> {
        self.now = record.at;
        self.append(record)?;
        Ok(&self.entry)
    }

    /// Writes what is kept once per transaction rather than once per event.
    pub(super) fn finish(mut self) -> Result<TxDraft, StoreError> {
        self.draft.counters.save(self.kv)?;
        self.save_balances()?;
        self.save_days()?;
        self.save_hours()?;
        self.draft.pools.save(self.kv)?;
        self.save_accounts()?;
        Ok(self.draft)
    }

    /// Binds a deposit address to a payee. The address must not be bound.
    pub fn bind(&mut self, payee: Address, address: DepositAddress) -> Result<BindingNo, StoreError> {
        self.bind_offer(payee, Offer { address, derivation: None })
    }

    /// Binds an address that a pool handed out to a payee.
    pub fn bind_offer(&mut self, payee: Address, offer: Offer) -> Result<BindingNo, StoreError> {
        self.bind_promised(payee, offer, None)
    }

    /// The same, with prices that are promised for what comes in time.
    pub fn bind_promised(
        &mut self,
        payee: Address,
        offer: Offer,
        promise: Option<BindPromise>,
    ) -> Result<BindingNo, StoreError> {
        let Offer { address, derivation } = offer;
        let binding = BindingNo::new(self.draft.counters.bindings).next();
        let payee_seq = self.next_payee_seq(&payee)?;
        self.record(AddressEvent::Bound { binding, address, payee, payee_seq, derivation, promise })?;
        Ok(binding)
    }

    /// Takes up a deposit to a bound address. A deposit with this id must not exist.
    pub fn see_deposit(&mut self, binding: &Binding, new: NewDeposit) -> Result<DepositNo, StoreError> {
        let deposit = DepositNo::new(self.draft.counters.deposits).next();
        let payee_seq = self.next_deposit_seq(binding)?;
        let NewDeposit { id, token, amount, rate, quote, block, method, priced } = new;
        let binding = binding.no;
        let seen = DepositEvent::Seen {
            deposit,
            id,
            binding,
            payee_seq,
            amount,
            rate,
            quote,
            block,
            token,
            method,
            priced,
        };
        self.record(seen)?;
        Ok(deposit)
    }

    /// Stores a signed transaction and claims its inputs. Only after this has committed may it be sent. What it spends
    /// and pays is read from its bytes: refused are those that pay anything but what is owed, or give the rest to
    /// anybody but the wallet's own address `change`.
    pub fn sign_attempt(
        &mut self,
        raw: Vec<u8>,
        change: Address,
        pays: Vec<Pays>,
    ) -> Result<AttemptNo, StoreError> {
        self.check_books()?;
        let attempt = AttemptNo::new(self.draft.counters.attempts).next();
        self.record(AttemptEvent::Signed { attempt, raw, change, pays })?;
        Ok(attempt)
    }

    /// Stores a signed transaction that spends inputs of another one back to the wallet's own address
    /// `change`. Only after this has committed may it be sent.
    pub fn sign_withdrawal(
        &mut self,
        of: AttemptNo,
        raw: Vec<u8>,
        change: Address,
    ) -> Result<AttemptNo, StoreError> {
        self.check_books()?;
        let attempt = AttemptNo::new(self.draft.counters.attempts).next();
        self.record(AttemptEvent::WithdrawalSigned { attempt, of, raw, change })?;
        Ok(attempt)
    }

    /// Makes sure that nothing was forgotten that left the hot wallet or the exchange, as far as that is known.
    pub(super) fn check_books(&self) -> Result<(), StoreError> {
        if self.draft.counters.restored > 0 {
            return Err(invariant(
                "nothing is signed, ordered or withdrawn in a restored database before a person has cleared it",
            ));
        }
        match self.draft.counters.unknown_spends {
            0 => Ok(()),
            _ => Err(invariant(
                "nothing is signed, ordered or withdrawn while a spend of the hot wallet is unknown",
            )),
        }
    }

    /// Cuts what is paid for a deposit to so many decimal places, unless it is that already.
    pub fn cut_payout(&mut self, payout: DepositNo, max_decimals: u8) -> Result<(), StoreError> {
        let known = self.known(payout)?;
        let quote = known.deposit.quote;
        let wanted = known.payout.as_ref().and_then(|payout| payout.payable(quote, max_decimals));
        if known.payout.map(|payout| payout.amount) == wanted {
            return Ok(());
        }
        self.record(PayoutEvent::Cut { payout, max_decimals })
    }
}

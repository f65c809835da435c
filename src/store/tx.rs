//! The only way to change anything: `WriteTx::record(event)` appends the event and updates the tables together.
//!
//! What is kept in memory beside the tables (the index, the pools' positions) is changed on a draft, which becomes
//! true only when the commit has answered. A job that fails after it recorded something never commits.

use std::collections::HashMap;

use super::accounts::{Account, Derivation};
use super::apply;
use super::codec::{self, key};
use super::counters::{Counters, step};
use super::events::{AddressEvent, AttemptEvent, DepositEvent, Event, PayoutEvent, Record};
use super::index::{Index, Payee};
use super::kv::{Read, Table, Write};
use super::pool::{Offer, PoolDraft, Pools};
use super::rows;
use super::story::{self, Telling};
use super::tables::{Binding, Purchase, Tables};
use super::wallet_addresses::WalletAddresses;
use super::{StoreError, invariant};
use crate::address::{AddressKey, DepositAddress};
use crate::deposit::{BlockAt, Deposit, DepositState};
use crate::ledger::Entry;
use crate::payout::Pays;
use crate::skycoin::Address;
use crate::types::{Actor, AttemptNo, BindingNo, DepositId, DepositNo, Droplets, Token, Units, UnixTime};

/// A write in progress.
pub struct WriteTx<'a> {
    pub(super) kv: &'a mut dyn Write,
    index: &'a Index,
    pub(super) draft: Draft,
    now: UnixTime,
    /// What the event that is being applied puts to accounts.
    pub(super) entry: Entry,
    /// What the log will tell of it, where somebody reads that.
    story: Option<Vec<(tracing::Level, Telling)>>,
}

/// What the write changes in memory, once it is committed.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) counters: Counters,
    pub(super) pools: PoolDraft,
    /// Rows of accounts that are written when the transaction ends.
    pub(super) accounts: Vec<Account>,
    /// What was put to accounts of the books: balances are written when the transaction ends.
    pub(super) entered: Entry,
    addresses: HashMap<AddressKey, BindingNo, foldhash::fast::RandomState>,
    payees: HashMap<Address, PayeeDraft, foldhash::fast::RandomState>,
    /// How often something was changed: tells whether a failed job left anything behind.
    changes: u64,
    /// Whether workers have something new to look at.
    pub(super) work: bool,
}

#[derive(Debug, Clone, Copy)]
struct PayeeDraft {
    before: Option<BindingNo>,
    now: Payee,
}

impl Draft {
    pub(super) fn new(counters: Counters, pools: Pools) -> Self {
        Draft {
            counters,
            pools: PoolDraft::new(pools),
            accounts: Vec::new(),
            entered: Entry::default(),
            addresses: HashMap::default(),
            payees: HashMap::default(),
            changes: 0,
            work: false,
        }
    }

    /// Makes the index follow what was committed.
    pub(super) fn publish(&self, index: &Index) -> Result<(), StoreError> {
        for (address, binding) in &self.addresses {
            index.add_address(address, *binding)?;
        }
        for (payee, draft) in &self.payees {
            index.set_payee(payee.as_bytes(), draft.before, draft.now)?;
        }
        Ok(())
    }
}

impl Tables for WriteTx<'_> {
    fn kv(&self) -> &dyn Read {
        // Reads go through the transaction, so that they see its own writes.
        &*self.kv
    }
}

impl std::fmt::Debug for WriteTx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WriteTx").field("now", &self.now).finish_non_exhaustive()
    }
}

impl<'a> WriteTx<'a> {
    pub(super) fn new(kv: &'a mut dyn Write, index: &'a Index, draft: Draft, now: UnixTime) -> Self {
        WriteTx { kv, index, draft, now, entry: Entry::default(), story: None }
    }

    /// Whether a pool in use has this address.
    pub(super) fn is_pooled(&self, address: &DepositAddress) -> bool {
        self.index.is_pooled(address)
    }

    /// The moment that this write carries.
    pub fn now(&self) -> UnixTime {
        self.now
    }

    pub fn counters(&self) -> &Counters {
        &self.draft.counters
    }

    pub(super) fn changes(&self) -> u64 {
        self.draft.changes
    }

    pub(super) fn changed(&mut self) {
        self.draft.changes = self.draft.changes.saturating_add(1);
    }

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
        step(&mut self.draft.counters.events, true)?;
        let number = self.draft.counters.events;
        self.kv.put(Table::Events, &key(number), &codec::encode(&record))?;
        let told = self.story.is_some().then(|| story::line(&record)).flatten();
        self.entry = Entry::default();
        apply::apply(self, record)?;
        self.enter()?;
        if let Some((level, mut told)) = told {
            story::name(&mut told, self);
            self.story.iter_mut().for_each(|story| story.push((level, told.clone())));
        }
        Ok(())
    }

    pub(super) fn begin_story(&mut self, is_read: bool) {
        self.story = is_read.then(Vec::new);
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
    pub(super) fn finish(mut self) -> Result<Draft, StoreError> {
        self.draft.counters.save(self.kv)?;
        self.save_balances()?;
        self.draft.pools.save(self.kv)?;
        self.save_accounts()?;
        Ok(self.draft)
    }

    /// The binding of a deposit address, also when it was made in this very transaction.
    pub fn find_address(&self, address: &DepositAddress) -> Result<Option<Binding>, StoreError> {
        let wanted = address.key();
        match self.draft.addresses.get(&wanted) {
            Some(binding) => self.binding(*binding),
            None => find_address(self.kv(), self.index, &wanted),
        }
    }

    fn find_payee(&self, payee: &Address) -> Result<Option<PayeeDraft>, StoreError> {
        if let Some(draft) = self.draft.payees.get(payee) {
            return Ok(Some(*draft));
        }
        let known = find_payee(self.kv(), self.index, payee)?;
        Ok(known.map(|(now, _)| PayeeDraft { before: Some(now.last), now }))
    }

    /// How many addresses a payee is bound to, over all coins.
    pub fn bindings_count(&self, payee: &Address) -> Result<u32, StoreError> {
        Ok(self.find_payee(payee)?.map_or(0, |payee| payee.now.bindings))
    }

    /// The next number that a payee sees in their status.
    pub fn next_payee_seq(&self, payee: &Address) -> Result<u32, StoreError> {
        let seqs = self.find_payee(payee)?.map_or(0, |payee| payee.now.seqs);
        seqs.checked_add(1).ok_or_else(|| invariant("a payee has no status numbers left"))
    }

    /// The number that a new deposit to this binding will be seen under: the binding's own for the first one.
    pub fn next_deposit_seq(&self, binding: &Binding) -> Result<u32, StoreError> {
        match self.known_binding(binding.no)?.last_deposit {
            None => Ok(binding.payee_seq),
            Some(_) => self.next_payee_seq(&binding.payee),
        }
    }

    /// Binds a deposit address to a payee. The address must not be bound.
    pub fn bind(&mut self, payee: Address, address: DepositAddress) -> Result<BindingNo, StoreError> {
        self.bind_offer(payee, Offer { address, derivation: None })
    }

    /// Binds an address that a pool handed out to a payee.
    pub fn bind_offer(&mut self, payee: Address, offer: Offer) -> Result<BindingNo, StoreError> {
        let Offer { address, derivation } = offer;
        let binding = BindingNo::new(self.draft.counters.bindings).next();
        let payee_seq = self.next_payee_seq(&payee)?;
        self.record(AddressEvent::Bound { binding, address, payee, payee_seq, derivation })?;
        Ok(binding)
    }

    /// Takes up a deposit to a bound address. A deposit with this id must not exist.
    pub fn see_deposit(&mut self, binding: &Binding, new: NewDeposit) -> Result<DepositNo, StoreError> {
        let deposit = DepositNo::new(self.draft.counters.deposits).next();
        let payee_seq = self.next_deposit_seq(binding)?;
        let NewDeposit { id, token, amount, rate, quote, block } = new;
        let binding = binding.no;
        let seen = DepositEvent::Seen { deposit, id, binding, payee_seq, amount, rate, quote, block, token };
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

    fn check_books(&self) -> Result<(), StoreError> {
        match self.draft.counters.unknown_spends {
            0 => Ok(()),
            _ => Err(invariant("nothing is signed while a spend of the hot wallet is unknown")),
        }
    }

    /// Cuts what is paid for a deposit to so many decimal places, unless it is that already.
    pub fn cut_payout(&mut self, payout: DepositNo, max_decimals: u8) -> Result<(), StoreError> {
        let known = self.known(payout)?;
        let wanted = known.deposit.quote.map(|quote| quote.cut_to(max_decimals));
        if known.payout.map(|payout| payout.amount) == wanted {
            return Ok(());
        }
        self.record(PayoutEvent::Cut { payout, max_decimals })
    }

    pub(super) fn insert_binding(&mut self, binding: Binding) -> Result<(), StoreError> {
        if self.find_address(&binding.address)?.is_some() {
            return Err(invariant("an address is bound at most once"));
        }
        self.is_for_buyers(&binding.address)?;
        let number = binding.no.get();
        if number != self.draft.counters.bindings.saturating_add(1) {
            return Err(invariant("bindings are numbered without gaps"));
        }
        if let Some(Derivation { account, index }) = binding.derivation {
            self.change_account(account, |account| account.give_out(index))?;
        }
        let known = self.find_payee(&binding.payee)?;
        let before = known.and_then(|known| known.before);
        let bindings = known.map_or(0, |known| known.now.bindings).saturating_add(1);
        let seqs = known.map_or(0, |known| known.now.seqs).max(binding.payee_seq);
        let binding = Binding { previous: known.map(|known| known.now.last), ..binding };
        self.kv.put(Table::Bindings, &key(number), &codec::encode(&binding))?;
        self.draft.counters.bindings = number;
        step(&mut self.draft.counters.bound[binding.address.coin()], true)?;
        self.draft.addresses.insert(binding.address.key(), binding.no);
        let now = Payee { last: binding.no, bindings, seqs };
        self.draft.payees.insert(binding.payee, PayeeDraft { before, now });
        Ok(())
    }

    /// A buyer who were given an address of the hot wallet would be paid for its change.
    fn is_for_buyers(&self, address: &DepositAddress) -> Result<(), StoreError> {
        match self.is_wallets(address)? {
            true => Err(invariant("an address of the wallet is no deposit address")),
            false => Ok(()),
        }
    }

    pub(super) fn is_wallets(&self, address: &DepositAddress) -> Result<bool, StoreError> {
        address.as_skycoin().map_or(Ok(false), |own| self.is_of_wallet(&own))
    }

    pub(super) fn insert_deposit(&mut self, deposit: Deposit) -> Result<(), StoreError> {
        if self.deposit_no(&deposit.id)?.is_some() {
            return Err(invariant("a deposit is inserted once"));
        }
        let number = deposit.no.get();
        if number != self.draft.counters.deposits.saturating_add(1) {
            return Err(invariant("deposits are numbered without gaps"));
        }
        let binding = self.known_binding(deposit.binding)?;
        if let Some(Derivation { account, index }) = binding.derivation {
            self.receive(account, index)?;
        }
        let deposit = Deposit { previous: binding.last_deposit, ..deposit };
        let binding = Binding { last_deposit: Some(deposit.no), ..binding };
        self.draft.counters.deposits = number;
        self.kv.put(Table::DepositIds, &deposit.id.key(), &key(number))?;
        self.kv.put(Table::Bindings, &key(binding.no.get()), &codec::encode(&binding))?;
        let payee = self.find_payee(&binding.payee)?.ok_or_else(|| invariant("a binding has a payee"))?;
        let now = Payee { seqs: payee.now.seqs.max(deposit.payee_seq), ..payee.now };
        self.draft.payees.insert(binding.payee, PayeeDraft { before: payee.before, now });
        rows::Change::of_new(deposit).apply(self)
    }

    fn known_binding(&self, no: BindingNo) -> Result<Binding, StoreError> {
        self.binding(no)?.ok_or_else(|| invariant("a deposit has a binding"))
    }

    /// A deposit that must exist, with its payout.
    pub(super) fn known(&self, no: DepositNo) -> Result<Purchase, StoreError> {
        self.purchase(no)?.ok_or_else(|| invariant("an event names a deposit that exists"))
    }
}

/// What a new deposit is made of, beside what the store knows itself.
#[derive(Debug, Clone)]
pub struct NewDeposit {
    pub id: DepositId,
    /// What it is of, where that is a token.
    pub token: Option<Token>,
    pub amount: Units,
    pub rate: String,
    pub quote: Option<Droplets>,
    pub block: BlockAt,
}

impl NewDeposit {
    pub(super) fn into_deposit(
        self,
        no: DepositNo,
        binding: BindingNo,
        payee_seq: u32,
        at: UnixTime,
    ) -> Deposit {
        Deposit {
            no,
            id: self.id,
            binding,
            payee_seq,
            amount: self.amount,
            rate: self.rate,
            quote: self.quote,
            seen_at: at,
            updated_at: at,
            state: DepositState::Confirming { block: self.block },
            previous: None,
            token: self.token,
        }
    }
}

/// The binding with this address, among the candidates of the index.
pub(super) fn find_address(
    kv: &dyn Read,
    index: &Index,
    wanted: &AddressKey,
) -> Result<Option<Binding>, StoreError> {
    for candidate in index.address_candidates(wanted) {
        let binding: Option<Binding> = super::tables::get(kv, Table::Bindings, &key(candidate.get()))?;
        if let Some(binding) = binding.filter(|binding| binding.address.key() == *wanted) {
            return Ok(Some(binding));
        }
    }
    Ok(None)
}

/// The payee with their latest binding, among the candidates of the index.
pub(super) fn find_payee(
    kv: &dyn Read,
    index: &Index,
    wanted: &Address,
) -> Result<Option<(Payee, Binding)>, StoreError> {
    for candidate in index.payee_candidates(wanted.as_bytes()) {
        let last: Option<Binding> = super::tables::get(kv, Table::Bindings, &key(candidate.last.get()))?;
        if let Some(last) = last.filter(|binding| binding.payee == *wanted) {
            return Ok(Some((candidate, last)));
        }
    }
    Ok(None)
}

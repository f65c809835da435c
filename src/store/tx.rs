//! A write in progress: the tables as it has them, and the draft of what is kept in memory beside them (the index, the
//! pools' positions), which becomes true only when the commit has answered.

use std::collections::{BTreeMap, HashMap};

use super::account::Account;
use super::codec::key;
use super::counters::Counters;
use super::hour::Hour;
use super::index::Index;
use super::kv::{Read, Table, Write};
use super::payees::Payee;
use super::pools::{PoolDraft, Pools};
use super::sole_line::SoleLine;
use super::tables::{Binding, Purchase, Tables};
use super::telling::Telling;
use super::{StoreError, invariant};
use crate::address::{AddressKey, DepositAddress};
use crate::ledger::Entry;
use crate::skycoin::Address;
use crate::types::{BindingNo, DepositNo, HistoryHead, UnixTime};

/// A write in progress.
pub struct WriteTx<'a> {
    pub(super) kv: &'a mut dyn Write,
    pub(super) index: &'a Index,
    pub(super) draft: TxDraft,
    pub(super) now: UnixTime,
    /// What the event that is being applied puts to accounts.
    pub(super) entry: Entry,
    /// What the log will tell of it, where somebody reads that.
    pub(super) story: Option<Vec<(tracing::Level, Telling)>>,
    /// Whether that is to have what the log hears of elsewhere too.
    pub(super) is_whole_story: bool,
}

/// What the write changes in memory, once it is committed.
#[derive(Debug, Clone)]
pub(super) struct TxDraft {
    pub(super) counters: Counters,
    pub(super) pools: PoolDraft,
    /// Rows of accounts that are written when the transaction ends.
    pub(super) accounts: Vec<Account>,
    /// What was put to accounts of the books: balances are written when the transaction ends.
    pub(super) entered: Entry,
    /// The same by days, which are written then too.
    pub(super) days: BTreeMap<u64, Entry>,
    /// What was seen and paid, by hours.
    pub(super) hours: BTreeMap<u64, Hour>,
    pub(super) addresses: HashMap<AddressKey, BindingNo, foldhash::fast::RandomState>,
    pub(super) payees: HashMap<Address, PayeeDraft, foldhash::fast::RandomState>,
    /// What the only line of a binding's payee is, if they have one.
    pub(super) sole_lines: HashMap<BindingNo, (Address, Option<SoleLine>), foldhash::fast::RandomState>,
    /// How often something was changed: tells whether a failed job left anything behind.
    changes: u64,
    /// Whether workers have something new to look at.
    pub(super) work: bool,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct PayeeDraft {
    pub(super) before: Option<BindingNo>,
    pub(super) now: Payee,
}

impl TxDraft {
    pub(super) fn new(counters: Counters, pools: Pools) -> Self {
        TxDraft {
            counters,
            pools: PoolDraft::new(pools),
            accounts: Vec::new(),
            entered: Entry::default(),
            days: BTreeMap::new(),
            hours: BTreeMap::new(),
            addresses: HashMap::default(),
            payees: HashMap::default(),
            sole_lines: HashMap::default(),
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
        for (binding, (payee, line)) in &self.sole_lines {
            index.set_sole_line(payee.as_bytes(), *binding, *line)?;
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
    pub(super) fn new(kv: &'a mut dyn Write, index: &'a Index, draft: TxDraft, now: UnixTime) -> Self {
        WriteTx { kv, index, draft, now, entry: Entry::default(), story: None, is_whole_story: false }
    }

    /// Whether a pool in use has this address.
    pub(super) fn is_pooled(&self, address: &DepositAddress) -> bool {
        self.index.is_pooled(address)
    }

    /// The moment that this write carries.
    pub fn now(&self) -> UnixTime {
        self.now
    }

    /// Returns the counts as this write has them so far.
    pub fn counters(&self) -> &Counters {
        &self.draft.counters
    }

    /// Returns the head of the history as this write has it so far.
    pub fn head(&self) -> HistoryHead {
        self.draft.counters.head()
    }

    pub(super) fn changes(&self) -> u64 {
        self.draft.changes
    }

    pub(super) fn changed(&mut self) {
        self.draft.changes = self.draft.changes.saturating_add(1);
    }

    /// The binding of a deposit address, also when it was made in this very transaction.
    pub fn find_address(&self, address: &DepositAddress) -> Result<Option<Binding>, StoreError> {
        let wanted = address.key();
        match self.draft.addresses.get(&wanted) {
            Some(binding) => self.binding(*binding),
            None => find_address(self.kv(), self.index, &wanted),
        }
    }

    pub(super) fn find_payee(&self, payee: &Address) -> Result<Option<PayeeDraft>, StoreError> {
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

    pub(super) fn known_binding(&self, no: BindingNo) -> Result<Binding, StoreError> {
        self.binding(no)?.ok_or_else(|| invariant("a deposit has a binding"))
    }

    /// A deposit that must exist, with its payout.
    pub(super) fn known(&self, no: DepositNo) -> Result<Purchase, StoreError> {
        self.purchase(no)?.ok_or_else(|| invariant("an event names a deposit that exists"))
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

//! The invariants, checked on the stored data: always at start, and in full by `tool db check`.
//!
//! One walk over each table of facts, in step where two belong together; it also builds the index, and sums up what the
//! index tables should hold. Then every table is read once and held against its seal. The full audit also replays all
//! events into an empty store that must come out the same.

use std::cell::Cell;

use super::audit_accounts::AccountAudit;
use super::audit_report::{AuditReport, Rows};
use super::audit_tables::{Expected, Known, entries_of_purchase};
use super::codec::{self, key};
use super::counters::{Counters, step};
use super::history::Walk;
use super::index::Index;
use super::kv::{Read, Table};
use super::payees::Payee;
use super::row_keys::is_errored;
use super::seal::Seal;
use super::sole_line::SoleLine;
use super::tables::{Binding, Purchase};
use super::tx::{find_address, find_payee};
use super::{OpenState, StoreError};
use crate::deposit::{Deposit, DepositState};
use crate::ledger::{self, Entry};
use crate::payout::{Payout, Waiting, public_status};
use crate::types::{Droplets, Units};

/// An audit of one snapshot.
pub struct Audit<'a> {
    pub(super) kv: &'a dyn Read,
    pub(super) progress: &'a dyn Fn(u64),
    pub(super) report: AuditReport,
    pub(super) counted: Counters,
    /// What the rows come to in the books.
    pub(super) booked: Entry,
    deposited_to: DepositedTo,
    pub(super) expected: Expected,
    pub(super) read: Known,
    pub(super) accounts: AccountAudit,
}

/// Bindings with deposits, and the ends of their chains: as many of each.
#[derive(Debug, Clone, Copy, Default)]
struct DepositedTo {
    bindings: u64,
    first: u64,
    latest: u64,
}

impl std::fmt::Debug for Audit<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Audit").field("report", &self.report).finish_non_exhaustive()
    }
}

impl<'a> Audit<'a> {
    /// Returns an audit that has looked at nothing yet. `progress` hears now and then how many rows were looked at.
    pub fn new(kv: &'a dyn Read, progress: &'a dyn Fn(u64)) -> Self {
        let (report, counted) = (AuditReport::default(), Counters::default());
        Audit {
            kv,
            progress,
            report,
            counted,
            booked: Entry::default(),
            deposited_to: DepositedTo::default(),
            expected: Expected::default(),
            read: Known::default(),
            accounts: AccountAudit::default(),
        }
    }

    pub(super) fn seen_row(&mut self) {
        self.report.seen_row(self.progress);
    }

    pub(super) fn bindings(&mut self, index: &Index) -> Result<(), StoreError> {
        let (mut last, seal) = (0, Cell::new(Seal::default()));
        for row in sealed_rows::<Binding>(self.kv, Table::Bindings, &seal)? {
            let (number, binding) = row?;
            self.seen_row();
            self.report.check(number == last + 1 && binding.no.get() == number, || {
                format!("binding {number} follows {last}")
            });
            last = number;
            let twin = find_address(self.kv, index, &binding.address.key())?;
            self.report.check(twin.is_none(), || format!("{} is bound twice", binding.address));
            index.add_address(&binding.address.key(), binding.no)?;
            let known = find_payee(self.kv, index, &binding.payee)?.map(|(payee, _)| payee);
            let expected = known.map(|payee| payee.last);
            self.report.check(binding.previous == expected, || {
                format!("binding {number} names {:?} before it, not {expected:?}", binding.previous)
            });
            let bindings = known.map_or(0, |payee| payee.bindings) + 1;
            let seqs = known.map_or(0, |payee| payee.seqs).max(binding.payee_seq);
            index.set_payee(
                binding.payee.as_bytes(),
                expected,
                Payee { last: binding.no, bindings, seqs },
            )?;
            if binding.last_deposit.is_none() {
                let line = SoleLine::of_binding(&binding);
                index.set_sole_line(binding.payee.as_bytes(), binding.no, Some(line))?;
            }
            step(&mut self.counted.bound[binding.address.coin()], true)?;
            self.deposited_to.bindings += u64::from(binding.last_deposit.is_some());
            self.accounts.bound(&binding, &mut self.report);
        }
        self.counted.bindings = last;
        self.read.note(Table::Bindings, seal.get());
        Ok(())
    }

    pub(super) fn deposits(&mut self, index: &Index) -> Result<(), StoreError> {
        let (mut last, seal) = (0, Cell::new(Seal::default()));
        for row in sealed_rows::<Purchase>(self.kv, Table::Deposits, &seal)? {
            let (number, purchase) = row?;
            self.seen_row();
            entries_of_purchase(&purchase, &mut self.expected);
            let line = SoleLine::of_purchase(&purchase);
            let Purchase { deposit, payout } = purchase;
            self.report.check(number == last + 1 && deposit.no.get() == number, || {
                format!("deposit {number} follows {last}")
            });
            last = number;
            self.deposit(&deposit, payout.as_ref())?;
            self.place_of(index, &deposit)?;
            if let Some(payout) = payout.filter(|_| line.is_some()) {
                index.set_sole_line(payout.payee.as_bytes(), deposit.binding, line)?;
            }
        }
        self.counted.deposits = last;
        self.read.note(Table::Deposits, seal.get());
        let DepositedTo { bindings, first, latest } = self.deposited_to;
        self.report.check(first == bindings && latest == bindings, || {
            format!("{bindings} bindings name a deposit, {first} deposits are the first and {latest} the latest of one")
        });
        Ok(())
    }

    fn deposit(&mut self, deposit: &Deposit, payout: Option<&Payout>) -> Result<(), StoreError> {
        let no = deposit.no;
        let needs_payout = match deposit.state {
            DepositState::Final { .. } | DepositState::Quarantined { .. } => true,
            DepositState::Confirming { .. } | DepositState::Orphaned { .. } => false,
        };
        self.report.check(!needs_payout || payout.is_some(), || format!("deposit {no} has no payout"));
        let status = public_status(deposit, payout).tag();
        self.counted.by_status[deposit.id.coin][usize::from(status)] += 1;
        self.booked.add(&ledger::of_purchase(deposit, payout)?)?;
        let Some(payout) = payout else { return Ok(()) };
        let amounts_agree = payout.no == no && pays_its_worth(deposit, payout);
        self.report.check(amounts_agree, || format!("payout {no} does not pay what deposit {no} is worth"));
        let counted = &mut self.counted;
        counted.errored += u64::from(is_errored(deposit, payout));
        if let Some((code, _)) = Waiting::of(deposit, payout) {
            counted.waiting[usize::from(code.tag())] += 1;
        }
        match OpenState::of(deposit, payout) {
            Some(OpenState::Undecided) => counted.undecided += 1,
            Some(OpenState::Ready) => counted.ready += 1,
            Some(OpenState::Held) => counted.held += 1,
            Some(OpenState::ToBuy) => counted.to_buy += 1,
            None => {}
        }
        Ok(())
    }

    /// The deposit's place among those to its address.
    fn place_of(&mut self, index: &Index, deposit: &Deposit) -> Result<(), StoreError> {
        let binding: Option<Binding> =
            super::tables::get(self.kv, Table::Bindings, &key(deposit.binding.get()))?;
        let Some(binding) = binding else {
            self.report.check(false, || format!("deposit {} has no binding", deposit.no));
            return Ok(());
        };
        let no = deposit.no;
        self.accounts.received(&binding);
        self.deposited_to.latest += u64::from(binding.last_deposit == Some(no));
        self.report.check(binding.last_deposit >= Some(no), || {
            format!("binding {} knows no deposit after {:?}, {no} is one", binding.no, binding.last_deposit)
        });
        match deposit.previous {
            None => self.deposited_to.first += 1,
            Some(previous) => {
                let before: Option<Purchase> =
                    super::tables::get(self.kv, Table::Deposits, &key(previous.get()))?;
                let fits = before.is_some_and(|before| before.deposit.binding == binding.no) && previous < no;
                self.report
                    .check(fits, || format!("deposit {no} names {previous} before it, to another address"));
            }
        }
        self.note_seq(index, deposit, &binding)
    }

    /// A deposit after the first to its binding has a status number of its own; the index has to know of it.
    fn note_seq(&mut self, index: &Index, deposit: &Deposit, binding: &Binding) -> Result<(), StoreError> {
        if deposit.payee_seq == binding.payee_seq {
            return Ok(());
        }
        if let Some((payee, _)) = find_payee(self.kv, index, &binding.payee)?
            && payee.seqs < deposit.payee_seq
        {
            let now = Payee { seqs: deposit.payee_seq, ..payee };
            index.set_payee(binding.payee.as_bytes(), Some(payee.last), now)?;
        }
        Ok(())
    }

    /// Goes along the history: each event follows from the one before it.
    pub(super) fn events(&mut self) -> Result<(), StoreError> {
        let (mut walk, mut seal) = (Walk::new(), Seal::default());
        for row in self.kv.scan(Table::Events, &[], None)? {
            let (key, value) = row?;
            self.seen_row();
            seal.add(&key, &value);
            if let Some(wrong) = walk.follow(&key, &value)? {
                self.report.check(false, || format!("the history: {wrong}"));
            }
        }
        (self.counted.events, self.counted.history) = (walk.head().number, walk.head().hash);
        self.read.note(Table::Events, seal);
        Ok(())
    }
}

/// Whether a payout pays the quote of its deposit, or what was bought for it.
fn pays_its_worth(deposit: &Deposit, payout: &Payout) -> bool {
    let Some(bought) = payout.bought else { return is_cut_of(payout.amount, deposit.quote) };
    let is_spent = |left: Units| !bought.is_ended || left.is_zero();
    let adds_up = bought.budget(deposit.amount).is_ok_and(is_spent);
    let worth = payout.amount.checked_add(bought.kept).ok();
    adds_up && if bought.is_ended { worth == bought.worth().ok() } else { payout.amount.is_zero() }
}

/// Whether an amount is a quote, cut to some number of decimal places; where there is no quote it is nothing.
fn is_cut_of(amount: Droplets, quote: Option<Droplets>) -> bool {
    match quote {
        None => amount.is_zero(),
        Some(quote) => (0..=Droplets::DECIMALS).any(|decimals| quote.cut_to(decimals) == amount),
    }
}

/// All values of a table whose keys are numbers, sealed in passing: the largest tables are read once and not twice.
fn sealed_rows<'a, T: for<'b> minicbor::Decode<'b, ()> + 'a>(
    kv: &'a dyn Read,
    table: Table,
    seal: &'a Cell<Seal>,
) -> Result<Rows<'a, T>, StoreError> {
    let pairs = kv.scan(table, &[], None)?;
    Ok(Box::new(pairs.map(move |pair| {
        let (key, value) = pair?;
        seal.set(seal.get().with(&key, &value));
        Ok((codec::number_at_end(table, &key)?, codec::decode(table, &key, &value)?))
    })))
}

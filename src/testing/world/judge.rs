//! Holds a desk to its promises. What should have been paid is counted from the chains: the desk's own word
//! is taken only for which transaction pays for which deposit, and at which of the configured rates a deposit
//! was taken up.
//!
//! Every acknowledged bind is there, every acknowledged deposit is there. Whatever is confirmed in the end of
//! all that the desk ever sent, no deposit is paid twice, and none that never stood deep enough in a block of
//! the best chain. At rest each that does is paid, and nothing is open.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::restore::{self, Paid};
use super::{Service, World, price};
use crate::chain::Payment;
use crate::deposit::Deposit;
use crate::ledger::Asset;
use crate::skycoin::Address;
use crate::store::{Audit, Page, Snapshot, Store, StoreError, Tables};
use crate::testing::Broadcast;
use crate::types::{DepositId, DepositNo, Droplets, TxId, Units};

/// What one deposit is worth, by the chain that holds it.
#[derive(Debug)]
pub(super) struct Due {
    pub(super) id: DepositId,
    pub(super) asset: Asset,
    pub(super) amount: Units,
    payee: Address,
    quote: u64,
    /// It once stood as deep as is asked for.
    was_deep: bool,
    /// It does now.
    pub(super) is_deep: bool,
    /// A person has ruled that it is never paid.
    is_void: bool,
}

impl Due {
    fn has_to_be_paid(&self) -> bool {
        self.is_deep && !self.is_void && self.quote > 0
    }
}

pub(super) type Dues = BTreeMap<DepositNo, Due>;
/// Every transaction of the desk, and of those that it was before a copy was put back.
pub(super) type Ledger = HashMap<TxId, Vec<Paid>>;

pub(super) fn text(error: StoreError) -> String {
    error.to_string()
}

impl World {
    /// Holds the desk to its promises. `at_rest` says that everything should have been paid by now.
    pub fn verify(&self, at_rest: bool) -> Result<(), String> {
        let service = self.service.as_ref().ok_or("the desk is not running")?;
        if let Some(complaint) = self.complaints.first() {
            return Err(complaint.clone());
        }
        audit(&service.store)?;
        let snapshot = service.store.snapshot();
        check_sole_lines(&snapshot)?;
        self.check_binds(&snapshot)?;
        self.check_prices(&snapshot)?;
        let dues = self.dues(&snapshot)?;
        let mut ledger = self.ledger.clone();
        ledger.extend(restore::ledger(&snapshot)?);
        self.check_upstream(&snapshot, false)?;
        self.check_hearers(&snapshot, at_rest)?;
        self.check_hooks(&snapshot, at_rest)?;
        for future in self.node.futures() {
            check_sums(&dues, &future, &ledger, at_rest)?;
            check_parts(&dues, &future, &ledger, at_rest)?;
        }
        if at_rest {
            self.check_rest(service, &dues)?;
            self.check_upstream(&snapshot, true)?;
            self.check_books(&snapshot, &dues)?;
        }
        Ok(())
    }

    fn check_binds(&self, snapshot: &Snapshot) -> Result<(), String> {
        let all = snapshot.bindings(Page::ALL).map_err(text)?;
        let owners: HashMap<String, Address> =
            all.iter().map(|binding| (binding.address.to_string(), binding.payee)).collect();
        for (payee, address) in &self.acked.binds {
            if owners.get(&address.to_string()) != Some(payee) {
                return Err(format!("{address} was bound to {payee}, and is not"));
            }
        }
        Ok(())
    }

    /// What the chains say of each deposit that the desk knows.
    fn dues(&self, snapshot: &Snapshot) -> Result<Dues, String> {
        for found in &self.acked.deposits {
            if snapshot.deposit_no(&found.id).map_err(text)?.is_none() {
                return Err(format!("deposit {} was acknowledged, and is gone", found.id));
            }
        }
        let past = self.chain.past();
        let mut dues = Dues::new();
        for no in snapshot.deposits(None, Page::ALL).map_err(text)? {
            let deposit = snapshot.deposit(no).map_err(text)?.ok_or("an indexed deposit is there")?;
            let binding =
                snapshot.binding(deposit.binding).map_err(text)?.ok_or("a deposit has a binding")?;
            let is_it = |payment: &Payment| {
                let is_one = deposit.id.coin.facts().inner_transfers || payment.n == deposit.id.n;
                let (tx, amount) = (&payment.tx, payment.amount);
                is_one
                    && *tx == deposit.id.tx
                    && amount == deposit.amount
                    && payment.token == deposit.token
                    && payment.address == binding.address
            };
            let places: Vec<_> = past.iter().filter(|past| is_it(&past.payment)).collect();
            let was_handed = self.handed.iter().any(|found| {
                found.id == deposit.id && found.amount == deposit.amount && found.address == binding.address
            });
            if places.is_empty() && !was_handed {
                return Err(format!("deposit {} is in no block that ever was", deposit.id));
            }
            let required = self.settings.confirmations;
            let was_deep = was_handed || places.iter().any(|past| past.above >= required);
            let is_deep = was_handed || places.iter().any(|past| past.above >= required && past.stands);
            let decimals = u32::from(deposit.decimals());
            let quote = price::droplets(&deposit.rate, deposit.amount.get(), decimals);
            let waits = deposit.rate.is_empty() && self.settings.living.is_some();
            let is_offered = waits || self.rates.contains(&deposit.rate);
            if quote != deposit.quote.map(Droplets::get) || !is_offered {
                let (rate, given) = (&deposit.rate, deposit.quote);
                return Err(format!("deposit {} is quoted {given:?} at {rate}, not {quote:?}", deposit.id));
            }
            let is_void = snapshot.payout(no).map_err(text)?.is_some_and(|payout| payout.is_void());
            let bought = snapshot.payout(no).map_err(text)?.filter(|payout| payout.bought.is_some());
            // What was bought upstream is held against the exchange's own books.
            let worth = bought.map(|payout| payout.amount).or(deposit.quote);
            let (payee, quote) = (binding.payee, worth.map_or(0, Droplets::get));
            let asset = Asset::of_deposit(&deposit);
            let Deposit { id, amount, .. } = deposit;
            dues.insert(no, Due { id, asset, amount, payee, quote, was_deep, is_deep, is_void });
        }
        Ok(dues)
    }

    /// Nothing is open, and everything that stands deep enough is known.
    fn check_rest(&self, service: &Service, dues: &Dues) -> Result<(), String> {
        let snapshot = service.store.snapshot();
        let left = snapshot.counters();
        let open = left.undecided + left.ready + left.held + left.live_attempts;
        if open > 0 {
            return Err(format!("at rest, something is still open: {left:?}"));
        }
        let required = self.settings.confirmations;
        let first = self.settings.initial_height;
        let past = self.chain.past();
        let standing =
            past.iter().filter(|past| past.stands && past.above >= required && past.height >= first);
        let standing = standing.count();
        let handed = self.handed.iter().filter(|found| self.acked.deposits.contains(found)).count();
        let known = dues.values().filter(|due| due.is_deep).count();
        if known < standing.saturating_add(handed) {
            return Err(format!(
                "{standing} deposits stand in blocks, {handed} were handed in, {known} are known"
            ));
        }
        Ok(())
    }
}

/// Nobody gets more than the chains owe them; at rest, nobody gets less.
fn check_sums(dues: &Dues, future: &[Broadcast], ledger: &Ledger, at_rest: bool) -> Result<(), String> {
    let mut paid: BTreeMap<Address, u64> = BTreeMap::new();
    for (payee, coins) in future.iter().flat_map(|sent| &sent.payments) {
        *paid.entry(*payee).or_default() += coins.get();
    }
    let sum = |payee: &Address, counts: &dyn Fn(&Due) -> bool| -> u64 {
        dues.values().filter(|due| due.payee == *payee && counts(due)).map(|due| due.quote).sum()
    };
    // What a desk has paid for deposits that the copy which was put back does not know.
    let is_known = |id: &DepositId| dues.values().any(|due| due.id == *id);
    let before = ledger.values().flatten().filter(|paid| !is_known(&paid.deposit));
    let before: BTreeSet<_> = before.map(|paid| (paid.deposit.key(), paid.payee, paid.amount)).collect();
    for (payee, amount) in &paid {
        let most = sum(payee, &|due| due.was_deep);
        let more: u64 = before.iter().filter(|(_, to, _)| to == payee).map(|(_, _, amount)| amount).sum();
        if *amount > most + more {
            return Err(format!("{payee} is paid {amount}, the chain owed them {most} and {more}"));
        }
    }
    for payee in dues.values().map(|due| due.payee) {
        let (amount, least) = (paid.get(&payee).copied().unwrap_or(0), sum(&payee, &Due::has_to_be_paid));
        if at_rest && amount < least {
            return Err(format!("at rest, {payee} is paid {amount}, the chain owes them {least}"));
        }
    }
    Ok(())
}

/// Each deposit is paid by one transaction at most; at rest each that is due is.
fn check_parts(dues: &Dues, future: &[Broadcast], ledger: &Ledger, at_rest: bool) -> Result<(), String> {
    let mut paid_by: HashMap<&DepositId, u32> = HashMap::new();
    for sent in future.iter().filter(|sent| !sent.payments.is_empty()) {
        let paid = ledger.get(&sent.txid);
        let paid = paid.ok_or_else(|| format!("{} is no transaction of the desk", sent.txid))?;
        let pays: u64 = sent.payments.iter().map(|(_, coins)| coins.get()).sum();
        let said: u64 = paid.iter().map(|paid| paid.amount).sum();
        if pays != said {
            return Err(format!("{} pays {pays}, the desk says {said}", sent.txid));
        }
        paid.iter().for_each(|paid| *paid_by.entry(&paid.deposit).or_default() += 1);
    }
    if let Some((deposit, times)) = paid_by.iter().find(|(_, times)| **times > 1) {
        return Err(format!("deposit {deposit} is paid {times} times"));
    }
    for due in dues.values() {
        let is_paid = paid_by.contains_key(&due.id);
        if is_paid && !due.was_deep {
            return Err(format!("paid, and never deep enough: {due:?}"));
        }
        if at_rest && due.has_to_be_paid() && !is_paid {
            return Err(format!("at rest, not paid: {due:?}"));
        }
    }
    Ok(())
}

/// What is kept in memory of payees is what their rows say.
fn check_sole_lines(snapshot: &Snapshot) -> Result<(), String> {
    let bindings = snapshot.bindings(Page::ALL).map_err(text)?;
    for payee in bindings.iter().map(|binding| binding.payee).collect::<BTreeSet<_>>() {
        let (kept, read) = (snapshot.sole_line(&payee), snapshot.sole_line_of_rows(&payee).map_err(text)?);
        if kept != read {
            return Err(format!("the only line of {payee} is kept as {kept:?}, and is {read:?}"));
        }
    }
    Ok(())
}

fn audit(store: &Store) -> Result<(), String> {
    let report = Audit::new(store.snapshot().kv(), &|_| {}).run_full().map_err(|error| error.to_string())?;
    if report.findings.is_empty() { Ok(()) } else { Err(report.messages().join("\n")) }
}

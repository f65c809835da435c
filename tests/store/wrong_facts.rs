//! Facts that contradict each other although every table is sealed: a defect of the program may write such rows. The
//! next start refuses, and says which.

use std::sync::Arc;

use minicbor::{Decode, Encode};
use teller::deposit::Deposit;
use teller::payout::{Attempt, ForeignSpend, Payout, PayoutState, Refusal, SpendRuling, SpendVerdict};
use teller::store::kv::{Backend, Table, Verdict};
use teller::store::{
    Account, AddressEvent, Audit, Binding, ChainEvent, Cursor, DepositEvent, Derivation, Event,
    MemoryBackend, Purchase, Record, StoreError, Tables, chain_anew, seal_anew,
};
use teller::types::{
    AttemptNo, BindingNo, BlockHash, BlockRef, BuyMethod, Coin, DepositNo, Droplets, Height, Units, UnixTime,
};

use crate::golden::fill;
use crate::support::{addresses, open, payee};

fn filled() -> Arc<dyn Backend> {
    let backend: Arc<dyn Backend> = Arc::new(MemoryBackend::default());
    let store = open(Arc::clone(&backend)).unwrap();
    fill(&store);
    drop(store);
    backend
}

fn key(number: u64) -> Vec<u8> {
    number.to_be_bytes().to_vec()
}

fn block(height: u64) -> Vec<u8> {
    [vec![Coin::BTC.tag()], key(height)].concat()
}

/// The rows as they were, and with one of them changed, deleted or under another key.
struct Rows(Arc<dyn Backend>);

impl Rows {
    fn get(&self, table: Table, key: &[u8]) -> Vec<u8> {
        let value = self.0.snapshot().unwrap().get(table, key).unwrap();
        value.unwrap_or_else(|| panic!("{} {key:02x?}: let `fill` put something there", table.name()))
    }

    fn put(&self, table: Table, key: &[u8], value: Option<&[u8]>) {
        self.0
            .transact(&mut |kv| {
                match value {
                    Some(value) => kv.put(table, key, value)?,
                    None => drop(kv.delete(table, key)?),
                }
                Ok(Verdict::Commit)
            })
            .unwrap();
        seal_anew(&*self.0).unwrap();
    }

    /// What the next start finds where this row is another.
    fn findings(&self, table: Table, key: &[u8], value: Option<&[u8]>) -> Vec<String> {
        let before = self.get(table, key);
        self.put(table, key, value);
        let opened = open(Arc::clone(&self.0));
        let Err(StoreError::Inconsistent(findings)) = opened else { panic!("{} {key:02x?}", table.name()) };
        self.put(table, key, Some(&before));
        findings
    }

    fn changed<T: for<'b> Decode<'b, ()> + Encode<()>>(
        &self,
        table: Table,
        key: &[u8],
        change: impl FnOnce(T) -> T,
    ) -> Vec<u8> {
        let before = self.get(table, key);
        let (version, body) = before.split_first().unwrap();
        let value = change(minicbor::decode(body).unwrap());
        [vec![*version], minicbor::to_vec(&value).unwrap()].concat()
    }

    /// Changes one value, and expects a finding that says this.
    fn refuses<T: for<'b> Decode<'b, ()> + Encode<()>>(
        &self,
        table: Table,
        key: &[u8],
        change: impl FnOnce(T) -> T,
        says: &str,
    ) {
        let value = self.changed(table, key, change);
        let findings = self.findings(table, key, Some(&value));
        assert!(findings.iter().any(|finding| finding.contains(says)), "{says}: {findings:#?}");
    }

    fn refuses_purchase(&self, no: u64, change: impl FnOnce(Purchase) -> Purchase, says: &str) {
        self.refuses(Table::Deposits, &key(no), change, says);
    }
}

#[test]
fn should_refuse_bindings_that_cannot_be() {
    let rows = Rows(filled());
    let refuses = |no: u64, change: fn(Binding) -> Binding, says: &str| {
        rows.refuses(Table::Bindings, &key(no), change, says);
    };
    refuses(4, |row| Binding { no: BindingNo::new(5), ..row }, "binding 4 follows 3");
    refuses(4, |row| Binding { address: addresses(1)[0], ..row }, "is bound twice");
    refuses(2, |row| Binding { previous: None, ..row }, "binding 2 names None before it");
    refuses(4, |row| Binding { payee: payee(1), ..row }, "binding 4 names");
    let latest = |row| Binding { last_deposit: Some(DepositNo::new(3)), ..row };
    refuses(1, latest, "binding 1 knows no deposit after");
    refuses(
        4,
        |row| Binding { derivation: Some(Derivation { account: 7, index: 3 }), ..row },
        "which was not next",
    );
    refuses(
        4,
        |row| Binding { derivation: Some(Derivation { account: 1, index: 5 }), ..row },
        "account 1 is stored as",
    );
    let account = |row| Account { next: 9, ..row };
    rows.refuses(Table::Accounts, &key(1), account, "account 1 is stored as");
    let account = |row| Account { no: 2, ..row };
    rows.refuses(Table::Accounts, &key(1), account, "account 1 is stored as");
    open(rows.0).unwrap();
}

#[test]
fn should_refuse_deposits_that_cannot_be() {
    let rows = Rows(filled());
    let deposit = |no: u64, change: fn(Deposit) -> Deposit, says: &str| {
        rows.refuses_purchase(no, |row| Purchase { deposit: change(row.deposit), ..row }, says);
    };
    deposit(13, |row| Deposit { no: DepositNo::new(14), ..row }, "deposit 13 follows 12");
    deposit(5, |row| Deposit { binding: BindingNo::new(9), ..row }, "deposit 5 has no binding");
    let another = "before it, to another address";
    deposit(13, |row| Deposit { previous: Some(DepositNo::new(3)), ..row }, another);
    deposit(5, |row| Deposit { previous: Some(DepositNo::new(5)), ..row }, another);
    deposit(5, |row| Deposit { previous: Some(DepositNo::new(8)), ..row }, another);
    let sums = "3 bindings name a deposit, 4 deposits are the first and 3 the latest of one";
    deposit(5, |row| Deposit { previous: None, ..row }, sums);
    deposit(
        3,
        |row| Deposit { amount: Units::new(1), ..row },
        "the books: on account received stands 9000001",
    );

    let payout = |no: u64, change: fn(Payout) -> Payout, says: &str| {
        rows.refuses_purchase(no, |row| Purchase { payout: row.payout.map(change), ..row }, says);
    };
    let quote = "payout 3 does not pay what deposit 3";
    payout(3, |row| Payout { amount: Droplets::new(1_000_001), ..row }, quote);
    payout(3, |row| Payout { no: DepositNo::new(4), ..row }, quote);
    rows.refuses_purchase(10, |row| Purchase { payout: None, ..row }, "deposit 10 has no payout");
    open(rows.0).unwrap();
}

#[test]
fn should_refuse_transactions_that_cannot_be() {
    let rows = Rows(filled());
    let attempt = |no: u64, change: fn(Attempt) -> Attempt, says: &str| {
        rows.refuses(Table::Attempts, &key(no), change, says);
    };
    attempt(5, |row| Attempt { no: AttemptNo::new(6), ..row }, "transaction 5 follows 4");
    attempt(1, |row| Attempt { rival: None, ..row }, "withdraws 1, which knows nothing of it");
    attempt(2, |row| Attempt { kept: 1, ..row }, "0 payouts keep");
    let refusal =
        |row| Attempt { refusal: Some(Refusal { words: "no".into(), since: UnixTime::new(5) }), ..row };
    attempt(3, refusal, "has ended, and is refused");

    let payout = |no: u64, change: fn(Payout) -> Payout| {
        let says = format!("pays {no}, which is");
        rows.refuses_purchase(no, |row| Purchase { payout: row.payout.map(change), ..row }, &says);
    };
    payout(5, |row| Payout { payee: payee(9), ..row });
    payout(6, |row| Payout {
        state: PayoutState::Sent { method: BuyMethod::Direct, attempt: AttemptNo::FIRST },
        ..row
    });
    payout(7, |row| Payout {
        state: PayoutState::Sent { method: BuyMethod::Direct, attempt: AttemptNo::new(3) },
        ..row
    });
    open(rows.0).unwrap();
}

#[test]
fn should_refuse_a_followed_chain_that_cannot_be() {
    let rows = Rows(filled());
    let other = rows.get(Table::Blocks, &block(101));
    let finds = |table, key: &[u8], value: Option<&[u8]>, says: &str| {
        let findings = rows.findings(table, key, value);
        assert!(findings.iter().any(|finding| finding.contains(says)), "{says}: {findings:#?}");
    };
    finds(Table::Blocks, &block(102), Some(&other), "deposit 2 stands in block");
    finds(Table::Blocks, &block(103), None, "block 104 does not follow the one before it");
    finds(Table::Blocks, &block(105), None, "the cursor is");
    let cursor = |finalized, says: &str| {
        let change = |row| Cursor { finalized: Some(Height::new(finalized)), ..row };
        rows.refuses(Table::Cursors, &[Coin::BTC.tag()], change, says);
    };
    cursor(106, "final up to");
    cursor(104, "deposit 1 in block 104 is not final");
    open(rows.0).unwrap();
}

#[test]
fn should_refuse_a_foreign_spend_that_is_no_transaction_of_the_desk() {
    let rows = Rows(filled());
    let snapshot = rows.0.snapshot().unwrap();
    let (txid, _) = snapshot.last(Table::Spends).unwrap().unwrap();
    let adopted = |row: ForeignSpend| {
        let verdict = SpendVerdict::Adopted { attempt: AttemptNo::FIRST };
        ForeignSpend { ruling: row.ruling.map(|ruling| SpendRuling { verdict, ..ruling }), ..row }
    };
    rows.refuses(Table::Spends, &txid, adopted, "is not transaction 1");
    let unknown = |row| ForeignSpend { ruling: None, ..row };
    rows.refuses(Table::Spends, &txid, unknown, "the counters say");
    open(rows.0).unwrap();
}

#[test]
fn should_say_which_row_an_index_lacks() {
    let rows = Rows(filled());
    let status = [vec![6], key(7)].concat();
    let findings = rows.findings(Table::DepositsByStatus, &status, None);
    let lacks = "table deposits_by_status lacks the entry 060000000000000007, or it says something else";
    assert!(findings.iter().any(|finding| finding == lacks), "{findings:#?}");
    assert_eq!(findings.len(), 2, "this one, and how many there are: {findings:#?}");
}

/// What the full audit finds where the first such event is another, and all hashes of the history follow from it: the
/// start does not read what events say.
fn full_audit(is_it: fn(&Event) -> bool, change: fn(Event) -> Event) -> Vec<String> {
    let rows = Rows(filled());
    let events = rows.0.snapshot().unwrap();
    let mut all = events.scan(Table::Events, &[], None).unwrap().map(|pair| pair.unwrap());
    // Before the event stands its hash, and the version of its form.
    let record = |value: &[u8]| minicbor::decode::<Record>(&value[33..]).unwrap();
    let (key, old) = all.find(|(_, value)| is_it(&record(value).event)).unwrap();
    let changed = Record { event: change(record(&old).event), ..record(&old) };
    let value = [&old[..33], &minicbor::to_vec(&changed).unwrap()].concat();
    rows.put(Table::Events, &key, Some(&value));
    chain_anew(&*rows.0).unwrap();
    seal_anew(&*rows.0).unwrap();
    let store = open(Arc::clone(&rows.0)).unwrap();
    Audit::new(store.snapshot().kv(), &|_| {}).run_full().unwrap().messages()
}

#[test]
fn should_find_by_a_full_audit_what_the_events_do_not_say() {
    let seen = |event: &Event| matches!(event, Event::Deposit(DepositEvent::Seen { .. }));
    assert_eq!(full_audit(seen, |event| event), Vec::<String>::new());
    let other = full_audit(seen, |event| match event {
        Event::Deposit(DepositEvent::Seen {
            deposit,
            id,
            binding,
            payee_seq,
            rate,
            quote,
            block,
            token,
            method,
            priced,
            ..
        }) => {
            let amount = Units::new(999_999);
            DepositEvent::Seen {
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
            }
            .into()
        }
        _ => panic!("another event"),
    });
    assert!(other[0].starts_with("table deposits differs from what the events say"), "{other:?}");
    let impossible = full_audit(seen, |_| DepositEvent::Finalized { deposit: DepositNo::new(99) }.into());
    assert!(impossible[0].contains("cannot be replayed"), "{impossible:?}");
    // A row too many, at the end of its table.
    let own = |event: &Event| matches!(event, Event::Address(AddressEvent::OwnMoneySeen { .. }));
    let more = full_audit(own, |_| {
        let block = BlockRef { height: Height::new(1), hash: BlockHash([1; 32]) };
        ChainEvent::Forked { coin: Coin::BTC, fork: block, abandoned: block }.into()
    });
    assert!(more[0].starts_with("table own_money differs"), "{more:?}");
}

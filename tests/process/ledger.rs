//! What a teller has promised, written down outside of it, and what must be true of it ever after.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;
use teller::types::Coin;

use crate::api::{Api, Broadcast, Deposit};
use crate::desk::Desk;
use crate::support::wait;

/// Looks at the chain, with a confirmation of everything on it each, after which a payout that is not done is stuck.
const SETTLE_LOOKS: u32 = 600;

/// What one payee was told.
#[derive(Debug, Default)]
pub(crate) struct Account {
    /// Acknowledged.
    pub(crate) bound: Vec<(Coin, String)>,
    /// Bind requests without an answer: each may have been carried out.
    pub(crate) lost_binds: usize,
    pub(crate) deposits: Vec<Deposit>,
    /// Deposits without an answer.
    pub(crate) lost_deposits: Vec<Deposit>,
}

/// All payees, and the chain that pays them.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) accounts: BTreeMap<String, Account>,
    /// Every transaction that was ever seen on the dummy chain, by txid. The chain forgets them when it is killed.
    chain: HashMap<String, Vec<(String, String)>>,
    confirmed: BTreeSet<String>,
}

impl Ledger {
    pub(crate) fn account(&mut self, payee: &str) -> &mut Account {
        self.accounts.entry(payee.to_owned()).or_default()
    }

    pub(crate) fn binds(&self) -> usize {
        self.accounts.values().map(|account| account.bound.len()).sum()
    }

    pub(crate) fn deposits(&self) -> usize {
        self.accounts.values().map(|account| account.deposits.len()).sum()
    }

    /// Notes a transaction, and answers whether it waits to be confirmed.
    pub(crate) fn see(&mut self, seen: &Broadcast) -> bool {
        let known = self.chain.entry(seen.txid.clone()).or_insert_with(|| seen.outputs.clone());
        assert_eq!(*known, seen.outputs, "{} pays something else than before", seen.txid);
        !seen.confirmed
    }

    pub(crate) fn confirm(&mut self, txid: &str) {
        self.confirmed.insert(txid.to_owned());
    }

    /// Asks about every payee: what was acknowledged is there; what was not is there or not, and this decides it.
    pub(crate) async fn assert_kept(&mut self, api: &Api) {
        for (payee, account) in &mut self.accounts {
            account.assert_kept(payee, &api.status(payee).await);
        }
    }

    /// Confirms whatever is broadcast until everything is paid.
    pub(crate) async fn settle(&mut self, api: &Api) {
        let mut open = Value::Null;
        for _ in 0..SETTLE_LOOKS {
            for seen in api.broadcasts().await.done() {
                if self.see(&seen) {
                    self.confirm(&seen.txid);
                    api.confirm(&seen.txid).await.done();
                }
            }
            let deposits = crate::api::json_of(&api.get_admin("/api/deposits").await.done());
            let deposits = deposits["deposits"].as_array().unwrap().clone();
            open = deposits.into_iter().filter(|deposit| deposit["status"] != "done").collect();
            if open == Value::Array(Vec::new()) {
                return;
            }
            tokio::time::sleep(wait::POLL).await;
        }
        panic!("not settled: {open:#}");
    }

    /// Adds up what the chain paid to each payee: what the deposits buy, no more and no less.
    pub(crate) async fn assert_paid_once(&self, api: &Api) {
        let unconfirmed: Vec<_> = self.chain.keys().filter(|txid| !self.confirmed.contains(*txid)).collect();
        assert!(unconfirmed.is_empty(), "transactions that others took the place of: {unconfirmed:?}");
        let mut paid: HashMap<&str, u64> = HashMap::new();
        for (payee, coins) in self.chain.values().flatten() {
            *paid.entry(payee).or_default() += coins.strip_suffix(".000000").unwrap().parse::<u64>().unwrap();
        }
        let mut total = 0;
        for (payee, account) in &self.accounts {
            let due: u64 = account.deposits.iter().map(|deposit| deposit.sky).sum();
            assert_eq!(paid.remove(payee.as_str()).unwrap_or(0), due, "paid to {payee}");
            total += due;
        }
        assert!(paid.is_empty(), "paid to strangers: {paid:?}");
        assert_eq!(api.accounting().await["sent"], format!("{total}.000000"));
    }

    /// Reads the database of a teller that is stopped: every promised address is its payee's, and nobody else's.
    pub(crate) async fn assert_unique(&self, desk: &Desk) {
        let mut owners: HashMap<String, (String, String)> = HashMap::new();
        let mut counts: HashMap<String, usize> = HashMap::new();
        for binding in desk.export("binding").await {
            let text = |name: &str| binding[name].as_str().unwrap().to_owned();
            *counts.entry(text("sky_address")).or_default() += 1;
            let twice = owners.insert(text("deposit_address"), (text("sky_address"), text("coin")));
            assert_eq!(twice, None, "bound twice: {binding}");
        }
        for (payee, account) in &self.accounts {
            for (coin, address) in &account.bound {
                let owner = owners.get(address).unwrap_or_else(|| panic!("{address} is lost"));
                assert_eq!(owner, &(payee.clone(), coin.code().to_owned()), "{address}");
            }
            let (least, most) = (account.bound.len(), account.bound.len() + account.lost_binds);
            let count = counts.remove(payee).unwrap_or(0);
            assert!((least..=most).contains(&count), "{payee} has {count} of {least} to {most}");
        }
        assert!(counts.is_empty(), "bound to strangers: {counts:?}");
        self.assert_settled_once(desk).await;
    }

    /// Each deposit is part of exactly one transaction that was settled.
    async fn assert_settled_once(&self, desk: &Desk) {
        let mut paid: HashMap<u64, usize> = HashMap::new();
        for transaction in desk.export("transaction").await {
            assert!(transaction["stands"]["state"] == "settled", "{transaction}");
            for part in transaction["pays"].as_array().unwrap() {
                *paid.entry(part["deposit"].as_u64().unwrap()).or_default() += 1;
            }
        }
        assert_eq!(paid.len(), self.deposits());
        assert!(paid.values().all(|times| *times == 1), "{paid:?}");
    }
}

impl Account {
    fn assert_kept(&mut self, payee: &str, entries: &[Value]) {
        let mut seen: HashMap<(String, u64), &Value> = HashMap::new();
        for deposit in entries.iter().filter_map(|entry| entry.get("deposit")) {
            let id = (deposit["txid"].as_str().unwrap().to_owned(), deposit["n"].as_u64().unwrap());
            assert!(seen.insert(id, deposit).is_none(), "{payee}: a deposit twice: {deposit}");
        }
        let mut take = |deposit: &Deposit| seen.remove(&(deposit.tx.clone(), u64::from(deposit.n)));
        for deposit in &self.deposits {
            let found = take(deposit).unwrap_or_else(|| panic!("{payee}: {deposit:?} is lost"));
            assert_eq!(found["sky_amount"], format!("{}.000000", deposit.sky), "{payee}");
        }
        let kept: Vec<Deposit> =
            self.lost_deposits.drain(..).filter(|deposit| take(deposit).is_some()).collect();
        self.deposits.extend(kept);
        assert!(seen.is_empty(), "{payee}: deposits out of nowhere: {seen:?}");
        let with_deposits: BTreeSet<&str> = self.deposits.iter().map(|d| d.address.as_str()).collect();
        let waiting = entries.iter().filter(|entry| entry["status"] == "waiting_deposit").count();
        let empty = self.bound.len() - with_deposits.len();
        let most = empty + self.lost_binds;
        assert!((empty..=most).contains(&waiting), "{payee}: {waiting} empty addresses of {empty} to {most}");
    }
}

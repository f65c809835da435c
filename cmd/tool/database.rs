//! Audits and exports a database.

use std::path::Path;

use crate::states;
use anyhow::bail;
use serde_json::{Value, json};
use teller::ledger::{Entry, Posting};
use teller::store::kv::{Backend, Read};
use teller::store::{
    Audit, Books, Page, Purchase, RedbBackend, SCHEMA_VERSION, Spends, Tables, journal, read_schema_version,
};
use teller::types::{AttemptNo, DepositNo};

use super::{eprint, print};

/// Rows that are exported from one look at the file.
const PAGE: usize = 1000;

/// A file that must exist: opening one that does not would make it.
pub(super) fn open(file: &Path) -> anyhow::Result<RedbBackend> {
    must_exist(file)?;
    let backend = RedbBackend::open(file, |percent| eprint(&format!("repairing: {percent} %")))?;
    check_schema(&*backend.snapshot()?, file)?;
    Ok(backend)
}

pub(super) fn must_exist(file: &Path) -> anyhow::Result<()> {
    if !file.is_file() {
        bail!("{}: is not a file", file.display());
    }
    Ok(())
}

pub(super) fn check_schema(snapshot: &dyn Read, file: &Path) -> anyhow::Result<()> {
    match read_schema_version(snapshot)? {
        Some(SCHEMA_VERSION) => Ok(()),
        Some(version) if version > SCHEMA_VERSION => {
            bail!(
                "{}: has schema {version}, this tool knows {SCHEMA_VERSION}: use a newer one",
                file.display()
            )
        }
        Some(version) => bail!(
            "{}: has schema {version}, and {SCHEMA_VERSION} is current: start teller on it once",
            file.display()
        ),
        None => bail!("{}: is not a database of teller", file.display()),
    }
}

pub(super) fn check(file: &Path) -> anyhow::Result<bool> {
    let backend = open(file)?;
    audit(&*backend.snapshot()?, file)
}

/// Prints what a full audit finds; answers whether that is nothing.
pub(super) fn audit(snapshot: &dyn Read, file: &Path) -> anyhow::Result<bool> {
    let progress = |rows| eprint(&format!("{rows} rows"));
    let report = Audit::new(snapshot, &progress).run_full()?;
    for message in report.messages() {
        print(&message)?;
    }
    let verdict = if report.findings.is_empty() { "consistent" } else { "INCONSISTENT" };
    print(&format!("{}: {verdict}, {} rows checked", file.display(), report.rows))?;
    Ok(report.findings.is_empty())
}

/// A snapshot to be read.
pub(super) struct View<'a>(pub(super) &'a (dyn Read + Send + Sync));

impl Tables for View<'_> {
    fn kv(&self) -> &dyn Read {
        self.0
    }
}

pub(super) fn export(file: &Path) -> anyhow::Result<bool> {
    let backend = open(file)?;
    let snapshot = backend.snapshot()?;
    let view = View(&*snapshot);
    bindings(&view)?;
    deposits(&view)?;
    attempts(&view)?;
    spends(&view)?;
    events(&view)?;
    balances(&view)?;
    Ok(true)
}

fn bindings(view: &View<'_>) -> anyhow::Result<()> {
    let mut after = 0;
    loop {
        let page = view.bindings(Page { after, limit: PAGE })?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.no.get();
        for binding in page {
            print(
                &json!({
                    "kind": "binding",
                    "no": binding.no.get(),
                    "coin": binding.address.coin().code(),
                    "deposit_address": binding.address.to_string(),
                    "sky_address": binding.payee.to_string(),
                    "seq": binding.payee_seq,
                    "bound_at": binding.bound_at.get(),
                })
                .to_string(),
            )?;
        }
    }
}

fn deposits(view: &View<'_>) -> anyhow::Result<()> {
    let mut after = 0;
    loop {
        let page = view.deposits(None, Page { after, limit: PAGE })?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.get();
        for no in page {
            deposit(view, no)?;
        }
    }
}

fn deposit(view: &View<'_>, no: DepositNo) -> anyhow::Result<()> {
    let Some(Purchase { deposit, payout }) = view.purchase(no)? else { bail!("deposit {no} is missing") };
    let payout = payout.map(|payout| {
        json!({
            "sky_address": payout.payee.to_string(),
            "droplets": payout.amount.get(),
            "stands": states::payout(&payout.state),
            "updated_at": payout.updated_at.get(),
        })
    });
    print(
        &json!({
            "kind": "deposit",
            "no": no.get(),
            "coin": deposit.code(),
            "contract": deposit.token.map(|token| token.contract.to_string()),
            "id": deposit.id.to_string(),
            "binding": deposit.binding.get(),
            "amount": deposit.amount.to_string(),
            "rate": deposit.rate,
            "quote_droplets": deposit.quote.map(|quote| quote.get()),
            "seen_at": deposit.seen_at.get(),
            "updated_at": deposit.updated_at.get(),
            "stands": states::deposit(&deposit.state),
            "payout": payout,
        })
        .to_string(),
    )
}

fn attempts(view: &View<'_>) -> anyhow::Result<()> {
    let mut no = AttemptNo::FIRST;
    while let Some(attempt) = view.attempt(no)? {
        let Some(transaction) = view.signed_transaction(no)? else { bail!("transaction {no} is missing") };
        let parts: Vec<_> = transaction
            .parts
            .iter()
            .map(|part| json!({ "deposit": part.payout.get(), "droplets": part.amount.get() }))
            .collect();
        let hex: String = transaction.raw.iter().map(|byte| format!("{byte:02x}")).collect();
        print(
            &json!({
                "kind": "transaction",
                "no": no.get(),
                "txid": attempt.txid.to_string(),
                "raw": hex,
                "pays": parts,
                "signed_at": attempt.signed_at.get(),
                "stands": states::transaction(&attempt),
            })
            .to_string(),
        )?;
        no = no.next();
    }
    Ok(())
}

/// What left the hot wallet by transactions that are none of this desk's, or were given up.
fn spends(view: &View<'_>) -> anyhow::Result<()> {
    for known in view.foreign_spends(false, None, usize::MAX)? {
        let paid = known.spend.payments.iter();
        let paid: Vec<_> =
            paid.map(|paid| json!({ "to": paid.to.to_string(), "droplets": paid.coins.get() })).collect();
        let verdict = known.ruling.as_ref().map(|ruling| states::verdict(ruling.verdict));
        print(
            &json!({
                "kind": "spend",
                "txid": known.spend.txid.to_string(),
                "height": known.spend.block.map(|block| block.height.get()),
                "paid": paid,
                "was": known.was.map(|was| was.get()),
                "verdict": verdict,
            })
            .to_string(),
        )?;
    }
    Ok(())
}

fn events(view: &View<'_>) -> anyhow::Result<()> {
    let mut after = 0;
    loop {
        let page = view.events(Page { after, limit: PAGE })?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        after = *last;
        for (number, record) in page {
            print(
                &json!({
                    "kind": "event",
                    "no": number,
                    "at": record.at.get(),
                    "event": record.told(),
                })
                .to_string(),
            )?;
        }
    }
}

/// Tells each event that puts something to accounts, with its entry: derived anew, as the audit does.
pub(super) fn entries(file: &Path) -> anyhow::Result<bool> {
    let backend = open(file)?;
    journal(&*backend.snapshot()?, |number, record, entry| {
        if entry.is_empty() {
            return Ok(());
        }
        print(
            &json!({
                "no": number,
                "at": record.at.get(),
                "event": record.told(),
                "entry": lines(entry),
            })
            .to_string(),
        )
    })?;
    Ok(true)
}

/// What stands on the accounts.
fn balances(view: &View<'_>) -> anyhow::Result<()> {
    let balances = view.balances()?;
    print(&json!({ "kind": "balances", "accounts": lines(balances.all()) }).to_string())
}

/// Lines in the assets' smallest units, in the order of assets and accounts.
fn lines(entry: &Entry) -> Vec<Value> {
    let mut all = entry.postings().to_vec();
    all.sort_unstable_by_key(|line| (line.asset, line.account));
    let line = |line: Posting| {
        let side = if line.amount.is_credit() { "credit" } else { "debit" };
        let amount = line.amount.amount().to_string();
        json!({ "asset": line.asset.code(), "account": line.account.name(), "side": side, "amount": amount })
    };
    all.into_iter().map(line).collect()
}

//! What of an account's addresses its wallet finds, and whether all of them are its.

use std::collections::BTreeMap;
use std::path::Path;

use teller::address::AddressSource;
use teller::config;
use teller::store::kv::Backend;
use teller::store::{Accounts, Page, Tables, USUAL_GAP_LIMIT, check_derivations};

use super::database::{View, open};
use super::print;

/// Bindings that are read at once.
const PAGE: usize = 1000;

/// What bindings say of an account.
#[derive(Debug, Default)]
struct Gaps {
    given_out: u64,
    received: u64,
    /// The index after the last one with a deposit.
    after_received: u64,
    longest: u64,
}

/// Prints for each account which gap limit its wallet needs. Answers whether the usual one does for all.
pub(super) fn gap(file: &Path) -> anyhow::Result<bool> {
    let backend = open(file)?;
    let snapshot = backend.snapshot()?;
    let view = View(&*snapshot);
    let all = gaps(&view)?;
    let mut is_usual = true;
    for account in view.accounts()? {
        let none = Gaps::default();
        let gaps = all.get(&account.no).unwrap_or(&none);
        let open = account.next.saturating_sub(gaps.after_received);
        let limit = gaps.longest.saturating_add(1).max(open);
        is_usual &= limit <= USUAL_GAP_LIMIT;
        print(&format!(
            "{} account {}: {} addresses given out, next index {}, {} received deposits; longest run without one {}, \
             since the last one {open}; gap limit for the wallet: {limit} or more (usual: {USUAL_GAP_LIMIT})",
            account.coin, account.no, gaps.given_out, account.next, gaps.received, gaps.longest,
        ))?;
    }
    if all.is_empty() {
        print(&format!("{}: no address was derived from an account", file.display()))?;
    }
    Ok(is_usual)
}

/// By the number of the account. Indexes of one come in ascending order.
fn gaps(view: &View<'_>) -> anyhow::Result<BTreeMap<u64, Gaps>> {
    let (mut all, mut page) = (BTreeMap::<u64, Gaps>::new(), Page::first(PAGE));
    loop {
        let bindings = view.bindings(page)?;
        let Some(last) = bindings.last() else { return Ok(all) };
        page.after = last.no.get();
        for binding in &bindings {
            let Some(at) = binding.derivation else { continue };
            let gaps = all.entry(at.account).or_default();
            gaps.given_out += 1;
            if binding.last_deposit.is_some() {
                let index = u64::from(at.index);
                gaps.received += 1;
                gaps.longest = gaps.longest.max(index.saturating_sub(gaps.after_received));
                gaps.after_received = index.saturating_add(1);
            }
        }
    }
}

/// Derives every address again that the accounts of a configuration gave out. Answers whether all are theirs.
pub(super) fn check(file: &Path, config: &Path) -> anyhow::Result<bool> {
    let config = config::read(config)?;
    let backend = open(file)?;
    let snapshot = backend.snapshot()?;
    let view = View(&*snapshot);
    let mut is_fine = true;
    for coin in config.chains.iter().map(|(_, coin)| coin) {
        let Some(AddressSource::Account(key)) = &coin.addresses else { continue };
        let (wrong, count) = check_derivations(&view, key, 0)?;
        wrong.iter().try_for_each(|line| print(line))?;
        print(&format!("{}: {count} addresses of {key:?} derived again, {} differ", coin.coin, wrong.len()))?;
        is_fine &= wrong.is_empty();
    }
    Ok(is_fine)
}

//! What a desk would do that is started on a copy now: what it would pay, send again, and give out.
//!
//! A copy knows nothing of what happened after it was made. What it would pay may have been paid since: at
//! its start the desk looks for that on the chain, and stays unreconciled until a person has said what it
//! was. With a configuration that look is taken here, on a copy of the copy.

mod chains;

use std::path::Path;

use anyhow::Context;
use teller::payout::{Attempt, AttemptState, Payout, PayoutState};
use teller::store::kv::{Backend, Read};
use teller::store::{
    Chains, Counters, OpenState, Orders, Page, Pools, RedbBackend, Spends, Tables, Withdrawals, hold_words,
};
use teller::types::{Coin, DepositNo, Droplets, OrderNo};
use tempfile::TempDir;

use super::database::{View, audit, check_schema, must_exist, open};
use super::{eprint, print};

/// Payouts that are read at once.
const PAGE: usize = 1000;

/// What would leave.
#[derive(Debug, Default)]
struct Leaving {
    payouts: u64,
    droplets: u64,
    transactions: u64,
    at_exchange: AtExchange,
}

/// What would be done at an exchange.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct AtExchange {
    /// Deposits whose coins would be bought, and then paid out.
    purchases: u64,
    /// Orders and withdrawals of which it is not known what became.
    open: u64,
}

impl AtExchange {
    fn is_nothing(self) -> bool {
        self == AtExchange::default()
    }

    /// Stands behind what would be paid; nothing where nothing would be done there.
    fn words(self) -> String {
        if self.is_nothing() {
            return String::new();
        }
        format!(
            "; at the exchange, coins for {} deposit(s) would be bought and then paid out, and {} order(s) and \
             withdrawal(s) looked up",
            self.purchases, self.open
        )
    }
}

/// Prints it, and answers whether nothing would leave.
pub(super) fn drill(file: &Path, config: Option<&Path>) -> anyhow::Result<bool> {
    must_exist(file)?;
    // A file that a teller has open is refused here: what is copied of it would be no whole one.
    let looked = RedbBackend::look(file)?;
    if let (Some(snapshot), None) = (&looked, config) {
        return as_it_is(&**snapshot, file);
    }
    drop(looked);
    let scratch = scratch(file)?;
    let copy = scratch.path().join(COPY);
    // What was not closed properly is repaired there.
    let backend = open(&copy)?;
    let is_nothing = as_it_is(&*backend.snapshot()?, file)?;
    drop(backend);
    match config {
        Some(config) => chains::drill(&copy, config),
        None => Ok(is_nothing),
    }
}

/// The name of the copy of the copy.
pub(super) const COPY: &str = "teller.db";

/// A folder with a copy of the file, which goes with it.
pub(super) fn scratch(file: &Path) -> anyhow::Result<TempDir> {
    let scratch = tempfile::tempdir().context("no folder for temporary files (TMPDIR)")?;
    eprint(&format!("copying {} to {}", file.display(), scratch.path().display()));
    std::fs::copy(file, scratch.path().join(COPY)).with_context(|| format!("{}", file.display()))?;
    Ok(scratch)
}

/// What follows from the copy alone.
fn as_it_is(snapshot: &(dyn Read + Send + Sync), file: &Path) -> anyhow::Result<bool> {
    check_schema(snapshot, file)?;
    if !audit(snapshot, file)? {
        anyhow::bail!("{}: the start would refuse it", file.display());
    }
    let view = View(snapshot);
    let mut leaving = Leaving { at_exchange: at_exchange(&view, true)?, ..Leaving::default() };
    again(&view, &mut leaving)?;
    for state in [OpenState::Undecided, OpenState::Ready, OpenState::Held] {
        payouts(&view, state, &mut |no, payout| {
            print(&payout_words(no, payout))?;
            leaving.payouts += 1;
            leaving.droplets = leaving.droplets.saturating_add(payout.amount.get());
            Ok(())
        })?;
    }
    let (counters, pools) = (Counters::load(view.0)?, Pools::load(view.0)?);
    for coin in Coin::all() {
        let (bound, pool) = (counters.bound[coin], pools.of(coin));
        if coin.facts().settings.is_always_listed || bound > 0 || pool.total > 0 {
            addresses(&view, coin, bound, pool.remaining())?;
        }
    }
    wallet(&view, counters.unknown_spends)?;
    verdict(file, &leaving)
}

/// What would be done at the exchange; each is printed where `tells`.
fn at_exchange(view: &impl Tables, tells: bool) -> anyhow::Result<AtExchange> {
    let mut found = AtExchange::default();
    let tell = |line: &dyn Fn() -> String| if tells { print(&line()) } else { Ok(()) };
    payouts(view, OpenState::ToBuy, &mut |no, payout| {
        found.purchases += 1;
        tell(&|| format!("would be bought for, and paid: SKY to {} for deposit {no}", payout.payee))
    })?;
    for order in view.open_orders(OrderNo::new(0), usize::MAX)? {
        found.open += 1;
        let (no, state, terms) = (order.no, order.state.name(), &order.terms);
        tell(&|| format!("would be looked up at {}: order {no}, {state}", terms.exchange))?;
    }
    for open in view.open_withdrawals()? {
        found.open += 1;
        let (no, state, terms) = (open.no, open.state.name(), &open.terms.wanted);
        tell(&|| format!("would be looked up at {}: withdrawal {no}, {state}", terms.exchange))?;
    }
    Ok(found)
}

/// Transactions that are signed, and neither confirmed nor dead: their bytes are sent again.
fn again(view: &View<'_>, leaving: &mut Leaving) -> anyhow::Result<()> {
    for no in view.live_attempts()? {
        let Some((attempt, transaction)) = view.attempt(no)?.zip(view.signed_transaction(no)?) else {
            anyhow::bail!("transaction {no} is missing");
        };
        let amount = Droplets::sum(transaction.parts.iter().map(|part| part.amount))?;
        let payouts = transaction.parts.len();
        print(&format!(
            "{}: transaction {}, {}, {payouts} payout(s), {amount} SKY",
            whether_again(&attempt),
            no.get(),
            attempt.txid
        ))?;
        leaving.transactions += 1;
    }
    Ok(())
}

fn whether_again(attempt: &Attempt) -> &'static str {
    match &attempt.state {
        _ if attempt.is_held_back() => "would be kept back",
        AttemptState::Signed => "would be sent",
        AttemptState::Sent => "would be sent again where the chain does not have it",
        AttemptState::Settled { .. } | AttemptState::Dead { .. } => "has ended",
    }
}

/// Payouts that wait in a state, each in the order of its deposit.
fn payouts(
    view: &impl Tables,
    state: OpenState,
    each: &mut dyn FnMut(DepositNo, &Payout) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut after = 0;
    loop {
        let page = view.payouts_in(state, Page { after, limit: PAGE })?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.get();
        for no in page {
            let Some(payout) = view.payout(no)? else {
                anyhow::bail!("the payout of deposit {no} is missing")
            };
            each(no, &payout)?;
        }
    }
}

fn payout_words(no: DepositNo, payout: &Payout) -> String {
    let why = match &payout.state {
        PayoutState::Held { why, .. } => format!(", once it is not held any more: {}", hold_words(why)),
        PayoutState::Undecided
        | PayoutState::Owed { .. }
        | PayoutState::Signed { .. }
        | PayoutState::Sent { .. }
        | PayoutState::Settled { .. }
        | PayoutState::Void
        | PayoutState::Voided { .. }
        | PayoutState::ToBuy { .. }
        | PayoutState::Buying { .. }
        | PayoutState::Inherited(_) => String::new(),
    };
    format!("would be paid: {} SKY to {} for deposit {no}{why}", payout.amount, payout.payee)
}

/// What of a coin would be read and given out.
fn addresses(view: &View<'_>, coin: Coin, bound: u64, left: u64) -> anyhow::Result<()> {
    let read = match view.cursor(coin)? {
        Some(cursor) => format!("blocks are read on from {}", cursor.tip.height.next()),
        None => "no block was read".to_owned(),
    };
    print(&format!(
        "{coin}: {read}; {bound} address(es) are bound, {left} would be given out: what was bound after \
         the copy is among them"
    ))
}

fn wallet(view: &View<'_>, unknown: u64) -> anyhow::Result<()> {
    let known = match view.reconciled()? {
        Some(known) => format!("spends are known up to block {}", known.to.height),
        None => "its spends were never looked for".to_owned(),
    };
    print(&format!("hot wallet: {known}; {unknown} of them nobody has explained"))
}

fn verdict(file: &Path, leaving: &Leaving) -> anyhow::Result<bool> {
    let Leaving { payouts, droplets, transactions, at_exchange } = leaving;
    let is_nothing = *payouts == 0 && *transactions == 0 && at_exchange.is_nothing();
    let words = if is_nothing {
        "nothing would be paid or sent".to_owned()
    } else {
        let amount = Droplets::new(*droplets);
        format!(
            "{amount} SKY would be paid in {payouts} payout(s), and {transactions} transaction(s) may be \
             sent, once every spend of the hot wallet since is known{}",
            at_exchange.words()
        )
    };
    print(&format!("{}: {words}", file.display()))?;
    Ok(is_nothing)
}

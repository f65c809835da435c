//! What a desk would do that is started on a copy now: what it would pay, send again, and give out.
//!
//! A copy knows nothing of what happened after it was made. What it would pay may have been paid since: at its start the desk
//! looks for that on the chain, and stays unreconciled until a person has said what it was.

use std::path::Path;

use teller::payout::{Attempt, AttemptState, PayoutState};
use teller::store::kv::Backend;
use teller::store::{Chains, Counters, OpenState, Page, Pools, Spends, Tables, hold_words};
use teller::types::{Coin, DepositNo, Droplets};

use super::database::{View, audit, open};
use super::print;

/// Payouts that are read at once.
const PAGE: usize = 1000;

/// What would leave.
#[derive(Debug, Default)]
struct Leaving {
    payouts: u64,
    droplets: u64,
    transactions: u64,
}

/// Prints it, and answers whether nothing would leave.
pub(super) fn drill(file: &Path) -> anyhow::Result<bool> {
    let backend = open(file)?;
    let snapshot = backend.snapshot()?;
    if !audit(&*snapshot, file)? {
        return Ok(false);
    }
    let view = View(&*snapshot);
    let mut leaving = Leaving::default();
    again(&view, &mut leaving)?;
    for state in [OpenState::Undecided, OpenState::Ready, OpenState::Held] {
        payouts(&view, state, &mut leaving)?;
    }
    let (counters, pools) = (Counters::load(view.0)?, Pools::load(view.0)?);
    for coin in Coin::ALL {
        addresses(&view, coin, counters.bound[usize::from(coin.tag())], pools.of(coin).remaining())?;
    }
    wallet(&view, counters.unknown_spends)?;
    verdict(file, &leaving)
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
        AttemptState::Signed { .. } => "would be sent",
        AttemptState::Sent => "would be sent again where the chain does not have it",
        AttemptState::Settled { .. } | AttemptState::Dead { .. } => "has ended",
    }
}

/// Payouts that wait in a state, each in the order of its deposit.
fn payouts(view: &View<'_>, state: OpenState, leaving: &mut Leaving) -> anyhow::Result<()> {
    let mut after = 0;
    loop {
        let page = view.payouts_in(state, Page { after, limit: PAGE })?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.get();
        for no in page {
            payout(view, no, leaving)?;
        }
    }
}

fn payout(view: &View<'_>, no: DepositNo, leaving: &mut Leaving) -> anyhow::Result<()> {
    let Some(payout) = view.payout(no)? else { anyhow::bail!("the payout of deposit {no} is missing") };
    let why = match &payout.state {
        PayoutState::Held { why, .. } => format!(", once it is not held any more: {}", hold_words(why)),
        PayoutState::Undecided
        | PayoutState::Owed { .. }
        | PayoutState::Signed { .. }
        | PayoutState::Sent { .. }
        | PayoutState::Settled { .. }
        | PayoutState::Void
        | PayoutState::Voided { .. } => String::new(),
    };
    print(&format!("would be paid: {} SKY to {} for deposit {no}{why}", payout.amount, payout.payee))?;
    leaving.payouts += 1;
    leaving.droplets = leaving.droplets.saturating_add(payout.amount.get());
    Ok(())
}

/// What of a coin would be read and given out.
fn addresses(view: &View<'_>, coin: Coin, bound: u64, left: u64) -> anyhow::Result<()> {
    let read = match view.cursor(coin)? {
        Some(cursor) => format!("blocks are read on from {}", cursor.tip.height.next()),
        None => "no block was read".to_owned(),
    };
    print(&format!(
        "{coin}: {read}; {bound} address(es) are bound, {left} would be given out: what was bound after the copy is among them"
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
    let Leaving { payouts, droplets, transactions } = leaving;
    let is_nothing = *payouts == 0 && *transactions == 0;
    let words = if is_nothing {
        "nothing would be paid or sent".to_owned()
    } else {
        let amount = Droplets::new(*droplets);
        format!(
            "{amount} SKY would be paid in {payouts} payout(s), and {transactions} transaction(s) may be sent, once every \
             spend of the hot wallet since is known"
        )
    };
    print(&format!("{}: {words}", file.display()))?;
    Ok(is_nothing)
}

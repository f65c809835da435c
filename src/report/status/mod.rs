//! `/api/status`: what a buyer sees of their bindings and deposits, and what a stranger sees of them.

mod link;
mod pages;
mod sealed;
mod secret;
mod sole;

use serde::Serialize;
use utoipa::ToSchema;

use self::pages::{Line, Place};
use super::deposit_info::payout_txid;
use super::seen::SeenPayment;
use super::words::buyer::{BuyerWords, Label};
use super::{Outlook, words};
use crate::deposit::Deposit;
use crate::payout::{Attempt, Inherited, Payout, PayoutState, PublicStatus, public_status};
use crate::skycoin::Address;
use crate::store::{Binding, Purchase, Snapshot, StoreError, Tables};
use crate::types::{BuyMethod, Coin, Language, UnixTime};

pub use link::{PurchaseLines, linked_binding, purchase_lines, purchase_link};
pub use secret::{Shown, status_secret};

/// One line of a status: a deposit, or an address that waits for one. The first four fields are the original's.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StatusEntry {
    /// From 1, given once, in the order of binding and arrival.
    #[schema(example = 1)]
    pub seq: u32,
    /// Seconds since 1970 at which it really changed.
    pub updated_at: u64,
    /// The public name of where it stands.
    #[schema(example = "waiting_deposit")]
    pub status: &'static str,
    /// The code of the coin or the symbol of the token.
    #[schema(example = "BTC")]
    pub coin_type: String,
    /// What it waits for, in English.
    pub message: String,
    /// The same, to be said in any language.
    #[serde(skip)]
    pub words: BuyerWords,
    /// Where it stands.
    #[serde(skip)]
    pub standing: PublicStatus,
    /// Whether it is a deposit; else it is an address that waits for one.
    #[serde(skip)]
    pub is_deposit: bool,
    /// Whether nothing will be paid for it.
    #[serde(skip)]
    pub is_void: bool,
    /// Whether a person has to see whether it was paid, whatever its status says.
    #[serde(skip)]
    pub is_checked: bool,
    /// Whether what it buys is bought upstream first.
    #[serde(skip)]
    pub is_upstream: bool,
    /// Told to whoever shows the secret of the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deposit: Option<SeenDeposit>,
    /// Payments to the address that are not in a block yet. They promise nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<SeenPayment>,
}

impl StatusEntry {
    /// Returns where it stands, in one or two words.
    pub fn label(&self) -> Label {
        Label::of(self.standing, self.is_void, self.is_checked)
    }

    fn say(&mut self, words: BuyerWords) {
        self.message = words.text(Language::English);
        self.words = words;
    }
}

/// The deposit of a line.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SeenDeposit {
    /// In whole coins, with all decimals.
    #[schema(example = "0.00200000")]
    pub amount: String,
    /// The transaction that paid it, and its output.
    pub txid: String,
    /// Which output of it.
    pub n: u32,
    /// Blocks above the one that holds it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmations: Option<u64>,
    /// Blocks above it that it needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmations_required: Option<u64>,
    /// SKY that it buys, in whole coins; empty as long as that is not known.
    #[schema(example = "1.000000")]
    pub sky_amount: String,
    /// The transaction that pays it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payout_txid: Option<String>,
}

/// Lines of a page at most: more than nearly everybody ever has.
pub const PAGE_LINES: usize = 100;
/// Payments that are not in a block, told of one address at most.
const SEEN_LINES: usize = 20;

/// A part of what a payee sees.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct StatusPage {
    /// By `seq`.
    #[serde(rename = "statuses")]
    pub entries: Vec<StatusEntry>,
    /// Asks for the lines that are older than these, where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// The newest lines of a payee, or, with the `next` of another page, those that are older than its lines. Amounts and
/// transactions are told of addresses whose secret is shown. None where `page` is no page of this payee's.
///
/// # Errors
/// The store's.
pub fn status_page(
    snapshot: &Snapshot,
    payee: &Address,
    outlook: &Outlook,
    page: &str,
    shown: &Shown,
) -> Result<Option<StatusPage>, StoreError> {
    if page.is_empty() && shown.is_nothing() {
        let line = snapshot.sole_line(payee).and_then(|line| sole::entry(line, outlook));
        if let Some(entry) = line {
            return Ok(Some(StatusPage { entries: vec![entry], next: None }));
        }
    }
    read_page(snapshot, payee, outlook, page, shown)
}

/// The same, from the rows.
fn read_page(
    snapshot: &Snapshot,
    payee: &Address,
    outlook: &Outlook,
    page: &str,
    shown: &Shown,
) -> Result<Option<StatusPage>, StoreError> {
    let Some(latest) = snapshot.latest_binding(payee)? else { return Ok(Some(StatusPage::default())) };
    let from = match page {
        "" => Place::beginning(latest.no),
        text => match Place::unseal(&snapshot.desk_secret()?, payee, text) {
            Some(place) => place,
            None => return Ok(None),
        },
    };
    let (lines, next) = pages::lines(snapshot, &latest, from, PAGE_LINES)?;
    let mut entries = Vec::with_capacity(lines.len());
    for line in lines {
        entries.push(worded(snapshot, line, outlook, shown)?);
    }
    entries.reverse();
    entries.sort_by_key(|entry| entry.seq);
    let next = match next {
        Some(place) => Some(place.seal(&snapshot.desk_secret()?, payee)),
        None => None,
    };
    Ok(Some(StatusPage { entries, next }))
}

/// The newest lines as whoever bound all of a payee's addresses sees them.
///
/// # Errors
/// The store's.
#[cfg(feature = "testing")]
pub fn status_entries(
    snapshot: &Snapshot,
    payee: &Address,
    outlook: &Outlook,
) -> Result<Vec<StatusEntry>, StoreError> {
    let (live, bindings) = (snapshot.desk_secret()?, snapshot.bindings_of(payee)?);
    let secrets = bindings.iter().map(|binding| status_secret(&live, binding.no, &binding.address));
    let secrets = secrets.collect::<Vec<_>>().join(",");
    let page = status_page(snapshot, payee, outlook, "", &Shown::new(snapshot, &secrets)?)?;
    Ok(page.unwrap_or_default().entries)
}

fn worded(
    snapshot: &Snapshot,
    line: Line,
    outlook: &Outlook,
    shown: &Shown,
) -> Result<StatusEntry, StoreError> {
    let (mut entry, binding, is_newest, is_shown) = match line {
        Line::Waiting(binding) => {
            let is_shown = shown.opens(&binding);
            let entry = waiting(binding.payee_seq, binding.address.coin(), binding.bound_at);
            (entry, binding, true, is_shown)
        }
        Line::Deposit { binding, purchase, is_newest } => {
            let is_shown = shown.opens(&binding);
            (entry(snapshot, *purchase, outlook, is_shown)?, binding, is_newest, is_shown)
        }
    };
    if is_newest {
        sighted(&mut entry, &binding, outlook);
    }
    if !is_shown {
        entry.seen = Vec::new();
    }
    Ok(entry)
}

/// Adds what was seen at the address to the newest line of the binding.
fn sighted(entry: &mut StatusEntry, binding: &Binding, outlook: &Outlook) {
    let coin = binding.address.coin();
    let sightings = outlook.live.sightings(coin);
    if sightings.is_empty() {
        return;
    }
    let told = sightings.at(&binding.address.key()).iter().take(SEEN_LINES).map(|seen| SeenPayment {
        amount: seen.amount.to_coins(coin.decimals()),
        txid: seen.tx.clone(),
        n: seen.n,
        state: if seen.gone_at.is_some() { "gone" } else { "seen" },
    });
    entry.seen = told.collect();
    if !entry.is_deposit && !entry.seen.is_empty() {
        entry.say(words::purchase::seen(&entry.seen, coin));
    }
}

/// The line of an address that nothing was deposited to.
fn waiting(seq: u32, coin: Coin, bound_at: UnixTime) -> StatusEntry {
    let (words, standing) = (BuyerWords::NoDeposit { coin }, PublicStatus::WaitingDeposit);
    StatusEntry {
        seq,
        updated_at: bound_at.get(),
        status: standing.name(),
        coin_type: coin.code().to_owned(),
        message: words.text(Language::English),
        words,
        standing,
        is_deposit: false,
        is_void: false,
        is_checked: false,
        is_upstream: false,
        deposit: None,
        seen: Vec::new(),
    }
}

/// The transaction that pays it out is read where its state is in the words, or where it is told.
fn entry(
    snapshot: &Snapshot,
    purchase: Purchase,
    outlook: &Outlook,
    is_shown: bool,
) -> Result<StatusEntry, StoreError> {
    let Purchase { deposit, payout } = purchase;
    let is_on_its_way = payout.as_ref().is_some_and(Payout::is_on_its_way);
    let attempt = match payout.as_ref().and_then(|payout| payout.attempt()) {
        Some(attempt) if is_shown || is_on_its_way => snapshot.attempt(attempt)?,
        Some(_) | None => None,
    };
    let updated = payout.as_ref().map_or(deposit.updated_at, |p| p.updated_at.max(deposit.updated_at));
    let standing = public_status(&deposit, payout.as_ref());
    let words = words::purchase::describe(snapshot, &deposit, payout.as_ref(), attempt.as_ref(), outlook)?;
    Ok(StatusEntry {
        seq: deposit.payee_seq,
        updated_at: updated.get(),
        status: standing.name(),
        coin_type: deposit.code().to_owned(),
        message: words.text(Language::English),
        words,
        standing,
        is_deposit: true,
        is_void: payout.as_ref().is_some_and(Payout::is_void),
        is_checked: payout.as_ref().is_some_and(is_unclear),
        is_upstream: deposit.method == BuyMethod::Passthrough,
        deposit: is_shown.then(|| seen_deposit(deposit, payout.as_ref(), attempt.as_ref(), outlook)),
        seen: Vec::new(),
    })
}

/// Whether the service that was here before does not show what became of it.
fn is_unclear(payout: &Payout) -> bool {
    matches!(payout.state, PayoutState::Inherited(Inherited::Unclear { .. }))
}

/// Whether it is known what a deposit buys.
fn is_known(deposit: &Deposit, payout: Option<&Payout>) -> bool {
    match payout {
        Some(payout) => match payout.state {
            PayoutState::Undecided => deposit.method == BuyMethod::Direct,
            PayoutState::ToBuy { .. } | PayoutState::Buying { .. } => false,
            PayoutState::Owed { .. }
            | PayoutState::Held { .. }
            | PayoutState::Signed { .. }
            | PayoutState::Sent { .. }
            | PayoutState::Settled { .. }
            | PayoutState::Void
            | PayoutState::Voided { .. }
            | PayoutState::Inherited(_) => true,
        },
        None => deposit.method == BuyMethod::Direct,
    }
}

fn seen_deposit(
    deposit: Deposit,
    payout: Option<&Payout>,
    attempt: Option<&Attempt>,
    outlook: &Outlook,
) -> SeenDeposit {
    let coin = deposit.id.coin;
    // What stands in no block has none, however many there are above the block that it was in.
    let confirmations = deposit.place().and_then(|block| outlook.confirmations(coin, block.height));
    // What is paid may have been cut to fewer decimal places.
    let worth = deposit.quote.map(|quote| payout.map_or(quote, |payout| payout.amount));
    // What is bought first is worth what that brings: nobody knows before it has ended.
    let worth = worth.filter(|_| is_known(&deposit, payout));
    SeenDeposit {
        amount: deposit.amount.to_coins(deposit.decimals()),
        txid: deposit.id.tx,
        n: deposit.id.n,
        confirmations: confirmations.map(|(has, _)| has),
        confirmations_required: confirmations.map(|(_, needs)| needs),
        sky_amount: worth.map_or_else(String::new, |worth| worth.to_string()),
        payout_txid: payout_txid(payout, attempt).map(|txid| txid.to_string()),
    }
}

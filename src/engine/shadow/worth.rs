//! What a deposit is worth there and here: method, rate, and what comes of both.

use std::cmp::Ordering;

use super::difference::{Because, DifferenceKind};
use super::pairs::as_the_original_counts;
use super::sight::OurDeposit;
use crate::original::OriginalDeposit;
use crate::payout::{PublicStatus, ZERO_AMOUNT_ERROR};
use crate::types::{BuyMethod, Droplets, Rate, Units, UnixTime};

/// A difference as it comes: of which kind, what is there, what is here, and why.
pub(super) type Found = (DifferenceKind, String, String, Option<Because>);

/// What decides how a difference in worth is explained.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    /// Decimal places that payouts are cut to here.
    pub(super) max_decimals: u8,
    /// When this desk began to look on.
    pub(super) began: Option<UnixTime>,
}

/// Returns in what both differ.
pub(super) fn differences(theirs: &OriginalDeposit, own: &OurDeposit, settings: Settings) -> Vec<Found> {
    let mut found = Vec::new();
    let deposit = &own.purchase.deposit;
    let before = settings.began.filter(|began| theirs.updated_at <= *began);
    let before = before.map(|_| Because::BeforeThisDesk);
    if theirs.amount != deposit.amount {
        let because = (as_the_original_counts(theirs.id.coin, deposit.amount) == theirs.amount)
            .then_some(Because::Gwei);
        let decimals = theirs.id.coin.decimals();
        found.push((
            DifferenceKind::Amount,
            theirs.amount.to_coins(decimals),
            deposit.amount.to_coins(decimals),
            because,
        ));
    }
    if theirs.method != deposit.method {
        let names = (theirs.method.name().to_owned(), deposit.method.name().to_owned());
        found.push((DifferenceKind::Method, names.0, names.1, before));
    }
    found.extend(of_rate(theirs, own, before));
    found.extend(of_worth(theirs, own, settings));
    found
}

fn of_rate(theirs: &OriginalDeposit, own: &OurDeposit, before: Option<Because>) -> Option<Found> {
    let ours = &own.purchase.deposit.rate;
    if theirs.rate.is_empty() {
        // The first versions kept none of what they had not priced yet.
        return None;
    }
    let is_same = match (Rate::parse(&theirs.rate), Rate::parse(ours)) {
        (Ok(there), Ok(here)) => there.compare(&here) == Ordering::Equal,
        (Ok(_) | Err(_), Ok(_) | Err(_)) => theirs.rate == *ours,
    };
    let because = if ours.is_empty() { Some(Because::NoPriceHere) } else { before };
    (!is_same).then(|| (DifferenceKind::Rate, theirs.rate.clone(), ours.clone(), because))
}

/// What the original has paid for it, or would by what it says; none where that is not known yet.
fn worth_there(theirs: &OriginalDeposit, max_decimals: u8) -> Option<Droplets> {
    if !theirs.sent.is_zero() {
        return Some(theirs.sent);
    }
    if theirs.status == PublicStatus::Done {
        // Where it says that something else went wrong, nothing was paid, and the status tells that.
        return (theirs.error == ZERO_AMOUNT_ERROR).then_some(Droplets::ZERO);
    }
    if !theirs.bought.is_zero() {
        return Some(theirs.bought);
    }
    if theirs.method == BuyMethod::Passthrough {
        return None;
    }
    let rate = Rate::parse(&theirs.rate).ok()?;
    quote(&rate, theirs.amount, theirs, max_decimals)
}

fn quote(rate: &Rate, amount: Units, theirs: &OriginalDeposit, max_decimals: u8) -> Option<Droplets> {
    rate.quote(amount, theirs.id.coin.decimals(), max_decimals).ok().map(|quote| quote.payout)
}

fn of_worth(theirs: &OriginalDeposit, own: &OurDeposit, settings: Settings) -> Option<Found> {
    let there = worth_there(theirs, settings.max_decimals)?;
    let payout = own.purchase.payout.as_ref();
    let found = |here: Option<Droplets>, because| {
        let here = here.map(|here| here.to_string()).unwrap_or_default();
        Some((DifferenceKind::Worth, there.to_string(), here, because))
    };
    if payout.is_some_and(|payout| payout.bought.is_some()) {
        return found(None, Some(Because::BoughtUpstream));
    }
    let here = payout.map(|payout| payout.amount).or(own.purchase.deposit.quote);
    // What has no price here is told with the rate.
    let here = here.filter(|_| !own.purchase.deposit.rate.is_empty())?;
    if here == there { None } else { found(Some(here), why(theirs, own, there, settings)) }
}

/// What makes of what is here just what is there.
fn why(theirs: &OriginalDeposit, own: &OurDeposit, there: Droplets, settings: Settings) -> Option<Because> {
    let deposit = &own.purchase.deposit;
    if theirs.method == BuyMethod::Passthrough {
        return Some(Because::BoughtUpstream);
    }
    let (ours, original) = (Rate::parse(&deposit.rate).ok(), Rate::parse(&theirs.rate).ok());
    let is = |rate: &Option<Rate>, amount: Units, decimals: u8| {
        rate.as_ref().and_then(|rate| quote(rate, amount, theirs, decimals)) == Some(there)
    };
    let cut = as_the_original_counts(theirs.id.coin, deposit.amount);
    if cut != deposit.amount && is(&ours, cut, settings.max_decimals) {
        return Some(Because::Gwei);
    }
    if is(&original, theirs.amount, settings.max_decimals) {
        // Where neither differs, it is this desk's own sum that nobody can explain.
        let differs = theirs.amount != deposit.amount || of_rate(theirs, own, None).is_some();
        return differs.then_some(Because::Follows);
    }
    let mut places = 0..=Droplets::DECIMALS;
    places.find(|places| is(&original, theirs.amount, *places)).map(Because::Rounding)
}

//! What adapters share of reading answers: nothing here knows any one venue.

use rust_decimal::Decimal;
use serde::Deserialize;

use super::call_error::{CallError, Refusal};
use super::exact::Exact;
use super::market::{Book, Level};

/// Returns that nobody knows whether it happened.
pub(super) fn unclear(why: impl std::fmt::Display) -> CallError {
    CallError::Ambiguous(why.to_string())
}

/// Returns that the venue's answer does not say.
pub(super) fn untold(why: impl std::fmt::Display) -> CallError {
    CallError::Untold(why.to_string())
}

/// Returns that the venue said no.
pub(super) fn refused(kind: Refusal, words: impl Into<String>) -> CallError {
    CallError::Refused { kind, words: words.into() }
}

/// Reads an answer of JSON. One that cannot be read says nothing of what happened.
pub(super) fn json<'a, T: Deserialize<'a>>(answer: &'a [u8]) -> Result<T, CallError> {
    serde_json::from_slice(answer)
        .map_err(|error| unclear(format_args!("an answer that cannot be read: {error}")))
}

/// Reads a part of an answer of JSON.
pub(super) fn part<'a, T: Deserialize<'a>>(part: &'a str) -> Result<T, CallError> {
    json(part.as_bytes())
}

/// Returns a book in its order, whichever order the venue has.
pub(super) fn book(
    bids: impl IntoIterator<Item = (Exact, Exact)>,
    asks: impl IntoIterator<Item = (Exact, Exact)>,
) -> Book {
    let level = |(Exact(price), Exact(quantity))| Level { price, quantity };
    let mut bids: Vec<Level> = bids.into_iter().map(level).collect();
    let mut asks: Vec<Level> = asks.into_iter().map(level).collect();
    bids.sort_by_key(|level| std::cmp::Reverse(level.price));
    asks.sort_by_key(|level| level.price);
    Book { bids, asks }
}

/// Returns a price; venues write 0 where there is none.
pub(super) fn price(told: Exact) -> Option<Decimal> {
    Some(told.0).filter(|price| *price > Decimal::ZERO)
}

/// Returns so many decimal places as the step of a number: 0.01 of 2.
pub(super) fn step(places: u32) -> Result<Decimal, CallError> {
    Decimal::try_new(1, places).map_err(|_| unclear(format_args!("{places} decimal places")))
}

/// Adds amounts.
pub(super) fn sum(one: Decimal, other: Decimal) -> Result<Decimal, CallError> {
    one.checked_add(other).ok_or_else(|| unclear("amounts too large to be added"))
}

/// Returns what is left of an amount.
pub(super) fn difference(all: Decimal, part: Decimal) -> Result<Decimal, CallError> {
    all.checked_sub(part).ok_or_else(|| unclear("amounts too large to be subtracted"))
}

/// Returns an amount that is none below zero.
pub(super) fn amount(told: Exact) -> Result<Decimal, CallError> {
    let Exact(amount) = told;
    if amount < Decimal::ZERO { Err(unclear(format_args!("an amount of {amount}"))) } else { Ok(amount) }
}

//! Section `breakers`: what stops by itself where something is not as it should be.

use super::reader::Section;
use crate::types::Droplets;

/// Payouts within an hour that are believed to be meant.
const MOST_PAYOUTS: u64 = 1_000_000;

/// Section `breakers`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Breakers {
    /// The most payouts that are signed within an hour; none is any number.
    pub payouts_per_hour: Option<u64>,
    /// The most that they come to; none is any amount.
    pub sky_per_hour: Option<Droplets>,
    /// Whether payouts of deposits stop on a chain that says otherwise than the books.
    pub books: bool,
}

pub(super) fn read(section: &mut Section<'_>) -> Breakers {
    let count = section.number("payouts_per_hour", 0, MOST_PAYOUTS);
    let coins = section.decimal_text("sky_per_hour", "0");
    let coins = section.parsed("sky_per_hour", &coins, Droplets::parse_coins);
    let books = section.bool("books", true);
    section.finish();
    Breakers {
        payouts_per_hour: Some(count).filter(|count| *count > 0),
        sky_per_hour: coins.filter(|coins| !coins.is_zero()),
        books,
    }
}

//! How large an order a budget allows, and at which price at most.
//!
//! The price is the worst that the book shows for the whole budget, so that little of it is left over; never more than
//! the guard allows. What is ordered costs no more than the budget even where all of it is bought at that price.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::exchange::{Book, Market, MarketState};
use crate::types::Exact;

/// What an order may cost at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceGuard {
    /// How far above the best price of the book the price may be, as a fraction of it: 0.02 is two in a hundred.
    pub slippage: Decimal,
    /// The highest price that the operator buys at, in quote for one base; none where any will do.
    pub ceiling: Option<Decimal>,
    /// What the venue takes of what is spent or bought, as a fraction of it.
    pub fee: Decimal,
}

/// An order that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizing {
    /// The most that is paid, in quote for one base.
    pub price: Exact,
    /// How much is bought at most, in base.
    pub quantity: Exact,
}

/// Why nothing is ordered now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SizingRefused {
    /// The market takes no orders.
    #[error("the market takes no orders now")]
    Closed,
    /// Nobody sells.
    #[error("nobody sells in the market")]
    NoOffers,
    /// The best price is above what the operator buys at.
    #[error("the market asks {asks}, and the operator buys at no more than {ceiling}")]
    TooDear {
        /// The best price of the book.
        asks: Decimal,
        /// The highest price that the operator buys at.
        ceiling: Decimal,
    },
    /// The budget does not reach the smallest order.
    #[error("it is less than the smallest order, which takes {least}")]
    TooSmall {
        /// What the smallest order takes, in quote.
        least: Exact,
    },
    /// The numbers are more than can be counted.
    #[error("the market's numbers are more than can be counted")]
    OutOfRange,
}

/// Returns the largest order that a budget, in quote, allows.
///
/// # Errors
///
/// Where there is none now.
pub fn size_order(
    budget: Exact,
    market: &Market,
    book: &Book,
    guard: &PriceGuard,
) -> Result<Sizing, SizingRefused> {
    let bound = highest_price(market, book, guard)?;
    let spendable = before_fee(budget.get(), guard).ok_or(SizingRefused::OutOfRange)?;
    let price = price_for(spendable, book, bound, market.price_step).ok_or(SizingRefused::OutOfRange)?;
    let quantity = spendable.checked_div(price).ok_or(SizingRefused::OutOfRange)?;
    let mut quantity = down_to_step(quantity, market.quantity_step).ok_or(SizingRefused::OutOfRange)?;
    let mut cost = quantity.checked_mul(price).ok_or(SizingRefused::OutOfRange)?;
    if cost > spendable {
        // The division was rounded up in its last place.
        quantity = quantity.checked_sub(market.quantity_step).ok_or(SizingRefused::OutOfRange)?;
        cost = quantity.checked_mul(price).ok_or(SizingRefused::OutOfRange)?;
    }
    if quantity < market.least_quantity.max(market.quantity_step) || cost < market.least_cost {
        let least = smallest_budget(market, book, guard)?;
        return Err(SizingRefused::TooSmall { least });
    }
    let exact = |number| Exact::new(number).ok_or(SizingRefused::OutOfRange);
    Ok(Sizing { price: exact(price)?, quantity: exact(quantity)? })
}

/// Returns what the smallest order takes, in quote, at the highest price that is allowed now.
///
/// # Errors
///
/// Where nothing can be ordered now, however large.
pub fn smallest_budget(market: &Market, book: &Book, guard: &PriceGuard) -> Result<Exact, SizingRefused> {
    let bound = highest_price(market, book, guard)?;
    let quantity = market.least_quantity.max(market.quantity_step);
    let by_cost = up_to_step(market.least_cost.checked_div(bound).unwrap_or_default(), market.quantity_step);
    let quantity = quantity.max(by_cost.ok_or(SizingRefused::OutOfRange)?);
    let one = Decimal::ONE.checked_add(guard.fee).ok_or(SizingRefused::OutOfRange)?;
    let cost = quantity.checked_mul(bound).and_then(|cost| cost.checked_mul(one));
    cost.and_then(Exact::new).ok_or(SizingRefused::OutOfRange)
}

/// The highest price that the guard allows now, a multiple of the market's step.
fn highest_price(market: &Market, book: &Book, guard: &PriceGuard) -> Result<Decimal, SizingRefused> {
    if market.state == MarketState::Closed {
        return Err(SizingRefused::Closed);
    }
    let best = book.asks.iter().map(|level| level.price).min().filter(|price| !price.is_zero());
    let asks = best.ok_or(SizingRefused::NoOffers)?;
    if let Some(ceiling) = guard.ceiling.filter(|ceiling| asks > *ceiling) {
        return Err(SizingRefused::TooDear { asks, ceiling });
    }
    let slipped = Decimal::ONE.checked_add(guard.slippage).and_then(|factor| asks.checked_mul(factor));
    let bound = slipped.ok_or(SizingRefused::OutOfRange)?.min(guard.ceiling.unwrap_or(Decimal::MAX));
    let bound = down_to_step(bound, market.price_step).ok_or(SizingRefused::OutOfRange)?;
    Ok(bound.max(asks))
}

/// The worst price that the book shows for so much, as far as the bound allows.
fn price_for(spendable: Decimal, book: &Book, bound: Decimal, step: Decimal) -> Option<Decimal> {
    let mut asks = book.asks.clone();
    asks.sort_by_key(|level| level.price);
    let mut left = spendable;
    for level in asks {
        if level.price >= bound {
            return Some(bound);
        }
        let cost = level.price.checked_mul(level.quantity)?;
        if cost >= left {
            return Some(up_to_step(level.price, step)?.min(bound));
        }
        left = left.checked_sub(cost)?;
    }
    Some(bound)
}

/// What is left of a budget for the order itself, where the fee comes on top.
fn before_fee(budget: Decimal, guard: &PriceGuard) -> Option<Decimal> {
    budget.checked_div(Decimal::ONE.checked_add(guard.fee)?)
}

fn down_to_step(number: Decimal, step: Decimal) -> Option<Decimal> {
    to_step(number, step, RoundingStrategy::ToZero)
}

fn up_to_step(number: Decimal, step: Decimal) -> Option<Decimal> {
    to_step(number, step, RoundingStrategy::AwayFromZero)
}

fn to_step(number: Decimal, step: Decimal, rounding: RoundingStrategy) -> Option<Decimal> {
    if step.is_zero() {
        return Some(number);
    }
    let steps = number.checked_div(step)?;
    steps.round_dp_with_strategy(0, rounding).checked_mul(step)
}

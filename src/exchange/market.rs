//! A market: its rules, its book, and what its coins are.

use rust_decimal::Decimal;

/// Whether a market takes orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarketState {
    /// It takes orders and carries them out.
    Trading,
    /// It is there, and takes no new orders: halted, or orders can only be cancelled.
    Closed,
}

/// The rules of a market. What is bought is its base, what is spent its quote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Market {
    /// Its name at the venue, such as `SKYBTC`.
    pub name: String,
    /// What is bought, as the venue calls it.
    pub base: String,
    /// What is spent, as the venue calls it.
    pub quote: String,
    /// Whether it takes orders.
    pub state: MarketState,
    /// Prices are multiples of this, in quote for one base.
    pub price_step: Decimal,
    /// Quantities are multiples of this, in base.
    pub quantity_step: Decimal,
    /// The smallest quantity of an order, in base.
    pub least_quantity: Decimal,
    /// The smallest cost of an order, in quote; zero where there is none.
    pub least_cost: Decimal,
}

/// One price of a book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Level {
    /// In quote for one base.
    pub price: Decimal,
    /// What stands at this price, in base.
    pub quantity: Decimal,
}

/// What stands in a market, as far as was asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Book {
    /// Who buys, the highest price first.
    pub bids: Vec<Level>,
    /// Who sells, the lowest price first.
    pub asks: Vec<Level>,
}

/// The prices of the moment, in quote for one base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticker {
    /// The highest price that somebody buys at; none where nobody does.
    pub bid: Option<Decimal>,
    /// The lowest price that somebody sells at; none where nobody does.
    pub ask: Option<Decimal>,
    /// The price of the last trade; none where there was none.
    pub last: Option<Decimal>,
}

/// A network that an asset can be deposited or withdrawn on: what the asset really is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetNetwork {
    /// As the venue calls it, such as `ETH`.
    pub name: String,
    /// The token's contract; none for a chain's own coin, or where the venue does not say.
    pub contract: Option<String>,
}

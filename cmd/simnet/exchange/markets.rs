//! The coins and markets that there are, as the exchange itself names them: base first, `SKY-BTC`.
//!
//! Each venue makes its own names of these.

use super::amount::units;
use super::engine::{
    Asset, AssetId, Exchange, FeeCoin, Fees, Market, MarketId, MarketSpec, Price, Quoting, Settings,
    SetupError,
};

/// Code, decimal places, network, and least and fee of a withdrawal.
type Coin = (&'static str, u8, &'static str, &'static str, &'static str);

const COINS: [Coin; 6] = [
    ("SKY", 6, "Skycoin", "1", "0.1"),
    ("BTC", 8, "Bitcoin", "0.001", "0.0001"),
    ("ETH", 18, "Ethereum", "0.01", "0.001"),
    ("LTC", 8, "Litecoin", "0.01", "0.001"),
    ("DOGE", 8, "Dogecoin", "10", "4"),
    ("USDT", 6, "Ethereum", "10", "3"),
];

/// How a market is set up, and how its market maker quotes. Amounts are text.
struct Row {
    base: &'static str,
    quote: &'static str,
    price_decimals: u8,
    step: &'static str,
    least: &'static str,
    least_worth: &'static str,
    /// Where the price begins.
    start: &'static str,
    /// From the best bid to the best ask, and from one price to the next, in ticks.
    spread: u64,
    gap: u64,
    /// What an order of the market maker has, in steps.
    lots: (u64, u64),
}

const fn row(
    (base, quote, price_decimals, start): (&'static str, &'static str, u8, &'static str),
    (step, least, least_worth): (&'static str, &'static str, &'static str),
    (spread, gap): (u64, u64),
    lots: (u64, u64),
) -> Row {
    Row { base, quote, price_decimals, step, least, least_worth, start, spread, gap, lots }
}

const ROWS: [Row; 10] = [
    row(("SKY", "BTC", 5, "0.002"), ("0.01", "1", "0.0001"), (2, 1), (2_000, 20_000)),
    row(("SKY", "ETH", 5, "0.04"), ("0.01", "1", "0.001"), (20, 10), (2_000, 20_000)),
    row(("SKY", "LTC", 5, "1.5"), ("0.01", "1", "0.01"), (600, 300), (2_000, 20_000)),
    row(("SKY", "DOGE", 3, "800"), ("0.01", "1", "1"), (3_000, 1_500), (2_000, 20_000)),
    row(("SKY", "USDT", 4, "120"), ("0.01", "1", "5"), (5_000, 2_500), (2_000, 20_000)),
    row(("BTC", "USDT", 2, "60000"), ("0.0001", "0.0001", "5"), (2_000, 1_000), (500, 5_000)),
    row(("ETH", "USDT", 2, "3000"), ("0.0001", "0.0001", "5"), (100, 50), (5_000, 50_000)),
    row(("LTC", "USDT", 2, "80"), ("0.001", "0.001", "5"), (4, 2), (5_000, 50_000)),
    row(("DOGE", "USDT", 5, "0.15"), ("1", "1", "1"), (10, 5), (1_000, 100_000)),
    row(("ETH", "BTC", 6, "0.05"), ("0.01", "0.01", "0.0001"), (20, 10), (50, 500)),
];

/// A market with how it is quoted.
#[derive(Debug, Clone, Copy)]
pub(super) struct QuotedMarket {
    pub(super) quoting: Quoting,
    pub(super) start: Price,
}

/// Returns an exchange with all coins and markets, and nobody in it.
pub(super) fn exchange() -> (Exchange, Vec<QuotedMarket>) {
    build().expect("BUG: the markets of the table can be")
}

fn build() -> Result<(Exchange, Vec<QuotedMarket>), SetupError> {
    let mut exchange = Exchange::new(Settings { kept_trades: 100_000, ..Settings::default() });
    for (code, decimals, network, least, fee) in COINS {
        exchange.add_asset(Asset {
            code: code.to_owned(),
            decimals,
            network: network.to_owned(),
            withdrawal_fee: constant(fee, decimals),
            min_withdrawal: constant(least, decimals),
        })?;
    }
    let quoted = ROWS.iter().map(|row| add(&mut exchange, row)).collect::<Result<_, _>>()?;
    Ok((exchange, quoted))
}

fn add(exchange: &mut Exchange, row: &Row) -> Result<QuotedMarket, SetupError> {
    let asset = |code| asset(exchange, code).expect("BUG: the coins of the table are there");
    let (base, quote) = (asset(row.base), asset(row.quote));
    let (base_decimals, quote_decimals) = (exchange.asset(base).decimals, exchange.asset(quote).decimals);
    let least = constant(row.least, base_decimals);
    let market = exchange.add_market(MarketSpec {
        name: format!("{}-{}", row.base, row.quote),
        base,
        quote,
        price_decimals: row.price_decimals,
        tick: Price::new(1),
        step: constant(row.step, base_decimals),
        min_quantity: least,
        max_quantity: least * 10_000_000,
        min_notional: constant(row.least_worth, quote_decimals),
        fees: Fees::default(),
        fee_coin: FeeCoin::Received,
        price_range: None,
    })?;
    let start = constant(row.start, row.price_decimals);
    Ok(QuotedMarket {
        quoting: Quoting {
            market,
            levels: 10,
            spread: row.spread,
            gap: row.gap,
            tolerance: row.spread / 2 - row.spread / 4 - 1,
            lots: row.lots,
        },
        start: Price::new(u64::try_from(start).expect("BUG: prices of the table are small")),
    })
}

fn constant(text: &str, decimals: u8) -> u128 {
    units(text, decimals).expect("BUG: the amounts of the table are amounts")
}

/// Returns a coin by its code in capital letters.
pub(super) fn asset(exchange: &Exchange, code: &str) -> Option<AssetId> {
    exchange.asset_ids().find(|id| exchange.asset(*id).code == code)
}

/// Returns the codes of a market as its name has them now: a market that was renamed names another base.
pub(super) fn codes(market: &Market) -> (&str, &str) {
    market.spec().name.split_once('-').unwrap_or((&market.spec().name, ""))
}

/// Returns the market whose name, as a venue makes it, is this one.
pub(super) fn find(exchange: &Exchange, is_named: impl Fn(&str, &str) -> bool) -> Option<MarketId> {
    let is_it = |market: &&Market| {
        let (base, quote) = codes(market);
        is_named(base, quote)
    };
    exchange.markets().find(is_it).map(Market::id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_have_markets_that_can_be() {
        let (exchange, quoted) = exchange();
        assert_eq!((exchange.markets().count(), quoted.len()), (10, 10));
        let sky = find(&exchange, |base, quote| (base, quote) == ("SKY", "BTC")).unwrap();
        assert_eq!(exchange.market(sky).notional(Price::new(200), 1_000_000), Some(200_000));
        assert!(quoted.iter().all(|quoted| quoted.quoting.tolerance * 2 < quoted.quoting.spread));
    }
}

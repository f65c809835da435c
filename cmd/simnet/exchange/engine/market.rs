//! Assets and markets, and the arithmetic of prices and quantities.
//!
//! Inside, prices are counted in ticks and quantities in lots of one step. One lot at a price of one tick is a whole
//! number of quote units in every market, so what a trade costs is always exact.

use super::ids::{AssetId, MarketId};
use super::rate::{FeeCoin, Fees, MAX_UNITS, Rate};
use super::terms::{MarketState, Price, Side};

/// A coin. Its amounts are counted in its smallest unit everywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asset {
    pub(crate) code: String,
    /// Decimal places of one whole coin.
    pub(crate) decimals: u8,
    /// Where it is deposited and withdrawn. Two coins may have the same code, but not the same network and code.
    pub(crate) network: String,
    /// What a withdrawal costs, in units.
    pub(crate) withdrawal_fee: u128,
    /// The least that can be withdrawn, in units.
    pub(crate) min_withdrawal: u128,
}

/// What a market is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MarketSpec {
    pub(crate) name: String,
    pub(crate) base: AssetId,
    pub(crate) quote: AssetId,
    /// Decimal places of a price, in quote coins for one base coin.
    pub(crate) price_decimals: u8,
    /// Prices are multiples of it.
    pub(crate) tick: Price,
    /// Quantities are multiples of it, in base units.
    pub(crate) step: u128,
    /// In base units.
    pub(crate) min_quantity: u128,
    /// In base units.
    pub(crate) max_quantity: u128,
    /// The least that a limit order is worth and a market order spends, in quote units.
    pub(crate) min_notional: u128,
    pub(crate) fees: Fees,
    pub(crate) fee_coin: FeeCoin,
    /// How far from the best price a market order may trade; without it, through the whole book.
    pub(crate) price_range: Option<Rate>,
}

/// Why an asset or a market cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SetupError {
    #[error("{0:?} is there already, expected another name")]
    Taken(String),
    #[error("{0} decimal places, expected at most 24")]
    Decimals(u8),
    #[error("{0:?} would trade an asset for itself, expected two assets")]
    OneAsset(String),
    #[error("a tick of {tick} and a step of {step}, expected both above 0")]
    Zero { tick: u64, step: u128 },
    #[error(
        "one step at a price of one tick is no whole number of quote units for a tick of {tick}, a step of {step}; \
         expected {missing} more decimal places of the quote asset, or a larger tick or step"
    )]
    Inexact { tick: u64, step: u128, missing: u8 },
    #[error(
        "one step at a price of one tick is more quote units than fit for a tick of {tick}, a step of {step}"
    )]
    OutOfRange { tick: u64, step: u128 },
    #[error(
        "quantities from {min} to {max}, expected multiples of the step {step}, the larger last, below 2^64 steps"
    )]
    Quantities { min: u128, max: u128, step: u128 },
    #[error("65,536 are there, expected fewer")]
    TooMany,
}

/// Most decimal places of an asset or a price.
const MAX_DECIMALS: u8 = 24;

/// A market as it stands.
#[derive(Debug, Clone)]
pub(crate) struct Market {
    id: MarketId,
    spec: MarketSpec,
    state: MarketState,
    /// Quote units of one lot at a price of one tick.
    unit: u64,
}

impl Asset {
    pub(super) fn check(&self) -> Result<(), SetupError> {
        if self.decimals > MAX_DECIMALS { Err(SetupError::Decimals(self.decimals)) } else { Ok(()) }
    }
}

impl Market {
    pub(super) fn new(
        id: MarketId,
        spec: MarketSpec,
        base: &Asset,
        quote: &Asset,
    ) -> Result<Market, SetupError> {
        if spec.base == spec.quote {
            return Err(SetupError::OneAsset(spec.name));
        }
        if spec.price_decimals > MAX_DECIMALS {
            return Err(SetupError::Decimals(spec.price_decimals));
        }
        let unit = unit_of(&spec, base.decimals, quote.decimals)?;
        let (min, max, step) = (spec.min_quantity, spec.max_quantity, spec.step);
        let is_whole = min.is_multiple_of(step) && max.is_multiple_of(step);
        if !is_whole || min > max || u64::try_from(max / step).is_err() || max > MAX_UNITS {
            return Err(SetupError::Quantities { min, max, step });
        }
        Ok(Market { id, spec, state: MarketState::default(), unit })
    }

    pub(crate) fn id(&self) -> MarketId {
        self.id
    }

    pub(crate) fn spec(&self) -> &MarketSpec {
        &self.spec
    }

    pub(crate) fn state(&self) -> MarketState {
        self.state
    }

    pub(super) fn set_state(&mut self, state: MarketState) {
        self.state = state;
    }

    pub(super) fn set_min_notional(&mut self, least: u128) {
        self.spec.min_notional = least;
    }

    pub(super) fn set_price_range(&mut self, range: Option<Rate>) {
        self.spec.price_range = range;
    }

    pub(super) fn rename(&mut self, name: &str) {
        name.clone_into(&mut self.spec.name);
    }

    /// Returns the quote units that a quantity in base units costs at a price, or `None` where the price is no
    /// multiple of the tick, the quantity none of the step, or the result more than any order can be worth.
    pub(crate) fn notional(&self, price: Price, quantity: u128) -> Option<u128> {
        self.worth(self.ticks(price)?, self.lots(quantity)?)
    }

    pub(super) fn ticks(&self, price: Price) -> Option<u64> {
        let tick = self.spec.tick.get();
        price.get().is_multiple_of(tick).then(|| price.get() / tick)
    }

    pub(super) fn lots(&self, quantity: u128) -> Option<u64> {
        quantity.is_multiple_of(self.spec.step).then(|| u64::try_from(quantity / self.spec.step).ok())?
    }

    pub(super) fn price(&self, ticks: u64) -> Price {
        Price::new(ticks * self.spec.tick.get())
    }

    /// Returns base units.
    pub(super) fn quantity(&self, lots: u64) -> u128 {
        u128::from(lots) * self.spec.step
    }

    /// Returns quote units for one lot.
    pub(super) fn lot_cost(&self, ticks: u64) -> u128 {
        u128::from(ticks) * u128::from(self.unit)
    }

    /// Returns quote units of what is known to be within range: a part of an order.
    pub(super) fn cost(&self, ticks: u64, lots: u64) -> u128 {
        u128::from(ticks) * u128::from(lots) * u128::from(self.unit)
    }

    /// Returns quote units, or `None` where it is more than any order can be worth.
    pub(super) fn worth(&self, ticks: u64, lots: u64) -> Option<u128> {
        let product = u128::from(ticks) * u128::from(lots);
        product.checked_mul(u128::from(self.unit)).filter(|worth| *worth <= MAX_UNITS)
    }

    /// Returns what an order of this side pays with.
    pub(super) fn paid(&self, side: Side) -> AssetId {
        match side {
            Side::Buy => self.spec.quote,
            Side::Sell => self.spec.base,
        }
    }

    /// Returns what an order of this side gets.
    pub(super) fn received(&self, side: Side) -> AssetId {
        self.paid(side.opposite())
    }
}

fn unit_of(spec: &MarketSpec, base_decimals: u8, quote_decimals: u8) -> Result<u64, SetupError> {
    let (tick, step) = (spec.tick.get(), spec.step);
    if tick == 0 || step == 0 {
        return Err(SetupError::Zero { tick, step });
    }
    let out_of_range = || SetupError::OutOfRange { tick, step };
    let whole = u128::from(tick).checked_mul(step).ok_or_else(out_of_range)?;
    let below = spec.price_decimals + base_decimals;
    let places = below.saturating_sub(quote_decimals);
    let zeros = zeros(whole);
    if zeros < places {
        return Err(SetupError::Inexact { tick, step, missing: places - zeros });
    }
    let unit = whole / 10u128.pow(places.into());
    let scale = 10u128.pow(quote_decimals.saturating_sub(below).into());
    unit.checked_mul(scale).and_then(|unit| u64::try_from(unit).ok()).ok_or_else(out_of_range)
}

/// Returns how often a number above 0 can be divided by ten.
fn zeros(mut number: u128) -> u8 {
    let mut zeros = 0;
    while number.is_multiple_of(10) {
        (number, zeros) = (number / 10, zeros + 1);
    }
    zeros
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asset(decimals: u8) -> Asset {
        let (code, network) = ("A".to_owned(), "A".to_owned());
        Asset { code, decimals, network, withdrawal_fee: 0, min_withdrawal: 0 }
    }

    fn spec(price_decimals: u8, tick: u64, step: u128) -> MarketSpec {
        MarketSpec {
            name: "BTC_SKY".to_owned(),
            base: AssetId(0),
            quote: AssetId(1),
            price_decimals,
            tick: Price::new(tick),
            step,
            min_quantity: step,
            max_quantity: step * 1_000_000,
            min_notional: 0,
            fees: Fees::default(),
            fee_coin: FeeCoin::default(),
            price_range: None,
        }
    }

    fn market(spec: MarketSpec, base: u8, quote: u8) -> Result<Market, SetupError> {
        Market::new(MarketId(0), spec, &asset(base), &asset(quote))
    }

    #[test]
    fn should_cost_a_whole_number_of_units() {
        // 0.00021 BTC for one SKY: 12.34 SKY are 0.0025914 BTC.
        let sky = market(spec(5, 1, 10_000), 6, 8).unwrap();
        assert_eq!(sky.notional(Price::new(21), 12_340_000), Some(259_140));
        // 3,000.01 USD for one ETH in wei: 0.0002 ETH are 0.600002 USD.
        let ether = market(spec(2, 1, 100_000_000_000_000), 18, 6).unwrap();
        assert_eq!(ether.notional(Price::new(300_001), 200_000_000_000_000), Some(600_002));
        assert_eq!(ether.notional(Price::new(300_001), 1), None, "no multiple of the step");
    }

    #[test]
    fn should_say_how_many_decimals_a_quote_lacks() {
        let refused = market(spec(5, 1, 10_000), 6, 4).unwrap_err();
        assert_eq!(refused, SetupError::Inexact { tick: 1, step: 10_000, missing: 3 });
        assert!(market(spec(5, 1, 10_000), 6, 7).is_ok());
    }

    #[test]
    fn should_refuse_what_cannot_be_traded() {
        assert_eq!(market(spec(5, 0, 1), 6, 8).unwrap_err(), SetupError::Zero { tick: 0, step: 1 });
        assert_eq!(market(spec(25, 1, 1), 6, 8).unwrap_err(), SetupError::Decimals(25));
        let odd = MarketSpec { min_quantity: 15_000, ..spec(5, 1, 10_000) };
        assert!(matches!(market(odd, 6, 8), Err(SetupError::Quantities { min: 15_000, .. })));
        let alone = MarketSpec { quote: AssetId(0), ..spec(5, 1, 10_000) };
        assert_eq!(market(alone, 6, 8).unwrap_err(), SetupError::OneAsset("BTC_SKY".to_owned()));
    }
}

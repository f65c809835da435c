//! What is offered: put together so that the template has nothing to reckon.

use super::calculator::Scale;
use crate::api::PriceTags;
use crate::config::{ChainConfig, Config};
use crate::price::PromisedPrice;
use crate::store::Binding;
use crate::types::{BuyMethod, Coin, Rate, Token, UnixTime};

/// A coin that can be bound, as the page offers it.
#[derive(Debug, Clone)]
pub struct CoinOffer {
    /// The coin.
    pub coin: Coin,
    /// What people call it.
    pub name: &'static str,
    /// Confirmations that a deposit needs.
    pub confirmations: u64,
    /// The coin itself, and then the tokens that the same address takes.
    pub assets: Vec<AssetOffer>,
}

/// What is taken at a coin's addresses.
#[derive(Debug, Clone)]
pub struct AssetOffer {
    /// The code of the coin or the symbol of the token.
    pub code: String,
    /// Where it is one.
    pub token: Option<Token>,
    /// SKY for one whole of it; empty where there is no price.
    pub rate: String,
    /// What of the market's price stays with the desk, in per cent; empty where nothing does.
    pub spread: String,
    /// What is deposited below this buys nothing; empty where that is not known.
    pub smallest: String,
    /// What the calculator reckons with; none without a price.
    pub scale: Option<Scale>,
    /// Whether what it buys comes out of the desk's own wallet.
    pub is_direct: bool,
    /// Until when the price was promised to who has the address; none where it is the one of the moment.
    pub until: Option<UnixTime>,
}

impl AssetOffer {
    fn new(config: &Config, tags: &PriceTags<'_>, coin: Coin, token: Option<Token>) -> Self {
        let code = token.map_or(coin.code().to_owned(), |token| token.symbol.to_string());
        let decimals = token.map_or(coin.decimals(), |token| token.decimals);
        let rate = tags.rate(coin, token).ok();
        let scale = rate.map(|rate| Scale::new(&code, decimals, config.rail.max_decimals, rate));
        AssetOffer {
            rate: shown_rate(tags, coin, token),
            spread: tags.spread(coin, token),
            smallest: tags.smallest(coin, token).map_or(String::new(), |coins| trimmed(&coins)),
            scale,
            is_direct: config.method(coin, token) == BuyMethod::Direct,
            until: None,
            code,
            token,
        }
    }

    /// Takes a price that was promised instead of the one of the moment.
    fn promise(&mut self, coin: Coin, places: u8, price: &PromisedPrice) -> Option<()> {
        let decimals = self.token.map_or(coin.decimals(), |token| token.decimals);
        let rate = Rate::parse(&price.rate).ok()?;
        self.rate = trimmed(rate.text());
        self.spread = super::super::price_tags::percent(price.note.spread);
        self.smallest = rate
            .smallest_deposit(decimals, places)
            .map_or(String::new(), |units| trimmed(&units.to_coins(decimals)));
        self.scale = Some(Scale::new(&self.code, decimals, places, rate));
        Some(())
    }
}

/// A rate that the places of a payout cannot show is told as it was configured; nothing where there is no price.
fn shown_rate(tags: &PriceTags<'_>, coin: Coin, token: Option<Token>) -> String {
    let shown = trimmed(&tags.buys(coin, token));
    let whole = || tags.rate(coin, token).map(|rate| rate.text().to_owned());
    if shown == "0" { whole().unwrap_or(shown) } else { shown }
}

impl CoinOffer {
    fn new(config: &Config, tags: &PriceTags<'_>, coin: &ChainConfig) -> Self {
        let tokens = config.tokens_at(coin.coin).map(|(token, _)| Some(token));
        CoinOffer {
            coin: coin.coin,
            name: coin.coin.facts().name,
            confirmations: coin.confirmations_required,
            assets: std::iter::once(None)
                .chain(tokens)
                .map(|token| AssetOffer::new(config, tags, coin.coin, token))
                .collect(),
        }
    }

    /// Shows what was promised for the address where that holds now. What is bought first is worth what that brings,
    /// whatever was promised.
    pub(super) fn promise(&mut self, binding: &Binding, places: u8, now: UnixTime) {
        let Some(promise) = &binding.promise else { return };
        for asset in self.assets.iter_mut().filter(|asset| asset.is_direct) {
            let price = promise.of(asset.token, binding.bound_at, now);
            let taken = price.and_then(|price| asset.promise(self.coin, places, price));
            asset.until = taken.map(|()| promise.until);
        }
    }

    /// The code of the coin.
    pub fn code(&self) -> &'static str {
        self.coin.code()
    }
}

impl crate::api::ApiState {
    /// A coin as it would be offered now, whether new addresses of it are given out or not.
    pub(super) fn offer(&self, coin: Coin) -> CoinOffer {
        let prices = self.live.prices();
        CoinOffer::new(&self.config, &PriceTags::new(&self.config, prices.as_deref()), self.config.coin(coin))
    }
}

/// The enabled coins.
pub(in crate::api) fn offers(config: &Config, tags: &PriceTags<'_>) -> Vec<CoinOffer> {
    config.enabled_coins().map(|coin| CoinOffer::new(config, tags, coin)).collect()
}

/// `0.002` for `0.00200000`. A fraction, as rates may be, stays as it is.
pub(super) fn trimmed(decimal: &str) -> String {
    let is_decimal = decimal.contains('.') && !decimal.contains('/');
    let short = if is_decimal { decimal.trim_end_matches('0').trim_end_matches('.') } else { decimal };
    short.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_leave_out_zeros_that_say_nothing() {
        for (decimal, short) in [
            ("1.000000", "1"),
            ("0.00200000", "0.002"),
            ("100", "100"),
            ("0.000000000000000001", "0.000000000000000001"),
            ("10.0", "10"),
            ("1000/3", "1000/3"),
            ("1/0.10", "1/0.10"),
        ] {
            assert_eq!(trimmed(decimal), short);
        }
    }
}

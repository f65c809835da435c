//! What one of each asset buys at the moment, as it is shown.

use crate::config::Config;
use crate::live::Prices;
use crate::types::{Coin, Exact, Rate, Token, Units};

/// A spread in per cent; empty where there is none.
pub(super) fn percent(spread: Exact) -> String {
    let percent = Some(spread).filter(|spread| !spread.is_zero()).and_then(Exact::percent);
    percent.map_or(String::new(), |percent| format!("{percent} %"))
}

/// The prices of the moment.
pub(super) struct PriceTags<'a> {
    config: &'a Config,
    prices: Option<&'a Prices>,
}

impl<'a> PriceTags<'a> {
    /// Those that are written down, where there are no others.
    pub(super) fn new(config: &'a Config, prices: Option<&'a Prices>) -> PriceTags<'a> {
        PriceTags { config, prices }
    }

    /// SKY for one; otherwise why there is no price.
    pub(super) fn rate(&self, coin: Coin, token: Option<Token>) -> Result<Rate, String> {
        if let Some(prices) = self.prices {
            let view = prices.view(coin, token).ok_or_else(|| "no price is configured for it".to_owned())?;
            return view.price.map(|quoted| quoted.rate).map_err(|error| error.to_string());
        }
        let written = match token {
            None => self.config.price(coin).fixed(),
            Some(token) => {
                let mut tokens = self.config.tokens_at(coin);
                tokens
                    .find(|(known, _)| known.contract == token.contract)
                    .and_then(|(_, price)| price.fixed())
            }
        };
        written.cloned().ok_or_else(|| "no price is known yet".to_owned())
    }

    /// What one whole coin or token buys; nothing without a price. SKY for SKY stands as it was configured: so the
    /// original has it.
    pub(super) fn buys(&self, coin: Coin, token: Option<Token>) -> String {
        let Ok(rate) = self.rate(coin, token) else { return String::new() };
        if coin == Coin::SKY && token.is_none() {
            return rate.text().to_owned();
        }
        let decimals = token.map_or(coin.decimals(), |token| token.decimals);
        match rate.quote(Units::one_coin(decimals), decimals, self.config.rail.max_decimals) {
            Ok(quote) => quote.payout.to_string(),
            Err(_) => rate.text().to_owned(),
        }
    }

    /// What of the market's price stays with the desk, in per cent; empty where nothing does, or there is no price.
    pub(super) fn spread(&self, coin: Coin, token: Option<Token>) -> String {
        let view = self.prices.and_then(|prices| prices.view(coin, token));
        let spread = view.and_then(|view| view.price.ok()).map(|quoted| quoted.note.spread);
        spread.map_or(String::new(), percent)
    }

    /// The smallest deposit that buys anything.
    pub(super) fn smallest(&self, coin: Coin, token: Option<Token>) -> Option<String> {
        let decimals = token.map_or(coin.decimals(), |token| token.decimals);
        let smallest = self.rate(coin, token).ok()?.smallest_deposit(decimals, self.config.rail.max_decimals);
        smallest.map(|units| units.to_coins(decimals))
    }
}

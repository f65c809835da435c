//! The exchange as it stands, and how it is set up.

use std::collections::BTreeMap;

use super::accounts::{AccountSettings, Accounts};
use super::charts::Charts;
use super::ids::{AccountId, AssetId, MarketId};
use super::market::{Asset, Market, MarketSpec, SetupError};
use super::orders::Orders;
use super::rate::Rate;
use super::tape::Tape;
use super::venue::Venue;
use super::withdrawal::Withdrawal;

/// How much an exchange remembers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    /// The intervals of candles, in milliseconds.
    pub(crate) candle_intervals: Vec<u64>,
    /// Most candles of each interval and market.
    pub(crate) kept_candles: usize,
    /// Most trades of each market. The fills of an order are shown as long as its trades are kept.
    pub(crate) kept_trades: usize,
}

impl Default for Settings {
    /// Returns candles of one and five minutes, an hour and a day, a thousand of each, and a million trades.
    fn default() -> Settings {
        let candle_intervals = vec![60_000, 300_000, 3_600_000, 86_400_000];
        Settings { candle_intervals, kept_candles: 1_000, kept_trades: 1_000_000 }
    }
}

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listing<'a> {
    Market(MarketId),
    /// The market has another name now.
    Renamed(&'a str),
    Unknown,
}

/// An exchange: assets, markets with their books, accounts with their money, and what happened.
///
/// It has no clock. Each operation that leaves a time behind is told the time in milliseconds; one before the latest
/// counts as the latest. Ids of assets, markets and accounts are those that this exchange gave: others panic.
#[derive(Debug, Clone, Default)]
pub(crate) struct Exchange {
    pub(super) settings: Settings,
    pub(super) assets: Vec<Asset>,
    pub(super) venues: Vec<Venue>,
    /// Names that markets have and had.
    names: BTreeMap<String, MarketId>,
    pub(super) accounts: Accounts,
    pub(super) orders: Orders,
    pub(super) withdrawals: Vec<Withdrawal>,
    now: u64,
}

impl Exchange {
    pub(crate) fn new(settings: Settings) -> Exchange {
        Exchange { settings, ..Exchange::default() }
    }

    /// Adds a coin.
    ///
    /// # Errors
    /// Where another one has its code and network, or it has too many decimal places.
    pub(crate) fn add_asset(&mut self, asset: Asset) -> Result<AssetId, SetupError> {
        asset.check()?;
        if self.find_asset(&asset.code, &asset.network).is_some() {
            return Err(SetupError::Taken(format!("{} on {}", asset.code, asset.network)));
        }
        let id = AssetId(u16::try_from(self.assets.len()).map_err(|_| SetupError::TooMany)?);
        self.assets.push(asset);
        self.accounts.add_asset();
        Ok(id)
    }

    /// Adds a market.
    ///
    /// # Errors
    /// Where its name is or was another one's, or its tick and step do not fit its assets.
    pub(crate) fn add_market(&mut self, spec: MarketSpec) -> Result<MarketId, SetupError> {
        if self.names.contains_key(&spec.name) {
            return Err(SetupError::Taken(spec.name));
        }
        let id = MarketId(u16::try_from(self.venues.len()).map_err(|_| SetupError::TooMany)?);
        let name = spec.name.clone();
        let (base, quote) = (&self.assets[spec.base.index()], &self.assets[spec.quote.index()]);
        let market = Market::new(id, spec, base, quote)?;
        let charts = Charts::new(&self.settings.candle_intervals, self.settings.kept_candles);
        self.venues.push(Venue::new(market, Tape::new(self.settings.kept_trades), charts));
        self.names.insert(name, id);
        Ok(id)
    }

    /// Gives a market another name; who asks for the old one is told.
    ///
    /// # Errors
    /// Where the name is or was another market's.
    pub(crate) fn rename_market(&mut self, market: MarketId, name: &str) -> Result<(), SetupError> {
        if self.names.get(name).is_some_and(|other| *other != market) {
            return Err(SetupError::Taken(name.to_owned()));
        }
        self.names.insert(name.to_owned(), market);
        self.venues[market.index()].market.rename(name);
        Ok(())
    }

    /// Changes the least that a market's next orders are worth, in quote units.
    pub(crate) fn set_min_notional(&mut self, market: MarketId, least: u128) {
        self.venues[market.index()].market.set_min_notional(least);
    }

    /// Changes how far from the best price a market's next market orders trade.
    pub(crate) fn set_price_range(&mut self, market: MarketId, range: Option<Rate>) {
        self.venues[market.index()].market.set_price_range(range);
    }

    pub(crate) fn open_account(&mut self, settings: AccountSettings) -> AccountId {
        self.accounts.open(settings)
    }

    /// Changes what counts for the account's next orders.
    pub(crate) fn set_account_settings(&mut self, account: AccountId, settings: AccountSettings) {
        self.accounts.get_mut(account).settings = settings;
    }

    pub(crate) fn account_settings(&self, account: AccountId) -> AccountSettings {
        self.accounts.get(account).settings
    }

    pub(crate) fn find_asset(&self, code: &str, network: &str) -> Option<AssetId> {
        let is_it = |asset: &Asset| asset.code == code && asset.network == network;
        self.asset_ids().find(|id| is_it(self.asset(*id)))
    }

    pub(crate) fn find_market(&self, name: &str) -> Listing<'_> {
        match self.names.get(name).map(|id| self.market(*id)) {
            Some(market) if market.spec().name == name => Listing::Market(market.id()),
            Some(market) => Listing::Renamed(&market.spec().name),
            None => Listing::Unknown,
        }
    }

    pub(crate) fn asset(&self, id: AssetId) -> &Asset {
        &self.assets[id.index()]
    }

    pub(crate) fn market(&self, id: MarketId) -> &Market {
        &self.venues[id.index()].market
    }

    /// Returns all markets in the order of adding, those that are gone too.
    pub(crate) fn markets(&self) -> impl Iterator<Item = &Market> {
        self.venues.iter().map(|venue| &venue.market)
    }

    pub(crate) fn asset_ids(&self) -> impl Iterator<Item = AssetId> {
        (0..).zip(&self.assets).map(|(id, _)| AssetId(id))
    }

    /// Returns the latest time that an operation told, in milliseconds.
    pub(crate) fn now(&self) -> u64 {
        self.now
    }

    /// Notes the time and returns the latest.
    pub(super) fn advance(&mut self, now: u64) -> u64 {
        self.now = self.now.max(now);
        self.now
    }
}

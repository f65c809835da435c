//! A small exchange to test with: three coins, three markets, accounts that differ.

use crate::exchange::engine::{
    AccountId, AccountSettings, Asset, AssetId, Exchange, FeeCoin, Fees, MarketId, MarketSpec, OrderId,
    OrderInfo, OrderRequest, OrderState, Price, Rate, SelfTrade, Settings, Side, Terms, TimeInForce,
};

/// One whole SKY and one whole BTC.
pub(super) const SKY: u128 = 1_000_000;
pub(super) const BTC: u128 = 100_000_000;

pub(super) fn rate(ppb: u32) -> Rate {
    Rate::from_ppb(ppb).unwrap()
}

pub(super) fn coin(code: &str, decimals: u8) -> Asset {
    let (code, network) = (code.to_owned(), code.to_owned());
    Asset { code, decimals, network, withdrawal_fee: 3, min_withdrawal: 10 }
}

/// A market for SKY as C2CX had it: a price of 21 is 0.00021 BTC.
pub(super) fn sky_market(base: AssetId, quote: AssetId) -> MarketSpec {
    MarketSpec {
        name: "BTC_SKY".to_owned(),
        base,
        quote,
        price_decimals: 5,
        tick: Price::new(1),
        step: SKY / 100,
        min_quantity: SKY,
        max_quantity: SKY * 1_000_000,
        min_notional: 0,
        fees: Fees { maker: rate(1_000_000), taker: rate(2_000_000) },
        fee_coin: FeeCoin::Received,
        price_range: None,
    }
}

/// Two accounts with coins, and one market.
pub(super) struct World {
    pub(super) exchange: Exchange,
    pub(super) sky: AssetId,
    pub(super) btc: AssetId,
    pub(super) market: MarketId,
    pub(super) ann: AccountId,
    pub(super) bob: AccountId,
}

impl World {
    pub(super) fn new() -> World {
        World::with(AccountSettings::default(), |spec| spec)
    }

    pub(super) fn with(settings: AccountSettings, change: impl Fn(MarketSpec) -> MarketSpec) -> World {
        let mut exchange = Exchange::new(Settings::default());
        let sky = exchange.add_asset(coin("SKY", 6)).unwrap();
        let btc = exchange.add_asset(coin("BTC", 8)).unwrap();
        let market = exchange.add_market(change(sky_market(sky, btc))).unwrap();
        let [ann, bob] = [(), ()].map(|()| exchange.open_account(settings));
        for account in [ann, bob] {
            exchange.deposit(account, sky, 1_000 * SKY).unwrap();
            exchange.deposit(account, btc, BTC).unwrap();
        }
        World { exchange, sky, btc, market, ann, bob }
    }

    pub(super) fn limit(&mut self, who: AccountId, side: Side, price: u64, sky: u128) -> OrderId {
        self.forced(who, side, (price, sky), TimeInForce::GoodTilCancelled)
    }

    pub(super) fn forced(
        &mut self,
        who: AccountId,
        side: Side,
        (price, sky): (u64, u128),
        time_in_force: TimeInForce,
    ) -> OrderId {
        let price = Price::new(price);
        self.place(who, side, Terms::Limit { price, quantity: sky * SKY, time_in_force })
    }

    pub(super) fn place(&mut self, who: AccountId, side: Side, terms: Terms) -> OrderId {
        let request = OrderRequest::new(self.market, side, terms);
        let placed = self.exchange.place(who, &request, 1_000).unwrap();
        self.exchange.check().unwrap();
        placed.order
    }

    pub(super) fn order(&self, who: AccountId, id: OrderId) -> OrderInfo<'_> {
        self.exchange.order(who, id).unwrap()
    }

    pub(super) fn state(&self, who: AccountId, id: OrderId) -> OrderState {
        self.order(who, id).state
    }
}

/// The settings of accounts that differ in all that can differ.
pub(super) fn different_accounts() -> [AccountSettings; 4] {
    let plain = AccountSettings::default();
    let fees = Some(Fees { maker: rate(17_000_001), taker: rate(0) });
    [
        plain,
        AccountSettings { fee_coin: Some(FeeCoin::Quote), self_trade: SelfTrade::ExpireMaker, ..plain },
        AccountSettings { fee_coin: Some(FeeCoin::Base), self_trade: SelfTrade::ExpireTaker, ..plain },
        AccountSettings { fees, fee_coin: Some(FeeCoin::Quote), ..plain },
    ]
}

/// Coins and markets between them whose costs and fees are seldom round.
pub(super) fn odd_markets(ids: [AssetId; 3]) -> [MarketSpec; 3] {
    let [sky, btc, usd] = ids;
    let odd = MarketSpec {
        price_decimals: 1,
        tick: Price::new(5),
        step: 20,
        min_quantity: 20,
        max_quantity: 160,
        min_notional: 21,
        fees: Fees { maker: rate(3_700_000), taker: rate(91_300_007) },
        ..sky_market(sky, usd)
    };
    let (name, fee_coin) = ("USD_BTC".to_owned(), FeeCoin::Quote);
    let other = MarketSpec { name, base: btc, price_range: Some(rate(300_000_000)), fee_coin, ..odd.clone() };
    let (name, fee_coin) = ("SKY_BTC".to_owned(), FeeCoin::Base);
    let fees = Fees { maker: rate(50_000_000), taker: rate(10_000_000) };
    let cross = MarketSpec { name, base: btc, quote: sky, fee_coin, fees, ..odd.clone() };
    [odd, other, cross]
}

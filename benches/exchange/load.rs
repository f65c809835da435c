//! Work for measuring: one market, some accounts, and a stream of orders out of a seed.

use super::engine::{
    AccountId, AccountSettings, Asset, AssetId, Exchange, FeeCoin, Fees, MarketId, MarketSpec, OrderId,
    OrderRequest, Price, Random, Rate, Settings, SetupError, Side, Terms, TradeId,
};

const ACCOUNTS: u64 = 16;
const MIDDLE: u64 = 1_000_000;
/// Prices between the middle and the orders that rest at first.
const FRONT: u64 = 20;

/// What a stream of orders consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mix {
    /// Turn by turn an order that rests and a market order of the same size.
    Match,
    /// Of a hundred: 50 limit orders, a tenth of which may trade, 35 cancels, 15 market orders.
    Mixed,
    /// In turn: an order that rests, a cancel of any that rests, another that rests, a market order of the size that
    /// orders have on average. So the book stays as large as it is.
    Steady,
}

/// An exchange under load.
#[derive(Debug, Clone)]
pub(crate) struct Load {
    exchange: Exchange,
    market: MarketId,
    accounts: Vec<AccountId>,
    random: Random,
    /// Prices on each side, the first of them so far away from the middle.
    levels: u64,
    first: u64,
    placed: Vec<(AccountId, OrderId)>,
    now: u64,
}

impl Load {
    /// Returns an exchange with so many resting orders on so many prices of each side.
    pub(crate) fn new(seed: u64, resting: u64, levels: u64, kept_orders: Option<usize>) -> Load {
        let (mut exchange, base, quote, market) = empty().expect("BUG: the market of the load can be");
        let settings = AccountSettings { kept_orders, ..AccountSettings::default() };
        let accounts: Vec<AccountId> = (0..ACCOUNTS).map(|_| exchange.open_account(settings)).collect();
        for account in &accounts {
            for asset in [base, quote] {
                exchange.deposit(*account, asset, 1 << 80).expect("BUG: there is room for it");
            }
        }
        let (random, placed) = (Random::new(seed), Vec::new());
        let mut load = Load {
            exchange,
            market,
            accounts,
            random,
            levels: levels.max(1),
            first: 1 + FRONT,
            placed,
            now: 0,
        };
        (0..resting).for_each(|_| load.rest(false));
        load
    }

    /// From now on orders come and go in front of those that rest: of these, none is cancelled, and few trade.
    pub(crate) fn move_in_front(&mut self) {
        (self.levels, self.first) = (FRONT, 1);
        self.placed.clear();
        (0..1_000).for_each(|_| self.rest(false));
    }

    pub(crate) fn exchange(&self) -> &Exchange {
        &self.exchange
    }

    /// Does so many operations; returns how many trades they made.
    pub(crate) fn run(&mut self, mix: Mix, operations: u64) -> u64 {
        let before = self.trades();
        for operation in 0..operations {
            self.now += 1;
            match mix {
                Mix::Match => self.meet(operation),
                Mix::Mixed => self.mixed(),
                Mix::Steady => self.steady(operation),
            }
        }
        self.trades() - before
    }

    /// Returns how many orders rest.
    pub(crate) fn resting(&self) -> usize {
        self.accounts.iter().map(|account| self.exchange.open_orders(*account).len()).sum()
    }

    /// Returns how many trades there ever were.
    fn trades(&self) -> u64 {
        self.exchange.trades(self.market, TradeId::new(0)).next_back().map_or(0, |trade| trade.id.get())
    }

    fn meet(&mut self, operation: u64) {
        let side = if operation % 4 < 2 { Side::Buy } else { Side::Sell };
        let lots = 1 + u128::from(operation / 2 % 3);
        if operation.is_multiple_of(2) {
            let ticks = self.ticks(side);
            let request = OrderRequest::limit(self.market, side, Price::new(ticks), lots * 10_000);
            self.send(0, &request);
        } else {
            self.take(side.opposite(), lots);
        }
    }

    fn mixed(&mut self) {
        match self.random.below(100) {
            0..50 => {
                let crosses = self.random.below(10) == 0;
                self.rest(crosses);
            }
            50..85 => {
                // One that has traded meanwhile cannot be cancelled; to find that out is work too.
                self.cancel();
            }
            _ => {
                let (side, lots) = (self.side(), 1 + self.random.below(3));
                self.take(side, lots.into());
            }
        }
    }

    fn steady(&mut self, operation: u64) {
        match operation % 4 {
            0 | 2 => self.rest(false),
            // Those that have traded meanwhile are passed over.
            1 => while !self.cancel() && !self.placed.is_empty() {},
            _ => {
                let side = self.side();
                self.take(side, 2);
            }
        }
    }

    fn rest(&mut self, crosses: bool) {
        let (side, lots) = (self.side(), 1 + self.random.below(3));
        let ticks = self.ticks(if crosses { side.opposite() } else { side });
        let account = self.random.below(ACCOUNTS);
        let request = OrderRequest::limit(self.market, side, Price::new(ticks), u128::from(lots) * 10_000);
        let placed = self.send(account, &request);
        self.placed.push(placed);
    }

    fn take(&mut self, side: Side, lots: u128) {
        let account = self.random.below(ACCOUNTS);
        let request = OrderRequest::new(self.market, side, Terms::Market { quantity: lots * 10_000 });
        self.send(account, &request);
    }

    /// Cancels one of the orders that were placed; returns whether it was open still.
    fn cancel(&mut self) -> bool {
        let place = usize::try_from(self.random.below(self.placed.len() as u64)).unwrap_or_default();
        if place >= self.placed.len() {
            return false;
        }
        let (owner, id) = self.placed.swap_remove(place);
        self.exchange.cancel(owner, id, self.now).is_ok()
    }

    fn send(&mut self, account: u64, request: &OrderRequest<'_>) -> (AccountId, OrderId) {
        let account = self.accounts[usize::try_from(account).unwrap_or_default()];
        let placed = self.exchange.place(account, request, self.now);
        (account, placed.expect("BUG: the load keeps the rules of its market").order)
    }

    fn side(&mut self) -> Side {
        if self.random.below(2) == 0 { Side::Buy } else { Side::Sell }
    }

    fn ticks(&mut self, side: Side) -> u64 {
        let away = self.first + self.random.below(self.levels);
        match side {
            Side::Buy => MIDDLE - away,
            Side::Sell => MIDDLE + away,
        }
    }
}

fn empty() -> Result<(Exchange, AssetId, AssetId, MarketId), SetupError> {
    let mut exchange = Exchange::new(Settings::default());
    let base = exchange.add_asset(coin("SKY", 6))?;
    let quote = exchange.add_asset(coin("BTC", 8))?;
    let market = exchange.add_market(spec(base, quote))?;
    Ok((exchange, base, quote, market))
}

fn coin(code: &str, decimals: u8) -> Asset {
    let (code, network) = (code.to_owned(), code.to_owned());
    Asset { code, decimals, network, withdrawal_fee: 0, min_withdrawal: 0 }
}

fn spec(base: AssetId, quote: AssetId) -> MarketSpec {
    let rate = |ppb| Rate::from_ppb(ppb).unwrap_or_default();
    MarketSpec {
        name: "BTC_SKY".to_owned(),
        base,
        quote,
        price_decimals: 6,
        tick: Price::new(1),
        step: 10_000,
        min_quantity: 10_000,
        max_quantity: 10_000_000_000_000,
        min_notional: 0,
        fees: Fees { maker: rate(1_000_000), taker: rate(2_000_000) },
        fee_coin: FeeCoin::Received,
        price_range: None,
    }
}

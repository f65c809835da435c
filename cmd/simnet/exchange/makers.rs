//! Who keeps the books alive: a market maker in every market, along a price that wanders, and a crowd that trades
//! with it.

use super::engine::{
    AccountId, AccountSettings, Exchange, MarketId, MarketMaker, OrderRequest, Random, SelfTrade, Side,
    Terms, Walk,
};
use super::markets::QuotedMarket;

/// What each of them begins with, in whole coins.
const COINS: u128 = 1_000_000_000;

#[derive(Debug, Clone)]
pub(super) struct Makers {
    makers: AccountId,
    crowd: AccountId,
    books: Vec<Book>,
    random: Random,
}

#[derive(Debug, Clone)]
struct Book {
    maker: MarketMaker,
    walk: Walk,
    market: MarketId,
    /// The most that the crowd trades at once, in steps.
    lots: u64,
}

impl Makers {
    /// Opens their accounts.
    pub(super) fn new(exchange: &mut Exchange, quoted: &[QuotedMarket], seed: u64) -> Makers {
        let settings = AccountSettings { kept_orders: Some(1_000), ..AccountSettings::default() };
        let [makers, crowd] = [(); 2].map(|()| {
            let account = exchange.open_account(settings);
            let assets: Vec<_> = exchange.asset_ids().collect();
            for asset in assets {
                let coins = COINS * 10u128.pow(exchange.asset(asset).decimals.into());
                exchange.deposit(account, asset, coins).expect("BUG: there is room in an empty exchange");
            }
            account
        });
        let books = (seed..).zip(quoted).map(|(seed, quoted)| Book {
            maker: MarketMaker::new(seed, makers, quoted.quoting),
            walk: Walk::new(seed, quoted.start, quoted.quoting.spread),
            market: quoted.quoting.market,
            lots: quoted.quoting.lots.0,
        });
        Makers { makers, crowd, books: books.collect(), random: Random::new(seed) }
    }

    pub(super) fn account(&self) -> AccountId {
        self.makers
    }

    /// Moves every price by one step, and has somebody trade here and there.
    pub(super) fn step(&mut self, exchange: &mut Exchange, now: u64) {
        for book in &mut self.books {
            let reference = book.walk.next().unwrap_or_else(|| book.walk.price());
            for action in book.maker.decide(exchange, reference) {
                // A market that takes no orders stays as it is.
                action.apply(exchange, self.makers, now);
            }
            if self.random.below(3) == 0 {
                let side = if self.random.below(2) == 0 { Side::Buy } else { Side::Sell };
                let spec = exchange.market(book.market).spec();
                let least = spec.min_quantity.div_ceil(spec.step);
                let steps = least + u128::from(self.random.below(book.lots));
                let terms = Terms::Market { quantity: steps * spec.step };
                let request = OrderRequest {
                    self_trade: Some(SelfTrade::ExpireMaker),
                    ..OrderRequest::new(book.market, side, terms)
                };
                let _ = exchange.place(self.crowd, &request, now);
            }
        }
    }
}

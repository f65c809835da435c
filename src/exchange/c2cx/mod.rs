//! C2CX v1. The exchange is no more; its protocol is that of the original, and of the simulated exchange.
//!
//! A client id can be used once for ever and cannot be searched for: a look-up goes through the lists of the account.
//! There are no orders that end at once, and the fees that are told are often 0 although they are taken.

mod answer;
mod sign;

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::Method;
use rust_decimal::Decimal;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde::de::IgnoredAny;

use self::answer::{Page, Placed, ToldBalances, ToldBook, ToldOrder, ToldTicker, data};
use super::call_error::{CallError, Refusal};
use super::exact::written;
use super::form::{Parameters, encoded, hex};
use super::market::{AssetNetwork, Book, Market, MarketState, Ticker};
use super::order::{ClientId, NewOrder, OrderReport, VenueOrderId};
use super::port::{Balance, Exchange, Idempotency};
use super::read::{book, price, refused, step, unclear, untold};
use super::settings::{SetupError, VenueSettings};
use super::transport::{Call, Transport};
use super::withdrawal::{NewWithdrawal, WithdrawalReport, WithdrawalTrace};

/// Rows of a page, the most that there are.
const PAGE: usize = 100;
/// Pages that a look-up reads at most.
const PAGES: usize = 20;

/// What the protocol does not tell of a market.
struct Rules {
    name: &'static str,
    base: &'static str,
    quote: &'static str,
    price_places: u32,
    quantity_places: u32,
    least: Decimal,
}

const MARKETS: [Rules; 1] = [Rules {
    name: "BTC_SKY",
    base: "sky",
    quote: "btc",
    price_places: 5,
    quantity_places: 2,
    least: Decimal::ONE,
}];

/// C2CX, or whoever speaks its protocol.
#[derive(Debug)]
pub struct C2cx {
    settings: VenueSettings,
    transport: Transport,
}

impl C2cx {
    /// Returns an adapter of the venue at `settings.base`, such as `https://api.c2cx.com/v1/`.
    ///
    /// # Errors
    ///
    /// Where no client can be set up.
    pub fn new(settings: VenueSettings) -> Result<Self, SetupError> {
        Ok(C2cx { transport: Transport::new(&settings.base)?, settings })
    }

    fn url(&self, endpoint: &str) -> String {
        format!("{}/{endpoint}", self.settings.base.trim_end_matches('/'))
    }

    async fn get<T: for<'a> Deserialize<'a>>(&self, endpoint: &str, market: &str) -> Result<T, CallError> {
        let url = format!("{}?{}", self.url(endpoint), encoded(&[("symbol", market)]));
        data(&self.transport.send(Call::new(Method::GET, url)).await?.body)
    }

    async fn post<T>(&self, endpoint: &str, parameters: Parameters<'_>) -> Result<T, CallError>
    where
        T: for<'a> Deserialize<'a>,
    {
        let (key, secret) = (self.settings.key.expose_secret(), self.settings.secret.expose_secret());
        let body = sign::body(key, secret, parameters);
        data(&self.transport.send(Call::new(Method::POST, self.url(endpoint)).form(body)).await?.body)
    }

    async fn page(&self, market: &str, number: usize) -> Result<Page, CallError> {
        let (number, size) = (number.to_string(), PAGE.to_string());
        let asked = [("symbol", market), ("status", "0"), ("pageindex", &number), ("pagesize", &size)];
        self.post("getorderbystatus", &asked).await
    }
}

fn rules(market: &str) -> Result<&'static Rules, CallError> {
    let found = MARKETS.iter().find(|rules| rules.name == market);
    found.ok_or_else(|| refused(Refusal::Market, format!("{market}: no market whose rules are known")))
}

fn report(market: &str, order: ToldOrder) -> Result<OrderReport, CallError> {
    let rules = rules(market)?;
    order.report(rules.price_places.saturating_add(rules.quantity_places), rules.base)
}

#[async_trait]
impl Exchange for C2cx {
    fn name(&self) -> &'static str {
        "c2cx"
    }

    fn idempotency(&self) -> Idempotency {
        Idempotency::UniqueForever
    }

    fn settling_time(&self) -> Duration {
        // Nothing bounds it by the protocol: a request has no window.
        Duration::from_secs(60)
    }

    fn rests(&self) -> bool {
        true
    }

    fn tells_fees(&self) -> bool {
        false
    }

    fn client_id(&self, key: [u8; 16]) -> ClientId {
        ClientId(hex(&key))
    }

    async fn market(&self, market: &str) -> Result<Market, CallError> {
        let rules = rules(market)?;
        // The rules stand here; whether the market does is asked.
        self.get::<ToldTicker>("ticker", market).await?;
        Ok(Market {
            name: rules.name.to_owned(),
            base: rules.base.to_owned(),
            quote: rules.quote.to_owned(),
            state: MarketState::Trading,
            price_step: step(rules.price_places)?,
            quantity_step: step(rules.quantity_places)?,
            least_quantity: rules.least,
            // There is one, which varies and is told by refusals alone.
            least_cost: Decimal::ZERO,
        })
    }

    async fn networks(&self, _: &str) -> Result<Option<Vec<AssetNetwork>>, CallError> {
        Ok(None)
    }

    async fn book(&self, market: &str, _: usize) -> Result<Book, CallError> {
        let told: ToldBook = self.get("getorderbook", market).await?;
        Ok(book(told.bids, told.asks))
    }

    async fn ticker(&self, market: &str) -> Result<Ticker, CallError> {
        let told: ToldTicker = self.get("ticker", market).await?;
        Ok(Ticker { bid: price(told.buy), ask: price(told.sell), last: price(told.last) })
    }

    async fn place(&self, order: &NewOrder) -> Result<VenueOrderId, CallError> {
        let (price, quantity) = (written(order.price), written(order.quantity));
        let asked = [
            ("symbol", order.market.as_str()),
            ("price", &price),
            ("quantity", &quantity),
            ("orderType", "buy"),
            ("priceTypeId", "limit"),
            ("cid", &order.client_id.0),
            ("isAdvancedOrder", "0"),
        ];
        let placed: Placed = self.post("createorder", &asked).await?;
        Ok(VenueOrderId(placed.order_id.0))
    }

    async fn find(&self, market: &str, id: &ClientId) -> Result<Option<OrderReport>, CallError> {
        let (mut seen, mut has_nameless) = (BTreeSet::new(), false);
        for number in 1..=PAGES {
            let page = self.page(market, number).await?;
            let is_last = page.rows.is_empty() || Decimal::from(number) >= page.pagecount.0;
            for row in page.rows {
                match &row.cid {
                    Some(cid) if cid.as_str() == id.0 => return report(market, row).map(Some),
                    Some(_) => {}
                    None => has_nameless = true,
                }
                seen.insert(row.order_id);
            }
            if is_last && has_nameless {
                return Err(untold("an order without a client id is in the list, and may be the one"));
            }
            if is_last {
                let is_whole = Decimal::from(seen.len()) >= page.recordcount.0;
                return if is_whole { Ok(None) } else { Err(unclear("a list of orders with gaps")) };
            }
        }
        Err(untold(format_args!("more than {PAGES} pages of orders")))
    }

    async fn order(&self, market: &str, id: &VenueOrderId) -> Result<OrderReport, CallError> {
        report(market, self.post("getorderinfo", &[("symbol", market), ("orderId", &id.0)]).await?)
    }

    async fn cancel(&self, _: &str, id: &VenueOrderId) -> Result<(), CallError> {
        self.post::<IgnoredAny>("cancelorder", &[("orderId", &id.0)]).await.map(|_| ())
    }

    async fn balances(&self) -> Result<Vec<Balance>, CallError> {
        self.post::<ToldBalances>("getbalance", &[]).await?.balances()
    }

    fn withdrawal_trace(&self) -> Option<WithdrawalTrace> {
        None
    }

    fn takes_fee_on_top(&self) -> bool {
        false
    }

    async fn withdrawal_fee(&self, _: &NewWithdrawal) -> Result<Option<Decimal>, CallError> {
        Ok(None)
    }

    async fn withdraw(&self, _: &NewWithdrawal) -> Result<String, CallError> {
        Err(CallError::NotSent("C2CX has no withdrawals by a call".to_owned()))
    }

    async fn withdrawals(&self, _: &str) -> Result<Vec<WithdrawalReport>, CallError> {
        Err(CallError::NotSent("C2CX has no withdrawals by a call".to_owned()))
    }
}

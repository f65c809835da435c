//! Binance spot.
//!
//! A client id is refused while an open order has it, and an order that has ended can be searched by it too. A request
//! counts for as long as its window says, which is looked at again before an order is matched.

mod answer;
mod error;
mod sign;

use std::time::Duration;

use async_trait::async_trait;
use reqwest::Method;
use rust_decimal::Decimal;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde::de::IgnoredAny;

use self::answer::{
    Asked, Placed, ToldAccount, ToldBalance, ToldCoin, ToldDay, ToldDepth, ToldInfo, ToldOrder, ToldTrade,
    ToldWithdrawal, fees,
};
use self::error::read;
use self::sign::Signer;
use super::call_error::{CallError, Refusal};
use super::exact::written;
use super::form::{Parameters, encoded, hex};
use super::market::{AssetNetwork, Book, Market, Ticker};
use super::order::{ClientId, NewOrder, OrderReport, VenueOrderId};
use super::port::{Balance, Exchange, Idempotency};
use super::read::{amount, book, price, sum, unclear, untold};
use super::settings::{SetupError, VenueSettings};
use super::transport::{Call, Transport};
use super::withdrawal::{NewWithdrawal, WithdrawalReport, WithdrawalTrace};

/// How long a request counts, in milliseconds.
const WINDOW: &str = "5000";
/// How long an order can come to life: its window, a second that clocks may differ by, the ten after which Binance
/// gives up on its own machines, and some more.
const SETTLING: Duration = Duration::from_secs(20);
/// How long a withdrawal can be missing in their list that has been asked for.
const WITHDRAWAL_SETTLING: Duration = Duration::from_secs(600);
/// Most trades of a page, and most pages of one order.
const TRADES: usize = 1_000;
const PAGES: usize = 20;
/// Withdrawals that are told at once.
const PAGE: usize = 1_000;
const ORDER: &str = "/api/v3/order";

/// Binance spot, or whoever speaks its protocol.
#[derive(Debug)]
pub struct Binance {
    settings: VenueSettings,
    transport: Transport,
    signer: Signer,
}

impl Binance {
    /// Returns an adapter of the venue at `settings.base`, such as `https://api.binance.com`. The secret is one of
    /// HMAC, or the PEM of an Ed25519 key.
    ///
    /// # Errors
    ///
    /// Where no client can be set up, or the secret is a PEM of another kind.
    pub fn new(settings: VenueSettings) -> Result<Self, SetupError> {
        let transport = Transport::new(&settings.base)?;
        let signer = Signer::new(settings.secret.expose_secret())?;
        Ok(Binance { settings, transport, signer })
    }

    async fn public<T>(&self, path: &str, parameters: Parameters<'_>) -> Result<T, CallError>
    where
        T: for<'a> Deserialize<'a>,
    {
        let url = format!("{}{path}?{}", self.settings.base.trim_end_matches('/'), encoded(parameters));
        read(&self.transport.send(Call::new(Method::GET, url)).await?)
    }

    async fn signed<T>(&self, method: Method, path: &str, parameters: Parameters<'_>) -> Result<T, CallError>
    where
        T: for<'a> Deserialize<'a>,
    {
        let now = self.settings.clock.now().get().saturating_mul(1_000).to_string();
        let dated = [("recvWindow", WINDOW), ("timestamp", now.as_str())];
        let payload = encoded(&[parameters, &dated].concat());
        let payload = format!("{payload}&{}", self.signer.parameter(&payload));
        let url = format!("{}{path}", self.settings.base.trim_end_matches('/'));
        let call = if method == Method::POST {
            Call::new(method, url).form(payload)
        } else {
            Call::new(method, format!("{url}?{payload}"))
        };
        read(&self.transport.send(call.with("x-mbx-apikey", self.settings.key.expose_secret())?).await?)
    }

    /// What is told of a coin; none where there is no such coin.
    async fn coin(&self, name: &str) -> Result<Option<ToldCoin>, CallError> {
        let coins: Vec<ToldCoin> = self.signed(Method::GET, "/sapi/v1/capital/config/getall", &[]).await?;
        Ok(coins.into_iter().find(|coin| coin.coin == name))
    }

    /// Returns an order with its fees.
    async fn with_fees(&self, market: &str, order: ToldOrder) -> Result<OrderReport, CallError> {
        let mut report = order.report()?;
        if report.fees.is_none() {
            report.fees = fees(&report, self.trades(market, &report.id).await?)?;
        }
        Ok(report)
    }

    async fn trades(&self, market: &str, order: &VenueOrderId) -> Result<Vec<ToldTrade>, CallError> {
        let (mut all, mut from, most) = (Vec::new(), None, TRADES.to_string());
        for _ in 0..PAGES {
            let mut asked = vec![("symbol", market), ("orderId", order.0.as_str()), ("limit", &most)];
            asked.extend(from.as_deref().map(|from| ("fromId", from)));
            let page: Vec<ToldTrade> = self.signed(Method::GET, "/api/v3/myTrades", &asked).await?;
            let (is_last, newest) = (page.len() < TRADES, page.iter().map(|trade| trade.id).max());
            all.extend(page);
            match newest {
                Some(newest) if !is_last => from = Some(written(sum(newest.0, Decimal::ONE)?)),
                _ => return Ok(all),
            }
        }
        Err(unclear(format_args!("more than {PAGES} pages of trades of one order")))
    }
}

#[async_trait]
impl Exchange for Binance {
    fn name(&self) -> &'static str {
        "binance"
    }

    fn idempotency(&self) -> Idempotency {
        Idempotency::UniqueAmongOpen
    }

    fn settling_time(&self) -> Duration {
        SETTLING
    }

    /// A withdrawal has no deadline, and its list is not said to hold it at once.
    fn withdrawal_settling_time(&self) -> Duration {
        WITHDRAWAL_SETTLING
    }

    fn rests(&self) -> bool {
        false
    }

    fn tells_fees(&self) -> bool {
        true
    }

    fn client_id(&self, key: [u8; 16]) -> ClientId {
        // A letter first: a name of digits alone may be taken for a number. No more than 36 characters are taken.
        ClientId(format!("t{}", hex(&key)))
    }

    async fn market(&self, market: &str) -> Result<Market, CallError> {
        let told: ToldInfo = self.public("/api/v3/exchangeInfo", &[("symbol", market)]).await?;
        told.market(market)
    }

    async fn networks(&self, asset: &str) -> Result<Option<Vec<AssetNetwork>>, CallError> {
        Ok(Some(self.coin(asset).await?.map(ToldCoin::networks).unwrap_or_default()))
    }

    async fn book(&self, market: &str, depth: usize) -> Result<Book, CallError> {
        let limit = depth.clamp(1, 5_000).to_string();
        let told: ToldDepth = self.public("/api/v3/depth", &[("symbol", market), ("limit", &limit)]).await?;
        Ok(book(told.bids, told.asks))
    }

    async fn ticker(&self, market: &str) -> Result<Ticker, CallError> {
        let told: ToldDay = self.public("/api/v3/ticker/24hr", &[("symbol", market)]).await?;
        Ok(Ticker { bid: price(told.bid_price), ask: price(told.ask_price), last: price(told.last_price) })
    }

    async fn place(&self, order: &NewOrder) -> Result<VenueOrderId, CallError> {
        let (price, quantity) = (written(order.price), written(order.quantity));
        let asked = [
            ("symbol", order.market.as_str()),
            ("side", "BUY"),
            ("type", "LIMIT"),
            ("timeInForce", "IOC"),
            ("quantity", &quantity),
            ("price", &price),
            ("newClientOrderId", &order.client_id.0),
            ("newOrderRespType", "RESULT"),
        ];
        let placed: Placed = self.signed(Method::POST, ORDER, &asked).await?;
        Ok(VenueOrderId(placed.order_id.0))
    }

    async fn find(&self, market: &str, id: &ClientId) -> Result<Option<OrderReport>, CallError> {
        let asked = [("symbol", market), ("origClientOrderId", id.0.as_str())];
        let found: ToldOrder = match self.signed(Method::GET, ORDER, &asked).await {
            Err(error) if error.refusal() == Some(Refusal::NoSuchOrder) => return Ok(None),
            other => other?,
        };
        if found.client_order_id.as_ref().is_some_and(|told| told.as_str() != id.0) {
            return Err(unclear("an order of another client id"));
        }
        self.with_fees(market, found).await.map(Some)
    }

    async fn order(&self, market: &str, id: &VenueOrderId) -> Result<OrderReport, CallError> {
        let asked = [("symbol", market), ("orderId", id.0.as_str())];
        let order: ToldOrder = self.signed(Method::GET, ORDER, &asked).await?;
        self.with_fees(market, order).await
    }

    async fn cancel(&self, market: &str, id: &VenueOrderId) -> Result<(), CallError> {
        let asked = [("symbol", market), ("orderId", id.0.as_str())];
        self.signed::<IgnoredAny>(Method::DELETE, ORDER, &asked).await.map(|_| ())
    }

    async fn balances(&self) -> Result<Vec<Balance>, CallError> {
        let asked = [("omitZeroBalances", "true")];
        let told: ToldAccount = self.signed(Method::GET, "/api/v3/account", &asked).await?;
        let row = |ToldBalance { asset, free, locked }| {
            Ok(Balance { asset, available: amount(free)?, reserved: amount(locked)? })
        };
        told.balances.into_iter().map(row).collect()
    }

    fn withdrawal_trace(&self) -> Option<WithdrawalTrace> {
        Some(WithdrawalTrace::ById)
    }

    fn takes_fee_on_top(&self) -> bool {
        false
    }

    async fn withdrawal_fee(&self, withdrawal: &NewWithdrawal) -> Result<Option<Decimal>, CallError> {
        let coin = self.coin(&withdrawal.asset).await?;
        coin.and_then(|coin| coin.fee_on(withdrawal.network.as_deref())).transpose()
    }

    /// The fee is taken out of the amount.
    async fn withdraw(&self, withdrawal: &NewWithdrawal) -> Result<String, CallError> {
        let amount = written(withdrawal.amount);
        let mut asked = vec![
            ("coin", withdrawal.asset.as_str()),
            ("withdrawOrderId", &withdrawal.client_id.0),
            ("address", &withdrawal.address),
            ("amount", &amount),
        ];
        asked.extend(withdrawal.network.as_deref().map(|network| ("network", network)));
        let told: Asked = self.signed(Method::POST, "/sapi/v1/capital/withdraw/apply", &asked).await?;
        Ok(told.id.0)
    }

    async fn withdrawals(&self, asset: &str) -> Result<Vec<WithdrawalReport>, CallError> {
        let path = "/sapi/v1/capital/withdraw/history";
        let mut all: Vec<ToldWithdrawal> = Vec::new();
        for _ in 0..PAGES {
            let (limit, offset) = (PAGE.to_string(), all.len().to_string());
            let asked = [("coin", asset), ("limit", limit.as_str()), ("offset", offset.as_str())];
            let page: Vec<ToldWithdrawal> = self.signed(Method::GET, path, &asked).await?;
            let is_last = page.len() < PAGE;
            all.extend(page);
            if is_last {
                return all.into_iter().map(ToldWithdrawal::report).collect();
            }
        }
        Err(untold(format_args!("more than {PAGES} pages of withdrawals")))
    }
}

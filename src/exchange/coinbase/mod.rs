//! Coinbase Advanced Trade, with what of the older API moves coins.
//!
//! A client id that is used again is answered with the order that has it. Fees are taken in the quote coin.

mod answer;
mod error;
mod sign;

use std::collections::BTreeSet;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::Method;
use rust_decimal::Decimal;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::{Value, json};

use self::answer::{
    AccountPage, Cancelled, Data, OneOrder, OrderPage, Placed, ToldAccount, ToldAddress, ToldBook, ToldLevel,
    ToldProduct, ToldTicker, ToldTransaction, TransactionPage,
};
use self::error::read;
use self::sign::{LIFE, Signer};
use super::call_error::{CallError, Refusal};
use super::exact::written;
use super::form::{Parameters, encoded, uuid};
use super::market::{AssetNetwork, Book, Market, Ticker};
use super::order::{ClientId, NewOrder, OrderReport, VenueOrderId};
use super::port::{Balance, Exchange, Idempotency};
use super::read::{book, price, refused, unclear, untold};
use super::settings::{SetupError, VenueSettings};
use super::transport::{Call, Transport};
use super::withdrawal::{NewWithdrawal, WithdrawalReport, WithdrawalTrace};

const ROOT: &str = "/api/v3/brokerage";
/// Rows of a page, and pages that are read at most.
const PAGE: &str = "100";
const PAGES: usize = 20;
/// The most that the older API tells at once.
const PAGE_OF_OLDER: &str = "100";
/// How long an order can come to life: its token counts for a minute, and clocks may differ.
const SETTLING: Duration = Duration::from_secs(LIFE + 30);

/// Coinbase Advanced Trade, or whoever speaks its protocol.
#[derive(Debug)]
pub struct Coinbase {
    settings: VenueSettings,
    transport: Transport,
    signer: Signer,
    /// What tokens name: the host, and a port that is not the usual one.
    host: String,
}

impl Coinbase {
    /// Returns an adapter of the venue at `settings.base`, such as `https://api.coinbase.com`. The secret is the PEM
    /// of a P-256 key, or an Ed25519 key in base64.
    ///
    /// # Errors
    ///
    /// Where no client can be set up, or the secret is neither.
    pub fn new(settings: VenueSettings) -> Result<Self, SetupError> {
        let transport = Transport::new(&settings.base)?;
        let signer = Signer::new(settings.secret.expose_secret())?;
        let (_, rest) = settings.base.split_once("://").unwrap_or(("", &settings.base));
        let host = rest.split('/').next().unwrap_or_default().to_owned();
        Ok(Coinbase { settings, transport, signer, host })
    }

    async fn get<T>(&self, path: &str, parameters: Parameters<'_>) -> Result<T, CallError>
    where
        T: for<'a> Deserialize<'a>,
    {
        let query = if parameters.is_empty() { String::new() } else { format!("?{}", encoded(parameters)) };
        let call = Call::new(Method::GET, format!("{}{query}", self.url(path)));
        self.send(call, &format!("GET {}{path}", self.host)).await
    }

    async fn post<T>(&self, path: &str, body: &Value) -> Result<T, CallError>
    where
        T: for<'a> Deserialize<'a>,
    {
        let call = Call::new(Method::POST, self.url(path)).json(body.to_string());
        self.send(call, &format!("POST {}{path}", self.host)).await
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.settings.base.trim_end_matches('/'))
    }

    async fn send<T: for<'a> Deserialize<'a>>(&self, call: Call, uri: &str) -> Result<T, CallError> {
        let token = self.signer.token(self.settings.key.expose_secret(), uri, self.settings.clock.now())?;
        read(&self.transport.send(call.with("authorization", &format!("Bearer {token}"))?).await?)
    }
}

#[async_trait]
impl Exchange for Coinbase {
    fn name(&self) -> &'static str {
        "coinbase"
    }

    fn idempotency(&self) -> Idempotency {
        Idempotency::SameOrder
    }

    fn settling_time(&self) -> Duration {
        SETTLING
    }

    fn rests(&self) -> bool {
        false
    }

    fn tells_fees(&self) -> bool {
        true
    }

    fn client_id(&self, key: [u8; 16]) -> ClientId {
        ClientId(uuid(key))
    }

    async fn market(&self, market: &str) -> Result<Market, CallError> {
        let told: ToldProduct = self.get(&format!("{ROOT}/products/{market}"), &[]).await?;
        told.market()
    }

    /// Returns the networks of the account's own addresses, by name: of a coin without one, nothing is told.
    async fn networks(&self, asset: &str) -> Result<Option<Vec<AssetNetwork>>, CallError> {
        let told: Data<Vec<ToldAddress>> = self.get(&format!("/v2/accounts/{asset}/addresses"), &[]).await?;
        let names: BTreeSet<String> = told.data.into_iter().filter_map(|address| address.network).collect();
        let rows: Vec<AssetNetwork> =
            names.into_iter().map(|name| AssetNetwork { name, contract: None }).collect();
        Ok(if rows.is_empty() { None } else { Some(rows) })
    }

    async fn book(&self, market: &str, depth: usize) -> Result<Book, CallError> {
        let limit = depth.clamp(1, 1_000).to_string();
        let asked = [("product_id", market), ("limit", limit.as_str())];
        let told: ToldBook = self.get(&format!("{ROOT}/product_book"), &asked).await?;
        let row = |level: ToldLevel| (level.price, level.size);
        Ok(book(told.pricebook.bids.into_iter().map(row), told.pricebook.asks.into_iter().map(row)))
    }

    async fn ticker(&self, market: &str) -> Result<Ticker, CallError> {
        let told: ToldTicker =
            self.get(&format!("{ROOT}/products/{market}/ticker"), &[("limit", "1")]).await?;
        let [bid, ask, last] = told.prices()?.map(price);
        Ok(Ticker { bid, ask, last })
    }

    async fn place(&self, order: &NewOrder) -> Result<VenueOrderId, CallError> {
        let terms = json!({ "base_size": written(order.quantity), "limit_price": written(order.price) });
        let asked = json!({
            "client_order_id": order.client_id.0,
            "product_id": order.market,
            "side": "BUY",
            "order_configuration": { "sor_limit_ioc": terms },
        });
        self.post::<Placed>(&format!("{ROOT}/orders"), &asked).await?.order()
    }

    async fn find(&self, market: &str, id: &ClientId) -> Result<Option<OrderReport>, CallError> {
        let (mut cursor, mut has_nameless) = (String::new(), false);
        for _ in 0..PAGES {
            let mut asked = vec![("product_ids", market), ("limit", PAGE)];
            if !cursor.is_empty() {
                asked.push(("cursor", &cursor));
            }
            let page: OrderPage = self.get(&format!("{ROOT}/orders/historical/batch"), &asked).await?;
            for order in page.orders {
                match &order.client_order_id {
                    Some(told) if *told == id.0 => return order.report().map(Some),
                    Some(_) => {}
                    None => has_nameless = true,
                }
            }
            match (page.has_next, page.cursor.0) {
                (false, _) if has_nameless => {
                    return Err(untold("an order without a client id is in the list, and may be the one"));
                }
                (false, _) => return Ok(None),
                (true, next) if next.is_empty() || next == cursor => {
                    return Err(unclear("a list of orders that cannot be read on"));
                }
                (true, next) => cursor = next,
            }
        }
        Err(untold(format_args!("more than {PAGES} pages of orders")))
    }

    async fn order(&self, _: &str, id: &VenueOrderId) -> Result<OrderReport, CallError> {
        let told: OneOrder = self.get(&format!("{ROOT}/orders/historical/{id}"), &[]).await?;
        told.order.report()
    }

    async fn cancel(&self, _: &str, id: &VenueOrderId) -> Result<(), CallError> {
        let asked = json!({ "order_ids": [id.0] });
        let told: Cancelled = self.post(&format!("{ROOT}/orders/batch_cancel"), &asked).await?;
        match told.results.into_iter().next() {
            Some(result) if result.success => Ok(()),
            Some(result) if result.failure_reason == "UNKNOWN_CANCEL_ORDER" => {
                Err(refused(Refusal::NoSuchOrder, result.failure_reason))
            }
            Some(result) => Err(refused(Refusal::Other, result.failure_reason)),
            None => Err(unclear("a cancel without a result")),
        }
    }

    async fn balances(&self) -> Result<Vec<Balance>, CallError> {
        let (mut all, mut cursor) = (Vec::new(), String::new());
        for _ in 0..PAGES {
            let mut asked = vec![("limit", PAGE)];
            if !cursor.is_empty() {
                asked.push(("cursor", &cursor));
            }
            let page: AccountPage = self.get(&format!("{ROOT}/accounts"), &asked).await?;
            all.extend(page.accounts);
            if !page.has_next {
                return all.into_iter().map(ToldAccount::balance).collect();
            }
            cursor = page.cursor.0;
        }
        Err(unclear(format_args!("more than {PAGES} pages of accounts")))
    }

    fn withdrawal_trace(&self) -> Option<WithdrawalTrace> {
        Some(WithdrawalTrace::Repeat)
    }

    fn takes_fee_on_top(&self) -> bool {
        true
    }

    async fn withdrawal_fee(&self, _: &NewWithdrawal) -> Result<Option<Decimal>, CallError> {
        Ok(None)
    }

    /// The fee comes on top of the amount. A repeat under the same client id is the same withdrawal.
    async fn withdraw(&self, withdrawal: &NewWithdrawal) -> Result<String, CallError> {
        let mut asked = json!({
            "type": "send",
            "to": withdrawal.address,
            "amount": written(withdrawal.amount),
            "currency": withdrawal.asset,
            "idem": withdrawal.client_id.0,
        });
        if let Some(network) = &withdrawal.network {
            asked["network"] = json!(network);
        }
        let path = format!("/v2/accounts/{}/transactions", withdrawal.asset);
        let told: Data<ToldTransaction> = self.post(&path, &asked).await?;
        Ok(told.data.id)
    }

    async fn withdrawals(&self, asset: &str) -> Result<Vec<WithdrawalReport>, CallError> {
        let path = format!("/v2/accounts/{asset}/transactions");
        let (mut all, mut after) = (Vec::new(), String::new());
        // What was traded stands in the same list.
        for _ in 0..PAGES {
            let mut asked = vec![("limit", PAGE_OF_OLDER)];
            if !after.is_empty() {
                asked.push(("starting_after", &after));
            }
            let page: TransactionPage = self.get(&path, &asked).await?;
            let last = page.data.last().map(|transaction| transaction.id.clone());
            all.extend(page.data.into_iter().filter(ToldTransaction::is_withdrawal));
            match (page.pagination.next_uri, last) {
                (None, _) => return all.into_iter().map(ToldTransaction::report).collect(),
                (Some(_), Some(last)) if last != after => after = last,
                (Some(_), _) => return Err(unclear("a list of transactions that cannot be read on")),
            }
        }
        Err(untold(format_args!("more than {PAGES} pages of transactions")))
    }

    async fn withdrawal(&self, asset: &str, id: &str) -> Result<Option<WithdrawalReport>, CallError> {
        // It becomes a part of a path.
        if !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Ok(None);
        }
        let path = format!("/v2/accounts/{asset}/transactions/{id}");
        match self.get::<Data<ToldTransaction>>(&path, &[]).await {
            Ok(told) => Some(told.data)
                .filter(ToldTransaction::is_withdrawal)
                .map(ToldTransaction::report)
                .transpose(),
            Err(CallError::Refused { kind: Refusal::NoSuchWithdrawal, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

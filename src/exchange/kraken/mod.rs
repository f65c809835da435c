//! Kraken spot.
//!
//! A client id is refused while an open order has it; open and closed orders can be searched for it. An order has a
//! deadline, after which it is not matched. Fees are asked for in the quote coin, so that what is bought arrives whole:
//! what is paid out does not depend on the fee then.

mod answer;
mod error;
mod sign;

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::Method;
use rust_decimal::Decimal;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde::de::IgnoredAny;
use time::UtcDateTime;
use tokio::sync::Mutex;
use tokio::time::timeout;

use self::answer::{
    Asked, ClosedOrders, OpenOrders, Placed, ToldBalance, ToldDepth, ToldMethod, ToldOrder, ToldPair,
    ToldTicker, ToldWithdrawal, ToldWithdrawalInfo, only,
};
use self::error::read;
use self::sign::Signer;
use super::call_error::CallError;
use super::exact::written;
use super::form::{Parameters, encoded, uuid};
use super::market::{AssetNetwork, Book, Market, Ticker};
use super::order::{ClientId, NewOrder, OrderReport, VenueOrderId};
use super::port::{Balance, Exchange, Idempotency, Nonces};
use super::read::{book, price, unclear, untold};
use super::settings::{SetupError, VenueSettings};
use super::transport::{Call, Transport};
use super::withdrawal::{NewWithdrawal, WithdrawalReport, WithdrawalTrace};
use crate::types::UnixTime;

/// Seconds in which an order has to be matched.
const DEADLINE: u64 = 5;
/// How long an order can come to life: its deadline, ten seconds that its answer may be on its way, and some more.
const SETTLING: Duration = Duration::from_secs(20);
/// How long a withdrawal can be missing in their list that has been asked for.
const WITHDRAWAL_SETTLING: Duration = Duration::from_secs(600);
/// How long one call keeps the others waiting for its answer. It has arrived by then, as a rule.
const TURN: Duration = Duration::from_secs(2);
/// Withdrawals in a list that is not asked for in pages; one as long may have been cut.
const MOST_TOLD: usize = 500;

/// Kraken spot, or whoever speaks its protocol.
#[derive(Debug)]
pub struct Kraken {
    settings: VenueSettings,
    transport: Transport,
    signer: Signer,
    /// Held from a nonce until its answer, or for a turn: of two calls on their way, the second may arrive first, and
    /// then the other is refused.
    nonces: Mutex<Arc<dyn Nonces>>,
}

impl Kraken {
    /// Returns an adapter of the venue at `settings.base`, such as `https://api.kraken.com`. The secret is in base64.
    ///
    /// # Errors
    ///
    /// Where no client can be set up, or the secret is not in base64.
    pub fn new(settings: VenueSettings, nonces: Arc<dyn Nonces>) -> Result<Self, SetupError> {
        let transport = Transport::new(&settings.base)?;
        let signer = Signer::new(settings.secret.expose_secret())?;
        Ok(Kraken { settings, transport, signer, nonces: Mutex::new(nonces) })
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.settings.base.trim_end_matches('/'))
    }

    async fn public<T>(&self, method: &str, parameters: Parameters<'_>) -> Result<T, CallError>
    where
        T: for<'a> Deserialize<'a>,
    {
        let url = format!("{}?{}", self.url(&format!("/0/public/{method}")), encoded(parameters));
        read(&self.transport.send(Call::new(Method::GET, url)).await?)
    }

    async fn private<T>(&self, method: &str, parameters: Parameters<'_>) -> Result<T, CallError>
    where
        T: for<'a> Deserialize<'a>,
    {
        let path = format!("/0/private/{method}");
        let nonces = self.nonces.lock().await;
        let nonce = nonces.next().await?.to_string();
        let body = encoded(&[&[("nonce", nonce.as_str())], parameters].concat());
        let signature = self.signer.signature(&path, &nonce, &body);
        let call = Call::new(Method::POST, self.url(&path))
            .with("api-key", self.settings.key.expose_secret())?
            .with("api-sign", &signature)?;
        let mut sent = pin!(self.transport.send(call.form(body)));
        // Its nonce is not the newest any more from then on: where it has not arrived yet, it is refused.
        let answer = match timeout(TURN, &mut sent).await {
            Ok(answer) => answer,
            Err(_) => {
                drop(nonces);
                sent.await
            }
        };
        read(&answer?)
    }

    async fn pair(&self, market: &str) -> Result<ToldPair, CallError> {
        let told: BTreeMap<String, ToldPair> = self.public("AssetPairs", &[("pair", market)]).await?;
        only(told).map(|(_, pair)| pair)
    }

    async fn report(&self, market: &str, (id, order): (String, ToldOrder)) -> Result<OrderReport, CallError> {
        if !order.has_fee() {
            return order.report(id, ("", ""));
        }
        let pair = self.pair(market).await?;
        order.report(id, (&pair.base, &pair.quote))
    }
}

/// Returns the one of these orders that has the id.
fn named(
    orders: BTreeMap<String, ToldOrder>,
    id: &ClientId,
) -> Result<Option<(String, ToldOrder)>, CallError> {
    let mut found = None;
    for (number, order) in orders {
        match &order.cl_ord_id {
            Some(told) if told.as_str() != id.0 => {}
            Some(_) if found.is_some() => return Err(unclear("several orders of one client id")),
            Some(_) => found = Some((number, order)),
            // Whether this one was asked for is not told.
            None => return Err(untold("an order without a client id")),
        }
    }
    Ok(found)
}

/// Returns the moment up to which an order counts, as RFC 3339 has it.
fn deadline(now: UnixTime) -> String {
    let seconds = i64::try_from(now.get().saturating_add(DEADLINE)).unwrap_or(i64::MAX);
    let at = UtcDateTime::from_unix_timestamp(seconds).unwrap_or(UtcDateTime::MAX);
    let (date, hour, minute, second) = (at.date(), at.hour(), at.minute(), at.second());
    format!("{date}T{hour:02}:{minute:02}:{second:02}Z")
}

#[async_trait]
impl Exchange for Kraken {
    fn name(&self) -> &'static str {
        "kraken"
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
        ClientId(uuid(key))
    }

    async fn market(&self, market: &str) -> Result<Market, CallError> {
        self.pair(market).await?.market(market)
    }

    /// Returns the ways in which the coin is deposited, by name. Their contracts are not told.
    async fn networks(&self, asset: &str) -> Result<Option<Vec<AssetNetwork>>, CallError> {
        let told: Vec<ToldMethod> = self.private("DepositMethods", &[("asset", asset)]).await?;
        let row = |told: ToldMethod| AssetNetwork { name: told.method, contract: None };
        Ok(Some(told.into_iter().map(row).collect()))
    }

    async fn book(&self, market: &str, depth: usize) -> Result<Book, CallError> {
        let count = depth.clamp(1, 500).to_string();
        let told: BTreeMap<String, ToldDepth> =
            self.public("Depth", &[("pair", market), ("count", &count)]).await?;
        let [bids, asks] = only(told)?.1.sides();
        Ok(book(bids, asks))
    }

    async fn ticker(&self, market: &str) -> Result<Ticker, CallError> {
        let told: BTreeMap<String, ToldTicker> = self.public("Ticker", &[("pair", market)]).await?;
        let [ask, bid, last] = only(told)?.1.prices().map(price);
        Ok(Ticker { bid, ask, last })
    }

    async fn place(&self, order: &NewOrder) -> Result<VenueOrderId, CallError> {
        let (price, volume) = (written(order.price), written(order.quantity));
        let deadline = deadline(self.settings.clock.now());
        let asked = [
            ("pair", order.market.as_str()),
            ("type", "buy"),
            ("ordertype", "limit"),
            ("timeinforce", "IOC"),
            ("price", &price),
            ("volume", &volume),
            ("cl_ord_id", &order.client_id.0),
            ("oflags", "fciq"),
            ("deadline", &deadline),
        ];
        let placed: Placed = self.private("AddOrder", &asked).await?;
        match <[String; 1]>::try_from(placed.txid) {
            Ok([id]) => Ok(VenueOrderId(id)),
            Err(ids) => Err(unclear(format_args!("{} ids of an order", ids.len()))),
        }
    }

    async fn find(&self, market: &str, id: &ClientId) -> Result<Option<OrderReport>, CallError> {
        // The open ones first: one that ends meanwhile is among the closed ones then.
        let asked = [("cl_ord_id", id.0.as_str())];
        let open: OpenOrders = self.private("OpenOrders", &asked).await?;
        let mut found = named(open.open, id)?;
        if found.is_none() {
            let closed: ClosedOrders = self.private("ClosedOrders", &asked).await?;
            let is_whole = closed.count.is_none_or(|count| count.0 <= Decimal::from(closed.closed.len()));
            found = named(closed.closed, id)?;
            if found.is_none() && !is_whole {
                return Err(untold("more closed orders than are told"));
            }
        }
        match found {
            Some(order) => self.report(market, order).await.map(Some),
            None => Ok(None),
        }
    }

    async fn order(&self, market: &str, id: &VenueOrderId) -> Result<OrderReport, CallError> {
        let told: BTreeMap<String, ToldOrder> = self.private("QueryOrders", &[("txid", &id.0)]).await?;
        let order = only(told)?;
        if order.0 != id.0 {
            return Err(unclear("another order than was asked for"));
        }
        self.report(market, order).await
    }

    async fn cancel(&self, _: &str, id: &VenueOrderId) -> Result<(), CallError> {
        self.private::<IgnoredAny>("CancelOrder", &[("txid", &id.0)]).await.map(|_| ())
    }

    async fn balances(&self) -> Result<Vec<Balance>, CallError> {
        let told: BTreeMap<String, ToldBalance> = self.private("BalanceEx", &[]).await?;
        told.into_iter().map(|(asset, balance)| balance.report(asset)).collect()
    }

    fn withdrawal_trace(&self) -> Option<WithdrawalTrace> {
        Some(WithdrawalTrace::ByTerms)
    }

    fn takes_fee_on_top(&self) -> bool {
        false
    }

    async fn withdrawal_fee(&self, withdrawal: &NewWithdrawal) -> Result<Option<Decimal>, CallError> {
        let amount = written(withdrawal.amount);
        let key = withdrawal.key.as_deref().unwrap_or(&withdrawal.address);
        let asked = [("asset", withdrawal.asset.as_str()), ("key", key), ("amount", &amount)];
        let told: ToldWithdrawalInfo = self.private("WithdrawInfo", &asked).await?;
        told.fee().map(Some)
    }

    /// The fee is taken out of the amount. Kraken pays to addresses that a person has entered and named there, and
    /// refuses where the address is not the one of that name.
    async fn withdraw(&self, withdrawal: &NewWithdrawal) -> Result<String, CallError> {
        let (amount, max_fee) = (written(withdrawal.amount), written(withdrawal.max_fee));
        let asked = [
            ("asset", withdrawal.asset.as_str()),
            ("key", withdrawal.key.as_deref().unwrap_or(&withdrawal.address)),
            ("address", &withdrawal.address),
            ("amount", &amount),
            ("max_fee", &max_fee),
        ];
        let told: Asked = self.private("Withdraw", &asked).await?;
        Ok(told.refid)
    }

    async fn withdrawals(&self, asset: &str) -> Result<Vec<WithdrawalReport>, CallError> {
        let told: Vec<ToldWithdrawal> = self.private("WithdrawStatus", &[("asset", asset)]).await?;
        if told.len() >= MOST_TOLD {
            return Err(untold(format_args!(
                "the list ends after {} withdrawals, there may be more",
                told.len()
            )));
        }
        told.into_iter().map(ToldWithdrawal::report).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_set_a_deadline_some_seconds_ahead() {
        assert_eq!(deadline(UnixTime::new(1_735_689_597)), "2025-01-01T00:00:02Z");
        assert_eq!(deadline(UnixTime::new(u64::MAX)), "9999-12-31T23:59:59Z");
    }
}

//! The venues, and a desk at each: its adapter, with one bitcoin to spend.

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use rust_decimal::Decimal;
use secrecy::SecretString;
use serde_json::{Value, json};
use teller::clock::SystemClock;
use teller::exchange::{
    Binance, C2cx, CallError, Coinbase, Exchange, Kraken, NewOrder, Nonces, OrderReport, VenueOrderId,
    VenueSettings,
};

use super::super::{STILL, World, signing};

pub(crate) const VENUES: [Venue; 4] = [Venue::C2cx, Venue::Binance, Venue::Kraken, Venue::Coinbase];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Venue {
    C2cx,
    Binance,
    Kraken,
    Coinbase,
}

impl Venue {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Venue::C2cx => "c2cx",
            Venue::Binance => "binance",
            Venue::Kraken => "kraken",
            Venue::Coinbase => "coinbase",
        }
    }

    /// Market, base and quote.
    pub(crate) const fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Venue::C2cx => ("BTC_SKY", "sky", "btc"),
            Venue::Binance => ("SKYBTC", "SKY", "BTC"),
            Venue::Kraken => ("SKYXBT", "SKY", "XXBT"),
            Venue::Coinbase => ("SKY-BTC", "SKY", "BTC"),
        }
    }

    /// What troubles know the placing of an order by.
    pub(crate) const fn placing(self) -> &'static str {
        match self {
            Venue::C2cx => "createorder",
            Venue::Kraken => "AddOrder",
            Venue::Binance | Venue::Coinbase => "POST",
        }
    }
}

/// Nonces from the time of day on.
#[derive(Debug)]
struct Counter(AtomicU64);

#[async_trait]
impl Nonces for Counter {
    async fn next(&self) -> Result<u64, CallError> {
        Ok(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

/// An adapter with its exchange.
pub(super) struct Desk {
    pub(super) world: World,
    pub(super) venue: Venue,
    pub(super) exchange: Box<dyn Exchange>,
}

impl Desk {
    pub(super) async fn start(venue: Venue) -> Desk {
        let world = World::start(STILL).await;
        let exchange = adapter(&world, venue, world.key(venue.name()));
        Desk { world, venue, exchange }
    }

    /// An adapter that has another key.
    pub(super) fn with_key(&self, key: (&str, &str)) -> Box<dyn Exchange> {
        adapter(&self.world, self.venue, key)
    }

    pub(super) fn market(&self) -> &'static str {
        self.venue.names().0
    }

    pub(super) fn buy(&self, number: u8, price: &str, quantity: &str) -> NewOrder {
        NewOrder {
            market: self.market().to_owned(),
            client_id: self.exchange.client_id([number; 16]),
            price: decimal(price),
            quantity: decimal(quantity),
        }
    }

    pub(super) async fn place(&self, order: &NewOrder) -> VenueOrderId {
        self.exchange.place(order).await.unwrap()
    }

    pub(super) async fn order(&self, id: &VenueOrderId) -> OrderReport {
        self.exchange.order(self.market(), id).await.unwrap()
    }

    pub(super) async fn find(&self, order: &NewOrder) -> Result<Option<OrderReport>, CallError> {
        self.exchange.find(self.market(), &order.client_id).await
    }

    /// What the venue says that can be spent of base and quote.
    pub(super) async fn available(&self) -> (Decimal, Decimal) {
        let balances = self.exchange.balances().await.unwrap();
        let of = |asset: &str| {
            let found = balances.iter().find(|balance| balance.asset == asset);
            found.map_or(Decimal::ZERO, |balance| balance.available)
        };
        let (_, base, quote) = self.venue.names();
        (of(base), of(quote))
    }

    /// One trouble, for one request where `only` is met.
    pub(super) async fn trouble_once(&self, kind: &str, only: &str) {
        self.trouble(json!({ "kind": kind, "only": only, "count": 1 })).await;
    }

    pub(super) async fn trouble(&self, trouble: Value) {
        self.world.trouble(self.venue.name(), trouble).await;
    }

    pub(super) async fn clear(&self) {
        self.world.simnet.clear(self.venue.name()).await;
    }
}

fn adapter(world: &World, venue: Venue, (key, secret): (&str, &str)) -> Box<dyn Exchange> {
    let place = VENUES.iter().position(|known| *known == venue).unwrap();
    let path = if venue == Venue::C2cx { "/v1/" } else { "" };
    let settings = VenueSettings {
        base: world.url(place, path),
        key: SecretString::from(key),
        secret: SecretString::from(secret),
        clock: Arc::new(SystemClock),
    };
    match venue {
        Venue::C2cx => Box::new(C2cx::new(settings).unwrap()),
        Venue::Binance => Box::new(Binance::new(settings).unwrap()),
        Venue::Kraken => {
            // Microseconds: an adapter that begins later has higher ones.
            let nonces = Counter(AtomicU64::new(signing::now() * 1_000));
            Box::new(Kraken::new(settings, Arc::new(nonces)).unwrap())
        }
        Venue::Coinbase => Box::new(Coinbase::new(settings).unwrap()),
    }
}

pub(super) fn decimal(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap()
}

//! What all venues have in common: one exchange behind them, bad habits, and how answers are written.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::serve::{Answer, Ask, Node};
use crate::trouble::{Habits, Lies};

use super::accounts::Account;
use super::clock;
use super::engine::{
    AccountId, AssetId, CancelError, FeeCoin, Fees, Fill, FundsError, Market, MarketId, OrderId, OrderInfo,
    OrderRequest, PlaceError, Placed, Rate, TradeId, WithdrawalId,
};
use super::scale::Scale;
use super::shape::{Numbers, Shape};
use super::state::{Payer, State};

/// How a venue speaks.
#[derive(Clone, Copy)]
pub(crate) struct Protocol {
    pub(super) terms: Terms,
    /// Whether its numbers have no quotes.
    pub(super) has_bare_numbers: bool,
    pub(super) answer: fn(&mut View<'_>, &Ask) -> Reply,
    pub(super) is_order: fn(&Ask) -> bool,
    /// What is told to whom it does not believe, before anything is done.
    pub(super) refusal: fn(&mut View<'_>, &Ask) -> Option<Reply>,
    /// It does not know whether what was asked was done.
    pub(super) unknown: fn() -> Reply,
    /// It could not do what was asked.
    pub(super) error: fn() -> Reply,
    pub(super) busy: fn() -> Reply,
}

/// What a venue takes for trades.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms {
    /// In parts per billion.
    pub(super) maker: u32,
    pub(super) taker: u32,
    pub(super) coin: FeeCoin,
}

/// An answer before it is written.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Body,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Body {
    Json(Value),
    Text(String),
}

impl Reply {
    pub(super) fn json(status: u16, value: Value) -> Reply {
        Reply { status, headers: Vec::new(), body: Body::Json(value) }
    }

    pub(super) fn text(status: u16, text: &str) -> Reply {
        Reply { status, headers: Vec::new(), body: Body::Text(text.to_owned()) }
    }

    pub(super) fn with(mut self, name: &'static str, value: String) -> Reply {
        self.headers.push((name, value));
        self
    }
}

/// The exchange behind all venues.
pub(crate) struct House {
    state: Mutex<State>,
    late: Mutex<Vec<LateRequest>>,
    settings: Settings,
}

/// How the exchange is set up.
pub(crate) struct Settings {
    pub(crate) seed: u64,
    /// Whether nobody is told that he asks too often.
    pub(crate) is_unlimited: bool,
    /// After how many milliseconds withdrawals are paid.
    pub(crate) withdrawal_delay: u64,
    /// Pays withdrawals of SKY where its chain runs.
    pub(crate) sky: Option<Box<Payer>>,
}

/// A request that is done later.
struct LateRequest {
    due: u64,
    /// When it came, by the venue's clock.
    clock: u64,
    protocol: Protocol,
    ask: Ask,
    habits: Habits,
}

impl House {
    pub(crate) fn new(settings: Settings) -> House {
        let state = Mutex::new(State::new(settings.seed));
        House { state, late: Mutex::default(), settings }
    }

    /// Returns the exchange as it is now: what was due has happened.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        let now = clock::millis();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut late = self.late.lock().unwrap_or_else(PoisonError::into_inner);
        for late in late.extract_if(.., |late| late.due <= now) {
            let LateRequest { protocol, ask, habits, clock, .. } = late;
            let is_unlimited = true;
            let (state, fee_coin) = (&mut *state, None);
            let mut view =
                View { state, protocol, habits, now, clock, is_late: true, is_unlimited, fee_coin };
            // Whoever asked has an answer already.
            let _ = (protocol.answer)(&mut view, &ask);
        }
        state.pay_out(now, self.settings.withdrawal_delay, self.settings.sky.as_deref());
        state
    }

    /// Does what is due, and moves all prices by one step.
    pub(crate) fn step(&self) {
        self.state().step(clock::millis());
    }

    /// Does what is due.
    pub(crate) fn settle(&self) {
        drop(self.state());
    }

    /// Pays a withdrawal now.
    pub(super) fn pay(&self, id: WithdrawalId) {
        self.state().pay(id, clock::millis(), self.settings.sky.as_deref());
    }

    /// Begins anew: no orders, no money, no withdrawals, and the first account alone.
    pub(super) fn reset(&self) {
        *self.state() = State::new(self.settings.seed);
        self.late.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn put_off(&self, late: LateRequest) {
        self.late.lock().unwrap_or_else(PoisonError::into_inner).push(late);
    }
}

/// A venue: one protocol of the exchange, with a port of its own.
pub(crate) struct Venue {
    house: Arc<House>,
    protocol: Protocol,
}

impl Venue {
    pub(crate) fn new(house: Arc<House>, protocol: Protocol) -> Venue {
        Venue { house, protocol }
    }

    fn reply(&self, ask: &Ask, habits: Habits) -> Reply {
        let protocol = self.protocol;
        let now = clock::millis();
        let clock = now.saturating_sub(habits.stale_clock);
        let mut state = self.house.state();
        let is_unlimited = self.house.settings.is_unlimited;
        let (state, fee_coin) = (&mut *state, None);
        let mut view = View { state, protocol, habits, now, clock, is_late: false, is_unlimited, fee_coin };
        if let Some(millis) = habits.late_orders
            && (protocol.is_order)(ask)
        {
            // Who asks is looked at when he asks.
            return (protocol.refusal)(&mut view, ask).unwrap_or_else(|| {
                self.house.put_off(LateRequest {
                    due: now + millis,
                    clock,
                    protocol,
                    ask: ask.clone(),
                    habits,
                });
                (protocol.unknown)()
            });
        }
        let reply = (protocol.answer)(&mut view, ask);
        if habits.unknown_replies { (protocol.unknown)() } else { reply }
    }

    fn written(&self, reply: Reply, habits: Habits) -> Answer {
        let Reply { status, headers, body } = reply;
        let status = if habits.status_200 { 200 } else { status };
        if habits.xml {
            let xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>InternalError</Code></Error>";
            return Answer::new(status, "application/xml", xml);
        }
        let numbers = if habits.texts {
            Numbers::Quoted
        } else if habits.numbers || self.protocol.has_bare_numbers {
            Numbers::Bare
        } else {
            Numbers::AsTheyAre
        };
        let shape = Shape { numbers, has_null_ids: habits.null_ids, has_hidden_fees: habits.hidden_fees };
        let answer = match body {
            Body::Json(value) => Answer::new(status, "application/json", shape.write(&value)),
            Body::Text(text) => Answer::new(status, "text/plain", text),
        };
        headers.into_iter().fold(answer, |answer, (name, value)| answer.with(name, value))
    }
}

impl Node for Venue {
    fn name_of(&self, ask: &Ask) -> String {
        format!("{} {}", ask.method, ask.path)
    }

    fn answer(&self, ask: &Ask, lies: Lies) -> Answer {
        self.written(self.reply(ask, lies.habits), lies.habits)
    }

    fn error(&self, _: &Ask) -> Answer {
        self.written((self.protocol.error)(), Habits::default())
    }

    fn busy(&self, _: &Ask) -> Answer {
        self.written((self.protocol.busy)(), Habits::default())
    }
}

/// What one request sees.
pub(super) struct View<'a> {
    pub(super) state: &'a mut State,
    protocol: Protocol,
    pub(super) habits: Habits,
    /// In milliseconds.
    pub(super) now: u64,
    /// What the venue's clock says, in milliseconds.
    pub(super) clock: u64,
    /// Whether the request came long ago, and was believed then.
    pub(super) is_late: bool,
    pub(super) is_unlimited: bool,
    /// What the next order pays its fee in, instead of the venue's own.
    pub(super) fee_coin: Option<FeeCoin>,
}

impl View<'_> {
    pub(super) fn scale(&self, market: MarketId) -> Scale {
        Scale::of(&self.state.exchange, market)
    }

    pub(super) fn market(&self, id: MarketId) -> &Market {
        self.state.exchange.market(id)
    }

    /// Returns the account that a key of the venue belongs to.
    pub(super) fn account(&self, has_key: impl Fn(&Account) -> bool) -> Option<&Account> {
        self.state.accounts.iter().find(|account| has_key(account))
    }

    /// Places an order on the venue's terms.
    ///
    /// # Errors
    /// As the engine has them.
    pub(super) fn place(
        &mut self,
        account: AccountId,
        request: &OrderRequest<'_>,
    ) -> Result<Placed, PlaceError> {
        self.set_terms(account);
        let exchange = &mut self.state.exchange;
        let least = exchange.market(request.market).spec().min_notional;
        if self.habits.varying_minimum {
            let times = u128::from(self.state.random.between(2, 20));
            exchange.set_min_notional(request.market, least.saturating_mul(times));
        }
        let placed = exchange.place(account, request, self.now);
        exchange.set_min_notional(request.market, least);
        placed
    }

    /// Looks whether an order would be taken.
    ///
    /// # Errors
    /// As the engine has them.
    pub(super) fn validate(
        &mut self,
        account: AccountId,
        request: &OrderRequest<'_>,
    ) -> Result<(), PlaceError> {
        self.set_terms(account);
        self.state.exchange.validate(account, request)
    }

    /// The next order of the account is on the terms of the venue that it is placed on.
    fn set_terms(&mut self, account: AccountId) {
        let Terms { maker, taker, coin } = self.protocol.terms;
        let rate = |ppb| Rate::from_ppb(ppb).unwrap_or_default();
        let mut settings = self.state.exchange.account_settings(account);
        settings.fees = Some(Fees { maker: rate(maker), taker: rate(taker) });
        settings.fee_coin = Some(self.fee_coin.unwrap_or(coin));
        self.state.exchange.set_account_settings(account, settings);
    }

    /// Takes an order back, or says that it will.
    ///
    /// # Errors
    /// Where the account has no such order, or it is final.
    pub(super) fn cancel(&mut self, account: AccountId, order: OrderId) -> Result<(), CancelError> {
        if self.habits.hold_cancels {
            self.state.exchange.hold_cancel(account, order, self.now)
        } else {
            self.state.exchange.cancel(account, order, self.now)
        }
    }

    /// Takes all open orders of the account back, or says that it will; returns how many.
    pub(super) fn cancel_all(&mut self, account: AccountId) -> usize {
        if !self.habits.hold_cancels {
            return self.state.exchange.cancel_all(account, None, self.now);
        }
        let open: Vec<OrderId> =
            self.state.exchange.open_orders(account).iter().map(|order| order.id).collect();
        open.into_iter().filter(|id| self.cancel(account, *id).is_ok()).count()
    }

    /// Returns an order of the account.
    pub(super) fn order(&self, account: AccountId, id: OrderId) -> Option<OrderInfo<'_>> {
        self.state.exchange.order(account, id)
    }

    /// Returns what an order has traded, as the venue tells it: oldest first.
    pub(super) fn fills(&self, order: OrderId) -> Vec<Fill> {
        self.told(self.state.exchange.fills(order))
    }

    /// Returns what all orders of an account have traded, as the venue tells it: oldest first.
    pub(super) fn all_fills(&self, account: AccountId, market: Option<MarketId>) -> Vec<Fill> {
        let exchange = &self.state.exchange;
        let orders = exchange.orders(account, None);
        let wanted = orders.filter(|order| market.is_none_or(|market| order.market == market));
        let mut fills: Vec<Fill> = wanted.flat_map(|order| exchange.fills(order.id)).collect();
        fills.sort_by_key(|fill| (fill.time, fill.market, fill.trade));
        self.told(fills)
    }

    fn told(&self, mut fills: Vec<Fill>) -> Vec<Fill> {
        let newest = self.now.saturating_sub(self.habits.delayed_fills);
        if self.habits.delayed_fills > 0 {
            fills.retain(|fill| fill.time <= newest);
        }
        if self.habits.repeated_fills {
            fills = fills.iter().flat_map(|fill| [*fill, *fill]).collect();
        }
        if self.habits.shuffled_fills {
            // Odd ones first, each half from its end: in no order, and the same each time.
            let is_odd = |fill: &Fill| fill.trade.get() % 2 == 1;
            fills.sort_by_key(|fill| (!is_odd(fill), std::cmp::Reverse(fill.trade)));
        }
        fills
    }

    /// Asks for a withdrawal of which so much arrives; the fee is on top.
    ///
    /// # Errors
    /// Where it is too little, or more than is free.
    pub(super) fn withdraw(
        &mut self,
        account: AccountId,
        (asset, amount): (AssetId, u128),
        to: &str,
    ) -> Result<WithdrawalId, FundsError> {
        self.state.exchange.request_withdrawal(account, asset, amount, to, self.now)
    }

    /// Returns the network that a coin is said to be on.
    pub(super) fn network(&self, code: &str) -> String {
        if code == "SKY" && self.habits.other_sky {
            return "Ethereum".to_owned();
        }
        let asset = self.state.asset(code).map(|asset| self.state.exchange.asset(asset));
        asset.map_or_else(String::new, |asset| asset.network.clone())
    }

    /// Returns the contract of a token; nothing of a coin.
    pub(super) fn contract(&self, code: &str) -> &'static str {
        match code {
            "USDT" => "0xdac17f958d2ee523a2206206994597c13d831ec7",
            "SKY" if self.habits.other_sky => "0x56072c95faa701256059aa122697b133aded9279",
            _ => "",
        }
    }
}

/// Every trade that is kept.
pub(super) const ALL: TradeId = TradeId::new(0);

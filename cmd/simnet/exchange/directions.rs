//! What the control API does to the exchange.

use serde::Deserialize;
use serde_json::{Value, json};

use super::accounts::Account;
use super::amount::{decimal, units};
use super::clock;
use super::engine::{
    AccountId, Asset, AssetId, CancelError, ExpiryReason, FundsError, Listing, MarketId, MarketState,
    OrderId, OrderRequest, PlaceError, Rate, SetupError, Side, Violation, WithdrawalId, WithdrawalState,
};
use super::scale::Scale;
use super::state::{FIRST, State};
use super::venue::House;

/// Why the exchange did not do what it was told.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DirectionError {
    #[error("there is no account {0:?}")]
    Account(String),
    #[error("there is no coin {0:?}")]
    Coin(String),
    #[error("there is no market {0:?}")]
    Market(String),
    #[error("there is no withdrawal {0}")]
    Withdrawal(u64),
    #[error("there are no candles of {0} seconds")]
    Interval(u64),
    #[error("{0:?} is no amount")]
    Amount(String),
    #[error("at most {MOST_STEPS} steps at once")]
    TooMany,
    #[error("{0}")]
    Funds(#[from] FundsError),
    #[error("{0}")]
    Place(#[from] PlaceError),
    #[error("{0}")]
    Cancel(#[from] CancelError),
    #[error("{0}")]
    Setup(#[from] SetupError),
    #[error("the exchange is not sound: {0}")]
    Unsound(#[from] Violation),
}

pub(super) type Outcome = Result<Value, DirectionError>;

/// Most steps of the prices at once.
const MOST_STEPS: u32 = 1_000;

fn first() -> String {
    FIRST.to_owned()
}

/// Coins for an account, or away from it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Funding {
    #[serde(default = "first")]
    account: String,
    asset: String,
    /// In whole coins.
    amount: String,
}

/// An order in anybody's name, also that of the market makers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ordering {
    account: String,
    market: String,
    side: OrderSide,
    price: String,
    quantity: String,
}

/// An order that the exchange ends by its own will.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expiry {
    #[serde(default = "first")]
    account: String,
    /// The exchange's own number of it.
    order: u64,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum OrderSide {
    Buy,
    Sell,
}

/// What becomes of a market.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MarketChange {
    market: String,
    state: Option<NewState>,
    /// Another name, such as `XSKY-BTC`.
    name: Option<String>,
    /// The least that an order is worth, in whole quote coins.
    least: Option<String>,
    /// How far from the best price market orders trade, in whole percent; 100 for as far as they like.
    range: Option<u32>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum NewState {
    Trading,
    CancelOnly,
    Gone,
}

/// What becomes of withdrawals: of one, or whether they wait from now on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WithdrawalEnd {
    id: Option<u64>,
    /// Back to the account instead of paid.
    #[serde(default)]
    refuse: bool,
    /// Whether those that come wait until they are ended one by one.
    hold: Option<bool>,
}

impl House {
    /// Returns where everything stands, for the control API.
    pub(crate) fn standing(&self) -> Value {
        let state = self.state();
        let markets = state.exchange.markets().map(|market| {
            let (scale, depth) = (Scale::of(&state.exchange, market.id()), state.exchange.depth(market.id(), 1));
            let best = |level: Option<&super::engine::DepthLevel>| level.map(|level| scale.price(level.price));
            let (bid, ask) = (best(depth.bids.first()), best(depth.asks.first()));
            json!({ "market": market.spec().name, "state": shown_state(market.state()), "bid": bid, "ask": ask })
        });
        let accounts = state.accounts.iter().map(|account| {
            json!({
                "account": account.name, "balances": balances(&state, account.id),
                "open_orders": state.exchange.open_orders(account.id).len(),
            })
        });
        json!({
            "markets": markets.collect::<Value>(),
            "accounts": accounts.collect::<Value>(),
            "withdrawals": withdrawals(&state),
        })
    }

    /// Returns keys and deposit addresses of an account, which is opened where there is none.
    pub(crate) fn open(&self, name: &str) -> Value {
        let mut state = self.state();
        let account = state.open(name).clone();
        shown(&state, &account)
    }

    /// Returns keys and deposit addresses of the first account.
    pub(crate) fn first_account(&self) -> Value {
        self.open(FIRST)
    }

    /// Returns the keys and deposit addresses of the first account in lines; what takes several lines itself is told by
    /// the control API alone.
    pub(crate) fn introduction(&self) -> Vec<String> {
        let account = self.first_account();
        let fields = |name: &str| account[name].as_object().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let keys = fields("keys").into_iter().filter(|(_, key)| !text(&key["secret"]).contains('\n'));
        let keys = keys.map(|(venue, key)| {
            format!("exchange-key {venue} {} secret {}", text(&key["key"]), text(&key["secret"]))
        });
        let addresses = fields("addresses").into_iter();
        let addresses =
            addresses.map(|(coin, address)| format!("exchange-address {coin} {}", text(&address)));
        keys.chain(addresses).collect()
    }

    pub(crate) fn fund(&self, asked: &Funding) -> Outcome {
        let mut state = self.state();
        let (account, asset, amount) = funding(&state, asked)?;
        state.exchange.deposit(account, asset, amount)?;
        Ok(balances(&state, account))
    }

    /// Takes coins away, as if they were withdrawn without a fee.
    pub(crate) fn drain(&self, asked: &Funding) -> Outcome {
        let mut state = self.state();
        let (account, asset, amount) = funding(&state, asked)?;
        let (fee, now) = (state.exchange.asset(asset).withdrawal_fee, clock::millis());
        let arrives = amount.saturating_sub(fee);
        let id = state.exchange.request_withdrawal(account, asset, arrives, "drained", now)?;
        state.exchange.send_withdrawal(id, "drained", now)?;
        Ok(balances(&state, account))
    }

    /// Places a limit order that rests.
    pub(crate) fn order(&self, asked: &Ordering) -> Outcome {
        let mut state = self.state();
        let market = market(&state, &asked.market)?;
        let account = named(&state, &asked.account)?;
        let scale = Scale::of(&state.exchange, market);
        let no_amount = |text: &str| DirectionError::Amount(text.to_owned());
        let price = scale.read_price(&asked.price).map_err(|_| no_amount(&asked.price))?;
        let quantity = scale.read_base(&asked.quantity).map_err(|_| no_amount(&asked.quantity))?;
        let side = match asked.side {
            OrderSide::Buy => Side::Buy,
            OrderSide::Sell => Side::Sell,
        };
        let request = OrderRequest::limit(market, side, price, quantity);
        let placed = state.exchange.place(account, &request, clock::millis())?;
        Ok(json!({ "order": placed.order.get() }))
    }

    /// Ends an open order.
    pub(crate) fn expire(&self, asked: &Expiry) -> Outcome {
        let mut state = self.state();
        let (account, order) = (named(&state, &asked.account)?, OrderId::new(asked.order));
        state.exchange.expire(account, order, ExpiryReason::Venue, clock::millis())?;
        Ok(json!({ "order": asked.order }))
    }

    pub(crate) fn change_market(&self, asked: &MarketChange) -> Outcome {
        let mut state = self.state();
        let id = market(&state, &asked.market)?;
        if let Some(text) = &asked.least {
            let least = Scale::of(&state.exchange, id).read_quote(text);
            let least = least.map_err(|_| DirectionError::Amount(text.clone()))?;
            state.exchange.set_min_notional(id, least);
        }
        if let Some(percent) = asked.range {
            let range = Rate::from_ppb(percent.saturating_mul(10_000_000)).filter(|_| percent < 100);
            state.exchange.set_price_range(id, range);
        }
        if let Some(name) = &asked.name {
            state.exchange.rename_market(id, name)?;
        }
        let wanted = asked.state.map(|wanted| match wanted {
            NewState::Trading => MarketState::Trading,
            NewState::CancelOnly => MarketState::CancelOnly,
            NewState::Gone => MarketState::Gone,
        });
        if let Some(wanted) = wanted {
            state.exchange.set_market_state(id, wanted, clock::millis());
        }
        let market = state.exchange.market(id);
        Ok(json!({ "market": market.spec().name, "state": shown_state(market.state()) }))
    }

    /// Moves all prices so many steps.
    pub(crate) fn walk(&self, steps: u32) -> Outcome {
        if steps > MOST_STEPS {
            return Err(DirectionError::TooMany);
        }
        (0..steps).for_each(|_| self.step());
        Ok(self.standing())
    }

    pub(crate) fn end_withdrawal(&self, asked: &WithdrawalEnd) -> Outcome {
        if let Some(hold) = asked.hold {
            self.state().are_withdrawals_held = hold;
        }
        if let Some(number) = asked.id {
            let id = WithdrawalId::new(number);
            let state = self.state().withdrawal(id).map(|withdrawal| withdrawal.state.clone());
            state.ok_or(DirectionError::Withdrawal(number))?;
            if asked.refuse {
                self.state().exchange.refuse_withdrawal(id, clock::millis())?;
            } else {
                self.pay(id);
            }
        }
        Ok(withdrawals(&self.state()))
    }

    /// Proves that nothing was made or lost.
    pub(crate) fn check(&self) -> Outcome {
        let state = self.state();
        state.check()?;
        let totals = state.exchange.asset_ids().map(|id| {
            let (asset, totals) = (state.exchange.asset(id), state.exchange.totals(id));
            let amount = |units| decimal(units, asset.decimals);
            let shown = json!({
                "deposited": amount(totals.deposited), "held": amount(totals.held), "fees": amount(totals.fees),
                "in_transit": amount(totals.in_transit), "sent": amount(totals.sent),
            });
            (asset.code.clone(), shown)
        });
        Ok(Value::Object(totals.collect()))
    }

    /// Begins anew.
    pub(crate) fn begin_anew(&self) -> Value {
        self.reset();
        self.standing()
    }
}

pub(super) fn shown_state(state: MarketState) -> &'static str {
    match state {
        MarketState::Trading => "trading",
        MarketState::CancelOnly => "cancel-only",
        MarketState::Gone => "gone",
    }
}

fn shown(state: &State, account: &Account) -> Value {
    let coins = state.exchange.asset_ids().map(|id| state.exchange.asset(id));
    let addresses = coins.map(|coin: &Asset| (coin.code.clone(), json!(account.address(&coin.code))));
    json!({
        "account": account.name,
        "keys": account.keys(),
        "addresses": Value::Object(addresses.collect()),
    })
}

pub(super) fn balances(state: &State, account: AccountId) -> Value {
    let rows = state.exchange.asset_ids().map(|id| {
        let (coin, held) = (state.exchange.asset(id), state.exchange.balance(account, id));
        let shown =
            json!({ "free": decimal(held.free, coin.decimals), "frozen": decimal(held.frozen, coin.decimals) });
        (coin.code.clone(), shown)
    });
    Value::Object(rows.collect())
}

fn withdrawals(state: &State) -> Value {
    let rows = state.exchange.withdrawals().iter().map(|withdrawal| {
        let coin = state.exchange.asset(withdrawal.asset);
        let (shown, txid) = match &withdrawal.state {
            WithdrawalState::Requested => ("requested", None),
            WithdrawalState::Sent { txid } => ("sent", Some(txid)),
            WithdrawalState::Refused => ("refused", None),
        };
        json!({
            "id": withdrawal.id.get(), "asset": coin.code, "amount": decimal(withdrawal.amount, coin.decimals),
            "fee": decimal(withdrawal.fee, coin.decimals), "to": withdrawal.to, "state": shown, "txid": txid,
        })
    });
    rows.collect()
}

pub(super) fn named(state: &State, name: &str) -> Result<AccountId, DirectionError> {
    state.named(name).ok_or_else(|| DirectionError::Account(name.to_owned()))
}

pub(super) fn market(state: &State, name: &str) -> Result<MarketId, DirectionError> {
    match state.exchange.find_market(name) {
        Listing::Market(id) => Ok(id),
        Listing::Renamed(_) | Listing::Unknown => Err(DirectionError::Market(name.to_owned())),
    }
}

fn funding(state: &State, asked: &Funding) -> Result<(AccountId, AssetId, u128), DirectionError> {
    let asset = state.asset(&asked.asset).ok_or_else(|| DirectionError::Coin(asked.asset.clone()))?;
    let amount = units(&asked.amount, state.exchange.asset(asset).decimals);
    let amount = amount.map_err(|_| DirectionError::Amount(asked.amount.clone()))?;
    Ok((named(state, &asked.account)?, asset, amount))
}

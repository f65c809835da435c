//! Kraken spot: REST of today.
//!
//! Errors come with the status 200 in a list. A client id is refused while an open order has it; open and closed orders
//! can be searched for it. A nonce has to be above the one before, for ever.

mod account;
mod auth;
mod funding;
mod markets;
mod names;
mod orders;
mod shown;

use serde_json::{Value, json};

use crate::serve::Ask;

use super::engine::{FeeCoin, PlaceError};
use super::venue::{Protocol, Reply, Terms, View};

pub(super) const TAKER: u32 = 4_000_000;

pub(crate) const PROTOCOL: Protocol = Protocol {
    terms: Terms { maker: 2_500_000, taker: TAKER, coin: FeeCoin::Quote },
    has_bare_numbers: false,
    answer,
    is_order: |ask| ask.path == "/0/private/AddOrder",
    refusal: |view, ask| auth::signed(view, ask).err().map(|refused| refused.reply()),
    unknown: || Reply::text(504, "error code: 504"),
    error: || ApiError::new("EGeneral:Internal error").reply(),
    busy: || ApiError::new("EAPI:Rate limit exceeded").reply(),
};

/// Words as Kraken has them: severity, category, and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ApiError(String);

type Outcome = Result<Value, ApiError>;

impl ApiError {
    fn new(words: impl Into<String>) -> ApiError {
        ApiError(words.into())
    }

    fn argument(name: &str) -> ApiError {
        ApiError(format!("EGeneral:Invalid arguments:{name}"))
    }

    fn reply(&self) -> Reply {
        Reply::json(200, json!({ "error": [self.0] }))
    }
}

impl From<PlaceError> for ApiError {
    fn from(error: PlaceError) -> ApiError {
        match error {
            PlaceError::NotTrading { .. } => ApiError::new("EService:Market in cancel_only mode"),
            PlaceError::IdTaken { .. } => ApiError::argument("cl_ord_id is already in use"),
            PlaceError::Price { .. } => ApiError::new("EOrder:Invalid price"),
            PlaceError::Step { .. } => ApiError::argument("volume"),
            PlaceError::Quantity { quantity, min, .. } if quantity < min => {
                ApiError::argument("volume minimum not met")
            }
            PlaceError::Quantity { .. } | PlaceError::OutOfRange { .. } | PlaceError::Spend { .. } => {
                ApiError::argument("volume")
            }
            PlaceError::Notional { .. } => ApiError::new("EOrder:Cost minimum not met"),
            PlaceError::SpendOnSell => ApiError::argument("oflags"),
            PlaceError::Balance { .. } => ApiError::new("EOrder:Insufficient funds"),
            PlaceError::WouldTake { .. } => ApiError::new("EOrder:Post only order"),
        }
    }
}

fn answer(view: &mut View<'_>, ask: &Ask) -> Reply {
    let reached = match ask.path.strip_prefix("/0/private/") {
        Some(method) => private(view, method, ask),
        None => public(view, ask),
    };
    match reached {
        Ok(result) => Reply::json(200, json!({ "error": [], "result": result })),
        Err(refused) => refused.reply(),
    }
}

fn public(view: &View<'_>, ask: &Ask) -> Outcome {
    let parameters = ask.parameters();
    match ask.path.strip_prefix("/0/public/").unwrap_or_default() {
        "Time" => Ok(markets::time(view)),
        "SystemStatus" => Ok(markets::status(view)),
        "Assets" => Ok(markets::assets(view)),
        "AssetPairs" => markets::pairs(view, &parameters),
        "Ticker" => markets::ticker(view, &parameters),
        "Depth" => markets::depth(view, &parameters),
        "Trades" => markets::trades(view, &parameters),
        _ => Err(ApiError::new("EGeneral:Unknown method")),
    }
}

fn private(view: &mut View<'_>, method: &str, ask: &Ask) -> Outcome {
    if ask.method != "POST" {
        return Err(ApiError::new("EGeneral:Unknown method"));
    }
    let account = auth::signed(view, ask)?;
    auth::counted(view, method, ask)?;
    let parameters = ask.parameters();
    match method {
        "Balance" => Ok(account::balance(view, account)),
        "BalanceEx" => Ok(account::extended(view, account)),
        "TradesHistory" => Ok(account::trades(view, account, &parameters)),
        "QueryTrades" => account::query_trades(view, account, &parameters),
        "AddOrder" => orders::add(view, account, &parameters),
        "CancelOrder" => orders::cancel(view, account, &parameters),
        "CancelAll" => Ok(orders::cancel_all(view, account)),
        "OpenOrders" => Ok(orders::open(view, account, &parameters)),
        "ClosedOrders" => Ok(orders::closed(view, account, &parameters)),
        "QueryOrders" => orders::query(view, account, &parameters),
        "DepositMethods" => funding::methods(view, &parameters),
        "DepositAddresses" => funding::addresses(view, account, &parameters),
        "WithdrawInfo" => funding::info(view, account, &parameters),
        "Withdraw" => funding::withdraw(view, account, &parameters),
        "WithdrawStatus" => funding::status(view, account, &parameters),
        _ => Err(ApiError::new("EGeneral:Unknown method")),
    }
}

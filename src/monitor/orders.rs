//! `GET /api/orders`: the orders at the exchange that coins are bought on.
//! `POST /api/orders/{no}/{look|missed|booked}`: what a person says of one that the desk cannot find out about.

use actix_web::http::Method;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::acts::reason_parameters;
use super::asking::{refused, staged};
use super::deeds::submit;
use super::{MonitorState, bad_request, only_get, paging};
use crate::engine::operator::{OrderAct, decide_order};
use crate::http::describe::{Operation, decimal, in_path, one_of, query, required, whole, words};
use crate::http::{Code, Params, internal_error, json, method_not_allowed, not_found};
use crate::ledger::{Account, Asset, VENUE_DECIMALS};
use crate::report::{Act, acts, order_acts, requests};
use crate::store::{Books, Deed, Orders, Snapshot, StoreError};
use crate::types::{Exact, OrderNo, Symbol};
use crate::upstream::{BuyOrder, BuyOrderState, Outcome, PaidFee};

#[derive(Debug, Serialize, ToSchema)]
struct OrderList {
    /// The orders.
    orders: Vec<OrderReply>,
    /// The cursor of the next page, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u64>,
    /// The exchange as it was seen last; none where nothing is bought.
    #[serde(skip_serializing_if = "Option::is_none")]
    exchange: Option<ExchangeReply>,
}

/// What the exchange says, and what stands in the way.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Exchange)]
struct ExchangeReply {
    /// Its name.
    name: &'static str,
    /// Why nothing is asked of it now.
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<String>,
    /// The markets that coins are bought on.
    markets: Vec<MarketReply>,
    /// What the account holds.
    stock: Vec<StockReply>,
    /// Why it could not be looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    stock_trouble: Option<String>,
    /// What was bought and stands there, by the books, in SKY: to be withdrawn to the hot wallet, see
    /// `/api/withdrawals`.
    due: String,
    /// When it was seen so, in seconds since 1970 began.
    seen_at: u64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Stock)]
struct StockReply {
    /// The coin, by its name at the exchange.
    coin: String,
    /// What can be spent, in whole coins.
    available: String,
    /// What open orders hold, in whole coins.
    reserved: String,
    /// How long it lasts at the pace of the last day, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    lasts: Option<u64>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Market)]
struct MarketReply {
    /// What is spent there.
    asset: String,
    /// Its name at the exchange.
    market: String,
    /// Why nothing is bought there now.
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<String>,
    /// The lowest price that somebody sells at.
    #[serde(skip_serializing_if = "Option::is_none")]
    asks: Option<String>,
    /// What an order takes at least.
    #[serde(skip_serializing_if = "Option::is_none")]
    least: Option<String>,
}

/// An order; amounts are whole coins as text, times seconds since 1970.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Order)]
struct OrderReply {
    /// The order's number.
    no: u64,
    /// `intended`, `placed`, `unclear`, `held`, `missed`, `closed`.
    state: &'static str,
    /// The exchange.
    exchange: String,
    /// The market, by its name at the exchange.
    market: String,
    /// The id that the desk gave it.
    client_id: String,
    /// The exchange's id, once it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// The limit of its price.
    price: String,
    /// What was ordered, in whole coins.
    quantity: String,
    /// When it was stored, in seconds since 1970 began.
    intended_at: u64,
    /// When it last changed, in seconds since 1970 began.
    updated_at: u64,
    /// Numbers of the deposits that it is for.
    deposits: Vec<u64>,
    /// Why it is unclear, held or missed.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    /// What was bought, in whole coins.
    #[serde(skip_serializing_if = "Option::is_none")]
    bought: Option<String>,
    /// What that cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    spent: Option<String>,
    /// What the exchange kept.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fees: Vec<FeeReply>,
    /// What can be done about it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    acts: Vec<Act>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Fee)]
struct FeeReply {
    /// In what.
    coin: String,
    /// How much, in whole coins.
    amount: String,
}

impl OrderReply {
    fn new(order: BuyOrder) -> OrderReply {
        let why = match &order.state {
            BuyOrderState::Unclear { words, .. }
            | BuyOrderState::Held { words, .. }
            | BuyOrderState::Missed { words } => Some(words.clone()),
            BuyOrderState::Intended | BuyOrderState::Placed { .. } | BuyOrderState::Closed { .. } => None,
        };
        let outcome = order.outcome();
        let fees = outcome.iter().flat_map(|outcome| &outcome.fees);
        let fee =
            |fee: &PaidFee| FeeReply { coin: fee.asset.as_str().to_owned(), amount: fee.amount.to_string() };
        OrderReply {
            no: order.no.get(),
            state: order.state.name(),
            bought: outcome.map(|outcome| outcome.filled.to_string()),
            spent: outcome.map(|outcome| outcome.cost.to_string()),
            fees: fees.map(fee).collect(),
            id: order.venue_id().map(ToString::to_string),
            acts: order_acts(&order),
            deposits: order.shares.iter().map(|share| share.payout.get()).collect(),
            price: order.terms.price.to_string(),
            quantity: order.terms.quantity.to_string(),
            client_id: order.terms.client_id.to_string(),
            exchange: order.terms.exchange,
            market: order.terms.market,
            intended_at: order.intended_at.get(),
            updated_at: order.updated_at.get(),
            why,
        }
    }
}

const STATES: [&str; 3] = ["open", "held", "all"];

/// What the reference tells of it.
pub(super) fn described() -> Vec<Operation> {
    let on_order = |path, name, summary| {
        Operation::post(path, name, summary)
            .takes(in_path("no", "The order's number.", &whole(0)))
            .takes_all(reason_parameters())
            .says(200, "What was noted, in words.")
            .refuses(&[Code::InvalidParameter, Code::NotFound, Code::UnknownEntry, Code::OrderRefused])
    };
    vec![
        Operation::get("/api/orders", "orders", "Orders at the exchange that coins are bought on")
            .takes(query("state", "Only those.", &one_of(&STATES)))
            .takes_all(paging::parameters())
            .gives::<OrderList>(200, "The orders, by number.")
            .validated()
            .refuses(&[Code::InvalidParameter]),
        on_order("/api/orders/{no}/look", "lookUpOrder", "Look an order up again"),
        on_order("/api/orders/{no}/missed", "missOrder", "Say that an order never was"),
        on_order("/api/orders/{no}/booked", "bookOrder", "Say what came of an order")
            .takes(required("filled", "Coins that were bought.", &decimal("12.5")))
            .takes(required("cost", "What they cost.", &decimal("0.025")))
            .takes(query("fee", "What was kept as a fee.", &decimal("0.0001")))
            .takes(query("fee_coin", "In what.", &words("BTC"))),
    ]
}

pub(super) async fn list(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    let params = Params::parse(request.query_string());
    let wanted = params.get("state");
    if !wanted.is_empty() && !STATES.contains(&wanted) {
        return bad_request(requests::none_of("state", &STATES));
    }
    let page = match paging::page(&params) {
        Ok(page) => page,
        Err(message) => return bad_request(message),
    };
    let (after, limit) = (OrderNo::new(page.after), page.limit);
    match read(&state.store.snapshot(), wanted, after, limit) {
        Ok((orders, next)) => match exchange(&state) {
            Ok(exchange) => json(&OrderList { orders, next, exchange }),
            Err(error) => internal_error(&error),
        },
        Err(error) => internal_error(&error),
    }
}

fn read(
    snapshot: &Snapshot,
    wanted: &str,
    after: OrderNo,
    limit: usize,
) -> Result<(Vec<OrderReply>, Option<u64>), StoreError> {
    let one_more = limit.saturating_add(1);
    let mut orders = match wanted {
        "open" => snapshot.open_orders(after, one_more)?,
        // There are never many that are open.
        "held" => {
            let mut held = snapshot.open_orders(after, usize::MAX)?;
            held.retain(BuyOrder::is_held);
            held
        }
        _ => snapshot.orders(after, one_more)?,
    };
    let next = paging::cut(&mut orders, limit).map(|last| last.no.get());
    Ok((orders.into_iter().map(OrderReply::new).collect(), next))
}

fn exchange(state: &MonitorState) -> Result<Option<ExchangeReply>, StoreError> {
    let Some(view) = state.live.upstream() else { return Ok(None) };
    let books = state.store.snapshot().balances()?;
    let sky = Symbol::parse(Asset::of_payouts().code()).map(Asset::AtVenue);
    let due = sky.map(|sky| books.amount(sky, Account::AtExchange).to_coins_trimmed(VENUE_DECIMALS));
    let stock = view.stock.into_iter().map(|stock| StockReply {
        coin: stock.asset,
        available: stock.available,
        reserved: stock.reserved,
        lasts: stock.lasts.map(|lasts| lasts.as_secs()),
    });
    let markets = view.markets.into_iter().map(|market| MarketReply {
        asset: market.asset,
        market: market.market,
        trouble: market.pause,
        asks: market.asks,
        least: market.least,
    });
    Ok(Some(ExchangeReply {
        name: view.exchange,
        trouble: view.standstill,
        markets: markets.collect(),
        stock: stock.collect(),
        stock_trouble: view.stock_trouble,
        due: due.unwrap_or_default(),
        seen_at: view.at.get(),
    }))
}

pub(super) async fn act(
    state: Data<MonitorState>,
    path: Path<(String, String)>,
    request: HttpRequest,
) -> HttpResponse {
    let (no, name) = path.into_inner();
    let Ok(no) = no.parse().map(OrderNo::new) else { return not_found() };
    if request.method() != Method::POST {
        return method_not_allowed("POST", requests::METHOD_NOT_ALLOWED);
    }
    let params = Params::parse(request.query_string());
    let act = match name.as_str() {
        "look" => OrderAct::Look,
        "missed" => return submit(&state, &request, Deed::OrderMissed(no)).await,
        "booked" => {
            return match outcome(&params) {
                Ok(outcome) => submit(&state, &request, Deed::Book { order: no, outcome }).await,
                Err(message) => bad_request(message),
            };
        }
        _ => return not_found(),
    };
    let told = acts::order_decided(no, &act);
    let (order, stage) = match staged(&state, &request) {
        Ok(both) => both,
        Err(reply) => return *reply,
    };
    match stage.play(decide_order(stage.store(), no, act, order)).await {
        Ok(()) => stage.done(told),
        Err(error) => refused(&error),
    }
}

/// What came of an order, by the exchange's own page: `filled`, `cost`, and `fee` with `fee_coin` where one was taken.
fn outcome(params: &Params) -> Result<Outcome, String> {
    let amount = |name: &str| {
        let text = params.get(name);
        text.parse::<Exact>().map_err(|error| requests::invalid(name, error))
    };
    let (filled, cost) = (amount("filled")?, amount("cost")?);
    let fees = match params.get("fee") {
        "" => Vec::new(),
        _ => {
            // Coins have one name in the books, however it is spelt.
            let asset = Symbol::parse(&params.get("fee_coin").to_uppercase());
            let asset = asset.map_err(|error| requests::invalid("fee_coin", error))?;
            vec![PaidFee { asset, amount: amount("fee")? }]
        }
    };
    Ok(Outcome { filled, cost, fees })
}

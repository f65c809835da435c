//! `GET /api/withdrawals`: what is withdrawn from the exchange to the hot wallet, and what is due.
//! `POST /api/withdrawals/{no}/{look|missed|booked}`: what a person says of one that the desk cannot find out about.

use actix_web::http::Method;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::acts::reason_parameters;
use super::asking::{refused, staged};
use super::deeds::submit;
use super::{MonitorState, bad_request, only_get, paging};
use crate::engine::operator::{WithdrawalAct, decide_withdrawal};
use crate::http::describe::{Operation, decimal, in_path, one_of, query, required, whole};
use crate::http::{Code, Params, internal_error, json, method_not_allowed, not_found};
use crate::ledger::{Account, Asset, Balance, VENUE_DECIMALS};
use crate::report::{Act, acts, requests, withdrawal_acts};
use crate::store::{Books, Deed, Snapshot, StoreError, Withdrawals};
use crate::types::{Exact, Symbol, WithdrawalNo};
use crate::upstream::{Departure, Withdrawal, WithdrawalState};

#[derive(Debug, Serialize, ToSchema)]
struct WithdrawalList {
    /// The withdrawals.
    withdrawals: Vec<WithdrawalReply>,
    /// The cursor of the next page, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u64>,
    /// What was bought and stands at the exchange, by the books, in SKY.
    due: String,
    /// What is on its way to the hot wallet, by the books, in SKY.
    on_the_way: String,
    /// What has arrived there, by the books, in SKY.
    arrived: String,
    /// Whether the desk withdraws what is due; otherwise a person does.
    is_on: bool,
    /// The address of the hot wallet that it goes to.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    /// Why nothing is withdrawn now, or one does not go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<String>,
}

/// A withdrawal; amounts are whole coins as text, times seconds since 1970.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Withdrawal)]
struct WithdrawalReply {
    /// Its number.
    no: u64,
    /// `intended`, `asked`, `unclear`, `left`, `held`, `missed`, `arrived`.
    state: &'static str,
    /// The exchange.
    exchange: String,
    /// What is withdrawn, by the exchange's name for it.
    coin: String,
    /// The id that the desk gave it.
    client_id: String,
    /// The exchange's own id, once it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// How much was asked for.
    amount: String,
    /// The address that it goes to.
    to: String,
    /// The exchange's name of the network, where it has several.
    #[serde(skip_serializing_if = "Option::is_none")]
    network: Option<String>,
    /// When it was stored, before it was asked for.
    intended_at: u64,
    /// When it changed last.
    updated_at: u64,
    /// What left the account, with the fee.
    #[serde(skip_serializing_if = "Option::is_none")]
    left: Option<String>,
    /// The fee in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    fee: Option<String>,
    /// The transaction on the chain, once it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    txid: Option<String>,
    /// Why it is unclear, held or missed.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    /// What can be done with it now.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    acts: Vec<Act>,
}

impl WithdrawalReply {
    fn new(withdrawal: Withdrawal) -> WithdrawalReply {
        let why = match &withdrawal.state {
            WithdrawalState::Unclear { words }
            | WithdrawalState::Held { words, .. }
            | WithdrawalState::Missed { words, .. } => Some(words.clone()),
            WithdrawalState::Intended
            | WithdrawalState::Asked { .. }
            | WithdrawalState::Left { .. }
            | WithdrawalState::Arrived { .. } => None,
        };
        let departure = withdrawal.departure();
        let to = withdrawal.terms.to().to_string();
        WithdrawalReply {
            no: withdrawal.no.get(),
            state: withdrawal.state.name(),
            id: withdrawal.venue_id().map(str::to_owned),
            left: departure.map(|departure| departure.amount.to_string()),
            fee: departure.map(|departure| departure.fee.to_string()),
            txid: withdrawal.txid().map(str::to_owned),
            acts: withdrawal_acts(&withdrawal),
            intended_at: withdrawal.intended_at.get(),
            updated_at: withdrawal.updated_at.get(),
            client_id: withdrawal.terms.wanted.client_id.to_string(),
            amount: withdrawal.terms.wanted.amount.to_string(),
            exchange: withdrawal.terms.wanted.exchange,
            coin: withdrawal.terms.wanted.coin,
            network: withdrawal.terms.wanted.network,
            to,
            why,
        }
    }
}

/// What the reference tells.
pub(super) fn described() -> Vec<Operation> {
    let act = |path, name, summary| {
        Operation::post(path, name, summary)
            .takes(in_path("no", "The withdrawal's number.", &whole(0)))
            .takes_all(reason_parameters())
            .says(200, "What was decided, in words.")
            .refuses(&[Code::InvalidParameter, Code::NotFound, Code::UnknownEntry, Code::WithdrawalRefused])
    };
    vec![
        Operation::get("/api/withdrawals", "withdrawals", "What goes from the exchange to the hot wallet")
            .takes(query("state", "Which of them.", &one_of(&STATES)))
            .takes_all(paging::cursor_parameters("3"))
            .gives::<WithdrawalList>(200, "The withdrawals, with what is due.")
            .refuses(&[Code::InvalidParameter]),
        act("/api/withdrawals/{no}/look", "lookUpWithdrawal", "Look a withdrawal up again"),
        act(
            "/api/withdrawals/{no}/missed",
            "withdrawalMissed",
            "Say that a withdrawal never left the exchange",
        ),
        act("/api/withdrawals/{no}/booked", "bookWithdrawal", "Book a withdrawal by hand")
            .takes(required(
                "amount",
                "What left the account, with the fee, in whole coins.",
                &decimal("10.5"),
            ))
            .takes(required("fee", "The fee, in whole coins.", &decimal("0.5"))),
    ]
}

const STATES: [&str; 3] = ["open", "held", "all"];

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
    let listed = read(&state, &state.store.snapshot(), wanted, (WithdrawalNo::new(page.after), page.limit));
    match listed {
        Ok(list) => json(&list),
        Err(error) => internal_error(&error),
    }
}

fn read(
    state: &MonitorState,
    snapshot: &Snapshot,
    wanted: &str,
    (after, limit): (WithdrawalNo, usize),
) -> Result<WithdrawalList, StoreError> {
    let mut found = match wanted {
        "open" | "held" => snapshot.open_withdrawals()?,
        _ => snapshot.withdrawals(after, limit.saturating_add(1))?,
    };
    // Of the open ones all are read: the store has no pages of them.
    found.retain(|withdrawal| withdrawal.no > after);
    if wanted == "held" {
        found.retain(Withdrawal::is_held);
    }
    let next = paging::cut(&mut found, limit).map(|last| last.no.get());
    let books = snapshot.balances()?;
    let sky = Symbol::parse(Asset::of_payouts().code()).map(Asset::AtVenue);
    let stands = |account| {
        let balance = sky.as_ref().map_or(Balance::ZERO, |sky| books.all().on(*sky, account));
        let sign = if balance.is_credit() { "-" } else { "" };
        format!("{sign}{}", balance.amount().to_coins_trimmed(VENUE_DECIMALS))
    };
    let view = state.live.withdrawals();
    Ok(WithdrawalList {
        withdrawals: found.into_iter().map(WithdrawalReply::new).collect(),
        next,
        due: stands(Account::AtExchange),
        on_the_way: stands(Account::OnTheWay),
        arrived: stands(Account::Withdrawn),
        is_on: view.as_ref().is_some_and(|view| view.is_on),
        to: view.as_ref().map(|view| view.to.to_string()),
        trouble: view.and_then(|view| view.trouble),
    })
}

pub(super) async fn act(
    state: Data<MonitorState>,
    path: Path<(String, String)>,
    request: HttpRequest,
) -> HttpResponse {
    if request.method() != Method::POST {
        return method_not_allowed("POST", requests::METHOD_NOT_ALLOWED);
    }
    let (no, name) = path.into_inner();
    let Ok(no) = no.parse().map(WithdrawalNo::new) else { return not_found() };
    let params = Params::parse(request.query_string());
    let act = match name.as_str() {
        "look" => WithdrawalAct::Look,
        "missed" => WithdrawalAct::Missed,
        "booked" => match departure(&params) {
            Ok(departure) => {
                let deed = Deed::BookWithdrawal { withdrawal: no, departure };
                return submit(&state, &request, deed).await;
            }
            Err(message) => return bad_request(message),
        },
        _ => return not_found(),
    };
    let told = acts::withdrawal_decided(no, &act);
    let (order, stage) = match staged(&state, &request) {
        Ok(both) => both,
        Err(reply) => return *reply,
    };
    match stage.play(decide_withdrawal(stage.store(), no, act, order)).await {
        Ok(()) => stage.done(told),
        Err(error) => refused(&error),
    }
}

/// What left, by the exchange's own page: `amount` with the fee in it, and `fee`.
fn departure(params: &Params) -> Result<Departure, String> {
    let amount = |name: &str| {
        let text = params.get(name);
        text.parse::<Exact>().map_err(|error| requests::invalid(name, error))
    };
    Ok(Departure { amount: amount("amount")?, fee: amount("fee")? })
}

//! `GET /api/deposits`, `GET /api/deposits/errored`; `GET /api/deposits/{no}` is one, with what can be done with it
//! now.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::{MonitorState, bad_request, only_get, paging};
use crate::http::describe::{Operation, in_path, one_of, query, whole};
use crate::http::{Code, Params, internal_error, json, not_found};
use crate::payout::PublicStatus;
use crate::report::{Act, DepositInfo, deposit_acts, deposit_info, requests};
use crate::store::{Page, Snapshot, StoreError, Tables};
use crate::types::{AttemptNo, DepositNo};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DepositList)]
struct Deposits {
    /// The deposits.
    deposits: Vec<DepositInfo>,
    /// The cursor of the next page, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u64>,
}

/// What the reference tells of it.
pub(super) fn described() -> Vec<Operation> {
    let names: Vec<&str> = PublicStatus::ALL.iter().map(|status| status.name()).collect();
    let list = |path, name, summary| {
        Operation::get(path, name, summary)
            .takes_all(paging::parameters())
            .gives::<Deposits>(200, "The deposits, by number.")
            .validated()
            .refuses(&[Code::InvalidParameter])
    };
    vec![
        list("/api/deposits", "deposits", "Deposits").takes(query(
            "status",
            "Only those that stand there.",
            &one_of(&names),
        )),
        list("/api/deposits/errored", "erroredDeposits", "Deposits that ended with an error"),
        Operation::get("/api/deposits/{no}", "deposit", "A deposit, and what can be done with it now")
            .takes(in_path("no", "The deposit's number.", &whole(0)))
            .gives::<Deposit>(200, "The deposit.")
            .validated()
            .refuses(&[Code::NotFound]),
    ]
}

pub(super) async fn by_status(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    let params = Params::parse(request.query_string());
    let status = match params.get("status") {
        "" => None,
        name => match PublicStatus::from_name(name) {
            Some(status) => Some(status),
            None => return only_get(&request).unwrap_or_else(|| bad_request(requests::INVALID_STATUS)),
        },
    };
    list(&state, &request, &params, |snapshot, page| snapshot.deposits(status, page))
}

pub(super) async fn errored(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    let params = Params::parse(request.query_string());
    list(&state, &request, &params, |snapshot, page| snapshot.errored(page))
}

fn list(
    state: &MonitorState,
    request: &HttpRequest,
    params: &Params,
    numbers: impl Fn(&Snapshot, Page) -> Result<Vec<DepositNo>, StoreError>,
) -> HttpResponse {
    if let Some(refused) = only_get(request) {
        return refused;
    }
    let page = match paging::page(params) {
        Ok(page) => page,
        Err(message) => return bad_request(message),
    };
    let snapshot = state.store.snapshot();
    let reply = numbers(&snapshot, paging::and_one_more(page)).and_then(|mut numbers| {
        let next = paging::cut(&mut numbers, page.limit).map(|no| no.get());
        let infos =
            numbers.into_iter().filter_map(|no| deposit_info(&snapshot, no, &state.outlook).transpose());
        Ok(Deposits { deposits: infos.collect::<Result<_, _>>()?, next })
    });
    match reply {
        Ok(deposits) => json(&deposits),
        Err(error) => internal_error(&error),
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DepositNow)]
struct Deposit {
    /// The deposit's number.
    no: u64,
    /// The number of the transaction that was signed for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction: Option<u64>,
    /// What can be done with it, and with its transaction.
    acts: Vec<Act>,
    /// The purchase.
    #[serde(flatten)]
    info: DepositInfo,
}

pub(super) async fn one(state: Data<MonitorState>, path: Path<String>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    let Ok(no) = path.parse().map(DepositNo::new) else { return not_found() };
    match read(&state, &state.store.snapshot(), no) {
        Ok(Some(deposit)) => json(&deposit),
        Ok(None) => not_found(),
        Err(error) => internal_error(&error),
    }
}

fn read(state: &MonitorState, snapshot: &Snapshot, no: DepositNo) -> Result<Option<Deposit>, StoreError> {
    let Some(info) = deposit_info(snapshot, no, &state.outlook)? else { return Ok(None) };
    let transaction = snapshot.payout(no)?.and_then(|payout| payout.attempt()).map(AttemptNo::get);
    Ok(Some(Deposit { no: no.get(), transaction, acts: deposit_acts(snapshot, no)?, info }))
}

//! `GET /api/deposits`, `GET /api/deposits/errored`.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::{MonitorState, bad_request, only_get};
use crate::http::{Params, internal_error, json};
use crate::payout::PublicStatus;
use crate::report::{DepositInfo, deposit_info};
use crate::store::{Page, Snapshot, StoreError, Tables};
use crate::types::DepositNo;

/// Most entries of a page that is asked for.
const MAX_LIMIT: usize = 1000;
/// Most entries of a list that is asked for whole: the original answers all there are, which has no end.
const WHOLE: usize = 10_000;

#[derive(Debug, Serialize)]
struct Deposits {
    deposits: Vec<DepositInfo>,
    /// The cursor of the next page, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u64>,
}

/// `after` (a number, the cursor) and `limit`; the whole list, as far as that goes, where neither is given.
pub(super) fn page(params: &Params) -> Result<Page, String> {
    let number = |name: &str, default: usize| match params.get(name) {
        "" => Ok(default),
        text => text.parse::<usize>().map_err(|_| format!("Invalid {name}: expected a whole number")),
    };
    if !params.has("after") && !params.has("limit") {
        return Ok(Page::first(WHOLE));
    }
    let limit = number("limit", MAX_LIMIT)?;
    if limit == 0 || limit > MAX_LIMIT {
        return Err(format!("Invalid limit: expected 1 to {MAX_LIMIT}"));
    }
    let after = u64::try_from(number("after", 0)?).map_err(|_| "Invalid after".to_owned())?;
    Ok(Page { after, limit })
}

pub(super) async fn by_status(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    let params = Params::parse(request.query_string());
    let status = match params.get("status") {
        "" => None,
        name => match PublicStatus::from_name(name) {
            Some(status) => Some(status),
            None => return only_get(&request).unwrap_or_else(|| bad_request("Invalid status")),
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
    let page = match page(params) {
        Ok(page) => page,
        Err(message) => return bad_request(message),
    };
    let snapshot = state.store.snapshot();
    let reply = numbers(&snapshot, page).and_then(|numbers| {
        let next = numbers.last().filter(|_| numbers.len() == page.limit).map(|no| no.get());
        let infos =
            numbers.into_iter().filter_map(|no| deposit_info(&snapshot, no, &state.outlook).transpose());
        Ok(Deposits { deposits: infos.collect::<Result<_, _>>()?, next })
    });
    match reply {
        Ok(deposits) => json(&deposits),
        Err(error) => internal_error(&error),
    }
}

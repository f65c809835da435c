//! `GET /api/deposits/{no}/timeline`: a deposit with everything that happened to it, by whom and why, and what can be
//! done with it now.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::transactions::TransactionReply;
use super::{MonitorState, bad_request, only_get, paging};
use crate::http::describe::{Operation, in_path, whole};
use crate::http::{Code, Params, internal_error, json, not_found};
use crate::report::{Act, DepositInfo, deposit_acts, deposit_info};
use crate::store::{Page, Snapshot, StoreError, Stories, Tables, Telling};
use crate::types::{AttemptNo, DepositNo};

#[derive(Debug, Serialize, ToSchema)]
struct Timeline {
    /// The deposit's number.
    no: u64,
    /// The deposit.
    deposit: DepositInfo,
    /// When its address was bound, in seconds since 1970.
    bound_at: u64,
    /// When it was seen, in seconds since 1970 began.
    seen_at: u64,
    /// The transaction that pays it, once there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction: Option<TransactionReply>,
    /// What can be done with it now.
    acts: Vec<Act>,
    /// What happened, the oldest first.
    events: Vec<EventReply>,
    /// The cursor of the next page, where there is one: the number of the last event.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u64>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TimelineEvent)]
struct EventReply {
    /// The event's number.
    no: u64,
    /// When it happened, in seconds since 1970 began.
    at: u64,
    #[serde(flatten)]
    told: Telling,
}

/// What the reference tells of it.
pub(super) fn described() -> Operation {
    Operation::get("/api/deposits/{no}/timeline", "timeline", "Everything that happened to a deposit")
        .takes(in_path("no", "The deposit's number.", &whole(0)))
        .takes_all(paging::parameters())
        .gives::<Timeline>(200, "The deposit, what happened to it, and what can be done with it now.")
        .validated()
        .refuses(&[Code::InvalidParameter, Code::NotFound])
}

pub(super) async fn of_deposit(
    state: Data<MonitorState>,
    path: Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    let Ok(no) = path.parse().map(DepositNo::new) else { return not_found() };
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    let page = match paging::page(&Params::parse(request.query_string())) {
        Ok(page) => page,
        Err(message) => return bad_request(message),
    };
    match read(&state, &state.store.snapshot(), no, page) {
        Ok(Some(timeline)) => json(&timeline),
        Ok(None) => not_found(),
        Err(error) => internal_error(&error),
    }
}

fn read(
    state: &MonitorState,
    snapshot: &Snapshot,
    no: DepositNo,
    page: Page,
) -> Result<Option<Timeline>, StoreError> {
    let Some(purchase) = snapshot.purchase(no)? else { return Ok(None) };
    let Some(deposit) = deposit_info(snapshot, no, &state.outlook)? else { return Ok(None) };
    let Some(binding) = snapshot.binding(purchase.deposit.binding)? else { return Ok(None) };
    let attempt: Option<AttemptNo> = purchase.payout.as_ref().and_then(|payout| payout.attempt());
    let transaction = attempt.map(|attempt| TransactionReply::read(snapshot, attempt)).transpose()?.flatten();
    let mut story = snapshot.story_of(no, page.after, page.limit.saturating_add(1))?;
    let next = paging::cut(&mut story, page.limit).map(|(number, _)| *number);
    let events = story.into_iter().map(|(number, record)| EventReply {
        no: number,
        at: record.at.get(),
        told: record.told(),
    });
    Ok(Some(Timeline {
        no: no.get(),
        deposit,
        bound_at: binding.bound_at.get(),
        seen_at: purchase.deposit.seen_at.get(),
        transaction,
        acts: deposit_acts(snapshot, no)?,
        events: events.collect(),
        next,
    }))
}

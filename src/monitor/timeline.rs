//! `GET /api/deposits/{no}/timeline`: a deposit with everything that happened to it, by whom and why, and what can be
//! done with it now.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::transactions::TransactionReply;
use super::{MonitorState, bad_request, only_get, paging};
use crate::http::describe::{Operation, in_path, query, whole};
use crate::http::{Code, Params, internal_error, json, not_found};
use crate::report::{Act, DepositInfo, deposit_acts, deposit_info, requests};
use crate::store::{Page, Record, Snapshot, StoreError, Stories, Tables, Telling};
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
    /// Where `before` was asked for, its value for the page of what happened earlier, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<u64>,
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
        .takes(query("before", "Ends before this event, in place of `after`; 0: with the newest.", &whole(0)))
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
    let wish = match wish(&Params::parse(request.query_string())) {
        Ok(wish) => wish,
        Err(message) => return bad_request(message),
    };
    match read(&state, &state.store.snapshot(), no, wish) {
        Ok(Some(timeline)) => json(&timeline),
        Ok(None) => not_found(),
        Err(error) => internal_error(&error),
    }
}

/// Which events are wanted: those behind a number, or the last before one.
enum Wish {
    After(Page),
    Before(u64, usize),
}

fn wish(params: &Params) -> Result<Wish, String> {
    if !params.has("before") {
        return paging::page(params).map(Wish::After);
    }
    if params.has("after") {
        return Err(requests::invalid("before", "it excludes after"));
    }
    match params.get("before").parse().map_err(|_| requests::no_number("before"))? {
        0 => Ok(Wish::Before(u64::MAX, paging::limit_of_page(params)?)),
        before => Ok(Wish::Before(before, paging::limit_of_page(params)?)),
    }
}

/// The events, with what the pages after and before them are asked with.
type Chapter = (Vec<(u64, Record)>, Option<u64>, Option<u64>);

fn chapter(snapshot: &Snapshot, no: DepositNo, wish: Wish) -> Result<Chapter, StoreError> {
    match wish {
        Wish::After(page) => {
            let mut story = snapshot.story_of(no, page.after, page.limit.saturating_add(1))?;
            let next = paging::cut(&mut story, page.limit).map(|(number, _)| *number);
            Ok((story, next, None))
        }
        Wish::Before(before, limit) => {
            let mut story = snapshot.story_before(no, before, limit.saturating_add(1))?;
            let has_more = story.len() > limit;
            story.drain(..usize::from(has_more));
            let first = story.first().map(|(number, _)| *number);
            Ok((story, None, first.filter(|_| has_more)))
        }
    }
}

fn read(
    state: &MonitorState,
    snapshot: &Snapshot,
    no: DepositNo,
    wish: Wish,
) -> Result<Option<Timeline>, StoreError> {
    let Some(purchase) = snapshot.purchase(no)? else { return Ok(None) };
    let Some(deposit) = deposit_info(snapshot, no, &state.outlook)? else { return Ok(None) };
    let Some(binding) = snapshot.binding(purchase.deposit.binding)? else { return Ok(None) };
    let attempt: Option<AttemptNo> = purchase.payout.as_ref().and_then(|payout| payout.attempt());
    let transaction = attempt.map(|attempt| TransactionReply::read(snapshot, attempt)).transpose()?.flatten();
    let (story, next, previous) = chapter(snapshot, no, wish)?;
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
        previous,
    }))
}

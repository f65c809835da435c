//! `POST /api/deposits/{no}/{pay|void|wait|direct|pause|resume}` and
//! `POST /api/transactions/{no}/{withdraw|send|retry|abandon}`: what a person decides on what a fork took back, what is
//! to be bought, or what a node refuses. `why` is the reason, `by` who it is; both are kept.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::MonitorState;
use super::asking::{refused, staged};
use super::deeds::submit;
use crate::engine::operator::{PurchaseAct, decide_purchase, retry, rule, withdraw};
use crate::http::not_found;
use crate::payout::Verdict;
use crate::report::acts;
use crate::store::Deed;
use crate::types::{AttemptNo, DepositNo};

pub(super) async fn on_deposit(
    state: Data<MonitorState>,
    path: Path<(String, String)>,
    request: HttpRequest,
) -> HttpResponse {
    let (no, act) = path.into_inner();
    let Ok(no) = no.parse().map(DepositNo::new) else { return not_found() };
    if let Some(act) = PurchaseAct::from_name(&act) {
        return match act {
            PurchaseAct::Direct => submit(&state, &request, Deed::Direct(no)).await,
            PurchaseAct::Pause | PurchaseAct::Resume => {
                on_purchase(&state, no, act, &request).await.unwrap_or_else(|reply| *reply)
            }
        };
    }
    match Verdict::from_name(&act) {
        Some(Verdict::Pay) => submit(&state, &request, Deed::Pay(no)).await,
        Some(verdict) => on_ruling(&state, no, verdict, &request).await.unwrap_or_else(|reply| *reply),
        None => not_found(),
    }
}

async fn on_ruling(
    state: &MonitorState,
    no: DepositNo,
    verdict: Verdict,
    request: &HttpRequest,
) -> Result<HttpResponse, Box<HttpResponse>> {
    let (order, stage) = staged(state, request)?;
    let done = stage.play(rule(stage.store(), no, verdict, order)).await;
    done.map_err(|error| Box::new(refused(&error)))?;
    Ok(stage.done(acts::ruled(no, verdict)))
}

/// What becomes of a deposit whose coins are to be bought.
async fn on_purchase(
    state: &MonitorState,
    no: DepositNo,
    act: PurchaseAct,
    request: &HttpRequest,
) -> Result<HttpResponse, Box<HttpResponse>> {
    let (order, stage) = staged(state, request)?;
    let done = stage.play(decide_purchase(stage.store(), no, act, order)).await;
    done.map_err(|error| Box::new(refused(&error)))?;
    Ok(stage.done(acts::purchase_decided(no, act)))
}

pub(super) async fn on_transaction(
    state: Data<MonitorState>,
    path: Path<(String, String)>,
    request: HttpRequest,
) -> HttpResponse {
    let (no, act) = path.into_inner();
    let Ok(no) = no.parse().map(AttemptNo::new) else { return not_found() };
    match act.as_str() {
        "send" => submit(&state, &request, Deed::Send(no)).await,
        "abandon" => submit(&state, &request, Deed::Abandon(no)).await,
        "withdraw" | "retry" => {
            steer(&state, no, act == "retry", &request).await.unwrap_or_else(|reply| *reply)
        }
        _ => not_found(),
    }
}

/// Has a transaction withdrawn, or offered again.
async fn steer(
    state: &MonitorState,
    no: AttemptNo,
    is_retry: bool,
    request: &HttpRequest,
) -> Result<HttpResponse, Box<HttpResponse>> {
    let (order, stage) = staged(state, request)?;
    let (done, told) = match is_retry {
        true => (stage.play(retry(stage.store(), no, order)).await, acts::offered_again(no)),
        false => (stage.play(withdraw(stage.store(), no, order)).await, acts::withdrawn(no)),
    };
    done.map_err(|error| Box::new(refused(&error)))?;
    Ok(stage.done(told))
}

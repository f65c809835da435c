//! `POST /api/deposits/{no}/{pay|paid|void|wait|direct|pause|resume}` and
//! `POST /api/transactions/{no}/{withdraw|send|retry|abandon}`: what a person decides on what a fork took back, what is
//! to be bought, or what a node refuses. `why` is the reason, `by` who it is; both are kept.

use actix_web::http::Method;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use serde_json::Value;

use super::asking::{refused, staged};
use super::deeds::submit;
use super::{MonitorState, bad_request};
use crate::engine::operator::{PurchaseAct, decide_purchase, retry, rule, withdraw};
use crate::http::describe::{Operation, in_path, query, required, whole, words};
use crate::http::{Code, Params, method_not_allowed, not_found};
use crate::payout::Verdict;
use crate::report::{PAID_BEFORE, acts, requests};
use crate::store::Deed;
use crate::types::{AttemptNo, DepositNo, TxId};

/// What the reference tells of acts that need a reason.
pub(super) fn reason_parameters() -> [Value; 2] {
    [required("why", "The reason, which is kept for good.", &words("double spent")), by_parameter()]
}

/// Who asks, where no reason is needed.
pub(super) fn by_parameter() -> Value {
    query("by", "Who asks, by name; `operator` where it is left out.", &words("anna"))
}

/// What the reference tells of the acts here.
pub(super) fn described() -> Vec<Operation> {
    let mut all = on_deposits();
    all.extend(on_transactions());
    all
}

fn on_deposits() -> Vec<Operation> {
    let act = |path, name, summary, code| {
        Operation::post(path, name, summary)
            .takes(in_path("no", "The deposit's number.", &whole(0)))
            .takes_all(reason_parameters())
            .says(200, "What was decided, in words.")
            .refuses(&[Code::InvalidParameter, Code::NotFound, Code::UnknownEntry, code])
    };
    let (ruling, purchase) = (Code::RulingRefused, Code::PurchaseRefused);
    let stock = "Pay a deposit from stock in place of buying";
    let pause = "Buy nothing for a deposit until it is resumed";
    let paid = "Say that the original has paid a deposit that was taken over";
    vec![
        act("/api/deposits/{no}/pay", "payDeposit", "Pay a deposit although it is gone", ruling),
        act("/api/deposits/{no}/void", "voidDeposit", "Pay nothing for a deposit", ruling),
        act("/api/deposits/{no}/wait", "waitForDeposit", "Wait for a deposit to come back", ruling),
        act("/api/deposits/{no}/direct", "payDirect", stock, purchase),
        act("/api/deposits/{no}/pause", "pausePurchase", pause, purchase),
        act("/api/deposits/{no}/resume", "resumePurchase", "Buy for a deposit again", purchase),
        act("/api/deposits/{no}/paid", "paidBefore", paid, ruling).takes(required(
            "txid",
            "The transaction that has paid it.",
            &words("641cda51..."),
        )),
    ]
}

fn on_transactions() -> Vec<Operation> {
    let act = |path, name, summary| {
        Operation::post(path, name, summary)
            .takes(in_path("no", "The transaction's number.", &whole(0)))
            .takes_all(reason_parameters())
            .says(200, "What is done, in words.")
            .refuses(&[Code::InvalidParameter, Code::NotFound, Code::UnknownEntry, Code::CourseRefused])
    };
    vec![
        act("/api/transactions/{no}/withdraw", "withdrawTransaction", "Take a payout transaction back")
            .about(
                "Another transaction spends one of its inputs back to the wallet. One of the two confirms.",
            ),
        act("/api/transactions/{no}/send", "sendTransaction", "Send a transaction that is kept back"),
        act("/api/transactions/{no}/retry", "retryTransaction", "Offer a refused transaction again"),
        act("/api/transactions/{no}/abandon", "abandonTransaction", "Give a transaction up")
            .about("Only where the chain shows that it can never confirm; what it was to pay is owed again.")
            .refuses(&[Code::AbandonRefused, Code::NodeUntold, Code::PayerBusy, Code::OutcomeUnknown]),
    ]
}

pub(super) async fn on_deposit(
    state: Data<MonitorState>,
    path: Path<(String, String)>,
    request: HttpRequest,
) -> HttpResponse {
    let (no, act) = path.into_inner();
    let Ok(no) = no.parse().map(DepositNo::new) else { return not_found() };
    if act == PAID_BEFORE {
        return on_paid_before(&state, no, &request).await.unwrap_or_else(|reply| *reply);
    }
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

/// What the original has paid already, by the transaction that `txid` names.
async fn on_paid_before(
    state: &MonitorState,
    no: DepositNo,
    request: &HttpRequest,
) -> Result<HttpResponse, Box<HttpResponse>> {
    if request.method() != Method::POST {
        return Err(Box::new(method_not_allowed("POST", requests::METHOD_NOT_ALLOWED)));
    }
    let params = Params::parse(request.query_string());
    let by = Some(params.get("txid")).filter(|text| !text.is_empty()).map(TxId::parse).transpose();
    let by = by.map_err(|error| Box::new(bad_request(requests::invalid("txid", error))))?;
    Ok(submit(state, request, Deed::PaidBefore { deposit: no, txid: by }).await)
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

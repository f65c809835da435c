//! `GET /api/status?skyaddr=`, with `secret=` for amounts and transactions, with `page=` for older lines.

use super::ApiState;
use super::bind::payee;
use super::refusal::{Refusal, RefusalReply};
use super::request::trim_address;
use crate::http::describe::{Operation, query, required, words};
use crate::http::{Code, Params, internal_error, json, method_not_allowed};
use crate::report::requests;
use crate::report::{Shown, StatusPage, status_page};
use crate::skycoin::Address;
use crate::store::StoreError;
use actix_web::http::Method;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

/// What the reference tells of it.
pub(super) fn described() -> Operation {
    Operation::get("/api/status", "status", "See how far purchases are")
        .about(
            "Tells the newest 100 lines of a Skycoin address: its deposits, and addresses that wait for one. Strangers \
             are \
             told how far each is; amounts and transactions are told with the secret that the bind was answered with.",
        )
        .takes(required("skyaddr", "The Skycoin address that is paid.", &words("2ANKJFgszWDKS9vUEEkHCDBUDmsxSfxc12y")))
        .takes(query(
            "secret",
            "Secrets of deposit addresses, 16 at most, with commas between them.",
            &words("6f1c2b0e5d7a49c8b3e4f5a6978d0c1b"),
        ))
        .takes(query("page", "The `next` of the page before, for older lines.", &words("")))
        .gives::<StatusPage>(200, "The lines, by `seq`. An address that was never bound has none.")
        .validated()
        .refuses(&[Code::MissingPayee, Code::InvalidPayee, Code::InvalidPage, Code::TooManyRequests])
}

pub(super) async fn handle(state: Data<ApiState>, request: HttpRequest) -> HttpResponse {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return method_not_allowed("GET", requests::INVALID_METHOD);
    }
    let params = Params::parse(request.query_string());
    let skyaddr = trim_address(params.get("skyaddr"));
    if skyaddr.is_empty() {
        return Refusal::MissingPayee.reply();
    }
    let payee = match payee(skyaddr) {
        Ok(payee) => payee,
        Err(refusal) => return refusal.reply(),
    };
    match page_of(&state, &payee, &params) {
        Ok(Some(page)) => json(&page),
        Ok(None) => Refusal::BadPage.reply(),
        Err(error) => internal_error(&error),
    }
}

/// The page that `page` and `secret` ask for.
pub(super) fn page_of(
    state: &ApiState,
    payee: &Address,
    params: &Params,
) -> Result<Option<StatusPage>, StoreError> {
    let snapshot = state.store.snapshot();
    let shown = Shown::new(&snapshot, params.get("secret"))?;
    status_page(&snapshot, payee, &state.outlook, params.get("page"), &shown)
}

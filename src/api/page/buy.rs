//! `POST /buy`: gives a payee an address and leads to its page.

use actix_web::http::{Method, StatusCode, header};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, ResponseError};

use super::origin::is_own_form;
use super::start::{StartPage, Wish};
use super::{HTML, refused};
use crate::api::ApiState;
use crate::api::bind::{Beside, bind_order};
use crate::api::held::HeldLinks;
use crate::api::refusal::Refusal;
use crate::api::request::{BindRequest, trim_address};
use crate::http::{Body, BodyError, Params, method_not_allowed};
use crate::report::requests;

/// Longer amounts stand in no link.
const LONGEST_AMOUNT: usize = 40;

pub(in crate::api) async fn handle(
    state: Data<ApiState>,
    request: HttpRequest,
    body: Result<Body, BodyError>,
) -> HttpResponse {
    match *request.method() {
        Method::POST => {}
        // Who reloads what a refused form was answered with comes here.
        Method::GET | Method::HEAD => return see_other("/"),
        _ => return method_not_allowed("GET, HEAD, POST", requests::METHOD_NOT_ALLOWED),
    }
    let form = match body {
        Ok(body) => Params::parse_form(&body.0, ""),
        Err(error) => return error.error_response(),
    };
    let wish = Wish {
        skyaddr: trim_address(form.get("skyaddr")).to_owned(),
        coin: form.get("coin_type").to_owned(),
        asked: super::start::asked(&form),
    };
    let refusal = match given(&state, &request, &form).await {
        Ok(reply) => return reply,
        Err(refusal) => refusal,
    };
    let shown = state.shown();
    let held = HeldLinks::of(&request);
    let page = StartPage::new(&state, &request, &shown, wish).refusing(&state, &refusal, &held);
    refused(&page, &refusal)
}

/// Leads to the page of the address that was given; or to the one that everybody who knows the payee may see, where the
/// address is somebody's already and the browser does not show that it is theirs.
async fn given(state: &ApiState, request: &HttpRequest, form: &Params) -> Result<HttpResponse, Refusal> {
    if !is_own_form(request.headers()) {
        return Err(Refusal::ForeignForm);
    }
    let order = BindRequest {
        skyaddr: form.get("skyaddr").to_owned(),
        coin_type: form.get("coin_type").to_owned(),
        webhook_url: None,
    };
    let held = HeldLinks::of(request);
    let given = bind_order(state, &order, Beside { held: Some(&held), ..Beside::default() }).await?;
    let Some(own) = given.own else {
        let payee = trim_address(&order.skyaddr);
        return Ok(see_other(&format!("/?skyaddr={payee}&address={}", given.coin.code())));
    };
    let again = given.is_again.then(|| "again=1".to_owned());
    // With a script both are filled in, and say the same.
    let amount = ["send", "get"].into_iter().find_map(|name| {
        let amount = form.get(name).trim();
        let is_number = amount.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        (is_number && (1..=LONGEST_AMOUNT).contains(&amount.len())).then(|| format!("{name}={amount}"))
    });
    let query = again.into_iter().chain(amount).collect::<Vec<_>>().join("&");
    let mark = if query.is_empty() { "" } else { "?" };
    let mut reply = see_other(&format!("/buy/{}{mark}{query}", own.link));
    if !given.is_again {
        held.keep(&own.link, request, &mut reply);
    }
    Ok(reply)
}

fn see_other(location: &str) -> HttpResponse {
    HttpResponse::build(StatusCode::SEE_OTHER)
        .insert_header((header::LOCATION, location))
        .insert_header((header::CONTENT_TYPE, HTML))
        .finish()
}

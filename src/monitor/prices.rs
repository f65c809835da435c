//! `GET /api/prices`: what each asset costs, where that comes from, and why there is no price where there is none.
//! `POST /api/prices/{code}/set|clear|push`: what a person says.

use actix_web::http::{Method, StatusCode};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::acts::reason_parameters;
use super::asking::{order, refused, staged};
use super::deeds::submit;
use super::stage::is_dry;
use super::{MonitorState, bad_request, only_get};
use crate::engine::operator::set_price;
use crate::engine::{push_price, take_over_set};
use crate::http::describe::{Operation, decimal, in_path, required, words};
use crate::http::{Code, Params, internal_error, json, method_not_allowed, not_found, refusal, text};
use crate::live::{Heard, PriceView, Prices};
use crate::price::{PriceSource, Told};
use crate::report::{acts, requests};
use crate::store::Deed;
use crate::types::{Rate, UnixTime};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PriceList)]
struct Reply {
    /// The prices, by asset.
    prices: Vec<PriceReply>,
    /// What prices that follow a source have to pass.
    guards: GuardsReply,
    /// Why the configuration's file was not taken over when it was read anew; none where it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    configuration_trouble: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PriceGuards)]
struct GuardsReply {
    /// How old a price may be, in seconds.
    max_age_seconds: u64,
    /// What the desk keeps, as a part.
    spread: String,
    /// How far a price may be from the operator's own idea, as a part.
    band: String,
    /// How far sources may be from each other, as a part.
    disagree: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Price)]
struct PriceReply {
    /// The code of the coin or the symbol of the token.
    #[schema(example = "BTC")]
    code: String,
    /// As it is configured.
    source: String,
    /// SKY for one, after the spread; none where no price can be promised.
    #[schema(required = true)]
    rate: Option<String>,
    /// How the price came about.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    /// How old the price is, in seconds; absent where it is written down.
    #[serde(skip_serializing_if = "Option::is_none")]
    age_seconds: Option<u64>,
    /// What the desk keeps of it, as a part.
    #[serde(skip_serializing_if = "Option::is_none")]
    spread: Option<String>,
    /// Why there is none: a code that never changes its meaning, and words.
    #[serde(skip_serializing_if = "Option::is_none")]
    no_price: Option<NoPriceReply>,
    /// The operator's own idea.
    #[serde(skip_serializing_if = "Option::is_none")]
    own: Option<String>,
    /// Who has set it in place of the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    set: Option<SetReply>,
    /// What each of its sources says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sources: Vec<SourceReply>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NoPrice)]
struct NoPriceReply {
    /// Never changes its meaning.
    code: &'static str,
    /// The same in words.
    words: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PriceSet)]
struct SetReply {
    /// Who has set it.
    by: String,
    /// The reason that was given.
    why: String,
    /// When, in seconds since 1970 began.
    at: u64,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PriceSource)]
struct SourceReply {
    /// The source as it is configured.
    source: String,
    /// What it said last that counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    says: Option<String>,
    /// How old that is, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    age_seconds: Option<u64>,
    /// Why it said nothing the last time it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<String>,
}

/// What the reference tells of it.
pub(super) fn described() -> Vec<Operation> {
    let on_price = |path, name, summary| {
        Operation::post(path, name, summary)
            .takes(in_path("code", "The code of a coin or the symbol of a token.", &words("BTC")))
            .says(200, "What was done, in words.")
            .refuses(&[Code::InvalidParameter, Code::NotFound])
    };
    vec![
        Operation::get("/api/prices", "prices", "What each asset costs, and why")
            .gives::<Reply>(200, "The prices.")
            .validated()
            .refuses(&[Code::NotFound]),
        on_price("/api/prices/{code}/set", "setPrice", "Set a price in place of its source")
            .takes(required("rate", "SKY for one.", &decimal("500")))
            .takes_all(reason_parameters()),
        on_price("/api/prices/{code}/clear", "clearPrice", "Price it by its source again")
            .takes_all(reason_parameters()),
        on_price("/api/prices/{code}/push", "pushPrice", "Tell a price that is pushed")
            .takes(required("price", "SKY for one.", &decimal("500")))
            .refuses(&[Code::NotPushed]),
    ]
}

pub(super) async fn list(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    let (Some(prices), now) = (state.live.prices(), state.clock.now()) else { return not_found() };
    let list = prices.list();
    let guards = &list.guards;
    let guards = GuardsReply {
        max_age_seconds: guards.max_age.as_secs(),
        spread: guards.spread.to_string(),
        band: guards.band.to_string(),
        disagree: guards.disagree.to_string(),
    };
    let configuration_trouble = state.live.config_trouble();
    json(&Reply {
        prices: prices.all().into_iter().map(|view| reply(view, now)).collect(),
        guards,
        configuration_trouble,
    })
}

fn reply(view: PriceView, now: UnixTime) -> PriceReply {
    let is_fixed = view.set.is_none() && view.priced.source.fixed().is_some();
    let (quoted, missing) = match view.price {
        Ok(quoted) => (Some(quoted), None),
        Err(missing) => (None, Some(NoPriceReply { code: missing.code(), words: missing.to_string() })),
    };
    let note = quoted.as_ref().map(|quoted| quoted.note.clone());
    PriceReply {
        code: view.priced.asset.code().to_owned(),
        source: view.priced.source.to_string(),
        rate: quoted.map(|quoted| quoted.rate.text().to_owned()),
        age_seconds: note.as_ref().filter(|_| !is_fixed).map(|note| now.since(note.at).as_secs()),
        spread: note.as_ref().map(|note| note.spread.to_string()),
        from: note.map(|note| note.source),
        no_price: missing,
        own: view.priced.own.map(|own| own.text().to_owned()),
        set: view.set.map(|set| SetReply { by: set.by.to_string(), why: set.why, at: set.at.get() }),
        sources: view.heard.into_iter().map(|(source, heard)| of_source(&source, heard, now)).collect(),
    }
}

fn of_source(source: &PriceSource, heard: Heard, now: UnixTime) -> SourceReply {
    let (says, at, refused) = match heard.told {
        Told::Says(reading) => (Some(reading.words), Some(reading.at), None),
        Told::Silent(why) | Told::WrongAsset(why) => (None, None, Some(why)),
    };
    let age_seconds = at.map(|at| now.since(at).as_secs());
    SourceReply { source: source.to_string(), says, age_seconds, trouble: refused.or(heard.trouble) }
}

pub(super) async fn act(
    state: Data<MonitorState>,
    path: Path<(String, String)>,
    request: HttpRequest,
) -> HttpResponse {
    let (code, act) = path.into_inner();
    let Some(prices) = state.live.prices() else { return not_found() };
    if !prices.list().listed.iter().any(|priced| priced.asset.code() == code) {
        return not_found();
    }
    match act.as_str() {
        "push" => push(&state, &prices, &code, &request).await.unwrap_or_else(|reply| *reply),
        "set" => match order(&request).and_then(|_| rate_of(&request, "rate")) {
            Ok(rate) => submit(&state, &request, Deed::SetPrice { code, rate: rate.text().to_owned() }).await,
            Err(reply) => *reply,
        },
        "clear" => clear(&state, &prices, &code, &request).await.unwrap_or_else(|reply| *reply),
        _ => not_found(),
    }
}

fn rate_of(request: &HttpRequest, name: &str) -> Result<Rate, Box<HttpResponse>> {
    let params = Params::parse(request.query_string());
    let refused = |error| Box::new(bad_request(requests::invalid(name, error)));
    Rate::parse(params.get(name)).map_err(refused)
}

/// Takes down what somebody tells. It is a price that comes again and again, so there is nothing to be shown first.
async fn push(
    state: &MonitorState,
    prices: &Prices,
    code: &str,
    request: &HttpRequest,
) -> Result<HttpResponse, Box<HttpResponse>> {
    if request.method() != Method::POST {
        return Ok(method_not_allowed("POST", requests::METHOD_NOT_ALLOWED));
    }
    if is_dry(request.query_string()) {
        return Ok(bad_request(requests::PUSH_NOT_SHOWN));
    }
    let rate = rate_of(request, "price")?;
    if !prices.takes_pushes(code) {
        return Ok(refusal(Code::NotPushed, acts::price_not_pushed(code)));
    }
    let pushed = push_price(&state.store, prices, code, rate).await;
    pushed.map_err(|error| Box::new(internal_error(&error)))?;
    Ok(text(StatusCode::OK, acts::price_pushed(code)))
}

async fn clear(
    state: &MonitorState,
    prices: &Prices,
    code: &str,
    request: &HttpRequest,
) -> Result<HttpResponse, Box<HttpResponse>> {
    let (order, stage) = staged(state, request)?;
    let done = stage.play(set_price(stage.store(), code, None, order)).await;
    done.map_err(|error| Box::new(refused(&error)))?;
    if stage.is_real() {
        let taken_over = take_over_set(&state.store.snapshot(), prices, state.clock.now());
        taken_over.map_err(|error| Box::new(internal_error(&error)))?;
    }
    Ok(stage.done(acts::price_set(code, None::<Rate>)))
}

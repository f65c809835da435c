//! What can be done to the exchange.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Json, Path, Query, ServiceConfig};
use serde::Deserialize;

use crate::exchange::{Expiry, Funding, Look, MarketChange, Ordering, WithdrawalEnd};

use super::{Control, reply};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Name {
    name: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Steps {
    #[serde(default = "one")]
    steps: u32,
}

fn one() -> u32 {
    1
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/control/exchange/account", web::get().to(first))
        .route("/control/exchange/account", web::post().to(open))
        .route("/control/exchange/fund", web::post().to(fund))
        .route("/control/exchange/drain", web::post().to(drain))
        .route("/control/exchange/order", web::post().to(order))
        .route("/control/exchange/expire", web::post().to(expire))
        .route("/control/exchange/market", web::get().to(markets))
        .route("/control/exchange/market", web::post().to(market))
        .route("/control/exchange/market/{name}", web::get().to(board))
        .route("/control/exchange/walk", web::post().to(walk))
        .route("/control/exchange/withdrawal", web::post().to(withdrawal))
        .route("/control/exchange/check", web::get().to(check))
        .route("/control/exchange/reset", web::post().to(reset));
}

async fn first(control: Data<Control>) -> HttpResponse {
    let Some(house) = &control.exchange else { return reply::not_running("exchange") };
    HttpResponse::Ok().json(house.first_account())
}

async fn open(control: Data<Control>, asked: Json<Name>) -> HttpResponse {
    let Some(house) = &control.exchange else { return reply::not_running("exchange") };
    HttpResponse::Ok().json(house.open(&asked.name))
}

async fn fund(control: Data<Control>, asked: Json<Funding>) -> HttpResponse {
    let Some(house) = &control.exchange else { return reply::not_running("exchange") };
    reply::of(house.fund(&asked))
}

async fn drain(control: Data<Control>, asked: Json<Funding>) -> HttpResponse {
    let Some(house) = &control.exchange else { return reply::not_running("exchange") };
    reply::of(house.drain(&asked))
}

async fn order(control: Data<Control>, asked: Json<Ordering>) -> HttpResponse {
    let Some(house) = &control.exchange else { return reply::not_running("exchange") };
    reply::of(house.order(&asked))
}

async fn expire(control: Data<Control>, asked: Json<Expiry>) -> HttpResponse {
    let Some(house) = &control.exchange else { return reply::not_running("exchange") };
    reply::of(house.expire(&asked))
}

async fn market(control: Data<Control>, asked: Json<MarketChange>) -> HttpResponse {
    let Some(house) = &control.exchange else { return reply::not_running("exchange") };
    reply::of(house.change_market(&asked))
}

async fn markets(control: Data<Control>) -> HttpResponse {
    let Some(house) = &control.exchange else { return reply::not_running("exchange") };
    HttpResponse::Ok().json(house.markets())
}

async fn board(control: Data<Control>, name: Path<String>, look: Query<Look>) -> HttpResponse {
    let Some(house) = &control.exchange else { return reply::not_running("exchange") };
    reply::of(house.board(&name, &look))
}

async fn walk(control: Data<Control>, asked: Json<Steps>) -> HttpResponse {
    let Some(house) = &control.exchange else { return reply::not_running("exchange") };
    reply::of(house.walk(asked.steps))
}

async fn withdrawal(control: Data<Control>, asked: Json<WithdrawalEnd>) -> HttpResponse {
    let Some(house) = &control.exchange else { return reply::not_running("exchange") };
    reply::of(house.end_withdrawal(&asked))
}

async fn check(control: Data<Control>) -> HttpResponse {
    let Some(house) = &control.exchange else { return reply::not_running("exchange") };
    reply::of(house.check())
}

async fn reset(control: Data<Control>) -> HttpResponse {
    let Some(house) = &control.exchange else { return reply::not_running("exchange") };
    control.venues.iter().for_each(|(_, served)| served.troubles.clear(None));
    HttpResponse::Ok().json(house.begin_anew())
}

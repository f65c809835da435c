//! What can be done to the Skycoin chain.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Json, ServiceConfig};
use serde_json::json;

use crate::skycoin::Deposit;

use super::{Control, Mine, Reorg, reply};

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/control/sky/mine", web::post().to(mine))
        .route("/control/sky/deposit", web::post().to(deposit))
        .route("/control/sky/reorg", web::post().to(reorg))
        .route("/control/sky/cleanup", web::post().to(clean_up));
}

async fn mine(control: Data<Control>, asked: Json<Mine>) -> HttpResponse {
    let Some(sky) = &control.sky else { return reply::not_running("sky") };
    reply::of(sky.node.mine(asked.blocks).map(|()| sky.node.standing()))
}

async fn deposit(control: Data<Control>, deposit: Json<Deposit>) -> HttpResponse {
    let Some(sky) = &control.sky else { return reply::not_running("sky") };
    let done = sky.node.deposit(&deposit);
    reply::of(done.map(|txid| json!({ "tx": txid, "chain": sky.node.standing() })))
}

async fn reorg(control: Data<Control>, asked: Json<Reorg>) -> HttpResponse {
    let Some(sky) = &control.sky else { return reply::not_running("sky") };
    let done = sky.node.reorg(asked.depth, asked.length(), asked.keep);
    reply::of(done.map(|()| sky.node.standing()))
}

async fn clean_up(control: Data<Control>) -> HttpResponse {
    let Some(sky) = &control.sky else { return reply::not_running("sky") };
    let removed = sky.node.clean_up();
    HttpResponse::Ok().json(json!({ "removed": removed, "chain": sky.node.standing() }))
}

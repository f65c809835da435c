//! What can be done to the Bitcoin chain.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Json, ServiceConfig};
use serde::Deserialize;
use serde_json::json;

use crate::bitcoin::Payment;

use super::{Control, Mine, Reorg, reply};

#[derive(Debug, Deserialize)]
struct Deposit {
    #[serde(flatten)]
    payment: Payment,
    /// Leave it waiting instead of making a block.
    #[serde(default)]
    pool_only: bool,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/control/btc/mine", web::post().to(mine))
        .route("/control/btc/deposit", web::post().to(deposit))
        .route("/control/btc/reorg", web::post().to(reorg));
}

async fn mine(control: Data<Control>, asked: Json<Mine>) -> HttpResponse {
    let Some(btc) = &control.btc else { return reply::not_running("btc") };
    reply::of(btc.node.mine(asked.blocks).map(|()| btc.node.standing()))
}

async fn deposit(control: Data<Control>, asked: Json<Deposit>) -> HttpResponse {
    let Some(btc) = &control.btc else { return reply::not_running("btc") };
    let done = btc.node.deposit(std::slice::from_ref(&asked.payment), asked.pool_only);
    reply::of(done.map(|txid| json!({ "tx": txid, "chain": btc.node.standing() })))
}

async fn reorg(control: Data<Control>, asked: Json<Reorg>) -> HttpResponse {
    let Some(btc) = &control.btc else { return reply::not_running("btc") };
    let done = btc.node.reorg(asked.depth, asked.length(), asked.keep);
    reply::of(done.map(|()| btc.node.standing()))
}

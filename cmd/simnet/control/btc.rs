//! What can be done to the chains that are like Bitcoin's.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Json, Path, ServiceConfig};
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

/// `btc` or `doge`.
const CHAIN: &str = "/control/{chain:btc|doge}";

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route(&format!("{CHAIN}/mine"), web::post().to(mine))
        .route(&format!("{CHAIN}/deposit"), web::post().to(deposit))
        .route(&format!("{CHAIN}/reorg"), web::post().to(reorg));
}

async fn mine(chain: Path<String>, control: Data<Control>, asked: Json<Mine>) -> HttpResponse {
    let Some(served) = control.bitcoin_like(&chain) else { return reply::not_running(&chain) };
    reply::of(served.node.mine(asked.blocks).map(|()| served.node.standing()))
}

async fn deposit(chain: Path<String>, control: Data<Control>, asked: Json<Deposit>) -> HttpResponse {
    let Some(served) = control.bitcoin_like(&chain) else { return reply::not_running(&chain) };
    let done = served.node.deposit(std::slice::from_ref(&asked.payment), asked.pool_only);
    reply::of(done.map(|txid| json!({ "tx": txid, "chain": served.node.standing() })))
}

async fn reorg(chain: Path<String>, control: Data<Control>, asked: Json<Reorg>) -> HttpResponse {
    let Some(served) = control.bitcoin_like(&chain) else { return reply::not_running(&chain) };
    let done = served.node.reorg(asked.depth, asked.length(), asked.keep);
    reply::of(done.map(|()| served.node.standing()))
}

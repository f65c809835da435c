//! What can be done to the Ethereum chain.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Json, ServiceConfig};
use serde_json::json;

use crate::ethereum::{Deposit, TokenDeposit, Withdraw};

use super::{Control, Mine, Reorg, reply};

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .route("/control/eth/mine", web::post().to(mine))
        .route("/control/eth/deposit", web::post().to(deposit))
        .route("/control/eth/token", web::post().to(deposit_token))
        .route("/control/eth/withdrawal", web::post().to(withdraw))
        .route("/control/eth/reorg", web::post().to(reorg));
}

async fn mine(control: Data<Control>, asked: Json<Mine>) -> HttpResponse {
    let Some(eth) = &control.eth else { return reply::not_running("eth") };
    reply::of(eth.node.mine(asked.blocks).map(|()| eth.node.standing()))
}

async fn deposit(control: Data<Control>, deposit: Json<Deposit>) -> HttpResponse {
    let Some(eth) = &control.eth else { return reply::not_running("eth") };
    let done = eth.node.deposit(&deposit);
    reply::of(done.map(|hash| json!({ "tx": hash, "chain": eth.node.standing() })))
}

async fn deposit_token(control: Data<Control>, deposit: Json<TokenDeposit>) -> HttpResponse {
    let Some(eth) = &control.eth else { return reply::not_running("eth") };
    let done = eth.node.deposit_token(&deposit);
    reply::of(done.map(|hash| json!({ "tx": hash, "chain": eth.node.standing() })))
}

async fn withdraw(control: Data<Control>, asked: Json<Withdraw>) -> HttpResponse {
    let Some(eth) = &control.eth else { return reply::not_running("eth") };
    let done = eth.node.withdraw(&asked);
    reply::of(done.map(|index| json!({ "withdrawal": index, "chain": eth.node.standing() })))
}

async fn reorg(control: Data<Control>, asked: Json<Reorg>) -> HttpResponse {
    let Some(eth) = &control.eth else { return reply::not_running("eth") };
    let done = eth.node.reorg(asked.depth, asked.length(), asked.keep);
    reply::of(done.map(|()| eth.node.standing()))
}

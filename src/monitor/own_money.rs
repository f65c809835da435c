//! `GET /api/own-money`: what came to deposit addresses and was the desk's own before, so that nothing was paid for it.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::{MonitorState, only_get};
use crate::http::{internal_error, json};
use crate::store::OwnMoneyTable;

/// Most entries that are told.
const MAX_ENTRIES: usize = 1000;

#[derive(Debug, Serialize)]
struct OwnMoneyReply {
    own_money: Vec<Entry>,
}

/// An output; the amount is in the coin's smallest unit.
#[derive(Debug, Serialize)]
struct Entry {
    coin: &'static str,
    /// What of, where it is a token.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    txid: String,
    n: u32,
    address: String,
    amount: String,
    height: u64,
}

pub(super) async fn list(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    match state.store.snapshot().all_own_money(MAX_ENTRIES) {
        Ok(all) => {
            let own_money = all.into_iter().map(|(id, own)| Entry {
                coin: id.coin.code(),
                token: id.token.map(|token| token.to_string()),
                txid: id.tx,
                n: id.n,
                address: own.address.to_string(),
                amount: own.amount.get().to_string(),
                height: own.block.height.get(),
            });
            json(&OwnMoneyReply { own_money: own_money.collect() })
        }
        Err(error) => internal_error(&error),
    }
}

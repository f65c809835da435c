//! `GET /api/own-money`: what came to deposit addresses and was the desk's own before, or came before a person released
//! the address to its pool, so that nothing was paid for it, a page at a time.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use bitcoin::hex::{DisplayHex, FromHex};
use serde::Serialize;
use utoipa::ToSchema;

use super::{MonitorState, bad_request, only_get, paging};
use crate::http::describe::Operation;
use crate::http::{Code, Params, internal_error, json};
use crate::store::{OwnMoney, OwnMoneyTable};
use crate::types::DepositId;

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OwnMoneyList)]
struct OwnMoneyReply {
    /// The outputs.
    own_money: Vec<Entry>,
    /// The cursor of the next page, where there is one: the key of the last entry's id, in hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// An output; the amount is in the coin's smallest unit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OwnMoney)]
struct Entry {
    /// The code of the coin.
    coin: &'static str,
    /// What of, where it is a token.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    /// The transaction.
    txid: String,
    /// The number of the transaction's output.
    n: u32,
    /// The deposit address that it came to.
    address: String,
    /// How much, in the smallest unit.
    amount: String,
    /// The block's height.
    height: u64,
}

impl Entry {
    fn new(id: DepositId, own: &OwnMoney) -> Self {
        Entry {
            coin: id.coin.code(),
            token: id.token.map(|token| token.to_string()),
            txid: id.tx,
            n: id.n,
            address: own.address.to_string(),
            amount: own.amount.get().to_string(),
            height: own.block.height.get(),
        }
    }
}

/// What the reference tells of it.
pub(super) fn described() -> Operation {
    Operation::get("/api/own-money", "ownMoney", "The desk's own money that came to deposit addresses")
        .about("Nothing is paid for it. So it is with what came before an address was released to its pool.")
        .takes_all(paging::cursor_parameters("00"))
        .gives::<OwnMoneyReply>(200, "The outputs.")
        .validated()
        .refuses(&[Code::InvalidParameter])
}

pub(super) async fn list(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    let params = Params::parse(request.query_string());
    let (after, limit) = match paging::by_cursor(&params, cursor) {
        Ok(page) => page,
        Err(message) => return bad_request(message),
    };
    match state.store.snapshot().all_own_money(after.as_ref(), limit.saturating_add(1)) {
        Ok(mut all) => {
            let next = paging::cut(&mut all, limit).map(|(id, _)| id.key().to_lower_hex_string());
            let own_money = all.into_iter().map(|(id, own)| Entry::new(id, &own)).collect();
            json(&OwnMoneyReply { own_money, next })
        }
        Err(error) => internal_error(&error),
    }
}

fn cursor(text: &str) -> Option<DepositId> {
    DepositId::from_key(&Vec::from_hex(text).ok()?)
}

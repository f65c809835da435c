//! `GET /api/wallet`: the hot wallet as the payer saw it last.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::{MonitorState, only_get};
use crate::http::describe::Operation;
use crate::http::{internal_error, json};
use crate::store::Books;
use crate::types::Droplets;

/// Addresses that are told: a wallet may have thousands.
const MOST_ADDRESSES: usize = 10;

/// Coins as text with all their decimals, times in seconds since 1970, durations in seconds.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Wallet)]
struct WalletReply {
    /// When it was seen; absent before the first time.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<u64>,
    /// Where coins come to it: its first addresses.
    addresses: Vec<String>,
    /// All that it has, in whole SKY.
    coins: String,
    /// Coin hours that it has.
    hours: u64,
    /// What can be spent now, in whole SKY.
    spendable: String,
    /// What is on its way to it, in whole SKY.
    incoming: String,
    /// What signed transactions spend, in whole SKY.
    claimed: String,
    /// Payouts that wait for coins or hours.
    held: u64,
    /// What is owed to buyers, in whole SKY.
    owed: String,
    /// How long it lasts at the pace of the last day; absent where nothing is used up.
    #[serde(skip_serializing_if = "Option::is_none")]
    runway_coins: Option<u64>,
    /// The same of its coin hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    runway_hours: Option<u64>,
    /// Why payouts are not going out; empty while they are.
    error: String,
}

/// What the reference tells of it.
pub(super) fn described() -> Operation {
    Operation::get("/api/wallet", "wallet", "The hot wallet as the payer saw it last")
        .gives::<WalletReply>(200, "The wallet.")
        .validated()
}

pub(super) async fn wallet(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    let (view, snapshot) = (state.live.wallet(), state.store.snapshot());
    let owed = match snapshot.balances() {
        Ok(balances) => balances.owed(),
        Err(error) => return internal_error(&error),
    };
    json(&WalletReply {
        at: view.at.map(|at| at.get()),
        addresses: state.own.iter().take(MOST_ADDRESSES).map(ToString::to_string).collect(),
        coins: view.coins.to_string(),
        hours: view.hours.get(),
        spendable: view.spendable.to_string(),
        incoming: view.incoming.to_string(),
        claimed: view.claimed.to_string(),
        held: snapshot.counters().held,
        owed: owed.to_coins(Droplets::DECIMALS),
        runway_coins: view.runway.coins.map(|left| left.as_secs()),
        runway_hours: view.runway.hours.map(|left| left.as_secs()),
        error: if view.detail.is_empty() { view.error.clone() } else { view.detail.clone() },
    })
}

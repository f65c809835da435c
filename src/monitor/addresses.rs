//! `GET /api/deposit-addresses`, `POST /api/deposit-addresses/reload`.

use std::collections::BTreeMap;

use actix_web::http::{Method, StatusCode};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::{MonitorState, bad_request, only_get, paging};
use crate::http::describe::Operation;
use crate::http::{Code, Params, internal_error, json, method_not_allowed, text};
use crate::report::gap_limit;
use crate::report::{acts, requests};
use crate::store::{Binding, Page, Snapshot, StoreError, Tables};
use crate::types::Coin;

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AddressUsage)]
struct Usage {
    /// Addresses that are left in its pool.
    remaining_addresses: u64,
    /// Bound addresses whose deposits are looked for.
    scanning_addresses: Vec<String>,
    /// Whether its chain is scanned.
    scanning_enabled: bool,
    /// Whether the coin is enabled.
    address_manager_enabled: bool,
    /// Addresses that belong to somebody.
    bound_addresses: u64,
    /// Why the address file was refused when it last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
    /// The gap limit that the wallet needs to find every deposit, where addresses follow from an account's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    gap_limit: Option<u64>,
    /// The cursor of the next page, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u64>,
}

/// What the reference tells of it.
pub(super) fn described() -> Vec<Operation> {
    vec![
        Operation::get("/api/deposit-addresses", "depositAddresses", "Pools of deposit addresses")
            .about(
                "By coin. `scanning_addresses` are paged by the numbers of their bindings, over all coins.",
            )
            .takes_all(paging::parameters())
            .gives_each::<Usage>("The pools, by the codes of their coins.")
            .validated()
            .refuses(&[Code::InvalidParameter]),
        Operation::post("/api/deposit-addresses/reload", "reloadAddresses", "Look at the address files now")
            .says(202, "They are being looked at."),
    ]
}

pub(super) async fn usage(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    let params = Params::parse(request.query_string());
    let page = match paging::page(&params) {
        Ok(page) => page,
        Err(message) => return bad_request(message),
    };
    let snapshot = state.store.snapshot();
    let coins = Coin::all().filter(|coin| state.lists(*coin));
    let usages = coins.map(|coin| Ok((coin.code(), one(&state, &snapshot, coin, page)?)));
    match usages.collect::<Result<BTreeMap<&str, Usage>, StoreError>>() {
        Ok(usages) => json(&usages),
        Err(error) => internal_error(&error),
    }
}

fn one(state: &MonitorState, snapshot: &Snapshot, coin: Coin, page: Page) -> Result<Usage, StoreError> {
    let enabled = state.is_enabled(coin);
    let scanning = enabled && state.scanning;
    let (scanning_addresses, next) =
        if scanning { addresses(snapshot, coin, page)? } else { (Vec::new(), None) };
    Ok(Usage {
        remaining_addresses: if enabled { snapshot.pool(coin).remaining() } else { 0 },
        scanning_addresses,
        scanning_enabled: scanning,
        address_manager_enabled: enabled,
        bound_addresses: snapshot.counters().bound(coin),
        refused: state.live.pool(coin).refused.clone(),
        gap_limit: if enabled { gap_limit(snapshot, coin)? } else { None },
        next,
    })
}

/// Bound addresses of one coin; the cursor is a binding's number.
fn addresses(snapshot: &Snapshot, coin: Coin, page: Page) -> Result<(Vec<String>, Option<u64>), StoreError> {
    let mut bindings = snapshot.bindings(paging::and_one_more(page))?;
    let next = paging::cut(&mut bindings, page.limit).map(|binding| binding.no.get());
    let of_coin = |binding: &&Binding| binding.address.coin() == coin;
    Ok((bindings.iter().filter(of_coin).map(|binding| binding.address.to_string()).collect(), next))
}

pub(super) async fn reload(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if request.method() != Method::POST {
        return method_not_allowed("POST", requests::METHOD_NOT_ALLOWED);
    }
    state.reload.ask();
    text(StatusCode::ACCEPTED, acts::FILES_LOOKED_AT)
}

//! The paths of the dummy listener.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data, ServiceConfig};

use super::described;
use super::listener::{DummyState, broadcasts, confirm, deposit, fund};
use crate::http::{KeyOwner, not_found_or_redirect, only_direct};

/// Keys of acts that are done once, for a day.
const MOST_KEYS: u64 = 1_000;

/// Adds the routes.
pub fn configure(routes: &mut ServiceConfig, state: Data<DummyState>) {
    let once = Arc::clone(&state.once);
    let keyed = from_fn(move |request, next| {
        let player = KeyOwner { name: "player".to_owned(), most: MOST_KEYS };
        Arc::clone(&once).keyed(player, request, next)
    });
    let scope = web::scope("")
        .wrap(keyed)
        .wrap(from_fn(only_direct))
        .service(web::resource("/dummy/scanner/deposit").to(deposit))
        .service(web::resource("/dummy/sender/broadcasts").to(broadcasts))
        .service(web::resource("/dummy/sender/confirm").to(confirm))
        .service(web::resource("/dummy/sender/fund").to(fund))
        .service(web::resource("/api/openapi.json").to(described::openapi))
        .service(web::resource("/api/reference").to(described::page))
        .default_service(web::to(|request: HttpRequest| async move { not_found_or_redirect(&request) }));
    routes.app_data(state).service(scope);
}

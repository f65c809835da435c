//! Switching troubles on and off.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Json, Path, Query, ServiceConfig};
use serde::Deserialize;
use serde_json::json;

use crate::trouble::{Kind, Trouble};

use super::{Control, reply};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    kind: Option<Kind>,
}

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(
        web::resource("/control/{chain}/trouble")
            .route(web::get().to(list))
            .route(web::post().to(add))
            .route(web::delete().to(clear)),
    );
}

async fn list(chain: Path<String>, control: Data<Control>) -> HttpResponse {
    match control.troubles(&chain) {
        Some(troubles) => HttpResponse::Ok().json(troubles.list()),
        None => reply::not_running(&chain),
    }
}

async fn add(chain: Path<String>, control: Data<Control>, trouble: Json<Trouble>) -> HttpResponse {
    let Some(troubles) = control.troubles(&chain) else { return reply::not_running(&chain) };
    if trouble.kind == Kind::Unreachable && (trouble.count.is_some() || trouble.only.is_some()) {
        let words = "requests that never come cannot be counted: clear the trouble instead";
        return HttpResponse::BadRequest().json(json!({ "error": words }));
    }
    troubles.add(trouble.into_inner());
    HttpResponse::Ok().json(troubles.list())
}

async fn clear(chain: Path<String>, control: Data<Control>, which: Query<Which>) -> HttpResponse {
    let Some(troubles) = control.troubles(&chain) else { return reply::not_running(&chain) };
    troubles.clear(which.kind);
    HttpResponse::Ok().json(troubles.list())
}

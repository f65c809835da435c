//! The reference of the public listener.

use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

use super::{bind, health, public_config, status};
use crate::http::Code;
use crate::http::describe::{About, Operation, Reference, document};

static REFERENCE: LazyLock<Reference> = LazyLock::new(|| Reference::new(&described()));

const ABOUT: About = About {
    title: "Teller: the public API",
    text: "For buyers' pages, wallets and shops: a deposit address for a Skycoin address, and how far purchases \
        are.\n\n\
        Amounts are decimal texts in whole coins unless their description names another unit; moments are seconds \
        since 1970 began. Members may be added to answers; a client ignores those that it does not know.\n\n\
        A refusal is one line of plain text. With `Accept: application/problem+json` it is a problem (RFC 9457) with a \
        code that never changes its meaning.",
    refusals: &[Code::UnknownClient, Code::Internal],
    bearer: Some("The token of a client that the operator knows (`web.clients`): it has limits of its own."),
    is_open: true,
};

/// Returns what the public listener serves, as an OpenAPI document.
pub fn described() -> Value {
    let buying = vec![public_config::described(), bind::described(), status::described()];
    let desk = vec![health::described()];
    let mut document =
        document(&ABOUT, vec![("Buying", buying), ("The desk", desk), ("This reference", own())]);
    document["webhooks"] = crate::outbox::hook_schemas();
    document
}

fn own() -> Vec<Operation> {
    vec![
        Operation::get("/api/openapi.json", "openapi", "This reference for programs")
            .gives_file("The document, in OpenAPI 3.1.", "application/json"),
        Operation::get("/api/reference", "reference", "This reference for people")
            .gives_file("The page.", "text/html"),
    ]
}

pub(super) async fn openapi(request: HttpRequest) -> HttpResponse {
    REFERENCE.document(&request)
}

pub(super) async fn page(request: HttpRequest) -> HttpResponse {
    REFERENCE.page(&request)
}

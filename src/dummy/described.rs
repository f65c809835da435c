//! The reference of the dummy listener.

use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::listener::Broadcast;
use crate::http::Code;
use crate::http::describe::{About, Operation, Reference, decimal, document, query, required, whole, words};

static REFERENCE: LazyLock<Reference> = LazyLock::new(|| Reference::new(&described()));

const ABOUT: About = About {
    title: "Teller: dummy mode",
    text: "Deposits by hand, and a Skycoin chain in memory. For this machine alone. Every act takes its parameters in \
        the \
        query or as a form.",
    refusals: &[Code::ForeignPage, Code::NotFound, Code::Internal],
    bearer: None,
    is_open: true,
};

/// Returns what the dummy listener serves, as an OpenAPI document.
pub fn described() -> Value {
    let mut acts = Vec::new();
    for act in [deposit, confirm, fund] {
        acts.extend([Operation::get, Operation::post].map(act));
    }
    let sent = Operation::get("/dummy/sender/broadcasts", "broadcasts", "Payouts that were sent")
        .takes(query("from", "Begins at this position, counted from 0.", &whole(0)))
        .takes(query("limit", "Most that are told; 10,000 at most.", &whole(0)))
        .gives_list::<Broadcast>("The transactions, in the order in which they were sent.")
        .refuses(&[Code::InvalidParameter]);
    acts.push(sent);
    document(&ABOUT, vec![("Play", acts), ("This reference", own())])
}

/// A way in: GET or POST, which do the same here, as the original has it.
type Way = fn(&'static str, &'static str, &'static str) -> Operation;

/// The name for clients: that of the act, with its method where it is asked for by GET.
fn named(way: Way, path: &'static str, names: [&'static str; 2], summary: &'static str) -> Operation {
    let is_post = way(path, "", "").place().0 == "post";
    let operation = way(path, names[usize::from(is_post)], summary).refuses(&[Code::InvalidParameter]);
    if !is_post {
        return operation;
    }
    operation.refuses(&[Code::BodyEncoded, Code::BodyTooLarge, Code::BodyLate, Code::InvalidBody])
}

fn deposit(way: Way) -> Operation {
    named(way, "/dummy/scanner/deposit", ["depositByGet", "deposit"], "Make a deposit")
        .takes_all([
            query("coin", "A coin's code or a token's symbol; BTC where it is left out.", &words("BTC")),
            required(
                "addr",
                "The deposit address, which somebody has bound.",
                &words("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
            ),
            required("value", "The amount in the smallest unit.", &digits("200000")),
            required("height", "The block's height.", &digits("1")),
            required("tx", "The transaction.", &json!({"type": "string", "minLength": 1, "maxLength": 256})),
            query("n", "Its output; 0 where it is left out.", &digits("0")),
        ])
        .is_silent("It is taken, or was known already.")
        .refuses(&[Code::UnboundAddress, Code::DepositContradicts])
}

fn confirm(way: Way) -> Operation {
    named(way, "/dummy/sender/confirm", ["confirmByGet", "confirm"], "Confirm a payout")
        .about("By `txid` or by `seq`.")
        .takes(query("txid", "The transaction.", &words("")))
        .takes(query("seq", "Its position in the list, counted from 0.", &whole(0)))
        .is_silent("It is confirmed.")
        .refuses(&[Code::UnknownEntry])
}

fn fund(way: Way) -> Operation {
    named(way, "/dummy/sender/fund", ["fundByGet", "fund"], "Put coins into the dummy wallet")
        .takes(required("coins", "SKY, with six decimals at most.", &decimal("100")))
        .is_silent("They are there.")
}

fn digits(example: &str) -> Value {
    json!({"type": "string", "pattern": "^[0-9]+$", "examples": [example]})
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

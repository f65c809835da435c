//! The reference of the admin listener.

use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

use super::access::is_shown_first;
use super::deeds::Proposed;
use super::stage::Shown;
use super::{
    accounting, accounting_days, acts, addresses, backup, backups, balance, breakers, chains, changes,
    deposits, described_people, history, orders, overview, own_money, passed_over, prices, problems, profile,
    receivers, reconciliation, search, shadow, spends, switches, tainted, timeline, transactions, waiting,
    wallet, webhooks, withdrawals,
};
use crate::http::Code;
use crate::http::describe::{About, Chapter, Operation, Reference, document, one_of, query};

static REFERENCE: LazyLock<Reference> = LazyLock::new(|| Reference::new(&described()));

const ABOUT: About = About {
    title: "Teller: the admin API",
    text: "For the operator: what there is, what waits, and what can be done about it.\n\n\
        Amounts are decimal texts in whole coins unless their description names another unit; moments are seconds \
        since 1970 began. Members may be added to answers; a client ignores those that it does not know.\n\n\
        Lists are paged where `after` or `limit` is given. Without them they answer whole, up to 10,000 entries, and \
        then with the cursor of the next.\n\n\
        A refusal is one line of plain text. With `Accept: application/problem+json` it is a problem (RFC 9457) with a \
        code that never changes its meaning.",
    refusals: &[Code::Unauthorized, Code::ForeignPage, Code::Internal],
    bearer: Some(
        "The token of the configuration (`admin_panel.token`). Without one the listener is for this machine alone.",
    ),
    is_open: true,
};

/// Returns what the admin listener serves, as an OpenAPI document.
pub fn described() -> Value {
    let (mut pools, mut followed) = (addresses::described(), chains::described());
    pools.extend(tainted::described());
    pools.push(balance::described());
    followed.extend(passed_over::described());
    let (mut purchases, mut books) = (deposits::described(), accounting::described());
    purchases.extend(std::iter::once(waiting::described()).chain(acts::described()));
    purchases.push(transactions::described());
    books.extend(std::iter::once(wallet::described()).chain(spends::described()));
    books.extend([own_money::described(), reconciliation::described()]);
    purchases.extend(desk());
    let mut service = switches::described();
    service.extend(backup::described());
    service.extend(backups::described());
    service.extend(history::described());
    service.push(changes::described());
    books.extend(breakers::described());
    service.push(profile::described());
    let chapters: Vec<Chapter> = vec![
        ("Purchases", purchases),
        ("Deposit addresses", pools),
        ("Chains", followed),
        ("Prices", prices::described()),
        ("Orders", orders::described().into_iter().chain(withdrawals::described()).collect()),
        ("Books and wallet", books),
        ("People", described_people::described()),
        ("Events", receivers::described().into_iter().chain(webhooks::described()).collect()),
        ("The service", service),
        ("This reference", own()),
    ];
    let chapters = chapters
        .into_iter()
        .map(|(name, operations)| (name, operations.into_iter().map(shown_first).map(proposed).collect()));
    let mut document = document(&ABOUT, chapters.collect());
    document["webhooks"] = crate::outbox::schemas();
    document
}

/// What is told of an act that can be shown without being done. What is pushed cannot: nothing but memory knows it.
fn shown_first(operation: Operation) -> Operation {
    let (method, path) = operation.place();
    if method == "get" || path.ends_with("/push") || !is_shown_first(path) {
        return operation;
    }
    let asked = query("dry_run", "Nothing is done, and what would be is answered.", &one_of(&["1"]));
    operation.takes(asked).also_gives::<Shown>(200)
}

/// Acts that move money, or write it off.
const MOVING: [&str; 14] = [
    "/api/deposits/{no}/pay",
    "/api/deposits/{no}/paid",
    "/api/deposits/{no}/direct",
    "/api/transactions/{no}/send",
    "/api/transactions/{no}/abandon",
    "/api/orders/{no}/booked",
    "/api/orders/{no}/missed",
    "/api/withdrawals/{no}/booked",
    "/api/wallet/spends/mine",
    "/api/wallet/spends/{txid}/again",
    "/api/wallet/spends/{txid}/mine",
    "/api/wallet/spends/{txid}/paid",
    "/api/deposit-addresses/{address}/bind",
    "/api/prices/{code}/set",
];

/// What is told of an act that waits for a second person where it moves much.
fn proposed(operation: Operation) -> Operation {
    let (_, path) = operation.place();
    if !MOVING.contains(&path) {
        return operation;
    }
    operation.gives::<Proposed>(202, "It moves more than one person may move, and waits for a second one.")
}

/// What the desk's pages ask.
fn desk() -> Vec<Operation> {
    vec![
        overview::described(),
        search::described(),
        timeline::described(),
        accounting_days::described(),
        problems::described(),
        shadow::described(),
    ]
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

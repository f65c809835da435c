//! `GET /api/chains/{coin}/passed-over`: transactions that could not be read, or not be credited, a page at a
//! time, from a height on. `POST .../passed-over/{height}/{name}/read` has one read again, `.../seen` notes that
//! somebody has looked at it. `GET /api/chains/{coin}/blind`: blocks that were followed without what happens
//! inside transactions; they are read again by themselves once a node tells it. `DELETE` gives them up.

use actix_web::http::Method;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::acts::{by_parameter, reason_parameters};
use super::asking::{actor_of, order, order_by, refused};
use super::chains::{coin_of, coin_parameter};
use super::stage::Stage;
use super::{MonitorState, bad_request, only_get, paging};
use crate::address::DepositAddress;
use crate::engine::operator::{forget_blind, read_again, see};
use crate::http::describe::{Operation, in_path, query, whole, words};
use crate::http::{Code, Params, internal_error, json, method_not_allowed, not_found};
use crate::report::{acts, gap_effect, requests};
use crate::store::{BlindRange, GapEffect, PassedOver, Passes};
use crate::types::{Coin, Height, Units};

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PassedOverList)]
struct Page {
    /// The transactions.
    passed_over: Vec<PassedReply>,
    /// The cursor of the next page, where there is one: height and transaction of the last entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PassedOver)]
struct PassedReply {
    /// Its block's height.
    height: u64,
    /// The hash of its block.
    block: String,
    /// The transaction.
    tx: String,
    /// What it is called by in requests: the transaction, with `:1` and so on where it is one of its payments.
    name: String,
    /// `open` while it waits for a person, `known` where it is known what it did, `read` once it was read, `seen` once
    /// somebody has looked at it.
    state: &'static str,
    /// Why it was not read, or not credited.
    why: String,
    /// What is known of what it did, in words.
    effect: String,
    /// What was credited for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    credited: Vec<Grown>,
    /// Deposit addresses that have more after its block than the desk saw coming: not credited.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unexplained: Vec<Grown>,
    /// When it was passed over, in seconds since 1970 began.
    noted_at: u64,
    /// Who has looked at it.
    #[serde(skip_serializing_if = "Option::is_none")]
    seen: Option<SeenReply>,
    /// What can be done about it.
    actions: Vec<&'static str>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GrownBalance)]
struct Grown {
    /// The deposit address.
    address: String,
    /// By how much, in whole coins.
    amount: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SeenBy)]
struct SeenReply {
    /// Who it was.
    by: String,
    /// What they made of it.
    why: String,
    /// When, in seconds since 1970 began.
    at: u64,
}

impl PassedReply {
    fn of(passed: PassedOver, coin: Coin) -> Self {
        let is_open = passed.is_open();
        let words = gap_effect(&passed, coin);
        PassedReply {
            height: passed.at.height.get(),
            block: passed.at.hash.to_string(),
            state: match (&passed.seen, passed.is_read) {
                _ if is_open => "open",
                (_, true) => "read",
                (Some(_), false) => "seen",
                (None, false) => "known",
            },
            name: passed.name(),
            tx: passed.tx,
            why: passed.why,
            effect: words,
            credited: credited(&passed.effect, coin),
            unexplained: passed.check.map_or_else(Vec::new, |check| grown(&check.grew, coin)),
            noted_at: passed.noted_at.get(),
            seen: passed.seen.map(|seen| SeenReply {
                by: seen.by.to_string(),
                why: seen.why,
                at: seen.at.get(),
            }),
            actions: if is_open { vec!["read", "seen"] } else { vec!["read"] },
        }
    }
}

/// What the reference tells of it.
pub(super) fn described() -> Vec<Operation> {
    let on_one = |path, name, summary| {
        Operation::post(path, name, summary)
            .takes_all([coin_parameter(), in_path("height", "Its block's height.", &whole(0))])
            .takes(in_path("name", "Its `name` in the list.", &words("0x5c50..:1")))
            .says(200, "What was done, in words.")
            .refuses(&[Code::InvalidParameter, Code::NotFound, Code::UnknownEntry])
    };
    vec![
        Operation::get(
            "/api/chains/{coin}/passed-over",
            "passedOver",
            "Transactions that were not read, or not credited",
        )
        .takes(coin_parameter())
        .takes(query("from", "Begins at this block.", &whole(0)))
        .takes_all(paging::cursor_parameters("1200-0x5c50"))
        .gives::<Page>(200, "The transactions, by height.")
        .validated()
        .refuses(&[Code::InvalidParameter, Code::NotFound]),
        on_one(
            "/api/chains/{coin}/passed-over/{height}/{name}/read",
            "readAgain",
            "Read a transaction again",
        )
        .takes(by_parameter())
        .refuses(&[Code::BlocksBusy]),
        on_one(
            "/api/chains/{coin}/passed-over/{height}/{name}/seen",
            "noteSeen",
            "Note that somebody has looked at it",
        )
        .takes_all(reason_parameters()),
        Operation::get(
            "/api/chains/{coin}/blind",
            "blindBlocks",
            "Blocks that were read without what happens inside",
        )
        .takes(coin_parameter())
        .gives::<Blind>(200, "The ranges of blocks.")
        .validated()
        .refuses(&[Code::NotFound]),
        Operation::delete("/api/chains/{coin}/blind", "giveUpBlindBlocks", "Give those blocks up")
            .takes(coin_parameter())
            .takes_all(reason_parameters())
            .says(200, "They are not read again.")
            .refuses(&[Code::InvalidParameter, Code::NotFound, Code::UnknownEntry]),
    ]
}

fn credited(effect: &GapEffect, coin: Coin) -> Vec<Grown> {
    match effect {
        GapEffect::Grew(grew) => grown(grew, coin),
        GapEffect::Unknown(_) | GapEffect::Rival { .. } | GapEffect::Untrue { .. } => Vec::new(),
    }
}

fn grown(grew: &[(DepositAddress, Units)], coin: Coin) -> Vec<Grown> {
    let grown = grew.iter().map(|(address, amount)| Grown {
        address: address.to_string(),
        amount: amount.to_coins(coin.decimals()),
    });
    grown.collect()
}

pub(super) async fn list(
    state: Data<MonitorState>,
    path: Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    let Some(coin) = coin_of(&path) else { return not_found() };
    let (start, limit) = match wanted(&Params::parse(request.query_string())) {
        Ok(page) => page,
        Err(message) => return bad_request(message),
    };
    let (snapshot, most) = (state.store.snapshot(), limit.saturating_add(1));
    let rows = match start {
        Start::At(from) => snapshot.passed_over_from(coin, from, most),
        Start::After(height, tx) => snapshot.passed_over_after(coin, (height, &tx), most),
    };
    match rows {
        Ok(mut rows) => {
            let next =
                paging::cut(&mut rows, limit).map(|last| format!("{}-{}", last.at.height, last.name()));
            json(&Page {
                passed_over: rows.into_iter().map(|row| PassedReply::of(row, coin)).collect(),
                next,
            })
        }
        Err(error) => internal_error(&error),
    }
}

/// Where a list begins.
enum Start {
    At(Height),
    After(Height, String),
}

/// `from` (a height), or `after` (the cursor that the page before told), and `limit`.
fn wanted(params: &Params) -> Result<(Start, usize), String> {
    let limit = paging::limit_of_page(params)?;
    if let Some((height, tx)) = paging::after(params, cursor)? {
        return Ok((Start::After(height, tx), limit));
    }
    let from = match params.get("from") {
        "" => 0,
        text => text.parse().map_err(|_| requests::no_height("from"))?,
    };
    Ok((Start::At(Height::new(from)), limit))
}

fn cursor(text: &str) -> Option<(Height, String)> {
    let (height, tx) = text.split_once('-')?;
    let height = height.parse().map(Height::new).ok()?;
    (!tx.is_empty()).then(|| (height, tx.to_owned()))
}

pub(super) async fn act(
    state: Data<MonitorState>,
    path: Path<(String, u64, String, String)>,
    request: HttpRequest,
) -> HttpResponse {
    let (coin, height, tx, act) = path.into_inner();
    let Some(coin) = coin_of(&coin) else { return not_found() };
    let height = Height::new(height);
    if !matches!(act.as_str(), "read" | "seen") {
        return not_found();
    }
    if request.method() != Method::POST {
        return method_not_allowed("POST", requests::METHOD_NOT_ALLOWED);
    }
    let stage = match Stage::of(&state, &request) {
        Ok(stage) => stage,
        Err(reply) => return *reply,
    };
    let (done, words) = if act == "read" {
        let by = match actor_of(&request) {
            Ok(by) => by,
            Err(reply) => return *reply,
        };
        let read = stage.play(read_again(stage.store(), coin, height, tx, by)).await;
        (read, acts::READ_AGAIN)
    } else {
        let order = match order(&request) {
            Ok(order) => order,
            Err(reply) => return *reply,
        };
        (stage.play(see(stage.store(), coin, height, tx, order)).await, acts::NOTED)
    };
    match done {
        Ok(()) => stage.done(words),
        Err(error) => refused(&error),
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BlindList)]
struct Blind {
    /// The ranges.
    blind: Vec<RangeReply>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BlindRange)]
struct RangeReply {
    /// The first block.
    from: u64,
    /// The last block.
    to: u64,
    /// Why the node did not tell.
    why: String,
    /// Since when they wait, in seconds since 1970 began.
    since: u64,
}

impl From<BlindRange> for RangeReply {
    fn from(range: BlindRange) -> Self {
        let (from, to) = (range.from.get(), range.to.get());
        RangeReply { from, to, why: range.why, since: range.since.get() }
    }
}

pub(super) async fn blind(
    state: Data<MonitorState>,
    path: Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    let Some(coin) = coin_of(&path) else { return not_found() };
    match *request.method() {
        Method::GET | Method::HEAD => match state.store.snapshot().blind_ranges(coin) {
            Ok(ranges) => json(&Blind { blind: ranges.into_iter().map(RangeReply::from).collect() }),
            Err(error) => internal_error(&error),
        },
        Method::DELETE => {
            let both = order_by(&request).and_then(|order| Ok((order, Stage::of(&state, &request)?)));
            let (order, stage) = match both {
                Ok(both) => both,
                Err(reply) => return *reply,
            };
            match stage.play(forget_blind(stage.store(), coin, order)).await {
                Ok(()) => stage.done(acts::GIVEN_UP),
                Err(error) => refused(&error),
            }
        }
        _ => method_not_allowed("GET, DELETE", requests::METHOD_NOT_ALLOWED),
    }
}

//! `GET /api/chains`: how each chain is followed. `POST /api/chains/{coin}/rescan?from=&to=` has blocks read again,
//! `DELETE` of it ends that.

use std::collections::BTreeMap;

use actix_web::http::{Method, StatusCode};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::acts::reason_parameters;
use super::asking::order_by;
use super::stage::Stage;
use super::{MonitorState, bad_request, only_get};
use crate::engine::operator::set_rescan;
use crate::http::describe::{Operation, in_path, query, required, whole, words};
use crate::http::{Code, Params, internal_error, json, method_not_allowed, not_found, text};
use crate::live::ChainView;
use crate::report::{BuyerPause, acts, requests};
use crate::store::{Chains, Cursor, Identities, Passes, Rescan, Snapshot, StoreError};
use crate::types::{BlockRef, Coin, Height, Language};

/// A chain; times are seconds since 1970. What is not known, or not the case, is left out.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Chain)]
struct ChainReply {
    /// Whether blocks are followed; in dummy mode none are.
    scanning: bool,
    /// `ok`, or what is amiss in one word: `not_yet_reached`, `unreachable`, `unauthorized`, `forbidden`,
    /// `rate_limited`, `starting`, `syncing`, `behind`, `shorter_chain`, `wrong_network`, `nonsense`,
    /// `pruned`, `forked_too_deep`, `stuck`.
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<&'static str>,
    /// Which chain this database was made with.
    #[serde(skip_serializing_if = "Option::is_none")]
    identity: Option<String>,
    /// Since when the node is so, in seconds since 1970 began.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<u64>,
    /// The same in words, and the node's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    /// The node's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// Why no address is given out.
    #[serde(skip_serializing_if = "Option::is_none")]
    binding_refused: Option<String>,
    /// When the node answered last, in seconds since 1970 began.
    #[serde(skip_serializing_if = "Option::is_none")]
    answered_at: Option<u64>,
    /// The node's newest block.
    #[serde(skip_serializing_if = "Option::is_none")]
    tip: Option<BlockReply>,
    /// When that block was made, in seconds since 1970 began.
    #[serde(skip_serializing_if = "Option::is_none")]
    tip_time: Option<u64>,
    /// The last block that was followed, and how many are left.
    #[serde(skip_serializing_if = "Option::is_none")]
    scanned: Option<BlockReply>,
    /// How many blocks are left to follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    lag: Option<u64>,
    /// Deposits in blocks up to here are final.
    #[serde(skip_serializing_if = "Option::is_none")]
    final_height: Option<u64>,
    /// The block that has to come before following goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    waits_for_height: Option<u64>,
    /// What the node does not tell, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    blind_spot: Option<String>,
    /// Why payments that wait for a block cannot be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pending_error: Option<String>,
    /// Why balances cannot be compared, see `/api/chains/{coin}/passed-over`.
    #[serde(skip_serializing_if = "Option::is_none")]
    balances_error: Option<String>,
    /// Whether the node was asked about the past of the addresses that are given out next: `asking`, `done`, `failing`,
    /// `untold`; and in its own words why it does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    vetting: Option<&'static str>,
    /// Why the node does not tell of the past, in its own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    vetting_detail: Option<String>,
    /// The first block that the node does not have, while its shorter chain is not followed.
    #[serde(skip_serializing_if = "Option::is_none")]
    doubted_from: Option<u64>,
    /// Blocks that are read again.
    #[serde(skip_serializing_if = "Option::is_none")]
    rescan: Option<RescanReply>,
    /// Transactions that were passed over and wait for a person, see `/api/chains/{coin}/passed-over`.
    #[serde(skip_serializing_if = "Option::is_none")]
    passed_over: Option<u64>,
    /// How many blocks were followed without what happens inside transactions, see `/api/chains/{coin}/blind`.
    #[serde(skip_serializing_if = "Option::is_none")]
    blind_blocks: Option<u64>,
    /// When the scanner's last step went well, in seconds since 1970 began.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_success: Option<u64>,
    /// Since when the scanner fails, in seconds since 1970 began.
    #[serde(skip_serializing_if = "Option::is_none")]
    failing_since: Option<u64>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Block)]
struct BlockReply {
    /// The block's height.
    height: u64,
    /// The block's hash.
    hash: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Rescan)]
struct RescanReply {
    /// The first block of the range.
    from: u64,
    /// The last block of the range.
    to: u64,
    /// The next block to be read.
    next: u64,
    /// Deposits that had been missed.
    found: u64,
    /// Why it does not go on.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl From<BlockRef> for BlockReply {
    fn from(block: BlockRef) -> Self {
        BlockReply { height: block.height.get(), hash: block.hash.to_string() }
    }
}

/// The part of a path that names a coin.
pub(super) fn coin_parameter() -> Value {
    in_path("coin", "The coin's code, in letters of any case.", &words("btc"))
}

/// What the reference tells of it.
pub(super) fn described() -> Vec<Operation> {
    vec![
        Operation::get("/api/chains", "chains", "How chains are followed")
            .gives_each::<ChainReply>("The chains that are enabled, by the codes of their coins.")
            .validated(),
        Operation::post("/api/chains/{coin}/look", "lookAtChain", "Look at a chain now")
            .about("What `blocknotify` and `walletnotify` of a node call. What counts is told by the chain.")
            .takes(coin_parameter())
            .says(202, "It is looked at.")
            .refuses(&[Code::InvalidParameter, Code::NotFound]),
        Operation::post("/api/chains/{coin}/rescan", "rescanChain", "Read blocks again")
            .takes_all([coin_parameter(), required("from", "The first block.", &whole(0))])
            .takes(query("to", "The last block; the last that was followed where it is left out.", &whole(0)))
            .takes_all(reason_parameters())
            .says(202, "They are read again.")
            .refuses(&[Code::InvalidParameter, Code::NotFound]),
        Operation::delete("/api/chains/{coin}/rescan", "endRescan", "Read no blocks again any more")
            .takes(coin_parameter())
            .takes_all(reason_parameters())
            .says(200, "None are.")
            .refuses(&[Code::InvalidParameter, Code::NotFound]),
    ]
}

pub(super) async fn list(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    let snapshot = state.store.snapshot();
    let chains = Coin::all().filter(|coin| state.is_enabled(*coin));
    let chains = chains.map(|coin| Ok((coin.code(), one(&state, &snapshot, coin)?)));
    match chains.collect::<Result<BTreeMap<&str, ChainReply>, StoreError>>() {
        Ok(chains) => json(&chains),
        Err(error) => internal_error(&error),
    }
}

fn one(state: &MonitorState, snapshot: &Snapshot, coin: Coin) -> Result<ChainReply, StoreError> {
    let cursor = snapshot.cursor(coin)?;
    let view = state.live.chain(coin);
    let notes = state.live.notes(coin);
    let rescan = snapshot.rescan(coin)?.map(|rescan| RescanReply {
        from: rescan.from.get(),
        to: rescan.to.get(),
        next: rescan.next.get(),
        found: rescan.found,
        error: notes.rescan_error.clone(),
    });
    let fares = state.live.scanner(coin).get();
    Ok(ChainReply {
        scanned: cursor.map(|cursor| cursor.tip.into()),
        identity: snapshot.identity(Some(coin))?,
        final_height: cursor.and_then(|cursor| cursor.finalized).map(Height::get),
        rescan,
        pending_error: notes.pending_error.clone(),
        balances_error: notes.balances_error.clone(),
        passed_over: Some(snapshot.open_passed_over(coin)?.count).filter(|count| *count > 0),
        blind_blocks: Some(snapshot.blind_blocks(coin)?).filter(|count| *count > 0),
        last_success: fares.last_success.map(|at| at.get()),
        failing_since: fares.failing.map(|(since, _)| since.get()),
        ..view.map_or_else(ChainReply::default, |view| seen(state, coin, cursor, view))
    })
}

/// What the scanner saw of the node.
fn seen(state: &MonitorState, coin: Coin, cursor: Option<Cursor>, view: ChainView) -> ChainReply {
    let now = state.clock.moment();
    let is_stuck = view.node.trouble().is_none() && view.stuck_for(now).is_some();
    let lag = cursor.zip(view.tip).map(|(cursor, tip)| cursor.tip.height.depth_below(tip.block.height));
    let vetting = state.live.vetting(coin);
    ChainReply {
        scanning: true,
        vetting: Some(vetting.state.name()),
        vetting_detail: vetting.state.detail().map(str::to_owned),
        node: Some(if is_stuck { "stuck" } else { view.node.name() }),
        since: Some(view.since.at().get()),
        problem: view.trouble(now).map(|trouble| BuyerPause::from(trouble).text(Language::English)),
        detail: view.node.detail().map(str::to_owned),
        binding_refused: state
            .live
            .refuses_binds(coin, now)
            .map(|pause| BuyerPause::from(pause).text(Language::English)),
        answered_at: view.answered_at.map(|moment| moment.at().get()),
        tip: view.tip.map(|tip| tip.block.into()),
        tip_time: view.tip.map(|tip| tip.time.get()),
        lag,
        waits_for_height: view.waits_for.map(Height::get),
        blind_spot: view.blind_spot,
        doubted_from: view.doubted_from.map(Height::get),
        ..ChainReply::default()
    }
}

pub(super) fn coin_of(path: &str) -> Option<Coin> {
    Coin::from_code(&path.to_ascii_uppercase()).ok()
}

/// `POST /api/chains/{coin}/look`: what `walletnotify` and `blocknotify` of a node are to call. Whatever they say of
/// what happened is not read: what counts is told by the chain.
pub(super) async fn look(
    state: Data<MonitorState>,
    path: Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    let Some(coin) = coin_of(&path) else { return not_found() };
    if *request.method() != Method::POST {
        return method_not_allowed("POST", requests::METHOD_NOT_ALLOWED);
    }
    if state.live.chain(coin).is_none() {
        return bad_request(acts::not_scanned(coin));
    }
    state.live.hint(coin).give();
    text(StatusCode::ACCEPTED, acts::looked_at(coin))
}

pub(super) async fn rescan(
    state: Data<MonitorState>,
    path: Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    let Some(coin) = coin_of(&path) else { return not_found() };
    let params = Params::parse(request.query_string());
    let rescan = match *request.method() {
        Method::POST => match asked(&state, coin, &params) {
            Ok(rescan) => Some(rescan),
            Err(message) => return bad_request(message),
        },
        Method::DELETE => None,
        _ => return method_not_allowed("POST, DELETE", requests::METHOD_NOT_ALLOWED),
    };
    let order = match order_by(&request) {
        Ok(order) => order,
        Err(reply) => return *reply,
    };
    let stage = match Stage::of(&state, &request) {
        Ok(stage) => stage,
        Err(reply) => return *reply,
    };
    match stage.play(set_rescan(stage.store(), coin, rescan, order)).await {
        Ok(()) => match rescan {
            Some(Rescan { from, to, .. }) => {
                stage.done_as(StatusCode::ACCEPTED, acts::rescanned(coin, from, to))
            }
            None => stage.done(acts::not_rescanned(coin)),
        },
        Err(error) => internal_error(&error),
    }
}

/// The range: two heights, the second by default the last block that was followed.
fn asked(state: &MonitorState, coin: Coin, params: &Params) -> Result<Rescan, String> {
    if state.live.chain(coin).is_none() {
        return Err(acts::not_scanned(coin));
    }
    let cursor = state.store.snapshot().cursor(coin).map_err(|error| error.to_string())?;
    let last = cursor.ok_or_else(|| acts::nothing_followed(coin))?.tip.height;
    let height = |name: &str, default: Option<Height>| match (params.get(name), default) {
        ("", Some(height)) => Ok(height),
        (text, _) => text.parse::<u64>().map(Height::new).map_err(|_| requests::no_end(name, last, text)),
    };
    let (from, to) = (height("from", None)?, height("to", Some(last))?);
    if from > to || to > last {
        return Err(requests::no_range(last));
    }
    Ok(Rescan { from, to, next: from, found: 0 })
}

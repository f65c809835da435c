//! `GET /api/backups`: the copies that make themselves, as they stand. `POST` of it: one more, now. `POST
//! /api/backups/drill`: the newest is proven.

use actix_web::http::{Method, StatusCode};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::MonitorState;
use crate::http::describe::Operation;
use crate::http::{Code, json, method_not_allowed, refusal, text};
use crate::live::{DrillEnd, DrillFacts, DrillView, KeptCopy};
use crate::report::{acts, requests};

/// Times are seconds since 1970.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Backups)]
struct BackupsReply {
    /// Whether copies make themselves: `[backup]` of the configuration says where to.
    is_on: bool,
    /// Whether one is being made.
    is_running: bool,
    /// Since when none could be made or listed; absent while all is well.
    #[serde(skip_serializing_if = "Option::is_none")]
    failing_since: Option<u64>,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// Where copies are kept: a folder, or the URL of a bucket; absent where none are.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    /// The last drill since the start: the proof that the newest copy can be restored; absent before there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    drill: Option<DrillReply>,
    /// Copies that were made since the start.
    made: u64,
    /// Copies that could not be made since the start.
    failures: u64,
    /// The copies of this desk, the newest first; absent where their place has not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    copies: Option<Vec<CopyReply>>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BackupCopy)]
struct CopyReply {
    /// The file.
    name: String,
    /// When it was made.
    made_at: u64,
    /// The head of the history in it.
    history: String,
    /// Bytes of the file.
    size: u64,
    /// SHA-256 of the file.
    sha256: String,
    /// Whether it takes a key to read it.
    is_encrypted: bool,
}

#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = BackupDrill)]
struct DrillReply {
    /// `running`, `passed`, `untried`: not to be tried here, or `failed`: nobody knows that the copy can be restored.
    state: &'static str,
    /// When it began.
    began_at: u64,
    /// When it ended; absent while it goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<u64>,
    /// Why it is not passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// What was found; absent where it is not passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<FoundReply>,
}

/// A copy that was fetched, decrypted and audited as a start does it, whose history is the beginning of this desk's.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BackupFound)]
struct FoundReply {
    /// The file.
    name: String,
    /// When it was made.
    made_at: u64,
    /// The head of the history in it.
    history: String,
    /// Events that the desk knows and the copy does not.
    events_since: u64,
    /// Payouts that a desk would make that is started on it.
    payouts: u64,
    /// What they come to, in whole SKY.
    coins: String,
    /// Transactions that it may send again.
    transactions: u64,
}

impl From<DrillView> for DrillReply {
    fn from(view: DrillView) -> Self {
        let began_at = view.began_at.get();
        match view.end {
            DrillEnd::Running => DrillReply { state: "running", began_at, ..DrillReply::default() },
            DrillEnd::Untried { at, words } => {
                let (ended_at, error) = (Some(at.get()), Some(words));
                DrillReply { state: "untried", began_at, ended_at, error, found: None }
            }
            DrillEnd::Failed { at, words } => {
                let (ended_at, error) = (Some(at.get()), Some(words));
                DrillReply { state: "failed", began_at, ended_at, error, found: None }
            }
            DrillEnd::Passed { at, facts } => {
                let DrillFacts { name, made_at, history, events_since, payouts, coins, transactions } = facts;
                let (made_at, coins) = (made_at.get(), coins.to_string());
                let found = FoundReply { name, made_at, history, events_since, payouts, coins, transactions };
                let (ended_at, found) = (Some(at.get()), Some(found));
                DrillReply { state: "passed", began_at, ended_at, error: None, found }
            }
        }
    }
}

impl From<KeptCopy> for CopyReply {
    fn from(copy: KeptCopy) -> Self {
        let KeptCopy { name, made_at, history, size, sha256, is_encrypted } = copy;
        CopyReply { name, made_at: made_at.get(), history, size, sha256, is_encrypted }
    }
}

/// What the reference tells of it.
pub(super) fn described() -> Vec<Operation> {
    vec![
        Operation::get("/api/backups", "backups", "Copies of the database that make themselves")
            .gives::<BackupsReply>(200, "How they fare, and which there are.")
            .validated(),
        Operation::post("/api/backups", "backUpNow", "Have a copy made now")
            .says(202, "It is begun, or follows the one that is being made.")
            .refuses(&[Code::UnknownEntry]),
        Operation::post("/api/backups/drill", "drillBackup", "Prove that the newest copy can be restored")
            .about(
                "It is fetched, decrypted, audited as a start does it, and held against this desk's own history. An \
                 encrypted one takes the key that `backup.identity` names. Nothing is changed.",
            )
            .says(202, "It is begun, or follows the one that goes on.")
            .refuses(&[Code::UnknownEntry]),
    ]
}

pub(super) async fn backups(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    match (request.method(), &state.keeper) {
        (&Method::GET | &Method::HEAD, _) => json(&reply(&state)),
        (&Method::POST, Some((keeper, _))) => {
            keeper.ask();
            text(StatusCode::ACCEPTED, acts::BACKUP_BEGUN)
        }
        (&Method::POST, None) => refusal(Code::UnknownEntry, acts::NO_BACKUPS),
        _ => method_not_allowed("GET, POST", requests::METHOD_NOT_ALLOWED),
    }
}

pub(super) async fn drill(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    match (request.method(), &state.keeper) {
        (&Method::POST, Some((_, driller))) => {
            driller.ask();
            text(StatusCode::ACCEPTED, acts::DRILL_BEGUN)
        }
        (&Method::POST, None) => refusal(Code::UnknownEntry, acts::NO_BACKUPS),
        _ => method_not_allowed("POST", requests::METHOD_NOT_ALLOWED),
    }
}

fn reply(state: &MonitorState) -> BackupsReply {
    let (view, drill) = (state.live.backups(), state.live.drill().map(DrillReply::from));
    let (is_on, place) = (view.is_some(), view.as_ref().map(|view| view.place.clone()));
    let (made, failures) = view.as_ref().map_or((0, 0), |view| (view.made, view.failures));
    let (is_running, trouble, copies) =
        view.map_or((false, None, None), |view| (view.is_running, view.trouble, view.copies));
    let (failing_since, error) = trouble.map(|(since, words)| (since.get(), words)).unzip();
    let copies = copies.map(|copies| copies.into_iter().map(CopyReply::from).collect());
    BackupsReply { is_on, is_running, failing_since, error, place, drill, made, failures, copies }
}

//! `GET /api/backups`: the copies that make themselves, as they stand. `POST` of it: one more, now.

use actix_web::http::{Method, StatusCode};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::MonitorState;
use crate::http::describe::Operation;
use crate::http::{Code, json, method_not_allowed, refusal, text};
use crate::live::{BackupView, KeptCopy};
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
    ]
}

pub(super) async fn backups(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    match (request.method(), &state.keeper) {
        (&Method::GET | &Method::HEAD, _) => json(&reply(state.live.backups())),
        (&Method::POST, Some(keeper)) => {
            keeper.ask();
            text(StatusCode::ACCEPTED, acts::BACKUP_BEGUN)
        }
        (&Method::POST, None) => refusal(Code::UnknownEntry, acts::NO_BACKUPS),
        _ => method_not_allowed("GET, POST", requests::METHOD_NOT_ALLOWED),
    }
}

fn reply(view: Option<BackupView>) -> BackupsReply {
    let is_on = view.is_some();
    let (made, failures) = view.as_ref().map_or((0, 0), |view| (view.made, view.failures));
    let (is_running, trouble, copies) =
        view.map_or((false, None, None), |view| (view.is_running, view.trouble, view.copies));
    let (failing_since, error) = trouble.map(|(since, words)| (since.get(), words)).unzip();
    let copies = copies.map(|copies| copies.into_iter().map(CopyReply::from).collect());
    BackupsReply { is_on, is_running, failing_since, error, made, failures, copies }
}

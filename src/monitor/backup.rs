//! `GET /api/backup`: a consistent copy of the database, made while binds go on: whole, or an error.
//!
//! The copy is put together in a file of the data directory that has no name: whatever happens, killed or left by its
//! client, it is gone with the last who has it open. It never takes the room that the service needs itself.

use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_files::NamedFile;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{
    ACCEPT_RANGES, ContentDisposition, DispositionParam, DispositionType, HeaderValue, RANGE,
};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpRequest, HttpResponse};
use tokio::sync::Mutex;

use super::MonitorState;
use crate::clock::{Clock, SystemClock};
use crate::http::describe::Operation;
use crate::http::{Code, internal_error, method_not_allowed, refusal};
use crate::report::requests;
use crate::store::{Snapshot, StoreError, backup_into};

/// Bytes that are left to the service beside a whole copy.
const MARGIN: u64 = 32 << 20;
/// Bytes below which a copy that has begun is given up: the service has written as well.
const FLOOR: u64 = MARGIN / 2;

/// Where backups are put together, and how many at a time: one.
#[derive(Debug)]
pub struct Backups {
    folder: PathBuf,
    database: PathBuf,
    turn: Arc<Mutex<()>>,
}

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
enum BackupError {
    #[error(
        "no room for a backup in {}: it takes about {needed} MB, {MARGIN_MB} MB are left to the service, and {free} MB \
         are free; make room, or stop teller and copy {} itself", folder.display(), database.display()
    )]
    NoRoom { folder: PathBuf, database: PathBuf, needed: u64, free: u64 },
    #[error("{}: {error}", folder.display())]
    Folder { folder: PathBuf, error: io::Error },
    #[error("making the copy panicked: {0}")]
    Panicked(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

const MARGIN_MB: u64 = megabytes(MARGIN);

const fn megabytes(bytes: u64) -> u64 {
    bytes.div_ceil(1 << 20)
}

/// Tells a copy in progress that nobody waits for it any more.
struct Waiting(Arc<AtomicBool>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Backups {
    /// Copies of `database` are put together in `folder`.
    pub fn new(folder: PathBuf, database: PathBuf) -> Self {
        Backups { folder, database, turn: Arc::default() }
    }

    /// A whole copy, in a file without a name.
    async fn make(&self, snapshot: impl FnOnce() -> Arc<Snapshot>) -> Result<File, BackupError> {
        let turn = Arc::clone(&self.turn).lock_owned().await;
        self.check_room()?;
        let gone = Arc::new(AtomicBool::new(false));
        let _waiting = Waiting(Arc::clone(&gone));
        let (folder, snapshot) = (self.folder.clone(), snapshot());
        let copied = tokio::task::spawn_blocking(move || {
            // Not given back before this ends, whoever waits for it.
            let _turn = turn;
            copy(&snapshot, &folder, &gone)
        });
        copied.await.unwrap_or_else(|ended| Err(BackupError::Panicked(ended.to_string())))
    }

    fn check_room(&self) -> Result<(), BackupError> {
        let of_folder = |error| BackupError::Folder { folder: self.folder.clone(), error };
        let free = room(&self.folder).map_err(of_folder)?;
        let needed = std::fs::metadata(&self.database).map_or(0, |file| file.blocks().saturating_mul(512));
        if free >= needed.saturating_add(MARGIN) {
            return Ok(());
        }
        let (folder, database) = (self.folder.clone(), self.database.clone());
        Err(BackupError::NoRoom { folder, database, needed: megabytes(needed), free: free >> 20 })
    }
}

fn copy(snapshot: &Snapshot, folder: &Path, gone: &AtomicBool) -> Result<File, BackupError> {
    let of_folder = |error| BackupError::Folder { folder: folder.to_owned(), error };
    let file = tempfile::tempfile_in(folder).map_err(of_folder)?;
    let copy = file.try_clone().map_err(of_folder)?;
    let rows = backup_into(snapshot, file, &mut || {
        if gone.load(Ordering::Relaxed) {
            return Err(StoreError::Backend("nobody waits for the backup any more".to_owned()));
        }
        match room(folder) {
            Ok(free) if free >= FLOOR => Ok(()),
            Ok(_) => Err(StoreError::Backend("the disk has become too full for a backup".to_owned())),
            Err(error) => Err(StoreError::backend(error)),
        }
    })?;
    tracing::info!(rows, "backup made");
    Ok(copy)
}

/// Bytes of the folder's file system that are free.
fn room(folder: &Path) -> io::Result<u64> {
    let told = rustix::fs::statvfs(folder)?;
    Ok(told.f_bavail.saturating_mul(told.f_frsize))
}

/// Answers whole copies only: each request makes one of its own, and parts of two are no database.
pub(super) async fn whole<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    request.headers_mut().remove(RANGE);
    let mut response = next.call(request).await?;
    response.headers_mut().insert(ACCEPT_RANGES, HeaderValue::from_static("none"));
    Ok(response)
}

/// What the reference tells of it.
pub(super) fn described() -> Vec<Operation> {
    let about = "A consistent copy, made while binds go on: whole, or an error.";
    let refusals = [Code::NoRoom];
    vec![
        Operation::get("/api/backup", "backup", "A copy of the database")
            .gives_file(about, "application/octet-stream")
            .refuses(&refusals),
        Operation::post("/api/backup", "makeBackup", "The same, as the original is asked for it")
            .unkeyed()
            .gives_file(about, "application/octet-stream")
            .refuses(&refusals),
    ]
}

pub(super) async fn download(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if !matches!(*request.method(), Method::GET | Method::HEAD | Method::POST) {
        return method_not_allowed("GET, POST", requests::METHOD_NOT_ALLOWED);
    }
    match state.backups.make(|| state.store.snapshot()).await {
        Ok(file) => send(&request, file),
        Err(error @ BackupError::NoRoom { .. }) => {
            tracing::warn!(%error, "backup refused");
            refusal(Code::NoRoom, error)
        }
        Err(error) => internal_error(&error),
    }
}

fn send(request: &HttpRequest, file: File) -> HttpResponse {
    let name = format!("teller-{}.db", SystemClock.now().get());
    let disposition = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(name.clone())],
    };
    match NamedFile::from_file(file, name) {
        Ok(file) => file
            .set_content_type("application/octet-stream".parse().expect("BUG: a legal media type"))
            .set_content_disposition(disposition)
            .use_etag(false)
            .use_last_modified(false)
            .into_response(request),
        Err(error) => internal_error(&error),
    }
}

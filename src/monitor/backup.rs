//! `GET /api/backup`: a consistent copy of the database, made while binds go on: whole, or an error.
//!
//! Those that make themselves are in `crate::backup`, which makes this one too.

use std::fs::File;
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

use super::MonitorState;
use crate::backup::{Copier, CopyError};
use crate::clock::{Clock, SystemClock};
use crate::http::describe::Operation;
use crate::http::{Code, internal_error, method_not_allowed, refusal};
use crate::report::requests;
use crate::store::{Store, StoreError};

/// Tells a copy in progress that nobody waits for it any more.
struct Waiting(Arc<AtomicBool>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Copy(#[from] CopyError),
    #[error("making the copy panicked: {0}")]
    Panicked(String),
}

/// A whole copy, in a file without a name.
async fn make(copier: &Copier, store: &Store) -> Result<File, Failed> {
    let turn = copier.turn().await;
    let gone = Arc::new(AtomicBool::new(false));
    let _waiting = Waiting(Arc::clone(&gone));
    let (copier, snapshot) = (copier.clone(), store.snapshot());
    let copied = tokio::task::spawn_blocking(move || {
        // Not given back before this ends, whoever waits for it.
        let _turn = turn;
        let go_on = &mut || {
            let left = || StoreError::Backend("nobody waits for the backup any more".to_owned());
            if gone.load(Ordering::Relaxed) { Err(left()) } else { Ok(()) }
        };
        copier.copy(&snapshot, 1, go_on)
    });
    Ok(copied.await.map_err(|ended| Failed::Panicked(ended.to_string()))??)
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
    match make(&state.copier, &state.store).await {
        Ok(file) => send(&request, file),
        Err(error @ Failed::Copy(CopyError::NoRoom { .. })) => {
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

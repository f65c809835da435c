//! `GET /api/backup`: a consistent copy of the database, made while binds go on.

use std::path::Path;

use actix_files::NamedFile;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    ACCEPT_RANGES, ContentDisposition, DispositionParam, DispositionType, HeaderValue, RANGE,
};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpRequest, HttpResponse};

use super::MonitorState;
use crate::clock::{Clock, SystemClock};
use crate::http::{internal_error, method_not_allowed, text};
use crate::store::backup_to;

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

pub(super) async fn download(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if !matches!(*request.method(), Method::GET | Method::HEAD | Method::POST) {
        return method_not_allowed("GET, POST", "Method Not Allowed");
    }
    let name = format!("teller-{}.db", SystemClock.now().get());
    let path = state.data_dir.join(format!(".backup-{}-{}", std::process::id(), name));
    let (snapshot, target) = (state.store.snapshot(), path.clone());
    let copied = tokio::task::spawn_blocking(move || backup_to(&snapshot, &target)).await;
    let reply = match copied {
        Ok(Ok(rows)) => {
            tracing::info!(rows, "backup made");
            send(&request, &path, name)
        }
        Ok(Err(error)) => internal_error(&error),
        Err(error) => internal_error(&error),
    };
    // An open file can be read to its end after its name is gone.
    if let Err(error) = std::fs::remove_file(&path) {
        tracing::warn!(%error, path = %path.display(), "temporary backup file is left");
    }
    reply
}

fn send(request: &HttpRequest, path: &Path, name: String) -> HttpResponse {
    let disposition = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(name)],
    };
    match NamedFile::open(path) {
        Ok(file) => file
            .set_content_type("application/octet-stream".parse().expect("BUG: a legal media type"))
            .set_content_disposition(disposition)
            .use_etag(false)
            .use_last_modified(false)
            .into_response(request),
        Err(error) => text(StatusCode::INTERNAL_SERVER_ERROR, error),
    }
}

//! `GET /api/profile?seconds=10`: where the processor's time goes, as a flame graph. Only with `profile = true`.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::{MonitorState, bad_request, only_get};
use crate::http::describe::{Operation, query, whole_up_to};
use crate::http::{Code, Params, internal_error, not_found, refusal};
use crate::report::requests;

const DEFAULT_SECONDS: u64 = 10;
const MAX_SECONDS: u64 = 120;
/// Samples a second: not a divisor of anything that happens in step with the clock.
const FREQUENCY: i32 = 199;

/// What the reference tells of it.
pub(super) fn described() -> Operation {
    let seconds = query("seconds", "How long it is looked at.", &whole_up_to(1, MAX_SECONDS));
    Operation::get("/api/profile", "profile", "Where the processor's time goes")
        .about("Only with `profile = true` in the configuration.")
        .takes(seconds)
        .gives_file("A flame graph.", "image/svg+xml")
        .refuses(&[Code::InvalidParameter, Code::NotFound, Code::ProfileTaken])
}

pub(super) async fn flame_graph(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if !state.profile {
        return not_found();
    }
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    let params = Params::parse(request.query_string());
    let seconds = match params.get("seconds") {
        "" => Ok(DEFAULT_SECONDS),
        text => text.parse::<u64>(),
    };
    let Some(seconds) = seconds.ok().filter(|seconds| (1..=MAX_SECONDS).contains(seconds)) else {
        return bad_request(requests::out_of_range("seconds", MAX_SECONDS));
    };
    match sample(Duration::from_secs(seconds)).await {
        Ok(svg) => HttpResponse::Ok().content_type("image/svg+xml").body(svg),
        Err(ProfileError::Taken) => refusal(Code::ProfileTaken, requests::PROFILE_TAKEN),
        Err(error) => internal_error(&error),
    }
}

#[derive(Debug, thiserror::Error)]
enum ProfileError {
    #[error("{}", requests::PROFILE_TAKEN)]
    Taken,
    #[error(transparent)]
    Sample(#[from] pprof::Error),
    #[error("the making of a profile ended: {0}")]
    Made(#[from] tokio::task::JoinError),
}

/// The process's one profiler, for as long as somebody has it. The library's own lock is held while names are looked
/// up: who asked that one would wait for seconds, and the listener's thread with them.
struct Profiler;

static IS_TAKEN: AtomicBool = AtomicBool::new(false);

impl Profiler {
    fn take() -> Result<Self, ProfileError> {
        if IS_TAKEN.swap(true, Ordering::AcqRel) { Err(ProfileError::Taken) } else { Ok(Profiler) }
    }
}

impl Drop for Profiler {
    fn drop(&mut self) {
        IS_TAKEN.store(false, Ordering::Release);
    }
}

async fn sample(time: Duration) -> Result<Vec<u8>, ProfileError> {
    let profiler = Profiler::take()?;
    // Both ends look up names, which takes seconds, and others are to be answered meanwhile.
    let guard = tokio::task::spawn_blocking(begin).await??;
    tokio::time::sleep(time).await;
    let drawn = tokio::task::spawn_blocking(move || {
        let svg = draw(&guard);
        drop(guard);
        drop(profiler);
        svg
    });
    Ok(drawn.await??)
}

fn begin() -> Result<pprof::ProfilerGuard<'static>, pprof::Error> {
    let blocked = ["libc", "libgcc", "pthread", "vdso"];
    pprof::ProfilerGuardBuilder::default().frequency(FREQUENCY).blocklist(&blocked).build()
}

fn draw(guard: &pprof::ProfilerGuard<'_>) -> Result<Vec<u8>, pprof::Error> {
    let mut svg = Vec::new();
    guard.report().build()?.flamegraph(&mut svg)?;
    Ok(svg)
}

//! What took how long, as spans for a collector of OpenTelemetry (OTLP over HTTP).
//!
//! Nothing waits for a collector: spans that it does not take are dropped, and that is told in the log.

use std::collections::HashMap;
use std::time::Duration;

use opentelemetry::trace::{Link, SpanKind, TraceContextExt, TraceId, TraceState, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::{Protocol, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::{OTelSdkError, OTelSdkResult};
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Sampler, SamplingDecision, SamplingResult, SdkTracerProvider,
    ShouldSample, SpanData, SpanExporter,
};
use secrecy::ExposeSecret;
use tracing::{Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::registry::LookupSpan;

use super::Seldom;
use crate::config;
use crate::rpc::web_tls;

/// For each answer of the collector.
const PATIENCE: Duration = Duration::from_secs(10);
/// What is not told within this when the service stops is dropped.
const FAREWELL: Duration = Duration::from_secs(2);
/// What fails again within this is told together.
const QUIET: Duration = Duration::from_secs(60);
/// Spans that wait for the collector; more are dropped.
const QUEUE: usize = 8_192;

/// Tells a collector, as long as this is kept.
#[derive(Debug, Clone)]
pub(super) struct Traces(SdkTracerProvider);

/// The collector cannot be spoken to at all.
#[derive(Debug, thiserror::Error)]
#[error("traces.endpoint: {0}")]
pub struct TracesError(String);

impl Traces {
    /// Returns one that has not connected yet.
    pub(super) fn start(settings: &config::Traces) -> Result<Traces, TracesError> {
        let failed = |error: &dyn std::fmt::Display| TracesError(error.to_string());
        let mut headers = HashMap::new();
        if let Some(token) = &settings.token {
            headers.insert("authorization".to_owned(), format!("Bearer {}", token.expose_secret()));
        }
        let exporter = opentelemetry_otlp::SpanExporter::builder()
            .with_http()
            .with_http_client(client()?)
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(settings.endpoint.expose_secret())
            .with_headers(headers)
            .with_timeout(PATIENCE)
            .build()
            .map_err(|error| failed(&error))?;
        let batches = BatchConfigBuilder::default().with_max_queue_size(QUEUE).build();
        let processor = BatchSpanProcessor::builder(Told(exporter)).with_batch_config(batches).build();
        let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let resource = Resource::builder_empty().with_service_name(settings.service.clone());
        let provider = SdkTracerProvider::builder()
            .with_span_processor(processor)
            .with_resource(resource.with_attribute(version).build())
            .with_sampler(Sampler::ParentBased(Box::new(OneIn(u128::from(settings.one_in.max(1))))))
            .build();
        Ok(Traces(provider))
    }

    /// Returns what takes down spans of this program: its own, not those of libraries, with the lines of the log that
    /// were written meanwhile.
    pub(super) fn layer<S>(&self) -> Box<dyn Layer<S> + Send + Sync>
    where
        S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
    {
        let is_own = filter_fn(|about| {
            about.target().starts_with("teller") && (about.is_span() || *about.level() <= Level::INFO)
        });
        tracing_opentelemetry::layer()
            .with_tracer(self.0.tracer("teller"))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_target(false)
            .with_filter(is_own.with_max_level_hint(LevelFilter::DEBUG))
            .boxed()
    }

    /// Tells what is left, and no more.
    pub(super) fn end(&self) {
        // What is lost is no more than what happened in the last moment.
        let _ = self.0.shutdown_with_timeout(FAREWELL);
    }
}

/// A client that waits, for the thread that tells: it is made where nothing else runs.
fn client() -> Result<reqwest::blocking::Client, TracesError> {
    let failed = |error: &dyn std::fmt::Display| TracesError(error.to_string());
    let tls = web_tls().map_err(|error| failed(&error))?;
    let make = move || {
        reqwest::blocking::Client::builder()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .tls_backend_preconfigured(tls)
            .build()
    };
    let made =
        std::thread::spawn(make).join().map_err(|_| TracesError("no client can be made".to_owned()))?;
    made.map_err(|error| failed(&error.without_url()))
}

/// An exporter whose failures are told in the log.
#[derive(Debug)]
struct Told<E>(E);

impl<E: SpanExporter> SpanExporter for Told<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        static FAILURES: Seldom = Seldom::new(QUIET);
        let told = self.0.export(batch).await;
        if let Err(error) = &told
            && let Some(times) = FAILURES.ask()
        {
            tracing::warn!(times, error = %in_words(error), "traces were not taken");
        }
        told
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.0.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.0.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.0.set_resource(resource);
    }
}

/// The URL may be a secret: the library's words, which hold it, are not told.
fn in_words(error: &OTelSdkError) -> &'static str {
    match error {
        OTelSdkError::Timeout(_) => "no answer in time",
        OTelSdkError::AlreadyShutdown => "it has ended",
        OTelSdkError::InternalFailure(_) => "it cannot be reached, or refuses them",
    }
}

/// Tells one trace of so many, by its number.
#[derive(Debug, Clone)]
struct OneIn(u128);

impl ShouldSample for OneIn {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        trace: TraceId,
        _: &str,
        _: &SpanKind,
        _: &[KeyValue],
        _: &[Link],
    ) -> SamplingResult {
        let is_told = u128::from_be_bytes(trace.to_bytes()).checked_rem(self.0) == Some(0);
        let decision = if is_told { SamplingDecision::RecordAndSample } else { SamplingDecision::Drop };
        let trace_state = parent
            .map_or_else(TraceState::default, |parent| parent.span().span_context().trace_state().clone());
        SamplingResult { decision, attributes: Vec::new(), trace_state }
    }
}

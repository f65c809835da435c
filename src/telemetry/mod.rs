//! The log: to standard output or a file that can be reopened, as text or JSON.
//!
//! What was done for a request carries its id, what was done in a worker's step the worker and the step.
//! A line is written whole or not at all; a file that cannot be written to loses lines, never the process.

mod journal;
mod seldom;
mod text;
mod traces;

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry};

pub use seldom::Seldom;
use traces::Traces;
pub use traces::TracesError;

use crate::config::{Config, LogFormat};

/// The log file, if there is one, for [`LogFile::reopen`].
#[derive(Debug, Clone, Default)]
pub struct LogFile(Option<Arc<Opened>>);

#[derive(Debug)]
struct Opened {
    path: PathBuf,
    file: Mutex<File>,
}

impl LogFile {
    /// Closes the file and opens its path anew: after a rotation that is another file.
    pub fn reopen(&self) -> io::Result<()> {
        let Some(opened) = &self.0 else { return Ok(()) };
        let fresh = open(&opened.path)?;
        *opened.file.lock().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

/// Writes to the file of the moment.
#[derive(Debug, Clone)]
struct FileWriter(Arc<Opened>);

impl Write for FileWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.file.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.file.lock().unwrap_or_else(PoisonError::into_inner).flush()
    }
}

impl<'a> MakeWriter<'a> for FileWriter {
    type Writer = FileWriter;

    fn make_writer(&'a self) -> Self::Writer {
        self.clone()
    }
}

/// Why there is no log, or nobody can be told of spans.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The log file cannot be opened.
    #[error("logfile: {}: {source}", path.display())]
    File {
        /// The file that cannot be written.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The collector of spans cannot be spoken to.
    #[error(transparent)]
    Traces(#[from] TracesError),
}

/// Whether anybody is told of spans.
static IS_TOLD: AtomicBool = AtomicBool::new(false);

/// What tells of this process, as long as this is kept.
#[derive(Debug, Default)]
pub struct Telemetry {
    file: LogFile,
    traces: Option<Traces>,
}

impl Telemetry {
    /// Returns the log file.
    pub fn file(&self) -> LogFile {
        self.file.clone()
    }
}

impl Drop for Telemetry {
    /// Tells the collector what is left.
    fn drop(&mut self) {
        self.traces.iter().for_each(Traces::end);
    }
}

/// Notes a fact for whoever is told of spans: the log does not have it in each of its lines.
pub fn note<V: Into<opentelemetry::Value>>(
    span: &tracing::Span,
    name: &'static str,
    value: impl FnOnce() -> V,
) {
    if IS_TOLD.load(Ordering::Relaxed) {
        tracing_opentelemetry::OpenTelemetrySpanExt::set_attribute(span, name, value());
    }
}

/// Starts the log of this process. Again is harmless: the first one stays.
///
/// # Errors
///
/// Where the log file cannot be opened, or no client for the collector of spans can be made.
pub fn init(config: &Config) -> Result<Telemetry, LogError> {
    let (layer, file) = match &config.logfile {
        None if journal::is_read() => (layer(config.log_format, journal::Lines, false), None),
        None => (layer(config.log_format, io::stdout, std::io::IsTerminal::is_terminal(&io::stdout())), None),
        Some(path) => {
            let file = open(path).map_err(|source| LogError::File { path: path.clone(), source })?;
            let file = Mutex::new(file);
            let opened = Arc::new(Opened { path: path.clone(), file });
            (layer(config.log_format, FileWriter(Arc::clone(&opened)), false), Some(opened))
        }
    };
    let own = if config.debug { LevelFilter::DEBUG } else { LevelFilter::INFO };
    // Libraries speak up only when something is wrong.
    let filter = Targets::new().with_default(LevelFilter::WARN).with_target("teller", own);
    let traces = config.traces.as_ref().map(Traces::start).transpose()?;
    IS_TOLD.store(traces.is_some(), Ordering::Relaxed);
    let told = traces.as_ref().map(Traces::layer);
    let _ = tracing_subscriber::registry().with(layer.with_filter(filter)).with(told).try_init();
    Ok(Telemetry { file: LogFile(file), traces })
}

fn layer<W>(format: LogFormat, writer: W, colours: bool) -> Box<dyn Layer<Registry> + Send + Sync>
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    // A line that cannot be written is lost. To say so on standard error ends the process where that is full as well.
    let layer =
        tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(colours).log_internal_errors(false);
    match format {
        LogFormat::Text => layer.event_format(text::Line).fmt_fields(text::Fields).boxed(),
        LogFormat::Json => layer.json().flatten_event(true).with_span_list(false).boxed(),
    }
}

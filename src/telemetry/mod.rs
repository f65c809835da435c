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
use std::time::Duration;

use tracing::Metadata;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::{FilterExt, Targets, dynamic_filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Filter, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, Registry};

pub use seldom::Seldom;
use traces::Traces;
pub use traces::TracesError;

use crate::config::{Config, LogFormat};

/// How often a line of the library that speaks HTTP is told.
const SERVER_SPEAKS: Duration = Duration::from_secs(60);

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
    let filter = filter(if config.debug { LevelFilter::DEBUG } else { LevelFilter::INFO });
    let traces = config.traces.as_ref().map(Traces::start).transpose()?;
    IS_TOLD.store(traces.is_some(), Ordering::Relaxed);
    let told = traces.as_ref().map(Traces::layer);
    let _ = tracing_subscriber::registry().with(layer.with_filter(filter)).with(told).try_init();
    Ok(Telemetry { file: LogFile(file), traces })
}

/// What is told: of this service down to `own`; libraries speak up only when something is wrong. What strangers send
/// makes the server's do that as often as they like, so it is heard once in a while.
fn filter(own: LevelFilter) -> impl Filter<Registry> + Send + Sync {
    let is_due =
        |line: &Metadata<'_>, seldom: &Seldom| !line.target().starts_with("actix_") || seldom.ask().is_some();
    let seldom = Seldom::new(SERVER_SPEAKS);
    let levels = Targets::new().with_default(LevelFilter::WARN).with_target("teller", own);
    levels.and(dynamic_filter_fn(move |line, _| is_due(line, &seldom)))
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Keeps what is written.
    #[derive(Debug, Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn should_not_fill_the_log_with_what_strangers_send() {
        let kept = Kept::default();
        let writer = kept.clone();
        let layer = layer(LogFormat::Text, move || writer.clone(), false);
        let log = tracing_subscriber::registry().with(layer.with_filter(filter(LevelFilter::INFO)));
        tracing::subscriber::with_default(log, || {
            for _ in 0..1_000 {
                tracing::error!(target: "actix_http::h1::dispatcher", "stream error");
                tracing::error!(target: "rustls", "another library");
                tracing::info!(target: "teller::story", "bound");
                tracing::info!(target: "rustls", "nothing is wrong");
            }
        });
        let text = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        let count = |words: &str| text.lines().filter(|line| line.contains(words)).count();
        assert_eq!((count("stream error"), count("another library"), count("bound")), (1, 1_000, 1_000));
        assert_eq!(count("nothing is wrong"), 0);
    }
}

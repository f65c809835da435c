//! Lines for systemd's journal: each begins with its priority, which the journal takes off and keeps as a field.

use std::io::{self, Write};

use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

/// Returns whether standard output goes to the journal, as its manager says.
pub(super) fn is_read() -> bool {
    let told = std::env::var("JOURNAL_STREAM").unwrap_or_default();
    rustix::fs::fstat(io::stdout()).is_ok_and(|stat| told == format!("{}:{}", stat.st_dev, stat.st_ino))
}

/// Writes to standard output.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lines;

/// Writes a line of a level.
#[derive(Debug)]
pub(super) struct Line(Level);

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line(Level::INFO)
    }

    fn make_writer_for(&'a self, about: &Metadata<'_>) -> Line {
        Line(*about.level())
    }
}

impl Write for Line {
    /// Writes all of it at once: what others write meanwhile does not come between.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut line = Vec::with_capacity(bytes.len().saturating_add(3));
        write!(line, "<{}>", priority(self.0))?;
        line.extend_from_slice(bytes);
        io::stdout().lock().write_all(&line)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stdout().flush()
    }
}

/// As syslog has them.
fn priority(level: Level) -> u8 {
    match level {
        Level::ERROR => 3,
        Level::WARN => 4,
        Level::INFO => 6,
        _ => 7,
    }
}

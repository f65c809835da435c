//! Log lines as text: `TIME LEVEL target: message name=value ...`, and at the end what it was done for: the
//! request or the step.
//!
//! Invariant: a line is one event. What others said, nodes above all, is written so that it can neither end
//! the line nor pass for a field of it.

use std::fmt::{self, Debug, Write};

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, Writer};
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

/// Writes lines.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line;

/// Writes a line's message and fields, and those of what it was done for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields;

impl<S, N> FormatEvent<S, N> for Line
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        SystemTime.format_time(&mut writer)?;
        let metadata = event.metadata();
        match (writer.has_ansi_escapes(), colour(*metadata.level())) {
            (true, Some(colour)) => write!(writer, " \u{1b}[{colour}m{:>5}\u{1b}[0m", metadata.level())?,
            _ => write!(writer, " {:>5}", metadata.level())?,
        }
        write!(writer, " {}:", metadata.target())?;
        context.format_fields(writer.by_ref(), event)?;
        for span in context.event_scope().into_iter().flat_map(|scope| scope.from_root()) {
            if let Some(fields) = span.extensions().get::<FormattedFields<N>>() {
                writer.write_str(fields)?;
            }
        }
        writeln!(writer)
    }
}

fn colour(level: Level) -> Option<u8> {
    match level {
        Level::ERROR => Some(31),
        Level::WARN => Some(33),
        _ => None,
    }
}

impl<'w> FormatFields<'w> for Fields {
    fn format_fields<R: RecordFields>(&self, writer: Writer<'w>, fields: R) -> fmt::Result {
        let mut pairs = Pairs { writer, result: Ok(()) };
        fields.record(&mut pairs);
        pairs.result
    }
}

struct Pairs<'w> {
    writer: Writer<'w>,
    result: fmt::Result,
}

impl Pairs<'_> {
    fn pair(&mut self, field: &Field, value: &str) {
        let written = match field.name() {
            "message" => write!(self.writer, " {}", escaped(value, false)),
            name if is_one_word(value) => write!(self.writer, " {name}={value}"),
            name => write!(self.writer, " {name}=\"{}\"", escaped(value, true)),
        };
        self.result = self.result.and(written);
    }
}

impl Visit for Pairs<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.pair(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.pair(field, &format!("{value:?}"));
    }
}

/// Whether a value can stand as it is.
fn is_one_word(value: &str) -> bool {
    !value.is_empty()
        && value.chars().all(|c| !c.is_whitespace() && !is_odd(c) && !matches!(c, '"' | '=' | '\\'))
}

/// What moves the cursor, ends a line, or changes the order in which the rest is read.
fn is_odd(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn escaped(text: &str, quoted: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '"' | '\\' if quoted => out.extend(['\\', c]),
            odd if is_odd(odd) => {
                // Writing into a String never fails.
                let _ = write!(out, "\\u{{{:x}}}", u32::from(odd));
            }
            plain => out.push(plain),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;
    use std::sync::{Arc, Mutex};
    use tracing_subscriber::fmt::MakeWriter;
    use tracing_subscriber::layer::SubscriberExt;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl<'a> MakeWriter<'a> for Kept {
        type Writer = Kept;

        fn make_writer(&'a self) -> Kept {
            self.clone()
        }
    }

    /// What is logged, as text and as JSON, without the moment.
    fn logged(log: impl Fn()) -> (String, String) {
        let (text, json) = (Kept::default(), Kept::default());
        let registry = tracing_subscriber::registry().with(crate::telemetry::layer(
            crate::config::LogFormat::Text,
            text.clone(),
            false,
        ));
        tracing::subscriber::with_default(registry, &log);
        let registry = tracing_subscriber::registry().with(crate::telemetry::layer(
            crate::config::LogFormat::Json,
            json.clone(),
            false,
        ));
        tracing::subscriber::with_default(registry, &log);
        let [text, json] =
            [text, json].map(|kept| String::from_utf8(kept.0.lock().unwrap().clone()).unwrap());
        (text.lines().map(|line| &line[28..]).collect::<Vec<_>>().join("\n"), json)
    }

    #[test]
    fn should_write_words_and_fields() {
        let (text, json) = logged(|| {
            let _request = tracing::info_span!("request", request = %"a1").entered();
            tracing::info!(target: "teller::x", binding = 7u64, why = "two words", none = None::<u64>, "bound");
        });
        assert_eq!(text, " INFO teller::x: bound binding=7 why=\"two words\" request=a1");
        assert!(json.contains("\"request\":\"a1\"") && json.contains("\"binding\":7"), "{json}");
    }

    #[test]
    fn should_let_nobody_forge_a_line_or_a_field() {
        let forged = [
            "busy\n2026-11-26T17:00:00.000000Z ERROR teller: all coins are gone",
            "busy\r\u{1b}[2K\u{85}\u{2028}2026",
            "\u{202e}gnirts\u{200b}",
            "x\" txid=ff paid=\"all",
            "plain=no",
            "",
        ];
        for words in forged {
            let (text, json) = logged(|| {
                tracing::warn!(target: "teller::x", error = %words, "step failed: {words}");
            });
            assert_eq!((text.lines().count(), json.lines().count()), (1, 1), "{text:?} {json:?}");
            assert!(!text.chars().any(is_odd), "{text:?}");
            let told: serde_json::Value = serde_json::from_str(&json).unwrap();
            assert_eq!(told["error"], words);
            let field = text.rsplit_once(" error=").map_or("", |(_, field)| field);
            assert!(words.contains('"') || field.starts_with('"') && field.ends_with('"'), "{text:?}");
        }
        let (text, _) = logged(|| tracing::warn!(target: "teller::x", error = %forged[3], "no"));
        assert_eq!(text, " WARN teller::x: no error=\"x\\\" txid=ff paid=\\\"all\"");
    }
}

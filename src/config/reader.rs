//! Takes typed values out of a TOML table and remembers everything that was wrong, by key name.

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use toml::{Table, Value};

/// All that is wrong with a file, in the order it was found, and all keys that were asked for.
#[derive(Debug, Default)]
pub(super) struct Problems(pub(super) Vec<String>, pub(super) Vec<String>);

impl Problems {
    pub(super) fn add(&mut self, key: &str, what: impl std::fmt::Display) {
        self.0.push(format!("{key}: {what}"));
    }
}

/// One section of the file. Keys are taken out as they are read, so that what is left is unknown.
pub(super) struct Section<'p> {
    path: String,
    table: Table,
    known: Vec<&'static str>,
    pub(super) problems: &'p mut Problems,
}

impl<'p> Section<'p> {
    pub(super) fn root(table: Table, problems: &'p mut Problems) -> Self {
        Section { path: String::new(), table, known: Vec::new(), problems }
    }

    /// A section inside this one; empty where it is absent.
    pub(super) fn section(&mut self, name: &'static str) -> Section<'_> {
        let path = self.full(name);
        let table = match self.take(name) {
            None => Table::new(),
            Some(Value::Table(table)) => table,
            Some(other) => {
                // Not its value: what stands where a section belongs may be the secret of one.
                self.problems.add(&path, format!("expected a section [{path}], got {}", other.type_str()));
                Table::new()
            }
        };
        Section { path, table, known: Vec::new(), problems: self.problems }
    }

    /// Every section inside one of this, by the name that the file gives it.
    pub(super) fn each_section(&mut self, name: &'static str, mut read: impl FnMut(&str, &mut Section<'_>)) {
        let mut all = self.section(name);
        for (key, value) in std::mem::take(&mut all.table) {
            let path = all.full(&key);
            match value {
                Value::Table(table) => {
                    let (known, problems) = (Vec::new(), &mut *all.problems);
                    read(&key, &mut Section { path, table, known, problems });
                }
                other => {
                    let kind = other.type_str();
                    all.problem(&key, format!("expected a section [{path}], got {kind}"));
                }
            }
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.table.contains_key(name)
    }

    /// The key's full name.
    pub(super) fn full(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    pub(super) fn problem(&mut self, name: &str, what: impl std::fmt::Display) {
        let key = self.full(name);
        self.problems.add(&key, what);
    }

    /// Whether anything was wrong so far.
    pub(super) fn has_problems(&self) -> bool {
        !self.problems.0.is_empty()
    }

    /// Whether something was wrong with this key already.
    pub(super) fn has_problem(&self, name: &str) -> bool {
        let told = format!("{}: ", self.full(name));
        self.problems.0.iter().any(|problem| problem.starts_with(&told))
    }

    /// Leaves out a key, here or in a section inside this one, that belongs to what was refused already.
    pub(super) fn forget(&mut self, section: Option<&str>, name: &str) {
        match section {
            None => drop(self.table.remove(name)),
            Some(section) => {
                if let Some(Value::Table(table)) = self.table.get_mut(section) {
                    table.remove(name);
                }
            }
        }
    }

    fn take(&mut self, name: &'static str) -> Option<Value> {
        self.known.push(name);
        let full = self.full(name);
        self.problems.1.push(full);
        self.table.remove(name)
    }

    pub(super) fn bool(&mut self, name: &'static str, default: bool) -> bool {
        match self.take(name) {
            None => default,
            Some(Value::Boolean(value)) => value,
            Some(other) => self.wrong(name, "true or false", &other, default),
        }
    }

    pub(super) fn string(&mut self, name: &'static str, default: &str) -> String {
        match self.take(name) {
            None => default.to_owned(),
            Some(Value::String(value)) => value,
            Some(other) => self.wrong(name, "a string in quotes", &other, default.to_owned()),
        }
    }

    /// A string that is never shown, not even when it is wrong.
    pub(super) fn secret(&mut self, name: &'static str) -> SecretString {
        match self.take(name) {
            None => SecretString::default(),
            Some(Value::String(value)) => SecretString::from(value),
            Some(_) => {
                self.problem(name, "expected a string in quotes");
                SecretString::default()
            }
        }
    }

    /// A string, where the empty one means none.
    pub(super) fn optional(&mut self, name: &'static str) -> Option<String> {
        Some(self.string(name, "")).filter(|text| !text.is_empty())
    }

    pub(super) fn path(&mut self, name: &'static str) -> Option<PathBuf> {
        self.optional(name).map(PathBuf::from)
    }

    pub(super) fn strings(&mut self, name: &'static str) -> Vec<String> {
        match self.take(name) {
            None => Vec::new(),
            Some(Value::Array(values)) if values.iter().all(Value::is_str) => {
                values.into_iter().filter_map(|value| value.as_str().map(str::to_owned)).collect()
            }
            Some(other) => self.wrong(name, "an array of strings, [\"...\", \"...\"]", &other, Vec::new()),
        }
    }

    /// A table of texts by names of the operator's own, in the order of the names.
    pub(super) fn texts(&mut self, name: &'static str) -> Vec<(String, String)> {
        match self.take(name) {
            None => Vec::new(),
            Some(Value::Table(table)) if table.values().all(Value::is_str) => {
                table.into_iter().filter_map(|(key, value)| Some((key, value.as_str()?.to_owned()))).collect()
            }
            Some(other) => self.wrong(name, "a table of strings, { BTC = \"...\" }", &other, Vec::new()),
        }
    }

    /// Numbers of one byte each; nothing where one is none.
    pub(super) fn bytes(&mut self, name: &'static str) -> Option<Vec<u8>> {
        let byte = |value: &Value| value.as_integer().and_then(|value| u8::try_from(value).ok());
        match self.take(name) {
            None => Some(Vec::new()),
            Some(Value::Array(values)) if values.iter().all(|value| byte(value).is_some()) => {
                Some(values.iter().filter_map(byte).collect())
            }
            Some(other) => self.wrong(name, "an array of numbers from 0 to 255, [5, 50]", &other, None),
        }
    }

    /// A whole number from zero.
    pub(super) fn number(&mut self, name: &'static str, default: u64, max: u64) -> u64 {
        let expected = format!("a whole number from 0 to {max}");
        match self.take(name) {
            None => default,
            Some(Value::Integer(value)) => match u64::try_from(value) {
                Ok(value) if value <= max => value,
                _ => self.wrong(name, &expected, &Value::Integer(value), default),
            },
            Some(other) => self.wrong(name, &expected, &other, default),
        }
    }

    /// A duration such as `"20s"`, `"1m30s"`, `"500ms"`; zero is refused.
    pub(super) fn duration(&mut self, name: &'static str, default: Duration) -> Duration {
        let expected = "a duration greater than zero such as \"20s\", \"1m30s\" or \"500ms\"";
        match self.take(name) {
            None => default,
            Some(Value::String(text)) => match parse_duration(&text) {
                Some(value) => value,
                None => self.wrong(name, expected, &Value::String(text), default),
            },
            Some(other) => self.wrong(name, expected, &other, default),
        }
    }

    /// A duration, where the empty string means none.
    pub(super) fn optional_duration(
        &mut self,
        name: &'static str,
        default: Option<Duration>,
    ) -> Option<Duration> {
        if self.table.get(name).and_then(Value::as_str) == Some("") {
            self.take(name);
            return None;
        }
        if !self.has(name) {
            self.take(name);
            return default;
        }
        Some(self.duration(name, Duration::MAX))
    }

    /// `host:port`; the empty string means none.
    pub(super) fn address(&mut self, name: &'static str, default: &str) -> Option<SocketAddr> {
        let text = self.string(name, default);
        if text.is_empty() {
            return None;
        }
        let resolved = text.to_socket_addrs().ok().and_then(|mut all| all.next());
        if resolved.is_none() {
            self.wrong(name, "an address such as \"127.0.0.1:7071\"", &Value::String(text), ());
        }
        resolved
    }

    /// Reads a text in a way of its own; the error says what is wrong with it.
    pub(super) fn parsed<T, E: std::fmt::Display>(
        &mut self,
        name: &'static str,
        text: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        parse(text).map_err(|error| self.problem(name, error)).ok()
    }

    /// A decimal number, written as a string or as a bare number, as its text.
    pub(super) fn decimal_text(&mut self, name: &'static str, default: &str) -> String {
        match self.take(name) {
            None => default.to_owned(),
            Some(Value::String(text)) => text,
            Some(Value::Integer(number)) => number.to_string(),
            Some(Value::Float(number)) => number.to_string(),
            Some(other) => self.wrong(name, "a decimal number such as \"0.005\"", &other, default.to_owned()),
        }
    }

    fn wrong<T>(&mut self, name: &str, expected: &str, got: &Value, default: T) -> T {
        let got = shown(got);
        self.problem(name, format!("expected {expected}, got {got}"));
        default
    }

    /// Tells every key that nobody asked for, with the one it was probably meant to be.
    pub(super) fn finish(&mut self) {
        for name in std::mem::take(&mut self.table).keys() {
            let near = self.known.iter().filter(|known| distance(known, name) <= 2).min();
            let hint = match near {
                Some(near) => format!("; did you mean {near:?}?"),
                None => String::new(),
            };
            self.problem(name, format!("unknown key{hint}"));
        }
    }
}

/// A value as it may be shown: what may be a secret, a string, is cut short where it is long.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if text.chars().count() > 40 => "a longer string".to_owned(),
        other => other.to_string(),
    }
}

/// The durations of the original: numbers with units, in any order, `1h2m3.5s`.
pub(super) fn parse_duration(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').filter(|&end| end > 0)?;
        let (number, tail) = rest.split_at(digits);
        let unit_len = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit_len);
        total = total.checked_add(part(number, unit)?)?;
        rest = tail;
    }
    Some(total).filter(|total| !total.is_zero())
}

fn part(number: &str, unit: &str) -> Option<Duration> {
    let nanos: u64 = match unit {
        "ns" => 1,
        "us" | "µs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let whole = whole.parse::<u64>().ok()?.checked_mul(nanos)?;
    let mut scale = nanos;
    let mut extra = 0u64;
    for digit in fraction.chars() {
        scale /= 10;
        extra = extra.checked_add(u64::from(digit.to_digit(10)?).checked_mul(scale)?)?;
    }
    Some(Duration::from_nanos(whole.checked_add(extra)?))
}

/// How many letters have to be changed, added or left out to make one word the other.
fn distance(one: &str, two: &str) -> usize {
    let two: Vec<char> = two.chars().collect();
    let mut row: Vec<usize> = (0..=two.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in two.iter().enumerate() {
            let change = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[two.len()]
}

//! Takes typed values out of a TOML table and remembers everything that was wrong, by key name.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use toml::{Table, Value};

use super::credential;
use super::duration::parse_duration;

/// Where a value comes from that is neither given beside the file nor in it.
const DEFAULT: &str = "default";
const FILE: &str = "file";

/// What is noted while a file is read.
#[derive(Debug, Default)]
pub(super) struct Problems {
    /// All that is wrong, in the order it was found.
    pub(super) told: Vec<String>,
    /// What is allowed, and to be known all the same.
    pub(super) warnings: Vec<String>,
    /// Keys whose values come from elsewhere than the file, as text, and from where.
    pub(super) given: BTreeMap<String, String>,
    /// Every key and section that was asked for.
    pub(super) asked: Vec<Setting>,
    /// Tables whose names are the operator's own.
    pub(super) own_names: Vec<String>,
}

/// A key with the value that holds, and where that comes from. It shows as a line of TOML; a secret shows as none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The key's full name.
    pub key: String,
    /// As TOML has it; none for a section.
    pub value: Option<String>,
    /// `default`, `file`, `--set` or the name of a variable.
    pub source: String,
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.value.as_deref().unwrap_or_default();
        write!(f, "{} = {value}  # {}", self.key, self.source)
    }
}

impl Problems {
    pub(super) fn add(&mut self, key: &str, what: impl fmt::Display) {
        self.told.push(format!("{key}: {what}"));
    }
}

/// One section of the file. Keys are taken out as they are read, so that what is left is unknown.
pub(super) struct Section<'p> {
    path: String,
    table: Table,
    known: Vec<String>,
    pub(super) problems: &'p mut Problems,
}

impl<'p> Section<'p> {
    pub(super) fn root(table: Table, problems: &'p mut Problems) -> Self {
        Section { path: String::new(), table, known: Vec::new(), problems }
    }

    /// A section inside this one; empty where it is absent.
    pub(super) fn section(&mut self, name: &str) -> Section<'_> {
        let path = self.full(name);
        let table = match self.take(name, Written::AsToml) {
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
    pub(super) fn each_section(&mut self, name: &str, mut read: impl FnMut(&str, &mut Section<'_>)) {
        let full = self.full(name);
        self.problems.own_names.push(full);
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

    pub(super) fn problem(&mut self, name: &str, what: impl fmt::Display) {
        let key = self.full(name);
        self.problems.add(&key, what);
    }

    /// What is wrong with the section itself.
    pub(super) fn problem_here(&mut self, what: impl std::fmt::Display) {
        let path = self.path.clone();
        self.problems.add(&path, what);
    }

    /// Whether anything was wrong so far.
    pub(super) fn has_problems(&self) -> bool {
        !self.problems.told.is_empty()
    }

    /// Whether something was wrong with this key already.
    pub(super) fn has_problem(&self, name: &str) -> bool {
        let told = format!("{}: ", self.full(name));
        self.problems.told.iter().any(|problem| problem.starts_with(&told))
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

    pub(super) fn warn(&mut self, name: &str, what: &str) {
        let words = format!("{}: {what}", self.full(name));
        self.problems.warnings.push(words);
    }

    pub(super) fn take(&mut self, name: &str, written: Written) -> Option<Value> {
        self.known.push(name.to_owned());
        let (key, value) = (self.full(name), self.table.remove(name));
        let given = self.problems.given.get(&key);
        let is_given = given.is_some();
        let inside = format!("{key}.");
        let part = self.problems.given.iter().find(|(given, _)| given.starts_with(&inside));
        let source = match (given, part) {
            (Some(from), _) => from.clone(),
            (None, Some((_, from))) => format!("in part {from}"),
            (None, None) => (if value.is_some() { FILE } else { DEFAULT }).to_owned(),
        };
        self.problems.asked.push(Setting { key, value: None, source });
        match (value, written) {
            (Some(Value::String(text)), Written::AsToml) if is_given => Some(as_toml(text)),
            (value, _) => value,
        }
    }

    /// Notes what a key that was taken comes to.
    pub(super) fn decided(&mut self, name: &str, value: impl fmt::Display) {
        let key = self.full(name);
        if let Some(setting) = self.problems.asked.iter_mut().rev().find(|setting| setting.key == key) {
            setting.value = Some(value.to_string());
        }
    }

    pub(super) fn bool(&mut self, name: &str, default: bool) -> bool {
        let value = match self.take(name, Written::AsToml) {
            None => default,
            Some(Value::Boolean(value)) => value,
            Some(other) => self.wrong(name, "true or false", &other, default),
        };
        self.decided(name, value);
        value
    }

    pub(super) fn string(&mut self, name: &str, default: &str) -> String {
        let value = match self.take(name, Written::Plain) {
            None => default.to_owned(),
            Some(Value::String(value)) => value,
            Some(other) => self.wrong(name, "a string in quotes", &other, default.to_owned()),
        };
        self.decided(name, quoted(&value));
        value
    }

    /// A string that is never shown, not even when it is wrong.
    pub(super) fn unshown(&mut self, name: &str) -> SecretString {
        let value = match self.take(name, Written::Plain) {
            None => SecretString::default(),
            Some(Value::String(value)) => SecretString::from(value),
            Some(_) => {
                self.problem(name, "expected a string in quotes");
                SecretString::default()
            }
        };
        self.decided(name, if value.expose_secret().is_empty() { "\"\"" } else { "(not shown)" });
        value
    }

    /// A string, where the empty one means none.
    pub(super) fn optional(&mut self, name: &str) -> Option<String> {
        Some(self.string(name, "")).filter(|text| !text.is_empty())
    }

    /// A file or a folder, or a credential of the service.
    pub(super) fn path(&mut self, name: &str) -> Option<PathBuf> {
        let text = self.optional(name)?;
        credential::expand(&text).map_err(|words| self.problem(name, words)).ok()
    }

    pub(super) fn strings(&mut self, name: &str) -> Vec<String> {
        let values = match self.take(name, Written::AsToml) {
            None => Vec::new(),
            Some(Value::Array(values)) if values.iter().all(Value::is_str) => values,
            Some(other) => self.wrong(name, "an array of strings, [\"...\", \"...\"]", &other, Vec::new()),
        };
        self.decided(name, Value::Array(values.clone()));
        values.into_iter().filter_map(|value| value.as_str().map(str::to_owned)).collect()
    }

    /// A table of texts by names of the operator's own, in the order of the names.
    pub(super) fn texts(&mut self, name: &str) -> Vec<(String, String)> {
        let full = self.full(name);
        self.problems.own_names.push(full);
        let table = match self.take(name, Written::AsToml) {
            None => Table::new(),
            Some(Value::Table(table)) if table.values().all(Value::is_str) => table,
            Some(other) => self.wrong(name, "a table of strings, { BTC = \"...\" }", &other, Table::new()),
        };
        let texts: Vec<(String, String)> =
            table.into_iter().filter_map(|(key, value)| Some((key, value.as_str()?.to_owned()))).collect();
        let shown: Vec<String> =
            texts.iter().map(|(key, text)| format!("{key} = {}", quoted(text))).collect();
        self.decided(name, format!("{{ {} }}", shown.join(", ")));
        texts
    }

    /// Numbers of one byte each; nothing where one is none.
    pub(super) fn bytes(&mut self, name: &str) -> Option<Vec<u8>> {
        let byte = |value: &Value| value.as_integer().and_then(|value| u8::try_from(value).ok());
        let bytes = match self.take(name, Written::AsToml) {
            None => Some(Vec::new()),
            Some(Value::Array(values)) if values.iter().all(|value| byte(value).is_some()) => {
                Some(values.iter().filter_map(byte).collect())
            }
            Some(other) => self.wrong(name, "an array of numbers from 0 to 255, [5, 50]", &other, None),
        };
        self.decided(name, format!("{:?}", bytes.as_deref().unwrap_or_default()));
        bytes
    }

    /// A whole number from zero.
    pub(super) fn number(&mut self, name: &str, default: u64, max: u64) -> u64 {
        let expected = format!("a whole number from 0 to {max}");
        let number = match self.take(name, Written::AsToml) {
            None => default,
            Some(Value::Integer(value)) => match u64::try_from(value) {
                Ok(value) if value <= max => value,
                _ => self.wrong(name, &expected, &Value::Integer(value), default),
            },
            Some(other) => self.wrong(name, &expected, &other, default),
        };
        self.decided(name, number);
        number
    }

    /// A duration such as `"20s"`, `"1m30s"`, `"500ms"`; zero is refused.
    pub(super) fn duration(&mut self, name: &str, default: Duration) -> Duration {
        let expected = "a duration greater than zero such as \"20s\", \"1m30s\" or \"500ms\"";
        let duration = match self.take(name, Written::Plain) {
            None => default,
            Some(Value::String(text)) => match parse_duration(&text) {
                Some(value) => value,
                None => self.wrong(name, expected, &Value::String(text), default),
            },
            Some(other) => self.wrong(name, expected, &other, default),
        };
        self.decided(name, format!("\"{duration:?}\""));
        duration
    }

    /// A duration, where the empty string means none.
    pub(super) fn optional_duration(&mut self, name: &str, default: Option<Duration>) -> Option<Duration> {
        let is_none = self.table.get(name).map_or(default.is_none(), |value| value.as_str() == Some(""));
        if is_none {
            self.take(name, Written::Plain);
            self.decided(name, "\"\"");
            return None;
        }
        Some(self.duration(name, default.unwrap_or(Duration::MAX)))
    }

    /// `host:port`; the empty string means none.
    pub(super) fn address(&mut self, name: &str, default: &str) -> Option<SocketAddr> {
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
    pub(super) fn parsed<T, E: fmt::Display>(
        &mut self,
        name: &str,
        text: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        parse(text).map_err(|error| self.problem(name, error)).ok()
    }

    /// A decimal number, written as a string or as a bare number, as its text.
    pub(super) fn decimal_text(&mut self, name: &str, default: &str) -> String {
        let text = match self.take(name, Written::Plain) {
            None => default.to_owned(),
            Some(Value::String(text)) => text,
            Some(Value::Integer(number)) => number.to_string(),
            Some(Value::Float(number)) => number.to_string(),
            Some(other) => self.wrong(name, "a decimal number such as \"0.005\"", &other, default.to_owned()),
        };
        self.decided(name, quoted(&text));
        text
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

/// How a value is written that is given beside the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    /// As it is.
    Plain,
    /// As in the file: `true`, `5`, `["a", "b"]`.
    AsToml,
}

/// What a text stands for in TOML; the text itself where that is nothing.
fn as_toml(text: String) -> Value {
    let table = format!("value = {text}").parse::<Table>().ok().filter(|table| table.len() == 1);
    table.and_then(|mut table| table.remove("value")).unwrap_or(Value::String(text))
}

fn quoted(text: &str) -> Value {
    Value::String(text.to_owned())
}

/// A value as it may be shown: what may be a secret, a string, is cut short where it is long.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if text.chars().count() > 40 => "a longer string".to_owned(),
        other => other.to_string(),
    }
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

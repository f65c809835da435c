//! What an audit found.

use super::StoreError;
use super::codec;
use super::kv::{Read, Table};

/// Findings that are told before the rest is only counted: the first ones explain the others.
const MAX_FINDINGS: usize = 50;

/// How many rows lie between two reports of progress.
const PROGRESS_EVERY: u64 = 100_000;

/// One thing that is wrong with the stored data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding(pub String);

/// What an audit found.
#[derive(Debug, Clone, Default)]
pub struct AuditReport {
    /// The first findings, at most 50, in the order in which they were found.
    pub findings: Vec<Finding>,
    /// All findings, also those that are not listed.
    pub total: usize,
    /// Rows that were looked at.
    pub rows: u64,
}

impl AuditReport {
    /// The findings as lines of text.
    pub fn messages(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.findings.iter().map(|finding| finding.0.clone()).collect();
        if self.total > self.findings.len() {
            lines.push(format!("and {} more", self.total - self.findings.len()));
        }
        lines
    }

    pub(super) fn check(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if holds {
            return;
        }
        self.total += 1;
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(Finding(what()));
        }
    }

    /// One row more was looked at.
    pub(super) fn seen_row(&mut self, progress: &dyn Fn(u64)) {
        self.rows += 1;
        if self.rows.is_multiple_of(PROGRESS_EVERY) {
            progress(self.rows);
        }
    }
}

pub(super) type Rows<'a, T> = Box<dyn Iterator<Item = Result<(u64, T), StoreError>> + 'a>;

/// All values of a table whose keys are numbers.
pub(super) fn rows<'a, T: for<'b> minicbor::Decode<'b, ()> + 'a>(
    kv: &'a dyn Read,
    table: Table,
) -> Result<Rows<'a, T>, StoreError> {
    let pairs = kv.scan(table, &[], None)?;
    Ok(Box::new(pairs.map(move |pair| {
        let (key, value) = pair?;
        Ok((codec::number_at_end(table, &key)?, codec::decode(table, &key, &value)?))
    })))
}

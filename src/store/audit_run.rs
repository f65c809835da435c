//! The whole audit, one part after the other.

use std::sync::Arc;

use super::audit::Audit;
use super::audit_accounts::AccountAudit;
use super::audit_report::AuditReport;
use super::audit_tables;
use super::counters::Counters;
use super::index::Index;
use super::kv::{Backend, Pairs, Read, Table};
use super::pools::{self, Pools};
use super::replay::replay;
use super::{
    StoreError, audit_attempts, audit_books, audit_chain, audit_orders, audit_people, audit_spends,
    audit_withdrawals, hooks, own_money, restored, tainted,
};
use crate::types::Coin;

impl Audit<'_> {
    /// Checks the facts and every table, and fills the index if one is given.
    pub(super) fn run(mut self, index: Option<&Index>) -> Result<AuditReport, StoreError> {
        let own = Index::new();
        self.facts(index.unwrap_or(&own))?;
        self.tables()?;
        Ok(self.report)
    }

    /// Checks what every start does, and that replaying the events gives the same tables.
    pub fn run_full(mut self) -> Result<AuditReport, StoreError> {
        let index = Index::new();
        self.facts(&index)?;
        self.tables()?;
        self.replay()?;
        Ok(self.report)
    }

    fn facts(&mut self, index: &Index) -> Result<(), StoreError> {
        self.accounts = AccountAudit::new(self.kv)?;
        self.bindings(index)?;
        self.deposits(index)?;
        std::mem::take(&mut self.accounts).finish(self.kv, &mut self.report)?;
        audit_attempts::check(self)?;
        audit_chain::check(self.kv, &mut self.report)?;
        audit_spends::check(self)?;
        audit_orders::check(self)?;
        audit_people::check(self)?;
        audit_tables::entries_of_answers(self.kv, &mut self.expected)?;
        tainted::entries_of_open(self.kv, &mut self.expected)?;
        own_money::entries_by_address(self.kv, &mut self.expected)?;
        audit_withdrawals::check(self)?;
        self.events()?;
        hooks::check(self)?;
        restored::check(self.kv, &mut self.counted, &mut self.report)?;
        let stored = Counters::load(self.kv)?;
        let counted = self.counted.clone();
        self.report
            .check(stored == counted, || format!("the counters say {stored:?}, counted was {counted:?}"));
        audit_books::check(self.kv, &self.booked, &mut self.report)
    }

    fn replay(&mut self) -> Result<(), StoreError> {
        let memory = match replay(self.kv, &mut |_, _, _| true)? {
            Ok(memory) => memory,
            Err(refused) => {
                self.report.check(false, || refused);
                return Ok(());
            }
        };
        let replayed = memory.snapshot()?;
        for table in Table::ALL {
            match table {
                // Not told by events: the schema, and what came from the address files.
                Table::Meta | Table::Pools | Table::PoolChunks => {}
                // Nor what was read from chains.
                Table::Cursors | Table::Blocks | Table::Rescans | Table::Reconciled => {}
                Table::PassedOver | Table::BlindRanges => {}
                // Nor what sources of prices said.
                Table::PricesPushed | Table::PricesSeen => {}
                // Nor who is logged in, and what was asked.
                Table::Sessions | Table::Acts => {}
                // Nor how far receivers were told.
                Table::Receivers => {}
                Table::Hooks | Table::HooksDue | Table::HooksByState | Table::HookCounts => {}
                // Nor what clients were answered.
                Table::Answers | Table::AnswersByAge | Table::AnswerCounts => {}
                // Nor are seals of them there.
                Table::Seals => {}
                _ => self.same(table, &*replayed)?,
            }
        }
        Ok(())
    }

    fn same(&mut self, table: Table, replayed: &dyn Read) -> Result<(), StoreError> {
        let mut here: Pairs<'_> = self.kv.scan(table, &[], None)?;
        let mut there = replayed.scan(table, &[], None)?;
        loop {
            let (one, two) = (here.next().transpose()?, there.next().transpose()?);
            if one.is_none() && two.is_none() {
                return Ok(());
            }
            let number = one.as_ref().or(two.as_ref()).map(|(key, _)| key.clone()).unwrap_or_default();
            if one != two {
                self.report.check(false, || {
                    format!("table {} differs from what the events say, at key {number:02x?}", table.name())
                });
                return Ok(());
            }
        }
    }

    fn tables(&mut self) -> Result<(), StoreError> {
        audit_tables::check(self.kv, &self.expected, &self.read, &mut self.report, self.progress)
    }
}

/// Looks at every row, and gives what is kept in memory beside the tables.
pub(super) fn audited(
    kv: &dyn Read,
    progress: &dyn Fn(u64),
) -> Result<(Arc<Index>, Counters, Pools), StoreError> {
    let index = Arc::new(Index::new());
    let report = Audit::new(kv, progress).run(Some(&index))?;
    if !report.findings.is_empty() {
        return Err(StoreError::Inconsistent(report.messages()));
    }
    let pools = Pools::load(kv)?;
    for coin in Coin::all().filter(|coin| pools.of(*coin).total > 0) {
        index.watch_pool(coin, pools::addresses_of(kv, coin, pools.of(coin).generation)?)?;
    }
    Ok((index, Counters::load(kv)?, pools))
}

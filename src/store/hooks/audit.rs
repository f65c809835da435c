//! The audit of webhooks: each is of a binding, and how many events it is to be told is how many stand there.

use std::collections::BTreeMap;

use super::row::{Hook, HookCounts, SORTED, lane_key};
use crate::store::StoreError;
use crate::store::audit::Audit;
use crate::store::audit_tables::Entries;
use crate::store::codec::{self, encode};
use crate::store::kv::Table;
use crate::store::tables::get;
use crate::types::BindingNo;

/// Goes along webhooks and what they are to be told, in step. Bindings and events have been counted.
pub(in crate::store) fn check(audit: &mut Audit<'_>) -> Result<(), StoreError> {
    let (kv, bindings, events) = (audit.kv, audit.counted.bindings, audit.counted.events);
    let sorted = get(kv, Table::Meta, SORTED)?.unwrap_or(0u64);
    audit.report.check(sorted <= events, || format!("events were sorted up to {sorted} of {events}"));
    let mut due = kv.scan(Table::HooksDue, &[], None)?.peekable();
    let mut counts: BTreeMap<String, HookCounts> = BTreeMap::new();
    for row in kv.scan(Table::Hooks, &[], None)? {
        let (key, value) = row?;
        let no = codec::number_at_end(Table::Hooks, &key)?;
        let hook: Hook = codec::decode(Table::Hooks, &key, &value)?;
        let (mut rows, mut first, mut last) = (0u64, 0, 0);
        while let Some(row) = due.next_if(|row| matches!(row, Ok((due, _)) if due.starts_with(&key))) {
            last = codec::number_at_end(Table::HooksDue, &row?.0)?;
            (rows, first) = (rows.saturating_add(1), if first == 0 { last } else { first });
        }
        let is_known = (1..=bindings).contains(&no);
        audit.report.check(is_known, || format!("a webhook is of binding {no}, which there is not"));
        let is_so = hook.due == rows && hook.first == first && last <= sorted && hook.told <= sorted;
        audit.report.check(is_so, || {
            format!(
                "the webhook of binding {no} is to be told {} events, {rows} are noted, or others",
                hook.due
            )
        });
        if let Some(row) = lane_key(BindingNo::new(no), &hook) {
            audit.expected.entry(Table::HooksByState, &row, &[]);
        }
        counts.entry(hook.client.clone()).or_default().move_by(&hook, true)?;
    }
    let stray = due.next().transpose()?;
    audit
        .report
        .check(stray.is_none(), || "an event is to be told to a webhook that there is not".to_owned());
    for (client, counts) in counts {
        audit.expected.entry(Table::HookCounts, client.as_bytes(), &encode(&counts));
    }
    Ok(())
}

//! The audit of people: whoever is logged in is somebody, and proposals are numbered without gaps.

use super::StoreError;
use super::audit::Audit;
use super::codec;
use super::kv::Read;
use super::kv::Table;
use super::people::{People, Person};
use super::proposals::Proposal;
use super::sessions::Session;
use super::tables::Tables;

struct View<'a>(&'a dyn Read);

impl Tables for View<'_> {
    fn kv(&self) -> &dyn Read {
        self.0
    }
}

pub(super) fn check(audit: &mut Audit<'_>) -> Result<(), StoreError> {
    let view = View(audit.kv);
    for person in view.people()? {
        let found: Option<Person> = view.person(&person.name)?;
        audit.report.check(found.is_some(), || format!("{} stands under another name", person.name));
    }
    for row in audit.kv.scan(Table::Sessions, &[], None)? {
        let (key, value) = row?;
        let session: Session = codec::decode(Table::Sessions, &key, &value)?;
        let is_known = view.person(&session.person)?.is_some();
        audit.report.check(is_known, || format!("{} is logged in and nobody", session.person));
    }
    let mut numbers = Vec::new();
    for row in audit.kv.scan(Table::Proposals, &[], None)? {
        let (key, value) = row?;
        let proposal: Proposal = codec::decode(Table::Proposals, &key, &value)?;
        audit.report.check(proposal.key().as_slice() == key, || {
            format!("proposal {} stands under another key", proposal.no)
        });
        numbers.push(proposal.no.get());
    }
    numbers.sort_unstable();
    let count = u64::try_from(numbers.len()).unwrap_or(u64::MAX);
    let is_whole = numbers.iter().copied().eq(1..=count);
    audit.report.check(is_whole, || format!("{count} proposals are not numbered from 1 on"));
    audit.counted.proposals = count;
    Ok(())
}

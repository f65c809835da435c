//! Acts that want a second person, and what became of them.

use minicbor::{Decode, Encode};

use super::codec::{self, key_tagged};
use super::counters::step;
use super::deed::Deed;
use super::events::ProposalEvent;
use super::kv::{Table, prefix_end};
use super::tables::{Tables, get};
use super::tx::WriteTx;
use super::{StoreError, invariant};
use crate::payout::Reason;
use crate::types::{Actor, Droplets, ProposalNo, UnixTime};

/// What keys of those begin with that wait; and of those that have ended.
pub(super) const WAITING: u8 = 0;
const ENDED: u8 = 1;

/// An act that wants a second person.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Proposal {
    /// Its number.
    #[n(0)]
    pub no: ProposalNo,
    /// What is to be done.
    #[n(1)]
    pub deed: Deed,
    /// The same in words.
    #[n(2)]
    pub words: String,
    /// What it moves; none where nobody can tell.
    #[n(3)]
    pub coins: Option<Droplets>,
    /// Who wants it, why and since when.
    #[n(4)]
    pub reason: Reason,
    /// Until when it may be confirmed.
    #[n(5)]
    pub ends_at: UnixTime,
    /// What became of it.
    #[n(6)]
    pub state: ProposalState,
}

/// What became of a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum ProposalState {
    /// Nothing yet.
    #[n(0)]
    Waiting,
    /// It was confirmed, and done.
    #[n(1)]
    Confirmed {
        /// By whom.
        #[n(0)]
        by: Actor,
        /// When.
        #[n(1)]
        at: UnixTime,
    },
    /// It was declined.
    #[n(2)]
    Declined {
        /// By whom, why and when.
        #[n(0)]
        reason: Reason,
    },
    /// Nobody confirmed it in time.
    #[n(3)]
    Expired,
}

impl ProposalState {
    const fn tag(&self) -> u8 {
        match self {
            ProposalState::Waiting => WAITING,
            ProposalState::Confirmed { .. } | ProposalState::Declined { .. } | ProposalState::Expired => {
                ENDED
            }
        }
    }
}

impl Proposal {
    /// Returns whether it can still be confirmed.
    pub fn is_open(&self, now: UnixTime) -> bool {
        self.state == ProposalState::Waiting && now < self.ends_at
    }

    pub(super) fn key(&self) -> [u8; 9] {
        key_tagged(self.state.tag(), self.no.get())
    }
}

/// Reads of proposals.
pub trait Proposals: Tables {
    /// Returns the proposal of this number.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn proposal(&self, no: ProposalNo) -> Result<Option<Proposal>, StoreError> {
        let found = get(self.kv(), Table::Proposals, &key_tagged(WAITING, no.get()))?;
        match found {
            Some(proposal) => Ok(Some(proposal)),
            None => get(self.kv(), Table::Proposals, &key_tagged(ENDED, no.get())),
        }
    }

    /// Returns those that nobody has decided on, at most `limit` beyond `after`, ascending; some may be too old.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn undecided_proposals(&self, after: ProposalNo, limit: usize) -> Result<Vec<Proposal>, StoreError> {
        proposals(self, WAITING, after, limit)
    }

    /// Returns those that were decided on, at most `limit` beyond `after`, ascending.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn decided_proposals(&self, after: ProposalNo, limit: usize) -> Result<Vec<Proposal>, StoreError> {
        proposals(self, ENDED, after, limit)
    }
}

impl<T: Tables + ?Sized> Proposals for T {}

fn proposals<T: Tables + ?Sized>(
    tables: &T,
    tag: u8,
    after: ProposalNo,
    limit: usize,
) -> Result<Vec<Proposal>, StoreError> {
    let (table, end) = (Table::Proposals, prefix_end(&[tag]));
    let rows = tables.kv().scan(table, &key_tagged(tag, after.next().get()), end.as_deref())?.take(limit);
    rows.map(|row| row.and_then(|(key, value)| codec::decode(table, &key, &value))).collect()
}

impl WriteTx<'_> {
    /// Stores what somebody wants done. Answers its number.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub fn propose(
        &mut self,
        deed: Deed,
        words: String,
        coins: Option<Droplets>,
        by: Actor,
        why: String,
        ends_at: UnixTime,
    ) -> Result<ProposalNo, StoreError> {
        let now = self.now();
        for old in self.undecided_proposals(ProposalNo::new(0), usize::MAX)? {
            if !old.is_open(now) {
                self.record(ProposalEvent::Expired { proposal: old.no })?;
            }
        }
        let proposal = ProposalNo::new(self.draft.counters.proposals).next();
        self.record_act(by, ProposalEvent::Made { proposal, deed, words, coins, why, ends_at })?;
        Ok(proposal)
    }
}

pub(super) fn apply(tx: &mut WriteTx<'_>, event: ProposalEvent, by: Option<Actor>) -> Result<(), StoreError> {
    let at = tx.now();
    let by = by.ok_or_else(|| invariant("an act is somebody's"));
    match event {
        ProposalEvent::Made { proposal: no, deed, words, coins, why, ends_at } => {
            step(&mut tx.draft.counters.proposals, true)?;
            if no.get() != tx.draft.counters.proposals {
                return Err(invariant("proposals are numbered one after the other"));
            }
            let reason = Reason { by: by?, why, at };
            put(tx, &Proposal { no, deed, words, coins, reason, ends_at, state: ProposalState::Waiting })
        }
        ProposalEvent::Confirmed { proposal } => end(tx, proposal, ProposalState::Confirmed { by: by?, at }),
        ProposalEvent::Declined { proposal, why } => {
            end(tx, proposal, ProposalState::Declined { reason: Reason { by: by?, why, at } })
        }
        ProposalEvent::Expired { proposal } => end(tx, proposal, ProposalState::Expired),
    }
}

fn put(tx: &mut WriteTx<'_>, proposal: &Proposal) -> Result<(), StoreError> {
    tx.kv.put(Table::Proposals, &proposal.key(), &codec::encode(proposal))
}

fn end(tx: &mut WriteTx<'_>, no: ProposalNo, state: ProposalState) -> Result<(), StoreError> {
    let waiting = tx.proposal(no)?.filter(|proposal| proposal.state == ProposalState::Waiting);
    let waiting = waiting.ok_or_else(|| invariant("only a proposal that waits is decided on"))?;
    tx.kv.delete(Table::Proposals, &waiting.key())?;
    put(tx, &Proposal { state, ..waiting })
}

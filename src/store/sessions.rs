//! Who is logged in. No events: a session that is used, or ends, is no change of anything that counts.

use std::time::Duration;

use minicbor::{Decode, Encode};

use super::codec;
use super::kv::Table;
use super::tables::{Tables, get};
use super::tx::WriteTx;
use super::{StoreError, invariant};
use crate::types::{Actor, Hash32, UnixTime};

/// Sessions that one person has at a time: the one that was used longest ago makes room.
const MAX_EACH: usize = 20;

/// A log-in that goes on.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Session {
    /// Whose.
    #[n(0)]
    pub person: Actor,
    /// The address that it was begun from.
    #[n(1)]
    pub from: String,
    /// When it began.
    #[n(2)]
    pub since: UnixTime,
    /// When it was used the last time, to the minute.
    #[n(3)]
    pub seen_at: UnixTime,
    /// When it ends, however much it is used.
    #[n(4)]
    pub ends_at: UnixTime,
}

impl Session {
    /// Returns whether it has ended by itself: its time is over, or it was not used for `idle`.
    pub fn is_over(&self, now: UnixTime, idle: Duration) -> bool {
        // A clock that was set back makes no session longer.
        now >= self.ends_at || now.since(self.seen_at) >= idle || now < self.since
    }
}

/// Reads of sessions.
pub trait Sessions: Tables {
    /// Returns the session with this hash, also one that is over.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn session(&self, hash: Hash32) -> Result<Option<Session>, StoreError> {
        get(self.kv(), Table::Sessions, &hash.0)
    }

    /// Returns the sessions of a person, also those that are over, in no order.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn sessions_of(&self, name: &Actor) -> Result<Vec<(Hash32, Session)>, StoreError> {
        let own = |session: &Session| session.person == *name;
        Ok(all(self)?.into_iter().filter(|(_, session)| own(session)).collect())
    }
}

impl<T: Tables + ?Sized> Sessions for T {}

fn all<T: Tables + ?Sized>(tables: &T) -> Result<Vec<(Hash32, Session)>, StoreError> {
    let rows = tables.kv().scan(Table::Sessions, &[], None)?;
    rows.map(|row| {
        let (key, value) = row?;
        let hash = key.as_slice().try_into().map_err(|_| invariant("a session's key is a hash"))?;
        Ok((Hash32(hash), codec::decode(Table::Sessions, &key, &value)?))
    })
    .collect()
}

impl WriteTx<'_> {
    /// Begins a session, or notes that one was used. Those that are over are cleared away.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub fn put_session(&mut self, hash: Hash32, session: &Session, idle: Duration) -> Result<(), StoreError> {
        self.changed();
        let now = self.now();
        let mut own = Vec::new();
        for (known, other) in all(self)? {
            if other.is_over(now, idle) {
                self.kv.delete(Table::Sessions, &known.0)?;
            } else if other.person == session.person && known != hash {
                own.push((other.seen_at, known));
            }
        }
        own.sort_unstable();
        let too_many = (own.len() + 1).saturating_sub(MAX_EACH);
        for (_, known) in own.into_iter().take(too_many) {
            self.kv.delete(Table::Sessions, &known.0)?;
        }
        self.kv.put(Table::Sessions, &hash.0, &codec::encode(session))
    }

    /// Ends a session. Answers whether there was one.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub fn end_session(&mut self, hash: Hash32) -> Result<bool, StoreError> {
        self.changed();
        self.kv.delete(Table::Sessions, &hash.0)
    }
}

pub(super) fn end_all_of(tx: &mut WriteTx<'_>, name: &Actor) -> Result<(), StoreError> {
    for (hash, _) in tx.sessions_of(name)? {
        tx.kv.delete(Table::Sessions, &hash.0)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_end_by_its_time_by_rest_and_by_a_clock_that_was_set_back() {
        let at = UnixTime::new;
        let (since, seen_at, ends_at) = (at(1000), at(1500), at(5000));
        let session =
            Session { person: Actor::operator(), from: "127.0.0.1".to_owned(), since, seen_at, ends_at };
        let idle = Duration::from_secs(600);
        for (now, is_over) in [(1500, false), (2099, false), (2100, true), (5000, true), (999, true)] {
            assert_eq!(session.is_over(at(now), idle), is_over, "{now}");
        }
        let used = Session { seen_at: at(4900), ..session };
        assert!(!used.is_over(at(4999), idle) && used.is_over(at(5000), idle), "used until its end");
    }
}

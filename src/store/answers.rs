//! Requests that are done once: what was answered to a request that bears a key of its client's own, for a day.
//!
//! That a request was done is written in the transaction that does it, so that no end of the process lets it be done
//! again. Rows go as new ones come, the oldest first: nothing walks over all of them.

use std::time::Duration;

use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};

use super::kv::{Read, Table};
use super::seal::Seal;
use super::tables::{Tables, get};
use super::tx::WriteTx;
use super::{DeskSecret, Store, StoreError, codec};
use crate::types::UnixTime;

/// How long an answer is kept.
pub const ANSWERS_KEPT: Duration = Duration::from_secs(24 * 60 * 60);
/// Answers that are kept of all clients.
const MOST: u64 = 100_000;
/// Rows that a new one clears away at most: more than come.
const SWEPT: usize = 4;

/// A request with its client's key. What the client called it, and what it asks, is in no row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct OnceKey {
    client: [u8; 32],
    key: [u8; 32],
    request: [u8; 32],
}

impl OnceKey {
    /// Returns the request's key. Clients do not share keys; `request` is all that makes it another request.
    pub fn new(secret: &DeskSecret, client: &str, key: &str, request: &[u8]) -> OnceKey {
        let client = secret.derive("client of an answer", client.as_bytes());
        let named = [&client[..], key.as_bytes()].concat();
        OnceKey {
            client,
            key: secret.derive("key of an answer", &named),
            request: secret.derive("request of an answer", request),
        }
    }

    /// Returns what tells its client and key from all others.
    pub fn id(&self) -> [u8; 32] {
        self.key
    }
}

/// What a request was answered.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct KeptAnswer {
    /// The status.
    #[n(0)]
    pub status: u16,
    /// The media type of the body.
    #[n(1)]
    pub media_type: String,
    /// The body.
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    pub body: Vec<u8>,
}

/// A request that was done.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(super) struct Done {
    #[n(0)]
    pub(super) client: ByteArray<32>,
    #[n(1)]
    request: ByteArray<32>,
    #[n(2)]
    pub(super) at: UnixTime,
    /// None where the process ended before it was told.
    #[n(3)]
    answer: Option<KeptAnswer>,
}

impl Done {
    fn is_over(&self, now: UnixTime) -> bool {
        now.since(self.at) >= ANSWERS_KEPT
    }
}

/// What is known of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Before {
    /// Nothing.
    Never,
    /// It was done, and answered so; none where the process ended before it was told.
    Done(Option<KeptAnswer>),
    /// Its key was another request's.
    Other,
}

/// Reads of what was done.
pub trait Answers: Tables {
    /// Returns what is known of a request at this time.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn done_before(&self, key: &OnceKey, now: UnixTime) -> Result<Before, StoreError> {
        let done: Option<Done> = get(self.kv(), Table::Answers, &key.key)?;
        Ok(match done.filter(|done| !done.is_over(now)) {
            None => Before::Never,
            Some(done) if *done.request == key.request => Before::Done(done.answer),
            Some(_) => Before::Other,
        })
    }

    /// Returns whether another answer can be kept for this client, who may have so many.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn has_room(&self, key: &OnceKey, most: u64) -> Result<bool, StoreError> {
        Ok(count(self.kv(), &key.client)? < most && Seal::kept(self.kv(), Table::Answers)?.rows < MOST)
    }
}

impl<T: Tables + ?Sized> Answers for T {}

fn count(kv: &dyn Read, client: &[u8]) -> Result<u64, StoreError> {
    Ok(get(kv, Table::AnswerCounts, client)?.unwrap_or(0))
}

/// The row of an answer among all, by age.
pub(super) fn age_key(at: UnixTime, key: &[u8]) -> Vec<u8> {
    [&codec::key(at.get())[..], key].concat()
}

impl WriteTx<'_> {
    /// Does what was not done before, and notes that it is done.
    fn once<T, E: From<StoreError>>(
        &mut self,
        key: &OnceKey,
        work: impl Fn(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.begin_once(key)?;
        let done = work(self)?;
        self.end_once(key)?;
        Ok(done)
    }

    /// Refuses what was done before.
    fn begin_once(&self, key: &OnceKey) -> Result<(), StoreError> {
        match self.done_before(key, self.now)? {
            Before::Never => Ok(()),
            Before::Done(_) | Before::Other => Err(StoreError::DoneBefore),
        }
    }

    /// Notes that it is done, where the work itself has not said how it is answered.
    fn end_once(&mut self, key: &OnceKey) -> Result<(), StoreError> {
        match self.done_before(key, self.now)? {
            Before::Never => self.put_done(key, None),
            Before::Done(_) | Before::Other => Ok(()),
        }
    }

    /// Keeps what a request is answered, unless that is known already.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read or written to.
    pub fn keep_answer(&mut self, key: &OnceKey, answer: KeptAnswer) -> Result<(), StoreError> {
        match self.done_before(key, self.now)? {
            Before::Never | Before::Done(None) => self.put_done(key, Some(answer)),
            Before::Done(Some(_)) | Before::Other => Ok(()),
        }
    }

    fn put_done(&mut self, key: &OnceKey, answer: Option<KeptAnswer>) -> Result<(), StoreError> {
        self.clear_answers(SWEPT)?;
        self.forget_answer(&key.key)?;
        self.changed();
        let (client, request) = (key.client.into(), key.request.into());
        let done = Done { client, request, at: self.now, answer };
        self.kv.put(Table::Answers, &key.key, &codec::encode(&done))?;
        self.kv.put(Table::AnswersByAge, &age_key(self.now, &key.key), &[])?;
        let more = count(&*self.kv, &key.client)?.saturating_add(1);
        self.kv.put(Table::AnswerCounts, &key.client, &codec::encode(&more))
    }

    /// Clears away some of the answers that have been kept long enough, the oldest first.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read or written to.
    pub fn clear_answers(&mut self, most: usize) -> Result<(), StoreError> {
        let until = codec::key(self.now.before(ANSWERS_KEPT).get().saturating_add(1));
        let rows = self.kv.scan(Table::AnswersByAge, &[], Some(&until))?.take(most);
        let old = rows.map(|row| row.map(|(key, _)| key)).collect::<Result<Vec<_>, StoreError>>()?;
        old.iter().try_for_each(|row| self.forget_answer(row.get(8..).unwrap_or_default()))
    }

    fn forget_answer(&mut self, key: &[u8]) -> Result<(), StoreError> {
        let Some(done) = get::<Done>(&*self.kv, Table::Answers, key)? else { return Ok(()) };
        self.changed();
        self.kv.delete(Table::Answers, key)?;
        self.kv.delete(Table::AnswersByAge, &age_key(done.at, key))?;
        match count(&*self.kv, &*done.client)?.saturating_sub(1) {
            0 => self.kv.delete(Table::AnswerCounts, &*done.client).map(drop),
            left => self.kv.put(Table::AnswerCounts, &*done.client, &codec::encode(&left)),
        }
    }
}

/// The work of a request, which is done once where the request has a key.
pub(super) fn once<T, E, F>(key: Option<OnceKey>, work: F) -> impl Fn(&mut WriteTx<'_>) -> Result<T, E>
where
    E: From<StoreError>,
    F: Fn(&mut WriteTx<'_>) -> Result<T, E>,
{
    move |tx| match &key {
        None => work(tx),
        Some(key) => tx.once(key, &work),
    }
}

impl Store {
    /// Returns the store for the work of one request: whatever it writes is written once, and what was done before is
    /// refused with [`StoreError::DoneBefore`]. For work that writes in one transaction.
    #[must_use]
    pub fn once(&self, key: Option<OnceKey>) -> Store {
        Store { once: key, ..self.clone() }
    }
}

//! Problems of health that are open, as the events tell.

use super::codec::{self, encode};
use super::events::ProblemEvent;
use super::kv::Table;
use super::tables::Tables;
use super::tx::WriteTx;
use super::{StoreError, invariant};
use crate::types::{Coin, UnixTime};

/// In place of a coin's number, where a problem is about none.
const NO_COIN: u8 = 255;

/// A problem that was told and has not ended: its code, its coin, since when.
pub type StoredProblem = (String, Option<Coin>, UnixTime);

/// Reads of problems.
pub trait OpenProblems: Tables {
    /// Returns all that are open: as many as there are kinds and coins, at most.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn open_problems(&self) -> Result<Vec<StoredProblem>, StoreError> {
        let table = Table::ProblemsOpen;
        let rows = self.kv().scan(table, &[], None)?;
        rows.map(|row| {
            let (key, value) = row?;
            let wrong = || invariant("an open problem has a code, and a coin that is known");
            let (tag, code) = key.split_first().ok_or_else(wrong)?;
            let coin = match *tag {
                NO_COIN => None,
                tag => Some(Coin::all().find(|coin| coin.tag() == tag).ok_or_else(wrong)?),
            };
            let code = String::from_utf8(code.to_vec()).map_err(|_| wrong())?;
            Ok((code, coin, codec::decode(table, &key, &value)?))
        })
        .collect()
    }
}

impl<T: Tables + ?Sized> OpenProblems for T {}

fn key(code: &str, coin: Option<Coin>) -> Vec<u8> {
    [&[coin.map_or(NO_COIN, Coin::tag)], code.as_bytes()].concat()
}

pub(super) fn apply(tx: &mut WriteTx<'_>, event: &ProblemEvent) -> Result<(), StoreError> {
    let table = Table::ProblemsOpen;
    match event {
        ProblemEvent::Opened { code, coin } => {
            let (row, since) = (key(code, *coin), tx.now());
            if code.is_empty() || tx.kv.get(table, &row)?.is_some() {
                return Err(invariant("a problem opens once"));
            }
            tx.kv.put(table, &row, &encode(&since))
        }
        ProblemEvent::Closed { code, coin } => match tx.kv.delete(table, &key(code, *coin))? {
            true => Ok(()),
            false => Err(invariant("only an open problem ends")),
        },
    }
}

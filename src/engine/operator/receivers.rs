//! What a person wants of a receiver of events.

use super::{ActError, Order};
use crate::store::{Hooks, MOST_READERS, ReceiverEvent, Receivers, Store, StoreError};

/// See the names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReceiverAct {
    /// It is told nothing for now.
    Pause,
    /// It is told again, at once.
    Resume,
    /// It is told once more what came after this event; 0 is all there is.
    Replay(u64),
}

/// Does what a person wants of a receiver.
///
/// # Errors
///
/// Where there is no such receiver, or the store fails.
pub async fn steer_receiver(
    store: &Store,
    receiver: &str,
    act: ReceiverAct,
    order: Order,
) -> Result<(), ActError> {
    let receiver = receiver.to_owned();
    let act = store.act(move |tx| {
        let (Order { by, why }, receiver) = (order.clone(), receiver.clone());
        if tx.receiver(&receiver)?.is_none() {
            return Err(ActError::Unknown);
        }
        let event = match act {
            ReceiverAct::Pause => ReceiverEvent::Paused { receiver, why },
            ReceiverAct::Resume => ReceiverEvent::Resumed { receiver, why },
            ReceiverAct::Replay(after) => {
                ReceiverEvent::Rewound { receiver, after: after.min(tx.counters().events), why }
            }
        };
        Ok::<(), ActError>(tx.record_act(by, event)?)
    });
    act.await
}

/// Webhooks that are resumed in one transaction: others have their turn in between.
const RESUMED: usize = 256;

/// Has all webhooks of a client told again that were given up; answers how many that were.
///
/// # Errors
///
/// Where the client has none, or the store fails: then some of them may be told again.
pub async fn resume_hooks(store: &Store, client: &str, order: Order) -> Result<usize, ActError> {
    let name = client.to_owned();
    let first = store.act(move |tx| {
        let (Order { by, why }, client) = (order.clone(), name.clone());
        if tx.hook_counts(&client)?.hooks == 0 {
            return Err(ActError::Unknown);
        }
        let resumed = tx.resume_hooks(&client, RESUMED)?;
        tx.record_act(by, ReceiverEvent::HooksResumed { client, why })?;
        Ok(resumed)
    });
    let mut all = first.await?;
    let (mut last, rest) = (all, store.once(None));
    while last == RESUMED {
        let name = client.to_owned();
        last = rest.write(move |tx| tx.resume_hooks(&name, RESUMED)).await?;
        all = all.saturating_add(last);
    }
    Ok(all)
}

/// Most characters of a reader's name.
const MAX_NAME: usize = 32;

/// Why it is not kept how far a reader is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReaderError {
    /// A receiver of the configuration has the name.
    #[error("name: a receiver has this name")]
    IsReceiver,
    /// There are as many readers as there may be.
    #[error("name: there are {MOST_READERS} readers, forget one")]
    TooMany,
    /// It is no name.
    #[error("name: expected 1 to {MAX_NAME} small letters, digits, - and _")]
    Name,
    /// There are no more than so many events.
    #[error("upto: there are {0} events")]
    Beyond(u64),
    /// The store's own trouble.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Keeps how far a reader is, who may be new; answers how far that is: never back.
///
/// # Errors
///
/// Where it is no reader, or not that far.
pub async fn acknowledge_reader(store: &Store, name: &str, upto: u64) -> Result<u64, ReaderError> {
    let name = name.to_owned();
    store
        .act(move |tx| {
            let known = tx.receiver(&name)?;
            match &known {
                Some(row) if !row.is_reader => return Err(ReaderError::IsReceiver),
                Some(_) => {}
                None if !is_name(&name) => return Err(ReaderError::Name),
                None => {
                    let readers = tx.receivers()?.into_iter().filter(|(_, row)| row.is_reader).count();
                    if readers >= MOST_READERS {
                        return Err(ReaderError::TooMany);
                    }
                }
            }
            let newest = tx.counters().events;
            if upto > newest {
                return Err(ReaderError::Beyond(newest));
            }
            Ok(tx.reader_took(&name, upto)?)
        })
        .await
}

fn is_name(name: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    (1..=MAX_NAME).contains(&name.len()) && name.bytes().all(is_plain)
}

/// Forgets a reader; answers whether there was one.
///
/// # Errors
///
/// Where the store fails.
pub async fn forget_reader(store: &Store, name: &str) -> Result<bool, StoreError> {
    let name = name.to_owned();
    store.write(move |tx| tx.forget_reader(&name)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_take_names_that_fit_into_a_path() {
        for name in ["a", "7", "shop-2_b", &"n".repeat(MAX_NAME)] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", "A", "a b", "a/b", "\u{e9}", &"n".repeat(MAX_NAME + 1)] {
            assert!(!is_name(name), "{name}");
        }
    }
}

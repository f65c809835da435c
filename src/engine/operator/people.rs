//! Who may operate the desk: what a person decides of others, and of themselves.

use std::time::Duration;

use crate::people::{PasswordError, Trouble};
use crate::store::{FactorUsed, People, Person, PersonEvent, Session, Store, StoreError, WriteTx};
use crate::types::{Actor, Hash32, Hidden, Role, UnixTime};

/// Names that stand for somebody who has not logged in.
const RESERVED: [&str; 5] = ["operator", "desk", "token", "tool", "nobody"];
/// What the actor of a program's act begins with.
pub const PROGRAM: &str = "program ";

/// Why nothing was changed of who may operate the desk.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PersonError {
    /// Nobody has that name.
    #[error("there is nobody of that name")]
    Unknown,
    /// Somebody has that name.
    #[error("that name is taken")]
    Taken,
    /// The name stands for something else in the records.
    #[error("Invalid name: {name} stands for something else", name = .0)]
    Reserved(Actor),
    /// Somebody has to be left who can let others in.
    #[error("nobody else has the role approve: give it to somebody else first")]
    LastApprover,
    /// A code was used before.
    #[error("that code was used before: wait for the next one")]
    CodeUsed,
    /// The password is none to be had.
    #[error("Invalid password: {0}")]
    Password(#[from] PasswordError),
    /// The system's own trouble.
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// The store's own trouble.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether the last person who approves may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastApprover {
    /// They stay: whoever asks could lock everybody out.
    Stays,
    /// They may go: whoever asks has the database itself.
    MayGo,
}

fn known(tx: &WriteTx<'_>, name: &Actor) -> Result<Person, PersonError> {
    tx.person(name)?.ok_or(PersonError::Unknown)
}

/// Refuses where nobody would be left who approves.
fn must_leave_one(tx: &WriteTx<'_>, without: &Person, last: LastApprover) -> Result<(), PersonError> {
    let others = tx.people()?.into_iter().filter(|person| person.name != without.name);
    let is_left = others.into_iter().any(|person| person.role == Role::Approve);
    let may_go = is_left || without.role != Role::Approve || last == LastApprover::MayGo;
    if may_go { Ok(()) } else { Err(PersonError::LastApprover) }
}

async fn change<F>(store: &Store, work: F) -> Result<(), PersonError>
where
    F: Fn(&mut WriteTx<'_>) -> Result<(), PersonError> + Send + 'static,
{
    store.act(work).await
}

/// Lets somebody log in from here on.
///
/// # Errors
///
/// Where the name is taken, or stands for something else.
pub async fn add_person(
    store: &Store,
    by: Actor,
    name: Actor,
    role: Role,
    password: Hidden,
) -> Result<(), PersonError> {
    let lower = name.as_str().to_lowercase();
    if RESERVED.contains(&lower.as_str()) || lower.starts_with(PROGRAM) {
        return Err(PersonError::Reserved(name));
    }
    let add = move |tx: &mut WriteTx<'_>| {
        if tx.person(&name)?.is_some() {
            return Err(PersonError::Taken);
        }
        let (name, password) = (name.clone(), password.clone());
        Ok(tx.record_act(by.clone(), PersonEvent::Added { name, role, password })?)
    };
    change(store, add).await
}

/// Gives somebody another password, and logs them out; but for the session `kept`, which is where they asked from.
///
/// # Errors
///
/// Where there is nobody of that name.
pub async fn set_password(
    store: &Store,
    by: Actor,
    name: Actor,
    password: Hidden,
    kept: Option<(Hash32, Session)>,
) -> Result<(), PersonError> {
    let set = move |tx: &mut WriteTx<'_>| {
        let (name, password) = (known(tx, &name)?.name, password.clone());
        tx.record_act(by.clone(), PersonEvent::PasswordSet { name, password })?;
        if let Some((hash, session)) = &kept {
            tx.put_session(*hash, session, Duration::MAX)?;
        }
        Ok(())
    };
    change(store, set).await
}

/// Lets somebody do other things.
///
/// # Errors
///
/// Where there is nobody of that name, or nobody would be left who approves.
pub async fn set_role(
    store: &Store,
    by: Actor,
    name: Actor,
    role: Role,
    last: LastApprover,
) -> Result<(), PersonError> {
    let set = move |tx: &mut WriteTx<'_>| {
        let person = known(tx, &name)?;
        if role != Role::Approve {
            must_leave_one(tx, &person, last)?;
        }
        Ok(tx.record_act(by.clone(), PersonEvent::RoleSet { name: person.name, role })?)
    };
    change(store, set).await
}

/// Lets somebody in no more; whatever they are logged in with and the tokens that they made end at once.
///
/// # Errors
///
/// Where there is nobody of that name, or nobody would be left who approves.
pub async fn remove_person(
    store: &Store,
    by: Actor,
    name: Actor,
    last: LastApprover,
) -> Result<(), PersonError> {
    let remove = move |tx: &mut WriteTx<'_>| {
        let person = known(tx, &name)?;
        must_leave_one(tx, &person, last)?;
        Ok(tx.record_act(by.clone(), PersonEvent::Removed { name: person.name })?)
    };
    change(store, remove).await
}

/// What a second factor is set up with.
#[derive(Debug, Clone)]
pub struct NewFactor {
    /// The key of the codes.
    pub key: Hidden,
    /// The step of the code that showed that they have it.
    pub step: u64,
    /// Hashes of the recovery codes.
    pub recovery: Vec<Hash32>,
}

/// Has somebody need a code beside their password, or, without one, no code any more.
///
/// # Errors
///
/// Where there is nobody of that name.
pub async fn set_second_factor(
    store: &Store,
    by: Actor,
    name: Actor,
    factor: Option<NewFactor>,
) -> Result<(), PersonError> {
    let set = move |tx: &mut WriteTx<'_>| {
        let name = known(tx, &name)?.name;
        let event = match factor.clone() {
            Some(NewFactor { key, step, recovery }) => {
                PersonEvent::SecondFactorSet { name, key, step, recovery }
            }
            None => PersonEvent::SecondFactorCleared { name },
        };
        Ok(tx.record_act(by.clone(), event)?)
    };
    change(store, set).await
}

/// Logs somebody in whose password is right: uses up the code that they gave, and begins a session.
///
/// # Errors
///
/// Where they are gone meanwhile, or the code was used before.
pub async fn log_in(
    store: &Store,
    factor: FactorUsed,
    hash: Hash32,
    session: Session,
    idle: Duration,
) -> Result<(), PersonError> {
    let log_in = move |tx: &mut WriteTx<'_>| {
        let person = known(tx, &session.person)?;
        if !person.accepts(factor) {
            return Err(PersonError::CodeUsed);
        }
        let by = person.name.clone();
        tx.record_act(by, PersonEvent::LoggedIn { name: person.name, factor })?;
        Ok(tx.put_session(hash, &session, idle)?)
    };
    change(store, log_in).await
}

/// What a program's token is made with.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// What the program is called.
    pub name: Actor,
    /// The hash of the token.
    pub hash: Hash32,
    /// What it may do at most.
    pub role: Role,
    /// What it may read, where that is not everything that its role may.
    pub paths: Vec<String>,
    /// When it ends.
    pub ends_at: UnixTime,
}

/// Lets a program ask from here on.
///
/// # Errors
///
/// Where another program has that name.
pub async fn make_token(store: &Store, by: Actor, token: NewToken) -> Result<(), PersonError> {
    let make = move |tx: &mut WriteTx<'_>| {
        let NewToken { name, hash, role, paths, ends_at } = token.clone();
        if tx.access_tokens()?.iter().any(|(_, other)| other.name == name) {
            return Err(PersonError::Taken);
        }
        Ok(tx.record_act(by.clone(), PersonEvent::TokenMade { name, hash, role, paths, ends_at })?)
    };
    change(store, make).await
}

/// Ends the token of a program.
///
/// # Errors
///
/// Where no program has that name.
pub async fn end_token(store: &Store, by: Actor, name: Actor) -> Result<(), PersonError> {
    let end = move |tx: &mut WriteTx<'_>| {
        let found = tx.access_tokens()?.into_iter().find(|(_, token)| token.name == name);
        let (hash, token) = found.ok_or(PersonError::Unknown)?;
        Ok(tx.record_act(by.clone(), PersonEvent::TokenEnded { name: token.name, hash })?)
    };
    change(store, end).await
}

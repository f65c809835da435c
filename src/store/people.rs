//! People who operate the desk, and the tokens that they have made for programs. Both follow from events.

use minicbor::{Decode, Encode};

use super::codec;
use super::events::{FactorUsed, PersonEvent};
use super::kv::Table;
use super::sessions;
use super::tables::{Tables, get};
use super::tx::WriteTx;
use super::{StoreError, invariant};
use crate::types::{Actor, Hash32, Hidden, Role, UnixTime};

/// Somebody who may log in.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Person {
    /// Their name.
    #[n(0)]
    pub name: Actor,
    /// What they may do.
    #[n(1)]
    pub role: Role,
    /// The hash of their password.
    #[n(2)]
    pub password: Hidden,
    /// What they need beside the password.
    #[n(3)]
    pub second_factor: Option<SecondFactor>,
    /// When they were added.
    #[n(4)]
    pub added_at: UnixTime,
    /// When they logged in the last time.
    #[n(5)]
    pub logged_in_at: Option<UnixTime>,
}

/// What somebody needs beside the password.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SecondFactor {
    /// The key of the codes.
    #[n(0)]
    pub key: Hidden,
    /// The step of the last code that was accepted: only later ones are.
    #[n(1)]
    pub last_step: u64,
    /// Hashes of the recovery codes that are left.
    #[n(2)]
    pub recovery: Vec<Hash32>,
}

impl SecondFactor {
    /// Uses a code up. Answers whether it was good: one is good for once.
    pub(super) fn use_up(&mut self, factor: FactorUsed) -> bool {
        match factor {
            FactorUsed::None => false,
            FactorUsed::Step(step) => {
                let is_new = step > self.last_step;
                self.last_step = step.max(self.last_step);
                is_new
            }
            FactorUsed::Recovery(hash) => {
                let before = self.recovery.len();
                self.recovery.retain(|known| *known != hash);
                self.recovery.len() < before
            }
        }
    }
}

impl Person {
    /// Returns whether they are let in with this, beside the password.
    pub fn accepts(&self, factor: FactorUsed) -> bool {
        self.second_factor.clone().map_or(factor == FactorUsed::None, |mut needed| needed.use_up(factor))
    }
}

/// What a program shows in place of a log-in.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct AccessToken {
    /// What the program is called.
    #[n(0)]
    pub name: Actor,
    /// What it may do at most.
    #[n(1)]
    pub role: Role,
    /// Where these are any: it may read what stands below them, and nothing else.
    #[n(2)]
    pub paths: Vec<String>,
    /// Who made it.
    #[n(3)]
    pub made_by: Actor,
    /// When.
    #[n(4)]
    pub made_at: UnixTime,
    /// When it ends.
    #[n(5)]
    pub ends_at: UnixTime,
}

/// A name in whatever case is the same person's.
fn key_of(name: &Actor) -> Vec<u8> {
    name.as_str().to_lowercase().into_bytes()
}

/// Reads of people and tokens.
pub trait People: Tables {
    /// Returns the person of this name, in whatever case.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn person(&self, name: &Actor) -> Result<Option<Person>, StoreError> {
        get(self.kv(), Table::People, &key_of(name))
    }

    /// Returns everybody, by name.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn people(&self) -> Result<Vec<Person>, StoreError> {
        let rows = self.kv().scan(Table::People, &[], None)?;
        rows.map(|row| row.and_then(|(key, value)| codec::decode(Table::People, &key, &value))).collect()
    }

    /// Returns whether there is anybody.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn has_people(&self) -> Result<bool, StoreError> {
        Ok(self.kv().last(Table::People)?.is_some())
    }

    /// Returns the token with this hash.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn access_token(&self, hash: Hash32) -> Result<Option<AccessToken>, StoreError> {
        get(self.kv(), Table::AccessTokens, &hash.0)
    }

    /// Returns all tokens with their hashes, in no order.
    ///
    /// # Errors
    ///
    /// Where the store cannot be read.
    fn access_tokens(&self) -> Result<Vec<(Hash32, AccessToken)>, StoreError> {
        let rows = self.kv().scan(Table::AccessTokens, &[], None)?;
        rows.map(|row| {
            let (key, value) = row?;
            let hash = key.as_slice().try_into().map_err(|_| invariant("a token's key is a hash"))?;
            Ok((Hash32(hash), codec::decode(Table::AccessTokens, &key, &value)?))
        })
        .collect()
    }
}

impl<T: Tables + ?Sized> People for T {}

/// Applies an event; `by` is whose act it is.
pub(super) fn apply(tx: &mut WriteTx<'_>, event: PersonEvent, by: Actor) -> Result<(), StoreError> {
    let now = tx.now();
    match event {
        PersonEvent::Added { name, role, password } => {
            if tx.person(&name)?.is_some() {
                return Err(invariant("a name is one person's"));
            }
            put(tx, &Person { name, role, password, second_factor: None, added_at: now, logged_in_at: None })
        }
        PersonEvent::PasswordSet { name, password } => {
            change(tx, &name, |person| Ok(Person { password, ..person }))?;
            sessions::end_all_of(tx, &name)
        }
        PersonEvent::RoleSet { name, role } => change(tx, &name, |person| Ok(Person { role, ..person })),
        PersonEvent::Removed { name } => remove(tx, &name),
        PersonEvent::SecondFactorSet { name, key, step, recovery } => change(tx, &name, |person| {
            let second_factor = Some(SecondFactor { key, last_step: step, recovery });
            Ok(Person { second_factor, ..person })
        }),
        PersonEvent::SecondFactorCleared { name } => {
            change(tx, &name, |person| Ok(Person { second_factor: None, ..person }))
        }
        PersonEvent::LoggedIn { name, factor } => change(tx, &name, |person| log_in(person, factor, now)),
        PersonEvent::TokenMade { name, hash, role, paths, ends_at } => {
            let token = AccessToken { name, role, paths, made_by: by, made_at: now, ends_at };
            tx.kv.put(Table::AccessTokens, &hash.0, &codec::encode(&token))
        }
        PersonEvent::TokenEnded { hash, .. } => match tx.kv.delete(Table::AccessTokens, &hash.0)? {
            true => Ok(()),
            false => Err(invariant("only a token that exists ends")),
        },
    }
}

fn log_in(person: Person, factor: FactorUsed, now: UnixTime) -> Result<Person, StoreError> {
    let mut person = Person { logged_in_at: Some(now), ..person };
    let is_good = match &mut person.second_factor {
        Some(needed) => needed.use_up(factor),
        None => factor == FactorUsed::None,
    };
    if is_good { Ok(person) } else { Err(invariant("a code is accepted once")) }
}

fn remove(tx: &mut WriteTx<'_>, name: &Actor) -> Result<(), StoreError> {
    let made = tx.access_tokens()?.into_iter().filter(|(_, token)| key_of(&token.made_by) == key_of(name));
    for (hash, _) in made {
        tx.kv.delete(Table::AccessTokens, &hash.0)?;
    }
    sessions::end_all_of(tx, name)?;
    match tx.kv.delete(Table::People, &key_of(name))? {
        true => Ok(()),
        false => Err(invariant("only somebody who is there is removed")),
    }
}

fn put(tx: &mut WriteTx<'_>, person: &Person) -> Result<(), StoreError> {
    tx.kv.put(Table::People, &key_of(&person.name), &codec::encode(person))
}

fn change(
    tx: &mut WriteTx<'_>,
    name: &Actor,
    change: impl FnOnce(Person) -> Result<Person, StoreError>,
) -> Result<(), StoreError> {
    let person = tx.person(name)?.ok_or_else(|| invariant("an event names a person who exists"))?;
    let changed = change(person)?;
    put(tx, &changed)
}

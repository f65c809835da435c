//! Who may log in to the admin listener. On the database itself: whoever has that may let anybody in.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Subcommand;
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use serde_json::json;
use teller::clock::SystemClock;
use teller::engine::operator::{
    LastApprover, PersonError, add_person, remove_person, set_password, set_role, set_second_factor,
};
use teller::people::hash_password;
use teller::store::{People, Person, Store};
use teller::types::{Actor, Hidden, Role};

use super::{database, eprint, print, secret};

#[derive(Debug, Subcommand)]
pub(super) enum PeopleCommand {
    /// Print who may log in as JSON, one object a line
    List { file: PathBuf },
    /// Let somebody log in; their password is read from standard input
    Add {
        file: PathBuf,
        name: String,
        /// What they may do: view, operate or approve; each includes those before it
        #[arg(long, value_parser = role)]
        role: Role,
    },
    /// Give somebody another password, read from standard input, and log them out
    Passwd { file: PathBuf, name: String },
    /// Let somebody do other things
    Role {
        file: PathBuf,
        name: String,
        /// What they may do: view, operate or approve
        #[arg(value_parser = role)]
        role: Role,
    },
    /// Let somebody in no more, and end their sessions and the tokens that they made
    Remove { file: PathBuf, name: String },
    /// Let somebody log in with the password alone, whose second factor is lost
    TotpReset { file: PathBuf, name: String },
}

fn role(name: &str) -> Result<Role, String> {
    Role::from_name(name).ok_or_else(|| "expected view, operate or approve".to_owned())
}

pub(super) fn run(command: PeopleCommand) -> anyhow::Result<bool> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(carry_out(command))
}

async fn carry_out(command: PeopleCommand) -> anyhow::Result<bool> {
    match command {
        PeopleCommand::List { file } => list(&open(&file)?),
        PeopleCommand::Add { file, name, role } => {
            let (store, name) = (open(&file)?, Actor::parse(&name)?);
            let password = new_password(&name)?;
            done(&store, add_person(&store, by()?, name, role, password).await)
        }
        PeopleCommand::Passwd { file, name } => {
            let (store, name) = (open(&file)?, Actor::parse(&name)?);
            let password = new_password(&name)?;
            done(&store, set_password(&store, by()?, name, password, None).await)
        }
        PeopleCommand::Role { file, name, role } => {
            let (store, name) = (open(&file)?, Actor::parse(&name)?);
            done(&store, set_role(&store, by()?, name, role, LastApprover::MayGo).await)
        }
        PeopleCommand::Remove { file, name } => {
            let (store, name) = (open(&file)?, Actor::parse(&name)?);
            done(&store, remove_person(&store, by()?, name, LastApprover::MayGo).await)
        }
        PeopleCommand::TotpReset { file, name } => {
            let (store, name) = (open(&file)?, Actor::parse(&name)?);
            done(&store, set_second_factor(&store, by()?, name, None).await)
        }
    }
}

/// Whose acts these are in the records.
fn by() -> anyhow::Result<Actor> {
    Ok(Actor::parse("tool")?)
}

fn open(file: &Path) -> anyhow::Result<Store> {
    let backend = Arc::new(database::open(file)?);
    let progress = |rows| eprint(&format!("{rows} rows"));
    Ok(Store::open_as_it_is(backend, Arc::new(SystemClock), &progress)?)
}

/// What was changed is on the disk; says who may log in then.
fn done(store: &Store, result: Result<(), PersonError>) -> anyhow::Result<bool> {
    result?;
    list(store)
}

fn list(store: &Store) -> anyhow::Result<bool> {
    let people = store.snapshot().people()?;
    for Person { name, role, second_factor, added_at, logged_in_at, .. } in &people {
        let line = json!({
            "name": name.as_str(),
            "role": role.name(),
            "second_factor": second_factor.is_some(),
            "added_at": added_at.get(),
            "logged_in_at": logged_in_at.map(|at| at.get()),
        });
        print(&line.to_string())?;
    }
    if people.is_empty() {
        eprint("nobody may log in");
    }
    store.release();
    Ok(true)
}

fn new_password(name: &Actor) -> anyhow::Result<Hidden> {
    let input = std::io::stdin();
    if !input.is_terminal() {
        return Ok(hash_password(name.as_str(), &secret("-", "password")?)?);
    }
    eprint(&format!("password for {name}:"));
    let password = unseen(|| secret("-", "password"))?;
    eprint("once more:");
    if unseen(|| secret("-", "password"))? != password {
        bail!("the two are not the same");
    }
    Ok(hash_password(name.as_str(), &password)?)
}

/// Reads something that the terminal is not to show.
fn unseen<T>(read: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<T> {
    let input = std::io::stdin();
    let shown = tcgetattr(&input).context("the terminal cannot be asked not to show it")?;
    let mut hidden = shown.clone();
    hidden.local_modes.remove(LocalModes::ECHO);
    tcsetattr(&input, OptionalActions::Flush, &hidden)?;
    let result = read();
    tcsetattr(&input, OptionalActions::Flush, &shown)?;
    result
}

//! The operator's helper: makes deposit addresses, checks address files, audits and exports databases, scans blocks.

mod accounts;
mod addresses;
mod database;
mod drill;
mod import_original;
mod newxpub;
mod people;
mod reconcile;
mod restore;
mod scanblock;
mod shadow_report;
mod states;
mod verify;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Parser, Subcommand};
use teller::types::{Coin, UnknownCoin};

/// Teller's helper.
#[derive(Debug, Parser)]
#[command(name = "tool", version, about)]
struct Arguments {
    /// Print addresses as the JSON of an address file
    #[arg(long, global = true)]
    json: bool,
    /// Config file of a desk: the coins that it describes under bitcoin_likes are known too
    #[arg(long, global = true, value_name = "FILE")]
    coins: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make Bitcoin addresses (P2PKH) from a seed, the same as the original's tool makes
    Newbtcaddress(NewAddresses),
    /// Make Ethereum addresses from a seed
    Newethaddress(NewAddresses),
    /// Make Skycoin addresses from a seed, those of a deterministic wallet
    Newskyaddress(NewAddresses),
    /// Make a mnemonic and print the public keys of its accounts: on a machine of its own
    Newxpub(newxpub::NewXpub),
    /// Addresses and their files
    Addrs {
        #[command(subcommand)]
        command: AddrsCommand,
    },
    /// Databases: run these on a backup, or while teller is stopped
    Db {
        #[command(subcommand)]
        command: DbCommand,
    },
    /// Who may log in to the admin listener: run these while teller is stopped
    People {
        #[command(subcommand)]
        command: people::PeopleCommand,
    },
    /// Make a database of a copy: its digest, its history and every row are proven first, and the desk starts on it
    /// unreconciled
    Restore(restore::Restore),
    /// Take over what the original service keeps in its bolt database: says what there is, and makes this desk's
    /// database of it, which must not be there yet
    ImportOriginal(import_original::ImportOriginal),
    /// Prove the history of a database from its first event to its last, and that it passes through heads that were
    /// told before; fails where it does not
    Verify(verify::Verify),
    /// Ask the running teller what chains and the exchange say beside its books, with the transactions of what differs;
    /// fails where something differs that nothing explains, or nothing was compared yet
    Reconcile(reconcile::Reconcile),
    /// Hold what a desk has seen that looked on beside the original (shadow.original) against a copy of the original's
    /// database, and say whether it is safe to move over and in which steps; fails where it is not
    ShadowReport(shadow_report::ShadowReport),
    /// Print a Bitcoin chain's outputs to addresses that hold a whole number of coins, one JSON object a line
    Scanblock(scanblock::ScanBlock),
}

#[derive(Debug, Args)]
struct NewAddresses {
    /// The seed; `-` reads it from standard input, where other users of the machine do not see it
    seed: String,
    /// How many
    #[arg(default_value_t = 1)]
    count: u32,
    /// Print each address's private key beside it
    #[arg(long)]
    with_keys: bool,
    /// Network, such as testnet or regtest; the coin's main one where it is left out
    #[arg(long)]
    network: Option<String>,
}

#[derive(Debug, Subcommand)]
enum AddrsCommand {
    /// Verify every address of a file and name what is wrong with its line
    Check {
        /// Coin of the addresses
        #[arg(value_enum)]
        #[arg(value_parser = coin)]
        coin: Coin,
        file: PathBuf,
        /// Network, such as testnet or regtest; the coin's main one where it is left out
        #[arg(long)]
        network: Option<String>,
    },
    /// Print the addresses of an account's public key, to be compared with what its wallet shows
    Derive(addresses::Derive),
    /// Say of each account in a database which gap limit its wallet needs to find every deposit; fails where that is
    /// more than the usual one
    Gap { file: PathBuf },
}

#[derive(Debug, Subcommand)]
enum DbCommand {
    /// Check every invariant and index, and replay all events
    Check {
        file: PathBuf,
        /// Config file of a desk: every address that follows from its account keys is derived again
        #[arg(short, long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Say what would be paid, sent again and given out if a desk were started on this copy now; fails where
    /// that is anything. The copy itself is not changed
    Drill {
        /// The copy: a database, or what `tool restore` takes; left out, the newest of those that the desk of the
        /// config file keeps
        #[arg(required_unless_present = "config")]
        file: Option<PathBuf>,
        /// The file of the key that it is read with (age), where it is encrypted
        #[arg(long, value_name = "KEY")]
        identity: Option<PathBuf>,
        /// Config file of a desk: its nodes are asked what happened since the copy was made, and its hot
        /// wallet's addresses what was paid since
        #[arg(short, long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Print everything as JSON, one object a line: bindings, deposits with their payouts, transactions,
    /// spends that are none of the desk's, events, balances
    Export { file: PathBuf },
    /// Print every entry of the books as JSON, one object a line: what happened, when, by whom, and what it put to
    /// which account; derived anew from the events
    Journal { file: PathBuf },
}

/// The coin that a code stands for, in either case.
fn coin(code: &str) -> Result<Coin, UnknownCoin> {
    Coin::from_code(&code.to_ascii_uppercase())
}

fn main() -> ExitCode {
    let result = describe_coins(std::env::args_os())
        .and_then(|()| run(Arguments::parse_from(std::env::args_os().map(long_option))));
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprint(&format!("tool: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Learns the coins that a configuration describes. First of all: other arguments may name them.
fn describe_coins(arguments: impl Iterator<Item = OsString>) -> anyhow::Result<()> {
    let mut arguments = arguments.skip(1);
    while let Some(argument) = arguments.next() {
        let file = match argument.to_str().and_then(|text| text.split_once('=')) {
            Some(("--coins" | "--config", file)) => Some(OsString::from(file)),
            _ if argument == "--coins" || argument == "--config" || argument == "-c" => arguments.next(),
            _ => None,
        };
        if let Some(file) = file {
            teller::config::read_for_copy(&PathBuf::from(file))?;
        }
    }
    Ok(())
}

/// The original wrote its options with one dash.
fn long_option(argument: OsString) -> OsString {
    if argument == "-json" { "--json".into() } else { argument }
}

/// Answers whether what was checked is in order.
fn run(arguments: Arguments) -> anyhow::Result<bool> {
    match arguments.command {
        Command::Newbtcaddress(new) => addresses::make(Coin::BTC, &new, arguments.json),
        Command::Newethaddress(new) => addresses::make(Coin::ETH, &new, arguments.json),
        Command::Newskyaddress(new) => addresses::make(Coin::SKY, &new, arguments.json),
        Command::Newxpub(new) => newxpub::make(&new, arguments.json),
        Command::Addrs { command: AddrsCommand::Derive(derive) } => {
            addresses::derive(&derive, arguments.json)
        }
        Command::Addrs { command: AddrsCommand::Check { coin, file, network } } => {
            addresses::check(coin, &file, network.as_deref())
        }
        Command::Addrs { command: AddrsCommand::Gap { file } } => accounts::gap(&file),
        Command::Db { command: DbCommand::Check { file, config } } => {
            let is_consistent = database::check(&file)?;
            Ok(config.map_or(Ok(true), |config| accounts::check(&file, &config))? && is_consistent)
        }
        Command::Db { command: DbCommand::Drill { file, identity, config } } => {
            restore::drill(file.as_deref(), identity, config.as_deref())
        }
        Command::Db { command: DbCommand::Export { file } } => database::export(&file),
        Command::Db { command: DbCommand::Journal { file } } => database::entries(&file),
        Command::People { command } => people::run(command),
        Command::ImportOriginal(arguments) => import_original::import(arguments),
        Command::Restore(arguments) => restore::run(&arguments),
        Command::Verify(arguments) => verify::verify(&arguments),
        Command::Reconcile(arguments) => reconcile::run(arguments),
        Command::ShadowReport(arguments) => shadow_report::report(arguments),
        Command::Scanblock(arguments) => scanblock::scan(arguments),
    }
}

/// The argument, or the first line of standard input where it is `-`.
fn secret(argument: &str, name: &str) -> anyhow::Result<String> {
    let secret = match argument {
        "-" => {
            let mut line = String::new();
            std::io::stdin().read_line(&mut line).with_context(|| format!("cannot read the {name}"))?;
            line.trim_end_matches(['\r', '\n']).to_owned()
        }
        text => text.to_owned(),
    };
    if secret.is_empty() {
        bail!("the {name} is empty");
    }
    Ok(secret)
}

/// Standard output is what this program is for. Whoever closes it has seen enough.
fn print(text: &str) -> anyhow::Result<()> {
    use std::io::Write;
    writeln!(std::io::stdout(), "{text}").map_err(Into::into)
}

#[allow(clippy::print_stderr)]
fn eprint(text: &str) {
    eprintln!("{text}");
}

//! What may be written after the program's name.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// A self-hosted OTC desk for coins.
#[derive(Debug, Parser)]
#[command(version, about)]
pub(crate) struct Arguments {
    /// Config file [default: config.toml in the data directory, else in the working directory]
    #[arg(short, long, value_name = "FILE", global = true)]
    pub(crate) config: Option<PathBuf>,
    /// Data directory [default: ~/.teller-skycoin]
    #[arg(short, long, value_name = "DIR", global = true)]
    pub(crate) dir: Option<PathBuf>,
    /// Set a key of the config file to another value, as in --set web.http_addr=127.0.0.1:80; it goes before the
    /// environment (TELLER__WEB__HTTP_ADDR) and the file. Others on this machine see it: name a secret's file instead
    #[arg(long, value_name = "KEY=VALUE", global = true)]
    pub(crate) set: Vec<String>,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check the config file, tell everything that is wrong with it, and end
    CheckConfig {
        /// Print every key with the value that holds and where it comes from: the default, the file, a variable
        /// or --set. Secrets are not shown
        #[arg(long)]
        show: bool,
    },
    /// Look at everything that this teller stands on, and say what to do, the most urgent first; ends with 0 where all
    /// is well, 1 where something is to be looked at, 2 where something is wrong
    Doctor,
    /// Ask the teller that runs with this config file how it is; fails where it cannot serve buyers
    Health,
}

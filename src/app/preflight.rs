//! What the start looks at before it needs a network, all at once: for `teller check-config`.
//!
//! It calls what the start calls, and changes nothing. A database that a running teller has open is left alone.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{Access, access};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketType, bind, socket, sockopt};

use super::alerts::Receivers;
use super::backups::Backups;
use super::chains::{Readers, skycoin_rest};
use super::upstream::NoNonces;
use super::{given, money, outbox, pidfile, tls, upstream};
use crate::clock::{Clock, SystemClock};
use crate::config::{BackupPlace, Care, Config, Tls, ToldBy, who_may_change, who_may_read};
use crate::original::read_copy;
use crate::skycoin::Address;
use crate::store::{LookResult, Snapshot, look};
use crate::types::PerCoin;

/// What was found.
#[derive(Debug, Default)]
pub struct Findings {
    /// Each would keep teller from starting, or from serving for long.
    pub problems: Vec<String>,
    /// What the operator should know all the same.
    pub warnings: Vec<String>,
    /// Whether a running teller has the database open.
    is_running: bool,
}

impl Findings {
    fn problem(&mut self, words: impl std::fmt::Display) {
        self.problems.push(words.to_string());
    }

    fn warn(&mut self, words: impl std::fmt::Display) {
        self.warnings.push(words.to_string());
    }

    /// The value, or the error as one of the problems.
    fn taken<T, E: std::fmt::Display>(&mut self, result: Result<T, E>) -> Option<T> {
        result.map_err(|error| self.problem(error)).ok()
    }

    fn care(&mut self, key: &str, care: std::io::Result<Care>) {
        match care {
            // What is not there is told by whoever needs it.
            Ok(Care::Fine) | Err(_) => {}
            Ok(Care::Warn(words)) => self.warn(format_args!("{key}: {words}")),
            Ok(Care::Refuse(words)) => self.problem(format_args!("{key}: {words}")),
        }
    }
}

/// Everything that the start would look at.
pub fn check(config: &Config, data_dir: &Path) -> Findings {
    let mut found = permissions(config, data_dir);
    folders(config, data_dir, &mut found);
    let snapshot = database(config, data_dir, &mut found);
    listeners(config, &mut found);
    let own = wallet(config, snapshot.as_deref(), &mut found);
    if let Some(file) = &config.shadow {
        copy_of_the_original(config, file, &mut found);
    } else {
        pools(config, &own, &mut found);
    }
    certificate(config, &mut found);
    found.taken(Receivers::new(&config.alerts, data_dir));
    backups(config, data_dir, &mut found);
    outbox::check(config).iter().for_each(|error| found.problem(format_args!("{error}")));
    found.taken(Readers::new(config));
    found.taken(Readers::second(config));
    if !config.upstream_assets().is_empty() && config.shadow.is_none() {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let exchange = upstream::exchange(config, &clock, Arc::new(NoNonces));
        found.taken(exchange.map_err(|error| format!("sky_exchanger.exchange_client: {error}")));
    }
    found
}

/// The addresses that are handed out.
fn pools(config: &Config, own: &[Address], found: &mut Findings) {
    for file in given::pool_files(config, own) {
        found.taken(file.verify());
    }
    for account in given::pool_accounts(config, own) {
        found.taken(account.verify());
    }
}

/// The start waits for a copy that can be read; that there is none now should be known.
fn copy_of_the_original(config: &Config, file: &Path, found: &mut Findings) {
    let networks = PerCoin::new(|coin| config.coin(coin).network);
    if let Err(error) = read_copy(file, &networks) {
        found.warn(format_args!("shadow.original: {}: {error}", file.display()));
    }
}

/// Files that nobody else may change, or look into. The start looks at these first.
pub(super) fn permissions(config: &Config, data_dir: &Path) -> Findings {
    let mut found = Findings::default();
    if data_dir.exists() {
        found.care("data directory", who_may_change(data_dir));
    }
    for coin in config.enabled_coins() {
        let key = format!("{}_addresses", coin.coin.code().to_ascii_lowercase());
        let file = coin.addresses.as_ref().and_then(|source| source.file());
        file.iter().for_each(|path| found.care(&key, who_may_change(path)));
    }
    found.care("dbfile", who_may_read(&given::db_path(config, data_dir), false));
    if let Tls::Files { cert, key } = &config.web.tls {
        found.care("web.tls_cert", who_may_change(cert));
        found.care("web.tls_key", who_may_change(key));
        // Its group often is the one of those who serve with it.
        found.care("web.tls_key", who_may_read(key, true));
    }
    if config.shadow.is_some() && !config.events.is_empty() {
        found.warn("events: nobody is told of events while shadow.original is set");
    }
    for receiver in &config.events {
        if let ToldBy::Script(program) = &receiver.by {
            // It is run as the desk's own user.
            found.care(&format!("events.{}.script", receiver.name), who_may_change(program));
        }
    }
    if let Some(cert) = config.alerts.mail.as_ref().and_then(|mail| mail.cert.as_ref()) {
        found.care("alerts.mail_cert", who_may_change(cert));
    }
    if let Some(key) = config.backup.as_ref().and_then(|backup| backup.identity.as_ref()) {
        found.care("backup.identity", who_may_read(key, false));
    }
    if let Some(BackupPlace::S3(s3)) = config.backup.as_ref().map(|backup| &backup.place) {
        s3.cert.iter().for_each(|cert| found.care("backup.s3.cert", who_may_change(cert)));
    }
    for rpc in config.bitcoin_rpcs().filter(|_| !config.dummy.is_on()) {
        let key = format!("{}.cert", rpc.section);
        rpc.cert.iter().for_each(|cert| found.care(&key, who_may_change(cert)));
    }
    found
}

/// Where the start will write.
fn folders(config: &Config, data_dir: &Path, found: &mut Findings) {
    if data_dir.symlink_metadata().is_ok() && !data_dir.is_dir() {
        let words = "it is a file, or a link that leads to no folder";
        found.problem(format_args!("data directory {}: {words}", data_dir.display()));
    } else if let Some(there) = data_dir.ancestors().find(|folder| folder.exists())
        && let Err(error) = written(there)
    {
        found.problem(format_args!("data directory {}: {}: {error}", data_dir.display(), there.display()));
    }
    let database = given::db_path(config, data_dir);
    // The start makes the data directory, and no other.
    if let Some(folder) = database.parent().filter(|folder| *folder != data_dir)
        && let Err(error) = written(folder)
    {
        found.problem(format_args!("dbfile: {}: {}", folder.display(), std::io::Error::from(error)));
    }
    for (key, path) in [("logfile", &config.logfile), ("pidfile", &config.pidfile)] {
        let Some(path) = path else { continue };
        let result = if path.is_dir() {
            Err(rustix::io::Errno::ISDIR)
        } else if path.exists() {
            access(path, Access::WRITE_OK)
        } else {
            written(&folder_of(&led_to(path)))
        };
        if let Err(error) = result {
            found.problem(format_args!("{key}: {}: {}", path.display(), std::io::Error::from(error)));
        }
    }
    let pidfile = config.pidfile.as_ref().filter(|path| !path.is_dir());
    if let Some((path, Err(error))) = pidfile.map(|path| (path, pidfile::look(path))) {
        found.problem(format_args!("pidfile {}: {error}", path.display()));
    }
}

fn written(folder: &Path) -> rustix::io::Result<()> {
    access(folder, Access::WRITE_OK | Access::EXEC_OK)
}

/// Where a file is made that is not there yet: a link may lead elsewhere.
fn led_to(path: &Path) -> PathBuf {
    path.read_link().map_or_else(|_| path.to_owned(), |target| folder_of(path).join(target))
}

fn folder_of(path: &Path) -> PathBuf {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
}

/// Addresses that this machine does not have, that this user may not listen on, or that are taken: whoever has one may
/// be gone when the start comes.
fn listeners(config: &Config, found: &mut Findings) {
    let dummy = config.dummy.is_on().then_some(config.dummy.http_addr);
    for (key, address) in [
        ("web.http_addr", config.web.http_addr),
        ("web.https_addr", config.web.https_addr),
        ("admin_panel.host", Some(config.admin.host)),
        ("dummy.http_addr", dummy),
    ] {
        match address.map(|address| (address, tried(address))) {
            Some((_, Err(Errno::ADDRINUSE))) if found.is_running => {}
            Some((address, Err(Errno::ADDRINUSE))) => {
                found.warn(format_args!("{key}: {address} is in use: teller could not start now"));
            }
            Some((address, Err(error))) => {
                let error = std::io::Error::from(error);
                found.problem(format_args!("{key}: cannot listen on {address}: {error}"));
            }
            Some((_, Ok(()))) | None => {}
        }
    }
}

/// Takes an address as a listener does, and gives it back; nobody is let in.
fn tried(address: SocketAddr) -> rustix::io::Result<()> {
    let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let socket = socket(family, SocketType::STREAM, None)?;
    sockopt::set_socket_reuseaddr(&socket, true)?;
    bind(&socket, &address)
}

/// The database as it is; none where there is nothing to be held against.
fn database(config: &Config, data_dir: &Path, found: &mut Findings) -> Option<Box<Snapshot>> {
    let path = given::db_path(config, data_dir);
    let shown = path.display();
    let looked = found.taken(look(&path, &given::purpose(config), &|_| {}))?;
    match looked {
        LookResult::Sound(snapshot) => return Some(snapshot),
        LookResult::Absent => {}
        LookResult::InUse => {
            found.is_running = true;
            found.warn(format_args!("{shown}: not looked at, a running teller has it open"));
        }
        LookResult::Unrepaired => {
            found.warn(format_args!("{shown}: was not closed properly, the start will repair it"));
        }
        LookResult::Older => {
            found.warn(format_args!("{shown}: is of an older version, the start will change it"))
        }
    }
    None
}

/// The hot wallet's addresses.
fn wallet(config: &Config, snapshot: Option<&Snapshot>, found: &mut Findings) -> Vec<Address> {
    if config.dummy.is_on() || config.shadow.is_some() {
        return Vec::new();
    }
    found.taken(skycoin_rest(&config.rail.node));
    let Some(wallet) = found.taken(money::open_wallet(config)) else { return Vec::new() };
    if let Some(snapshot) = snapshot {
        found.taken(money::refuse_bound(&wallet, snapshot));
    }
    wallet.addresses()
}

/// Whether copies can be put where they are to be kept.
fn backups(config: &Config, data_dir: &Path, found: &mut Findings) {
    let made = Backups::new(config, data_dir, &given::db_path(config, data_dir));
    let Some(backups) = found.taken(made.map_err(|error| format!("backup: {error}"))) else { return };
    // Nothing is asked of another machine here: `teller doctor` does that.
    let Some(place) = backups.place().filter(|place| !place.is_far()) else { return };
    let looked = std::thread::scope(|scope| {
        let look = || tokio::runtime::Runtime::new().map(|runtime| runtime.block_on(place.look()));
        scope.spawn(look).join()
    });
    match looked {
        Ok(Ok(looked)) => drop(found.taken(looked.map_err(|error| format!("backup.to: {error}")))),
        Ok(Err(error)) => found.problem(format_args!("backup.to: {error}")),
        Err(_) => found.problem("backup.to: looking at it panicked, this is a defect of teller"),
    }
}

fn certificate(config: &Config, found: &mut Findings) {
    match &config.web.tls {
        Tls::Off => {}
        Tls::Files { cert, key } => {
            if let Some(loaded) = found.taken(tls::load(cert, key)) {
                found.warnings.extend(loaded.problem());
            }
        }
        Tls::Automatic(acme) => drop(found.taken(tls::trusted_authority(acme))),
    }
}

//! What the manager of services is told (systemd's protocol, `Type=notify`): how far the start is, that it serves, that
//! it lives, that it stops. Where no `NOTIFY_SOCKET` is set, nobody is told anything.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use sd_notify::NotifyState;

/// What a start may take from each sign of progress on, beyond what the unit allows it.
const MORE_TIME: Duration = Duration::from_secs(300);
/// What waits to be told. A manager that does not listen is told no more: it holds up nobody.
const WAITING: usize = 64;

/// What is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    /// The start goes on, and takes its time.
    Progress(String),
    /// All listeners answer; what was read anew is in use.
    Ready,
    /// What it does at the moment, in words.
    Status(String),
    /// The writer and the workers move.
    Alive,
    /// The configuration's files are read anew.
    Reloading,
    /// Requests and steps are finished, and then it ends.
    Stopping,
}

/// Tells it, in order, on a thread of its own.
#[derive(Debug, Clone)]
pub(super) struct Manager(Option<SyncSender<Told>>);

impl Manager {
    /// Returns the one that this process was started by.
    pub(super) fn of_this_process() -> Manager {
        if std::env::var_os("NOTIFY_SOCKET").is_none_or(|socket| socket.is_empty()) {
            return Manager(None);
        }
        let (sender, told) = sync_channel(WAITING);
        let thread = std::thread::Builder::new().name("manager".into()).spawn(move || pass_on(&told));
        let error = thread.err();
        error
            .iter()
            .for_each(|error| tracing::error!(%error, "the service's manager cannot be told anything"));
        let manager = Manager(error.is_none().then_some(sender));
        manager.tell(Told::Status("starting".to_owned()));
        manager
    }

    /// Returns one that is told nothing.
    pub(super) fn nobody() -> Manager {
        Manager(None)
    }

    /// Returns whether anybody is told.
    pub(super) fn is_there(&self) -> bool {
        self.0.is_some()
    }

    /// Returns how often it has to hear that the service lives; none where it does not ask for that.
    pub(super) fn watchdog(&self) -> Option<Duration> {
        self.0.as_ref().and_then(|_| sd_notify::watchdog_enabled())
    }

    /// Tells it, and waits for nothing.
    pub(super) fn tell(&self, told: Told) {
        let Some(sender) = &self.0 else { return };
        if let Err(error) = sender.try_send(told) {
            tracing::warn!(%error, "the service's manager does not listen");
        }
    }
}

fn pass_on(told: &Receiver<Told>) {
    while let Ok(told) = told.recv() {
        if let Err(error) = pass(&told) {
            tracing::warn!(?told, %error, "the service's manager could not be told");
        }
    }
}

fn pass(told: &Told) -> std::io::Result<()> {
    let more = u32::try_from(MORE_TIME.as_micros()).unwrap_or(u32::MAX);
    match told {
        Told::Progress(words) => {
            sd_notify::notify(&[NotifyState::Status(words), NotifyState::ExtendTimeoutUsec(more)])
        }
        Told::Ready => sd_notify::notify(&[NotifyState::Ready]),
        Told::Status(words) => sd_notify::notify(&[NotifyState::Status(words)]),
        Told::Alive => sd_notify::notify(&[NotifyState::Watchdog]),
        // Since version 253 systemd wants to know when that began.
        Told::Reloading => sd_notify::notify(&[NotifyState::Reloading, NotifyState::monotonic_usec_now()?]),
        Told::Stopping => sd_notify::notify(&[NotifyState::Stopping, NotifyState::Status("stopping")]),
    }
}

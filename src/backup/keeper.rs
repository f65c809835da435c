//! Makes copies when they are due, and clears away what is not kept.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, oneshot};

use super::digest::Digest;
use super::prepare::{Prepared, prepare};
use super::{BackupError, Copier, Keys, Manifest, Place, Recipients, retention, schedule};
use crate::clock::Clock;
use crate::config::{BackupSchedule, Retention};
use crate::live::{BackupView, KeptCopy, Live};
use crate::store::{Snapshot, Store, StoreError};
use crate::task::Shutdown;
use crate::types::{Moment, UnixTime};

/// How often the wall clock is asked again whether a copy is due.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// The first wait after a failure; it doubles up to the longest.
const FIRST_WAIT: Duration = Duration::from_secs(10);
const ONE_SECOND: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(3_600);

/// Asks a keeper for a copy now.
#[derive(Debug, Clone, Default)]
pub struct KeeperHandle(Arc<Notify>);

impl KeeperHandle {
    /// Has a copy made as soon as it can be.
    pub fn ask(&self) {
        self.0.notify_one();
    }
}

/// See the module's documentation.
#[derive(Debug)]
pub struct Keeper {
    /// What is copied.
    pub store: Store,
    /// Makes the copies.
    pub copier: Copier,
    /// Where they are kept.
    pub place: Place,
    /// When they are due.
    pub schedule: BackupSchedule,
    /// Which are kept.
    pub keep: Retention,
    /// Who can read them.
    pub recipients: Arc<Recipients>,
    /// What they are read back with, where this machine has it.
    pub keys: Option<Arc<Keys>>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where it is shown how they fare.
    pub live: Arc<Live>,
    /// Asked for a copy now.
    pub handle: KeeperHandle,
}

/// What a keeper remembers.
#[derive(Debug, Default)]
struct Memory {
    /// The newest copy that it made itself.
    made: Option<(UnixTime, Moment)>,
    /// The wait after the last failure; none while all is well.
    wait: Option<Duration>,
    is_asked: bool,
}

impl Keeper {
    /// Works until the service stops.
    pub async fn run(self, shutdown: Shutdown) {
        let (mut memory, mut view) = (Memory::default(), self.first_view());
        while !shutdown.is_triggered() {
            self.live.set_backups(Some(view.clone()));
            let done = self.step(&mut memory, &mut view, &shutdown).await;
            let pause = match done {
                Ok(pause) => {
                    memory.wait = None;
                    view.trouble = None;
                    pause.min(LOOK_EVERY)
                }
                Err(_) if shutdown.is_triggered() => return,
                Err(error) => self.note(&mut memory, &mut view, &error),
            };
            view.is_running = false;
            self.live.set_backups(Some(view.clone()));
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.handle.0.notified() => memory.is_asked = true,
                () = shutdown.wait() => {}
            }
        }
    }

    fn first_view(&self) -> BackupView {
        let view = BackupView::new(self.clock.moment(), schedule::too_old(self.schedule));
        BackupView { place: self.place.to_string(), ..view }
    }

    /// Writes down a failure; answers how long to wait.
    fn note(&self, memory: &mut Memory, view: &mut BackupView, error: &BackupError) -> Duration {
        let pause = memory.wait.map_or(FIRST_WAIT, |wait| wait.saturating_mul(2)).min(LONGEST_WAIT);
        tracing::error!(%error, retry_in = ?pause, "no backup");
        memory.wait = Some(pause);
        view.failures = view.failures.saturating_add(1);
        let since = view.trouble.take().map_or_else(|| self.clock.now(), |(since, _)| since);
        view.trouble = Some((since, error.to_string()));
        pause
    }

    /// What a place does; no stop of the service waits for one that is far away.
    async fn unless_stopped<T>(
        &self,
        shutdown: &Shutdown,
        work: impl Future<Output = Result<T, BackupError>>,
    ) -> Result<T, BackupError> {
        tokio::select! {
            biased;
            done = work => done,
            () = shutdown.wait(), if self.place.is_far() => Err(BackupError::Stopped),
        }
    }

    /// Makes a copy where one is due; answers when the next is.
    async fn step(
        &self,
        memory: &mut Memory,
        view: &mut BackupView,
        shutdown: &Shutdown,
    ) -> Result<Duration, BackupError> {
        let desk = self.desk()?;
        if view.copies.is_none() {
            self.unless_stopped(shutdown, self.place.sweep(&desk)).await?;
            self.unless_stopped(shutdown, self.list(&desk, view)).await?;
        }
        let due = self.due(memory, view);
        if due > Duration::ZERO && !memory.is_asked {
            return Ok(due);
        }
        // Names are moments: of two in a second, the later would have the other's.
        let newest = memory.made.map(|(at, _)| at).max(newest_of(view));
        if newest == Some(self.clock.now()) {
            return Ok(ONE_SECOND);
        }
        view.is_running = true;
        self.live.set_backups(Some(view.clone()));
        let made = self.make(&desk, shutdown).await?;
        memory.is_asked = false;
        memory.made = Some((made.made_at(), self.clock.moment()));
        view.made = view.made.saturating_add(1);
        tracing::info!(name = made.name, size = made.size, history = made.history, "backup kept");
        self.unless_stopped(shutdown, self.list(&desk, view)).await?;
        self.unless_stopped(shutdown, self.clear(&desk, view)).await?;
        Ok(self.due(memory, view))
    }

    /// How long until a copy is due. What this process made itself counts, whatever the wall clock says meanwhile.
    fn due(&self, memory: &Memory, view: &BackupView) -> Duration {
        let now = self.clock.now();
        match memory.made {
            Some((at, made)) if at > now => {
                schedule::period(self.schedule).saturating_sub(self.clock.moment().since(made))
            }
            Some((at, _)) => schedule::due_in(self.schedule, Some(at), now),
            None => schedule::due_in(self.schedule, newest_of(view), now),
        }
    }

    /// What the names of this desk's copies begin with.
    fn desk(&self) -> Result<String, BackupError> {
        desk_of(&self.store.snapshot()).map_err(|error| BackupError::Copy(error.into()))
    }

    async fn list(&self, desk: &str, view: &mut BackupView) -> Result<(), BackupError> {
        view.copies = None;
        view.copies = Some(self.place.list(Some(desk)).await?.iter().map(shown).collect());
        Ok(())
    }

    /// Takes away what the retention does not keep.
    async fn clear(&self, desk: &str, view: &mut BackupView) -> Result<(), BackupError> {
        let copies = self.place.list(Some(desk)).await?;
        let gone = retention::superfluous(&copies, self.keep, self.clock.now());
        for copy in &gone {
            self.place.remove(&copy.name).await?;
            tracing::info!(name = copy.name, "backup cleared away");
        }
        if gone.is_empty() { Ok(()) } else { self.list(desk, view).await }
    }

    async fn make(&self, desk: &str, shutdown: &Shutdown) -> Result<Manifest, BackupError> {
        self.unless_stopped(shutdown, self.place.sweep(desk)).await?;
        let turn = self.copier.turn().await;
        let prepared = self.prepared(desk, shutdown).await?;
        // What another machine takes its time for keeps nobody from a copy of their own.
        let turn = Some(turn).filter(|_| !self.place.is_far());
        let manifest = self.unless_stopped(shutdown, self.place.keep(prepared)).await?;
        drop(turn);
        if let Some(keys) = &self.keys
            && let Err(error) = self.unless_stopped(shutdown, self.read_back(&manifest, keys)).await
        {
            // It was read back; that it is decrypted as well is for when it is asked of again.
            if matches!(error, BackupError::Stopped) {
                return Err(error);
            }
            // What is not proven is no copy: left there, one a try would take the place of those that are.
            self.place.remove(&manifest.name).await?;
            return Err(error);
        }
        Ok(manifest)
    }

    /// Makes and proves a copy in a thread of its own, which gives way to everybody.
    async fn prepared(&self, desk: &str, shutdown: &Shutdown) -> Result<Prepared, BackupError> {
        let (copier, snapshot, desk) = (self.copier.clone(), self.store.snapshot(), desk.to_owned());
        let (recipients, shutdown, at) = (Arc::clone(&self.recipients), shutdown.clone(), self.clock.now());
        let folder: PathBuf = self.place.own_folder().unwrap_or(copier.folder()).to_owned();
        let (tell, told) = oneshot::channel();
        let work = move || {
            give_way();
            let stops = || shutdown.is_triggered();
            let _ = tell.send(prepare(&copier, &snapshot, (&*desk, at), (&*folder, &*recipients), &stops));
        };
        let thread = std::thread::Builder::new().name("backup".into()).spawn(work);
        thread.map_err(|error| BackupError::other("a thread", error.to_string()))?;
        told.await.unwrap_or_else(|_| Err(BackupError::other("the copy", "making it panicked")))
    }

    /// Decrypts what was put away, and holds it against what was copied.
    async fn read_back(&self, manifest: &Manifest, keys: &Arc<Keys>) -> Result<(), BackupError> {
        if !manifest.is_encrypted() {
            return Ok(());
        }
        let folder = self.copier.folder();
        let mut file = tempfile::tempfile_in(folder).map_err(BackupError::file(folder))?;
        let to = file.try_clone().map_err(BackupError::file(folder))?;
        self.place.fetch(&manifest.name, to).await?;
        let keys = Arc::clone(keys);
        let read = move || {
            std::io::Seek::rewind(&mut file).map_err(|error| BackupError::other("", error.to_string()))?;
            keys.decrypt(&mut file, &mut std::io::sink(), &mut || Ok(()))
        };
        let read = tokio::task::spawn_blocking(read).await;
        let Digest { size, sha256 } =
            read.unwrap_or_else(|panicked| Err(BackupError::other("", panicked.to_string())))?;
        if (size, &sha256) == (manifest.plain_size, &manifest.plain_sha256) {
            return Ok(());
        }
        Err(BackupError::other(&manifest.name, "decrypted, it is not what was copied"))
    }
}

/// When the newest copy was made that is known.
fn newest_of(view: &BackupView) -> Option<UnixTime> {
    view.copies.iter().flatten().map(|copy| copy.made_at).max()
}

fn shown(copy: &Manifest) -> KeptCopy {
    KeptCopy {
        name: copy.name.clone(),
        made_at: copy.made_at(),
        history: copy.history.clone(),
        size: copy.size,
        sha256: copy.sha256.clone(),
        is_encrypted: copy.is_encrypted(),
    }
}

/// What tells the copies of this desk from those of another in the same place: four bytes that follow from its secret.
pub(super) fn desk_of(snapshot: &Snapshot) -> Result<String, StoreError> {
    let id = snapshot.desk_secret()?.derive("name of backups", &[]);
    Ok(id.iter().take(4).map(|byte| format!("{byte:02x}")).collect())
}

/// Lets every other thread of the machine go first.
pub(super) fn give_way() {
    // Where the system refuses, it only takes its share.
    let _ = rustix::process::setpriority_process(None, 19);
}

//! Proves, when somebody asks, that the newest copy can be restored: fetched, decrypted, audited as a start does it,
//! and held against this desk's own history. Beside everything else, so that no copy waits for it.

use std::fs::File;
use std::io::Seek;
use std::sync::Arc;

use tokio::sync::{Notify, oneshot};

use super::digest::compare;
use super::keeper::{desk_of, give_way};
use super::prepare::path_of;
use super::restore::plain;
use super::{BackupError, Copier, Keys, Manifest, Place};
use crate::clock::Clock;
use crate::live::{DrillEnd, DrillFacts, DrillView, Live};
use crate::store::{CopyDrill, History, Snapshot, Store, StoreError, drill_copy};
use crate::task::Shutdown;

/// Asks for a drill now.
#[derive(Debug, Clone, Default)]
pub struct DrillerHandle(Arc<Notify>);

impl DrillerHandle {
    /// Has the newest copy proven, after a drill that goes on.
    pub fn ask(&self) {
        self.0.notify_one();
    }
}

/// See the module's documentation.
#[derive(Debug)]
pub struct Driller {
    /// Whose copies they are.
    pub store: Store,
    /// Knows the folder for what is fetched.
    pub copier: Copier,
    /// Where copies are kept.
    pub place: Place,
    /// What they are read with, where this machine has it.
    pub keys: Option<Arc<Keys>>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where the outcome is shown.
    pub live: Arc<Live>,
    /// Asked for a drill now.
    pub handle: DrillerHandle,
}

impl Driller {
    /// Works until the service stops.
    pub async fn run(self, shutdown: Shutdown) {
        loop {
            tokio::select! {
                () = self.handle.0.notified() => {}
                () = shutdown.wait() => return,
            }
            let began_at = self.clock.now();
            let show = |end| self.live.set_drill(DrillView { began_at, end });
            show(DrillEnd::Running);
            let drilled = tokio::select! {
                drilled = self.drill() => drilled,
                () = shutdown.wait() => return,
            };
            let at = self.clock.now();
            match drilled {
                Ok(facts) => {
                    tracing::info!(
                        copy = facts.name,
                        history = facts.history,
                        "the drill of a backup is passed"
                    );
                    show(DrillEnd::Passed { at, facts });
                }
                Err(error @ BackupError::NoKey(_)) => {
                    show(DrillEnd::Untried { at, words: error.to_string() })
                }
                Err(error) => {
                    tracing::error!(%error, "the drill of a backup is not passed");
                    show(DrillEnd::Failed { at, words: error.to_string() });
                }
            }
        }
    }

    async fn drill(&self) -> Result<DrillFacts, BackupError> {
        let desk = desk_of(&self.store.snapshot()).map_err(|error| BackupError::Copy(error.into()))?;
        let copies = self.place.list(Some(&desk)).await?;
        let newest = copies.into_iter().next().ok_or_else(|| BackupError::Nothing("backups".to_owned()))?;
        if newest.is_encrypted() && self.keys.is_none() {
            return Err(BackupError::NoKey(newest.name));
        }
        let folder = self.copier.folder();
        self.copier.check_bytes(newest.size.saturating_add(newest.plain_size))?;
        let stored = tempfile::tempfile_in(folder).map_err(BackupError::file(folder))?;
        let into = stored.try_clone().map_err(BackupError::file(folder))?;
        let found = self.place.fetch(&newest.name, into).await?;
        let what = "the file is not what the manifest says";
        compare(&newest.name, &found, newest.size, &newest.sha256, what)?;
        let drilled = self.proven(newest.clone(), stored).await?;
        facts(&newest, drilled, &self.store.snapshot())
    }

    /// In a thread of its own, which gives way to everybody, and of which no stop waits: it holds nothing of the store.
    async fn proven(&self, newest: Manifest, stored: File) -> Result<CopyDrill, BackupError> {
        let (folder, keys) = (self.copier.folder().to_owned(), self.keys.clone());
        let (tell, told) = oneshot::channel();
        let work = move || {
            give_way();
            let plain = plain((&newest.name, Some(&newest)), stored, &folder, keys.as_deref());
            let drilled = plain.and_then(|mut plain| {
                plain.rewind().map_err(BackupError::file(&folder))?;
                drill_copy(&path_of(&plain)).map_err(BackupError::Unsound)
            });
            let _ = tell.send(drilled);
        };
        let thread = std::thread::Builder::new().name("backup-drill".into()).spawn(work);
        thread.map_err(|error| BackupError::other("a thread", error.to_string()))?;
        told.await.unwrap_or_else(|_| Err(BackupError::other("the copy", "the drill panicked")))
    }
}

/// What a copy holds, where its history is the beginning of this desk's.
fn facts(newest: &Manifest, drilled: CopyDrill, snapshot: &Snapshot) -> Result<DrillFacts, BackupError> {
    let CopyDrill { head, payouts, coins, transactions } = drilled;
    let here = snapshot.head_at(head.number).map_err(BackupError::Unsound)?;
    if here != Some(head) {
        let what = format!("its history ends with {head}, which is none of this desk's");
        return Err(BackupError::Unsound(StoreError::Inconsistent(vec![what])));
    }
    Ok(DrillFacts {
        name: newest.name.clone(),
        made_at: newest.made_at(),
        history: head.to_string(),
        events_since: snapshot.head().number.saturating_sub(head.number),
        payouts,
        coins,
        transactions,
    })
}

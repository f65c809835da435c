//! Copies of the database that make themselves, as the configuration wants them.

use std::path::Path;
use std::sync::Arc;

use super::staff::Staff;
use crate::backup::{
    BackupError, Copier, Driller, DrillerHandle, Keeper, KeeperHandle, Keys, Place, Recipients,
};
use crate::config::{Backup, Config};
use crate::live::Live;

/// What makes copies, and what keeps them.
#[derive(Debug)]
pub(super) struct Backups {
    copier: Copier,
    /// None where copies do not make themselves.
    kept: Option<Kept>,
}

/// Everything that a keeper of copies is made of, but for what it works on.
#[derive(Debug)]
struct Kept {
    settings: Backup,
    place: Place,
    recipients: Recipients,
    keys: Option<Keys>,
    handle: KeeperHandle,
    driller: DrillerHandle,
}

impl Backups {
    /// Nothing is looked at yet but the file of a key.
    pub(super) fn new(config: &Config, data_dir: &Path, database: &Path) -> Result<Backups, BackupError> {
        let copier = Copier::new(data_dir.to_owned(), database.to_owned());
        let kept = config.backup.clone().map(|settings| {
            let place = Place::new(&settings.place, data_dir)?;
            let recipients = Recipients::from(settings.recipients.clone());
            let keys = settings.identity.as_deref().map(Keys::read).transpose()?;
            Ok::<_, BackupError>(Kept {
                settings,
                place,
                recipients,
                keys,
                handle: KeeperHandle::default(),
                driller: DrillerHandle::default(),
            })
        });
        Ok(Backups { copier, kept: kept.transpose()? })
    }

    /// Where copies are kept; none where they do not make themselves.
    pub(super) fn place(&self) -> Option<&Place> {
        self.kept.as_ref().map(|kept| &kept.place)
    }

    /// Makes copies; and has one kept now, where they make themselves.
    pub(super) fn for_listeners(&self) -> (Copier, Option<(KeeperHandle, DrillerHandle)>) {
        let handles = self.kept.as_ref().map(|kept| (kept.handle.clone(), kept.driller.clone()));
        (self.copier.clone(), handles)
    }

    /// Begins to keep copies, where that is wanted.
    pub(super) fn employ(self, live: &Arc<Live>, staff: &mut Staff) {
        let Backups { copier, kept: Some(kept) } = self else { return };
        let Kept { settings, place, recipients, keys, handle, driller } = kept;
        let keys = keys.map(Arc::new);
        let driller = Driller {
            store: staff.store.clone(),
            copier: copier.clone(),
            place: place.clone(),
            keys: keys.clone(),
            clock: Arc::clone(&staff.clock),
            live: Arc::clone(live),
            handle: driller,
        };
        let keeper = Keeper {
            store: staff.store.clone(),
            copier,
            place,
            schedule: settings.schedule,
            keep: settings.keep,
            recipients: Arc::new(recipients),
            keys,
            clock: Arc::clone(&staff.clock),
            live: Arc::clone(live),
            handle,
        };
        staff.employ_aside("backups", |shutdown| keeper.run(shutdown));
        staff.employ_aside("backup drills", |shutdown| driller.run(shutdown));
    }
}

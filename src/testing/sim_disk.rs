//! A disk in memory that forgets what was not synced.
//!
//! Each sync is two moments at which the process can die: before it (what was written since the last one may have
//! reached the disk or not, each piece for itself) and after it (durable, although nobody was told).

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::fuse::Fuse;

/// Something that was done to the disk and may be lost.
#[derive(Debug, Clone)]
enum Change {
    Len(usize),
    Write(usize, Vec<u8>),
}

#[derive(Debug, Default)]
struct State {
    current: Vec<u8>,
    durable: Vec<u8>,
    unsynced: Vec<Change>,
    is_dead: bool,
}

/// The disk. Clones are the same disk.
#[derive(Debug, Clone, Default)]
pub struct SimDisk {
    state: Arc<Mutex<State>>,
    fuse: Fuse,
}

impl SimDisk {
    pub fn new(fuse: Fuse) -> Self {
        SimDisk { state: Arc::default(), fuse }
    }

    /// The power is cut: nothing works any more.
    pub fn kill(&self) {
        self.state().is_dead = true;
    }

    /// The disk as it is found after the power came back: what was synced, and of the rest whatever `survives` says.
    pub fn after_power_cut(&self, mut survives: impl FnMut() -> bool) -> SimDisk {
        let state = self.state();
        let mut content = state.durable.clone();
        for change in state.unsynced.iter().filter(|_| survives()) {
            apply(&mut content, change);
        }
        let found =
            State { current: content.clone(), durable: content, unsynced: Vec::new(), is_dead: false };
        SimDisk { state: Arc::new(Mutex::new(found)), fuse: self.fuse.clone() }
    }

    /// Another disk with what was synced: a backup, or a machine that was copied while it ran.
    pub fn copy(&self) -> SimDisk {
        let content = self.state().durable.clone();
        let copied =
            State { current: content.clone(), durable: content, unsynced: Vec::new(), is_dead: false };
        SimDisk { state: Arc::new(Mutex::new(copied)), fuse: self.fuse.clone() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn alive(&self) -> io::Result<MutexGuard<'_, State>> {
        let state = self.state();
        if state.is_dead { Err(io::Error::other("the power is off")) } else { Ok(state) }
    }
}

fn apply(content: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Len(len) => content.resize(*len, 0),
        Change::Write(offset, bytes) => {
            let end = offset + bytes.len();
            if content.len() < end {
                content.resize(end, 0);
            }
            content[*offset..end].copy_from_slice(bytes);
        }
    }
}

fn position(offset: u64) -> io::Result<usize> {
    usize::try_from(offset).map_err(io::Error::other)
}

impl redb::StorageBackend for SimDisk {
    fn len(&self) -> io::Result<u64> {
        u64::try_from(self.alive()?.current.len()).map_err(io::Error::other)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let state = self.alive()?;
        let from = position(offset)?;
        let bytes = state.current.get(from..from + out.len());
        out.copy_from_slice(bytes.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut state = self.alive()?;
        let change = Change::Len(position(len)?);
        apply(&mut state.current, &change);
        state.unsynced.push(change);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut state = self.alive()?;
        if self.fuse.burns() {
            state.is_dead = true;
            return Err(io::Error::other("died before the sync"));
        }
        // Only what was written is brought over: a sync of a large disk costs no more than one of a small one.
        let State { durable, unsynced, .. } = &mut *state;
        unsynced.drain(..).for_each(|change| apply(durable, &change));
        if self.fuse.burns() {
            state.is_dead = true;
            return Err(io::Error::other("died after the sync"));
        }
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut state = self.alive()?;
        let change = Change::Write(position(offset)?, data.to_vec());
        apply(&mut state.current, &change);
        state.unsynced.push(change);
        Ok(())
    }
}

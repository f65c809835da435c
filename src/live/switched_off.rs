//! What persons have switched off, as everybody looks at it.

use std::sync::{Mutex, PoisonError};

use arc_swap::ArcSwap;

use crate::payout::Reason;
use crate::types::Switch;

/// What is off, with who did it and why. Kept by the store, and shown here.
#[derive(Debug, Default)]
pub struct SwitchedOff {
    off: ArcSwap<Vec<(Switch, Reason)>>,
    turn: Mutex<()>,
}

impl SwitchedOff {
    /// Whether it is off.
    pub fn has(&self, switch: Switch) -> bool {
        self.off.load().iter().any(|(known, _)| *known == switch)
    }

    /// Returns who switched it off and why; none where it is on.
    pub fn reason(&self, switch: Switch) -> Option<Reason> {
        let off = self.off.load();
        off.iter().find(|(known, _)| *known == switch).map(|(_, reason)| reason.clone())
    }

    /// Shows what `read` reads. One at a time, so that nothing older comes after what is newer.
    ///
    /// # Errors
    ///
    /// Where it cannot be read; what was shown stays.
    pub fn take<E>(&self, read: impl FnOnce() -> Result<Vec<(Switch, Reason)>, E>) -> Result<(), E> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.off.store(read()?.into());
        Ok(())
    }
}

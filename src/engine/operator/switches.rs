//! What a person switches off while the service runs, and on again.

use super::{ActError, Order};
use crate::live::Live;
use crate::store::{Store, StoreError, SwitchEvent, Switches};
use crate::types::Switch;

/// Why a switch was not turned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SwitchRefused {
    /// It is off.
    #[error("it is switched off already")]
    IsOff,
    /// It is on.
    #[error("it is on already")]
    IsOn,
    /// The configuration has it off, which no act changes.
    #[error("the configuration has it off: change that, and start again")]
    Configured,
}

/// Turns a switch. What is off stays off over restarts, whatever is configured; what is on is as it is configured
/// (`is_configured`), and what the configuration has off is turned neither way.
///
/// # Errors
///
/// Where it is so already, the configuration has it off, or the store fails.
pub async fn turn_switch(
    store: &Store,
    switch: Switch,
    is_on: bool,
    is_configured: bool,
    order: Order,
) -> Result<(), ActError> {
    let act = store.act(move |tx| {
        let Order { by, why } = order.clone();
        let is_off = tx.switched_off()?.iter().any(|(known, _)| *known == switch);
        let name = switch.name().to_owned();
        let event = match (is_off, is_on) {
            // It can be taken back that somebody switched it off, though it changes nothing for now.
            (true, true) => SwitchEvent::On { name, why },
            _ if !is_configured => return Err(SwitchRefused::Configured.into()),
            (false, true) => return Err(SwitchRefused::IsOn.into()),
            (true, false) => return Err(SwitchRefused::IsOff.into()),
            (false, false) => SwitchEvent::Off { name, why },
        };
        Ok::<(), ActError>(tx.record_act(by, event)?)
    });
    act.await
}

/// Shows what is switched off, as it is stored.
///
/// # Errors
///
/// Where the store cannot be read.
pub fn show_switches(store: &Store, live: &Live) -> Result<(), StoreError> {
    live.switched_off.take(|| store.snapshot().switched_off())
}

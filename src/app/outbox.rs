//! Who is told of events: the receivers of the configuration, each with a courier of its own.

use std::sync::Arc;

use rustix::fs::{Access, access};

use super::StartError;
use super::staff::Staff;
use crate::config::{Config, EventReceiver, ToldBy};
use crate::outbox::{Courier, Couriers, Handle, LogPages, Port, Script, SetupError, Webhook};
use crate::store::{Store, StoreError};

/// Returns how a receiver is told; nobody is told anything yet.
pub(super) fn port(receiver: &EventReceiver) -> Result<Arc<dyn Port>, SetupError> {
    let named = |key: &str, error: SetupError| SetupError(format!("events.{}.{key}: {error}", receiver.name));
    Ok(match &receiver.by {
        ToldBy::Webhook(webhook) => {
            Arc::new(Webhook::new(webhook, receiver.timeout).map_err(|error| named("webhook", error))?)
        }
        ToldBy::Script(program) => {
            let refused = |why: String| named("script", SetupError(format!("{}: {why}", program.display())));
            if !program.is_file() {
                return Err(refused("it is not a file".to_owned()));
            }
            access(program, Access::EXEC_OK).map_err(|error| refused(error.to_string()))?;
            Arc::new(Script::new(program))
        }
    })
}

/// Those who are told. A shadow tells nobody: what it finds is no news, since the original does it.
fn told(config: &Config) -> &[EventReceiver] {
    if config.shadow.is_some() { &[] } else { &config.events }
}

/// Looks whether receivers could be told, as a start does.
pub(super) fn check(config: &Config) -> Vec<SetupError> {
    told(config).iter().filter_map(|receiver| port(receiver).err()).collect()
}

/// The receivers of the configuration, known to the store from here on.
pub(super) async fn couriers(config: &Config, store: &Store) -> Result<Couriers, StartError> {
    let handles = told(config).iter().map(|receiver| {
        Ok(Handle::new(&receiver.name, port(receiver)?, receiver.only.clone(), receiver.timeout))
    });
    let handles = handles.collect::<Result<Vec<_>, SetupError>>()?;
    configure(config, store).await?;
    Ok(Couriers::new(handles))
}

async fn configure(config: &Config, store: &Store) -> Result<(), StoreError> {
    let names: Vec<String> = told(config).iter().map(|receiver| receiver.name.clone()).collect();
    store.write(move |tx| tx.configure_receivers(&names)).await
}

/// Begins to tell.
pub(super) fn employ(couriers: &Couriers, staff: &mut Staff) {
    let pages = Arc::new(LogPages::default());
    for handle in couriers.all() {
        let courier = Courier::new(Arc::clone(handle), staff.store.clone(), Arc::clone(&staff.clock));
        let courier = courier.sharing(&pages);
        staff.employ_aside("events to a receiver", |shutdown| courier.run(shutdown));
    }
}

//! Who is told of events: the receivers of the configuration, each with a courier of its own.

use std::sync::Arc;

use rustix::fs::{Access, access};

use super::StartError;
use super::staff::Staff;
use crate::config::{Config, EventReceiver, ToldBy};
use crate::live::Live;
use crate::outbox::{
    ClientHooks, Courier, Couriers, Handle, HookClient, HookClients, HookCourier, HookSorter, LogPages, Port,
    Script, SetupError, Webhook,
};
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
    let receivers = told(config).iter().filter_map(|receiver| port(receiver).err());
    receivers.chain(hook_clients(config).err()).collect()
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

/// The clients of the configuration that may have webhooks. A shadow gives out no address that one could be given with.
pub(super) fn hook_clients(config: &Config) -> Result<HookClients, SetupError> {
    let clients = config.web.clients.iter().filter(|_| config.shadow.is_none());
    let clients = clients.filter_map(|client| {
        let hooks = ClientHooks::new(client.webhooks.as_ref()?);
        let named = |error| SetupError(format!("web.clients.{}.webhook_secrets: {error}", client.name));
        Some(hooks.map_err(named).map(|hooks| HookClient::new(&client.name, Arc::new(hooks))))
    });
    Ok(HookClients::new(clients.collect::<Result<Vec<_>, SetupError>>()?))
}

/// Begins to tell.
pub(super) fn employ((couriers, hooks): (&Couriers, &HookClients), live: &Arc<Live>, staff: &mut Staff) {
    let pages = Arc::new(LogPages::default());
    for handle in couriers.all() {
        let courier = Courier::new(Arc::clone(handle), staff.store.clone(), Arc::clone(&staff.clock));
        let courier = courier.sharing(&pages);
        staff.employ_aside("events to a receiver", |shutdown| courier.run(shutdown));
    }
    live.set_hook_clients(hooks.all().iter().map(|client| client.name.clone()).collect());
    if hooks.all().is_empty() {
        return;
    }
    let sorter =
        HookSorter::new(staff.store.clone(), hooks.clone(), Arc::clone(live), Arc::clone(&staff.clock));
    staff.employ_aside("sorting events for webhooks", |shutdown| sorter.run(shutdown));
    for client in hooks.all() {
        let courier = HookCourier::new(Arc::clone(client), staff.store.clone(), Arc::clone(&staff.clock));
        staff.employ_aside("webhooks of a client", |shutdown| courier.run(shutdown));
    }
}

//! The workers as they are hired: each supervised, and named so that a stop can say who is still alive.

use std::mem::take;
use std::sync::Arc;

use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::listeners::Serving;
use super::{Ended, RunError};
use crate::clock::Clock;
use crate::store::Store;
use crate::task::{Pulse, Shutdown, Surroundings, Vitals, Worker, run};

/// The workers as they are hired.
pub(super) struct Staff {
    pub(super) tasks: JoinSet<Ended>,
    pub(super) names: Vec<&'static str>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) shutdown: Shutdown,
    pub(super) store: Store,
    /// Whether each worker moves, by its name.
    pub(super) pulses: Vec<(&'static str, Pulse)>,
}

impl Staff {
    /// Returns a staff of nobody yet but those who serve the listeners.
    pub(super) fn beside(
        serving: &mut Serving,
        clock: Arc<dyn Clock>,
        shutdown: Shutdown,
        store: Store,
    ) -> Staff {
        let (tasks, names) = (take(&mut serving.tasks), take(&mut serving.names));
        Staff { tasks, names, clock, shutdown, store, pulses: Vec::new() }
    }

    pub(super) fn employ(&mut self, worker: impl Worker + 'static, vitals: Vitals, nudge: Arc<Notify>) {
        let (name, pulse) = (worker.name(), Pulse::default());
        self.pulses.push((name, pulse.clone()));
        let around = Surroundings {
            clock: Arc::clone(&self.clock),
            shutdown: self.shutdown.clone(),
            work: self.store.work(),
            nudge,
            pulse,
        };
        self.names.push(name);
        self.tasks.spawn(Ended::after(name, async move {
            let result = run(worker, vitals, around).await;
            result.map_err(|error| RunError::Worker { name, error })
        }));
    }

    /// No worker: nothing depends on it, and it never fails.
    pub(super) fn employ_aside<F>(&mut self, name: &'static str, work: impl FnOnce(Shutdown) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (work, shutdown) = (work(self.shutdown.clone()), self.shutdown.clone());
        self.names.push(name);
        self.tasks.spawn(async move {
            // Not even a defect in it, or in a library that it uses, may end the service.
            if let Err(error) = tokio::spawn(work).await {
                tracing::error!(part = name, %error, "ended, and the service goes on without it");
            }
            shutdown.wait().await;
            Ended { name, result: Ok(()) }
        });
    }
}

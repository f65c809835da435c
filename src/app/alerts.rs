//! Who is told of problems: the receivers of the configuration, and what was told to each before.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::StartError;
use super::staff::Staff;
use super::watching::Watching;
use crate::alerts::{Kept, Mail, Post, Receiver, Told, Watcher, Webhook};
use crate::clock::Clock;
use crate::config::Alerts;
use crate::outbox::Noter;
use crate::report::{HealthCheck, OpenProblem};
use crate::store::StoreError;

/// A receiver with what it was told.
#[derive(Debug)]
struct Known<R> {
    receiver: R,
    kept: Kept,
    told: Told,
}

impl<R: Receiver> Known<R> {
    fn new(receiver: R, data_dir: &Path) -> Known<R> {
        let kept = Kept::of(data_dir, receiver.name());
        let told = kept.load();
        Known { receiver, kept, told }
    }
}

/// The receivers that are configured.
#[derive(Debug)]
pub(super) struct Receivers {
    webhook: Option<Known<Webhook>>,
    mail: Option<Known<Mail>>,
    settle: Duration,
    repeat: Duration,
}

impl Receivers {
    /// None is spoken to yet.
    pub(super) fn new(alerts: &Alerts, data_dir: &Path) -> Result<Receivers, StartError> {
        let webhook = alerts.webhook.as_ref().map(|webhook| Webhook::new(webhook, &alerts.runbooks));
        let mail = alerts.mail.as_ref().map(|mail| Mail::new(mail, &alerts.runbooks));
        Ok(Receivers {
            webhook: webhook.transpose()?.map(|receiver| Known::new(receiver, data_dir)),
            mail: mail.transpose()?.map(|receiver| Known::new(receiver, data_dir)),
            settle: alerts.settle,
            repeat: alerts.repeat,
        })
    }

    /// Begins to look, and to tell.
    pub(super) fn employ(
        self,
        watching: &Watching,
        health: Option<Arc<HealthCheck>>,
        staff: &mut Staff,
    ) -> Result<(), StoreError> {
        // Where no listener was bound, nothing is served that could ail.
        let Some(health) = health else { return Ok(()) };
        // First what was told, which has words; the log has none.
        let told = self.webhook.iter().map(|known| &known.told);
        for told in told.chain(self.mail.iter().map(|known| &known.told)) {
            take_over(told, watching, &*staff.clock);
        }
        for problem in Noter::noted(&staff.store)? {
            watching.problems.take_over(problem, staff.clock.moment());
        }
        let watcher = Watcher::new(health, Arc::clone(&watching.problems), self.settle);
        if let Some(webhook) = self.webhook {
            let post = post(webhook, &watcher, staff, self.repeat);
            staff.employ_aside("alerts by webhook", |shutdown| post.run(shutdown));
        }
        if let Some(mail) = self.mail {
            let post = post(mail, &watcher, staff, self.repeat);
            staff.employ_aside("alerts by mail", |shutdown| post.run(shutdown));
        }
        let noter = Noter::new(staff.store.clone(), watcher.subscribe());
        staff.employ_aside("problems as events", |shutdown| noter.run(shutdown));
        staff.employ_aside("watcher", |shutdown| watcher.run(shutdown));
        Ok(())
    }
}

fn post<R: Receiver>(known: Known<R>, watcher: &Watcher, staff: &Staff, repeat: Duration) -> Post<R> {
    let Known { receiver, kept, told } = known;
    let (store, clock) = (staff.store.clone(), Arc::clone(&staff.clock));
    Post { receiver, told, kept, open: watcher.subscribe(), store, clock, repeat }
}

/// What was told and not taken back is open until it has been away for long enough.
fn take_over(told: &Told, watching: &Watching, clock: &dyn Clock) {
    for (alert, _) in told.alerts() {
        let (key, words, since) = (alert.key, alert.words.clone(), alert.since);
        watching.problems.take_over(OpenProblem { key, words, since }, clock.moment());
    }
}

//! Who is told of events: as many series as the configuration has receivers.

use super::Metrics;
use super::sheet::{Sample, Sheet, flag, number, time};
use crate::store::{HookCounts, Hooks, ReceiverRow, Receivers, Snapshot, StoreError};

impl Metrics {
    pub(super) fn receivers(&self, sheet: &mut Sheet, snapshot: &Snapshot) -> Result<(), StoreError> {
        let rows = snapshot.receivers()?;
        let newest = snapshot.counters().events;
        let told: Vec<&(String, ReceiverRow)> =
            rows.iter().filter(|(_, row)| row.is_configured && !row.is_reader).collect();
        let each = |value: &dyn Fn(&ReceiverRow) -> Option<f64>| -> Vec<Sample<1>> {
            told.iter().filter_map(|(name, row)| Some(([name.clone()], value(row)?))).collect()
        };
        let labels = ["receiver"];
        let lag = each(&|row| Some(number(newest.saturating_sub(row.cursor))));
        let help = "Events of the log that the receiver has not acknowledged, told to it or not.";
        sheet.gauges("teller_receiver_lag_events", help, labels, lag);
        let failing = each(&|row| Some(flag(row.failing.is_some())));
        sheet.gauges("teller_receiver_failing", "Whether the receiver takes nothing now.", labels, failing);
        let since = each(&|row| Some(time(row.failing.as_ref()?.since)));
        let help = "Since when the receiver takes nothing; absent while it does.";
        sheet.gauges("teller_receiver_failing_since_timestamp_seconds", help, labels, since);
        let resting = each(&|row| Some(flag(row.rest.is_some())));
        let help = "Whether the receiver is told nothing: paused, or it wanted that.";
        sheet.gauges("teller_receiver_paused", help, labels, resting);
        let acked = each(&|row| row.acked_at.map(time));
        let help = "When the receiver acknowledged an event last.";
        sheet.gauges("teller_receiver_acknowledged_timestamp_seconds", help, labels, acked);
        Ok(())
    }

    /// Webhooks that clients gave for their purchases: as many series as the configuration has clients, however many
    /// webhooks there are.
    pub(super) fn webhooks(&self, sheet: &mut Sheet, snapshot: &Snapshot) -> Result<(), StoreError> {
        let clients = self.health.outlook.live.hook_clients();
        let counts: Vec<(String, HookCounts)> = clients
            .iter()
            .map(|client| Ok((client.clone(), snapshot.hook_counts(client)?)))
            .collect::<Result<_, StoreError>>()?;
        let each = |value: &dyn Fn(&HookCounts) -> u64| -> Vec<Sample<1>> {
            counts.iter().map(|(client, counts)| ([client.clone()], number(value(counts)))).collect()
        };
        let labels = ["client"];
        let help = "Webhooks that the client gave for purchases.";
        sheet.gauges("teller_client_webhooks", help, labels, each(&|counts| counts.hooks));
        let help = "Events that the client's webhooks have not acknowledged.";
        sheet.gauges("teller_client_webhooks_due_events", help, labels, each(&|counts| counts.due));
        let help = "Webhooks of the client that take nothing now.";
        sheet.gauges("teller_client_webhooks_failing", help, labels, each(&|counts| counts.failing));
        let help = "Webhooks of the client that are told nothing any more.";
        sheet.gauges("teller_client_webhooks_given_up", help, labels, each(&|counts| counts.given_up));
        Ok(())
    }
}

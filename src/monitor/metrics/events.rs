//! Who is told of events: as many series as the configuration has receivers.

use super::Metrics;
use super::sheet::{Sample, Sheet, flag, number, time};
use crate::store::{ReceiverRow, Receivers, Snapshot, StoreError};

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
}

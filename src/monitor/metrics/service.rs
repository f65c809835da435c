//! The program itself: what it is, its database, who comes in, its workers.

use super::Metrics;
use super::sheet::{Sample, Sheet, flag, number, time};
use crate::http::Door;
use crate::store::Snapshot;
use crate::types::Coin;

impl Metrics {
    pub(super) fn service(&self, sheet: &mut Sheet, snapshot: &Snapshot) {
        let store = &self.health.store;
        let mode = if self.build.is_play { "dummy" } else { "real" };
        let build = [self.build.version, self.build.commit, mode].map(str::to_owned);
        let labels = ["version", "commit", "mode"];
        sheet.gauges("teller_build_info", "What runs.", labels, [(build, 1.0)]);
        sheet.gauge(
            "teller_start_timestamp_seconds",
            "When this process began to serve.",
            time(self.started),
        );
        let commits = store.committed();
        sheet.counter("teller_store_commits_total", "Transactions committed since the start.", commits);
        let events = snapshot.counters().events;
        sheet.counter("teller_store_events_total", "Events in the database.", events);
        let size = std::fs::metadata(&self.database).ok().map(|file| number(file.len()));
        sheet.gauge_if("teller_database_size_bytes", "Size of the database's file.", size);
        self.backups(sheet);
        self.connections(sheet);
        self.requests(sheet);
    }

    /// Nothing where no copies make themselves.
    fn backups(&self, sheet: &mut Sheet) {
        let Some(view) = self.health.outlook.live.backups() else { return };
        let newest = view.newest();
        let help = "When the newest copy of the database was made; absent where there is none, or that is not known.";
        sheet.gauge_if("teller_backup_newest_timestamp_seconds", help, newest.map(|copy| time(copy.made_at)));
        let help = "Size of the newest copy of the database.";
        sheet.gauge_if("teller_backup_newest_size_bytes", help, newest.map(|copy| number(copy.size)));
        let count =
            view.copies.as_ref().map(|copies| number(u64::try_from(copies.len()).unwrap_or(u64::MAX)));
        sheet.gauge_if("teller_backup_copies", "Copies of the database that are kept.", count);
        sheet.counter("teller_backups_made_total", "Copies that were made since the start.", view.made);
        let help = "Copies that could not be made since the start.";
        sheet.counter("teller_backup_failures_total", help, view.failures);
    }

    /// One value for each door.
    fn by_door(&self, value: impl Fn(&Door) -> u64) -> Vec<Sample<1>> {
        let doors = self.doors.all();
        doors.iter().map(|door| ([name(door)], number(value(door)))).collect()
    }

    fn connections(&self, sheet: &mut Sheet) {
        let open = self.by_door(|door| u64::try_from(door.report().open).unwrap_or(u64::MAX));
        sheet.gauges("teller_connections", "Open connections.", ["door"], open);
        let crowded_out = self.by_door(|door| door.report().crowded_out);
        sheet.counters(
            "teller_connections_crowded_out_total",
            "Connections that had to go for others, or were turned away.",
            ["door"],
            crowded_out,
        );
        let late = self.by_door(|door| door.report().late);
        let help = "Connections that were closed because they took too long.";
        sheet.counters("teller_connections_late_total", help, ["door"], late);
    }

    fn requests(&self, sheet: &mut Sheet) {
        let doors = self.doors.all();
        let answered = doors.iter().flat_map(|door| {
            let by_class = door.answers().by_class();
            by_class.map(|(class, count)| ([name(door), class.to_owned()], number(count)))
        });
        let help = "Requests answered, by the first digit of the status.";
        sheet.counters("teller_requests_total", help, ["door", "class"], answered);
        let refused = doors.iter().flat_map(|door| {
            let refused = door.answers().refused();
            refused.map(|(status, count)| ([name(door), status.to_string()], number(count)))
        });
        let help = "Requests refused, by status: 429 throttled, 401 without the token, 503 not served now.";
        sheet.counters("teller_requests_refused_total", help, ["door", "status"], refused);
    }

    pub(super) fn workers(&self, sheet: &mut Sheet) {
        let workers = self.health.outlook.live.workers();
        let who = |name: &str, coin: Option<Coin>| [name.to_owned(), coin.map_or("", Coin::code).to_owned()];
        let labels = ["worker", "coin"];
        let success = workers
            .iter()
            .filter_map(|(name, coin, fares)| Some((who(name, *coin), time(fares.last_success?))));
        let help = "When a step of the worker succeeded last.";
        sheet.gauges("teller_worker_last_success_timestamp_seconds", help, labels, success);
        let failing =
            workers.iter().map(|(name, coin, fares)| (who(name, *coin), flag(fares.failing.is_some())));
        sheet.gauges("teller_worker_failing", "Whether the worker fails now.", labels, failing);
        let since = workers
            .iter()
            .filter_map(|(name, coin, fares)| Some((who(name, *coin), time(fares.failing.as_ref()?.0))));
        let help = "Since when the worker fails; absent while it does not.";
        sheet.gauges("teller_worker_failing_since_timestamp_seconds", help, labels, since);
        let failures = workers.iter().map(|(name, coin, fares)| (who(name, *coin), number(fares.failures)));
        let help = "Steps that failed since the start.";
        sheet.counters("teller_worker_failures_total", help, labels, failures);
    }
}

/// `admin connections` is the door of the listener `admin`.
fn name(door: &Door) -> String {
    door.name().trim_end_matches(" connections").to_owned()
}

//! What looking on beside the original came to; nothing of a desk that pays.

use super::Metrics;
use super::sheet::{Sheet, number, time};
use crate::engine::shadow::Obstacle;

impl Metrics {
    pub(super) fn shadow(&self, sheet: &mut Sheet) {
        let Some(board) = &self.health.outlook.shadow else { return };
        let view = board.view();
        let obstacles = view.obstacles(self.health.clock.now());
        let help = "What is in the way of moving over, by its code. Absent where nothing is.";
        let codes: std::collections::BTreeSet<_> = obstacles.iter().map(Obstacle::name).collect();
        sheet.gauges(
            "teller_shadow_obstacle",
            help,
            ["code"],
            codes.into_iter().map(|code| ([code.to_owned()], 1.0)),
        );
        let made = view.copy.as_ref().map(|copy| time(copy.made_at));
        let help = "When the copy of the original's database was written.";
        sheet.gauge_if("teller_shadow_copy_timestamp_seconds", help, made);
        let Some((_, comparison)) = &view.comparison else { return };
        let deposits = [
            ("there", comparison.there),
            ("here", comparison.here),
            ("agreed", comparison.agreed),
            ("confirming", comparison.confirming),
            ("in_flight", comparison.in_flight),
        ];
        let deposits = deposits.into_iter().map(|(which, count)| ([which.to_owned()], number(count)));
        let help = "Deposits of the original, of this desk, and those in which nothing differs.";
        sheet.gauges("teller_shadow_deposits", help, ["which"], deposits);
        let counts = comparison.counts.iter();
        let counts = counts.map(|((kind, standing), count)| {
            ([kind.name().to_owned(), standing.name().to_owned()], number(*count))
        });
        let help = "In what this desk and the original differ, by kind, and by whether it is known why.";
        sheet.gauges("teller_shadow_differences", help, ["kind", "standing"], counts);
    }
}

//! Deposits, payouts, and orders upstream.

use super::sheet::{Sheet, coins, flag, number, time};
use super::{Metrics, MetricsError};
use crate::payout::PublicStatus;
use crate::report::counted_kinds;
use crate::store::{Books, Snapshot};
use crate::types::{Coin, Droplets};

impl Metrics {
    pub(super) fn purchases(&self, sheet: &mut Sheet, snapshot: &Snapshot) -> Result<(), MetricsError> {
        let counters = snapshot.counters();
        let policy = &self.health.policy;
        let told = Coin::all().filter(|coin| {
            policy.is_enabled(*coin) || PublicStatus::ALL.into_iter().any(|s| counters.deposits(*coin, s) > 0)
        });
        let deposits = told.flat_map(|coin| {
            PublicStatus::ALL.into_iter().map(move |status| {
                let labels = [coin.code().to_owned(), status.name().to_owned()];
                (labels, number(counters.deposits(coin, status)))
            })
        });
        let help = "Deposits by the coin of their chain, and by where they stand.";
        sheet.gauges("teller_deposits", help, ["coin", "status"], deposits);
        sheet.counter("teller_deposits_seen_total", "Deposits that were ever seen.", counters.deposits);
        let help = "Deposits that ended with an error.";
        sheet.gauge("teller_deposits_errored", help, number(counters.errored));
        let states = [
            ("undecided", counters.undecided),
            ("ready", counters.ready),
            ("held", counters.held),
            ("to_buy", counters.to_buy),
        ];
        let states = states.map(|(state, count)| ([state.to_owned()], number(count)));
        let help = "Payouts that have not left, by what is to be done.";
        sheet.gauges("teller_payouts_open", help, ["state"], states);
        let owed = snapshot.balances()?.owed().to_coins(Droplets::DECIMALS);
        sheet.gauge_if("teller_payouts_owed_sky", "SKY owed and not sent yet.", coins(&owed));
        let help = "Payout transactions that were ever signed.";
        sheet.counter("teller_transactions_total", help, counters.attempts);
        let help = "Payout transactions that are neither settled nor dead.";
        sheet.gauge("teller_transactions_live", help, number(counters.live_attempts));
        let help = "Spends of the hot wallet that nobody has explained.";
        sheet.gauge("teller_wallet_unknown_spends", help, number(counters.unknown_spends));
        Ok(())
    }

    pub(super) fn upstream(&self, sheet: &mut Sheet, snapshot: &Snapshot) {
        let counters = snapshot.counters();
        sheet.counter("teller_orders_total", "Orders that were ever intended.", counters.orders);
        let orders = [("open", counters.open_orders), ("held", counters.held_orders)];
        let orders = orders.map(|(state, count)| ([state.to_owned()], number(count)));
        let help = "Orders that have not ended; those that are held wait for a person.";
        sheet.gauges("teller_orders", help, ["state"], orders);
        let Some(view) = self.health.outlook.live.upstream() else { return };
        let help = "When the exchange was looked at last.";
        sheet.gauge("teller_exchange_seen_timestamp_seconds", help, time(view.at));
        let stands_still = [([view.exchange.to_owned()], flag(view.standstill.is_some()))];
        let help = "Whether nothing is asked of the exchange now.";
        sheet.gauges("teller_exchange_standing_still", help, ["exchange"], stands_still);
        let stock = view.stock.iter();
        let stock = stock.filter_map(|one| Some(([one.asset.clone()], coins(&one.available)?)));
        let help = "What can be spent or withdrawn at the exchange, in whole coins.";
        sheet.gauges("teller_exchange_stock_coins", help, ["asset"], stock);
        let lasts = view.stock.iter();
        let lasts = lasts.filter_map(|one| Some(([one.asset.clone()], number(one.lasts?.as_secs()))));
        let help = "How long that lasts at the pace of the last day; absent where it is not spent.";
        sheet.gauges("teller_exchange_stock_runway_seconds", help, ["asset"], lasts);
    }

    pub(super) fn waiting(&self, sheet: &mut Sheet, snapshot: &Snapshot) -> Result<(), MetricsError> {
        let kinds = counted_kinds(snapshot, &self.health.outlook)?;
        let counts = kinds.iter().map(|kind| ([kind.code.to_owned()], number(kind.count)));
        let help = "What waits for a person, or that a person should know of, by code of /api/waiting.";
        sheet.gauges("teller_waiting", help, ["code"], counts);
        let since = kinds.iter().filter_map(|kind| Some(([kind.code.to_owned()], number(kind.since?))));
        let help = "Since when the oldest of them has waited.";
        sheet.gauges("teller_waiting_oldest_timestamp_seconds", help, ["code"], since);
        Ok(())
    }
}

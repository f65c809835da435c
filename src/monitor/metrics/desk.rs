//! The desk as a whole: what is amiss, the hot wallet, the pools, the prices.

use std::collections::BTreeSet;

use super::Metrics;
use super::sheet::{Sheet, coins, flag, number, time};
use crate::report::{Problem, Verdict};
use crate::store::Snapshot;
use crate::types::Coin;

impl Metrics {
    pub(super) fn problems(&self, sheet: &mut Sheet, snapshot: &Snapshot) {
        let Verdict { problems, can_serve } = self.health.verdict(snapshot);
        sheet.gauge("teller_can_serve", "Whether a buyer can be served.", flag(can_serve));
        // One of a code and coin is enough: words differ, the runbook does not.
        let open: BTreeSet<_> = problems.iter().map(|Problem { code, coin, .. }| (*code, *coin)).collect();
        let open = open.into_iter().map(|(code, coin)| {
            let coin = coin.map_or("", Coin::code);
            ([code.name(), coin, code.severity().name()].map(str::to_owned), 1.0)
        });
        let help = "What is amiss, by code: see docs/runbooks. Absent while all is well.";
        sheet.gauges("teller_problem", help, ["code", "coin", "severity"], open);
        let certificate = self.health.outlook.live.certificate().and_then(|view| view.valid);
        let help = "When the public listener's certificate ends.";
        let ends = certificate.map(|(_, until)| time(until));
        sheet.gauge_if("teller_certificate_expiry_timestamp_seconds", help, ends);
    }

    pub(super) fn wallet(&self, sheet: &mut Sheet) {
        let view = self.health.outlook.live.wallet();
        let Some(at) = view.at else { return };
        let help = "When the payer saw the hot wallet last.";
        sheet.gauge("teller_wallet_seen_timestamp_seconds", help, time(at));
        let parts = [
            ("all", view.coins),
            ("spendable", view.spendable),
            ("incoming", view.incoming),
            ("claimed", view.claimed),
        ];
        let parts = parts.into_iter();
        let parts = parts.filter_map(|(part, sky)| Some(([part.to_owned()], coins(&sky.to_string())?)));
        let help = "SKY of the hot wallet: all of it, and how it stands.";
        sheet.gauges("teller_wallet_sky", help, ["part"], parts);
        sheet.gauge("teller_wallet_coinhours", "Coin hours of the hot wallet.", number(view.hours.get()));
        let runway = [("coins", view.runway.coins), ("hours", view.runway.hours)].into_iter();
        let runway = runway.filter_map(|(what, left)| Some(([what.to_owned()], number(left?.as_secs()))));
        let help =
            "How long the hot wallet lasts at the pace of the last day; absent where nothing is used up.";
        sheet.gauges("teller_wallet_runway_seconds", help, ["what"], runway);
        let help = "Whether payouts do not go out.";
        sheet.gauge("teller_payouts_standing_still", help, flag(!view.error.is_empty()));
    }

    pub(super) fn pools(&self, sheet: &mut Sheet, snapshot: &Snapshot) {
        let enabled: Vec<Coin> = Coin::all().filter(|coin| self.health.policy.is_enabled(*coin)).collect();
        let remaining = enabled.iter();
        let remaining =
            remaining.map(|coin| ([coin.code().to_owned()], number(snapshot.pool(*coin).remaining())));
        let help = "Deposit addresses that are left to be given out.";
        sheet.gauges("teller_pool_remaining_addresses", help, ["coin"], remaining);
        let bound = enabled.iter();
        let bound = bound.map(|coin| ([coin.code().to_owned()], number(snapshot.counters().bound(*coin))));
        sheet.gauges("teller_bound_addresses", "Addresses that belong to buyers.", ["coin"], bound);
    }

    pub(super) fn prices(&self, sheet: &mut Sheet) {
        let Some(prices) = self.health.outlook.live.prices() else { return };
        let now = self.health.clock.now();
        let code = |asset: crate::ledger::Asset| [asset.code().to_owned()];
        let list = prices.list();
        let listed = || list.listed.iter().map(|priced| priced.asset);
        let promised = listed().map(|asset| (code(asset), flag(prices.promise_of(asset, now).is_ok())));
        let help = "Whether there is a price that may be promised.";
        sheet.gauges("teller_price_promised", help, ["asset"], promised);
        let told = listed()
            .filter_map(|asset| Some((code(asset), time(prices.promise_of(asset, now).ok()?.note.at))));
        let help = "When the price was so.";
        sheet.gauges("teller_price_timestamp_seconds", help, ["asset"], told);
    }
}

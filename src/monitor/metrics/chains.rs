//! The chains that are followed, and their nodes.

use super::Metrics;
use super::sheet::{Sheet, flag, number, time};
use crate::live::{ChainView, NodeState};
use crate::types::Coin;

impl Metrics {
    fn followed(&self) -> impl Iterator<Item = (Coin, ChainView)> {
        let live = &self.health.outlook.live;
        Coin::all().filter_map(|coin| Some((coin, live.chain(coin)?)))
    }

    /// One value for each chain that has one.
    fn by_chain(
        &self,
        value: impl Fn(&ChainView) -> Option<f64>,
    ) -> impl Iterator<Item = ([String; 1], f64)> {
        self.followed().filter_map(move |(coin, view)| Some(([coin.code().to_owned()], value(&view)?)))
    }

    pub(super) fn chains(&self, sheet: &mut Sheet) {
        let followed = self.by_chain(|view| Some(number(view.scanned?.height.get())));
        let help = "The block up to which the chain is followed.";
        sheet.gauges("teller_chain_followed_height", help, ["coin"], followed);
        let tip = self.by_chain(|view| Some(number(view.tip?.block.height.get())));
        sheet.gauges("teller_chain_node_height", "The node's newest block.", ["coin"], tip);
        let lag = self.by_chain(|view| view.lag().map(number));
        sheet.gauges("teller_chain_lag_blocks", "Blocks that are still to be followed.", ["coin"], lag);
        let made = self.by_chain(|view| Some(time(view.tip?.time)));
        let help = "The time that the node's newest block bears.";
        sheet.gauges("teller_chain_node_block_timestamp_seconds", help, ["coin"], made);
        let current = self.by_chain(|view| Some(time(view.current_at?.at())));
        let help = "When everything up to the node's newest block was last read.";
        sheet.gauges("teller_chain_current_timestamp_seconds", help, ["coin"], current);
    }

    pub(super) fn nodes(&self, sheet: &mut Sheet) {
        let states = self.followed().flat_map(|(coin, view)| {
            NodeState::NAMES.into_iter().map(move |state| {
                ([coin.code().to_owned(), state.to_owned()], flag(view.node.name() == state))
            })
        });
        let help = "1 for the state that the node is in, 0 for all others.";
        sheet.gauges("teller_node_state", help, ["coin", "state"], states);
        let since = self.by_chain(|view| Some(time(view.since.at())));
        let help = "Since when the node is in its state.";
        sheet.gauges("teller_node_state_since_timestamp_seconds", help, ["coin"], since);
        let answered = self.by_chain(|view| Some(time(view.answered_at?.at())));
        let help = "When the node last told its newest block.";
        sheet.gauges("teller_node_answered_timestamp_seconds", help, ["coin"], answered);
    }
}

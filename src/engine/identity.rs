//! Whether a market of an exchange is Skycoin's: asked before a price follows it, and before anything is bought there.

use crate::exchange::{AssetNetwork, Market};
use crate::price::{Moved, identity_problem};

/// The one market that is known to be Skycoin's without the exchange's word.
const KNOWN: &str = "c2cx:BTC_SKY";

/// Returns whether the operator's word, or history, says that a market is Skycoin's.
pub(super) fn is_vouched_for(vouched: &[String], exchange: &str, market: &str) -> bool {
    let name = format!("{exchange}:{market}");
    name == KNOWN || vouched.contains(&name) || vouched.contains(&format!("exchange:{market}"))
}

/// Returns why a market does not trade Skycoin for the asset with this code; none where nothing speaks against it.
/// `networks` is what the exchange says that it moves its SKY on; none where it does not say.
pub(super) fn problem(
    code: &str,
    market: &Market,
    networks: Option<&[AssetNetwork]>,
    is_vouched_for: bool,
) -> Option<String> {
    let moved: Option<Vec<Moved<'_>>> = networks.map(|networks| networks.iter().map(moved).collect());
    identity_problem(code, &market.base, &market.quote, moved.as_deref(), is_vouched_for)
}

fn moved(network: &AssetNetwork) -> Moved<'_> {
    Moved { on: &network.name, contract: network.contract.as_deref() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_vouch_for_the_one_known_market_and_for_what_the_operator_names() {
        let vouched = ["one:BTC_SKY".to_owned(), "exchange:ETH_SKY".to_owned()];
        let cases = [
            ("c2cx", "BTC_SKY", true),
            ("one", "BTC_SKY", true),
            ("one", "ETH_SKY", true),
            ("other", "ETH_SKY", true),
            ("other", "BTC_SKY", false),
            ("c2cx", "LTC_SKY", false),
            ("exchange", "BTC_SKY", false),
        ];
        for (exchange, market, expected) in cases {
            assert_eq!(is_vouched_for(&vouched, exchange, market), expected, "{exchange}:{market}");
        }
        assert!(is_vouched_for(&[], "c2cx", "BTC_SKY"));
    }
}

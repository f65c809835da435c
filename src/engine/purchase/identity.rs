//! Whether a market is the one that was meant: by what its coins are, never by a name alone.
//!
//! The "SKY" of today's exchanges is the token of another project. A coin is known by the networks that it can be
//! moved on, where the exchange tells them.

use crate::exchange::{AssetNetwork, Market};

/// What exchanges call the network of Skycoin.
const SKYCOIN: [&str; 3] = ["SKY", "SKYCOIN", "FIBER"];

/// Returns why a market does not buy Skycoin for a coin; none where nothing speaks against it.
pub(super) fn problem(market: &Market, spent: &str, networks: Option<&[AssetNetwork]>) -> Option<String> {
    if !is_called(spent, &market.quote) {
        let (name, quote) = (&market.name, &market.quote);
        return Some(format!("the market {name} takes {quote}, and {spent} is to be spent there"));
    }
    if !market.base.eq_ignore_ascii_case("SKY") {
        return Some(format!("the market {} sells {}, not SKY", market.name, market.base));
    }
    let networks = networks?;
    let is_skycoin = |network: &&AssetNetwork| {
        let name = network.name.to_uppercase();
        network.contract.is_none() && SKYCOIN.contains(&name.as_str())
    };
    if networks.iter().any(|network| is_skycoin(&network)) {
        return None;
    }
    let told: Vec<String> = networks.iter().map(in_words).collect();
    let told = if told.is_empty() { "no network at all".to_owned() } else { told.join(", ") };
    Some(format!("what is called SKY there is another coin: it is moved on {told}"))
}

fn in_words(network: &AssetNetwork) -> String {
    match &network.contract {
        Some(contract) => format!("{} as {contract}", network.name),
        None => network.name.clone(),
    }
}

/// Whether an exchange's name for a coin stands for this code: some have old names, more letters, or small ones.
fn is_called(code: &str, name: &str) -> bool {
    let name = name.to_uppercase();
    let old = match code {
        "BTC" => "XBT",
        "DOGE" => "XDG",
        other => other,
    };
    let prefixed = name.strip_prefix('X').filter(|rest| rest.len() == 3);
    [Some(name.as_str()), prefixed].into_iter().flatten().any(|name| name == code || name == old)
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;
    use crate::exchange::MarketState;

    fn market(base: &str, quote: &str) -> Market {
        Market {
            name: "M".into(),
            base: base.into(),
            quote: quote.into(),
            state: MarketState::Trading,
            price_step: Decimal::ONE,
            quantity_step: Decimal::ONE,
            least_quantity: Decimal::ONE,
            least_cost: Decimal::ZERO,
        }
    }

    fn network(name: &str, contract: Option<&str>) -> AssetNetwork {
        AssetNetwork { name: name.into(), contract: contract.map(str::to_owned) }
    }

    #[test]
    fn should_refuse_the_sky_of_another_project() {
        let other = [network("ETH", Some("0x56072c95faa701256059aa122697b133aded9279"))];
        let found = problem(&market("SKY", "BTC"), "BTC", Some(&other)).unwrap();
        assert!(found.contains("another coin") && found.contains("0x5607"), "{found}");
        assert!(problem(&market("SKY", "BTC"), "BTC", Some(&[])).is_some());
        assert!(problem(&market("SKY", "BTC"), "BTC", Some(&[network("SKY", Some("0x1"))])).is_some());
        let skycoin = [network("ETH", Some("0x1")), network("Skycoin", None)];
        assert_eq!(problem(&market("SKY", "BTC"), "BTC", Some(&skycoin)), None);
        assert_eq!(problem(&market("SKY", "BTC"), "BTC", None), None);
    }

    #[test]
    fn should_spend_what_was_deposited() {
        for (code, quote, fits) in [
            ("BTC", "BTC", true),
            ("BTC", "btc", true),
            ("BTC", "XBT", true),
            ("BTC", "XXBT", true),
            ("DOGE", "XXDG", true),
            ("ETH", "XETH", true),
            ("BTC", "ETH", false),
            ("ETH", "USDT", false),
            ("SKY", "XBT", false),
        ] {
            assert_eq!(problem(&market("SKY", quote), code, None).is_none(), fits, "{code} {quote}");
        }
        assert!(problem(&market("BTC", "BTC"), "BTC", None).is_some());
        assert_eq!(problem(&market("sky", "btc"), "BTC", None), None);
    }
}

//! A payment as wallets read it off a QR code.

use crate::address::DepositAddress;
use crate::coins::Family;
use crate::types::{Token, Units};

/// The number of Ethereum's main network, as EIP-155 has it.
const MAIN_NETWORK: &str = "@1";

/// Returns the link that asks a wallet for a payment, with the amount where there is one: by BIP-21 for bitcoin-like
/// coins and Skycoin (`bitcoin:ADDRESS?amount=0.1`), by EIP-681 for ether (`ethereum:0x...?value=100`, in wei) and
/// tokens (`ethereum:CONTRACT/transfer?address=0x...&uint256=100`, in their smallest units).
///
/// Ethereum's main network is named; of others nothing is said, since wallets know the one that they are on.
pub fn payment_uri(address: &DepositAddress, token: Option<Token>, amount: Option<Units>) -> String {
    let coin = address.coin();
    let (scheme, is_main) = (coin.facts().uri_scheme, address.network() == coin.main_network());
    if coin.facts().family != Family::Ethereum {
        let amount = amount.map(|amount| amount.to_coins_trimmed(coin.decimals()));
        return match amount {
            Some(amount) => format!("{scheme}:{address}?amount={amount}"),
            None => format!("{scheme}:{address}"),
        };
    }
    let network = if is_main { MAIN_NETWORK } else { "" };
    let number = |name: &str| amount.map(|amount| format!("{name}={}", amount.get()));
    match token {
        None => {
            let value = number("?value").unwrap_or_default();
            // Without anything to say, the plain form is what every wallet takes.
            let network = if value.is_empty() { "" } else { network };
            format!("{scheme}:{address}{network}{value}")
        }
        Some(token) => {
            let amount = number("&uint256").unwrap_or_default();
            format!("{scheme}:{}{network}/transfer?address={address}{amount}", token.contract)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Coin;

    fn address(coin: Coin, text: &str) -> DepositAddress {
        DepositAddress::parse(coin.main_network(), text).unwrap()
    }

    #[test]
    fn should_ask_for_payments_as_wallets_read_them() {
        let btc = address(Coin::BTC, "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2");
        let sky = address(Coin::SKY, "2GgFvqoyk9RjwVzj8tqfcXVXB4orBwoc9qv");
        let eth = address(Coin::ETH, "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed");
        let units = |units: u128| Some(Units::new(units));
        for (uri, expected) in [
            (payment_uri(&btc, None, None), "bitcoin:1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"),
            (
                payment_uri(&btc, None, units(20_300_000)),
                "bitcoin:1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2?amount=0.203",
            ),
            (
                payment_uri(&sky, None, units(5_000_000)),
                "skycoin:2GgFvqoyk9RjwVzj8tqfcXVXB4orBwoc9qv?amount=5",
            ),
            (payment_uri(&eth, None, None), "ethereum:0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
            (
                payment_uri(&eth, None, units(2_014_000_000_000_000_000)),
                "ethereum:0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed@1?value=2014000000000000000",
            ),
        ] {
            assert_eq!(uri.to_lowercase(), expected.to_lowercase());
        }
    }
}

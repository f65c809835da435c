//! The addresses that come with the program, for trying it: whoever uses them with real coins gives the coins away.

use std::collections::HashSet;
use std::path::Path;
use std::sync::LazyLock;

use super::walk::walk;
use super::{AddressKey, DepositAddress};
use crate::types::Coin;

const FILES: [(Coin, &str, &[u8]); 3] = [
    (Coin::BTC, "btc_addresses.json", include_bytes!("../../addresses/btc_addresses.json")),
    (Coin::ETH, "eth_addresses.json", include_bytes!("../../addresses/eth_addresses.json")),
    (Coin::SKY, "sky_addresses.txt", include_bytes!("../../addresses/sky_addresses.txt")),
];

static EXAMPLES: LazyLock<HashSet<AddressKey>> = LazyLock::new(read);

/// Whether this is one of the addresses that come with the program, however it is written.
pub fn is_example(address: &DepositAddress) -> bool {
    EXAMPLES.contains(&address.key())
}

fn read() -> HashSet<AddressKey> {
    let mut keys = HashSet::new();
    for (coin, name, mut bytes) in FILES {
        let walked = walk(Path::new(name), coin, &mut bytes, &mut |_, text| {
            keys.extend(DepositAddress::parse(coin.main_network(), text).map(|address| address.key()));
            Ok(())
        });
        walked.expect("BUG: the files that come with the program can be read");
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_know_the_addresses_that_come_with_the_program_in_any_spelling() {
        let parse = |coin: Coin, text| DepositAddress::parse(coin.main_network(), text).unwrap();
        assert!(is_example(&parse(Coin::BTC, "1Ez6VKuWQxgvU4Q8d5QucBe5mj1JLF9t3y")));
        assert!(is_example(&parse(Coin::ETH, "0x93bda141863a40b63fdf1a1695d5d6df2631b4a4")));
        assert!(is_example(&parse(Coin::SKY, "16jbxZyfWj5aDGVkWcSmpDou7xNCWqMide")));
        assert!(!is_example(&parse(Coin::BTC, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa")));
        assert_eq!(EXAMPLES.len(), 6000);
    }
}

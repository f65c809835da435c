//! What differs between worlds whose deposits are made in different coins: addresses, amounts, tokens.

use std::sync::OnceLock;

use super::World;
use crate::address::DepositAddress;
use crate::chain::Payment;
use crate::coins::{Contract, Family, Symbol};
use crate::skycoin::{KeyChain, PublicKey, bitcoin_address};
use crate::types::{Coin, PerCoin, Token, Units};

/// More than any world has.
const ADDRESSES: usize = 400;
/// Decimal places of what histories speak of.
const SATOSHI: u32 = 8;

impl World {
    /// Returns the coin that deposits are made in.
    pub fn coin(&self) -> Coin {
        self.coin
    }

    /// Returns what is worth as much of its coin as so many satoshi of a bitcoin.
    pub fn units(&self, satoshi: u64) -> Units {
        scaled(satoshi, self.coin.decimals())
    }

    /// Returns a payment of this worth. Where contracts pass coins on, every second is by one, and every fourth in a
    /// token.
    pub fn payment(&self, tx: String, n: u32, address: DepositAddress, satoshi: u64, number: u64) -> Payment {
        let plain = Payment::new(tx, n, address, self.units(satoshi));
        match tokens(self.coin) {
            Some(token) if number.is_multiple_of(4) => {
                Payment { n: 1, token: Some(token), amount: scaled(satoshi, token.decimals), ..plain }
            }
            Some(_) if number.is_multiple_of(2) => Payment { n: 1, ..plain },
            _ => plain,
        }
    }
}

fn scaled(satoshi: u64, decimals: u8) -> Units {
    let (satoshi, decimals) = (u128::from(satoshi), u32::from(decimals));
    Units::new(match decimals.checked_sub(SATOSHI) {
        Some(more) => satoshi.saturating_mul(10_u128.pow(more)),
        None => satoshi / 10_u128.pow(SATOSHI.saturating_sub(decimals)),
    })
}

/// The token that is taken at this coin's addresses, where there are such.
pub(super) fn tokens(coin: Coin) -> Option<Token> {
    let symbol = Symbol::parse("TOK").expect("BUG: that is a symbol");
    coin.facts().inner_transfers.then_some(Token { contract: Contract([7; 20]), symbol, decimals: 6 })
}

/// Deposit addresses. Deriving them anew would cost more than all else that a world does.
pub(super) fn addresses(coin: Coin) -> &'static [DepositAddress] {
    static ALL: OnceLock<PerCoin<Vec<DepositAddress>>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let keys = KeyChain::new(b"deposit addresses of the simulated world").take(ADDRESSES);
        let keys: Vec<PublicKey> = keys.map(|key| key.public()).collect();
        PerCoin::new(|coin| keys.iter().map(|key| address(coin, key)).collect())
    });
    &all[coin]
}

fn address(coin: Coin, key: &PublicKey) -> DepositAddress {
    match coin.family() {
        Family::BitcoinLike => {
            let script = bitcoin_address(key).script_pubkey();
            let address = DepositAddress::of_script(script.as_bytes(), coin.main_network());
            address.expect("BUG: a key's hash has an address")
        }
        Family::Ethereum => DepositAddress::of_public_key(key),
        Family::Skycoin => DepositAddress::of_skycoin(crate::skycoin::Address::from_pubkey(key)),
    }
}

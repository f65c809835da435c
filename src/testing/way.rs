//! The ways in which a deposit is made: on each chain of the catalogue, and where contracts pass coins on, by one of
//! them and in a token.

use std::fmt;
use std::sync::OnceLock;

use crate::address::DepositAddress;
use crate::chain::Payment;
use crate::coins::{Contract, Family, Symbol};
use crate::ledger::Asset;
use crate::skycoin::{KeyChain, PublicKey, bitcoin_address};
use crate::types::{Coin, DepositId, PerCoin, Token, Units};

/// More than any test of all ways has.
const ADDRESSES: usize = 400;
/// Decimal places of what tests speak of.
const SATOSHI: u32 = 8;

/// How a deposit is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    coin: Coin,
    means: Means,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Means {
    /// By what a transaction pays itself.
    Plain,
    /// By what a contract passes on.
    PassedOn,
    /// By a contract, in a token.
    Token,
}

impl Way {
    /// Returns all of them.
    pub fn all() -> impl Iterator<Item = Way> {
        Coin::all().flat_map(Way::on)
    }

    /// Returns those of a coin's chain, the plain one first.
    pub fn on(coin: Coin) -> impl Iterator<Item = Way> {
        let more = [Means::PassedOn, Means::Token].into_iter();
        let more = more.filter(move |_| coin.facts().inner_transfers);
        std::iter::once(Means::Plain).chain(more).map(move |means| Way { coin, means })
    }

    /// Returns the one that every chain has.
    pub fn plain(coin: Coin) -> Way {
        Way { coin, means: Means::Plain }
    }

    /// Returns the coin on whose chain it is.
    pub fn coin(self) -> Coin {
        self.coin
    }

    /// Returns the token, where it is one that is paid.
    pub fn token(self) -> Option<Token> {
        match self.means {
            Means::Plain | Means::PassedOn => None,
            Means::Token => token_on(self.coin),
        }
    }

    /// Returns what comes in by it.
    pub fn asset(self) -> Asset {
        self.token().map_or(Asset::Coin(self.coin), Asset::Token)
    }

    /// Returns what is worth as much as so many satoshi of a bitcoin.
    pub fn units(self, satoshi: u64) -> Units {
        let decimals = self.token().map_or(self.coin.decimals(), |token| token.decimals);
        let (satoshi, decimals) = (u128::from(satoshi), u32::from(decimals));
        Units::new(match decimals.checked_sub(SATOSHI) {
            Some(more) => satoshi.saturating_mul(10_u128.pow(more)),
            None => satoshi / 10_u128.pow(SATOSHI.saturating_sub(decimals)),
        })
    }

    /// Returns a payment of this worth. `n` is an output of the transaction; what contracts do has numbers of its own.
    pub fn payment(self, tx: String, n: u32, address: DepositAddress, satoshi: u64) -> Payment {
        let n = match self.means {
            Means::Plain => n,
            Means::PassedOn | Means::Token => 1,
        };
        Payment { token: self.token(), ..Payment::new(tx, n, address, self.units(satoshi)) }
    }

    /// Returns the id of the deposit that a payment makes, where nothing else is paid by its transaction.
    pub fn id(self, tx: &str) -> DepositId {
        let n = u32::from(self.means != Means::Plain);
        let token = self.token().map(|token| token.contract);
        DepositId { coin: self.coin, tx: tx.to_owned(), n, token }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let coin = self.coin;
        match self.means {
            Means::Plain => write!(f, "{coin}"),
            Means::PassedOn => write!(f, "{coin} that a contract passes on"),
            Means::Token => write!(f, "a token on the chain of {coin}"),
        }
    }
}

/// The token that is taken at this coin's addresses, where there are such.
pub(super) fn token_on(coin: Coin) -> Option<Token> {
    let symbol = Symbol::parse("TOK").expect("BUG: that is a symbol");
    coin.facts().inner_transfers.then_some(Token { contract: Contract([7; 20]), symbol, decimals: 6 })
}

/// Returns deposit addresses of the coin's main network. Deriving them anew would cost more than all else that a world
/// does.
pub fn deposit_addresses(coin: Coin) -> &'static [DepositAddress] {
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

//! Every way in which a deposit is made: on each chain of the catalogue, and where contracts pass coins on, by one of
//! them and in a token.

use std::fmt;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use teller::address::DepositAddress;
use teller::chain::Payment;
use teller::deposit::BlockAt;
use teller::engine::Found;
use teller::testing::World;
use teller::types::{Coin, DepositId, Droplets, Height};

/// How a deposit is made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Way {
    pub(crate) coin: Coin,
    means: Means,
}

#[derive(Debug, Clone, Copy)]
enum Means {
    /// By what a transaction pays itself.
    Plain,
    /// By what a contract passes on.
    PassedOn,
    /// By a contract, in a token.
    Token,
}

impl Way {
    fn all() -> impl Iterator<Item = Way> {
        let means = |coin: Coin| match coin.facts().inner_transfers {
            true => vec![Means::Plain, Means::PassedOn, Means::Token],
            false => vec![Means::Plain],
        };
        Coin::all().flat_map(move |coin| means(coin).into_iter().map(move |means| Way { coin, means }))
    }

    /// A world whose deposits are made on this coin's chain.
    pub(crate) fn world(self) -> World {
        World::on(self.coin, Droplets::new(1_000_000_000), 200)
    }

    /// A payment that is worth so many satoshi of a bitcoin.
    pub(crate) fn payment(self, world: &World, tx: &str, address: DepositAddress, satoshi: u64) -> Payment {
        // The world makes all of them in turn.
        let (n, number) = match self.means {
            Means::Plain => (0, 1),
            Means::PassedOn => (1, 2),
            Means::Token => (1, 4),
        };
        let payment = world.payment(tx.to_owned(), n, address, satoshi, number);
        assert_eq!((payment.n, payment.token.is_some()), (n, matches!(self.means, Means::Token)), "{self}");
        payment
    }

    /// The same as what a dummy scanner hands to the desk: final from the start.
    pub(crate) fn found(self, world: &World, tx: &str, address: DepositAddress, satoshi: u64) -> Found {
        let Payment { tx, n, token, amount, .. } = self.payment(world, tx, address, satoshi);
        Found {
            id: DepositId { coin: self.coin, tx, n, token: token.map(|token| token.contract) },
            token,
            address,
            amount,
            block: BlockAt { height: Height::new(1), hash: None, waits: 0 },
            is_final: true,
        }
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

/// Goes through all ways with this; which of them a failure was in is told beside what failed.
pub(crate) async fn in_every_way(test: impl AsyncFn(Way)) {
    for way in Way::all() {
        let end = AssertUnwindSafe(test(way)).catch_unwind().await;
        assert!(end.is_ok(), "what is told above is of {way}");
    }
}

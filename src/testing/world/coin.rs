//! What differs between worlds whose deposits are made in different coins.

use super::World;
use crate::address::DepositAddress;
use crate::chain::Payment;
use crate::testing::Way;
use crate::types::{Coin, Units};

impl World {
    /// Returns the coin that deposits are made in.
    pub fn coin(&self) -> Coin {
        self.coin
    }

    /// Returns what is worth as much of its coin as so many satoshi of a bitcoin.
    pub fn units(&self, satoshi: u64) -> Units {
        Way::plain(self.coin).units(satoshi)
    }

    /// Returns a payment of this worth. Where contracts pass coins on, every second is by one, and every fourth in a
    /// token.
    pub fn payment(&self, tx: String, n: u32, address: DepositAddress, satoshi: u64, number: u64) -> Payment {
        let which = if number.is_multiple_of(4) { 2 } else { usize::from(number.is_multiple_of(2)) };
        let way = Way::on(self.coin).nth(which).unwrap_or(Way::plain(self.coin));
        way.payment(tx, n, address, satoshi)
    }
}

//! What happens to a deposit.

use minicbor::{Decode, Encode};

use crate::deposit::BlockAt;
use crate::price::PriceNote;
use crate::store::inherited_row::InheritedDeposit;
use crate::types::{BindingNo, BuyMethod, DepositId, DepositNo, Droplets, Token, Units};

/// A change of a deposit.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum DepositEvent {
    /// Coins for a bound address appeared in a block for the first time; their price, where they have one, is fixed
    /// from here on.
    #[n(0)]
    Seen {
        /// The deposit's number.
        #[n(0)]
        deposit: DepositNo,
        /// The deposit's id.
        #[n(1)]
        id: DepositId,
        /// The binding's number.
        #[n(2)]
        binding: BindingNo,
        /// Number among all that the payee sees in their status, from 1.
        #[n(3)]
        payee_seq: u32,
        /// What arrived, in the smallest unit of its coin or token.
        #[n(4)]
        amount: Units,
        /// SKY for one whole coin or token, as it was configured; empty where there was none.
        #[n(5)]
        rate: String,
        /// None where it is worth more than can be written down.
        #[n(6)]
        quote: Option<Droplets>,
        /// The block that it stands in.
        #[n(7)]
        block: BlockAt,
        /// What it is of, where that is a token.
        #[n(8)]
        token: Option<Token>,
        /// How what is paid for it is come by.
        #[n(9)]
        method: BuyMethod,
        /// How its price came about; none without one.
        #[n(10)]
        priced: Option<PriceNote>,
    },
    /// It had no price, and has one from here on for good.
    #[n(5)]
    Priced {
        /// The deposit's number.
        #[n(0)]
        deposit: DepositNo,
        /// SKY for one whole coin or token.
        #[n(1)]
        rate: String,
        /// What it is worth; none where that is more than can be written down.
        #[n(2)]
        quote: Option<Droplets>,
        /// How the price came about.
        #[n(3)]
        priced: PriceNote,
    },
    /// It is confirmed as deep as required. Its payout comes into being with it.
    #[n(1)]
    Finalized {
        /// The deposit's number.
        #[n(0)]
        deposit: DepositNo,
    },
    /// Its block left the best chain before a payout was signed.
    #[n(2)]
    Orphaned {
        /// The deposit's number.
        #[n(0)]
        deposit: DepositNo,
    },
    /// It was orphaned or quarantined, and stands in a block again.
    #[n(3)]
    Reincluded {
        /// The deposit's number.
        #[n(0)]
        deposit: DepositNo,
        /// The block that it stands in.
        #[n(1)]
        block: BlockAt,
    },
    /// Its block left the best chain although its payout was signed.
    #[n(4)]
    Quarantined {
        /// The deposit's number.
        #[n(0)]
        deposit: DepositNo,
    },
    /// It was taken over from the original's database, with its payout.
    #[n(6)]
    Inherited {
        /// The deposit's number.
        #[n(0)]
        deposit: DepositNo,
        /// What the original says of it.
        #[n(1)]
        told: InheritedDeposit,
    },
    /// Its chain shows, for the first time here, a deposit that was taken over: it is known by its place from now on.
    #[n(7)]
    Located {
        /// The deposit's number.
        #[n(0)]
        deposit: DepositNo,
        /// Its place in its transaction.
        #[n(1)]
        n: u32,
        /// What arrived; the original cut some of it off where a coin has more decimal places than it counts.
        #[n(2)]
        amount: Units,
        /// The block that it stands in.
        #[n(3)]
        block: BlockAt,
    },
    /// It lies deeper than before, and not as deep as required. Nothing follows from it: it is for those who are told.
    #[n(8)]
    Confirming {
        /// The deposit's number.
        #[n(0)]
        deposit: DepositNo,
        /// Confirmations that it has.
        #[n(1)]
        confirmations: u64,
        /// Confirmations that it needs.
        #[n(2)]
        required: u64,
    },
}

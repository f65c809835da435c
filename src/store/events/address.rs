//! What happens to deposit addresses.

use minicbor::{Decode, Encode};

use crate::address::DepositAddress;
use crate::price::BindPromise;
use crate::skycoin::Address;
use crate::store::account::Derivation;
use crate::store::own_money_row::OwnMoney;
use crate::types::{BindingNo, Coin, DepositId, Height, Units};

/// A change of a deposit address, or of where they come from.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum AddressEvent {
    /// It was given to a payee, for life.
    #[n(0)]
    Bound {
        /// The binding's number.
        #[n(0)]
        binding: BindingNo,
        /// The deposit address.
        #[n(1)]
        address: DepositAddress,
        /// Who is paid.
        #[n(2)]
        payee: Address,
        /// Number among all that the payee sees in their status, from 1.
        #[n(3)]
        payee_seq: u32,
        /// None where it came from a file.
        #[n(4)]
        derivation: Option<Derivation>,
        /// The prices that were promised; none where there were none.
        #[n(5)]
        promise: Option<BindPromise>,
    },
    /// Coins came to an address of a pool before it was bound: it is given to nobody.
    #[n(1)]
    Tainted {
        /// The deposit address.
        #[n(0)]
        address: DepositAddress,
        /// None where the node tells only that there was one.
        #[n(1)]
        tx: Option<String>,
        /// What arrived, in the smallest unit; none where that is not known.
        #[n(2)]
        amount: Option<Units>,
        /// How high the block stands.
        #[n(3)]
        height: Height,
    },
    /// A person gave it back, to its owner or to the pool.
    #[n(2)]
    Released {
        /// The deposit address.
        #[n(0)]
        address: DepositAddress,
        /// The reason that was given.
        #[n(1)]
        why: String,
        /// Given back to the pool: what stands in blocks up to this one came before that, and is nobody's deposit. None
        /// where it was given back to its owner.
        #[n(2)]
        up_to: Option<Height>,
    },
    /// Addresses follow from this account for the first time.
    #[n(3)]
    AccountUsed {
        /// The account's number.
        #[n(0)]
        account: u64,
        /// The coin.
        #[n(1)]
        coin: Coin,
        /// What tells its chain, or its account, from all others.
        #[cbor(n(2), with = "minicbor::bytes")]
        identity: [u8; 32],
    },
    /// The desk's own money came back to a deposit address: no deposit.
    #[n(4)]
    OwnMoneySeen {
        /// The deposit's id.
        #[n(0)]
        id: DepositId,
        /// What came.
        #[n(1)]
        own: OwnMoney,
    },
    /// The original had taken it from its pool, and tells nobody whom it was given to: it is given to nobody.
    #[n(5)]
    UsedBefore {
        /// The deposit address.
        #[n(0)]
        address: DepositAddress,
    },
}

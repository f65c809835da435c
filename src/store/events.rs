//! Everything that can happen, in the past tense. Append-only: a variant's number and meaning never change.
//!
//! Replaying the events gives the tables; `tool db check` does exactly that.

use minicbor::{Decode, Encode};

use super::accounts::Derivation;
use super::own_money::OwnMoney;
use crate::address::DepositAddress;
use crate::deposit::BlockAt;
use crate::payout::{HoldReason, Pays, Spend, SpendVerdict, Verdict};
use crate::skycoin::Address;
use crate::types::{
    Actor, AttemptNo, BindingNo, BlockRef, BuyMethod, Coin, DepositId, DepositNo, Droplets, Hash32, Height,
    Units, UnixTime,
};

/// One thing that happened, and when it was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Record {
    #[n(0)]
    pub at: UnixTime,
    #[n(1)]
    pub event: Event,
}

/// A change of state.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub enum Event {
    /// A deposit address was given to a payee, for life.
    #[n(0)]
    AddressBound {
        #[n(0)]
        binding: BindingNo,
        #[n(1)]
        address: DepositAddress,
        #[n(2)]
        payee: Address,
        #[n(3)]
        payee_seq: u32,
        /// None where it came from a file.
        #[n(4)]
        derivation: Option<Derivation>,
    },
    /// Coins for a bound address appeared in a block for the first time; their price is fixed from here on.
    #[n(1)]
    DepositSeen {
        #[n(0)]
        deposit: DepositNo,
        #[n(1)]
        id: DepositId,
        #[n(2)]
        binding: BindingNo,
        #[n(3)]
        payee_seq: u32,
        #[n(4)]
        amount: Units,
        #[n(5)]
        rate: String,
        /// None where it is worth more than can be written down.
        #[n(6)]
        quote: Option<Droplets>,
        #[n(7)]
        block: BlockAt,
    },
    /// A deposit is confirmed as deep as required. Its payout comes into being with it.
    #[n(2)]
    DepositFinalized {
        #[n(0)]
        deposit: DepositNo,
    },
    /// The block of a deposit left the best chain before a payout was signed.
    #[n(3)]
    DepositOrphaned {
        #[n(0)]
        deposit: DepositNo,
    },
    /// An orphaned or quarantined deposit stands in a block again.
    #[n(4)]
    DepositReincluded {
        #[n(0)]
        deposit: DepositNo,
        #[n(1)]
        block: BlockAt,
    },
    /// The block of a deposit left the best chain although its payout was signed.
    #[n(5)]
    DepositQuarantined {
        #[n(0)]
        deposit: DepositNo,
    },
    /// How a payout's coins are come by was decided.
    #[n(6)]
    PayoutDecided {
        #[n(0)]
        payout: DepositNo,
        #[n(1)]
        method: BuyMethod,
    },
    /// Something stands in the way of an owed payout.
    #[n(7)]
    PayoutHeld {
        #[n(0)]
        payout: DepositNo,
        #[n(1)]
        why: HoldReason,
    },
    /// Nothing stands in its way any more.
    #[n(8)]
    PayoutReleased {
        #[n(0)]
        payout: DepositNo,
    },
    /// A transaction was signed for these payouts. Not sent yet: it is stored first.
    #[n(9)]
    AttemptSigned {
        #[n(0)]
        attempt: AttemptNo,
        /// The serialized, signed transaction: what it spends and pays is read from it.
        #[cbor(n(1), with = "minicbor::bytes")]
        raw: Vec<u8>,
        /// The wallet's own address, which everything goes back to that pays nobody.
        #[n(2)]
        change: Address,
        #[n(3)]
        pays: Vec<Pays>,
    },
    /// The network has the transaction.
    #[n(10)]
    AttemptSent {
        #[n(0)]
        attempt: AttemptNo,
    },
    /// The node refused the transaction, in these words.
    #[n(11)]
    AttemptRefused {
        #[n(0)]
        attempt: AttemptNo,
        #[n(1)]
        words: String,
    },
    /// A node has the transaction again, which one had refused after it was sent.
    #[n(100)]
    AttemptTaken {
        #[n(0)]
        attempt: AttemptNo,
    },
    /// A person wants a refused transaction offered again at once.
    #[n(101)]
    RetryAsked {
        #[n(0)]
        attempt: AttemptNo,
        #[n(1)]
        by: Actor,
        #[n(2)]
        why: String,
    },
    /// A person gave a transaction up that the chain showed to be impossible; its payouts are owed again.
    #[n(102)]
    AttemptAbandoned {
        #[n(0)]
        attempt: AttemptNo,
        /// What the chain showed.
        #[n(1)]
        found: String,
        #[n(2)]
        by: Actor,
        #[n(3)]
        why: String,
    },
    /// The transaction is confirmed at the depth required. Where it withdraws another one, or another one withdraws it,
    /// the other is dead with it.
    #[n(12)]
    AttemptSettled {
        #[n(0)]
        attempt: AttemptNo,
        #[n(1)]
        block: BlockRef,
    },
    /// The transaction can never confirm; its payouts are owed again.
    #[n(13)]
    AttemptDied {
        #[n(0)]
        attempt: AttemptNo,
        #[n(1)]
        why: String,
    },
    /// A chain forked: its blocks above this one are not part of the best chain any more.
    #[n(14)]
    ChainForked {
        #[n(0)]
        coin: Coin,
        #[n(1)]
        fork: BlockRef,
        #[n(2)]
        abandoned: BlockRef,
    },
    /// A person ruled what becomes of a payout whose deposit was taken back.
    #[n(15)]
    PayoutRuled {
        #[n(0)]
        payout: DepositNo,
        #[n(1)]
        verdict: Verdict,
        #[n(2)]
        by: Actor,
        #[n(3)]
        why: String,
    },
    /// A person wants a transaction never to confirm.
    #[n(16)]
    WithdrawalAsked {
        #[n(0)]
        attempt: AttemptNo,
        #[n(1)]
        by: Actor,
        #[n(2)]
        why: String,
    },
    /// What is paid is cut to so many decimal places: the chain's rule, or the desk's.
    #[n(60)]
    PayoutCut {
        #[n(0)]
        payout: DepositNo,
        #[n(1)]
        max_decimals: u8,
    },
    /// A person wants a transaction sent after all.
    #[n(17)]
    SendOnAsked {
        #[n(0)]
        attempt: AttemptNo,
        #[n(1)]
        by: Actor,
        #[n(2)]
        why: String,
    },
    /// A transaction was signed that spends an input of another one back to the wallet. Not sent yet: it is
    /// stored first.
    #[n(18)]
    WithdrawalSigned {
        #[n(0)]
        attempt: AttemptNo,
        #[n(1)]
        of: AttemptNo,
        #[cbor(n(2), with = "minicbor::bytes")]
        raw: Vec<u8>,
        /// The wallet's own address, which all of it goes back to.
        #[n(3)]
        change: Address,
    },
    /// The chain shows a transaction that spends from the hot wallet and that is not known here, or another
    /// block of it.
    #[n(40)]
    SpendFound {
        #[n(0)]
        spend: Spend,
    },
    /// It is neither in a block nor on its way any more.
    #[n(41)]
    SpendGone {
        #[n(0)]
        txid: Hash32,
    },
    /// A person has said what it is.
    #[n(42)]
    SpendRuled {
        #[n(0)]
        txid: Hash32,
        #[n(1)]
        verdict: SpendVerdict,
        #[n(2)]
        by: Actor,
        #[n(3)]
        why: String,
    },
    /// Coins came to an address of a pool before it was bound: it is given to nobody.
    #[n(44)]
    AddressTainted {
        #[n(0)]
        address: DepositAddress,
        /// None where the node tells only that there was one.
        #[n(1)]
        tx: Option<String>,
        #[n(2)]
        amount: Option<Units>,
        #[n(3)]
        height: Height,
    },
    /// A person gave it back, to its owner or to the pool.
    #[n(45)]
    AddressReleased {
        #[n(0)]
        address: DepositAddress,
        #[n(1)]
        by: Actor,
        #[n(2)]
        why: String,
    },
    /// A person has said that it paid these: its bytes are a transaction of this desk from now on.
    #[n(43)]
    SpendAdopted {
        #[n(0)]
        txid: Hash32,
        #[n(1)]
        attempt: AttemptNo,
        #[n(2)]
        pays: Vec<Pays>,
        #[n(3)]
        by: Actor,
        #[n(4)]
        why: String,
    },
    /// Which chain the node of a coin follows, or where no coin is named, the node that payouts are made on: at first
    /// contact, and never another one.
    #[n(80)]
    ChainIdentified {
        #[n(0)]
        coin: Option<Coin>,
        #[n(1)]
        identity: String,
    },
    /// The hot wallet has keys of these addresses.
    #[n(82)]
    WalletKnown {
        #[n(0)]
        addresses: Vec<Address>,
    },
    /// Addresses follow from this account for the first time.
    #[n(84)]
    AccountUsed {
        #[n(0)]
        account: u64,
        #[n(1)]
        coin: Coin,
        #[cbor(n(2), with = "minicbor::bytes")]
        identity: [u8; 32],
    },
    /// The desk's own money came back to a deposit address: no deposit.
    #[n(81)]
    OwnMoneySeen {
        #[n(0)]
        id: DepositId,
        #[n(1)]
        own: OwnMoney,
    },
}

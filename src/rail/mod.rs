//! How coins leave: by one rail each, behind one port.
//!
//! A [`Rail`] knows how transactions of its chain are planned and signed, what stands in the way of a payout there, and
//! what its node says. What it plans is a request; what it signs is bytes, which the payer stores before anything is
//! sent. Planning, signing and sending are apart on purpose: a "sign and send" in one would make "persist before you
//! send" impossible. One payer owns each rail.

mod hold;
mod order;
mod outcome;
mod own;
mod port;
mod skycoin;
mod spend;

pub use hold::Hold;
pub use order::{Owed, Pays, Purpose};
pub use outcome::{Fate, IsKnown, NodeError, Receipt, SendOutcome, Spender, SpendsSeen, TxStatus};
pub use own::OwnAddress;
pub use port::{Claims, Holdings, Plan, Rail, Signed, Withdrawn};
pub use skycoin::{
    Broadcaster, ChainRules, Funds, HotWallet, HotWalletError, MismatchError, PASSWORD_VARIABLE, PaidOutput,
    RequestRefused, SignedTransaction, Signer, SignerError, SigningRequest, SkyNode, SkyRail, Unspent,
    Wallet,
};
pub use spend::{AssignError, Paid, Spend};

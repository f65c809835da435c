//! The service itself between real nodes: what comes in on one chain goes out on another, exactly once, and
//! the chain is the witness.

pub(crate) mod account_key;
pub(crate) mod bitcoin_chain;
pub(crate) mod bought;
pub(crate) mod checklist;
pub(crate) mod described;
pub(crate) mod ethereum_chain;
pub(crate) mod killed;
pub(crate) mod limits;
pub(crate) mod litecoin;
pub(crate) mod many_calls;
pub(crate) mod nodes_away;
pub(crate) mod proxied;
pub(crate) mod reorgs;
pub(crate) mod second_node;
pub(crate) mod shadow;
pub(crate) mod skycoin_chain;
pub(crate) mod tokens;
pub(crate) mod treasury;
pub(crate) mod vetted;
pub(crate) mod wallets;
pub(crate) mod world;

//! What a block is, and what is in it.

use super::tokens::{Log, Move, Transfer};

pub(super) type Hash = [u8; 32];
pub(super) type Account = [u8; 20];

/// A call that a contract made.
#[derive(Debug, Clone)]
pub(super) struct Inner {
    pub(super) to: Account,
    pub(super) value: u128,
    pub(super) failed: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Tx {
    pub(super) hash: Hash,
    pub(super) nonce: u64,
    pub(super) from: Account,
    pub(super) to: Account,
    pub(super) value: u128,
    pub(super) input: Vec<u8>,
    pub(super) failed: bool,
    pub(super) inner: Option<Inner>,
    /// The call of a token's contract that it is.
    pub(super) token: Option<Transfer>,
}

#[derive(Debug, Clone)]
pub(super) struct Block {
    pub(super) number: u64,
    pub(super) hash: Hash,
    pub(super) parent: Hash,
    pub(super) time: u64,
    pub(super) serial: u64,
    pub(super) txs: Vec<Tx>,
    pub(super) withdrawals: Vec<Withdrawal>,
    pub(super) roots: Roots,
}

/// What a validator gets, in gwei.
#[derive(Debug, Clone)]
pub(super) struct Withdrawal {
    pub(super) index: u64,
    pub(super) to: Account,
    pub(super) gwei: u64,
}

/// What a header promises of the block's content.
#[derive(Debug, Clone, Default)]
pub(super) struct Roots {
    pub(super) transactions: Hash,
    pub(super) receipts: Hash,
    pub(super) withdrawals: Hash,
}

impl Tx {
    /// What its contract tells; nothing where it failed.
    pub(super) fn logs(&self) -> Vec<Log> {
        let transfer = self.token.as_ref().filter(|_| !self.failed);
        transfer.map_or(Vec::new(), |transfer| transfer.logs(self.from))
    }

    /// What it moves of a token.
    pub(super) fn moves(&self, contract: &Account) -> Vec<Move> {
        let transfer = self.token.as_ref().filter(|one| !self.failed && one.contract == *contract);
        transfer.map_or(Vec::new(), |transfer| transfer.moves(self.from))
    }

    /// What an account gets by it.
    pub(super) fn gives(&self, account: &Account) -> u128 {
        let own = if self.to == *account && !self.failed { self.value } else { 0 };
        let inner = self.inner.as_ref().filter(|inner| !self.failed && !inner.failed && inner.to == *account);
        own + inner.map_or(0, |inner| inner.value)
    }
}

/// The bytes of `0x` and forty digits.
pub(super) fn account(text: &str) -> Option<Account> {
    bitcoin::hex::FromHex::from_hex(text.strip_prefix("0x")?).ok()
}

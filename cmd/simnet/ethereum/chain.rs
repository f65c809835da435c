//! The chain itself: blocks from the start on, and transactions that wait.

use serde::Deserialize;
use teller::address::DepositAddress;
use teller::types::Coin;
use tiny_keccak::{Hasher, Keccak};

use super::block::{Account, Block, Hash, Inner, Tx, Withdrawal, account};
use super::sealed;
use super::tokens::{self, Move, Transfer};

/// Most blocks made at once.
const MAX_BLOCKS: u64 = 10_000;
/// Who pays for everything, and the contract that it is sent through where that is asked for.
const PAYER: [u8; 20] = [0x11; 20];
const CONTRACT: [u8; 20] = [0xcc; 20];

/// Why the chain did not do what it was told.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(crate) enum ChainError {
    #[error("at most {MAX_BLOCKS} blocks at once")]
    TooMany,
    #[error("{0}")]
    Refused(String),
}

/// Coins to somebody.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Deposit {
    address: String,
    /// Wei.
    amount: Amount,
    /// By a contract that the transaction calls.
    #[serde(default)]
    internal: bool,
    /// The transaction fails, or where it is internal, the call that pays.
    #[serde(default)]
    failed: bool,
    /// Leave it waiting instead of making a block.
    #[serde(default)]
    pool_only: bool,
}

/// Tokens to somebody.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenDeposit {
    /// Its symbol.
    token: String,
    address: String,
    /// In the token's smallest unit.
    amount: Amount,
    /// A part of it that does not arrive.
    #[serde(default)]
    fee: Option<Amount>,
    /// The contract tells as if all of it arrived.
    #[serde(default)]
    hidden: bool,
    /// The transaction fails.
    #[serde(default)]
    failed: bool,
    /// Leave it waiting instead of making a block.
    #[serde(default)]
    pool_only: bool,
}

/// Coins to a validator.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Withdraw {
    address: String,
    gwei: u64,
}

/// The smallest unit, as a number or in digits: JSON numbers of some programs end at 2^53.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Amount {
    Number(u64),
    Digits(String),
}

impl Amount {
    fn get(&self) -> Result<u128, ChainError> {
        match self {
            Amount::Number(number) => Ok(u128::from(*number)),
            Amount::Digits(digits) => digits.parse().map_err(|_| {
                let words = format!("{digits:?} is no amount, expected the smallest unit in digits");
                ChainError::Refused(words)
            }),
        }
    }
}

#[derive(Debug)]
pub(super) struct Chain {
    /// Never empty.
    blocks: Vec<Block>,
    pool: Vec<Tx>,
    /// What validators get in the next block.
    due: Vec<Withdrawal>,
    withdrawn: u64,
    /// Makes blocks and transactions differ from all that were there before.
    serial: u64,
}

impl Chain {
    pub(super) fn new(start: u64, now: u64) -> Chain {
        // Two runs are two chains.
        let serial = u64::from(std::process::id()) << 32 | now & 0xffff_ffff;
        let parent = keccak(&[&serial.to_be_bytes()]);
        let first = sealed::block(start, parent, now, Vec::new(), Vec::new(), serial);
        Chain { blocks: vec![first], pool: Vec::new(), due: Vec::new(), withdrawn: 0, serial }
    }

    fn append(&mut self, now: u64) {
        // Blocks of two histories differ although the same is in them.
        let serial = self.next_serial();
        let (txs, due) = (std::mem::take(&mut self.pool), std::mem::take(&mut self.due));
        let parent = self.tip(0);
        let (number, time) = (parent.number.saturating_add(1), now.max(parent.time.saturating_add(1)));
        let block = sealed::block(number, parent.hash, time, txs, due, serial);
        self.blocks.push(block);
    }

    fn next_serial(&mut self) -> u64 {
        self.serial = self.serial.wrapping_add(1);
        self.serial
    }

    pub(super) fn mine(&mut self, blocks: u64, now: u64) -> Result<(), ChainError> {
        if blocks > MAX_BLOCKS {
            return Err(ChainError::TooMany);
        }
        (0..blocks).for_each(|_| self.append(now));
        Ok(())
    }

    pub(super) fn reorg(&mut self, depth: u64, length: u64, keep: bool, now: u64) -> Result<(), ChainError> {
        let made = self.blocks.len().saturating_sub(1);
        let depth = usize::try_from(depth).ok().filter(|depth| *depth <= made);
        let depth = depth.ok_or_else(|| ChainError::Refused(format!("only {made} blocks were made here")))?;
        let gone = self.blocks.split_off(self.blocks.len() - depth);
        let waited = std::mem::take(&mut self.pool);
        let due = std::mem::take(&mut self.due);
        if keep {
            self.due = gone.iter().flat_map(|block| block.withdrawals.clone()).chain(due).collect();
            self.pool = gone.into_iter().flat_map(|block| block.txs).chain(waited).collect();
        }
        self.mine(length, now)
    }

    /// Pays a validator in a block of its own.
    pub(super) fn withdraw(&mut self, asked: &Withdraw, now: u64) -> Result<u64, ChainError> {
        let (to, index) = (payee(&asked.address)?, self.withdrawn);
        self.withdrawn = index.saturating_add(1);
        self.due.push(Withdrawal { index, to, gwei: asked.gwei });
        self.append(now);
        Ok(index)
    }

    /// What an account has, before this transaction of this block.
    pub(super) fn balance_before(&self, number: u64, index: usize, account: &Account) -> u128 {
        let below = self.blocks.iter().take_while(|block| block.number < number);
        let all = below.map(|block| (&block.withdrawals[..], &block.txs[..]));
        let own = self.at(number).map(|block| (&[][..], block.txs.get(..index).unwrap_or_default()));
        all.chain(own).map(|(withdrawals, txs)| received(account, withdrawals, txs)).sum()
    }

    /// How many transactions an account has in blocks up to this one.
    pub(super) fn sent_by(&self, number: u64, account: &Account) -> u64 {
        let blocks = self.blocks.iter().take_while(|block| block.number <= number);
        let sent = blocks.flat_map(|block| &block.txs).filter(|tx| tx.from == *account).count();
        u64::try_from(sent).unwrap_or(u64::MAX)
    }

    pub(super) fn deposit(&mut self, deposit: &Deposit, now: u64) -> Result<Hash, ChainError> {
        let to = payee(&deposit.address)?;
        let value = deposit.amount.get()?;
        let nonce = self.next_serial();
        let direct = Tx {
            hash: Hash::default(),
            nonce,
            from: PAYER,
            to,
            value,
            input: Vec::new(),
            failed: deposit.failed,
            inner: None,
            token: None,
        };
        let tx = match deposit.internal {
            false => direct,
            true => Tx {
                to: CONTRACT,
                input: [&[0xab, 0xcd, 0xef, 0x01][..], &[0; 12], &to].concat(),
                failed: false,
                inner: Some(Inner { to, value, failed: deposit.failed }),
                ..direct
            },
        };
        Ok(self.send(tx, deposit.pool_only, now))
    }

    pub(super) fn deposit_token(&mut self, deposit: &TokenDeposit, now: u64) -> Result<Hash, ChainError> {
        let (token, to) = (deposit.token.as_str(), payee(&deposit.address)?);
        let unknown =
            || ChainError::Refused(format!("no token {token:?} is here, but {}", tokens::symbols()));
        let contract = tokens::named(token).ok_or_else(unknown)?.contract.0;
        let amount = deposit.amount.get()?;
        let fee = deposit.fee.as_ref().map_or(Ok(0), Amount::get)?;
        if fee > amount {
            return Err(ChainError::Refused("the fee is more than the amount".to_owned()));
        }
        let waiting = self.pool.iter().flat_map(|tx| tx.moves(&contract)).map(|one| one.amount).sum();
        let left = self.held(&contract, &PAYER, u64::MAX).saturating_sub(waiting);
        if amount > left {
            return Err(ChainError::Refused(format!("there is no more than {left} of {token} to pay with")));
        }
        let transfer = Transfer { contract, to, amount, fee, is_fee_hidden: deposit.hidden };
        let tx = Tx {
            hash: Hash::default(),
            nonce: self.next_serial(),
            from: PAYER,
            to: contract,
            value: 0,
            input: transfer.input(),
            failed: deposit.failed,
            inner: None,
            token: Some(transfer),
        };
        Ok(self.send(tx, deposit.pool_only, now))
    }

    fn send(&mut self, tx: Tx, pool_only: bool, now: u64) -> Hash {
        let hash = sealed::hash_of(&tx);
        self.pool.push(Tx { hash, ..tx });
        if !pool_only {
            self.append(now);
        }
        hash
    }

    /// What an account holds of a token after the block of this number.
    pub(super) fn held(&self, contract: &Account, account: &Account, number: u64) -> u128 {
        let blocks = self.blocks.iter().take_while(|block| block.number <= number);
        let moves: Vec<Move> =
            blocks.flat_map(|block| &block.txs).flat_map(|tx| tx.moves(contract)).collect();
        let sum = |is_its: fn(&Move) -> &Account| -> u128 {
            moves.iter().filter(|one| is_its(one) == account).map(|one| one.amount).sum()
        };
        let stock = if *account == PAYER { tokens::STOCK } else { 0 };
        (stock + sum(|one| &one.to)).saturating_sub(sum(|one| &one.from))
    }

    /// The newest block, or the one so many below it, as far as there are any.
    pub(super) fn tip(&self, behind: u64) -> &Block {
        let last = self.blocks.len().saturating_sub(1);
        &self.blocks[last.saturating_sub(usize::try_from(behind).unwrap_or(usize::MAX))]
    }

    pub(super) fn at(&self, number: u64) -> Option<&Block> {
        let first = self.blocks.first()?.number;
        self.blocks.get(usize::try_from(number.checked_sub(first)?).ok()?)
    }

    pub(super) fn by_hash(&self, hash: &Hash) -> Option<&Block> {
        self.blocks.iter().rev().find(|block| block.hash == *hash)
    }

    /// A transaction with its block and its place there.
    pub(super) fn find(&self, hash: &Hash) -> Option<(&Block, usize, &Tx)> {
        self.blocks.iter().rev().find_map(|block| {
            let index = block.txs.iter().position(|tx| tx.hash == *hash)?;
            Some((block, index, &block.txs[index]))
        })
    }

    pub(super) fn pool(&self) -> &[Tx] {
        &self.pool
    }
}

pub(super) fn keccak(parts: &[&[u8]]) -> Hash {
    let mut hasher = Keccak::v256();
    parts.iter().for_each(|part| hasher.update(part));
    let mut hash = [0; 32];
    hasher.finalize(&mut hash);
    hash
}

/// What an account got.
fn received(account: &Account, withdrawals: &[Withdrawal], txs: &[Tx]) -> u128 {
    let paid = withdrawals.iter().filter(|one| one.to == *account);
    let paid = paid.map(|one| u128::from(one.gwei) * 1_000_000_000).sum::<u128>();
    paid + txs.iter().map(|tx| tx.gives(account)).sum::<u128>()
}

fn payee(address: &str) -> Result<Account, ChainError> {
    let address = DepositAddress::parse(Coin::ETH.main_network(), address)
        .map_err(|error| ChainError::Refused(error.to_string()))?;
    account(&address.to_string()).ok_or_else(|| ChainError::Refused("no account".to_owned()))
}

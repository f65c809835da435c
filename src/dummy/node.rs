//! A Skycoin node and hot wallet in memory. It checks signatures, inputs and sums as a real one does, and confirms
//! what it is told to.
//!
//! Its list of broadcasts is gone after a restart, as the original's is. Its coins are not: they follow from the
//! transactions that the store kept.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use secrecy::SecretString;
use tokio::sync::Notify;

use crate::payout::{Attempt, AttemptState};
use crate::rail::{
    Broadcaster, Fate, Funds, HotWallet, IsKnown, NodeError, Receipt, SendOutcome, Spender, SpendsSeen,
    TxStatus, Wallet,
};
use crate::rail::{ChainRules, Paid, SignedTransaction, Spend, Unspent};
use crate::skycoin::{
    Address, BurnFactor, CoinHours, KeyChain, MAX_TRANSACTION_SIZE, NewWallet, Output, Transaction,
    Wallet as WalletFile,
};
use crate::types::{AmountOutOfRange, BlockHash, BlockRef, Claim, Droplets, Hash32, Height, TxId, UnixTime};

/// What the dummy wallet's keys come from. Coins sent to its addresses on the real chain are anybody's.
const SEED: &str = "teller dummy mode wallet, never to be used on the real chain";
/// The hours that every output of the wallet has at any time: on this chain they grow back at once.
const HOURS: u64 = 100;
const BURN_FACTOR: u32 = 10;

/// A transaction that was broadcast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broadcast {
    /// The transaction's id.
    pub txid: TxId,
    /// What it pays, without the change.
    pub payments: Vec<(Address, Droplets)>,
    /// Whether it is in a block.
    pub confirmed: bool,
    /// Another one that spends the same was confirmed.
    pub is_dropped: bool,
}

#[derive(Debug)]
struct Sent {
    txid: TxId,
    transaction: Transaction,
    block: Option<Height>,
    is_dropped: bool,
}

#[derive(Debug, Default)]
struct Ledger {
    unspents: HashMap<Claim, Output>,
    sent: Vec<Sent>,
    by_txid: HashMap<TxId, usize>,
    /// Positions of those that are not confirmed.
    pending: BTreeSet<usize>,
    /// What the confirmed transactions of this run spent.
    spent: HashSet<Claim>,
    /// The same, and what those of earlier runs spent: by which, and in which block.
    spent_by: HashMap<Claim, (TxId, Height)>,
    /// Transactions of earlier runs, which the store says are settled.
    settled_before: HashMap<TxId, BlockRef>,
    height: u64,
    /// Whether the wallet shows no coins: somebody plays a shortage.
    is_hidden: bool,
}

/// The node and the wallet.
#[derive(Debug)]
pub struct DummyNode {
    owner: Address,
    max_decimals: u8,
    ledger: Mutex<Ledger>,
    changed: Arc<Notify>,
}

impl DummyNode {
    /// A node whose wallet starts with `balance`, as it stands after the transactions of earlier runs.
    pub fn new(
        balance: Droplets,
        max_decimals: u8,
        attempts: &[(Attempt, SignedTransaction)],
        changed: Arc<Notify>,
    ) -> Self {
        let owner = owner();
        let mut ledger = Ledger::default();
        if !balance.is_zero() {
            let genesis = Output { address: owner, coins: balance, hours: CoinHours::new(HOURS) };
            ledger.unspents.insert(genesis.uxid(TxId([0; 32])), genesis);
        }
        for (attempt, transaction) in attempts {
            ledger.restore(attempt, transaction, owner);
        }
        DummyNode { owner, max_decimals, ledger: Mutex::new(ledger), changed }
    }

    /// The keys that the wallet's coins belong to.
    pub fn hot_wallet() -> HotWallet {
        let (seed, created) = (SecretString::from(SEED), UnixTime::default());
        let new = NewWallet { filename: "dummy.wlt", label: "dummy", seed: &seed, addresses: 1, created };
        let file = new.to_json().expect("BUG: the dummy seed makes a wallet");
        HotWallet::new(WalletFile::load(file.as_bytes(), None).expect("BUG: a new wallet can be loaded"))
    }

    /// Transactions of this run, in the order of their arrival: from a position on, at most so many.
    pub fn broadcasts(&self, from: usize, limit: usize) -> Vec<Broadcast> {
        self.ledger().sent.iter().skip(from).take(limit).map(|sent| sent.told(self.owner)).collect()
    }

    /// Confirms a transaction, in a block of its own; answers whether there is such a one. Again changes nothing.
    pub fn confirm(&self, txid: &str) -> bool {
        let position = TxId::parse(txid).ok().and_then(|txid| self.ledger().by_txid.get(&txid).copied());
        position.is_some_and(|position| self.confirm_at(position))
    }

    /// [`DummyNode::confirm`] by position in [`DummyNode::broadcasts`].
    pub fn confirm_at(&self, position: usize) -> bool {
        let mut ledger = self.ledger();
        let found = ledger.confirm(position, self.owner);
        drop(ledger);
        self.changed.notify_one();
        found
    }

    /// Confirms all that is on its way, each in a block of its own.
    pub fn confirm_all(&self) {
        let mut ledger = self.ledger();
        let pending: Vec<usize> = ledger.pending.iter().copied().collect();
        for position in pending {
            ledger.confirm(position, self.owner);
        }
        drop(ledger);
        self.changed.notify_one();
    }

    /// Has the wallet show no coins, or all that it has.
    pub fn set_hidden(&self, is_hidden: bool) {
        self.ledger().is_hidden = is_hidden;
        self.changed.notify_one();
    }

    /// Gives the wallet coins, as if somebody had sent them. They last as long as the process.
    pub fn fund(&self, coins: Droplets) {
        let mut ledger = self.ledger();
        ledger.height += 1;
        let mut source = [0xfd; 32];
        source[..8].copy_from_slice(&ledger.height.to_be_bytes());
        let output = Output { address: self.owner, coins, hours: CoinHours::new(HOURS) };
        ledger.unspents.insert(output.uxid(TxId(source)), output);
        drop(ledger);
        self.changed.notify_one();
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What its inputs have and its outputs do not.
fn burnt(transaction: &Transaction) -> CoinHours {
    let inputs = u64::try_from(transaction.inputs().len()).unwrap_or(u64::MAX);
    let given = CoinHours::sum(transaction.outputs().iter().map(|output| output.hours));
    let had = CoinHours::new(HOURS.saturating_mul(inputs));
    had.saturating_sub(given.unwrap_or(had))
}

fn owner() -> Address {
    let first = KeyChain::new(SEED.as_bytes()).next().expect("BUG: a key chain has no end");
    first.address()
}

impl Ledger {
    /// Takes over a transaction that the store has: what is settled has spent and paid; the others will be offered
    /// again.
    fn restore(&mut self, attempt: &Attempt, signed: &SignedTransaction, owner: Address) {
        let AttemptState::Settled { block, .. } = attempt.state else { return };
        let Ok(transaction) = Transaction::decode(&signed.raw) else { return };
        self.height = self.height.max(block.height.get());
        self.settled_before.insert(attempt.txid, block);
        self.apply(&transaction, block.height, owner);
    }

    fn apply(&mut self, transaction: &Transaction, height: Height, owner: Address) {
        for input in transaction.inputs() {
            self.unspents.remove(input);
            self.spent_by.insert(*input, (transaction.txid(), height));
        }
        for (output, uxid) in transaction.outputs().iter().zip(transaction.uxids()) {
            if output.address == owner {
                self.unspents.insert(uxid, *output);
            }
        }
    }

    fn confirm(&mut self, position: usize, owner: Address) -> bool {
        let Some(sent) = self.sent.get_mut(position).filter(|sent| !sent.is_dropped) else { return false };
        if sent.block.is_none() {
            self.height += 1;
            let height = Height::new(self.height);
            sent.block = Some(height);
            self.pending.remove(&position);
            let transaction = sent.transaction.clone();
            self.apply(&transaction, height, owner);
            self.spent.extend(transaction.inputs());
            self.drop_rivals();
        }
        true
    }

    /// Forgets what waits and spends what is spent. As on a real chain, several may wait that spend the same.
    fn drop_rivals(&mut self) {
        let Ledger { sent, by_txid, pending, spent, .. } = self;
        pending.retain(|position| {
            let Some(sent) = sent.get_mut(*position) else { return false };
            sent.is_dropped = sent.transaction.inputs().iter().any(|input| spent.contains(input));
            if sent.is_dropped {
                by_txid.remove(&sent.txid);
            }
            !sent.is_dropped
        });
    }

    /// What a real node checks, but for the inputs of an earlier run with another balance: their word is taken as
    /// long as the wallet's own key signed for them.
    fn check(&self, transaction: &Transaction, owner: Address) -> Result<(), String> {
        let owners = vec![owner; transaction.inputs().len()];
        transaction.verify_signatures(&owners).map_err(|error| error.to_string())?;
        if let Some(spent) = transaction.inputs().iter().find(|input| self.spent.contains(input)) {
            return Err(format!("unspent output of {spent} does not exist"));
        }
        let known: Option<Vec<Droplets>> = transaction
            .inputs()
            .iter()
            .map(|input| self.unspents.get(input).map(|output| output.coins))
            .collect();
        let total = |all: Vec<Droplets>| Droplets::sum(all).map_err(|error| error.to_string());
        if let Some(known) = known {
            let paid = total(transaction.outputs().iter().map(|output| output.coins).collect())?;
            if total(known)? != paid {
                return Err("the outputs do not have the coins of the inputs".to_owned());
            }
        }
        Ok(())
    }

    fn pending(&self) -> impl Iterator<Item = &Transaction> {
        self.pending.iter().filter_map(|position| self.sent.get(*position)).map(|sent| &sent.transaction)
    }

    fn change_on_its_way(&self, owner: Address) -> Result<Droplets, AmountOutOfRange> {
        let outputs = self.pending().flat_map(Transaction::outputs);
        let change = outputs.filter(|output| output.address == owner).map(|output| output.coins);
        Droplets::sum(change)
    }
}

impl Sent {
    fn told(&self, owner: Address) -> Broadcast {
        let payments = self.transaction.outputs().iter().filter(|output| output.address != owner);
        Broadcast {
            txid: self.txid,
            payments: payments.map(|output| (output.address, output.coins)).collect(),
            confirmed: self.block.is_some(),
            is_dropped: self.is_dropped,
        }
    }

    fn spend(&self, owner: Address) -> Spend {
        let payments = self.told(owner).payments.into_iter();
        Spend {
            txid: self.txid,
            block: self.block.map(block_at),
            payments: payments.map(|(to, coins)| Paid { to, coins }).collect(),
            raw: self.transaction.encode(),
        }
    }
}

fn block_at(height: Height) -> BlockRef {
    let mut hash = [0xd0; 32];
    hash[..8].copy_from_slice(&height.get().to_be_bytes());
    BlockRef { height, hash: BlockHash(hash) }
}

impl Wallet for DummyNode {
    async fn identity(&self) -> Result<String, NodeError> {
        Ok("a chain in memory".to_owned())
    }

    async fn funds(&self) -> Result<Funds, NodeError> {
        let ledger = self.ledger();
        let burn = BurnFactor::new(BURN_FACTOR).map_err(|error| NodeError(error.to_string()))?;
        let hours = CoinHours::new(HOURS);
        let shown = ledger.unspents.iter().filter(|_| !ledger.is_hidden);
        let mut unspents: Vec<Unspent> = shown
            .map(|(uxid, output)| Unspent { uxid: *uxid, owner: output.address, coins: output.coins, hours })
            .collect();
        unspents.sort_by_key(|unspent| unspent.uxid);
        let words = |error: AmountOutOfRange| NodeError(error.to_string());
        let incoming = match ledger.is_hidden {
            true => Droplets::ZERO,
            false => ledger.change_on_its_way(self.owner).map_err(words)?,
        };
        let leaving: HashSet<Claim> = ledger.pending().flat_map(Transaction::inputs).copied().collect();
        let free = unspents.iter().filter(|unspent| !leaving.contains(&unspent.uxid));
        let free = Droplets::sum(free.map(|unspent| unspent.coins));
        let coins = free.and_then(|free| free.checked_add(incoming));
        let coins = coins.map_err(words)?;
        let rules = ChainRules { burn, max_size: MAX_TRANSACTION_SIZE, max_decimals: self.max_decimals };
        Ok(Funds { unspents, leaving, incoming, coins, hours, rules })
    }

    fn fingerprint(&self) -> Hash32 {
        Hash32([0xd0; 32])
    }

    /// Blocks are never unmade here. After a restart there may be fewer than were read: what they held, the
    /// store knows.
    async fn spends(&self, after: Option<BlockRef>, is_known: IsKnown<'_>) -> Result<SpendsSeen, NodeError> {
        let ledger = self.ledger();
        let tip = block_at(Height::new(ledger.height));
        let to = after.filter(|after| after.height > tip.height).unwrap_or(tip);
        let is_above = |height: Height| after.is_none_or(|after| height > after.height);
        let found =
            ledger.sent.iter().filter(|sent| sent.block.is_some_and(is_above) && !is_known(sent.txid));
        let spends = found.map(|sent| sent.spend(self.owner)).collect();
        Ok(SpendsSeen::Seen { to, is_all: true, spends })
    }

    async fn pending_spends(&self) -> Result<Vec<Spend>, NodeError> {
        let ledger = self.ledger();
        let pending = ledger.pending.iter().filter_map(|position| ledger.sent.get(*position));
        Ok(pending.map(|sent| sent.spend(self.owner)).collect())
    }
}

impl Broadcaster for DummyNode {
    async fn send(&self, raw: &[u8]) -> SendOutcome {
        let transaction = match Transaction::decode(raw) {
            Ok(transaction) => transaction,
            Err(error) => return SendOutcome::Rejected(error.to_string()),
        };
        let txid = transaction.txid();
        let mut ledger = self.ledger();
        if ledger.by_txid.contains_key(&txid) {
            return SendOutcome::AlreadyKnown;
        }
        if let Err(words) = ledger.check(&transaction, self.owner) {
            return SendOutcome::Rejected(words);
        }
        let position = ledger.sent.len();
        ledger.by_txid.insert(txid, position);
        ledger.pending.insert(position);
        ledger.sent.push(Sent { txid, transaction, block: None, is_dropped: false });
        SendOutcome::Accepted
    }

    async fn status(&self, txid: TxId) -> Result<TxStatus, NodeError> {
        let ledger = self.ledger();
        if let Some(block) = ledger.settled_before.get(&txid) {
            return Ok(TxStatus::Confirmed { block: *block, confirmations: 1 });
        }
        let sent = ledger.by_txid.get(&txid).and_then(|position| ledger.sent.get(*position));
        Ok(match sent.map(|sent| sent.block) {
            None => TxStatus::Absent,
            Some(None) => TxStatus::Unconfirmed,
            Some(Some(height)) => {
                let above = height.depth_below(Height::new(ledger.height));
                TxStatus::Confirmed { block: block_at(height), confirmations: above.saturating_add(1) }
            }
        })
    }

    /// Nobody but the desk pays by transactions here.
    async fn received(&self, _: TxId, _: Address) -> Result<Receipt, NodeError> {
        Ok(Receipt::Absent)
    }

    async fn burnt(&self, txid: TxId) -> Result<CoinHours, NodeError> {
        let ledger = self.ledger();
        let sent = ledger.by_txid.get(&txid).and_then(|position| ledger.sent.get(*position));
        let known = sent.map(|sent| burnt(&sent.transaction));
        known.ok_or_else(|| NodeError(format!("there is no transaction {txid}")))
    }

    async fn fate_of(&self, uxid: Claim) -> Result<Fate, NodeError> {
        let ledger = self.ledger();
        let head = Height::new(ledger.height);
        let spent = ledger.spent_by.get(&uxid).map(|(txid, block)| {
            let confirmations = block.depth_below(head).saturating_add(1);
            Fate::Spent(Spender { txid: *txid, confirmations })
        });
        let unspent = ledger.unspents.contains_key(&uxid).then_some(Fate::Unspent);
        Ok(spent.or(unspent).unwrap_or(Fate::Missing { head }))
    }
}

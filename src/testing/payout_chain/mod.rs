//! The chain that payouts are made on: blocks that are made and unmade by hand, and some nodes of it, each
//! with a pool of its own and so many blocks behind.
//!
//! A node checks what a real one does: signatures, inputs, sums. Its pool takes two transactions that spend the same
//! output, as a real one's does: the first in a block wins.

mod node;
mod state;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use self::state::{Outputs, State};
use crate::dummy::DummyNode;
use crate::rail::{HotWallet, Signer};
use crate::skycoin::{Address, CoinHours, Output, Transaction};
use crate::types::{Claim, Droplets, TxId, Units};

/// Nodes of the chain. The desk asks one of them at a time.
pub const PAYOUT_NODES: usize = 3;
/// The hours that every output has at any time: on this chain they grow back at once.
const HOURS: u64 = 100;
/// Where the operator sends what they spend from the hot wallet.
const OUTSIDER: Address = Address::from_bytes([0xee; 20]);

/// A transaction that was broadcast by the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broadcast {
    pub txid: TxId,
    /// What it pays, without the change.
    pub payments: Vec<(Address, Droplets)>,
    pub confirmed: bool,
    /// What it spends is spent by another one that is confirmed.
    pub is_dropped: bool,
}

/// The chain. Clones are the same chain; as a wallet and broadcaster it is the node that answers at the moment.
#[derive(Debug, Clone)]
pub struct PayoutChain(Arc<Mutex<State>>);

impl PayoutChain {
    /// A chain on which the hot wallet has `balance` in one output.
    pub fn new(balance: Droplets, max_decimals: u8) -> Self {
        let chain = PayoutChain(Arc::new(Mutex::new(State {
            owner: wallet().change_address(),
            max_decimals,
            founded: Outputs::new(),
            gifts: HashMap::new(),
            known: Vec::new(),
            by_txid: HashMap::new(),
            blocks: Vec::new(),
            highest: 0,
            made: 0,
            nodes: Default::default(),
            answering: 0,
            change: None,
        })));
        chain.fund(balance);
        chain
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives the wallet coins, as if somebody had sent them long ago; answers the transaction.
    pub fn fund(&self, coins: Droplets) -> TxId {
        let mut state = self.state();
        let source = TxId(state.next_hash(0xfd));
        let output = Output { address: state.owner, coins, hours: CoinHours::new(HOURS) };
        state.founded.insert(output.uxid(source), output);
        state.gifts.insert(source, coins);
        source
    }

    /// A fork takes back what somebody had sent; answers how much. Nothing was spent of it.
    pub fn take_gift_back(&self, source: TxId) -> Option<Droplets> {
        let mut state = self.state();
        let coins = state.gifts.remove(&source)?;
        let output = Output { address: state.owner, coins, hours: CoinHours::new(HOURS) };
        state.founded.remove(&output.uxid(source));
        Some(coins)
    }

    /// The same transaction is in a block again.
    pub fn bring_gift_again(&self, source: TxId, coins: Droplets) {
        let mut state = self.state();
        let output = Output { address: state.owner, coins, hours: CoinHours::new(HOURS) };
        state.founded.insert(output.uxid(source), output);
        state.gifts.insert(source, coins);
    }

    /// All that somebody else's transactions brought.
    pub fn gifts(&self) -> Units {
        let state = self.state();
        let sum = state.gifts.values().map(|coins| u128::from(coins.get())).sum();
        Units::new(sum)
    }

    /// All that the desk ever sent to any node, in the order of its arrival.
    pub fn broadcasts(&self) -> Vec<Broadcast> {
        let state = self.state();
        let confirmed: HashSet<usize> = state.confirmed(state.blocks.len()).collect();
        let spent = confirmed.iter().flat_map(|one| state.known[*one].transaction.inputs());
        let spent: HashSet<Claim> = spent.copied().collect();
        let ours = state.known.iter().enumerate().filter(|(_, known)| !known.is_operators);
        ours.map(|(position, known)| Broadcast {
            txid: known.txid,
            payments: known.payments(state.owner),
            confirmed: confirmed.contains(&position),
            is_dropped: !confirmed.contains(&position)
                && known.transaction.inputs().iter().any(|input| spent.contains(input)),
        })
        .collect()
    }

    /// All that left the wallet and is in a block, whoever sent it.
    pub fn paid_out(&self) -> Units {
        let state = self.state();
        let confirmed = state.confirmed(state.blocks.len());
        let payments = confirmed.flat_map(|position| state.known[position].payments(state.owner));
        payments.fold(Units::ZERO, |sum, (_, coins)| {
            sum.checked_add(coins.into()).expect("BUG: a world has few coins")
        })
    }

    /// All transactions that are in a block, with their payments to others.
    pub fn all_paid(&self) -> Vec<(TxId, Vec<(Address, Droplets)>)> {
        let state = self.state();
        let confirmed = state.confirmed(state.blocks.len()).map(|position| &state.known[position]);
        confirmed.map(|known| (known.txid, known.payments(state.owner))).collect()
    }

    /// Confirms a transaction in a block of its own, if it can be; answers whether it is in a block now.
    pub fn confirm(&self, txid: &str) -> bool {
        let mut state = self.state();
        let position = TxId::parse(txid).ok().and_then(|txid| state.by_txid.get(&txid).copied());
        position.is_some_and(|position| {
            let is_new = state.height_of(position, state.blocks.len()).is_none();
            !is_new || state.mine([position]) > 0
        })
    }

    /// Makes a block of everything that is in a pool and can be confirmed; answers how many transactions that are.
    pub fn confirm_all(&self) -> usize {
        let mut state = self.state();
        let pooled = state.pooled();
        if state.can_any(&pooled) { state.mine(pooled) } else { 0 }
    }

    /// Makes a block of one transaction that is in a pool and can be confirmed, if there is one; else an empty one.
    pub fn mine(&self, pick: u64) {
        let mut state = self.state();
        let pooled = state.pooled();
        let outputs = state.outputs(state.blocks.len());
        let able: Vec<usize> = pooled.into_iter().filter(|one| state.known[*one].fits(&outputs)).collect();
        let one = choose(&able, pick).copied();
        state.mine(one);
    }

    /// Makes empty blocks.
    pub fn bury(&self, blocks: u64) {
        let mut state = self.state();
        for _ in 0..blocks {
            state.mine([]);
        }
    }

    /// Takes the newest blocks away; what was in them is in the pools that had it.
    pub fn unmine(&self, depth: usize) {
        let mut state = self.state();
        let keep = state.blocks.len().saturating_sub(depth);
        state.blocks.truncate(keep);
    }

    /// [`PayoutChain::unmine`], as far as no block is taken away that ever had `most` others above it.
    pub fn unmine_within(&self, depth: usize, most: usize) {
        let (height, highest) = {
            let state = self.state();
            (state.blocks.len(), state.highest)
        };
        let least = highest.saturating_sub(most);
        self.unmine(depth.min(height.saturating_sub(least)));
    }

    /// A node loses what is unconfirmed.
    pub fn forget(&self, node: usize) {
        self.state().nodes[node % PAYOUT_NODES].pool.clear();
    }

    /// All nodes tell each other what is unconfirmed.
    pub fn gossip(&self) {
        let mut state = self.state();
        let all: BTreeSet<usize> = state.pooled().into_iter().collect();
        state.nodes.iter_mut().for_each(|node| node.pool.clone_from(&all));
    }

    /// A node is so many blocks behind from now on.
    pub fn lag(&self, node: usize, behind: usize) {
        self.state().nodes[node % PAYOUT_NODES].behind = behind;
    }

    /// After so many more questions, another node answers.
    pub fn change_node(&self, after: u32, node: usize) {
        self.state().change = Some((after, node % PAYOUT_NODES));
    }

    /// The operator spends, with the same keys, an output of the wallet: rather one that a transaction of the
    /// desk on its way spends too: an even pick sends it back to the wallet, an odd one to somebody. It
    /// reaches the pool of one node.
    pub fn spend_as_operator(&self, pick: u64, node: usize) {
        let mut state = self.state();
        let outputs = state.outputs(state.blocks.len());
        let pooled = state.pooled();
        let wanted = pooled.iter().flat_map(|one| state.known[*one].transaction.inputs());
        let mut wanted: Vec<Claim> = wanted.copied().filter(|uxid| outputs.contains_key(uxid)).collect();
        if wanted.is_empty() {
            wanted = outputs.keys().copied().collect();
        }
        let Some(input) = choose(&wanted, pick) else { return };
        let coins = outputs[input].coins;
        let address = if pick.is_multiple_of(2) { state.owner } else { OUTSIDER };
        let output = Output { address, coins, hours: CoinHours::new(pick % HOURS) };
        let unsigned = Transaction::new(vec![*input], vec![output]).expect("BUG: one input, one output");
        let signed = wallet().sign_inputs(&unsigned, &[state.owner]).expect("BUG: the wallet has the key");
        let position = state.learn(signed, true);
        state.nodes[node % PAYOUT_NODES].pool.insert(position);
    }

    /// The operator sends all that they ever sent once more, to every node.
    pub fn resend_operators(&self) {
        let mut state = self.state();
        let confirmed: HashSet<usize> = state.confirmed(state.blocks.len()).collect();
        let all = state.known.iter().enumerate();
        let again = all.filter(|(one, known)| known.is_operators && !confirmed.contains(one));
        let again: Vec<usize> = again.map(|(one, _)| one).collect();
        state.nodes.iter_mut().for_each(|node| node.pool.extend(&again));
    }

    /// Whether a transaction of the desk could confirm if all that was ever sent came to the miners once more, also
    /// after a fork that takes no block away that ever had `most` others above it.
    pub fn can_confirm(&self, txid: TxId, most: u64) -> bool {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let now = self.state().clone();
        let mut forked = now.clone();
        forked.blocks.truncate(forked.highest.saturating_sub(most));
        let futures = [now, forked].into_iter().flat_map(|state| {
            let all: Vec<usize> = (0..state.known.len()).collect();
            let back: Vec<usize> = all.iter().rev().copied().collect();
            [state.future(&all), state.future(&back)]
        });
        futures.flatten().any(|sent| sent.txid == txid)
    }

    /// Whether the operator made this transaction, not the desk.
    pub fn is_operators(&self, txid: TxId) -> bool {
        let state = self.state();
        state.by_txid.get(&txid).is_some_and(|position| state.known[*position].is_operators)
    }

    /// What payees get in the end, if all that the desk ever sent comes to the miners once more: in its order, and the
    /// other way round. The transactions that are confirmed then, and what they pay.
    pub fn futures(&self) -> [Vec<Broadcast>; 2] {
        let state = self.state();
        let all: Vec<usize> = (0..state.known.len()).collect();
        let back: Vec<usize> = all.iter().rev().copied().collect();
        [state.future(&all), state.future(&back)]
    }
}

fn choose<T>(all: &[T], pick: u64) -> Option<&T> {
    let count = u64::try_from(all.len()).unwrap_or(u64::MAX);
    pick.checked_rem(count).and_then(|position| all.get(usize::try_from(position).unwrap_or(0)))
}

/// The keys that the wallet's coins belong to. Deriving them costs more than all else that a world does.
pub(super) fn wallet() -> Arc<HotWallet> {
    static WALLET: std::sync::OnceLock<Arc<HotWallet>> = std::sync::OnceLock::new();
    Arc::clone(WALLET.get_or_init(|| Arc::new(DummyNode::hot_wallet())))
}

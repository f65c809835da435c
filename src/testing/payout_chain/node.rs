//! What the node that answers tells: it knows all but the newest blocks, and what its own pool holds.

use std::collections::HashSet;

use super::state::{Known, Node, Outputs, State};
use super::{HOURS, PayoutChain};
use crate::rail::{
    Broadcaster, Fate, Funds, IsKnown, NodeError, Receipt, SendOutcome, Spender, SpendsSeen, TxStatus, Wallet,
};
use crate::rail::{ChainRules, Paid, Spend, Unspent};
use crate::skycoin::{Address, BurnFactor, CoinHours, MAX_TRANSACTION_SIZE, Output, Transaction};
use crate::types::{BlockHash, BlockRef, Claim, Droplets, Hash32, Height, TxId};

const BURN_FACTOR: u32 = 10;

impl Known {
    /// What its inputs have and its outputs do not.
    pub(super) fn burnt(&self) -> CoinHours {
        let inputs = u64::try_from(self.transaction.inputs().len()).unwrap_or(u64::MAX);
        let given = CoinHours::sum(self.transaction.outputs().iter().map(|output| output.hours));
        let had = CoinHours::new(HOURS.saturating_mul(inputs));
        had.saturating_sub(given.unwrap_or(had))
    }

    fn spend(&self, owner: Address, block: Option<BlockRef>) -> Spend {
        let payments = self.payments(owner).into_iter();
        let payments = payments.map(|(to, coins)| Paid { to, coins }).collect();
        Spend { txid: self.txid, block, payments, raw: self.transaction.encode() }
    }
}

impl State {
    fn node(&self) -> &Node {
        &self.nodes[self.answering]
    }

    /// Blocks that the node which answers has seen.
    fn seen(&self) -> usize {
        self.blocks.len().saturating_sub(self.node().behind)
    }

    fn passed(&mut self) {
        match self.change {
            Some((0, node)) => (self.answering, self.change) = (node, None),
            Some((left, node)) => self.change = Some((left - 1, node)),
            None => {}
        }
    }

    /// What the node holds that is in no block that it knows, and can be in one.
    fn on_its_way(&self, outputs: &Outputs) -> Vec<&Known> {
        let seen = self.seen();
        let waiting = self.node().pool.iter().filter(|one| self.height_of(**one, seen).is_none());
        waiting.map(|one| &self.known[*one]).filter(|known| known.fits(outputs)).collect()
    }

    fn check(&self, transaction: &Transaction) -> Result<(), String> {
        let owners = vec![self.owner; transaction.inputs().len()];
        transaction.verify_signatures(&owners).map_err(|error| error.to_string())?;
        let outputs = self.outputs(self.seen());
        let mut spent = Vec::new();
        for input in transaction.inputs() {
            let output = outputs.get(input);
            let output = output.ok_or_else(|| format!("unspent output of {input} does not exist"))?;
            spent.push(output.coins);
        }
        let total = |coins: Vec<Droplets>| Droplets::sum(coins).map_err(|error| error.to_string());
        let paid = total(transaction.outputs().iter().map(|output| output.coins).collect())?;
        if total(spent)? == paid {
            return Ok(());
        }
        Err("the outputs do not have the coins of the inputs".to_owned())
    }

    /// The block at a height; below the first stands one that is always there.
    fn block_ref(&self, height: usize) -> BlockRef {
        let hash = height.checked_sub(1).and_then(|index| self.blocks.get(index)).map(|block| block.hash);
        let height = Height::new(u64::try_from(height).unwrap_or(u64::MAX));
        BlockRef { height, hash: hash.unwrap_or(BlockHash([0; 32])) }
    }

    fn confirmations(&self, height: usize) -> u64 {
        u64::try_from(self.seen().saturating_sub(height)).unwrap_or(u64::MAX)
    }
}

impl Wallet for PayoutChain {
    async fn identity(&self) -> Result<String, NodeError> {
        Ok("a chain in memory".to_owned())
    }

    async fn funds(&self) -> Result<Funds, NodeError> {
        let mut state = self.state();
        state.passed();
        let words = |error: &dyn std::fmt::Display| NodeError(error.to_string());
        let burn = BurnFactor::new(BURN_FACTOR).map_err(|error| words(&error))?;
        let hours = CoinHours::new(HOURS);
        let outputs = state.outputs(state.seen());
        let on_its_way = state.on_its_way(&outputs);
        let leaving: HashSet<Claim> =
            on_its_way.iter().flat_map(|one| one.transaction.inputs()).copied().collect();
        let change = on_its_way.iter().flat_map(|one| one.transaction.outputs());
        let change = change.filter(|output| output.address == state.owner).map(|output| output.coins);
        let incoming = Droplets::sum(change).map_err(|error| words(&error))?;
        let unspent = |(uxid, output): (&Claim, &Output)| Unspent {
            uxid: *uxid,
            owner: output.address,
            coins: output.coins,
            hours,
        };
        let unspents: Vec<Unspent> = outputs.iter().map(unspent).collect();
        let free = unspents.iter().filter(|unspent| !leaving.contains(&unspent.uxid));
        let coins = Droplets::sum(free.map(|unspent| unspent.coins));
        let coins = coins.and_then(|free| free.checked_add(incoming)).map_err(|error| words(&error))?;
        let rules = ChainRules { burn, max_size: MAX_TRANSACTION_SIZE, max_decimals: state.max_decimals };
        Ok(Funds { unspents, leaving, incoming, coins, hours, rules })
    }

    fn fingerprint(&self) -> Hash32 {
        Hash32([0xd0; 32])
    }

    async fn spends(&self, after: Option<BlockRef>, is_known: IsKnown<'_>) -> Result<SpendsSeen, NodeError> {
        let mut state = self.state();
        state.passed();
        let seen = state.seen();
        let to = state.block_ref(seen);
        let first = match after {
            None => 0,
            Some(after) if after.height > to.height => {
                return Err(NodeError(format!("the node has blocks up to {}", to.height)));
            }
            Some(after) => usize::try_from(after.height.get()).unwrap_or(seen),
        };
        if after.is_some_and(|after| state.block_ref(first) != after) {
            return Ok(SpendsSeen::Forked);
        }
        let blocks = (first..seen).flat_map(|index| {
            let at = state.block_ref(index + 1);
            state.blocks[index].transactions.iter().map(move |one| (*one, at))
        });
        let spends = blocks.map(|(one, at)| state.known[one].spend(state.owner, Some(at)));
        let spends = spends.filter(|spend| !is_known(spend.txid)).collect();
        Ok(SpendsSeen::Seen { to, is_all: true, spends })
    }

    async fn pending_spends(&self) -> Result<Vec<Spend>, NodeError> {
        let mut state = self.state();
        state.passed();
        let outputs = state.outputs(state.seen());
        Ok(state.on_its_way(&outputs).into_iter().map(|known| known.spend(state.owner, None)).collect())
    }
}

impl Broadcaster for PayoutChain {
    async fn send(&self, raw: &[u8]) -> SendOutcome {
        let transaction = match Transaction::decode(raw) {
            Ok(transaction) => transaction,
            Err(error) => return SendOutcome::Rejected(error.to_string()),
        };
        let mut state = self.state();
        state.passed();
        let known = state.by_txid.get(&transaction.txid()).copied();
        let is_there =
            |one: &usize| state.node().pool.contains(one) || state.height_of(*one, state.seen()).is_some();
        if known.as_ref().is_some_and(is_there) {
            return SendOutcome::AlreadyKnown;
        }
        if let Err(words) = state.check(&transaction) {
            return SendOutcome::Rejected(words);
        }
        let position = state.learn(transaction, false);
        let answering = state.answering;
        state.nodes[answering].pool.insert(position);
        SendOutcome::Accepted
    }

    async fn status(&self, txid: TxId) -> Result<TxStatus, NodeError> {
        let mut state = self.state();
        state.passed();
        let Some(position) = state.by_txid.get(&txid).copied() else { return Ok(TxStatus::Absent) };
        if let Some(index) = state.height_of(position, state.seen()) {
            let block = state.block_ref(index + 1);
            return Ok(TxStatus::Confirmed { block, confirmations: state.confirmations(index) });
        }
        let is_pooled = state.node().pool.contains(&position);
        Ok(if is_pooled { TxStatus::Unconfirmed } else { TxStatus::Absent })
    }

    async fn received(&self, txid: TxId, to: Address) -> Result<Receipt, NodeError> {
        let mut state = self.state();
        state.passed();
        let gift = state.gifts.get(&txid).filter(|_| to == state.owner);
        Ok(gift.map_or(Receipt::Absent, |coins| Receipt::Confirmed { coins: *coins, confirmations: 1_000 }))
    }

    async fn burnt(&self, txid: TxId) -> Result<CoinHours, NodeError> {
        let state = self.state();
        let known = state.by_txid.get(&txid).map(|position| &state.known[*position]);
        let known = known.ok_or_else(|| NodeError(format!("there is no transaction {txid}")))?;
        Ok(known.burnt())
    }

    async fn fate_of(&self, uxid: Claim) -> Result<Fate, NodeError> {
        let mut state = self.state();
        state.passed();
        let seen = state.seen();
        let spends = |position: &usize| state.known[*position].transaction.inputs().contains(&uxid);
        if let Some(position) = state.confirmed(seen).find(spends) {
            let height = state.height_of(position, seen).unwrap_or(seen);
            let confirmations = state.confirmations(height);
            return Ok(Fate::Spent(Spender { txid: state.known[position].txid, confirmations }));
        }
        let is_there = state.outputs(seen).contains_key(&uxid);
        Ok(if is_there { Fate::Unspent } else { Fate::Missing { head: state.block_ref(seen).height } })
    }
}

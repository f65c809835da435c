//! Plays a history on a world, and holds the desk to its promises all along.

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use rust_decimal::Decimal;
use teller::chain::Payment;
use teller::engine::operator::{ActError, Order, adopt_spend, rule_spend, withdraw};
use teller::exchange::MarketState;
use teller::payout::{AbandonRefused, AttemptState, SpendVerdict, Stuck, Waiting};
use teller::report::waiting_transactions;
use teller::skycoin::Address;
use teller::store::{Chains, Rescan, Spends, Store, StoreError, Tables, WaitingPage};
use teller::testing::{Faults, PAYOUT_NODES, Remembered, StepEnd, World};
use teller::types::{Droplets, Height};

use super::history::{Act, History, RATES, Step};
use super::verdicts::{decide, go_on};
use super::{living, venue};
use crate::random::Random;

/// Steps between two looks at all promises.
const LOOK_EVERY: usize = 16;

struct Run {
    world: World,
    /// Payments that wait to be in a block.
    mempool: Vec<Payment>,
    transactions: u64,
    remembered: Option<Remembered>,
}

/// How many events the desk wrote down, and how its prices stood, where they live.
pub(crate) type Played = (u64, BTreeSet<&'static str>);

/// Plays a history to its end.
pub(crate) fn play(history: &History) -> Result<Played, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let whole = || runtime.block_on(Run::new(history).play(&history.steps));
    std::panic::catch_unwind(AssertUnwindSafe(whole)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Err(format!("panicked: {}", text.unwrap_or_default()))
    })
}

fn modulo(number: u64, count: usize) -> Option<usize> {
    let count = u64::try_from(count).ok()?;
    usize::try_from(number.checked_rem(count)?).ok()
}

impl Run {
    fn new(history: &History) -> Run {
        let mut world = World::on(history.setup.coin, Droplets::new(history.setup.balance), 400);
        world.stop();
        world.settings.confirmations = history.setup.confirmations;
        world.settings.has_receivers = true;
        world.settings.living = history.setup.living;
        world.settings.has_hooks = true;
        world.settings.payout_confirmations = history.setup.payout_confirmations;
        venue::put_up(&mut world, &history.setup);
        world.start().expect("a new desk starts");
        Run { world, mempool: Vec::new(), transactions: 0, remembered: None }
    }

    async fn play(mut self, steps: &[Step]) -> Result<Played, String> {
        for (number, step) in steps.iter().enumerate() {
            if let Some(moments) = step.dies_in {
                self.world.fuse.set(moments);
            }
            let end = self.act(&step.act).await?;
            self.world.clock.advance(step.seconds);
            self.world.clock.set_back(step.set_back);
            // What was asked of the desk may have an answer of its own although the power is off.
            if end == StepEnd::Died || self.world.fuse.has_burned() {
                self.come_back(step.survives)?;
            }
            if number % LOOK_EVERY == 0 {
                self.world.verify(false)?;
            }
        }
        self.end().await?;
        let prices = self.world.price_words().clone();
        let service = self.world.service().ok_or("the desk runs")?;
        Ok((service.store.snapshot().counters().events, prices))
    }

    async fn act(&mut self, act: &Act) -> Result<StepEnd, String> {
        if let Some(end) = living::act(&mut self.world, act).await {
            return Ok(end);
        }
        match *act {
            Act::Bind { payee } => return Ok(self.world.bind(Address::from_bytes([payee; 20])).await),
            Act::Hand { bind, satoshi } => return Ok(self.hand(bind, satoshi).await),
            Act::HandAgain { pick } => return Ok(self.hand_again(pick).await),
            Act::Scan => return Ok(self.world.scanner_step().await),
            Act::Decide => return Ok(self.world.buyer_step().await),
            Act::Withdraw => return Ok(self.world.withdrawer_step().await),
            Act::Payer => return Ok(self.world.payer_step().await),
            Act::Work => {
                let end = self.world.scan().await;
                return Ok(if end == StepEnd::Died { end } else { self.world.work().await });
            }
            Act::Restart { rate, is_sending } => return self.restart(rate, is_sending),
            Act::Rule { verdicts } => return self.rule(verdicts).await,
            Act::Rescan { from } => return Ok(self.rescan(from).await),
            Act::Fund { coins } => {
                self.world.node.fund(Droplets::new(coins));
            }
            Act::Vault { ref habits, fails, pending } => {
                let mut state = self.world.exchange.state();
                state.vault.habits.clone_from(habits);
                (state.vault.fails, state.vault.pending) = (fails, Duration::from_secs(pending));
            }
            Act::Trouble { faults } => self.world.set_faults(faults),
            Act::Exchange { ref placing, ref asking, ref tenths, price, is_closed } => {
                let mut state = self.world.exchange.state();
                (state.placing, state.asking) = (placing.clone(), asking.clone());
                state.tenths.clone_from(tenths);
                state.asks = Decimal::new(price.into(), 5);
                state.state = if is_closed { MarketState::Closed } else { MarketState::Trading };
                drop(state);
                self.world.note_price();
            }
            ref other => {
                self.on_the_deposit_chain(other);
                self.on_the_payout_chain(other);
            }
        }
        Ok(StepEnd::Done(None))
    }

    fn on_the_deposit_chain(&mut self, act: &Act) {
        let chain = self.world.chain.clone();
        match *act {
            Act::Pay { bind, satoshi, is_together } => self.pay(bind, satoshi, is_together),
            Act::Mine { some } => self.mine(some),
            Act::Fork { depth, is_spent, blocks } => self.fork(depth, is_spent, blocks),
            Act::ForkMeanwhile { depth, blocks } => chain.after_tip(move |chain| {
                let back = chain.unmine(usize::try_from(depth).unwrap_or(1));
                chain.mine(back);
                (1..blocks).for_each(|_| chain.mine(Vec::new()));
            }),
            Act::Overlook { back, bind, satoshi } => self.overlook(back, bind, satoshi),
            Act::Away { is_away } => chain.set_away(is_away),
            Act::Lag { blocks } => {
                let seen = chain.height().saturating_sub(blocks);
                chain.lag(usize::try_from(seen).unwrap_or(0));
            }
            Act::Remember => self.remembered = Some(chain.remember()),
            Act::Show => self.show(),
            _ => {}
        }
    }

    fn on_the_payout_chain(&mut self, act: &Act) {
        let node = &self.world.node;
        match *act {
            Act::MinePayout { pick } => node.mine(pick),
            Act::BuryPayout { blocks } => node.bury(blocks),
            Act::UnminePayout { depth } => {
                let most = self.world.settings.payout_confirmations.saturating_sub(1);
                node.unmine_within(usize::try_from(depth).unwrap_or(1), usize::try_from(most).unwrap_or(0));
            }
            Act::Forget { node: which } => node.forget(which),
            Act::Gossip => node.gossip(),
            Act::LagNode { node: which, behind } => node.lag(which, behind),
            Act::ChangeNode { after, node: which } => node.change_node(after, which),
            Act::Rival { pick, node: which } => node.spend_as_operator(pick, which),
            _ => {}
        }
    }

    fn payment(&mut self, bind: u64, satoshi: u64, is_together: bool) -> Option<Payment> {
        let (_, address) = *self.world.acked.binds.get(modulo(bind, self.world.acked.binds.len())?)?;
        self.transactions += 1;
        let number = self.transactions;
        // Where a transaction has no outputs, what it pays is in one block, all of it.
        let has_outputs = !self.world.coin().facts().inner_transfers;
        let (tx, n) = match (is_together && has_outputs, u32::try_from(number)) {
            (true, Ok(n)) => ("together".to_owned(), n),
            _ => (format!("tx{number}"), 0),
        };
        Some(self.world.payment(tx, n, address, satoshi, number))
    }

    fn pay(&mut self, bind: u64, satoshi: u64, is_together: bool) {
        let payment = self.payment(bind, satoshi, is_together);
        self.mempool.extend(payment);
    }

    fn mine(&mut self, some: u64) {
        let some = usize::try_from(some).unwrap_or(0).min(self.mempool.len());
        let payments = self.mempool.drain(..some).collect();
        self.world.chain.mine(payments);
    }

    fn fork(&mut self, depth: u64, is_spent: bool, blocks: u64) {
        let mut back = self.world.chain.unmine(usize::try_from(depth).unwrap_or(1));
        if is_spent {
            back.pop();
        }
        self.mempool.extend(back);
        (0..blocks).for_each(|number| self.mine(number % 2));
    }

    fn overlook(&mut self, back: u64, bind: u64, satoshi: u64) {
        let height = self.world.chain.height().saturating_sub(back).max(1);
        // Another node would hold the same block without it.
        self.remembered = None;
        if let Some(payment) = self.payment(bind, satoshi, false) {
            self.world.chain.amend(usize::try_from(height).unwrap_or(1), payment);
        }
    }

    /// What is in the blocks of the one that answers now and not of the other waits there.
    fn show(&mut self) {
        let Some(remembered) = self.remembered.take() else { return };
        let before = self.world.chain.remember();
        let (mine, chain) = (self.world.chain.payments_up_to(u64::MAX - 1), &self.world.chain);
        chain.show(&remembered);
        let there = chain.payments_up_to(u64::MAX - 1);
        self.mempool.retain(|payment| !there.contains(payment));
        self.mempool.extend(mine.into_iter().filter(|payment| !there.contains(payment)));
        self.remembered = Some(before);
    }

    async fn hand(&mut self, bind: u64, satoshi: u64) -> StepEnd {
        let Some(payment) = self.payment(bind, satoshi, false) else { return StepEnd::Done(None) };
        self.world.deposit(payment.address, &payment.tx, 0, satoshi).await
    }

    async fn hand_again(&mut self, pick: u64) -> StepEnd {
        let deposits = &self.world.acked.deposits;
        let again = modulo(pick, deposits.len()).and_then(|position| deposits.get(position)).cloned();
        let Some(again) = again else { return StepEnd::Done(None) };
        self.world.hand(again).await
    }

    fn restart(&mut self, rate: usize, is_sending: bool) -> Result<StepEnd, String> {
        self.world.stop();
        self.world.settings.rate = RATES[rate % RATES.len()].to_owned();
        self.world.settings.send_enabled = is_sending;
        self.begin()
    }

    /// The power is cut, and the desk starts again on what is left.
    fn come_back(&mut self, survives: u64) -> Result<(), String> {
        let mut random = Random::new(survives);
        loop {
            self.world.cut_power(|| random.one_in(2));
            if self.begin()? != StepEnd::Died {
                return self.world.verify(false);
            }
        }
    }

    /// The fuse may burn while the desk starts, too.
    fn begin(&mut self) -> Result<StepEnd, String> {
        match self.world.start() {
            Ok(()) => Ok(StepEnd::Done(None)),
            Err(_) if self.world.fuse.has_burned() => Ok(StepEnd::Died),
            Err(error) => Err(format!("the desk does not start: {error}")),
        }
    }

    /// A person decides on what forks took back. What is signed is sent, withdrawn and void, or waits; what
    /// is not signed is paid, or waits for its deposit.
    async fn rule(&mut self, verdicts: u64) -> Result<StepEnd, String> {
        let Some(service) = self.world.service() else { return Ok(StepEnd::Died) };
        let store = service.store.clone();
        let mut random = Random::new(verdicts);
        for code in [Waiting::TakenBackUnsent, Waiting::Gone] {
            let all = WaitingPage { after: None, limit: 1_000 };
            let Ok(waiting) = store.snapshot().waiting(code, all) else { return Ok(StepEnd::Died) };
            for (_, no) in waiting {
                match decide(&store, code, no, random.below(3)).await {
                    Ok(()) | Err(ActError::Ruling(_) | ActError::Course(_)) => {}
                    Err(ActError::Store(error)) if error.is_fatal() => return Ok(StepEnd::Died),
                    Err(error) => return Err(format!("the operator cannot decide on {}: {error}", no.get())),
                }
            }
        }
        match self.look_at_stuck(&mut random).await? {
            StepEnd::Died => Ok(StepEnd::Died),
            _ => Ok(self.explain_spends(&store).await),
        }
    }

    /// The operator looks at what a node refuses, and at what is to be withdrawn and is not. Where it could still
    /// confirm if something that they sent themselves did, they send that again; otherwise it is abandoned, or
    /// withdrawn where that can be.
    async fn look_at_stuck(&mut self, random: &mut Random) -> Result<StepEnd, String> {
        let Some(service) = self.world.service() else { return Ok(StepEnd::Died) };
        let store = service.store.clone();
        let order = || Order::new("anna", "a world's operator").expect("a name and a reason");
        let most = self.world.settings.payout_confirmations.saturating_sub(1);
        for code in Stuck::ALL {
            let snapshot = store.snapshot();
            let Ok(waiting) = waiting_transactions(&snapshot, code) else { return Ok(StepEnd::Died) };
            for no in waiting {
                let Ok(Some(attempt)) = snapshot.attempt(no) else { return Ok(StepEnd::Died) };
                if code == Stuck::HeldBack && attempt.state != AttemptState::Sent {
                    continue;
                }
                let done = if self.world.node.can_confirm(attempt.txid, most) {
                    self.world.node.resend_operators();
                    go_on(&store, no, code, random).await
                } else {
                    let Some(abandoned) = self.world.abandon(no, order()).await else {
                        return Ok(StepEnd::Died);
                    };
                    match abandoned {
                        Err(ActError::Abandon(AbandonRefused::Spendable(_))) => {
                            withdraw(&store, no, order()).await
                        }
                        abandoned => abandoned.map(drop),
                    }
                };
                match done {
                    Ok(()) | Err(ActError::Course(_) | ActError::Abandon(_) | ActError::Node(_)) => {}
                    Err(ActError::Store(error)) if error.is_fatal() => return Ok(StepEnd::Died),
                    Err(error) => return Err(format!("the operator can do nothing with {no}: {error}")),
                }
            }
        }
        Ok(StepEnd::Done(None))
    }

    /// The operator says of each spend that the desk does not know what it was: the desk's own from before a
    /// copy was put back, as far as its deposits are known again, or one that was made by hand.
    async fn explain_spends(&mut self, store: &Store) -> StepEnd {
        let Ok(unknown) = store.snapshot().foreign_spends(true, None, usize::MAX) else {
            return StepEnd::Died;
        };
        for known in unknown {
            let order = Order::new("anna", "looked at").expect("a name and a reason");
            let txid = known.spend.txid;
            let done = if self.world.node.is_operators(txid) {
                rule_spend(store, txid, SpendVerdict::Mine, order).await
            } else {
                adopt_spend(store, txid, Vec::new(), true, order).await.map(drop)
            };
            match done {
                Ok(()) | Err(ActError::Spend(_)) => {}
                Err(ActError::Store(error)) if error.is_fatal() => return StepEnd::Died,
                Err(error) => return StepEnd::Refused(error.to_string()),
            }
        }
        StepEnd::Done(None)
    }

    async fn rescan(&mut self, from: u64) -> StepEnd {
        let coin = self.world.coin();
        let Some(service) = self.world.service() else { return StepEnd::Died };
        let Ok(Some(cursor)) = service.store.snapshot().cursor(coin) else { return StepEnd::Done(None) };
        let to = cursor.tip.height;
        let from = Height::new(1 + from % to.get().max(1));
        let rescan = Rescan { from, to, next: from, found: 0 };
        let asked = service.store.write(move |tx| tx.set_rescan(coin, Some(rescan))).await;
        asked.map_or_else(|error: StoreError| refused(&error), |()| StepEnd::Done(None))
    }

    /// No more trouble: all that the best chain holds is paid, and nothing is open but for what an operator looks at.
    async fn end(&mut self) -> Result<(), String> {
        self.world.fuse.unset();
        self.world.set_faults(Faults::default());
        self.world.exchange.change(|exchange| {
            (exchange.placing, exchange.asking, exchange.tenths) = (Vec::new(), Vec::new(), Vec::new());
            exchange.state = MarketState::Trading;
            (exchange.vault.habits, exchange.vault.fails) = (Vec::new(), 0);
            exchange.vault.pending = Duration::from_secs(30);
        });
        self.world.chain.set_away(false);
        (0..PAYOUT_NODES).for_each(|node| self.world.node.lag(node, 0));
        self.world.node.change_node(0, 0);
        self.world.stop();
        self.world.settings.send_enabled = true;
        self.world.start().map_err(|error| format!("the desk does not start: {error}"))?;
        self.world.node.fund(Droplets::new(1_000_000_000_000_000));
        while !self.mempool.is_empty() {
            self.mine(2);
        }
        // Longer than any chain that was ever shown.
        let blocks = 10 + self.world.settings.confirmations;
        (0..blocks).for_each(|_| self.world.chain.mine(Vec::new()));
        self.world.node.bury(10);
        self.settle().await?;
        self.rescan(0).await;
        self.settle().await?;
        self.rule_on_all().await?;
        self.settle().await?;
        // What was ruled on may be in somebody's way only now.
        self.look_at_stuck(&mut Random::new(0)).await?;
        self.settle().await?;
        self.world.verify(true)?;
        self.world.check_reconciled().await
    }

    /// Nothing that is signed waits any more.
    async fn rule_on_all(&mut self) -> Result<(), String> {
        for round in 0..20 {
            self.rule(round).await?;
        }
        let waiting = self.world.service().ok_or("the desk runs")?.store.snapshot();
        let all = WaitingPage { after: None, limit: 1 };
        match waiting.waiting(Waiting::TakenBackUnsent, all).map_err(|error| error.to_string())?.first() {
            Some((_, no)) => Err(format!("nobody can decide on {}", no.get())),
            None => Ok(()),
        }
    }

    async fn settle(&mut self) -> Result<(), String> {
        let mut last = String::new();
        for round in 0..10 {
            self.world.clock.advance(700);
            living::calm(&mut self.world).await;
            let scan = self.world.scan().await;
            let rest = self.world.rest().await;
            if matches!((&scan, &rest), (StepEnd::Done(_), StepEnd::Done(_))) {
                return Ok(());
            }
            last = format!("{scan:?}, {rest:?}");
            self.look_at_stuck(&mut Random::new(round)).await?;
        }
        Err(format!("the desk does not come to rest: {last}"))
    }
}

fn refused(error: &StoreError) -> StepEnd {
    if error.is_fatal() { StepEnd::Died } else { StepEnd::Refused(error.to_string()) }
}

//! Brings what was bought at an exchange to the hot wallet: each withdrawal is stored before the one call that asks for
//! it, and what became of a call without an answer is found out before anything is withdrawn again.
//!
//! It is a worker of its own: whatever becomes of a withdrawal, orders and payouts go on.
//!
//! Invariant: one withdrawal of a coin is under way at a time, to an address of the hot wallet alone, and none begins
//! before the exchange's coin is known to be Skycoin. Died anywhere, the next start finds it, and looks it up.
//!
//! What has arrived is looked at for a while longer: where a fork took it back, nothing more is withdrawn before that
//! is settled.

mod begin;
mod look;
mod look_back;
mod told;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use self::look::{Look, Watch};
use self::look_back::Gone;
use super::trouble::{Standstill, Waits};
use crate::clock::Clock;
use crate::exchange::{Exchange, WithdrawalTrace};
use crate::live::{Live, WithdrawalsView};
use crate::rail::{Broadcaster, OwnAddress};
use crate::store::{Store, StoreError, WithdrawalEvent, Withdrawals};
use crate::task::{Next, StepError, Worker};
use crate::types::{Droplets, Exact, Moment, TxId, WithdrawalNo};
use crate::upstream::Withdrawal;

/// Between two looks at what is due, where nothing else wakes the worker.
const IDLE: Duration = Duration::from_secs(60);

/// What the withdrawer is told.
#[derive(Debug, Clone)]
pub struct WithdrawSettings {
    /// Whether anything new is withdrawn; what is under way is followed in any case.
    pub is_on: bool,
    /// Less than this is not asked for.
    pub least: Droplets,
    /// The most that is asked for at once, with the fee.
    pub most: Droplets,
    /// How long after one was stored the next one is.
    pub every: Duration,
    /// The highest fee that is paid.
    pub max_fee: Exact,
    /// The exchange's name of the network; none where it has one alone.
    pub network: Option<String>,
    /// The name that the address has at the exchange; none where it wants none.
    pub key: Option<String>,
    /// Decimal places of SKY that amounts are cut to.
    pub max_decimals: u8,
    /// How often the exchange and the chain are asked what became of one.
    pub check_wait: Duration,
    /// How long to wait after a call that failed.
    pub failure_wait: Duration,
    /// How long to wait where the exchange takes no more calls, and does not say how long.
    pub ratelimit_wait: Duration,
    /// How deep a transaction has to be.
    pub confirmations: u64,
    /// Where coins are bought: the code of what is spent, and the market's name.
    pub markets: Vec<(String, String)>,
    /// Markets that are Skycoin's by the operator's word, as `exchange:market`.
    pub vouched: Vec<String>,
    /// What stands for the key of the exchange's account.
    pub account: String,
}

/// The worker that withdraws.
#[derive(Debug)]
pub struct Withdrawer<N> {
    store: Store,
    exchange: Arc<dyn Exchange>,
    node: Arc<N>,
    to: OwnAddress,
    clock: Arc<dyn Clock>,
    live: Arc<Live>,
    settings: WithdrawSettings,
    standstill: Standstill,
    watches: HashMap<WithdrawalNo, Watch>,
    /// Those that had arrived and are in no block now.
    gone: HashMap<WithdrawalNo, Gone>,
    /// When it was looked at what has arrived; none before the first time.
    looked_back: Option<Moment>,
    /// When this process stored one last, or else began.
    began: Moment,
    /// Why nothing new is withdrawn, in words.
    trouble: Option<String>,
}

impl<N: Broadcaster> Withdrawer<N> {
    /// Returns one that withdraws to an address of the hot wallet, and asks `node` what has arrived there.
    pub fn new(
        store: Store,
        exchange: Arc<dyn Exchange>,
        (node, to): (Arc<N>, OwnAddress),
        clock: Arc<dyn Clock>,
        live: Arc<Live>,
        settings: WithdrawSettings,
    ) -> Self {
        Withdrawer {
            began: clock.moment(),
            store,
            exchange,
            node,
            to,
            clock,
            live,
            settings,
            standstill: Standstill::default(),
            watches: HashMap::new(),
            gone: HashMap::new(),
            looked_back: None,
            trouble: None,
        }
    }

    fn waits(&self) -> Waits {
        Waits { failure: self.settings.failure_wait, ratelimit: self.settings.ratelimit_wait }
    }

    fn is_ours(&self, withdrawal: &Withdrawal) -> bool {
        let wanted = &withdrawal.terms.wanted;
        wanted.exchange == self.exchange.name() && wanted.account == self.settings.account
    }

    /// Looks at every open withdrawal whose time has come; answers whether anything happened.
    async fn follow(&mut self) -> Result<bool, StepError> {
        let snapshot = self.store.snapshot();
        if snapshot.counters().open_withdrawals == snapshot.counters().held_withdrawals {
            self.watches.clear();
            return Ok(false);
        }
        let open = snapshot.open_withdrawals()?;
        drop(snapshot);
        let mut is_news = false;
        for withdrawal in open.into_iter().filter(|open| !open.is_held()) {
            is_news |= self.follow_one(&withdrawal).await?;
        }
        Ok(is_news)
    }

    async fn follow_one(&mut self, withdrawal: &Withdrawal) -> Result<bool, StepError> {
        let (no, now) = (withdrawal.no, self.clock.moment());
        let Some(trace) = self.exchange.withdrawal_trace().filter(|_| self.is_ours(withdrawal)) else {
            let words = format!(
                "it was asked for at {} with another key than is configured now",
                withdrawal.terms.wanted.exchange
            );
            return self.record(WithdrawalEvent::Held { withdrawal: no, words }).await;
        };
        // A call that is on its way when the service ends may come to life after the start: it is waited for anew.
        let watch = *self.watches.entry(no).or_insert(Watch::new(now));
        let is_early = watch.looked.is_some_and(|looked| now.since(looked) < self.settings.check_wait);
        if is_early || self.standstill.is_on(now) {
            return Ok(false);
        }
        let look = self.look(withdrawal, watch, trace, now).await?;
        match self.take_look(no, look) {
            Some(event) => {
                let event = self.once_each(withdrawal, event)?;
                self.record(event).await
            }
            None => Ok(false),
        }
    }

    /// One transaction brings one withdrawal: none is asked for before the one before it has ended. Where an exchange
    /// tells the transaction of another one, a person has to look.
    fn once_each(
        &self,
        withdrawal: &Withdrawal,
        event: WithdrawalEvent,
    ) -> Result<WithdrawalEvent, StoreError> {
        let txid_of = |known: &Withdrawal| known.txid().and_then(|txid| TxId::parse(txid).ok());
        let (WithdrawalEvent::Arrived { .. }, Some(txid)) = (&event, txid_of(withdrawal)) else {
            return Ok(event);
        };
        let all = self.remembered(withdrawal.no)?;
        let Some(other) = all.iter().find(|other| txid_of(other) == Some(txid)) else { return Ok(event) };
        let words =
            format!("the exchange tells transaction {txid}, which is that of withdrawal {}", other.no);
        Ok(WithdrawalEvent::Held { withdrawal: withdrawal.no, words })
    }

    /// Notes what a look brought; answers what happened.
    fn take_look(&mut self, no: WithdrawalNo, look: Look) -> Option<WithdrawalEvent> {
        let (now, waits) = (self.clock.moment(), self.waits());
        match &look {
            Look::Early => return None,
            Look::Trouble(error) | Look::AskedAgain(error) => self.standstill.begin(error, now, waits),
            Look::Event(_) | Look::Nothing | Look::Absent | Look::Waiting(_) => self.standstill.end(),
        }
        let watch = self.watches.get_mut(&no)?;
        watch.looked = Some(now);
        match look {
            Look::Event(event) => Some(event),
            Look::Absent => {
                watch.absent = watch.absent.saturating_add(1);
                let words = "the exchange has no such withdrawal".to_owned();
                (watch.absent > 1).then_some(WithdrawalEvent::Missed { withdrawal: no, words })
            }
            Look::AskedAgain(_) => {
                // What was sent just now is on its way as the first call was.
                (watch.since, watch.absent) = (now, 0);
                None
            }
            Look::Waiting(words) => {
                self.trouble = Some(words);
                None
            }
            Look::Nothing | Look::Early | Look::Trouble(_) => None,
        }
    }

    /// Commits what happened to a withdrawal; answers whether that still was so.
    async fn record(&mut self, event: WithdrawalEvent) -> Result<bool, StepError> {
        let no = event.withdrawal();
        let recorded = self.store.write(move |tx| {
            // A person may have said meanwhile what became of it.
            let known = tx.withdrawal(no)?;
            let is_open = known.is_some_and(|known| known.is_open() && !known.is_held());
            if is_open {
                tx.record(event.clone())?;
            }
            Ok(is_open)
        });
        let is_recorded = recorded.await?;
        self.watches.remove(&no);
        self.trouble = None;
        Ok(is_recorded)
    }

    fn show(&self) {
        let failing = self.standstill.words().map(str::to_owned);
        self.live.set_withdrawals(Some(WithdrawalsView {
            is_on: self.settings.is_on,
            to: self.to.get(),
            trouble: failing.or_else(|| self.trouble.clone()),
            at: self.clock.moment().at(),
        }));
    }

    /// What an exchange tells by which its withdrawals are known.
    fn known_ids(&self, but: WithdrawalNo) -> Result<Vec<String>, StepError> {
        let others = self.remembered(but)?;
        Ok(others.iter().filter_map(|known| known.venue_id().map(str::to_owned)).collect())
    }

    /// The withdrawals that are remembered beside one of them.
    fn remembered(&self, but: WithdrawalNo) -> Result<Vec<Withdrawal>, StoreError> {
        let snapshot = self.store.snapshot();
        let after = WithdrawalNo::new(snapshot.counters().withdrawals.saturating_sub(look::REMEMBERED));
        let mut all = snapshot.withdrawals(after, usize::MAX)?;
        all.retain(|known| known.no != but);
        Ok(all)
    }

    async fn look(
        &self,
        withdrawal: &Withdrawal,
        watch: Watch,
        trace: WithdrawalTrace,
        now: Moment,
    ) -> Result<Look, StepError> {
        let known = match trace {
            WithdrawalTrace::ByTerms => self.known_ids(withdrawal.no)?,
            WithdrawalTrace::ById | WithdrawalTrace::Repeat => Vec::new(),
        };
        let asked = look::Asked { withdrawal, watch, now, confirmations: self.settings.confirmations };
        Ok(look::look(&*self.exchange, &*self.node, asked, trace, &known).await)
    }
}

impl<N: Broadcaster + 'static> Worker for Withdrawer<N> {
    fn name(&self) -> &'static str {
        "withdrawer"
    }

    async fn step(&mut self) -> Result<Next, StepError> {
        let is_news = self.follow().await? || self.look_back().await? || self.begin().await?;
        self.show();
        if is_news {
            return Ok(Next::Again);
        }
        let counters = self.store.snapshot().counters().clone();
        match counters.open_withdrawals == counters.held_withdrawals {
            true => Ok(Next::Wait(IDLE)),
            false => Ok(Next::Wait(self.settings.check_wait)),
        }
    }
}

#[cfg(test)]
mod tests;

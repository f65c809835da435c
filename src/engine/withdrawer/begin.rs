//! Asks for a new withdrawal: what is due, as far as the operator's bounds and the account allow.

use std::time::Duration;

use ring::rand::{SecureRandom, SystemRandom};

use super::look::{REMEMBERED, asked_event, new_withdrawal};
use super::{WithdrawSettings, Withdrawer};
use crate::engine::doubt::is_reconciled;
use crate::engine::identity::{is_vouched_for, problem};
use crate::exchange::{CallError, NewWithdrawal};
use crate::ledger::{Account, Asset, VENUE_DECIMALS};
use crate::rail::Broadcaster;
use crate::store::{Books, Snapshot, StoreError, WalletAddresses, Withdrawals};
use crate::task::StepError;
use crate::types::{Droplets, Exact, Moment, Symbol, Units, UnixTime, WithdrawalNo};
use crate::upstream::{Wanted, Withdrawal, WithdrawalState, WithdrawalTerms};

/// How long after one that came to nothing the next is asked for, where the operator's own time is longer.
const RETRY: Duration = Duration::from_secs(600);
/// How long what one cost counts for the next.
const FEE_COUNTS: Duration = Duration::from_secs(24 * 3_600);
/// Units of the books in a droplet.
const UNITS_PER_DROPLET: u128 = 10u128.pow(18);

/// Why nothing is asked for now.
enum Stop {
    Call(CallError),
    Words(String),
}

impl From<CallError> for Stop {
    fn from(error: CallError) -> Self {
        Stop::Call(error)
    }
}

impl<N: Broadcaster> Withdrawer<N> {
    /// Withdraws what is due; answers whether anything came of it.
    pub(super) async fn begin(&mut self) -> Result<bool, StepError> {
        let now = self.clock.moment();
        let Some(due) = self.due_now(now)? else { return Ok(false) };
        let wanted = match self.wanted(due).await {
            Ok(wanted) => wanted,
            Err(Stop::Call(error)) => {
                self.standstill.begin(&error, now, self.waits());
                return Ok(false);
            }
            Err(Stop::Words(words)) => {
                self.standstill.begin_for(words, now, self.settings.failure_wait);
                return Ok(false);
            }
        };
        self.standstill.end();
        let Some(withdrawal) = self.intend(wanted).await? else { return Ok(false) };
        self.began = now;
        let answer = self.exchange.withdraw(&new_withdrawal(&withdrawal)).await;
        if let Err(error) = &answer {
            self.standstill.begin(error, self.clock.moment(), self.waits());
        }
        self.record(asked_event(&withdrawal, answer)).await?;
        Ok(true)
    }

    /// What can be asked for now, by the books; none where nothing is to be.
    fn due_now(&mut self, now: Moment) -> Result<Option<Droplets>, StepError> {
        let can = self.settings.is_on && self.exchange.withdrawal_trace().is_some();
        if !can || self.standstill.is_on(now) {
            return Ok(None);
        }
        let snapshot = self.store.snapshot();
        // It is one coin that is withdrawn. What is due may have been withdrawn before, where something is not known.
        if snapshot.counters().open_withdrawals > 0 || !is_reconciled(&self.live, &snapshot) {
            return Ok(None);
        }
        let due = due(&snapshot)?;
        let is_enough = due >= self.settings.least && !due.is_zero();
        if !is_enough {
            self.standstill.end();
        }
        Ok(Some(due).filter(|_| is_enough && !self.is_too_soon(&snapshot, now).unwrap_or(true)))
    }

    fn is_too_soon(&self, snapshot: &Snapshot, now: Moment) -> Result<bool, StoreError> {
        let Some(last) = snapshot.withdrawal(WithdrawalNo::new(snapshot.counters().withdrawals))? else {
            return Ok(false);
        };
        let every = match last.state {
            WithdrawalState::Missed { .. } => self.settings.every.min(RETRY),
            WithdrawalState::Intended
            | WithdrawalState::Asked { .. }
            | WithdrawalState::Unclear { .. }
            | WithdrawalState::Left { .. }
            | WithdrawalState::Held { .. }
            | WithdrawalState::Arrived { .. } => self.settings.every,
        };
        Ok(self.passed(last.intended_at, now) < every)
    }

    /// How long ago something was stored. A clock that is set back makes nobody wait longer than this process has run
    /// since it stored the last one.
    fn passed(&self, since: UnixTime, now: Moment) -> Duration {
        now.at().since(since).max(now.since(self.began))
    }

    /// What is asked for, once the exchange has said that it is Skycoin, that it is there, and what it costs.
    async fn wanted(&self, due: Droplets) -> Result<Wanted, Stop> {
        let coin = self.coin().await?;
        let balances = self.exchange.balances().await?;
        let there = balances.iter().find(|balance| balance.asset == coin).map(|balance| balance.available);
        let there = there.and_then(Exact::new).and_then(|there| there.floor_units(Droplets::DECIMALS));
        let there =
            u64::try_from(there.unwrap_or(Units::ZERO).get()).map_or(Droplets::new(u64::MAX), Droplets::new);
        let is_fee_on_top = self.exchange.takes_fee_on_top();
        let all = due.min(there).min(self.settings.most);
        let amount = amount(all, is_fee_on_top, &self.settings);
        if amount < self.settings.least || amount.is_zero() {
            return Err(Stop::Words(format!(
                "{} SKY are due, and {} can be withdrawn now: less than the smallest withdrawal of {}",
                due, amount, self.settings.least
            )));
        }
        let key = random_key().ok_or_else(|| Stop::Words("there is no randomness".to_owned()))?;
        let unfit = |_| Stop::Words(format!("the exchange calls its coin {coin:?}"));
        let uncounted = || Stop::Words("amounts that cannot be counted".to_owned());
        let wanted = Wanted {
            exchange: self.exchange.name().to_owned(),
            account: self.settings.account.clone(),
            asset: Symbol::parse(&coin.to_uppercase()).map_err(unfit)?,
            coin,
            client_id: self.exchange.client_id(key),
            amount: Exact::of_units(amount.into(), Droplets::DECIMALS).ok_or_else(uncounted)?,
            is_fee_on_top,
            max_fee: self.settings.max_fee,
            network: self.settings.network.clone(),
            key: self.settings.key.clone(),
        };
        self.check_fee(&wanted).await?;
        Ok(wanted)
    }

    /// The exchange's name of the coin, once it is known to be Skycoin in every market that is bought at.
    async fn coin(&self) -> Result<String, Stop> {
        let mut coin: Option<String> = None;
        for (code, market) in &self.settings.markets {
            let rules = self.exchange.market(market).await?;
            let networks = self.exchange.networks(&rules.base).await?;
            let is_vouched = is_vouched_for(&self.settings.vouched, self.exchange.name(), market);
            if let Some(words) = problem(code, &rules, networks.as_deref(), is_vouched) {
                return Err(Stop::Words(words));
            }
            let wanted = self.settings.network.as_deref();
            let is_told =
                |name: &str| networks.as_ref().is_none_or(|all| all.iter().any(|one| one.name == name));
            if let Some(unknown) = wanted.filter(|name| !is_told(name)) {
                return Err(Stop::Words(format!(
                    "the exchange has no network {unknown:?} for {}",
                    rules.base
                )));
            }
            if coin.as_ref().is_some_and(|known| *known != rules.base) {
                return Err(Stop::Words("the markets have several names for Skycoin".to_owned()));
            }
            coin = Some(rules.base);
        }
        coin.ok_or_else(|| Stop::Words("there is no market that anything is bought at".to_owned()))
    }

    /// Holds what it costs against the operator's bound, where the exchange tells it beforehand; else what the last one
    /// that has left cost, for a day: fees fall again, and who does not ask never hears of it.
    async fn check_fee(&self, wanted: &Wanted) -> Result<(), Stop> {
        let asked = NewWithdrawal {
            client_id: wanted.client_id.clone(),
            asset: wanted.coin.clone(),
            amount: wanted.amount.get(),
            address: self.to.get().to_string(),
            network: wanted.network.clone(),
            key: wanted.key.clone(),
            max_fee: wanted.max_fee.get(),
        };
        let told = self.exchange.withdrawal_fee(&asked).await?.and_then(Exact::new);
        let (fee, cost) = match told {
            Some(fee) => (Some(fee), "a withdrawal costs"),
            None => (self.last_fee(), "the last withdrawal cost"),
        };
        match fee.filter(|fee| *fee > wanted.max_fee) {
            Some(fee) => Err(Stop::Words(format!(
                "{cost} {fee} SKY, and the operator pays no more than {}",
                wanted.max_fee
            ))),
            None => Ok(()),
        }
    }

    /// What the last one that has left cost, where that was not long ago.
    fn last_fee(&self) -> Option<Exact> {
        let (snapshot, now) = (self.store.snapshot(), self.clock.moment());
        let last = snapshot.counters().withdrawals;
        let mut newest = (last.saturating_sub(REMEMBERED)..=last).rev();
        let known = |no| snapshot.withdrawal(WithdrawalNo::new(no)).ok().flatten();
        let (at, fee) = newest.find_map(|no| {
            let known = known(no)?;
            Some((known.intended_at, known.departure()?.fee))
        })?;
        (self.passed(at, now) < FEE_COUNTS).then_some(fee)
    }

    /// Stores it; none where the wallet's addresses are not known yet, or another one was stored meanwhile.
    async fn intend(&mut self, wanted: Wanted) -> Result<Option<Withdrawal>, StepError> {
        let terms = WithdrawalTerms::new(wanted, self.to);
        let write = self.store.write(move |tx| {
            if !tx.is_of_wallet(&terms.to())? || !tx.open_withdrawals()?.is_empty() {
                return Ok(None);
            }
            let no = tx.intend_withdrawal(terms.clone())?;
            tx.withdrawal(no)
        });
        Ok(write.await?)
    }
}

/// What was bought and stands at the exchange, by the books.
fn due(snapshot: &Snapshot) -> Result<Droplets, StoreError> {
    let Ok(sky) = Symbol::parse(Asset::of_payouts().code()) else { return Ok(Droplets::new(0)) };
    let stands = snapshot.balances()?.all().on(Asset::AtVenue(sky), Account::AtExchange);
    debug_assert_eq!(VENUE_DECIMALS, 24, "a droplet has as many units");
    let droplets = if stands.is_credit() { 0 } else { stands.amount().get() / UNITS_PER_DROPLET };
    Ok(u64::try_from(droplets).map_or(Droplets::new(u64::MAX), Droplets::new))
}

/// What is asked for, so that no more than `all` leaves the account.
fn amount(all: Droplets, is_fee_on_top: bool, settings: &WithdrawSettings) -> Droplets {
    let fee = settings.max_fee.ceil_units(Droplets::DECIMALS).unwrap_or(Units::ZERO);
    let fee = u64::try_from(fee.get()).map_or(Droplets::new(u64::MAX), Droplets::new);
    let most = if is_fee_on_top { all.saturating_sub(fee) } else { all };
    most.cut_to(settings.max_decimals)
}

fn random_key() -> Option<[u8; 16]> {
    let mut key = [0; 16];
    SystemRandom::new().fill(&mut key).ok().map(|()| key)
}

#[cfg(test)]
mod tests;

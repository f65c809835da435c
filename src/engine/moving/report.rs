//! What is told of moving over: how much there is of everything, what waits for a person, and what does not fit.

use std::collections::BTreeMap;

use crate::original::{Original, OriginalDeposit};
use crate::payout::{Inherited, Payout, PayoutState, PublicStatus};
use crate::store::InheritedDeposit;
use crate::types::{Coin, DepositNo, Droplets, Height, Rate, Units};

/// What is taken over, counted and listed.
#[derive(Debug, Default)]
pub struct MoveReport {
    /// How many payees there are.
    pub payees: u64,
    /// What there is of each coin.
    pub coins: BTreeMap<Coin, PerCoinSum>,
    /// Deposits by the status that the public is told.
    pub by_status: BTreeMap<PublicStatus, u64>,
    /// What the original has paid, as it says.
    pub paid: Droplets,
    /// What it may have paid, or may owe.
    pub unclear: Droplets,
    /// What waits for a person.
    pub in_flight: Vec<InFlight>,
    /// Where the original's records differ from each other or from what is usual, in words.
    pub differences: Vec<String>,
}

/// What there is of one coin.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct PerCoinSum {
    /// Addresses that are bound.
    pub bound: u64,
    /// Addresses that are given to nobody, since the original had used them.
    pub used: u64,
    /// Deposits.
    pub deposits: u64,
    /// What was deposited, in the smallest unit.
    pub received: Units,
    /// The lowest and the highest block that a deposit stands in.
    pub blocks: Option<(Height, Height)>,
    /// The lowest block of what its scanner saw and nothing became of.
    pub unhandled: Option<Height>,
}

/// A deposit of which a person has to say what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InFlight {
    /// The number that it gets.
    pub no: DepositNo,
    /// In words, on one line.
    pub words: String,
}

impl MoveReport {
    /// Counts what is taken over.
    pub(super) fn new(original: &Original, deposits: &[InheritedDeposit]) -> MoveReport {
        let mut report = MoveReport { differences: original.differences.clone(), ..MoveReport::default() };
        let mut payee = None;
        for bound in &original.bindings {
            report.payees = report.payees.saturating_add(u64::from(payee != Some(bound.payee)));
            payee = Some(bound.payee);
            add(&mut report.coins.entry(bound.address.coin()).or_default().bound);
        }
        for address in &original.used {
            add(&mut report.coins.entry(address.coin()).or_default().used);
        }
        for (place, (was, told)) in original.deposits.iter().zip(deposits).enumerate() {
            report.deposit(number_at(place), was, told);
        }
        report.unhandled(original);
        report
    }

    fn deposit(&mut self, no: DepositNo, was: &OriginalDeposit, told: &InheritedDeposit) {
        let sum = self.coins.entry(was.id.coin).or_default();
        add(&mut sum.deposits);
        match sum.received.checked_add(was.amount) {
            Ok(received) => sum.received = received,
            Err(error) => self.differences.push(format!("deposit {}: {error}", was.id)),
        }
        let (low, high) = sum.blocks.unwrap_or((was.height, was.height));
        sum.blocks = Some((low.min(was.height), high.max(was.height)));
        add(self.by_status.entry(was.status).or_default());
        if no.get() != was.seq {
            self.differences.push(format!("deposit {}: it had number {}, and gets {no}", was.id, was.seq));
        }
        let payout = Payout::inherited(no, was.payee, told.quote, told.payout.clone(), was.updated_at);
        let amount = match &payout.state {
            PayoutState::Inherited(Inherited::Paid { .. }) => &mut self.paid,
            PayoutState::Inherited(Inherited::Unclear { .. }) => {
                self.in_flight.push(InFlight { no, words: words(was, told) });
                &mut self.unclear
            }
            PayoutState::Undecided
            | PayoutState::Owed { .. }
            | PayoutState::Held { .. }
            | PayoutState::Signed { .. }
            | PayoutState::Sent { .. }
            | PayoutState::Settled { .. }
            | PayoutState::Void
            | PayoutState::Voided { .. }
            | PayoutState::ToBuy { .. }
            | PayoutState::Buying { .. } => return,
        };
        match amount.checked_add(payout.amount) {
            Ok(more) => *amount = more,
            Err(error) => self.differences.push(format!("deposit {}: {error}", was.id)),
        }
        self.differences.extend(unlike_its_rate(was, told));
    }

    fn unhandled(&mut self, original: &Original) {
        for seen in &original.unhandled {
            let sum = self.coins.entry(seen.id.coin).or_default();
            sum.unhandled = Some(sum.unhandled.map_or(seen.height, |low| low.min(seen.height)));
            self.differences.push(format!(
                "{} {} to {} in block {}, deposit {}: its scanner saw it and nothing became of it; it is not taken \
                 over, and found again where that block is read",
                seen.amount.to_coins(seen.id.coin.decimals()),
                seen.id.coin,
                seen.address,
                seen.height,
                seen.id,
            ));
        }
    }

    /// Returns all of it as lines of text.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("{} payees", self.payees)];
        for (coin, sum) in &self.coins {
            let received = sum.received.to_coins(coin.decimals());
            lines.push(format!(
                "{coin}: {} addresses bound, {} more used and given to nobody, {} deposits of {received} {coin}",
                sum.bound, sum.used, sum.deposits
            ));
            if let Some((low, high)) = sum.blocks {
                lines.push(format!("{coin}: its deposits stand in blocks {low} to {high}"));
            }
        }
        for (status, count) in &self.by_status {
            lines.push(format!("{count} deposits {}", status.name()));
        }
        lines.push(format!("paid by the original: {} SKY", self.paid));
        lines.push(format!("to be looked at: {} deposits, {} SKY", self.in_flight.len(), self.unclear));
        lines.extend(self.in_flight.iter().map(|one| format!("  {}: {}", one.no, one.words)));
        lines.push(format!("differences: {}", self.differences.len()));
        lines.extend(self.differences.iter().map(|difference| format!("  {difference}")));
        lines
    }
}

/// The number that a deposit gets at this place of the plan.
fn number_at(place: usize) -> DepositNo {
    DepositNo::new(u64::try_from(place).unwrap_or(u64::MAX).saturating_add(1))
}

fn add(count: &mut u64) {
    *count = count.saturating_add(1);
}

fn words(was: &OriginalDeposit, told: &InheritedDeposit) -> String {
    let mut words = format!(
        "{}, {} {} to {}, {} SKY to {}",
        was.status.name(),
        was.amount.to_coins(was.id.coin.decimals()),
        was.id.coin,
        was.address,
        told.quote,
        was.payee
    );
    if let Some(txid) = was.txid {
        words.push_str(&format!(", by transaction {txid}"));
    }
    if !was.order.is_empty() {
        words.push_str(&format!(", order {}", was.order));
    }
    if !was.error.is_empty() {
        words.push_str(&format!(", error: {}", was.error));
    }
    words
}

/// What the original has paid, where its own rate comes to something else.
fn unlike_its_rate(was: &OriginalDeposit, told: &InheritedDeposit) -> Option<String> {
    if was.sent.is_zero() || !was.bought.is_zero() {
        return None;
    }
    let rate = Rate::parse(&was.rate).ok()?;
    let worth = rate.quote(was.amount, was.id.coin.decimals(), Droplets::DECIMALS).ok()?.payout;
    let is_cut = (0..=Droplets::DECIMALS).any(|decimals| worth.cut_to(decimals) == told.quote);
    let (id, paid, rate) = (&was.id, told.quote, &was.rate);
    (!is_cut).then(|| format!("deposit {id}: {paid} SKY paid, and at its rate of {rate} it is worth {worth}"))
}

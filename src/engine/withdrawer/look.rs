//! What became of a withdrawal: asked of the exchange until the coins have left, and of the chain until they are there.

use std::time::Duration;

use super::told::{Candidates, departure, matching};
use crate::exchange::{
    CallError, Exchange, NewWithdrawal, Refusal, WithdrawalReport, WithdrawalState as Told, WithdrawalTrace,
};
use crate::rail::{Broadcaster, Receipt};
use crate::store::WithdrawalEvent;
use crate::types::{Droplets, Exact, Moment, TxId};
use crate::upstream::{Departure, Withdrawal, WithdrawalState};

/// How long an exchange may not tell of a withdrawal that it had, or of its transaction, before a person has to look.
const PATIENCE: Duration = Duration::from_secs(900);
/// How long a chain may not know the transaction that an exchange tells, before a person has to look.
const ARRIVAL: Duration = Duration::from_secs(6 * 3_600);
/// After how long it is told that one still stands.
const LATE: Duration = Duration::from_secs(3 * 3_600);
/// Withdrawals whose ids are remembered, where the exchange tells no ids of ours.
pub(super) const REMEMBERED: u64 = 1_000;

/// What this process knows of a withdrawal beside its row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Watch {
    /// Since when this process follows it as it stands.
    pub(super) since: Moment,
    /// When it was looked at last; none before the first time.
    pub(super) looked: Option<Moment>,
    /// How often there was none.
    pub(super) absent: u8,
}

impl Watch {
    pub(super) const fn new(now: Moment) -> Watch {
        Watch { since: now, looked: None, absent: 0 }
    }
}

/// What a look brought.
#[derive(Debug, Clone)]
pub(super) enum Look {
    /// Something happened.
    Event(WithdrawalEvent),
    /// It was asked for, and there is nothing new.
    Nothing,
    /// There is nothing new for long, in words.
    Waiting(String),
    /// Nothing was asked: it is too early.
    Early,
    /// The exchange is sure to have none.
    Absent,
    /// Nobody answered.
    Trouble(CallError),
    /// It was asked for once more, and that may come to life yet: nothing is over.
    AskedAgain(CallError),
}

/// What is looked at, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) withdrawal: &'a Withdrawal,
    pub(super) watch: Watch,
    pub(super) now: Moment,
    /// How deep a transaction has to be.
    pub(super) confirmations: u64,
}

/// What is asked of the exchange, as it was stored.
pub(super) fn new_withdrawal(withdrawal: &Withdrawal) -> NewWithdrawal {
    let (wanted, to) = (&withdrawal.terms.wanted, withdrawal.terms.to());
    NewWithdrawal {
        client_id: wanted.client_id.clone(),
        asset: wanted.coin.clone(),
        amount: wanted.amount.get(),
        address: to.to_string(),
        network: wanted.network.clone(),
        key: wanted.key.clone(),
        max_fee: wanted.max_fee.get(),
    }
}

/// Looks at a withdrawal that is open.
pub(super) async fn look<N: Broadcaster>(
    exchange: &dyn Exchange,
    node: &N,
    asked: Asked<'_>,
    trace: WithdrawalTrace,
    known: &[String],
) -> Look {
    match &asked.withdrawal.state {
        WithdrawalState::Intended => Look::Event(WithdrawalEvent::Doubted {
            withdrawal: asked.withdrawal.no,
            words: "the service ended while it was being asked for".to_owned(),
        }),
        WithdrawalState::Unclear { .. } => look_up(exchange, asked, trace, known).await,
        WithdrawalState::Asked { id } => at_exchange(exchange, asked, id, None).await,
        WithdrawalState::Left { id, departure, txid: None } => {
            at_exchange(exchange, asked, id, Some(*departure)).await
        }
        WithdrawalState::Left { id, departure, txid: Some(txid) } => {
            on_chain(exchange, node, asked, (id, txid), *departure).await
        }
        WithdrawalState::Held { .. } | WithdrawalState::Missed { .. } | WithdrawalState::Arrived { .. } => {
            Look::Early
        }
    }
}

impl Asked<'_> {
    fn waited(&self) -> Duration {
        self.now.since(self.watch.since)
    }

    fn held(&self, words: String) -> Look {
        Look::Event(WithdrawalEvent::Held { withdrawal: self.withdrawal.no, words })
    }

    fn missed(&self, words: &str) -> Look {
        Look::Event(WithdrawalEvent::Missed { withdrawal: self.withdrawal.no, words: words.to_owned() })
    }

    /// Nothing is new: that is told once it has been so for long.
    fn still(&self, words: &str) -> Look {
        match self.now.at().since(self.withdrawal.updated_at) >= LATE {
            true => Look::Waiting(format!("withdrawal {} is late: {words}", self.withdrawal.no)),
            false => Look::Nothing,
        }
    }
}

/// Finds out whether the exchange has one that nobody knows of. One that it tells is known at once; that there is none,
/// or which of several it is, is only believed once everything sent can have come to life.
async fn look_up(
    exchange: &dyn Exchange,
    asked: Asked<'_>,
    trace: WithdrawalTrace,
    known: &[String],
) -> Look {
    let is_over = asked.waited() >= exchange.withdrawal_settling_time();
    let withdrawal = asked.withdrawal;
    let wanted = &withdrawal.terms.wanted;
    if trace == WithdrawalTrace::Repeat {
        return repeated(exchange, asked, is_over).await;
    }
    let reports = match exchange.withdrawals(&wanted.coin).await {
        Ok(reports) => reports,
        Err(CallError::Untold(words)) if asked.waited() >= PATIENCE => return asked.held(words),
        Err(error) => return Look::Trouble(error),
    };
    let found: Vec<&WithdrawalReport> = match trace {
        WithdrawalTrace::ByTerms => {
            let Candidates { like, has_older } = matching(withdrawal, &reports, known);
            if has_older {
                let words = "the exchange has one like it from before, by its clock";
                return if is_over { asked.held(words.to_owned()) } else { Look::Nothing };
            }
            like
        }
        WithdrawalTrace::ById | WithdrawalTrace::Repeat => {
            reports.iter().filter(|report| report.client_id.as_ref() == Some(&wanted.client_id)).collect()
        }
    };
    match found.as_slice() {
        [report] => Look::Event(WithdrawalEvent::Asked { withdrawal: withdrawal.no, id: report.id.clone() }),
        _ if !is_over => Look::Nothing,
        [] => Look::Absent,
        several => asked.held(format!(
            "{} withdrawals at the exchange are like it, and which one it is is not told",
            several.len()
        )),
    }
}

/// Asks for it once more, where the one that has the id is the answer. A refusal that does not speak of its terms says
/// nothing of the first: where it goes on, a person has to look.
async fn repeated(exchange: &dyn Exchange, asked: Asked<'_>, is_over: bool) -> Look {
    match exchange.withdraw(&new_withdrawal(asked.withdrawal)).await {
        Ok(id) => Look::Event(WithdrawalEvent::Asked { withdrawal: asked.withdrawal.no, id }),
        Err(CallError::Refused { kind, .. }) if is_over && kind.means_absent() => Look::Absent,
        Err(CallError::Refused { words, .. }) if asked.waited() >= PATIENCE => {
            asked.held(format!("whether the exchange has it cannot be asked, a repeat is refused: {words}"))
        }
        Err(error) if error.may_have_happened() => Look::AskedAgain(error),
        Err(error) => Look::Trouble(error),
    }
}

/// The one of this id in the exchange's list; none where it is not there.
async fn reported(
    exchange: &dyn Exchange,
    asked: Asked<'_>,
    id: &str,
) -> Result<Option<WithdrawalReport>, Look> {
    match exchange.withdrawal(&asked.withdrawal.terms.wanted.coin, id).await {
        Err(CallError::Untold(words)) if asked.waited() >= PATIENCE => Err(asked.held(words)),
        Err(error) => Err(Look::Trouble(error)),
        Ok(None) if asked.waited() >= PATIENCE => {
            Err(asked.held(format!("the exchange had it as {id}, and does not tell of it now")))
        }
        Ok(found) => Ok(found),
    }
}

/// Asks the exchange whether it has left, and by which transaction.
async fn at_exchange(exchange: &dyn Exchange, asked: Asked<'_>, id: &str, left: Option<Departure>) -> Look {
    let report = match reported(exchange, asked, id).await {
        Ok(Some(report)) => report,
        Ok(None) => return Look::Nothing,
        Err(look) => return look,
    };
    let txid = match &report.state {
        Told::Failed => {
            return asked.missed("the exchange did not withdraw it: the coins are in the account");
        }
        Told::Pending => return asked.still("the exchange has not sent it yet"),
        Told::Sent { txid } => txid.clone(),
    };
    let departure = match departure(asked.withdrawal, &report) {
        Ok(departure) => departure,
        Err(words) => return asked.held(words),
    };
    if left.is_none() || txid.is_some() {
        return Look::Event(WithdrawalEvent::Left { withdrawal: asked.withdrawal.no, departure, txid });
    }
    match asked.waited() >= PATIENCE {
        true => asked.held("the exchange has sent it, and does not tell by which transaction".to_owned()),
        false => Look::Nothing,
    }
}

/// Asks the chain whether it has arrived.
async fn on_chain<N: Broadcaster>(
    exchange: &dyn Exchange,
    node: &N,
    asked: Asked<'_>,
    (id, txid): (&str, &str),
    departure: Departure,
) -> Look {
    let Ok(hash) = TxId::parse(txid) else {
        return asked.held(format!("the exchange tells a transaction that cannot be one: {txid:.80}"));
    };
    let receipt = match node.received(hash, asked.withdrawal.terms.to()).await {
        Ok(receipt) => receipt,
        Err(error) => return asked.still(&error.to_string()),
    };
    match receipt {
        Receipt::Confirmed { coins, confirmations } if confirmations >= asked.confirmations => {
            arrived(asked, coins, departure)
        }
        Receipt::Confirmed { .. } | Receipt::Unconfirmed => {
            asked.still("its transaction is not deep enough in the chain")
        }
        Receipt::Absent => match reported(exchange, asked, id).await {
            Ok(Some(WithdrawalReport { state: Told::Failed, .. })) => {
                asked.missed("the exchange took it back: the coins are in the account")
            }
            Err(look @ (Look::Trouble(_) | Look::Event(_))) => look,
            Ok(_) | Err(_) if asked.waited() >= ARRIVAL => {
                asked.held(format!("the chain does not know the transaction that the exchange tells: {txid}"))
            }
            Ok(_) | Err(_) => asked.still("the chain does not know its transaction"),
        },
    }
}

fn arrived(asked: Asked<'_>, coins: Droplets, departure: Departure) -> Look {
    if is_all_there(coins, &departure) {
        return Look::Event(WithdrawalEvent::Arrived {
            withdrawal: asked.withdrawal.no,
            departure,
            why: None,
        });
    }
    let net = departure.net().unwrap_or_default();
    asked.held(format!("{coins} arrived by its transaction, and {net} were sent"))
}

/// Whether so much is what was sent.
pub(super) fn is_all_there(coins: Droplets, departure: &Departure) -> bool {
    departure.net().is_ok_and(|net| Exact::of_units(coins.into(), Droplets::DECIMALS) == Some(net))
}

/// What the answer to the call that asks for it comes to. Only what is known not to have happened is missed.
pub(super) fn asked_event(withdrawal: &Withdrawal, answer: Result<String, CallError>) -> WithdrawalEvent {
    let no = withdrawal.no;
    match answer {
        Ok(id) => WithdrawalEvent::Asked { withdrawal: no, id },
        Err(error) if error.may_have_happened() || error.refusal() == Some(Refusal::Duplicate) => {
            WithdrawalEvent::Doubted { withdrawal: no, words: error.to_string() }
        }
        Err(error) => WithdrawalEvent::Missed { withdrawal: no, words: error.to_string() },
    }
}

#[cfg(test)]
mod tests;

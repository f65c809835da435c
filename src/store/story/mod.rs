//! What happened, in words and fields: for the log, where each thing is told once, after it was committed,
//! and for exports.

mod desk;
mod people;
mod upstream;

use tracing::Level;

use super::events::{
    AddressEvent, AttemptEvent, BreakerEvent, ChainEvent, DepositEvent, Event, PayoutEvent, PriceEvent,
    Record, SwitchEvent, WalletEvent,
};
use super::hold_words::hold_words;
use super::inherited_row::InheritedDeposit;
use super::tables::Tables;
use super::telling::Telling;
use crate::address::DepositAddress;
use crate::deposit::BlockAt;
use crate::payout::Verdict;
use crate::rail::Pays;
use crate::skycoin::Address;
use crate::types::{AttemptNo, BindingNo, BlockRef, Coin, DepositId, DepositNo, Droplets, TxId, Units};

impl Record {
    /// In words and fields.
    pub fn told(&self) -> Telling {
        let told = match &self.event {
            Event::Address(event) => told_of_address(event),
            Event::Deposit(event) => told_of_deposit(event),
            Event::Payout(event) => told_of_payout(event),
            Event::Attempt(event) => told_of_attempt(event),
            Event::Wallet(event) => told_of_wallet(event),
            Event::Chain(event) => told_of_chain(event),
            Event::Order(event) => upstream::told_of_order(event),
            Event::Price(event) => told_of_price(event),
            Event::Switch(event) => told_of_switch(event),
            Event::Person(event) => people::told_of_person(event),
            Event::Proposal(event) => people::told_of_proposal(event),
            Event::Withdrawal(event) => upstream::told_of_withdrawal(event),
            Event::Problem(event) => desk::told_of_problem(event),
            Event::Receiver(event) => desk::told_of_receiver(event),
            Event::Breaker(event) => told_of_breaker(event),
        };
        Telling { by: self.by.as_ref().map(ToString::to_string), ..told }
    }
}

fn told_of_address(event: &AddressEvent) -> Telling {
    match event {
        AddressEvent::Bound { binding, address, payee, .. } => bound(*binding, address, payee),
        AddressEvent::Tainted { address, tx, .. } => {
            tainted("deposit address tainted", address).because(tx.as_deref().unwrap_or("coins came before"))
        }
        AddressEvent::Released { address, why, .. } => {
            tainted("tainted deposit address released", address).because(why)
        }
        AddressEvent::AccountUsed { account, coin, .. } => account_used(*account, *coin),
        AddressEvent::OwnMoneySeen { id, .. } => own_money(id),
        AddressEvent::UsedBefore { address } => {
            tainted("deposit address that the original had used", address)
        }
    }
}

fn told_of_deposit(event: &DepositEvent) -> Telling {
    match event {
        DepositEvent::Seen { deposit, id, binding, amount, quote, block, token, .. } => {
            let token = token.map(|token| token.symbol.to_string());
            let told = Telling { token, ..seen(*deposit, id, *binding) };
            told.worth(amount, quote.as_ref()).at(block_at(block))
        }
        DepositEvent::Priced { deposit, rate, quote, priced } => {
            let told = deposit_of("deposit priced, which had no price before", *deposit);
            let quote = quote.as_ref().map(ToString::to_string);
            Telling { quote, ..told }.because(&format!("{rate}: {}", priced.source))
        }
        DepositEvent::Finalized { deposit } => deposit_of("deposit confirmed", *deposit),
        DepositEvent::Orphaned { deposit } => deposit_of("deposit taken back by a fork", *deposit),
        DepositEvent::Reincluded { deposit, block } => {
            deposit_of("deposit in a block again", *deposit).at(block_at(block))
        }
        DepositEvent::Quarantined { deposit } => {
            deposit_of("deposit taken back by a fork, and its payout is signed", *deposit)
        }
        DepositEvent::Inherited { deposit, told } => inherited(*deposit, told),
        DepositEvent::Confirming { deposit, confirmations, required } => {
            desk::confirming(*deposit, *confirmations, *required)
        }
        DepositEvent::Located { deposit, block, .. } => {
            deposit_of("deposit of the original's found on its chain", *deposit).at(block_at(block))
        }
    }
}

fn told_of_payout(event: &PayoutEvent) -> Telling {
    match event {
        PayoutEvent::Decided { payout, method } => {
            deposit_of("payout decided", *payout).because(method.name())
        }
        PayoutEvent::Held { payout, why } => deposit_of("payout held", *payout).because(&hold_words(why)),
        PayoutEvent::Cut { payout, max_decimals } => cut(*payout, *max_decimals),
        PayoutEvent::Released { payout } => deposit_of("payout not held any more", *payout),
        PayoutEvent::Ruled { payout, verdict, why } => ruled(*payout, *verdict, why),
        PayoutEvent::PurchaseEnded { payout, .. } => deposit_of("purchase ended", *payout),
        PayoutEvent::PaidDirect { payout, why } => {
            deposit_of("purchase given up, paid directly", *payout).because(why)
        }
        PayoutEvent::PurchasePaused { payout, why } => deposit_of("purchase paused", *payout).because(why),
        PayoutEvent::PurchaseResumed { payout, why } => deposit_of("purchase resumed", *payout).because(why),
        PayoutEvent::PaidBefore { payout, by, why } => {
            let txid = by.map(|by| by.to_string());
            Telling { txid, ..deposit_of("payout said to be paid by the original", *payout) }.because(why)
        }
    }
}

fn told_of_attempt(event: &AttemptEvent) -> Telling {
    match event {
        AttemptEvent::Signed { attempt, pays, .. } => signed(*attempt, pays),
        AttemptEvent::WithdrawalSigned { attempt, of, .. } => withdrawal(*attempt, *of),
        AttemptEvent::Sent { attempt } => transaction("payout transaction sent", *attempt),
        AttemptEvent::Refused { attempt, words } => refused(*attempt, words),
        AttemptEvent::Taken { attempt } => taken(*attempt),
        AttemptEvent::RetryAsked { attempt, why } => retried(*attempt, why),
        AttemptEvent::Abandoned { attempt, found, why } => abandoned(*attempt, found, why),
        AttemptEvent::Settled { attempt, block: at, .. } => {
            transaction("payouts settled", *attempt).at(block(at))
        }
        AttemptEvent::Died { attempt, why } => died(*attempt, why),
        AttemptEvent::WithdrawalAsked { attempt, why } => {
            transaction("withdrawal of a payout transaction asked for", *attempt).because(why)
        }
        AttemptEvent::SendOnAsked { attempt, why } => {
            transaction("payout transaction to be sent on", *attempt).because(why)
        }
    }
}

fn told_of_wallet(event: &WalletEvent) -> Telling {
    match event {
        WalletEvent::Known { addresses } => wallet(addresses),
        WalletEvent::SpendFound { spend } => {
            spent("spend of the hot wallet found that is not known", spend.txid)
        }
        WalletEvent::SpendGone { txid } => spent("spend of the hot wallet gone again", *txid),
        WalletEvent::SpendRuled { txid, why, .. } => {
            spent("spend of the hot wallet ruled", *txid).because(why)
        }
        WalletEvent::SpendAdopted { txid, attempt, why, .. } => adopted(*txid, *attempt).because(why),
        WalletEvent::Restored { from } => plain("database made of a copy").because(from),
        WalletEvent::RestoreCleared { why } => plain("restored database cleared").because(why),
    }
}

fn told_of_chain(event: &ChainEvent) -> Telling {
    match event {
        ChainEvent::Identified { coin, identity } => identified(*coin, identity),
        ChainEvent::Forked { coin, fork, abandoned } => forked(*coin, fork, abandoned),
    }
}

fn told_of_price(event: &PriceEvent) -> Telling {
    match event {
        PriceEvent::Set { code, rate, why } => {
            let told = Telling { what: "price set by a person", ..Telling::default() };
            told.because(&format!("{rate} SKY for one {code}: {why}"))
        }
        PriceEvent::Cleared { code, why } => {
            let told = Telling { what: "price as it is configured again", ..Telling::default() };
            told.because(&format!("{code}: {why}"))
        }
        PriceEvent::Configured { code, what } => {
            let told = Telling { what: "price configured anew", ..Telling::default() };
            let code = if code.is_empty() { "all" } else { code };
            told.because(&format!("{code}: {what}"))
        }
    }
}

fn told_of_switch(event: &SwitchEvent) -> Telling {
    let (what, name, why) = match event {
        SwitchEvent::Off { name, why } => ("switched off by a person", name, why),
        SwitchEvent::On { name, why } => ("switched on by a person", name, why),
    };
    Telling { what, ..Telling::default() }.because(&format!("{name}: {why}"))
}

fn told_of_breaker(event: &BreakerEvent) -> Telling {
    match event {
        BreakerEvent::Opened { breaker, evidence, .. } => {
            let told = Telling { what: "a circuit breaker opened", ..Telling::default() };
            told.because(&format!("{breaker}: {evidence}"))
        }
        BreakerEvent::Over { breaker, why } => {
            let told = Telling { what: "a circuit breaker closed by itself", ..Telling::default() };
            told.because(&format!("{breaker}: {why}"))
        }
        BreakerEvent::Closed { breaker, why } => {
            let told = Telling { what: "a circuit breaker was closed", ..Telling::default() };
            told.because(&format!("{breaker}: {why}"))
        }
    }
}

/// How loud it is said in the log. None for what is told there by whoever does it, who knows more of it.
fn level(event: &Event) -> Option<Level> {
    match event {
        Event::Address(event) => match event {
            AddressEvent::Bound { .. }
            | AddressEvent::AccountUsed { .. }
            | AddressEvent::OwnMoneySeen { .. } => Some(Level::INFO),
            AddressEvent::UsedBefore { .. }
            | AddressEvent::Tainted { .. }
            | AddressEvent::Released { .. } => None,
        },
        Event::Deposit(event) => match event {
            DepositEvent::Seen { .. }
            | DepositEvent::Priced { .. }
            | DepositEvent::Finalized { .. }
            | DepositEvent::Located { .. }
            | DepositEvent::Reincluded { .. } => Some(Level::INFO),
            DepositEvent::Inherited { .. } | DepositEvent::Confirming { .. } => None,
            DepositEvent::Orphaned { .. } | DepositEvent::Quarantined { .. } => Some(Level::WARN),
        },
        Event::Payout(event) => match event {
            PayoutEvent::Cut { .. }
            | PayoutEvent::Released { .. }
            | PayoutEvent::PurchaseEnded { .. }
            | PayoutEvent::PurchasePaused { .. }
            | PayoutEvent::PurchaseResumed { .. } => Some(Level::INFO),
            PayoutEvent::Held { .. } | PayoutEvent::PaidDirect { .. } => Some(Level::WARN),
            PayoutEvent::Decided { .. } | PayoutEvent::Ruled { .. } | PayoutEvent::PaidBefore { .. } => None,
        },
        Event::Attempt(event) => level_of_attempt(event),
        Event::Wallet(event) => match event {
            WalletEvent::Known { .. } | WalletEvent::SpendGone { .. } => Some(Level::INFO),
            WalletEvent::SpendFound { .. }
            | WalletEvent::SpendRuled { .. }
            | WalletEvent::SpendAdopted { .. }
            | WalletEvent::Restored { .. }
            | WalletEvent::RestoreCleared { .. } => None,
        },
        Event::Chain(event) => match event {
            ChainEvent::Identified { .. } => Some(Level::INFO),
            ChainEvent::Forked { .. } => None,
        },
        // Told by the listener, with where it was asked from.
        Event::Person(_) | Event::Proposal(_) | Event::Breaker(_) => None,
        // Told by alerts and metrics; here it would be said once more.
        Event::Problem(_) => None,
        Event::Receiver(event) => Some(desk::level_of_receiver(event)),
        Event::Price(PriceEvent::Set { .. } | PriceEvent::Cleared { .. } | PriceEvent::Configured { .. }) => {
            Some(Level::WARN)
        }
        Event::Switch(SwitchEvent::Off { .. } | SwitchEvent::On { .. }) => Some(Level::WARN),
        Event::Order(event) => Some(upstream::level_of_order(event)),
        Event::Withdrawal(event) => Some(upstream::level_of_withdrawal(event)),
    }
}

fn level_of_attempt(event: &AttemptEvent) -> Option<Level> {
    match event {
        AttemptEvent::Signed { .. }
        | AttemptEvent::Sent { .. }
        | AttemptEvent::Taken { .. }
        | AttemptEvent::Settled { .. } => Some(Level::INFO),
        AttemptEvent::WithdrawalSigned { .. }
        | AttemptEvent::Refused { .. }
        | AttemptEvent::RetryAsked { .. }
        | AttemptEvent::Abandoned { .. }
        | AttemptEvent::Died { .. }
        | AttemptEvent::WithdrawalAsked { .. }
        | AttemptEvent::SendOnAsked { .. } => None,
    }
}

impl Telling {
    fn at(self, block: String) -> Self {
        Telling { block: Some(block), ..self }
    }

    fn worth(self, amount: &Units, quote: Option<&Droplets>) -> Self {
        Telling { amount: Some(amount.to_string()), quote: quote.map(ToString::to_string), ..self }
    }
}

fn deposit_of(what: &'static str, no: DepositNo) -> Telling {
    Telling { what, deposit: Some(no.get()), ..Telling::default() }
}

fn transaction(what: &'static str, no: AttemptNo) -> Telling {
    Telling { what, transaction: Some(no.get()), ..Telling::default() }
}

fn seen(deposit: DepositNo, id: &DepositId, binding: BindingNo) -> Telling {
    let (binding, coin) = (Some(binding.get()), Some(id.coin.code()));
    Telling { binding, coin, tx: Some(id.to_string()), ..deposit_of("deposit seen", deposit) }
}

fn inherited(deposit: DepositNo, told: &InheritedDeposit) -> Telling {
    let told_of = seen(deposit, &told.id, told.binding).worth(&told.amount, Some(&told.quote));
    let txid = told.payout.txid().map(|txid| txid.to_string());
    Telling { what: "deposit taken over from the original", txid, ..told_of }.at(told.height.to_string())
}

fn wallet(addresses: &[Address]) -> Telling {
    let what = "addresses of the hot wallet known from here on";
    Telling { what, ..Telling::default() }.because(&format!("{} new", addresses.len()))
}

fn own_money(id: &DepositId) -> Telling {
    let what = "the desk's own money came to a deposit address, it is no deposit";
    Telling { what, coin: Some(id.coin.code()), tx: Some(id.to_string()), ..Telling::default() }
}

fn identified(coin: Option<Coin>, identity: &str) -> Telling {
    let told = Telling { what: "chain known from here on", ..Telling::default() };
    Telling { coin: coin.map(Coin::code), ..told }.because(identity)
}

fn account_used(account: u64, coin: Coin) -> Telling {
    let told = Telling { what: "account of deposit addresses used from here on", ..Telling::default() };
    Telling { coin: Some(coin.code()), ..told }.because(&format!("account {account}"))
}

fn withdrawal(attempt: AttemptNo, of: AttemptNo) -> Telling {
    transaction("withdrawal signed and stored", attempt).because(&format!("it takes back transaction {of}"))
}

fn cut(payout: DepositNo, max_decimals: u8) -> Telling {
    deposit_of("payout cut to the decimal places of the moment", payout)
        .because(&format!("{max_decimals} decimal places are taken"))
}

fn ruled(payout: DepositNo, verdict: Verdict, why: &str) -> Telling {
    deposit_of("payout ruled", payout).because(&format!("{}: {why}", verdict.name()))
}

fn adopted(txid: TxId, attempt: AttemptNo) -> Telling {
    Telling { transaction: Some(attempt.get()), ..spent("spend of the hot wallet adopted", txid) }
}

fn tainted(what: &'static str, address: &DepositAddress) -> Telling {
    let (coin, address) = (Some(address.coin().code()), Some(address.to_string()));
    Telling { what, coin, address, ..Telling::default() }
}

fn plain(what: &'static str) -> Telling {
    Telling { what, ..Telling::default() }
}

fn spent(what: &'static str, txid: TxId) -> Telling {
    Telling { what, txid: Some(txid.to_string()), ..Telling::default() }
}

fn bound(binding: BindingNo, address: &DepositAddress, payee: &Address) -> Telling {
    Telling {
        what: "deposit address bound",
        binding: Some(binding.get()),
        coin: Some(address.coin().code()),
        address: Some(address.to_string()),
        payee: Some(payee.to_string()),
        ..Telling::default()
    }
}

fn signed(attempt: AttemptNo, pays: &[Pays]) -> Telling {
    let numbers: Vec<String> = pays.iter().map(|pays| pays.payout.get().to_string()).collect();
    Telling { pays: Some(numbers.join(" ")), ..transaction("payout transaction signed and stored", attempt) }
}

fn refused(attempt: AttemptNo, words: &str) -> Telling {
    transaction("payout transaction refused", attempt).because(words)
}

fn taken(attempt: AttemptNo) -> Telling {
    transaction("payout transaction taken by a node again", attempt)
}

fn retried(attempt: AttemptNo, why: &str) -> Telling {
    transaction("refused payout transaction to be offered again", attempt).because(why)
}

fn abandoned(attempt: AttemptNo, found: &str, why: &str) -> Telling {
    let told = transaction("payout transaction abandoned, its payouts are owed again", attempt);
    told.because(&format!("{why}; {found}"))
}

fn died(attempt: AttemptNo, why: &str) -> Telling {
    transaction("payout transaction dead, its payouts are owed again", attempt).because(why)
}

fn forked(coin: Coin, fork: &BlockRef, abandoned: &BlockRef) -> Telling {
    let told = Telling { what: "the chain forked", coin: Some(coin.code()), ..Telling::default() };
    told.at(block(fork)).because(&format!("block {} is abandoned", block(abandoned)))
}

fn block(at: &BlockRef) -> String {
    format!("{}:{}", at.height, at.hash)
}

fn block_at(at: &BlockAt) -> String {
    at.hash.map_or_else(|| at.height.to_string(), |hash| format!("{}:{hash}", at.height))
}

/// What is recorded of an event before it is applied; none where the log hears of it elsewhere.
pub(super) fn line(record: &Record) -> Option<(Level, Telling)> {
    level(&record.event).map(|level| (level, record.told()))
}

/// Adds the id that the network knows a transaction by.
pub(super) fn name(told: &mut Telling, tables: &impl Tables) {
    let attempt = told.transaction.and_then(|no| tables.attempt(AttemptNo::new(no)).ok().flatten());
    told.txid = attempt.map(|attempt| attempt.txid.to_string()).or(told.txid.take());
}

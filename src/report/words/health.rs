//! What health tells of a coin and of the desk, in words for whoever reads it: anybody.

use std::fmt::Display;
use std::time::Duration;

use super::buyer;
use crate::breaker::Breaker;
use crate::live::{CertificateTrouble, CertificateView, VettingState};
use crate::rail::{Paid, Spend};
use crate::types::{Coin, Height, Language};

pub(in crate::report) const DATABASE_FAILED: &str = "the database has failed, the service is ending";
pub(in crate::report) const PAYOUTS_UNREADABLE: &str = "the payout transactions cannot be read";
pub(in crate::report) const SPENDS_UNREADABLE: &str = "the wallet's spends cannot be read";
pub(in crate::report) const BINDING_OFF: &str = "binding is switched off";
pub(in crate::report) const SENDING_OFF: &str = "sending is switched off, payouts are held";

fn span(duration: Duration) -> String {
    buyer::span(duration, Language::English)
}

/// Says of which coin something is told.
pub(in crate::report) fn of_coin(coin: Coin, what: impl Display) -> String {
    format!("{coin}: {what}")
}

/// Says that payouts are what it is about.
pub(in crate::report) fn of_payouts(what: impl Display) -> String {
    format!("payouts: {what}")
}

pub(in crate::report) fn not_offered(coin: Coin, why: &str) -> String {
    format!("{coin} cannot be bound: {why}")
}

pub(in crate::report) fn pool_empty(coin: Coin) -> String {
    not_offered(coin, "no deposit addresses are left")
}

pub(in crate::report) fn pool_low(coin: Coin, left: u64) -> String {
    of_coin(coin, format_args!("only {left} deposit addresses are left"))
}

pub(in crate::report) fn below_start(coin: Coin, start: Height) -> String {
    of_coin(coin, format_args!("deposits count from block {start} on, which the chain has not reached"))
}

pub(in crate::report) fn passed_over(coin: Coin, count: u64) -> String {
    of_coin(coin, format_args!("{count} transaction(s) could not be read, and wait for the operator"))
}

pub(in crate::report) fn followed_blindly(coin: Coin, count: u64) -> String {
    of_coin(
        coin,
        format_args!(
            "{count} block(s) were followed without what happens inside transactions; they are read again when a node \
             tells it"
        ),
    )
}

/// For an account whose wallet, restored, finds all deposits with no less than this gap limit.
pub(in crate::report) fn wide_gap(coin: Coin, limit: u64, usual: u64) -> String {
    of_coin(
        coin,
        format_args!(
            "addresses were given out in a row that received nothing, so that a wallet which is restored finds all \
             deposits only with a gap limit of {limit} or more, and {usual} is usual"
        ),
    )
}

/// For deposits that forks took back: those whose payouts have not left, and those whose have.
pub(in crate::report) fn taken_back(unsent: u64, sent: u64) -> String {
    format!(
        "forks took back deposits, and the operator has to decide: of {unsent} the payout is signed and has not left, \
         of {sent} it has left"
    )
}

pub(in crate::report) fn payouts_refused(count: usize) -> String {
    of_payouts(format_args!(
        "{count} transaction(s) are refused by the Skycoin node, and the operator has to look at them"
    ))
}

pub(in crate::report) fn budget_low(left: u32) -> String {
    format!("{left} new deposit addresses are left in the budget (teller.bind_budget)")
}

pub(in crate::report) fn coins_run_short(left: Duration) -> String {
    runs_short("coins", left)
}

pub(in crate::report) fn hours_run_short(left: Duration) -> String {
    runs_short("coin hours", left)
}

fn runs_short(what: &str, left: Duration) -> String {
    let left = span(left);
    of_payouts(format_args!("at the pace of the last day, the hot wallet's {what} last {left}"))
}

/// What a node does not tell of the addresses that are given out all the same; none where it tells it.
pub(in crate::report) fn unvetted(state: &VettingState) -> Option<&'static str> {
    match state {
        VettingState::Asking | VettingState::Done => None,
        VettingState::Failing(_) => Some(
            "its node does not tell at the moment whether addresses received coins before they were given out",
        ),
        VettingState::Untold(_) => {
            Some("its node cannot tell whether addresses received coins before they were given out")
        }
    }
}

/// What is amiss with a certificate, and what is to be done.
pub(in crate::report) fn certificate(view: &CertificateView, trouble: CertificateTrouble) -> String {
    let cure = match (view.is_automatic, view.trouble.as_str()) {
        (true, "") => "it is renewed by itself, see the log for what is in the way",
        (false, "") => "replace web.tls_cert and web.tls_key, and send SIGHUP",
        (_, trouble) => trouble,
    };
    match trouble {
        CertificateTrouble::Absent => format!("HTTPS has no certificate yet: {cure}"),
        CertificateTrouble::Early(left) => {
            format!("HTTPS: the certificate is valid only in {}: {cure}", span(left))
        }
        CertificateTrouble::Expired(since) => {
            format!("HTTPS: the certificate expired {} ago: {cure}", span(since))
        }
        CertificateTrouble::Expiring(left) => {
            format!("HTTPS: the certificate expires in {}: {cure}", span(left))
        }
        CertificateTrouble::NotReplaced => format!("HTTPS: a new certificate was not taken: {cure}"),
    }
}

pub(in crate::report) fn unreconciled(count: u64) -> String {
    format!(
        "unreconciled: {count} transaction(s) spent from the hot wallet and are not known here; nothing is signed or \
         bought and no address is given out before it is said of each what it was (POST /api/wallet/spends/TXID/paid, \
         mine or again on the admin listener)"
    )
}

pub(in crate::report) const RESTORED: &str = "unreconciled: the database was restored from a copy; nothing is signed \
     or bought and no address is given out before somebody has looked at what happened since (GET /api/wallet/spends, \
     then POST /api/wallet/restored/clear on the admin listener)";

pub(in crate::report) const DRILL_FAILED: &str = "backups: the last drill was not passed: nobody knows whether the \
     newest copy can be restored; GET /api/backups tells why";

pub(in crate::report) fn backup_failed(since: Duration) -> String {
    format!(
        "backups: none could be made or listed for {}; GET /api/backups on the admin listener tells why",
        span(since)
    )
}

/// For the age of the newest copy, or how long there has been none.
pub(in crate::report) fn backup_old(age: Duration, is_any: bool) -> String {
    let age = span(age);
    if is_any {
        format!("backups: the newest copy is {age} old")
    } else {
        format!("backups: there is none, for {age}")
    }
}

pub(in crate::report) fn unknown_spend(spend: &Spend) -> String {
    let block = spend.block.map_or("not in a block".to_owned(), |at| format!("block {}", at.height));
    let paid = paid(&spend.payments);
    format!("unreconciled: transaction {} ({block}) paid {paid}", spend.txid)
}

fn paid(payments: &[Paid]) -> String {
    if payments.is_empty() { "nobody else".to_owned() } else { Paid::list(payments) }
}

/// For so many payments to addresses.
pub(in crate::report) fn books_differ(coin: Coin, count: usize) -> String {
    of_coin(
        coin,
        format_args!(
            "of {count} payment(s) to deposit addresses the chain says otherwise than the books, and nothing explains \
             it (GET /api/reconciliation on the admin listener)"
        ),
    )
}

/// The reason may be a node's own words.
pub(in crate::report) fn second_node(coin: Coin, why: &str) -> String {
    of_coin(coin, format_args!("payouts wait for the second node, which has not agreed: {why}"))
}

/// What it has seen is for the operator.
pub(in crate::report) fn breaker_open(breaker: Breaker) -> String {
    let what = match breaker {
        Breaker::Payouts => "payouts".to_owned(),
        Breaker::Books(coin) | Breaker::Nodes(coin) => format!("payouts for {coin}"),
        Breaker::Price(code) => format!("promises at the price of {}", code.as_str()),
    };
    format!(
        "{what} have stopped by themselves, and wait for the operator (GET /api/breakers on the admin listener)"
    )
}

/// For so many addresses.
pub(in crate::report) fn tainted(count: u64) -> String {
    format!(
        "{count} address(es) of the pools received coins before they were given out, and are given to nobody \
         (GET /api/deposit-addresses/tainted on the admin listener)"
    )
}

pub(in crate::report) fn orders_held(count: u64) -> String {
    format!(
        "exchange: of {count} order(s) it cannot be found out what became, and the operator has to look at them"
    )
}

pub(in crate::report) fn orders_unanswered(count: u64) -> String {
    format!(
        "exchange: there is no answer what became of {count} order(s), which are asked for again and again"
    )
}

pub(in crate::report) fn withdrawals_held(count: u64) -> String {
    format!(
        "exchange: of {count} withdrawal(s) to the hot wallet it cannot be found out what became, and the operator has \
         to look at them"
    )
}

/// What an exchange says is for the operator.
pub(in crate::report) fn withdrawals_stand_still(trouble: &str) -> String {
    let what = trouble.split(':').next().unwrap_or_default();
    format!(
        "exchange: what was bought does not come to the hot wallet now ({what}); GET /api/withdrawals on the admin \
         listener tells more"
    )
}

pub(in crate::report) const WITHDRAWALS_UNWATCHED: &str = "exchange: a withdrawal to the hot wallet is under way, and \
     no exchange is configured any more that could be asked about it";

pub(in crate::report) const CONFIG_NOT_TAKEN: &str = "configuration: the file was read anew and cannot be taken over; \
     the old prices go on, the log says what is wrong, and so does GET /api/prices on the admin listener";

pub(in crate::report) const RECEIVERS_UNREADABLE: &str =
    "events: how far receivers were told cannot be read; see the log";

pub(in crate::report) fn receiver_behind(receiver: &str, failing: Duration) -> String {
    let hours = failing.as_secs().div_euclid(3600);
    format!("events: {receiver} has acknowledged nothing for {hours} hours; what it misses is kept for it")
}

pub(in crate::report) fn webhooks_behind(client: &str, count: u64, failing: Duration) -> String {
    let hours = failing.as_secs().div_euclid(3600);
    format!(
        "events: of the client {client}, {count} webhooks of purchases acknowledge nothing, the first for {hours} \
         hours; what they miss is kept for them"
    )
}

pub(in crate::report) const WEBHOOKS_UNSORTED: &str = "events: what happened is not sorted for webhooks of purchases, \
     which are told none of it meanwhile; see the log";

pub(in crate::report) fn receiver_stopped(receiver: &str) -> String {
    format!(
        "events: {receiver} said that it wants nothing any more; take it out of the configuration, or resume it"
    )
}

pub(in crate::report) fn no_exchange(waits: u64) -> String {
    format!(
        "exchange: {waits} deposit(s) are to be bought for, and no exchange is configured for that any more"
    )
}

/// What an exchange says is for the operator; whoever reads health is told that it does not go on.
pub(in crate::report) fn exchange_stands_still(exchange: &str, trouble: &str) -> String {
    let what = trouble.split(':').next().unwrap_or_default();
    format!(
        "exchange: {exchange} does not sell now ({what}); GET /api/orders on the admin listener tells more"
    )
}

pub(in crate::report) fn market_stands_still(market: &str, trouble: &str) -> String {
    let what = trouble.split(':').next().unwrap_or_default();
    format!(
        "exchange: nothing is bought in {market} now ({what}); GET /api/orders on the admin listener tells more"
    )
}

pub(in crate::report) fn stock_runs_short(asset: &str, left: Duration) -> String {
    format!("exchange: the account's {asset} last for about {} at the pace of the last day", span(left))
}

/// Why there is none is for the operator, but for the kind of it.
pub(in crate::report) fn no_price(code: &str, why: &str) -> String {
    format!(
        "{code}: there is no price that could be promised ({why}), deposits wait for one; GET /api/prices on the admin \
         listener tells more"
    )
}

/// In place of the words that the database, or whatever it was, had for it: those are the operator's.
pub const PROCESSOR_FAILS: &str = "deposits cannot be processed at the moment";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::skycoin::Address;
    use crate::types::{Droplets, UnixTime};

    #[test]
    fn should_say_who_was_paid_what() {
        let one = Paid { to: Address::from_bytes([1; 20]), coins: Droplets::new(1_500_000) };
        assert_eq!(paid(&[one]), format!("1.500000 SKY to {}", one.to));
        assert_eq!(paid(&[]), "nobody else");
    }

    #[test]
    fn should_say_what_is_to_be_done_about_a_certificate() {
        const DAY: u64 = 86_400;
        let view = |life: u64| CertificateView {
            valid: Some((UnixTime::new(100 * DAY), UnixTime::new((100 + life) * DAY))),
            ..CertificateView::default()
        };
        let told = |view: &CertificateView, day| {
            view.problem(UnixTime::new(day * DAY))
                .map(|trouble| certificate(view, trouble))
                .unwrap_or_default()
        };
        assert!(told(&view(90), 177).contains("expires in 13 days"));
        assert!(told(&view(90), 190).contains("expired"));
        assert!(told(&view(90), 99).contains("valid only in"));
        assert!(told(&view(6), 105).contains("web.tls_cert"));
        let refused = CertificateView { trouble: "no key in it".to_owned(), ..view(90) };
        let words = told(&refused, 101);
        assert!(words.contains("was not taken") && words.ends_with("no key in it"), "{words}");
    }
}

//! Coins that leave the venue.

use rust_decimal::Decimal;
use serde_json::json;
use std::time::Duration;

use teller::exchange::{
    CallError, NewWithdrawal, Refusal, WithdrawalReport, WithdrawalState, WithdrawalTrace,
};

use super::venue::{Desk, Venue, decimal};
use crate::support::runner::Outcome;

const TO: &str = "2ANKJFgszWDKS9vUEEkHCDBUDmsxSfxc12y";

fn wanted(desk: &Desk, number: u8, amount: &str) -> NewWithdrawal {
    NewWithdrawal {
        client_id: desk.exchange.client_id([number; 16]),
        asset: "SKY".to_owned(),
        amount: decimal(amount),
        address: TO.to_owned(),
        network: None,
        key: Some("hot wallet".to_owned()).filter(|_| desk.venue == Venue::Kraken),
        max_fee: decimal("0.5"),
    }
}

async fn told(desk: &Desk, id: &str) -> WithdrawalReport {
    let all = desk.exchange.withdrawals("SKY").await.unwrap();
    let own: Vec<_> = all.into_iter().filter(|report| report.id == id).collect();
    assert_eq!(own.len(), 1, "{own:?}");
    own[0].clone()
}

pub(super) async fn should_withdraw_and_tell_of_it(desk: &Desk) -> Outcome {
    if desk.exchange.withdrawal_trace().is_none() {
        assert!(!desk.exchange.withdraw(&wanted(desk, 1, "5")).await.unwrap_err().may_have_happened());
        assert!(desk.exchange.withdrawals("SKY").await.is_err());
        return Ok(());
    }
    desk.world.fund("SKY", "100").await;
    desk.world.simnet.control("exchange/withdrawal", json!({ "hold": true })).await;
    let before = desk.available().await.0;
    let id = desk.exchange.withdraw(&wanted(desk, 1, "10.25")).await.unwrap();
    let pending = told(desk, &id).await;
    // One takes the fee on top of the amount, the others out of it.
    let all = if desk.venue == Venue::Coinbase { decimal("10.35") } else { decimal("10.25") };
    assert_eq!(desk.exchange.takes_fee_on_top(), desk.venue == Venue::Coinbase);
    assert_eq!(
        (pending.amount, pending.fee, &pending.state),
        (all, decimal("0.1"), &WithdrawalState::Pending)
    );
    assert_eq!(before - desk.available().await.0, all);
    desk.world.simnet.control("exchange/withdrawal", json!({ "id": 1 })).await;
    let sent = told(desk, &id).await;
    let WithdrawalState::Sent { txid: Some(txid) } = sent.state else { panic!("{sent:?}") };
    assert_eq!(txid.len(), 64);

    let id = desk.exchange.withdraw(&wanted(desk, 2, "5")).await.unwrap();
    desk.world.simnet.control("exchange/withdrawal", json!({ "id": 2, "refuse": true })).await;
    assert_eq!(told(desk, &id).await.state, WithdrawalState::Failed);
    assert_eq!(before - desk.available().await.0, all, "the coins are back");
    for (amount, kind) in [("1000", Refusal::Funds), ("0.5", Refusal::TooSmall)] {
        let refused = desk.exchange.withdraw(&wanted(desk, 3, amount)).await.unwrap_err();
        assert_eq!(refused.refusal(), Some(kind), "{amount}: {refused}");
    }
    for trouble in ["unknown-replies", "xml"] {
        desk.trouble(json!({ "kind": trouble, "count": 1 })).await;
        assert!(
            desk.exchange.withdraw(&wanted(desk, 4, "3")).await.unwrap_err().may_have_happened(),
            "{trouble}"
        );
        assert!(desk.available().await.0 > Decimal::ZERO);
    }
    Ok(())
}

/// What it costs is told beforehand where the venue says so, and is kept to where the venue does.
pub(super) async fn should_tell_what_a_withdrawal_costs(desk: &Desk) -> Outcome {
    if desk.exchange.withdrawal_trace().is_none() {
        return Ok(());
    }
    desk.world.fund("SKY", "100").await;
    let told = desk.exchange.withdrawal_fee(&wanted(desk, 1, "10")).await.unwrap();
    assert_eq!(told, Some(decimal("0.1")).filter(|_| desk.venue != Venue::Coinbase));
    let dear = NewWithdrawal { max_fee: decimal("0.01"), ..wanted(desk, 1, "10") };
    let asked = desk.exchange.withdraw(&dear).await;
    assert_eq!(asked.is_err(), desk.venue == Venue::Kraken, "{asked:?}");
    if desk.venue == Venue::Binance {
        let network = Some("SKYCOIN".to_owned());
        let named = NewWithdrawal { network, ..wanted(desk, 2, "10") };
        assert_eq!(desk.exchange.withdrawal_fee(&named).await.unwrap(), Some(decimal("0.1")));
        desk.exchange.withdraw(&named).await.unwrap();
        let other = NewWithdrawal { network: Some("ETH".to_owned()), ..wanted(desk, 3, "10") };
        assert_eq!(desk.exchange.withdrawal_fee(&other).await.unwrap(), None);
        assert!(desk.exchange.withdraw(&other).await.unwrap_err().refusal().is_some());
    }
    Ok(())
}

/// The reply is lost after it was done: it is found as the venue's trace says, and nothing is withdrawn twice.
pub(super) async fn should_find_a_withdrawal_whose_reply_was_lost(desk: &Desk) -> Outcome {
    let Some(trace) = desk.exchange.withdrawal_trace() else { return Ok(()) };
    desk.world.fund("SKY", "100").await;
    for (number, trouble) in (1..).zip(["drop-replies", "unknown-replies", "xml"]) {
        let asked = wanted(desk, number, &format!("{}", 5 + number));
        desk.trouble_once(trouble, withdrawing(desk.venue)).await;
        let error = desk.exchange.withdraw(&asked).await.unwrap_err();
        assert!(matches!(error, CallError::Ambiguous(_)), "{trouble}: {error:?}");
        let all = desk.exchange.withdrawals("SKY").await.unwrap();
        let found: Vec<&WithdrawalReport> = match trace {
            WithdrawalTrace::Repeat => {
                let id = desk.exchange.withdraw(&asked).await.unwrap();
                all.iter().filter(|report| report.id == id).collect()
            }
            WithdrawalTrace::ById => {
                all.iter().filter(|report| report.client_id.as_ref() == Some(&asked.client_id)).collect()
            }
            WithdrawalTrace::ByTerms => all.iter().filter(|report| is_like(report, &asked)).collect(),
        };
        assert_eq!(found.len(), 1, "{trouble}: {all:?}");
        assert_eq!(found[0].address.as_deref(), Some(TO));
        assert_eq!(desk.exchange.withdrawals("SKY").await.unwrap().len(), usize::from(number), "{trouble}");
    }
    assert!(desk.exchange.settling_time() >= Duration::from_secs(5));
    Ok(())
}

/// More than a page of any venue of simnet: the first is told of like the last, and one that never was is not.
pub(super) async fn should_tell_of_a_withdrawal_however_many_came_after_it(desk: &Desk) -> Outcome {
    if desk.exchange.withdrawal_trace().is_none() {
        return Ok(());
    }
    let many = if desk.venue == Venue::Coinbase { 230 } else { 60 };
    desk.world.fund("SKY", "10000").await;
    let mut ids = Vec::new();
    for number in 0..many {
        ids.push(desk.exchange.withdraw(&wanted(desk, number, "2")).await.unwrap());
    }
    let all = desk.exchange.withdrawals("SKY").await.unwrap();
    let told: Vec<&String> = all.iter().rev().map(|report| &report.id).collect();
    assert_eq!(told, ids.iter().collect::<Vec<_>>());
    for id in [&ids[0], &ids[usize::from(many) - 1]] {
        assert_eq!(desk.exchange.withdrawal("SKY", id).await.unwrap().unwrap().id, *id);
    }
    for id in ["00000000-0000-0000-0000-000000000000", "../../accounts"] {
        assert_eq!(desk.exchange.withdrawal("SKY", id).await.unwrap(), None, "{id}");
    }
    Ok(())
}

fn is_like(report: &WithdrawalReport, asked: &NewWithdrawal) -> bool {
    report.amount == asked.amount && report.address.as_deref() == Some(TO) && report.at.is_some()
}

/// The word of its path by which the call that asks for a withdrawal is known.
pub(crate) fn withdrawing(venue: Venue) -> &'static str {
    match venue {
        Venue::C2cx => "",
        Venue::Binance => "apply",
        Venue::Kraken => "Withdraw",
        Venue::Coinbase => "transactions",
    }
}

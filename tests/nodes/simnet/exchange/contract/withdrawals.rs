//! Coins that leave the venue.

use rust_decimal::Decimal;
use serde_json::json;
use teller::exchange::{Refusal, Withdrawal, WithdrawalReport, WithdrawalState};

use super::venue::{Desk, Venue, decimal};
use crate::support::runner::Outcome;

const TO: &str = "2ANKJFgszWDKS9vUEEkHCDBUDmsxSfxc12y";

fn wanted(desk: &Desk, number: u8, amount: &str) -> Withdrawal {
    Withdrawal {
        client_id: desk.exchange.client_id([number; 16]),
        asset: "SKY".to_owned(),
        amount: decimal(amount),
        address: TO.to_owned(),
    }
}

async fn told(desk: &Desk, id: &str) -> WithdrawalReport {
    let all = desk.exchange.withdrawals("SKY").await.unwrap();
    let own: Vec<_> = all.into_iter().filter(|report| report.id == id).collect();
    assert_eq!(own.len(), 1, "{own:?}");
    own[0].clone()
}

pub(super) async fn should_withdraw_and_tell_of_it(desk: &Desk) -> Outcome {
    if !desk.exchange.can_withdraw() {
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

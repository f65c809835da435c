//! Deposits and withdrawals at Coinbase, by its older API.

use serde_json::{Value, json};

use super::super::amount::{short, units};
use super::super::clock::rfc3339;
use super::super::engine::{AccountId, AssetId, FundsError, Withdrawal, WithdrawalId, WithdrawalState};
use super::super::venue::View;
use super::ids::{self, IdKind};
use super::{ApiError, Outcome, accounts};

pub(super) fn address(view: &View<'_>, account: AccountId, asset: &str) -> Outcome {
    let id = accounts::asset(view, asset)?;
    let coin = view.state.exchange.asset(id);
    let owner = view.account(|known| known.id == account);
    Ok(json!({ "data": {
        "id": accounts::id(view, id),
        "address": owner.map(|owner| owner.address(&coin.code)).unwrap_or_default(),
        "name": null,
        "network": view.network(&coin.code).to_lowercase(),
        "created_at": rfc3339(0),
        "updated_at": rfc3339(0),
        "resource": "address",
    } }))
}

pub(super) fn addresses(view: &View<'_>, account: AccountId, asset: &str) -> Outcome {
    let one = address(view, account, asset)?;
    Ok(json!({ "pagination": { "next_uri": null }, "data": [one["data"]] }))
}

pub(super) fn send(view: &mut View<'_>, account: AccountId, asset: &str, asked: &Value) -> Outcome {
    let id = accounts::asset(view, asset)?;
    let coin = view.state.exchange.asset(id);
    let text = |name: &str| asked[name].as_str().unwrap_or_default();
    if text("type") != "send" || text("to").is_empty() || text("currency") != coin.code {
        return Err(ApiError::argument("type, to and currency are required"));
    }
    let idem = text("idem");
    // A repeat under the same idempotency key is the same transaction.
    let known = view.state.sends.iter().find(|(known, owner, _)| known == idem && *owner == account);
    if let Some((_, _, withdrawal)) = known.filter(|_| !idem.is_empty()) {
        return shown_by_id(view, (account, id), *withdrawal);
    }
    let amount =
        units(text("amount"), coin.decimals).map_err(|_| ApiError::argument("amount is not valid"))?;
    match view.withdraw(account, (id, amount), text("to")) {
        Ok(withdrawal) => {
            view.state.sends.push((idem.to_owned(), account, withdrawal));
            shown_by_id(view, (account, id), withdrawal)
        }
        Err(error @ (FundsError::TooLittle { .. } | FundsError::Balance { .. })) => {
            Err(ApiError::new(400, "validation_error", error.to_string()))
        }
        Err(error @ (FundsError::TooMuch { .. } | FundsError::Unknown(_) | FundsError::Final { .. })) => {
            Err(ApiError::argument(error.to_string()))
        }
    }
}

fn shown(view: &View<'_>, withdrawal: &Withdrawal) -> Value {
    let coin = view.state.exchange.asset(withdrawal.asset);
    let (status, txid) = match &withdrawal.state {
        WithdrawalState::Requested => ("pending", Value::Null),
        WithdrawalState::Sent { txid } => ("completed", json!(txid)),
        WithdrawalState::Refused => ("failed", Value::Null),
    };
    let amount = |units| json!({ "amount": short(units, coin.decimals), "currency": coin.code });
    let all = format!("-{}", short(withdrawal.amount + withdrawal.fee, coin.decimals));
    let idem = view.state.sends.iter().find(|(idem, _, id)| *id == withdrawal.id && !idem.is_empty());
    json!({
        "idem": idem.map(|(idem, _, _)| idem),
        "id": ids::write(IdKind::Withdrawal, withdrawal.id.get()),
        "type": "send",
        "status": status,
        "amount": { "amount": all, "currency": coin.code },
        "created_at": rfc3339(withdrawal.created),
        "updated_at": rfc3339(withdrawal.updated),
        "resource": "transaction",
        "network": {
            "status": status,
            "hash": txid,
            "network_name": view.network(&coin.code).to_lowercase(),
            "transaction_fee": amount(withdrawal.fee),
        },
        "to": { "resource": "address", "address": withdrawal.to },
    })
}

fn mine<'a>(
    view: &'a View<'_>,
    (account, asset): (AccountId, AssetId),
) -> impl Iterator<Item = &'a Withdrawal> {
    let all = view.state.exchange.withdrawals().iter().rev();
    all.filter(move |withdrawal| withdrawal.account == account && withdrawal.asset == asset)
}

fn shown_by_id(view: &View<'_>, whose: (AccountId, AssetId), id: WithdrawalId) -> Outcome {
    let found = mine(view, whose).find(|withdrawal| withdrawal.id == id);
    let found = found.ok_or_else(|| ApiError::missing("transaction not found"))?;
    Ok(json!({ "data": shown(view, found) }))
}

/// A page, 25 long where nobody says otherwise, beyond the transaction `after`, the newest first.
pub(super) fn transactions(
    view: &View<'_>,
    account: AccountId,
    asset: &str,
    (limit, after): (&str, &str),
) -> Outcome {
    let id = accounts::asset(view, asset)?;
    let limit = match limit {
        "" => 25,
        text => text
            .parse()
            .ok()
            .filter(|limit| (1..=100).contains(limit))
            .ok_or_else(|| ApiError::argument("limit"))?,
    };
    let after = ids::read(IdKind::Withdrawal, after);
    let mut rest =
        mine(view, (account, id)).filter(|one| after.is_none_or(|after| one.id.get() < after)).peekable();
    let page: Vec<Value> = rest.by_ref().take(limit).map(|withdrawal| shown(view, withdrawal)).collect();
    let last = page.last().and_then(|last| last["id"].as_str());
    let next = last.filter(|_| rest.peek().is_some());
    let next =
        next.map(|last| format!("/v2/accounts/{asset}/transactions?limit={limit}&starting_after={last}"));
    Ok(json!({ "pagination": { "next_uri": next }, "data": page }))
}

pub(super) fn transaction(view: &View<'_>, account: AccountId, (asset, id): (&str, &str)) -> Outcome {
    let asset = accounts::asset(view, asset)?;
    let number = ids::read(IdKind::Withdrawal, id).unwrap_or_default();
    shown_by_id(view, (account, asset), WithdrawalId::new(number))
}

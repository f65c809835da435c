//! Deposits and withdrawals at Kraken. A withdrawal goes to a key, the name of an address; here, to `address` where
//! that is given, and to the key itself otherwise.

use serde_json::{Value, json};

use crate::serve::Parameters;

use super::super::amount::{decimal, units};
use super::super::engine::{AccountId, Asset, AssetId, FundsError, Withdrawal, WithdrawalState};
use super::super::venue::View;
use super::{ApiError, Outcome, names};

fn coin<'a>(view: &'a View<'_>, parameters: &Parameters) -> Result<(AssetId, &'a Asset), ApiError> {
    let id = view.state.asset(names::code(parameters.get("asset")));
    let id = id.ok_or_else(|| ApiError::new("EFunding:Unknown asset"))?;
    Ok((id, view.state.exchange.asset(id)))
}

pub(super) fn methods(view: &View<'_>, parameters: &Parameters) -> Outcome {
    let (_, asset) = coin(view, parameters)?;
    Ok(json!([{ "method": method(view, asset), "limit": false, "fee": "0", "gen-address": true }]))
}

fn method(view: &View<'_>, asset: &Asset) -> String {
    let network = view.network(&asset.code);
    match (asset.code.as_str(), network.as_str()) {
        ("USDT", _) => "Tether USD (ERC20)".to_owned(),
        ("SKY", "Ethereum") => "Sky (ERC20)".to_owned(),
        _ => network,
    }
}

pub(super) fn addresses(view: &View<'_>, account: AccountId, parameters: &Parameters) -> Outcome {
    let (_, asset) = coin(view, parameters)?;
    if parameters.get("method") != method(view, asset) {
        return Err(ApiError::new("EFunding:Invalid method"));
    }
    let owner = view.account(|known| known.id == account);
    let address = owner.map(|owner| owner.address(&asset.code)).unwrap_or_default();
    Ok(json!([{ "address": address, "expiretm": "0", "new": true }]))
}

/// Returns what arrives of an amount: the fee is taken out of it.
fn net(asset: &Asset, parameters: &Parameters) -> Result<u128, ApiError> {
    let amount = units(parameters.get("amount"), asset.decimals);
    let amount = amount.map_err(|_| ApiError::argument("amount"))?;
    amount.checked_sub(asset.withdrawal_fee).ok_or_else(|| ApiError::new("EFunding:Invalid amount"))
}

pub(super) fn info(view: &View<'_>, account: AccountId, parameters: &Parameters) -> Outcome {
    let (id, asset) = coin(view, parameters)?;
    let free = view.state.exchange.balance(account, id).free;
    Ok(json!({
        "method": method(view, asset),
        "limit": decimal(free, asset.decimals),
        "amount": decimal(net(asset, parameters)?, asset.decimals),
        "fee": decimal(asset.withdrawal_fee, asset.decimals),
    }))
}

pub(super) fn withdraw(view: &mut View<'_>, account: AccountId, parameters: &Parameters) -> Outcome {
    let (id, asset) = coin(view, parameters)?;
    let amount = net(asset, parameters)?;
    let most = match parameters.get("max_fee") {
        "" => asset.withdrawal_fee,
        fee => units(fee, asset.decimals).map_err(|_| ApiError::argument("max_fee"))?,
    };
    if asset.withdrawal_fee > most {
        return Err(ApiError::new("EFunding:Max fee exceeded"));
    }
    let to = match (parameters.get("address"), parameters.get("key")) {
        (_, "") => return Err(ApiError::argument("key")),
        ("", key) => key,
        (address, _) => address,
    };
    match view.withdraw(account, (id, amount), to) {
        Ok(id) => Ok(json!({ "refid": names::withdrawal(id) })),
        Err(FundsError::TooLittle { .. }) => Err(ApiError::new("EFunding:Below minimum withdrawal")),
        Err(FundsError::Balance { .. }) => Err(ApiError::new("EFunding:Insufficient funds")),
        Err(FundsError::TooMuch { .. } | FundsError::Unknown(_) | FundsError::Final { .. }) => {
            Err(ApiError::new("EFunding:Failed"))
        }
    }
}

pub(super) fn status(view: &View<'_>, account: AccountId, parameters: &Parameters) -> Outcome {
    let exchange = &view.state.exchange;
    let wanted = match parameters.get("asset") {
        "" => None,
        _ => Some(coin(view, parameters)?.0),
    };
    let is_wanted = |withdrawal: &&Withdrawal| {
        withdrawal.account == account && wanted.is_none_or(|asset| asset == withdrawal.asset)
    };
    let row = |withdrawal: &Withdrawal| {
        let asset = exchange.asset(withdrawal.asset);
        let (status, txid) = match &withdrawal.state {
            WithdrawalState::Requested => ("Pending", Value::Null),
            WithdrawalState::Sent { txid } => ("Success", json!(txid)),
            WithdrawalState::Refused => ("Failure", Value::Null),
        };
        json!({
            "method": method(view, asset),
            "network": view.network(&asset.code),
            "aclass": "currency",
            "asset": names::long(&asset.code),
            "refid": names::withdrawal(withdrawal.id),
            "txid": txid,
            "info": withdrawal.to,
            "key": withdrawal.to,
            "amount": decimal(withdrawal.amount, asset.decimals),
            "fee": decimal(withdrawal.fee, asset.decimals),
            "time": withdrawal.created / 1_000,
            "status": status,
        })
    };
    Ok(exchange.withdrawals().iter().rev().filter(is_wanted).map(row).collect())
}

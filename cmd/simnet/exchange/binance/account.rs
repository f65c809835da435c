//! Balances, trades, deposits and withdrawals at Binance.

use serde_json::{Value, json};

use crate::serve::Parameters;

use super::super::amount::{decimal, short, units};
use super::super::clock::date_time;
use super::super::engine::{AccountId, Asset, AssetId, Balance, FundsError, Withdrawal, WithdrawalState};
use super::super::venue::View;
use super::Outcome;
use super::errors::ApiError;
use super::markets::{limit, market};
use super::shown;

pub(super) fn balances(view: &View<'_>, account: AccountId, parameters: &Parameters) -> Value {
    let has_zeros = parameters.get("omitZeroBalances") != "true";
    let exchange = &view.state.exchange;
    let is_told = |id: &AssetId| has_zeros || exchange.balance(account, *id) != Balance::default();
    let row = |id: AssetId| {
        let (asset, held) = (exchange.asset(id), exchange.balance(account, id));
        json!({
            "asset": asset.code,
            "free": decimal(held.free, asset.decimals),
            "locked": decimal(held.frozen, asset.decimals),
        })
    };
    json!({
        "makerCommission": 10,
        "takerCommission": 10,
        "buyerCommission": 0,
        "sellerCommission": 0,
        "commissionRates": {
            "maker": "0.00100000", "taker": "0.00100000", "buyer": "0.00000000", "seller": "0.00000000",
        },
        "canTrade": true,
        "canWithdraw": true,
        "canDeposit": true,
        "brokered": false,
        "requireSelfTradePrevention": false,
        "preventSor": false,
        "updateTime": view.clock,
        "accountType": "SPOT",
        "balances": exchange.asset_ids().filter(is_told).map(row).collect::<Value>(),
        "permissions": ["SPOT"],
        "uid": 354_937_868,
    })
}

pub(super) fn trades(view: &View<'_>, account: AccountId, parameters: &Parameters) -> Outcome {
    let market = market(view, parameters)?;
    let order: Option<u64> = parameters.get("orderId").parse().ok();
    let from: u64 = parameters.get("fromId").parse().unwrap_or(0);
    let fills = view.all_fills(account, Some(market));
    let is_wanted = |order_id: u64, trade: u64| order.is_none_or(|order| order == order_id) && trade >= from;
    let wanted = fills.iter().filter(|fill| is_wanted(fill.order.get(), fill.trade.get()));
    Ok(wanted.take(limit(parameters, (500, 1_000))?).map(|fill| shown::fill(view, fill)).collect())
}

/// Returns the coin of the parameter `coin`.
fn coin<'a>(view: &'a View<'_>, parameters: &Parameters) -> Result<(AssetId, &'a Asset), ApiError> {
    let id = view.state.asset(parameters.get("coin")).ok_or_else(|| ApiError::mandatory("coin"))?;
    Ok((id, view.state.exchange.asset(id)))
}

fn network_code(view: &View<'_>, code: &str) -> String {
    match view.network(code).as_str() {
        "Ethereum" => "ETH".to_owned(),
        "Bitcoin" => "BTC".to_owned(),
        "Litecoin" => "LTC".to_owned(),
        "Dogecoin" => "DOGE".to_owned(),
        "Skycoin" => "SKYCOIN".to_owned(),
        other => other.to_uppercase(),
    }
}

pub(super) fn coins(view: &View<'_>, account: AccountId) -> Value {
    let exchange = &view.state.exchange;
    let row = |id: AssetId| {
        let (asset, held) = (exchange.asset(id), exchange.balance(account, id));
        let (network, amount) = (network_code(view, &asset.code), |units| short(units, asset.decimals));
        json!({
            "coin": asset.code,
            "name": view.network(&asset.code),
            "free": amount(held.free),
            "locked": amount(held.frozen),
            "depositAllEnable": true,
            "withdrawAllEnable": true,
            "trading": true,
            "networkList": [{
                "network": network,
                "coin": asset.code,
                "name": view.network(&asset.code),
                "isDefault": true,
                "depositEnable": true,
                "withdrawEnable": true,
                "withdrawFee": amount(asset.withdrawal_fee),
                "withdrawMin": amount(asset.min_withdrawal + asset.withdrawal_fee),
                "withdrawIntegerMultiple": amount(1),
                "contractAddress": view.contract(&asset.code),
            }],
        })
    };
    exchange.asset_ids().map(row).collect()
}

pub(super) fn address(view: &View<'_>, account: AccountId, parameters: &Parameters) -> Outcome {
    let (_, asset) = coin(view, parameters)?;
    let owner = view.account(|known| known.id == account);
    let address = owner.map(|owner| owner.address(&asset.code)).unwrap_or_default();
    Ok(json!({ "address": address, "coin": asset.code, "tag": "", "url": "" }))
}

pub(super) fn withdraw(view: &mut View<'_>, account: AccountId, parameters: &Parameters) -> Outcome {
    let (id, asset) = coin(view, parameters)?;
    let (fee, decimals) = (asset.withdrawal_fee, asset.decimals);
    let network = network_code(view, &asset.code);
    if !["", network.as_str()].contains(&parameters.get("network")) {
        return Err(ApiError::new(-4019, "The current currency is not open for withdrawal"));
    }
    let to = match parameters.get("address") {
        "" => return Err(ApiError::mandatory("address")),
        address => address,
    };
    // The fee is taken out of the amount.
    let amount = units(parameters.get("amount"), decimals).map_err(|_| ApiError::mandatory("amount"))?;
    let arrives = amount.checked_sub(fee).ok_or_else(|| ApiError::new(-4003, "The amount is too small"))?;
    match view.withdraw(account, (id, arrives), to) {
        Ok(id) => {
            view.state.sends.push((parameters.get("withdrawOrderId").to_owned(), account, id));
            Ok(json!({ "id": withdrawal_id(id.get()) }))
        }
        Err(FundsError::TooLittle { .. }) => Err(ApiError::new(-4003, "The amount is too small")),
        Err(FundsError::Balance { .. }) => {
            Err(ApiError::new(-4026, "The user has insufficient balance available"))
        }
        Err(error @ (FundsError::TooMuch { .. } | FundsError::Unknown(_) | FundsError::Final { .. })) => {
            Err(ApiError::new(-4000, error.to_string()))
        }
    }
}

fn withdrawal_id(id: u64) -> String {
    format!("{id:032x}")
}

pub(super) fn withdrawals(view: &View<'_>, account: AccountId, parameters: &Parameters) -> Value {
    let exchange = &view.state.exchange;
    let wanted = parameters.get("coin");
    let is_wanted = |withdrawal: &&Withdrawal| {
        withdrawal.account == account && ["", &exchange.asset(withdrawal.asset).code].contains(&wanted)
    };
    let row = |withdrawal: &Withdrawal| {
        let asset = exchange.asset(withdrawal.asset);
        let (status, txid) = match &withdrawal.state {
            WithdrawalState::Requested => (4, ""),
            WithdrawalState::Sent { txid } => (6, txid.as_str()),
            WithdrawalState::Refused => (3, ""),
        };
        let named = view.state.sends.iter().find(|(name, _, id)| *id == withdrawal.id && !name.is_empty());
        json!({
            "id": withdrawal_id(withdrawal.id.get()),
            "withdrawOrderId": named.map(|(name, _, _)| name),
            "amount": short(withdrawal.amount, asset.decimals),
            "transactionFee": short(withdrawal.fee, asset.decimals),
            "coin": asset.code,
            "status": status,
            "address": withdrawal.to,
            "txId": txid,
            "applyTime": date_time(withdrawal.created),
            "network": network_code(view, &asset.code),
            "transferType": 0,
            "confirmNo": 0,
        })
    };
    let number = |name: &str, usual: usize| parameters.get(name).parse().unwrap_or(usual);
    let (limit, offset) = (number("limit", 1_000).min(1_000), number("offset", 0));
    exchange.withdrawals().iter().rev().filter(is_wanted).skip(offset).take(limit).map(row).collect()
}

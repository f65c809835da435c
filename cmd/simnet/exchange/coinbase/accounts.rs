//! Balances at Coinbase: an account for each coin.

use serde_json::{Value, json};

use super::super::amount::short;
use super::super::clock::rfc3339;
use super::super::engine::{AccountId, AssetId};
use super::super::venue::View;
use super::ids::{self, IdKind};
use super::products::coin_name;
use super::{ApiError, Outcome};

pub(super) fn id(view: &View<'_>, asset: AssetId) -> String {
    let place = view.state.exchange.asset_ids().position(|known| known == asset);
    ids::write(IdKind::Asset, place.and_then(|place| u64::try_from(place).ok()).unwrap_or_default())
}

/// Returns the coin of an account by its id, or by its code as the older API has it too.
pub(super) fn asset(view: &View<'_>, id: &str) -> Result<AssetId, ApiError> {
    let place = ids::read(IdKind::Asset, id).and_then(|place| usize::try_from(place).ok());
    let by_id = place.and_then(|place| view.state.exchange.asset_ids().nth(place));
    by_id.or_else(|| view.state.asset(id)).ok_or_else(|| ApiError::missing("account not found"))
}

fn shown(view: &View<'_>, account: AccountId, asset: AssetId) -> Value {
    let (coin, held) = (view.state.exchange.asset(asset), view.state.exchange.balance(account, asset));
    let amount = |units| json!({ "value": short(units, coin.decimals), "currency": coin.code });
    json!({
        "uuid": id(view, asset),
        "name": format!("{} Wallet", coin_name(view, &coin.code)),
        "currency": coin.code,
        "available_balance": amount(held.free),
        "default": true,
        "active": true,
        "created_at": rfc3339(0),
        "updated_at": rfc3339(view.clock),
        "deleted_at": null,
        "type": "ACCOUNT_TYPE_CRYPTO",
        "ready": true,
        "hold": amount(held.frozen),
        "retail_portfolio_id": ids::write(IdKind::User, 1),
        "platform": "ACCOUNT_PLATFORM_CONSUMER",
    })
}

pub(super) fn list(view: &View<'_>, account: AccountId) -> Value {
    let all: Vec<Value> = view.state.exchange.asset_ids().map(|asset| shown(view, account, asset)).collect();
    json!({ "size": all.len(), "accounts": all, "has_next": false, "cursor": "" })
}

pub(super) fn get(view: &View<'_>, account: AccountId, id: &str) -> Outcome {
    Ok(json!({ "account": shown(view, account, asset(view, id)?) }))
}

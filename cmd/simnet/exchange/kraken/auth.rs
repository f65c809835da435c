//! Who asks Kraken, and how often.

use crate::serve::Ask;

use super::super::engine::AccountId;
use super::super::sign;
use super::super::venue::View;
use super::ApiError;

/// What the counter of a key may come to, and by how many thousandths it falls in a second.
const MOST: u64 = 20;
const DECAY: u64 = 500;

/// Returns whose request it is; its nonce is used up.
pub(super) fn signed(view: &mut View<'_>, ask: &Ask) -> Result<AccountId, ApiError> {
    let key = ask.header("api-key").unwrap_or_default().to_owned();
    let is_late = view.is_late;
    let accounts = &mut view.state.accounts;
    let account = accounts.iter_mut().find(|account| account.kraken().key == key);
    let account = account.ok_or_else(|| ApiError::new("EAPI:Invalid key"))?;
    let parameters = ask.parameters();
    let (nonce, body) = (parameters.get("nonce"), String::from_utf8_lossy(&ask.body));
    let signature = ask.header("api-sign").unwrap_or_default();
    if !sign::is_kraken(&account.kraken().secret, &ask.path, (nonce, &body), signature) {
        return Err(ApiError::new("EAPI:Invalid signature"));
    }
    let nonce: u64 = nonce.parse().map_err(|_| ApiError::new("EAPI:Invalid nonce"))?;
    // The nonce of a request that is done late was used up when it came.
    if !is_late && nonce <= account.nonce {
        return Err(ApiError::new("EAPI:Invalid nonce"));
    }
    account.nonce = account.nonce.max(nonce);
    Ok(account.id)
}

/// Counts a call; those that place and cancel are counted elsewhere.
pub(super) fn counted(view: &mut View<'_>, method: &str, ask: &Ask) -> Result<(), ApiError> {
    let weight = match method {
        "AddOrder" | "CancelOrder" | "CancelAll" => 0,
        "TradesHistory" | "QueryTrades" => 2,
        _ => 1,
    };
    let name = format!("kraken {}", ask.header("api-key").unwrap_or_default());
    let counted = view.state.limits.decaying(name, (weight, MOST, DECAY), view.now);
    if counted.is_err() && !view.is_unlimited {
        return Err(ApiError::new("EAPI:Rate limit exceeded"));
    }
    Ok(())
}

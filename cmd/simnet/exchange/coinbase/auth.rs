//! Who asks Coinbase: a token for this one request, signed less than two minutes ago.

use serde_json::Value;

use crate::serve::Ask;

use super::super::engine::AccountId;
use super::super::sign::{Token, TokenKey};
use super::super::venue::View;
use super::ApiError;

/// How long a token may be good for, and how far clocks may differ, in seconds.
const MOST: u64 = 120;
const LEEWAY: u64 = 5;
/// The host that clients name which do not know that they are elsewhere.
const HOST: &str = "api.coinbase.com";

/// Returns whose request it is.
pub(super) fn signed(view: &View<'_>, ask: &Ask) -> Result<AccountId, ApiError> {
    let refused = || ApiError::new(401, "UNAUTHENTICATED", "Unauthorized");
    let text =
        ask.authorization.as_deref().and_then(|text| text.strip_prefix("Bearer ")).ok_or_else(refused)?;
    let token = Token::read(text).ok_or_else(refused)?;
    let name = token.header["kid"].as_str().ok_or_else(refused)?;
    let is_signed = |key: TokenKey<'_>| token.is_signed_by(key);
    let account = view.account(|account| account.with_token_key(name, is_signed) == Some(true));
    let account = account.ok_or_else(refused)?;
    let claims = &token.claims;
    let is_its_own =
        claims["sub"] == name && ["cdp", "coinbase-cloud"].map(Value::from).contains(&claims["iss"]);
    if is_its_own && is_for(ask, claims) && (view.is_late || is_in_time(view.clock / 1_000, claims)) {
        Ok(account.id)
    } else {
        Err(refused())
    }
}

/// Whether a token is for this method and path, without the query.
fn is_for(ask: &Ask, claims: &Value) -> bool {
    let hosts = [HOST, ask.host.as_deref().unwrap_or_default()];
    hosts.iter().any(|host| claims["uri"] == format!("{} {host}{}", ask.method, ask.path))
}

fn is_in_time(now: u64, claims: &Value) -> bool {
    let (from, until) = (claims["nbf"].as_u64(), claims["exp"].as_u64());
    from.zip(until).is_some_and(|(from, until)| {
        from <= now + LEEWAY && now <= until.saturating_add(LEEWAY) && until.saturating_sub(from) <= MOST
    })
}

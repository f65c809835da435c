//! Who asks Binance, and whether he asks now.

use crate::serve::Ask;

use super::super::engine::AccountId;
use super::super::venue::View;
use super::errors::ApiError;

/// The window of a request that names none, and the longest, in milliseconds.
const WINDOW: u64 = 5_000;
const MOST: u64 = 60_000;

/// Returns whose request it is.
pub(super) fn signed(view: &View<'_>, ask: &Ask) -> Result<AccountId, ApiError> {
    let key = ask.header("x-mbx-apikey").unwrap_or_default();
    if key.is_empty() {
        return Err(ApiError(401, -2014, "API-key format invalid.".to_owned()));
    }
    let words = "Invalid API-key, IP, or permissions for action.";
    let parameters = ask.parameters();
    let (payload, signature) = (payload(ask), parameters.get("signature"));
    let accounts = view.state.accounts.iter();
    let mut checked =
        accounts.filter_map(|account| Some((account.id, account.is_binance(key, &payload, signature)?)));
    let (account, is_right) = checked.next().ok_or_else(|| ApiError(401, -2015, words.to_owned()))?;
    if parameters.get("signature").is_empty() {
        return Err(ApiError::mandatory("signature"));
    }
    in_time(view, parameters.get("timestamp"), parameters.get("recvWindow"))?;
    match is_right {
        true => Ok(account),
        false => Err(ApiError::new(-1022, "Signature for this request is not valid.")),
    }
}

/// Returns what is signed: query and body without the signature, with nothing between them.
fn payload(ask: &Ask) -> String {
    let body = String::from_utf8_lossy(&ask.body);
    let unsigned = |text: &str| {
        let parts = text.split('&').filter(|part| !part.starts_with("signature="));
        parts.collect::<Vec<_>>().join("&")
    };
    format!("{}{}", unsigned(&ask.query), unsigned(&body))
}

/// A request may be one second early, and as late as its window says.
fn in_time(view: &View<'_>, timestamp: &str, window: &str) -> Result<(), ApiError> {
    let timestamp: u64 = timestamp.parse().map_err(|_| ApiError::mandatory("timestamp"))?;
    let window = match window {
        "" => WINDOW,
        text => millis(text).ok_or_else(|| ApiError::mandatory("recvWindow"))?,
    };
    if window > MOST {
        return Err(ApiError::new(-1131, "recvWindow must be less than 60000"));
    }
    // The window is looked at when a request comes, and again before it is matched, however late that is.
    let now = view.now.saturating_sub(view.habits.stale_clock);
    if timestamp >= now + 1_000 {
        return Err(ApiError::new(
            -1021,
            "Timestamp for this request was 1000ms ahead of the server's time.",
        ));
    }
    if now.saturating_sub(timestamp) > window {
        return Err(ApiError::new(-1021, "Timestamp for this request is outside of the recvWindow."));
    }
    Ok(())
}

/// Milliseconds may have three decimal places.
fn millis(text: &str) -> Option<u64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let is_part = part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit());
    if is_part { whole.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn should_read_windows_with_places() {
        assert_eq!(
            [millis("5000"), millis("5000.123"), millis("5.1234"), millis("x")],
            [Some(5_000), Some(5_000), None, None]
        );
    }
}

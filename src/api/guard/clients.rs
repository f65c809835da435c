//! Clients that bear a token: who they are, and what each may.

use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroU32;

use actix_web::http::header::{self, HeaderMap};
use bitcoin::hashes::{Hash, sha256};
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;

use super::Throttle;
use crate::config::WebClient;

/// All that the operator knows.
#[derive(Debug)]
pub(super) struct Clients(Vec<Known>);

/// A client that the operator knows.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) name: String,
    /// Of the token, which is kept nowhere here. All are of one length.
    digest: [u8; 32],
    bind: Option<Throttle>,
    status: Option<Throttle>,
}

/// A token that belongs to nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct UnknownToken;

impl Clients {
    pub(super) fn new(clients: &[WebClient]) -> Clients {
        let known = |client: &WebClient| {
            let max = client.throttle_max.and_then(NonZeroU32::new);
            let throttle = || Throttle::new(max, None, client.throttle_duration);
            Known {
                name: client.name.clone(),
                digest: digest(client.token.expose_secret()),
                bind: throttle(),
                status: throttle(),
            }
        };
        Clients(clients.iter().map(known).collect())
    }

    /// Whose token a request bears; none where it bears none.
    pub(super) fn of(&self, headers: &HeaderMap) -> Result<Option<&Known>, UnknownToken> {
        let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let given = given.and_then(|value| value.split_once(' '));
        let Some((_, token)) = given.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")) else {
            return Ok(None);
        };
        let given = digest(token.trim());
        // All are looked at, whichever it is.
        let mut found = None;
        for known in &self.0 {
            if bool::from(known.digest.ct_eq(&given)) {
                found = Some(known);
            }
        }
        found.map(Some).ok_or(UnknownToken)
    }
}

impl Known {
    /// The seconds to wait, where it has bound, or asked, too often.
    pub(super) fn refused(&self, is_bind: bool) -> Option<u64> {
        let throttle = if is_bind { &self.bind } else { &self.status };
        // Wherever it calls from, it is one client.
        throttle.as_ref()?.refused(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
    }
}

fn digest(token: &str) -> [u8; 32] {
    sha256::Hash::hash(token.as_bytes()).to_byte_array()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use actix_web::http::header::HeaderValue;
    use secrecy::SecretString;

    use super::*;

    fn clients() -> Clients {
        let client = |name: &str, token: &str| WebClient {
            name: name.to_owned(),
            token: SecretString::from(token),
            throttle_max: Some(2),
            throttle_duration: Duration::from_secs(60),
            webhooks: None,
        };
        Clients::new(&[client("one", "first"), client("two", "second")])
    }

    fn found(clients: &Clients, header: Option<&'static str>) -> Result<Option<String>, UnknownToken> {
        let mut headers = HeaderMap::new();
        if let Some(value) = header {
            headers.insert(header::AUTHORIZATION, HeaderValue::from_static(value));
        }
        clients.of(&headers).map(|known| known.map(|known| known.name.clone()))
    }

    #[test]
    fn should_tell_clients_by_their_tokens() {
        let clients = clients();
        assert_eq!(found(&clients, Some("Bearer first")), Ok(Some("one".to_owned())));
        assert_eq!(found(&clients, Some("bearer  second ")), Ok(Some("two".to_owned())));
        for nobody in [None, Some("Basic Zmlyc3Q6"), Some("first"), Some("")] {
            assert_eq!(found(&clients, nobody), Ok(None), "{nobody:?}");
        }
        for wrong in ["Bearer third", "Bearer firs", "Bearer first1", "Bearer ", "Bearer FIRST"] {
            assert_eq!(found(&clients, Some(wrong)), Err(UnknownToken), "{wrong}");
        }
    }

    #[test]
    fn should_give_each_its_own_share_of_each_kind() {
        let clients = clients();
        let [one, two] = &clients.0[..] else { panic!("two") };
        assert!(one.refused(true).is_none() && one.refused(true).is_none() && one.refused(true).is_some());
        assert!(one.refused(false).is_none() && two.refused(true).is_none());
    }
}

//! What a bind request says, read as the original reads it: keys in any letter case, the last of two wins, null is
//! absent, unknown fields and what follows the object are ignored.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use utoipa::ToSchema;

/// The body of `POST /api/bind`: texts; those that have to be there are empty where absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, ToSchema)]
pub struct BindRequest {
    /// Who is to be paid: a Skycoin address.
    #[schema(example = "2ANKJFgszWDKS9vUEEkHCDBUDmsxSfxc12y")]
    pub skyaddr: String,
    /// The code of the coin that is to be deposited.
    #[schema(example = "BTC")]
    pub coin_type: String,
    /// Where to tell what comes of the address, by signed webhooks: for clients with a token and `webhook_secrets`. The
    /// payee is then given a new address, whatever they have. Absent where nobody is to be told.
    pub webhook_url: Option<String>,
}

impl BindRequest {
    /// Reads a body. The error is the JSON parser's.
    pub fn parse(body: &[u8]) -> Result<BindRequest, serde_json::Error> {
        // Only the first value is read; the original ignores what follows it.
        BindRequest::deserialize(&mut serde_json::Deserializer::from_slice(body))
    }
}

impl<'de> Deserialize<'de> for BindRequest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Fields)
    }
}

struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = BindRequest;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with skyaddr and coin_type")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<BindRequest, M::Error> {
        let mut request = BindRequest::default();
        while let Some(key) = map.next_key::<String>()? {
            let field = if key.eq_ignore_ascii_case("webhook_url") {
                request.webhook_url = map.next_value::<Option<String>>()?.or(request.webhook_url);
                continue;
            } else if key.eq_ignore_ascii_case("skyaddr") {
                &mut request.skyaddr
            } else if key.eq_ignore_ascii_case("coin_type") {
                &mut request.coin_type
            } else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            if let Some(value) = map.next_value::<Option<String>>()? {
                *field = value;
            }
        }
        Ok(request)
    }
}

/// The white space that the original takes off an address.
pub(super) fn trim_address(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\n'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn should_read_what_the_original_reads() {
        let request =
            BindRequest::parse(br#"{"SkyAddr":"a","COIN_TYPE":"BTC","extra":[1,{}]} trailing"#).unwrap();
        assert_eq!((request.skyaddr.as_str(), request.coin_type.as_str()), ("a", "BTC"));
        let last = BindRequest::parse(br#"{"skyaddr":"a","skyaddr":"b","coin_type":null}"#).unwrap();
        assert_eq!((last.skyaddr.as_str(), last.coin_type.as_str()), ("b", ""));
        assert_eq!(last.webhook_url, None);
    }

    #[test]
    fn should_tell_a_webhook_that_is_empty_from_none() {
        let of = |text: &str| BindRequest::parse(text.as_bytes()).unwrap().webhook_url;
        assert_eq!(of(r#"{"Webhook_URL":"https://a/"}"#).as_deref(), Some("https://a/"));
        assert_eq!(of(r#"{"webhook_url":""}"#).as_deref(), Some(""));
        assert_eq!(of(r#"{"webhook_url":null}"#), None);
        assert!(BindRequest::parse(br#"{"webhook_url":["https://a/"]}"#).is_err());
    }

    #[test]
    fn should_refuse_what_is_no_object_of_texts() {
        for body in
            ["", "abc", "[]", "true", "null", "{\"skyaddr\":1}", "{\"skyaddr\":\"x\",}", "{'a':1}", "{"]
        {
            assert!(BindRequest::parse(body.as_bytes()).is_err(), "{body}");
        }
    }

    proptest! {
        #[test]
        fn should_never_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = BindRequest::parse(&body);
        }
    }
}

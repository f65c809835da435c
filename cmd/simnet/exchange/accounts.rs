//! Who trades here: accounts with a key for each venue. Everybody may know the secrets: the coins are worth nothing.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bitcoin::base58;
use ring::digest::{SHA256, digest};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use teller::skycoin::SecretKey;

use super::engine::AccountId;
use super::sign::{self, TokenKey, hex, unhex};

/// The one ES256 key of every account, as Coinbase gives them out.
const ES256: &str = include_str!("coinbase/es256.pem");
/// Its public half, an uncompressed point.
const ES256_POINT: &str = "04b58e77f9062380253b4d7599dd5d721a0be8fd8271560ac435deefc9ce79bd6d\
                           720ddd56db9fa590b0ea3dbd9f93751850d0b8b6f244937745b6e97dca58f509";

/// What stands before the seed of an Ed25519 key in PKCS 8.
const PKCS8_ED25519: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

#[derive(Debug, Clone)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) id: AccountId,
    /// The last one that Kraken has seen; each has to be above the one before.
    pub(super) nonce: u64,
}

/// A key that requests are signed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ApiKey {
    pub(super) key: String,
    pub(super) secret: String,
}

impl Account {
    pub(super) fn new(name: &str, id: AccountId) -> Account {
        Account { name: name.to_owned(), id, nonce: 0 }
    }

    /// Returns 32 bytes that are always the same for this account and purpose.
    fn bytes(&self, purpose: &str) -> [u8; 32] {
        let hash = digest(&SHA256, format!("simnet exchange {purpose} {}", self.name).as_bytes());
        hash.as_ref().try_into().expect("BUG: SHA-256 has 32 bytes")
    }

    fn uuid(&self, purpose: &str) -> String {
        let digits = hex(&self.bytes(purpose));
        [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..32]].join("-")
    }

    pub(super) fn c2cx(&self) -> ApiKey {
        let upper = |purpose| self.uuid(purpose).to_uppercase();
        ApiKey { key: upper("c2cx key"), secret: upper("c2cx secret") }
    }

    pub(super) fn binance(&self) -> ApiKey {
        ApiKey { key: hex(&self.bytes("binance key")), secret: hex(&self.bytes("binance secret")) }
    }

    /// A key that signs with Ed25519; the secret is a PEM of PKCS 8.
    pub(super) fn binance_ed25519(&self) -> ApiKey {
        let der = [&PKCS8_ED25519[..], &self.bytes("binance seed")].concat();
        let secret =
            format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(der));
        ApiKey { key: hex(&self.bytes("binance key ed25519")), secret }
    }

    /// Whether a request to Binance is signed by the key that it names, one of this account's; `None` where the key is
    /// another one's.
    pub(super) fn is_binance(&self, key: &str, payload: &str, signature: &str) -> Option<bool> {
        if key == self.binance().key {
            Some(sign::is_binance(&self.binance().secret, payload, signature))
        } else if key == self.binance_ed25519().key {
            Some(sign::is_binance_ed25519(&self.ed25519_public("binance seed"), payload, signature))
        } else {
            None
        }
    }

    /// The secret is in base64, as are the bytes that it stands for.
    pub(super) fn kraken(&self) -> ApiKey {
        let key = [self.bytes("kraken key"), self.bytes("kraken key 2")].concat();
        let secret = [self.bytes("kraken secret"), self.bytes("kraken secret 2")].concat();
        ApiKey { key: STANDARD.encode(&key[..42]), secret: STANDARD.encode(secret) }
    }

    /// The name of the key that signs with ES256; the secret is a PEM.
    pub(super) fn coinbase_es256(&self) -> ApiKey {
        ApiKey { key: self.coinbase_name("es256"), secret: ES256.to_owned() }
    }

    /// The name of the key that signs with Ed25519; the secret is seed and public key in base64.
    pub(super) fn coinbase_ed25519(&self) -> ApiKey {
        let secret = [self.bytes("coinbase seed").to_vec(), self.ed25519_public("coinbase seed")].concat();
        ApiKey { key: self.coinbase_name("ed25519"), secret: STANDARD.encode(secret) }
    }

    fn coinbase_name(&self, kind: &str) -> String {
        format!("organizations/{}/apiKeys/{}", self.uuid("coinbase"), self.uuid(kind))
    }

    fn ed25519_public(&self, seed: &str) -> Vec<u8> {
        let pair = Ed25519KeyPair::from_seed_unchecked(&self.bytes(seed));
        pair.map(|pair| pair.public_key().as_ref().to_vec()).expect("BUG: every seed is one")
    }

    /// Looks whether a key of Coinbase is this account's, and does something with what checks it.
    pub(super) fn with_token_key(&self, name: &str, check: impl Fn(TokenKey<'_>) -> bool) -> Option<bool> {
        if name == self.coinbase_es256().key {
            let point = unhex(ES256_POINT).expect("BUG: the point is in hexadecimal digits");
            Some(check(TokenKey::Es256(&point)))
        } else if name == self.coinbase_ed25519().key {
            Some(check(TokenKey::Ed25519(&self.ed25519_public("coinbase seed"))))
        } else {
            None
        }
    }

    /// Returns where a coin is deposited, by its code.
    pub(super) fn address(&self, code: &str) -> String {
        let bytes = self.bytes(&format!("address {code}"));
        let versioned = |version: u8| base58::encode_check(&[&[version], &bytes[..20]].concat());
        match code {
            "SKY" => {
                SecretKey::parse(&hex(&bytes)).map_or_else(|_| String::new(), |key| key.address().to_string())
            }
            "BTC" => versioned(0x6f),
            "LTC" => versioned(0x30),
            "DOGE" => versioned(0x1e),
            _ => format!("0x{}", hex(&bytes[..20])),
        }
    }

    /// Returns all keys, for the control API.
    pub(super) fn keys(&self) -> Value {
        let shown = |ApiKey { key, secret }| json!({ "key": key, "secret": secret });
        json!({
            "c2cx": shown(self.c2cx()),
            "binance": shown(self.binance()),
            "binance_ed25519": shown(self.binance_ed25519()),
            "kraken": shown(self.kraken()),
            "coinbase": shown(self.coinbase_ed25519()),
            "coinbase_es256": shown(self.coinbase_es256()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::markets;

    #[test]
    fn should_have_keys_and_addresses_of_its_own() {
        let (mut exchange, _) = markets::exchange();
        let [one, other] =
            ["one", "other"].map(|name| Account::new(name, exchange.open_account(Default::default())));
        assert_eq!(one.keys(), one.clone().keys());
        for (one, other) in [
            (one.c2cx(), other.c2cx()),
            (one.binance(), other.binance()),
            (one.kraken(), other.kraken()),
            (one.coinbase_ed25519(), other.coinbase_ed25519()),
        ] {
            assert!(one.key != other.key && one.secret != other.secret, "{one:?}");
        }
        for code in ["SKY", "BTC", "ETH", "LTC", "DOGE", "USDT"] {
            assert_ne!(one.address(code), other.address(code));
            assert!(one.address(code).len() > 25, "{}", one.address(code));
        }
    }
}

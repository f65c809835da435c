//! An event in words and fields.

use serde::Serialize;
use utoipa::ToSchema;

/// An event in words. Numbers are those of the store: what has the same number is about the same thing.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Telling {
    /// What happened, in a few words that are the same for every event of its kind.
    pub what: &'static str,
    /// The binding's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binding: Option<u64>,
    /// Of the payout too, which is its deposit's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deposit: Option<u64>,
    /// The payout transaction's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction: Option<u64>,
    /// The payout transaction's id on its chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub txid: Option<String>,
    /// The number of an order upstream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<u64>,
    /// The number of a withdrawal from an exchange.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawal: Option<u64>,
    /// Numbers of the deposits that it pays for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pays: Option<String>,
    /// The code of the coin whose chain it is about, `BTC` say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coin: Option<&'static str>,
    /// The symbol of what was deposited, where that is a token of the coin's chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The deposit on its own chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tx: Option<String>,
    /// The deposit address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The address that is paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payee: Option<String>,
    /// In the smallest unit of the coin or token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// SKY that are paid for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    /// Height and hash of a block, with a colon between them; the height alone where there is no hash.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block: Option<String>,
    /// The reason that a person gave, or what else explains the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Who did it, where a person did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

impl Telling {
    /// Returns it with what explains it.
    pub(super) fn because(self, why: &str) -> Self {
        Telling { why: Some(why.to_owned()), ..self }
    }
}

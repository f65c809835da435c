//! An event in words and fields.

use serde::Serialize;

/// An event in words. Numbers are those of the store: what has the same number is about the same thing.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Telling {
    pub what: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub binding: Option<u64>,
    /// Of the payout too, which is its deposit's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deposit: Option<u64>,
    /// The payout transaction's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub txid: Option<String>,
    /// The number of an order upstream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<u64>,
    /// Numbers of the deposits that it pays for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pays: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coin: Option<&'static str>,
    /// The symbol of what was deposited, where that is a token of the coin's chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The deposit on its own chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tx: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payee: Option<String>,
    /// In the smallest unit of the coin or token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// SKY that are paid for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

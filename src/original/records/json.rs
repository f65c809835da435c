//! The values as they are written: field names of either spelling, a status as a number or a word.

use serde::Deserialize;

use crate::payout::PublicStatus;

/// A deposit with what became of it: `deposit_info`.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Info {
    #[serde(alias = "Seq")]
    pub(super) seq: u64,
    #[serde(alias = "UpdatedAt")]
    pub(super) updated_at: i64,
    #[serde(alias = "Status")]
    pub(super) status: Status,
    #[serde(default, alias = "CoinType")]
    pub(super) coin_type: String,
    #[serde(alias = "SkyAddress")]
    pub(super) sky_address: String,
    #[serde(default, alias = "BuyMethod")]
    pub(super) buy_method: String,
    #[serde(default, alias = "DepositAddress")]
    pub(super) deposit_address: String,
    #[serde(default, alias = "DepositID")]
    pub(super) deposit_id: String,
    #[serde(default, alias = "Txid")]
    pub(super) txid: String,
    #[serde(default, alias = "ConversionRate")]
    pub(super) conversion_rate: String,
    #[serde(default, alias = "DepositValue")]
    pub(super) deposit_value: i64,
    #[serde(default, alias = "SkySent")]
    pub(super) sky_sent: u64,
    #[serde(default)]
    pub(super) passthrough: Passthrough,
    #[serde(default, alias = "Error")]
    pub(super) error: String,
    #[serde(alias = "Deposit")]
    pub(super) deposit: Seen,
    /// Names of v0.9 alone.
    #[serde(rename = "BtcTx")]
    pub(super) btc_tx: Option<serde_json::Value>,
    #[serde(rename = "BtcAddress")]
    pub(super) btc_address: Option<serde_json::Value>,
}

/// What was bought upstream.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Passthrough {
    #[serde(default)]
    pub(super) sky_bought: u64,
    #[serde(default)]
    pub(super) order: Order,
}

/// The order upstream.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Order {
    #[serde(default)]
    pub(super) customer_id: String,
    #[serde(default)]
    pub(super) order_id: String,
}

/// A deposit as the scanner saw it: `deposit_value`, and inside of [`Info`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Seen {
    #[serde(default, alias = "CoinType")]
    pub(super) coin_type: String,
    #[serde(alias = "Address")]
    pub(super) address: String,
    #[serde(alias = "Value")]
    pub(super) value: i64,
    #[serde(alias = "Height")]
    pub(super) height: i64,
    #[serde(alias = "Tx")]
    pub(super) tx: String,
    #[serde(alias = "N")]
    pub(super) n: u32,
}

/// An address with whom it is bound to.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Bound {
    #[serde(rename = "SkyAddress")]
    pub(super) sky_address: String,
    #[serde(rename = "Address")]
    pub(super) address: String,
    #[serde(default, rename = "CoinType")]
    pub(super) coin_type: String,
    #[serde(default, rename = "BuyMethod")]
    pub(super) buy_method: String,
}

/// An address in the order of binding: text in the first generations.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Listed {
    Address(String),
    Bound(Bound),
}

impl Listed {
    pub(super) fn address(&self) -> &str {
        match self {
            Listed::Address(address) => address,
            Listed::Bound(bound) => &bound.address,
        }
    }

    /// Whom it says that it is bound to.
    pub(super) fn payee(&self) -> Option<&str> {
        match self {
            Listed::Address(_) => None,
            Listed::Bound(bound) => Some(&bound.sky_address),
        }
    }
}

/// Where a deposit stands: a number in the first generations.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Status {
    Number(i8),
    Word(String),
}

impl Status {
    /// What the public was told; none where that is no status that there is. What the first generations called unknown
    /// had gone wrong after it was decided on.
    pub(super) fn read(&self) -> Option<PublicStatus> {
        match self {
            Status::Number(0) => Some(PublicStatus::WaitingDeposit),
            Status::Number(1) => Some(PublicStatus::WaitingSend),
            Status::Number(2) => Some(PublicStatus::WaitingConfirm),
            Status::Number(3) => Some(PublicStatus::Done),
            Status::Number(4) => Some(PublicStatus::WaitingDecide),
            Status::Number(_) => None,
            Status::Word(word) => PublicStatus::from_name(word),
        }
    }
}

//! A deposit as the admin listener shows it: the original's fields, and what it lacked.

use serde::Serialize;
use utoipa::ToSchema;

use super::said::Said;
use super::{Outlook, words};
use crate::deposit::Deposit;
use crate::ledger::Asset;
use crate::payout::{Attempt, Inherited, Payout, PayoutState, Ruling, Waiting, public_status};
use crate::store::{Orders, Purchase, Snapshot, StoreError, Tables};
use crate::types::{BuyMethod, DepositNo, Droplets, Language, TxId};

/// See the field names; amounts are integers in smallest units, with the exact text beside what may pass 2^53.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DepositInfo {
    /// The deposit's number in the store, from 1.
    pub seq: u64,
    /// When the deposit or its payout last changed, in seconds since 1970 began.
    pub updated_at: u64,
    /// The status that the public is told.
    pub status: &'static str,
    /// The code of what was deposited, a coin or a token.
    pub coin_type: String,
    /// The address that the payout goes to.
    pub sky_address: String,
    /// How the coins that are paid are come by; `direct` where that is not decided.
    pub buy_method: &'static str,
    /// The address that the deposit came to.
    pub deposit_address: String,
    /// The deposit's id: its transaction and its number there.
    pub deposit_id: String,
    /// The payout's transaction, once the network has it.
    pub txid: String,
    /// SKY for one coin or token, as text; empty as long as it has no price.
    pub conversion_rate: String,
    /// How that price came about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price: Option<PriceInfo>,
    /// How much was deposited, in the smallest unit of the coin or token.
    pub deposit_value: u128,
    /// The same as a decimal text, for readers whose numbers end at 2^53.
    pub deposit_value_exact: String,
    /// The same in whole coins or tokens, with all their decimals.
    pub deposit_amount: String,
    /// Droplets, once the network has the payout.
    pub sky_sent: u64,
    /// Droplets that the deposit buys.
    /// None where it is worth more than can be written down.
    #[schema(required = true)]
    pub sky_quoted: Option<u64>,
    /// What an upstream order would have come to: always empty.
    pub passthrough: Passthrough,
    /// Why nothing is paid, or what a fork did to a payout; empty where all is well.
    pub error: String,
    /// What it waits for, in words.
    pub message: String,
    /// As what it is listed in `/api/waiting`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting: Option<&'static str>,
    /// What a person has ruled of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ruling: Option<Said>,
    /// The deposit as its chain has it.
    pub deposit: Raw,
}

/// How the price of a deposit came about.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PriceInfo {
    /// Where it came from, with what was said there.
    pub source: String,
    /// When it was so, in seconds since 1970 began.
    pub at: u64,
    /// What the desk kept of it, as a part.
    pub spread: String,
}

/// The order upstream, of which there is none in a direct purchase.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[schema(as = DepositPassthrough)]
pub struct Passthrough {
    /// The exchange; empty where nothing was ordered.
    pub exchange_name: String,
    /// What was bought, in droplets (millionths of a SKY).
    pub sky_bought: u64,
    /// What was spent, in the smallest unit of the coin.
    pub deposit_value_spent: u64,
    /// What was ordered, in whole coins.
    pub requested_amount: String,
    /// The last order that was for it.
    pub order: Order,
}

#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[schema(as = DepositOrder)]
pub struct Order {
    /// The id that the desk gave it.
    pub customer_id: String,
    /// The exchange's id; empty before it is known.
    pub order_id: String,
    /// What was bought, in whole coins; empty before it is known.
    pub completed_amount: String,
    /// The limit of its price.
    pub price: String,
    /// Where it stands.
    pub status: String,
    /// Whether it has ended.
    #[serde(rename = "final")]
    pub is_final: bool,
    /// Always empty.
    pub original: String,
}

/// The deposit as its chain has it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = RawDeposit)]
pub struct Raw {
    /// The code of the coin or the symbol of the token.
    pub coin_type: String,
    /// The address that it came to.
    pub address: String,
    /// How much, in the smallest unit.
    pub value: u128,
    /// The same as a text, for readers whose numbers end at 2^53.
    pub value_exact: String,
    /// The block's height.
    pub height: u64,
    /// The transaction.
    pub tx: String,
    /// The number of the transaction's output.
    pub n: u32,
    /// A mark of the original's scanner, which its copy of the deposit never carried: always false.
    pub processed: bool,
}

/// All that is known of a deposit; none where the number is unknown.
pub fn deposit_info(
    snapshot: &Snapshot,
    no: DepositNo,
    outlook: &Outlook,
) -> Result<Option<DepositInfo>, StoreError> {
    let Some(Purchase { deposit, payout }) = snapshot.purchase(no)? else { return Ok(None) };
    let missing = || StoreError::Invariant(format!("deposit {no} has a binding"));
    let binding = snapshot.binding(deposit.binding)?.ok_or_else(missing)?;
    let attempt = match payout.as_ref().and_then(|payout| payout.attempt()) {
        Some(attempt) => snapshot.attempt(attempt)?,
        None => None,
    };
    let is_sent = payout.as_ref().is_some_and(|payout| !payout.sent_amount().is_zero());
    let updated = payout.as_ref().map_or(deposit.updated_at, |p| p.updated_at.max(deposit.updated_at));
    let address = binding.address.to_string();
    Ok(Some(DepositInfo {
        seq: no.get(),
        updated_at: updated.get(),
        status: public_status(&deposit, payout.as_ref()).name(),
        coin_type: deposit.code().to_owned(),
        sky_address: binding.payee.to_string(),
        buy_method: method(payout.as_ref()).name(),
        deposit_address: address.clone(),
        deposit_id: deposit.id.to_string(),
        txid: payout_txid(payout.as_ref(), attempt.as_ref().filter(|_| is_sent))
            .map_or(String::new(), |txid| txid.to_string()),
        conversion_rate: deposit.rate.clone(),
        price: deposit.priced.as_ref().map(|note| PriceInfo {
            source: note.source.clone(),
            at: note.at.get(),
            spread: note.spread.to_string(),
        }),
        deposit_value: deposit.amount.get(),
        deposit_value_exact: deposit.amount.to_string(),
        deposit_amount: deposit.amount.to_coins(Asset::of_deposit(&deposit).decimals()),
        sky_sent: payout.as_ref().map_or(0, |payout| payout.sent_amount().get()),
        sky_quoted: deposit.quote.map(Droplets::get),
        passthrough: passthrough(snapshot, payout.as_ref())?,
        error: payout
            .as_ref()
            .map_or(String::new(), |payout| words::purchase::error(&deposit, payout).to_owned()),
        message: words::purchase::describe(snapshot, &deposit, payout.as_ref(), attempt.as_ref(), outlook)?
            .text(Language::English),
        waiting: payout.as_ref().and_then(|p| Waiting::of(&deposit, p)).map(|(code, _)| code.name()),
        ruling: payout.as_ref().and_then(|payout| payout.ruling.as_ref()).map(said),
        deposit: raw(deposit, address),
    }))
}

/// The last order that was for it, and what was bought in all.
fn passthrough(snapshot: &Snapshot, payout: Option<&Payout>) -> Result<Passthrough, StoreError> {
    let Some(bought) = payout.and_then(|payout| payout.bought) else { return Ok(Passthrough::default()) };
    let order = bought.last_order.map(|no| snapshot.order(no)).transpose()?.flatten();
    let spent = u64::try_from(bought.spent.get()).unwrap_or(u64::MAX);
    let told =
        Passthrough { sky_bought: bought.coins.get(), deposit_value_spent: spent, ..Passthrough::default() };
    let Some(order) = order else { return Ok(told) };
    let outcome = order.outcome();
    Ok(Passthrough {
        exchange_name: order.terms.exchange.clone(),
        requested_amount: order.terms.quantity.to_string(),
        order: Order {
            customer_id: order.terms.client_id.to_string(),
            order_id: order.venue_id().map(ToString::to_string).unwrap_or_default(),
            completed_amount: outcome.map_or_else(String::new, |outcome| outcome.filled.to_string()),
            price: order.terms.price.to_string(),
            status: order.state.name().to_owned(),
            is_final: !order.is_open(),
            original: String::new(),
        },
        ..told
    })
}

/// The transaction that pays it, of this desk or of the original.
pub(super) fn payout_txid(payout: Option<&Payout>, attempt: Option<&Attempt>) -> Option<TxId> {
    let before = || payout.and_then(Payout::inheritance).and_then(Inherited::txid);
    attempt.map(|attempt| attempt.txid).or_else(before)
}

fn method(payout: Option<&Payout>) -> BuyMethod {
    match payout.map(|payout| &payout.state) {
        Some(
            PayoutState::Owed { method }
            | PayoutState::Held { method, .. }
            | PayoutState::Signed { method, .. }
            | PayoutState::Sent { method, .. }
            | PayoutState::Settled { method, .. },
        ) => *method,
        Some(PayoutState::Inherited(was)) => was.method(),
        Some(PayoutState::ToBuy { .. } | PayoutState::Buying { .. }) => BuyMethod::Passthrough,
        Some(PayoutState::Undecided | PayoutState::Void | PayoutState::Voided { .. }) | None => {
            BuyMethod::Direct
        }
    }
}

fn said(ruling: &Ruling) -> Said {
    Said::new(Some(ruling.verdict), &ruling.reason)
}

fn raw(deposit: Deposit, address: String) -> Raw {
    Raw {
        coin_type: deposit.code().to_owned(),
        address,
        value: deposit.amount.get(),
        value_exact: deposit.amount.to_string(),
        height: deposit.block().height.get(),
        tx: deposit.id.tx,
        n: deposit.id.n,
        processed: false,
    }
}

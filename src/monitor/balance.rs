//! `GET /api/deposit-addresses/{address}/balance`: what a bound Ethereum address holds, beside what the desk
//! saw coming to it.
//!
//! Fees to a deposit address as the maker of a block, and whatever else reaches it without a transaction, are
//! in no list of a block. Only the balance shows them, and only as long as they were not spent.

use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::{MonitorState, only_get};
use crate::address::DepositAddress;
use crate::chain::TokenBalance;
use crate::engine::seen_up_to;
use crate::http::describe::{Operation, in_path, words};
use crate::http::{Code, internal_error, json, not_found, refusal};
use crate::report::acts;
use crate::store::{Chains, Snapshot, StoreError};
use crate::types::{BlockRef, Coin, Units};

/// Amounts in whole coins.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AddressBalance)]
struct BalanceReply {
    /// The address.
    address: String,
    /// The last block that was followed: everything is told as of that.
    height: u64,
    /// The hash of that block.
    block: String,
    /// What the address holds, in whole coins.
    balance: String,
    /// Deposits and own money that the desk saw coming, whatever was spent since.
    seen: String,
    /// What the balance has beyond that: coins that no deposit explains.
    #[serde(skip_serializing_if = "Option::is_none")]
    unexplained: Option<String>,
    /// The same of each token that is followed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tokens: Vec<TokenReply>,
}

/// Amounts in whole tokens.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TokenBalance)]
struct TokenReply {
    /// What it is called.
    symbol: String,
    /// Its contract.
    contract: String,
    /// What the address holds of it, in whole tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    balance: Option<String>,
    /// Why its contract does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    untold: Option<String>,
    /// What the desk saw coming, in whole tokens.
    seen: String,
    /// What the balance has beyond that.
    #[serde(skip_serializing_if = "Option::is_none")]
    unexplained: Option<String>,
}

impl TokenReply {
    fn new(told: TokenBalance, seen: Units) -> Self {
        let TokenBalance { token, held } = told;
        let amount = |units: Units| units.to_coins(token.decimals);
        let (held, untold) = match held {
            Ok(held) => (Some(held), None),
            Err(why) => (None, Some(why)),
        };
        TokenReply {
            symbol: token.symbol.to_string(),
            contract: token.contract.to_string(),
            balance: held.map(amount),
            untold,
            seen: amount(seen),
            unexplained: held.and_then(|held| beyond(held, seen)).map(amount),
        }
    }
}

/// What is there beyond what was seen coming.
fn beyond(balance: Units, seen: Units) -> Option<Units> {
    balance.checked_sub(seen).ok().filter(|more| !more.is_zero())
}

/// What the reference tells of it.
pub(super) fn described() -> Operation {
    Operation::get(
        "/api/deposit-addresses/{address}/balance",
        "addressBalance",
        "What an Ethereum address holds",
    )
    .about("Beside what the desk saw coming to it: what no deposit explains shows in the difference.")
    .takes(in_path("address", "A bound address.", &words("0x52908400098527886E0F7030069857D2E4169EE7")))
    .gives::<BalanceReply>(200, "The balance.")
    .validated()
    .refuses(&[Code::NotFound, Code::NodeUntold])
}

pub(super) async fn balance(
    state: Data<MonitorState>,
    path: Path<String>,
    request: HttpRequest,
) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    // Where payments are outputs, each is in its block's list, and there is nothing to compare.
    let coins = Coin::all().filter(|coin| coin.facts().inner_transfers);
    let mut read = coins.filter_map(|coin| DepositAddress::parse(coin.main_network(), &path).ok());
    let Some(address) = read.next() else { return not_found() };
    let coin = address.coin();
    let snapshot = state.store.snapshot();
    let at = match snapshot.find_address(&address).and_then(|bound| Ok((bound, snapshot.cursor(coin)?))) {
        Ok((Some(_), Some(cursor))) => cursor.tip,
        Ok((None, _)) => return not_found(),
        Ok((_, None)) => return unknown(acts::NO_BLOCK),
        Err(error) => return internal_error(&error),
    };
    let Some(node) = &state.balances else { return unknown(acts::NO_NODE) };
    let balance = match node.balance(address, at).await {
        Ok(Some(balance)) => balance,
        Ok(None) => return not_found(),
        Err(error) => return unknown(error),
    };
    let tokens = match node.tokens(address, at).await {
        Ok(tokens) => tokens,
        Err(error) => return unknown(error),
    };
    match reply(&snapshot, address, at, balance, tokens) {
        Ok(reply) => json(&reply),
        Err(error) => internal_error(&error),
    }
}

fn reply(
    snapshot: &Snapshot,
    address: DepositAddress,
    at: BlockRef,
    balance: Units,
    tokens: Vec<TokenBalance>,
) -> Result<BalanceReply, StoreError> {
    let seen = |token| seen_up_to(snapshot, &address, token, at.height);
    let tokens = tokens.into_iter().map(|told| {
        let of_token = seen(Some(told.token.contract))?;
        Ok(TokenReply::new(told, of_token))
    });
    let tokens = tokens.collect::<Result<_, StoreError>>()?;
    let (coins, seen) = (|units: Units| units.to_coins(address.coin().decimals()), seen(None)?);
    Ok(BalanceReply {
        address: address.to_string(),
        height: at.height.get(),
        block: at.hash.to_string(),
        balance: coins(balance),
        seen: coins(seen),
        unexplained: beyond(balance, seen).map(coins),
        tokens,
    })
}

/// The node's words are for the operator, who alone is here.
fn unknown(why: impl std::fmt::Display) -> HttpResponse {
    refusal(Code::NodeUntold, acts::balance_unknown(why))
}

//! `GET /api/accounting`: what was received, is owed, was paid, was burnt and was lost, by the books.
//! `GET /api/accounting/strays`: payments by transactions that were given up, a page at a time.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use super::{MonitorState, bad_request, only_get, paging};
use crate::http::describe::Operation;
use crate::http::{ByCode, Code, Params, internal_error, json};
use crate::ledger::{Account, Asset, Balances, Posting};
use crate::store::{Books, Snapshot, StoreError, StrayPayment, Tables};
use crate::types::{AmountOutOfRange, AttemptNo, Coin, DepositNo, Droplets};

/// Payments that were not to be, and are told one by one.
const TOLD: usize = 100;

/// Amounts in whole coins with all their decimals. `accounts` has all there is; what stands above it is told by name.
#[derive(Debug, Serialize, ToSchema)]
struct Accounting {
    /// Payouts that have left, confirmed or not.
    sent: String,
    /// Deposits that are as deep as required.
    #[schema(value_type = BTreeMap<String, String>)]
    received: ByCode<String>,
    /// Payouts that are owed and not sent yet.
    owed: String,
    /// Deposits that are paid and not there: a fork took them back.
    #[schema(value_type = BTreeMap<String, String>)]
    lost: ByCode<String>,
    /// What was paid for them; a part of `sent`.
    sent_for_lost: String,
    /// Payouts that have left and are not as deep as required; a part of `sent`.
    in_transit: String,
    /// What deposits were paid beside their payouts, by transactions that were given up.
    paid_twice: String,
    /// Coin hours that the desk's transactions burnt.
    burnt_hours: u64,
    /// Payments by transactions that were given up and are in a block all the same, by deposit: the first hundred.
    strays: Vec<StrayReply>,
    /// The cursor of those beyond, for `/api/accounting/strays`.
    #[serde(skip_serializing_if = "Option::is_none")]
    strays_next: Option<String>,
    /// Every account that is not empty.
    accounts: Vec<AccountReply>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StrayList)]
struct Strays {
    /// The payments.
    strays: Vec<StrayReply>,
    /// The cursor of the next page, where there is one: deposit and transaction of the last entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Stray)]
struct StrayReply {
    /// The deposit's number.
    deposit: u64,
    /// The number of the transaction.
    transaction: u64,
    /// The id that the network knows it by.
    txid: String,
    /// How much, in whole SKY.
    coins: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Account)]
struct AccountReply {
    /// The code of the coin or the symbol of the token.
    asset: String,
    /// The contract of a token.
    #[serde(skip_serializing_if = "Option::is_none")]
    contract: Option<String>,
    /// What is kept on it: `received`, `owed`, `paid` and others.
    account: &'static str,
    /// `debit` or `credit`. In each asset both sides have the same sum.
    side: &'static str,
    /// What stands on it, in whole coins.
    amount: String,
}

/// What the reference tells of it.
pub(super) fn described() -> Vec<Operation> {
    vec![
        Operation::get("/api/accounting", "accounting", "What the books say")
            .gives::<Accounting>(200, "The sums, and every account.")
            .validated(),
        Operation::get("/api/accounting/strays", "strays", "Payments by transactions that were given up")
            .takes_all(paging::cursor_parameters("17-4"))
            .gives::<Strays>(200, "The payments, by deposit.")
            .validated()
            .refuses(&[Code::InvalidParameter]),
    ]
}

pub(super) async fn accounting(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    match read(&state, &state.store.snapshot()) {
        Ok(reply) => json(&reply),
        Err(error) => internal_error(&error),
    }
}

fn read(state: &MonitorState, snapshot: &Snapshot) -> Result<Accounting, StoreError> {
    let books = snapshot.balances()?;
    // What was received stays received, whatever is enabled now.
    let coins = Coin::all().filter(|coin| state.lists(*coin) || !books.received(*coin).is_zero());
    let by_coin = |account| {
        let sum = |coin: Coin| books.amount(Asset::Coin(coin), account).to_coins(coin.decimals());
        ByCode(coins.clone().map(|coin| (coin.code(), sum(coin))).collect())
    };
    let paid = |account| books.amount(Asset::of_payouts(), account).to_coins(Droplets::DECIMALS);
    let out_of_range = |error: AmountOutOfRange| StoreError::Invariant(error.to_string());
    let sent = books.sent().map_err(out_of_range)?;
    let sent_for_lost = books.sent_for_lost().map_err(out_of_range)?;
    let burnt = books.amount(Asset::CoinHours, Account::Burnt).get();
    let Strays { strays, next: strays_next } = read_strays(snapshot, None, TOLD)?;
    Ok(Accounting {
        sent: sent.to_coins(Droplets::DECIMALS),
        received: by_coin(Account::Received),
        owed: paid(Account::Owed),
        lost: by_coin(Account::Lost),
        sent_for_lost: sent_for_lost.to_coins(Droplets::DECIMALS),
        in_transit: paid(Account::InTransit),
        paid_twice: paid(Account::PaidTwice),
        burnt_hours: u64::try_from(burnt).unwrap_or(u64::MAX),
        strays,
        strays_next,
        accounts: accounts(&books),
    })
}

pub(super) async fn strays(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    let params = Params::parse(request.query_string());
    let (after, limit) = match paging::by_cursor(&params, cursor) {
        Ok(page) => page,
        Err(message) => return bad_request(message),
    };
    match read_strays(&state.store.snapshot(), after, limit) {
        Ok(reply) => json(&reply),
        Err(error) => internal_error(&error),
    }
}

fn cursor(text: &str) -> Option<(DepositNo, AttemptNo)> {
    let (deposit, attempt) = text.split_once('-')?;
    Some((DepositNo::new(deposit.parse().ok()?), AttemptNo::new(attempt.parse().ok()?)))
}

fn read_strays(
    snapshot: &Snapshot,
    after: Option<(DepositNo, AttemptNo)>,
    limit: usize,
) -> Result<Strays, StoreError> {
    let mut strays = snapshot.strays(after, limit.saturating_add(1))?;
    let next = paging::cut(&mut strays, limit).map(|last| format!("{}-{}", last.deposit, last.attempt));
    let strays = strays.into_iter().map(|stray| told(snapshot, stray)).collect::<Result<_, _>>()?;
    Ok(Strays { strays, next })
}

fn told(snapshot: &Snapshot, stray: StrayPayment) -> Result<StrayReply, StoreError> {
    let StrayPayment { deposit, attempt, amount } = stray;
    let known = snapshot.attempt(attempt)?;
    Ok(StrayReply {
        deposit: deposit.get(),
        transaction: attempt.get(),
        txid: known.map_or(String::new(), |known| known.txid.to_string()),
        coins: amount.to_string(),
    })
}

fn accounts(books: &Balances) -> Vec<AccountReply> {
    let mut all: Vec<Posting> = books.all().postings().to_vec();
    all.sort_unstable_by_key(|line| (line.asset, line.account));
    let reply = |line: Posting| AccountReply {
        asset: line.asset.to_string(),
        contract: match line.asset {
            Asset::Token(token) => Some(token.contract.to_string()),
            Asset::Coin(_) | Asset::CoinHours | Asset::AtVenue(_) => None,
        },
        account: line.account.name(),
        side: if line.amount.is_credit() { "credit" } else { "debit" },
        amount: match line.asset {
            // As the exchange writes it: no coin has all these places.
            Asset::AtVenue(_) => line.amount.amount().to_coins_trimmed(line.asset.decimals()),
            Asset::Coin(_) | Asset::Token(_) | Asset::CoinHours => {
                line.amount.amount().to_coins(line.asset.decimals())
            }
        },
    };
    all.into_iter().map(reply).collect()
}

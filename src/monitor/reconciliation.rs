//! `GET /api/reconciliation`: what chains and the exchange say, beside what the books say, and what explains the
//! difference. What was not looked at is said: it is not zero.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use super::{MonitorState, only_get};
use crate::http::describe::Operation;
use crate::http::{internal_error, json};
use crate::ledger::{Account, Asset, Balances};
use crate::live::{Difference, ReadSums, SecondReading, UpstreamStock};
use crate::store::{Books, Snapshot, Spends, StoreError};
use crate::types::{BlockRef, Coin, Units};

/// Transactions of a row that are told one by one.
const TOLD: usize = 100;

/// What is compared, and what is not.
#[derive(Debug, Serialize, ToSchema)]
struct Reconciliation {
    /// Whether a difference stands that nothing explains.
    differs: bool,
    /// One for each asset and place where it is.
    rows: Vec<Row>,
    /// What was not looked at, and why. It is not zero: it is not known.
    not_looked_at: Vec<String>,
}

/// Amounts are in whole coins.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReconciliationRow)]
struct Row {
    /// The code of the coin or the symbol of the token.
    asset: String,
    /// The contract of a token.
    #[serde(skip_serializing_if = "Option::is_none")]
    contract: Option<String>,
    /// `deposits`: what deposit addresses received. `hot_wallet`: what the hot wallet paid to others. `exchange`: what
    /// stands at the exchange.
    place: &'static str,
    /// What the chain, or the exchange, says; absent where that is not known. Spends of the hot wallet are compared one
    /// by one, and have no sum of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    they_say: Option<String>,
    /// What the books say of the same; absent where that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    books_say: Option<String>,
    /// The first less the second; absent where both do not count from the same moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<String>,
    /// What explains parts of the difference.
    explained: Vec<Part>,
    /// Whether transactions differ that nothing explains, and did when they were looked at again.
    differs: bool,
    /// Transactions that nothing explains: the first hundred.
    transactions: Vec<Unexplained>,
    /// How many there are beyond those.
    more: u64,
    /// The first block of what was compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    from_block: Option<u64>,
    /// The last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    to_block: Option<u64>,
    /// The hash of the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    to_hash: Option<String>,
    /// When it was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<u64>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReconciliationPart)]
struct Part {
    /// What it is.
    what: &'static str,
    /// How much, in whole coins.
    amount: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = UnexplainedTransaction)]
struct Unexplained {
    /// The transaction.
    txid: String,
    /// The address that it paid to; absent where it is told of the transaction as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    /// Its block; absent where it is in none.
    #[serde(skip_serializing_if = "Option::is_none")]
    block: Option<u64>,
    /// What it paid by the chain, in whole coins.
    they_say: String,
    /// What it paid by the books, in whole coins.
    books_say: String,
    /// Since when it is known; absent where that is not kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<u64>,
    /// Whether it was found again when its block was read once more.
    stands: bool,
}

/// What the reference tells of it.
pub(super) fn described() -> Operation {
    Operation::get("/api/reconciliation", "reconciliation", "What chains and the exchange say beside the books")
        .about(
            "Final blocks are read a second time beside everything else, and what they pay to deposit addresses is \
             held against the books, transaction by transaction. What nothing explains is listed.",
        )
        .gives::<Reconciliation>(200, "What was compared, and what was not looked at.")
        .validated()
}

pub(super) async fn reconciliation(state: Data<MonitorState>, request: HttpRequest) -> HttpResponse {
    if let Some(refused) = only_get(&request) {
        return refused;
    }
    match read(&state, &state.store.snapshot()) {
        Ok(reply) => json(&reply),
        Err(error) => internal_error(&error),
    }
}

fn read(state: &MonitorState, snapshot: &Snapshot) -> Result<Reconciliation, StoreError> {
    let (mut rows, mut not_looked_at) = (Vec::new(), Vec::new());
    for coin in Coin::all().filter(|coin| state.is_enabled(*coin)) {
        let reading = state.live.reading(coin);
        match reading.as_ref() {
            Some(reading) => {
                rows.extend(deposit_rows(coin, reading));
                not_looked_at.extend(gaps(coin, reading));
            }
            None => not_looked_at.push(format!("{coin}: no block was compared with the books yet")),
        }
    }
    let books = snapshot.balances()?;
    rows.push(wallet(state, snapshot, &books)?);
    if state.live.books().looked.is_none() {
        not_looked_at.push("hot wallet: its spends were not looked at since the start".to_owned());
    }
    not_looked_at.push(
        "hot wallet: what it was filled with is in no books, so that what it holds is not compared"
            .to_owned(),
    );
    let (at_exchange, untold) = exchange(state, &books);
    rows.extend(at_exchange);
    not_looked_at.extend(untold);
    let differs = rows.iter().any(|row| row.differs);
    Ok(Reconciliation { differs, rows, not_looked_at })
}

/// What of a chain was not compared.
fn gaps(coin: Coin, reading: &SecondReading) -> Vec<String> {
    let mut all = Vec::new();
    match (reading.from, reading.to) {
        (Some(from), Some(_)) => all.push(format!(
            "{coin}: blocks below {from} were not read a second time since the start (POST /api/chains/{coin}/rescan \
             reads them again)"
        )),
        _ => all.push(format!("{coin}: no block was compared with the books yet")),
    }
    if reading.blind > 0 {
        let blind = reading.blind;
        all.push(format!(
            "{coin}: of {blind} blocks the node does not tell what happens inside transactions"
        ));
    }
    all.extend(reading.trouble.as_ref().map(|why| format!("{coin}: it does not go on now: {why}")));
    all
}

impl Row {
    fn new(asset: Asset, place: &'static str) -> Row {
        Row {
            asset: asset.code().to_owned(),
            contract: match asset {
                Asset::Token(token) => Some(token.contract.to_string()),
                Asset::Coin(_) | Asset::CoinHours | Asset::AtVenue(_) => None,
            },
            place,
            they_say: None,
            books_say: None,
            difference: None,
            explained: Vec::new(),
            differs: false,
            transactions: Vec::new(),
            more: 0,
            from_block: None,
            to_block: None,
            to_hash: None,
            at: None,
        }
    }

    fn up_to(mut self, block: Option<BlockRef>) -> Row {
        self.to_block = block.map(|block| block.height.get());
        self.to_hash = block.map(|block| block.hash.to_string());
        self
    }
}

/// The first amount less the second.
fn less(one: Units, other: Units, decimals: u8) -> String {
    match one.checked_sub(other) {
        Ok(more) => more.to_coins(decimals),
        Err(_) => format!("-{}", Units::new(other.get().saturating_sub(one.get())).to_coins(decimals)),
    }
}

fn deposit_rows(coin: Coin, reading: &SecondReading) -> Vec<Row> {
    let mut sums = reading.sums.clone();
    if reading.to.is_some() && sums.iter().all(|sums| sums.asset != Asset::Coin(coin)) {
        // Blocks were compared, and none of them paid anything.
        sums.push(ReadSums::new(Asset::Coin(coin)));
    }
    sums.iter().map(|sums| deposit_row(reading, sums)).collect()
}

fn deposit_row(reading: &SecondReading, sums: &ReadSums) -> Row {
    let decimals = sums.asset.decimals();
    let parts = sums.parts().into_iter().filter(|(_, amount)| !amount.is_zero());
    let found: Vec<&Difference> =
        reading.differences.iter().filter(|found| found.asset == sums.asset).collect();
    Row {
        they_say: Some(sums.chain.to_coins(decimals)),
        books_say: Some(sums.booked.to_coins(decimals)),
        difference: Some(less(sums.chain, sums.booked, decimals)),
        explained: parts.map(|(what, amount)| Part { what, amount: amount.to_coins(decimals) }).collect(),
        differs: found.iter().any(|found| found.stands),
        more: u64::try_from(found.len().saturating_sub(TOLD)).unwrap_or(u64::MAX),
        transactions: found.iter().take(TOLD).map(|found| unexplained(found, decimals)).collect(),
        from_block: reading.from.map(|from| from.get()),
        at: reading.at.map(|at| at.get()),
        ..Row::new(sums.asset, "deposits").up_to(reading.to)
    }
}

fn unexplained(found: &Difference, decimals: u8) -> Unexplained {
    Unexplained {
        txid: found.tx.clone(),
        address: Some(found.address.to_string()),
        block: Some(found.block.height.get()),
        they_say: found.chain.to_coins(decimals),
        books_say: found.booked.to_coins(decimals),
        since: Some(found.since.get()),
        stands: found.stands,
    }
}

/// What left the hot wallet for others. The payer looks at each transaction that spends from it, one by one: the
/// difference is what those paid that the books do not know.
fn wallet(state: &MonitorState, snapshot: &Snapshot, books: &Balances) -> Result<Row, StoreError> {
    let (asset, looked) = (Asset::of_payouts(), state.live.books().looked);
    let (decimals, on) = (asset.decimals(), |account| books.amount(asset, account));
    let unknown = on(Account::Unexplained);
    let out_of_range =
        |_| StoreError::Invariant("what left the wallet is more than can be counted".to_owned());
    let left = on(Account::Paid).checked_add(on(Account::Outside)).map_err(out_of_range)?;
    let known = left.checked_sub(unknown).map_err(out_of_range)?;
    let spends = snapshot.foreign_spends(true, None, TOLD)?;
    let count = snapshot.counters().unknown_spends;
    let told = u64::try_from(spends.len()).unwrap_or(u64::MAX);
    let transactions = spends.into_iter().map(|known| {
        let paid = known.spend.payments.iter().map(|paid| Units::from(paid.coins));
        let paid = paid.fold(Units::ZERO, |sum, one| sum.checked_add(one).unwrap_or(sum));
        Unexplained {
            txid: known.spend.txid.to_string(),
            address: None,
            block: known.spend.block.map(|block| block.height.get()),
            they_say: paid.to_coins(decimals),
            books_say: Units::ZERO.to_coins(decimals),
            since: None,
            stands: true,
        }
    });
    Ok(Row {
        books_say: Some(known.to_coins(decimals)),
        difference: looked.map(|_| unknown.to_coins(decimals)),
        differs: count > 0,
        transactions: transactions.collect(),
        more: count.saturating_sub(told),
        at: looked.map(|(_, at)| at.get()),
        ..Row::new(asset, "hot_wallet").up_to(looked.map(|(block, _)| block))
    })
}

/// What the exchange says that the account holds. The books count from the desk's first order on, the account from
/// before: the two stand side by side, and no difference is told.
fn exchange(state: &MonitorState, books: &Balances) -> (Vec<Row>, Vec<String>) {
    let Some(view) = state.live.upstream() else { return (Vec::new(), Vec::new()) };
    let mut untold = vec![
        "exchange: what the account held before the desk's first order is in no books, so that what it holds is not \
         compared; each order and withdrawal is, one by one (GET /api/orders, GET /api/withdrawals)"
            .to_owned(),
    ];
    untold.extend(
        view.stock_trouble.as_ref().map(|why| format!("exchange: its account cannot be looked at: {why}")),
    );
    let mut rows = Vec::new();
    for line in books.all().postings().iter().filter(|line| line.account == Account::AtExchange) {
        let stock = view.stock.iter().find(|stock| stock.asset == line.asset.code());
        let sign = if line.amount.is_credit() { "-" } else { "" };
        let amount = line.amount.amount().to_coins_trimmed(line.asset.decimals());
        rows.push(Row {
            they_say: stock.and_then(held),
            books_say: Some(format!("{sign}{amount}")),
            at: stock.map(|_| view.at.get()),
            ..Row::new(line.asset, "exchange")
        });
    }
    (rows, untold)
}

/// What can be spent and what is reserved; none where the exchange's words are no amounts.
fn held(stock: &UpstreamStock) -> Option<String> {
    let amount = |text: &str| text.parse::<Decimal>().ok();
    let all = amount(&stock.available)?.checked_add(amount(&stock.reserved)?)?;
    Some(all.normalize().to_string())
}

//! What chains and the exchange say, beside what the books say, and what explains the difference. What was not looked
//! at is said: it is not zero.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::words::reconciliation::{self as words, Compared};
use crate::ledger::{Account, Asset, Balances};
use crate::live::{Difference, Live, ReadSums, SecondReading, UpstreamStock};
use crate::store::{Books, Snapshot, Spends, StoreError};
use crate::types::{BlockRef, Coin, Units};

/// Transactions of a row that are told one by one.
const TOLD: usize = 100;

/// What is compared, and what is not.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Reconciliation {
    /// Whether a difference stands that nothing explains.
    pub differs: bool,
    /// One for each asset and place where it is.
    pub rows: Vec<ReconciliationRow>,
    /// What was not looked at, and why. It is not zero: it is not known.
    pub not_looked_at: Vec<String>,
}

/// Amounts are in whole coins.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ReconciliationRow {
    /// The code of the coin or the symbol of the token.
    pub asset: String,
    /// The contract of a token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract: Option<String>,
    /// `deposits`: what deposit addresses received. `hot_wallet`: what the hot wallet paid to others. `exchange`: what
    /// stands at the exchange.
    pub place: String,
    /// What the chain, or the exchange, says; absent where that is not known. Spends of the hot wallet are compared one
    /// by one, and have no sum of their own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub they_say: Option<String>,
    /// What the books say of the same; absent where that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub books_say: Option<String>,
    /// The first less the second; absent where both do not count from the same moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<String>,
    /// What explains parts of the difference.
    pub explained: Vec<ReconciliationPart>,
    /// Whether transactions differ that nothing explains, and did when they were looked at again.
    pub differs: bool,
    /// Transactions that nothing explains: the first hundred.
    pub transactions: Vec<UnexplainedTransaction>,
    /// How many there are beyond those.
    pub more: u64,
    /// The first block of what was compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_block: Option<u64>,
    /// The last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_block: Option<u64>,
    /// The hash of the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_hash: Option<String>,
    /// When it was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<u64>,
}

/// What explains a part of a difference.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ReconciliationPart {
    /// What it is.
    pub what: String,
    /// How much, in whole coins.
    pub amount: String,
}

/// A transaction that nothing explains.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct UnexplainedTransaction {
    /// The transaction.
    pub txid: String,
    /// The address that it paid to; absent where it is told of the transaction as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Its block; absent where it is in none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block: Option<u64>,
    /// What it paid by the chain, in whole coins.
    pub they_say: String,
    /// What it paid by the books, in whole coins.
    pub books_say: String,
    /// Since when it is known; absent where that is not kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<u64>,
    /// Whether it was found again when its block was read once more.
    pub stands: bool,
}

/// Returns what was compared of these coins, and what was not.
///
/// # Errors
///
/// The store's.
pub fn reconciliation(
    snapshot: &Snapshot,
    live: &Live,
    coins: impl Iterator<Item = Coin>,
    of: Compared,
) -> Result<Reconciliation, StoreError> {
    let (mut rows, mut not_looked_at) = (Vec::new(), Vec::new());
    for coin in coins {
        let reading = live.reading(coin);
        match reading.as_ref() {
            Some(reading) => {
                rows.extend(deposit_rows(coin, reading));
                not_looked_at.extend(gaps(coin, reading, of));
            }
            None => not_looked_at.push(words::nothing_compared(coin)),
        }
    }
    let books = snapshot.balances()?;
    rows.push(wallet(live, snapshot, &books)?);
    if live.books().looked.is_none() {
        not_looked_at.push(words::SPENDS_UNSEEN.to_owned());
    }
    not_looked_at.push(words::FILLING_UNBOOKED.to_owned());
    let (at_exchange, untold) = exchange(live, &books);
    rows.extend(at_exchange);
    not_looked_at.extend(untold);
    let differs = rows.iter().any(|row| row.differs);
    Ok(Reconciliation { differs, rows, not_looked_at })
}

/// What of a chain was not compared.
fn gaps(coin: Coin, reading: &SecondReading, of: Compared) -> Vec<String> {
    let mut all = Vec::new();
    all.push(match (reading.from, reading.to) {
        (Some(from), Some(_)) => words::unread_below(coin, from, of),
        _ => words::nothing_compared(coin),
    });
    if reading.blind > 0 {
        all.push(words::blind(coin, reading.blind));
    }
    all.extend(reading.trouble.as_ref().map(|why| words::stuck(coin, why)));
    all
}

impl ReconciliationRow {
    fn new(asset: Asset, place: &'static str) -> ReconciliationRow {
        ReconciliationRow {
            asset: asset.code().to_owned(),
            contract: match asset {
                Asset::Token(token) => Some(token.contract.to_string()),
                Asset::Coin(_) | Asset::CoinHours | Asset::AtVenue(_) => None,
            },
            place: place.to_owned(),
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

    fn up_to(mut self, block: Option<BlockRef>) -> ReconciliationRow {
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

fn deposit_rows(coin: Coin, reading: &SecondReading) -> Vec<ReconciliationRow> {
    let mut sums = reading.sums.clone();
    if reading.to.is_some() && sums.iter().all(|sums| sums.asset != Asset::Coin(coin)) {
        // Blocks were compared, and none of them paid anything.
        sums.push(ReadSums::new(Asset::Coin(coin)));
    }
    sums.iter().map(|sums| deposit_row(reading, sums)).collect()
}

fn deposit_row(reading: &SecondReading, sums: &ReadSums) -> ReconciliationRow {
    let decimals = sums.asset.decimals();
    let parts = sums.parts().into_iter().filter(|(_, amount)| !amount.is_zero());
    let found: Vec<&Difference> =
        reading.differences.iter().filter(|found| found.asset == sums.asset).collect();
    ReconciliationRow {
        they_say: Some(sums.chain.to_coins(decimals)),
        books_say: Some(sums.booked.to_coins(decimals)),
        difference: Some(less(sums.chain, sums.booked, decimals)),
        explained: parts
            .map(|(what, amount)| ReconciliationPart {
                what: what.to_owned(),
                amount: amount.to_coins(decimals),
            })
            .collect(),
        differs: found.iter().any(|found| found.stands),
        more: u64::try_from(found.len().saturating_sub(TOLD)).unwrap_or(u64::MAX),
        transactions: found.iter().take(TOLD).map(|found| unexplained(found, decimals)).collect(),
        from_block: reading.from.map(|from| from.get()),
        at: reading.at.map(|at| at.get()),
        ..ReconciliationRow::new(sums.asset, "deposits").up_to(reading.to)
    }
}

fn unexplained(found: &Difference, decimals: u8) -> UnexplainedTransaction {
    UnexplainedTransaction {
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
fn wallet(live: &Live, snapshot: &Snapshot, books: &Balances) -> Result<ReconciliationRow, StoreError> {
    let (asset, looked) = (Asset::of_payouts(), live.books().looked);
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
        UnexplainedTransaction {
            txid: known.spend.txid.to_string(),
            address: None,
            block: known.spend.block.map(|block| block.height.get()),
            they_say: paid.to_coins(decimals),
            books_say: Units::ZERO.to_coins(decimals),
            since: None,
            stands: true,
        }
    });
    Ok(ReconciliationRow {
        books_say: Some(known.to_coins(decimals)),
        difference: looked.map(|_| unknown.to_coins(decimals)),
        differs: count > 0,
        transactions: transactions.collect(),
        more: count.saturating_sub(told),
        at: looked.map(|(_, at)| at.get()),
        ..ReconciliationRow::new(asset, "hot_wallet").up_to(looked.map(|(block, _)| block))
    })
}

/// What the exchange says that the account holds. The books count from the desk's first order on, the account from
/// before: the two stand side by side, and no difference is told.
fn exchange(live: &Live, books: &Balances) -> (Vec<ReconciliationRow>, Vec<String>) {
    let Some(view) = live.upstream() else { return (Vec::new(), Vec::new()) };
    let mut untold = vec![words::EXCHANGE_BEFORE.to_owned()];
    untold.extend(view.stock_trouble.as_ref().map(|why| words::account_unseen(why)));
    let mut rows = Vec::new();
    for line in books.all().postings().iter().filter(|line| line.account == Account::AtExchange) {
        let stock = view.stock.iter().find(|stock| stock.asset == line.asset.code());
        let sign = if line.amount.is_credit() { "-" } else { "" };
        let amount = line.amount.amount().to_coins_trimmed(line.asset.decimals());
        rows.push(ReconciliationRow {
            they_say: stock.and_then(held),
            books_say: Some(format!("{sign}{amount}")),
            at: stock.map(|_| view.at.get()),
            ..ReconciliationRow::new(line.asset, "exchange")
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

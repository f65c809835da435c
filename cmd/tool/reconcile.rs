//! What the chains, the books and the exchange say of each other: by the running teller, or by the nodes of a
//! configuration beside a copy of its database.

use std::path::{Path, PathBuf};

use clap::Args;
use teller::app::{ComparedCopy, CopyScope, reconcile, reconcile_copy};
use teller::config::{self, Config, Located};
use teller::report::{Reconciliation, ReconciliationRow};
use teller::store::RedbBackend;
use teller::types::{Coin, Height};

use super::database::{must_exist, open};
use super::drill::{COPY, scratch};
use super::{eprint, print};

#[derive(Debug, Args)]
pub(super) struct Reconcile {
    /// Config file of the running teller, or of the nodes for a copy; looked for as teller does where it is left out
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// A copy of the database: it is compared with what the nodes of the configuration say, and no teller is asked
    #[arg(long, value_name = "FILE")]
    copy: Option<PathBuf>,
    /// The block of a chain to begin with, as BTC=840000; left out, a thousand below the newest final one
    #[arg(long, value_name = "COIN=HEIGHT", requires = "copy", value_parser = begin)]
    from: Vec<(Coin, Height)>,
    /// Ask the exchange too, by the key of the configuration: never the one that the running teller uses
    #[arg(long, requires = "copy")]
    exchange: bool,
}

/// A chain and one of its blocks.
fn begin(text: &str) -> Result<(Coin, Height), String> {
    let words = || format!("{text} is not a chain and a height, as BTC=840000");
    let (coin, height) = text.split_once('=').ok_or_else(words)?;
    let coin = Coin::all().find(|known| known.code() == coin).ok_or_else(|| {
        let known = Coin::all().map(|coin| coin.code()).collect::<Vec<_>>().join(", ");
        format!("{coin} is none of the chains {known}")
    })?;
    Ok((coin, Height::new(height.parse().map_err(|_| words())?)))
}

/// What stands for what is not known.
const UNKNOWN: &str = "not known";

/// Prints it; answers whether everything that was compared is explained.
pub(super) fn run(arguments: Reconcile) -> anyhow::Result<bool> {
    let Located { config, .. } = config::locate(arguments.config.clone(), None)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (told, is_whole) = match &arguments.copy {
        Some(copy) => {
            let config = config::read_for_copy(&config)?;
            let ComparedCopy { told, is_whole } = runtime.block_on(beside(&config, copy, &arguments))?;
            (told, is_whole)
        }
        None => (runtime.block_on(reconcile(&config::read(&config)?))?, true),
    };
    lines(&told).iter().try_for_each(|line| print(line))?;
    if !is_whole {
        print("NOT EVERYTHING THAT WAS ASKED FOR COULD BE LOOKED AT")?;
    }
    Ok(!told.differs && is_compared(&told) && is_whole)
}

/// Compares a copy of the copy: what is followed since is written into it.
async fn beside(config: &Config, copy: &Path, arguments: &Reconcile) -> anyhow::Result<ComparedCopy> {
    // Fails where there is one already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    must_exist(copy)?;
    // A file that a teller has open is refused here: what is copied of it would be no whole one.
    drop(RedbBackend::look(copy)?);
    let scratch = scratch(copy)?;
    let file = scratch.path().join(COPY);
    // What was not closed properly is repaired there.
    drop(open(&file)?);
    let mut scope = CopyScope { exchange: arguments.exchange, ..CopyScope::default() };
    arguments.from.iter().for_each(|(coin, height)| scope.from[*coin] = Some(*height));
    Ok(reconcile_copy(config, &file, &scope, &eprint).await?)
}

/// A row without a difference tells two things side by side.
fn is_compared(told: &Reconciliation) -> bool {
    told.rows.iter().any(|row| row.difference.is_some())
}

fn lines(told: &Reconciliation) -> Vec<String> {
    let head = ["where", "what", "they say", "the books say", "difference", "explained by"];
    let mut lines = vec![cells(head)];
    lines.extend(told.rows.iter().map(row));
    lines.extend(told.rows.iter().flat_map(transactions));
    lines.extend(told.not_looked_at.iter().map(|words| format!("not looked at: {words}")));
    let verdict = match (told.differs, is_compared(told)) {
        (true, _) => "THERE ARE DIFFERENCES THAT NOTHING EXPLAINS: see docs/runbooks/books_differ.md",
        (false, false) => "NOTHING WAS COMPARED YET",
        (false, true) => "what was compared is explained",
    };
    lines.push(verdict.to_owned());
    lines
}

fn cells([place, asset, they, books, difference, explained]: [&str; 6]) -> String {
    let line = format!("{place:<11} {asset:<6} {they:>24} {books:>24} {difference:>24}  {explained}");
    line.trim_end().to_owned()
}

fn row(row: &ReconciliationRow) -> String {
    let known = |amount: &Option<String>| amount.clone().unwrap_or_else(|| UNKNOWN.to_owned());
    let parts = row.explained.iter().map(|part| format!("{} {}", part.what, part.amount));
    let parts = parts.collect::<Vec<_>>().join(", ");
    let (they, books, difference) = (known(&row.they_say), known(&row.books_say), known(&row.difference));
    cells([&row.place, &row.asset, &they, &books, &difference, &parts])
}

fn transactions(row: &ReconciliationRow) -> Vec<String> {
    let told = row.transactions.iter().map(|one| {
        let block = one.block.map_or_else(String::new, |block| format!(" in block {block}"));
        let to = one.address.as_ref().map_or_else(String::new, |address| format!(" to {address}"));
        let stands = if one.stands { "unexplained" } else { "not looked at twice yet" };
        let (asset, txid) = (&row.asset, &one.txid);
        format!("{stands}: {asset} {txid}{to}{block}: they say {}, the books {}", one.they_say, one.books_say)
    });
    let more = (row.more > 0).then(|| format!("and {} more of {}, {}", row.more, row.asset, row.place));
    told.chain(more).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(row: &str, differs: bool) -> Reconciliation {
        let text = format!(r#"{{"differs":{differs},"rows":[{row}],"not_looked_at":["ETH: why"]}}"#);
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn should_name_the_transactions_of_what_nothing_explains() {
        let row = r#"{"asset":"BTC","place":"deposits","they_say":"1.7","books_say":"1.0","difference":"0.7",
            "explained":[{"what":"own_money","amount":"0.5"}],"differs":true,"more":2,"transactions":[
            {"txid":"aa","address":"1B","block":7,"they_say":"0.2","books_say":"0","since":1,"stands":true}]}"#;
        let told = told(row, true);
        let lines = lines(&told);
        assert!(lines[1].starts_with("deposits") && lines[1].ends_with("0.7  own_money 0.5"), "{lines:#?}");
        assert_eq!(
            &lines[2..],
            [
                "unexplained: BTC aa to 1B in block 7: they say 0.2, the books 0",
                "and 2 more of BTC, deposits",
                "not looked at: ETH: why",
                "THERE ARE DIFFERENCES THAT NOTHING EXPLAINS: see docs/runbooks/books_differ.md",
            ]
        );
    }

    #[test]
    fn should_take_nothing_that_was_not_compared_for_explained() {
        let row = r#"{"asset":"SKY","place":"hot_wallet","books_say":"0","explained":[],"differs":false,"more":0,
            "transactions":[]}"#;
        let told = told(row, false);
        assert!(!is_compared(&told));
        let lines = lines(&told);
        assert!(
            lines[1].contains(UNKNOWN) && lines.last().unwrap() == "NOTHING WAS COMPARED YET",
            "{lines:#?}"
        );
    }
}

//! What the chains, the books and the exchange say of each other, by the running teller.

use std::path::PathBuf;

use clap::Args;
use teller::app::{Reconciled, ReconciledRow, reconcile};
use teller::config::{self, Located};

use super::print;

#[derive(Debug, Args)]
pub(super) struct Reconcile {
    /// Config file of the running teller; looked for as teller does where it is left out
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// What stands for what is not known.
const UNKNOWN: &str = "not known";

/// Prints it; answers whether everything that was compared is explained.
pub(super) fn run(arguments: Reconcile) -> anyhow::Result<bool> {
    let Located { config, .. } = config::locate(arguments.config, None)?;
    let config = config::read(&config)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let told = runtime.block_on(reconcile(&config))?;
    lines(&told).iter().try_for_each(|line| print(line))?;
    Ok(!told.differs && is_compared(&told))
}

/// A row without a difference tells two things side by side.
fn is_compared(told: &Reconciled) -> bool {
    told.rows.iter().any(|row| row.difference.is_some())
}

fn lines(told: &Reconciled) -> Vec<String> {
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

fn row(row: &ReconciledRow) -> String {
    let known = |amount: &Option<String>| amount.clone().unwrap_or_else(|| UNKNOWN.to_owned());
    let parts = row.explained.iter().map(|part| format!("{} {}", part.what, part.amount));
    let parts = parts.collect::<Vec<_>>().join(", ");
    let (they, books, difference) = (known(&row.they_say), known(&row.books_say), known(&row.difference));
    cells([&row.place, &row.asset, &they, &books, &difference, &parts])
}

fn transactions(row: &ReconciledRow) -> Vec<String> {
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

    fn told(row: &str, differs: bool) -> Reconciled {
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

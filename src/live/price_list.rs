//! What prices are worked out of: the assets with their sources, and what a price has to pass.

use crate::ledger::Asset;
use crate::price::{Guards, PriceSource};
use crate::types::Rate;

/// An asset that is priced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedAsset {
    /// The coin or token.
    pub asset: Asset,
    /// Where its price comes from.
    pub source: PriceSource,
    /// The operator's own idea of SKY for one; none where the price follows nothing.
    pub own: Option<Rate>,
}

/// What is configured of prices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceList {
    /// The assets that are priced.
    pub listed: Vec<PricedAsset>,
    /// What prices have to pass.
    pub guards: Guards,
}

impl PriceList {
    /// Returns what is another in `new`, as code and words: the code of an asset, or nothing for what concerns all.
    ///
    /// # Errors
    ///
    /// Where the assets themselves are others, in words.
    pub fn changes(&self, new: &PriceList) -> Result<Vec<(String, String)>, String> {
        let assets = |list: &PriceList| list.listed.iter().map(|priced| priced.asset).collect::<Vec<_>>();
        if assets(self) != assets(new) {
            return Err("other coins or tokens than before are taken up with a restart alone".to_owned());
        }
        let pairs = self.listed.iter().zip(&new.listed).filter(|(old, new)| old != new);
        let mut changes: Vec<_> =
            pairs.map(|(_, new)| (new.asset.code().to_owned(), in_words(new))).collect();
        if self.guards != new.guards {
            let Guards { max_age, spread, band, disagree } = &new.guards;
            let words =
                format!("spread {spread}, band {band}, disagree {disagree}, max_age {} s", max_age.as_secs());
            changes.push((String::new(), words));
        }
        Ok(changes)
    }
}

fn in_words(priced: &PricedAsset) -> String {
    match &priced.own {
        Some(own) => format!("{}, own idea {}", priced.source, own.text()),
        None => priced.source.to_string(),
    }
}

//! Where indexes differ from what they repeat.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{
    BINDINGS, BY_ADDRESS, COINS, INFOS, LISTED, SEEN, Source, UNUSED, WATCHED, names_of_coin, text, used_name,
};
use super::{OriginalDeposit, RecordError};

/// Buckets that are none of the original's: what is in them is not taken over.
pub(super) fn unknown_buckets(source: &Source<'_>, differences: &mut Vec<String>) {
    let mut known: BTreeSet<String> =
        [LISTED, INFOS, BY_ADDRESS, SEEN, UNUSED].into_iter().map(str::to_owned).collect();
    for coin in COINS {
        known.extend(names_of_coin(BINDINGS, coin));
        known.extend(names_of_coin(WATCHED, coin));
        known.insert(used_name(coin));
    }
    for (name, _) in &source.root.buckets {
        let name = text(name);
        if !known.contains(&name) {
            differences.push(format!("bucket {name:?} is none that is known: it is not taken over"));
        }
    }
}

/// Holds the list of each address's deposits against the deposits.
pub(super) fn deposits_by_address(
    source: &Source<'_>,
    deposits: &[OriginalDeposit],
    differences: &mut Vec<String>,
) -> Result<(), RecordError> {
    let Some(named) = source.named(BY_ADDRESS) else { return Ok(()) };
    let mut listed: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (key, value) in &named.bucket.pairs {
        let list: Option<Vec<String>> = named.json(key, value)?;
        let address = COINS.into_iter().find_map(|coin| source.address(coin, &text(key)).ok());
        let Some(address) = address else {
            differences.push(format!("deposits are listed for {:?}, which is no deposit address", text(key)));
            continue;
        };
        let mut list = list.unwrap_or_default();
        list.iter_mut().for_each(|name| *name = name.to_lowercase());
        listed.entry(address.to_string().to_lowercase()).or_default().extend(list);
    }
    let mut known: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for deposit in deposits {
        let address = deposit.address.to_string().to_lowercase();
        known.entry(address).or_default().push(deposit.id.to_string().to_lowercase());
    }
    let addresses: BTreeSet<&String> = listed.keys().chain(known.keys()).collect();
    for address in addresses {
        let none = Vec::new();
        let (list, all) = (listed.get(address).unwrap_or(&none), known.get(address).unwrap_or(&none));
        for name in list.iter().filter(|name| !all.contains(name)) {
            differences.push(format!("deposit {name} is listed for {address}, and is not there"));
        }
        for name in all.iter().filter(|name| !list.contains(name)) {
            differences.push(format!("deposit {name} came to {address}, and is not listed for it"));
        }
        let is_same = list.len() == all.len() && list.iter().all(|name| all.contains(name));
        if is_same && list != all {
            differences
                .push(format!("deposits to {address} are numbered in another order than they are listed in"));
        }
    }
    Ok(())
}

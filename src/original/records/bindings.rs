//! Whom addresses are bound to, in which order, and which were taken from the pools.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::json::{Bound, Listed};
use super::source::{BINDINGS, COINS, LISTED, Named, Source, payee, text};
use super::{OriginalBinding, RecordError};
use crate::address::{AddressKey, DepositAddress};
use crate::skycoin::Address;
use crate::types::Coin;

/// Bindings by what their addresses are matched by.
pub(super) type ByAddress<'a> = HashMap<AddressKey, &'a OriginalBinding>;

pub(super) fn by_address(bindings: &[OriginalBinding]) -> ByAddress<'_> {
    bindings.iter().map(|binding| (binding.address.key(), binding)).collect()
}

/// Reads all bindings: those of a payee side by side, in the order that the index has them in.
pub(super) fn read(
    source: &Source<'_>,
    differences: &mut Vec<String>,
) -> Result<Vec<OriginalBinding>, RecordError> {
    let mut known = HashMap::new();
    let mut payees: BTreeMap<String, Vec<OriginalBinding>> = BTreeMap::new();
    for coin in COINS {
        for named in source.of_coin(BINDINGS, coin) {
            for (key, value) in &named.bucket.pairs {
                let bound = one(source, coin, &named, key, value, differences)?;
                if known.insert(bound.address.key(), bound.clone()).is_some_and(|before| before != bound) {
                    return Err(named.wrong(key, "it is bound to two payees"));
                }
            }
        }
    }
    let mut listed = HashSet::new();
    for (payee, addresses) in in_order(source, differences)? {
        for address in addresses {
            let bound = known.get(&address.key()).filter(|bound| bound.payee == payee);
            match bound {
                Some(bound) if listed.insert(address.key()) => {
                    payees.entry(payee.to_string()).or_default().push(bound.clone());
                }
                Some(_) => differences.push(format!("{address} is listed twice for {payee}")),
                None => differences.push(format!(
                    "{address} is listed for {payee}, and is not bound to them: it is given to nobody"
                )),
            }
        }
    }
    let mut unlisted: Vec<_> =
        known.values().filter(|bound| !listed.contains(&bound.address.key())).collect();
    unlisted.sort_unstable_by_key(|bound| bound.address.to_string());
    for bound in unlisted {
        let OriginalBinding { address, payee } = bound;
        differences
            .push(format!("{address} is bound to {payee}, and not listed for them: it comes last of theirs"));
        payees.entry(payee.to_string()).or_default().push(bound.clone());
    }
    Ok(payees.into_values().flatten().collect())
}

/// One binding: an object, or in the first generations the payee alone.
fn one(
    source: &Source<'_>,
    coin: Coin,
    named: &Named<'_>,
    key: &[u8],
    value: &[u8],
    differences: &mut Vec<String>,
) -> Result<OriginalBinding, RecordError> {
    let wrong = |why: String| named.wrong(key, why);
    let address = source.address(coin, &text(key)).map_err(wrong)?;
    let wrong = |why: String| named.wrong(key, why);
    let bound_to = if value.first() == Some(&b'{') {
        let bound: Bound = named.json(key, value)?;
        let agrees =
            bound.address.as_bytes() == key && matches!(bound.coin_type.as_str(), "" | "BTC" | "ETH" | "SKY");
        if !agrees || (!bound.coin_type.is_empty() && bound.coin_type != coin.code()) {
            return Err(wrong(format!("it says that it is {} address {:?}", bound.coin_type, bound.address)));
        }
        if !matches!(bound.buy_method.as_str(), "" | "direct" | "passthrough") {
            return Err(wrong(format!("{:?} is neither direct nor passthrough", bound.buy_method)));
        }
        bound.sky_address
    } else {
        text(value)
    };
    let (payee, has_blanks) = payee(&bound_to).map_err(wrong)?;
    if has_blanks {
        differences.push(format!("{address} is bound to {payee} with blanks around it, which are left out"));
    }
    Ok(OriginalBinding { address, payee })
}

/// Payees with their addresses, in the order of binding.
fn in_order(
    source: &Source<'_>,
    differences: &mut Vec<String>,
) -> Result<Vec<(Address, Vec<DepositAddress>)>, RecordError> {
    let Some(named) = source.named(LISTED) else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    for (key, value) in &named.bucket.pairs {
        let (payee, _) = payee(&text(key)).map_err(|why| named.wrong(key, why))?;
        let list: Option<Vec<Listed>> = named.json(key, value)?;
        let mut addresses = Vec::new();
        for listed in list.unwrap_or_default() {
            if listed.payee().is_some_and(|text| text.trim() != payee.to_string()) {
                let address = listed.address();
                differences.push(format!("{address} is listed for {payee}, and calls itself another's"));
            }
            let parsed = COINS.into_iter().find_map(|coin| source.address(coin, listed.address()).ok());
            match parsed {
                Some(address) => addresses.push(address),
                None => differences
                    .push(format!("{:?} is listed for {payee}, and is no deposit address", listed.address())),
            }
        }
        all.push((payee, addresses));
    }
    Ok(all)
}

/// Addresses that were taken from a pool or watched, or are listed for somebody, and are bound to nobody.
pub(super) fn used(
    source: &Source<'_>,
    bound: &ByAddress<'_>,
    differences: &mut Vec<String>,
) -> Result<Vec<DepositAddress>, RecordError> {
    let mut free: BTreeMap<String, DepositAddress> = BTreeMap::new();
    let mut add = |address: DepositAddress| {
        if !bound.contains_key(&address.key()) {
            free.insert(format!("{} {address}", address.coin()), address);
        }
    };
    for coin in COINS {
        let mut taken = HashSet::new();
        if let Some(named) = source.used(coin) {
            for (key, _) in &named.bucket.pairs {
                let address = source.address(coin, &text(key)).map_err(|why| named.wrong(key, why))?;
                taken.insert(address.key());
                add(address);
            }
            untaken(coin, bound, &taken, "taken from its pool", differences);
        }
        if let Some(list) = source.watched(coin)? {
            let mut watched = HashSet::new();
            for text in list {
                match source.address(coin, &text) {
                    Ok(address) => {
                        watched.insert(address.key());
                        add(address);
                    }
                    Err(why) => differences.push(format!("among the watched addresses {why}")),
                }
            }
            untaken(coin, bound, &watched, "watched", differences);
        }
    }
    for (_, addresses) in in_order(source, &mut Vec::new())? {
        addresses.into_iter().for_each(&mut add);
    }
    Ok(free.into_values().collect())
}

fn untaken(
    coin: Coin,
    bound: &ByAddress<'_>,
    known: &HashSet<AddressKey>,
    what: &str,
    differences: &mut Vec<String>,
) {
    let mut missing: Vec<_> = bound
        .values()
        .filter(|binding| binding.address.coin() == coin && !known.contains(&binding.address.key()))
        .map(|binding| binding.address.to_string())
        .collect();
    missing.sort_unstable();
    differences
        .extend(missing.into_iter().map(|address| format!("{address} is bound, and not among those {what}")));
}

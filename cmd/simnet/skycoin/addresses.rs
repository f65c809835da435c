//! What addresses hold.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;
use teller::skycoin::Address;
use teller::types::Claim;

use crate::serve::{Answer, Parameters};

use super::chain::{UxOut, outputs_of};
use super::golang::quoted;
use super::parameters::{hash, parse_hash};
use super::readable::{Header, Spent, Unspent, no_uxout};
use super::verify::{input_hours, inputs_of};
use super::{View, ok, refusal};

#[derive(Debug, Serialize)]
struct Outputs {
    head: Header,
    head_outputs: Vec<Unspent>,
    outgoing_outputs: Vec<Unspent>,
    incoming_outputs: Vec<Unspent>,
}

#[derive(Debug, Clone, Copy, Default, Serialize)]
struct Sum {
    coins: u64,
    hours: u64,
}

#[derive(Debug, Clone, Copy, Default, Serialize)]
struct Pair {
    confirmed: Sum,
    predicted: Sum,
}

#[derive(Debug, Serialize)]
struct Balance {
    #[serde(flatten)]
    sum: Pair,
    addresses: BTreeMap<String, Pair>,
}

impl View<'_> {
    pub(super) fn outputs(&self, parameters: &Parameters) -> Result<Answer, Answer> {
        let (addresses, hashes) = (parameters.get("addrs"), parameters.get("hashes"));
        if !addresses.is_empty() && !hashes.is_empty() {
            return Err(refusal(400, "addrs and hashes cannot be specified together"));
        }
        let addresses: HashSet<Address> = parse_addresses(addresses)?.into_iter().collect();
        let hashes: HashSet<Claim> = parse_hashes(hashes)?.into_iter().collect();
        let is_asked = |ux: &UxOut| match (addresses.is_empty(), hashes.is_empty()) {
            (true, true) => true,
            (false, _) => ux.out.address().is_some_and(|address| addresses.contains(&address)),
            (true, false) => hashes.contains(&ux.uxid()),
        };
        let failed = |words| {
            format!("gateway.GetUnspentOutputsSummary failed: vs.unconfirmedOutgoingOutputs failed: {words}")
        };
        let outgoing = self.outgoing().map_err(|words| refusal(500, &failed(words)))?;
        let head = self.chain.head();
        let shown = |all: Vec<UxOut>| {
            let asked = all.iter().filter(|ux| is_asked(ux));
            Unspent::sorted(asked.map(|ux| Unspent::of(ux, head.time())).collect())
        };
        Ok(ok(&Outputs {
            head: Header::of(head),
            head_outputs: shown(self.chain.all_unspent().copied().collect()),
            outgoing_outputs: shown(outgoing),
            incoming_outputs: shown(self.incoming()),
        }))
    }

    /// What waiting transactions spend. Where one of them is too late for that, this fails, as it does in the daemon.
    fn outgoing(&self) -> Result<Vec<UxOut>, String> {
        let each = self.pool.all().map(|waiting| inputs_of(&waiting.tx, self.chain));
        Ok(each.collect::<Result<Vec<_>, _>>()?.concat())
    }

    /// What they would make.
    fn incoming(&self) -> Vec<UxOut> {
        self.pool.all().flat_map(|waiting| outputs_of(&waiting.tx, self.chain.head())).collect()
    }

    pub(super) fn balance(&self, parameters: &Parameters) -> Result<Answer, Answer> {
        let addresses = parse_addresses(parameters.get("addrs"))?;
        if addresses.is_empty() {
            return Err(refusal(400, "addrs is required"));
        }
        let failed = |words| {
            let what =
                "gateway.GetBalanceOfAddresses failed: GetArray failed when checking addresses balance";
            refusal(500, &format!("{what}: {words}"))
        };
        let outgoing = self.outgoing().map_err(failed)?;
        let incoming = self.incoming();
        let mut balance = Balance { sum: Pair::default(), addresses: BTreeMap::new() };
        for address in addresses {
            let pair = self.balance_of(address, &outgoing, &incoming);
            balance.sum.confirmed.add(pair.confirmed);
            balance.sum.predicted.add(pair.predicted);
            balance.addresses.insert(address.to_string(), pair);
        }
        Ok(ok(&balance))
    }

    fn balance_of(&self, address: Address, outgoing: &[UxOut], incoming: &[UxOut]) -> Pair {
        let is_owned = |ux: &&UxOut| ux.out.address() == Some(address);
        let confirmed: Vec<UxOut> = self.chain.all_unspent().filter(is_owned).copied().collect();
        let leaving: HashSet<Claim> = outgoing.iter().map(UxOut::uxid).collect();
        let staying = confirmed.iter().filter(|ux| !leaving.contains(&ux.uxid()));
        let predicted: Vec<UxOut> = staying.chain(incoming.iter().filter(is_owned)).copied().collect();
        let time = self.chain.head().time();
        Pair { confirmed: Sum::of(&confirmed, time), predicted: Sum::of(&predicted, time) }
    }

    pub(super) fn uxout(&self, parameters: &Parameters) -> Result<Answer, Answer> {
        let uxid = parameters.get("uxid");
        if uxid.is_empty() {
            return Err(refusal(400, "uxid is empty"));
        }
        let uxid = Claim(hash(uxid)?.0);
        let unknown = || refusal(400, &no_uxout(&uxid));
        let fate = self.chain.fate(&uxid).ok_or_else(unknown)?;
        Ok(ok(&Spent::of(fate, self.chain.head().time())))
    }

    pub(super) fn address_uxouts(&self, parameters: &Parameters) -> Result<Answer, Answer> {
        let text = parameters.get("address");
        if text.is_empty() {
            return Err(refusal(400, "address is empty"));
        }
        let address = Address::decode(text).map_err(|error| refusal(400, &error.to_string()))?;
        let time = self.chain.head().time();
        let fates = self.chain.fates().filter(|fate| fate.ux.out.address() == Some(address));
        Ok(ok(&fates.map(|fate| Spent::of(fate, time)).collect::<Vec<_>>()))
    }

    pub(super) fn address_count(&self) -> Answer {
        let owners: HashSet<String> = self.chain.all_unspent().map(|ux| ux.out.address_text()).collect();
        ok(&BTreeMap::from([("count", owners.len())]))
    }
}

impl Sum {
    fn of(all: &[UxOut], time: u64) -> Sum {
        // There are no more coins than fit, and hours are kept from overflowing when they are spent.
        let coins = all.iter().map(|ux| ux.out.coins).fold(0, u64::saturating_add);
        Sum { coins, hours: input_hours(all, time).unwrap_or(0) }
    }

    fn add(&mut self, other: Sum) {
        self.coins = self.coins.saturating_add(other.coins);
        self.hours = self.hours.saturating_add(other.hours);
    }
}

/// Words between commas and spaces, each once.
fn words(text: &str) -> Vec<&str> {
    let mut seen = HashSet::new();
    let words = text.split(|letter: char| letter == ',' || letter.is_whitespace());
    words.filter(|word| !word.is_empty() && seen.insert(*word)).collect()
}

fn parse_addresses(text: &str) -> Result<Vec<Address>, Answer> {
    let parse = |word: &str| {
        Address::decode(word)
            .map_err(|error| refusal(400, &format!("address {} is invalid: {error}", quoted(word))))
    };
    words(text).into_iter().map(parse).collect()
}

fn parse_hashes(text: &str) -> Result<Vec<Claim>, Answer> {
    let parse = |word: &str| {
        parse_hash(word)
            .map(|hash| Claim(hash.0))
            .map_err(|error| refusal(400, &format!("SHA256 hash {} is invalid: {error}", quoted(word))))
    };
    words(text).into_iter().map(parse).collect()
}

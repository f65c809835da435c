//! The Skycoin formats against data of real nodes: `tests/data/skycoin` holds a node's answers over the chain's
//! first blocks, a test chain's recorded calls, keys and signatures from seeds, and wallet files of every kind.
//! The `made-` and `invalid-empty` wallets were written by the node's own wallet code for what its fixtures lack;
//! `addresses.json` pairs texts with what the original service says of them, and `hours.json` has what the node
//! reckons for random outputs and fees.
#![allow(clippy::unwrap_used)]

mod addresses;
mod blocks;
mod hours;
mod seeds;
mod transactions;
mod wallets;

use std::str::FromStr;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use teller::skycoin::Address;
use teller::types::{Droplets, HashParseError};

fn data(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/skycoin").join(path)
}

fn json(path: &str) -> Value {
    serde_json::from_slice(&fs::read(data(path)).unwrap()).unwrap()
}

/// The names of the files in a folder, in order.
fn files(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(data(folder)).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| format!("{folder}/{}", entry.unwrap().file_name().to_str().unwrap())).collect();
    names.sort();
    names
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// Whole numbers stand in some answers as numbers and in others as texts.
fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| text(value).parse().unwrap())
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

fn hash<H: FromStr<Err = HashParseError>>(value: &Value) -> H {
    text(value).parse().unwrap()
}

fn address(value: &Value) -> Address {
    Address::decode(text(value)).unwrap()
}

fn coins(value: &Value) -> Droplets {
    match value {
        Value::String(text) => Droplets::parse_coins(text).unwrap(),
        droplets => Droplets::new(number(droplets)),
    }
}

/// Every object in a document, however deep.
fn objects(value: &Value) -> Vec<&Value> {
    let mut found = Vec::new();
    match value {
        Value::Object(fields) => {
            found.push(value);
            fields.values().for_each(|field| found.extend(objects(field)));
        }
        Value::Array(items) => items.iter().for_each(|item| found.extend(objects(item))),
        _ => {}
    }
    found
}

use std::collections::HashMap;

use serde_json::Value;
use teller::skycoin::{BlockHeader, CoinHours, Output, Transaction, calculated_hours};
use teller::types::{Claim, Droplets, Height, TxId, UnixTime};

use super::transactions::{bytes, output, transaction, uxid};
use super::{address, coins, files, hash, json, list, number, objects};

/// An output nobody has spent yet.
struct Unspent {
    output: Output,
    source: TxId,
    made: UnixTime,
}

impl Unspent {
    fn hours(&self, now: UnixTime) -> CoinHours {
        calculated_hours(self.output.coins, self.output.hours, self.made, now).unwrap()
    }
}

fn header(json: &Value) -> BlockHeader {
    BlockHeader {
        version: u32::try_from(number(&json["version"])).unwrap(),
        time: UnixTime::new(number(&json["timestamp"])),
        height: Height::new(number(&json["seq"])),
        fee: CoinHours::new(number(&json["fee"])),
        previous: hash(&json["previous_block_hash"]),
        body: hash(&json["tx_body_hash"]),
        unspent: hash(&json["ux_hash"]),
    }
}

#[test]
fn should_recompute_the_hash_of_every_header() {
    let mut seen = 0;
    for name in files("api").into_iter().chain(["api-recorded-testchain.json".to_owned()]) {
        let answer = json(&name);
        for json in objects(&answer).into_iter().filter(|object| object.get("tx_body_hash").is_some()) {
            assert_eq!(header(json).hash(), hash(&json["block_hash"]), "{name}");
            seen += 1;
        }
    }
    assert!(seen > 370, "{seen}");
}

/// Spends and makes what a block's transaction does, and says what it burnt. Checked like a node would, but for the
/// burn: these blocks are older than the rule.
fn apply(
    unspent: &mut HashMap<Claim, Unspent>,
    json: &Value,
    previous: UnixTime,
    time: UnixTime,
) -> CoinHours {
    let transaction = transaction(json);
    let spent: Vec<Unspent> = transaction.inputs().iter().map(|uxid| unspent.remove(uxid).unwrap()).collect();
    for (input, spent) in list(&json["inputs"]).iter().zip(&spent) {
        assert_eq!(spent.output.uxid(spent.source), uxid(input));
        assert_eq!(spent.output.address, address(&input["owner"]));
        assert_eq!(spent.output.coins, coins(&input["coins"]));
        assert_eq!(spent.output.hours.get(), number(&input["hours"]));
        assert_eq!(spent.source, hash(&input["src_txid"]));
        assert_eq!(spent.hours(previous).get(), number(&input["calculated_hours"]));
    }
    let owners: Vec<_> = spent.iter().map(|spent| spent.output.address).collect();
    assert_eq!(transaction.verify_signatures(&owners), Ok(()));
    let sum = |outputs: &[Output]| Droplets::sum(outputs.iter().map(|output| output.coins)).unwrap();
    assert_eq!(sum(&spent.iter().map(|spent| spent.output).collect::<Vec<_>>()), sum(transaction.outputs()));
    add(unspent, &transaction, time);
    let inputs = CoinHours::sum(spent.iter().map(|spent| spent.hours(previous))).unwrap();
    let outputs = CoinHours::sum(transaction.outputs().iter().map(|output| output.hours)).unwrap();
    let burnt = inputs.saturating_sub(outputs);
    assert_eq!(outputs.checked_add(burnt), Ok(inputs));
    burnt
}

fn add(unspent: &mut HashMap<Claim, Unspent>, transaction: &Transaction, made: UnixTime) {
    let source = transaction.txid();
    for (uxid, output) in transaction.uxids().into_iter().zip(transaction.outputs()) {
        unspent.insert(uxid, Unspent { output: *output, source, made });
    }
}

/// Follows the chain from its genesis block to the head, as a node does.
fn follow(blocks: &[Value]) -> HashMap<Claim, Unspent> {
    let genesis = header(&blocks[0]["header"]);
    let source = TxId([0; 32]);
    let first =
        Unspent { output: output(&blocks[0]["body"]["txns"][0]["outputs"][0]), source, made: genesis.time };
    let mut unspent = HashMap::from([(first.output.uxid(source), first)]);
    let mut previous = genesis;
    for block in &blocks[1..] {
        let header = header(&block["header"]);
        assert_eq!((header.previous, header.height), (previous.hash(), previous.height.next()));
        let [json] = list(&block["body"]["txns"]).as_slice() else {
            panic!("one transaction per block here")
        };
        assert_eq!(header.body, hash(&json["txid"]));
        let burnt = apply(&mut unspent, json, previous.time, header.time);
        assert_eq!((burnt.get(), burnt), (number(&json["fee"]), header.fee));
        assert_eq!(u64::try_from(bytes(json).len()).unwrap(), number(&block["size"]));
        previous = header;
    }
    unspent
}

#[test]
fn should_follow_the_chain_to_the_unspent_outputs_of_the_node() {
    let blocks = json("api/blocks-verbose-all.json");
    let blocks = list(&blocks["blocks"]);
    assert_eq!(blocks.len(), 181);
    let unspent = follow(blocks);
    let answer = json("api/outputs-noargs.json");
    let head = header(&answer["head"]);
    assert_eq!(head, header(&blocks[180]["header"]));
    assert_eq!(list(&answer["head_outputs"]).len(), unspent.len());
    for json in list(&answer["head_outputs"]) {
        let ours = &unspent[&hash(&json["hash"])];
        assert_eq!(ours.output, output(json));
        assert_eq!((ours.source, ours.made.get()), (hash(&json["src_tx"]), number(&json["time"])));
    }
}

#[test]
fn should_recompute_every_listed_output() {
    let mut seen = 0;
    for name in files("api").into_iter().chain(["api-recorded-testchain.json".to_owned()]) {
        let answer = json(&name);
        for answer in objects(&answer).into_iter().filter(|object| object.get("head_outputs").is_some()) {
            let head = header(&answer["head"]).time;
            for json in
                ["head_outputs", "outgoing_outputs", "incoming_outputs"].map(|kind| list(&answer[kind]))
            {
                json.iter().for_each(|json| check_output(json, head));
                seen += json.len();
            }
        }
    }
    assert!(seen > 260, "{seen}");
}

fn check_output(json: &Value, now: UnixTime) {
    let (output, source) = (output(json), hash(&json["src_tx"]));
    assert_eq!(output.uxid(source), hash(&json["hash"]));
    let ours = Unspent { output, source, made: UnixTime::new(number(&json["time"])) };
    assert_eq!(ours.hours(now).get(), number(&json["calculated_hours"]));
}

#[test]
fn should_recompute_single_outputs_and_balances() {
    let unspent = follow(list(&json("api/blocks-verbose-all.json")["blocks"]));
    let head = header(&json("api/blockchain-metadata.json")["head"]).time;
    for file in ["uxout", "uxout-spent"] {
        let uxout = json(&format!("api/{file}.json"));
        let ours = &unspent[&hash(&uxout["uxid"])];
        assert_eq!(ours.output.address, address(&uxout["owner_address"]));
        assert_eq!(ours.output.coins, coins(&uxout["coins"]));
        assert_eq!(ours.output.hours.get(), number(&uxout["hours"]));
        assert_eq!(ours.source, hash(&uxout["src_tx"]));
    }
    let uxout = json("api/uxout.json");
    assert_eq!(unspent[&hash(&uxout["uxid"])].hours(head).get(), number(&uxout["calculated_hours"]));
    let balance = json("api/balance-two-addrs.json");
    for (owner, balance) in balance["addresses"].as_object().unwrap() {
        let theirs: Vec<_> =
            unspent.values().filter(|one| one.output.address.to_string() == *owner).collect();
        let coins = Droplets::sum(theirs.iter().map(|one| one.output.coins)).unwrap();
        let hours = CoinHours::sum(theirs.iter().map(|one| one.hours(head))).unwrap();
        assert_eq!(coins.get(), number(&balance["confirmed"]["coins"]));
        assert_eq!(hours.get(), number(&balance["confirmed"]["hours"]));
    }
}

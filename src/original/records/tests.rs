use serde_json::{Value, json};

use super::*;
use crate::original::bolt::{Bolt, BoltError};
use crate::payout::PublicStatus;
use crate::types::{Coin, Droplets, TxId, Units};

const BTC: &str = "1Psprg9wqrxU6NNxbrCf4tY3gsX1q9CLy2";
const OTHER_BTC: &str = "1Q3frxoRBJfd8UzECuArYfwSByKmFCFPW1";
const ETH: &str = "0x284e0dc5d079282fdcdefdf81d228f6c9c4f1b2f";
const PAYEE: &str = "2NmBqyHkdnA4uL5cXo9GfjHsqEQzs3S2uS3";
const OTHER: &str = "XxSbqs3WURnq17dtp6UAKRYUjCXJmHVnst";
const TX: &str = "e4223ed20d7ea5740a326e2b268ca6db91d041cf5194f577e393a8ba3b85d8e9";

/// Buckets with their keys and values.
#[derive(Default)]
struct File(Vec<(String, u64, Pairs)>);

/// Keys and values.
type Pairs = Vec<(String, String)>;

impl File {
    fn with(mut self, bucket: &str, pairs: &[(&str, String)]) -> File {
        let mut pairs: Vec<_> = pairs.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        pairs.sort();
        let sequence = u64::try_from(pairs.len()).unwrap();
        self.0.retain(|(name, ..)| name != bucket);
        self.0.push((bucket.to_owned(), sequence, pairs));
        self
    }

    fn read(&self) -> Result<Original, RecordError> {
        let mut root = Bucket::default();
        for (name, sequence, pairs) in &self.0 {
            let pairs = pairs.iter().map(|(key, value)| (key.as_bytes(), value.as_bytes())).collect();
            root.buckets.push((name.as_bytes(), Bucket { sequence: *sequence, pairs, buckets: Vec::new() }));
        }
        read(&root, &PerCoin::new(Coin::main_network))
    }

    fn refusal(&self) -> String {
        self.read().expect_err("it is read").to_string()
    }

    /// What is told of it, where it is read.
    fn differences(&self) -> Vec<String> {
        self.read().unwrap().differences
    }
}

fn info(seq: u64, n: u32) -> Value {
    json!({
        "seq": seq, "updated_at": 1_521_000_000, "status": "done", "coin_type": "BTC", "sky_address": PAYEE,
        "buy_method": "direct", "deposit_address": BTC, "deposit_id": format!("{TX}:{n}"), "txid": TX,
        "conversion_rate": "500", "deposit_value": 200_000, "sky_sent": 1_000_000,
        "passthrough": { "sky_bought": 0, "order": { "customer_id": "", "order_id": "", "final": false } },
        "error": "",
        "deposit": {
            "coin_type": "BTC", "address": BTC, "value": 200_000, "height": 500_000, "tx": TX, "n": n,
            "processed": true,
        },
    })
}

fn key(n: u32) -> String {
    format!("{TX}:{n}")
}

fn bound(address: &str, payee: &str) -> String {
    json!({ "SkyAddress": payee, "Address": address, "CoinType": "BTC", "BuyMethod": "direct" }).to_string()
}

/// One address with one deposit, as the last version keeps them.
fn usual() -> File {
    let listed = format!("[{}]", bound(BTC, PAYEE));
    File::default()
        .with("bind_address_btc", &[(BTC, bound(BTC, PAYEE))])
        .with("sky_deposit_seqs_index", &[(PAYEE, listed)])
        .with("deposit_info", &[(&key(0), info(1, 0).to_string())])
        .with("btc_txs", &[(BTC, json!([key(0)]).to_string())])
        .with("used_btc_address", &[(BTC, String::new())])
}

fn with_info(change: impl FnOnce(&mut Value)) -> File {
    let mut changed = info(1, 0);
    change(&mut changed);
    usual().with("deposit_info", &[(&key(0), changed.to_string())])
}

#[test]
fn should_read_what_the_last_version_keeps() {
    let original = usual().read().unwrap();
    assert_eq!(original.differences, Vec::<String>::new());
    assert_eq!(original.bindings.len(), 1);
    let deposit = &original.deposits[0];
    assert_eq!(
        (deposit.seq, deposit.amount, deposit.sent),
        (1, Units::new(200_000), Droplets::new(1_000_000))
    );
    assert_eq!((deposit.status, deposit.txid), (PublicStatus::Done, Some(TxId::parse(TX).unwrap())));
    assert_eq!(deposit.id.to_string(), key(0));
}

#[test]
fn should_read_what_the_first_version_keeps() {
    let old = json!({
        "Seq": 1, "UpdatedAt": 1_513_000_000, "Status": 1, "CoinType": "BTC", "SkyAddress": PAYEE,
        "DepositAddress": BTC, "DepositID": key(0), "Txid": "", "ConversionRate": "500", "DepositValue": 200_000,
        "SkySent": 0, "Error": "",
        "Deposit": {
            "CoinType": "BTC", "Address": BTC, "Value": 200_000, "Height": 500_000, "Tx": TX, "N": 0, "Processed": true,
        },
    });
    let first = File::default()
        .with("bind_address", &[(BTC, PAYEE.to_owned()), (OTHER_BTC, PAYEE.to_owned())])
        .with("sky_deposit_seqs_index", &[(PAYEE, json!([OTHER_BTC, BTC]).to_string())])
        .with("deposit_info", &[(&key(0), old.to_string())])
        .with("scan_meta", &[("deposit_addresses", json!([BTC, OTHER_BTC]).to_string())])
        .with("used_btc_address", &[(BTC, String::new()), (OTHER_BTC, String::new())]);
    let original = first.read().unwrap();
    assert_eq!(original.differences, Vec::<String>::new());
    let order: Vec<String> = original.bindings.iter().map(|bound| bound.address.to_string()).collect();
    assert_eq!(order, [OTHER_BTC, BTC]);
    assert_eq!(original.deposits[0].status, PublicStatus::WaitingSend);
    for (number, status) in
        [(0, "waiting_deposit"), (2, "waiting_confirm"), (3, "done"), (4, "waiting_decide")]
    {
        let read = with_info(|info| info["status"] = number.into()).read().unwrap();
        assert_eq!(read.deposits[0].status.name(), status);
    }
    let unknown = with_info(|info| info["status"] = 5.into()).refusal();
    assert!(unknown.contains("is no status of the original"), "{unknown}");
}

#[test]
fn should_read_buckets_of_the_version_between() {
    let between = usual().with("bind_address_btc", &[]).with("bind_address_BTC", &[(BTC, PAYEE.to_owned())]);
    assert_eq!(between.read().unwrap().bindings, usual().read().unwrap().bindings);
}

#[test]
fn should_refuse_what_is_older_than_the_first_version() {
    let old = usual().with("scan_meta", &[("last_scan_block", "{}".to_owned())]);
    assert!(old.refusal().contains("before v1.0.0"), "{}", old.refusal());
    let old = with_info(|info| info["BtcTx"] = TX.into());
    assert!(old.refusal().contains("before v1.0.0"), "{}", old.refusal());
    assert!(File::default().refusal().contains("no data of the original"));
}

/// What is done to a record.
type Damage = fn(&mut Value);

#[test]
fn should_refuse_records_that_contradict_each_other() {
    let two = usual().with("bind_address_BTC", &[(BTC, OTHER.to_owned())]);
    assert!(two.refusal().contains("bound to two payees"), "{}", two.refusal());
    let cases: [(&str, Damage); 8] = [
        ("it is to be paid to", |info| info["sky_address"] = OTHER.into()),
        ("bound to nobody", |info| info["deposit"]["address"] = OTHER_BTC.into()),
        ("its deposit_value is 7", |info| info["deposit_value"] = 7.into()),
        ("is no amount of a deposit", |info| info["deposit"]["value"] = 0.into()),
        ("the deposit in it is", |info| info["deposit"]["n"] = 3.into()),
        ("is no coin", |info| info["deposit"]["coin_type"] = "LTC".into()),
        ("is neither direct nor", |info| info["buy_method"] = "gift".into()),
        ("is no Skycoin address", |info| info["sky_address"] = "nobody".into()),
    ];
    for (words, change) in cases {
        let refusal = with_info(change).refusal();
        assert!(refusal.contains(words) && refusal.contains("deposit_info"), "{words}: {refusal}");
    }
    let twice =
        usual().with("deposit_info", &[(&key(0), info(1, 0).to_string()), (&key(1), info(1, 1).to_string())]);
    assert!(twice.refusal().contains("number 1 is given to two deposits"), "{}", twice.refusal());
    let broken = usual().with("deposit_info", &[(&key(0), "{\"seq\":".to_owned())]);
    assert!(broken.refusal().contains(&key(0)), "{}", broken.refusal());
}

#[test]
fn should_tell_where_indexes_differ() {
    let blanks = usual().with("bind_address_btc", &[(BTC, bound(BTC, &format!(" {PAYEE}")))]);
    assert!(blanks.differences()[0].contains("blanks around it"));
    let cases = [
        (usual().with("sky_deposit_seqs_index", &[]), "not listed for them"),
        (usual().with("btc_txs", &[]), "and is not listed for it"),
        (usual().with("btc_txs", &[(BTC, json!([key(0), key(9)]).to_string())]), "is listed for"),
        (usual().with("used_btc_address", &[]), "not among those taken from its pool"),
        (usual().with("scan_meta_btc", &[("deposit_addresses", "[]".to_owned())]), "not among those watched"),
        (usual().with("bind_address_ltc", &[]), "is none that is known"),
        (with_info(|info| info["seq"] = 2.into()), "the last deposit has number 2, and 1 were given"),
        (with_info(|info| info["txid"] = "none".into()), "is no transaction"),
        (with_info(|info| info["deposit_id"] = "else:1".into()), "it calls itself"),
    ];
    for (file, words) in cases {
        let differences = file.differences();
        assert!(differences.len() == 1 && differences[0].contains(words), "{words}: {differences:?}");
    }
}

#[test]
fn should_give_nobody_what_the_original_had_used() {
    let used = usual()
        .with("used_btc_address", &[(BTC, String::new()), (OTHER_BTC, String::new())])
        .with("used_eth_address", &[(ETH, String::new())])
        .read()
        .unwrap();
    let used: Vec<String> = used.used.iter().map(ToString::to_string).collect();
    assert_eq!(used, [OTHER_BTC, ETH]);
    // Nor what is listed for somebody and is not bound.
    let listed = format!("[{},{}]", bound(BTC, PAYEE), bound(OTHER_BTC, PAYEE));
    let read = usual().with("sky_deposit_seqs_index", &[(PAYEE, listed)]).read().unwrap();
    assert_eq!(read.used.len(), 1);
    assert!(read.differences[0].contains("is not bound to them"), "{:?}", read.differences);
}

#[test]
fn should_tell_what_was_seen_and_came_to_nothing() {
    let seen = |n: u32, value: u64| {
        json!({ "coin_type": "BTC", "address": BTC, "value": value, "height": 500_001, "tx": TX, "n": n,
            "processed": n == 0 })
        .to_string()
    };
    let file = usual().with("deposit_value", &[(&key(0), seen(0, 200_000)), (&key(1), seen(1, 7))]);
    let original = file.read().unwrap();
    assert_eq!(original.unhandled.len(), 1);
    assert_eq!((original.unhandled[0].amount, original.unhandled[0].height.get()), (Units::new(7), 500_001));
    let other = usual().with("deposit_value", &[(&key(0), seen(0, 200_001))]);
    assert!(other.refusal().contains("it differs from what deposit_info has"), "{}", other.refusal());
}

#[test]
fn should_count_ether_in_wei() {
    let ether = with_info(|info| {
        info["coin_type"] = "ETH".into();
        info["deposit_address"] = ETH.into();
        info["deposit"]["coin_type"] = "ETH".into();
        info["deposit"]["address"] = ETH.into();
    });
    let bound =
        json!({ "SkyAddress": PAYEE, "Address": ETH, "CoinType": "ETH", "BuyMethod": "direct" }).to_string();
    let original = ether.with("bind_address_eth", &[(ETH, bound)]).read().unwrap();
    assert_eq!(original.deposits[0].amount, Units::new(200_000_000_000_000));
}

#[test]
fn should_read_or_refuse_whatever_byte_of_a_record_is_changed() {
    let file: &[u8] = include_bytes!("../../../tests/data/original/mixed.db");
    let networks = PerCoin::new(Coin::main_network);
    let bolt = Bolt::read(file.to_vec()).unwrap();
    let whole = read(&bolt.root().unwrap(), &networks).unwrap();
    for at in (2 * 4096..23 * 4096).step_by(61) {
        let mut changed = file.to_vec();
        changed[at] ^= 0x05;
        let tree = Bolt::read(changed).and_then(|bolt| {
            let read = read(&bolt.root()?, &networks);
            Ok::<_, BoltError>(read)
        });
        if let Ok(Ok(original)) = tree {
            let same = original.deposits.len() == whole.deposits.len();
            let told = !original.differences.is_empty();
            assert!(same || told, "byte {at}: deposits are lost, and nothing is told");
            assert!(original.bindings.len() == whole.bindings.len() || told, "byte {at}");
        }
    }
}

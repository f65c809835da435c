//! Databases as the original writes them: its file format, and its records in the form of its last version.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// Bytes of a page.
const PAGE: usize = 4096;
const LEAF: u16 = 2;
const META: u16 = 4;
const FREELIST: u16 = 0x10;
const IS_BUCKET: u32 = 1;

/// A bucket: its sequence, and its pairs.
pub type BoltBucket = (u64, BTreeMap<Vec<u8>, Vec<u8>>);

/// Returns a bolt file with these buckets: each in one page, which is as long as it has to be.
pub fn bolt_file(buckets: &BTreeMap<Vec<u8>, BoltBucket>) -> Vec<u8> {
    // Two metas, the free list, the root; then the buckets.
    let mut pages: Vec<Vec<u8>> = Vec::new();
    let mut next = 4;
    let mut root = Vec::new();
    for (name, (sequence, pairs)) in buckets {
        let items: Vec<_> = pairs.iter().map(|(key, value)| (0, key.clone(), value.clone())).collect();
        let page = leaf(next, &items);
        let value = [next.to_le_bytes(), sequence.to_le_bytes()].concat();
        root.push((IS_BUCKET, name.clone(), value));
        next += (page.len() / PAGE) as u64;
        pages.push(page);
    }
    let root = leaf(3, &root);
    assert_eq!(root.len(), PAGE, "so many buckets need a longer root");
    let mut file = [meta(0, next), meta(1, next)].concat();
    file.extend(padded(header(2, FREELIST, 0, 0)));
    file.extend(root);
    file.extend(pages.concat());
    file
}

fn header(id: u64, flags: u16, count: u16, overflow: u32) -> Vec<u8> {
    let mut page = id.to_le_bytes().to_vec();
    page.extend(flags.to_le_bytes());
    page.extend(count.to_le_bytes());
    page.extend(overflow.to_le_bytes());
    page
}

fn padded(mut page: Vec<u8>) -> Vec<u8> {
    page.resize(page.len().div_ceil(PAGE) * PAGE, 0);
    page
}

fn leaf(id: u64, items: &[(u32, Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let (mut elements, mut data) = (Vec::new(), Vec::<u8>::new());
    for (at, (flags, key, value)) in items.iter().enumerate() {
        let pos = (items.len() - at) * 16 + data.len();
        for number in [*flags, pos as u32, key.len() as u32, value.len() as u32] {
            elements.extend(number.to_le_bytes());
        }
        data.extend(key);
        data.extend(value);
    }
    let length = 16 + elements.len() + data.len();
    let mut page = header(id, LEAF, items.len() as u16, (length.div_ceil(PAGE) - 1) as u32);
    page.extend(elements);
    page.extend(data);
    padded(page)
}

fn meta(id: u64, high_water: u64) -> Vec<u8> {
    let mut body = 0xED0C_DAED_u32.to_le_bytes().to_vec();
    body.extend(2_u32.to_le_bytes());
    body.extend((PAGE as u32).to_le_bytes());
    body.extend(0_u32.to_le_bytes());
    // Root with its sequence, free list, high water, the transaction's number.
    for number in [3, 0, 2, high_water, id] {
        body.extend(u64::to_le_bytes(number));
    }
    let sum = body
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    let mut page = header(id, META, 0, 0);
    page.extend(body);
    page.extend(sum.to_le_bytes());
    padded(page)
}

/// A deposit as the original keeps it; amounts in what it counts: satoshis, gwei, droplets.
#[derive(Debug, Clone)]
pub struct OriginalRecord {
    pub coin: &'static str,
    pub address: String,
    pub payee: String,
    pub tx: String,
    pub n: u32,
    pub value: i64,
    pub height: i64,
    pub rate: String,
    pub status: &'static str,
    pub txid: String,
    pub sent: u64,
    pub error: String,
    pub updated_at: i64,
}

impl OriginalRecord {
    /// One that waits to be sent, at 500 SKY for one.
    pub fn waiting(
        coin: &'static str,
        (address, payee): (&str, &str),
        tx: &str,
        value: i64,
        height: i64,
    ) -> Self {
        OriginalRecord {
            coin,
            address: address.to_owned(),
            payee: payee.to_owned(),
            tx: tx.to_owned(),
            n: 0,
            value,
            height,
            rate: "500".to_owned(),
            status: "waiting_send",
            txid: String::new(),
            sent: 0,
            error: String::new(),
            updated_at: 1_521_000_000,
        }
    }

    /// The same, as one that was paid so many droplets by this transaction.
    pub fn paid(self, txid: &str, sent: u64) -> Self {
        OriginalRecord { status: "done", txid: txid.to_owned(), sent, ..self }
    }

    fn key(&self) -> String {
        format!("{}:{}", self.tx, self.n)
    }

    fn seen(&self) -> Value {
        json!({
            "coin_type": self.coin, "address": self.address, "value": self.value, "height": self.height,
            "tx": self.tx, "n": self.n, "processed": true,
        })
    }

    fn info(&self, seq: usize) -> Value {
        let order = json!({
            "customer_id": "", "order_id": "", "completed_amount": "", "price": "", "status": "", "final": false,
            "original": "",
        });
        json!({
            "seq": seq, "updated_at": self.updated_at, "status": self.status, "coin_type": self.coin,
            "sky_address": self.payee, "buy_method": "direct", "deposit_address": self.address,
            "deposit_id": self.key(), "txid": self.txid, "conversion_rate": self.rate,
            "deposit_value": self.value, "sky_sent": self.sent,
            "passthrough": {
                "exchange_name": "", "sky_bought": 0, "deposit_value_spent": 0, "requested_amount": "",
                "order": order,
            },
            "error": self.error, "deposit": self.seen(),
        })
    }
}

/// The original's database while it is written.
#[derive(Debug, Clone, Default)]
pub struct OriginalFile {
    bindings: Vec<(&'static str, String, String)>,
    deposits: Vec<OriginalRecord>,
    left_behind: Vec<OriginalRecord>,
}

impl OriginalFile {
    /// Binds an address.
    pub fn bind(&mut self, coin: &'static str, address: &str, payee: &str) -> &mut Self {
        self.bindings.push((coin, address.to_owned(), payee.to_owned()));
        self
    }

    /// Takes a deposit up.
    pub fn deposit(&mut self, record: OriginalRecord) -> &mut Self {
        self.deposits.push(record);
        self
    }

    /// Has its scanner see a deposit that nothing becomes of.
    pub fn leave_behind(&mut self, record: OriginalRecord) -> &mut Self {
        self.left_behind.push(record);
        self
    }

    /// The deposits, to be changed.
    pub fn deposits(&mut self) -> &mut Vec<OriginalRecord> {
        &mut self.deposits
    }

    /// Returns the file.
    pub fn bytes(&self) -> Vec<u8> {
        let mut buckets: BTreeMap<Vec<u8>, BoltBucket> = BTreeMap::new();
        for coin in ["btc", "eth", "sky"] {
            for name in
                [format!("bind_address_{coin}"), format!("used_{coin}_address"), format!("scan_meta_{coin}")]
            {
                buckets.entry(name.into_bytes()).or_default();
            }
        }
        let mut put = |bucket: &str, key: &str, value: String| {
            let (sequence, pairs) = buckets.entry(bucket.as_bytes().to_vec()).or_default();
            pairs.insert(key.as_bytes().to_vec(), value.into_bytes());
            *sequence = if bucket == "deposit_info" { pairs.len() as u64 } else { 0 };
        };
        let mut listed: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        let mut watched: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for (coin, address, payee) in &self.bindings {
            let bound =
                json!({ "SkyAddress": payee, "Address": address, "CoinType": coin, "BuyMethod": "direct" });
            put(&format!("bind_address_{}", coin.to_lowercase()), address, bound.to_string());
            put(&format!("used_{}_address", coin.to_lowercase()), address, String::new());
            listed.entry(payee).or_default().push(bound);
            watched.entry(format!("scan_meta_{}", coin.to_lowercase())).or_default().push(address);
        }
        for (payee, bound) in listed {
            put("sky_deposit_seqs_index", payee, Value::from(bound).to_string());
        }
        for (bucket, addresses) in watched {
            put(&bucket, "deposit_addresses", json!(addresses).to_string());
        }
        let mut of_address: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (at, record) in self.deposits.iter().enumerate() {
            put("deposit_info", &record.key(), record.info(at + 1).to_string());
            of_address.entry(&record.address).or_default().push(record.key());
        }
        for (address, keys) in of_address {
            put("btc_txs", address, json!(keys).to_string());
        }
        for record in self.deposits.iter().chain(&self.left_behind) {
            put("deposit_value", &record.key(), record.seen().to_string());
        }
        for name in ["deposit_info", "deposit_value", "btc_txs", "sky_deposit_seqs_index", "exchange_meta"] {
            buckets.entry(name.as_bytes().to_vec()).or_default();
        }
        bolt_file(&buckets)
    }

    /// Puts the file in the place of another at once, as an operator should.
    pub fn put(&self, path: &std::path::Path) {
        let beside = path.with_extension("new");
        std::fs::write(&beside, self.bytes()).expect("a folder that can be written to");
        std::fs::rename(beside, path).expect("a file that can be replaced");
    }
}

use proptest::prelude::*;

use super::meta::fnv1a;
use super::{Bolt, BoltError, Bucket};

const EMPTY: &[u8] = include_bytes!("../../../tests/data/original/empty.db");
const MIXED: &[u8] = include_bytes!("../../../tests/data/original/mixed.db");
const MANY: &[u8] = include_bytes!("../../../tests/data/original/many.db");
const SENDING_OFF: &[u8] = include_bytes!("../../../tests/data/original/sending-off.db");
const PAGE: usize = 4096;

fn count(bucket: &Bucket<'_>) -> usize {
    let inside = bucket.buckets.iter().map(|(_, bucket)| count(bucket)).sum::<usize>();
    bucket.pairs.len() + bucket.buckets.len() + inside
}

/// How many pairs and buckets there are, where it can be read.
fn read(bytes: Vec<u8>) -> Result<usize, BoltError> {
    Ok(count(&Bolt::read(bytes)?.root()?))
}

/// Puts the right checksum on a meta page again.
fn seal(bytes: &mut [u8], page: usize) {
    let start = page * PAGE + 16;
    let sum = fnv1a(&bytes[start..start + 56]);
    bytes[start + 56..start + 64].copy_from_slice(&sum.to_le_bytes());
}

fn refusal(bytes: Vec<u8>) -> String {
    read(bytes).expect_err("it is read").to_string()
}

#[test]
fn should_read_every_bucket_that_the_original_wrote() {
    let counts = |bytes: &[u8], name: &str| {
        let bolt = Bolt::read(bytes.to_vec()).unwrap();
        assert!(!bolt.is_older_state());
        let root = bolt.root().unwrap();
        assert!(root.pairs.is_empty() && root.buckets.len() == 11);
        let bucket = root.bucket(name).unwrap();
        (bucket.sequence, bucket.pairs.len())
    };
    assert_eq!(counts(EMPTY, "deposit_info"), (0, 0));
    assert_eq!(counts(MIXED, "deposit_info"), (15, 15));
    assert_eq!(counts(MIXED, "bind_address_btc"), (0, 30));
    assert_eq!(counts(MIXED, "used_eth_address"), (0, 6));
    assert_eq!(counts(SENDING_OFF, "btc_txs"), (0, 14));
    assert_eq!(counts(MANY, "bind_address_btc"), (0, 875));
    assert_eq!(counts(MANY, "sky_deposit_seqs_index"), (0, 700));
}

#[test]
fn should_find_values_by_their_keys() {
    let bolt = Bolt::read(MANY.to_vec()).unwrap();
    let root = bolt.root().unwrap();
    let bound = root.bucket("bind_address_btc").unwrap();
    for (key, value) in &bound.pairs {
        assert_eq!(bound.get(key), Some(*value));
    }
    assert!(bound.pairs.is_sorted() && bound.get(b"none").is_none());
    assert!(root.bucket("none").is_none());
}

#[test]
fn should_go_back_to_the_older_state_where_the_newest_is_damaged() {
    // The newest is in the second page of this one, and in the first of the other.
    for (bytes, newest) in [(MIXED, 1), (MANY, 0)] {
        let mut torn = bytes.to_vec();
        torn[newest * PAGE + 16 + 20] ^= 1;
        let bolt = Bolt::read(torn.clone()).unwrap();
        assert!(bolt.is_older_state());
        bolt.root().unwrap();
        torn[(1 - newest) * PAGE + 16 + 20] ^= 1;
        assert!(refusal(torn).starts_with("both of its first pages are damaged"));
    }
}

#[test]
fn should_find_the_second_page_where_the_first_is_gone() {
    let mut torn = MIXED.to_vec();
    torn[..PAGE].fill(0);
    let bolt = Bolt::read(torn).unwrap();
    assert!(bolt.is_older_state());
    assert_eq!(count(&bolt.root().unwrap()), read(MIXED.to_vec()).unwrap());
}

#[test]
fn should_say_what_is_wrong_with_a_file() {
    assert_eq!(refusal(Vec::new()), BoltError::NotBolt.to_string());
    assert_eq!(refusal(b"SQLite format 3".repeat(900)), BoltError::NotBolt.to_string());
    let cut = refusal(MIXED[..PAGE * 22 + 100].to_vec());
    assert!(cut.starts_with("it is cut off: it has 22 whole pages of 23"), "{cut}");
    let mut newer = EMPTY.to_vec();
    for page in [0, 1] {
        newer[page * PAGE + 20] = 3;
        seal(&mut newer, page);
    }
    assert_eq!(refusal(newer), BoltError::Version(3).to_string());
}

#[test]
fn should_never_go_round_in_a_circle() {
    // The bucket of all buckets is on the page that it stands on itself.
    let mut circle = MIXED.to_vec();
    for page in [0, 1] {
        let root = page * PAGE + 16 + 16;
        circle[root..root + 8].copy_from_slice(&1u64.to_le_bytes());
        seal(&mut circle, page);
    }
    assert!(refusal(circle).starts_with("page 1 is damaged: there is no such page"));
    let bolt = Bolt::read(MANY.to_vec()).unwrap();
    let (mut looped, root) = (MANY.to_vec(), usize::try_from(bolt.meta.root).unwrap());
    // The first bucket with pages of its own gets the page of all buckets.
    let page = &MANY[root * PAGE..][..PAGE];
    let element = &page[16..32];
    let number =
        |at: usize| usize::try_from(u32::from_le_bytes(element[at..at + 4].try_into().unwrap())).unwrap();
    let value = root * PAGE + 16 + number(4) + number(8);
    looped[value..value + 8].copy_from_slice(&bolt.meta.root.to_le_bytes());
    assert!(refusal(looped).contains("it is reached twice"));
}

/// What a page says of itself and of its elements: whatever of it is changed is noticed, or changes nothing.
#[test]
fn should_never_read_less_where_a_page_lies() {
    for bytes in [EMPTY, MIXED, SENDING_OFF] {
        let whole = read(bytes.to_vec()).unwrap();
        for page in 2..bytes.len() / PAGE {
            let header = &bytes[page * PAGE..][..16];
            let elements = usize::from(u16::from_le_bytes([header[10], header[11]]));
            if !matches!(header[8], 1 | 2) {
                continue;
            }
            for at in 0..16 + 16 * elements.min(200) {
                for flip in [0x01, 0x02, 0x80, 0xff] {
                    let mut changed = bytes.to_vec();
                    changed[page * PAGE + at] ^= flip;
                    if let Ok(count) = read(changed) {
                        assert_eq!(count, whole, "page {page}, byte {at}, {flip:#x}");
                    }
                }
            }
        }
    }
}

#[derive(Debug, Clone)]
enum Damage {
    Flipped(Vec<(usize, u8)>),
    CutTo(usize),
    Zeroed(usize, usize),
    Swapped(usize, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        prop::collection::vec((any::<usize>(), 1u8..), 1..8).prop_map(Damage::Flipped),
        any::<usize>().prop_map(Damage::CutTo),
        (any::<usize>(), any::<usize>()).prop_map(|(from, length)| Damage::Zeroed(from, length)),
        (any::<usize>(), any::<usize>()).prop_map(|(one, two)| Damage::Swapped(one, two)),
    ]
}

impl Damage {
    fn to(&self, bytes: &[u8]) -> Vec<u8> {
        let (mut bytes, pages) = (bytes.to_vec(), bytes.len() / PAGE);
        match self {
            Damage::Flipped(flips) => {
                for (at, flip) in flips {
                    let at = at % bytes.len();
                    bytes[at] ^= flip;
                }
            }
            Damage::CutTo(length) => bytes.truncate(length % bytes.len()),
            Damage::Zeroed(from, length) => {
                let from = from % bytes.len();
                let to = (from + length % (2 * PAGE)).min(bytes.len());
                bytes[from..to].fill(0);
            }
            Damage::Swapped(one, two) => {
                for at in 0..PAGE {
                    bytes.swap(one % pages * PAGE + at, two % pages * PAGE + at);
                }
            }
        }
        bytes
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn should_read_or_refuse_whatever_is_damaged(
        damage in damage(), which in 0usize..3, sealed in any::<bool>(),
    ) {
        let mut bytes = damage.to([EMPTY, MIXED, SENDING_OFF][which]);
        if sealed && bytes.len() >= 2 * PAGE {
            seal(&mut bytes, 0);
            seal(&mut bytes, 1);
        }
        // Whatever comes of it: it ends, and does not panic.
        let _ = read(bytes);
    }

    #[test]
    fn should_read_or_refuse_whatever_bytes_there_are(mut bytes in prop::collection::vec(any::<u8>(), 0..3 * PAGE)) {
        prop_assert!(read(bytes.clone()).is_err());
        // With both metas of a real file before it.
        let metas = &MIXED[..2 * PAGE];
        let mut whole = metas.to_vec();
        whole.append(&mut bytes);
        whole.resize(24 * PAGE, 7);
        let _ = read(whole);
    }
}

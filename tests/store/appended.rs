//! What a bind costs after an address file was appended to: as much with many bound addresses as with few.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use teller::address::DepositAddress;
use teller::chain::Unvetted;
use teller::engine::{PoolFile, load_pool};
use teller::store::kv::{Backend, Pair, Pairs, Read, Table, Work, Write};
use teller::store::{HandOut, MemoryBackend, Store, StoreError};
use teller::types::Coin;

use crate::support::{addresses, audit, open, payee};

/// A database that counts the look-ups of its writer.
#[derive(Debug, Default)]
struct Counting {
    memory: MemoryBackend,
    looks: AtomicU64,
}

struct CountingWrite<'a> {
    kv: &'a mut dyn Write,
    looks: &'a AtomicU64,
}

impl Backend for Counting {
    fn snapshot(&self) -> Result<Arc<dyn Read + Send + Sync>, StoreError> {
        self.memory.snapshot()
    }

    fn transact(&self, work: Work<'_>) -> Result<(), StoreError> {
        self.memory.transact(&mut |kv| work(&mut CountingWrite { kv, looks: &self.looks }))
    }
}

impl Read for CountingWrite<'_> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.looks.fetch_add(1, Ordering::Relaxed);
        self.kv.get(table, key)
    }

    fn scan(&self, table: Table, from: &[u8], to: Option<&[u8]>) -> Result<Pairs<'_>, StoreError> {
        self.kv.scan(table, from, to)
    }

    fn last(&self, table: Table) -> Result<Option<Pair>, StoreError> {
        self.kv.last(table)
    }
}

impl Write for CountingWrite<'_> {
    fn replace(&mut self, table: Table, key: &[u8], value: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.kv.replace(table, key, value)
    }

    fn remove(&mut self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.kv.remove(table, key)
    }
}

/// A desk with an address file.
struct Desk {
    backend: Arc<Counting>,
    store: Store,
    file: PoolFile,
    _dir: tempfile::TempDir,
}

impl Desk {
    fn new() -> Desk {
        let backend = Arc::new(Counting::default());
        let store = open(Arc::clone(&backend) as Arc<dyn Backend>).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pool.txt");
        let file = PoolFile { network: Coin::BTC.main_network(), path, own: vec![], is_real: false };
        Desk { backend, store, file, _dir: dir }
    }

    fn load(&self, addresses: &[DepositAddress], is_asked: bool) {
        let lines: String = addresses.iter().map(|address| format!("{address}\n")).collect();
        std::fs::write(&self.file.path, lines).unwrap();
        load_pool(&self.store, &self.file, is_asked).unwrap();
    }

    fn bind(&self) -> Option<DepositAddress> {
        let bound = self.store.write_blocking(|tx| {
            let HandOut::Address(offer) = tx.take_address(Coin::BTC, Unvetted::Given)? else {
                return Ok(None);
            };
            tx.bind_offer(payee(1), offer).map(|_| Some(offer.address))
        });
        bound.unwrap()
    }

    fn remaining(&self) -> u64 {
        self.store.snapshot().pool(Coin::BTC).remaining()
    }

    /// Binds all of a pool, appends to it, and says what the next bind looks up.
    fn looks_after(&self, all: &[DepositAddress], bound: usize) -> u64 {
        self.load(&all[..bound], false);
        (0..bound).for_each(|n| assert_eq!(self.bind(), Some(all[n])));
        assert_eq!((self.remaining(), self.bind()), (0, None));
        self.load(all, false);
        assert_eq!(self.remaining(), u64::try_from(all.len() - bound).unwrap());
        let before = self.backend.looks.load(Ordering::Relaxed);
        assert_eq!(self.bind(), Some(all[bound]));
        self.backend.looks.load(Ordering::Relaxed) - before
    }
}

#[test]
fn should_look_at_no_bound_address_after_an_append() {
    let all = addresses(1_303);
    let few = Desk::new().looks_after(&all[..103], 100);
    let desk = Desk::new();
    assert_eq!(desk.looks_after(&all, 1_300), few, "over a chunk's end too");
    assert_eq!(desk.remaining(), 2);
    assert_eq!([desk.bind(), desk.bind(), desk.bind()], [Some(all[1_301]), Some(all[1_302]), None]);
    assert_eq!(desk.remaining(), 0);
    assert_eq!(audit(&desk.store), Vec::<String>::new());
}

#[test]
fn should_pass_over_bound_addresses_wherever_a_new_file_has_them() {
    let all = addresses(400);
    let desk = Desk::new();
    desk.load(&all[..200], false);
    (0..200).for_each(|n| assert_eq!(desk.bind(), Some(all[n])));
    // Bound ones in one run, one alone, and a run at the end.
    let replaced =
        [&all[200..210], &all[..100], &all[210..215], &all[100..101], &all[215..220], &all[101..200]];
    desk.load(&replaced.concat(), true);
    assert_eq!(desk.remaining(), 20);
    let given: Vec<_> = std::iter::from_fn(|| desk.bind()).collect();
    assert_eq!(given, all[200..220]);
    assert_eq!((desk.remaining(), desk.bind()), (0, None));
    // And what was given meanwhile stays so in what is appended to that.
    desk.load(&[replaced.concat(), all[220..].to_vec()].concat(), false);
    assert_eq!((desk.remaining(), desk.bind()), (180, Some(all[220])));
}

#[test]
fn should_keep_what_was_looked_into_after_an_append_alone() {
    let all = addresses(300);
    let desk = Desk::new();
    desk.load(&all[..200], false);
    let generation = desk.store.snapshot().pool(Coin::BTC).generation;
    let vet = |up_to| desk.store.write_blocking(move |tx| tx.set_vetted(Coin::BTC, generation, up_to));
    vet(200).unwrap();
    (0..200).for_each(|n| assert_eq!(desk.bind(), Some(all[n])));
    desk.load(&all, false);
    // All that was looked into is bound: the next one was not, and nobody takes the bound ones for a reserve.
    let next = |desk: &Desk| {
        let snapshot = desk.store.snapshot();
        let (pool, place) = (snapshot.pool(Coin::BTC).clone(), snapshot.next_free(Coin::BTC).unwrap());
        (place, pool.vetted, pool.withholds(place, Unvetted::Withheld))
    };
    assert_eq!(next(&desk), (200, 200, true));
    // Another generation is another matter.
    vet(300).unwrap();
    assert_eq!(next(&desk), (200, 200, true));
    desk.load(&[&all[250..], &all[..250]].concat(), true);
    assert_eq!(next(&desk), (0, 0, true));
}

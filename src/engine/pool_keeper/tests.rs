//! What is taken over of address files and accounts, when, and what a file that was replaced is told to be.

use futures_util::FutureExt;

use super::*;
use crate::address::AccountXpub;
use crate::chain::Unvetted;
use crate::skycoin::Address;
use crate::store::{HandOut, POOL_CHUNK};
use crate::testing::{ManualClock, memory_store};

const COIN: Coin = Coin::ETH;
/// Account 0 of BIP-84's vectors, whose words are in every book.
const PUBLISHED: &str = "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE\
                         3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31mGDtKsAYz2oz2AGutZYs";

fn address(n: usize) -> DepositAddress {
    let mut account = [9; 20];
    account[..8].copy_from_slice(&n.to_be_bytes());
    DepositAddress::of_account(account)
}

fn some(numbers: impl IntoIterator<Item = usize>) -> Vec<DepositAddress> {
    numbers.into_iter().map(address).collect()
}

/// A store and an address file.
struct Desk {
    store: Store,
    file: PoolFile,
    live: Arc<Live>,
    reload: Arc<Reload>,
    _dir: tempfile::TempDir,
}

impl Desk {
    fn new() -> Desk {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pool.txt");
        let file = PoolFile { network: COIN.main_network(), path, own: vec![], is_real: true };
        let (live, reload) = (Arc::default(), Arc::default());
        Desk { store: memory_store(), file, live, reload, _dir: dir }
    }

    /// One whose pool is these already.
    fn with(addresses: &[DepositAddress]) -> Desk {
        let desk = Desk::new();
        desk.write(addresses);
        desk.load(false).unwrap();
        desk
    }

    fn write(&self, addresses: &[DepositAddress]) {
        let lines: String = addresses.iter().map(|address| format!("{address}\n")).collect();
        std::fs::write(&self.file.path, lines).unwrap();
    }

    fn load(&self, is_asked: bool) -> Result<(), PoolError> {
        load_pool(&self.store, &self.file, is_asked)
    }

    /// What the file is told to be in place of the pool: how many are gone, how many are new.
    fn replaced(&self) -> Option<(u64, u64)> {
        match self.load(false) {
            Ok(()) => None,
            Err(PoolError::Replaced { gone, new, .. }) => Some((gone, new)),
            Err(error) => panic!("{error}"),
        }
    }

    fn pool(&self) -> Pool {
        self.store.snapshot().pool(COIN).clone()
    }

    /// Everything that can still be given out, in order.
    fn given(&self) -> Vec<DepositAddress> {
        let next = || {
            let bound = self.store.write_blocking(|tx| match tx.take_address(COIN, Unvetted::Given)? {
                HandOut::Address(offer) => {
                    tx.bind_offer(Address::from_bytes([1; 20]), offer).map(|_| Some(offer))
                }
                HandOut::Empty | HandOut::NotVetted => Ok(None),
            });
            bound.unwrap().map(|offer| offer.address)
        };
        std::iter::from_fn(next).collect()
    }

    /// Chunks that belong to no pool, up to a thousand.
    fn litter(&self) -> usize {
        self.store.write_blocking(|tx| tx.sweep_pool(COIN, 1_000)).unwrap()
    }

    fn keeper(&self, low_water: u64) -> PoolKeeper {
        let (files, clock) = (vec![self.file.clone()], Arc::new(ManualClock::default()));
        let period = Duration::from_secs(10);
        PoolKeeper::new(
            self.store.clone(),
            files,
            Arc::clone(&self.live),
            clock,
            low_water,
            period,
            Arc::clone(&self.reload),
        )
    }

    /// The file has other addresses, and looks as before from outside.
    fn write_unseen(&self, addresses: &[DepositAddress]) {
        let before = std::fs::metadata(&self.file.path).unwrap();
        self.write(addresses);
        let file = std::fs::File::options().write(true).open(&self.file.path).unwrap();
        file.set_modified(before.modified().unwrap()).unwrap();
        assert_eq!(file.metadata().unwrap().len(), before.len());
    }
}

/// The store's own calls block, which they may not in a runtime: so a step has one of its own.
fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
}

fn count(all: usize) -> u64 {
    u64::try_from(all).unwrap()
}

#[test]
fn should_say_of_each_file_whether_it_was_replaced_and_what_is_gone_and_new() {
    const MANY: usize = POOL_CHUNK + 50;
    let with = |changed: &[(usize, usize)]| {
        let mut all: Vec<usize> = (0..MANY).collect();
        changed.iter().for_each(|(place, number)| all[*place] = *number);
        some(all)
    };
    let cases = [
        ("the same", with(&[]), None),
        ("cut off", some(0..MANY - 30), Some((30, 0))),
        ("the first one is another", with(&[(0, 9_000)]), Some((1, 1))),
        ("the third one is another", with(&[(2, 9_000)]), Some((1, 1))),
        ("one of the second chunk is another", with(&[(POOL_CHUNK + 3, 9_000)]), Some((1, 1))),
        ("the last one is another", with(&[(MANY - 1, 9_000)]), Some((1, 1))),
        ("another order", with(&[(5, 6), (6, 5)]), Some((0, 0))),
        ("one is gone, and one is new at the end", some((0..7).chain(8..=MANY)), Some((1, 1))),
        ("three are gone, and five are new", some((3..MANY).chain(9_000..9_005)), Some((3, 5))),
        ("others", some(9_000..9_000 + MANY + 1), Some((count(MANY), count(MANY + 1)))),
        ("appended to", some(0..2 * POOL_CHUNK + 7), None),
    ];
    let desk = Desk::with(&with(&[]));
    for (name, file, expected) in cases {
        let (before, total) = (desk.pool(), count(file.len()));
        desk.write(&file);
        assert_eq!(desk.replaced(), expected, "{name}");
        assert_eq!(desk.litter(), 0, "{name}");
        match expected {
            Some(_) => assert_eq!(desk.pool(), before, "{name}"),
            None => assert_eq!((desk.pool().total, desk.pool().remaining()), (total, total), "{name}"),
        }
    }
}

#[test]
fn should_take_over_a_replaced_file_when_asked_and_leave_nothing_of_the_one_before() {
    let desk = Desk::with(&some(0..POOL_CHUNK + 9));
    desk.write(&some([4_001, 4_000]));
    desk.load(true).unwrap();
    assert_eq!(desk.litter(), 0);
    assert_eq!(desk.given(), some([4_001, 4_000]));
}

#[test]
fn should_read_a_file_whose_text_alone_is_another_and_one_that_is_known_not_again() {
    let desk = Desk::with(&some(0..9));
    let first = desk.pool();
    desk.load(false).unwrap();
    desk.load(true).unwrap();
    assert_eq!(desk.pool(), first, "no generation more");
    let text = std::fs::read_to_string(&desk.file.path).unwrap();
    std::fs::write(&desk.file.path, format!("{text}\n\n")).unwrap();
    desk.load(false).unwrap();
    let second = desk.pool();
    assert_eq!((second.total, second.remaining()), (9, 9));
    assert_eq!(second.digest, address_file_digest(&desk.file.path).unwrap());
    desk.load(false).unwrap();
    assert_eq!(desk.pool(), second);
}

#[test]
fn should_count_whatever_is_bound_before_and_while_a_file_is_read() {
    let desk = Desk::with(&some(0..10));
    let bind = |address: DepositAddress| {
        let bound = desk.store.write_blocking(move |tx| tx.bind(Address::from_bytes([1; 20]), address));
        bound.unwrap();
    };
    some([2, 3, 4]).into_iter().for_each(bind);
    desk.store
        .write_blocking(|tx| {
            let before = tx.pool(COIN).clone();
            tx.switch_pool(COIN, Pool { may_have_forgotten: true, vetted: 7, ..before })
        })
        .unwrap();
    let before = desk.pool();
    let mut loading = Loading::new(desk.store.clone(), COIN, before.generation + 1);
    loading.take(&some(0..20)).unwrap();
    assert_eq!(loading.changes(&before).unwrap(), (0, 10));
    // One of these is of the file; one is not, and one is of another coin.
    some([6, 50]).into_iter().for_each(bind);
    let bitcoin = DepositAddress::parse(Coin::BTC.main_network(), "1PZ63K3G4gZP6A6E2TTbBwxT5bFQGL2TLB");
    bind(bitcoin.unwrap());
    loading.finish([5; 32]).unwrap();
    let pool = desk.pool();
    assert_eq!((pool.generation, pool.digest, pool.total), (before.generation + 1, [5; 32], 20));
    assert_eq!((pool.bound_ahead, pool.remaining()), (4, 16));
    assert_eq!((pool.may_have_forgotten, pool.vetted), (true, 7), "what is known of the pool stays known");
    assert_eq!(desk.given(), some([0, 1, 5].into_iter().chain(7..20)));
}

#[test]
fn should_sweep_away_however_many_chunks_belong_to_no_pool() {
    let desk = Desk::with(&some(0..3));
    desk.store
        .write_blocking(|tx| (0..200).try_for_each(|number| tx.put_pool_chunk(COIN, 7, number, &some([1]))))
        .unwrap();
    sweep(&desk.store, COIN).unwrap();
    assert_eq!(desk.litter(), 0);
    assert_eq!(desk.given(), some(0..3));
}

#[test]
fn should_give_no_address_of_the_hot_wallet_nor_one_that_comes_with_the_program() {
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/addresses/eth_addresses.json");
    let mut desk = Desk::new();
    desk.file.path = examples.into();
    let words = [desk.file.verify().unwrap_err().to_string(), desk.load(true).unwrap_err().to_string()];
    assert!(words.iter().all(|words| words.contains("example addresses")), "{words:?}");
    desk.file.is_real = false;
    desk.file.verify().unwrap();

    let mut desk = Desk::new();
    desk.write(&some(0..9));
    desk.file.own = some([70, 4]);
    let words = [desk.file.verify().unwrap_err().to_string(), desk.load(true).unwrap_err().to_string()];
    assert!(words.iter().all(|words| words.contains(&address(4).to_string())), "{words:?}");
    assert_eq!((desk.pool(), desk.litter()), (Pool::default(), 0));
    // The file is known already when the wallet becomes another one.
    let mut desk = Desk::with(&some(0..9));
    desk.file.own = some([4]);
    assert!(matches!(desk.load(false), Err(PoolError::File(_))));
    desk.file.own = some([70]);
    desk.load(false).unwrap();
}

#[test]
fn should_take_over_by_itself_what_was_appended_and_wait_to_be_asked_for_what_was_replaced() {
    let desk = Desk::new();
    desk.write(&some(0..3));
    let mut keeper = desk.keeper(0);
    assert_eq!(keeper.name(), "pool-keeper", "as it is documented");
    run(keeper.check()).unwrap();
    desk.write(&some(0..5));
    assert_eq!(run(keeper.step()).unwrap(), Next::Wait(Duration::from_secs(10)));
    assert_eq!(desk.pool().total, 5);
    desk.write(&some(2..5));
    run(keeper.step()).unwrap();
    assert_eq!(desk.pool().total, 5);
    let refused = desk.live.pool(COIN).refused.clone();
    assert!(refused.is_some_and(|words| words.contains("2 addresses are gone, 0 are new")));
    let asked = || desk.reload.nudge().notified().now_or_never().is_some();
    assert!(!desk.reload.is_asked() && !asked());
    desk.reload.ask();
    assert!(desk.reload.is_asked() && asked(), "it wakes the keeper");
    run(keeper.step()).unwrap();
    assert!(!desk.reload.is_asked());
    assert_eq!((desk.pool().total, desk.live.pool(COIN).refused.clone()), (3, None));
}

#[test]
fn should_read_what_looks_the_same_from_outside_only_when_asked() {
    let desk = Desk::new();
    desk.write(&some(0..3));
    let mut keeper = desk.keeper(0);
    run(keeper.check()).unwrap();
    desk.write_unseen(&some(4..7));
    run(keeper.step()).unwrap();
    assert_eq!(desk.live.pool(COIN).refused, None, "it was not read again");
    desk.reload.ask();
    run(keeper.step()).unwrap();
    assert_eq!(desk.given(), some(4..7));
}

#[test]
fn should_know_whether_a_pool_is_low_or_empty() {
    let desk = Desk::new();
    let mut keeper = desk.keeper(3);
    for (addresses, is_low, is_empty) in
        [(4, false, false), (3, false, false), (2, true, false), (0, true, true)]
    {
        desk.write(&some(0..addresses));
        desk.reload.ask();
        run(keeper.step()).unwrap();
        let left = desk.pool().remaining();
        if addresses == 0 {
            // A file without addresses is refused; the ones from before are given out.
            assert_eq!((left, desk.given().len()), (2, 2));
            run(keeper.step()).unwrap();
        }
        assert_eq!((keeper.low[COIN], keeper.empty[COIN]), (is_low, is_empty), "{addresses}");
    }
}

#[test]
fn should_have_what_an_account_gives_out_next_at_hand() {
    let key = AccountXpub::parse(Coin::BTC.main_network(), PUBLISHED).unwrap();
    let account = PoolAccount { key: key.clone(), own: vec![], is_real: false };
    let desk = Desk::with(&some(0..3));
    let mut keeper = desk.keeper(0).with_accounts(vec![account.clone()]);
    run(keeper.check()).unwrap();
    let first = desk.store.snapshot().pool(Coin::BTC).clone();
    assert!(first.account.is_some() && first.remaining() > 0);
    assert!(desk.live.pool(Coin::BTC).loaded_at.is_some());
    assert!(!desk.store.is_ahead(Coin::BTC));
    run(keeper.step()).unwrap();
    assert!(desk.store.is_ahead(Coin::BTC));

    let real = PoolAccount { is_real: true, ..account.clone() };
    let published = real.take_over(&desk.store).unwrap_err().to_string();
    assert!(published.contains("everybody has the private half"), "{published}");
    for (index, is_refused) in [(0, true), (999, true), (1_000, false)] {
        let own = vec![key.derive(index).unwrap()];
        let verified = PoolAccount { own, ..account.clone() }.verify();
        assert_eq!(verified.is_err(), is_refused, "{index}: {verified:?}");
    }
}

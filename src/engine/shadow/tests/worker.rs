//! The worker itself, over a store: when a file is read, what is taken over of it, and when it is compared anew.

use std::fs::File;
use std::path::PathBuf;
use std::time::UNIX_EPOCH;

use super::*;
use crate::chain::Tip;
use crate::live::{ChainLimits, ChainView};
use crate::store::Rescan;
use crate::testing::{ManualClock, memory_store};
use crate::types::{BlockHash, BlockRef, Work};

const COIN: Coin = Coin::BTC;
const BEGINS: u64 = 10;

fn block(height: u64) -> BlockRef {
    let mut hash = [0; 32];
    hash[..8].copy_from_slice(&height.to_be_bytes());
    BlockRef { height: Height::new(height), hash: BlockHash(hash) }
}

/// A desk that looks on, and the file that copies are put in.
struct Desk {
    folder: tempfile::TempDir,
    store: Store,
    live: Arc<Live>,
    clock: Arc<ManualClock>,
    board: Arc<ShadowBoard>,
    shadow: Shadow,
    runtime: tokio::runtime::Runtime,
    file: OriginalFile,
}

impl Desk {
    /// Follows one chain, of which it has read up to this block.
    fn at(read_to: u64) -> Desk {
        let folder = tempfile::tempdir().unwrap();
        let (store, live) = (memory_store(), Arc::<Live>::default());
        let (clock, board) = (Arc::<ManualClock>::default(), Arc::<ShadowBoard>::default());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let settings = ShadowSettings {
            file: folder.path().join("original.db"),
            networks: PerCoin::new(Coin::main_network),
            rules: PerCoin::new(|coin| ChainRules {
                is_followed: coin == COIN,
                begins: Height::new(BEGINS),
                required: Some(3),
            }),
            max_decimals: 3,
        };
        store.write_blocking(move |tx| tx.start_chain(COIN, block(read_to))).unwrap();
        let shadow = Shadow::new(
            store.clone(),
            Arc::clone(&live),
            Arc::<ManualClock>::clone(&clock),
            Arc::clone(&board),
            settings,
        );
        Desk { folder, store, live, clock, board, shadow, runtime, file: OriginalFile::default() }
    }

    /// The newest block of the node.
    fn tip(&self, height: u64) {
        let limits = ChainLimits { max_tip_age: None, max_silence: AGAIN_BY };
        let mut view = ChainView::new(limits, self.clock.moment());
        let tip = Tip { block: block(height), time: self.clock.now(), finalized: None, is_syncing: false };
        view.set_tip(tip, self.clock.moment());
        self.live.set_chain(COIN, view);
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("original.db")
    }

    fn bind(&mut self, n: usize) -> &mut Desk {
        let (address, payee) = (deposit_addresses(COIN)[n].to_string(), payee(1).to_string());
        self.file.bind("BTC", &address, &payee);
        self
    }

    /// Puts a copy there that was made so many seconds ago.
    fn put(&self, age: u64) {
        self.file.put(&self.path());
        let made = UNIX_EPOCH + Duration::from_secs(self.clock.now().get() - age);
        File::options().write(true).open(self.path()).unwrap().set_modified(made).unwrap();
    }

    fn step(&mut self) -> Arc<ShadowView> {
        assert!(matches!(self.runtime.block_on(self.shadow.step()), Ok(Next::Wait(_))));
        self.board.view()
    }

    /// Puts it there, and has it read.
    fn read(&mut self, age: u64) -> Arc<ShadowView> {
        self.put(age);
        self.step();
        self.step()
    }

    /// What is to be read again now.
    fn rescan(&self) -> Option<Rescan> {
        self.store.snapshot().rescan(COIN).unwrap()
    }

    /// The rescan is over.
    fn scanned(&self) {
        self.store.write_blocking(|tx| tx.set_rescan(COIN, None)).unwrap();
    }

    /// The scanner has read the next block.
    fn read_on(&self) {
        let go_on = |tx: &mut crate::store::WriteTx<'_>| {
            let tip = tx.cursor(COIN)?.map(|cursor| cursor.tip).unwrap();
            tx.extend_chain(COIN, tip, &[(block(tip.height.get() + 1), Work::BLOCK)])
        };
        self.store.write_blocking(go_on).unwrap();
    }
}

fn again(from: u64, to: u64) -> Option<Rescan> {
    let (from, to) = (Height::new(from), Height::new(to));
    Some(Rescan { from, to, next: from, found: 0 })
}

fn number(view: &ShadowView) -> Option<u64> {
    view.comparison.as_ref().map(|(number, _)| *number)
}

#[test]
fn should_read_a_file_that_is_not_being_written() {
    let mut desk = Desk::at(500);
    let absent = desk.step();
    assert!(absent.trouble.is_some() && absent.copy.is_none(), "{absent:?}");
    assert_eq!((&absent.file, number(&absent)), (&desk.path(), None));

    desk.bind(0).put(0);
    let seen_once = desk.step();
    assert!(seen_once.copy.is_none(), "it may be being written");
    desk.put(7);
    assert!(desk.step().copy.is_none(), "it was written since");
    let read = desk.step();
    let copy = read.copy.clone().unwrap();
    assert_eq!((copy.bindings, copy.new_bindings, &read.trouble), (1, 1, &None));
    assert_eq!((copy.made_at.get() + 7, copy.read_at), (desk.clock.now().get(), desk.clock.now()));

    // The same file is not read twice; another one is.
    assert!(Arc::ptr_eq(&copy, desk.step().copy.as_ref().unwrap()));
    let newer = desk.bind(1).read(0).copy.clone().unwrap();
    assert_eq!((newer.bindings, newer.new_bindings), (2, 1));
    let same = desk.read(3).copy.clone().unwrap();
    assert_eq!((same.bindings, same.new_bindings), (2, 0));
}

#[test]
fn should_keep_the_last_copy_that_is_whole() {
    let mut desk = Desk::at(500);
    let whole = desk.bind(0).read(0).copy.clone().unwrap();
    std::fs::write(desk.path(), b"half of it").unwrap();
    desk.step();
    let torn = desk.step();
    assert!(torn.trouble.is_some() && Arc::ptr_eq(&whole, torn.copy.as_ref().unwrap()), "{torn:?}");
    assert!(desk.read(1).trouble.is_none());
}

#[test]
fn should_read_again_what_may_hold_payments_to_new_addresses() {
    let mut desk = Desk::at(5_000);
    desk.tip(5_000);
    desk.bind(0).read(1_000);
    assert_eq!(desk.rescan(), again(BEGINS, 5_000), "nothing was looked for before the first copy");

    // Bound since that copy was made: 1,000 seconds ago, when the chain was 200 blocks lower at most.
    desk.scanned();
    desk.bind(1).read(0);
    assert_eq!(desk.rescan(), again(5_000 - 200 - 100, 5_000));

    // What the original itself has seen before that counts more.
    desk.scanned();
    let (address, payee) = (deposit_addresses(COIN)[2].to_string(), payee(1).to_string());
    let record = OriginalRecord::waiting("BTC", (&address, &payee), &"ab".repeat(32), 200_000, 77);
    desk.file.deposit(record);
    desk.bind(2).read(1);
    assert_eq!(desk.rescan(), again(77, 5_000));
    desk.scanned();
    desk.read(2);
    assert_eq!(desk.rescan(), None, "nothing is new");
}

#[test]
fn should_begin_where_the_chain_is_read_from_where_no_tip_is_known() {
    let mut desk = Desk::at(5_000);
    desk.bind(0).read(1_000);
    desk.scanned();
    desk.bind(1).read(0);
    assert_eq!(desk.rescan(), again(BEGINS, 5_000));
    // A young chain: so many blocks back would be below its first.
    desk.scanned();
    desk.tip(105);
    desk.read(0);
    desk.bind(2).read(1);
    assert_eq!(desk.rescan(), again(BEGINS, 5_000));
}

#[test]
fn should_read_once_more_what_was_being_read_meanwhile() {
    let mut desk = Desk::at(5_000);
    desk.tip(6_000);
    assert_eq!(desk.bind(0).read(0).reach[COIN].again_from, Some(Height::new(BEGINS)));
    desk.scanned();
    // What is going to be read once more is not known yet.
    assert_eq!(desk.step().reach[COIN].again_from, Some(Height::new(5_000)));
    desk.clock.advance(AGAIN_AFTER.as_secs());
    desk.step();
    assert_eq!(desk.rescan(), None, "the scanner may still be at it");
    desk.read_on();
    desk.step();
    assert_eq!(desk.rescan(), again(5_000, 5_001));
    desk.scanned();
    desk.clock.advance(AGAIN_BY.as_secs());
    assert_eq!(desk.step().reach[COIN].again_from, None);
    assert_eq!(desk.rescan(), None, "once");
}

#[test]
fn should_wait_neither_too_short_nor_for_ever_to_read_once_more() {
    // It has read on at once.
    let mut quick = Desk::at(5_000);
    quick.tip(6_000);
    quick.bind(0).read(0);
    quick.scanned();
    quick.read_on();
    quick.clock.advance(AGAIN_AFTER.as_secs() - 1);
    quick.step();
    assert_eq!(quick.rescan(), None);
    quick.clock.advance(1);
    quick.step();
    assert_eq!(quick.rescan(), again(5_000, 5_001));
    // It never reads on: its node is down.
    let mut slow = Desk::at(5_000);
    slow.bind(0).read(0);
    slow.scanned();
    slow.clock.advance(AGAIN_BY.as_secs() - 1);
    slow.step();
    assert_eq!(slow.rescan(), None);
    slow.clock.advance(1);
    slow.step();
    assert_eq!(slow.rescan(), again(5_000, 5_000));
    // There is nothing that it could read.
    let mut done = Desk::at(5_000);
    done.tip(5_000);
    done.bind(0).read(0);
    done.scanned();
    done.clock.advance(AGAIN_AFTER.as_secs());
    done.step();
    assert_eq!(done.rescan(), again(5_000, 5_000));
}

#[test]
fn should_not_wait_for_a_chain_that_nobody_follows() {
    let mut desk = Desk::at(5_000);
    desk.store.write_blocking(|tx| tx.start_chain(Coin::SKY, block(50))).unwrap();
    let (address, payee) = (address(Coin::SKY).to_string(), payee(1).to_string());
    desk.file.bind("SKY", &address, &payee);
    desk.tip(6_000);
    desk.read(0);
    let open = || desk.store.snapshot().rescan(Coin::SKY).unwrap();
    assert_eq!(open(), again(BEGINS, 50));
    desk.store.write_blocking(|tx| tx.set_rescan(Coin::SKY, None)).unwrap();
    desk.clock.advance(AGAIN_AFTER.as_secs());
    desk.step();
    assert_eq!(desk.store.snapshot().rescan(Coin::SKY).unwrap(), again(50, 50));
}

#[test]
fn should_compare_what_is_another_and_rest_in_between() {
    let mut desk = Desk::at(500);
    desk.bind(0);
    assert_eq!(number(&desk.read(0)), Some(1));
    desk.clock.advance(LEAST_REST.as_secs());
    assert_eq!(number(&desk.step()), Some(1), "nothing is another");
    desk.read_on();
    assert_eq!(number(&desk.step()), Some(2));
    desk.read_on();
    desk.clock.advance(LEAST_REST.as_secs() - 1);
    assert_eq!(number(&desk.step()), Some(2), "it rests");
    desk.clock.advance(1);
    assert_eq!(number(&desk.step()), Some(3));
    assert_eq!(number(&desk.read(1)), Some(4), "a new copy is not waited with");
}

#[test]
fn should_show_what_is_bound_there_and_here() {
    let mut desk = Desk::at(500);
    let record = |tx: &str, height| {
        let (address, payee) = (address(COIN).to_string(), payee(1).to_string());
        OriginalRecord::waiting("BTC", (&address, &payee), &tx.repeat(32), 200_000, height)
    };
    desk.bind(0).file.deposit(record("ab", 400)).deposit(record("cd", 501));
    let told = |view: &ShadowView| {
        let (_, comparison) = view.comparison.clone().unwrap();
        let differences =
            comparison.differences.iter().map(|one| (one.kind, one.because)).collect::<Vec<_>>();
        (comparison.there, comparison.here, differences)
    };
    let unread = (DifferenceKind::NotSeen, Some(Because::NotReadYet));
    assert_eq!(told(&desk.read(0)), (2, 0, vec![unread, unread]));
    // All of it is read, and once more.
    desk.scanned();
    desk.read_on();
    desk.clock.advance(AGAIN_BY.as_secs());
    desk.step();
    desk.scanned();
    desk.clock.advance(LEAST_REST.as_secs());
    let missed = (DifferenceKind::NotSeen, None);
    assert_eq!(told(&desk.step()), (2, 0, vec![missed, missed]), "what is not here is told");
}

#[test]
fn should_add_to_what_is_being_read_again() {
    let mut low = Desk::at(5);
    low.bind(0).read(0);
    assert_eq!(low.rescan(), None, "no block that counts was read yet");

    let mut desk = Desk::at(5_000);
    let open = Rescan { from: Height::new(4), to: Height::new(400), next: Height::new(300), found: 2 };
    desk.store.write_blocking(move |tx| tx.set_rescan(COIN, Some(open))).unwrap();
    desk.bind(0).read(0);
    let wider = Rescan { to: Height::new(5_000), next: Height::new(BEGINS), ..open };
    assert_eq!(desk.rescan(), Some(wider));
    let sight = Sight::read(&desk.store.snapshot(), PerCoin::new(|_| reach()), 5).unwrap();
    assert_eq!((sight.max_decimals, sight.bindings.len(), sight.chains), (5, 1, PerCoin::new(|_| reach())));
}

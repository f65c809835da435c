//! What the store keeps of blocks that were not told in full: ranges without gaps or overlaps, and what was passed
//! over.

use std::sync::Arc;

use teller::address::DepositAddress;
use teller::coins::{Contract, Symbol, Token};
use teller::store::{BlockGaps, Chains, GapEffect, MemoryBackend, Passed, PassedOver, Passes, Seen, Store};
use teller::types::{Actor, BlockHash, BlockRef, Coin, Height, Units, UnixTime, Work};

use crate::support::open;

fn at(height: u8) -> BlockRef {
    BlockRef { height: Height::new(height.into()), hash: BlockHash([height; 32]) }
}

fn note(store: &Store, at: BlockRef, blind: bool, passed: Vec<Passed>) {
    let gaps = BlockGaps { at, blind: blind.then(|| "no traces".to_owned()), passed };
    store.write_blocking(move |tx| tx.note_gaps(Coin::ETH, &gaps)).unwrap();
}

/// A chain that was followed blindly from block 3 to 7, up to block 9.
fn blind() -> Store {
    let store = open(Arc::new(MemoryBackend::default())).unwrap();
    store.write_blocking(|tx| tx.start_chain(Coin::ETH, at(1))).unwrap();
    let blocks = [2, 3, 4, 5, 6, 7, 8, 9].map(|height| (at(height), Work::new(1)));
    store.write_blocking(move |tx| tx.extend_chain(Coin::ETH, at(1), &blocks)).unwrap();
    // In an order that joins them at either end.
    [4, 5, 3, 7, 6].into_iter().for_each(|height| note(&store, at(height), true, vec![]));
    store
}

fn ranges(store: &Store) -> Vec<(u64, u64)> {
    let ranges = store.snapshot().blind_ranges(Coin::ETH).unwrap();
    ranges.iter().map(|range| (range.from.get(), range.to.get())).collect()
}

#[test]
fn should_keep_blind_blocks_as_one_range_and_take_out_what_was_read() {
    let store = blind();
    assert_eq!((ranges(&store), store.snapshot().blind_blocks(Coin::ETH)), (vec![(3, 7)], Ok(5)));
    let after = [
        (2, vec![(3, 7)]),
        (5, vec![(3, 4), (6, 7)]),
        (3, vec![(4, 4), (6, 7)]),
        (7, vec![(4, 4), (6, 6)]),
        (4, vec![(6, 6)]),
    ];
    for (read, left) in after {
        note(&store, at(read), false, vec![]);
        assert_eq!(ranges(&store), left, "{read} was read");
    }
}

#[test]
fn should_forget_blind_blocks_that_a_fork_took_back() {
    for (fork, left) in
        [(8, vec![(3, 7)]), (7, vec![(3, 7)]), (5, vec![(3, 5)]), (3, vec![(3, 3)]), (2, vec![])]
    {
        let store = blind();
        store.write_blocking(move |tx| tx.rewind_chain(Coin::ETH, at(fork))).unwrap();
        assert_eq!(ranges(&store), left, "back to {fork}");
    }
}

#[test]
fn should_give_up_blind_blocks_and_say_which() {
    let store = blind();
    let given_up = store.write_blocking(|tx| tx.forget_blind_ranges(Coin::ETH)).unwrap();
    assert_eq!(given_up.iter().map(|range| (range.from.get(), range.to.get())).collect::<Vec<_>>(), [(3, 7)]);
    assert_eq!(ranges(&store), []);
}

fn passed(tx: &str, effect: GapEffect) -> Passed {
    Passed { tx: tx.to_owned(), why: "too long".to_owned(), effect }
}

fn grew() -> GapEffect {
    let address = "0x2cf014d432e92685ef1cf7bc7967a4e4debca092";
    let address = DepositAddress::parse(Coin::ETH.main_network(), address).unwrap();
    GapEffect::Grew(vec![(address, Units::new(5))])
}

fn unknown() -> GapEffect {
    GapEffect::Unknown("nobody knows".to_owned())
}

fn kept(store: &Store) -> Vec<PassedOver> {
    store.snapshot().passed_over_from(Coin::ETH, Height::new(0), 9).unwrap()
}

#[test]
fn should_note_a_block_anew_and_keep_what_was_credited() {
    let store = blind();
    let both = vec![passed("0xa", grew()), passed("0xb", unknown()), passed("0xc", unknown())];
    note(&store, at(8), false, both);
    // Read again: one can be told now, another still not; of what was credited less is known.
    note(&store, at(8), false, vec![passed("0xa", unknown()), passed("0xc", unknown())]);
    let told: Vec<_> = kept(&store).into_iter().map(|row| (row.tx, row.effect, row.is_read)).collect();
    assert_eq!(told, [("0xa".into(), grew(), false), ("0xc".into(), unknown(), false)]);
    note(&store, at(8), false, vec![]);
    let told: Vec<_> = kept(&store).into_iter().map(|row| (row.tx, row.effect, row.is_read)).collect();
    assert_eq!(told, [("0xa".into(), grew(), true)], "what was credited for it is kept with it");
    // In another block of that height nothing of it is true.
    note(&store, BlockRef { hash: BlockHash([99; 32]), ..at(8) }, false, vec![passed("0xa", unknown())]);
    let told: Vec<_> = kept(&store).into_iter().map(|row| (row.tx, row.effect)).collect();
    assert_eq!(told, [("0xa".into(), unknown())]);
}

fn untrue(amount: u32) -> GapEffect {
    let GapEffect::Grew(grew) = grew() else { unreachable!() };
    let token = Token { contract: Contract([7; 20]), symbol: Symbol::parse("TOK").unwrap(), decimals: 6 };
    GapEffect::Untrue { address: grew[0].0, token, amount: Units::new(amount.into()) }
}

/// One transaction may pay several addresses, of each of which something is told.
#[test]
fn should_keep_every_payment_of_a_transaction_that_was_not_credited() {
    let store = blind();
    let all = || vec![passed("0xa", untrue(1)), passed("0xa", unknown()), passed("0xa", untrue(2))];
    note(&store, at(8), false, all());
    let names = || kept(&store).iter().map(|row| (row.name(), row.effect.clone())).collect::<Vec<_>>();
    let expected = [("0xa".into(), unknown()), ("0xa:1".into(), untrue(1)), ("0xa:2".into(), untrue(2))];
    assert_eq!(names(), expected);
    assert_eq!(store.snapshot().open_passed_over(Coin::ETH).unwrap().count, 3);
    // A word on one is none on the others, and stays when the block is read again.
    let by = Seen { by: Actor::parse("anna").unwrap(), why: "paid by hand".into(), at: UnixTime::new(1) };
    let word = by.clone();
    assert!(
        store
            .write_blocking(move |tx| tx.see_passed(Coin::ETH, Height::new(8), "0xa:1", word.clone()))
            .unwrap()
    );
    note(&store, at(8), false, all());
    assert_eq!(names(), expected);
    assert_eq!(kept(&store).iter().map(|row| row.seen.clone()).collect::<Vec<_>>(), [None, Some(by), None]);
    note(&store, at(8), false, vec![passed("0xa", untrue(1))]);
    assert_eq!(names(), [("0xa:1".into(), untrue(1))]);
    assert!(kept(&store)[0].seen.is_some());
    // What stands in its place is another one, of which nobody has said anything.
    note(&store, at(8), false, vec![passed("0xa", untrue(2))]);
    assert_eq!(names(), [("0xa:1".into(), untrue(2))]);
    assert_eq!(kept(&store)[0].seen, None);
}

#[test]
fn should_forget_what_was_passed_over_above_a_fork() {
    let store = blind();
    for height in [7, 8, 9] {
        note(&store, at(height), false, vec![passed("0xa", unknown())]);
    }
    store.write_blocking(|tx| tx.rewind_chain(Coin::ETH, at(7))).unwrap();
    assert_eq!(kept(&store).iter().map(|row| row.at).collect::<Vec<_>>(), [at(7)]);
}

#[test]
fn should_begin_anew_at_the_lowest_block_alone() {
    let other = |height: u8| BlockRef { hash: BlockHash([99; 32]), ..at(height) };
    let store = blind();
    let restart = |after| store.write_blocking(move |tx| tx.restart_chain(Coin::ETH, after));
    for height in [2, 9, 10] {
        assert!(restart(other(height)).is_err(), "{height} is not the lowest that is kept");
    }
    restart(other(1)).unwrap();
    let snapshot = store.snapshot();
    assert_eq!(snapshot.cursor(Coin::ETH).unwrap().map(|cursor| cursor.tip), Some(other(1)));
    assert_eq!(snapshot.block_hash(Coin::ETH, Height::new(1)).unwrap(), Some(BlockHash([99; 32])));
    let above =
        (2..=9).find(|height| snapshot.block_hash(Coin::ETH, Height::new(*height)).unwrap().is_some());
    assert_eq!(above, None);
}

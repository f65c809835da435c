//! Readers beside a writer: each snapshot is whole, whatever is being written.

use std::sync::atomic::{AtomicBool, Ordering};

use teller::store::Store;

use crate::support::{addresses, backends, bind, open, payee};

/// Bindings that are made while others read; all belong to two payees.
const BINDS: usize = 200;

/// Reads until it is told to stop; answers how often, and what was not whole.
fn hammer(store: &Store, stop: &AtomicBool) -> (usize, Vec<String>) {
    let (mut looks, mut halves) = (0, Vec::new());
    while !stop.load(Ordering::Relaxed) || looks == 0 {
        let snapshot = store.snapshot();
        let seen = [1, 2].map(|n| snapshot.bindings_of(&payee(n)).unwrap());
        let numbers: Vec<u64> = seen.iter().flatten().map(|binding| binding.no.get()).collect();
        let all = snapshot.counters().bindings;
        if u64::try_from(numbers.len()).unwrap() != all || numbers.iter().any(|no| *no > all) {
            halves.push(format!("of {all} bindings it shows {numbers:?}"));
        }
        for binding in seen.iter().filter_map(|bindings| bindings.last()) {
            if snapshot.find_address(&binding.address).unwrap().as_ref() != Some(binding) {
                halves.push(format!("{} is bound and not found", binding.address));
            }
        }
        looks += 1;
    }
    (looks, halves)
}

#[test]
fn should_never_show_half_a_commit() {
    for (name, backend) in backends() {
        let store = open(backend).unwrap();
        let stop = AtomicBool::new(false);
        let halves = std::thread::scope(|scope| {
            let readers = [(); 2].map(|()| scope.spawn(|| hammer(&store, &stop)));
            for (number, address) in addresses(BINDS).into_iter().enumerate() {
                bind(&store, if number % 3 == 0 { 2 } else { 1 }, address).unwrap();
            }
            stop.store(true, Ordering::Relaxed);
            readers.map(|reader| reader.join().unwrap())
        });
        for (looks, halves) in halves {
            assert!(halves.is_empty(), "{name}: {} of {looks} looks, {}", halves.len(), halves[0]);
        }
    }
}

#[test]
fn should_keep_a_snapshot_as_it_was() {
    for (name, backend) in backends() {
        let store = open(backend).unwrap();
        let all = addresses(12);
        bind(&store, 1, all[0]).unwrap();
        let before = store.snapshot();
        all[1..].iter().for_each(|address| bind(&store, 1, *address).unwrap());
        let seen: Vec<u64> =
            before.bindings_of(&payee(1)).unwrap().iter().map(|binding| binding.no.get()).collect();
        assert_eq!(seen, [1], "{name}: bound eleven times since");
        bind(&store, 2, addresses(13)[12]).unwrap();
        assert!(before.bindings_of(&payee(2)).unwrap().is_empty(), "{name}: not bound then");
        assert_eq!(before.find_address(&all[1]).unwrap(), None, "{name}: not bound then");
        assert_eq!(store.snapshot().bindings_of(&payee(1)).unwrap().len(), 12, "{name}");
    }
}

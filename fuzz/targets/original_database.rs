//! Any file is a database of the original's or is refused, and what is read is read to its end.
#![no_main]

use libfuzzer_sys::fuzz_target;
use teller::original::{Bolt, read};
use teller::types::{Coin, PerCoin};

fuzz_target!(|file: &[u8]| {
    let Ok(bolt) = Bolt::read(file.to_vec()) else { return };
    let Ok(root) = bolt.root() else { return };
    if let Ok(original) = read(&root, &PerCoin::new(Coin::main_network)) {
        let bound = |payee| original.bindings.iter().any(|binding| binding.payee == payee);
        assert!(original.deposits.iter().all(|deposit| bound(deposit.payee)));
    }
});

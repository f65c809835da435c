//! Any file is read to its end or refused; what is accepted holds each address once, in a form that reads the same.
#![no_main]

use std::collections::HashSet;

use libfuzzer_sys::fuzz_target;
use teller::address::{DepositAddress, read_address_file};
use teller::types::Coin;

fuzz_target!(|data: &[u8]| {
    let Some((&kind, content)) = data.split_first() else { return };
    let Some(coin) = Coin::all().nth(usize::from(kind) % Coin::all().len()) else { return };
    let network = coin.main_network();
    let suffix = if kind & 4 == 0 { ".txt" } else { ".json" };
    let file = tempfile::Builder::new().suffix(suffix).tempfile_in("/dev/shm").unwrap();
    std::fs::write(file.path(), content).unwrap();
    let mut all = Vec::new();
    let read = read_address_file(file.path(), network, |batch| {
        all.extend_from_slice(batch);
        Ok(())
    });
    if let Ok(read) = read {
        assert_eq!(read.count, all.len() as u64);
        let keys: HashSet<_> = all.iter().map(DepositAddress::key).collect();
        assert_eq!(keys.len(), all.len());
        for address in all {
            assert_eq!(DepositAddress::parse(network, &address.to_string()), Ok(address));
        }
    }
});

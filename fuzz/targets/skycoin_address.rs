//! Any text is an address or is refused; an address has one text only.
#![no_main]

use libfuzzer_sys::fuzz_target;
use teller::skycoin::Address;

fuzz_target!(|text: &str| {
    if let Ok(address) = Address::decode(text) {
        assert_eq!(address.to_string(), text);
    }
});

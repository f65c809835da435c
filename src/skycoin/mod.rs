//! Skycoin formats: addresses, keys, transactions, wallet files. Pure: no I/O, no clock.

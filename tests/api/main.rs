//! The service as its users see it: black box, over HTTP, on ports of its own.
//!
//! `recorded` holds it to what the original service answered; the other modules go beyond the recording.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "in a test, a panic with its place is the report"
)]
#![allow(unreachable_pub, reason = "a test crate has no outside")]

mod account_keys;
mod address_files;
mod admin;
mod backup;
mod bind;
mod breakers;
mod changes;
mod clients;
mod connections;
mod cors;
mod cursors;
mod described;
mod desk;
mod dummy;
mod events;
mod exact;
mod gaps;
mod head;
mod headers;
mod health;
mod history;
mod https;
mod links;
mod long_lists;
mod metrics;
mod moving;
mod once;
mod orders;
mod page;
mod paging;
mod paths;
mod payouts;
mod people;
mod prices;
mod problems;
mod public_config;
mod recorded;
mod restart;
mod rights;
mod second_person;
mod secrets;
mod status;
mod steering;
mod streams;
mod support;
mod switches;
mod throttle;
mod tokens;
mod validators;
mod waiting;
mod webhooks;
mod withdrawals;

//! What every backend has to keep, and what the store promises on top of each of them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod accounts;
mod answers;
mod appended;
mod backup;
mod books;
mod contract;
mod damage;
mod every_coin;
mod every_row;
mod golden;
mod golden_answers;
mod golden_people;
mod golden_prices;
mod golden_upstream;
mod golden_withdrawals;
mod jobs;
mod noticed;
mod pools;
mod promises;
mod readers;
mod restarts;
mod spends;
mod support;
mod untold;
mod wrong_facts;

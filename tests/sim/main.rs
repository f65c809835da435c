//! The desk in a simulated world: dying everywhere on purpose, and a seeded world in which everything goes wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod breakers;
mod crash_matrix;
mod decimals;
mod depth;
mod forks;
mod gaps;
mod hostile;
mod identity;
mod own_money;
mod passthrough;
mod payer;
mod price_memory;
mod prices;
mod random;
mod receivers;
mod reconciliation;
mod reexecuted;
mod remainders;
mod restored;
mod rulings;
mod rulings_crash;
mod second_node;
mod seeded;
mod seeded_chain;
mod shorter;
mod stalled;
mod stuck;
mod unasked;
mod unexplained;
mod warnings;
mod ways;
mod webhooks;
mod withdrawal_forks;
mod withdrawals;
mod worlds;

//! Real nodes, each started by the harness in `support` and put through what the other tests rely on.
//!
//! `.ci/nodes.sh` installs them. A test whose node is absent is ignored with the reason; see
//! [`support::runner`] for making that a failure.

#![allow(clippy::unwrap_used, reason = "in a test, a panic with its place is the report")]

mod anvil;
mod bitcoind;
mod btcd;
mod geth;
mod harness;
mod skycoin;
mod support;

use std::process::ExitCode;

fn main() -> ExitCode {
    support::runner::run(tests![
        harness::should_ignore_a_test_without_its_node,
        harness::should_never_give_a_port_twice,
        harness::should_end_a_process_and_keep_its_log,
        bitcoind::should_mine_and_pay_every_kind_of_address,
        bitcoind::should_reorganise_the_chain,
        bitcoind::should_follow_the_longer_chain_of_a_peer,
        bitcoind::should_replace_a_waiting_transaction,
        bitcoind::should_keep_its_chain_over_a_restart,
        bitcoind::should_lose_what_was_not_flushed_when_killed,
        bitcoind::should_serve_blocks_as_bytes,
        bitcoind::should_announce_blocks,
        bitcoind::should_forget_old_blocks,
        bitcoind::should_know_its_callers,
        bitcoind::should_refuse_with_a_code,
        btcd::should_mine_and_pay_every_kind_of_script,
        btcd::should_reorganise_the_chain,
        btcd::should_replace_a_waiting_transaction,
        btcd::should_come_back_empty,
        btcd::should_know_its_callers,
        btcd::should_refuse_with_a_code,
        anvil::should_mine_and_pay,
        anvil::should_let_transactions_wait,
        anvil::should_pay_through_a_contract,
        anvil::should_mine_what_fails,
        anvil::should_hide_an_inner_failure,
        anvil::should_reorganise_the_chain,
        anvil::should_shorten_the_chain,
        anvil::should_finalize_what_is_deep_enough,
        geth::should_mine_and_pay,
        geth::should_pay_through_a_contract,
        geth::should_mine_what_fails,
        geth::should_reorganise_the_chain,
        geth::should_keep_its_chain_over_a_restart,
        geth::should_lose_what_was_not_flushed_when_killed,
        skycoin::should_pay_over_a_pair_of_nodes,
        skycoin::should_keep_its_chain_over_a_restart,
        skycoin::should_confirm_one_of_two_that_spend_the_same,
        skycoin::should_need_a_peer_to_broadcast,
    ])
}

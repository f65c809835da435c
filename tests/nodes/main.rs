//! Real nodes, each started by the harness in `support` and put through what the other tests rely on.
//!
//! `.ci/nodes.sh` installs them. A test whose node is absent is ignored with the reason; see
//! [`support::runner`] for making that a failure.

#![allow(clippy::unwrap_used, reason = "in a test, a panic with its place is the report")]

#[path = "../process/api.rs"]
mod api;
#[path = "../process/desk.rs"]
mod desk;
#[path = "../process/once.rs"]
mod once;
#[path = "../process/rng.rs"]
mod rng;

mod anvil;
mod bitcoind;
mod btcd;
mod conformance;
mod geth;
mod harness;
mod inside;
mod prague;
mod scanblock;
mod service;
mod simnet;
mod skycoin;
mod support;
mod tokens;

use std::process::ExitCode;

use libtest_mimic::Trial;

fn main() -> ExitCode {
    let mut trials = nodes();
    trials.extend(service());
    trials.extend(chains());
    trials.extend(tokens());
    trials.extend(simnet());
    trials.extend(exchange());
    trials.extend(simnet::exchange::contract::trials());
    trials.extend(simnet::passthrough::trials());
    trials.extend(conformance::trials());
    let code = support::runner::run(trials);
    service::treasury::close();
    code
}

/// The nodes by themselves, and what is read of them.
fn nodes() -> Vec<Trial> {
    tests![
        harness::should_ignore_a_test_without_its_node,
        harness::should_never_give_a_port_twice,
        harness::should_end_a_process_and_keep_its_log,
        bitcoind::should_mine_and_pay_every_kind_of_address,
        bitcoind::should_take_any_lock_time,
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
        scanblock::should_find_whole_coins_on_bitcoind,
        scanblock::should_find_whole_coins_on_btcd,
        scanblock::should_say_that_no_node_answers,
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
        inside::should_get_past_a_transaction_that_geth_cannot_tell,
        inside::should_get_past_a_transaction_that_anvil_cannot_tell,
        inside::should_name_a_transfer_on_geth_by_what_cannot_shift,
        inside::should_name_a_transfer_on_anvil_by_what_cannot_shift,
        inside::should_credit_what_validators_are_paid,
        inside::should_check_every_kind_of_transaction_on_geth,
        inside::should_check_every_kind_of_transaction_on_anvil,
        prague::should_check_blobs_and_lent_code_on_geth,
        prague::should_check_lent_code_on_anvil,
        tokens::should_behave_as_tokens_do_on_anvil,
        tokens::should_behave_as_tokens_do_on_geth,
        skycoin::should_pay_over_a_pair_of_nodes,
        skycoin::should_keep_its_chain_over_a_restart,
        skycoin::should_confirm_one_of_two_that_spend_the_same,
        skycoin::should_need_a_peer_to_broadcast,
    ]
}

/// Tokens that the service is paid with.
fn tokens() -> Vec<Trial> {
    tests![
        service::tokens::should_pay_for_a_token_on_anvil,
        service::tokens::should_pay_for_a_token_on_geth,
        service::tokens::should_pay_for_a_token_that_returns_nothing_on_anvil,
        service::tokens::should_pay_for_a_token_that_returns_nothing_on_geth,
        service::tokens::should_pay_for_what_a_fee_left_of_a_token_on_anvil,
        service::tokens::should_pay_for_what_a_fee_left_of_a_token_on_geth,
        service::tokens::should_not_believe_a_token_that_tells_too_much_on_anvil,
        service::tokens::should_not_believe_a_token_that_tells_too_much_on_geth,
        service::tokens::should_pay_for_new_tokens_on_anvil,
        service::tokens::should_pay_for_new_tokens_on_geth,
        service::tokens::should_pay_for_each_transfer_of_a_transaction_on_anvil,
        service::tokens::should_pay_for_each_transfer_of_a_transaction_on_geth,
        service::tokens::should_not_count_an_undone_transfer_on_anvil,
        service::tokens::should_not_count_an_undone_transfer_on_geth,
        service::tokens::should_pay_for_ether_and_tokens_of_a_transaction_on_anvil,
        service::tokens::should_pay_for_ether_and_tokens_of_a_transaction_on_geth,
        service::tokens::should_pay_for_ether_and_tokens_of_a_block,
        service::tokens::should_pay_once_for_a_token_that_a_fork_took_and_brought_back,
        service::tokens::should_pay_for_a_token_that_is_upgraded_on_anvil,
        service::tokens::should_pay_for_a_token_that_is_upgraded_on_geth,
        service::tokens::should_not_pay_for_a_token_that_is_not_configured,
        service::tokens::should_not_pay_for_tokens_that_no_event_tells_of,
    ]
}

/// The service between real nodes.
fn service() -> Vec<Trial> {
    tests![
        service::checklist::should_pay_exact_and_inexact_multiples_and_nothing_for_less,
        service::checklist::should_pay_each_of_several_deposits,
        service::checklist::should_keep_the_rate_of_the_first_sight,
        service::checklist::should_find_what_it_missed_and_pay_nothing_twice,
        service::checklist::should_refuse_binds_beyond_limit_and_pool,
        service::nodes_away::should_wait_for_a_node_that_is_absent_at_the_start,
        service::nodes_away::should_go_on_when_its_node_is_back,
        service::nodes_away::should_pay_once_when_the_payout_node_is_back,
        service::nodes_away::should_tell_a_wrong_network_from_wrong_credentials,
        service::nodes_away::should_stop_binding_while_its_node_is_stuck,
        service::nodes_away::should_serve_the_coins_whose_nodes_are_there,
        service::wallets::should_pay_once_an_empty_wallet_is_filled,
        service::wallets::should_pay_once_a_wallet_was_filled_during_a_restart,
        service::wallets::should_go_on_with_payouts_that_fit,
        service::wallets::should_pay_again_when_the_nodes_tokens_have_expired,
        service::wallets::should_pay_many_in_one_transaction_and_give_no_hours_away,
        service::second_node::should_stop_payouts_where_two_nodes_contradict_each_other,
        service::reorgs::should_pay_once_after_a_shallow_fork,
        service::reorgs::should_not_pay_what_a_deep_fork_took_before_the_payout,
        service::reorgs::should_leave_alone_what_a_fork_does_not_touch,
        service::reorgs::should_undo_nothing_for_a_shorter_chain_that_goes_away,
        service::reorgs::should_tell_what_a_deep_fork_took_after_the_payout,
        service::reorgs::should_follow_ethereum_through_a_shallow_fork,
        service::reorgs::should_tell_what_a_deep_fork_of_ethereum_took_after_the_payout,
        service::limits::should_catch_up_with_a_node_of_a_short_queue,
        service::limits::should_catch_up_under_a_limit_of_requests,
        service::limits::should_do_without_what_is_forbidden_and_not_needed,
        service::limits::should_name_what_is_forbidden_and_needed,
        service::account_key::should_give_out_what_the_wallet_of_the_key_finds,
        service::account_key::should_pass_over_an_index_that_received_coins_before,
        service::shadow::should_tell_what_the_original_decides_otherwise_and_pay_nothing,
        service::shadow::should_know_again_what_was_taken_over_when_it_reads_the_chain,
    ]
}

/// The service on each chain, and what is particular to it.
fn chains() -> Vec<Trial> {
    tests![
        service::bitcoin_chain::should_pay_for_every_type_of_address,
        service::bitcoin_chain::should_not_pay_for_the_change_of_a_spent_deposit,
        service::bitcoin_chain::should_show_a_replaced_payment_as_gone,
        service::bitcoin_chain::should_look_at_once_when_a_block_is_announced,
        service::bitcoin_chain::should_look_at_once_when_the_node_calls,
        service::bitcoin_chain::should_do_with_a_pruned_node_and_its_cookie,
        service::bitcoin_chain::should_pay_for_bitcoin_on_btcd,
        service::bought::should_pay_what_bitcoin_has_bought,
        service::described::should_pay_for_a_coin_that_the_configuration_describes,
        service::litecoin::should_pay_for_every_type_of_litecoin_address,
        service::litecoin::should_pay_once_after_a_fork_of_litecoin,
        service::litecoin::should_pay_for_what_comes_out_of_the_extension_block,
        service::ethereum_chain::should_pay_for_ether_on_anvil,
        service::ethereum_chain::should_pay_for_ether_on_geth,
        service::ethereum_chain::should_not_count_what_failed,
        service::many_calls::should_get_past_three_thousand_calls_on_geth,
        service::ethereum_chain::should_show_ether_that_no_deposit_explains,
        service::ethereum_chain::should_wait_for_finality_where_asked_to,
        service::skycoin_chain::should_pay_for_sky,
        service::skycoin_chain::should_not_give_out_addresses_of_its_wallet,
        service::vetted::should_give_nobody_a_bitcoin_address_that_has_coins,
        service::vetted::should_give_nobody_an_account_that_has_ether_on_geth,
        service::vetted::should_give_nobody_an_account_that_has_sent_its_ether_on_anvil,
        service::vetted::should_give_nobody_a_skycoin_address_that_had_coins,
        service::proxied::should_pay_what_bitcoin_holds_behind_trouble,
        service::proxied::should_pay_what_btcd_holds_behind_a_bad_line,
        service::proxied::should_pay_what_anvil_holds_behind_trouble,
        service::proxied::should_pay_what_geth_holds_behind_trouble,
        service::killed::should_pay_every_deposit_once_however_often_it_is_killed,
    ]
}

/// The simulated nodes, and the service between them.
fn simnet() -> Vec<Trial> {
    tests![
        simnet::btc::should_follow_blocks_and_deposits,
        simnet::btc::should_change_its_history,
        simnet::btc::should_take_deposits_as_the_original_does,
        simnet::btc::should_have_the_errors_of_its_model,
        simnet::btc::should_tell_why_a_block_is_not_there,
        simnet::doge::should_follow_blocks_that_are_mined_with_others,
        simnet::doge::should_pay_for_dogecoin_through_a_fork,
        simnet::eth::should_follow_every_kind_of_transfer,
        simnet::eth::should_call_deep_blocks_final,
        simnet::eth::should_change_its_history,
        simnet::tokens::should_tell_what_arrives_of_tokens,
        simnet::tokens::should_forget_tokens_with_their_blocks,
        simnet::tokens::should_refuse_tokens_that_are_not_there,
        simnet::tokens::should_pay_for_tokens_and_ether_through_a_fork,
        simnet::sky::should_follow_blocks_and_deposits,
        simnet::sky::should_take_payouts,
        simnet::sky::should_refuse_and_lose_payouts,
        simnet::sky::should_make_blocks_by_itself,
        simnet::sky::should_tell_that_it_is_alone_or_behind_its_peers,
        simnet::sky::should_believe_no_node_that_knows_nobody_on_what_was_spent,
        simnet::control::should_tell_what_it_can_do,
        simnet::control::should_refuse_what_makes_no_sense,
        simnet::control::should_refuse_a_wrong_command_line,
        simnet::control::should_tell_where_it_listens_and_end_in_order,
        simnet::control::should_fill_a_wallet_for_the_service,
        simnet::service::should_pay_once_between_troubled_nodes,
        simnet::service::should_tell_apart_what_ails_a_node,
        simnet::offers::should_take_off_offer_what_is_told_and_not_read,
        simnet::offers::should_keep_on_offer_what_only_side_jobs_miss,
        simnet::service::should_say_how_far_catching_up_has_come,
        simnet::service::should_replace_a_payout_that_can_never_confirm,
        simnet::service::should_say_what_a_node_without_traces_does_not_show,
        simnet::service::should_pay_once_when_the_payout_node_is_lost_and_back,
        simnet::copied::should_hold_a_copy_against_the_nodes_of_a_configuration,
        simnet::copied::should_read_again_what_a_copy_was_to_read_again,
        simnet::restored::should_pay_nobody_again_after_a_backup_was_put_back,
        simnet::restored::should_pay_nobody_again_on_a_real_chain,
        simnet::restored::should_stop_for_a_foreign_spend_while_it_runs,
        simnet::restored::should_not_take_half_an_answer_for_the_whole,
        simnet::tainted::should_give_a_tainted_address_back_by_an_act_of_a_person,
        simnet::rulings::should_decide_by_deposit_on_what_a_fork_took_unsent,
        simnet::troubles::should_trouble_bitcoin,
        simnet::troubles::should_trouble_ethereum,
        simnet::troubles::should_trouble_skycoin,
    ]
}

/// The simulated exchange, by its venues.
fn exchange() -> Vec<Trial> {
    tests![
        simnet::exchange::c2cx::should_trade_by_the_protocol_of_c2cx,
        simnet::exchange::c2cx::should_refuse_as_c2cx_does,
        simnet::exchange::binance::should_trade_by_the_protocol_of_binance,
        simnet::exchange::binance::should_refuse_as_binance_does,
        simnet::exchange::kraken::should_trade_by_the_protocol_of_kraken,
        simnet::exchange::kraken::should_refuse_as_kraken_does,
        simnet::exchange::coinbase::should_trade_by_the_protocol_of_coinbase,
        simnet::exchange::coinbase::should_refuse_as_coinbase_does,
        simnet::exchange::habits::should_lose_replies_of_what_is_done,
        simnet::exchange::habits::should_execute_orders_late,
        simnet::exchange::habits::should_write_answers_in_other_ways,
        simnet::exchange::habits::should_tell_fills_badly,
        simnet::exchange::habits::should_hold_cancels_and_vary_its_minimum,
        simnet::exchange::habits::should_have_a_clock_of_its_own,
        simnet::exchange::habits::should_limit_as_each_venue_counts,
        simnet::exchange::steered::should_close_and_rename_markets,
        simnet::exchange::steered::should_show_a_market_to_a_person,
        simnet::exchange::steered::should_end_market_orders_far_from_the_best_price,
        simnet::exchange::steered::should_tell_orders_of_other_venues_and_refuse_large_numbers,
        simnet::exchange::steered::should_pay_withdrawals,
        simnet::exchange::steered::should_keep_books_alive,
        simnet::exchange::steered::should_begin_anew,
    ]
}

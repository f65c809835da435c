//! The real program as a child process: killed, signalled, started wrongly, behind TLS, on a failing disk.
//!
//! Everything is on loopback and in temporary folders. What cannot be tested on a machine says so and why, see
//! [`support::runner`]; `TELLER_REQUIRE_NODES` (`pebble`, `fiu-run`, `setpriv`, `prometheus`, `test-python`) makes that
//! a failure.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "in a test, a panic with its place is the report"
)]

mod acme;
mod alerts;
mod api;
mod authority;
mod backup;
mod backups;
mod buckets;
mod check;
mod commands;
mod desk;
mod disk;
mod docker;
mod doctor;
mod events;
mod image;
mod keys;
mod kill;
mod ledger;
mod load;
mod logs;
mod mail;
mod moving;
mod once;
mod overload;
mod panics;
mod pebble;
mod people;
mod profile;
mod prometheus;
mod readme;
mod receivers;
mod rng;
mod runbooks;
mod service;
mod signals;
mod start;
#[path = "../nodes/support/mod.rs"]
mod support;
mod tls;
mod traces;
mod wallet;
mod webhooks;
mod xpub;

use std::process::ExitCode;

use libtest_mimic::Trial;

fn main() -> ExitCode {
    let mut trials = running();
    trials.extend(telling());
    trials.extend(managed());
    trials.extend(starting());
    trials.extend(examined());
    trials.extend(moving_over());
    support::runner::run(trials)
}

/// What comes of the original's database.
fn moving_over() -> Vec<Trial> {
    tests![moving::should_move_over_from_the_original, moving::should_take_over_nothing_of_what_is_damaged]
}

/// What a service that runs has to bear.
fn running() -> Vec<Trial> {
    tests![
        // The longest first: it waits for a certificate to grow old while others work.
        acme::should_renew_a_certificate_while_it_serves,
        acme::should_obtain_a_certificate_and_keep_it_over_a_restart,
        acme::should_serve_without_an_authority_until_there_is_one,
        acme::should_say_when_what_it_kept_ends,
        overload::should_tell_who_takes_too_long,
        overload::should_bear_what_clients_do,
        overload::should_bear_half_a_handshake,
        keys::should_give_nobody_a_second_address_when_killed,
        kill::should_keep_every_promise_when_killed_under_load,
        kill::should_start_after_being_killed_in_a_first_start,
        kill::should_found_one_database_where_two_start_at_once,
        signals::should_drain_under_load,
        signals::should_leave_nothing_to_repair,
        signals::should_answer_what_came_before_the_signal,
        signals::should_give_up_what_never_ends,
        signals::should_end_at_once_at_a_second_signal,
        signals::should_listen_to_signals_while_it_starts,
        signals::should_keep_a_pidfile_while_it_runs,
        signals::should_follow_no_link_with_its_pidfile,
        signals::should_look_at_the_address_files_at_a_hang_up,
        signals::should_read_prices_anew,
        panics::should_end_with_the_name_and_the_words_of_what_panicked,
        logs::should_lose_no_line_when_it_is_rotated,
        logs::should_go_on_where_it_cannot_reopen,
        logs::should_log_json_and_nothing_else_to_standard_output,
        logs::should_log_text_and_details_when_asked,
        logs::should_tell_the_journal_how_bad_each_line_is,
        logs::should_tell_the_story_of_a_purchase,
        logs::should_never_log_a_secret,
        logs::should_not_show_the_secret_in_a_broken_config,
        backups::should_keep_copies_that_restore_to_an_unreconciled_desk,
        backups::should_keep_no_copy_that_its_own_key_does_not_open,
        backups::should_refuse_a_copy_that_was_changed,
        backups::should_say_what_is_wrong_with_backups_before_a_start,
        backups::should_prove_the_newest_when_it_is_asked_to,
        backups::should_tell_that_none_can_be_made_and_go_on,
        backups::should_leave_nothing_behind_when_it_is_killed_over_and_over,
        alerts::should_tell_a_webhook_each_problem_once,
        alerts::should_write_mail_of_each_problem_once,
        alerts::should_wait_for_nobody_who_is_told,
        alerts::should_say_what_is_wrong_with_receivers,
        traces::should_tell_a_collector_what_took_how_long,
        traces::should_tell_one_of_so_many,
        traces::should_wait_for_no_collector,
        traces::should_say_what_is_wrong_with_a_collector,
        mail::should_be_taken_by_a_real_mail_server,
        mail::should_not_be_told_in_the_clear_where_it_was_to_be_secret,
        prometheus::should_be_scraped_and_fire_an_alert,
        prometheus::should_fire_each_alert_that_there_is,
        prometheus::should_have_alert_rules_that_fire_as_they_say,
        prometheus::should_draw_nothing_that_is_not_told,
        runbooks::should_ask_for_nothing_that_is_not_there,
        people::should_let_people_in_on_the_database_itself,
    ]
}

/// What it tells those who want to hear of purchases.
fn telling() -> Vec<Trial> {
    tests![
        events::should_tell_a_receiver_everything_in_order_though_it_dies_and_returns,
        events::should_wait_for_no_receiver,
        webhooks::should_tell_the_webhook_of_a_purchase_that_and_nothing_else,
        webhooks::should_hold_up_nobody_where_a_webhook_is_dead,
    ]
}

/// What it tells a manager of services, and takes from one.
fn managed() -> Vec<Trial> {
    tests![
        service::should_say_that_it_serves_lives_and_stops,
        service::should_say_that_it_reads_anew_and_has_done_so,
        service::should_not_be_kept_alive_where_its_writer_hangs,
        service::should_be_kept_alive_where_its_node_is_down,
        service::should_go_on_where_nobody_listens,
        service::should_be_configured_by_environment_and_command_line,
        service::should_take_its_secrets_from_credentials,
        service::should_keep_copies_by_environment_and_credential,
    ]
}

/// How it starts, or says why not; its commands, its files and its image.
fn starting() -> Vec<Trial> {
    tests![
        start::should_tell_all_problems_of_a_config_at_once,
        start::should_tell_where_a_config_is_no_config,
        start::should_name_the_bad_lines_of_an_address_file,
        start::should_name_the_bad_lines_of_a_json_address_file,
        start::should_name_the_port_that_is_taken,
        start::should_answer_nobody_before_it_is_sure_to_start,
        start::should_refuse_a_database_that_another_process_has,
        start::should_refuse_what_is_no_database,
        start::should_refuse_the_database_of_a_newer_version,
        start::should_refuse_the_database_of_another_network,
        wallet::should_refuse_a_wallet_that_others_can_read,
        wallet::should_serve_buyers_while_it_waits_for_its_payout_node,
        wallet::should_open_an_encrypted_wallet_with_its_password_alone,
        wallet::should_never_pay_real_coins_for_play_money,
        wallet::should_never_mix_play_money_and_real_coins,
        wallet::should_take_no_example_address_for_real_coins,
        start::should_name_the_file_that_cannot_be_written,
        start::should_name_the_data_directory_that_cannot_be_written,
        start::should_want_a_token_where_strangers_can_ask,
        start::should_do_without_anybody_who_reads_what_it_says,
        commands::should_tell_what_it_can_and_what_it_is,
        commands::should_check_a_config_without_serving_it,
        commands::should_tell_the_health_of_what_runs,
        commands::should_take_the_purchase_through_that_it_tells_of,
        xpub::should_make_words_that_the_printed_keys_follow_from,
        xpub::should_show_words_on_a_terminal_and_nowhere_else,
        xpub::should_make_no_words_where_a_desk_runs,
        xpub::should_print_the_addresses_that_the_wallet_has,
        xpub::should_repeat_no_private_key,
        readme::should_do_what_it_says,
        xpub::should_serve_from_an_account_key,
        xpub::should_never_show_a_private_key_that_was_configured,
        profile::should_draw_where_the_time_goes,
        profile::should_not_draw_without_being_told_to,
        tls::should_serve_https_and_send_everybody_there,
        tls::should_drain_https,
        tls::should_serve_a_certificate_that_was_replaced,
        tls::should_say_when_a_certificate_ends,
        tls::should_name_the_certificate_that_cannot_be_used,
        tls::should_want_https_to_be_whole,
        docker::should_be_configured_as_its_document_tells,
        docker::should_copy_what_is_there,
        image::should_follow_a_node_in_the_image,
        buckets::should_keep_copies_in_a_bucket_and_restore_from_it,
        buckets::should_put_a_large_copy_there_in_parts,
        buckets::should_tell_what_a_bucket_does_not_do_and_go_on,
        buckets::should_say_which_key_of_a_bucket_is_wrong,
        backup::should_give_everybody_a_whole_one,
        backup::should_say_what_a_copy_would_do,
        backup::should_leave_nothing_behind_when_it_is_killed,
        backup::should_keep_nothing_for_a_client_that_left,
        backup::should_never_take_the_room_that_the_service_needs,
        disk::should_end_where_a_commit_fails,
        disk::should_end_where_the_disk_is_full,
    ]
}

/// What a person is told who has it looked at.
fn examined() -> Vec<Trial> {
    tests![
        check::should_tell_what_the_start_would_refuse,
        check::should_refuse_places_that_the_start_cannot_have,
        check::should_refuse_addresses_that_the_start_cannot_have,
        check::should_leave_a_running_desk_alone,
        check::should_tell_everything_at_once,
        check::should_care_for_who_may_change_a_file,
        check::should_keep_what_it_writes_to_itself,
        check::should_start_without_authorities_on_the_machine,
        doctor::should_tell_who_cannot_be_told,
        doctor::should_find_nothing_where_all_is_well,
        doctor::should_tell_what_a_running_desk_says,
        doctor::should_tell_the_most_urgent_first,
        doctor::should_say_what_is_wrong_before_anything_else_can_be_looked_at,
    ]
}

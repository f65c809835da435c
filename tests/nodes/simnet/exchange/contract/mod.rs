//! What the port promises, asked of every adapter against the simulated exchange.

mod markets;
mod orders;
mod shapes;
mod unclear;
pub(crate) mod venue;
pub(crate) mod withdrawals;

use libtest_mimic::Trial;

use crate::support::runner::trial;
use venue::{Desk, VENUES};

/// Each part once a venue.
pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for venue in VENUES {
        macro_rules! part {
            ($($module:ident::$part:ident),+ $(,)?) => {
                $(trials.push(trial(
                    &format!("simnet::exchange::contract::{}::{}", venue.name(), stringify!($part)),
                    move || async move { $module::$part(&Desk::start(venue).await).await },
                ));)+
            };
        }
        part![
            markets::should_tell_the_rules_of_a_market,
            markets::should_tell_which_coin_it_is,
            markets::should_tell_prices,
            orders::should_fill_an_order_to_the_last_digit,
            orders::should_end_or_rest_what_cannot_be_bought,
            orders::should_refuse_by_kind,
            orders::should_believe_nobody_else,
            orders::should_treat_a_client_id_as_it_says,
            unclear::should_never_deny_an_order_that_may_be_there,
            unclear::should_find_an_order_that_comes_late,
            unclear::should_say_what_was_not_done,
            unclear::should_not_wait_for_ever,
            unclear::should_answer_calls_that_are_made_at_once,
            shapes::should_read_answers_in_all_their_forms,
            shapes::should_not_guess_where_no_client_ids_are_told,
            shapes::should_count_each_fill_once,
            shapes::should_say_what_it_knows_of_fees,
            shapes::should_look_at_clocks_as_the_venue_does,
            withdrawals::should_withdraw_and_tell_of_it,
            withdrawals::should_tell_what_a_withdrawal_costs,
            withdrawals::should_find_a_withdrawal_whose_reply_was_lost,
            withdrawals::should_tell_of_a_withdrawal_however_many_came_after_it,
        ];
    }
    trials
}

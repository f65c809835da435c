//! The service as it is started, with coins that it buys at the simulated exchange: everything that is paid for is
//! bought once and paid out once, and its books and those of the exchange say the same to the last digit.

mod buying;
mod kills;
mod shop;
mod troubles;
mod unclear;
mod withdrawing;

use libtest_mimic::Trial;

use super::exchange::contract::venue::VENUES;
use crate::support::runner::trial;

/// Each part once a venue.
pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for venue in VENUES {
        macro_rules! part {
            ($($module:ident::$part:ident),+ $(,)?) => {
                $(trials.push(trial(
                    &format!("simnet::passthrough::{}::{}", venue.name(), stringify!($part)),
                    move || $module::$part(venue),
                ));)+
            };
        }
        part![
            buying::should_pay_what_was_bought,
            buying::should_gather_deposits_into_one_order,
            buying::should_keep_within_the_limits_of_the_venue,
            buying::should_go_on_with_what_was_not_bought,
            unclear::should_buy_once_where_replies_are_lost,
            troubles::should_wait_while_the_market_is_closed,
            troubles::should_wait_for_funds,
            troubles::should_wait_while_it_is_asked_too_often,
            troubles::should_buy_nothing_that_is_not_skycoin,
            troubles::should_wait_for_the_right_time,
            troubles::should_count_each_fill_once,
            withdrawing::should_bring_what_was_bought_to_the_wallet,
            kills::should_buy_and_pay_once_however_often_it_is_killed,
        ];
    }
    trials.push(trial("simnet::passthrough::c2cx::should_wait_for_the_end_of_a_resting_order", || {
        buying::should_wait_for_the_end_of_a_resting_order()
    }));
    trials.push(trial("simnet::passthrough::binance::should_tell_in_a_drill_what_would_be_bought", || {
        buying::should_tell_in_a_drill_what_would_be_bought()
    }));
    trials.push(trial(
        "simnet::passthrough::binance::should_go_on_as_it_began_where_the_file_names_another_market",
        troubles::should_go_on_as_it_began_where_the_file_names_another_market,
    ));
    trials
}

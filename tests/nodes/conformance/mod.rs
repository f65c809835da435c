//! One suite for two nodes: the simulated Skycoin node of `cmd/simnet`, always, and the real daemon where it is there.
//!
//! Both get the same requests, and both have to answer what the real daemon was recorded to answer
//! (`data/conformance`): status, words and every field; only moments and what follows from them are
//! placeholders. To record anew, run the suite with `TELLER_RECORD_CONFORMANCE=1` where the daemon is.

mod calls;
mod ethereum;
mod fates;
mod life;
mod raw;
mod reads;
mod refusals;
mod target;
mod tokens;

use libtest_mimic::Trial;

use crate::support::runner::{Outcome, trial};

pub(crate) use target::Kind;

/// Each part of the suite, once for each node.
pub(crate) fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for (kind, name) in [(Kind::Simnet, "simnet"), (Kind::Daemon, "skycoin")] {
        macro_rules! part {
            ($($module:ident::$part:ident),+ $(,)?) => {
                $(trials.push(trial(
                    &format!("conformance::{name}::{}", stringify!($part)),
                    move || $module::$part(kind),
                ));)+
            };
        }
        part![
            reads::should_show_the_first_block,
            reads::should_know_who_may_ask,
            reads::should_ask_for_a_password,
            reads::should_do_without_tokens,
            refusals::should_refuse_what_is_no_transaction,
            refusals::should_refuse_transactions,
            refusals::should_notice_every_changed_byte,
            refusals::should_refuse_to_keep_what_nobody_hears,
            life::should_take_a_transaction_from_pool_to_block,
            life::should_let_the_better_of_two_rivals_win,
            life::should_chain_payments,
            life::should_take_what_is_odd_but_right,
            life::should_broadcast_where_somebody_hears,
            fates::should_tell_what_became_of_outputs,
        ];
    }
    trials.extend(crate::tests![
        calls::should_call_like_bitcoind,
        calls::should_call_like_btcd,
        calls::should_refuse_like_bitcoind,
        ethereum::should_call_like_geth,
        ethereum::should_call_like_anvil,
        tokens::should_have_tokens_like_geth,
        tokens::should_have_tokens_like_anvil,
    ]);
    trials
}

/// What a part gives.
type Part = Outcome;

//! What each kind of waiting is, in words that an operator understands.

use crate::payout::{Stuck, Waiting};
use crate::types::Coin;

/// Of acts that wait for a second person.
pub(in crate::report) const PROPOSAL: &str =
    "somebody wants something done that another person has to confirm: confirm it, or decline it";

/// Of a database that was made of a copy.
pub(in crate::report) const RESTORED: &str = "the database was restored from a copy: nothing is signed or \
     bought and no address is given out before somebody has looked at what happened since and says so (POST \
     /api/wallet/restored/clear)";

pub(in crate::report) fn of_deposit(code: Waiting) -> &'static str {
    match code {
        Waiting::TakenBackUnsent => {
            "a fork took the deposit back; its payout is signed and has not left, as far as is known: it \
             leaves by itself once the deposit is as deep as required again, or by a ruling"
        }
        Waiting::TakenBackSent => {
            "a fork took the deposit back after its payout had left; that is not confirmed yet: withdraw \
             its transaction, or accept the loss"
        }
        Waiting::TakenBackPaid => {
            "a fork took the deposit back after it was paid out: accept the loss, or wait for it"
        }
        Waiting::Lost => {
            "paid although the deposit is gone, as a person has ruled: a loss, until the deposit is final again"
        }
        Waiting::Gone => {
            "a fork took the deposit back before anything was signed for it: it is owed by itself once it \
             is as deep as required again, or by a ruling"
        }
        Waiting::Returning => {
            "the deposit is in a block again, and goes on by itself once that is as deep as required"
        }
        Waiting::HeldCoins => "the hot wallet cannot spend as many coins now: fill it",
        Waiting::HeldHours => "the hot wallet has no coin hours to burn as the fee: send it some",
        Waiting::HeldPrecision => "the Skycoin node takes fewer decimal places than the payout has",
        Waiting::TooSmall => "worth less than the smallest amount that can be paid out: nothing is owed",
        Waiting::Voided => "a person has ruled that nothing is paid out for it",
        Waiting::NoPrice => {
            "it has no price: there was none that could be promised since it was seen, see GET /api/prices; it gets \
             one by itself as soon as there is one"
        }
        Waiting::HeldUnpayable => "it is worth more than any wallet can hold",
        Waiting::ToBuy => {
            "its coins are to be bought at the exchange: it waits for that, or for more deposits where it is less than \
             the smallest order; have it paid directly, or let it wait"
        }
        Waiting::Inherited => {
            "the original had not ended it when its database was taken over, or does not show how it did: whether it \
             was paid is not known, and nothing leaves by itself; look for it in the history of the hot wallet, then \
             say that it was paid, or have it paid"
        }
        Waiting::Paused => "a person wants it to wait before its coins are bought",
    }
}

pub(in crate::report) fn of_transaction(code: Stuck) -> &'static str {
    match code {
        Stuck::Refused => {
            "the Skycoin node refuses the transaction; it is offered again by itself, and keeps no other one waiting: \
             have it offered at once, withdraw it, or abandon it where the chain shows that it can never confirm"
        }
        Stuck::HeldBack => {
            "a fork took back deposits that the transaction pays: it is sent once they are final again or \
             ruled to be paid; the others that it pays wait with it, unless it is withdrawn"
        }
        Stuck::Withdrawn => {
            "the transaction is being withdrawn: once what spends its input is confirmed, its payouts are owed again; \
             where nothing that it spends is there any more, abandon it"
        }
    }
}

pub(in crate::report) const SPEND_UNKNOWN: &str = "somebody else than this desk spent from the hot wallet, \
     or it has forgotten that it did: nothing is signed or bought and no address is given out before it is said of \
     each what it was";

pub(in crate::report) const SENDING_OFF: &str = "sending is switched off: switch it on at /api/switches, or, where \
     the configuration has it off, set sky_exchanger.send_enabled and start again";

pub(in crate::report) fn finality_untold(coin: Coin) -> String {
    format!("the {coin} node does not tell what is finalized: no deposit becomes final until it does")
}

pub(in crate::report) fn passed_over(coin: Coin) -> String {
    format!(
        "transactions in {coin} blocks could not be read, or not be credited: have each read again, or note what \
         it was"
    )
}

pub(in crate::report) const ADDRESS_TAINTED: &str = "addresses of the pools received coins before they were given \
     out, or the original had used them and tells nobody for whom: they are given to nobody, until a person \
     binds each to its payee or releases it";

pub(in crate::report) const OWN_MONEY: &str = "coins that were the desk's own came to deposit addresses: nothing is \
     paid for them, and nothing has to be done";

pub(in crate::report) const ORDER_HELD: &str = "orders at the exchange of which the desk cannot find out what became: \
     look there, and say of each that it was never there, or what came of it; nothing is bought for their deposits \
     before";

pub(in crate::report) const WITHDRAWAL_HELD: &str = "withdrawals from the exchange of which the desk cannot find out \
     what became: look there and in the hot wallet, and say of each that it never left, or what arrived; nothing more \
     is withdrawn before, and orders and payouts go on";

pub(in crate::report) const BREAKER_OPEN: &str = "circuit breakers are open: what they concern has stopped by itself, \
     each with its evidence; somebody who may approve closes each with a reason, once it is explained";

pub(in crate::report) const WEBHOOKS_GIVEN_UP: &str = "webhooks of purchases took nothing for five days, or said that \
     they want nothing, and are told nothing any more: what they miss is kept; ask their client, and resume them once \
     they take it again";

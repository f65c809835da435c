//! What follows from an event: each is handed to whatever keeps the rows that it changes.

use super::bindings::NewDeposit;
use super::events::{
    AddressEvent, AttemptEvent, ChainEvent, DepositEvent, Event, OrderEvent, PayoutEvent, PriceEvent, Record,
    SwitchEvent, WalletEvent, WithdrawalEvent,
};
use super::tables::Binding;
use super::tainted::{self, Tainted};
use super::tx::WriteTx;
use super::{
    StoreError, accounts, attempts, breakers, identities, inherited, invariant, open_problems, orders,
    own_money, people, prices_set, proposals, purchases, receivers, restored, rows, spends, switches,
    wallet_addresses, withdrawals,
};
use crate::payout::{Reason, Ruling};
use crate::rail::SignedTransaction;
use crate::types::Actor;

/// Applies an event that has just been appended.
pub(super) fn apply(tx: &mut WriteTx<'_>, record: Record) -> Result<(), StoreError> {
    let Record { at: _, event, by } = record;
    match event {
        Event::Address(event) => address(tx, event, by),
        Event::Deposit(event) => deposit(tx, event),
        Event::Payout(event) => payout(tx, event, by),
        Event::Attempt(event) => attempt(tx, event, by),
        Event::Wallet(event) => wallet(tx, event, by),
        Event::Chain(event) => chain(tx, event),
        Event::Order(event) => order(tx, event, by),
        Event::Price(event) => price(tx, event, by),
        Event::Person(event) => people::apply(tx, event, actor(by)?),
        Event::Proposal(event) => proposals::apply(tx, event, by),
        Event::Withdrawal(event) => withdrawal(tx, event, by),
        Event::Switch(event) => switch(tx, event, by),
        Event::Problem(event) => open_problems::apply(tx, &event),
        // A receiver that stops does so by itself.
        Event::Receiver(event) => receivers::apply(tx, event, by),
        Event::Breaker(event) => breakers::apply(tx, event, by),
    }
}

/// Whose act it is.
fn actor(by: Option<Actor>) -> Result<Actor, StoreError> {
    by.ok_or_else(|| invariant("an act is somebody's"))
}

fn address(tx: &mut WriteTx<'_>, event: AddressEvent, by: Option<Actor>) -> Result<(), StoreError> {
    let now = tx.now();
    match event {
        AddressEvent::Bound { binding, address, payee, payee_seq, derivation, promise } => {
            if promise.as_ref().is_some_and(|promise| !promise.is_sound()) {
                return Err(invariant("what is promised is a price"));
            }
            let bound = Binding::new(binding, address, payee, payee_seq, now, derivation);
            tx.insert_binding(Binding { promise, ..bound })
        }
        AddressEvent::Tainted { address, tx: paid_by, amount, height } => {
            tainted::insert(tx, &Tainted::new(address, paid_by, amount, height, now))
        }
        AddressEvent::Released { address, why, up_to } => {
            tainted::release(tx, &address, Reason { by: actor(by)?, why, at: now }, up_to)
        }
        AddressEvent::AccountUsed { account, coin, identity } => {
            accounts::insert(tx, account, coin, identity)
        }
        AddressEvent::OwnMoneySeen { id, own } => own_money::insert(tx, &id, &own),
        AddressEvent::UsedBefore { address } => tainted::insert(tx, &Tainted::used_before(address, now)),
    }
}

fn deposit(tx: &mut WriteTx<'_>, event: DepositEvent) -> Result<(), StoreError> {
    let now = tx.now();
    match event {
        DepositEvent::Seen {
            deposit,
            id,
            binding,
            payee_seq,
            amount,
            rate,
            quote,
            block,
            token,
            method,
            priced,
        } => {
            tx.draft.work = true;
            let new = NewDeposit { id, token, amount, rate, quote, block, method, priced };
            tx.insert_deposit(new.into_deposit(deposit, binding, payee_seq, now))
        }
        DepositEvent::Priced { deposit, rate, quote, priced } => {
            tx.draft.work = true;
            purchases::price(tx, deposit, rate, quote, priced)
        }
        DepositEvent::Finalized { deposit } => rows::finalize(tx, deposit),
        DepositEvent::Orphaned { deposit } => rows::orphan(tx, deposit),
        DepositEvent::Reincluded { deposit, block } => {
            rows::change_deposit(tx, deposit, |deposit| Ok(deposit.reinclude(block, now)?))
        }
        DepositEvent::Quarantined { deposit } => rows::quarantine(tx, deposit),
        DepositEvent::Inherited { deposit, told } => inherited::insert(tx, deposit, told),
        DepositEvent::Located { deposit, n, amount, block } => {
            inherited::locate(tx, deposit, n, amount, block)
        }
        DepositEvent::Confirming { deposit, confirmations, required } => {
            let is_waiting = !tx.known(deposit)?.deposit.is_final();
            match is_waiting && confirmations < required {
                true => Ok(()),
                false => Err(invariant("what is confirming is not final")),
            }
        }
    }
}

fn payout(tx: &mut WriteTx<'_>, event: PayoutEvent, by: Option<Actor>) -> Result<(), StoreError> {
    let now = tx.now();
    match event {
        PayoutEvent::Decided { payout, method } => purchases::decide(tx, payout, method),
        PayoutEvent::Held { payout, why } => {
            rows::change_payout(tx, payout, |payout| Ok(payout.hold(why, now)?))
        }
        PayoutEvent::Released { payout } => {
            rows::change_payout(tx, payout, |payout| Ok(payout.release(now)?))
        }
        PayoutEvent::Cut { payout, max_decimals } => purchases::cut(tx, payout, max_decimals),
        PayoutEvent::Ruled { payout, verdict, why } => {
            let reason = Reason { by: actor(by)?, why, at: now };
            purchases::rule(tx, payout, Ruling { verdict, reason })
        }
        PayoutEvent::PurchaseEnded { payout, stock, max_decimals } => {
            purchases::end(tx, payout, stock, max_decimals)
        }
        PayoutEvent::PaidDirect { payout, why: _ } => purchases::pay_direct(tx, payout),
        PayoutEvent::PurchasePaused { payout, why } => {
            let reason = Reason { by: actor(by)?, why, at: now };
            rows::change_payout(tx, payout, |payout| Ok(payout.pause_purchase(reason, now)?))
        }
        PayoutEvent::PaidBefore { payout, by: paid_by, why: _ } => {
            actor(by)?;
            inherited::pay_before(tx, payout, paid_by)
        }
        PayoutEvent::PurchaseResumed { payout, why: _ } => {
            actor(by)?;
            rows::change_payout(tx, payout, |payout| Ok(payout.resume_purchase(now)?))
        }
    }
}

fn attempt(tx: &mut WriteTx<'_>, event: AttemptEvent, by: Option<Actor>) -> Result<(), StoreError> {
    match event {
        AttemptEvent::Signed { attempt, raw, change, pays } => {
            attempts::insert_signed(tx, attempt, SignedTransaction::read(raw, change, pays)?)
        }
        AttemptEvent::WithdrawalSigned { attempt, of, raw, change } => {
            attempts::insert_withdrawal(tx, attempt, of, SignedTransaction::read(raw, change, [])?)
        }
        AttemptEvent::Sent { attempt } => attempts::send(tx, attempt),
        AttemptEvent::Refused { attempt, words } => attempts::refuse(tx, attempt, words),
        AttemptEvent::Taken { attempt } => attempts::take(tx, attempt),
        AttemptEvent::RetryAsked { attempt, why: _ } => {
            actor(by)?;
            attempts::retry(tx, attempt)
        }
        AttemptEvent::Abandoned { attempt, found, why } => {
            attempts::abandon(tx, attempt, found, actor(by)?, why)
        }
        AttemptEvent::Settled { attempt, block, burnt } => attempts::settle(tx, attempt, block, burnt),
        AttemptEvent::Died { attempt, why } => attempts::die(tx, attempt, why),
        AttemptEvent::WithdrawalAsked { attempt, why } => {
            attempts::withdraw(tx, attempt, Reason { by: actor(by)?, why, at: tx.now() })
        }
        AttemptEvent::SendOnAsked { attempt, why: _ } => {
            actor(by)?;
            attempts::send_on(tx, attempt)
        }
    }
}

fn wallet(tx: &mut WriteTx<'_>, event: WalletEvent, by: Option<Actor>) -> Result<(), StoreError> {
    match event {
        WalletEvent::Known { addresses } => wallet_addresses::insert(tx, &addresses),
        WalletEvent::SpendFound { spend } => spends::find(tx, spend),
        WalletEvent::SpendGone { txid } => spends::lose(tx, txid),
        WalletEvent::Restored { from } => restored::begin(tx, from),
        WalletEvent::RestoreCleared { why: _ } => {
            actor(by)?;
            restored::clear(tx)
        }
        WalletEvent::SpendRuled { txid, verdict, why } => spends::rule(tx, txid, verdict, actor(by)?, why),
        WalletEvent::SpendAdopted { txid, attempt, pays, why } => {
            spends::adopt(tx, txid, attempt, pays, actor(by)?, why)
        }
    }
}

fn chain(tx: &mut WriteTx<'_>, event: ChainEvent) -> Result<(), StoreError> {
    match event {
        // Told for the record: the cursor and the deposits change with it, each by itself.
        ChainEvent::Forked { .. } => Ok(()),
        ChainEvent::Identified { coin, identity } => identities::insert(tx, coin, &identity),
    }
}

fn price(tx: &mut WriteTx<'_>, event: PriceEvent, by: Option<Actor>) -> Result<(), StoreError> {
    let by = actor(by)?;
    tx.draft.work = true;
    match event {
        PriceEvent::Set { code, rate, why } => {
            let reason = Reason { by, why, at: tx.now() };
            prices_set::set(tx, &code, rate, reason)
        }
        PriceEvent::Cleared { code, why: _ } => prices_set::clear(tx, &code),
        // Told for the record: the file itself says what counts.
        PriceEvent::Configured { .. } => Ok(()),
    }
}

fn switch(tx: &mut WriteTx<'_>, event: SwitchEvent, by: Option<Actor>) -> Result<(), StoreError> {
    let by = actor(by)?;
    tx.draft.work = true;
    match event {
        SwitchEvent::Off { name, why } => {
            let reason = Reason { by, why, at: tx.now() };
            switches::turn_off(tx, &name, reason)
        }
        SwitchEvent::On { name, why: _ } => switches::turn_on(tx, &name),
    }
}

fn order(tx: &mut WriteTx<'_>, event: OrderEvent, by: Option<Actor>) -> Result<(), StoreError> {
    let now = tx.now();
    match event {
        OrderEvent::Intended { order, terms, shares } => orders::intend(tx, order, terms, shares),
        OrderEvent::Placed { order, id } => orders::step_to(tx, order, |known| known.place(id, now)),
        OrderEvent::Doubted { order, words } => orders::step_to(tx, order, |known| known.doubt(words, now)),
        OrderEvent::Missed { order, words } => orders::miss(tx, order, words),
        OrderEvent::Held { order, words } => orders::step_to(tx, order, |known| known.hold(words, now)),
        OrderEvent::Closed { order, outcome, why: _ } => orders::close(tx, order, outcome),
        OrderEvent::LookAsked { order, why: _ } => {
            actor(by)?;
            orders::step_to(tx, order, |known| known.look_again(now))
        }
    }
}

fn withdrawal(tx: &mut WriteTx<'_>, event: WithdrawalEvent, by: Option<Actor>) -> Result<(), StoreError> {
    let now = tx.now();
    match event {
        WithdrawalEvent::Intended { withdrawal, terms } => withdrawals::intend(tx, withdrawal, terms),
        WithdrawalEvent::Asked { withdrawal, id } => {
            withdrawals::step_to(tx, withdrawal, |known| known.ask(id, now))
        }
        WithdrawalEvent::Doubted { withdrawal, words } => {
            withdrawals::step_to(tx, withdrawal, |known| known.doubt(words, now))
        }
        WithdrawalEvent::Left { withdrawal, departure, txid } => {
            withdrawals::step_to(tx, withdrawal, |known| known.leave(departure, txid, now))
        }
        WithdrawalEvent::Missed { withdrawal, words } => {
            withdrawals::step_to(tx, withdrawal, |known| known.miss(words, now))
        }
        WithdrawalEvent::Held { withdrawal, words } => {
            withdrawals::step_to(tx, withdrawal, |known| known.hold(words, now))
        }
        WithdrawalEvent::Arrived { withdrawal, departure, why: _ } => {
            withdrawals::step_to(tx, withdrawal, |known| known.arrive(departure, now))
        }
        WithdrawalEvent::TakenBack { withdrawal, words } => {
            withdrawals::step_to(tx, withdrawal, |known| known.take_back(words, now))
        }
        WithdrawalEvent::LookAsked { withdrawal, why: _ } => {
            actor(by)?;
            withdrawals::step_to(tx, withdrawal, |known| known.look_again(now))
        }
    }
}

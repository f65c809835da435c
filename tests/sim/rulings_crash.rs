//! A person withdraws a transaction and rules on what it was to pay, and the desk dies at each moment in it: before and
//! after each sync of the disk and each call to the node.

use teller::engine::operator::ActError;
use teller::payout::{CourseRefused, RulingRefused, Verdict};
use teller::testing::{Faults, StepEnd, World};

use crate::forks::world;
use crate::random::Random;
use crate::rulings::{ANNA, BERT, QUOTE, fork_away, paid, ruled, signed_together, withdrawn};

/// Tries after which something that passes would have passed.
const PATIENCE: u32 = 20;

#[derive(Debug, Clone, Copy)]
enum Wish {
    Withdraw,
    Rule(Verdict),
    Scan,
    Work,
    Confirm,
}

const WISHES: &[Wish] = &[
    Wish::Scan,
    Wish::Withdraw,
    Wish::Work,
    Wish::Rule(Verdict::Void),
    Wish::Work,
    Wish::Confirm,
    Wish::Work,
    Wish::Confirm,
    Wish::Work,
];

/// What was acted on already, before the reply was lost in a death, is done.
fn acted(result: Result<(), ActError>) -> StepEnd {
    match result {
        Ok(())
        | Err(ActError::Course(CourseRefused::Withdrawn) | ActError::Ruling(RulingRefused::Already)) => {
            StepEnd::Done(None)
        }
        Err(ActError::Store(error)) if error.is_fatal() => StepEnd::Died,
        Err(error) => panic!("refused: {error}"),
    }
}

async fn grant(world: &mut World, wish: Wish) -> StepEnd {
    if world.service().is_none() {
        return StepEnd::Died;
    }
    match wish {
        Wish::Withdraw => acted(withdrawn(world, 1).await),
        Wish::Rule(verdict) => acted(ruled(world, "a", verdict).await),
        Wish::Scan => world.scan().await,
        Wish::Work => world.work().await,
        Wish::Confirm => {
            confirm_the_withdrawal(world);
            StepEnd::Done(None)
        }
    }
}

/// The transaction that pays nobody, before any that spends the same.
fn confirm_the_withdrawal(world: &World) {
    let waiting = || world.node.broadcasts().into_iter().filter(|sent| !sent.confirmed && !sent.is_dropped);
    match waiting().find(|sent| sent.payments.is_empty()) {
        Some(withdrawal) => drop(world.node.confirm(&withdrawal.txid.to_string())),
        None => drop(world.confirm_all()),
    }
}

async fn survive(moment: u64, seed: u64, has_left: bool, faults: Faults) -> bool {
    let (mut world, mut random, mut died) = (world(), Random::new(seed), false);
    signed_together(&mut world).await;
    if has_left {
        assert!(matches!(world.payer_step().await, StepEnd::Done(_)));
    }
    fork_away(&mut world).await;
    world.set_faults(faults);
    world.fuse.set(moment);
    for &wish in WISHES {
        for attempt in 0.. {
            assert!(attempt < PATIENCE, "{wish:?} is never granted");
            match grant(&mut world, wish).await {
                StepEnd::Done(_) => break,
                StepEnd::Refused(_) => {}
                StepEnd::Died => {
                    died = true;
                    world.cut_power(|| random.one_in(2));
                    world.start().unwrap();
                    world.verify(false).unwrap();
                }
            }
        }
    }
    world.fuse.unset();
    for attempt in 0.. {
        assert!(attempt < PATIENCE, "the desk does not come to rest");
        if matches!(world.rest().await, StepEnd::Done(_)) {
            break;
        }
    }
    world.verify(true).unwrap();
    assert_eq!((paid(&world, ANNA), paid(&world, BERT)), (0, QUOTE), "moment {moment}, seed {seed}");
    died
}

async fn survive_everywhere(has_left: bool, faults: Faults) {
    let mut moments = 0;
    for moment in 0.. {
        let mut died = false;
        for seed in [1, 2] {
            died |= survive(moment, seed, has_left, faults).await;
        }
        if !died {
            break;
        }
        moments += 1;
    }
    println!("died at {moments} different moments");
    assert!(moments > 20, "only {moments} moments");
}

#[tokio::test]
async fn should_withdraw_what_has_not_left_whenever_it_dies() {
    survive_everywhere(false, Faults::default()).await;
}

#[tokio::test]
async fn should_withdraw_what_has_left_whenever_it_dies() {
    survive_everywhere(true, Faults::default()).await;
}

#[tokio::test]
async fn should_withdraw_once_where_replies_are_lost_too() {
    survive_everywhere(false, Faults { lose_replies: 1, ..Faults::default() }).await;
}

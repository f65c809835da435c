//! What the payer does where something is in its way: nobody waits for what concerns another, and nothing leaves that
//! must not.

use teller::address::DepositAddress;
use teller::skycoin::Address;
use teller::testing::{StepEnd, World};
use teller::types::Droplets;

const ANNA: Address = Address::from_bytes([1; 20]);

fn world() -> World {
    World::new(Droplets::new(1_000_000_000), 200)
}

async fn bound(world: &mut World, payee: Address) -> DepositAddress {
    assert_eq!(world.bind(payee).await, StepEnd::Done(None));
    world.acked.binds.last().unwrap().1
}

/// Droplets that somebody has got.
fn paid(world: &World, payee: Address) -> u64 {
    let broadcasts = world.node.broadcasts();
    let payments = broadcasts.iter().flat_map(|sent| &sent.payments);
    payments.filter(|(to, _)| *to == payee).map(|(_, coins)| coins.get()).sum()
}

async fn settle(world: &mut World) {
    assert!(matches!(world.scan().await, StepEnd::Done(_)));
    assert!(matches!(world.rest().await, StepEnd::Done(_)));
}

#[tokio::test]
async fn should_send_nothing_that_was_not_sent_while_sending_is_off() {
    let mut world = world();
    let address = bound(&mut world, ANNA).await;
    world.deposit(address, "a", 0, 100_000).await;
    world.buyer_step().await;
    world.payer_step().await;
    assert_eq!(world.service().unwrap().store.snapshot().counters().live_attempts, 1, "signed and stored");
    world.stop();
    world.settings.send_enabled = false;
    world.start().unwrap();
    settle(&mut world).await;
    assert_eq!(paid(&world, ANNA), 0);
    world.stop();
    world.settings.send_enabled = true;
    world.start().unwrap();
    settle(&mut world).await;
    assert_eq!(paid(&world, ANNA), 500_000);
    world.verify(true).unwrap();
}
